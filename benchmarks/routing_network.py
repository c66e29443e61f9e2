"""
A made-up road network of any size, for timing: no place, but the shape of one.

A grid of junctions, shifted about; every eighth line a main road and every sixty-fourth a fast one;
a third of the small streets missing, more in the country than in town; a quarter of the streets
bent (a node of degree two); a share of the small streets one-way. What does not hang together in
both directions is left out. Like the prototype's generator, which knew no one-way streets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from slgeo.routing.graph import RoadGraph, grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACING = 110.0  # metres between junctions
MISSING = np.array([0.42, 0.06, 0.0])  # share of small, main and fast streets that are not there
SPEED = np.array([[7.0, 13.0], [12.0, 20.0], [24.0, 31.0]])  # m/s, least and most, by class
COUNTRY = 0.35  # of the small streets in the country, as many again are missing
BENT = 0.25  # share of streets with a node between their ends
ONE_WAY = 0.08  # share of small streets


@dataclass(frozen=True, slots=True)
class MadeRoads:
    """Nodes, and streets with their milliseconds each way (-1: not allowed)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    forward: NDArray[np.int32]
    backward: NDArray[np.int32]

    def graph(self) -> RoadGraph:
        """Lay the streets out as arcs."""
        there, back = self.forward >= 0, self.backward >= 0
        arcs = grouped(
            len(self.x),
            np.concatenate([self.tail[there], self.head[back]]),
            np.concatenate([self.head[there], self.tail[back]]),
            np.concatenate([self.forward[there], self.backward[back]]),
        )
        same = np.arange(len(self.x), dtype=np.int32)
        return RoadGraph(arcs, self.x, self.y, same, same)


def made_roads(side: int, *, seed: int = 1, one_way: float = ONE_WAY) -> MadeRoads:
    """Make a network of about 1.15 nodes a junction, ``side`` by ``side`` junctions."""
    draw = np.random.default_rng(seed)
    junctions = side * side
    row, column = np.divmod(np.arange(junctions), side)
    x = (column + draw.uniform(-0.38, 0.38, junctions)) * SPACING
    y = (row + draw.uniform(-0.38, 0.38, junctions)) * SPACING
    east, north = np.flatnonzero(column < side - 1), np.flatnonzero(row < side - 1)
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    line = np.concatenate([row[east], column[north]])
    road_class = np.where(line % 64 == 0, 2, np.where(line % 8 == 0, 1, 0))
    kept = draw.random(len(tail)) > MISSING[road_class]
    country = _density(row, column, side, draw)[tail] < 0.42
    kept &= ~(country & (road_class == 0) & (draw.random(len(tail)) < COUNTRY))
    tail, head, road_class = tail[kept], head[kept], road_class[kept]
    metres = np.hypot(x[tail] - x[head], y[tail] - y[head]) * draw.uniform(1, 1.35, len(tail))
    low, high = SPEED[road_class].T
    forward = np.maximum(np.rint(metres / draw.uniform(low, high) * 1000), 1).astype(np.int32)
    closed = (road_class == 0) & (draw.random(len(tail)) < one_way)
    backward = np.where(closed, np.int32(-1), forward)
    roads = _bent(MadeRoads(x, y, tail, head, forward, backward), draw)
    return _in_strips(_strong(roads))


def _density(
    row: NDArray[np.int64], column: NDArray[np.int64], side: int, draw: np.random.Generator
) -> NDArray[np.float64]:
    """Town or country: blocks of three sizes laid over each other."""
    field = np.zeros(len(row))
    for blocks in (7, 19, 53):
        level = draw.random((blocks, blocks))
        field += level[row * blocks // side, column * blocks // side]
    return field / 3


def _bent(roads: MadeRoads, draw: np.random.Generator) -> MadeRoads:
    """Put a node between the ends of some streets."""
    bent = np.flatnonzero(draw.random(len(roads.tail)) < BENT)
    share = draw.uniform(0.3, 0.7, len(bent))
    middle = len(roads.x) + np.arange(len(bent))
    a, b = roads.tail[bent], roads.head[bent]
    head = roads.head.copy()
    head[bent] = middle
    cut = {}
    for name in ("forward", "backward"):
        whole = getattr(roads, name)
        part = np.where(whole[bent] < 0, -1, np.rint(whole[bent] * share).astype(np.int32))
        first = whole.copy()
        first[bent] = part
        rest = np.where(whole[bent] < 0, -1, whole[bent] - part)
        cut[name] = np.concatenate([first, rest]).astype(np.int32)
    return MadeRoads(
        np.concatenate([roads.x, roads.x[a] * (1 - share) + roads.x[b] * share]),
        np.concatenate([roads.y, roads.y[a] * (1 - share) + roads.y[b] * share]),
        np.concatenate([roads.tail, middle]),
        np.concatenate([head, b]),
        cut["forward"],
        cut["backward"],
    )


def _strong(roads: MadeRoads) -> MadeRoads:
    """Keep the largest part in which every node can be reached from every other."""
    back = roads.backward >= 0
    tail = np.concatenate([roads.tail, roads.head[back]])
    head = np.concatenate([roads.head, roads.tail[back]])
    n = len(roads.x)
    links = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    _, piece = connected_components(links, directed=True, connection="strong")
    return _renamed(roads, np.flatnonzero(piece == np.bincount(piece).argmax()))


def _in_strips(roads: MadeRoads) -> MadeRoads:
    """Number nodes strip by strip, as files of real roads roughly do."""
    return _renamed(roads, np.lexsort((roads.x, np.floor(roads.y / 400))))


def _renamed(roads: MadeRoads, nodes: NDArray[np.int64]) -> MadeRoads:
    """Keep some nodes, in a new order, and the streets between them."""
    name = np.full(len(roads.x), -1, np.int32)
    name[nodes] = np.arange(len(nodes), dtype=np.int32)
    kept = (name[roads.tail] >= 0) & (name[roads.head] >= 0)
    return MadeRoads(
        roads.x[nodes],
        roads.y[nodes],
        name[roads.tail[kept]],
        name[roads.head[kept]],
        roads.forward[kept],
        roads.backward[kept],
    )
