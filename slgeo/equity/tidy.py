"""The one shape of an inequality result, and how people without a value enter it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

Unreached: TypeAlias = float | Literal["missing", "leave out"]
"""How people without a value enter a statistic: it is missing, they are left out, or they count at
a number, such as the longest journey searched."""

COLUMNS: Final = (
    "measure",
    "statistic",
    "by",
    "group",
    "value",
    "low",
    "high",
    "people",
    "n",
    "sentence",
)
"""Columns of every inequality result, in order."""

ECOLOGICAL: Final = (
    "This describes areas: it does not show that the individuals living in them differ."
)
"""Said with every inequality result (the ecological fallacy)."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One result.

    Parameters
    ----------
    measure
        What was measured: the name of the Series.
    statistic
        What was made of it, for example ``mean`` or ``slope_index``.
    by
        What people were grouped or ranked by; empty for none.
    group
        Which group, or which are compared; empty for all.
    value, low, high
        The result and its range; missing where there is none, which the sentence explains.
    people
        People it stands for.
    n
        Areas it stands for.
    sentence
        The result in words, its direction included.
    """

    measure: str
    statistic: str
    by: str
    group: str
    value: float
    people: float
    n: int
    sentence: str
    low: float = float("nan")
    high: float = float("nan")


def amount(value: float, unit: str) -> str:
    """Write a size with its unit for a sentence; a share becomes percentage points."""
    if unit.startswith("share"):
        return f"{100 * value:,.3g} percentage points"
    return f"{value:,.3g} {unit}".strip()


def tidy(rows: Iterable[Row], *, notes: Sequence[str] = ()) -> pd.DataFrame:
    """
    Make a result of rows.

    Returns
    -------
    pd.DataFrame
        With :data:`COLUMNS`; ``attrs["notes"]`` holds what must be said with it, the line on areas
        and individuals always.
    """
    frame = pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))
    kinds = dict.fromkeys(("value", "low", "high", "people"), float) | {"n": int}
    frame = frame.astype(kinds)
    frame.attrs = {"notes": [*notes, ECOLOGICAL]}
    return frame


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """
    Values, people and rank of the areas that count, in one order, none missing.

    Parameters
    ----------
    measure
        Name of the measure.
    value, people, rank
        One number an area; rank is empty where there is none.
    everyone
        People of all areas given, those without a value included.
    without
        People of areas that have no value.
    n
        Areas given.
    said
        How those without a value entered, in words; empty where there were none.
    usable
        Whether a statistic can be given: False where values are missing and must not be guessed.
    index
        The areas kept.
    """

    measure: str
    value: Floats
    people: Floats
    rank: Floats
    everyone: float
    without: float
    n: int
    said: str
    usable: bool
    index: pd.Index[Any]

    def row(
        self,
        statistic: str,
        value: float,
        sentence: str,
        *,
        by: str = "",
        group: str = "",
        low: float = float("nan"),
        high: float = float("nan"),
    ) -> Row:
        """Make a row that says who entered, and why its value is missing where it is."""
        shown = value if self.usable else float("nan")
        if not self.usable:
            sentence = (
                f"Not given: {self.without:,.0f} of {self.everyone:,.0f} people live in areas "
                "without a value."
            )
        elif np.isnan(value):
            sentence = sentence or "Not given: not defined for these values."
        words = " ".join(part for part in (sentence, self.said) if part)
        counted = self.everyone
        return Row(self.measure, statistic, by, group, shown, counted, self.n, words, low, high)


def prepare(
    values: pd.Series[Any],
    people: pd.Series[Any],
    rank: pd.Series[Any] | None = None,
    *,
    unreached: Unreached = "missing",
) -> Prepared:
    """
    Bring values, people and rank together for the areas of ``people``.

    Parameters
    ----------
    values
        The measure by area; areas that are not in ``people`` (the context) are left alone.
    people
        People by area: only these areas count.
    rank
        Socio-economic rank by area, 1 worst off.
    unreached
        How people of areas without a value enter.

    Raises
    ------
    AccessError
        If an area has no row in ``values`` or no rank, or people are missing or negative.
    """
    _check(values, people, rank)
    value = pd.to_numeric(values.reindex(people.index)).to_numpy(dtype=float)
    weight = people.to_numpy(dtype=float)
    order = np.empty(0) if rank is None else rank.reindex(people.index).to_numpy(dtype=float)
    absent = np.isnan(value)
    without, everyone, index = float(weight[absent].sum()), float(weight.sum()), people.index
    said, usable = "", True
    if absent.any() and unreached == "missing":
        usable = without == 0
    if absent.any() and isinstance(unreached, int | float):
        value = np.where(absent, float(unreached), value)
        said = f"The {without:,.0f} people without a value count at {unreached:g}."
    elif absent.any():
        value, weight, index = value[~absent], weight[~absent], index[~absent]
        order = order[~absent] if order.size else order
        if unreached == "leave out":
            said = f"The {without:,.0f} people without a value are left out."
    elif unreached not in ("missing", "leave out") and not isinstance(unreached, int | float):
        raise AccessError(f"unreached is a number, 'missing' or 'leave out', not {unreached!r}")
    name = "value" if values.name is None else str(values.name)
    return Prepared(name, value, weight, order, everyone, without, len(people), said, usable, index)


def _check(values: pd.Series[Any], people: pd.Series[Any], rank: pd.Series[Any] | None) -> None:
    faults = []
    given = {"values": values, "people": people} | ({} if rank is None else {"rank": rank})
    for what, series in given.items():
        if not series.index.is_unique:
            faults.append(f"{what}: {int(series.index.duplicated().sum())} repeated areas")
        lost = people.index.difference(series.index, sort=False)
        if len(lost):
            faults.append(f"{what}: nothing for {len(lost)} areas (first: {lost[0]!r})")
    if people.isna().any() or (people < 0).any():
        faults.append("people: missing or negative for some areas")
    if not faults and rank is not None and rank.reindex(people.index).isna().any():
        faults.append(
            "rank: missing for some areas; join the index to all of them, or leave those areas out "
            "of people and say so"
        )
    if faults:
        raise AccessError("; ".join(faults))
