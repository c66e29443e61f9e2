"""The way itself, for drawing: which roads a fastest trip takes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.errors import TableError
from slgeo.routing.asking import ask
from slgeo.routing.compiled import NEVER
from slgeo.routing.dijkstra import settle
from slgeo.routing.entrances import have_entrances, spread
from slgeo.routing.graph import direct_paths
from slgeo.routing.times import MS_PER_MINUTE, Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import LineString

    from slgeo.network.model import Network
    from slgeo.routing.asking import Question
    from slgeo.routing.graph import Arcs, Ends
    from slgeo.routing.hierarchy import Hierarchy
    from slgeo.routing.ready import Ready
    from slgeo.routing.search import Search


def routes(  # noqa: PLR0913 - as travel_times
    network: Network,
    origins: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    *,
    limit: float = 60.0,
    direction: Direction = "to",
    max_snap: float = 500.0,
    hierarchy: Hierarchy | None = None,
    ready: Ready | None = None,
) -> gpd.GeoDataFrame:
    """
    Draw the fastest way between pairs of origin and site.

    With a hierarchy each way is taken from it in a fraction of a millisecond, however large the
    network; without one, a plain search is made for each site. Where several ways are equally fast,
    the two may draw different ones.

    Parameters
    ----------
    network, origins, sites, limit, direction, max_snap, hierarchy, ready
        As in :func:`slgeo.routing.travel.travel_times`.
    pairs
        Columns ``origin`` and ``site``.

    Returns
    -------
    gpd.GeoDataFrame
        One row a pair, in the order given, indexed by ``origin`` and ``site``: ``minutes``, and the
        line in the direction of travel, with the off-road walks at its ends. Both are missing where
        there is no way within the limit.

    Raises
    ------
    TableError
        For a pair with an unknown origin or site.
    """
    import geopandas as gpd
    import pandas as pd

    used = pd.Index(pairs["site"].drop_duplicates())
    unknown = [key for key in used if key not in sites.index]
    unknown += [key for key in pairs["origin"] if key not in origins.index]
    if unknown:
        raise TableError(
            f"{len(unknown)} origins or sites of the pairs are unknown (first: {unknown[0]!r})"
        )
    places = sites.iloc[sites.index.get_indexer(used)]
    of = np.arange(len(places))
    if have_entrances(places):
        places, of = spread(places)
    question = ask(
        network,
        origins,
        places,
        limit=limit,
        direction=direction,
        max_snap=max_snap,
        threads=1,
        ready=ready,
    )
    drawn = _Drawing(network, question, origins, places, hierarchy)
    found: dict[tuple[Any, Any], tuple[float, LineString]] = {}
    for seed, position in enumerate(question.routed.tolist()):
        site = used[of[position]]
        of_site = pairs.loc[pairs["site"] == site, "origin"]
        for origin, way in drawn.ways(seed, of_site, origins.index):
            key = (origin, site)
            if key not in found or way[0] < found[key][0]:  # by the nearest of its entrances
                found[key] = way
    keys = list(zip(pairs["origin"], pairs["site"], strict=True))
    lines = np.full(len(keys), None, dtype=object)
    lines[:] = [found[key][1] if key in found else None for key in keys]
    return gpd.GeoDataFrame(
        {"minutes": [found[key][0] if key in found else np.nan for key in keys]},
        geometry=lines,
        index=pd.MultiIndex.from_tuples(keys, names=["origin", "site"]),
        crs=network.crs,
    )


class _Drawing:
    """One question, drawn site by site."""

    def __init__(
        self,
        network: Network,
        question: Question,
        origins: gpd.GeoDataFrame,
        places: gpd.GeoDataFrame,
        hierarchy: Hierarchy | None,
    ) -> None:
        search = question.search
        self.question = question
        self.direct = direct_paths(search.seeds, search.hits, to_hits=search.forward)
        self.home = _coordinates(origins, network.crs)
        self.place = _coordinates(places.iloc[question.routed], network.crs)
        self.found: _Plain | _Unpacked
        self.found = _Plain(search) if hierarchy is None else _Unpacked(search, hierarchy)

    def ways(
        self, seed: int, wanted: pd.Series[Any], keys: pd.Index[Any]
    ) -> list[tuple[Any, tuple[float, LineString]]]:
        """Find the ways between a site and some origins."""
        import pandas as pd

        hits = keys.get_indexer(pd.Index(wanted)).tolist()
        made = []
        for origin, hit, way in zip(wanted, hits, self.found.ways(seed, hits), strict=True):
            best, nodes = way
            along = self._along(seed, hit)
            if along <= best:
                best, nodes = along, []
            if best <= self.question.search.limit:
                made.append((origin, (best / MS_PER_MINUTE, self._line(seed, hit, nodes))))
        return made

    def _along(self, seed: int, hit: int) -> int:
        """Take the time along the edge a site and an origin share; NEVER if they share none."""
        first, other, cost = self.direct
        here = slice(first[seed], first[seed + 1])
        return int(cost[here][other[here] == hit].min(initial=NEVER))

    def _line(self, seed: int, hit: int, nodes: list[int]) -> LineString:
        """Draw from the origin over its joining point and the nodes to the site, or back."""
        import shapely

        homes, places = self.question.homes, self.question.places
        graph = self.question.search.graph
        points = [
            self.home[hit],
            (homes.x[hit], homes.y[hit]),
            *((graph.x[node], graph.y[node]) for node in nodes),
            (places.x[seed], places.y[seed]),
            self.place[seed],
        ]
        apart = [points[0], *(b for a, b in pairwise(points) if a != b)]
        line = shapely.LineString(apart if len(apart) > 1 else [points[0], points[0]])
        return line.reverse() if self.question.search.forward else line


class _Plain:
    """Ways by a plain search a site."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.arcs = search.arcs
        self.against = search.swapped().arcs
        self.time = np.full(search.graph.size, NEVER, np.int32)
        self.touched = np.empty(search.graph.size, np.int32)

    def ways(self, seed: int, hits: Sequence[int]) -> list[tuple[int, list[int]]]:
        """Find milliseconds, and the nodes from each hit to the seed."""
        search, seeds = self.search, self.search.seeds
        count, _ = settle(
            *self.arcs,
            seeds.node[seed],
            seeds.cost[seed],
            search.limit,
            self.time,
            self.touched,
            np.empty(1024, np.uint64),
        )
        made = []
        for hit in hits:
            best, start = self._least(hit)
            nodes = _back(self.time, self.against, start, seeds, seed) if start >= 0 else []
            made.append((best, nodes))
        self.time[self.touched[:count]] = NEVER
        return made

    def _least(self, hit: int) -> tuple[int, int]:
        """Take the least time over the nodes a point hangs on, and the node (-1: none)."""
        hits = self.search.hits
        best, start = int(NEVER), -1
        for node, cost in zip(hits.node[hit].tolist(), hits.cost[hit].tolist(), strict=True):
            if node >= 0 and int(self.time[node]) + cost < best:
                best, start = int(self.time[node]) + cost, node
        return best, start


