// Places on the map: circles of the kind shown, with a name on pointing.

import { el, name } from "./dom.mjs";

export function placeLayer(leaflet, page) {
  const group = leaflet.layerGroup();
  const renderer = leaflet.canvas({ pane: "places", padding: 0.3 });
  const { sites } = page.model.data;

  function describe(i) {
    const lines = [el("strong", {}, name(sites.name[i])), page.model.data.kinds[sites.kind[i]] || sites.kind[i]];
    if (sites.postcode[i]) lines.push(sites.postcode[i]);
    lines.push(sourceLine(sites, i));
    return el("div", { class: "tip" }, lines.map((line) => el("div", {}, line)));
  }

  function show(kind, zoom) {
    group.clearLayers();
    const radius = zoom >= 13 ? 7 : zoom >= 11 ? 5 : 3.5;
    sites.kind.forEach((own, i) => {
      if (own !== kind || sites.lon[i] === null) return;
      const circle = leaflet.circleMarker([sites.lat[i] / 1e5, sites.lon[i] / 1e5], {
        renderer,
        radius,
        color: "#ffffff",
        weight: 1.5,
        fillColor: "#0b0c0c",
        fillOpacity: 1,
        bubblingMouseEvents: false,
      });
      circle.bindTooltip(() => describe(i), { direction: "top", offset: [0, -6] });
      circle.on("click", () => circle.openTooltip());
      group.addLayer(circle);
    });
  }

  return { group, show };
}

export function sourceLine(sites, i) {
  const checked = sites.checked[i] ? `, checked ${sites.checked[i]}` : "";
  return `Source: ${sites.sources[sites.source[i]]}${checked}`;
}
