"""Catchments, reached streets and territories as tables: rows, figures, reasons, refusals."""

import doctest
import importlib
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from slgeo.catchments import borders, catchments, drawing_errors, reached_streets, territories
from slgeo.errors import AccessError, TableError
from slgeo.network import Network
from slgeo.routing.travel import travel_times
from slgeo.tables import CATCHMENTS, TERRITORIES, checked

CRS = "EPSG:27700"


def sites(*points, **columns):
    names = [f"s{i}" for i in range(len(points))]
    shapes = [None if p is None else shapely.Point(p) for p in points]
    return gpd.GeoDataFrame(
        {"reason": [None] * len(points), **columns},
        index=names,
        geometry=gpd.GeoSeries(shapes, index=names, crs=CRS),
    ).rename_axis("site")


def homes(*points, people=10.0):
    names = [f"h{i}" for i in range(len(points))]
    return gpd.GeoDataFrame(
        {"area": "A", "people": np.broadcast_to(people, len(points)).astype(float)},
        index=names,
        geometry=gpd.GeoSeries([shapely.Point(p) for p in points], index=names, crs=CRS),
    ).rename_axis("origin")


@pytest.fixture
def street():
    """4 km of street from west to east, walked at 80 m a minute."""
    return Network.from_edges([0, 4000], [0, 0], [0], [1])


class TestRows:
    def test_a_row_a_site_and_threshold_in_order(self, street):
        table = catchments(
            street, sites((1000, 0), (3000, 0)), origins=homes((900, 0)), minutes=(20, 5, 12.5)
        )

        assert list(table.index) == [
            (site, minutes) for site in ("s0", "s1") for minutes in (5.0, 12.5, 20.0)
        ]
        checked(table, CATCHMENTS)
        assert table.crs == CRS

    def test_whole_minutes_are_whole_numbers(self, street):
        table = catchments(street, sites((1000, 0)), origins=homes((900, 0)))

        assert table.index.get_level_values("minutes").tolist() == [5, 10, 15, 20, 30]
        assert table.index.get_level_values("minutes").dtype.kind == "i"

    def test_a_site_that_reaches_nothing_keeps_its_rows_and_says_why(self, street):
        given = sites((1000, 0), None, (1000, 900), (9000, 9000))
        given.loc["s1", "reason"] = "not_geocoded"
        table = catchments(street, given, origins=homes((900, 0)), minutes=(10, 20))
        first = table.xs(10, level="minutes")

        assert first["reason"].tolist() == [
            None,
            "not_geocoded",
            "no_road_within",
            "outside_network",
        ]
        assert first["people"].tolist() == [10, 0, 0, 0]
        assert first.geometry.is_empty.tolist() == [False, True, True, True]
        assert first["area_km2"].tolist()[1:] == [0, 0, 0]
        assert first["drawing_error"].isna().tolist() == [False, True, True, True]
        assert "3 of 4 catchments are empty" in table.attrs["notes"][-1]
        checked(table, CATCHMENTS)

    def test_no_sites_and_no_origins_give_tables_with_the_same_columns(self, street):
        full = catchments(street, sites((1000, 0)), origins=homes((900, 0)))
        nowhere = catchments(street, sites(), origins=homes((900, 0)))
        nobody = catchments(street, sites((1000, 0)), origins=homes((900, 0)).iloc[:0])

        assert len(nowhere) == 0
        assert list(nowhere.columns) == list(full.columns) == list(nobody.columns)
        assert nowhere.index.names == full.index.names
        assert (nobody["people"] == 0).all()
        assert (nobody["area_km2"] == full["area_km2"]).all()

    def test_inputs_are_not_changed(self, street):
        given, people = sites((1000, 0), None), homes((900, 0))
        before = given.copy(), people.copy()
        catchments(street, given, origins=people)

        pd.testing.assert_frame_equal(given, before[0])
        pd.testing.assert_frame_equal(people, before[1])

    def test_attrs_say_how_it_was_drawn(self, street):
        table = catchments(
            street, sites((1000, 0)), origins=homes((900, 0)), cell=20, direction="from"
        )

        assert {**table.attrs, "notes": 0} == {
            "mode": "walk",
            "direction": "from",
            "speeds": "walk, made by hand",
            "walking_kmh": 4.8,
            "cell": 20,
            "off_road": 250,
            "tolerance": 5,
            "bands": False,
            "notes": 0,
        }


