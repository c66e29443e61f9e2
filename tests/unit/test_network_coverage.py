"""What an extract covers, on drawn towns."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from slgeo.network.coverage import MARGIN, cover, find_exits
from slgeo.network.roads import Pieces


def drawn(*lines):
    """Roads from (class, coordinates) lines, nodes shared where coordinates are."""
    nodes, pairs, ways = {}, [], []
    for way, (_, line) in enumerate(lines):
        at = [nodes.setdefault(tuple(map(float, point)), len(nodes)) for point in line]
        pairs += pairwise(at)
        ways += [way] * (len(at) - 1)
    xy = np.array(list(nodes))
    tail, head = np.array(pairs, np.int32).T
    pieces = Pieces(
        x=xy[:, 0],
        y=xy[:, 1],
        tail=tail,
        head=head,
        way=np.array(ways, np.int32),
        length=np.hypot(*(xy[head] - xy[tail]).T),
    )
    kinds = tuple({"highway": name} for name, _ in lines)
    return SimpleNamespace(kinds=kinds, kind=np.arange(len(lines))), pieces


def grid(size=3000, step=300):
    """A town of streets every 300 m."""
    marks = range(0, size + 1, step)
    lines = [("residential", [(x, y) for y in marks]) for x in marks]
    return lines + [("residential", [(x, y) for x in marks]) for y in marks]


def holds(shape, x, y):
    return bool(shapely.intersects_xy(shape, x, y))


def test_a_town_is_covered_to_its_last_street_and_little_beyond():
    shape = cover(*drawn(*grid())).hull

    assert holds(shape, 1500, 1500)
    assert holds(shape, 3080, 1500)
    assert not holds(shape, 3140, 1500)
    assert shape.area == pytest.approx(3200**2, rel=0.03)


def test_the_country_beside_a_road_that_runs_out_is_not_covered():
    """A road runs on for 2 km beyond a county extract: no place there may be joined to it."""
    road = ("primary", [(3000, 1500), (4000, 1500), (5000, 1500)])
    shape = cover(*drawn(*grid(), road)).hull

    assert not holds(shape, 4000, 1520)
    assert not holds(shape, 4900, 1500)
    assert holds(shape, 2990, 1500)


def test_a_lane_that_ends_by_nature_is_covered_with_its_houses():
    lane = ("unclassified", [(3000, 1500), (4000, 1500), (5000, 1500)])
    shape = cover(*drawn(*grid(), lane)).hull

    assert holds(shape, 4000, 1520)
    assert holds(shape, 4900, 1600)
    assert not holds(shape, 4900, 1900)


def test_a_road_between_two_towns_is_covered():
    other = [(name, [(x + 8000, y) for x, y in line]) for name, line in grid()]
    link = ("primary", [(3000, 1500), (5500, 1500), (8000, 1500)])
    shape = cover(*drawn(*grid(), *other, link)).hull

    assert shape.geom_type == "Polygon"
    assert holds(shape, 5500, 1600)


def test_a_lake_inside_is_covered_and_an_island_apart_too():
    ring = [(0, 0), (6000, 0), (6000, 6000), (0, 6000), (0, 0)]
    island = ("residential", [(9000, 0), (9300, 0), (9300, 300), (9000, 300), (9000, 0)])
    shape = cover(*drawn(("unclassified", ring), island)).hull

    assert holds(shape, 3000, 3000)
    assert holds(shape, 9150, 150)
    assert shape.geom_type == "MultiPolygon"


def test_a_single_street_covers_itself():
    shape = cover(*drawn(("residential", [(0, 0), (200, 0)]))).hull

    assert holds(shape, 100, 0)
    assert holds(shape, 100, MARGIN)


def test_no_positions_cover_nothing():
    roads, pieces = drawn(("residential", [(0, 0), (200, 0)]))
    nowhere = Pieces(
        x=pieces.x * np.nan,
        y=pieces.y * np.nan,
        tail=pieces.tail,
        head=pieces.head,
        way=pieces.way,
        length=pieces.length * np.nan,
    )

    assert cover(roads, nowhere).hull.is_empty


def exits(*, one_way=False, cut=(), goes_on=True):
    """A road from 0 to 3 in a box that ends just after node 3."""
    x, y = np.array([0.0, 100, 200, 300]), np.zeros(4)
    return find_exits(
        x,
        y,
        np.array([0, 1, 2], np.int32),
        np.array([1, 2, 3], np.int32),
        goes_on=np.full(3, goes_on),
        component=np.array([0, 0, 1, 1] if one_way else [0] * 4, np.int32),
        cut=np.isin(np.arange(4), cut),
        dead_end=np.array([True, False, False, True]),
        whole=shapely.box(-200, -200, 310, 200),
    ).tolist()


def test_a_road_that_stops_at_the_rim_leaves_the_extract():
    assert exits() == [3]


def test_a_close_that_stops_at_the_rim_does_not():
    assert exits(goes_on=False) == []


def test_a_missing_node_is_an_exit_wherever_it_is():
    assert exits(cut=[1], goes_on=False) == [1]


def test_where_a_one_way_road_leaves_the_last_usable_node_is_the_exit():
    assert exits(one_way=True) == [1]
