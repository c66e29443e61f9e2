"""How much is within reach, counted up to a cut-off: no competition, no decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from slgeo.access.lift import HIGHER, MILLISECONDS, as_series, mean_by_area
from slgeo.access.pairs import all_pairs, counted, weights
from slgeo.access.rate import supply_of
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import Floats
    from slgeo.routing.times import TravelTimes


def cumulative(
    times: TravelTimes, supply: pd.Series[Any] | None, *, minutes: float, unit: str = "places"
) -> pd.Series[Any]:
    """
    Supply within a number of minutes: ``A_i = sum_j S_j [t_ij <= T]``.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    supply
        What each site offers, by site; :func:`slgeo.access.one_each` counts places.
    minutes
        T, inclusive.
    unit
        What supply is counted in.

    Returns
    -------
    pd.Series
        By area, averaged over its people, every area present; 0 where nothing is reached. Never
        falls as `minutes` grows.

    Raises
    ------
    AccessError
        If supply is missing, `minutes` is beyond the limit, or only the nearest sites were kept.
    """
    score = weights(times, None, minutes) @ supply_of(times, supply)
    return as_series(
        times,
        mean_by_area(times, np.asarray(score)),
        name=f"cumulative_{minutes:g}",
        unit=unit,
        direction=HIGHER,
        label=f"{unit.capitalize()} within {minutes:g} minutes",
        minutes=float(minutes),
    )


def cumulative_interval(
    times: TravelTimes,
    supply: pd.Series[Any] | None,
    *,
    between: tuple[float, float],
    step: float = 1.0,
    statistic: Literal["mean", "median"] = "mean",
    unit: str = "places",
) -> pd.Series[Any]:
    """
    Supply within reach, averaged over every cut-off of an interval so that none is magic.

    Parameters
    ----------
    times, supply, unit
        As in :func:`cumulative`.
    between
        Shortest and longest cut-off, in minutes, both included.
    step
        Distance between cut-offs, in minutes.
    statistic
        ``mean`` or ``median`` over the cut-offs. Neither is cut to a whole number, unlike in the
        ``accessibility`` package for R.

    Returns
    -------
    pd.Series
        By area, averaged over its people, every area present.

    Raises
    ------
    AccessError
        If supply is missing, the interval is empty or beyond the limit, or only the nearest sites
        were kept.
    """
    all_pairs(times, "a cumulative measure")
    low, high = between
    if not (step > 0 and 0 <= low <= high):
        raise AccessError(f"between runs from a low to a high by a step, found {between}, {step}")
    cuts = np.round(np.arange(low, high + step * 1e-9, step) * MILLISECONDS).astype(int)
    counted(times, high)
    if statistic == "median":
        # the counts never fall with the cut-off, so their median is the count at the middle one
        cuts = cuts[[(len(cuts) - 1) // 2, len(cuts) // 2]]
    elif statistic != "mean":
        raise AccessError(f"statistic is 'mean' or 'median', not {statistic!r}")

    def share_of_cuts(minutes: Floats) -> Floats:
        reached = len(cuts) - np.searchsorted(cuts, np.round(minutes * MILLISECONDS))
        return np.asarray(reached / len(cuts), dtype=float)

    score = weights(times, share_of_cuts, high) @ supply_of(times, supply)
    return as_series(
        times,
        mean_by_area(times, np.asarray(score)),
        name=f"cumulative_{low:g}_to_{high:g}",
        unit=unit,
        direction=HIGHER,
        label=f"{unit.capitalize()} within {low:g} to {high:g} minutes ({statistic})",
        minutes=float(high),
        statistic=statistic,
    )
