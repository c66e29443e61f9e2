// The page: reads its data, draws itself, and keeps everything in step with one state.

import { byId, el, later, name } from "./dom.mjs";
import { unpack } from "./unpack.mjs";
import { finding, minutesText, movedText } from "./words.mjs";
import { makeModel } from "./model.mjs";
import { boxOf, decode, gridOf, hexagons, projectX, projectY } from "./geometry.mjs";
import { makeBasemap } from "./labels.mjs";
import { makeLooks } from "./look.mjs";
import { OPTIONS, makePane, tie } from "./pane.mjs";
import { catchmentsOf, registeredOf, routesOf } from "./shapes.mjs";
import { drawLegend } from "./legend.mjs";
import { refreshChart, waysToCompare } from "./chart.mjs";
import { drawControls, drawFinding, refreshThreshold } from "./controls.mjs";
import { refreshCard } from "./card.mjs";
import { nearestFor } from "./sitecard.mjs";
import { layersOn, refreshLayerNotes } from "./layers.mjs";
import { drawTools, viewsOf } from "./tools.mjs";
import { drawGaps, drawTable } from "./table.mjs";
import { boundsOf } from "./outline.mjs";
import { preparePaper } from "./print.mjs";
import { remember, restore } from "./address.mjs";

// Makes the Leaflet map at once, so that Folium layers can be added, and fills the page after.
export function map(box) {
  byId("app").hidden = false;
  const made = L.map(box, {
    ...OPTIONS,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ position: "bottomright" }).addTo(made);
  const north = L.control({ position: "bottomleft" });
  north.onAdd = () => el("p", { class: "north" }, "\u2191 North");
  L.control.scale({ maxWidth: 140 }).addTo(made);
  north.addTo(made);
  start(made).catch(failed);
  return made;
}

async function start(leafletMap) {
  const [topology, data] = await Promise.all([
    unpack(byId("slgeo-geometry").textContent),
    unpack(byId("slgeo-values").textContent),
  ]);
  makePage(leafletMap, decode(topology), data).open();
  document.documentElement.dataset.ready = "yes";
}

function failed(error) {
  document.documentElement.classList.remove("js");
  byId("app").hidden = true;
  byId("trouble").textContent =
    "This browser could not unpack the page's data, so the controls are left out. Open it in a browser from 2023 or later. Here is its first map.";
  document.documentElement.dataset.ready = "failed";
  console.error(error);
}

// A place opened by a scenario is there in it alone; one closed by it is there in all others.
function isOpen(sites, i, scenario) {
  return sites.opened[i] ? sites.opened[i] === scenario : !scenario || !sites.closed[i].includes(scenario);
}

function openingState(model) {
  const { data } = model;
  const first = data.measures[0];
  const within = data.thresholds.filter((minutes) => minutes < first.limit);
  const middle = within.length ? within[Math.floor((within.length - 1) / 2)] : first.limit;
  const ways = waysToCompare(model);
  return {
    kind: first.kind,
    mode: first.mode,
    scenario: "",
    minutes: data.opening !== null && data.opening < first.limit ? data.opening : middle,
    view: "minutes",
    beside: false,
    hexagons: false,
    online: false,
    territories: false,
    gaps: false,
    reach: 0,
    by: ways.length ? ways[0][0] : "",
    area: null,
    site: null,
    gap: null,
    filter: "all",
    sort: "beyond",
    down: true,
    page: 0,
  };
}

