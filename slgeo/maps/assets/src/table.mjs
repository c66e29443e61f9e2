// The table of areas: sorted, filtered, paged, linked to the map; and the list of gaps.

import { byId, el, name } from "./dom.mjs";
import { csvOf } from "./csv.mjs";
import { about, areasText, minutesText, movedText, number, percent } from "./words.mjs";

const PAGE = 50;

const COLUMNS = [
  { key: "name", label: "Area", text: true },
  { key: "people", label: "People" },
  { key: "tenths", label: "Minutes" },
  { key: "beyond", label: "People further" },
  { key: "share", label: "Share" },
  { key: "decile", label: "Deprivation tenth" },
  { key: "near", label: "Nearest", text: true },
];

// Beside a scenario: what became of the minutes.
function columnsOf(page) {
  if (!page.measure.scenario) return COLUMNS;
  return [...COLUMNS.slice(0, 3), { key: "moved", label: "Against now" }, ...COLUMNS.slice(3)];
}

// Losing a time is the longest change, gaining one the shortest.
function movedBy(model, measure, i) {
  const kind = model.changeClass(measure, i);
  if (kind > 4 || kind < 0) return { 5: -1e6, 6: 1e6 }[kind] || 0;
  return measure.tenths[i] - model.find(measure.kind, measure.mode).tenths[i];
}

export function tableRows(page) {
  const { model, measure, state } = page;
  const found = model.expand(measure);
  const beyond = found.beyond[state.minutes];
  const rows = [];
  for (let i = 0; i < model.size; i += 1) {
    if (!model.areas.study[i]) continue;
    const hidden = Boolean(found.withheld[i]);
    const near = measure.nearest[i];
    rows.push({
      i,
      hidden,
      name: model.areas.name[i],
      people: hidden ? (measure.residents || model.areas.people)[i] : found.people[i],
      tenths: measure.tenths[i],
      moved: measure.scenario ? movedBy(model, measure, i) : 0,
      beyond: hidden ? -1 : beyond[i],
      share: hidden || !found.people[i] ? -1 : beyond[i] / found.people[i],
      decile: model.areas.decile[i] || 99,
      near: near.length ? model.data.sites.name[near[0]] : "",
    });
  }
  return rows.filter((row) => keep(page, row)).sort(order(state));
}

function keep(page, row) {
  if (page.state.filter === "further") return row.beyond > 0;
  if (page.state.filter === "view") return page.inView(row.i);
  return true;
}

// Areas without a time come first when the furthest do: they are further than any time found.
function order({ sort, down }) {
  const value = (row) => (sort === "tenths" && row.tenths < 0 && !row.hidden ? 1e9 : row[sort]);
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    const by = typeof x === "string" ? x.localeCompare(y, "en-GB") : x - y;
    return (down ? -by : by) || a.i - b.i;
  };
}

