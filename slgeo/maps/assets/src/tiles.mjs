// The map drawn as tiles cut in the browser: one engine from twenty areas to forty thousand.

import { el } from "./dom.mjs";
import { walk } from "./geometry.mjs";
import { FADED, INK, SECONDARY, hatchPattern } from "./paint.mjs";

const SIZE = 256;
const MARGIN = 6; // pixels drawn past a tile's edge, so that wide lines join across tiles
const CROWD = 400; // areas in a tile above which borders are one faint line for all

// look(): { styles, classes, styleOf: by area, study: by area, only: Set or null, outlined: Set of arcs,
// picture: of minutes at every spot }; basemap(), and imageOf(picture) once it has loaded, or null
export function tileLayer(leaflet, geometry, basemap, look, imageOf) {
  const live = new Map();
  const Layer = leaflet.GridLayer.extend({
    createTile(coords) {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const canvas = el("canvas", { width: SIZE * ratio, height: SIZE * ratio });
      canvas.getContext("2d").scale(ratio, ratio);
      const tile = { canvas, coords, ratio, ...cutTile(coords, geometry) };
      live.set(this._tileCoordsToKey(coords), tile);
      drawTile(tile, geometry, basemap(), look(), imageOf);
      return canvas;
    },
    redrawAll() {
      const now = look();
      for (const tile of live.values()) drawTile(tile, geometry, basemap(), now, imageOf);
    },
  });
  const layer = new Layer({ tileSize: SIZE, updateWhenZooming: false, keepBuffer: 1, className: "area-tile" });
  layer.on("tileunload", (event) => live.delete(layer._tileCoordsToKey(event.coords)));
  return layer;
}

// What a tile holds does not change with its colours: areas as paths, and the borders in it.
function cutTile(coords, geometry) {
  const scale = SIZE * 2 ** coords.z;
  const room = MARGIN / scale;
  const [left, top] = [(coords.x * SIZE) / scale, (coords.y * SIZE) / scale];
  const box = [left - room, top - room, left + SIZE / scale + room, top + SIZE / scale + room];
  const pen = {
    x: (value) => value * scale - coords.x * SIZE,
    y: (value) => value * scale - coords.y * SIZE,
  };
  const areas = geometry.areaGrid.meeting(box);
  const crowded = areas.length > CROWD;
  const paths = areas.map((area) => areaPath(pen, geometry, area, crowded ? 1 : 0.5));
  return { pen, box, areas, paths, crowded, drawn: new Array(areas.length), arcs: geometry.arcGrid.meeting(box) };
}

function areaPath(pen, geometry, area, skip) {
  const path = new Path2D();
  let lastX = 0;
  let lastY = 0;
  const begin = (x, y) => {
    lastX = pen.x(x);
    lastY = pen.y(y);
    path.moveTo(lastX, lastY);
  };
  const next = (x, y) => {
    const nextX = pen.x(x);
    const nextY = pen.y(y);
    if (Math.abs(nextX - lastX) + Math.abs(nextY - lastY) < skip) return;
    path.lineTo(nextX, nextY);
    lastX = nextX;
    lastY = nextY;
  };
  for (const polygon of geometry.shapes[area]) for (const ring of polygon) walk(geometry, ring, begin, next);
  return path;
}

// What lies under the outline is kept: most changes of a threshold move the outline only.
function drawTile(tile, geometry, basemap, look, imageOf) {
  const image = look.picture ? imageOf(look.picture) : null;
  const filled = fillAreas(tile, look);
  if (filled || !tile.under || tile.image !== image) {
    tile.under = tile.under || sheet(tile);
    tile.image = image;
    const context = tile.under.getContext("2d");
    context.clearRect(0, 0, SIZE, SIZE);
    context.drawImage(tile.fills, 0, 0, SIZE, SIZE);
    if (image) drawPicture(context, tile, look, image);
    drawBackground(context, tile, basemap);
    drawBorders(context, tile, geometry, look);
    tile.outline = null;
  }
  const outline = tile.arcs.filter((arc) => look.outlined.has(arc));
  if (tile.outline && tile.outline.length === outline.length && tile.outline.every((arc, k) => arc === outline[k])) return;
  tile.outline = outline;
  const context = tile.canvas.getContext("2d");
  context.clearRect(0, 0, SIZE, SIZE);
  context.drawImage(tile.under, 0, 0, SIZE, SIZE);
  const lines = outline.map((arc) => geometry.arcs[arc]);
  // Among very many small areas a wide line would cover what it goes round.
  if (!tile.crowded) strokeLines(context, tile.pen, lines, "#ffffff", 5);
  strokeLines(context, tile.pen, lines, INK, tile.crowded ? 1 : 2.2);
}

function sheet(tile) {
  const canvas = el("canvas", { width: tile.canvas.width, height: tile.canvas.height });
  canvas.getContext("2d").scale(tile.ratio, tile.ratio);
  return canvas;
}