function makePage(leafletMap, geometry, data) {
  const model = makeModel(data);
  const page = {
    map: leafletMap,
    geometry,
    model,
    basemap: makeBasemap(data.basemap, gridOf, boxOf),
    measure: data.measures[0],
    finding: null,
    printing: false,
    only: null,
    narrow: window.matchMedia("screen and (max-width: 899px)"),
    state: openingState(model),
    world: (lat, lon) => [projectX(lon), projectY(lat)],
    whereIs: (site) => [data.sites.lat[site] / 1e5, data.sites.lon[site] / 1e5],
    sitesShown: (scenario = page.state.scenario) =>
      page.state.hexagons ? [] : [...data.sites.kind.keys()].filter((i) => data.sites.kind[i] === page.state.kind && data.sites.lon[i] !== null && isOpen(data.sites, i, scenario)),
    inView: (area) => leafletMap.getBounds().intersects(boundsOf(geometry, [area])),
  };
  const lookOf = makeLooks(page);
  // The picture of a surface, once the browser has read it; the maps are painted again then.
  const images = new Map();
  page.imageOf = (surface) => {
    if (!images.has(surface)) {
      const image = new Image();
      image.onload = () => panes.forEach((pane) => pane.recolour());
      image.src = surface.picture;
      images.set(surface, image);
    }
    const image = images.get(surface);
    return image.complete && image.naturalWidth ? image : null;
  };
  let look = null;
  page.look = () => (look = look || lookOf());
  // On the left of two maps things are as they are now.
  const lookLeft = () => {
    const { beside, scenario, kind, mode, view } = page.state;
    if (!beside || !scenario) return page.look();
    return lookOf(model.find(kind, mode), view);
  };
  const scenarioLeft = () => (page.state.beside ? "" : page.state.scenario);
  const panes = [makePane(L, leafletMap, page, lookLeft, scenarioLeft)];

  let pointed = -1;
  function drawOutlines() {
    const { area, site, gap } = page.state;
    const chosen = new Set(
      area !== null ? [area] : site !== null ? nearestFor(page.measure, site) : gap ? data.gaps.find((one) => one.code === gap).areas : [],
    );
    const ways = area === null ? null : routesOf(data, page.measure, area);
    const what = {
      chosen,
      pointed,
      ways: page.state.hexagons ? [] : ways || (area === null ? [] : spokes(area)),
      dashed: !ways,
      registered: new Set(site === null ? [] : registeredOf(data, site)?.areas),
      catchments: site === null || page.state.hexagons ? [] : catchmentsOf(data, site, page.measure.mode),
    };
    for (const pane of panes) pane.outline(what);
  }

  function drawLayers() {
    const lines = layersOn(page);
    for (const pane of panes) pane.layers(lines);
  }

  // Areas as they lie, or a hexagon each: the same pieces by the same names.
  const asTheyLie = { ...geometry };
  function reshape() {
    Object.assign(geometry, page.state.hexagons ? hexagons(data.hexagons) : asTheyLie);
    look = null;
    document.documentElement.classList.toggle("hexed", page.state.hexagons);
    for (const pane of panes) pane.reshape();
    home = true;
  }

  // Straight lines to the places an area's times are of, where no way was drawn.
  function spokes(area) {
    const list = page.measure.nearest[area] || [];
    const [[south, west], [north, east]] = boundsOf(geometry, [area]);
    const ends = list.filter((_, at) => at % 2 === 0 && data.sites.lon[list[at]] !== null);
    return ends.map((site) => [[(south + north) / 2, (west + east) / 2], page.whereIs(site)]);
  }

  const announce = later(1000, () => {
    byId("status").textContent = `${page.finding.headline} ${page.finding.detail}`;
  });
  const slowParts = later(120, () => {
    refreshChart(page);
    refreshCard(page);
    drawTable(page);
    remember(page);
  });

  function recount() {
    const { state } = page;
    page.measure = model.find(state.kind, state.mode, state.scenario);
    page.finding = finding(model, page.measure, state.minutes);
  }

  page.set = (changes) => {
    const { state } = page;
    const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
    if (!changed.length) return;
    const any = (...keys) => keys.some((key) => changed.includes(key));
    Object.assign(state, changes);
    look = null;
    if (any("kind", "mode", "minutes", "scenario")) {
      recount();
      drawFinding(page);
      announce();
    }
    if (any("kind", "mode", "scenario", "hexagons") && !viewsOf(page).some(([key]) => key === state.view)) {
      changed.push("view");
      state.view = "minutes";
    }
    if (any("view", "kind", "mode", "scenario")) page.only = null;
    if (any("kind", "mode", "scenario")) {
      drawControls(page);
      drawGaps(page);
    }
    if (any("scenario", "beside", "view", "kind", "mode", "hexagons")) drawTools(page);
    if (any("scenario", "beside")) arrangeMaps();
    if (any("hexagons")) reshape();
    if (any("online", "beside")) panes.forEach((pane) => pane.online(state.online ? data.online[0] : ""));
    if (any("territories", "gaps", "reach", "hexagons", "kind", "mode", "beside")) drawLayers();
    if (any("reach", "hexagons", "kind", "mode", "scenario")) refreshLayerNotes(page);
    if (any("kind", "mode", "site", "scenario", "beside")) panes.forEach((pane) => pane.places());
    if (any("kind", "mode", "minutes", "scenario")) refreshThreshold(page);
    if (any("kind", "mode", "minutes", "scenario", "view", "beside", "hexagons", "territories", "gaps", "reach")) {
      drawLegend(page);
      panes.forEach((pane) => pane.recolour());
    }
    if (any("view", "scenario", "beside", "kind", "mode", "hexagons", "territories", "gaps", "reach")) resized();
    if (any("by")) refreshChart(page);
    if (any("area", "gap", "site")) {
      document.documentElement.classList.toggle("has-card", state.area !== null || state.site !== null);
      refreshChart(page);
      refreshCard(page);
      drawGaps(page);
    }
    if (any("area", "site")) showLower();
    drawOutlines();
    slowParts();
  };

  // A card is the first thing in its column; back to everyone, the finding is.
  function showLower() {
    const side = byId("finding").parentElement;
    const card = byId("lower").querySelector(".card");
    if (page.narrow.matches) return;
    side.scrollTop = card ? side.scrollTop + byId("lower").getBoundingClientRect().top - side.getBoundingClientRect().top - 12 : 0;
  }

  // Until the reader moves the map, it is fitted again whenever its box changes.
  let home = true;
  let fitting = false;
  function resized() {
    for (const pane of panes) pane.map.invalidateSize({ animate: false });
    if (home) fitStudy();
  }

  function fitStudy() {
    fitting = true;
    home = true;
    const all = [...model.areas.study.keys()];
    const studied = all.filter((i) => model.areas.study[i]);
    leafletMap.fitBounds(boundsOf(geometry, studied.length ? studied : all), {
      paddingTopLeft: [16, page.narrow.matches ? 16 : 56],
      paddingBottomRight: [16, 16],
      animate: false,
    });
    fitting = false;
  }

  // Things as they are on the left and the scenario on the right, moving as one.
  let untie = null;
  function arrangeMaps() {
    const { beside, scenario } = page.state;
    const wanted = beside && Boolean(scenario);
    const box = byId("second");
    const refit = box.hidden === wanted;
    box.hidden = !wanted;
    leafletMap.invalidateSize({ pan: false });
    if (refit) fitStudy();
    panes[0].caption(wanted ? "As now" : "");
    if (wanted && panes.length === 1) {
      const second = L.map(box, { ...OPTIONS, zoomAnimation: false, center: leafletMap.getCenter(), zoom: leafletMap.getZoom() });
      panes.push(makePane(L, second, page, () => page.look(), () => page.state.scenario));
      panes[1].add();
      drawLayers();
    }
    if (panes.length === 1) return;
    if (untie) untie();
    untie = wanted ? tie(leafletMap, panes[1].map) : null;
    if (!wanted) return;
    panes[1].map.invalidateSize({ pan: false });
    panes[1].map.setView(leafletMap.getCenter(), leafletMap.getZoom(), { animate: false });
    panes[1].caption(scenario);
  }
  page.choose = (kind, mode) => {
    const modes = [...model.modes.keys()];
    const usable = model.find(kind, mode) ? mode : modes.find((key) => model.find(kind, key));
    const { limit } = model.find(kind, usable);
    const focus = document.activeElement && document.activeElement.id === "kind" ? "#kind" : `input[name=mode][value=${usable}]`;
    const inControls = byId("controls").contains(document.activeElement);
    page.set({ kind, mode: usable, minutes: Math.min(page.state.minutes, limit), gap: null, site: null, page: 0 });
    const target = inControls && document.querySelector(focus);
    if (target) target.focus();
  };

  page.play = (scenario) => {
    const view = page.state.view === "change" && !scenario ? "minutes" : page.state.view;
    page.set({ scenario, view, beside: page.state.beside && Boolean(scenario) });
    const target = document.querySelector("input[name=scenario]:checked");
    if (target) target.focus();
  };

  function showCard(text) {
    if (page.narrow.matches) leafletMap.getContainer().scrollIntoView({ block: "start" });
    byId("card-title").focus({ preventScroll: page.narrow.matches });
    byId("status").textContent = text;
  }

  page.select = (area, move) => {
    page.set({ area, gap: null, site: null });
    if (!move) return;
    const bounds = L.latLngBounds(boundsOf(geometry, [area]));
    if (!leafletMap.getBounds().contains(bounds) || leafletMap.getZoom() < leafletMap.getBoundsZoom(bounds) - 4) {
      leafletMap.fitBounds(bounds, { padding: [60, 60], maxZoom: 13 });
    }
    showCard(`${model.areas.name[area]} is shown.`);
  };

  page.selectSite = (site, move) => {
    page.set({ hexagons: false });
    const kind = data.sites.kind[site];
    if (kind !== page.state.kind && data.measures.some((one) => one.kind === kind)) page.choose(kind, page.state.mode);
    page.set({ site, area: null, gap: null });
    if (!move) return;
    leafletMap.setView(page.whereIs(site), Math.max(12, leafletMap.getZoom()));
    showCard(`${data.sites.name[site]} is shown.`);
  };

  page.showGap = (gap) => {
    page.set({ gap: gap.code, area: null, site: null });
    leafletMap.fitBounds(boundsOf(geometry, gap.areas), { padding: [40, 40], maxZoom: 13 });
    byId("app").scrollIntoView({ block: "start" });
    byId("status").textContent = `The gap around ${gap.name} is outlined.`;
  };

  page.isolate = (style) => {
    page.only = page.only && page.only.has(style) ? null : new Set([style]);
    look = null;
    drawLegend(page);
    const again = document.querySelector(`.legend-block[data-style="${style}"]`);
    if (again) again.focus();
    panes.forEach((pane) => pane.recolour());
  };

  page.point = (area) => {
    if (area === pointed) return;
    pointed = area;
    drawOutlines();
    sayPointed(area);
  };

  // The area under the pointer, as a word over the map; everything it says is in the table too.
  const readout = el("p", { class: "pointed", "aria-hidden": "true", hidden: true });
  function sayPointed(area) {
    readout.hidden = area < 0;
    if (area < 0) return;
    const { measure, state } = page;
    const said = !model.areas.study[area]
      ? "around the study, not counted"
      : state.view === "change"
        ? movedText(model, measure, area)
        : `${minutesText(model, measure, area)}${measure.tenths[area] >= 0 ? " minutes" : ""}`;
    readout.replaceChildren(el("strong", {}, name(model.areas.name[area])), `: ${said}`);
  }

  function listen() {
    leafletMap.on("movestart zoomstart", () => (home = home && fitting));
    leafletMap.on("moveend", () => page.state.filter === "view" && slowParts());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") page.set({ area: null, site: null });
    });
    window.addEventListener("beforeprint", () => paper(true));
    window.addEventListener("afterprint", () => paper(false));
    const arrange = () => {
      (page.narrow.matches ? byId("legend") : byId("controls")).after(byId("lower"));
      byId("controls").open = !page.narrow.matches;
      leafletMap.invalidateSize();
    };
    page.narrow.addEventListener("change", arrange);
    arrange();
  }

  let screenFilter = "all";
  function paper(on) {
    page.printing = on;
    if (on) {
      screenFilter = page.state.filter;
      preparePaper(page);
    }
    page.state.filter = on ? "further" : screenFilter;
    drawTable(page);
  }

  page.open = () => {
    byId("areas").hidden = false;
    const container = leafletMap.getContainer();
    container.append(readout);
    container.after(el("div", { id: "second", class: "map", role: "region", "aria-label": "Second map", hidden: true }));
    restore(page);
    recount();
    drawFinding(page);
    drawControls(page);
    refreshThreshold(page);
    drawTools(page);
    drawLegend(page);
    listen();
    if (page.state.hexagons) reshape();
    refreshLayerNotes(page);
    fitStudy();
    panes[0].add();
    document.documentElement.classList.toggle("has-card", page.state.area !== null);
    refreshChart(page);
    refreshCard(page);
    drawTable(page);
    drawGaps(page);
    drawOutlines();
  };

  return page;
}
