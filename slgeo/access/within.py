"""How many people have a site within a number of minutes, and how many do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.lift import HIGHER, LOWER, as_series, mean_by_area, people_of, total_by_area
from slgeo.access.nearest_site import kth
from slgeo.access.pairs import counted

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import Floats
    from slgeo.routing.times import TravelTimes


def people_within(
    times: TravelTimes, *, minutes: float, k: int = 1, people: pd.Series[Any] | None = None
) -> pd.Series[Any]:
    """
    People of each area with at least `k` sites within a number of minutes.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    minutes
        Longest trip that counts, inclusive.
    k
        How many sites they must have the choice of.
    people
        People by origin, for a subgroup; everyone by default.

    Returns
    -------
    pd.Series
        People by area, every area present. Never falls as `minutes` grows.

    Raises
    ------
    AccessError
        If `minutes` is beyond the limit searched.
    """
    who = people_of(times, people)
    values = total_by_area(times, np.where(_reached(times, minutes, k), who, 0.0))
    return as_series(
        times,
        values,
        name=f"people_within_{minutes:g}",
        unit="people",
        direction=HIGHER,
        label=f"People within {minutes:g} minutes",
        minutes=float(minutes),
        **_without(times, who),
    )


def share_within(
    times: TravelTimes, *, minutes: float, k: int = 1, people: pd.Series[Any] | None = None
) -> pd.Series[Any]:
    """
    Share of each area's people with at least `k` sites within a number of minutes.

    Parameters
    ----------
    times, minutes, k, people
        As in :func:`people_within`. People without a time count as not within.

    Returns
    -------
    pd.Series
        Shares from 0 to 1 by area; missing where the area has no origin.

    Raises
    ------
    AccessError
        If `minutes` is beyond the limit searched.
    """
    who = people_of(times, people)
    values = mean_by_area(times, _reached(times, minutes, k).astype(float), who)
    return as_series(
        times,
        values,
        name=f"share_within_{minutes:g}",
        unit="share of people",
        direction=HIGHER,
        label=f"Share of people within {minutes:g} minutes",
        minutes=float(minutes),
        **_without(times, who),
    )


def people_beyond(
    times: TravelTimes, *, minutes: float, k: int = 1, people: pd.Series[Any] | None = None
) -> pd.Series[Any]:
    """
    People of each area further than a number of minutes from their k-th nearest site.

    Further always means people with a time over `minutes` plus people without a time. The second
    number is in ``attrs["people_without_time"]`` and, by area, :func:`people_without_time`.

    Parameters
    ----------
    times, minutes, k, people
        As in :func:`people_within`.

    Returns
    -------
    pd.Series
        People by area, every area present; with :func:`people_within` it sums to everyone.

    Raises
    ------
    AccessError
        If `minutes` is beyond the limit searched.
    """
    who = people_of(times, people)
    values = total_by_area(times, np.where(_reached(times, minutes, k), 0.0, who))
    return as_series(
        times,
        values,
        name=f"people_beyond_{minutes:g}",
        unit="people",
        direction=LOWER,
        label=f"People further than {minutes:g} minutes",
        minutes=float(minutes),
        **_without(times, who),
    )


def people_without_time(
    times: TravelTimes, *, people: pd.Series[Any] | None = None
) -> pd.Series[Any]:
    """
    People of each area who have no time to any site.

    Parameters
    ----------
    times, people
        As in :func:`people_within`.

    Returns
    -------
    pd.Series
        People by area, every area present. ``times.reasons()`` says why.
    """
    who = people_of(times, people)
    values = total_by_area(times, np.where(np.diff(times.start) == 0, who, 0.0))
    return as_series(
        times,
        values,
        name="people_without_time",
        unit="people",
        direction=LOWER,
        label="People without a travel time",
        **_without(times, who),
    )


def _reached(times: TravelTimes, minutes: float, k: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    counted(times, minutes)
    return np.nan_to_num(kth(times, k), nan=np.inf) <= minutes


def _without(times: TravelTimes, who: Floats) -> dict[str, object]:
    return {
        "people_without_time": float(who[np.diff(times.start) == 0].sum()),
        "people": float(who.sum()),
    }
