// Fills and hatches, drawn the same on canvas and in SVG.

import { el, svg } from "./dom.mjs";

export const INK = "#0b0c0c";
export const SECONDARY = "#505a5f";
export const OUTSIDE = "#e6e7e8";
export const FADED = "#f3f2f1";
const CELL = 8;

// Lines and dots of one 8 x 8 cell; one hatch a reason, in the order of reasons, then withheld.
export const HATCHES = [
  { dots: [[2, 2], [6, 6]] },
  { lines: [[0, 8, 8, 0], [-2, 2, 2, -2], [6, 10, 10, 6]] },
  { lines: [[0, 8, 8, 0], [0, 0, 8, 8]] },
  { lines: [[-2, 2, 2, -2], [-2, 10, 10, -2], [6, 10, 10, 6]] },
  { lines: [[0, 0, 8, 8], [-2, 6, 2, 10], [6, -2, 10, 2]] },
  { dots: [[4, 4]] },
  { lines: [[4, 0, 4, 8], [0, 4, 8, 4]] },
];
const GAINS = { dots: [[2, 2], [6, 6], [6, 2], [2, 6]] };
const LOSES = { lines: [[0, 4, 8, 4], [0, 0, 8, 0]] };
export const WITHHELD = { dots: [[1, 1], [5, 1], [3, 5], [7, 5]] };

export function hatchPattern(context, hatch, ratio) {
  const canvas = el("canvas", { width: CELL * ratio, height: CELL * ratio });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = hatch.ground || "#ffffff";
  pen.fillRect(0, 0, CELL, CELL);
  pen.strokeStyle = hatch.ink || SECONDARY;
  pen.fillStyle = hatch.ink || SECONDARY;
  pen.lineWidth = 1.1;
  for (const [x0, y0, x1, y1] of hatch.lines || []) {
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
  }
  for (const [x, y] of hatch.dots || []) {
    pen.beginPath();
    pen.arc(x, y, 1.1, 0, 2 * Math.PI);
    pen.fill();
  }
  const pattern = context.createPattern(canvas, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

export function hatchDefinition(id, hatch) {
  return svg(
    "pattern",
    { id, width: CELL, height: CELL, patternUnits: "userSpaceOnUse" },
    svg("rect", { width: CELL, height: CELL, fill: hatch.ground || "#ffffff" }),
    (hatch.lines || []).map(([x1, y1, x2, y2]) => svg("line", { x1, y1, x2, y2, stroke: hatch.ink || SECONDARY, "stroke-width": 1.1 })),
    (hatch.dots || []).map(([cx, cy]) => svg("circle", { cx, cy, r: 1.1, fill: hatch.ink || SECONDARY })),
  );
}

let swatches = 0;

// A block of the legend; a style is a colour or a hatch.
export function swatch(style) {
  swatches += 1;
  const id = `hatch-${swatches}`;
  const fill = style.hatch ? `url(#${id})` : style.colour;
  return svg(
    "svg",
    { class: "swatch", width: 28, height: 16, "aria-hidden": "true", focusable: "false" },
    style.hatch ? hatchDefinition(id, style.hatch) : null,
    svg("rect", { x: 0.5, y: 0.5, width: 27, height: 15, fill, stroke: SECONDARY }),
  );
}

// All the ways an area can be drawn: classes, then reasons, then withheld, then outside.
export function stylesOf(data) {
  const plain = (colours) => colours.map((colour) => ({ colour }));
  const furthest = data.colours[data.colours.length - 1];
  const reasons = data.reasons.map(([reason], i) => ({
    // Further than the search is known to be far, so it wears the colour of the furthest class.
    hatch: reason === "beyond_limit" ? { ...HATCHES[i], ground: furthest, ink: "#ffffff" } : HATCHES[i],
  }));
  const rest = [...reasons, { hatch: WITHHELD }, { colour: OUTSIDE }];
  const [shorter, longer] = [data.changes[0], data.changes[data.changes.length - 1]];
  return {
    minutes: [...plain(data.colours), ...rest],
    share: [...plain(data.shares), ...rest],
    // Gaining a time and losing it have no minutes: the end colours, with dots and with lines.
    change: [...plain(data.changes), { hatch: { ...GAINS, ground: shorter, ink: "#ffffff" } }, { hatch: { ...LOSES, ground: longer, ink: INK } }, ...rest],
    need: [...plain(data.needs || []), { hatch: { lines: [[0, 4, 8, 4]] } }, ...rest],
    surface: [{ colour: "#ffffff" }, ...rest],
  };
}
