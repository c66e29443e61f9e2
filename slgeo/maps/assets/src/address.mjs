// What is shown, kept in the page's address, so that a link restores it.

import { viewsOf } from "./tools.mjs";

export function remember(page) {
  const { kind, mode, minutes, area, view, scenario, hexagons } = page.state;
  const parts = { kind, mode, over: minutes, view };
  if (scenario) parts.with = scenario;
  if (hexagons) parts.shapes = "hexagons";
  if (area !== null) parts.area = page.model.areas.code[area];
  try {
    const { protocol } = window.location;
    if (protocol !== "about:") history.replaceState(null, "", `#${new URLSearchParams(parts)}`);
  } catch {
    // A frame may forbid it; the page works without.
  }
}

export function restore(page) {
  const { model, state } = page;
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const scenario = model.data.scenarios.includes(wanted.get("with")) ? wanted.get("with") : "";
  const measure = model.find(wanted.get("kind"), wanted.get("mode"), scenario);
  if (measure) Object.assign(state, { kind: measure.kind, mode: measure.mode, scenario });
  page.measure = measure || page.measure;
  const minutes = Number(wanted.get("over"));
  if (wanted.has("over") && Number.isInteger(minutes) && minutes >= 0 && minutes <= page.measure.limit) state.minutes = minutes;
  state.hexagons = wanted.get("shapes") === "hexagons" && Boolean(model.data.hexagons);
  if (viewsOf(page).some(([key]) => key === wanted.get("view"))) state.view = wanted.get("view");
  const area = model.areas.code.indexOf(wanted.get("area"));
  if (area >= 0) state.area = area;
}