// The part of a picture that lies on a tile, pixel by pixel, within the areas of the study.
function drawPicture(context, { pen, areas, paths }, look, image) {
  const [west, north, east, south] = look.picture.box;
  const within = new Path2D();
  areas.forEach((area, k) => look.study[area] && within.addPath(paths[k]));
  const [left, top, right, bottom] = [pen.x(west), pen.y(north), pen.x(east), pen.y(south)];
  const [x0, y0, x1, y1] = [Math.max(left, 0), Math.max(top, 0), Math.min(right, SIZE), Math.min(bottom, SIZE)];
  if (x0 >= x1 || y0 >= y1) return;
  const [wide, high] = [image.naturalWidth / (right - left), image.naturalHeight / (bottom - top)];
  context.save();
  context.clip(within);
  context.imageSmoothingEnabled = false;
  context.drawImage(image, (x0 - left) * wide, (y0 - top) * high, (x1 - x0) * wide, (y1 - y0) * high, x0, y0, x1 - x0, y1 - y0);
  context.restore();
}

// Fills stay on a sheet of their own, so that a change paints only the areas it changes; says whether any.
function fillAreas(tile, look) {
  tile.fills = tile.fills || sheet(tile);
  let changed = false;
  const context = tile.fills.getContext("2d");
  const fills = new Map();
  tile.areas.forEach((area, k) => {
    const index = look.styleOf[area];
    const faded = Boolean(look.only) && !look.only.has(index) && index !== look.styles.length - 1;
    const key = faded ? FADED : `${look.view}-${index}`;
    const before = tile.drawn[k];
    if (before === key) return;
    changed = true;
    if (!fills.has(key)) fills.set(key, faded ? FADED : fillFor(context, tile, look.styles[index]));
    context.fillStyle = fills.get(key);
    context.fill(tile.paths[k], "evenodd");
    tile.drawn[k] = key;
    if (before === undefined) return;
    // A hairline hides the fringe of the colour that was there.
    context.strokeStyle = context.fillStyle;
    context.lineWidth = 0.6;
    context.stroke(tile.paths[k]);
  });
  return changed;
}

function fillFor(context, tile, style) {
  return style.hatch ? hatchPattern(context, style.hatch, tile.ratio) : style.colour;
}

function strokeLines(context, pen, lines, colour, width) {
  if (!lines.length) return;
  context.beginPath();
  for (const line of lines) {
    context.moveTo(pen.x(line[0]), pen.y(line[1]));
    for (let i = 2; i < line.length; i += 2) context.lineTo(pen.x(line[i]), pen.y(line[i + 1]));
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.stroke();
}

function drawBackground(context, { pen, box, coords }, basemap) {
  if (!basemap) return;
  const lineOf = (feature) => feature.line;
  const water = basemap.waterGrid.meeting(box).map((i) => basemap.water[i]);
  const shores = water.filter((feature) => feature.closed).map(lineOf);
  strokeLines(context, pen, shores, "#9dbfd8", 0.8);
  context.fillStyle = "#c9dfee";
  if (shores.length) context.fill("nonzero"); // a lake may be there twice, as a way and as a relation
  const rivers = water.filter((feature) => !feature.closed).map(lineOf);
  strokeLines(context, pen, rivers, "#9dbfd8", coords.z > 12 ? 1.8 : 1.2);
  const roads = basemap.roadGrid.meeting(box).map((i) => basemap.roads[i]);
  for (const rank of [4, 3, 2, 1]) {
    if (coords.z < [0, 0, 0, 10, 13][rank]) continue;
    const lines = roads.filter((road) => road.rank === rank).map(lineOf);
    const width = [0, 2.2, 1.6, 1.1, 0.7][rank] * (coords.z >= 12 ? 1.5 : 1);
    if (rank < 3) strokeLines(context, pen, lines, "rgba(255,255,255,0.85)", width + 1.6);
    strokeLines(context, pen, lines, rank < 3 ? "#6f777b" : "#868e92", width);
  }
}

function drawBorders(context, { pen, arcs, crowded }, geometry, look) {
  const onLight = [];
  const onDark = [];
  const edge = [];
  const studied = (side) => side >= 0 && Boolean(look.study[side]);
  for (const arc of arcs) {
    const [left, right] = [geometry.sides[2 * arc], geometry.sides[2 * arc + 1]];
    if (studied(left) !== studied(right)) edge.push(geometry.arcs[arc]);
    else if (!crowded && studied(left) && (isDark(look, left) || isDark(look, right))) onDark.push(geometry.arcs[arc]);
    else if (!crowded) onLight.push(geometry.arcs[arc]);
  }
  strokeLines(context, pen, onLight, "rgba(80,90,95,0.6)", 0.7);
  strokeLines(context, pen, onDark, "rgba(255,255,255,0.75)", 0.7);
  strokeLines(context, pen, edge, SECONDARY, 1.4);
}

// The two darkest classes, and those further than the search, hide a grey line.
function isDark(look, area) {
  const style = look.styleOf[area];
  return (style < look.classes && style >= look.classes - 2) || Boolean(look.styles[style].hatch && look.styles[style].hatch.ground);
}
