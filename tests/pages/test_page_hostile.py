"""Whatever a name says, it is shown as text: nothing runs, in the page or while it is made."""

from __future__ import annotations

import inspect

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo.errors import PageError
from slgeo.maps.access_map import AccessMap

CORPUS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "<!-- <script>",
    "${window.ran=1}",
    "Joe`s `${window.ran=1}`",
    "\\\\`\\",
    "{{ 7*7 }}{% for x in y %}",
    "{{ cycler.__init__.__globals__.os.system('touch ran') }}",
    "\"><svg onload=window.ran=1>'",
    "Fish & Chips &amp; <b>",
    "line one\nline two\u2028line three",
    "trailing \\",
    "\u202egnp.exe\u202c",
    "nul \x00 here",
    "javascript:window.ran=1",
    "data:text/html,<script>window.ran=1</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "Ll\u0177r \u00c0ird",
    "x" * 10_000,
)

TEXT_INPUTS = {
    "AccessMap": {"title", "place", "date", "groups"},
    "measure": {"caption", "label", "noun", "scenario"},
    "sites": {"opened", "closed"},
    "credit": {"statement", "publisher", "licence", "url", "year"},
    "leaves_out": {"statements"},
    "about": {"paragraphs"},
    "catchments": {"kind"},
    "surface": {"scenario"},
    "online_tiles": {"statement"},
}
"""Every public argument that carries words to a page; a new one must be added below."""

NOT_WORDS = {
    "AccessMap": {"areas", "invented", "thresholds", "opening", "typical", "need", "hexagons"},
    "measure": {
        "minutes",
        "kind",
        "mode",
        "within",
        "without",
        "reasons",
        "unsafe",
        "nearest",
        "people",
    },
    "sites": {"sites", "nearest"},
    "credit": {"layer"},
    "leaves_out": set(),
    "about": set(),
    "catchments": {"catchments", "mode"},
    "surface": {"minutes", "kind", "mode", "bounds", "crs"},
    "online_tiles": {"url"},
}


def test_every_public_argument_is_known_to_these_tests():
    for name, words in TEXT_INPUTS.items():
        target = AccessMap.__init__ if name == "AccessMap" else getattr(AccessMap, name)
        given = set(inspect.signature(target).parameters) - {"self"}

        assert given == words | NOT_WORDS[name]


GROUPS = tuple(CORPUS[i::4] for i in range(4))
"""The corpus in four pages: each field carries all the texts of its group, each area one."""


def hostile_map(texts: tuple[str, ...], makers) -> AccessMap:
    """Sampleton with texts in every field that takes words."""
    text = " ".join(texts)
    areas = makers["areas"](5, context=0)
    areas["name"] = [texts[i % len(texts)] for i in range(len(areas))]
    areas["rurality"] = [text, "Rural"] * 12 + [text]
    areas["deprivation_index"] = text
    areas = areas.rename(index={areas.index[0]: text})
    sites = makers["sites"](areas)
    sites[["name", "source", "postcode", "checked"]] = text
    sites["kind"] = text
    tables, nearest = makers["measure"](areas, sites, text, 4.8, 30)
    shown = AccessMap(
        text,
        areas,
        place=text,
        date=text,
        invented=True,
        groups={"age_65_plus": text},
        need=True,
        hexagons=True,
    )
    shown.measure(kind=text, mode="walk", caption=text, label=text, noun=text, **tables)
    shown.measure(kind=text, mode="walk", label=text, noun=text, scenario=text, **tables)
    shown.surface(np.full((4, 4), 12.0), kind=text, mode="walk", bounds=areas.total_bounds)
    whole = areas.geometry.iloc[[0]]
    shown.territories(
        gpd.GeoDataFrame({"site": ["s0"]}, geometry=whole.to_numpy(), crs=areas.crs), mode="walk"
    )
    reached = {"people": 9.0, "people_in_drawing": 9.0, "drawing_error": 0.0, "area_km2": 1.0}
    reached = pd.DataFrame({"site": ["all"], "minutes": [15]} | reached)
    reached = reached.set_index(["site", "minutes"])
    shown.catchments(
        gpd.GeoDataFrame(reached, geometry=whole.to_numpy(), crs=areas.crs), mode="walk", kind=text
    )
    shown.online_tiles(statement=text)
    nearest = nearest.assign(kind=text, mode="walk")
    shown.sites(sites, nearest=nearest, opened={text: ["s0"]}, closed={text: ["s1"]})
    gaps = makers["gaps"](makers["areas"]())
    gaps[["name", "kind", "nearest"]] = text
    shown.gaps(gaps)
    shown.equity(pd.DataFrame({"kind": [text], "mode": ["walk"], "sentence": [text]}))
    shown.basemap(
        towns=gpd.GeoDataFrame(
            {"name": [text], "rank": [1]},
            geometry=[areas.geometry.iloc[12].centroid],
            crs=areas.crs,
        )
    )
    for layer in ("areas", "deprivation", "rurality", "places", "roads"):
        shown.credit(layer, text, publisher=text, licence=text, url=text, year=text)
    return shown.leaves_out(text).about(text)


