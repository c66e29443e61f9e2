"""Crowding and travel in one cost, everyone free to go elsewhere: RAAM, Saxon and Snow (2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.floating import floating, share_out
from slgeo.access.lift import LOWER, MILLISECONDS, as_series, mean_by_area
from slgeo.access.pairs import row_of, summed, within
from slgeo.access.rate import RESIDENTS, Rate
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import Floats
    from slgeo.access.pairs import Ints
    from slgeo.routing.times import TravelTimes


def raam(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    tau: float = 60.0,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    rounds: int = 1000,
    tolerance: float = 1e-6,
) -> pd.Series[Any]:
    """
    Cost of crowding plus travel once nobody gains by going elsewhere.

    A person of origin i at site j bears ``D_j / (rho S_j) + t_ij / tau``: people at the site over
    its fair share, and minutes over the minutes people would travel to escape a site that is as
    full as the average. People are divisible, and rounds of best answers lead to the equilibrium
    (it minimises a convex function).

    Parameters
    ----------
    times, minutes
        As in :func:`slgeo.access.two_step`.
    capacity
        What each site offers, by site; sites that offer nothing take nobody.
    tau
        Minutes of travel that weigh as much as average crowding.
    rate
        Whose people compete; its ``per`` does not matter here. rho is people per unit of supply,
        over the people who reach anything and the sites anyone reaches.
    rounds
        Most rounds of best answers.
    tolerance
        Largest mean gain anyone could still make by moving, in units of cost.

    Returns
    -------
    pd.Series
        Cost by area, averaged over its people; 1 is average crowding and no travel. **Lower is
        better.** Missing where anyone of the area reaches no site: nobody's cost is made up;
        ``attrs["people_without_time"]`` counts them. ``attrs["rounds"]`` and ``attrs["gap"]`` say
        how it settled.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`, or if it did not settle.
    """
    if not tau > 0:
        raise AccessError(f"tau must be above 0 minutes, found {tau!r}")
    given = floating(times, capacity, None, minutes, rate)
    start, site, milliseconds = within(times, given.minutes)
    useful = given.supply[site] > 0
    before = np.concatenate(([0], np.cumsum(useful)))
    market = _market(
        before[start],
        site[useful],
        milliseconds[useful] / MILLISECONDS / tau,
        given.supply,
        given.people,
    )
    taken, gap = _settle(market, rounds, tolerance)
    cost = np.full(len(times.origins), np.nan)
    has = np.diff(market.start) > 0
    paid, least = _costs(market)
    cost[has] = least[has]
    fed = has & (given.people > 0)
    cost[fed] = paid[fed] / given.people[fed]
    absent = np.isnan(cost)
    values = mean_by_area(times, np.where(absent, 0.0, cost), given.people)
    values[mean_by_area(times, absent.astype(float), given.people) > 0] = np.nan
    return as_series(
        times,
        values,
        name="raam",
        unit="cost: 1 is average crowding without travel",
        direction=LOWER,
        label="Crowding and travel together",
        minutes=given.minutes,
        tau=float(tau),
        rounds=taken,
        gap=gap,
        people_without_time=float(given.people[absent].sum()),
        sites_without_demand=given.idle(summed(site, np.ones(len(site)), len(given.supply))),
    )


@dataclass(slots=True, eq=False)
class _Market:
    """
    Where everyone stands: rows of origins as in TravelTimes, and the people on each.

    ``share`` is rho S_j, the people that make a site as full as the average; ``there`` how many
    are.
    """

    start: Ints
    site: Ints
    travel: Floats
    people: Floats
    share: Floats
    flow: Floats
    there: Floats


def _market(start: Ints, site: Ints, travel: Floats, supply: Floats, people: Floats) -> _Market:
    """Start with everyone at their nearest site."""
    has = np.diff(start) > 0
    used = np.zeros(len(supply), dtype=bool)
    used[site] = True
    offered = float(supply[used].sum())
    rho = float(people[has].sum()) / offered if offered else 0.0
    flow = np.zeros(len(site))
    flow[start[:-1][has]] = people[has]
    there = summed(site, flow, len(supply))
    return _Market(start, site, travel, people, supply * rho, flow, there)


def _settle(market: _Market, rounds: int, tolerance: float) -> tuple[int, float]:
    """Let those who would gain by moving give their best answer, in turn, until nobody would."""
    total = float(market.people[np.diff(market.start) > 0].sum())
    gap = 0.0
    for taken in range(rounds + 1):
        paid, least = _costs(market)
        gain = np.maximum(paid - np.nan_to_num(least) * market.people, 0.0)
        gap = float(gain.sum()) / total if total else 0.0
        if gap <= tolerance:
            return taken, gap
        for origin in np.flatnonzero(gain > 0.1 * tolerance * market.people):
            _answer(market, int(origin))
        # the numbers at each site are summed afresh, so that rounding does not drift
        market.there = summed(market.site, market.flow, len(market.share))
    raise AccessError(
        f"not settled after {rounds} rounds: people could still gain {gap:.2g} on average by "
        "moving; allow more rounds or a larger tolerance"
    )


def _costs(market: _Market) -> tuple[Floats, Floats]:
    """Sum what each origin's people pay, and find the least any one of them could pay."""
    crowding = share_out(market.there, market.share)
    cost = crowding[market.site] + market.travel
    count = len(market.start) - 1
    paid = summed(row_of(market.start), cost * market.flow, count)
    least = np.full(count, np.nan)
    has = np.diff(market.start) > 0
    if has.any():
        least[has] = np.minimum.reduceat(cost, market.start[:-1][has])
    return paid, least


def _answer(market: _Market, origin: int) -> None:
    """Spread one origin's people so that all they use costs the same and nothing is cheaper."""
    rows = slice(market.start[origin], market.start[origin + 1])
    sites, old = market.site[rows], market.flow[rows]
    share = market.share[sites]
    others = market.there[sites] - old
    empty = others / share + market.travel[rows]
    order = np.argsort(empty, kind="stable")
    ranked, room = empty[order], share[order]
    level = (market.people[origin] + np.cumsum(ranked * room)) / np.cumsum(room)
    last = int(np.flatnonzero(level > ranked)[-1])
    new = np.maximum(level[last] - empty, 0.0) * share
    new *= market.people[origin] / new.sum()
    market.flow[rows] = new
    market.there[sites] = others + new
