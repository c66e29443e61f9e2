"""Page, CSV, figure's words and the tables given say the same numbers, at every threshold."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from slgeo import reasons
from slgeo.maps import csv_out, tally, text
from slgeo.maps.encode import decode, unpack

MEASURES = (("gp", "walk"), ("gp", "drive"), ("library", "walk"))


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_csv_holds_the_counts_that_were_given(town, makers):
    areas = makers["areas"]()
    sites = makers["sites"](areas)
    rows = rows_of(csv_out.values(town.spec))
    for (kind, mode), (speed, limit) in zip(
        MEASURES, ((4.8, 30), (30.0, 40), (4.8, 30)), strict=True
    ):
        given, _ = makers["measure"](areas, sites, kind, speed, limit)
        mine = {r["area"]: r for r in rows if (r["kind"], r["mode"]) == (kind, mode)}
        assert set(mine) == set(areas.index[areas["in_study"]])
        for code, row in mine.items():
            beyond = given["within"].loc[code, limit] - given["within"].loc[code, 15]
            beyond += given["without"].loc[code].sum()

            assert int(row["people"]) == areas.loc[code, "population"]
            assert abs(int(row["people_further_than_15"]) - beyond) <= 1
            if np.isnan(given["minutes"][code]):
                assert row["reason"] == given["reasons"][code]
            else:
                assert abs(float(row["minutes"]) - given["minutes"][code]) <= 0.0500001


def test_the_page_writes_the_same_csv_as_the_file(visit, town, town_page):
    seen = visit(town_page).ready()
    seen.page.locator("#csv-text").click()
    shown = seen.page.locator("#csv-box").input_value()

    assert shown.splitlines() == csv_out.values(town.spec).decode("utf-8-sig").splitlines()


@pytest.mark.parametrize(("kind", "mode"), MEASURES)
def test_the_sentences_of_page_and_figure_are_the_same_at_every_threshold(
    visit, town, town_page, kind, mode
):
    spec = town.spec
    measure = next(m for m in spec.measures if (m.kind, m.mode) == (kind, mode))
    seen = visit(town_page).ready()
    seen.page.locator("#kind").select_option(kind)
    seen.page.locator(f"input[name=mode][value={mode}]").check(force=True)
    for minutes in range(0, measure.limit + 1, 7):
        seen.page.locator("#minutes").fill(str(minutes))
        said = seen.text("#finding")
        meant = text.finding(spec, measure, minutes)

        assert said == " ".join(str(meant).split())


def test_headline_table_chart_and_legend_add_up(visit, town, town_page):
    spec = town.spec
    measure = spec.measures[0]
    total = tally.everyone(measure, spec.facts, 15)
    seen = visit(town_page).ready()
    cells = seen.page.eval_on_selector_all(
        "#areas tbody tr", "(rows) => rows.map((r) => [...r.cells].map((c) => c.textContent))"
    )
    people = sum(int(row[1].replace(",", "")) for row in cells)
    beyond = sum(int(row[3].replace(",", "")) for row in cells)

    assert (people, beyond) == (total.people, total.beyond)
    assert total.people == spec.facts.people[spec.facts.in_study].sum()
    fifths = tally.by_class(measure, spec.facts, 15, spec.facts.fifth)
    assert sum(f.people for f in fifths) == total.people
    assert sum(f.beyond for f in fifths) == total.beyond


def test_the_card_of_an_area_says_its_own_numbers_by_the_mode_shown(visit, town, town_page):
    spec = town.spec
    area = spec.facts.codes.index("X0504")
    seen = visit(town_page).ready()
    for kind, mode in MEASURES:
        measure = next(m for m in spec.measures if (m.kind, m.mode) == (kind, mode))
        seen.page.locator("#kind").select_option(kind)
        seen.page.locator(f"input[name=mode][value={mode}]").check(force=True)
        seen.page.locator(f"#area-{area}").click()
        seen.settle()
        card = seen.text(".card")

        assert f"{measure.tenths[area] / 10:.1f} minutes" in card
        for site, tenths in measure.nearest[area]:
            assert spec.sites[site].name in card
            assert f"{tenths / 10:.1f} min" in card
        seen.page.keyboard.press("Escape")


def test_an_area_without_a_time_says_why_and_keeps_its_people(visit, town_page):
    seen = visit(town_page).ready()
    seen.page.locator("#find").fill("X0202")
    seen.page.keyboard.press("Enter")
    seen.settle()

    assert "No walking time" in seen.text(".card")
    assert reasons.SENTENCES["no_road_within"] in seen.text(".card")
    assert "people (100%) are more than 15 minutes' walk away" in seen.text(".card")
    assert reasons.SENTENCES["no_road_within"] in seen.text("#legend")


def test_areas_around_the_study_are_grey_and_in_no_count(visit, town, town_page):
    seen = visit(town_page).ready()

    assert "Outside the study" in seen.text("#legend")
    assert "X0000" not in csv_out.values(town.spec).decode()
    assert "Sampleton A1" not in seen.text("#areas")


def test_the_geometry_in_the_file_is_what_was_given(town, town_page):
    """Read from the page itself: within 25 m, neighbours sharing every point of their borders."""
    source = town_page.read_text(encoding="utf-8")
    block = source.split('id="slgeo-geometry">')[1].split("</script>")[0]
    shapes = town.spec.shapes
    drawn = gpd.GeoSeries(decode(unpack(block)), index=shapes.index, crs=4326).to_crs(shapes.crs)
    far = shapely.hausdorff_distance(np.asarray(shapes.array), np.asarray(drawn.array))

    assert far.max() <= 25
    assert shapely.coverage_is_valid(np.asarray(drawn.array))
    assert f"within {max(1, round(far.max()))} m of where they were published" in source


def test_withheld_figures_are_nowhere_in_the_file(makers, visit, tmp_path):
    """The values of a withheld area are changed; nothing in the page changes with them."""
    areas = makers["areas"]()
    sites = makers["sites"](areas)
    pages = []
    for spoilt in (11.1, 22.2):
        given, nearest = makers["measure"](areas, sites, "gp", 4.8, 30)
        given["minutes"]["X0303"] = spoilt
        given["within"].loc["X0303"] = np.nan
        given["without"].loc["X0303"] = spoilt
        nearest.loc[nearest["area"] == "X0303", "minutes"] = spoilt
        nearest = nearest.assign(kind="gp", mode="walk")
        shown = makers["map"](areas, only=(given, nearest))
        shown.measure(kind="gp", mode="walk", scenario="Later", nearest=nearest, **given)
        pages.append(shown.save(tmp_path / f"{spoilt}.html")[0])
    first, second = (page.read_bytes() for page in pages)
    seen = visit(pages[0]).ready()
    seen.page.locator("#find").fill("X0303")
    seen.page.keyboard.press("Enter")
    seen.settle()

    assert first == second
    assert "withheld" in seen.text(".card")
    assert "Withheld" in seen.text("#legend")
    assert "figures are withheld" in seen.text("#finding")
    seen.page.locator("input[name=scenario]").last.check(force=True)
    for view in ("share", "change"):
        seen.page.locator("#view").select_option(view)
        seen.settle()
        assert "Withheld: too few people" in seen.text("#legend")
    row = seen.page.locator("#areas tr", has_text="Sampleton D4").inner_text().split("\t")
    assert [cell.strip() for cell in row[2:6]] == ["withheld", "withheld", "", ""]
    assert seen.trouble == []


BUILD = """
import sys; sys.path.insert(0, sys.argv[1])
import conftest
shown = conftest.make_map()
shown.save(sys.argv[2] + "/page.html")
for kind in ("svg", "png", "pdf"):
    shown.to_static(sys.argv[2] + "/figure." + kind)
