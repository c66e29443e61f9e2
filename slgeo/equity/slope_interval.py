"""Intervals of slope and relative index by simulation, for quantiles that have standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.equity.slope import FEWEST, Line, Scale, fit, slope_sentence, transforms
from slgeo.equity.sorted_people import fractional_rank
from slgeo.equity.tidy import Floats, Row, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

Z95: Final = 1.959963984540054
"""Standard errors in half a 95 % interval."""

MOST: Final = 100
"""Most quantiles; above 10 a caution is said."""


def slope_of_quantiles(
    quantiles: pd.DataFrame,
    *,
    scale: Scale = "plain",
    drawn_on: Scale = "plain",
    multiplier: float = 1.0,
    confidence: float = 0.95,
    draws: int = 100_000,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Slope and relative index over quantiles that have standard errors, with a simulated interval.

    Parameters
    ----------
    quantiles
        One row a quantile, from the most deprived, with ``value``, ``people`` and ``se``, or
        ``low`` and ``high`` (95 % limits) in its place. The error is on the scale ``drawn_on``.
    scale
        Scale of the fit.
    drawn_on
        Scale on which values vary normally: ``log`` for rates and ``logit`` for proportions, even
        where the fit itself is ``plain``.
    multiplier
        As in :func:`slope_index`.
    confidence
        Of the interval.
    draws
        How many times values are drawn, at least 1,000.
    seed
        Of the draws: the same seed gives the same limits.

    Returns
    -------
    pd.DataFrame
        Tidy, rows ``slope_index`` and ``relative_index`` with ``low`` and ``high``;
        ``attrs["reliability"]`` is the mean absolute difference of the limits over ten repeats.

    Raises
    ------
    AccessError
        For fewer than 5 or more than 100 quantiles, people or errors missing or not above 0, or
        fewer than 1,000 draws.
    """
    # a transformed fit varies on its own scale
    on = drawn_on if scale == "plain" else scale
    error = _checked(quantiles, on, draws)
    people = quantiles["people"].to_numpy(dtype=float)
    place = fractional_rank(np.arange(len(people), dtype=float), people)
    line = Line(quantiles["value"].to_numpy(dtype=float), people, place, scale, multiplier)
    sii, rii, start = fit(line)
    limits = [_limits(line, error, on, confidence, (draws, seed + turn)) for turn in range(11)]
    (low, high), (low_ratio, high_ratio) = limits[0]
    frame = tidy(
        [
            _row("slope_index", sii, low, high, quantiles, slope_sentence(sii, "", worse=None)),
            _row("relative_index", rii, low_ratio, high_ratio, quantiles, ""),
        ]
    )
    first = np.array(limits[0])
    frame.attrs |= {
        "intercept": start,
        "confidence": confidence,
        "draws": draws,
        "seed": seed,
        "reliability": np.abs(np.array(limits[1:]) - first).mean(axis=(0, 2)).tolist(),
    }
    if len(people) > 10:
        frame.attrs["notes"] = [*frame.attrs["notes"], f"{len(people)} quantiles: more than usual."]
    return frame


def _limits(
    line: Line, error: Floats, drawn_on: Scale, confidence: float, draw: tuple[int, int]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Draw values, refit, and take percentiles of slope and relative index."""
    draws, seed = draw
    generator = np.random.default_rng(seed)
    there, back = transforms(drawn_on)
    drawn = there(line.value) + error * generator.standard_normal((draws, len(line.value)))
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    if line.scale == "plain":
        c0, c1 = line.fitted(back(drawn))
        slopes, ratios = line.ends(c0, c0 + c1)
    else:
        # the midpoint is held, and the slope moves about it
        c0, c1 = line.fitted(there(line.value))
        moved = np.quantile(line.fitted(drawn)[1], tails)
        middle = c0 + c1 / 2
        slopes, ratios = line.ends(back(middle - moved / 2), back(middle + moved / 2))
        tails = [0.0, 1.0]
    low, high = np.quantile(slopes, tails)
    # where some draws have no ratio, it has no limits
    low_ratio, high_ratio = np.quantile(ratios, tails)
    return (float(low), float(high)), (float(low_ratio), float(high_ratio))


def _checked(quantiles: pd.DataFrame, drawn_on: Scale, draws: int) -> Floats:
    faults = []
    if not FEWEST <= len(quantiles) <= MOST:
        faults.append(f"{len(quantiles)} quantiles, where {FEWEST} to {MOST} are wanted")
    if draws < 1000:
        faults.append(f"{draws} draws, where at least 1,000 are wanted")
    if "se" in quantiles:
        error = quantiles["se"].to_numpy(dtype=float)
    elif {"low", "high"} <= set(quantiles.columns):
        there, _ = transforms(drawn_on)
        high, low = (there(quantiles[name].to_numpy(dtype=float)) for name in ("high", "low"))
        error = np.asarray((high - low) / (2 * Z95), dtype=float)
    else:
        error = np.empty(0)
        faults.append("no column 'se', nor 'low' and 'high' in its place")
    people = quantiles["people"].to_numpy(dtype=float)
    if not (people > 0).all():
        faults.append("people must be above 0 in every quantile")
    if not np.isfinite(error).all() or (error < 0).any() or quantiles["value"].isna().any():
        faults.append("a value or its error is missing")
    if faults:
        raise AccessError("quantiles: " + "; ".join(faults))
    return error


def _row(
    statistic: str, value: float, low: float, high: float, quantiles: pd.DataFrame, sentence: str
) -> Row:
    named = quantiles.index.name
    by = "quantile" if named is None else str(named)
    people, n = float(quantiles["people"].sum()), len(quantiles)
    return Row("value", statistic, by, "", value, people, n, sentence, low, high)
