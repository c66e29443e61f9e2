"""
Travel times to and from other tools, in the tables they write and expect.

Long layouts have one row a pair; a pair that is absent, or has no time, was not reached.

=================  ============  ==========  ==================  =================================
layout             origin        site        time                written and read by
=================  ============  ==========  ==================  =================================
``slgeo``          ``origin``    ``site``    ``minutes``         :meth:`TravelTimes.to_frame`
``r5py``           ``from_id``   ``to_id``   ``travel_time``     r5py, R ``accessibility``, cafein
``r5r``            ``from_id``   ``to_id``   ``travel_time_p50``  r5r
``access``         ``origin``    ``dest``    ``cost``            PySAL ``access``
=================  ============  ==========  ==================  =================================

The wide layout has one row an origin and one column a site, as lokigi and spreadsheets do.
Minutes everywhere, unless ``unit="seconds"`` is said.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import pandas as pd

from slgeo.errors import TableError
from slgeo.routing.times import Direction, TravelTimes

if TYPE_CHECKING:
    from collections.abc import Sequence

Layout = Literal["slgeo", "r5py", "r5r", "access"]
Unit = Literal["minutes", "seconds"]


class Names(NamedTuple):
    """Names of the three columns of a long layout."""

    origin: str
    site: str
    time: str


LAYOUTS: Final[dict[str, Names]] = {
    "slgeo": Names("origin", "site", "minutes"),
    "r5py": Names("from_id", "to_id", "travel_time"),
    "r5r": Names("from_id", "to_id", "travel_time_p50"),
    "access": Names("origin", "dest", "cost"),
}
"""Column names by layout."""

_A_MINUTE: Final = {"minutes": 1.0, "seconds": 60.0}


def read_long(  # noqa: PLR0913  # each option is a caption's fact and keyword-only
    frame: pd.DataFrame,
    origins: pd.DataFrame,
    sites: pd.DataFrame | pd.Index[Any] | Sequence[str],
    *,
    mode: str,
    limit: float | None = None,
    unit: Unit = "minutes",
    direction: Direction = "to",
    speeds: str = "not stated",
    layout: Layout | None = None,
) -> TravelTimes:
    """
    Take times from another tool's long table.

    Parameters
    ----------
    frame
        One row a pair. Rows of origins or sites that are not asked about are left out, with a
        warning that counts them.
    origins, sites, mode, direction, speeds
        As in :meth:`TravelTimes.from_frame`: those that the table lacks stay, with a reason.
    limit
        Longest time that the tool searched, in minutes; the longest in the table where None, which
        is at most what was searched.
    unit
        What the times are in.
    layout
        Which columns to take; found by their names where None.

    Returns
    -------
    TravelTimes

    Raises
    ------
    TableError
        Where the columns are of no known layout, a pair is there twice, or no row is asked about.

    Examples
    --------
    >>> import pandas as pd
    >>> from slgeo.routing.interchange import read_long
    >>> homes = pd.DataFrame({"area": ["A"], "people": [9]}, index=pd.Index(["h"], name="origin"))
    >>> matrix = pd.DataFrame({"from_id": ["h"], "to_id": ["gp"], "travel_time": [12.0]})
    >>> read_long(matrix, homes, ["gp"], mode="transit").minutes
    array([12.])
    """
    names = LAYOUTS[layout] if layout is not None else _layout_of(frame)
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise TableError(f"travel times: no column {', '.join(absent)} of layout {layout!r}")
    long = frame[list(names)].set_axis(["origin", "site", "minutes"], axis=1)
    keys = sites.index if isinstance(sites, pd.DataFrame) else pd.Index(sites)
    asked = long["origin"].isin(origins.index) & long["site"].isin(keys)
    if len(long) and not asked.any():
        raise TableError(
            "travel times: no row has an origin and a site that are asked about; the first is from "
            f"{long['origin'].iloc[0]!r} to {long['site'].iloc[0]!r}"
        )
    if not asked.all():
        other = long[~asked].iloc[0]
        warnings.warn(
            f"travel times: {int((~asked).sum()):,} of {len(long):,} rows are of origins or sites "
            f"not asked about, and left out (first: {other['origin']!r} to {other['site']!r})",
            stacklevel=2,
        )
    long = long[asked].assign(minutes=long.loc[asked, "minutes"] / _A_MINUTE[unit])
    if limit is None:
        longest = long["minutes"].max()
        limit = 0.0 if pd.isna(longest) else math.ceil(longest)
    else:
        long = long[~(long["minutes"] > limit)]
    return TravelTimes.from_frame(
        long, origins, sites, limit=limit, mode=mode, direction=direction, speeds=speeds
    )


def write_long(times: TravelTimes, *, layout: Layout, unit: Unit = "minutes") -> pd.DataFrame:
    """
    Give times to another tool as a long table.

    Parameters
    ----------
    times
        What to give.
    layout
        Which tool's columns.
    unit
        What to give the times in.

    Returns
    -------
    pd.DataFrame
        One row a pair that has a time. Origins without one are not in it: these layouts have no
        place for a reason.
    """
    frame = times.to_frame()
    frame["minutes"] = frame["minutes"] * _A_MINUTE[unit]
    return frame.set_axis(list(LAYOUTS[layout]), axis=1)


def read_wide(  # noqa: PLR0913  # as read_long
    frame: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    mode: str,
    origin: str | None = None,
    sites: pd.DataFrame | pd.Index[Any] | Sequence[str] | None = None,
    limit: float | None = None,
    unit: Unit = "minutes",
    direction: Direction = "to",
    speeds: str = "not stated",
) -> TravelTimes:
    """
    Take times from a wide table, as lokigi's: one row an origin, one column a site.

    Parameters
    ----------
    frame
        Times; a missing one was not reached.
    origin
        Column that has the origins' keys; the index where None.
    sites
        The sites; every other column where None.
    origins, mode, limit, unit, direction, speeds
        As in :func:`read_long`.

    Returns
    -------
    TravelTimes

    Raises
    ------
    TableError
        Where a column of times is not numbers, or as :func:`read_long`.
    """
    wide = frame if origin is None else frame.set_index(origin)
    columns = wide.columns if sites is None else sites
    keys = columns.index if isinstance(columns, pd.DataFrame) else pd.Index(columns)
    absent = keys.difference(wide.columns)
    if len(absent):
        raise TableError(f"travel times: no column for {len(absent)} sites (first: {absent[0]!r})")
    words = [name for name in keys if not pd.api.types.is_numeric_dtype(wide[name])]
    if words:
        raise TableError(
            f"travel times: column {words[0]!r} is not numbers; name the sites with sites="
        )
    long = pd.DataFrame(
        {
            "origin": wide.index.repeat(len(keys)),
            "site": list(keys) * len(wide),
            "minutes": wide[list(keys)].to_numpy(float).ravel(),
        }
    )
    return read_long(
        long[long["minutes"].notna()],
        origins,
        columns,
        mode=mode,
        limit=limit,
        unit=unit,
        direction=direction,
        speeds=speeds,
        layout="slgeo",
    )


def write_wide(
    times: TravelTimes, *, origin: str = "origin", unit: Unit = "minutes"
) -> pd.DataFrame:
    """
    Give times to another tool as a wide table.

    Returns
    -------
    pd.DataFrame
        Column ``origin`` (or as named), then one a site; every origin and site is there, missing
        where there is no time.
    """
    wide = times.pivot() * _A_MINUTE[unit]  # noqa: PD010  # of TravelTimes, not of a frame
    return wide.rename_axis(index=origin, columns=None).reset_index()


def _layout_of(frame: pd.DataFrame) -> Names:
    """Tell a layout by its columns."""
    for names in LAYOUTS.values():
        if set(names) <= set(frame.columns):
            return names
    known = "; ".join(", ".join(names) for names in LAYOUTS.values())
    have = ", ".join(map(str, frame.columns)) or "none"
    raise TableError(f"travel times: columns {have} are of no known layout ({known})")
