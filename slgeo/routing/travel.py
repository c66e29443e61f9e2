"""Travel times between origins and sites: the door to this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo import reasons
from slgeo.errors import AccessError
from slgeo.routing import graph as roads
from slgeo.routing import search
from slgeo.routing.engine import Engine, with_engine
from slgeo.routing.times import MS_PER_MINUTE, Direction, TravelTimes
from slgeo.routing.times_checks import missing, objects, reasons_of
from slgeo.tables import ORIGINS, SITES, Table, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.network.snapping import Snapped
    from slgeo.routing.hierarchy import Hierarchy

_FROM_ORIGINS: Final = Table(
    ORIGINS.name,
    ORIGINS.index,
    tuple(c for c in ORIGINS.columns if c.name in {"area", "people", "geometry"}),
    ORIGINS.meaning,
)
_FROM_SITES: Final = Table(
    SITES.name,
    SITES.index,
    tuple(c for c in SITES.columns if c.name in {"reason", "geometry"}),
    SITES.meaning,
)


def travel_times(  # noqa: PLR0913  # what is asked, then keyword-only ways of asking it
    network: Network,
    origins: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    limit: float = 60.0,
    nearest: int | None = None,
    direction: Direction = "to",
    max_snap: float = 500.0,
    engine: Engine = "auto",
    hierarchy: Hierarchy | None = None,
    areas: pd.Index[Any] | Sequence[str] | None = None,
    threads: int | None = None,
) -> TravelTimes:
    """
    Compute exact travel times between origins and sites over a network.

    A time is the off-road leg to the road, the way along it, and the same at the other end. One-way
    streets are obeyed; private and gated roads are used on the first and last leg only.

    Parameters
    ----------
    network
        Roads of one mode.
    origins
        Where people start: indexed by ``origin``, with ``area``, ``people`` and points.
    sites
        Where they go: indexed by ``site``, with points, which may be missing; ``reason`` where one
        cannot be travelled to.
    limit
        Longest time searched, in minutes.
    nearest
        Keep only this many nearest sites of each origin; all within the limit where None.
    direction
        ``to`` the site, or ``from`` it.
    max_snap
        Farthest a point may lie from a usable road, in metres.
    engine
        ``dijkstra``: plain searches. ``hierarchy``: the roads are prepared first, for many.
        ``auto``: whichever is expected to take less time. The answer is the same.
    hierarchy
        The roads as :func:`prepare` made them, to be used again; of any speed profile.
    areas
        Every area there is, those without origins too; the areas of the origins where None.
    threads
        Threads to use; every processor where None. The answer does not depend on it.

    Returns
    -------
    TravelTimes
        Every origin and site is in it, with times or a reason.

    Raises
    ------
    TableError
        Where origins or sites lack columns, keys or metric points.
    AccessError
        Where the limit or ``nearest`` make no sense.
    """
    checked(origins, _FROM_ORIGINS, source="travel_times")
    checked(sites, _FROM_SITES, source="travel_times")
    if nearest is not None and nearest < 1:
        raise AccessError(f"nearest is {nearest}; 1 keeps the nearest site only")
    if direction not in {"to", "from"}:
        raise AccessError(f"direction is {direction!r}; it is 'to' the site or 'from' it")
    limit_ms = search.limit_in_milliseconds(limit)
    site_reason = reasons_of(sites)
    site_reason[missing(site_reason) & _unplaced(sites)] = reasons.NOT_GEOCODED
    routed = np.flatnonzero(missing(site_reason))
    places = _snapped(network, sites.iloc[routed].geometry, max_snap)
    homes = _snapped(network, origins.geometry, max_snap)
    site_reason[routed] = places.reason
    graph = roads.road_graph(network)
    out, into = roads.leaving, roads.arriving
    at_site, at_origin = (into, out) if direction == "to" else (out, into)
    # searches start at the sites, which are the fewer; trips to them run against the search
    asked = search.Search(
        graph=graph,
        seeds=at_site(network, graph, places).later(round(network.parking_seconds * 1000)),
        hits=at_origin(network, graph, homes),
        forward=direction == "from",
        limit=limit_ms,
        threads=search.thread_count(threads),
    )
    asked = with_engine(asked, engine, hierarchy, nearest)
    if nearest is None:
        site, origin, milliseconds = search.pairs_within(asked)
    else:
        site, origin, milliseconds = search.nearest_seeds(asked, nearest)
    return TravelTimes.from_pairs(
        origin.astype(np.int64),
        routed[site].astype(np.int32),
        milliseconds,
        mode=network.mode,
        direction=direction,
        limit=float(limit),
        speeds=network.speeds,
        origins=pd.Index(origins.index, name="origin"),
        sites=pd.Index(sites.index, name="site"),
        area=origins["area"].to_numpy(object),
        people=origins["people"].to_numpy(np.float64),
        reason=objects(homes.reason),
        site_reason=site_reason,
        kept=nearest,
        areas=areas,
    )


def prepare(network: Network) -> Hierarchy:
    """
    Prepare a network for many travel times: seconds once, milliseconds after.

    Returns
    -------
    Hierarchy
        To be handed to :func:`travel_times`; for any speeds of the same roads.
    """
    from slgeo.routing.hierarchy import Hierarchy

    return Hierarchy.prepare(roads.road_graph(network))


def exit_times(
    network: Network,
    origins: gpd.GeoDataFrame,
    *,
    limit: float = 60.0,
    direction: Direction = "to",
    max_snap: float = 500.0,
) -> pd.Series[float]:
    """
    Compute minutes to the nearest place where the roads leave the extract.

    Where that is shorter than the time to the nearest site, a site beyond the border may be nearer
    still, and the answer is unsafe.

    Parameters
    ----------
    network, origins, limit, direction, max_snap
        As in :func:`travel_times`.

    Returns
    -------
    pd.Series
        ``exit_minutes`` by origin; missing where no exit is reached within the limit, or the
        origin is not on the network.
    """
    checked(origins, _FROM_ORIGINS, source="exit_times")
    homes = _snapped(network, origins.geometry, max_snap)
    graph = roads.road_graph(network)
    from_exits = search.Search(
        graph=graph,
        seeds=roads.at_nodes((graph.start if direction == "from" else graph.end)[network.exits]),
        hits=(roads.arriving if direction == "from" else roads.leaving)(network, graph, homes),
        forward=direction == "from",
        limit=search.limit_in_milliseconds(limit),
        threads=1,
    )
    _, origin, milliseconds = search.nearest_seeds(from_exits, 1)
    minutes = np.full(len(origins), np.nan)
    minutes[origin] = milliseconds / MS_PER_MINUTE
    return pd.Series(minutes, index=pd.Index(origins.index, name="origin"), name="exit_minutes")


def _snapped(network: Network, points: gpd.GeoSeries, max_snap: float) -> Snapped:
    """Join points to the network, in its own CRS."""
    from slgeo.network.snapping import snap

    return snap(network, points.to_crs(network.crs), max_snap=max_snap)


def _unplaced(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which rows have no point."""
    shapes = frame.geometry
    return np.asarray(shapes.isna() | shapes.is_empty, dtype=bool)
