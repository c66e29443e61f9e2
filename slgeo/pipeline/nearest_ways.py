"""The roads from each area to its nearest places, which a page draws instead of straight lines."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.pipeline.parts import Context, Part
from slgeo.sources.cache import hash_file, hash_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.maps.access_map import AccessMap
    from slgeo.results import Reach

MOST_WAYS: Final = 300
"""Ways a page draws, about a tenth of a second each at most and 300 bytes in the page; with more,
straight lines stand for all of them."""

SIMPLER: Final = 10.0
"""Metres by which a way is simplified, as the page simplifies its shapes."""


def nearest_ways(context: Context) -> Part | None:
    """
    Find the roads from the study's areas to the places listed as nearest, of the first kind.

    Returns
    -------
    Part or None
        A layer of the page; None where the study does not want it, or has too many ways.
    """
    import geopandas as gpd
    import pandas as pd

    if not context.study.catchments.ways:
        return None
    found = context.found
    inside = found.areas.index[found.areas["in_study"]]
    parts = []
    for one in found.reached:
        if one.kind == found.reached[0].kind:
            wanted = one.nearest[one.nearest["area"].isin(inside)]
            if 0 < len(wanted) <= MOST_WAYS:
                parts.append(_ways(context, one, wanted))
    if not parts:
        return None
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    return Part(
        about=(
            (
                "The way drawn from an area to a place is the fastest one, from the point whose "
                "time is the middle one of the area's people."
            ),
        ),
        draw=functools.partial(_on_page, frame),
    )


def _on_page(frame: gpd.GeoDataFrame, page: AccessMap) -> None:
    page.routes(frame)


def _ways(context: Context, one: Reach, wanted: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the ways of one measure, or load what was drawn."""
    import geopandas as gpd

    search, found = context.searches[one.mode], context.found
    sites = found.places.sites
    of_kind = sites[sites["kind"] == one.kind]
    listed = hash_of([list(map(str, row)) for row in wanted[["area", "site"]].to_numpy()])
    travel = context.study.travel
    asked = [travel.limit[one.mode], travel.direction, travel.max_snap]
    key = search.key("ways", found.origins, of_kind, listed, *asked, hash_file(__file__))
    key = f"{key}.parquet"
    if not search.fresh and context.cache.has(key):
        with contextlib.suppress(OSError, ValueError):  # a damaged file is made again
            return gpd.read_parquet(context.cache.path(key))
    made = _drawn(context, one, wanted, of_kind)
    with context.cache.writing(key) as path:
        made.to_parquet(path)
    return made


def _drawn(
    context: Context, one: Reach, wanted: pd.DataFrame, sites: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Draw the ways of one measure."""
    import geopandas as gpd

    from slgeo.routing.routes import routes

    study, found = context.study, context.found
    pairs = wanted[["area", "site"]].copy()
    pairs["origin"] = _middle_origins(one, pairs)
    pairs = pairs.dropna(subset=["origin"]).reset_index(drop=True)
    homes = found.origins[found.origins.index.isin(pairs["origin"])]
    lines = routes(
        context.networks[one.mode],
        homes,
        sites,
        pairs,
        limit=study.travel.limit[one.mode],
        direction="from" if study.travel.direction == "from" else "to",
        max_snap=study.travel.max_snap,
    )
    return gpd.GeoDataFrame(
        {"area": pairs["area"], "kind": one.kind, "mode": one.mode, "site": pairs["site"]},
        geometry=lines.geometry.simplify(SIMPLER).to_numpy(),
        crs=lines.crs,
    )


def _middle_origins(one: Reach, pairs: pd.DataFrame) -> list[Any]:
    """Choose, for each area and site, the origin whose time to it is the people's middle one."""
    times = one.times
    place = {site: at for at, site in enumerate(times.sites)}
    chosen: list[Any] = []
    area = times.area[times.row_origin]
    for code, site in zip(pairs["area"], pairs["site"], strict=True):
        rows = np.flatnonzero((area == code) & (times.site == place[site]))
        if rows.size == 0:
            chosen.append(None)
            continue
        order = rows[np.argsort(times.milliseconds[rows], kind="stable")]
        people = np.maximum(times.people[times.row_origin[order]], 1e-9)
        middle = int(np.searchsorted(np.cumsum(people), people.sum() / 2))
        chosen.append(times.origins[times.row_origin[order[min(middle, len(order) - 1)]]])
    return chosen
