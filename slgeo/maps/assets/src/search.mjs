// Find an area, a place or a town by name, code or postcode.

import { el, name } from "./dom.mjs";

const MOST = 8;

export function makeSearch(page) {
  const { model, basemap } = page;
  const { areas, data } = model;
  const entries = [];
  areas.name.forEach((label, i) => {
    if (areas.study[i]) entries.push({ label, detail: areas.code[i], kind: "area", i });
  });
  data.sites.name.forEach((label, i) => {
    if (data.sites.lon[i] !== null) {
      entries.push({ label, detail: [data.kinds[data.sites.kind[i]], data.sites.postcode[i]].filter(Boolean).join(", "), kind: "site", i });
    }
  });
  (basemap ? basemap.towns : []).forEach((town, i) => entries.push({ label: town.name, detail: "on the map", kind: "town", i }));
  for (const entry of entries) entry.key = `${entry.label} ${entry.detail}`.toLowerCase();

  let found = [];
  let at = -1;
  const list = el("ul", { id: "found", role: "listbox", "aria-label": "Found", hidden: true });
  const input = el("input", {
    id: "find",
    type: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": "found",
    "aria-autocomplete": "list",
    placeholder: "Find an area, place or town",
    oninput: () => search(),
    onkeydown: (event) => keys(event),
    onblur: () => setTimeout(close, 150),
  });

  function search() {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return close();
    const starts = (entry) => (entry.label.toLowerCase().startsWith(words[0]) ? 0 : 1);
    found = entries
      .filter((entry) => words.every((word) => entry.key.includes(word)))
      .sort((a, b) => starts(a) - starts(b))
      .slice(0, MOST);
    at = found.length ? 0 : -1;
    draw();
  }

  function draw() {
    list.replaceChildren(
      ...(found.length
        ? found.map((entry, i) =>
            el(
              "li",
              { id: `found-${i}`, role: "option", "aria-selected": String(i === at), onmousedown: (event) => (event.preventDefault(), choose(entry)) },
              name(entry.label),
              el("small", {}, name(entry.detail)),
            ),
          )
        : [el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing found. Search for an area's name or code, a place or its postcode, or a town.")]),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function keys(event) {
    if (event.key === "Escape") return close();
    if (event.key === "Enter" && at >= 0 && !list.hidden) {
      event.preventDefault();
      return choose(found[at]);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !found.length) return undefined;
    event.preventDefault();
    at = (at + step + found.length) % found.length;
    return draw();
  }

  function choose(entry) {
    input.value = entry.label;
    close();
    if (entry.kind === "area") page.select(entry.i, true);
    else if (entry.kind === "site") page.selectSite(entry.i, true);
    else {
      page.set({ hexagons: false });
      page.map.setView([basemap.towns[entry.i].lat, basemap.towns[entry.i].lon], 13);
    }
  }

  return el("div", { class: "search" }, el("label", { for: "find", class: "unseen" }, "Find a place"), el("div", { class: "search-box" }, input, list));
}
