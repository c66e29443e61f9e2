"""Joining points to roads: worked by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Point

from slgeo import reasons
from slgeo.errors import NetworkError
from slgeo.network import Network, snap


def at(*points, index=None):
    return gpd.GeoSeries(list(points), index=index, crs="EPSG:27700")


def street(**options):
    """One straight kilometre from west to east."""
    return Network.from_edges([0, 1000], [0, 0], [0], [1], **options)


def test_a_point_joins_the_nearest_point_of_an_edge_and_pays_for_the_walk():
    """100 m off the road at 4.8 km/h are 75 seconds."""
    found = snap(street(), at(Point(250, 100)))

    assert list(found.edge) == [0]
    assert list(found.fraction) == [0.25]
    assert list(found.distance) == [100]
    assert list(found.leg) == [75_000]
    assert (found.x[0], found.y[0]) == (250, 0)
    assert list(found.reason) == [None]


def test_the_walk_is_charged_at_the_networks_walking_speed():
    assert list(snap(street(walking_kmh=3.6), at(Point(0, 1))).leg) == [1000]


def test_beyond_an_end_the_node_itself_is_joined():
    found = snap(street(), at(Point(-30, 40), Point(1030, 40)))

    assert list(found.fraction) == [0.0, 1.0]
    assert list(found.distance) == [50, 50]


def test_the_largest_distance_is_kept_to_the_metre():
    points = at(Point(500, 499.99), Point(500, 500), Point(500, 500.01))

    found = snap(street(), points)

    assert list(found.reason) == [None, None, reasons.NO_ROAD_WITHIN]
    assert list(snap(street(), points, max_snap=0).edge) == [-1, -1, -1]
    assert list(snap(street(), at(Point(500, 0)), max_snap=0).edge) == [0]


def test_a_point_outside_the_hull_is_refused_however_near_a_road_is():
    """Stamford's practice is 48 m from the last road of a county extract."""
    network = street(hull=shapely.box(-10, -10, 990, 10))

    found = snap(network, at(Point(995, 0), Point(985, 0), Point(990, 0)))

    assert list(found.reason) == [reasons.OUTSIDE_NETWORK, None, None]
    assert np.isnan(found.distance[0])
    assert found.leg[0] == 0


def test_missing_and_empty_points_are_kept_with_a_reason():
    found = snap(street(), at(None, Point(), Point(1, 1), index=["a", "b", "c"]))

    assert list(found.index) == ["a", "b", "c"]
    assert list(found.reason) == [reasons.NOT_GEOCODED, reasons.NOT_GEOCODED, None]


def test_a_house_beside_a_motorway_takes_the_lane():
    network = Network.from_edges(
        [0, 1000, 0, 1000],
        [0, 0, 200, 200],
        [0, 2, 0, 1],
        [1, 3, 2, 3],
        snappable=[False, True, True, True],
    )

    found = snap(network, at(Point(500, 10)))

    assert list(found.edge) == [1]
    assert list(found.distance) == [190]


def test_only_another_piece_within_reach_is_another_reason():
    network = Network.from_edges(
        [0, 1000, 2000, 2100], [0, 0, 0, 0], [0, 2], [1, 3], hull=shapely.box(-9, -999, 2200, 999)
    )

    found = snap(network, at(Point(2050, 10), Point(1450, 10), Point(1520, 10)))

    assert list(found.reason) == [reasons.OTHER_COMPONENT, None, reasons.OTHER_COMPONENT]


def test_the_nearest_piece_is_passed_over_for_the_usable_network():
    network = Network.from_edges([0, 1000, 500, 510], [0, 0, 100, 100], [0, 2], [1, 3])

    found = snap(network, at(Point(505, 99), Point(0, 9), Point(700, 99), Point(505, 700)))

    assert list(found.edge) == [0, 0, 0, -1]
    # and the audit says so: the first has a street 1 m away that leads nowhere
    assert list(found.passed_over) == [True, False, False, False]
    audit = found.audit(people=[7, 1, 1, 1]).set_index("item")
    assert audit.loc["nearer to a piece apart", ["count", "people"]].tolist() == [1, 7]
    assert "nearer to a piece apart" not in set(snap(network, at(Point(0, 9))).audit()["item"])


