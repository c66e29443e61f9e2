"""The same trips at another speed, to see how far a result rests on the one assumed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from slgeo.access.pairs import row_of
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.routing.times import TravelTimes


def at_other_speed(times: TravelTimes, *, slower: float) -> TravelTimes:
    """
    Stretch every time, and the limit with it.

    On foot it is exact for people who walk that much slower, but for ferries; for driving it stands
    for worse traffic everywhere alike. Which site is nearest does not change.

    Parameters
    ----------
    times
        Travel times.
    slower
        What every time is multiplied by: 1.5 for an older adult at 3.2 km/h in place of 4.8; below
        1 for faster.

    Returns
    -------
    TravelTimes
        With times and limit stretched and ``speeds`` saying so. Shrinking shrinks the limit too, so
        that thresholds past it are refused rather than answered wrongly.

    Raises
    ------
    AccessError
        If `slower` is not above 0.
    """
    if not (np.isfinite(slower) and slower > 0):
        raise AccessError(f"slower is a factor above 0, found {slower!r}")
    stretched = np.round(times.milliseconds * slower).astype(times.milliseconds.dtype)
    # times that were a millisecond apart may now tie, and ties are kept in the order of the sites
    order = np.lexsort((times.site, stretched, row_of(times.start)))
    return replace(
        times,
        site=times.site[order],
        milliseconds=stretched[order],
        limit=float(times.limit * slower),
        speeds=f"{times.speeds}, times x {slower:g}",
    )
