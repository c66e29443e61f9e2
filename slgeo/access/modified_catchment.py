"""Supply per head where distance also spoils what is reached: M2SFCA, Delamater (2013)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.floating import floating, ratios
from slgeo.access.rate import RESIDENTS, Rate

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction
    from slgeo.routing.times import TravelTimes


def modified_two_step(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
) -> pd.Series[Any]:
    """
    Supply per head with the second step weighted twice: ``A_i = sum_j R_j w_ij²``.

    Parameters
    ----------
    times, capacity, decay, minutes, rate, unit
        As in :func:`slgeo.access.two_step`; the decay's height matters, not only its shape.

    Returns
    -------
    pd.Series
        Supply per ``rate.per`` people by area, every area present, 0 where nothing is reached.
        Higher is better. It is meant to lose supply to distance: never above the two-step score
        where weights are at most 1, and ``attrs["supply_handed_out"]`` says how much is left.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`.
    """
    given = floating(times, capacity, decay, minutes, rate)
    ratio, demand = ratios(given.weight, given.supply, given.people)
    twice = given.weight.copy()
    twice.data = twice.data**2
    score = np.asarray(twice @ ratio)
    return given.per_head(score, "modified_two_step", unit, sites_without_demand=given.idle(demand))
