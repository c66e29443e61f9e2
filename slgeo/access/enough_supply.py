"""How far an area's people must look until there is enough for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.lift import (
    LOWER,
    MILLISECONDS,
    area_positions,
    as_series,
    mean_by_area,
    total_by_area,
)
from slgeo.access.pairs import all_pairs
from slgeo.access.rate import RESIDENTS, Rate, supply_of

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.routing.times import TravelTimes


def balancing_cost(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    rate: Rate = RESIDENTS,
    tolerance: float = 0.05,
) -> pd.Series[Any]:
    """
    Minutes until the supply within reach is at least the area's own people.

    From each origin, the smallest t with ``sum_j S_j [t_ij <= t] >= P``, P being the people of its
    whole area; then averaged over the area's people. It is exact: no grid of costs, and "at least"
    is meant (the ``accessibility`` package for R steps along a grid and asks for more than P).

    Parameters
    ----------
    times
        Minutes from origins to sites.
    capacity
        People each site can serve, by site.
    rate
        Whose people look; its ``per`` does not matter here.
    tolerance
        Largest share of an area's people that may never find enough and count at the limit of the
        times before the area's value is missing.

    Returns
    -------
    pd.Series
        Minutes by area; 0 where nobody lives; missing where there is never enough within the
        limit. Lower is better.

    Raises
    ------
    AccessError
        If capacity is missing or only the nearest sites were kept.
    """
    all_pairs(times, "a balancing cost")
    supply, people = supply_of(times, capacity), rate.demand(times)
    need = total_by_area(times, people)[area_positions(times)]
    gathered = np.concatenate(([0.0], np.cumsum(supply[times.site])))
    wanted = gathered[times.start[:-1]] + need * (1 - 1e-12)
    at = np.searchsorted(gathered, wanted) - 1
    found = at < times.start[1:]
    minutes = np.full(len(times.origins), np.nan)
    minutes[found] = times.milliseconds[np.maximum(at[found], 0)] / MILLISECONDS
    minutes[need <= 0] = 0.0
    absent = np.isnan(minutes)
    values = mean_by_area(times, np.where(absent, times.limit, minutes), people)
    values[mean_by_area(times, absent.astype(float), people) > tolerance] = np.nan
    return as_series(
        times,
        values,
        name="balancing_cost",
        unit="minutes",
        direction=LOWER,
        label="Minutes until there is enough for everyone in the area",
        people_never=float(people[absent].sum()),
    )
