"""Supply per head with demand and supply each counted once: BFCA, Paez et al. (2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.floating import floating, share_out
from slgeo.access.lift import area_positions, by_area, total_by_area
from slgeo.access.rate import RESIDENTS, Rate

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction, Floats
    from slgeo.access.pairs import Weights
    from slgeo.routing.times import TravelTimes


def balanced(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
) -> pd.Series[Any]:
    """
    Supply per head by the balanced floating catchment.

    Each zone's people are shared among its sites by ``w_ij / sum_j w_ij``, so nobody is counted
    twice; ``R_j = S_j / sum_i P_i w_ij / sum_j w_ij``; each site's ratio is shared among its zones
    by ``w_ij / sum_i w_ij``; ``A_i = sum_j R_j w_ij / sum_i w_ij``.

    Those shares make sense between zones only: the score of a zone would halve if it were cut in
    two. So this one measure is worked out between areas, whose weight to a site is the
    people-weighted mean over their origins. Scores compare areas within one run, not across runs
    with other areas.

    Parameters
    ----------
    times, capacity, decay, minutes, rate, unit
        As in :func:`slgeo.access.two_step`.

    Returns
    -------
    pd.Series
        Supply per ``rate.per`` people by area, every area present, 0 where nothing is reached and
        missing where there is no origin. Higher is better. Scores add up to the sum of the sites'
        ratios, ``attrs["sum_of_ratios"]``, not to supply over people.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`.
    """
    given = floating(times, capacity, decay, minutes, rate)
    weight: Weights = by_area(times, given.people) @ given.weight
    people = total_by_area(times, given.people)
    row: Floats = np.asarray(weight.sum(axis=1), dtype=float)
    column: Floats = np.asarray(weight.sum(axis=0), dtype=float)
    demand: Floats = np.asarray(weight.T @ share_out(people, row), dtype=float)
    ratio = share_out(given.supply, demand)
    score = np.asarray(weight @ share_out(ratio, column))
    score[~np.isin(np.arange(len(score)), area_positions(times))] = np.nan
    return given.named(
        score,
        "balanced",
        unit,
        sum_of_ratios=float(ratio.sum()) * rate.per,
        sites_without_demand=given.idle(demand),
    )
