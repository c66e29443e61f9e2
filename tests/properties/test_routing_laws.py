"""Laws that times between places on roads obey, whichever engine finds them."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from slgeo.network import Network
from slgeo.routing import graph as roads
from slgeo.routing.compiled import NEVER
from slgeo.routing.graph import RoadGraph
from slgeo.routing.hierarchy import Hierarchy
from slgeo.routing.search import Search, pairs_within
from slgeo.routing.swept import matrix

NONE = int(NEVER)


@st.composite
def towns(draw: st.DrawFn) -> RoadGraph:
    """Draw a town of up to a hundred junctions, from a seed: streets missing, one-way, doubled."""
    side = draw(st.integers(1, 10))
    choose = np.random.default_rng(draw(st.integers(0, 10**6)))
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    kept = choose.random(len(tail)) < draw(st.sampled_from([0.6, 0.9, 1.0]))
    again = choose.random(len(tail)) < 0.1  # parallel streets
    tail, head = (np.concatenate([end[kept], end[again]]) for end in (tail, head))
    shift = draw(st.sampled_from([0, 30]))  # none: whole rows at equal coordinates
    x, y = i % side * shift + choose.uniform(0, 9, len(i)) * (shift > 0), i // side * 30.0
    times = choose.integers(0, 90, (2, len(tail)))
    closed = choose.random(len(tail)) < draw(st.sampled_from([0.0, 0.3]))
    backward = np.where(closed, -1, times[1])
    return roads.road_graph(
        Network.from_edges(x, y, tail, head, forward=times[0], backward=backward)
    )


def nodes(graph: RoadGraph) -> np.ndarray:
    return np.arange(graph.size, dtype=np.int32)


def table(graph: RoadGraph, *, forward: bool = True) -> np.ndarray:
    """All times between all nodes, by the hierarchy."""
    every = roads.at_nodes(nodes(graph))
    hierarchy = Hierarchy.prepare(graph)
    asked = Search(graph, every, every, forward, NONE - 1, 1, hierarchy)
    return matrix(asked, hierarchy).astype(np.int64)


def with_arcs(graph: RoadGraph, tail: np.ndarray, head: np.ndarray, cost: np.ndarray) -> RoadGraph:
    return replace(graph, arcs=roads.grouped(graph.size, tail, head, cost))


def arcs(graph: RoadGraph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tail = np.repeat(nodes(graph), np.diff(graph.arcs.first))
    return tail, graph.arcs.head, graph.arcs.cost


@settings(deadline=None, max_examples=30)
@given(towns())
def test_times_equal_scipy(graph: RoadGraph):
    """Scipy takes a stored zero for no road, and adds parallel roads up: both are seen to."""
    tail, head, cost = arcs(graph)
    order = np.lexsort((cost, head, tail))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    least = order[first]
    scaled = cost[least].astype(float) * 1024 + 1  # a zero becomes a 1, lost in the rounding
    matrix_ = coo_array((scaled, (tail[least], head[least])), shape=(graph.size, graph.size))
    expected = np.floor(dijkstra(matrix_.tocsr()) / 1024)

    found = table(graph)

    np.testing.assert_array_equal(np.where(found < NONE, found, np.inf), expected)


@settings(deadline=None, max_examples=30)
@given(towns())
def test_no_way_round_is_shorter(graph: RoadGraph):
    time = table(graph)

    for over in range(0, graph.size, 7):
        assert (time <= time[:, [over]] + time[[over], :]).all()


@settings(deadline=None, max_examples=30)
@given(towns())
def test_reversing_every_road_transposes_the_table(graph: RoadGraph):
    tail, head, cost = arcs(graph)

    turned = table(with_arcs(graph, head, tail, cost))

    np.testing.assert_array_equal(turned, table(graph).T)
    np.testing.assert_array_equal(table(graph, forward=False), table(graph).T)


@settings(deadline=None, max_examples=30)
@given(towns(), st.integers(0, 10**6))
def test_another_numbering_changes_nothing(graph: RoadGraph, seed: int):
    choose = np.random.default_rng(seed)
    name = choose.permutation(graph.size).astype(np.int32)
    tail, head, cost = arcs(graph)
    order = choose.permutation(len(tail))
    shuffled = with_arcs(graph, name[tail[order]], name[head[order]], cost[order])
    x, y = np.empty(graph.size), np.empty(graph.size)
    x[name], y[name] = graph.x, graph.y
    shuffled = replace(shuffled, x=x, y=y)

    np.testing.assert_array_equal(table(shuffled)[np.ix_(name, name)], table(graph))


@settings(deadline=None, max_examples=30)
@given(towns(), st.integers(0, 10**6), st.integers(0, 50))
def test_more_roads_are_never_slower(graph: RoadGraph, seed: int, cost_of_one: int):
    choose = np.random.default_rng(seed)
    tail, head, cost = arcs(graph)
    a, b = choose.integers(0, graph.size, 2)
    more = with_arcs(graph, np.append(tail, a), np.append(head, b), np.append(cost, cost_of_one))

    assert (table(more) <= table(graph)).all()


@settings(deadline=None, max_examples=30)
@given(towns(), st.integers(0, 10**6))
def test_cutting_a_road_in_two_keeps_times(graph: RoadGraph, seed: int):
    tail, head, cost = arcs(graph)
    choose = np.random.default_rng(seed)
    cut = np.flatnonzero(choose.random(len(tail)) < 0.3)
    middle = graph.size + np.arange(len(cut))
    part = (cost[cut] * 0.4).astype(np.int32)
    new_head, new_cost = head.copy(), cost.copy()
    new_head[cut], new_cost[cut] = middle, part
    size = graph.size + len(cut)
    finer = RoadGraph(
        roads.grouped(
            size,
            np.concatenate([tail, middle]),
            np.concatenate([new_head, head[cut]]),
            np.concatenate([new_cost, cost[cut] - part]),
        ),
        np.concatenate([graph.x, graph.x[tail[cut]]]),
        np.concatenate([graph.y, graph.y[tail[cut]]]),
        np.arange(size, dtype=np.int32),
        np.arange(size, dtype=np.int32),
    )

    found = table(finer)[: graph.size, : graph.size]

    np.testing.assert_array_equal(found, table(graph))


@settings(deadline=None, max_examples=30)
@given(towns(), st.integers(0, 300))
def test_a_limit_only_leaves_out_what_is_beyond_it(graph: RoadGraph, limit: int):
    every = roads.at_nodes(nodes(graph))
    asked = Search(graph, every, every, True, limit, 1, Hierarchy.prepare(graph))  # noqa: FBT003
    full = table(graph)

    seed, hit, ms = pairs_within(asked)

    found = np.full(full.shape, NONE)
    found[seed, hit] = ms
    np.testing.assert_array_equal(found, np.where(full <= limit, full, NONE))