def plainly(text: str) -> str:
    """The text as one line: what a reader should see."""
    return " ".join(text.replace("\x00", " ").replace("\u2028", " ").split())


@pytest.mark.parametrize("texts", GROUPS, ids=range(4))
def test_hostile_text_is_inert_and_shown_as_it_is(texts, visit, makers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = hostile_map(texts, makers).save(tmp_path / "page.html")[0]
    assert not (tmp_path / "ran").exists()

    seen = visit(page).ready()
    looked = seen.page
    names = looked.eval_on_selector_all("#areas .link", "(all) => all.map((n) => n.textContent)")
    looked.locator("#find").fill(texts[0][:12])
    looked.evaluate("() => document.querySelector('.areas tbody .link').click()")
    looked.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    looked.evaluate("() => document.querySelector('#csv-text').click()")
    looked.evaluate(
        "() => document.querySelectorAll('#layers input:not(#layer-online)')"
        ".forEach((box) => box.click())"
    )
    for view in ("need", "share"):
        looked.locator("#view").select_option(view)
    looked.locator("#layer-hexagons").uncheck()
    looked.locator("#reach").select_option("15")
    looked.locator("#view").select_option("surface")
    looked.locator("input[name=scenario]").last.check(force=True)
    looked.locator("#view").select_option("change")
    looked.mouse.click(800, 450)
    looked.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    seen.settle()

    assert looked.evaluate("() => window.ran") is None
    assert seen.trouble == []
    assert seen.outside == []
    assert looked.evaluate("() => document.documentElement.scrollWidth") <= 1280
    for selector in ("h1", "title", ".leaves-out", "#csv-box"):
        shown = looked.locator(selector).evaluate("(node) => node.value ?? node.textContent")
        assert plainly(" ".join(texts)) in plainly(shown.replace('""', '"'))
    assert set(names) == {plainly(text) for text in texts}


@pytest.mark.parametrize(
    "url",
    [
        "http://tile.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{z}/{x}.png",
        "https://tile.example.org; script-src */{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
        'https://tile.example.org/{z}/{x}/{y}.png">',
        "https://user@tile.example.org/{z}/{x}/{y}.png",
        "javascript:window.ran=1//{z}{x}{y}",
    ],
)
def test_an_address_of_tiles_cannot_widen_the_policy(makers, url):
    with pytest.raises(PageError, match="no address of tiles"):
        makers["map"]().online_tiles(url)


def test_only_safe_addresses_become_links(makers, visit, tmp_path):
    shown = makers["map"]()
    for url in ("javascript:window.ran=1", "data:text/html,x", "vbscript:x", " JavaScript:x"):
        shown.credit("people", f"Someone at {url}", url=url)
    seen = visit(shown.save(tmp_path / "page.html")[0]).ready()
    links = seen.page.eval_on_selector_all("a", "(all) => all.map((a) => a.getAttribute('href'))")

    assert all(link.startswith(("#", "https://")) for link in links)


def test_the_csv_is_safe_in_a_spreadsheet(makers, tmp_path):
    page, table = hostile_map(("=cmd|' /C calc'!A0",), makers).save(tmp_path / "page.html")
    rows = table.read_text(encoding="utf-8-sig").splitlines()

    assert len(rows) == 51
    assert all("'=cmd" in row for row in rows[1:])
    assert page.exists()


def test_a_folium_popup_cannot_carry_a_template(makers, tmp_path):
    """Jinja in a layer's text is neither compiled again nor run."""
    import folium  # noqa: TID251 - a layer as a user adds it

    shown = makers["map"]()
    folium.Circle([52.7, -0.7], radius=100, tooltip="{{ 7*7 }}").add_to(shown)
    page = shown.save(tmp_path / "page.html")[0].read_text(encoding="utf-8")

    assert "{{ 7*7 }}" in page
    assert ">49<" not in page
