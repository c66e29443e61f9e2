// The map drawn as tiles cut in the browser: one engine from twenty areas to forty thousand.

import { el } from "./dom.mjs";
import { walk } from "./geometry.mjs";
import { FADED, INK, SECONDARY, hatchPattern } from "./paint.mjs";

const SIZE = 256;
const MARGIN = 6; // pixels drawn past a tile's edge, so that wide lines join across tiles
const SKIP = 0.6; // pixels: points closer to the last one drawn than this are left out

// look(): { styles, styleOf: Int16Array by area, only: Set or null, outlined: [arc], faded }
export function tileLayer(leaflet, geometry, basemap, look) {
  const live = new Map();
  const Layer = leaflet.GridLayer.extend({
    createTile(coords) {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const canvas = el("canvas", { width: SIZE * ratio, height: SIZE * ratio });
      canvas.getContext("2d").scale(ratio, ratio);
      live.set(this._tileCoordsToKey(coords), { canvas, coords, ratio });
      drawTile(canvas, coords, ratio, geometry, basemap, look());
      return canvas;
    },
    redrawAll() {
      const now = look();
      for (const { canvas, coords, ratio } of live.values()) drawTile(canvas, coords, ratio, geometry, basemap, now);
    },
  });
  const layer = new Layer({ tileSize: SIZE, updateWhenZooming: false, keepBuffer: 1, className: "area-tile" });
  layer.on("tileunload", (event) => live.delete(layer._tileCoordsToKey(event.coords)));
  return layer;
}

function drawTile(canvas, coords, ratio, geometry, basemap, look) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, SIZE, SIZE);
  const scale = SIZE * 2 ** coords.z;
  const pen = {
    context,
    x: (value) => value * scale - coords.x * SIZE,
    y: (value) => value * scale - coords.y * SIZE,
  };
  const room = MARGIN / scale;
  const box = [
    (coords.x * SIZE) / scale - room,
    (coords.y * SIZE) / scale - room,
    ((coords.x + 1) * SIZE) / scale + room,
    ((coords.y + 1) * SIZE) / scale + room,
  ];
  const areas = geometry.areaGrid.meeting(box);
  const arcs = geometry.arcGrid.meeting(box);
  fillAreas(pen, geometry, areas, look, ratio);
  drawBackground(pen, basemap, box, coords.z);
  drawBorders(pen, geometry, arcs, look, coords.z);
  drawOutline(pen, geometry, arcs, look);
}

function fillAreas(pen, geometry, areas, look, ratio) {
  const { context } = pen;
  const byStyle = new Map();
  for (const area of areas) {
    const style = look.styleOf[area];
    if (!byStyle.has(style)) byStyle.set(style, []);
    byStyle.get(style).push(area);
  }
  for (const [index, members] of byStyle) {
    const style = look.styles[index];
    const faded = look.only && !look.only.has(index) && index !== look.styles.length - 1;
    context.beginPath();
    for (const area of members) trace(pen, geometry, area);
    if (faded) context.fillStyle = FADED;
    else context.fillStyle = style.hatch ? hatchPattern(context, style.hatch, ratio) : style.colour;
    context.fill("evenodd");
    // A hairline of the same colour closes the seams that smoothing leaves between neighbours.
    context.strokeStyle = faded ? FADED : style.colour || "#ffffff";
    context.lineWidth = 0.5;
    context.stroke();
  }
}

function trace(pen, geometry, area) {
  const { context } = pen;
  let lastX = 0;
  let lastY = 0;
  for (const polygon of geometry.shapes[area]) {
    for (const ring of polygon) {
      walk(
        geometry,
        ring,
        (x, y) => {
          lastX = pen.x(x);
          lastY = pen.y(y);
          context.moveTo(lastX, lastY);
        },
        (x, y) => {
          const nextX = pen.x(x);
          const nextY = pen.y(y);
          if (Math.abs(nextX - lastX) + Math.abs(nextY - lastY) < SKIP) return;
          context.lineTo(nextX, nextY);
          lastX = nextX;
          lastY = nextY;
        },
      );
      context.closePath();
    }
  }
}

function traceLine(pen, line) {
  pen.context.moveTo(pen.x(line[0]), pen.y(line[1]));
  for (let i = 2; i < line.length; i += 2) pen.context.lineTo(pen.x(line[i]), pen.y(line[i + 1]));
}

function strokeLines(pen, lines, colour, width) {
  const { context } = pen;
  context.beginPath();
  for (const line of lines) traceLine(pen, line);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.stroke();
}

function drawBackground(pen, basemap, box, zoom) {
  if (!basemap) return;
  const { context } = pen;
  const water = basemap.waterGrid.meeting(box).map((i) => basemap.water[i]);
  context.beginPath();
  for (const line of water.filter((one) => one.closed)) traceLine(pen, one(line));
  context.fillStyle = "#c9dfee";
  context.fill("evenodd");
  strokeLines(pen, water.filter((line) => !line.closed).map(one), "#9dbfd8", zoom > 12 ? 1.6 : 1);
  const roads = basemap.roadGrid.meeting(box).map((i) => basemap.roads[i]);
  for (const rank of [4, 3, 2, 1]) {
    if (zoom < [0, 0, 0, 10, 13][rank]) continue;
    const lines = roads.filter((road) => road.rank === rank).map(one);
    if (!lines.length) continue;
    const width = [0, 2.2, 1.6, 1.1, 0.7][rank] * (zoom >= 12 ? 1.5 : 1);
    if (rank < 3) strokeLines(pen, lines, "rgba(255,255,255,0.85)", width + 1.6);
    strokeLines(pen, lines, rank < 3 ? "#6f777b" : "#868e92", width);
  }
}

function one(feature) {
  return feature.line;
}

function drawBorders(pen, geometry, arcs, look, zoom) {
  const onLight = [];
  const onDark = [];
  const edge = [];
  for (const arc of arcs) {
    const [left, right] = [geometry.sides[2 * arc], geometry.sides[2 * arc + 1]];
    const studied = (side) => side >= 0 && look.study[side];
    if (studied(left) !== studied(right)) edge.push(geometry.arcs[arc]);
    else if (studied(left) && (isDark(look, left) || isDark(look, right))) onDark.push(geometry.arcs[arc]);
    else onLight.push(geometry.arcs[arc]);
  }
  const width = zoom < 9 && geometry.shapes.length > 3000 ? 0.25 : 0.7;
  strokeLines(pen, onLight, "rgba(80,90,95,0.6)", width);
  strokeLines(pen, onDark, "rgba(255,255,255,0.75)", width);
  strokeLines(pen, edge, SECONDARY, 1.4);
}

// The two darkest classes hide a grey line.
function isDark(look, area) {
  return area >= 0 && look.styleOf[area] < look.classes && look.styleOf[area] >= look.classes - 2;
}

function drawOutline(pen, geometry, arcs, look) {
  if (!look.outlined) return;
  const lines = arcs.filter((arc) => look.outlined.has(arc)).map((arc) => geometry.arcs[arc]);
  if (!lines.length) return;
  strokeLines(pen, lines, "#ffffff", 5);
  strokeLines(pen, lines, INK, 2.2);
}
