"""Travel times between origins and sites: the door to this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.errors import AccessError
from slgeo.routing import graph as roads
from slgeo.routing import search
from slgeo.routing.asking import FROM_ORIGINS, ask
from slgeo.routing.engine import Engine, with_engine
from slgeo.routing.entrances import enough, gathered, have_entrances, reason_of_sites, spread
from slgeo.routing.ready import Ready
from slgeo.routing.times import MS_PER_MINUTE, Direction, TravelTimes
from slgeo.routing.times_checks import objects
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.network.model import Network
    from slgeo.routing.hierarchy import Hierarchy


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
    ready: Ready | None = None,
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
        cannot be travelled to; ``entrances`` (WKT in the table's CRS) where one has several ways
        in, of which the nearest counts.
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
    ready
        What is kept between questions about the same roads, so that no point is joined twice.

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
    if nearest is not None and nearest < 1:
        raise AccessError(f"nearest is {nearest}; 1 keeps the nearest site only")
    several = have_entrances(sites)
    rows, of = spread(sites) if several else (sites, np.arange(len(sites)))
    question = ask(
        network,
        origins,
        rows,
        limit=limit,
        direction=direction,
        max_snap=max_snap,
        threads=threads,
        ready=ready,
    )
    seeds = enough(of, nearest) if several and nearest is not None else nearest
    answered = with_engine(question.search, engine, hierarchy, seeds)
    if seeds is None:
        site, origin, milliseconds = search.pairs_within(answered)
    else:
        site, origin, milliseconds = search.nearest_seeds(answered, seeds)
    reached, home = question.routed[site].astype(np.int32), origin.astype(np.int64)
    site_reason = question.site_reason
    if several:
        reached, home, milliseconds = gathered(of, reached, home, milliseconds, nearest=nearest)
        site_reason = reason_of_sites(of, site_reason, len(sites))
    return TravelTimes.from_pairs(
        home,
        reached,
        milliseconds,
        mode=network.mode,
        direction=direction,
        limit=float(limit),
        speeds=network.speeds,
        origins=pd.Index(origins.index, name="origin"),
        sites=pd.Index(sites.index, name="site"),
        area=origins["area"].to_numpy(object),
        people=origins["people"].to_numpy(np.float64),
        reason=objects(question.homes.reason),
        site_reason=site_reason,
        kept=nearest,
        areas=areas,
    )


def reached_within(  # noqa: PLR0913  # as travel_times
    network: Network,
    origins: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    minutes: Sequence[float],
    weight: pd.Series[float] | None = None,
    direction: Direction = "to",
    max_snap: float = 500.0,
    hierarchy: Hierarchy | None = None,
    threads: int | None = None,
    ready: Ready | None = None,
) -> pd.DataFrame:
    """
    Count sites, or add up what they offer, within some times of each origin.

    The sums are made in the sweep itself: the table of pairs is never stored, so that a whole
    country fits in memory. Equal to counting the rows of :func:`travel_times`.

    Parameters
    ----------
    network, origins, sites, direction, max_snap, hierarchy, threads, ready
        As in :func:`travel_times`.
    minutes
        The times, each inclusive.
    weight
        What each site counts for, by site; 1 where None.

    Returns
    -------
    pd.DataFrame
        Indexed by origin, every origin present: a column for each of the times, and ``reason``
        where the origin is not on the network (its sums are 0).

    Raises
    ------
    AccessError
        Where no time is asked for, or a weight is missing or negative.
    """
    if not len(minutes):
        raise AccessError("minutes is empty; give at least one time to count within")
    if have_entrances(sites):
        raise AccessError(
            "sums within a sweep count every entrance; use travel_times, which counts a site once, "
            "or leave the column entrances out"
        )
    question = ask(
        network,
        origins,
        sites,
        limit=max(minutes),
        direction=direction,
        max_snap=max_snap,
        threads=threads,
        ready=ready,
    )
    each: NDArray[np.float64] = np.ones(len(sites), np.float64)
    if weight is not None:
        each = weight.reindex(sites.index).to_numpy().astype(np.float64)
        if not (each >= 0).all():
            bad = sites.index[~(each >= 0)]
            raise AccessError(f"{len(bad)} sites have no weight, or a negative one: {bad[0]!r}")
    answered = with_engine(question.search, "hierarchy", hierarchy, None)
    limits = np.array([search.limit_in_milliseconds(m) for m in minutes], np.int32)
    total = search.sums_within(answered, each[question.routed], limits)
    frame = pd.DataFrame(
        total, index=pd.Index(origins.index, name="origin"), columns=pd.Index(minutes)
    )
    return frame.assign(reason=objects(question.homes.reason))


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
    ready: Ready | None = None,
) -> pd.Series[float]:
    """
    Compute minutes to the nearest place where the roads leave the extract.

    Where that is shorter than the time to the nearest site, a site beyond the border may be nearer
    still, and the answer is unsafe.

    Parameters
    ----------
    network, origins, limit, direction, max_snap, ready
        As in :func:`travel_times`.

    Returns
    -------
    pd.Series
        ``exit_minutes`` by origin; missing where no exit is reached within the limit, or the
        origin is not on the network.
    """
    checked(origins, FROM_ORIGINS, source="exit_times")
    ready = Ready.of(network, ready)
    homes, graph = ready.snapped(origins.geometry, max_snap), ready.graph
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
