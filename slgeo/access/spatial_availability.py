"""Supply shared out among the people who can reach it: Soukhov et al. (2023, 2025)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.decay import label_of
from slgeo.access.floating import floating, ratios, share_out
from slgeo.access.lift import HIGHER, as_series, total_by_area
from slgeo.access.rate import RESIDENTS, Rate
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction
    from slgeo.routing.times import TravelTimes


def availability(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
    exponent: float = 1.0,
) -> pd.Series[Any]:
    """
    Supply that each area has once every site is shared out: also called singly constrained.

    ``V_i = sum_j S_j (P_i^a w_ij) / (sum_k P_k^a w_kj)``. With the exponent 1, V_i over the area's
    people is exactly :func:`slgeo.access.two_step`.

    Parameters
    ----------
    times, capacity, decay, minutes, unit
        As in :func:`slgeo.access.two_step`.
    rate
        Whose people compete; a total has no ``per``.
    exponent
        a, how strongly people count; other than 1 it depends on how finely areas are divided into
        origins.

    Returns
    -------
    pd.Series
        Supply by area, every area present, 0 where nothing is reached. Higher is better. It adds
        up to the supply of all sites that anyone reaches.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`.
    """
    if not exponent > 0:
        raise AccessError(f"exponent must be above 0, found {exponent!r}")
    given = floating(times, capacity, decay, minutes, rate)
    pull = given.people**exponent
    ratio, demand = ratios(given.weight, given.supply, pull)
    values = total_by_area(times, np.asarray(given.weight @ ratio) * pull)
    return as_series(
        times,
        values,
        name="availability",
        unit=unit,
        direction=HIGHER,
        label=f"{unit.capitalize()} available",
        minutes=given.minutes,
        decay=given.decay,
        supply_given=float(given.supply.sum()),
        supply_handed_out=float(values.sum()),
        sites_without_demand=given.idle(demand),
    )


def total_constrained(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction,
    minutes: float | None = None,
    unit: str = "capacity",
) -> pd.Series[Any]:
    """
    Share of the whole region's supply that falls to each area by gravity alone.

    ``V_i = S_total sum_j S_j w_ij / sum_i sum_j S_j w_ij``: all zones share one total, and people
    do not compete. It is worked out at origins weighted by their share of their area's people, so
    an area counts once however many origins it has.

    Parameters
    ----------
    times, capacity, decay, minutes, unit
        As in :func:`slgeo.access.gravity`.

    Returns
    -------
    pd.Series
        Supply by area, adding up to all that was given as long as anyone reaches anything.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.gravity`.
    """
    from slgeo.access.potential import gravity

    pull = gravity(times, capacity, decay=decay, minutes=minutes, unit=unit)
    total = float(np.nansum(pull.to_numpy()))
    given = float(capacity.sum()) if capacity is not None else 0.0
    values = pull.to_numpy() * share_out(np.array(given), np.array(total))
    return as_series(
        times,
        values,
        name="total_constrained",
        unit=unit,
        direction=HIGHER,
        label=f"{unit.capitalize()} falling to the area",
        minutes=float(pull.attrs["minutes"]),
        decay=label_of(decay),
        supply_given=given,
        supply_handed_out=float(np.nansum(values)),
    )
