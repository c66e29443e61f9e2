// Pieces of border in world units: 0 to 1 over the whole Mercator map.

export function projectX(lon) {
  return (lon + 180) / 360;
}

export function projectY(lat) {
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
}

// The columns that slgeo/maps/encode.py writes; see Encoded there.
export function decode({ scale, corner, points, x: stepsX, y: stepsY, areas }) {
  const all = new Float64Array(stepsX.length * 2);
  let x = 0;
  let y = 0;
  for (let i = 0; i < stepsX.length; i += 1) {
    x += stepsX[i];
    y += stepsY[i];
    all[2 * i] = projectX(x * scale[0] + corner[0]);
    all[2 * i + 1] = projectY(y * scale[1] + corner[1]);
  }
  let at = 0;
  const arcs = points.map((count) => all.subarray(2 * at, 2 * (at += count)));
  let fresh = 0;
  // 0 is the next new piece, k the one k before it run backwards, -k run forwards.
  const piece = (code) => {
    if (code) return code > 0 ? ~(fresh - code) : fresh + code;
    fresh += 1;
    return fresh - 1;
  };
  const shapes = areas.map((area) => area.map((polygon) => polygon.map((ring) => ring.map(piece))));
  return built(arcs, shapes);
}

// One hexagon an area, standing on a corner; areas around the study have none.
export function hexagons({ size, left, top, at }) {
  const ends = new Map();
  const arcs = [];
  const name = (point) => point.map((value) => Math.round((value / size) * 100)).join();
  const edge = (a, b) => {
    const [first, second] = [name(a), name(b)];
    const known = ends.get(`${second} ${first}`);
    if (known !== undefined) return ~known;
    ends.set(`${first} ${second}`, arcs.length);
    arcs.push(Float64Array.from([...a, ...b]));
    return arcs.length - 1;
  };
  const shapes = [];
  for (let i = 0; i < at.length; i += 2) {
    const [column, row] = [at[i], at[i + 1]];
    if (column < 0) {
      shapes.push([]);
      continue;
    }
    const x = left + Math.sqrt(3) * size * (column + 0.5 * (row % 2) + 0.5);
    const y = top + 1.5 * size * (row + 2 / 3);
    const corner = (k) => [x + size * Math.sin((k * Math.PI) / 3), y - size * Math.cos((k * Math.PI) / 3)];
    shapes.push([[[0, 1, 2, 3, 4, 5].map((k) => edge(corner(k), corner((k + 1) % 6)))]]);
  }
  return built(arcs, shapes);
}

function built(arcs, shapes) {
  const sides = new Int32Array(arcs.length * 2).fill(-1);
  const boxes = new Float64Array(shapes.length * 4);
  const arcBoxes = arcs.map(boxOf);
  shapes.forEach((polygons, area) => {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of polygons.flat()) {
      for (const step of ring) {
        const arc = step < 0 ? ~step : step;
        sides[2 * arc + (sides[2 * arc] < 0 ? 0 : 1)] = area;
        grow(box, arcBoxes[arc]);
      }
    }
    boxes.set(box, 4 * area);
  });
  return { arcs, shapes, sides, boxes, arcBoxes, areaGrid: grid(boxes, shapes.length), arcGrid: gridOf(arcBoxes) };
}

export function boxOf(line) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < line.length; i += 2) {
    box[0] = Math.min(box[0], line[i]);
    box[1] = Math.min(box[1], line[i + 1]);
    box[2] = Math.max(box[2], line[i]);
    box[3] = Math.max(box[3], line[i + 1]);
  }
  return box;
}

function grow(box, other) {
  box[0] = Math.min(box[0], other[0]);
  box[1] = Math.min(box[1], other[1]);
  box[2] = Math.max(box[2], other[2]);
  box[3] = Math.max(box[3], other[3]);
}

export function gridOf(boxes) {
  const flat = new Float64Array(boxes.length * 4);
  boxes.forEach((box, i) => flat.set(box, 4 * i));
  return grid(flat, boxes.length);
}

// Boxes in square cells, so that a tile or a pointer looks at few of them.
function grid(boxes, count) {
  const whole = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) grow(whole, boxes.subarray(4 * i, 4 * i + 4));
  const cells = Math.max(1, Math.min(128, Math.ceil(Math.sqrt(count / 4))));
  const side = Math.max(whole[2] - whole[0], whole[3] - whole[1], 1e-12) / cells;
  const lists = new Map();
  const cell = (value, low) => Math.max(0, Math.min(cells, Math.floor((value - low) / side)));
  const span = (box) => [
    cell(box[0], whole[0]),
    cell(box[1], whole[1]),
    cell(box[2], whole[0]),
    cell(box[3], whole[1]),
  ];
  for (let i = 0; i < count; i += 1) {
    const [x0, y0, x1, y1] = span(boxes.subarray(4 * i, 4 * i + 4));
    for (let x = x0; x <= x1; x += 1) {
      for (let y = y0; y <= y1; y += 1) {
        const key = x * 1024 + y;
        if (!lists.has(key)) lists.set(key, []);
        lists.get(key).push(i);
      }
    }
  }
  const mark = new Uint32Array(count);
  let turn = 0;
  return {
    whole,
    // Positions of the boxes that meet a box, each once, in order.
    meeting(box) {
      turn += 1;
      const found = [];
      const [x0, y0, x1, y1] = span(box);
      for (let x = x0; x <= x1; x += 1) {
        for (let y = y0; y <= y1; y += 1) {
          for (const i of lists.get(x * 1024 + y) || []) {
            if (mark[i] === turn) continue;
            mark[i] = turn;
            const at = 4 * i;
            if (boxes[at] <= box[2] && boxes[at + 2] >= box[0] && boxes[at + 1] <= box[3] && boxes[at + 3] >= box[1]) {
              found.push(i);
            }
          }
        }
      }
      return found.sort((a, b) => a - b);
    },
  };
}

// The area under a point in world units, or -1.
export function areaAt(geometry, x, y) {
  for (const area of geometry.areaGrid.meeting([x, y, x, y])) {
    if (inside(geometry, area, x, y)) return area;
  }
  return -1;
}

function inside(geometry, area, x, y) {
  let odd = false;
  for (const ring of geometry.shapes[area].flat()) {
    for (const step of ring) {
      const line = geometry.arcs[step < 0 ? ~step : step];
      for (let i = 2; i < line.length; i += 2) {
        const y0 = line[i - 1];
        const y1 = line[i + 1];
        if (y0 > y !== y1 > y && x < line[i - 2] + ((y - y0) / (y1 - y0)) * (line[i] - line[i - 2])) odd = !odd;
      }
    }
  }
  return odd;
}

// Visit the points of a ring in order: begin(x, y) once, then next(x, y).
export function walk(geometry, ring, begin, next) {
  let first = true;
  for (const step of ring) {
    const line = geometry.arcs[step < 0 ? ~step : step];
    const count = line.length / 2;
    for (let k = first ? 0 : 1; k < count; k += 1) {
      const at = step < 0 ? count - 1 - k : k;
      if (first) begin(line[2 * at], line[2 * at + 1]);
      else next(line[2 * at], line[2 * at + 1]);
      first = false;
    }
  }
}

// Pieces of border with a chosen area on exactly one side: one outline of many areas.
export function outlineOf(geometry, chosen) {
  const found = [];
  for (let arc = 0; arc < geometry.arcs.length; arc += 1) {
    const left = geometry.sides[2 * arc];
    const right = geometry.sides[2 * arc + 1];
    if ((left >= 0 && chosen(left)) !== (right >= 0 && chosen(right))) found.push(arc);
  }
  return found;
}
