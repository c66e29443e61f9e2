"""Counts of referrals, uptake or outcomes from a file: one row an area or practice, or age band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slgeo.errors import SourceError
from slgeo.sources.read import numbers, read_table, where

if TYPE_CHECKING:
    import os

    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeCounts:
    """
    What a file counts.

    Parameters
    ----------
    count
        Events by key.
    of
        People, or person-years, by key; None where the file has none.
    bands, people
        Events and people by key (rows) and age band (columns, in the order of the file); None
        where the file has no bands.
    column
        Name of the column that holds the keys.
    """

    count: pd.Series[Any]
    of: pd.Series[Any] | None
    bands: pd.DataFrame | None
    people: pd.DataFrame | None
    column: str


def read_outcomes(
    path: str | os.PathLike[str],
    *,
    known: pd.Index[Any],
    key: str | None = None,
    count: str = "count",
    of: str | None = None,
    age: str | None = None,
) -> OutcomeCounts:
    """
    Read counts of outcomes by area or practice.

    Parameters
    ----------
    path
        A table: CSV, Excel, ODS or Parquet.
    known
        Codes of areas and practices there are, by which the column of keys is told.
    key
        Column of codes; absent: the column most of whose values are known.
    count, of
        Columns of events, and of the people they are among.
    age
        Column of age bands, where there is a row for each.

    Returns
    -------
    OutcomeCounts
        Whole files: keys that are not known are in it too.

    Raises
    ------
    SourceError
        Where a column is absent, no column holds known codes, a number is negative or missing, or
        a key (with an age band) occurs twice; it names file, row and column.
    """
    table = read_table(path)
    asked = [name for name in (key, count, of, age) if name is not None]
    absent = [name for name in asked if name not in table.columns]
    if absent:
        raise SourceError(
            f"{table.attrs.get('source', 'table')}: no column {', '.join(map(repr, absent))} "
            f"(columns found: {', '.join(map(str, table.columns))})"
        )
    column = key or _column_of_codes(table, known)
    keys = [column] if age is None else [column, age]
    blank = table[keys].isna().any(axis=1)
    if blank.any():
        raise SourceError(f"{where(table, table.index[blank][0], column)}: no code or age band")
    twice = table.duplicated(keys)
    if twice.any():
        row = table.index[twice][0]
        raise SourceError(
            f"{where(table, row, column)}: {table.loc[row, column]!r} occurs more than once; add "
            "its rows up first" + ("" if age else ", or name the column of age bands as age")
        )
    for name in (count, of):
        if name is not None:
            table[name] = _counted(table, name)
    if age is None:
        by_key = table.set_index(column)
        return OutcomeCounts(by_key[count], by_key[of] if of else None, None, None, column)
    order = list(dict.fromkeys(table[age]))
    bands = table.pivot_table(index=column, columns=age, values=count, aggfunc="sum")[order]
    people = table.pivot_table(index=column, columns=age, values=of or count, aggfunc="sum")[order]
    return OutcomeCounts(
        bands.fillna(0.0).sum(axis=1),
        people.fillna(0.0).sum(axis=1) if of else None,
        bands.fillna(0.0),
        people.fillna(0.0) if of else None,
        column,
    )


def _column_of_codes(table: pd.DataFrame, known: pd.Index[Any]) -> str:
    """Tell which column holds codes that are known."""
    shares = {str(name): float(table[name].isin(known).mean()) for name in table.columns}
    best = max(shares, key=lambda name: shares[name], default="")
    if not best or shares[best] <= 0:
        raise SourceError(
            f"{table.attrs.get('source', 'table')}: no column holds codes of the study's areas or "
            "practices; name the column of codes as key, and check the edition of its codes"
        )
    return best


def _counted(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Read a column of counts: 0 or more; blank where nothing was returned."""
    read = numbers(table, column)
    wrong = read < 0
    if wrong.any():
        row = table.index[wrong][0]
        raise SourceError(f"{where(table, row, column)}: {read[row]:g} is below 0")
    return read
