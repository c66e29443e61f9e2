"""
Stretches of road reached, cut exactly where the time is up.

Along an edge the time rises evenly from whichever end one comes by, so the stretch reached from an
end is a length in proportion to the time left there. A site's own edge is reached from the site
both ways. One-way roads are reached in their direction only: somebody *on* a one-way road gets to a
site by its far end, and to them *from* a site one comes by its near end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from slgeo.routing.compiled import NEVER
from slgeo.routing.dijkstra import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from slgeo.catchments.reach import Reach


class Stretches(NamedTuple):
    """Pieces of edges, in order of edge and place; pieces of one edge neither meet nor overlap."""

    edge: NDArray[np.int64]
    low: NDArray[np.float64]  # where the piece begins, from 0 at the tail to 1 at the head
    high: NDArray[np.float64]


class EdgeTimes(NamedTuple):
    """
    Some edges, and the times of somebody who stands at their ends and may use them.

    Parameters
    ----------
    edge
        Positions of the edges.
    tail, head
        Milliseconds at the ends, NEVER where they are not reached.
    along_tail, along_head
        Milliseconds of the whole edge for somebody reached by way of its tail, or its head; -1
        where nobody can be.
    """

    edge: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    along_tail: NDArray[np.int64]
    along_head: NDArray[np.int64]


class Streets:
    """The edges at each node of a search, ready to be asked group by group."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        network = reach.network
        nodes = len(network.x)
        ends = np.concatenate([network.tail, network.head])
        self.by_node = np.argsort(ends, kind="stable") % max(1, len(network.tail))
        self.first = np.searchsorted(np.sort(ends), np.arange(nodes + 1))
        #: node of the network that each node of the graph is, or is a copy of
        self.node = np.arange(reach.graph.size)
        self.node[reach.graph.start] = np.arange(nodes)
        self.node[reach.graph.end] = np.arange(nodes)
        self.usable = network.usable
        self.storey = reach.graph.start if reach.to else reach.graph.end

    def times(self) -> Iterator[tuple[int, EdgeTimes]]:
        """
        Search from each group.

        Yields
        ------
        tuple
            Position of the group, and every edge that it reaches an end of.
        """
        reach = self.reach
        arcs = reach.arcs()
        size = reach.graph.size
        time = np.full(size, NEVER, np.int32)
        touched = np.empty(size, np.int32)
        heap: NDArray[np.uint64] = np.empty(1024, np.uint64)
        node, cost = reach.grouped_seeds()
        for group in range(len(reach)):
            count, heap = settle(*arcs, node[group], cost[group], reach.limit, time, touched, heap)
            yield group, self._edges(time, touched[:count])
            time[touched[:count]] = NEVER

    def _edges(self, time: NDArray[np.int32], touched: NDArray[np.int32]) -> EdgeTimes:
        network = self.reach.network
        nodes = np.unique(self.node[touched])
        spans = [self.by_node[self.first[n] : self.first[n + 1]] for n in nodes.tolist()]
        edge = np.unique(np.concatenate([*spans, np.empty(0, np.int64)]).astype(np.int64))
        edge = edge[self.usable[edge]]  # nobody joins the others
        private = network.ends_only[edge]
        ends = [
            np.where(private, time[self.storey[end]], time[end]).astype(np.int64)
            for end in (network.tail[edge], network.head[edge])
        ]
        ahead, back = (way[edge].astype(np.int64) for way in (network.forward, network.backward))
        by_tail, by_head = (back, ahead) if self.reach.to else (ahead, back)
        return EdgeTimes(edge, ends[0], ends[1], by_tail, by_head)

    def within(self, group: int, times: EdgeTimes, limit: int) -> Stretches:
        """Cut the edges of a group where a limit, in milliseconds, is reached."""
        left = _part(limit - times.tail, times.along_tail)
        right = 1.0 - _part(limit - times.head, times.along_head)
        whole = left >= right
        edge = np.concatenate([times.edge, times.edge[~whole]])
        low = np.concatenate([np.zeros(len(left)), right[~whole]])
        high = np.concatenate([np.where(whole, 1.0, left), np.ones(int((~whole).sum()))])
        own = self._own(group, limit)
        if len(own.edge):
            shared = np.isin(edge, own.edge)
            both = Stretches(
                *(
                    np.concatenate([a[shared], b])
                    for a, b in zip((edge, low, high), own, strict=True)
                )
            )
            apart = _united(both)
            edge, low, high = (
                np.concatenate([a[~shared], b])
                for a, b in zip((edge, low, high), apart, strict=True)
            )
        some = high > low
        order = np.lexsort((low[some], edge[some]))
        return Stretches(edge[some][order], low[some][order], high[some][order])

    def _own(self, group: int, limit: int) -> Stretches:
        """Cut the edges the group's own sites lie on, from the sites outwards."""
        seeds = self.reach.seeds
        here = slice(self.reach.first[group], self.reach.first[group + 1])
        at, leg = seeds.fraction[here], seeds.leg[here]
        some = (seeds.edge[here] >= 0) & (leg <= limit)
        edge: NDArray[np.int64] = seeds.edge[here][some].astype(np.int64)
        at, left = at[some], (limit - leg[some]).astype(np.int64)
        network = self.reach.network
        ahead, back = (way[edge].astype(np.int64) for way in (network.forward, network.backward))
        before, after = (ahead, back) if self.reach.to else (back, ahead)
        low = np.maximum(0.0, at - _part(left, before))
        high = np.minimum(1.0, at + _part(left, after))
        return Stretches(edge, low, high)


def _part(left: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of an edge that the time left is enough for; none where it may not be used."""
    share = np.divide(left, whole, out=np.ones(len(left)), where=whole > 0)
    return np.where((left >= 0) & (whole >= 0), share.clip(0.0, 1.0), 0.0)


def _united(pieces: Stretches) -> Stretches:
    """Join pieces of the same edge that meet or overlap."""
    made: list[tuple[int, float, float]] = []
    rows = zip(*(column.tolist() for column in pieces), strict=True)
    for edge, low, high in sorted(row for row in rows if row[2] > row[1]):
        if made and made[-1][0] == edge and low <= made[-1][2]:
            made[-1] = (edge, made[-1][1], max(high, made[-1][2]))
        else:
            made.append((edge, low, high))
    columns = list(zip(*made, strict=True)) or [(), (), ()]
    return Stretches(
        np.array(columns[0], np.int64), np.array(columns[1], float), np.array(columns[2], float)
    )
