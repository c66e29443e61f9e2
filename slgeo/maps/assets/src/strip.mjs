// People by minutes, drawn above the slider: where does the threshold bite?

import { svg } from "./dom.mjs";

const HEIGHT = 36;

export function drawStrip(page) {
  const { model, state, measure } = page;
  const counts = model.histogram(measure);
  const most = Math.max(1, ...counts);
  const width = 100 / (measure.limit + 1);
  return svg(
    "svg",
    { class: "strip", viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    counts.map((count, minute) => {
      const height = count ? Math.max(1, (count / most) * HEIGHT) : 0;
      return svg("rect", {
        x: minute * width,
        y: HEIGHT - height,
        width: width * 0.86,
        height,
        fill: minute > state.minutes ? "#12436d" : "#a9b3bb",
      });
    }),
  );
}
