// Lines over the map: what is chosen, what is pointed at, ways to places, travel-time areas.

import { outlineOf } from "./geometry.mjs";

const toLat = (y) => (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;
const toLon = (x) => x * 360 - 180;

export function latLngs(line) {
  const points = [];
  for (let i = 0; i < line.length; i += 2) points.push([toLat(line[i + 1]), toLon(line[i])]);
  return points;
}

// How the layers that can be ticked are drawn, on the map and in the legend.
export const LAYER_LINES = {
  territories: { colour: "#0b0c0c", width: 1.4, dash: "4 3", casing: 1 },
  reach: { colour: "#801650", width: 2.4, dash: null, casing: 2.5 },
  gaps: { colour: "#801650", width: 3, dash: "9 5", casing: 2.5 },
};

export function outlineLayer(leaflet, geometry) {
  const group = leaflet.layerGroup();
  const layers = leaflet.layerGroup();
  const renderer = leaflet.canvas({ pane: "outlines", padding: 0.3 });

  // What: { chosen: Set of areas, pointed: area or -1, ways: lines, dashed: whether straight, catchments,
  // registered: Set of areas a place's patients come from }
  function show({ chosen, pointed, ways, dashed, catchments, registered }) {
    group.clearLayers();
    const stroke = (lines, color, weight, dashArray) =>
      group.addLayer(leaflet.polyline(lines, { renderer, color, weight, dashArray, interactive: false, opacity: 1 }));
    const around = (areas) => outlineOf(geometry, (i) => areas.has(i)).map((arc) => latLngs(geometry.arcs[arc]));
    for (const one of catchments) {
      stroke(one.lines, "#ffffff", 4.5);
      stroke(one.lines, "#801650", 2.2, one.minutes === catchments[0].minutes ? null : "7 4");
    }
    if (registered.size) {
      const lines = around(registered);
      stroke(lines, "#ffffff", 4);
      stroke(lines, "#0b0c0c", 1.8, "2 5");
    }
    if (pointed >= 0 && !chosen.has(pointed)) stroke(around(new Set([pointed])), "#0b0c0c", 2);
    if (chosen.size) {
      const lines = around(chosen);
      stroke(lines, "#0b0c0c", 7);
      stroke(lines, "#ffdd00", 3.5);
    }
    if (ways.length) {
      stroke(ways, "#ffffff", 4.5);
      stroke(ways, "#0b0c0c", dashed ? 1.6 : 2.4, dashed ? "5 4" : null);
    }
  }

  // What is drawn because the reader ticked it; lines: [{ lines, style }], see LAYER_LINES
  function showLayers(all) {
    layers.clearLayers();
    const stroke = (lines, color, weight, dashArray) =>
      layers.addLayer(leaflet.polyline(lines, { renderer, color, weight, dashArray, interactive: false, opacity: 1 }));
    for (const { style, lines, areas } of all) {
      const { colour, width, dash, casing } = LAYER_LINES[style];
      const drawn = lines || outlineOf(geometry, (i) => areas.has(i)).map((arc) => latLngs(geometry.arcs[arc]));
      if (!drawn.length) continue;
      stroke(drawn, "#ffffff", width + casing);
      stroke(drawn, colour, width, dash);
    }
  }

  return { group, layers, show, showLayers };
}

export function boundsOf(geometry, areas) {
  const box = [1, 1, 0, 0];
  for (const i of areas) {
    box[0] = Math.min(box[0], geometry.boxes[4 * i]);
    box[1] = Math.min(box[1], geometry.boxes[4 * i + 1]);
    box[2] = Math.max(box[2], geometry.boxes[4 * i + 2]);
    box[3] = Math.max(box[3], geometry.boxes[4 * i + 3]);
  }
  return [
    [toLat(box[3]), toLon(box[0])],
    [toLat(box[1]), toLon(box[2])],
  ];
}
