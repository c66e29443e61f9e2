"""How much is within reach, nearer counting more: gravity, after Hansen (1959)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.decay import label_of
from slgeo.access.lift import HIGHER, as_series, mean_by_area
from slgeo.access.pairs import catchment, weights
from slgeo.access.rate import supply_of

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction
    from slgeo.routing.times import TravelTimes


def gravity(
    times: TravelTimes,
    supply: pd.Series[Any] | None,
    *,
    decay: DecayFunction,
    minutes: float | None = None,
    unit: str = "places",
) -> pd.Series[Any]:
    """
    Supply within reach weighted by a decay: ``A_i = sum_j S_j f(t_ij)``.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    supply
        What each site offers, by site; :func:`slgeo.access.one_each` counts places.
    decay
        f, for example ``decay.exponential(0.1)``.
    minutes
        Longest trip that counts; by default to the end of the decay, else to the limit of the
        times, so that a decay without an end is cut there.
    unit
        What supply is counted in.

    Returns
    -------
    pd.Series
        By area, averaged over its people, every area present; 0 where nothing is reached. A longer
        trip for one area never raises its own score.

    Raises
    ------
    AccessError
        If supply is missing, `minutes` is beyond the limit, or only the nearest sites were kept.
    """
    reach = catchment(times, decay, minutes)
    score = weights(times, decay, reach) @ supply_of(times, supply)
    return as_series(
        times,
        mean_by_area(times, np.asarray(score)),
        name="gravity",
        unit=f"weighted {unit}",
        direction=HIGHER,
        label=f"{unit.capitalize()} within reach, nearer ones counting more",
        minutes=reach,
        decay=label_of(decay),
    )
