"""Funnel limits: which differences are more than chance would give to a place of that size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from slgeo.equity.intervals import count_limits
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.equity.tidy import Floats

TAILS: Final = {"2": 0.975, "3": 0.999}
"""Upper tail of the two pairs of limits, called two and three sigma."""


def funnel(
    count: pd.Series[Any],
    of: pd.Series[Any],
    *,
    kind: Literal["rate", "proportion"],
    target: float | None = None,
    per: float = 1.0,
) -> pd.DataFrame:
    """
    Set areas or practices against what chance would give them.

    Proportions by inverting Wilson's interval: ``p -+ z √(p(1 - p)/n)`` cut to 0 and 1. Rates from
    the limits of the count O: ``p O / upper`` and ``p O / lower``.

    Parameters
    ----------
    count, of
        Events and people by area or practice.
    kind
        As in :func:`slgeo.equity.rates`.
    target
        Value to compare with, per person; all events over all people by default.
    per
        What values and limits are given per.

    Returns
    -------
    pd.DataFrame
        Indexed as ``of``: ``count``, ``of``, ``value``, ``low_2``, ``high_2``, ``low_3``,
        ``high_3`` and ``class`` (``low, 3 sigma`` to ``high, 3 sigma``, or ``as expected``); limits
        that do not exist are missing. ``attrs["target"]`` is the value compared with.

    Raises
    ------
    AccessError
        If keys differ, numbers are missing or negative, or nobody is counted at all.
    """
    if not count.index.equals(of.index):
        raise AccessError("count and of must have the same keys in the same order")
    x, n = count.to_numpy(dtype=float), of.to_numpy(dtype=float)
    if np.isnan(x).any() or np.isnan(n).any() or (x < 0).any() or (n < 0).any() or not n.sum() > 0:
        raise AccessError("events and people must be 0 or more, none missing, and somebody counted")
    if kind == "proportion" and (x > n).any():
        raise AccessError("a proportion cannot have more events than people")
    mean = float(x.sum() / n.sum()) if target is None else float(target)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(n > 0, x / n, np.nan)
    limits: dict[str, Floats] = {}
    for name, tail in TAILS.items():
        low, high = _proportion(mean, n, tail) if kind == "proportion" else _rate(mean, x, tail)
        limits[f"low_{name}"], limits[f"high_{name}"] = low, high
    frame = pd.DataFrame({"count": x, "of": n, "value": value * per}, index=of.index)
    for name, limit in limits.items():
        frame[name] = np.where(n > 0, limit, np.nan) * per
    frame["class"] = _classes(value, limits)
    frame.attrs = {"target": mean * per, "per": per, "kind": kind}
    return frame


def _proportion(mean: float, people: Floats, tail: float) -> tuple[Floats, Floats]:
    from scipy.stats import norm

    if not 0 <= mean <= 1:
        raise AccessError(f"the target of a proportion is between 0 and 1, found {mean:g}")
    with np.errstate(divide="ignore"):
        half = float(norm.ppf(tail)) * np.sqrt(mean * (1 - mean) / people)
    return np.clip(mean - half, 0.0, 1.0), np.clip(mean + half, 0.0, 1.0)


def _rate(mean: float, count: Floats, tail: float) -> tuple[Floats, Floats]:
    lower, upper = count_limits(count, confidence=2 * tail - 1)
    high = np.full(len(count), np.nan)  # no events give no upper limit
    np.divide(mean * count, lower, out=high, where=lower > 0)
    return mean * count / upper, high


def _classes(value: Floats, limits: dict[str, Floats]) -> list[str | None]:
    out: list[str | None] = []
    for at, number in enumerate(value):
        named: str | None = None if np.isnan(number) else "as expected"
        for name in TAILS:
            if number < limits[f"low_{name}"][at]:
                named = f"low, {name} sigma"
            elif number > limits[f"high_{name}"][at]:
                named = f"high, {name} sigma"
        out.append(named)
    return out
