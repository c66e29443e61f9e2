"""The hierarchy: what it is made of, other speeds, and keeping it on disk."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network
from slgeo.routing.dissection import dissect
from slgeo.routing.graph import RoadGraph, road_graph
from slgeo.routing.hierarchy import Hierarchy, lowest_below
from slgeo.routing.order import both_ways, contraction_order, elimination_tree, peel, post_order
from slgeo.routing.sorting import sort, sort_with


def town(side: int, *, metres: float = 100.0, seed: int = 1) -> RoadGraph:
    """Streets on a grid, some of them missing, every fifth one-way."""
    draw = np.random.default_rng(seed)
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    kept = draw.random(len(tail)) < 0.8
    tail, head = tail[kept], head[kept]
    ms = np.rint(metres * 750 * draw.uniform(0.8, 1.6, len(tail))).astype(np.int32)
    back = np.where(draw.random(len(tail)) < 0.2, -1, ms)
    x, y = i % side * metres + draw.uniform(0, 60, len(i)), i // side * metres
    return road_graph(Network.from_edges(x, y, tail, head, forward=ms, backward=back))


def test_every_node_is_contracted_once():
    graph = town(30)

    order = contraction_order(graph)

    assert sorted(order.tolist()) == list(range(graph.size))


def test_arcs_lead_to_later_nodes_and_shortcuts_close_every_triangle():
    """Of a node's later neighbours, any two are joined: that is what a chordal graph is."""
    hierarchy = Hierarchy.prepare(town(16))
    arcs = {
        v: hierarchy.head[hierarchy.first[v] : hierarchy.first[v + 1]].tolist()
        for v in range(len(hierarchy.rank))
    }

    for v, later in arcs.items():
        assert later == sorted(set(later))
        assert all(w > v for w in later)
        for place, w in enumerate(later):
            assert set(later[place + 1 :]) <= set(arcs[w])


def test_everything_below_a_node_comes_just_before_it():
    hierarchy = Hierarchy.prepare(town(16))
    n = len(hierarchy.rank)
    parent = [
        int(hierarchy.head[hierarchy.first[v]])
        if hierarchy.first[v] < hierarchy.first[v + 1]
        else -1
        for v in range(n)
    ]

    for v in range(n):
        below, w = v, v
        while w >= 0:  # v lies below each of its ancestors
            assert hierarchy.lowest[w] <= below <= w
            w = parent[w]
    assert sum(v - hierarchy.lowest[v] for v in range(n)) == sum(depth(parent, v) for v in range(n))


def depth(parent: list[int], v: int) -> int:
    steps = 0
    while parent[v] >= 0:
        v, steps = parent[v], steps + 1
    return steps


def test_a_numbering_that_is_no_post_order_is_refused():
    """0 and 2 below 3, and 1 below 2... with 1 standing apart from its parent 3."""
    first = np.array([0, 1, 2, 3, 3])
    head = np.array([2, 3, 3], np.int32)

    with pytest.raises(ValueError, match="post-order"):
        lowest_below(first, head)


def test_a_bent_road_is_peeled_to_nothing_and_a_hub_keeps_all_its_roads():
    """A wheel of 40 spokes with a double rim: degree 40 is no limit (a cap of 24 once was)."""
    spokes = 40
    rim = np.arange(1, spokes + 1)
    tail = np.concatenate([np.zeros(spokes, int), rim])
    head = np.concatenate([rim, np.roll(rim, 1)])
    wheel = road_graph(Network.from_edges(np.arange(41.0), np.zeros(41), tail, head))
    road = road_graph(Network.from_edges(np.arange(9.0), np.zeros(9), range(8), range(1, 9)))

    for graph, left in ((wheel, 41), (road, 0)):
        first, near = both_ways(graph.arcs.first, graph.arcs.head, np.arange(graph.size))
        _, count = peel(first, near.copy())
        assert (count >= 0).sum() == left
    assert len(Hierarchy.prepare(wheel).head) >= 80


