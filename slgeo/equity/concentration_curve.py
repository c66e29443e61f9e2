"""Concentration index and its forms for bounded outcomes: Kakwani, Wagstaff, Erreygers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.lift import LOWER
from slgeo.equity.sorted_people import fractional_rank
from slgeo.equity.tidy import Floats, Unreached, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def concentration(
    values: pd.Series[Any],
    people: pd.Series[Any],
    rank: pd.Series[Any],
    *,
    bounds: tuple[float, float] | None = None,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Concentration index of a measure over people ranked by deprivation.

    With f the shares of people, R their places from 0 (worst off) to 1 and mu the mean,
    ``C = 2 sum f (R - 1/2) (y - mu) / mu``: from below 0, where the measure is concentrated among
    the worse off, to above 0, among the better off. Ties share their place.

    Parameters
    ----------
    values, people, rank, unreached
        As in :func:`slgeo.equity.slope_index`.
    bounds
        Least and most that the measure could be in theory, for example ``(0, 1)`` for a share:
        adds ``erreygers``, ``4 mu C / (b - a)``, and ``wagstaff``,
        ``mu C (b - a) / ((b - mu) (mu - a))``.

    Returns
    -------
    pd.DataFrame
        Tidy, row ``concentration`` and, with bounds, ``erreygers`` and ``wagstaff``. Missing, with
        the reason, where the mean is 0 or at a bound. The sentence reverses the reading where lower
        values are better, as for a travel time.

    Raises
    ------
    AccessError
        If areas do not match, or values lie outside the bounds.
    """
    found = prepare(values, people, rank, unreached=unreached)
    by = "rank" if rank.name is None else str(rank.name)
    index, mean = concentration_of(found.value, found.people, found.rank)
    bad = values.attrs.get("direction") == LOWER
    said = _sentence(index, bad) if mean else "Not given: the mean is 0."
    rows = [found.row("concentration", index, said, by=by)]
    if bounds is not None:
        low, high = bounds
        if not low < high or (found.value < low).any() or (found.value > high).any():
            raise AccessError(f"bounds {bounds} do not hold every value; give the theoretical ones")
        room = (high - mean) * (mean - low)
        erreygers = 4 * mean * index / (high - low)
        # with a mean of 0 there is no C, but the product it stands in is still defined
        if mean == 0 and len(found.value):
            erreygers = 4 * _covariance(found.value, found.people, found.rank) / (high - low)
        wagstaff = mean * index * (high - low) / room if room > 0 else float("nan")
        at_bound = "Not given: the mean lies at a bound."
        rows += [
            found.row("erreygers", erreygers, _sentence(erreygers, bad), by=by),
            found.row(
                "wagstaff", wagstaff, at_bound if room <= 0 else _sentence(wagstaff, bad), by=by
            ),
        ]
    return tidy(rows)


def concentration_of(value: Floats, people: Floats, rank: Floats) -> tuple[float, float]:
    """
    Work out the concentration index and the mean of plain arrays.

    Returns
    -------
    tuple
        The index, missing where the mean is 0 or nobody counts, and the mean.
    """
    total = people.sum()
    if not total > 0:
        return float("nan"), float("nan")
    mean = float((people * value).sum() / total)
    if mean == 0:
        return float("nan"), mean
    return _covariance(value, people, rank) / mean, mean


def _covariance(value: Floats, people: Floats, rank: Floats) -> float:
    """Work out twice the covariance of place and value, which is the mean times the index."""
    share = people / people.sum()
    mean = float((share * value).sum())
    place = fractional_rank(rank, people)
    return float(2 * (share * (place - 0.5) * (value - mean)).sum())


def _sentence(index: float, bad: bool) -> str:  # noqa: FBT001 - said once, by name of the variable
    if np.isnan(index):
        return "Not given."
    if abs(index) < 5e-7:
        return "No concentration by deprivation."
    side = "less" if index > 0 else "more"
    word = "higher" if bad else "more"
    meaning = (
        f"{'worse' if (index > 0) == bad else 'better'} for people in less deprived areas"
        if bad or index
        else ""
    )
    return f"Values are {word} among people in {side} deprived areas ({meaning})."
