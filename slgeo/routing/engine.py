"""
Which engine answers a search: by the work it would take, not by taste.

Preparing a hierarchy costs seconds, and then each answer next to nothing; a plain search costs each
time what lies within the limit. A few trial searches tell how many nodes that is. Both engines give
the same times to the millisecond, so the choice shows in the clock only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from slgeo.errors import AccessError
from slgeo.routing.compiled import NEVER
from slgeo.routing.hierarchy import Hierarchy

if TYPE_CHECKING:
    from slgeo.routing.search import Search

Engine = Literal["auto", "dijkstra", "hierarchy"]

# CPU seconds on one core of a server of 2024, from what `python benchmarks/routing.py` prints
PREPARE: Final = 4.5e-6  # a node of the graph
SWEEP: Final = 1.5e-8  # a node of the graph, sixteen seeds at once
SETTLE: Final = 1.5e-7  # a node that a plain search reaches
FIRST_USE: Final = 3.0
"""Seconds a hierarchy must be expected to save: the first on a machine is compiled for longer."""

TRIALS: Final = 5


def with_engine(
    search: Search, engine: Engine, hierarchy: Hierarchy | None, k: int | None
) -> Search:
    """
    Decide how a search is answered, and prepare what that takes.

    Parameters
    ----------
    search
        What is asked.
    engine
        ``dijkstra``, ``hierarchy``, or ``auto``.
    hierarchy
        One already prepared for the graph; it is timed anew where the speeds differ.
    k
        Number of nearest seeds asked for, or None for all pairs.

    Raises
    ------
    AccessError
        For an engine there is not.
    """
    from dataclasses import replace

    if engine not in {"auto", "dijkstra", "hierarchy"}:
        raise AccessError(f"engine is {engine!r}; it is 'auto', 'dijkstra' or 'hierarchy'")
    if engine == "dijkstra":
        return search
    if hierarchy is not None:
        return replace(search, hierarchy=hierarchy.customised(search.graph))
    if engine == "hierarchy" or plain_seconds(search, k) > FIRST_USE + swept_seconds(search, k):
        return replace(search, hierarchy=Hierarchy.prepare(search.graph))
    return search


def plain_seconds(search: Search, k: int | None) -> float:
    """Estimate the seconds of plain searches, from a few of them."""
    if k is not None:
        return SETTLE * search.graph.size * k
    from slgeo.routing import dijkstra

    rarer = search if len(search.seeds) <= len(search.hits) else search.swapped()
    count = len(rarer.seeds)
    if count == 0:
        return 0.0
    arcs = rarer.arcs
    time = np.full(search.graph.size, NEVER, np.int32)
    touched = np.empty(search.graph.size, np.int32)
    heap = np.empty(1024, np.uint64)
    reached = 0
    trials = np.unique(np.linspace(0, count - 1, min(count, TRIALS)).astype(int))
    for seed in trials:
        found, heap = dijkstra.settle(
            *arcs, rarer.seeds.node[seed], rarer.seeds.cost[seed], search.limit, time, touched, heap
        )
        time[touched[:found]] = NEVER
        reached += found
    return SETTLE * reached / len(trials) * count


def swept_seconds(search: Search, k: int | None) -> float:
    """Estimate the seconds of a hierarchy, preparing included."""
    if k is not None:
        return (PREPARE + SWEEP * k) * search.graph.size
    batches = min(len(search.seeds), len(search.hits)) / 16
    return (PREPARE + SWEEP * batches) * search.graph.size
