// Drawn shapes of a study: the ways of fastest trips, and travel-time areas of places.

const DEGREE = 1e5;

// Flat steps in hundred-thousandths of a degree -> [[lat, lon], ...]
export function unroll(steps) {
  const points = [];
  let lon = 0;
  let lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    points.push([lat / DEGREE, lon / DEGREE]);
  }
  return points;
}

// The ways from an area to its places by a measure; null where none was drawn.
export function routesOf(data, measure, area) {
  const found = data.routes.filter((route) => route.area === area && route.kind === measure.kind && route.mode === measure.mode);
  return found.length ? found.flatMap((route) => route.lines.map(unroll)) : null;
}

// The travel-time areas of a place by a mode, widest first.
export function catchmentsOf(data, site, mode) {
  return data.catchments
    .filter((one) => !one.kind && one.site === site && one.mode === mode)
    .sort((a, b) => b.minutes - a.minutes)
    .map((one) => ({ ...one, lines: one.rings.map(unroll) }));
}

// The travel-time areas dissolved over every place of a kind, least minutes first.
export function reachesOf(data, { kind, mode }) {
  return data.catchments.filter((one) => one.kind === kind && one.mode === mode).sort((a, b) => a.minutes - b.minutes);
}

// Where each place of the kind shown is the nearest.
export function territoriesOf(data, { kind, mode }) {
  return data.territories.filter((one) => one.mode === mode && data.sites.kind[one.site] === kind);
}

export function gapsOf(data, { kind, mode }) {
  return data.gaps.filter((gap) => gap.kind === kind && gap.mode === mode);
}

// Where a place's registered patients live; undefined where it is not known.
export function registeredOf(data, site) {
  return data.registered.find((one) => one.site === site);
}
