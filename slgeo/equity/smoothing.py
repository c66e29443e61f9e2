"""Empirical Bayes: rates of small places drawn towards the mean, as far as their size warrants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.equity.tidy import Floats


def smoothed(count: pd.Series[Any], of: pd.Series[Any]) -> pd.Series[Any]:
    """
    Smooth rates towards the rate of all places (global empirical Bayes, Marshall 1991).

    With m the rate of all, ``s² = sum n (r - m)² / sum n - m / mean(n)`` and weights
    ``s² / (s² + m/n)`` on each own rate. Written here rather than taken from ``esda``, whose
    version does not stop s² at 0 and then pushes rates away from the mean; the tests hold the two
    equal elsewhere.

    Parameters
    ----------
    count, of
        Events and people by area or practice.

    Returns
    -------
    pd.Series
        Rates per person, indexed as ``of``; the mean where nobody is counted.
        ``attrs["weights"]`` gives the mean weight on places' own rates.

    Raises
    ------
    AccessError
        If keys differ, numbers are missing or negative, there are events without people, or nobody
        is counted at all.
    """
    if not count.index.equals(of.index):
        raise AccessError("count and of must have the same keys in the same order")
    e: Floats = count.to_numpy(dtype=float)
    n: Floats = of.to_numpy(dtype=float)
    if np.isnan(e).any() or np.isnan(n).any() or (e < 0).any() or (n < 0).any() or not n.sum() > 0:
        raise AccessError("events and people must be 0 or more, none missing, and somebody counted")
    if (e[n <= 0] > 0).any():
        raise AccessError("events were counted where there are no people")
    mean = float(e.sum() / n.sum())
    rate = np.full(len(n), mean)
    np.divide(e, n, out=rate, where=n > 0)
    # places that nobody lives in say nothing of how places differ
    spread = float((n * (rate - mean) ** 2).sum() / n.sum() - mean / n[n > 0].mean())
    between = max(spread, 0.0)
    weight = np.zeros(len(n))
    np.divide(between * n, between * n + mean, out=weight, where=(between * n + mean) > 0)
    out = pd.Series(weight * rate + (1 - weight) * mean, index=of.index, name="smoothed")
    out.attrs = {"mean": mean, "weights": float(weight.mean()), "between": between}
    return out
