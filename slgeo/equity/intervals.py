"""
Limits of counts, rates and proportions by the published methods.

Byar's approximation and Wilson's score interval as the UK's public-health practice uses them;
exact Poisson limits for counts under 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.equity.tidy import Floats

FEW: Final = 10
"""Counts under this take exact limits in place of Byar's."""


def byar(count: Any, *, confidence: float = 0.95) -> tuple[Floats, Floats]:  # noqa: ANN401 - a number or an array
    """
    Byar's limits of a Poisson count.

    ``x (1 - 1/9x - z/3√x)³`` and, with one more, ``(x+1) (1 - 1/9(x+1) + z/3√(x+1))³``.

    Parameters
    ----------
    count
        Events, 0 or more.
    confidence
        Of the two-sided interval.

    Returns
    -------
    tuple of np.ndarray
        Lower and upper limits; the lower one of 0 is 0.

    Raises
    ------
    AccessError
        For negative or missing counts.

    Examples
    --------
    >>> low, high = byar(65)
    >>> round(float(low), 6), round(float(high), 6)
    (50.163188, 82.849139)
    """
    x, z = _counts(count), _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
    more = x + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.where(x > 0, np.maximum(low, 0.0), 0.0), high


def poisson(count: Any, *, confidence: float = 0.95) -> tuple[Floats, Floats]:  # noqa: ANN401 - a number or an array
    """
    Exact limits of a Poisson count, by the chi-squared distribution.

    Parameters
    ----------
    count, confidence
        As in :func:`byar`.

    Returns
    -------
    tuple of np.ndarray
        Lower and upper limits; the lower one of 0 is 0.

    Raises
    ------
    AccessError
        For negative or missing counts.
    """
    from scipy.stats import chi2

    x, tail = _counts(count), (1 - confidence) / 2
    low = np.where(x > 0, chi2.ppf(tail, np.maximum(2 * x, 1e-300)) / 2, 0.0)
    return low, np.asarray(chi2.ppf(1 - tail, 2 * x + 2) / 2, dtype=float)


def count_limits(count: Any, *, confidence: float = 0.95) -> tuple[Floats, Floats]:  # noqa: ANN401 - a number or an array
    """
    Limits of a count as rates use them: exact under 10, Byar's from there.

    Parameters
    ----------
    count, confidence
        As in :func:`byar`.

    Returns
    -------
    tuple of np.ndarray
        Lower and upper limits.
    """
    x = _counts(count)
    exact, approximate = poisson(x, confidence=confidence), byar(x, confidence=confidence)
    few = x < FEW
    return np.where(few, exact[0], approximate[0]), np.where(few, exact[1], approximate[1])


def wilson(count: Any, of: Any, *, confidence: float = 0.95) -> tuple[Floats, Floats]:  # noqa: ANN401 - numbers or arrays
    """
    Wilson's score limits of a proportion.

    ``(2x + z² -+ z √(z² + 4x(1 - x/n))) / (2(n + z²))``.

    Parameters
    ----------
    count
        Events x, 0 or more.
    of
        Trials n, at least as many; with none, nothing is known and the limits are 0 and 1.
    confidence
        Of the two-sided interval.

    Returns
    -------
    tuple of np.ndarray
        Lower and upper limits, within 0 and 1.

    Raises
    ------
    AccessError
        For negative or missing numbers, or more events than trials.

    Examples
    --------
    >>> low, high = wilson(65, 100)
    >>> round(float(low), 6), round(float(high), 6)
    (0.552544, 0.736358)
    """
    x, n, z = _counts(count), _counts(of), _z(confidence)
    if (x > n).any():
        raise AccessError("a proportion cannot have more events than people")
    inside = np.zeros(np.broadcast(x, n).shape)
    np.divide(4 * x * (n - x), n, out=inside, where=n > 0)
    half, whole = z * np.sqrt(z**2 + inside), 2 * (n + z**2)
    low, high = (2 * x + z**2 - half) / whole, (2 * x + z**2 + half) / whole
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def rates(
    count: pd.Series[Any],
    of: pd.Series[Any],
    *,
    kind: Literal["rate", "proportion"],
    per: float | None = None,
    confidence: float = 0.95,
    denominator: str = "residents",
    denominator_date: str = "not stated",
) -> pd.DataFrame:
    """
    Give outcome rates or proportions of areas or practices with their limits.

    Parameters
    ----------
    count
        Events by area or practice: referrals, first contacts, people who stayed.
    of
        People, or person-years, by the same.
    kind
        ``rate``: events that a person may have more than once; ``proportion``: people out of
        people.
    per
        What rates are given per: 10,000 by default; proportions per 1.
    confidence
        Of the limits.
    denominator, denominator_date
        Who the people are (residents, registered patients, a subgroup), and when they were counted.

    Returns
    -------
    pd.DataFrame
        Indexed as ``of``: ``count``, ``of``, ``value``, ``low``, ``high``, ``method`` (``Byar``,
        ``exact`` or ``Wilson``) and ``reason``; a value is missing where nobody is counted, or
        where nothing was returned, and the reason says which. ``attrs`` carry ``per``,
        ``denominator``, ``denominator_date`` and ``coverage``, the share of people whose place made
        a return.

    Raises
    ------
    AccessError
        If something is counted where there is no row of people, or numbers are negative.
    """
    if kind not in ("rate", "proportion"):
        raise AccessError(f"kind is 'rate' or 'proportion', not {kind!r}")
    stray = count.index.difference(of.index)
    if len(stray):
        raise AccessError(f"events for {len(stray)} keys without people (first: {stray[0]!r})")
    scale = (10_000.0 if kind == "rate" else 1.0) if per is None else float(per)
    events, people = count.reindex(of.index).astype(float), of.astype(float)
    known = events.notna() & (people > 0)
    x, n = events[known], people[known]
    if kind == "rate":
        low, high = count_limits(x, confidence=confidence)
        low, high = low / n.to_numpy(), high / n.to_numpy()
        method = np.where(x < FEW, "exact", "Byar")
    else:
        low, high = wilson(x, n, confidence=confidence)
        method = np.full(len(x), "Wilson")
    out = pd.DataFrame({"count": events, "of": people, "value": np.nan}, index=of.index)
    out["low"], out["high"], out["method"], out["reason"] = np.nan, np.nan, None, None
    out.loc[known, "value"] = x / n * scale
    out.loc[known, "low"], out.loc[known, "high"] = low * scale, high * scale
    out.loc[known, "method"] = method
    out.loc[~(people > 0), "reason"] = "nobody is counted"
    out.loc[events.isna(), "reason"] = "nothing was returned"
    total = float(people.sum())
    out.attrs = {
        "per": scale,
        "kind": kind,
        "confidence": confidence,
        "denominator": denominator,
        "denominator_date": denominator_date,
        "coverage": float(people[events.notna()].sum()) / total if total else float("nan"),
    }
    return out


def _counts(count: Any) -> Floats:  # noqa: ANN401 - a number or an array
    x = np.asarray(count, dtype=float)
    if np.isnan(x).any() or (x < 0).any():
        raise AccessError("counts must be 0 or more, and none missing")
    return x


def _z(confidence: float) -> float:
    from scipy.stats import norm

    if not 0 < confidence < 1:
        raise AccessError(f"confidence is between 0 and 1, found {confidence!r}")
    return float(norm.ppf((1 + confidence) / 2))
