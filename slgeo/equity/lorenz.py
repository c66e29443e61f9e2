"""Gini: how unequally a measure is shared, whoever the people are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.equity.concentration_curve import concentration_of
from slgeo.equity.tidy import Unreached, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def gini(
    values: pd.Series[Any], people: pd.Series[Any], *, unreached: Unreached = "missing"
) -> pd.DataFrame:
    """
    Gini coefficient of a measure, weighted by people.

    ``G = 1 - sum p_i (L_i + L_(i-1))``, with p the shares of people and L the cumulative shares of
    the measure, sorted by value. It equals the concentration index when people are ranked by the
    value itself, and is computed as that.

    Parameters
    ----------
    values, people, unreached
        As in :func:`slgeo.equity.slope_index`.

    Returns
    -------
    pd.DataFrame
        Tidy, row ``gini``: 0 where all are equal, towards 1 where one has all; missing, with the
        reason, where everything is 0.

    Raises
    ------
    AccessError
        For negative values.
    """
    found = prepare(values, people, unreached=unreached)
    if (found.value < 0).any():
        raise AccessError("a Gini coefficient is not defined for negative values")
    index, mean = concentration_of(found.value, found.people, found.value)
    said = "Not given: all values are 0." if mean == 0 else f"Gini {index:.3f}: 0 is all equal."
    value = float("nan") if mean == 0 else max(index, 0.0) if not np.isnan(index) else index
    return tidy([found.row("gini", value, said)])
