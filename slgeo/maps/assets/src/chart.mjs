// Who is further: bars by deprivation, rurality or group. The chart is a table, so it reads aloud.

import { byId, el } from "./dom.mjs";
import { about, capital, far, percent, possessive } from "./words.mjs";

export function waysToCompare(model) {
  const { areas, data } = model;
  const ways = [];
  if (model.hasDeciles) ways.push(["decile", `Deprivation: ${areas.nation ? possessive(areas.nation) : "national"} tenths`]);
  if (areas.fifth.some((fifth) => fifth > 0)) ways.push(["fifth", `Deprivation: fifths of ${data.place || "the map"} itself`]);
  if (areas.ruralityClasses.length > 1) ways.push(["rurality", "Town and country"]);
  if (areas.groups.length) ways.push(["group", "Groups of people"]);
  return ways;
}

export function rowsOf(page) {
  const { model, state, measure } = page;
  const { areas } = model;
  const classes = (values, labels) =>
    labels.map((label, position) => {
      const found = model.tally(measure, state.minutes, (i) => values[i] === position + 1);
      return { label, people: found.people, beyond: found.beyond };
    });
  if (state.by === "decile") {
    const labels = Array.from({ length: 10 }, (_, i) => `${i + 1}${i === 0 ? " most deprived" : i === 9 ? " least deprived" : ""}`);
    return classes(areas.decile, labels);
  }
  if (state.by === "fifth") {
    return classes(areas.fifth, ["1 most deprived here", "2", "3", "4", "5 least deprived here"]);
  }
  if (state.by === "rurality") {
    return classes(areas.rurality.map((value) => value + 1), areas.ruralityClasses);
  }
  return areas.groups.map(([label, counts]) => groupRow(page, label, counts));
}

// A group is taken to live as evenly in each area as everybody else.
function groupRow(page, label, counts) {
  const { model, state, measure } = page;
  const found = model.expand(measure);
  let people = 0;
  let beyond = 0;
  counts.forEach((count, i) => {
    if (!model.areas.study[i] || found.withheld[i] || !found.people[i]) return;
    people += count;
    beyond += (count * found.beyond[state.minutes][i]) / found.people[i];
  });
  return { label, people, beyond: Math.round(beyond) };
}

export function drawChart(page) {
  const { model, state, measure } = page;
  const ways = waysToCompare(model);
  if (!ways.length) {
    return el("p", { class: "quiet" }, "No deprivation, rurality or groups were joined to these areas, so there is nothing to compare.");
  }
  const rows = rowsOf(page);
  const total = model.tally(measure, state.minutes, null);
  const average = total.people ? total.beyond / total.people : 0;
  const picker = el(
    "label",
    { class: "field" },
    el("span", {}, `Share of people further than ${far(state.minutes, model.mode(measure.mode))}, by`),
    el(
      "select",
      { id: "by", onchange: (event) => page.set({ by: event.target.value }) },
      ways.map(([key, label]) => el("option", { value: key, selected: key === state.by }, label)),
    ),
  );
  const table = el(
    "table",
    { class: `bars by-${state.by}` },
    el("caption", { class: "unseen" }, `Share of people further than ${far(state.minutes, model.mode(measure.mode))}`),
    el("thead", { class: "unseen" }, el("tr", {}, ["Class", "Share", "People further", "People"].map((label) => el("th", { scope: "col" }, label)))),
    el("tbody", {}, joined(rows).map((row) => bar(row, average, state.by))),
  );
  const notes = [el("p", { class: "axis" }, `Bars run from 0 to 100%; the line marks everybody, ${percent(average)}.`)];
  if (state.by === "group") notes.push(el("p", { class: "axis" }, "Each group is taken to be spread evenly within an area."));
  const said = model.data.equity.filter((row) => row.kind === measure.kind && row.mode === measure.mode);
  if (state.by !== "group" && said.length) notes.push(el("p", { class: "axis" }, said.map((row) => row.sentence).join(" ")));
  return el("div", {}, picker, table, notes);
}

// Neighbouring classes that do not occur share a row: "1 to 5: nobody here".
function joined(rows) {
  const out = [];
  rows.forEach((row, position) => {
    const last = out[out.length - 1];
    if (!row.people && last && !last.people) {
      last.to = row.label;
      return;
    }
    out.push({ ...row, position, from: row.label });
  });
  return out;
}

function bar(row, average, by) {
  const { position } = row;
  const label = row.to ? `${row.from} to ${row.to}` : row.label;
  const share = row.people ? row.beyond / row.people : null;
  const track = el("span", { class: "track", "aria-hidden": "true" });
  if (share !== null) {
    const filled = el("span", { class: by === "group" || by === "rurality" || position < (by === "decile" ? 2 : 1) ? "filled" : "filled pale" });
    filled.style.width = `${share * 100}%`;
    const line = el("span", { class: "average" });
    line.style.left = `${average * 100}%`;
    track.append(filled, line);
  }
  return el(
    "tr",
    { class: share === null ? "none" : null },
    el("th", { scope: "row" }, label),
    el("td", { class: "track-cell" }, track, share === null ? el("span", { class: "none-here" }, "nobody here") : null),
    el("td", { class: "n", title: `${capital(about(row.beyond))} of ${about(row.people)} people` }, share === null ? "" : percent(share)),
  );
}

export function refreshChart(page) {
  if (page.state.area !== null || page.state.site !== null) return;
  const focused = document.activeElement && document.activeElement.id === "by";
  byId("lower").replaceChildren(drawChart(page));
  if (focused) byId("by").focus();
}
