"""
Slope and relative index of inequality, as the UK's public-health practice computes them.

Low and Low (2004); Office for Health Improvement and Disparities. Groups run from 1, the most
deprived; with population shares a and cumulative midpoints b, the weighted regression
``Y = c0 + c1 b`` gives ``SII = c1`` and ``RII = (c0 + c1) / c0``. Written from the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from slgeo.access.lift import LOWER
from slgeo.equity.sorted_people import fractional_rank
from slgeo.equity.tidy import Floats, Unreached, amount, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

Scale: TypeAlias = Literal["plain", "log", "logit"]

FEWEST: Final = 5
"""Fewest groups a slope index is given for."""


def slope_index(
    values: pd.Series[Any],
    people: pd.Series[Any],
    rank: pd.Series[Any],
    *,
    scale: Scale = "plain",
    multiplier: float = 1.0,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Slope and relative index of inequality of a measure over areas.

    Areas of one rank share its midpoint, so that a decile for a rank gives the index over deciles,
    and a rank the index over areas.

    Parameters
    ----------
    values
        The measure by area.
    people
        People by area: only these areas count, so give the study's.
    rank
        Rank or decile by area, 1 most deprived.
    scale
        ``log`` for rates or ``logit`` for proportions that are fitted so and transformed back.
    multiplier
        Number the slope index is multiplied by; where negative the relative index is inverted.
    unreached
        How people of areas without a value enter.

    Returns
    -------
    pd.DataFrame
        Tidy, rows ``slope_index`` and ``relative_index``. Both are missing, with the reason, for
        fewer than five ranks. A positive slope index means higher values in the least deprived.

    Raises
    ------
    AccessError
        If areas do not match, or people do not add up to more than 0.
    """
    found = prepare(values, people, rank, unreached=unreached)
    ranks = len(np.unique(found.rank[found.people > 0]))
    sii = rii = float("nan")
    reason = ""
    if found.usable and ranks < FEWEST:
        reason = f"Not given: {ranks} ranks, and a slope needs at least {FEWEST}."
    elif found.usable and not found.people.sum() > 0:
        raise AccessError("people: nobody lives in these areas, so nothing can be weighted")
    elif found.usable:
        place = fractional_rank(found.rank, found.people)
        sii, rii, _ = fit(Line(found.value, found.people, place, scale, multiplier))
        if np.isnan(sii):
            reason = f"Not given: values cannot be put on a {scale} scale."
    unit = str(values.attrs.get("unit", ""))
    by = "rank" if rank.name is None else str(rank.name)
    said = reason or slope_sentence(sii, unit, values.attrs.get("direction") == LOWER)
    ratio = reason or f"Least deprived over most deprived: {rii:.3g}."
    if not reason and np.isnan(rii):
        ratio = "Not given: the fitted line starts or ends at or below 0, so it has no ratio."
    return tidy(
        [
            found.row("slope_index", sii, said, by=by),
            found.row("relative_index", rii, ratio, by=by),
        ]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """
    Groups along the scale from most to least deprived, and how a line is fitted to them.

    Parameters
    ----------
    value, people, place
        Values, weights and places from 0 (most deprived) to 1.
    scale, multiplier
        As in :func:`slope_index`.
    """

    value: Floats
    people: Floats
    place: Floats
    scale: Scale = "plain"
    multiplier: float = 1.0

    def fitted(self, y: Any) -> tuple[Any, Any]:  # noqa: ANN401 - one row of values or many draws
        """Fit ``y = c0 + c1 place`` by least squares weighted by people; y may have many rows."""
        share = self.people / self.people.sum()
        centre = float((share * self.place).sum())
        spread = float((share * (self.place - centre) ** 2).sum())
        mean = (y * share).sum(axis=-1)
        slope = (y * (share * (self.place - centre))).sum(axis=-1) / spread
        return mean - slope * centre, slope

    def ends(self, start: Any, end: Any) -> tuple[Any, Any]:  # noqa: ANN401 - numbers or draws
        """Turn the ends of a line, on the plain scale, into slope index and relative index."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.asarray(start / end if self.multiplier < 0 else end / start)
        # a ratio of values on either side of 0 means nothing
        same = np.sign(start) * np.sign(end) > 0
        return (end - start) * self.multiplier, np.where(same & np.isfinite(ratio), ratio, np.nan)


def fit(line: Line) -> tuple[float, float, float]:
    """
    Fit the weighted line, and give slope index, relative index and intercept.

    Returns
    -------
    tuple
        All missing where values cannot be put on the scale; the intercept is on the plain scale.
    """
    there, back = transforms(line.scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = there(line.value)
    if not np.isfinite(y[line.people > 0]).all():
        return float("nan"), float("nan"), float("nan")
    c0, c1 = line.fitted(np.where(line.people > 0, y, 0.0))
    sii, rii = line.ends(back(c0), back(c0 + c1))
    return float(sii), float(rii), float(back(c0))


def slope_sentence(sii: float, unit: str, worse: bool | None) -> str:  # noqa: FBT001 - three answers: worse, better, not said
    """
    Say which end a slope favours.

    Parameters
    ----------
    sii
        Slope index.
    unit
        Of the values.
    worse
        Whether higher values are worse; None where it is not known.
    """
    if np.isnan(sii):
        return "Not given."
    size = amount(abs(sii), unit)
    if sii == 0:
        return "No slope: values do not change from the most deprived to the least."
    side = "higher" if sii > 0 else "lower"
    verdict = ""
    if worse is not None:
        verdict = f", which is {'worse' if (sii > 0) == worse else 'better'} for the least deprived"
    return f"Along the whole scale, values are {size} {side} in the least deprived{verdict}."


def transforms(scale: Scale) -> tuple[Any, Any]:
    """
    Give the functions to a scale and back.

    Raises
    ------
    AccessError
        For an unknown scale.
    """
    from scipy.special import expit, logit

    scales = {"plain": (np.asarray, np.asarray), "log": (np.log, np.exp), "logit": (logit, expit)}
    if scale not in scales:
        raise AccessError(f"scale is 'plain', 'log' or 'logit', not {scale!r}")
    return scales[scale]
