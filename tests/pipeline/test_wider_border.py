"""What a border does to answers: roads cut by hand, a law on grids, and the example's run."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, unary_union

from slgeo.check import check_study
from slgeo.config import read_study
from slgeo.errors import NetworkError
from slgeo.network import Network
from slgeo.network.narrowed import narrowed
from slgeo.pipeline.border_reach import beyond_border, brisk_kmh
from slgeo.pipeline.wider_border import narrower, wider_border
from slgeo.reasons import BEYOND_LIMIT
from slgeo.results import unsafe_origins
from slgeo.routing.travel import exit_times, travel_times


def points(x, y, name):
    index = pd.Index([f"{name}{i}" for i in range(len(x))], name=name)
    return gpd.GeoSeries.from_xy(x, y, index=index, crs="EPSG:27700")


def homes(x, y):
    at = points(x, y, "origin")
    return gpd.GeoDataFrame({"area": "A", "people": 1.0}, index=at.index, geometry=at)


def sites(x, y):
    at = points(x, y, "site")
    return gpd.GeoDataFrame({"reason": None}, index=at.index, geometry=at)


class TestNarrowed:
    def test_edges_across_the_line_go_and_their_inner_ends_become_exits(self):
        street = Network.from_edges([0, 100, 200, 300], [0] * 4, [0, 1, 2], [1, 2, 3])

        cut = narrowed(street, box(50, -50, 250, 50))

        assert cut.x.tolist() == [100, 200]
        assert cut.edges == 1
        assert cut.exits.tolist() == [0, 1]
        assert cut.hull.bounds[0] >= 50
        assert street.edges == 3

    def test_a_piece_that_hung_on_outside_is_no_longer_usable(self):
        """A detour over the line was the only way to the far piece: who lives there has no road."""
        network = Network.from_edges(
            [0, 100, 200, 200, 0, 300, 400, 300],
            [0, 0, 0, 900, 900, 0, 0, 900],
            [0, 1, 2, 3, 0, 5, 5],
            [1, 2, 3, 7, 4, 6, 7],
        )
        cut = narrowed(network, box(-10, -10, 410, 500))

        assert sorted(cut.x[cut.component == 0].tolist()) == [0, 100, 200]
        assert sorted(cut.x[cut.component != 0].tolist()) == [300, 400]

    def test_exits_there_were_stay_exits(self):
        street = Network.from_edges([0, 100, 200], [0] * 3, [0, 1], [1, 2], exits=[0])

        assert narrowed(street, box(-50, -50, 250, 50)).exits.tolist() == [0]

    def test_an_outline_without_a_road_is_refused(self):
        street = Network.from_edges([0, 100], [0, 0], [0], [1])
        with pytest.raises(NetworkError, match="no road"):
            narrowed(street, box(500, 500, 600, 600))


@st.composite
def towns(draw):
    """A street grid of 100 m with some streets missing, homes and sites on its crossings."""
    side = draw(st.integers(4, 7))
    at = np.arange(side * side).reshape(side, side)
    edges = [*zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
    edges += [*zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
    kept = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    edges = [edge for edge, keep in zip(edges, kept, strict=True) if keep] or edges
    row, column = np.divmod(np.arange(side * side), side)
    network = Network.from_edges(column * 100.0, row * 100.0, *np.transpose(edges))
    crossing = st.integers(0, side - 1)
    where = st.lists(st.tuples(crossing, crossing), min_size=1, max_size=5)
    people, places = np.array(draw(where)) * 100.0, np.array(draw(where)) * 100.0
    east = draw(st.integers(1, side - 2)) * 100.0 + 50
    return network, homes(*people.T), sites(*places.T), box(-50, -50, east, side * 100)


@settings(deadline=None, max_examples=30)
@given(towns())
def test_an_answer_not_marked_unsafe_is_the_same_with_more_roads_and_places(town):
    """What the mark is for: a time no longer than the way to the end of the roads is certain."""
    network, people, places, outline = town
    people = people[people.geometry.within(outline)]
    inner = places[places.geometry.within(outline)]
    if people.empty or inner.empty:
        return
    try:
        cut = narrowed(network, outline)
    except NetworkError:
        return
    near = travel_times(cut, people, inner, limit=30, nearest=1, max_snap=1.0)
    exits = exit_times(cut, people, limit=30, max_snap=1.0).fillna(np.inf).to_numpy()
    unsafe = unsafe_origins(near, exits)
    far = travel_times(network, people, places, limit=30, nearest=1, max_snap=1.0)
    # Which of two pieces is the usable one may change with the roads: those have no answer there.
    answered = np.array(
        [
            {one, other} <= {None, BEYOND_LIMIT}
            for one, other in zip(near.reason, far.reason, strict=True)
        ]
    )

    narrow, wide = (times.nearest()["minutes"].to_numpy() for times in (near, far))
    safe = answered & ~unsafe & np.isfinite(narrow)
    np.testing.assert_array_equal(narrow[safe], wide[safe])


class TestHowFar:
    def test_what_goes_on_two_kilometres_all_round_does_so_at_every_point(self):
        far = beyond_border(box(0, 0, 10_000, 10_000), box(-2_000, -2_000, 12_000, 12_000))

        assert len(far) == 500
        np.testing.assert_allclose(far, 2_000)

    def test_what_ends_at_the_border_or_before_goes_on_for_nothing(self):
        study = unary_union([box(0, 0, 1_000, 1_000), box(5_000, 0, 6_000, 1_000)])
        far = beyond_border(study, box(-500, -500, 1_500, 1_500))

        assert far.max() == pytest.approx(500)
        assert (far == 0).mean() == pytest.approx(0.5, abs=0.01)

    def test_the_fastest_class_counts_where_it_is_more_than_a_hundredth(self):
        fast = Network.from_edges([0, 1_000, 100_000], [0] * 3, [0, 1], [1, 2], kmh=50.0)

        assert brisk_kmh(fast) == pytest.approx(50, rel=1e-4)

    def test_surroundings_are_halved_and_borders_without_any_drawn_in(self):
        from slgeo.pipeline.border_reach import Surroundings

        areas = gpd.GeoDataFrame(
            {"in_study": [True]}, geometry=[box(0, 0, 10_000, 10_000)], crs="EPSG:27700"
        )
        around, none = (Surroundings(pd.DataFrame(), room) for room in (4_000.0, 100.0))

        wide, inner = narrower(areas, around), narrower(areas, none)
        assert wide is not None
        assert inner is not None
        assert (wide.drawn_in, wide.kilometres) == (False, 2.0)
        assert (inner.drawn_in, inner.kilometres) == (True, -1.0)
        assert inner.outline.bounds == (1_000, 1_000, 9_000, 9_000)


class TestExample:
    """The made-up district's roads end at its border."""

    def test_the_run_says_how_far_roads_go_and_what_a_nearer_border_changes(self, example_run):
        _, run = example_run
        text = " ".join(run.text.split("The border")[1].split())

        assert "beyond the study's border" in text
        assert "areas that lie wholly inside would have had another answer for gp" in text
        reach = run.tables["border_reach"]
        walk = reach.loc[("roads", "walk")]
        assert walk["needed_km"] == pytest.approx(2.4, abs=0.01)
        assert 0 <= walk["people_enough"] <= walk["people"]
        exits = run.found.exits["walk"]
        own = run.found.origins["area"].isin(run.found.areas.index[run.found.areas["in_study"]])
        people = run.found.origins["people"].to_numpy()[own.to_numpy() & (exits >= 30)]
        assert walk["people_enough"] == pytest.approx(people.sum())

    def test_shares_are_of_areas_and_each_changed_area_is_listed(self, example_run):
        _, run = example_run
        test, changes = run.tables["border_test"], run.tables["border_changes"]

        assert len(test) == len(run.found.reached)
        assert (test["share_changed"] == test["areas_changed"] / test["areas"]).all()
        counted = changes.groupby(level=["kind", "mode"]).size().reindex(test.index, fill_value=0)
        assert (counted == test["areas_changed"]).all()
        assert (test["people_changed"] <= test["people"] + 1e-6).all()
        listed = changes.dropna(subset=["minutes", "minutes_narrower"])
        assert ((listed["minutes"] - listed["minutes_narrower"]).abs() > 1).all()

    def test_every_answer_that_changes_would_have_been_marked(self, example_run):
        _, run = example_run

        assert run.tables["border_changes"]["marked"].all()
        assert (run.tables["border_test"]["areas_changed"] > 0).any()


