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
const ROOM = 26000; // square pixels of map a name
const FROM_ZOOM = [0, 0, 8, 9.75, 12]; // by rank: cities and towns early, hamlets late
const SHIFTS = [0, -16, 16]; // pixels down: on the spot, above, below

// points(): what names must not cover, as [lat, lon]
export function labelLayer(leaflet, towns, points) {
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
      const taken = points()
        .filter((point) => view.contains(point))
        .map((point) => map.latLngToLayerPoint(point))
        .map(({ x, y }) => [x - 7, y - 7, x + 7, y + 7]);
      const shown = [];
      const most = (map.getSize().x * map.getSize().y) / ROOM;
      const zoom = map.getZoom();
      const free = (box) => !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
      for (const town of towns) {
        const rank = Math.min(town.rank, 4);
        if (shown.length >= most || zoom < FROM_ZOOM[rank]) break;
        if (!view.contains([town.lat, town.lon])) continue;
        const at = map.latLngToLayerPoint([town.lat, town.lon]);
        const half = (town.name.length * WIDTH) / 2 + 5;
        const boxes = SHIFTS.map((shift) => [at.x - half, at.y + shift - 9, at.x + half, at.y + shift + 9]);
        const box = boxes.find(free);
        if (!box) continue;
        taken.push(box);
        const name = el("span", { class: `town rank-${rank}` }, town.name);
        name.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(box[1] + 9)}px) translate(-50%, -50%)`;
        shown.push(name);
      }
      this._box.replaceChildren(...shown);
    },
  });
  return new Layer();
}
