"""The range of each finding over what was chosen: exact where it can be, and held by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import access, equity
from slgeo.pipeline.ranges import AS_FOUND, KEYS, SPEEDS, Choice, range_of
from slgeo.report.inequality_tables import RANGES
from slgeo.tables import checked


def of(found, kind, mode):
    return next(one for one in found.reached if (one.kind, one.mode) == (kind, mode))


def test_every_finding_has_a_row_for_each_choice_and_lies_in_its_range(example_run):
    _, result = example_run
    ranges = checked(result.tables["ranges"], RANGES)
    equity_table = result.tables["equity"]

    assert len(equity_table) > 0
    for key, row in equity_table.iterrows():
        kind, mode, measure, _, by, group = key
        low, high = range_of(ranges, kind, mode, measure, by, group)
        assert low <= row["value"] <= high
        assert (low, high) == pytest.approx((row["low"], row["high"]))
    assert {"starting points", "speeds"} <= set(ranges["changed"])


def test_the_share_beyond_as_found_is_that_of_the_summary(example_run):
    """And the slower and faster ones are those of the times stretched, counted plainly."""
    _, result = example_run
    found, ranges = result.found, result.tables["ranges"]
    inside = found.areas.index[found.areas["in_study"]]
    for mode, minutes in (("walk", 20.0), ("drive", 15.0)):
        one = of(found, "gp", mode)
        key = ("gp", mode, f"share_beyond_{minutes:g}", "", "everyone")
        shares = ranges.xs(key, level=list(KEYS))["value"]
        plain = {AS_FOUND: one.times} | {
            name: access.at_other_speed(one.times, slower=factor)
            for name, factor, _ in SPEEDS[mode]
        }
        for name, times in plain.items():
            further = access.people_beyond(times, minutes=minutes).reindex(inside).sum()
            people = found.areas.loc[inside, "population"].sum()
            assert shares[name] == pytest.approx(further / people), name


def test_the_ends_of_deprivation_are_those_of_the_equity_room(example_run):
    """Worked out here by weights over areas, there by means of groups: the same."""
    _, result = example_run
    found = result.found
    for one in found.reached:
        minutes = access.nearest(one.times, tolerance=1)
        plain = equity.between_ends(minutes, found.areas)
        rows = found.equity.xs((one.kind, one.mode), level=("kind", "mode"))
        fifths = rows[rows.index.get_level_values("by").str.contains("fifth")]
        np.testing.assert_allclose(fifths["value"], plain["value"], rtol=1e-9)
        assert list(fifths.index.get_level_values("by")) == list(plain["by"])


def test_groups_that_live_mixed_are_set_against_everyone(example_run):
    """Older people: their own mean, by the population groups of the equity room, less the mean."""
    _, result = example_run
    found = result.found
    one = of(found, "gp", "walk")
    minutes = access.nearest(one.times, tolerance=1)
    plain = equity.population_groups(minutes, found.areas, family="age")
    means = plain[plain["statistic"] == "mean"].set_index("group")["value"]
    row = found.equity.loc[("gp", "walk", "nearest", "difference", "age", "65_plus minus everyone")]

    assert row["value"] == pytest.approx(means["65_plus"] - means["everyone"])
    assert "evenly spread" in row["sentence"]


def test_never_is_a_travel_time_set_against_a_domain_made_of_distance(example_run):
    _, result = example_run
    by = set(result.tables["equity"].index.get_level_values("by"))

    assert not {name for name in by if "barriers" in name or "access" in name}
    overall = {name for name in by if "fifth" in name and "income" not in name}
    assert len([name for name in by if "income" in name]) == len(overall) == 1


def test_ranges_are_said_and_are_called_no_margin_of_error(example_run):
    _, result = example_run
    said = " ".join(result.text.split())

    assert "no margins of error" in said
    assert " over the starting points, speeds" in said
    assert "this describes areas, not individuals" in said


def test_a_place_just_beyond_the_roads_can_only_shorten_ways(example_run):
    _, result = example_run
    ranges = result.tables["ranges"]
    shares = ranges[ranges.index.get_level_values("measure").str.startswith("share")]["value"]
    wide = shares.reset_index("choice").pivot_table(
        index=["kind", "mode"], columns="choice", values="value"
    )

    for name in ("places at the edge", "more places", "faster"):
        if name in wide:
            assert (wide[name].dropna() <= wide.loc[wide[name].notna(), AS_FOUND] + 1e-12).all()
    assert (wide["slower"] >= wide[AS_FOUND] - 1e-12).all()


def test_an_area_whose_rough_point_is_on_no_road_keeps_what_was_found(times_of_two):
    """A point far from any road says nothing of travel; one beyond the limit says a great deal."""
    joined, lost = times_of_two
    choice = Choice("rough", "origins", "", joined, np.array([5.0, np.inf]), 60.0)
    np.testing.assert_allclose(choice.by_area(), [5.0, 60.0])
    np.testing.assert_allclose(choice.beyond(20), [0.0, 1.0])

    choice = Choice("rough", "origins", "", lost, np.array([5.0, np.inf]), 60.0)
    np.testing.assert_allclose(choice.by_area(), [5.0, np.nan])


@pytest.fixture
def times_of_two():
    """Two areas of one point each; the second reaches nothing: too far, or on no road."""
    from slgeo.routing.times import TravelTimes

    def made(reason):
        return TravelTimes(
            mode="walk",
            direction="to",
            limit=60.0,
            speeds="by hand",
            origins=pd.Index(["o1", "o2"], name="origin"),
            sites=pd.Index(["s"], name="site"),
            area=np.array(["a", "b"], dtype=object),
            people=np.array([10.0, 30.0]),
            start=np.array([0, 1, 1]),
            site=np.array([0], dtype=np.int32),
            milliseconds=np.array([300_000], dtype=np.int32),
            reason=np.array([None, reason], dtype=object),
            site_reason=np.array([None], dtype=object),
            kept=None,
            areas=pd.Index(["a", "b"], name="area"),
        )

    return made("beyond_limit"), made("no_road_within")


def test_one_place_is_the_nearest_in_every_output(example_run):
    """The page's list, its CSV and the table by area name the same place first."""
    folder, result = example_run
    table = result.tables["by_area"]["nearest"].dropna()
    lists = pd.concat([one.nearest for one in result.found.reached])
    first = lists[lists["rank"] == 1].set_index(["area", "kind", "mode"])["site"]

    assert first.reindex(table.index).tolist() == table.tolist()
    page = pd.read_csv(folder / "page.csv", encoding="utf-8-sig", dtype=str)
    assert "nearest" in page.columns
    names = result.found.places.sites["name"]
    shown = page.set_index(["area", "kind", "mode"])["nearest"].dropna()
    both = table[table.index.isin(shown.index)]
    assert len(both) > 0
    assert shown.reindex(both.index).tolist() in (both.tolist(), names.reindex(both).tolist())
