"""A search from many seeds to many hits, whichever way trips run, and which engine answers it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from slgeo.errors import AccessError
from slgeo.routing import graph as roads
from slgeo.routing import swept
from slgeo.routing.compiled import LONGEST_MINUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from slgeo.routing.graph import Arcs, Ends, RoadGraph
    from slgeo.routing.hierarchy import Hierarchy

    Result = TypeVar("Result")

Pairs: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""Positions of seeds, positions of hits, milliseconds."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Search:
    """
    What is searched from and for.

    Parameters
    ----------
    graph
        Roads in storeys.
    seeds, hits
        Points searched from, and the points looked for.
    forward
        Whether trips run from the seeds to the hits; else they run towards the seeds.
    limit
        Longest time, in milliseconds, inclusive.
    threads
        Threads to use.
    hierarchy
        The graph prepared for sweeps; plain searches where None.
    """

    graph: RoadGraph
    seeds: Ends
    hits: Ends
    forward: bool
    limit: int
    threads: int
    hierarchy: Hierarchy | None = None

    @property
    def arcs(self) -> Arcs:
        """The arcs to walk along when searching from the seeds."""
        return self.graph.arcs if self.forward else self.graph.backwards()

    def swapped(self) -> Search:
        """Search for the same trips from their other end."""
        return Search(self.graph, self.hits, self.seeds, not self.forward, self.limit, self.threads)


def limit_in_milliseconds(limit: float) -> int:
    """
    Turn a limit in minutes into whole milliseconds.

    Raises
    ------
    AccessError
        Where it is negative, not a number, or too long to search.
    """
    if not 0 <= limit <= LONGEST_MINUTES:
        raise AccessError(
            f"limit is {limit!r} minutes; it lies between 0 and {LONGEST_MINUTES:,.0f}"
        )
    return int(np.floor(limit * 60_000 + 1e-6))


def thread_count(threads: int | None) -> int:
    """Take the number of threads asked for, or one a processor this process may use."""
    if threads is not None:
        return max(1, threads)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_chunks(
    work: Callable[[int, int], Result], count: int, threads: int, *, parts: int | None = None
) -> list[Result]:
    """
    Share ``range(count)`` among threads.

    Parameters
    ----------
    work
        Called with the bounds of a chunk; must release the GIL to gain anything.
    parts
        Number of chunks; by the number of threads where None.

    Returns
    -------
    list
        What it returned, in the order of the chunks: the answer does not depend on timing.
    """
    # four chunks a thread, so that a slow one does not keep the others waiting
    wanted = parts or (4 * threads if threads > 1 else 1)
    parts = max(1, min(count, wanted))
    bounds = np.linspace(0, count, parts + 1).astype(int).tolist()
    if parts == 1 or threads == 1:
        return [work(*chunk) for chunk in pairwise(bounds)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, bounds[:-1], bounds[1:]))


def pairs_within(search: Search) -> Pairs:
    """
    List all pairs within the limit.

    Returns
    -------
    tuple
        Position of the seed, of the hit, and milliseconds; in no particular order.
    """
    if len(search.hits) < len(search.seeds):  # search from the rarer side
        hit, seed, milliseconds = pairs_within(search.swapped())
        return seed, hit, milliseconds
    if search.hierarchy is not None:
        return swept.pairs(search, search.hierarchy)
    from slgeo.routing import dijkstra

    arcs, hits = search.arcs, search.hits
    grouped = roads.by_node(hits, search.graph.size)
    direct = roads.direct_paths(search.seeds, hits, to_hits=search.forward)
    seeds = (search.seeds.node, search.seeds.cost)

    def chunk(low: int, high: int) -> NDArray[np.int32]:
        found: NDArray[np.int32] = dijkstra.pairs_within(
            tuple(arcs), seeds, (*grouped, len(hits)), direct, low, high, search.limit
        )
        return found

    found = np.concatenate(in_chunks(chunk, len(search.seeds), search.threads))
    return found[:, 0], found[:, 1], found[:, 2]


def nearest_seeds(search: Search, k: int) -> Pairs:
    """
    List the k nearest seeds of every hit; equal times fall to the seed that comes first.

    Returns
    -------
    tuple
        Position of the seed, of the hit, and milliseconds, by hit, nearest first.
    """
    from slgeo.routing import dijkstra, labels

    node = search.hits.node
    if search.hierarchy is not None:
        label, node = swept.nearest(search, search.hierarchy, k)
    else:
        label = dijkstra.nearest_labels(
            tuple(search.arcs), (search.seeds.node, search.seeds.cost), k, search.limit
        )
    direct = roads.direct_paths(search.hits, search.seeds, to_hits=not search.forward)
    found = labels.labels_of_points(label, node, search.hits.cost, direct, k, search.limit)
    return unpacked(found)


def sums_within(
    search: Search, weight: NDArray[np.float64], limits: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Add up the weights of the seeds within each limit of each hit: hits by limits."""
    if search.hierarchy is None:
        raise AccessError("sums are made by the hierarchy; prepare one")
    return swept.sums(search, search.hierarchy, weight, limits)


def unpacked(label: NDArray[np.uint64]) -> Pairs:
    """Turn lists of labels into positions of seeds, of points, and milliseconds."""
    from slgeo.routing.labels import NOTHING

    hit, place = np.nonzero(label != NOTHING)
    keys = label[hit, place]
    seed = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
    return seed, hit.astype(np.int32), (keys >> np.uint64(32)).astype(np.int32)
