// The same CSV as slgeo/maps/csv_out.py writes.

import { decimal } from "./words.mjs";

const DANGEROUS = /^[=+\-@\t\r]/;

export function csvOf(model, wanted) {
  const { data, areas } = model;
  const head = [
    "area", "name", "kind", "mode", ...(data.scenarios.length ? ["scenario"] : []), "people", "minutes", "reason",
    ...data.thresholds.map((minutes) => `people_further_than_${minutes}`),
    "people_without_time", "deprivation_decile", "local_fifth", "rurality", "nearest",
  ];
  const rows = [head];
  for (const measure of data.measures) {
    const found = model.expand(measure);
    for (let i = 0; i < model.size; i += 1) {
      if (!areas.study[i] || (wanted && !wanted(measure, i))) continue;
      const hidden = Boolean(found.withheld[i]);
      const near = measure.nearest[i];
      rows.push([
        cell(areas.code[i]),
        cell(areas.name[i]),
        cell(measure.kind),
        cell(measure.mode),
        ...(data.scenarios.length ? [cell(measure.scenario)] : []),
        hidden ? "" : found.people[i],
        measure.tenths[i] >= 0 ? decimal(measure.tenths[i]) : "",
        hidden ? "withheld" : measure.reason[i] >= 0 ? data.reasons[measure.reason[i]][0] : "",
        ...data.thresholds.map((minutes) => (hidden || minutes > measure.limit ? "" : found.beyond[minutes][i])),
        hidden ? "" : found.none[i],
        areas.decile[i] || "",
        areas.fifth[i] || "",
        areas.rurality[i] >= 0 ? cell(areas.ruralityClasses[areas.rurality[i]]) : "",
        near.length ? cell(data.sites.name[near[0]]) : "",
      ]);
    }
  }
  return `\ufeff${rows.map((row) => row.map(quote).join(",")).join("\r\n")}\r\n`;
}

export function cell(text) {
  return DANGEROUS.test(text) ? `'${text}` : text;
}

function quote(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