class TestPeople:
    def test_people_of_a_point_exactly_at_the_limit_are_reached(self, street):
        table = catchments(
            street, sites((1000, 0)), origins=homes((1800, 0), (1801, 0)), minutes=(10,)
        )

        assert table["people"].tolist() == [10]

    def test_people_off_the_road_are_charged_for_the_walk(self, street):
        people = homes((1750, 50), (1750, 51))
        table = catchments(street, sites((1000, 0)), origins=people, minutes=(10,))

        assert table["people"].tolist() == [10]

    def test_who_is_on_the_wrong_side_is_counted_both_ways(self, street):
        """One home in time 300 m off the road, not drawn; one drawn just past the limit."""
        people = homes((1000, 300), (1803, 0), people=[30, 7])
        row = catchments(street, sites((1000, 0)), origins=people, minutes=(10,), cell=50).iloc[0]

        assert row["people"] == 30
        assert row["people_in_drawing"] == row["people_wrongly_in"]
        assert row["people_wrongly_out"] == 30
        assert row["people_difference"] == row["people_in_drawing"] - 30
        assert row["drawing_error"] == row["people_difference"] / 30
        assert "30 people live farther than 250 m from a road" in row["note"]

    def test_a_small_error_needs_no_note(self, street):
        table = catchments(street, sites((1000, 0)), origins=homes((900, 0)), minutes=(10, 30))

        assert table["note"].isna().all()
        assert (table["drawing_error"] == 0).all()

    def test_errors_add_up_over_sites(self, street):
        people = homes((1000, 0), (1000, 300), people=[90, 10])
        table = catchments(street, sites((1000, 0), (3000, 0)), origins=people, minutes=(10, 30))
        errors = drawing_errors(table)

        assert errors.loc[10, ["people", "people_in_drawing"]].tolist() == [100, 90]
        assert errors.loc[10, "drawing_error"] == pytest.approx(-0.1)
        assert errors.loc[10, "worst"] == pytest.approx(-0.1)
        assert errors.loc[10, "worst_site"] == "s0"
        assert errors.loc[30, "people"] == 200

    def test_names_that_are_script_stay_names(self, street):
        hostile = sites((1000, 0)).rename({"s0": "<script>alert(1)</script>"})
        table = catchments(street, hostile, origins=homes((900, 0)), minutes=(10,))

        assert table.index[0] == ("<script>alert(1)</script>", 10)


class TestGroups:
    def test_a_column_of_the_sites_makes_one_catchment_for_each_value(self, street):
        given = sites((500, 0), (3500, 0), (2000, 0), kind=["gp", "gp", "library"])
        people = homes((600, 0), (3400, 0), (2000, 10), people=[1, 2, 4])
        table = catchments(street, given, origins=people, minutes=(5,), each="kind")

        assert list(table.index) == [("gp", 5), ("library", 5)]
        assert table["people"].tolist() == [3, 4]
        assert len(table.geometry.iloc[0].geoms) == 2

    def test_a_group_of_which_one_site_is_nowhere_is_still_reached(self, street):
        given = sites(None, (1000, 0), kind=["gp", "gp"])
        table = catchments(street, given, origins=homes((900, 0)), minutes=(5,), each="kind")

        assert table["people"].tolist() == [10]
        assert table["reason"].tolist() == [None]

    def test_a_missing_value_in_the_column_is_named(self, street):
        given = sites((500, 0), (700, 0), kind=["gp", None])

        with pytest.raises(TableError, match=r"'kind' is missing for 1 sites \(first: 's1'\)"):
            catchments(street, given, origins=homes((900, 0)), each="kind")


