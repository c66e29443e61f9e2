// One place: what it is, whose nearest it is, and how far its travel-time areas reach.

import { el, name } from "./dom.mjs";
import { inDrawing } from "./layers.mjs";
import { siteLines } from "./places.mjs";
import { catchmentsOf, registeredOf, territoriesOf } from "./shapes.mjs";
import { about, areasText, capital, far } from "./words.mjs";

// Areas whose nearest place by a measure is this one.
export function nearestFor(measure, site) {
  return measure.nearest.flatMap((list, area) => (list.length && list[0] === site ? [area] : []));
}

export function drawSiteCard(page, site) {
  const { model, measure } = page;
  const { data } = model;
  const back = el("button", { type: "button", class: "plain", id: "back", onclick: () => page.set({ site: null }) }, "Back to everyone");
  return el(
    "article",
    { class: "card", "aria-labelledby": "card-title" },
    el("div", { class: "card-head" }, el("h2", { id: "card-title", tabindex: "-1" }, name(data.sites.name[site])), back),
    siteLines(data, site).map((line) => el("p", { class: "quiet" }, line)),
    data.sites.kind[site] === measure.kind ? whoseNearest(page, site) : null,
    catchments(page, site),
    registered(page, site),
  );
}

function whoseNearest(page, site) {
  const { model, measure } = page;
  const own = nearestFor(measure, site);
  const territory = territoriesOf(model.data, measure).find((one) => one.site === site);
  const found = model.expand(measure);
  const people = own.reduce((sum, area) => sum + found.people[area], 0);
  const mode = model.mode(measure.mode);
  if (!own.length) return el("p", {}, `No area of the study has this as its nearest by ${mode.time}.`);
  return [
    el("p", { class: "detail" }, el("strong", {}, `Nearest for most people of ${areasText(own.length)}`), `, where ${about(people)} people live. They are outlined.`),
    territory && territory.people !== null ? el("p", {}, `${capital(about(territory.people))} people have it as their nearest, counted point by point.`) : null,
    el("p", { class: "axis" }, "People may use another place: this is who lives nearest, not who goes."),
  ];
}

function registered(page, site) {
  const found = registeredOf(page.model.data, site);
  if (!found) return null;
  return [
    el("h3", {}, "Where its patients live"),
    found.areas.length
      ? el("p", {}, `${capital(areasText(found.areas.length))} where at least a twentieth of registered people are its patients: ${about(found.inside)} of its ${about(found.patients)} live there. Dotted on the map.`)
      : el("p", {}, `In no area here is as much as a twentieth of registered people its patients; it has ${about(found.patients)}.`),
  ];
}

function catchments(page, site) {
  const { model, measure } = page;
  const drawn = catchmentsOf(model.data, site, measure.mode).reverse();
  if (!drawn.length) return null;
  const mode = model.mode(measure.mode);
  return [
    el("h3", {}, "Travel-time areas"),
    el(
      "table",
      { class: "small" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Within"), el("th", { scope: "col", class: "n" }, "People reached"), el("th", { scope: "col", class: "n" }, "In the drawing"))),
      el(
        "tbody",
        {},
        drawn.map((one) =>
          el("tr", {}, el("th", { scope: "row" }, capital(far(one.minutes, mode))), el("td", { class: "n" }, about(one.people)), el("td", { class: "n" }, inDrawing(one))),
        ),
      ),
    ),
    el("p", { class: "axis" }, "People are counted from travel times. The lines on the map are drawings of them, with the error shown."),
  ];
}
