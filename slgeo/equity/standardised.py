"""Rates as they would be if every place had the same ages: direct standardisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from slgeo.equity.intervals import byar
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Sequence

EUROPEAN_2013: Final = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
    7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
)  # fmt: skip
"""European Standard Population 2013 (Eurostat): ages 0-4, 5-9 ... 85-89, 90 and over."""

FEWEST: Final = 10
"""Fewest events for a standardised rate to be given."""


def directly_standardised(
    count: pd.DataFrame,
    people: pd.DataFrame,
    *,
    standard: Sequence[float] = EUROPEAN_2013,
    per: float = 100_000.0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """
    Standardise rates directly, with Dobson's limits.

    ``DSR = sum w c/n / sum w``, variance ``sum w² c / n² / (sum w)²``, limits
    ``DSR + √(variance / O) (Byar's limit of O - O)`` with O the events of all ages.

    Parameters
    ----------
    count, people
        Events and people, one row an area or practice, one column an age band in the same order.
    standard
        People of the standard population in each band.
    per
        What rates are given per.
    confidence
        Of the limits.

    Returns
    -------
    pd.DataFrame
        Indexed as ``people``: ``count``, ``value``, ``low``, ``high``, ``reason``. Not given for
        fewer than 10 events, nor where a band has events or standard people but no people.

    Raises
    ------
    AccessError
        If bands differ, a row of events has no people, or numbers are missing or negative.
    """
    bands = len(standard)
    if list(count.columns) != list(people.columns) or len(people.columns) != bands:
        raise AccessError(
            f"events in {len(count.columns)} bands, people in {len(people.columns)}, a standard of "
            f"{bands}: they must be the same bands in the same order"
        )
    stray = count.index.difference(people.index)
    if len(stray):
        raise AccessError(f"events for {len(stray)} keys without people (first: {stray[0]!r})")
    c = count.reindex(people.index).fillna(0.0).to_numpy(dtype=float)
    n, w = people.to_numpy(dtype=float), np.asarray(standard, dtype=float)
    if np.isnan(n).any() or (n < 0).any() or (c < 0).any() or not w.sum() > 0:
        raise AccessError("people and events must be 0 or more, none missing, and a standard above")
    total = c.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(w > 0, c / n, 0.0)
        spread = np.where(w > 0, c / n**2, 0.0)
        value = (rate * w).sum(axis=1) / w.sum()
        variance = (spread * w**2).sum(axis=1) / w.sum() ** 2
        low, high = byar(total, confidence=confidence)
        size = np.sqrt(variance / total)
    few, gap = total < FEWEST, ((n <= 0) & (w > 0)).any(axis=1)
    shown = ~(few | gap)
    frame = pd.DataFrame(
        {
            "count": total,
            "value": value * per,
            "low": (value + size * (low - total)) * per,
            "high": (value + size * (high - total)) * per,
        },
        index=people.index,
    )
    frame.loc[~shown, ["value", "low", "high"]] = np.nan
    frame["reason"] = None
    frame.loc[few, "reason"] = f"fewer than {FEWEST} events"
    frame.loc[gap, "reason"] = "an age band without people"
    frame.attrs = {"per": per, "confidence": confidence, "standard": list(map(float, standard))}
    return frame
