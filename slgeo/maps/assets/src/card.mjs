// One area: its minutes, its people, its nearest places, and why it has no time where it has none.

import { byId, el, name } from "./dom.mjs";
import { needOf } from "./look.mjs";
import { swatch } from "./paint.mjs";
import { sourceLine } from "./places.mjs";
import { routesOf } from "./shapes.mjs";
import { drawSiteCard } from "./sitecard.mjs";
import { about, bare, capital, decimal, far, minutesText, movedText, needName, needText, number, ordinal, percent } from "./words.mjs";

export function drawCard(page, area) {
  const { model, measure } = page;
  const { areas } = model;
  const back = el("button", { type: "button", class: "plain", id: "back", onclick: () => page.set({ area: null }) }, "Back to everyone");
  const head = [
    el("div", { class: "card-head" }, el("h2", { id: "card-title", tabindex: "-1" }, name(areas.name[area])), back),
    el("p", { class: "quiet" }, name(areas.code[area])),
  ];
  if (!areas.study[area]) {
    return el("article", { class: "card", "aria-labelledby": "card-title" }, head, el("p", {}, "This area is around the study. It is not counted."));
  }
  const found = model.expand(measure);
  const facts = [["People", number((measure.residents || areas.people)[area])]];
  if (areas.decile[area]) facts.push(["Deprivation", `${ordinal(areas.decile[area])} tenth of ${areas.nation || "the nation"} (1st is most deprived)`]);
  if (areas.rurality[area] >= 0) facts.push(["Town or country", areas.ruralityClasses[areas.rurality[area]]]);
  return el(
    "article",
    { class: "card", "aria-labelledby": "card-title" },
    head,
    found.withheld[area] ? el("p", {}, "Figures for this area are withheld: too few people.") : minutesOf(page, area, found),
    nearest(page, area),
    el("dl", { class: "facts" }, facts.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
    others(page, area),
    found.unsafe[area] ? el("p", { class: "axis" }, `For ${about(found.unsafe[area])} of these people a nearer place may lie beyond the edge of the roads used.`) : null,
  );
}

function minutesOf(page, area, found) {
  const { model, measure, state } = page;
  const tenths = measure.tenths[area];
  const mode = model.mode(measure.mode);
  const people = found.people[area];
  const beyond = found.beyond[state.minutes][area];
  const style = page.look().styles[page.look().styleOf[area]];
  const big = el("p", { class: "big" }, swatch(style), bigWords(page, area, mode));
  const parts = [big];
  if (people) {
    parts.push(el("p", {}, `${capital(about(beyond))} of ${about(people)} people (${percent(beyond / people)}) are more than ${far(state.minutes, mode)} away.`));
  }
  if (measure.scenario) parts.push(el("p", {}, el("strong", {}, capital(movedText(model, measure, area))), ` against now: ${measure.scenario}.`));
  if (state.view === "need") {
    const index = needOf(model, found, state.minutes, area);
    parts.push(el("p", {}, index > 8 ? capital(needText(index)) : `${needName(index)}: ${needText(index)} than ${state.minutes} minutes.`));
  }
  const lacking = found.without.filter(([, counts]) => counts[area]);
  if (lacking.length && tenths >= 0) {
    parts.push(el("p", { class: "axis" }, `Without a time: ${lacking.map(([reason, counts]) => `${about(counts[area])} ${model.data.reasons[reason][1]}`).join("; ")}.`));
  }
  return parts;
}

function bigWords(page, area, mode) {
  const { model, measure } = page;
  if (measure.tenths[area] >= 0) {
    const what = `${model.data.typical} ${mode.time} to the nearest ${bare(measure.noun)}${rank(page, area)}`;
    return [el("strong", {}, `${decimal(measure.tenths[area])} minutes`), el("span", {}, what)];
  }
  const [reason, sentence] = model.data.reasons[measure.reason[area]];
  const found = model.expand(measure);
  const most = found.none[area] < found.people[area] ? "For most people here: " : "";
  if (reason === "beyond_limit") {
    const what = `${most}${most ? "no" : "No"} ${bare(measure.noun)} within ${far(measure.limit, mode)}, the longest journey searched`;
    return [el("strong", {}, `Over ${measure.limit} minutes`), el("span", {}, what)];
  }
  return [el("strong", {}, `No ${mode.time}`), el("span", {}, `${most}${sentence}`)];
}

// Areas over the longest journey searched are further than any time found; others without a time have no rank.
function rank(page, area) {
  const { model, measure } = page;
  const tenths = (i) => {
    if (measure.tenths[i] >= 0) return measure.tenths[i];
    return measure.reason[i] >= 0 && model.data.reasons[measure.reason[i]][0] === "beyond_limit" ? Infinity : -1;
  };
  const times = [...model.areas.study.keys()].filter((i) => model.areas.study[i]).map(tenths).filter((time) => time >= 0);
  const further = times.filter((time) => time > measure.tenths[area]).length;
  if (times.length < 3) return "";
  return further ? `; ${ordinal(further + 1)} furthest of ${number(times.length)} areas` : `; furthest of ${number(times.length)} areas`;
}

function nearest(page, area) {
  const { model, measure } = page;
  const list = measure.nearest[area] || [];
  if (!list.length) return null;
  const { sites } = model.data;
  const items = [];
  for (let at = 0; at < list.length; at += 2) {
    const site = list[at];
    items.push(
      el(
        "li",
        {},
        el("span", { class: "near" }, el("b", {}, name(sites.name[site])), el("span", { class: "n" }, `${decimal(list[at + 1])} min`)),
        el("small", {}, sourceLine(sites, site)),
      ),
    );
  }
  const note = routesOf(model.data, measure, area)
    ? "Lines on the map are the ways from a typical home of its people."
    : "Dashed lines on the map join the area to these places; the minutes are along roads and paths.";
  return [
    el("h3", {}, `Nearest: ${measure.label}`),
    el("p", { class: "axis" }, `Mean minutes of those people who reach the place within ${measure.limit} minutes.`),
    el("ol", { class: "nearest" }, items),
    el("p", { class: "axis" }, note),
  ];
}

// Every other kind and way of travelling from here.
function others(page, area) {
  const { model } = page;
  const { measures, kinds } = model.data;
  if (measures.length < 2) return null;
  const modes = [...model.modes.values()];
  const names = [...new Set(measures.map((one) => one.kind))];
  const cell = (kind, mode) => {
    const one = model.find(kind, mode.key);
    if (!one) return el("td", { class: "n" }, "–");
    return el("td", { class: one.tenths[area] >= 0 ? "n" : "n quiet" }, minutesText(model, one, area));
  };
  return el(
    "details",
    { class: "others" },
    el("summary", {}, "Minutes from here to each kind of place"),
    el(
      "table",
      { class: "small" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Nearest"), modes.map((mode) => el("th", { scope: "col", class: "n" }, mode.label)))),
      el("tbody", {}, names.map((kind) => el("tr", {}, el("th", { scope: "row" }, kinds[kind]), modes.map((mode) => cell(kind, mode))))),
    ),
  );
}

export function refreshCard(page) {
  const { area, site } = page.state;
  if (area === null && site === null) return;
  const open = byId("lower").querySelector("details[open]");
  const focused = byId("lower").contains(document.activeElement) ? document.activeElement.id : "";
  byId("lower").replaceChildren(area === null ? drawSiteCard(page, site) : drawCard(page, area));
  if (open) byId("lower").querySelector("details").open = true;
  if (focused && byId(focused)) byId(focused).focus();
}
