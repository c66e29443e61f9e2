"""The first screen, the card and paper say what the issue wants said, in the browser."""

from __future__ import annotations

import numpy as np
import pytest

from slgeo.maps import tally, text


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780)])
def test_cars_stand_beside_the_headline_when_driving(visit, town_page, width, height):
    """17% is worked out from the table: 40 + 10 j of 450 households, over rows j = 1 to 6."""
    seen = visit(town_page, width=width, height=height).ready()
    seen.page.evaluate("() => (document.querySelector('#controls').open = true)")
    assert "car or van" not in seen.text("#finding")
    seen.page.locator("input[name=mode][value=drive]").check(force=True)
    seen.settle()
    without = sum(40 + 10 * j for j in range(1, 7)) / (6 * 450)

    assert f"{text.percent(without)} of households here have no car or van." in seen.text(
        "#finding"
    )
    assert without == pytest.approx(0.16667, abs=1e-4)


def test_those_without_a_time_are_counted_in_further_than(visit, town, town_page):
    measure = town.spec.measures[0]
    total = tally.everyone(measure, town.spec.facts, 15)
    seen = visit(town_page).ready()
    said = seen.text("#finding")

    assert f"That counts {text.about(total.no_time)} people with no walking time" in said
    assert "For 180 people a nearer place may lie beyond the edge of the roads used." in said
    assert total.no_time == 1000 + 37 * ((2 * 7 + 2 * 5) % 11)


def test_the_nearest_places_have_source_date_and_minutes(visit, town, town_page):
    """What has no date says nothing of one."""
    spec = town.spec
    area = spec.facts.codes.index("X0504")
    seen = visit(town_page).ready()
    seen.page.locator(f"#area-{area}").click()
    seen.settle()
    items = seen.page.locator(".nearest li").all_inner_texts()

    assert len(items) == len(spec.measures[0].nearest[area]) == 2
    for said, (site, tenths) in zip(items, spec.measures[0].nearest[area], strict=True):
        assert spec.sites[site].name in said
        assert f"{tenths / 10:.1f} min" in said
        assert "Source: A made-up register, May 2025" in said
        assert ("checked 1 May 2025" in said) == (spec.sites[site].name == "North Surgery")
    assert "reach the place within 30 minutes" in seen.text(".card")


def test_an_area_has_its_rank_among_all(visit, town, town_page):
    spec = town.spec
    measure, inside = spec.measures[0], spec.facts.in_study
    area = spec.facts.codes.index("X0504")
    further = int((measure.tenths[inside] > measure.tenths[area]).sum())
    far = int((measure.reason[inside] == 0).sum())
    seen = visit(town_page).ready()
    seen.page.locator(f"#area-{area}").click()
    seen.settle()
    rank = further + far + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10 if rank // 10 != 1 else 0, "th")

    assert f"{rank}{ending} furthest of 35 areas" in seen.text(".card")


def test_pointing_at_the_map_names_the_area_and_its_minutes(visit, town, town_page):
    spec = town.spec
    seen = visit(town_page).ready()
    box = seen.page.locator(".map").first.bounding_box()
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seen.settle()
    said = seen.text(".pointed")
    which = next(i for i, name in enumerate(spec.facts.names) if said.startswith(f"{name}: "))

    assert (
        said == f"{spec.facts.names[which]}: {text.minutes_text(spec.measures[0], which)} minutes"
    )


def test_no_count_of_one_is_plural(visit, makers, tmp_path):
    """One area, one place: the words agree."""
    areas = makers["areas"]()
    areas["in_study"] = areas.index == "X0304"
    given, nearest = makers["measure"](areas, makers["sites"](areas), "gp", 4.8, 30)
    shown = makers["map"](areas, only=(given, nearest.assign(kind="gp", mode="walk")))
    seen = visit(shown.save(tmp_path / "page.html")[0]).ready()
    seen.page.locator("#areas .link").first.click()
    seen.settle()
    words = " ".join(seen.page.inner_text("body").split())

    assert "1 to 1 of 1 area" in words
    for wrong in (" 1 areas", " 1 places", " 1 people", "1 minutes'"):
        assert wrong not in words


def test_paper_has_no_controls_and_the_sources_in_full(visit, layered_page):
    seen = visit(layered_page).ready()
    seen.page.emulate_media(media="print")
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    shown = seen.page.evaluate(
        """() => [...document.querySelectorAll('select, button, input, summary, textarea')]
          .filter((node) => node.checkVisibility() && node.id !== 'minutes')
          .filter((node) => !node.matches('.legend-block, .link, thead button'))
          .map((node) => node.outerHTML.slice(0, 80))"""
    )

    assert shown == []
    assert seen.page.locator("#paper svg").is_visible()
    assert not seen.page.locator(".maps").is_visible()
    assert "https://example.org/" in seen.text("#about")


def test_the_first_sheet_of_paper_is_one_page(visit, town_page):
    """Finding, map, chart, legend and what is left out end above the foot of the sheet."""
    seen = visit(town_page, width=1032, height=703).ready()  # A4 landscape less its margins
    seen.page.emulate_media(media="print")
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    foot = seen.page.evaluate(
        "() => Math.max(...['#lower', '.short-credit'].map((one) =>"
        " document.querySelector(one).getBoundingClientRect().bottom)) + scrollY"
    )

    assert foot <= 703


def test_the_table_is_the_geodataframe_value_for_value(visit, makers, town_page):
    """Every cell of every area, against the tables the map was given, and nothing else."""
    areas = makers["areas"]()
    given, nearest = makers["measure"](areas, makers["sites"](areas), "gp", 4.8, 30)
    first = nearest[nearest["rank"] == 1].set_index("area")["site"]
    seen = visit(town_page).ready()
    rows = seen.page.eval_on_selector_all(
        "#areas tbody tr", "(all) => all.map((row) => [...row.cells].map((c) => c.innerText))"
    )
    shown = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
    study = areas[areas["in_study"]]
    assert set(shown) == set(study["name"])
    for code, row in study.iterrows():
        people, minutes, beyond, share, decile, place = shown[row["name"]]
        further = given["within"].loc[code, 30] - given["within"].loc[code, 15]
        further += given["without"].loc[code].sum()

        assert int(people.replace(",", "")) == row["population"]
        assert abs(int(beyond.replace(",", "")) - further) <= 1
        assert share == text.percent(int(beyond.replace(",", "")) / row["population"])
        assert int(decile) == row["deprivation_decile"]
        if np.isnan(given["minutes"][code]):
            assert minutes == ("no time" if code == "X0202" else "over 30")
        else:
            assert abs(float(minutes) - given["minutes"][code]) <= 0.0500001
        if code in first.index:
            assert place == makers["sites"](areas).loc[first[code], "name"]