def test_separators_part_what_they_separate():
    """Without the last nodes of a grid's order, the rest is in pieces of at most three quarters."""
    side = 24
    graph = town(side)
    first, near = both_ways(graph.arcs.first, graph.arcs.head, np.arange(graph.size))
    order = dissect(first, near, graph.x, graph.y)

    kept = np.ones(graph.size, bool)
    kept[order[-side:]] = False
    sizes, seen = [], ~kept
    for v in range(graph.size):
        if not seen[v]:
            seen[v], queue = True, [v]
            for w in queue:
                for u in near[first[w] : first[w + 1]]:
                    if not seen[u]:
                        seen[u] = True
                        queue.append(u)
            sizes.append(len(queue))
    assert max(sizes) <= 0.75 * graph.size


def test_tree_and_post_order_by_hand():
    """A path 0-1-2-3 contracted as 0, 3, 1, 2: 0 hangs on 1, 1 and 3 on 2."""
    first = np.array([0, 1, 3, 5, 6])
    near = np.array([1, 0, 2, 1, 3, 2], np.int32)

    parent = elimination_tree(first, near, np.array([0, 3, 1, 2]))

    assert parent.tolist() == [2, 3, 3, -1]
    assert post_order(parent).tolist() == [1, 0, 2, 3]


def test_other_speeds_on_the_same_order_equal_preparing_anew():
    slow = town(14)
    fast = replace(slow, arcs=slow.arcs._replace(cost=slow.arcs.cost // 3 + 1))
    prepared = Hierarchy.prepare(slow)

    again, anew = prepared.customised(fast), Hierarchy.prepare(fast)

    np.testing.assert_array_equal(again.up, anew.up)
    np.testing.assert_array_equal(again.down, anew.down)
    assert prepared.customised(slow) is prepared


def test_other_roads_are_refused():
    prepared = Hierarchy.prepare(town(10))

    with pytest.raises(NetworkError, match="prepared for 100 nodes, the roads have 121"):
        prepared.customised(town(11))
    with pytest.raises(NetworkError, match="prepared for other roads"):
        prepared.customised(town(10, seed=2))


def test_a_hierarchy_comes_back_from_disk(tmp_path: Path):
    graph = town(12)
    fast = replace(graph, arcs=graph.arcs._replace(cost=graph.arcs.cost // 2))
    prepared = Hierarchy.prepare(graph)

    prepared.save(graph, tmp_path / "h")
    prepared.save(graph, tmp_path / "h")  # over the first
    back = Hierarchy.load(graph, tmp_path / "h")

    assert back is not None
    for name in ("rank", "first", "head", "up", "down", "lowest"):
        np.testing.assert_array_equal(getattr(back, name), getattr(prepared, name))
    faster = Hierarchy.load(fast, tmp_path / "h")
    assert faster is not None
    np.testing.assert_array_equal(faster.up, prepared.customised(fast).up)
    assert Hierarchy.load(town(11), tmp_path / "h") is None
    assert Hierarchy.load(graph, tmp_path / "none") is None


def test_a_damaged_folder_is_refused(tmp_path: Path):
    graph = town(8)
    folder = Hierarchy.prepare(graph).save(graph, tmp_path / "h")
    head = np.load(folder / "head.npy")

    np.save(folder / "head.npy", head[::-1])
    with pytest.raises(SourceError, match="delete the folder"):
        Hierarchy.load(graph, folder)
    (folder / "head.npy").write_bytes(b"cut short")
    with pytest.raises(SourceError, match="delete the folder"):
        Hierarchy.load(graph, folder)
    (folder / "hierarchy.json").write_text(json.dumps({"layout": "of another time"}))
    assert Hierarchy.load(graph, folder) is None


def test_nothing_can_be_prepared_too():
    empty = road_graph(Network.from_edges([0.0], [0.0], [], []))

    assert len(Hierarchy.prepare(empty).head) == 0


def test_sorting():
    draw = np.random.default_rng(3)
    for size in (0, 1, 2, 50, 3000):
        values = draw.integers(0, max(1, size // 2), size)
        once, twice, companion = values.copy(), values.copy(), np.arange(size)[::-1].copy()
        sort(once)
        sort_with(twice, companion)
        assert once.tolist() == twice.tolist() == sorted(values.tolist())
        expected = np.lexsort((np.arange(size)[::-1], values))
        assert companion.tolist() == np.arange(size)[::-1][expected].tolist()
