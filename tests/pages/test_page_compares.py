"""A scenario beside things as they are; a place's own card; ways and travel-time areas."""

from __future__ import annotations

import pytest

from slgeo.errors import PageError
from slgeo.maps import csv_out, tally, text


def choose(seen, scenario: int) -> None:
    seen.page.locator("input[name=scenario]").nth(scenario).check(force=True)
    seen.settle()


def test_a_scenario_moves_every_number_and_says_what_changed(visit, compared, compared_page):
    spec = compared.spec
    after = next(m for m in spec.measures if m.scenario)
    seen = visit(compared_page).ready()
    before = seen.text("#finding")
    choose(seen, 1)

    assert seen.text("#finding") == " ".join(str(text.finding(spec, after, 15)).split())
    assert "With a new surgery:" in seen.text("#finding")
    assert "fewer people in" in seen.text("#finding")
    choose(seen, 0)
    assert seen.text("#finding") == before
    assert seen.trouble == []


def test_people_gained_and_lost_add_up_to_the_difference(compared):
    spec = compared.spec
    after = next(m for m in spec.measures if m.scenario)
    for minutes in range(31):
        found = tally.change(spec.now(after), after, spec.facts, minutes)
        now = tally.everyone(spec.now(after), spec.facts, minutes).beyond
        then = tally.everyone(after, spec.facts, minutes).beyond

        assert then - now == found.more - found.fewer


def test_two_maps_move_as_one_and_change_is_one_map(visit, compared_page):
    seen = visit(compared_page).ready()
    choose(seen, 1)
    seen.page.locator("#beside").click()
    seen.settle()
    assert seen.page.locator(".map-caption").all_inner_texts() == ["As now", "With a new surgery"]

    first = seen.page.locator(".map").first
    box = first.bounding_box()
    seen.page.mouse.move(box["x"] + 200, box["y"] + 300)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 120, box["y"] + 260, steps=5)
    seen.page.mouse.up()
    seen.page.wait_for_timeout(600)
    shifts = seen.page.eval_on_selector_all(
        ".map",
        "(all) => all.map((m) => m.querySelector('.leaflet-map-pane')._leaflet_pos)"
        ".map(({x, y}) => [x, y])",
    )
    assert shifts[0] == pytest.approx(shifts[1], abs=1.5)  # pixels: middles of odd size are rounded
    assert min(abs(shift) for shift in shifts[0]) >= 40

    seen.page.locator("#view").select_option("change")
    seen.settle()
    assert not seen.page.locator("#second").is_visible()
    assert "against now" in seen.text("#legend")
    assert seen.trouble == []


def test_a_new_place_is_there_in_its_scenario_only(visit, compared_page):
    seen = visit(compared_page).ready()
    assert "GP practices: 2" in seen.text("#legend")
    choose(seen, 1)
    assert "GP practices: 3" in seen.text("#legend")


def test_a_place_says_what_it_is_and_whose_nearest_it_is(visit, compared, compared_page):
    spec = compared.spec
    own = [row for row in spec.measures[0].nearest if row and row[0][0] == 0]
    seen = visit(compared_page).ready()
    seen.page.locator("#find").fill("north surgery")
    seen.page.keyboard.press("Enter")
    seen.settle()
    card = seen.text(".card")

    assert "North Surgery" in card
    assert f"Nearest for most people of {len(own)} areas" in card
    assert "A made-up register, May 2025, checked 1 May 2025" in card
    assert "10 minutes' walk 1,000 1,040 (+4%)" in card
    seen.page.keyboard.press("Escape")
    seen.settle()
    assert seen.page.locator(".card").count() == 0


def test_a_way_drawn_replaces_the_straight_line(visit, compared_page):
    seen = visit(compared_page).ready()
    seen.page.locator("#find").fill("X0303")
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert "are the ways from a typical home of its people" in seen.text(".card")

    seen.page.locator("#find").fill("X0304")
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert "Dashed lines on the map" in seen.text(".card")


def test_the_csv_says_which_scenario(visit, compared, compared_page):
    seen = visit(compared_page).ready()
    seen.page.locator("#csv-text").click()
    shown = seen.page.locator("#csv-box").input_value()

    assert shown.splitlines() == csv_out.values(compared.spec).decode("utf-8-sig").splitlines()
    assert "With a new surgery" in shown


def test_a_scenario_needs_something_to_compare_with(makers):
    areas = makers["areas"]()
    sites = makers["sites"](areas)
    tables, _ = makers["measure"](areas, sites, "gp", 4.8, 30)
    shown = makers["map"](areas)
    with pytest.raises(PageError, match="something to compare with"):
        shown.measure(kind="hospital", mode="walk", scenario="Later", **tables)
    with pytest.raises(PageError, match="was given twice"):
        shown.measure(kind="gp", mode="walk", **tables)


def test_a_link_restores_what_was_shown(visit, compared_page):
    seen = visit(compared_page).ready()
    choose(seen, 1)
    seen.page.locator("#minutes").fill("22")
    seen.settle()
    address = seen.page.evaluate("() => window.location.href")
    said = seen.text("#finding")
    again = visit(address).ready()

    assert "over=22" in address
    assert again.text("#finding") == said


def test_a_place_may_close_in_several_scenarios(makers):
    """Closed in one and in two: drawn in neither, and as things are."""
    areas = makers["areas"]()
    sites = makers["sites"](areas)
    shown = makers["map"](areas)
    closed = {"Without the north": ["s0"], "Without both": ["s0", "s1"]}
    shown.sites(sites, closed=closed)
    found = {site.code: site.closed for site in shown.spec.sites}
    assert found["s0"] == ("Without the north", "Without both")
    assert found["s1"] == ("Without both",)
    assert found["s2"] == ()
