"""
From roads and snapped points to the arrays that are searched.

Private and gated roads (``ends_only``) may be used on the first and the last leg of a trip, never
through. The graph has three storeys for that: a trip sets out on the *start* storey (private roads
only), goes down to the *public* one (all other roads), and ends on the *end* storey (private roads
again). One may change storeys only in that order, at no cost, so every path of the graph is a
permitted trip and every permitted trip is a path. Only nodes that private roads touch are copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from slgeo.errors import NetworkError
from slgeo.routing.compiled import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.network.snapping import Snapped

    Int32 = NDArray[np.int32]
    Int64 = NDArray[np.int64]


class Arcs(NamedTuple):
    """Arcs grouped by the node they leave: those of node ``v`` are ``first[v]:first[v + 1]``."""

    first: NDArray[np.int64]
    head: NDArray[np.int32]
    cost: NDArray[np.int32]  # milliseconds


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RoadGraph:
    """
    The arcs of a network, by storeys.

    Parameters
    ----------
    arcs
        Every arc in its direction of travel.
    x, y
        Coordinates of each node, copies included, in metres.
    start, end
        For each node of the network, its copy on the start and end storey; itself where no private
        road touches it.
    """

    arcs: Arcs
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    _turned: list[Arcs] = field(init=False, default_factory=list)

    @property
    def size(self) -> int:
        """Number of nodes, copies included."""
        return len(self.x)

    def backwards(self) -> Arcs:
        """Turn every arc round, to search from where trips end; kept for the next time."""
        if not self._turned:
            tail = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.arcs.first))
            self._turned.append(grouped(self.size, self.arcs.head, tail, self.arcs.cost))
        return self._turned[0]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ends:
    """
    How points hang on the graph: up to two ways each.

    Parameters
    ----------
    node
        Points by 2: node of the graph, -1 where there is no such way.
    cost
        Points by 2: milliseconds between point and node, off-road leg included.
    edge
        Edge of the network a point lies on, -1 for none.
    fraction
        Where on it, from tail to head.
    forward, backward
        Milliseconds from the edge's tail to the point along the edge, and from its head to the
        point against it; -1 where that is not allowed.
    leg
        Milliseconds of the off-road leg.
    """

    node: NDArray[np.int32]
    cost: NDArray[np.int32]
    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    forward: NDArray[np.int32]
    backward: NDArray[np.int32]
    leg: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.edge)

    def later(self, milliseconds: int) -> Ends:
        """Charge every trip a fixed time more at these points, as for parking."""
        more = np.int32(milliseconds)
        return replace(self, cost=self.cost + more, leg=self.leg + more)


def road_graph(network: Network) -> RoadGraph:
    """
    Lay a network out in storeys.

    Raises
    ------
    NetworkError
        Where an edge takes longer than can be added up.
    """
    longest = max(network.forward.max(initial=0), network.backward.max(initial=0))
    if longest >= NEVER:
        raise NetworkError(
            f"an edge takes {longest / 86_400_000:.1f} days; check its length and speed"
        )
    n, private = len(network.x), network.ends_only
    touched = np.unique(np.concatenate([network.tail[private], network.head[private]]))
    start = np.arange(n, dtype=np.int32)
    end = start.copy()
    start[touched] = n + np.arange(len(touched), dtype=np.int32)
    end[touched] = n + len(touched) + np.arange(len(touched), dtype=np.int32)
    down = np.zeros(len(touched), np.int32)
    tails, heads, costs = [start[touched], touched], [touched, end[touched]], [down, down]
    for storey, edges in ((None, ~private), (start, private), (end, private)):
        for tail, head, cost in (
            (network.tail, network.head, network.forward),
            (network.head, network.tail, network.backward),
        ):
            allowed = edges & (cost >= 0)
            tails.append(tail[allowed] if storey is None else storey[tail[allowed]])
            heads.append(head[allowed] if storey is None else storey[head[allowed]])
            costs.append(cost[allowed])
    again = np.concatenate([np.arange(n), touched, touched])
    return RoadGraph(
        arcs=grouped(
            len(again), np.concatenate(tails), np.concatenate(heads), np.concatenate(costs)
        ),
        x=network.x[again],
        y=network.y[again],
        start=start,
        end=end,
    )


def grouped(nodes: int, tail: Int32, head: Int32, cost: Int32) -> Arcs:
    """Group arcs by tail, in order of head, so that the same roads always give the same arrays."""
    order = np.lexsort((cost, head, tail))
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=nodes), out=first[1:])
    return Arcs(
        first,
        np.ascontiguousarray(head[order], np.int32),
        np.ascontiguousarray(cost[order], np.int32),
    )


def leaving(network: Network, graph: RoadGraph, points: Snapped) -> Ends:
    """Hang points on the graph as places trips set out from."""
    return _hang(network, points, graph.start, arrive=False)


def arriving(network: Network, graph: RoadGraph, points: Snapped) -> Ends:
    """Hang points on the graph as places trips end at."""
    return _hang(network, points, graph.end, arrive=True)


def at_nodes(nodes: Int32) -> Ends:
    """Make points that stand on nodes of the graph, at no cost, and on no edge."""
    count = len(nodes)
    node = np.full((count, 2), -1, np.int32)
    node[:, 0] = nodes
    none = np.full(count, -1, np.int32)
    zero = np.zeros(count, np.int32)
    return Ends(node, np.zeros((count, 2), np.int32), none, np.zeros(count), none, none, zero)


def by_node(points: Ends, nodes: int) -> tuple[Int64, Int32, Int32]:
    """Group the ways of points by the node they hang on: (first, point, milliseconds)."""
    point, way = np.nonzero(points.node >= 0)
    node = points.node[point, way]
    order = np.argsort(node, kind="stable")
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(node, minlength=nodes), out=first[1:])
    return first, point[order].astype(np.int32), points.cost[point, way][order]


def direct_paths(seeds: Ends, hits: Ends, *, to_hits: bool) -> tuple[Int64, Int32, Int32]:
    """
    Find the paths along one edge between seeds and hits on it.

    Parameters
    ----------
    seeds, hits
        Points; trips run from seed to hit where ``to_hits``, else from hit to seed.

    Returns
    -------
    tuple
        (first, hit, milliseconds), grouped by seed.
    """
    order = np.argsort(hits.edge, kind="stable")
    order = order[hits.edge[order] >= 0]
    edges = hits.edge[order]
    low = np.searchsorted(edges, seeds.edge, "left")
    count = np.searchsorted(edges, seeds.edge, "right") - low
    seed = np.repeat(np.arange(len(seeds)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    hit = order[np.repeat(low, count) + offset]
    a, b = (seeds, hits) if to_hits else (hits, seeds)
    p, q = (seed, hit) if to_hits else (hit, seed)
    cost = np.full(len(seed), NEVER, np.int32)
    further = b.fraction[q] - a.fraction[p]
    for here, there, gap in (
        (a.forward[p], b.forward[q], further),
        (a.backward[p], b.backward[q], -further),
    ):
        # two points in one place are at no distance, one-way or not
        ahead = (here >= 0) & (gap >= 0)
        cost[ahead] = np.minimum(cost[ahead], (there - here)[ahead])
    some = cost < NEVER
    first = np.zeros(len(seeds) + 1, np.int64)
    np.cumsum(np.bincount(seed[some], minlength=len(seeds)), out=first[1:])
    total = cost[some] + seeds.leg[seed[some]] + hits.leg[hit[some]]
    return first, hit[some].astype(np.int32), total.astype(np.int32)


def _hang(network: Network, points: Snapped, storey: Int32, *, arrive: bool) -> Ends:
    """Cut each point's edge in two at whole milliseconds, so that the pieces add up again."""
    count = len(points.edge)
    node = np.full((count, 2), -1, np.int32)
    cost = np.zeros((count, 2), np.int32)
    along, against = np.full((2, count), -1, np.int32)
    on = np.flatnonzero(points.edge >= 0)  # points that have an edge
    edge = points.edge[on]
    private = network.ends_only[edge]
    closed = (network.forward[edge] < 0) & (network.backward[edge] < 0)
    for way, (position, whole, near, far) in enumerate(
        (
            (along, network.forward[edge], network.tail[edge], network.head[edge]),
            (against, network.backward[edge], network.head[edge], network.tail[edge]),
        )
    ):
        share = points.fraction[on] if way == 0 else 1.0 - points.fraction[on]
        part = np.rint(share * whole).astype(np.int32)  # from `near` to the point
        position[on] = np.where(whole >= 0, part, -1)
        joined, rest, at_node = (near, part, 0.0) if arrive else (far, whole - part, 1.0)
        # a point on the junction itself joins all its roads, one-way or private
        at_junction = (share == at_node) & ~closed
        open_here = (whole >= 0) | at_junction
        joined = np.where(private | at_junction, storey[joined], joined)
        node[on, way] = np.where(open_here, joined, -1)
        cost[on, way] = np.where(whole >= 0, rest, 0) + points.leg[on]
    return Ends(node, cost, points.edge, points.fraction, along, against, points.leg)
