// The legend: every colour and hatch that occurs, in words, with its people; each block a switch.

import { byId, el, svg } from "./dom.mjs";
import { swatch } from "./paint.mjs";
import { LAYER_LINES } from "./outline.mjs";
import { layersOn } from "./layers.mjs";
import { NEED_COLUMNS, NEED_ROWS, about, areasText, bare, capital, needName, needText, number, percent } from "./words.mjs";

// Classes from here on are shown only where they occur.
const OPTIONAL_FROM = { change: 5, need: 9 };

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
    .filter(({ index }) => !state.hexagons || index < look.styles.length - 1)
    .filter(({ areas, index }) => areas || index < (OPTIONAL_FROM[look.view] || look.classes));
  const block = ({ label, index, people: count, areas }) =>
    el(
      "button",
      {
        type: "button",
        class: "legend-block",
        "data-style": index,
        "aria-pressed": String(Boolean(look.only && look.only.has(index))),
        disabled: areas === 0,
        title: areas ? `Show only ${areas === 1 ? "this area" : `these ${areasText(areas)}`}` : "No area is in this class",
        onclick: () => page.isolate(index),
      },
      swatch(look.styles[index]),
      el("span", {}, el("b", {}, label), el("small", {}, index === look.styles.length - 1 ? "not counted" : areas ? `${about(count)} people, ${percent(count / total)}` : "no area")),
    );
  const [title, hint] = titleOf(page);
  const extra = [];
  if (state.hexagons) extra.push(el("p", { class: "axis" }, "One hexagon an area, all of one size, near where it lies; not to scale."));
  if (look.outlined && look.outlined.size) extra.push(mark("outline", `Most people further than ${state.minutes} minutes`));
  for (const { style, label } of layersOn(page)) extra.push(mark("line", label, LAYER_LINES[style]));
  const shown = page.sitesShown().length;
  if (shown) extra.push(mark("place", `${measure.label}: ${number(shown)}`));
  byId("legend").replaceChildren(
    el("h2", { class: "legend-title" }, title, el("span", { class: "legend-hint" }, hint)),
    el(
      "div",
      { class: "legend-blocks" },
      look.view === "need" ? square(items.slice(0, 9), look, page) : null,
      look.view === "surface" ? spots(model.data, measure.limit) : null,
      el("div", { class: "legend-rest" }, items.filter(({ index }) => (look.view === "need" ? index > 8 : look.view !== "surface" || index > 0)).map(block), extra),
    ),
  );
}

// Nine classes as a square, a letter and a number in each: colour is never alone.
function square(items, look, page) {
  const cell = ({ index, areas, people }) =>
    el(
      "td",
      {},
      el(
        "button",
        {
          type: "button",
          class: "legend-block need-cell",
          "data-style": index,
          "aria-pressed": String(Boolean(look.only && look.only.has(index))),
          disabled: areas === 0,
          title: `${capital(needText(index))}: ${areasText(areas)}`,
          "aria-label": `${needName(index)}, ${needText(index)}: ${areasText(areas)}, ${about(people)} people`,
          onclick: () => page.isolate(index),
        },
        needSwatch(look.styles[index].colour, needName(index)),
      ),
    );
  const row = (at) => el("tr", {}, el("th", { scope: "row" }, capital(NEED_ROWS[at])), items.slice(3 * at, 3 * at + 3).map(cell));
  return el(
    "table",
    { class: "need" },
    el("caption", { class: "unseen" }, "Deprivation and distance together"),
    el("thead", {}, el("tr", {}, el("td", {}), NEED_COLUMNS.map((label) => el("th", { scope: "col" }, capital(label.replace(" of people further", ""))))),),
    el("tbody", {}, [2, 1, 0].map(row)),
  );
}

function needSwatch(colour, text) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const dark = 0.3 * red + 0.59 * green + 0.11 * blue < 115;
  return svg(
    "svg",
    { class: "swatch", width: 44, height: 22, "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 0.5, y: 0.5, width: 43, height: 21, fill: colour, stroke: "#505a5f" }),
    svg("text", { x: 22, y: 16, "text-anchor": "middle", "font-size": 14, fill: dark ? "#ffffff" : "#0b0c0c" }, text),
  );
}

// The colours of spots are those of the classes of minutes; nobody is counted by them.
function spots(data, limit) {
  const still = (colour, label) => el("div", { class: "legend-block still" }, swatch({ colour }), el("span", {}, el("b", {}, capital(label))));
  return [data.colours.map((colour, i) => still(colour, data.classes[i])), still("#ffffff", `Over ${limit}, or no road near`)];
}

function labelsOf(page, look) {
  const { data } = page.model;
  const classes = {
    share: ["nobody", "up to 25%", "over 25 to 50%", "over 50 to 75%", "over 75%"],
    change: data.changeLabels,
    minutes: data.classes,
    need: [...Array(10).keys()].map(needText),
    surface: ["spots"],
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
  if (state.view === "change") return [`Change in ${trip}: ${measure.scenario}, against now`, "purple is shorter, orange is longer"];
  if (state.view === "need") return [`Deprivation, and share of people further than ${state.minutes} minutes`, "C3 is most deprived and furthest"];
  if (state.view === "surface") return [`${capital(trip)}: from each spot of ${page.look().picture.metres} m`, "for looking: people are counted from travel times, not from this"];
  return [`${capital(trip)}: ${model.data.typical} of each area's people`, "darker is further"];
}

function mark(kind, label, line) {
  const drawing =
    kind === "line"
      ? svg("line", { x1: 1, y1: 8, x2: 27, y2: 8, stroke: line.colour, "stroke-width": line.width, "stroke-dasharray": line.dash })
      : kind === "outline"
      ? svg("rect", { x: 2, y: 2, width: 24, height: 12, fill: "none", stroke: "#0b0c0c", "stroke-width": 2.2 })
      : svg("circle", { cx: 14, cy: 8, r: 5.5, fill: "#0b0c0c", stroke: "#ffffff", "stroke-width": 1.5 });
  return el(
    "div",
    { class: "legend-block still" },
    svg("svg", { class: "swatch", width: 28, height: 16, "aria-hidden": "true", focusable: "false" }, drawing),
    el("span", {}, el("b", {}, label)),
  );
}
