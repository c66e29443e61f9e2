"""Who is inside a catchment: worked by hand, against a slow count, and laws."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from slgeo.catchments.people_inside import EVERYONE, NOT_KNOWN, OTHERS, people_inside
from slgeo.catchments.registered import patients_within, registered_shapes
from slgeo.errors import AccessError, TableError
from slgeo.report.catchment_tables import (
    ALL_SITES,
    BEYOND,
    PATIENTS_WITHIN,
    PEOPLE_INSIDE,
    REGISTERED,
)
from slgeo.routing.times import TravelTimes
from slgeo.tables import checked


def homes(people, areas):
    index = pd.Index([f"h{i}" for i in range(len(people))], name="origin")
    return pd.DataFrame({"area": areas, "people": people}, index=index)


def times(pairs, origins, sites=("gp", "library"), limit=60, **more):
    table = pd.DataFrame(pairs, columns=["origin", "site", "minutes"])
    return TravelTimes.from_frame(table, origins, list(sites), limit=limit, mode="walk", **more)


@pytest.fixture
def town():
    """Two areas of 100 people: half of A's near the surgery, all of A's and a tenth of B's near
    either, the rest of B on an island."""
    found = times(
        [("h0", "gp", 5.0), ("h0", "library", 9.0), ("h1", "library", 10.0), ("h2", "gp", 25.0)],
        homes([50.0, 50.0, 10.0, 90.0], ["A", "A", "B", "B"]),
    )
    areas = pd.DataFrame(
        {
            "population": [100.0, 100.0],
            "age_0_15": [20.0, 10.0],
            "age_16_64": [50.0, 40.0],
            "age_65_plus": [30.0, 50.0],
            "age_75_plus": [10.0, 40.0],
            "ethnic_white": [90.0, np.nan],
            "ethnic_asian": [10.0, np.nan],
            "households": [40.0, 50.0],
            "households_no_car": [10.0, 40.0],
            "deprivation_decile": [3.0, np.nan],
            "rurality": ["Urban", "Rural"],
        },
        index=pd.Index(["A", "B"], name="area"),
    )
    return found, areas


def of(frame, site, minutes, by, column="people"):
    return frame.xs((site, minutes, by), level=("site", "minutes", "by"))[column].to_dict()


class TestByHand:
    def test_half_of_an_area_has_half_of_each_of_its_groups(self, town):
        inside = people_inside(*town, minutes=[10])

        assert of(inside, "gp", 10, "age") == {
            "age_0_15": 10.0,
            "age_16_64": 25.0,
            "age_65_plus": 15.0,
        }
        assert of(inside, "gp", 10, "age_also") == {"age_75_plus": 5.0}
        assert of(inside, "gp", 10, "no_car") == {"no_car": 12.5, "car": 37.5}
        assert of(inside, "gp", 10, "rurality") == {"Urban": 50.0, "Rural": 0.0}

    def test_on_the_dissolved_catchment_overlap_is_counted_once(self, town):
        """50 of A reach both; 50 reach the library only: 150 by site, 100 people."""
        inside = people_inside(*town, minutes=[10])
        everyone = inside.xs((10, EVERYONE), level=("minutes", "by"))["people"].droplevel("group")

        assert everyone.to_dict() == {"gp": 50.0, "library": 100.0, ALL_SITES: 100.0, BEYOND: 100.0}

    def test_people_without_any_time_are_beyond_at_every_threshold(self, town):
        inside = people_inside(*town, minutes=[10, 30, 60])

        for minutes, beyond in ((10, 100.0), (30, 90.0), (60, 90.0)):
            assert of(inside, BEYOND, minutes, EVERYONE) == {EVERYONE: beyond}

    def test_shares_are_of_the_group_and_of_those_inside(self, town):
        inside = people_inside(*town, minutes=[10])
        row = inside.loc[("gp", 10, "age", "age_65_plus")]

        assert row["people_of_group"] == 80.0
        assert row["share_of_group"] == pytest.approx(15 / 80)
        assert row["share_inside"] == pytest.approx(15 / 50)

    def test_an_area_without_a_figure_is_a_group_of_its_own(self, town):
        inside = people_inside(*town, minutes=[30])

        assert of(inside, "gp", 30, "ethnic_group") == {"white": 45.0, "asian": 5.0, NOT_KNOWN: 10}
        assert of(inside, "gp", 30, "deprivation_decile") == {"3": 50.0, NOT_KNOWN: 10.0}

    def test_ages_that_do_not_cover_everybody_leave_a_group_for_the_rest(self, town):
        found, areas = town
        some = areas[["population", "age_65_plus", "age_75_plus"]]
        inside = people_inside(found, some, minutes=[10], by=["age"])

        assert of(inside, "gp", 10, "age") == {"age_65_plus": 15.0, OTHERS: 35.0}
        assert of(inside, "gp", 10, "age_also") == {"age_75_plus": 5.0}

    def test_a_place_nobody_reaches_keeps_its_rows(self, town):
        found, areas = town
        alone = times([], homes([1.0], ["A"]), areas=["A", "B"])
        inside = checked(people_inside(alone, areas, minutes=[10]), PEOPLE_INSIDE)

        assert of(inside, "library", 10, EVERYONE) == {EVERYONE: 0.0}
        assert np.isnan(inside.loc[("library", 10, "age", "age_0_15"), "share_inside"])
        assert found.people.sum() == 200


class TestRefused:
    def test_a_grouping_without_its_columns_names_them(self, town):
        found, areas = town
        with pytest.raises(AccessError, match="households and households_no_car"):
            people_inside(found, areas[["rurality"]], minutes=[10], by=["no car"])
        with pytest.raises(AccessError, match="'shoe_size'"):
            people_inside(found, areas, minutes=[10], by=["shoe_size"])

    def test_times_of_the_nearest_only_would_leave_people_out(self, town):
        _, areas = town
        near = times([("h0", "gp", 5.0)], homes([1.0], ["A"]), kept=1, areas=["A", "B"])
        with pytest.raises(AccessError, match="nearest were kept"):
            people_inside(near, areas)

    def test_a_threshold_beyond_the_search_cannot_be_answered(self, town):
        with pytest.raises(AccessError, match="searched to 60"):
            people_inside(*town, minutes=[61])

    def test_areas_must_be_known_and_sites_not_called_like_a_row(self, town):
        found, areas = town
        with pytest.raises(TableError, match="'B'"):
            people_inside(found, areas.loc[["A"]], minutes=[10])
        named = times([], homes([1.0], ["A"]), sites=[BEYOND], areas=["A", "B"])
        with pytest.raises(TableError, match="'beyond'"):
            people_inside(named, areas, minutes=[10])


def test_no_thresholds_give_no_rows_and_the_same_columns(town):
    none, some = people_inside(*town, minutes=[]), people_inside(*town, minutes=[10])

    assert len(none) == 0
    assert list(none.columns) == list(some.columns)
    assert none.index.names == some.index.names


@st.composite
def districts(draw):
    """A few origins in a few areas, and times to a few sites."""
    places = draw(st.integers(1, 4))
    areas = [f"A{i}" for i in range(draw(st.integers(1, 4)))]
    count = draw(st.integers(1, 8))
    where = draw(st.lists(st.sampled_from(areas), min_size=count, max_size=count))
    people = draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    pairs = [
        (f"h{i}", f"s{j}", float(minute))
        for i in range(count)
        for j in range(places)
        if (minute := draw(st.integers(0, 40))) <= 30
    ]
    sites = [f"s{j}" for j in range(places)]
    found = times(pairs, homes([float(p) for p in people], where), sites, limit=30, areas=areas)
    classes = draw(st.lists(st.sampled_from(["a", "b", None]), min_size=4, max_size=4))
    old = draw(st.lists(st.integers(0, 100), min_size=4, max_size=4))
    table = pd.DataFrame(
        {"population": 100.0, "age_65_plus": old[: len(areas)], "kind": classes[: len(areas)]},
        index=pd.Index(areas, name="area"),
    )
    return found, table


@settings(deadline=None, max_examples=30)
@given(districts())
def test_nobody_is_lost_and_groups_add_up_and_wider_holds_more(made):
    found, areas = made
    by = ["age", *(["kind"] if areas["kind"].notna().any() else [])]
    frame = checked(people_inside(found, areas, minutes=[10, 20, 30], by=by), PEOPLE_INSIDE)
    people = frame["people"]
    sums = people.groupby(level=["site", "minutes", "by"], sort=False).sum().unstack("by")  # noqa: PD010 - a level

    for name in by:  # each grouping has everybody
        np.testing.assert_allclose(sums[name], sums[EVERYONE], atol=1e-9)
    both = sums.xs(ALL_SITES)[EVERYONE] + sums.xs(BEYOND)[EVERYONE]
    np.testing.assert_allclose(both, found.people.sum())
    wide = people.drop(BEYOND, level="site").unstack("minutes")  # noqa: PD010 - a level
    assert (np.diff(wide.to_numpy(), axis=1) >= -1e-9).all()
    most = people.drop([BEYOND, ALL_SITES], level="site").groupby(level=["minutes", "group"]).max()
    union = people.xs(ALL_SITES).groupby(level=["minutes", "group"]).max()
    assert (union >= most - 1e-9).all()


@settings(deadline=None, max_examples=20)
@given(districts())
def test_the_fast_count_is_the_slow_one(made):
    found, areas = made
    frame = people_inside(found, areas, minutes=[20], by=["age"])
    pairs = found.to_frame()
    each = found.people * areas["age_65_plus"].loc[found.area] / 100
    old = dict(zip(found.origins, each, strict=True))
    for site in found.sites:
        slow = sum(
            old[row["origin"]]
            for _, row in pairs.iterrows()
            if row["site"] == site and row["minutes"] <= 20
        )
        assert frame.loc[(site, 20, "age", "age_65_plus"), "people"] == pytest.approx(slow)


class TestRegistered:
    """Two practices: all of A's patients but four in a hundred go to P, B's halve."""

    @pytest.fixture
    def patients(self):
        return pd.Series(
            {("P", "A"): 96.0, ("Q", "A"): 4.0, ("P", "B"): 50.0, ("Q", "B"): 50.0},
            name="patients",
        ).rename_axis(["practice", "area"])

    def test_an_area_belongs_to_practices_with_a_twentieth_of_its_patients(self, patients):
        areas = gpd.GeoDataFrame(
            geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
            index=pd.Index(["A", "B"], name="area"),
            crs="EPSG:27700",
        )
        drawn = checked(registered_shapes(patients, areas), REGISTERED)

        assert drawn.loc["P", ["areas", "patients", "patients_inside"]].tolist() == [2, 146, 146]
        assert drawn.loc["Q", ["areas", "patients", "patients_inside"]].tolist() == [1, 54, 50]
        assert drawn.geometry["P"].area == 2
        assert drawn.geometry["Q"].equals(box(1, 0, 2, 1))

    def test_patients_are_within_as_the_people_of_their_area_are(self, patients):
        """Half of A's people reach P in ten minutes, a tenth of B's: 48 and 5 of 146 patients."""
        found = times(
            [("h0", "P", 5.0), ("h2", "P", 9.0), ("h1", "Q", 20.0)],
            homes([50.0, 50.0, 10.0, 90.0], ["A", "A", "B", "B"]),
            sites=["P", "Q", "R"],
        )
        within = checked(patients_within(patients, found, minutes=[10, 20]), PATIENTS_WITHIN)

        assert within.loc[("P", 10), "patients_within"] == pytest.approx(53.0)
        assert within.loc[("P", 10), "share_within"] == pytest.approx(53 / 146)
        assert within["patients_within"].xs("Q").tolist() == pytest.approx([0.0, 2.0])
        assert "R" not in within.index.get_level_values("practice")

    def test_who_is_near_a_branch_is_near_the_practice_once(self, patients):
        """A's other half reach P's branch, and the first half both surgeries: all 96, and 5."""
        found = times(
            [("h0", "P", 5.0), ("h0", "P1", 8.0), ("h1", "P1", 9.0), ("h2", "P", 9.0)],
            homes([50.0, 50.0, 10.0, 90.0], ["A", "A", "B", "B"]),
            sites=["P", "P1", "R"],
        )
        surgery_of = pd.Series({"P": "P", "P1": "P", "R": None}, dtype=object)
        within = checked(
            patients_within(patients, found, minutes=[10], practice=surgery_of), PATIENTS_WITHIN
        )

        assert within.loc[("P", 10), "patients"] == 146.0
        assert within.loc[("P", 10), "patients_within"] == pytest.approx(101.0)
        assert len(within) == 1

    def test_patients_of_unknown_areas_are_not_lost_but_refused(self, patients):
        found = times([], homes([1.0], ["A"]), sites=["P"])
        with pytest.raises(TableError, match="100 patients live in areas"):
            patients_within(patients, found, minutes=[10])
