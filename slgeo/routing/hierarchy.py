"""
The customizable contraction hierarchy: a road network prepared for sweeps.

Nodes are numbered in the order they are contracted (:mod:`slgeo.routing.order`). Contracting a node
joins its later neighbours by shortcuts, so that every shortest path can be had by going up the
numbers and then down again. Which shortcuts there are does not depend on speeds; their times are
filled in by *customisation*, which alone is repeated for a new speed profile.

J. Dibbelt, B. Strasser, D. Wagner, *Customizable contraction hierarchies*, ACM JEA 21 (2016).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slgeo.errors import NetworkError
from slgeo.routing.compiled import NEVER, Array, Scalar, kernel
from slgeo.routing.growing import grown
from slgeo.routing.order import both_ways, contraction_order
from slgeo.routing.sorting import sort

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from slgeo.routing.graph import RoadGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Hierarchy:
    """
    A road graph prepared for sweeps.

    Parameters
    ----------
    rank
        Number of each node of the road graph, in order of contraction.
    first, head
        Arcs to later nodes, shortcuts included: those of node ``v`` are
        ``head[first[v]:first[v + 1]]``, ascending; the first is the node's parent.
    up, down
        Milliseconds along each arc, and back; NEVER where there is no way.
    lowest
        First node below each node: all of ``lowest[v]:v`` lie below ``v`` in the tree, and no
        others do.
    times
        Fingerprint of the times of the roads, to know other speeds by.
    """

    rank: NDArray[np.int32]
    first: NDArray[np.int64]
    head: NDArray[np.int32]
    up: NDArray[np.int32]
    down: NDArray[np.int32]
    lowest: NDArray[np.int32]
    times: int = 0

    def __repr__(self) -> str:
        share = len(self.head) / max(1, len(self.rank))
        return f"<Hierarchy: {len(self.rank):,} nodes, {share:.2f} arcs a node>"

    @classmethod
    def prepare(cls, graph: RoadGraph) -> Hierarchy:
        """
        Order a road graph, find its shortcuts, and time them.

        Takes about five seconds a million nodes.
        """
        order = contraction_order(graph)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        first, neighbour = both_ways(graph.arcs.first, graph.arcs.head, order)
        begin, head = fill(first, neighbour)
        lowest = lowest_below(begin, head)
        blank = np.zeros(0, np.int32)
        return cls(rank, begin, head, blank, blank, lowest).customised(graph)

    def save(self, graph: RoadGraph, folder: str | Path) -> Path:
        """Write the hierarchy to a folder: see :func:`slgeo.routing.stored.save_hierarchy`."""
        from slgeo.routing.stored import save_hierarchy

        return save_hierarchy(self, graph, folder)

    @classmethod
    def load(cls, graph: RoadGraph, folder: str | Path) -> Hierarchy | None:
        """Take it back: see :func:`slgeo.routing.stored.load_hierarchy`."""
        from slgeo.routing.stored import load_hierarchy

        return load_hierarchy(graph, folder)

    def customised(self, graph: RoadGraph) -> Hierarchy:
        """
        Time the same shortcuts anew, for the same roads at other speeds; at the same, no work.

        Raises
        ------
        NetworkError
            Where the graph has other nodes or roads than the hierarchy was prepared for.
        """
        if graph.size != len(self.rank):
            raise NetworkError(
                f"the hierarchy was prepared for {len(self.rank):,} nodes, the roads have "
                f"{graph.size:,}: prepare one for these roads"
            )
        times = zlib.crc32(graph.arcs.cost.data)
        if times == self.times and len(self.up) == len(self.head):
            return self
        up, down, strays = timed_roads(
            graph.arcs.first, graph.arcs.head, graph.arcs.cost, self.rank, self.first, self.head
        )
        if strays:
            raise NetworkError(
                f"{strays:,} roads are not in the hierarchy: it was prepared for other roads; "
                "prepare one for these"
            )
        customise(self.first, self.head, up, down)
        return Hierarchy(self.rank, self.first, self.head, up, down, self.lowest, times)


@kernel
def fill(first: Array, neighbour: Array) -> Scalar:
    """
    Find the arcs of the hierarchy: roads and shortcuts, from each node to later ones.

    ``first`` and ``neighbour`` are the undirected roads, nodes numbered in order of contraction. A
    node's arcs are its roads to later nodes and the arcs of the nodes whose parent it is. Returns
    (first, head), heads ascending.
    """
    n = len(first) - 1
    begin = np.zeros(n + 1, np.int64)
    head = np.empty(4 * n + 1024, np.int32)
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    k = 0
    for v in range(n):
        need = k + first[v + 1] - first[v]
        c = child[v]
        while c >= 0:
            need += begin[c + 1] - begin[c]
            c = sibling[c]
        if need > len(head):
            head = grown(head, k, need)
        seen[v] = v
        start = k
        for e in range(first[v], first[v + 1]):
            if neighbour[e] > v:
                seen[neighbour[e]] = v
                head[k] = neighbour[e]
                k += 1
        c = child[v]
        while c >= 0:
            for e in range(begin[c], begin[c + 1]):
                if seen[head[e]] != v:
                    seen[head[e]] = v
                    head[k] = head[e]
                    k += 1
            c = sibling[c]
        sort(head[start:k])
        begin[v + 1] = k
        if k > start:
            sibling[v] = child[head[start]]
            child[head[start]] = v
    return begin, head[:k].copy()


@kernel
def lowest_below(first: Array, head: Array) -> Scalar:
    """
    Find the first node below each node, and hold that the numbering is a post-order.

    The sweeps leave out whole subtrees by this: where children did not come just before their
    parent, they would leave out the wrong nodes.
    """
    n = len(first) - 1
    lowest = np.arange(n).astype(np.int32)
    size = np.ones(n, np.int32)
    for v in range(n):
        if v - lowest[v] + 1 != size[v]:
            raise ValueError("the hierarchy is not numbered in post-order")
        if first[v] < first[v + 1]:
            parent = head[first[v]]
            size[parent] += size[v]
            lowest[parent] = min(lowest[parent], lowest[v])
    return lowest


@kernel
def timed_roads(
    road_first: Array, road_head: Array, cost: Array, rank: Array, first: Array, head: Array
) -> Scalar:
    """Put the times of the roads on their arcs; returns (up, down, roads without an arc)."""
    up = np.full(len(head), NEVER, np.int32)
    down = np.full(len(head), NEVER, np.int32)
    strays = 0
    for node in range(len(road_first) - 1):
        for road in range(road_first[node], road_first[node + 1]):
            a = rank[node]
            b = rank[road_head[road]]
            if a == b:
                continue
            later = max(a, b)
            low = first[min(a, b)]
            high = first[min(a, b) + 1]
            while low < high:
                middle = (low + high) // 2
                if head[middle] < later:
                    low = middle + 1
                else:
                    high = middle
            if low == first[min(a, b) + 1] or head[low] != later:
                strays += 1
            elif a < b:
                up[low] = min(up[low], cost[road])
            else:
                down[low] = min(down[low], cost[road])
    return up, down, strays


@kernel
def customise(first: Array, head: Array, up: Array, down: Array) -> Scalar:
    """
    Time the shortcuts, in place, by lower triangles.

    For each node ``v`` in order and each pair ``x < y`` of its later neighbours, the arc between
    ``x`` and ``y`` is at most as long as the way through ``v``, in either direction. By the time
    ``v`` is met, its own arcs are final, since all triangles below them have been looked at.
    """
    n = len(first) - 1
    out = np.full(n, NEVER, np.int32)  # time from v to its later neighbours
    back = np.full(n, NEVER, np.int32)  # and from them to v
    for v in range(n):
        low, high = first[v], first[v + 1]
        if high - low < 2:
            continue
        for e in range(low, high):
            out[head[e]] = up[e]
            back[head[e]] = down[e]
        last = head[high - 1]
        for e in range(low, high - 1):
            x = head[e]
            to_x, from_x = up[e], down[e]
            for arc in range(first[x], first[x + 1]):
                y = head[arc]
                if y > last:
                    break
                # NEVER plus NEVER still fits, and changes nothing
                up[arc] = min(up[arc], from_x + out[y])
                down[arc] = min(down[arc], back[y] + to_x)
        for e in range(low, high):
            out[head[e]] = NEVER
            back[head[e]] = NEVER
