// One map: areas as tiles, outlines, places and names over them. The page has one, or two side by side.

import { el } from "./dom.mjs";
import { areaAt, projectX, projectY } from "./geometry.mjs";
import { labelLayer } from "./labels.mjs";
import { outlineLayer } from "./outline.mjs";
import { placeLayer } from "./places.mjs";
import { tileLayer } from "./tiles.mjs";

const PANES = [["online", 150], ["outlines", 420], ["places", 450], ["names", 460]];

export const OPTIONS = {
  attributionControl: false,
  zoomControl: false,
  zoomSnap: 0.25,
  minZoom: 4,
  maxZoom: 17,
  center: [54, -2],
  zoom: 5,
  fadeAnimation: false,
};

// look(): how areas look on this map; scenario(): which places there are
export function makePane(leaflet, map, page, look, scenario) {
  for (const [name, order] of PANES) map.createPane(name).style.zIndex = order;
  for (const name of ["names", "outlines"]) map.getPane(name).style.pointerEvents = "none";
  const basemap = () => (page.state.hexagons ? null : page.basemap);
  const tiles = tileLayer(leaflet, page.geometry, basemap, look, page.imageOf);
  const outlines = outlineLayer(leaflet, page.geometry);
  const places = placeLayer(leaflet, page);
  const towns = page.basemap ? page.basemap.towns : [];
  const names = towns.length ? labelLayer(leaflet, towns, () => page.sitesShown(scenario()).map(page.whereIs)) : null;
  let online = null;
  let frame = 0;
  let title = null;

  function listen() {
    const under = (event) => areaAt(page.geometry, projectX(event.latlng.lng), projectY(event.latlng.lat));
    map.on("click", (event) => {
      const area = under(event);
      if (area >= 0) page.select(area, false);
      else page.set({ area: null, gap: null, site: null });
    });
    map.on("mousemove", (event) => page.point(under(event)));
    map.on("mouseout", () => page.point(-1));
    map.on("zoomend", () => pane.places());
  }

  const pane = {
    map,
    add() {
      tiles.addTo(map);
      outlines.layers.addTo(map);
      outlines.group.addTo(map);
      places.group.addTo(map);
      pane.places();
      listen();
    },
    recolour() {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => tiles.redrawAll());
    },
    outline: (what) => outlines.show(what),
    layers: (what) => outlines.showLayers(what),
    // Other shapes: every tile is cut anew.
    reshape() {
      if (tiles._map) tiles.redraw();
      pane.places();
    },
    // A background from a server, only ever where the reader asked for it.
    online(address) {
      map.getContainer().classList.toggle("see-through", Boolean(address));
      if (online) online.remove();
      online = address ? leaflet.tileLayer(address, { pane: "online", maxNativeZoom: 19 }).addTo(map) : null;
    },
    places() {
      places.show(page.sitesShown(scenario()), map.getZoom());
      if (!names) return;
      if (page.state.hexagons) names.remove();
      else if (!names._map && tiles._map) names.addTo(map);
      else if (names._map) names.place();
    },
    // A word over the map, where there are two.
    caption(text) {
      if (title) title.remove();
      title = text ? el("p", { class: "map-caption" }, text) : null;
      if (title) map.getContainer().append(title);
    },
  };
  return pane;
}

// Two maps that move as one.
export function tie(first, second) {
  let moving = false;
  const follow = (from, to) => () => {
    if (moving) return;
    moving = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    moving = false;
  };
  const ways = [[first, follow(first, second)], [second, follow(second, first)]];
  for (const [map, action] of ways) map.on("move", action);
  return () => {
    for (const [map, action] of ways) map.off("move", action);
  };
}
