// The page: reads its data, draws itself, and keeps everything in step with one state.

import { byId, later } from "./dom.mjs";
import { unpack } from "./unpack.mjs";
import { finding } from "./words.mjs";
import { makeModel } from "./model.mjs";
import { areaAt, boxOf, decode, gridOf, outlineOf, projectX, projectY } from "./geometry.mjs";
import { stylesOf } from "./paint.mjs";
import { tileLayer } from "./tiles.mjs";
import { labelLayer, makeBasemap } from "./labels.mjs";
import { placeLayer } from "./places.mjs";
import { drawLegend } from "./legend.mjs";
import { refreshChart, waysToCompare } from "./chart.mjs";
import { drawControls, drawFinding, refreshThreshold } from "./controls.mjs";
import { refreshCard } from "./card.mjs";
import { drawTools } from "./search.mjs";
import { drawGaps, drawTable } from "./table.mjs";
import { boundsOf, outlineLayer } from "./outline.mjs";
import { preparePaper } from "./print.mjs";

// Makes the Leaflet map at once, so that Folium layers can be added, and fills the page after.
export function map(box) {
  byId("app").hidden = false;
  const made = L.map(box, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    minZoom: 4,
    maxZoom: 17,
    center: [54, -2],
    zoom: 5,
    fadeAnimation: false,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ position: "topright" }).addTo(made);
  L.control.scale({ maxWidth: 140 }).addTo(made);
  start(made).catch(failed);
  return made;
}

