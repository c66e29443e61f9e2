"""
Supply per head by floating catchments in two steps, and the balance that proves it.

Luo and Wang (2003); enhanced with weights by Luo and Qi (2009), with a Gaussian by Dai (2010).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.floating import floating, ratios
from slgeo.access.lift import area_positions
from slgeo.access.rate import RESIDENTS, Rate
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.access.decay import DecayFunction
    from slgeo.routing.times import TravelTimes


def two_step(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
) -> pd.Series[Any]:
    """
    Supply per head within reach of each area, after everyone else within reach has had a share.

    Step 1: each site's ratio is its capacity over the weighted people who reach it,
    ``R_j = S_j / sum_k P_k w_kj``. Step 2: an origin adds the ratios it reaches,
    ``A_i = sum_j R_j w_ij``. Without a decay it is the plain 2SFCA; with
    :data:`slgeo.access.decay.LUO_QI_SLOW` the E2SFCA; with ``decay.truncated_gaussian`` the G2SFCA;
    with ``decay.epanechnikov`` the KD2SFCA.

    Parameters
    ----------
    times
        Minutes from origins to sites, those of the context around the study included, whose people
        compete and whose sites serve.
    capacity
        What each site offers, by site; :func:`slgeo.access.one_each` where sites count one each,
        and the result is then called places per head.
    decay
        Weight of a trip by minutes; every trip within the catchment counts as one by default.
    minutes
        How far a catchment reaches, inclusive; by default to the end of the decay, else to the
        limit of the times.
    rate
        What the result is per, and of whom.
    unit
        What capacity is counted in, for captions, for example ``FTE``.

    Returns
    -------
    pd.Series
        Supply per ``rate.per`` people by area, every area present, 0 where nothing is reached.
        Higher is better. People-weighted, it adds up to the supply of all sites that anyone
        reaches: ``attrs`` carry both sums, and :func:`balance` shows them by site.

    Raises
    ------
    AccessError
        If capacity is missing, the catchment lies beyond the limit, or only the nearest sites were
        kept.
    """
    given = floating(times, capacity, decay, minutes, rate)
    ratio, demand = ratios(given.weight, given.supply, given.people)
    score = np.asarray(given.weight @ ratio)
    return given.per_head(score, "two_step", unit, sites_without_demand=given.idle(demand))


def balance(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    in_study: pd.Series[Any],
    *,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
) -> pd.DataFrame:
    """
    Show where each site's supply went, in the two-step measure with the same options.

    Parameters
    ----------
    times, capacity, decay, minutes, rate
        As in :func:`two_step`.
    in_study
        Whether each area belongs to the study, by area; the others are context around it.

    Returns
    -------
    pd.DataFrame
        By site: ``supply``, ``demand`` (weighted people), ``ratio`` (0 where nobody reaches it),
        ``to_study``, ``to_context`` (supply handed out) and ``leaked`` (supply that reached
        nobody); each site's three parts add up to its supply. ``attrs`` carry ``supply_given``,
        ``supply_handed_out``, ``study_share``, ``sites_without_demand`` and a ``sentence``.

    Raises
    ------
    AccessError
        As in :func:`two_step`, or if ``in_study`` misses an area.
    """
    lost = times.areas.difference(in_study.index)
    if len(lost):
        raise AccessError(f"in_study: nothing for {len(lost)} areas (first: {lost[0]!r})")
    given = floating(times, capacity, decay, minutes, rate)
    ratio, demand = ratios(given.weight, given.supply, given.people)
    study = in_study.reindex(times.areas).to_numpy(dtype=bool)[area_positions(times)]
    inside = np.asarray(given.weight.T @ (given.people * study)) * ratio
    outside = np.asarray(given.weight.T @ (given.people * ~study)) * ratio
    frame = pd.DataFrame(
        {
            "supply": given.supply,
            "demand": demand,
            "ratio": ratio,
            "to_study": inside,
            "to_context": outside,
            "leaked": np.where(demand > 0, 0.0, given.supply),
        },
        index=times.sites.rename("site"),
    )
    total, handed = float(given.supply.sum()), float((inside + outside).sum())
    part = float(inside.sum()) / handed if handed else float("nan")
    idle = given.idle(demand)
    frame.attrs = {
        "supply_given": total,
        "supply_handed_out": handed,
        "study_share": part,
        "sites_without_demand": idle,
        "sentence": _sentence(total, handed, part, len(idle)),
    }
    return frame


def _sentence(given: float, handed: float, part: float, idle: int) -> str:
    said = f"Of a supply of {given:,.6g}, {handed:,.6g} is within somebody's reach"
    if handed:
        said += f", {part:.0%} of it taken up by the study's own areas"
    if idle:
        said += f"; {idle} {'site reaches' if idle == 1 else 'sites reach'} nobody"
    return said + "."
