// Geometry: what the page draws is what the topology says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { areaAt, boxOf, decode, gridOf, outlineOf, projectX, projectY, walk } from "../../slgeo/maps/assets/src/geometry.mjs";

// Two unit squares side by side, the second with a hole, in degrees.
const TOPOLOGY = {
  transform: { scale: [0.01, 0.01], translate: [0, 50] },
  arcs: [
    [[100, 0], [0, 100]],
    [[100, 100], [-100, 0], [0, -100], [100, 0]],
    [[100, 100], [100, 0], [0, -100], [-100, 0]],
    [[140, 40], [20, 0], [0, 20], [-20, 0], [0, -20]],
  ],
  objects: { areas: { geometries: [{ arcs: [[[0, 1]]] }, { arcs: [[[~0, ~2], [3]]] }] } },
};

const at = (lon, lat) => [projectX(lon), projectY(lat)];

test("a point belongs to the area it is in, and to none in a hole or outside", () => {
  const geometry = decode(TOPOLOGY);
  assert.equal(areaAt(geometry, ...at(0.5, 50.5)), 0);
  assert.equal(areaAt(geometry, ...at(1.1, 50.1)), 1);
  assert.equal(areaAt(geometry, ...at(1.5, 50.5)), -1);
  assert.equal(areaAt(geometry, ...at(2.5, 50.5)), -1);
});

test("the outline of both areas leaves out the border between them", () => {
  const geometry = decode(TOPOLOGY);
  assert.deepEqual(outlineOf(geometry, (i) => i === 0), [0, 1]);
  assert.deepEqual(outlineOf(geometry, () => true), [1, 2, 3]);
  assert.deepEqual(outlineOf(geometry, () => false), []);
});

test("a ring is walked once around, whichever way its pieces run", () => {
  const geometry = decode(TOPOLOGY);
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