class TestRefusals:
    @pytest.mark.parametrize(
        ("faulty", "message"),
        [
            ({"minutes": ()}, "thresholds above 0"),
            ({"minutes": (0, 5)}, "thresholds above 0"),
            ({"minutes": (5, 5)}, "each once"),
            ({"minutes": (float("nan"),)}, "thresholds above 0"),
            ({"direction": "both"}, "'to' the site or 'from' it"),
            ({"tolerance": -1}, "tolerance is -1"),
            ({"cell": 0.1}, "cell is 0.1"),
            ({"off_road": 6000}, "off_road is 6000"),
        ],
    )
    def test_options_that_make_no_sense(self, street, faulty, message):
        with pytest.raises(AccessError, match=message):
            catchments(street, sites((1000, 0)), origins=homes((900, 0)), **faulty)

    def test_tables_that_lack_columns(self, street):
        with pytest.raises(TableError, match="people"):
            catchments(street, sites((0, 0)), origins=homes((0, 0)).drop(columns="people"))
        with pytest.raises(TableError, match="no CRS"):
            catchments(
                street, sites((0, 0)).set_crs(None, allow_override=True), origins=homes((0, 0))
            )


class TestStreets:
    def test_every_threshold_is_cut_exactly(self, street):
        table = reached_streets(street, sites((1000, 0)), minutes=(5, 10, 30))

        assert [shape.wkt for shape in table.geometry] == [
            "MULTILINESTRING ((600 0, 1400 0))",
            "MULTILINESTRING ((200 0, 1800 0))",
            "MULTILINESTRING ((0 0, 3400 0))",
        ]
        assert table["km"].tolist() == pytest.approx([0.8, 1.6, 3.4])

    def test_the_walk_to_the_road_shortens_the_stretch(self, street):
        table = reached_streets(street, sites((1000, 80)), minutes=(5,))

        assert table.geometry.iloc[0].wkt == "MULTILINESTRING ((680 0, 1320 0))"

    def test_both_ends_of_a_street_may_be_reached_and_not_its_middle(self):
        """A loop of 300 m round three crossings, and a 900 m street between two of them."""
        x, y = [0, 100, 50], [0, 0, 80]
        length = [100, 100, 100, 900]
        loop = Network.from_edges(x, y, [0, 1, 2, 0], [1, 2, 0, 1], length=length)
        table = reached_streets(loop, sites((50, 80)), minutes=(2.5, 6))
        # 200 m: the three short streets, and 100 m into the long one from either end
        assert table["km"].tolist() == pytest.approx([0.3 + 0.2, 0.3 + 0.76])

    def test_streets_without_time_are_reached_whole(self):
        lift = Network.from_edges([0, 100], [0, 0], [0], [1], forward=[0], backward=[0])
        table = reached_streets(lift, sites((0, 0)), minutes=(1,))

        assert table["km"].tolist() == pytest.approx([0.1])

    def test_sites_of_a_group_reach_together(self, street):
        table = reached_streets(
            street, sites((500, 0), (3000, 0), None), minutes=(5,), each="dissolved"
        )

        assert table.index.tolist() == [("all sites", 5)]
        assert table.geometry.iloc[0].wkt == "MULTILINESTRING ((100 0, 900 0), (2600 0, 3400 0))"

    def test_a_site_nowhere_reaches_no_street_and_says_why(self, street):
        table = reached_streets(street, sites(None), minutes=(5,))

        assert table["km"].tolist() == [0]
        assert table["reason"].tolist() == ["not_geocoded"]
        assert table.geometry.is_empty.all()

    def test_a_tunnel_is_travelled_and_so_drawn(self):
        x = [0, 200, 400]
        tunnel = Network.from_edges(x, [0] * 3, [0, 1], [1, 2], snappable=[True, False])
        table = reached_streets(tunnel, sites((0, 0)), minutes=(5,))

        assert table.geometry.iloc[0].wkt == "MULTILINESTRING ((0 0, 200 0, 400 0))"