"""


def test_two_builds_in_other_processes_are_equal_byte_for_byte(tmp_path):
    running = []
    for seed, zone, locale in (("1", "UTC", "C.UTF-8"), ("77", "Asia/Tokyo", "C")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PATH": "/usr/bin"}
        command = [sys.executable, "-X", "utf8", "-c", BUILD, str(Path(__file__).parent), folder]
        running.append((subprocess.Popen(command, env=environment), folder))
    built = []
    for process, folder in running:
        assert process.wait(timeout=120) == 0
        built.append({p.name: p.read_bytes() for p in sorted(folder.iterdir())})

    assert list(built[0]) == [
        "figure.alt.txt",
        "figure.pdf",
        "figure.png",
        "figure.svg",
        "page.csv",
        "page.html",
    ]
    for name in built[0]:
        assert built[0][name] == built[1][name], name


def test_the_page_is_small(town_page):
    """A page of 64 areas: the libraries, our script, two figures' worth of data."""
    assert town_page.stat().st_size < 600_000


def test_plain_json_is_the_same_page_for_older_browsers(town, visit, tmp_path):
    from slgeo.maps import page

    shown = tmp_path / "plain.html"
    box = "map_00000000"
    script = f"var {box} = slgeo.map('{box}');"
    shown.write_text(
        page.page(town.spec, script=script, box=box, plain_json=True), encoding="utf-8"
    )
    seen = visit(shown).ready()

    assert "of people in Sampleton live more than" in seen.text("#finding")
    assert seen.trouble == []


def test_the_blocks_hold_what_the_spec_says(town, town_page):
    source = town_page.read_text(encoding="utf-8")
    block = source.split('id="slgeo-values">')[1].split("</script>")[0]
    values = unpack(block)

    assert values["areas"]["code"] == list(town.spec.facts.codes)
    assert [m["kind"] for m in values["measures"]] == ["gp", "gp", "library"]
    assert values["measures"][0]["tenths"] == town.spec.measures[0].tenths.tolist()


def test_a_median_says_what_it_does_with_people_without_a_time(makers, visit, tmp_path):
    """An area with no median of which some people have a time is not said to have none at all."""
    areas = makers["areas"]()
    given, nearest = makers["measure"](areas, makers["sites"](areas), "gp", 4.8, 30)
    given["minutes"]["X0303"] = np.nan
    given["reasons"]["X0303"] = "beyond_limit"
    nearest = nearest.assign(kind="gp", mode="walk")
    shown = makers["map"](areas, only=(given, nearest), typical="median")
    seen = visit(shown.save(tmp_path / "page.html")[0]).ready()
    seen.page.locator("#find").fill("X0303")
    seen.page.keyboard.press("Enter")
    seen.settle()

    seen.page.locator("#find").fill("X0206")
    seen.page.keyboard.press("Enter")
    seen.settle()
    further = (given["minutes"][areas["in_study"]] > given["minutes"]["X0206"]).sum() + 1
    ordinal = {3: "3rd", 4: "4th", 5: "5th", 6: "6th"}[further + 1]
    # 36 areas of the study, one of them with no road: 35 with a time or known to be far
    assert f"{ordinal} furthest of 35 areas" in seen.text(".card")
    seen.page.locator("#find").fill("X0303")
    seen.page.keyboard.press("Enter")
    seen.settle()

    assert "For most people here: no GP practice within 30 minutes' walk" in seen.text(".card")
    assert "those without a time count as the furthest" in seen.text("#about")
