"""
What is searched for a catchment: sites joined to the roads, one by one or together.

A catchment belongs to a *group* of sites: one site, all sites, or those of one kind. Everything
drawn or counted (cells of a surface, origins, stretches of road) is reached from the same seeds by
the same search as :func:`slgeo.routing.travel.travel_times`, so that pictures and counts agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import AccessError, TableError
from slgeo.routing import dijkstra
from slgeo.routing import graph as roads
from slgeo.routing.asking import FROM_SITES, snapped
from slgeo.routing.entrances import have_entrances, spread
from slgeo.routing.search import in_chunks, limit_in_milliseconds, thread_count
from slgeo.routing.times_checks import missing, reasons_of
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.network.snapping import Snapped
    from slgeo.routing.graph import Ends, RoadGraph
    from slgeo.routing.times import Direction

ALL_SITES: Final = "all sites"
"""Name of the one catchment that all sites have together."""

MS: Final = 60_000.0
"""Milliseconds in a minute."""

AT_ONCE: Final = 20_000_000
"""Times of points that are kept in memory at once, at most: 240 MB (our choice)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reach:
    """
    Sites, in groups, ready to be searched from.

    Parameters
    ----------
    network, graph
        The roads.
    labels
        Name of each group: of the site, or what its sites have in common.
    first : ndarray of int64, shape (groups + 1,)
        Seeds of group ``g`` are ``first[g]:first[g + 1]``.
    seeds
        The sites as they hang on the graph, sorted by group, parking time included.
    places
        The same sites as they joined the roads.
    reason : ndarray of object, shape (groups,)
        Why a group reaches nothing (:mod:`slgeo.reasons`; of its first site), None where it can.
    direction
        ``to`` the sites or ``from`` them.
    limit
        Longest time, milliseconds, inclusive.
    max_snap
        Farthest a point may lie from a road, metres.
    threads
        Threads to use.
    """

    network: Network
    graph: RoadGraph
    labels: pd.Index[Any]
    first: NDArray[np.int64]
    seeds: Ends
    places: Snapped
    reason: NDArray[np.object_]
    direction: Direction
    limit: int
    max_snap: float
    threads: int

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def to(self) -> bool:
        """Whether trips run to the sites."""
        return self.direction == "to"

    @property
    def group(self) -> NDArray[np.int64]:
        """Group of each seed."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def hang(self, points: Snapped) -> Ends:
        """Hang points on the graph where trips to, or from, the sites begin, or end."""
        return (roads.leaving if self.to else roads.arriving)(self.network, self.graph, points)

    def arcs(self) -> roads.Arcs:
        """Arcs to walk along from the sites."""
        return self.graph.backwards() if self.to else self.graph.arcs

    def grouped_seeds(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Node and milliseconds of every way a group hangs on the graph, -1 where there is none."""
        most = int(np.diff(self.first).max(initial=1))
        node = np.full((len(self), 2 * most), -1, np.int32)
        cost = np.zeros((len(self), 2 * most), np.int32)
        at = np.arange(len(self.seeds)) - self.first[self.group]
        for way in (0, 1):
            node[self.group, 2 * at + way] = self.seeds.node[:, way]
            cost[self.group, 2 * at + way] = self.seeds.cost[:, way]
        return node, cost

    def times(self, hits: Ends) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.int32]]]:
        """
        Search group by group.

        Yields
        ------
        tuple
            Position of the group, positions of the hits it reaches (ascending), milliseconds; every
            group, those that reach nothing too.
        """
        arcs = tuple(self.arcs())
        seeds = self.grouped_seeds()
        by_node = (*roads.by_node(hits, self.graph.size), len(hits))
        direct = roads.direct_paths(self.seeds, hits, to_hits=not self.to)
        direct = (direct[0][self.first], *direct[1:])
        together = max(1, min(64, AT_ONCE // max(1, len(hits))))
        for start in range(0, len(self), together):
            count = min(together, len(self) - start)

            def chunk(low: int, high: int, start: int = start) -> NDArray[np.int32]:
                found: NDArray[np.int32] = dijkstra.pairs_within(
                    arcs, seeds, by_node, direct, start + low, start + high, self.limit
                )
                return found

            rows = np.concatenate(in_chunks(chunk, count, self.threads))
            bounds = np.searchsorted(rows[:, 0], np.arange(start, start + count + 1))
            for at in range(count):
                part = rows[bounds[at] : bounds[at + 1]]
                order = np.argsort(part[:, 1])
                yield start + at, part[order, 1], part[order, 2]


def reach_of(
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    limit: float,
    direction: Direction = "to",
    each: str = "site",
    max_snap: float = 500.0,
    threads: int | None = None,
) -> Reach:
    """
    Join sites to the roads and put them in groups.

    Parameters
    ----------
    network
        The roads.
    sites
        The ``sites`` table. A site that cannot be placed or joined reaches nothing, with a reason;
        one with ``entrances`` is reached at each of them.
    limit
        Longest time, minutes, inclusive.
    direction
        ``to`` the sites, or ``from`` them.
    each
        ``site``: every site is a group. ``dissolved``: all are one, named :data:`ALL_SITES`. Else
        the name of a column of `sites`: one group for each of its values.
    max_snap, threads
        As in :func:`slgeo.routing.travel.travel_times`.

    Returns
    -------
    Reach

    Raises
    ------
    TableError
        Where sites lack columns, keys or metric points, or the column to group by.
    AccessError
        Where the limit or the direction makes no sense.
    """
    import pandas as pd

    checked(sites, FROM_SITES, source="catchments")
    if direction not in {"to", "from"}:
        raise AccessError(f"direction is {direction!r}; it is 'to' the site or 'from' it")
    limit_ms = limit_in_milliseconds(limit)
    labels, group = _groups(sites, each)
    order = np.argsort(group, kind="stable")
    sites, group = sites.iloc[order], group[order]
    if have_entrances(sites):  # a site is reached at any of its ways in, as in travel_times
        sites, of = spread(sites)
        group = group[of]
    given = reasons_of(sites)
    points = sites.geometry.where(pd.Series(missing(given), index=sites.index))
    places = snapped(network, points, max_snap)
    graph = roads.road_graph(network)
    hang = roads.arriving if direction == "to" else roads.leaving
    seeds = hang(network, graph, places).later(round(network.parking_seconds * 1000))
    first = np.searchsorted(group, np.arange(len(labels) + 1))
    why = np.where(missing(given), places.reason, given)
    reason = np.full(len(labels), None, object)
    for position, (low, high) in enumerate(pairwise(first.tolist())):
        if not places.joined[low:high].any():
            reason[position] = why[low]
    return Reach(
        network=network,
        graph=graph,
        labels=labels,
        first=first.astype(np.int64),
        seeds=seeds,
        places=places,
        reason=reason,
        direction=direction,
        limit=limit_ms,
        max_snap=float(max_snap),
        threads=thread_count(threads),
    )


def _groups(sites: gpd.GeoDataFrame, each: str) -> tuple[pd.Index[Any], NDArray[np.intp]]:
    """Name the groups, and tell which each site belongs to."""
    import pandas as pd

    count = len(sites)
    if each == "site":
        return pd.Index(sites.index, name="site"), np.arange(count)
    if each == "dissolved":
        together = [ALL_SITES] if count else []
        return pd.Index(together, name="site", dtype=str), np.zeros(count, np.intp)
    if each not in sites.columns:
        have = ", ".join(map(str, sites.columns))
        raise TableError(
            f"each is {each!r}: give 'site', 'dissolved', or a column of the sites ({have})"
        )
    group, names = pd.factorize(sites[each], sort=True)
    if (group < 0).any():
        raise TableError(
            f"column {each!r} is missing for {int((group < 0).sum())} sites (first: "
            f"{sites.index[group < 0][0]!r}): fill it, or leave those sites out"
        )
    return pd.Index([str(name) for name in names], name="site", dtype=str), group


def limits_of(minutes: Sequence[float]) -> tuple[float, ...]:
    """
    Check thresholds and put them in order.

    Raises
    ------
    AccessError
        Where there is none, or one is not above 0 or there twice.
    """
    found = tuple(sorted(float(m) for m in minutes))
    if not found or not all(m > 0 for m in found) or len(set(found)) < len(found):
        raise AccessError(
            f"minutes is {tuple(minutes)!r}; give thresholds above 0, each once, as (10, 20, 30)"
        )
    limit_in_milliseconds(found[-1])
    return found