async function start(leafletMap) {
  const [topology, data] = await Promise.all([
    unpack(byId("slgeo-geometry").textContent),
    unpack(byId("slgeo-values").textContent),
  ]);
  const page = makePage(leafletMap, decode(topology), data);
  page.open();
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

function makePage(leafletMap, geometry, data) {
  const model = makeModel(data);
  const first = data.measures[0];
  const within = data.thresholds.filter((minutes) => minutes < first.limit);
  const middle = within.length ? within[Math.floor((within.length - 1) / 2)] : first.limit;
  const opening = data.opening !== null && data.opening < first.limit ? data.opening : middle;
  const ways = waysToCompare(model);
  const page = {
    map: leafletMap,
    geometry,
    model,
    basemap: makeBasemap(data.basemap, gridOf, boxOf),
    measure: first,
    finding: null,
    printing: false,
    state: {
      kind: first.kind,
      mode: first.mode,
      minutes: opening,
      view: "minutes",
      by: ways.length ? ways[0][0] : "",
      area: null,
      gap: null,
      filter: "all",
      sort: "beyond",
      down: true,
      page: 0,
    },
    world: (lat, lon) => [projectX(lon), projectY(lat)],
  };
  let only = null;
  let pointed = -1;
  let look = null;
  const styles = stylesOf(data);
  const narrow = window.matchMedia("screen and (max-width: 899px)");

  page.look = () => {
    if (!look) look = makeLook();
    return look;
  };

  function makeLook() {
    const { measure, state } = page;
    const found = model.expand(measure);
    const beyond = found.beyond[state.minutes];
    const list = styles[state.view];
    const classes = list.length - 9;
    const styleOf = new Int16Array(model.size);
    for (let i = 0; i < model.size; i += 1) {
      if (!model.areas.study[i]) styleOf[i] = list.length - 1;
      else if (found.withheld[i]) styleOf[i] = list.length - 2;
      else if (state.view === "share") styleOf[i] = Math.max(0, model.shareClass(beyond[i], found.people[i]));
      else if (measure.tenths[i] < 0) styleOf[i] = classes + measure.reason[i];
      else styleOf[i] = model.timeClass(measure.tenths[i]);
    }
    const far = new Set(outlineOf(geometry, (i) => model.mostlyBeyond(measure, state.minutes, i)));
    return { styles: list, classes, styleOf, only, outlined: far, study: model.areas.study };
  }

  const tiles = tileLayer(L, geometry, page.basemap, page.look);
  for (const [pane, order] of [["outlines", 420], ["places", 450], ["names", 460]]) {
    leafletMap.createPane(pane).style.zIndex = order;
  }
  leafletMap.getPane("names").style.pointerEvents = "none";
  leafletMap.getPane("outlines").style.pointerEvents = "none";
  const outlines = outlineLayer(L, geometry);
  const places = placeLayer(L, page);
  const names = page.basemap && page.basemap.towns.length ? labelLayer(L, page.basemap.towns, shownPoints) : null;

  function shownPoints() {
    const { sites } = data;
    const own = [...sites.kind.keys()].filter((i) => sites.kind[i] === page.state.kind && sites.lon[i] !== null);
    return own.map((i) => [sites.lat[i] / 1e5, sites.lon[i] / 1e5]);
  }

  function drawOutlines() {
    const { area, gap } = page.state;
    const chosen = new Set(area !== null ? [area] : gap ? data.gaps.find((one) => one.code === gap).areas : []);
    outlines.show({ chosen, pointed, spokes: area === null ? [] : spokes(area) });
  }

  // Straight lines to the places an area's times are of; the way itself is along the roads.
  function spokes(area) {
    const list = page.measure.nearest[area] || [];
    const box = geometry.boxes.subarray(4 * area, 4 * area + 4);
    const [[south, west], [north, east]] = boundsOf(geometry, [area]);
    const from = box.length ? [(south + north) / 2, (west + east) / 2] : null;
    const lines = [];
    for (let at = 0; at < list.length; at += 2) {
      const site = list[at];
      if (data.sites.lon[site] !== null) lines.push([from, [data.sites.lat[site] / 1e5, data.sites.lon[site] / 1e5]]);
    }
    return lines;
  }

  const announce = later(1000, () => {
    byId("status").textContent = `${page.finding.headline} ${page.finding.detail}`;
  });
  const slowParts = later(120, () => {
    refreshChart(page);
    refreshCard(page);
    drawTable(page);
    remember();
  });
  let frame = 0;
  function recolour() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => tiles.redrawAll());
  }

  page.set = (changes) => {
    const { state } = page;
    const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
    if (!changed.length) return;
    Object.assign(state, changes);
    look = null;
    const counts = changed.some((key) => ["kind", "mode", "minutes"].includes(key));
    if (counts) {
      page.measure = model.find(state.kind, state.mode);
      page.finding = finding(model, page.measure, state.minutes);
      drawFinding(page);
      announce();
    }
    if (changed.includes("view") || changed.includes("kind") || changed.includes("mode")) only = null;
    if (changed.includes("kind") || changed.includes("mode")) {
      drawControls(page);
      drawGaps(page);
      places.show(state.kind, leafletMap.getZoom());
      if (names) names.place();
    }
    if (counts) refreshThreshold(page);
    if (counts || changed.includes("view")) {
      drawLegend(page);
      recolour();
    }
    if (changed.includes("by")) refreshChart(page);
    if (changed.includes("area") || changed.includes("gap")) {
      document.documentElement.classList.toggle("has-card", state.area !== null);
      refreshChart(page);
      refreshCard(page);
      drawGaps(page);
    }
    drawOutlines();
    slowParts();
  };

  page.choose = (kind, mode) => {
    const modes = [...model.modes.keys()];
    const usable = model.find(kind, mode) ? mode : modes.find((key) => model.find(kind, key));
    const limit = model.find(kind, usable).limit;
    const focus = document.activeElement && document.activeElement.id === "kind" ? "#kind" : `input[name=mode][value=${usable}]`;
    page.set({ kind, mode: usable, minutes: Math.min(page.state.minutes, limit), gap: null, page: 0 });
    const target = document.querySelector(focus);
    if (target) target.focus();
  };

  page.select = (area, move) => {
    page.set({ area, gap: null });
    if (!move) return;
    const bounds = L.latLngBounds(boundsOf(geometry, [area]));
    if (!leafletMap.getBounds().contains(bounds) || leafletMap.getZoom() < leafletMap.getBoundsZoom(bounds) - 4) {
      leafletMap.fitBounds(bounds, { padding: [60, 60], maxZoom: 13 });
    }
    if (narrow.matches) leafletMap.getContainer().scrollIntoView({ block: "start" });
    byId("card-title").focus({ preventScroll: narrow.matches });
    byId("status").textContent = `${model.areas.name[area]} is shown.`;
  };

  page.showSite = (site) => {
    const kind = data.sites.kind[site];
    const modes = [...model.modes.keys()];
    const mode = modes.find((key) => key === page.state.mode && model.find(kind, key)) || modes.find((key) => model.find(kind, key));
    if (mode) page.choose(kind, mode);
    else places.show(kind, leafletMap.getZoom());
    leafletMap.setView([data.sites.lat[site] / 1e5, data.sites.lon[site] / 1e5], Math.max(13, leafletMap.getZoom()));
    byId("status").textContent = `The map is at ${data.sites.name[site]}.`;
  };

  page.showGap = (gap) => {
    page.set({ gap: gap.code, area: null });
    leafletMap.fitBounds(boundsOf(geometry, gap.areas), { padding: [40, 40], maxZoom: 13 });
    byId("app").scrollIntoView({ block: "start" });
    byId("status").textContent = `The gap around ${gap.name} is outlined.`;
  };

  page.isolate = (style) => {
    only = only && only.has(style) ? null : new Set([style]);
    look = null;
    drawLegend(page);
    const again = document.querySelector(`.legend-block[aria-pressed="true"]`);
    if (again) again.focus();
    recolour();
  };

  page.point = (area) => {
    if (area === pointed) return;
    pointed = area;
    drawOutlines();
  };

  page.inView = (area) => leafletMap.getBounds().intersects(boundsOf(geometry, [area]));

  function remember() {
    const { kind, mode, minutes, area, view } = page.state;
    const parts = [`kind=${encodeURIComponent(kind)}`, `mode=${mode}`, `over=${minutes}`, `view=${view}`];
    if (area !== null) parts.push(`area=${encodeURIComponent(model.areas.code[area])}`);
    try {
      if (window.location.protocol !== "about:") history.replaceState(null, "", `#${parts.join("&")}`);
    } catch {
      // A frame may forbid it; the page works without.
    }
  }

  function restore() {
    const wanted = new URLSearchParams(window.location.hash.slice(1));
    const measure = model.find(wanted.get("kind"), wanted.get("mode"));
    const minutes = Number(wanted.get("over"));
    if (measure) Object.assign(page.state, { kind: measure.kind, mode: measure.mode });
    page.measure = measure || page.measure;
    if (wanted.has("over") && Number.isInteger(minutes) && minutes >= 0 && minutes <= page.measure.limit) page.state.minutes = minutes;
    if (wanted.get("view") === "share") page.state.view = "share";
    const area = model.areas.code.indexOf(wanted.get("area"));
    if (area >= 0) page.state.area = area;
  }

  function listen() {
    const under = (event) => areaAt(geometry, ...page.world(event.latlng.lat, event.latlng.lng));
    leafletMap.on("click", (event) => {
      const area = under(event);
      if (area >= 0) page.select(area, false);
      else page.set({ area: null, gap: null });
    });
    leafletMap.on("mousemove", (event) => page.point(under(event)));
    leafletMap.on("mouseout", () => page.point(-1));
    leafletMap.on("zoomend", () => places.show(page.state.kind, leafletMap.getZoom()));
    leafletMap.on("moveend", () => page.state.filter === "view" && slowParts());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && page.state.area !== null) page.set({ area: null });
    });
    window.addEventListener("beforeprint", () => paper(true));
    window.addEventListener("afterprint", () => paper(false));
    const arrange = () => {
      (narrow.matches ? byId("legend") : byId("controls")).after(byId("lower"));
      byId("controls").open = !narrow.matches;
      leafletMap.invalidateSize();
    };
    narrow.addEventListener("change", arrange);
    arrange();
  }

  function paper(on) {
    page.printing = on;
    const filter = page.state.filter;
    if (on) {
      preparePaper(page);
      page.state.filter = "further";
    } else {
      page.state.filter = page.shownFilter || "all";
    }
    page.shownFilter = on ? filter : null;
    drawTable(page);
  }

  page.open = () => {
    byId("areas").hidden = false;
    restore();
    page.finding = finding(model, page.measure, page.state.minutes);
    drawFinding(page);
    drawControls(page);
    refreshThreshold(page);
    drawTools(page);
    drawLegend(page);
    listen();
    const studied = [...model.areas.study.keys()].filter((i) => model.areas.study[i]);
    leafletMap.fitBounds(boundsOf(geometry, studied.length ? studied : [...model.areas.study.keys()]), { paddingTopLeft: [16, narrow.matches ? 16 : 56], paddingBottomRight: [16, 16], animate: false });
    tiles.addTo(leafletMap);
    outlines.group.addTo(leafletMap);
    places.group.addTo(leafletMap);
    places.show(page.state.kind, leafletMap.getZoom());
    if (names) names.addTo(leafletMap);
    document.documentElement.classList.toggle("has-card", page.state.area !== null);
    refreshChart(page);
    refreshCard(page);
    drawTable(page);
    drawGaps(page);
    drawOutlines();
  };

  return page;
}
