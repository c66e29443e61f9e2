"""Times between crossings equal networkx's and scipy's: every mode, both ways, bounded and not."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from slgeo import examples
from slgeo.network import Network, read_osm
from slgeo.routing import graph as roads
from slgeo.routing.compiled import NEVER
from slgeo.routing.graph import RoadGraph
from slgeo.routing.hierarchy import Hierarchy
from slgeo.routing.search import Search, nearest_seeds, pairs_within
from slgeo.routing.swept import matrix

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
EXTRACTS = {
    "rutland": "rutland/rutland-2022.osm.pbf",
    "newport": "newport/newport-2023-06-13.osm.pbf",
}
DISTRICTS = {"example 1": (30, 1), "example 5": (20, 5), "example 8": (60, 8)}
MODES = ("walk", "cycle", "drive")
SOURCES = 10
TARGETS = 200
QUARTER = 15 * 60_000  # of an hour, in milliseconds

every_place = pytest.mark.parametrize("place", [*EXTRACTS, *DISTRICTS])
every_mode = pytest.mark.parametrize("mode", MODES)


@cache
def networks(place: str) -> dict[str, Network]:
    if place in DISTRICTS:
        areas, seed = DISTRICTS[place]
        district = examples.district(areas, seed=seed)
        return {mode: examples.network(district, mode) for mode in MODES}
    path = DATA / EXTRACTS[place]
    if not path.exists():
        pytest.skip(f"no {path}: set SLGEO_DATA to the folder of real data")
    return read_osm(path, modes=MODES)


@cache
def prepared(place: str, mode: str) -> tuple[RoadGraph, Hierarchy]:
    graph = roads.road_graph(networks(place)[mode])
    return graph, Hierarchy.prepare(graph)


def some(network: Network, seed: int, count: int) -> np.ndarray:
    """Draw crossings, a few of them on pieces apart where there are any."""
    draw = np.random.default_rng(seed)
    apart = np.flatnonzero(network.component > 0)
    few = draw.choice(apart, min(len(apart), count // 10), replace=False)
    rest = np.setdiff1d(draw.permutation(network.nodes), few, assume_unique=True)
    return np.concatenate([few, rest[: count - len(few)]])


def trips(network: Network) -> Iterator[tuple[object, object, int]]:
    """
    Every step of a trip, from the roads themselves: who is on a private road, and when.

    A crossing is itself while on public roads, ``("set out", v)`` on private roads before them and
    ``("arrive", v)`` on private roads after them.
    """
    for tail, head, forward, backward, private in zip(
        network.tail.tolist(),
        network.head.tolist(),
        network.forward.tolist(),
        network.backward.tolist(),
        network.ends_only.tolist(),
        strict=True,
    ):
        for a, b, cost in ((tail, head, forward), (head, tail, backward)):
            if cost < 0:
                continue
            if not private:
                yield a, b, cost
                continue
            for storey in ("set out", "arrive"):
                yield (storey, a), (storey, b), cost
            for v in (a, b):
                yield ("set out", v), v, 0
                yield v, ("arrive", v), 0


@lru_cache(maxsize=1)  # they are large
def in_networkx(place: str, mode: str) -> nx.DiGraph:
    network = networks(place)[mode]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.nodes))
    for a, b, cost in trips(network):
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > cost:
            graph.add_edge(a, b, weight=cost)
    return graph


def by_networkx(
    graph: nx.DiGraph, sources: np.ndarray, targets: np.ndarray, *, there: bool
) -> np.ndarray:
    """Times between sources and targets: from the sources, or to them."""
    graph = graph if there else graph.reverse(copy=False)
    first, last = ("set out", "arrive") if there else ("arrive", "set out")
    ends = [(last, v) if (last, v) in graph else v for v in targets.tolist()]
    table = np.full((len(sources), len(targets)), int(NEVER))
    for row, v in enumerate(sources.tolist()):
        start = (first, v) if (first, v) in graph else v
        found = nx.single_source_dijkstra_path_length(graph, start)
        table[row] = [found.get(end, NEVER) for end in ends]
    return table


def by_scipy(graph: RoadGraph, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Times over the arcs; scipy takes a zero for no road, so times are scaled and 1 added."""
    tail = np.repeat(np.arange(graph.size), np.diff(graph.arcs.first))
    least = np.ones(len(tail), bool)  # arcs are in order of tail, head, cost: keep the first
    least[1:] = (np.diff(tail) != 0) | (np.diff(graph.arcs.head) != 0)
    cost = graph.arcs.cost[least].astype(float) * 2**20 + 1
    arcs = coo_array((cost, (tail[least], graph.arcs.head[least])), shape=(graph.size,) * 2)
    found = np.floor(dijkstra(arcs.tocsr(), indices=start)[:, end] / 2**20)
    return np.where(np.isfinite(found), found, float(NEVER)).astype(np.int64)


