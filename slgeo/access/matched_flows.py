"""Everyone given one place and every place filled: the doubly constrained model (Wilson 1971)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.floating import floating, share_out
from slgeo.access.lift import LOWER, MILLISECONDS, as_series, total_by_area
from slgeo.access.pairs import row_of, summed, within
from slgeo.access.rate import RESIDENTS, Rate
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction, Floats
    from slgeo.access.floating import Floating
    from slgeo.routing.times import TravelTimes


def doubly_constrained(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    decay: DecayFunction,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    rounds: int = 1000,
    tolerance: float = 1e-6,
) -> pd.Series[Any]:
    """
    Minutes people travel when each has one place and each place is filled.

    Flows ``V_ij = a_i b_j P_i S_j w_ij`` with a and b found in turn, so that they add up to people
    by origin and to capacity by site (iterative proportional fitting).

    Parameters
    ----------
    times, decay, minutes, rate
        As in :func:`slgeo.access.two_step`.
    capacity
        Places by site; they must add up to the people, to one in a million.
    rounds
        Most rounds of fitting.
    tolerance
        Largest share of people or places still out of balance.

    Returns
    -------
    pd.Series
        Mean minutes by area; missing where nobody lives. Lower is better. ``attrs["rounds"]`` says
        how long it took.

    Raises
    ------
    AccessError
        If people and places do not add up to the same, somebody reaches no place or a place
        nobody, or no balance was found: then no flows satisfy both.
    """
    given = floating(times, capacity, decay, minutes, rate)
    flow, taken = _fit(given, rounds, tolerance)
    start, _, milliseconds = within(times, given.minutes)
    spent = summed(row_of(start), flow * milliseconds / MILLISECONDS, len(times.origins))
    people = total_by_area(times, given.people)
    values = np.full(len(people), np.nan)
    np.divide(total_by_area(times, spent), people, out=values, where=people > 0)
    return as_series(
        times,
        values,
        name="doubly_constrained",
        unit="minutes",
        direction=LOWER,
        label="Minutes to the place everyone is given",
        minutes=given.minutes,
        decay=given.decay,
        rounds=taken,
    )


def _fit(given: Floating, rounds: int, tolerance: float) -> tuple[Floats, int]:
    people, supply, weight = given.people, given.supply, given.weight
    total = float(people.sum())
    if abs(total - supply.sum()) > 1e-6 * max(total, 1.0):
        raise AccessError(
            f"{total:,.6g} people and {supply.sum():,.6g} places: doubly constrained flows need as "
            "many of one as of the other; scale capacity first and say so"
        )
    stranded = (people > 0) & (np.asarray(weight @ supply) <= 0)
    empty = given.idle(np.asarray(weight.T @ people))
    if stranded.any() or empty:
        raise AccessError(
            f"{people[stranded].sum():,.0f} people reach no place and {len(empty)} sites reach "
            "nobody, so people and places cannot be matched; raise the limit or leave them out and "
            "say so"
        )
    push, taken = np.ones_like(supply), 0
    while True:
        taken += 1
        pull = share_out(people, np.asarray(weight @ push))
        reached = np.asarray(weight.T @ pull)
        off = float(np.abs(push * reached - supply).sum())
        if off <= tolerance * max(total, 1.0):
            break
        if taken >= rounds:
            raise AccessError(
                f"no balance after {rounds} rounds: {off:,.6g} of {total:,.6g} places are still "
                "out. Some group of people can reach only fewer places than they are, so no flows "
                "exist; widen the catchment"
            )
        push = share_out(supply, reached)
    flow = weight.copy()
    counts = np.diff(flow.indptr)
    made: Floats = flow.data * np.repeat(pull, counts) * push[flow.indices]
    return made, taken
