// Sentences, as slgeo/maps/text.py says them; tests/js/vectors.json holds the two together.

export function number(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function about(value) {
  if (value === 0) return "no";
  if (value < 10) return "fewer than 10";
  const unit = 10 ** Math.max(1, String(value).length - 3);
  return number(Math.floor((value + unit / 2) / unit) * unit);
}

export function percent(share) {
  if (share === null) return "nobody to count";
  if (share > 0 && share < 0.005) return "less than 1%";
  if (share >= 0.995 && share < 1) return "more than 99%";
  return `${Math.floor(share * 100 + 0.5)}%`;
}

export function decimal(tenths) {
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

export function far(minutes, mode) {
  return `${minutes} ${minutes === 1 ? "minute's" : "minutes'"} ${mode.trip}`;
}

export function possessive(place) {
  return `${place}'s`;
}

// "a GP practice" -> "GP practice", to follow "the nearest".
export function bare(noun) {
  return noun.replace(/^an? /, "");
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function ordinal(value) {
  const tens = value % 100;
  const end = tens > 10 && tens < 14 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[value % 10] || "th";
  return `${number(value)}${end}`;
}

// The minutes of an area in a table, or what stands for them.
export function minutesText(model, measure, i) {
  if (measure.tenths[i] >= 0) return decimal(measure.tenths[i]);
  if (measure.withheld.includes(i)) return "withheld";
  if (measure.reason[i] >= 0 && model.data.reasons[measure.reason[i]][0] === "beyond_limit") return `over ${measure.limit}`;
  return "no time";
}

// What a measure shows at a threshold: see Finding in text.py.
export function finding(model, measure, minutes) {
  const total = model.tally(measure, minutes, null);
  const mode = model.mode(measure.mode);
  const here = model.data.place || "the area shown";
  const journey = `more than ${far(minutes, mode)} from ${measure.noun}`;
  const asides = leftovers(model, measure, minutes, total, mode);
  if (!total.people) {
    return { headline: `There is nobody to count in ${here}.`, detail: "", fairness: "", asides, total };
  }
  let headline = `${percent(total.beyond / total.people)} of people in ${here} live ${journey}.`;
  if (total.beyond === 0) headline = `Nobody in ${here} lives ${journey}.`;
  else if (total.beyond === total.people) headline = `Everybody in ${here} lives ${journey}.`;
  return {
    headline: capital(headline),
    detail: `${capital(about(total.beyond))} of ${about(total.people)} people.`,
    fairness: fairness(model, measure, minutes),
    asides,
    total,
  };
}

function fairness(model, measure, minutes) {
  const { decile, fifth, nation } = model.areas;
  if (!model.hasDeciles) return "";
  const share = (mask) => {
    const found = model.tally(measure, minutes, mask);
    return found.people ? found.beyond / found.people : null;
  };
  const most = share((i) => decile[i] > 0 && decile[i] <= 2);
  const least = share((i) => decile[i] >= 9);
  const whose = nation ? possessive(nation) : "the nation's";
  if (most !== null && least !== null) {
    return `It is ${percent(most)} in ${whose} most deprived fifth and ${percent(least)} in its least deprived.`;
  }
  const said = [];
  if (most === null) said.push(`Nobody here lives in ${whose} most deprived fifth.`);
  if (least === null) said.push(`Nobody here lives in ${whose} least deprived fifth.`);
  const first = share((i) => fifth[i] === 1);
  const last = share((i) => fifth[i] === 5);
  if (first !== null && last !== null) {
    const here = model.data.place ? possessive(model.data.place) : "the map's";
    said.push(
      `Among ${here} own areas it is ${percent(first)} in the most deprived fifth and ${percent(last)} in the least.`,
    );
  }
  return said.join(" ");
}

export function areasText(count) {
  return count === 1 ? "1 area" : `${number(count)} areas`;
}

// What a scenario does at a threshold; empty for things as they are.
export function changeText(model, measure, minutes) {
  if (!measure.scenario) return "";
  if (measure.residents) return periodText(model, measure, minutes);
  const { fewer, more, areasFewer, areasMore } = model.change(measure, minutes);
  const journey = `more than ${far(minutes, model.mode(measure.mode))} from ${measure.noun}`;
  if (!fewer && !more) return `${measure.scenario}: as many people as now live ${journey}.`;
  const said = [];
  if (fewer) said.push(`${about(fewer)} fewer people in ${areasText(areasFewer)}`);
  if (more) said.push(`${about(more)} more in ${areasText(areasMore)}`);
  return `${measure.scenario}: ${said.join(" and ")} live ${journey} than now.`;
}

// Another period beside now: shares of its own people, as they are not the same people.
function periodText(model, measure, minutes) {
  const now = model.find(measure.kind, measure.mode);
  const least = Math.min(minutes, now.limit, measure.limit);
  const [before, then] = [now, measure].map((one) => model.tally(one, least, null));
  const share = ({ beyond, people }) => percent(people ? beyond / people : null);
  return `${measure.scenario}: ${share(then)} of its ${about(then.people)} people; now ${share(before)} of ${about(before.people)}. Deprivation, rurality and groups are those of now.`;
}

// What became of an area's minutes, in words: "3.0 minutes shorter".
export function movedText(model, measure, i) {
  const now = model.find(measure.kind, measure.mode);
  if (model.isWithheld(now, i) || model.isWithheld(measure, i)) return "withheld";
  const [before, after] = [now.tenths[i], measure.tenths[i]];
  if (before < 0 && after < 0) return "no time, as now";
  if (before < 0) return "gains a time";
  if (after < 0) return "loses its time";
  if (before === after) return "the same";
  return `${decimal(Math.abs(after - before))} minutes ${after < before ? "shorter" : "longer"}`;
}

// Deprivation and distance together: a letter and a number, and what they mean.
export const NEED_ROWS = ["least deprived third", "middle third", "most deprived third"];
export const NEED_COLUMNS = ["up to a quarter of people further", "over a quarter to a half", "more than half"];

export function needName(index) {
  return `${"ABC"[Math.floor(index / 3)]}${(index % 3) + 1}`;
}

export function needText(index) {
  if (index > 8) return "no deprivation rank, or nobody lives here";
  return `${NEED_ROWS[Math.floor(index / 3)]}, ${NEED_COLUMNS[index % 3]}`;
}

function leftovers(model, measure, minutes, total, mode) {
  const said = [];
  const moved = changeText(model, measure, minutes);
  if (moved) said.push(moved);
  const timeless = total.without.filter(([reason]) => model.data.reasons[reason][0] !== "beyond_limit");
  const count = timeless.reduce((sum, [, people]) => sum + people, 0);
  if (count) {
    const listed = timeless.map(([reason, people]) => {
      const why = model.data.reasons[reason][1];
      return timeless.length > 1 ? `${about(people)} ${why}` : why;
    });
    said.push(`That counts ${about(count)} people with no ${mode.time}: ${listed.join("; ")}.`);
  }
  if (total.unsafe) {
    said.push(`For ${about(total.unsafe)} people a nearer place may lie beyond the edge of the roads used.`);
  }
  if (total.withheld) {
    said.push(
      `${capital(about(total.withheld))} people live in areas whose figures are withheld; they are not in these counts.`,
    );
  }
  if (measure.mode === "drive" && model.data.noCar) said.push(model.data.noCar);
  return said;
}
