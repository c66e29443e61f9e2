// Counts of people, as slgeo/maps/tally.py makes them; reads the values slgeo/maps/payload.py writes.

export function makeModel(data) {
  const areas = data.areas;
  const size = areas.code.length;
  const modes = new Map(
    data.modes.map(([key, label, time, trip]) => [key, { key, label, time, trip }]),
  );
  const expanded = new Map();

  function expand(measure) {
    if (!expanded.has(measure)) {
      if (expanded.size > 2) expanded.delete(expanded.keys().next().value);
      expanded.set(measure, expandMeasure(measure, size));
    }
    return expanded.get(measure);
  }

  // The measure of a scenario; things as they are where it changes nothing of this kind and mode.
  function find(kind, mode, scenario = "") {
    const same = data.measures.filter((m) => m.kind === kind && m.mode === mode);
    return same.find((m) => m.scenario === scenario) || same.find((m) => m.scenario === "");
  }

  // People by which areas with fewer, and with more, people further differ from now.
  function change(measure, minutes) {
    const before = find(measure.kind, measure.mode);
    const least = Math.min(minutes, before.limit, measure.limit);
    const [a, b] = [expand(before), expand(measure)];
    const sum = { fewer: 0, more: 0, areasFewer: 0, areasMore: 0 };
    for (let i = 0; i < size; i += 1) {
      if (!areas.study[i] || a.withheld[i] || b.withheld[i]) continue;
      const moved = b.beyond[least][i] - a.beyond[least][i];
      if (moved < 0) {
        sum.fewer -= moved;
        sum.areasFewer += 1;
      } else if (moved > 0) {
        sum.more += moved;
        sum.areasMore += 1;
      }
    }
    return sum;
  }

  // 0 for much shorter to 4 for much longer than now, 5 gains a time, 6 loses it; -1 none in either.
  function changeClass(measure, i) {
    const before = find(measure.kind, measure.mode).tenths[i];
    const after = measure.tenths[i];
    if (before < 0 || after < 0) return before >= 0 ? 6 : after >= 0 ? 5 : -1;
    const moved = after - before;
    return [moved <= -50, moved <= -10, moved < 10, moved < 50, true].indexOf(true);
  }

  // 3 x deprivation (0 least, 2 most) + distance (0 few further, 2 most); -1 where either is unknown.
  function needClass(third, beyond, people) {
    const quarter = shareClass(beyond, people);
    if (third < 1 || quarter < 0) return -1;
    return 3 * (3 - third) + [quarter <= 1, quarter <= 2, true].indexOf(true);
  }

  function counted(measure) {
    return (i) => areas.study[i] && !expand(measure).withheld[i];
  }

  // People of some areas at a threshold; mask null counts the whole study.
  function tally(measure, minutes, mask) {
    const found = expand(measure);
    const beyond = found.beyond[minutes];
    const sum = { people: 0, beyond: 0, withheld: 0, unsafe: 0, areas: 0, without: [] };
    const without = new Map();
    for (let i = 0; i < size; i += 1) {
      if (!areas.study[i] || (mask && !mask(i))) continue;
      if (found.withheld[i]) {
        sum.withheld += (measure.residents || areas.people)[i];
        continue;
      }
      sum.people += found.people[i];
      sum.beyond += beyond[i];
      sum.unsafe += found.unsafe[i];
      sum.areas += 1;
    }
    for (const [reason, counts] of found.without) {
      let people = 0;
      counts.forEach((value, i) => {
        if (areas.study[i] && !found.withheld[i] && (!mask || mask(i))) people += value;
      });
      if (people) without.set(reason, people);
    }
    sum.without = [...without].sort((a, b) => a[0] - b[0]);
    return sum;
  }

  // People of the study by minute, for the strip above the slider.
  function histogram(measure) {
    const found = expand(measure);
    if (found.histogram) return found.histogram;
    const counts = new Array(measure.limit + 1).fill(0);
    for (let minute = 0; minute <= measure.limit; minute += 1) {
      for (let i = 0; i < size; i += 1) {
        if (!areas.study[i]) continue;
        const before = minute ? found.beyond[minute - 1][i] : found.people[i];
        counts[minute] += before - found.beyond[minute][i];
      }
    }
    found.histogram = counts;
    return counts;
  }

  // Classes 0, 1, ...: over the break before and up to this one; -1 without a time.
  function timeClass(tenths) {
    if (tenths < 0) return -1;
    const at = data.thresholds.findIndex((upper) => tenths <= upper * 10);
    return at < 0 ? data.thresholds.length : at;
  }

  // For every area: are more than half of its people further?
  function allMostlyBeyond(measure, minutes) {
    const found = expand(measure);
    const beyond = found.beyond[minutes];
    const far = new Uint8Array(size);
    for (let i = 0; i < size; i += 1) {
      if (areas.study[i] && !found.withheld[i] && 2 * beyond[i] > found.people[i]) far[i] = 1;
    }
    return far;
  }

  function shareClass(beyond, people) {
    return people ? Math.ceil((4 * beyond) / people) : -1;
  }

  return {
    data,
    areas,
    size,
    modes,
    hasDeciles: areas.decile.some((decile, i) => decile > 0 && areas.study[i]),
    mode: (key) => modes.get(key),
    find,
    change,
    changeClass,
    isWithheld: (measure, i) => Boolean(expand(measure).withheld[i]),
    expand,
    counted,
    tally,
    histogram,
    timeClass,
    shareClass,
    needClass,
    mostlyBeyond: (measure, minutes, i) => Boolean(allMostlyBeyond(measure, minutes)[i]),
    allMostlyBeyond,
  };
}

function expandMeasure(measure, size) {
  const without = measure.without.map(([reason, pairs]) => [reason, spread(pairs, size)]);
  const none = new Int32Array(size);
  for (const [, counts] of without) counts.forEach((value, i) => (none[i] += value));
  const bins = unpackRows(measure.bins, size, measure.limit + 1);
  const beyond = new Array(measure.limit + 1);
  let above = none;
  for (let minute = measure.limit; minute >= 0; minute -= 1) {
    beyond[minute] = above;
    const next = Int32Array.from(above);
    for (let i = 0; i < size; i += 1) next[i] += bins[minute * size + i];
    above = next;
  }
  const withheld = new Uint8Array(size);
  for (const i of measure.withheld) withheld[i] = 1;
  return { people: above, beyond, none, without, withheld, unsafe: spread(measure.unsafe, size) };
}

// Position, count, position, count -> one count an area.
export function spread(pairs, size) {
  const counts = new Int32Array(size);
  for (let at = 0; at < pairs.length; at += 2) counts[pairs[at]] = pairs[at + 1];
  return counts;
}

// The rows of payload.sparse_rows, by minute and then by area.
export function unpackRows(list, size, columns) {
  const table = new Int32Array(size * columns);
  let at = 0;
  for (let i = 0; i < size; i += 1) {
    let entries = list[at];
    at += 1;
    let column = 0;
    for (; entries > 0; entries -= 1) {
      column += list[at];
      table[column * size + i] = list[at + 1];
      at += 2;
    }
  }
  return table;
}