export function drawTable(page) {
  const { state, model, measure } = page;
  const rows = tableRows(page);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const at = Math.min(state.page, pages - 1);
  const shown = page.printing ? rows.slice(0, 400) : rows.slice(at * PAGE, (at + 1) * PAGE);
  const from = rows.length ? (page.printing ? 1 : at * PAGE + 1) : 0;
  const longest = Math.max(1, ...measure.tenths);
  const filters = [
    ["all", "All"],
    ["further", `With people over ${state.minutes} minutes`],
    ["view", "In view"],
  ];
  const parts = [
    el(
      "div",
      { class: "table-head" },
      el("h2", { id: "areas-title" }, "Areas"),
      el(
        "fieldset",
        { class: "segments" },
        el("legend", { class: "unseen" }, "Which areas"),
        el("div", {}, filters.map(([key, label]) =>
          el("label", {}, el("input", { type: "radio", name: "filter", id: `filter-${key}`, value: key, checked: state.filter === key, onchange: () => page.set({ filter: key, page: 0 }) }), el("span", {}, label)),
        )),
      ),
      el(
        "label",
        { class: "field sorter" },
        el("span", {}, "Sort by"),
        el(
          "select",
          { id: "sort", onchange: (event) => page.set(sorted(event.target.value)) },
          columnsOf(page).map((column) => el("option", { value: column.key, selected: column.key === state.sort }, labelOf(page, column))),
        ),
      ),
      el("div", { class: "actions" },
        el("button", { type: "button", id: "csv", class: "filled-button", onclick: () => download(page) }, "Download all as CSV"),
        el("button", { type: "button", id: "csv-text", class: "plain", "aria-expanded": String(Boolean(page.csvShown)), onclick: () => showText(page) }, "Show as text"),
      ),
    ),
    page.csvShown ? el("textarea", { id: "csv-box", readonly: true, rows: 8, "aria-label": "All values as CSV text, to select and copy" }, csvOf(model).slice(1)) : "",
    rows.length
      ? el(
          "div",
          { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of areas" },
          el(
            "table",
            { class: "areas" },
            el("caption", {}, `${measure.label}, ${model.mode(measure.mode).label.toLowerCase()}: ${number(from)} to ${number(from + shown.length - 1)} of ${areasText(rows.length)}`),
            el("thead", {}, el("tr", {}, columnsOf(page).map((column) => heading(page, column)))),
            el("tbody", {}, shown.map((row) => line(page, row, longest))),
          ),
        )
      : el("p", { class: "quiet" }, state.filter === "further" ? `No area has anybody further than ${state.minutes} minutes.` : "No area of the study is in view: zoom out or choose All."),
  ];
  if (pages > 1) {
    const step = (by, label, id) => el("button", { type: "button", id, class: "plain", disabled: at + by < 0 || at + by >= pages, onclick: () => page.set({ page: at + by }) }, label);
    parts.push(el("div", { class: "pager" }, step(-1, "Previous", "previous"), el("span", {}, `Page ${at + 1} of ${pages}`), step(1, "Next", "next")));
  }
  const focused = byId("areas").contains(document.activeElement) ? document.activeElement.id : "";
  byId("areas").replaceChildren(...parts);
  const target = focused && byId(focused);
  if (target) (target.disabled ? byId("areas") : target).focus({ preventScroll: true });
}

// Names and deprivation start from the first, numbers from the largest.
function sorted(key) {
  return { sort: key, down: !["name", "near", "decile"].includes(key), page: 0 };
}

function labelOf(page, column) {
  return column.key === "beyond" ? `Over ${page.state.minutes} min` : column.label;
}

function heading(page, column) {
  const { sort, down } = page.state;
  const active = sort === column.key;
  return el(
    "th",
    { scope: "col", class: column.text ? null : column.key === "tenths" ? "n bar" : "n", "aria-sort": active ? (down ? "descending" : "ascending") : null },
    el(
      "button",
      {
        type: "button",
        id: `sort-${column.key}`,
        onclick: () => page.set(active ? { down: !down, page: 0 } : sorted(column.key)),
      },
      labelOf(page, column),
      el("span", { "aria-hidden": "true", class: "arrow" }, active ? (down ? "▼" : "▲") : ""),
    ),
  );
}

function line(page, row, longest) {
  const { model, measure, state } = page;
  const bar = el("span", { class: "cell-bar", "aria-hidden": "true" });
  if (row.tenths >= 0) bar.style.width = `${Math.round((row.tenths / longest) * 80)}px`;
  return el(
    "tr",
    {
      class: state.area === row.i ? "chosen" : null,
      onmouseenter: () => page.point(row.i),
      onmouseleave: () => page.point(-1),
    },
    el("th", { scope: "row" }, el("button", { type: "button", id: `area-${row.i}`, class: "link", onclick: () => page.select(row.i, true) }, name(row.name))),
    el("td", { class: "n", "data-label": "People" }, number(row.people)),
    el("td", { class: "n bar", "data-label": "Minutes", title: row.tenths < 0 && !row.hidden ? model.data.reasons[measure.reason[row.i]][1] : null }, el("span", {}, minutesText(model, measure, row.i)), bar),
    measure.scenario ? el("td", { class: "n", "data-label": "Against now" }, movedText(model, measure, row.i)) : null,
    el("td", { class: "n", "data-label": `Over ${state.minutes} min` }, row.hidden ? "" : number(row.beyond)),
    el("td", { class: "n", "data-label": "Share" }, row.share < 0 ? "" : percent(row.share)),
    el("td", { class: "n", "data-label": "Deprivation tenth" }, row.decile === 99 ? "" : String(row.decile)),
    el("td", { "data-label": "Nearest" }, name(row.near)),
  );
}

function download(page) {
  const url = URL.createObjectURL(new Blob([csvOf(page.model)], { type: "text/csv" }));
  const link = el("a", { href: url, download: "areas.csv" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function showText(page) {
  page.csvShown = !page.csvShown;
  drawTable(page);
}

export function drawGaps(page) {
  const { model, measure, state } = page;
  const gaps = model.data.gaps.filter((gap) => gap.kind === measure.kind && gap.mode === measure.mode);
  const box = byId("gaps");
  box.hidden = !model.data.gaps.length;
  if (box.hidden) return;
  const title = el("h2", { id: "gaps-title" }, "Gaps");
  if (!gaps.length) {
    box.replaceChildren(title, el("p", { class: "quiet" }, `No gap for ${measure.label} by this way of travelling.`));
    return;
  }
  const minutes = gaps[0].beyond;
  box.replaceChildren(
    title,
    el("p", {}, `A gap is a stretch of neighbouring areas in most of which people are more than ${minutes} minutes from ${measure.noun}. It does not move with the threshold above.`),
    el(
      "div",
      { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of gaps" },
      el(
        "table",
        { class: "areas" },
        el("caption", {}, `Gaps over ${minutes} minutes, most people first`),
        el("thead", {}, el("tr", {}, ["Around", "People further", "People in all", "Mean minutes", "Areas", "Nearest"].map((label, i) => el("th", { scope: "col", class: i > 0 && i < 5 ? "n" : null }, label)))),
        el("tbody", {}, gaps.map((gap) => gapLine(page, gap, state))),
      ),
    ),
  );
}

function gapLine(page, gap, state) {
  return el(
    "tr",
    { class: state.gap === gap.code ? "chosen" : null },
    el("th", { scope: "row" }, el("button", { type: "button", class: "link", id: `gap-${gap.rank}`, onclick: () => page.showGap(gap) }, name(gap.name))),
    el("td", { class: "n", "data-label": "People further" }, about(gap.people)),
    el("td", { class: "n", "data-label": "People in all" }, about(gap.total)),
    el("td", { class: "n", "data-label": "Mean minutes" }, gap.minutes === null ? "no time" : gap.minutes.toFixed(1)),
    el("td", { class: "n", "data-label": "Areas" }, number(gap.areas.length)),
    el("td", { "data-label": "Nearest" }, name(gap.nearest)),
  );
}