class _Unpacked:
    """Ways from a hierarchy."""

    def __init__(self, search: Search, hierarchy: Hierarchy) -> None:
        from slgeo.routing.unpacking import unpacker

        self.search = search
        self.using = unpacker(search.graph, hierarchy)

    def ways(self, seed: int, hits: Sequence[int]) -> list[tuple[int, list[int]]]:
        """Find milliseconds, and the nodes from each hit to the seed."""
        from slgeo.routing.unpacking import way

        search = self.search
        site = search.seeds.node[seed], search.seeds.cost[seed]
        made = []
        for hit in hits:
            home = search.hits.node[hit], search.hits.cost[hit]
            if search.forward:  # trips run from the site
                best, nodes = way(self.using, site, home)
                nodes.reverse()
            else:
                best, nodes = way(self.using, home, site)
            made.append((best, nodes))
        return made


def _coordinates(frame: gpd.GeoDataFrame, crs: str) -> list[tuple[float, float]]:
    """Take the coordinates of points in the network's CRS."""
    import shapely

    shapes = frame.geometry.to_crs(crs).to_numpy()
    return list(zip(shapely.get_x(shapes).tolist(), shapely.get_y(shapes).tolist(), strict=True))


def _back(time: NDArray[np.int32], against: Arcs, start: int, seeds: Ends, seed: int) -> list[int]:
    """
    Walk back from a node to the seed over arcs that are exactly as long as the times differ.

    A step over an arc of no time could lead round in a ring, so no node is visited twice.
    """
    goal = {
        int(node): int(cost)
        for node, cost in zip(seeds.node[seed], seeds.cost[seed], strict=True)
        if node >= 0
    }
    path, seen = [start], {start}
    while goal.get(path[-1], -1) != time[path[-1]]:
        node = path[-1]
        low, high = against.first[node], against.first[node + 1]
        steps = zip(against.head[low:high].tolist(), against.cost[low:high].tolist(), strict=True)
        for there, cost in steps:
            if there not in seen and int(time[there]) + cost == int(time[node]):
                seen.add(there)
                path.append(there)
                break
        else:
            path.pop()  # a ring of no time: try another way round
    return path
