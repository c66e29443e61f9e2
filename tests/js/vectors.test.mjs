// The browser counts and speaks as Python does: vectors written by tests/pages/test_page_modules.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { cell, csvOf } from "../../slgeo/maps/assets/src/csv.mjs";
import { decode, projectX, projectY } from "../../slgeo/maps/assets/src/geometry.mjs";
import { makeModel, spread, unpackRows } from "../../slgeo/maps/assets/src/model.mjs";
import { unpack } from "../../slgeo/maps/assets/src/unpack.mjs";
import { about, decimal, finding, movedText, number, ordinal, percent } from "../../slgeo/maps/assets/src/words.mjs";

const vectors = JSON.parse(readFileSync(process.env.SLGEO_VECTORS, "utf8"));
const model = makeModel(await unpack(vectors.packed));

test("numbers read alike", () => {
  for (const [value, said] of vectors.about) assert.equal(about(value), said);
  for (const [share, said] of vectors.percent) assert.equal(percent(share), said);
  for (const [value, said] of vectors.number) assert.equal(number(value), said);
});

test("counts are alike for every measure, threshold and fifth", () => {
  for (const { kind, mode, scenario, minutes, fifth, people, beyond, withheld, without } of vectors.tallies) {
    const mask = fifth ? (i) => model.areas.fifth[i] === fifth : null;
    const found = model.tally(model.find(kind, mode, scenario), minutes, mask);
    assert.deepEqual(
      [found.people, found.beyond, found.withheld, found.without.map(([r, n]) => [model.data.reasons[r][0], n])],
      [people, beyond, withheld, without],
    );
  }
});

test("findings are alike word for word", () => {
  for (const { kind, mode, scenario, minutes, said } of vectors.findings) {
    const found = finding(model, model.find(kind, mode, scenario), minutes);
    const parts = [found.headline, found.detail, found.fairness, ...found.asides];
    assert.equal(parts.filter(Boolean).join(" "), said);
  }
});

test("classes are alike", () => {
  for (const [tenths, expected] of vectors.classes) assert.equal(model.timeClass(tenths), expected);
  for (const [beyond, people, expected] of vectors.shares) assert.equal(model.shareClass(beyond, people), expected);
});

test("changes are alike", () => {
  const after = model.find("gp", "walk", "With a new surgery");
  for (const [area, expected] of vectors.moved) assert.equal(model.changeClass(after, area), expected);
});

test("deprivation and distance together are alike", () => {
  for (const [third, beyond, people, expected] of vectors.needs) assert.equal(model.needClass(third, beyond, people), expected);
});

test("what became of minutes is said in words", () => {
  const now = { kind: "k", mode: "m", scenario: "", tenths: [100, 100, 100, 100, -1, -1, 100], withheld: [6] };
  const then = { ...now, scenario: "s", tenths: [70, 130, 100, -1, 50, -1, -1] };
  const sparse = { limit: 0, bins: [0, 0, 0, 0, 0, 0, 0], without: [], unsafe: [] };
  const small = makeModel({
    areas: { code: [..."abcdefg"], study: [1, 1, 1, 1, 1, 1, 1], decile: [0, 0, 0, 0, 0, 0, 0] },
    modes: [],
    measures: [{ ...now, ...sparse }, { ...then, ...sparse }],
  });
  const said = small.areas.code.map((_, i) => movedText(small, small.data.measures[1], i));
  assert.deepEqual(said, ["3.0 minutes shorter", "3.0 minutes longer", "the same", "loses its time", "gains a time", "no time, as now", "withheld"]);
});

test("geometry is unpacked to the degrees Python unpacks it to", () => {
  const { boxes, shapes } = decode(vectors.geometry);
  assert.equal(shapes.length, vectors.boxes.length);
  vectors.boxes.forEach(([west, south, east, north], i) => {
    const wanted = [projectX(west), projectY(north), projectX(east), projectY(south)];
    wanted.forEach((value, k) => assert.ok(Math.abs(boxes[4 * i + k] - value) < 1e-12));
  });
});

test("areas most of whose people are further are alike", () => {
  for (const { kind, mode, scenario, minutes, areas } of vectors.mostly) {
    const measure = model.find(kind, mode, scenario);
    const found = [...model.areas.code.keys()].filter((i) => model.mostlyBeyond(measure, minutes, i));
    assert.deepEqual(found, areas);
  }
});

test("the CSV is alike byte for byte", () => {
  assert.equal(csvOf(model), vectors.csv);
});

test("the strip counts everybody with a time once", () => {
  for (const measure of model.data.measures) {
    const found = model.tally(measure, measure.limit, null);
    const counted = model.histogram(measure).reduce((sum, people) => sum + people, 0);
    assert.equal(counted, found.people - found.beyond);
  }
});

test("sparse lists are undone", () => {
  assert.deepEqual([...spread([1, 5, 3, 7], 4)], [0, 5, 0, 7]);
  assert.deepEqual([...unpackRows([2, 1, 5, 2, 7, 0], 2, 4)], [0, 0, 5, 0, 0, 0, 7, 0]);
});

test("small words", () => {
  assert.equal(decimal(205), "20.5");
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell("1-2"), "1-2");
});
