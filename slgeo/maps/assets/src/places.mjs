// Places on the map: circles of the kind shown, with a name on pointing and a card on choosing.

import { el, name } from "./dom.mjs";
import { capital } from "./words.mjs";

export function placeLayer(leaflet, page) {
  const group = leaflet.layerGroup();
  const renderer = leaflet.canvas({ pane: "places", padding: 0.3 });

  function describe(i) {
    const lines = siteLines(page.model.data, i);
    return el("div", { class: "tip" }, el("strong", {}, name(page.model.data.sites.name[i])), lines.map((line) => el("div", {}, line)));
  }

  function show(sites, zoom) {
    group.clearLayers();
    const radius = zoom >= 13 ? 7 : zoom >= 11 ? 5 : 3.5;
    for (const i of sites) {
      const chosen = page.state.site === i;
      const circle = leaflet.circleMarker(page.whereIs(i), {
        renderer,
        radius: chosen ? radius + 3 : radius,
        color: chosen ? "#0b0c0c" : "#ffffff",
        weight: chosen ? 3 : 1.5,
        fillColor: chosen ? "#ffdd00" : "#0b0c0c",
        fillOpacity: 1,
        bubblingMouseEvents: false,
      });
      circle.bindTooltip(() => describe(i), { direction: "top", offset: [0, -6] });
      circle.on("click", () => page.selectSite(i, false));
      group.addLayer(circle);
    }
  }

  return { group, show };
}

const PRECISIONS = {
  given: "at the point its source gives",
  uprn: "at its address",
  building: "at its building",
  postcode: "at the middle of its postcode",
  postcode_unknown_status: "at the middle of its postcode, which may be out of use",
  postcode_terminated: "at a postcode no longer in use",
  postcode_mean: "at the mean of its postcode's addresses",
  sector: "in its postcode sector only",
  place: "at the place named",
};

export function siteLines(data, i) {
  const { sites } = data;
  const lines = [[capital(data.kinds[sites.kind[i]] || sites.kind[i]), sites.postcode[i]].filter(Boolean).join(", ")];
  if (PRECISIONS[sites.precision[i]]) lines.push(`Placed ${PRECISIONS[sites.precision[i]]}`);
  lines.push(sourceLine(sites, i));
  return lines;
}

export function sourceLine(sites, i) {
  const checked = sites.checked[i] ? `, checked ${sites.checked[i]}` : "";
  return `Source: ${sites.sources[sites.source[i]]}${checked}`;
}
