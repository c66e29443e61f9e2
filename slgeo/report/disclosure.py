"""
Disclosure control: small counts of people are hidden before a table is written.

Every table of counts declares what it is (``Table.status``). *Published* figures are public already
and keep their values. *Modelled* people are nobody in particular; they are rounded for show
(:func:`people_shown`). *Sensitive* counts (referrals, users, outcomes, a user's own records) pass
:func:`controlled` under a rule, with as many further cells hidden as it takes that no hidden cell
can be worked out from totals, and only a :class:`Controlled` frame of them can be written.

References
----------
NHS Digital, *Hospital Episode Statistics (HES) analysis guide*: sub-national counts of 1 to 7 are
shown as ``*`` and others are rounded to the nearest 5 (since September 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from slgeo.errors import DisclosureError, TableError
from slgeo.report.deduction import Sum
from slgeo.report.hiding import deduced, hide_more, rounded
from slgeo.report.rules import HIDDEN, RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]

__all__ = [
    "HIDDEN",
    "RULES",
    "Controlled",
    "Rule",
    "Total",
    "controlled",
    "deducible",
    "people_shown",
]


@dataclass(frozen=True, slots=True)
class Total:
    """
    A sum that readers can use to work out a hidden part.

    Parameters
    ----------
    whole
        Row key or column name of the total.
    parts
        Row keys or column names that add up to it.
    axis
        ``rows``: in every count column, the rows ``parts`` add up to the row ``whole``;
        ``columns``: in every row, the columns ``parts`` add up to the column ``whole``.
    """

    whole: Hashable
    parts: tuple[Hashable, ...]
    axis: Literal["rows", "columns"] = "rows"


@dataclass(frozen=True, slots=True, eq=False)
class Controlled:
    """
    A frame of sensitive counts that has passed disclosure control.

    Parameters
    ----------
    frame
        Same index and columns as the raw one; counts are whole numbers, or :data:`HIDDEN`.
    rule
        The rule it passed.
    counts
        Names of its sensitive columns.
    hidden
        How many counts are hidden.
    """

    frame: pd.DataFrame
    rule: Rule
    counts: tuple[str, ...]
    hidden: int


def controlled(
    frame: pd.DataFrame,
    *,
    counts: Sequence[str],
    rule: str = "hes",
    totals: Sequence[Total] = (),
    shares: Mapping[str, tuple[str, str]] | None = None,
    means: Mapping[str, str] | None = None,
) -> Controlled:
    """
    Hide small counts, and as many others as it takes that none can be worked out.

    Parameters
    ----------
    frame
        The raw table; never changed.
    counts
        Columns that count people. Missing counts stay missing.
    rule
        ``hes``, ``lt5`` or ``lt10``.
    totals
        Every sum a reader can form, or find published elsewhere: without them a hidden cell may be
        worked out from them, so name all.
    shares
        Share column -> numerator and denominator column: worked out again from the counts as shown,
        hidden where one of them is.
    means
        Column of means or rates -> the count it is over: hidden where that count is.

    Returns
    -------
    Controlled
        The only form in which :func:`slgeo.report.written_table.write_csv` takes sensitive counts.

    Raises
    ------
    TableError
        For counts that are not whole numbers of people, or totals that do not add up.
    """
    chosen = _rule(rule)
    raw = _whole(frame, counts)
    sums = _sums(frame, counts, totals)
    _check_sums(frame, counts, raw, sums)
    hide = (raw >= 1) & (raw <= chosen.largest_hidden)
    hide_more(raw, hide, sums, chosen)

    shown = frame.copy()
    for at, name in enumerate(counts):
        shown[name] = _column(raw[:, at], hide[:, at], chosen, frame[name])
    for name, (part, whole) in (shares or {}).items():
        shown[name] = _shares(shown[part], shown[whole])
    for name, count in (means or {}).items():
        # A mean over a hidden count would tell about few people.
        shown[name] = frame[name].astype(object).mask(shown[count].eq(HIDDEN), HIDDEN)
    return Controlled(shown, chosen, tuple(counts), int(hide.sum()))


def deducible(
    shown: pd.DataFrame,
    *,
    counts: Sequence[str],
    rule: str = "hes",
    totals: Sequence[Total] = (),
) -> list[tuple[Hashable, str, int]]:
    """
    Work out hidden counts as an inquisitive reader would: from the totals and the rule.

    Parameters
    ----------
    shown
        A table as it is to be written, with :data:`HIDDEN` where counts are hidden.
    counts, rule, totals
        As given to :func:`controlled`.

    Returns
    -------
    list of (row key, column, count)
        Every small count that is hidden and can be one whole number only, whether the reader
        supposes that all hidden counts are small or that some were hidden to protect others. Empty
        where the table keeps its secrets.
    """
    chosen = _rule(rule)
    values = shown[list(counts)]
    hide = np.asarray(values == HIDDEN, dtype=bool)
    numbers = values.mask(hide, 0).fillna(0).astype(float).round().to_numpy(dtype=np.int64)
    found = deduced(numbers, hide, _sums(shown, counts, totals), chosen)
    width = len(counts)
    return [
        (shown.index[at // width], counts[at % width], count)
        for at, count in sorted(found.items())
        if count <= chosen.largest_hidden
    ]


def people_shown(people: float) -> str:
    """
    Write modelled people as they are shown: rounded, since they are nobody in particular.

    To the nearest 10 below 1,000, to the nearest 100 below 100,000, then to the nearest 1,000.
    Fewer than 5 but some: "fewer than 10". Rounded figures may not add up.

    Examples
    --------
    >>> people_shown(0), people_shown(3.2), people_shown(6123.7), people_shown(413_207)
    ('0', 'fewer than 10', '6,100', '413,000')
    """
    if not people >= 0 or people == float("inf"):
        raise TableError(f"{people} people cannot be shown")
    if people == 0:
        return "0"
    unit = 10 if people < 1_000 else 100 if people < 100_000 else 1_000
    rounded = int(people / unit + 0.5) * unit
    return f"{rounded:,}" if rounded else "fewer than 10"


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise DisclosureError(f"no disclosure rule {name!r}; rules are {', '.join(RULES)}")
    return RULES[name]


def _whole(frame: pd.DataFrame, counts: Sequence[str]) -> Counts:
    """Read counts as whole numbers, missing ones as 0."""
    faults = [f"no column {name!r}" for name in counts if name not in frame.columns]
    if not frame.index.is_unique:
        faults.append("row keys are not unique, so a hidden row could be read off its twin")
    if faults:
        raise TableError("sensitive table: " + "; ".join(faults))
    numbers = frame[list(counts)].apply(pd.to_numeric, errors="coerce")
    if (numbers.isna() & frame[list(counts)].notna()).any(axis=None):
        raise TableError("sensitive table: counts must be numbers; has it been controlled already?")
    values = numbers.fillna(0).to_numpy(float)
    if not (np.isfinite(values).all() and (values >= 0).all() and (values % 1 == 0).all()):
        raise TableError(
            "sensitive table: counts must be whole numbers of people, 0 or more; control the counts"
            " before they are scaled, and give rates as `shares`"
        )
    whole: Counts = np.ascontiguousarray(values, dtype=np.int64)  # so that ravel() is a view
    return whole


def _sums(frame: pd.DataFrame, counts: Sequence[str], totals: Sequence[Total]) -> list[Sum]:
    """Totals as positions: each a whole and its parts among the flattened counts."""
    width = len(counts)
    row_at: dict[Hashable, int] = {key: at for at, key in enumerate(frame.index)}
    column_at: dict[Hashable, int] = {key: at for at, key in enumerate(counts)}
    sums = []
    for total in totals:
        place = row_at if total.axis == "rows" else column_at
        absent = [key for key in (total.whole, *total.parts) if key not in place]
        if absent:
            raise TableError(f"total {total.whole!r}: no {total.axis[:-1]} {absent[0]!r}")
        whole, parts = place[total.whole], [place[key] for key in total.parts]
        if total.axis == "rows":
            sums += [
                Sum(whole * width + column, tuple(part * width + column for part in parts))
                for column in range(width)
            ]
        else:
            sums += [
                Sum(row * width + whole, tuple(row * width + part for part in parts))
                for row in range(len(frame))
            ]
    return sums


def _check_sums(frame: pd.DataFrame, counts: Sequence[str], raw: Counts, sums: list[Sum]) -> None:
    flat = raw.ravel()
    for one in sums:
        added = int(flat[list(one.parts)].sum())
        if added != flat[one.whole]:
            row, column = divmod(one.whole, len(counts))
            raise TableError(
                f"sensitive table: {counts[column]} of {frame.index[row]!r} is a total that does"
                " not equal the sum of its parts"
            )


def _column(
    raw: NDArray[np.int64], hide: NDArray[np.bool_], rule: Rule, was: pd.Series[float]
) -> pd.Series[Any]:
    """One column as shown: whole numbers, HIDDEN, and missing where it was missing."""
    shown = pd.Series(rounded(raw, rule), index=was.index, dtype=object)
    return shown.mask(hide, HIDDEN).mask(was.isna(), pd.NA)


def _shares(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    """Shares of counts as shown; hidden where either is, missing where there is nobody."""
    hide = part.eq(HIDDEN).fillna(value=False) | whole.eq(HIDDEN).fillna(value=False)
    number = pd.to_numeric(part, errors="coerce") / pd.to_numeric(whole, errors="coerce").replace(
        0, np.nan
    )
    return number.astype(object).mask(hide.astype(bool), HIDDEN)
