"""How many fall short of a standard, by how much, and how badly: Foster, Greer and Thorbecke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.lift import LOWER
from slgeo.equity.tidy import Floats, Row, Unreached, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def below_standard(
    values: pd.Series[Any],
    people: pd.Series[Any],
    *,
    standard: float,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Share of people short of a standard, their mean shortfall, and its square.

    Foster, Greer and Thorbecke (1984): the mean over all people of ``(shortfall / standard)^a`` for
    a of 0, 1 and 2. Short of a standard means below it; where lower is better (the measure's
    ``attrs["direction"]``), as for minutes, it means above it.

    Parameters
    ----------
    values, people, unreached
        As in :func:`slgeo.equity.slope_index`. People without a value are short of any standard,
        but by how much is not known: the first row always counts them.
    standard
        What everybody should have, in the unit of the measure, above 0.

    Returns
    -------
    pd.DataFrame
        Tidy, rows ``share_short``, ``shortfall`` and ``shortfall_squared``, each from 0; exactly at
        the standard is not short.

    Raises
    ------
    AccessError
        If the standard is not above 0.
    """
    if not standard > 0:
        raise AccessError(f"a standard must be above 0, found {standard!r}")
    found = prepare(values, people, unreached=unreached)
    bad = values.attrs.get("direction") == LOWER
    gap = (found.value - standard if bad else standard - found.value) / standard
    short = np.maximum(gap, 0.0)
    counted = float(found.people[gap > 0].sum())
    if not isinstance(unreached, int | float):
        # whoever has no value is short all the same, counted or left out below
        counted += found.without
    share = counted / found.everyone if found.everyone else float("nan")
    unit = str(values.attrs.get("unit", ""))
    words = (
        f"{share:.1%} of {found.everyone:,.0f} people are {'over' if bad else 'under'} "
        f"{standard:g} {unit}, {found.without:,.0f} of them without any value."
    )
    if np.isnan(share):
        words = "Not given: nobody lives here."
    measure, everyone, n = found.measure, found.everyone, found.n
    rows = [Row(measure, "share_short", "", "", share, everyone, n, words)]
    for name, power in (("shortfall", 1), ("shortfall_squared", 2)):
        mean = _mean(short**power, found.people)
        sentence = f"Mean shortfall, as a share of the standard, to the power {power}."
        rows.append(found.row(name, mean, sentence))
    return tidy(rows)


def _mean(value: Floats, people: Floats) -> float:
    total = float(people.sum())
    return float((people * value).sum() / total) if total > 0 else float("nan")
