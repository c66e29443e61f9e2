"""Quantiles of areas by a value, as the UK's public-health practice assigns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def quantile_of(
    values: pd.Series[Any], *, groups: int = 10, highest_first: bool = True
) -> pd.Series[Any]:
    """
    Assign each area a quantile by its value.

    With n areas that have a value and ranks r, ties sharing the lowest:
    ``q = floor((Q + 1) - ceil(((n + 1) - r) / (n / Q)))``, and 0 becomes 1.

    Parameters
    ----------
    values
        A value by area.
    groups
        Q, how many quantiles.
    highest_first
        Whether quantile 1 holds the highest values.

    Returns
    -------
    pd.Series
        From 1 to ``groups`` by area; missing where the value is, and everywhere where fewer areas
        have a value than there are quantiles.

    Raises
    ------
    AccessError
        For fewer than two quantiles.
    """
    if int(groups) != groups or groups < 2:
        raise AccessError(f"groups is a whole number from 2 up, found {groups!r}")
    number = values.astype(float)
    n = int(number.notna().sum())
    rank = (-number if highest_first else number).rank(method="min")
    # in whole numbers, so that a boundary is not missed by rounding
    above = (((n + 1) - rank) * groups / max(n, 1)).apply(np.ceil)
    quantile = (groups + 1 - above).clip(lower=1.0)
    if n < groups:
        quantile = quantile * np.nan
    return quantile.rename("quantile")
