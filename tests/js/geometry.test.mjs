// Geometry: what the page draws is what its columns say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { areaAt, boxOf, decode, gridOf, hexagons, outlineOf, projectX, projectY, walk } from "../../slgeo/maps/assets/src/geometry.mjs";

// Two unit squares side by side, the second with a hole, in degrees, as encode.py writes them.
const GEOMETRY = {
  scale: [0.01, 0.01],
  corner: [0, 50],
  points: [2, 4, 4, 5],
  x: [100, 0, 0, -100, 0, 100, 0, 100, 0, -100, 40, 20, 0, -20, 0],
  y: [0, 100, 0, 0, -100, 0, 100, 0, -100, 0, 40, 0, 20, 0, -20],
  areas: [[[[0, 0]]], [[[2, 0], [0]]]],
};

const at = (lon, lat) => [projectX(lon), projectY(lat)];

test("a point belongs to the area it is in, and to none in a hole or outside", () => {
  const geometry = decode(GEOMETRY);
  assert.equal(areaAt(geometry, ...at(0.5, 50.5)), 0);
  assert.equal(areaAt(geometry, ...at(1.1, 50.1)), 1);
  assert.equal(areaAt(geometry, ...at(1.5, 50.5)), -1);
  assert.equal(areaAt(geometry, ...at(2.5, 50.5)), -1);
});

test("the outline of both areas leaves out the border between them", () => {
  const geometry = decode(GEOMETRY);
  assert.deepEqual(outlineOf(geometry, (i) => i === 0), [0, 1]);
  assert.deepEqual(outlineOf(geometry, () => true), [1, 2, 3]);
  assert.deepEqual(outlineOf(geometry, () => false), []);
});

test("a ring is walked once around, whichever way its pieces run", () => {
  const geometry = decode(GEOMETRY);
  const points = [];
  walk(geometry, [~0, ~2], (x, y) => points.push([x, y]), (x, y) => points.push([x, y]));
  assert.equal(points.length, 5);
  assert.deepEqual(points[0], points[4]);
});

test("a box meets exactly the boxes a plain search finds", () => {
  const boxes = [];
  for (let i = 0; i < 200; i += 1) {
    const x = ((i * 37) % 100) / 100;
    const y = ((i * 61) % 100) / 100;
    boxes.push([x, y, x + 0.03, y + 0.05]);
  }
  const grid = gridOf(boxes);
  for (const box of [[0.2, 0.2, 0.4, 0.3], [0, 0, 2, 2], [0.5, 0.5, 0.5, 0.5], [-1, -1, -0.5, -0.5]]) {
    const plain = boxes
      .map((own, i) => [own, i])
      .filter(([own]) => own[0] <= box[2] && own[2] >= box[0] && own[1] <= box[3] && own[3] >= box[1])
      .map(([, i]) => i);
    assert.deepEqual(grid.meeting(box), plain);
  }
});

test("projection agrees with the Mercator of web maps", () => {
  assert.equal(projectX(0), 0.5);
  assert.equal(projectY(0), 0.5);
  assert.ok(Math.abs(projectY(85.0511287798)) < 1e-9);
  assert.deepEqual(boxOf(Float64Array.from([1, 2, 0, 5])), [0, 2, 1, 5]);
});

test("hexagons of one size share their sides, and areas around the study have none", () => {
  const found = hexagons({ size: 0.01, left: 0.4, top: 0.3, at: [0, 0, 1, 0, 0, 1, -1, -1] });
  assert.equal(found.shapes.length, 4);
  assert.equal(found.arcs.length, 6 + 5 + 4);
  assert.deepEqual(found.shapes[3], []);
  assert.deepEqual(outlineOf(found, (i) => i < 3).length, 12);
  const middle = (column, row) => [0.4 + Math.sqrt(3) * 0.01 * (column + 0.5 * (row % 2) + 0.5), 0.3 + 0.015 * (row + 2 / 3)];
  for (const [area, cell] of [[0, [0, 0]], [1, [1, 0]], [2, [0, 1]]]) assert.equal(areaAt(found, ...middle(...cell)), area);
  assert.equal(areaAt(found, 0.1, 0.1), -1);
});
