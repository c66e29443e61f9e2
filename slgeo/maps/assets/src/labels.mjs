// Names of towns, placed greedily by rank so that none covers another.

import { el } from "./dom.mjs";
import { projectX, projectY } from "./geometry.mjs";

export function makeBasemap(raw, gridOf, boxOf) {
  if (!raw) return null;
  const lines = (list) => list.map(unroll);
  const water = lines(raw.water).map((line) => ({ line, closed: isClosed(line) }));
  const roads = raw.roads.flatMap(([rank, list]) => lines(list).map((line) => ({ line, rank })));
  return {
    water,
    roads,
    towns: raw.towns.map(([name, rank, lon, lat]) => ({ name, rank, lon: lon / 1e5, lat: lat / 1e5 })),
    waterGrid: gridOf(water.map(({ line }) => boxOf(line))),
    roadGrid: gridOf(roads.map(({ line }) => boxOf(line))),
  };
}

function unroll(steps) {
  const line = new Float64Array(steps.length);
  let lon = 0;
  let lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    line[i] = projectX(lon / 1e5);
    line[i + 1] = projectY(lat / 1e5);
  }
  return line;
}

function isClosed(line) {
  const end = line.length - 2;
  return end >= 6 && line[0] === line[end] && line[1] === line[end + 1];
}

const WIDTH = 7.2; // pixels a letter takes at 14 px, near enough to keep names apart
const MOST = 40;

export function labelLayer(leaflet, towns) {
  const Layer = leaflet.Layer.extend({
    onAdd(map) {
      this._box = el("div", { class: "town-names leaflet-zoom-hide", "aria-hidden": "true" });
      map.getPane("names").append(this._box);
      map.on("zoomend moveend resize", this.place, this);
      this.place();
    },
    onRemove(map) {
      this._box.remove();
      map.off("zoomend moveend resize", this.place, this);
    },
    place() {
      const map = this._map;
      const view = map.getBounds().pad(0.1);
      const taken = [];
      const shown = [];
      const zoom = map.getZoom();
      for (const town of towns) {
        if (shown.length >= MOST || town.rank > zoom - 7) break;
        if (!view.contains([town.lat, town.lon])) continue;
        const at = map.latLngToLayerPoint([town.lat, town.lon]);
        const half = (town.name.length * WIDTH) / 2 + 6;
        const box = [at.x - half, at.y - 11, at.x + half, at.y + 11];
        if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
        taken.push(box);
        const name = el("span", { class: `town rank-${Math.min(town.rank, 4)}` }, town.name);
        name.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px) translate(-50%, -50%)`;
        shown.push(name);
      }
      this._box.replaceChildren(...shown);
    },
  });
  return new Layer();
}