def test_one_way_dead_ends_are_not_joined():
    network = Network.from_edges([0, 500, 1000], [0, 0, 0], [0, 1], [1, 2], backward=[375_000, -1])

    found = snap(network, at(Point(900, 1), Point(990, 1)), max_snap=450)

    assert list(found.edge) == [0, -1]
    assert list(found.fraction[:1]) == [1.0]
    assert found.reason[1] == reasons.OTHER_COMPONENT


def test_gated_roads_are_joined():
    network = Network.from_edges([0, 100, 200], [0, 0, 0], [0, 1], [1, 2], ends_only=[False, True])

    assert list(snap(network, at(Point(180, 5))).edge) == [1]


def test_of_equally_near_edges_the_first_is_joined():
    cross = Network.from_edges([0, 10, -10, 0, 0], [0, 0, 0, 10, -10], [0] * 4, [1, 2, 3, 4])

    found = snap(cross, at(Point(0, 0), Point(3, 3), Point(-3, 3)))

    assert list(found.edge) == [0, 0, 1]


def test_edges_of_no_length_are_joined_like_points():
    network = Network.from_edges([0, 0], [0, 0], [0], [1])

    found = snap(network, at(Point(3, 4)))

    assert list(found.fraction) == [0.0]
    assert list(found.distance) == [5]


def test_nothing_to_join_and_nothing_to_be_joined():
    empty = Network.from_edges([], [], [], [])

    assert list(snap(empty, at(Point(0, 0))).reason) == [reasons.NO_ROAD_WITHIN]
    none = snap(street(), gpd.GeoSeries([], crs="EPSG:27700"))
    assert len(none) == 0
    assert "0 of 0 points" in repr(none)
    assert list(none.audit()["count"]) == [0, 0]


def test_another_crs_or_shape_is_refused_in_words():
    with pytest.raises(NetworkError, match="points are in CRS EPSG:4326, the roads in EPSG:27700"):
        snap(street(), gpd.GeoSeries([Point(0, 0)], crs="EPSG:4326"))
    with pytest.raises(NetworkError, match="points are in CRS none"):
        snap(street(), gpd.GeoSeries([Point(0, 0)]))
    with pytest.raises(NetworkError, match="points are wanted, found Polygon"):
        snap(street(), at(Point(0, 0), shapely.box(0, 0, 1, 1)))
    with pytest.raises(NetworkError, match="max_snap must be 0 metres or more, found -1"):
        snap(street(), at(Point(0, 0)), max_snap=-1)
    with pytest.raises(NetworkError, match="max_snap must be 0 metres or more, found nan"):
        snap(street(), at(Point(0, 0)), max_snap=float("nan"))


def test_the_audit_lists_reasons_and_the_farthest_points():
    points = at(*[Point(10 * i, i) for i in range(40)], None, index=[f"p{i}" for i in range(41)])

    table = snap(street(), points).audit()

    parts = table.groupby("part", sort=False)
    assert list(parts.get_group("points")["count"]) == [40, 1]
    assert list(parts.get_group("reason")["item"]) == [reasons.NOT_GEOCODED]
    farthest = parts.get_group("farthest")
    assert len(farthest) == 20
    assert farthest.iloc[0].tolist()[:2] == ["farthest", "p39"]
    assert parts.get_group("distance")["metres"].tolist() == pytest.approx([19.5, 37.05, 39])


def test_the_audit_counts_people_where_they_are_given():
    found = snap(street(), at(Point(0, 0), Point(0, 700), None, Point(0, 900)))

    table = found.audit(people=[5, 20, 3, 1]).set_index("item")["people"]

    assert table["joined"] == 5
    assert table["not joined"] == 24
    assert table[reasons.NO_ROAD_WITHIN] == 21
    assert table[reasons.NOT_GEOCODED] == 3
    assert "people" not in found.audit()
    with pytest.raises(NetworkError, match="people are"):
        found.audit(people=[1, 2])
