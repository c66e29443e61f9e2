// The legend: every colour and hatch that occurs, in words, with its people; each block a switch.

import { byId, el, svg } from "./dom.mjs";
import { swatch } from "./paint.mjs";
import { about, bare, capital, percent } from "./words.mjs";

export function drawLegend(page) {
  const { model, state, measure } = page;
  const look = page.look();
  const tallies = look.styles.map(() => ({ people: 0, areas: 0 }));
  const people = model.expand(measure).people;
  for (let i = 0; i < model.size; i += 1) {
    const entry = tallies[look.styleOf[i]];
    entry.areas += 1;
    entry.people += model.areas.study[i] ? people[i] || 0 : 0;
  }
  const total = model.tally(measure, state.minutes, null).people || 1;
  const labels = labelsOf(page, look);
  const items = labels
    .map((label, index) => ({ label, index, ...tallies[index] }))
    .filter(({ areas, index }) => areas || index < look.classes);
  const block = ({ label, index, people: count, areas }) =>
    el(
      "button",
      {
        type: "button",
        class: "legend-block",
        "data-style": index,
        "aria-pressed": String(Boolean(look.only && look.only.has(index))),
        disabled: areas === 0,
        title: areas ? `Show only these ${areas} areas` : "No area is in this class",
        onclick: () => page.isolate(index),
      },
      swatch(look.styles[index]),
      el("span", {}, el("b", {}, label), el("small", {}, index === look.styles.length - 1 ? "not counted" : areas ? `${about(count)} people, ${percent(count / total)}` : "no area")),
    );
  const [title, hint] = titleOf(page);
  const extra = [];
  if (look.outlined && look.outlined.size) extra.push(mark("outline", `Most people further than ${state.minutes} minutes`));
  const shown = page.sitesShown().length;
  if (shown) extra.push(mark("place", `${measure.label} (${shown})`));
  byId("legend").replaceChildren(
    el("h2", { class: "legend-title" }, title, el("span", { class: "legend-hint" }, hint)),
    el("div", { class: "legend-blocks" }, items.map(block), extra),
  );
}

function labelsOf(page, look) {
  const { data } = page.model;
  const classes = {
    share: ["nobody", "up to 25%", "over 25 to 50%", "over 50 to 75%", "over 75%"],
    change: data.changeLabels,
    minutes: data.classes,
  }[look.view];
  return [
    ...classes.map(capital),
    ...data.reasons.map(([reason, sentence]) => (reason === "beyond_limit" ? `Over ${page.measure.limit}: none within` : `No time: ${sentence}`)),
    "Withheld: too few people",
    "Outside the study",
  ];
}

function titleOf(page) {
  const { model, measure, state } = page;
  const trip = `minutes' ${model.mode(measure.mode).trip} to the nearest ${bare(measure.noun)}`;
  if (state.view === "share") return [`Share of people further than ${state.minutes} minutes`, "darker is more people too far"];
  if (state.view === "change") return [`Change in ${trip}: ${measure.scenario}, against now`, "purple is nearer, orange is further"];
  return [`${capital(trip)}: ${model.data.typical} of each area's people`, "darker is further"];
}

function mark(kind, label) {
  const drawing =
    kind === "outline"
      ? svg("rect", { x: 2, y: 2, width: 24, height: 12, fill: "none", stroke: "#0b0c0c", "stroke-width": 2.2 })
      : svg("circle", { cx: 14, cy: 8, r: 5.5, fill: "#0b0c0c", stroke: "#ffffff", "stroke-width": 1.5 });
  return el(
    "div",
    { class: "legend-block still" },
    svg("svg", { class: "swatch", width: 28, height: 16, "aria-hidden": "true", focusable: "false" }, drawing),
    el("span", {}, el("b", {}, label)),
  );
}