class TestTerritories:
    def test_two_places_share_a_street_half_and_half(self, street):
        people = homes((100, 0), (1900, 0), (2100, 0), (3900, 0), people=[1, 2, 4, 8])
        table = territories(street, sites((1000, 0), (3000, 0)), origins=people, limit=30, cell=50)

        checked(table, TERRITORIES)
        assert table["people"].tolist() == [3, 12]
        assert table["area_km2"].iloc[0] == pytest.approx(table["area_km2"].iloc[1], rel=1e-3)
        border = borders(table)
        assert border[["site", "other"]].to_numpy().tolist() == [["s0", "s1"]]
        assert border.geometry.iloc[0].bounds[0] == pytest.approx(2000)

    def test_of_equally_near_places_the_first_has_it_all(self, street):
        table = territories(street, sites((1000, 0), (1000, 0)), origins=homes((900, 0)), limit=10)

        assert table["people"].tolist() == [10, 0]
        assert table.geometry.is_empty.tolist() == [False, True]

    def test_people_beyond_the_limit_belong_to_nobody(self, street):
        table = territories(street, sites((1000, 0)), origins=homes((1799, 0), (1803, 0)), limit=10)

        assert table["people"].tolist() == [10]

    def test_where_nobody_is_reached_there_are_rows_and_no_shapes(self, street):
        table = territories(street, sites(None, None), origins=homes((0, 0)), limit=10)

        assert table["reason"].tolist() == ["not_geocoded"] * 2
        assert table.geometry.is_empty.all()
        assert len(borders(table)) == 0
        assert len(territories(street, sites(), origins=homes((0, 0)))) == 0

    def test_a_limit_of_nothing_is_refused(self, street):
        with pytest.raises(AccessError, match="limit is 0"):
            territories(street, sites((0, 0)), origins=homes((0, 0)), limit=0)


def test_parking_is_part_of_every_figure():
    """Two minutes of parking: 10 minutes by car are 8 of driving."""
    drive = Network.from_edges([0, 9000], [0, 0], [0], [1], mode="drive", kmh=30)
    parked = replace(drive, parking_seconds=120.0)
    people = homes((4000, 0), (4001, 0))
    table = catchments(parked, sites((0, 0)), origins=people, minutes=(10,))
    streets = reached_streets(parked, sites((0, 0)), minutes=(10,))

    assert table["people"].tolist() == [10]
    assert streets["km"].tolist() == pytest.approx([4.0])


@pytest.mark.parametrize("module", ["surface", "polygons", "lines"])
def test_the_examples_in_the_documentation_run(module):
    found = doctest.testmod(importlib.import_module(f"slgeo.catchments.{module}"))

    assert found.attempted > 3
    assert found.failed == 0


def test_roads_of_no_length_or_none_at_all_are_no_trouble():
    alone = Network.from_edges([0.0], [0.0], np.array([], int), np.array([], int))
    knot = Network.from_edges([0, 0, 100], [0, 0, 0], [0, 0, 1, 2], [0, 1, 2, 2])
    site, home = sites((0, 0)), homes((0, 0))

    assert catchments(alone, site, origins=home)["people"].sum() == 0
    assert catchments(knot, site, origins=home, minutes=(1,))["people"].tolist() == [10]
    street = reached_streets(knot, site, minutes=(1,)).geometry.iloc[0]
    assert street.wkt == "MULTILINESTRING ((0 0, 80 0))"


def test_large_grounds_are_reached_at_their_ways_in_as_in_travel_times(street):
    """A park's middle is near the first home, and its gate is not: that home is 700 m from one."""
    people = homes((700, 0), (2000, 0), people=[30.0, 12.0])
    park = sites((1000, 0), entrances=["MULTIPOINT (0 0, 2000 0)"])
    middle = sites((1000, 0))
    both = pd.concat([park, sites((1500, 0), entrances=[None]).rename(index=lambda _: "plain")])

    times = travel_times(street, people, park, limit=30)
    drawn = catchments(street, park, origins=people, minutes=(5, 10))
    lands = territories(street, both, origins=people)

    assert times.minutes.tolist() == pytest.approx([8.75, 0.0])
    assert drawn["people"].tolist() == [12.0, 42.0]
    assert drawn.geometry.iloc[0].contains(shapely.Point(0, 0))
    assert not drawn.geometry.iloc[0].contains(shapely.Point(1000, 0))
    assert lands["people"].tolist() == [42.0, 0.0]
    assert catchments(street, middle, origins=people, minutes=(5,))["people"].tolist() == [30.0]
