"""From tables to the spec: nobody is lost on the way, and faults are named together."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from slgeo.errors import PageError, TableError
from slgeo.maps import attribution, tally, text
from slgeo.maps.access_map import AccessMap
from slgeo.maps.classify import class_of, local_parts


def areas(populations=(100.0, 300.0, 200.0), **columns) -> gpd.GeoDataFrame:
    """A row of squares."""
    count = len(populations)
    return gpd.GeoDataFrame(
        {
            "name": [f"Area {i}" for i in range(count)],
            "nation": "X",
            "vintage": "made_up",
            "in_study": True,
            "population": list(populations),
            **columns,
        },
        geometry=[box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(count)],
        crs="EPSG:27700",
        index=pd.Index([f"A{i}" for i in range(count)], name="area"),
    )


def shown(frame: gpd.GeoDataFrame, **tables) -> AccessMap:
    minutes = tables.pop("minutes", pd.Series(5.0, frame.index))
    return AccessMap("Who?", frame, place="Sampleton").measure(
        minutes, kind="gp", mode="walk", **tables
    )


def test_the_page_example_by_hand():
    """100 people at 5, 300 split at 12 and 25 minutes, 200 with no road: 450 of 600 over 10."""
    frame = areas()
    within = pd.DataFrame(0.0, frame.index, range(31))
    within.loc["A0", 5:] = 100
    within.loc["A1", 12:] = 50
    within.loc["A1", 25:] = 300
    without = pd.DataFrame({"no_road_within": [0.0, 0.0, 200.0]}, frame.index)
    spec = shown(frame, within=within, without=without).spec
    measure = spec.measures[0]

    found = {t: tally.everyone(measure, spec.facts, t).beyond for t in (0, 4, 5, 11, 12, 25, 30)}
    assert found == {0: 600, 4: 600, 5: 500, 11: 500, 12: 450, 25: 200, 30: 200}
    assert tally.mostly_beyond(measure, 12).tolist() == [False, True, True]
    said = text.finding(spec, measure, 12)
    assert (
        said.headline
        == "75% of people in Sampleton live more than 12 minutes' walk from a GP practice."
    )
    assert said.detail == "450 of 600 people."
    assert said.asides == (
        "That counts 200 people with no walking time: no usable road close enough.",
    )


@settings(deadline=None, max_examples=40)
@given(parts=st.lists(st.lists(st.floats(0, 500), min_size=4, max_size=4), min_size=1, max_size=6))
def test_rounding_keeps_every_area_sum(parts):
    """Parts of people become whole people; each area still has everybody, within a half."""
    frame = areas([sum(row) for row in parts])
    table = np.array(parts)
    within = pd.DataFrame(np.cumsum(table[:, :3], axis=1), frame.index)
    without = pd.DataFrame({"other_component": table[:, 3]}, frame.index)
    spec = shown(frame, within=within, without=without).spec
    measure = spec.measures[0]

    assert np.abs(tally.people(measure) - frame["population"].to_numpy()).max() <= 0.51
    for minutes in range(3):
        exact = table[:, minutes + 1 :].sum(axis=1)
        assert np.abs(tally.beyond(measure, minutes) - exact).max() <= 1.01
    assert (measure.bins >= 0).all()


def test_without_a_distribution_areas_count_whole_and_the_spec_says_so():
    frame = areas()
    minutes = pd.Series([5.0, np.nan, 20.0], frame.index)
    measure = shown(frame, minutes=minutes).spec.measures[0]

    assert measure.whole
    assert tally.beyond(measure, 5).tolist() == [0, 300, 200]
    assert tally.beyond(measure, 20).tolist() == [0, 300, 0]


def test_every_fault_of_a_measure_is_named_at_once():
    frame = areas()
    within = pd.DataFrame(100.0, frame.index[:2], [0, 2])
    without = pd.DataFrame({"lost": 1.0}, frame.index)
    with pytest.raises(PageError) as caught:
        AccessMap("Who?", frame).measure(
            pd.Series(1.0, frame.index), kind="gp", mode="fly", within=within, without=without
        )

    for part in (
        "mode 'fly'",
        "within has no row for 1 areas (first: A2)",
        "whole minutes",
        "lost",
    ):
        assert part in str(caught.value)


def test_people_who_are_neither_with_nor_without_a_time_are_an_error():
    frame = areas()
    within = pd.DataFrame(100.0, frame.index, range(11))
    with pytest.raises(PageError, match=r"not the population in 2 areas .first: A1, 100.0 of 300"):
        shown(frame, within=within)


def test_areas_that_break_their_table_are_refused():
    with pytest.raises(TableError, match="population"):
        AccessMap("Who?", areas().drop(columns="population"))


@pytest.mark.parametrize("thresholds", [(), (10, 5), (5, 10, 15, 20, 25), (0, 5), (2.5,)])
def test_thresholds_are_one_to_four_rising_whole_minutes(thresholds):
    with pytest.raises(PageError, match="whole numbers of minutes"):
        AccessMap("Who?", areas(), thresholds=thresholds)


def test_a_page_without_credits_or_measure_is_refused(tmp_path):
    with pytest.raises(PageError, match="no measure"):
        AccessMap("Who?", areas()).save(tmp_path / "x.html")
    with pytest.raises(PageError, match="no credit for areas, roads"):
        shown(areas()).save(tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_a_layer_needs_a_credit_only_where_it_is_used():
    spec = shown(areas(deprivation_decile=[1.0, 5.0, 10.0], rurality="Urban")).spec

    assert attribution.used(spec) == ["areas", "deprivation", "rurality", "roads"]


def test_a_folium_layer_that_needs_the_network_is_refused(tmp_path):
    from folium.plugins import MarkerCluster  # noqa: TID251 - a layer as a user adds it

    page = shown(areas()).credit("areas", "x").credit("roads", "x")
    MarkerCluster().add_to(page)
    with pytest.raises(PageError, match=r"needs code that is not in the page: https://"):
        page.save(tmp_path / "x.html")


def test_inputs_are_not_changed():
    frame = areas()
    minutes = pd.Series(5.0, frame.index)
    copies = frame.copy(), minutes.copy()
    _ = shown(frame, minutes=minutes).spec

    pd.testing.assert_frame_equal(frame, copies[0])
    pd.testing.assert_series_equal(minutes, copies[1])


def test_a_time_on_a_break_belongs_below_it():
    assert class_of(np.array([99, 100, 101]), (10, 20)).tolist() == [0, 0, 1]


@settings(deadline=None, max_examples=50)
@given(people=st.lists(st.integers(1, 3000), min_size=5, max_size=40), seed=st.integers(0, 99))
def test_local_parts_are_fifths_of_people(people, seed):
    order = np.random.default_rng(seed).permutation(len(people)).astype(float)
    counts = np.array(people)
    found = local_parts(order, counts, np.ones(len(people), dtype=bool))

    assert set(found) <= {1, 2, 3, 4, 5}
    by_order = found[np.argsort(order)]
    assert (np.diff(by_order) >= 0).all()
    for fifth in range(1, 6):
        assert abs(counts[found <= fifth].sum() - counts.sum() * fifth / 5) <= counts.max()


@pytest.mark.parametrize(
    ("populations", "beyond", "headline"),
    [
        ((100.0,), 0.0, "Nobody in Sampleton lives more than 10 minutes' walk from a GP practice."),
        (
            (100.0,),
            100.0,
            "Everybody in Sampleton lives more than 10 minutes' walk from a GP practice.",
        ),
        (
            (1000.0,),
            3.0,
            (
                "Less than 1% of people in Sampleton live more than 10 minutes' walk "
                "from a GP practice."
            ),
        ),
        ((0.0,), 0.0, "There is nobody to count in Sampleton."),
    ],
)
def test_headlines_of_the_ends(populations, beyond, headline):
    frame = areas(populations)
    within = pd.DataFrame([[populations[0] - beyond] * 11 + [populations[0]]], frame.index)
    spec = shown(frame, within=within).spec

    assert text.finding(spec, spec.measures[0], 10).headline == headline


def test_absent_national_fifths_are_said_and_local_ones_compared():
    frame = areas([100.0] * 10, deprivation_decile=[6.0] * 10, deprivation_rank=range(10))
    frame["nation"] = "E"
    within = pd.DataFrame(0.0, frame.index, range(21))
    within.iloc[:, 20] = 100.0
    within.iloc[8:, 5:] = 100.0
    spec = shown(frame, within=within).spec

    assert text.finding(spec, spec.measures[0], 10).fairness == (
        "Nobody here lives in England's most deprived fifth. "
        "Nobody here lives in England's least deprived fifth. "
        "Among Sampleton's own areas it is 100% in the most deprived fifth and 0% in the least."
    )
