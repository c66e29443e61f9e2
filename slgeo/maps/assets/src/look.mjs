// How every area looks: its class by the view chosen, what is outlined, what is isolated.

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
    for (let i = 0; i < model.size; i += 1) {
      if (!model.areas.study[i]) styleOf[i] = list.length - 1;
      else if (found.withheld[i]) styleOf[i] = list.length - 2;
      else styleOf[i] = classOf(view, measure, found, minutes, i, classes);
    }
    const far = view === "change" ? [] : outlineOf(geometry, (i) => model.mostlyBeyond(measure, minutes, i));
    const outlined = new Set(far);
    return { styles: list, classes, styleOf, only: page.only, outlined, study: model.areas.study, view, measure };
  };

  function classOf(view, measure, found, minutes, i, classes) {
    if (view === "share") return Math.max(0, model.shareClass(found.beyond[minutes][i], found.people[i]));
    if (view === "change") {
      const moved = model.changeClass(measure, i);
      if (moved >= 0) return moved;
    }
    return measure.tenths[i] < 0 ? classes + measure.reason[i] : model.timeClass(measure.tenths[i]);
  }
}
