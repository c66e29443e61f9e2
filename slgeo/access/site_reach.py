"""How many people each site can be reached by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.lift import people_of
from slgeo.access.pairs import all_pairs, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slgeo.routing.times import TravelTimes


def people_by_site(
    times: TravelTimes,
    *,
    minutes: Iterable[float] = (10, 15, 20, 30),
    people: pd.Series[Any] | None = None,
) -> pd.Series[Any]:
    """
    People who can reach each site within each number of minutes.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    minutes
        Thresholds, inclusive.
    people
        People by origin, for a subgroup; any column of a table of origins can be summed this way.

    Returns
    -------
    pd.Series
        People by ``(site, minutes)``, every site present, 0 where nobody reaches it. Never falls as
        minutes grow. The same person may be counted at several sites: sites do not add up.

    Raises
    ------
    AccessError
        If a threshold is beyond the limit searched, or only the nearest sites were kept.
    """
    all_pairs(times, "people by site")
    who = people_of(times, people)
    thresholds = sorted({float(threshold) for threshold in minutes})
    each = np.repeat(who, np.diff(times.start))
    columns = []
    for threshold in thresholds:
        near = times.milliseconds <= counted(times, threshold)
        columns.append(
            np.bincount(times.site[near], weights=each[near], minlength=len(times.sites))
        )
    index = pd.MultiIndex.from_product([times.sites, thresholds], names=["site", "minutes"])
    # with one column a threshold, row order is site first
    values = np.column_stack(columns).ravel() if columns else np.empty(0)
    series = pd.Series(values, index=index, name="people", dtype=float)
    series.attrs = {"unit": "people", "mode": times.mode, "label": "People who can reach it"}
    return series
