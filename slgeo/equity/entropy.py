"""Theil: how unequally a measure is shared, between groups and within them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from slgeo.equity.tidy import Floats, Unreached, prepare, tidy
from slgeo.errors import AccessError


def theil(
    values: pd.Series[Any],
    people: pd.Series[Any],
    *,
    groups: pd.Series[Any] | None = None,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Theil's T of a measure, weighted by people, and its parts between and within groups.

    ``T = sum w (x/mu) ln(x/mu) / sum w``. An area with the value 0 keeps its weight and adds 0,
    which is the limit; the ``accessibility`` package for R leaves it out of the average.

    Parameters
    ----------
    values, people, unreached
        As in :func:`slgeo.equity.slope_index`.
    groups
        Group of each area, none missing: between and within groups add up to the whole.

    Returns
    -------
    pd.DataFrame
        Tidy: 0 where all are equal; missing, with the reason, where everything is 0.

    Raises
    ------
    AccessError
        For negative values or an area without a group.
    """
    found = prepare(values, people, unreached=unreached)
    if (found.value < 0).any():
        raise AccessError("Theil's T is not defined for negative values")
    total = _theil(found.value, found.people)
    said = "Not given: all values are 0." if np.isnan(total) else f"Theil {total:.4f}: 0 is equal."
    rows = [found.row("theil", total, said)]
    if groups is not None:
        label = groups.reindex(found.index)
        if label.isna().any():
            raise AccessError(f"groups: none for area {label.index[label.isna()][0]!r}")
        between, within = _parts(found.value, found.people, label)
        share = between / total if total else float("nan")
        words = "" if np.isnan(share) else f"{share:.0%} of the inequality lies between groups."
        by = "group" if groups.name is None else str(groups.name)
        rows += [
            found.row("theil_between", between, words, by=by),
            found.row("theil_within", within, "", by=by),
        ]
    return tidy(rows)


def _theil(value: Floats, people: Floats) -> float:
    mean = _mean(value, people)
    if not mean > 0:
        return float("nan")
    ratio = value / mean
    logs = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return max(float((people * ratio * logs).sum() / people.sum()), 0.0)


def _parts(value: Floats, people: Floats, label: pd.Series[Any]) -> tuple[float, float]:
    whole, between, within = _mean(value, people), 0.0, 0.0
    amount = float((people * value).sum())
    if not amount > 0:
        return float("nan"), float("nan")
    codes = pd.factorize(label)[0]
    for code in range(int(codes.max()) + 1):
        inside = codes == code
        mean = _mean(value[inside], people[inside])
        if not mean > 0:
            continue  # a group that has nothing adds nothing to either part
        share = float((people[inside] * value[inside]).sum()) / amount
        between += share * float(np.log(mean / whole))
        within += share * _theil(value[inside], people[inside])
    return between, within


def _mean(value: Floats, people: Floats) -> float:
    total = float(people.sum())
    return float((people * value).sum() / total) if total > 0 else float("nan")
