"""
Sites with several ways in: people travel to the nearest of them, and the site is reached once.

A sites table may have a column ``entrances``: points as WKT, in the CRS of the table. A site that
has none is its own point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import TableError
from slgeo.routing.times_checks import missing, objects

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

COLUMN: Final = "entrances"
_DEAREST: Final = 8
"""Times as many seeds as sites asked for up to which a search for the nearest pays (our choice)."""


def have_entrances(sites: gpd.GeoDataFrame) -> bool:
    """Tell whether any site has entrances of its own."""
    return COLUMN in sites.columns and bool(sites[COLUMN].notna().any())


def spread(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, NDArray[np.intp]]:
    """
    Make one row of each entrance.

    Parameters
    ----------
    sites
        Indexed by ``site``, with points and ``entrances``.

    Returns
    -------
    tuple of GeoDataFrame and array
        A table indexed by ``site`` (running numbers) with ``reason`` and a point for each entrance,
        or the site's own point where it has none; and the position of the site each belongs to.

    Raises
    ------
    TableError
        Where entrances are no points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> park = gpd.GeoDataFrame(
    ...     {"entrances": ["MULTIPOINT (0 0, 90 0)"]}, geometry=[Point(40, 40)], crs="EPSG:27700"
    ... )
    >>> rows, of = spread(park)
    >>> len(rows), of.tolist()
    (2, [0, 0])
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    texts = sites[COLUMN]
    given = np.array([isinstance(text, str) for text in texts], bool)
    try:
        shapes: Any = shapely.from_wkt(texts.to_numpy(object)[given])
    except shapely.errors.GEOSException as error:
        raise TableError(f"entrances of sites are no points as WKT ({str(error)[:80]})") from error
    if not np.isin(shapely.get_type_id(shapes), (0, 4)).all():
        first = sites.index[given][~np.isin(shapely.get_type_id(shapes), (0, 4))][0]
        raise TableError(f"entrances of {first!r} are no points; give WKT such as MULTIPOINT (0 0)")
    points, at = shapely.get_parts(shapes, return_index=True)
    several = np.flatnonzero(given)[at]
    single = np.setdiff1d(np.arange(len(sites)), several)
    of = np.concatenate([several, single])
    where = np.concatenate([points, sites.geometry.to_numpy()[single]])
    order = np.argsort(of, kind="stable")
    of = of[order]
    reason = objects([None] * len(sites))
    if "reason" in sites.columns:
        reason = sites["reason"].to_numpy(object)
    rows = gpd.GeoDataFrame(
        {"reason": reason[of]},
        geometry=gpd.GeoSeries(where[order], crs=sites.crs).to_numpy(),
        index=pd.RangeIndex(len(of), name="site"),
        crs=sites.crs,
    )
    return rows, of


def enough(of: NDArray[np.intp], nearest: int) -> int | None:
    """
    Count the entrances that hold the nearest sites for certain.

    The nearest ``k`` sites are among the nearest entrances as soon as these are one more than all
    the entrances of any ``k - 1`` sites.

    Returns
    -------
    int or None
        How many; None where seeking all within the limit costs less.
    """
    counts = np.sort(np.bincount(of))[::-1]
    wanted = int(counts[: nearest - 1].sum()) + 1
    return wanted if wanted <= _DEAREST * nearest else None


def gathered(
    of: NDArray[np.intp],
    entrance: NDArray[np.int32],
    origin: NDArray[np.int64],
    milliseconds: NDArray[np.int32],
    *,
    nearest: int | None,
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """
    Take each site at its nearest entrance.

    Parameters
    ----------
    of
        Position of the site of each entrance.
    entrance, origin, milliseconds
        One element a pair.
    nearest
        Keep only so many sites of each origin; all where None.

    Returns
    -------
    tuple of arrays
        Site, origin and milliseconds, a pair of site and origin once.
    """
    site = of[entrance].astype(np.int32)
    order = np.lexsort((site, milliseconds, origin))
    site, origin, milliseconds = site[order], origin[order], milliseconds[order]
    key = origin.astype(np.int64) * (int(of.max(initial=0)) + 1) + site
    _, first = np.unique(key, return_index=True)
    first.sort()
    site, origin, milliseconds = site[first], origin[first], milliseconds[first]
    if nearest is not None and len(origin):
        begins = np.flatnonzero(np.r_[True, origin[1:] != origin[:-1]])
        rank = np.arange(len(origin)) - np.repeat(begins, np.diff(np.r_[begins, len(origin)]))
        kept = rank < nearest
        site, origin, milliseconds = site[kept], origin[kept], milliseconds[kept]
    return site, origin, milliseconds


def reason_of_sites(
    of: NDArray[np.intp], reason: NDArray[np.object_], count: int
) -> NDArray[np.object_]:
    """
    Say why a site can have no time: none where any of its entrances can have one.

    Returns
    -------
    array
        By site; the reason of its first entrance where all are out of reach.
    """
    made = objects([None] * count)
    for position, why in zip(of[::-1], reason[::-1], strict=True):
        made[position] = why
    open_ = np.zeros(count, bool)
    open_[of[missing(reason)]] = True
    made[open_] = None
    return made