def test_the_check_says_before_a_run_how_far_roads_and_areas_go_on(example_files):
    """The example's roads end at its border, and it has no areas around it: advice, no fault."""
    said = [
        one
        for one in check_study(read_study(example_files / "study.toml"))
        if one.key in {"roads.file", "areas.file"} and one.verdict == "advice"
    ]

    assert "about 0.0 km beyond the study's border" in said[0].text
    assert "2.4 km by walk in 30 minutes" in said[0].text
    assert "no areas around the study" in said[1].text
    assert not any(one.stops for one in said)


def test_where_roads_go_on_beyond_the_study_half_of_that_is_taken_away(example_context):
    """The inner areas of the example as the study, the others around it: all of them compared."""
    found = example_context.found
    areas = found.areas.copy()
    middle = areas.geometry.union_all().centroid
    near = areas.geometry.distance(middle).sort_values().index[:6]
    areas["in_study"] = areas.index.isin(near)
    part = wider_border(replace(example_context, found=replace(found, areas=areas)))

    test, reach = part.tables["border_test"], part.tables["border_reach"]
    half = reach.loc[("roads", "walk"), "half_km"] / 2
    assert (test["border"] == "half of what lies around").all()
    np.testing.assert_allclose(test["border_km"], half)
    assert (test["areas"] == 6).all()
    assert part.tables["border_changes"]["marked"].all()
    assert reach.loc[("areas", "any"), "count"] == len(areas) - 6
    said = " ".join(part.lines)
    assert f"{len(areas) - 6} areas around it count as competing demand" in said
    assert f"Had the roads, places and people around the study ended {half:.1f} km beyond" in said
