"""Supply per head when people choose among sites before they compete: 3SFCA, Wan et al. (2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from slgeo.access.floating import floating, ratios, share_out
from slgeo.access.pairs import weights
from slgeo.access.rate import RESIDENTS, Rate
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction, Floats
    from slgeo.routing.times import TravelTimes


def three_step(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
    choice: Literal["catchment", "search"] = "catchment",
) -> pd.Series[Any]:
    """
    Supply per head after people have shared themselves among the sites they can reach.

    Step 1: an origin leans to each site by ``G_ij = w_ij / sum_j w_ij``. Step 2: a site's ratio is
    ``R_j = S_j / sum_i P_i G_ij w_ij``. Step 3: ``A_i = sum_j G_ij w_ij R_j``.

    Parameters
    ----------
    times, capacity, decay, minutes, rate, unit
        As in :func:`slgeo.access.two_step`.
    choice
        Which sites share an origin's choice: those of its ``catchment``, as Wan writes; or all that
        the ``search`` found, up to the limit of the times, as ``pysal/access`` computes it.

    Returns
    -------
    pd.Series
        Supply per ``rate.per`` people by area, every area present, 0 where nothing is reached.
        Higher is better. Supply is not conserved by this measure, nor meant to be; a new site may
        lower another's score, since it shares the choice.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`, or if `choice` is neither.
    """
    given = floating(times, capacity, decay, minutes, rate)
    if choice == "catchment":
        every = given.weight
    elif choice == "search":
        every = weights(times, decay, times.limit)
    else:
        raise AccessError(f"choice is 'catchment' or 'search', not {choice!r}")
    total: Floats = np.asarray(every.sum(axis=1), dtype=float)
    # G w = w^2 / sum w: the pairs keep their places, so only the numbers change
    chosen = given.weight.copy()
    chosen.data = chosen.data**2
    share = share_out(np.ones_like(total), total)
    ratio, demand = ratios(chosen, given.supply, given.people * share)
    score = np.asarray(chosen @ ratio) * share
    return given.per_head(
        score, "three_step", unit, choice=choice, sites_without_demand=given.idle(demand)
    )
