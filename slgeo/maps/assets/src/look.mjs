// How every area looks: its class by what colours show, what is outlined, what is isolated.

import { outlineOf } from "./geometry.mjs";
import { stylesOf } from "./paint.mjs";

export const REST = 9; // styles after the classes: seven reasons, withheld, outside

export function makeLooks(page) {
  const { model, geometry } = page;
  const styles = stylesOf(model.data);

  // The look of a measure; the page's own measure and view where none is given.
  return (measure = page.measure, view = page.state.view) => {
    const list = styles[view];
    const classes = list.length - REST;
    const found = model.expand(measure);
    const minutes = Math.min(page.state.minutes, measure.limit);
    const styleOf = new Int16Array(model.size);
    const classOf = classOfAreas(view, measure, found, minutes);
    for (let i = 0; i < model.size; i += 1) {
      if (!model.areas.study[i]) styleOf[i] = list.length - 1;
      else if (found.withheld[i]) styleOf[i] = list.length - 2;
      else {
        const own = classOf(i);
        styleOf[i] = own < 0 ? classes + Math.max(0, measure.reason[i]) : own;
      }
    }
    const outlines = view === "minutes" || view === "share" || view === "need";
    const most = outlines ? model.allMostlyBeyond(measure, minutes) : null;
    const outlined = new Set(most ? outlineOf(geometry, (i) => most[i] === 1) : []);
    const picture = view === "surface" ? surfaceOf(model.data, measure) : null;
    return { styles: list, classes, styleOf, only: page.only, outlined, study: model.areas.study, view, measure, picture };
  };

  // The class of an area by what colours show; -1 where a reason stands for it.
  function classOfAreas(view, measure, found, minutes) {
    if (view === "share") return (i) => Math.max(0, model.shareClass(found.beyond[minutes][i], found.people[i]));
    if (view === "change") return (i) => model.changeClass(measure, i);
    if (view === "need") return (i) => needOf(model, found, minutes, i);
    if (view === "surface") return () => 0;
    return (i) => (measure.tenths[i] < 0 ? -1 : model.timeClass(measure.tenths[i]));
  }
}

// Nine classes, then one for areas without deprivation or people.
export function needOf(model, found, minutes, i) {
  const own = model.needClass(model.areas.third[i], found.beyond[minutes][i], found.people[i]);
  return own < 0 ? 9 : own;
}

// The picture of minutes at every spot that belongs to a measure.
export function surfaceOf(data, measure) {
  return data.surfaces.find((one) => one.kind === measure.kind && one.mode === measure.mode && one.scenario === measure.scenario) || null;
}
