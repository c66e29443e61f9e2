// The map as SVG, for paper: the same classes, hatches and outlines as on the screen.

import { byId, svg } from "./dom.mjs";
import { outlineOf, walk } from "./geometry.mjs";
import { layersOn } from "./layers.mjs";
import { LAYER_LINES } from "./outline.mjs";
import { INK, SECONDARY, hatchDefinition } from "./paint.mjs";

const WIDE = 1000;
const HIGH = 760;

export function paperMap(page) {
  const { geometry, model } = page;
  const box = [1, 1, 0, 0];
  for (let i = 0; i < model.size; i += 1) {
    if (!model.areas.study[i]) continue;
    box[0] = Math.min(box[0], geometry.boxes[4 * i]);
    box[1] = Math.min(box[1], geometry.boxes[4 * i + 1]);
    box[2] = Math.max(box[2], geometry.boxes[4 * i + 2]);
    box[3] = Math.max(box[3], geometry.boxes[4 * i + 3]);
  }
  const scale = Math.min((WIDE - 20) / (box[2] - box[0]), (HIGH - 20) / (box[3] - box[1]));
  const left = (WIDE - (box[2] - box[0]) * scale) / 2;
  const top = (HIGH - (box[3] - box[1]) * scale) / 2;
  const x = (value) => ((value - box[0]) * scale + left).toFixed(1);
  const y = (value) => ((value - box[1]) * scale + top).toFixed(1);
  const look = page.look();
  const paths = look.styles.map(() => []);
  for (const i of geometry.areaGrid.meeting(box)) {
    for (const ring of geometry.shapes[i].flat()) {
      const points = [];
      walk(geometry, ring, (a, b) => points.push(`M${x(a)} ${y(b)}`), (a, b) => points.push(`L${x(a)} ${y(b)}`));
      paths[look.styleOf[i]].push(`${points.join("")}Z`);
    }
  }
  const line = (arc) => polyline(geometry.arcs[arc], x, y);
  const picture = look.picture
    ? svg("image", { href: look.picture.picture, x: x(look.picture.box[0]), y: y(look.picture.box[1]), width: (look.picture.box[2] - look.picture.box[0]) * scale, height: (look.picture.box[3] - look.picture.box[1]) * scale, preserveAspectRatio: "none"})
    : null;
  const roads = (page.basemap && !page.state.hexagons ? page.basemap.roads : [])
    .filter((road) => road.rank <= 2)
    .map((road) => polyline(road.line, x, y))
    .join("");
  const outline = look.outlined ? [...look.outlined].map(line).join("") : "";
  const dots = page
    .sitesShown()
    .map((i) => page.world(...page.whereIs(i)))
    .filter((at) => at[0] > box[0] && at[0] < box[2] && at[1] > box[1] && at[1] < box[3]);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "paper-map" },
    look.styles.map((style, i) => (style.hatch ? hatchDefinition(`paper-${i}`, style.hatch) : null)),
    paths.map((parts, i) =>
      parts.length
        ? svg("path", {
            d: parts.join(""),
            fill: look.styles[i].hatch ? `url(#paper-${i})` : look.styles[i].colour,
            stroke: SECONDARY,
            "stroke-width": 0.5,
            "fill-rule": "evenodd",
          })
        : null,
    ),
    picture,
    roads ? svg("path", { d: roads, fill: "none", stroke: "#ffffff", "stroke-width": 3.4 }) : null,
    roads ? svg("path", { d: roads, fill: "none", stroke: "#6f777b", "stroke-width": 1.8 }) : null,
    outline ? svg("path", { d: outline, fill: "none", stroke: "#ffffff", "stroke-width": 5 }) : null,
    outline ? svg("path", { d: outline, fill: "none", stroke: INK, "stroke-width": 2.2 }) : null,
    layersOn(page).map(({ style, lines, areas }) => layerLines(page, LAYER_LINES[style], lines, areas, x, y)),
    dots.map(([a, b]) => svg("circle", { cx: x(a), cy: y(b), r: 5, fill: INK, stroke: "#ffffff", "stroke-width": 1.5 })),
    page.state.hexagons ? null : [townNames(page, box, x, y), scaleAndNorth(box, scale)],
  );
}

const LETTER = 10; // units of the drawing a letter of a name takes, about
const LINE = 20;

// Towns, the largest first, where none covers another, so that a reader of paper can tell where they are.
function townNames(page, box, x, y) {
  const taken = [];
  const free = (own) => !taken.some((other) => own[0] < other[2] && own[2] > other[0] && own[1] < other[3] && own[3] > other[1]);
  return (page.basemap ? page.basemap.towns : []).flatMap(({ name, rank, lat, lon }) => {
    const at = page.world(lat, lon);
    if (rank > 3 || at[0] < box[0] || at[0] > box[2] || at[1] < box[1] || at[1] > box[3]) return [];
    const [left, foot] = [Number(x(at[0])), Number(y(at[1])) - 10];
    const half = (name.length * LETTER) / 2;
    const own = [left - half, foot - LINE, left + half, foot + 4];
    if (taken.length >= 12 || !free(own)) return [];
    taken.push(own);
    return [svg("text", { x: left, y: foot, class: "paper-name", "font-weight": rank < 3 ? 700 : 400 }, name)];
  });
}

const AROUND = 40075016.7; // metres around the equator: the width of the whole web map

function scaleAndNorth(box, scale) {
  const middle = Math.atan(Math.sinh((1 - (box[1] + box[3])) * Math.PI));
  const wide = scale / (AROUND * Math.cos(middle)); // units of the drawing a metre
  const most = 180 / wide;
  const step = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((times) => times * step).find((length) => length <= most);
  const label = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  return [
    svg("path", { d: `M16 ${HIGH - 22}v8h${(metres * wide).toFixed(1)}v-8`, fill: "none", stroke: INK, "stroke-width": 2 }),
    svg("text", { x: 20, y: HIGH - 24, class: "paper-word" }, label),
    svg("path", { d: "M24 54V18M17 28L24 16L31 28", fill: "none", stroke: INK, "stroke-width": 2 }),
    svg("text", { x: 24, y: 72, "text-anchor": "middle", class: "paper-word" }, "N"),
  ];
}

// A layer that is ticked, as on the screen.
function layerLines(page, { colour, width, dash }, lines, areas, x, y) {
  const drawn = areas
    ? outlineOf(page.geometry, (i) => areas.has(i)).map((arc) => polyline(page.geometry.arcs[arc], x, y))
    : lines.map((line) => polyline(Float64Array.from(line.flatMap((point) => page.world(...point))), x, y));
  return svg("path", { d: drawn.join(""), fill: "none", stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
}

function polyline(line, x, y) {
  const points = [];
  for (let k = 0; k < line.length; k += 2) points.push(`${k ? "L" : "M"}${x(line[k])} ${y(line[k + 1])}`);
  return points.join("");
}

export function preparePaper(page) {
  byId("paper").replaceChildren(paperMap(page));
}
