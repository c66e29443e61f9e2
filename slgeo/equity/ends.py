"""Palma: the best-off tenth of people beside the worst-off four tenths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.equity.tidy import Floats, Unreached, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def palma(
    values: pd.Series[Any],
    people: pd.Series[Any],
    rank: pd.Series[Any],
    *,
    best: float = 0.1,
    worst: float = 0.4,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Mean of the best-off tenth of people over the mean of the worst-off four tenths.

    The cuts fall among people, not areas: an area that straddles one gives each side its part, so
    that the tenth is a tenth however few areas there are. Areas of one rank are cut in proportion.

    Parameters
    ----------
    values, people, rank, unreached
        As in :func:`slgeo.equity.slope_index`.
    best, worst
        Shares of people at each end.

    Returns
    -------
    pd.DataFrame
        Tidy, row ``palma``; missing, with the reason, where the worst off have 0 or nobody lives.

    Raises
    ------
    AccessError
        If a share is not between 0 and 1.
    """
    if not (0 < best < 1 and 0 < worst < 1):
        raise AccessError(f"best and worst are shares between 0 and 1, found {best}, {worst}")
    found = prepare(values, people, rank, unreached=unreached)
    by = "rank" if rank.name is None else str(rank.name)
    top = _end(found.value, found.people, -found.rank, best)
    bottom = _end(found.value, found.people, found.rank, worst)
    ratio = top / bottom if bottom else float("nan")
    said = (
        f"The best-off {best:.0%} of people have {ratio:.3g} times the value of the worst-off "
        f"{worst:.0%}."
    )
    if np.isnan(ratio):
        said = f"Not given: the worst-off {worst:.0%} have 0, or nobody lives here."
    return tidy([found.row("palma", ratio, said, by=by)])


def _end(value: Floats, people: Floats, rank: Floats, share: float) -> float:
    """Average over the share of people of the lowest rank."""
    total = float(people.sum())
    if not total > 0:
        return float("nan")
    _, block = np.unique(rank, return_inverse=True)
    size = np.bincount(block, weights=people)
    before = np.cumsum(size) - size
    part = np.clip((share * total - before) / np.where(size > 0, size, 1.0), 0.0, 1.0)
    weight = people * part[block]
    return float((weight * value).sum() / weight.sum())
