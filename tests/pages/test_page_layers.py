"""What can be drawn besides: spots, territories, travel-time areas, need, hexagons, tiles."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from pyproj import Transformer

from slgeo.errors import PageError
from slgeo.maps import csv_out, palette, tally, text
from slgeo.maps.classify import need_class

PERIOD = "May 2019"
TO_PIXELS = "([lat, lon]) => {const p = map_00000000.latLngToContainerPoint([lat, lon]); "
TO_PIXELS += "const b = document.querySelector('.map').getBoundingClientRect(); "
TO_PIXELS += "return [p.x + b.x, p.y + b.y]}"


def open_layers(seen) -> None:
    seen.page.evaluate("() => (document.querySelector('#layers').open = true)")


def colour_at(seen, point, crs="EPSG:27700") -> str:
    """The colour on the screen of a spot given in metres."""
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(*point)
    x, y = seen.page.evaluate(TO_PIXELS, [lat, lon])
    with Image.open(io.BytesIO(seen.page.screenshot())) as picture:
        return "#{:02x}{:02x}{:02x}".format(*picture.convert("RGB").getpixel((int(x), int(y))))


def test_every_spot_has_the_colour_of_its_minutes(visit, makers, layered, layered_page):
    areas = makers["areas"]()
    own = makers["sites"](areas).geometry.loc[["s0", "s1"]]
    seen = visit(layered_page).ready()
    before = seen.text("#finding")
    seen.page.locator("#view").select_option("surface")
    seen.page.wait_for_timeout(600)
    inside = areas[areas["in_study"]].geometry
    spots = inside.representative_point().translate(40, 25)
    for spot in spots.iloc[::3]:
        minutes = min(spot.distance(site) for site in own) / 80
        edges = (*layered.spec.thresholds, 30)
        if (
            min(abs(minutes - edge) for edge in edges) < 1.5
            or min(spot.distance(site) for site in own) < 150
        ):
            continue  # within a cell of a break, or under the mark of a place
        wanted = palette.MINUTES[sum(minutes > t for t in layered.spec.thresholds)]
        shown = colour_at(seen, (spot.x, spot.y))

        assert shown == (wanted if minutes <= 30 else "#ffffff")
    assert "from each spot of 50 m" in seen.text("#legend")
    assert "people are counted from travel times" in seen.text("#legend")
    assert seen.text("#finding") == before
    assert seen.trouble == []


def test_a_surface_is_offered_with_its_own_measure_only(visit, layered_page):
    seen = visit(layered_page).ready()
    seen.page.locator("#view").select_option("surface")
    seen.page.locator("input[name=mode][value=drive]").check(force=True)
    seen.settle()

    assert seen.page.locator("#view").input_value() == "minutes"
    assert seen.page.locator("#view option[value=surface]").count() == 0


def test_layers_are_ticked_by_keyboard_and_named_in_the_legend(visit, layered_page):
    seen = visit(layered_page).ready()
    keys = seen.page.keyboard
    seen.page.locator("#layers summary").focus()
    keys.press("Enter")
    for layer, words in (
        ("territories", "Where each place is the nearest"),
        ("gaps", "Gaps over 20 minutes"),
    ):
        assert words not in seen.text("#legend")
        seen.page.locator(f"#layer-{layer}").focus()
        keys.press("Space")
        seen.settle()
        assert words in seen.text("#legend")
        assert seen.page.evaluate("() => document.activeElement.id") == f"layer-{layer}"
    seen.page.locator("#reach").focus()
    keys.press("ArrowDown")
    seen.settle()

    assert "Drawing of 15 minutes' walk of any" in seen.text("#legend")
    said = "20,000 people are reached; the drawing holds 20,800 (+4%)."
    assert said in seen.text("#reach-note")
    seen.page.locator("input[name=scenario]").nth(1).check(force=True)
    seen.settle()
    assert "Where each place is the nearest" not in seen.text("#legend")
    assert "Gaps over 20 minutes now" in seen.text("#legend")
    assert seen.trouble == []


def test_a_place_says_how_many_have_it_as_their_nearest(visit, layered_page):
    seen = visit(layered_page).ready()
    seen.page.locator("#find").fill("north surgery")
    seen.page.keyboard.press("Enter")
    seen.settle()

    assert "16,000 people have it as their nearest, counted point by point." in seen.text(".card")


def test_deprivation_and_distance_are_one_map_with_letters(visit, layered, layered_page):
    spec = layered.spec
    measure, facts = spec.measures[0], spec.facts
    found = need_class(facts.third, tally.beyond(measure, 15), tally.people(measure))
    seen = visit(layered_page).ready()
    seen.page.locator("#view").select_option("need")
    seen.settle()
    for index in range(9):
        count = int(((found == index) & facts.in_study).sum())
        name = seen.page.locator(f".need-cell[data-style='{index}']").get_attribute("aria-label")

        assert name.startswith(f"{'ABC'[index // 3]}{index % 3 + 1}, ")
        assert f"{count} area" in name
    cell = seen.page.locator(".need-cell:enabled").first
    cell.focus()
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert seen.page.evaluate("() => document.activeElement.getAttribute('aria-pressed')") == "true"
    seen.page.locator("#area-43").click()
    seen.settle()
    letter = f"{'ABC'[found[43] // 3]}{found[43] % 3 + 1}"
    assert f"{letter}: " in seen.text(".card")
    assert seen.trouble == []


def test_hexagons_have_the_same_areas_without_roads_or_places(visit, layered_page):
    seen = visit(layered_page).ready()
    before = seen.text("#finding")
    open_layers(seen)
    seen.page.locator("#layer-hexagons").check()
    seen.settle()
    legend = seen.text("#legend")
    assert "One hexagon an area, all of one size, near where it lies; not to scale." in legend
    assert "GP practices:" not in legend
    assert "Outside the study" not in legend
    assert not seen.page.locator(".leaflet-control-scale").is_visible()
    assert seen.page.locator("#layer-territories").is_disabled()
    assert seen.page.locator("#reach").is_disabled()
    assert seen.page.locator("#view option[value=surface]").count() == 0
    assert seen.text("#finding") == before
    assert "shapes=hexagons" in seen.page.evaluate("() => window.location.href")
    again = visit(seen.page.evaluate("() => window.location.href")).ready()
    assert "One hexagon an area" in again.text("#legend")

    seen.page.locator("#find").fill("X0304")
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert "Sampleton D5" in seen.text(".card")
    seen.page.locator("#find").fill("north surgery")
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert "One hexagon an area" not in seen.text("#legend")
    assert seen.page.locator("#reach").is_enabled()
    assert seen.trouble == []


def test_need_without_deprivation_is_refused(makers):
    areas = makers["areas"]().drop(columns=["deprivation_rank", "deprivation_decile"])
    with pytest.raises(PageError, match="need=True"):
        makers["map"](areas, need=True)


def test_a_surface_needs_its_measure(makers):
    with pytest.raises(PageError, match="give the measure it belongs to first"):
        makers["map"]().surface(np.ones((2, 2)), kind="dentist", mode="walk", bounds=(0, 0, 1, 1))


def test_territories_need_their_site(makers):
    areas = makers["areas"]()
    with pytest.raises(PageError, match="no index or column 'site'"):
        makers["map"]().territories(areas[["geometry"]], mode="walk")


def test_another_period_has_its_own_people(visit, layered, layered_page):
    spec = layered.spec
    now = spec.measures[0]
    then = next(m for m in spec.measures if m.scenario == PERIOD)
    people, now_people = (tally.everyone(m, spec.facts, 15) for m in (then, now))
    assert now_people.people - people.people == 40 * 36
    seen = visit(layered_page).ready()
    seen.page.locator("input[name=scenario]").nth(1).check(force=True)
    seen.settle()

    said = seen.text("#finding")
    assert said == " ".join(str(text.finding(spec, then, 15)).split())
    shares = [text.percent(one.share) for one in (people, now_people)]
    assert f"{PERIOD}: {shares[0]} of its {text.about(people.people)} people" in said
    assert f"now {shares[1]} of {text.about(now_people.people)}" in said
    assert "those of now" in said
    rows = csv_out.values(spec).decode("utf-8-sig").splitlines()
    assert len([row for row in rows if f",{PERIOD}," in row]) == 36


def test_people_of_another_period_must_be_given(makers):
    areas = makers["areas"]()
    earlier = areas.assign(population=areas["population"] - 40.0)
    given, _ = makers["measure"](earlier, makers["sites"](areas), "gp", 4.8, 30)
    with pytest.raises(PageError, match="for another period give people="):
        makers["map"](areas).measure(kind="gp", mode="walk", scenario=PERIOD, **given)


def test_gaining_and_losing_a_time_is_said_in_words(visit, makers, tmp_path):
    areas = makers["areas"]()
    given, _ = makers["measure"](areas, makers["sites"](areas), "gp", 4.8, 30)
    minutes = given["minutes"].copy()
    minutes["X0404"] = np.nan
    shown = makers["map"](areas, only=(given | {"within": None, "without": None}, pd_nearest()))
    after = minutes.copy()
    after["X0202"], after["X0303"] = 12.0, minutes["X0303"] - 3.0
    shown.measure(after, kind="gp", mode="walk", scenario="Changed", reasons=given["reasons"])
    seen = visit(shown.save(tmp_path / "page.html")[0]).ready()
    seen.page.locator("input[name=scenario]").last.check(force=True)
    seen.page.locator("#view").select_option("change")
    seen.settle()
    rows = seen.page.eval_on_selector_all(
        "#areas tbody tr",
        "(all) => all.map((r) => [r.cells[0].innerText, r.cells[3].innerText])",
    )
    words = {name.strip(): said.strip() for name, said in rows}

    assert words["Sampleton C3"] == "gains a time"
    assert words["Sampleton D4"] == "3.0 minutes shorter"
    assert words["Sampleton E5"] == "loses its time"
    assert words["Sampleton B2"] == "the same"
    for label in ("Gains a time: had none", "Loses its time", "1 to 5 minutes shorter"):
        assert label in seen.text("#legend")
    centre = areas.geometry["X0303"].centroid
    assert colour_at(seen, (centre.x, centre.y)) == palette.DIFFERENCE[1]
    assert seen.trouble == []


def pd_nearest():
    return pd.DataFrame({"area": [], "rank": [], "site": [], "minutes": []})


def test_tiles_are_fetched_only_where_the_reader_ticks_them(visit, layered_page):
    seen = visit(layered_page)
    seen.context.set_offline(False)
    seen.page.route("https://**", lambda route: route.fulfill(body=b"", content_type="image/png"))
    seen.ready().settle()
    open_layers(seen)
    assert seen.outside == []
    assert "tiles.example.org learns your internet address" in seen.text("#layers")
    assert "Tiles, 2026" in seen.text("#about")

    seen.page.locator("#layer-online").check()
    seen.page.wait_for_timeout(500)
    asked = set(seen.outside)
    assert asked
    assert all(url.startswith("https://tiles.example.org/") for url in asked)
    seen.page.locator("#layer-online").uncheck()
    seen.page.wait_for_timeout(300)
    count = len(seen.outside)
    seen.page.locator(".leaflet-control-zoom-in").click()
    seen.page.wait_for_timeout(600)
    assert len(seen.outside) == count


def test_the_policy_admits_one_host_and_only_where_tiles_were_asked_for(town_page, layered_page):
    plain, tiled = (p.read_text(encoding="utf-8") for p in (town_page, layered_page))

    assert "img-src data: blob:;" in plain
    assert "img-src data: blob: https://tiles.example.org;" in tiled
    assert "sends nothing anywhere." in plain


def test_paper_has_what_the_screen_has(visit, layered_page):
    seen = visit(layered_page).ready()
    open_layers(seen)
    seen.page.locator("#view").select_option("surface")
    seen.page.locator("#layer-territories").check()
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")

    assert seen.page.locator("#paper image").count() == 1
    assert seen.page.locator("#paper path[stroke-dasharray]").count() == 1
