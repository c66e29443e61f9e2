// Kind of place, way of travelling, threshold.

import { byId, el } from "./dom.mjs";
import { drawLayerControls } from "./layers.mjs";
import { drawStrip } from "./strip.mjs";
import { about, capital } from "./words.mjs";

export function drawFinding(page) {
  const { headline, detail, fairness, asides } = page.finding;
  byId("finding").replaceChildren(
    el("h2", { class: "headline" }, headline),
    el("p", { class: "detail" }, el("strong", {}, detail), ` ${fairness}`),
    asides.length ? el("p", { class: "aside" }, asides.join(" ")) : "",
  );
}

export function drawControls(page) {
  const { model, state, measure } = page;
  const kinds = [...new Set(model.data.measures.map((one) => one.kind))];
  const modes = [...model.modes.values()];
  const kind = el(
    "label",
    { class: "field" },
    el("span", {}, "Kind of place"),
    el(
      "select",
      { id: "kind", onchange: (event) => page.choose(event.target.value, state.mode) },
      kinds.map((key) => el("option", { value: key, selected: key === state.kind }, model.data.kinds[key])),
    ),
  );
  const mode = el(
    "fieldset",
    { class: "segments" },
    el("legend", {}, "Travel"),
    el(
      "div",
      {},
      modes.map((one) =>
        el(
          "label",
          {},
          el("input", {
            type: "radio",
            name: "mode",
            value: one.key,
            checked: one.key === state.mode,
            disabled: !model.find(state.kind, one.key),
            onchange: () => page.choose(state.kind, one.key),
          }),
          el("span", {}, one.label),
        ),
      ),
    ),
  );
  byId("fold").replaceChildren(el("div", { class: "pair" }, kind, mode), scenarios(page) || "", threshold(page, measure), drawLayerControls(page) || "");
}

// Things as they are, or with something changed.
function scenarios(page) {
  const { model, state } = page;
  if (!model.data.scenarios.length) return null;
  const choice = (scenario, label) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: "scenario", value: scenario, checked: state.scenario === scenario, onchange: () => page.play(scenario) }),
      el("span", {}, label),
    );
  return el(
    "fieldset",
    { class: "segments" },
    el("legend", {}, "Compare"),
    el("div", {}, choice("", "As now"), model.data.scenarios.map((scenario) => choice(scenario, scenario))),
  );
}

function threshold(page, measure) {
  const { state } = page;
  const change = (value) => {
    const minutes = Math.round(Number(value));
    if (value !== "" && minutes >= 0 && minutes <= measure.limit) page.set({ minutes });
  };
  const slider = el("input", {
    type: "range",
    id: "slider",
    min: 0,
    max: measure.limit,
    step: 1,
    "aria-label": "Further than, minutes",
    oninput: (event) => change(event.target.value),
    onkeydown: (event) => {
      const step = { PageUp: 5, PageDown: -5 }[event.key];
      if (!step) return;
      event.preventDefault();
      page.set({ minutes: Math.max(0, Math.min(measure.limit, page.state.minutes + step)) });
    },
  });
  slider.value = state.minutes;
  const box = el("input", {
    type: "number",
    id: "minutes",
    min: 0,
    max: measure.limit,
    step: 1,
    inputmode: "numeric",
    oninput: (event) => change(event.target.value),
    onblur: (event) => (event.target.value = page.state.minutes),
  });
  box.value = state.minutes;
  const marks = el("div", { class: "marks", "aria-hidden": "true" });
  for (const minute of new Set([0, ...page.model.data.thresholds, measure.limit])) {
    if (minute > measure.limit) continue;
    const mark = el("span", {}, String(minute));
    if (minute === measure.limit) mark.style.right = 0;
    else mark.style.left = `${((minute + 0.5) / (measure.limit + 1)) * 100}%`;
    marks.append(mark);
  }
  return el(
    "div",
    { class: "threshold" },
    el("label", { class: "field inline", for: "minutes" }, "Further than ", box, " minutes"),
    el("div", { class: "strip-box", id: "strip" }, drawStrip(page)),
    slider,
    marks,
    el("p", { class: "axis", id: "strip-note" }),
  );
}

// What moves with the threshold, without rebuilding the control that has the focus.
export function refreshThreshold(page) {
  const { state, model, measure } = page;
  byId("slider").value = state.minutes;
  byId("slider").setAttribute("aria-valuetext", `${state.minutes} minutes`);
  if (document.activeElement !== byId("minutes")) byId("minutes").value = state.minutes;
  byId("strip").replaceChildren(drawStrip(page));
  byId("shown").textContent = `${measure.label}, ${model.mode(measure.mode).label.toLowerCase()}, over ${state.minutes} minutes`;
  const total = model.tally(measure, state.minutes, null);
  const bare = total.without.reduce((sum, [, people]) => sum + people, 0);
  byId("strip-note").textContent = bare
    ? `Columns: people by minutes. ${capital(about(bare))} more have no time within ${measure.limit} minutes.`
    : "Columns: people by minutes to the nearest.";
}
