"""A study beside an earlier one of the same areas: each period has its own people and places."""

from __future__ import annotations

import dataclasses
import shutil

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.errors import AccessError, StudyError
from slgeo.pipeline import run
from slgeo.pipeline.earlier import earlier
from slgeo.pipeline.inputs import read_areas
from slgeo.pipeline.travel import Roads
from slgeo.scenarios import between_periods


def beside(folder, text="", *, change=None):
    """Put an earlier study beside one, changed, and ask for it."""
    then = folder / "then"
    shutil.copytree(folder, then, ignore=shutil.ignore_patterns(".slgeo-cache", "tables", "then"))
    if change is not None:
        change(then)
    study = folder / "study.toml"
    asked = f'\n[earlier]\nstudy = "then/study.toml"\nname = "2015"\n{text}'
    study.write_text(study.read_text(encoding="utf-8") + asked, encoding="utf-8")
    return read_study(study)


def half_the_people_and_no_library_but_one(then):
    population = then / "population.csv"
    frame = pd.read_csv(population, dtype=str)
    numbers = frame.columns[frame.iloc[0].str.fullmatch(r"\d+")]
    for name in numbers:
        frame[name] = (frame[name].astype(int) // 2).astype(str)
    frame.to_csv(population, index=False)
    study = then / "study.toml"
    text = study.read_text(encoding="utf-8")
    text = text.replace('[[places]]\nfile = "groups.csv"\n', "")
    study.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def compared(example_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("earlier") / "study"
    shutil.copytree(example_run[0], folder)
    return run(beside(folder, change=half_the_people_and_no_library_but_one)), folder


def test_each_period_has_its_own_people(compared, example_run):
    result, _ = compared
    table = result.tables["earlier"].xs(("everyone", 20.0), level=("by", "minutes"))
    now = example_run[1].tables["summary"].xs("everyone", level="by")
    assert (table["people_now"] == now["people"].iloc[0]).all()
    assert table["people_then"].iloc[0] == pytest.approx(table["people_now"].iloc[0] / 2, rel=0.01)
    assert table["share_then"].between(0, 1).all()


def test_now_is_what_the_run_says_by_itself(compared, example_run):
    result, _ = compared
    summary = example_run[1].tables["summary"]
    at = result.tables["earlier"].xs(20.0, level="minutes")
    own = summary.loc[at.index, "people_beyond_20"]
    pd.testing.assert_series_equal(at["beyond_now"], own, check_names=False)
    same_places = at.loc["gp"].dropna(subset=["points"])
    # With half of everybody and the same practices, shares are as they were, but for rounding.
    assert same_places["points"].abs().max() < 2.0


def test_places_of_one_period_only_are_told_and_shown_in_it_alone(compared):
    result, folder = compared
    assert "Since 2015" in result.text
    page = pd.read_csv(folder / "page.csv", dtype={"scenario": str})
    then = page[page["scenario"] == "2015"]
    assert set(then["kind"]) >= {"gp"}
    assert then["people"].sum() < page.loc[page["scenario"].isna(), "people"].sum()


def test_areas_of_another_edition_are_refused_with_the_numbers(example_context, example_again):
    def fewer(then):
        import geopandas as gpd

        areas = gpd.read_file(then / "areas.geojson")
        areas.iloc[1:].to_file(then / "areas.geojson", driver="GeoJSON")

    with pytest.raises(
        StudyError, match=r"earlier.study \(then/study.toml\): it has 23 areas .* 24"
    ):
        earlier(dataclasses.replace(example_context, study=beside(example_again, change=fewer)))


def test_reaches_of_other_kinds_are_not_compared(example_run):
    found = example_run[1].found
    walk, drive = (
        next(one for one in found.reached if one.mode == mode) for mode in ("walk", "drive")
    )
    with pytest.raises(AccessError, match="cannot be compared with"):
        between_periods(walk, drive, found.areas, found.areas, {}, thresholds=[20])
    with pytest.raises(AccessError, match="in one period only"):
        between_periods(walk, walk, found.areas.iloc[1:], found.areas, {}, thresholds=[20])


def test_each_period_drives_at_the_limits_of_the_country_it_lies_in(
    example_context, example_again, monkeypatch
):
    """Wales has 20 mph where England has 30: both periods of a Welsh study are in Wales."""
    asked = []

    class Told(Roads):
        def networks(self):
            asked.append(self.wales)
            return super().networks()

    def welsh(study, **more):
        return read_areas(study, **more).assign(nation="W")

    monkeypatch.setattr("slgeo.pipeline.travel.Roads", Told)
    monkeypatch.setattr("slgeo.pipeline.inputs.read_areas", welsh)

    assert earlier(dataclasses.replace(example_context, study=beside(example_again))) is not None
    assert asked == [True]
