"""A question about travel, checked, its points joined to the roads, ready to be searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo import reasons
from slgeo.errors import AccessError
from slgeo.routing import graph as roads
from slgeo.routing.ready import Ready
from slgeo.routing.search import Search, limit_in_milliseconds, thread_count
from slgeo.routing.times_checks import missing, reasons_of
from slgeo.tables import ORIGINS, SITES, Table, checked

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.network.snapping import Snapped
    from slgeo.routing.times import Direction

FROM_ORIGINS: Final = Table(
    ORIGINS.name,
    ORIGINS.index,
    tuple(c for c in ORIGINS.columns if c.name in {"area", "people", "geometry"}),
    ORIGINS.meaning,
)
FROM_SITES: Final = Table(
    SITES.name,
    SITES.index,
    tuple(c for c in SITES.columns if c.name in {"reason", "geometry"}),
    SITES.meaning,
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Question:
    """
    What is asked, with everything that can have no time set aside.

    Parameters
    ----------
    homes, places
        Origins, and the sites that are searched, joined to the roads.
    routed
        Positions of the sites that are searched.
    site_reason
        Why a site can have no time, None where it can.
    search
        From the sites to the origins.
    """

    homes: Snapped
    places: Snapped
    routed: NDArray[np.intp]
    site_reason: NDArray[np.object_]
    search: Search


def ask(  # what is asked, then keyword-only ways of asking it
    network: Network,
    origins: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    limit: float,
    direction: Direction,
    max_snap: float,
    threads: int | None,
    ready: Ready | None = None,
) -> Question:
    """
    Check a question and join its points to the roads; as in :func:`slgeo.routing.travel_times`.

    Raises
    ------
    TableError
        Where origins or sites lack columns, keys or metric points.
    AccessError
        Where the limit or the direction makes no sense.
    """
    checked(origins, FROM_ORIGINS, source="travel times")
    checked(sites, FROM_SITES, source="travel times")
    if direction not in {"to", "from"}:
        raise AccessError(f"direction is {direction!r}; it is 'to' the site or 'from' it")
    limit_ms = limit_in_milliseconds(limit)
    site_reason = reasons_of(sites)
    site_reason[missing(site_reason) & _unplaced(sites)] = reasons.NOT_GEOCODED
    routed = np.flatnonzero(missing(site_reason))
    ready = Ready.of(network, ready)
    places = ready.snapped(sites.iloc[routed].geometry, max_snap)
    homes = ready.snapped(origins.geometry, max_snap)
    site_reason[routed] = places.reason
    graph = ready.graph
    out, into = roads.leaving, roads.arriving
    at_site, at_origin = (into, out) if direction == "to" else (out, into)
    # searches start at the sites, which are the fewer; trips to them run against the search
    search = Search(
        graph=graph,
        seeds=at_site(network, graph, places).later(round(network.parking_seconds * 1000)),
        hits=at_origin(network, graph, homes),
        forward=direction == "from",
        limit=limit_ms,
        threads=thread_count(threads),
    )
    return Question(homes, places, routed, site_reason, search)


def snapped(network: Network, points: gpd.GeoSeries, max_snap: float) -> Snapped:
    """Join points to the network, in its own CRS."""
    return Ready(network).snapped(points, max_snap)


def _unplaced(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which rows have no point."""
    shapes = frame.geometry
    return np.asarray(shapes.isna() | shapes.is_empty, dtype=bool)
