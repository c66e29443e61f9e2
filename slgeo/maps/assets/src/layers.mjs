// What can be drawn besides: where each place is the nearest, travel-time areas, gaps, other shapes.

import { byId, el } from "./dom.mjs";
import { gapsOf, reachesOf, territoriesOf, unroll } from "./shapes.mjs";
import { about, far, percent } from "./words.mjs";

export function drawLayerControls(page) {
  const { model, measure, state } = page;
  const { data } = model;
  const tick = (key, label, ...after) => [
    el("label", { class: "tick" }, el("input", { type: "checkbox", id: `layer-${key}`, checked: state[key], onchange: (event) => page.set({ [key]: event.target.checked }) }), el("span", {}, label)),
    after,
  ];
  const rows = [];
  // Territories and travel-time areas are of things as they are.
  if (!state.scenario && territoriesOf(data, measure).length) rows.push(tick("territories", "Where each place is the nearest"));
  if (gapsOf(data, measure).length) rows.push(tick("gaps", "Gaps"));
  const reaches = state.scenario ? [] : reachesOf(data, measure);
  if (reaches.length) rows.push(reachPicker(page, reaches));
  if (data.hexagons) rows.push(tick("hexagons", "One hexagon an area, all of one size"));
  if (data.online) {
    const [, host] = data.online;
    rows.push(tick("online", `Background from ${host}`, el("p", { class: "axis" }, `Off, this page asks nothing of anybody. On, ${host} learns your internet address and which part of the map you look at.`)));
  }
  if (!rows.length) return null;
  const before = byId("layers");
  const summary = el("summary", {}, "Draw more on the map");
  return el("details", { id: "layers", open: Boolean(before && before.open) }, summary, el("fieldset", { class: "layers" }, el("legend", { class: "unseen" }, "Draw more on the map"), rows));
}

function reachPicker(page, reaches) {
  const { state, model, measure } = page;
  const choice = (minutes, label) => el("option", { value: minutes, selected: state.reach === minutes }, label);
  return [
    el(
      "label",
      { class: "field inline-field" },
      el("span", {}, "Travel-time areas of all"),
      el(
        "select",
        { id: "reach", onchange: (event) => page.set({ reach: Number(event.target.value) }) },
        choice(0, "none"),
        reaches.map((one) => choice(one.minutes, far(one.minutes, model.mode(measure.mode)))),
      ),
    ),
    el("p", { class: "axis", id: "reach-note" }, reachNote(page)),
  ];
}

function reachNote(page) {
  const one = reachesOf(page.model.data, page.measure).find(({ minutes }) => minutes === page.state.reach);
  return one ? `${about(one.people)} people are reached; the drawing holds ${inDrawing(one)}. People are counted from times.` : "";
}

// How many people a drawing holds, and how far that is from how many are reached.
export function inDrawing({ people, inside }) {
  if (!people) return about(inside);
  const off = (inside - people) / people;
  if (Math.abs(off) < 0.005) return `${about(inside)} (within 1%)`;
  return `${about(inside)} (${off < 0 ? "-" : "+"}${percent(Math.abs(off))})`;
}

// Notes that move, and controls that a cartogram has no use for.
export function refreshLayerNotes(page) {
  for (const id of ["layer-territories", "reach"]) if (byId(id)) byId(id).disabled = page.state.hexagons;
  if (byId("reach-note")) byId("reach-note").textContent = reachNote(page);
}

// The lines of every layer that is on, for the map, for paper and for the legend.
export function layersOn(page) {
  const { model, measure, state } = page;
  const { data } = model;
  const found = [];
  const now = !state.scenario && !state.hexagons;
  const rings = (list) => list.flatMap((one) => one.rings.map(unroll));
  if (state.territories && now) {
    found.push({ style: "territories", label: "Where each place is the nearest", lines: rings(territoriesOf(data, measure)) });
  }
  const reach = now ? reachesOf(data, measure).filter((one) => one.minutes === state.reach) : [];
  if (reach.length) {
    found.push({ style: "reach", label: `Drawing of ${far(state.reach, model.mode(measure.mode))} of any`, lines: rings(reach) });
  }
  const gaps = state.gaps ? gapsOf(data, measure) : [];
  if (gaps.length) found.push({ style: "gaps", label: `Gaps over ${gaps[0].beyond} minutes${state.scenario ? " now" : ""}`, areas: new Set(gaps.flatMap((gap) => gap.areas)) });
  return found.filter((one) => one.areas || one.lines.length);
}
