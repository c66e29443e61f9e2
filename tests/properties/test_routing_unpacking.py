"""Ways taken from the hierarchy lead over roads that exist, and are as long as the times say."""

import os
from functools import cache
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from slgeo.examples.strategies import networks
from slgeo.network import Network, read_osm
from slgeo.routing import graph as roads
from slgeo.routing.compiled import NEVER
from slgeo.routing.graph import RoadGraph
from slgeo.routing.hierarchy import Hierarchy
from slgeo.routing.routes import routes
from slgeo.routing.travel import prepare, travel_times
from slgeo.routing.unpacking import unpacker, way

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
RUTLAND = DATA / "rutland" / "rutland-2022.osm.pbf"


@cache
def county() -> Network:
    return read_osm(RUTLAND, modes=["drive"])["drive"]


def least_cost(graph: RoadGraph) -> dict[tuple[int, int], int]:
    """The fastest road between each two crossings that have one."""
    tail = np.repeat(np.arange(graph.size), np.diff(graph.arcs.first)).tolist()
    found: dict[tuple[int, int], int] = {}
    for a, b, cost in zip(tail, graph.arcs.head.tolist(), graph.arcs.cost.tolist(), strict=True):
        found[a, b] = min(found.get((a, b), cost), cost)
    return found


def standing(node: int, cost: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return np.array([node, -1], np.int32), np.array([cost, 0], np.int32)


@settings(deadline=None, max_examples=60)
@given(network=networks(), data=st.data())
def test_every_piece_of_a_way_is_a_road_and_the_pieces_add_up(
    network: Network, data: st.DataObject
):
    graph = roads.road_graph(network)
    road = least_cost(graph)
    using = unpacker(graph, Hierarchy.prepare(graph))
    arcs = coo_array(  # scipy takes no zero: a zero becomes a 1, lost in the rounding
        (
            [cost * 2.0**20 + 1 for cost in road.values()],
            tuple(np.array(list(road)).reshape(-1, 2).T),
        ),
        shape=(graph.size, graph.size),
    )
    expected = np.floor(dijkstra(arcs.tocsr()) / 2**20)
    node = st.integers(0, graph.size - 1)
    for _ in range(5):
        a, b = data.draw(node), data.draw(node)
        more, less = data.draw(st.integers(0, 50)), data.draw(st.integers(0, 50))

        time, path = way(using, standing(a, more), standing(b, less))

        if not np.isfinite(expected[a, b]):
            assert (time, path) == (NEVER, [])
            continue
        assert time == expected[a, b] + more + less
        assert (path[0], path[-1]) == (a, b)
        assert sum(road[piece] for piece in pairwise(path)) == expected[a, b]


def test_of_two_ways_to_set_out_the_better_is_taken():
    """A point between two crossings, 10 and 30 from them, on a road of 60."""
    street = Network.from_edges(
        [0, 1, 2], [0] * 3, [0, 1], [1, 2], forward=[60, 5], backward=[60, 5]
    )
    graph = roads.road_graph(street)
    using = unpacker(graph, Hierarchy.prepare(graph))

    found = way(using, (np.array([0, 1], np.int32), np.array([30, 10], np.int32)), standing(2))

    assert found == (15, [1, 2])


def test_without_crossings_there_is_no_way():
    nothing = roads.road_graph(Network.from_edges([], [], [], []))

    found = way(unpacker(nothing, Hierarchy.prepare(nothing)), standing(-1), standing(-1))

    assert found == (NEVER, [])


@pytest.mark.skipif(not RUTLAND.exists(), reason=f"no {RUTLAND}: set SLGEO_DATA")
@pytest.mark.parametrize("direction", ["to", "from"])
def test_both_engines_draw_ways_of_the_same_time_over_the_roads_of_a_county(direction: str):
    network = county()
    draw = np.random.default_rng(3)
    some = draw.choice(np.flatnonzero(network.component == 0), 60, replace=False)
    points = gpd.GeoSeries.from_xy(network.x[some] + 20, network.y[some] - 5, crs=network.crs)
    homes = points[4:].to_frame("geometry").assign(area="A", people=1.0).rename_axis("origin")
    sites = points[:4].to_frame("geometry").rename_axis("site")
    times = travel_times(network, homes, sites, direction=direction).to_frame()
    asked = times[["origin", "site"]]

    plain = routes(network, homes, sites, asked, direction=direction)
    quick = routes(network, homes, sites, asked, direction=direction, hierarchy=prepare(network))

    assert len(times) > 100
    np.testing.assert_allclose(quick["minutes"], times["minutes"].to_numpy())
    pd.testing.assert_series_equal(quick["minutes"], plain["minutes"])
    begin, end = (homes, sites) if direction == "to" else (sites, homes)
    first, last = ("origin", "site") if direction == "to" else ("site", "origin")
    starts, ends = (shapely.get_point(quick.geometry.to_numpy(), at) for at in (0, -1))
    assert shapely.equals(starts, begin.geometry[quick.index.get_level_values(first)]).all()
    assert shapely.equals(ends, end.geometry[quick.index.get_level_values(last)]).all()
    # where there is one fastest way both draw it; a few have two
    assert (quick.geometry.geom_equals(plain.geometry)).mean() > 0.9
