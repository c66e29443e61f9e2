"""Minutes between a site and every node of the roads: what catchments are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slgeo.routing import graph as roads
from slgeo.routing.compiled import NEVER
from slgeo.routing.dijkstra import settle
from slgeo.routing.ready import Ready
from slgeo.routing.search import in_chunks, limit_in_milliseconds, thread_count

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.routing.times import Direction

UNREACHED: int = -1
"""Milliseconds of a node that is not reached within the limit."""


def node_times(
    network: Network,
    points: gpd.GeoSeries,
    *,
    limit: float = 60.0,
    direction: Direction = "to",
    max_snap: float = 500.0,
    threads: int | None = None,
    ready: Ready | None = None,
) -> NDArray[np.int32]:
    """
    Compute the time between each point and every node of a network, off-road leg included.

    Parameters
    ----------
    network
        The roads.
    points
        Sites; missing ones, and those that join no road, reach nothing.
    limit
        Longest time, in minutes; nodes beyond it are not searched.
    direction
        ``to`` the point, or ``from`` it.
    max_snap, threads, ready
        As in :func:`slgeo.routing.travel.travel_times`.

    Returns
    -------
    ndarray of int32, shape (points, nodes)
        Milliseconds, :data:`UNREACHED` beyond the limit. A trip may begin or end at a node on
        private roads.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.network import Network
    >>> from slgeo.routing.nodes import node_times
    >>> street = Network.from_edges([0, 80, 160], [0, 0, 0], [0, 1], [1, 2])
    >>> site = gpd.GeoSeries.from_xy([0], [0], crs="EPSG:27700")
    >>> node_times(street, site, limit=1.5).tolist()
    [[0, 60000, -1]]
    """
    ready = Ready.of(network, ready)
    graph, places = ready.graph, ready.snapped(points, max_snap)
    to = direction == "to"
    ends = (roads.arriving if to else roads.leaving)(network, graph, places)
    ends = ends.later(round(network.parking_seconds * 1000))
    arcs = graph.backwards() if to else graph.arcs
    storey = graph.start if to else graph.end
    limit_ms = limit_in_milliseconds(limit)
    out = np.full((len(ends), len(network.x)), UNREACHED, np.int32)

    def chunk(low: int, high: int) -> None:
        time = np.full(graph.size, NEVER, np.int32)
        touched = np.empty(graph.size, np.int32)
        heap: NDArray[np.uint64] = np.empty(1024, np.uint64)
        for i in range(low, high):
            count, heap = settle(*arcs, ends.node[i], ends.cost[i], limit_ms, time, touched, heap)
            found = time[storey]
            out[i] = np.where(found < NEVER, found, UNREACHED)
            time[touched[:count]] = NEVER

    in_chunks(chunk, len(ends), thread_count(threads))
    return out
