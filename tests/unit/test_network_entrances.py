"""Ways into large grounds."""

import geopandas as gpd
import pytest
from shapely import MultiPolygon, Point, box

from slgeo.errors import NetworkError
from slgeo.network import Network, find_entrances


def cross():
    """Two streets that cross at the origin, and a piece apart."""
    return Network.from_edges(
        [-500, 0, 500, 0, 0, 900, 950],
        [0, 0, 0, -500, 500, 900, 900],
        [0, 1, 3, 1, 5],
        [1, 2, 1, 4, 6],
        way=[1, 1, 2, 2, 3],
    )


def grounds(*shapes, names=None):
    return gpd.GeoSeries(list(shapes), index=names, crs="EPSG:27700")


def test_roads_lead_in_where_they_cross_the_boundary():
    found = find_entrances(cross(), grounds(box(-100, -50, 100, 50), names=["H"]))

    assert found.index.tolist() == [("H", i) for i in range(4)]
    assert found.geometry.to_wkt().tolist() == [
        "POINT (-100 0)",
        "POINT (0 -50)",
        "POINT (0 50)",
        "POINT (100 0)",
    ]
    assert found["way"].tolist() == [1, 2, 2, 1]


def test_a_ground_no_road_enters_has_its_nearest_point():
    found = find_entrances(cross(), grounds(box(200, 30, 300, 90), box(210, -9, 210.5, -8)))

    assert found.loc[0].geometry.iloc[0].y == 30
    assert found["way"].tolist() == [-1, -1]


def test_crossings_that_are_close_are_one_entrance():
    two_lanes = Network.from_edges([0, 100, 0, 100], [2, 2, 6, 6], [0, 2, 0], [1, 3, 2])

    found = find_entrances(two_lanes, grounds(box(50, -20, 90, 20)))

    assert found.geometry.to_wkt().tolist() == ["POINT (50 2)", "POINT (90 2)"]


def test_a_road_along_the_boundary_is_one_entrance():
    found = find_entrances(cross(), grounds(box(100, -80, 200, 0)))

    assert found.geometry.to_wkt().tolist() == ["POINT (150 0)"]


def test_pieces_apart_lead_nowhere():
    found = find_entrances(cross(), grounds(box(910, 890, 940, 910)))

    assert found["way"].tolist() == [-1]


def test_parts_holes_and_missing_grounds():
    parts = MultiPolygon([box(-300, -5, -200, 5), box(200, -5, 300, 5)])
    found = find_entrances(cross(), grounds(parts, None, names=["P", "none"]))

    assert found.index.get_level_values("site").unique().tolist() == ["P"]
    assert [point.x for point in found.geometry] == [-300, -200, 200, 300]


def test_without_roads_a_point_on_the_ground_stands_in():
    empty = Network.from_edges([], [], [], [])

    found = find_entrances(empty, grounds(box(0, 0, 10, 10)))

    assert found.geometry.within(box(0, 0, 10, 10)).all()
    assert len(find_entrances(cross(), grounds())) == 0


def test_another_crs_or_shape_is_refused():
    with pytest.raises(NetworkError, match="in the CRS of the roads"):
        find_entrances(cross(), gpd.GeoSeries([box(0, 0, 1, 1)], crs="EPSG:4326"))
    with pytest.raises(NetworkError, match="a point is its own entrance"):
        find_entrances(cross(), grounds(Point(0, 0)))