def asked(
    place: str, mode: str, sources: np.ndarray, targets: np.ndarray, limit: int, *, there: bool
) -> Search:
    """Ask for trips from sources to targets, or from targets to sources."""
    graph, hierarchy = prepared(place, mode)
    begin, finish = (graph.start, graph.end) if there else (graph.end, graph.start)
    seeds, hits = roads.at_nodes(begin[sources]), roads.at_nodes(finish[targets])
    return Search(graph, seeds, hits, there, limit, 1, hierarchy)


def filled(found: tuple[np.ndarray, ...], shape: tuple[int, int]) -> np.ndarray:
    table = np.full(shape, int(NEVER))
    seed, hit, milliseconds = found
    table[seed, hit] = milliseconds
    return table


@every_place
@every_mode
def test_every_mode_equals_networkx_both_ways_bounded_and_not(place: str, mode: str):
    network = networks(place)[mode]
    sources, targets = some(network, 1, SOURCES), some(network, 2, TARGETS)
    for there, from_here in ((True, sources[::2]), (False, sources[1::2])):
        expected = by_networkx(in_networkx(place, mode), from_here, targets, there=there)
        assert (expected < NEVER).mean() > 0.5

        for limit in (QUARTER, int(NEVER) - 1):
            within = np.where(expected <= limit, expected, NEVER)
            job = asked(place, mode, from_here, targets, limit, there=there)
            for engine in (job, replace(job, hierarchy=None)):
                found = filled(pairs_within(engine), expected.shape)
                np.testing.assert_array_equal(found, within)
        np.testing.assert_array_equal(matrix(job, prepared(place, mode)[1]), expected)


@every_place
@every_mode
def test_every_mode_equals_scipy_from_many_places(place: str, mode: str):
    network = networks(place)[mode]
    sources, targets = some(network, 3, 60), some(network, 4, TARGETS)
    job = asked(place, mode, sources, targets, int(NEVER) - 1, there=True)

    expected = by_scipy(job.graph, job.seeds.node[:, 0], job.hits.node[:, 0])

    np.testing.assert_array_equal(filled(pairs_within(job), expected.shape), expected)
    seed, hit, milliseconds = nearest_seeds(job, 3)
    in_order = np.sort(expected, axis=0)[:3]
    place_of = np.zeros(len(targets), int)
    for which, time in zip(hit.tolist(), milliseconds.tolist(), strict=True):
        assert time == in_order[place_of[which], which]
        place_of[which] += 1
    assert expected[seed, hit].tolist() == milliseconds.tolist()
    np.testing.assert_array_equal(place_of, (in_order < NEVER).sum(axis=0))


def relabelled(network: Network, draw: np.random.Generator) -> tuple[Network, np.ndarray]:
    """Number crossings and roads anew, and turn some roads round; returns the new numbers."""
    name = draw.permutation(network.nodes).astype(np.int32)
    old = np.argsort(name)
    order = draw.permutation(network.edges)
    turn = draw.random(network.edges) < 0.5
    tail, head = name[network.tail[order]], name[network.head[order]]
    ahead, back = network.forward[order], network.backward[order]
    return (
        replace(
            network,
            **{field: getattr(network, field)[old] for field in ("node_id", "x", "y", "component")},
            **{
                field: getattr(network, field)[order]
                for field in ("length", "way", "road_class", "ends_only", "snappable")
            },
            tail=np.where(turn, head, tail),
            head=np.where(turn, tail, head),
            forward=np.where(turn, back, ahead),
            backward=np.where(turn, ahead, back),
            exits=name[network.exits],
        ),
        name,
    )


@every_place
@every_mode
def test_another_numbering_of_crossings_and_roads_changes_nothing(place: str, mode: str):
    network = networks(place)[mode]
    sources, targets = some(network, 5, 100), some(network, 6, TARGETS)
    job = asked(place, mode, sources, targets, int(NEVER) - 1, there=True)
    expected = matrix(job, prepared(place, mode)[1])

    again, name = relabelled(network, np.random.default_rng(7))
    graph = roads.road_graph(again)
    seeds = roads.at_nodes(graph.start[name[sources]])
    hits = roads.at_nodes(graph.end[name[targets]])
    hierarchy = Hierarchy.prepare(graph)
    other = Search(graph, seeds, hits, True, job.limit, 1, hierarchy)  # noqa: FBT003 - forward

    np.testing.assert_array_equal(matrix(other, hierarchy), expected)
