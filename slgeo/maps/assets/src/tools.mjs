// Over the map: find something, choose what colours show, one map or two.

import { byId, el } from "./dom.mjs";
import { surfaceOf } from "./look.mjs";
import { makeSearch } from "./search.mjs";

// What colours can show of the measure chosen.
export function viewsOf(page) {
  const { model, state, measure } = page;
  const views = [["minutes", "Minutes of each area"], ["share", "Share of people too far"]];
  if (surfaceOf(model.data, measure) && !state.hexagons) views.push(["surface", "Minutes at every spot"]);
  if (model.data.needs) views.push(["need", "Deprivation and distance"]);
  if (state.scenario) views.push(["change", "Change in minutes"]);
  return views;
}

export function drawTools(page) {
  const { state } = page;
  const focused = byId("tools").contains(document.activeElement) ? document.activeElement.id : "";
  const search = byId("tools").querySelector(".search") || makeSearch(page);
  const chosen = (view) => page.set(view === "change" ? { view, beside: false } : { view });
  const twoMaps = () => page.set({ beside: !state.beside, view: state.view === "change" ? "minutes" : state.view });
  byId("tools").replaceChildren(
    search,
    el(
      "div",
      { class: "views" },
      el(
        "label",
        { class: "view-field" },
        el("span", {}, "Colours show"),
        el(
          "select",
          { id: "view", onchange: (event) => chosen(event.target.value) },
          viewsOf(page).map(([key, label]) => el("option", { value: key, selected: key === state.view }, label)),
        ),
      ),
      state.scenario && !page.narrow.matches
        ? el("button", { type: "button", id: "beside", class: "plain", "aria-pressed": String(state.beside), onclick: twoMaps }, state.beside ? "One map" : "Two maps")
        : null,
    ),
  );
  if (focused && byId(focused)) byId(focused).focus();
}
