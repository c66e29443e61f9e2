"""
How a value stands in a cell: with how many decimals, and unable to do anything but stand there.

Text from files is untrusted. In a CSV a spreadsheet runs what starts with ``=``, ``+``, ``-`` or
``@``, so such text gets an apostrophe in front; control characters, which break readers and which a
workbook cannot hold, become the replacement character.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from slgeo.errors import TableError

if TYPE_CHECKING:
    from typing import Any

    from slgeo.tables import Column

UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
STARTS_A_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the start of a formula, the full-width forms included."""

JUST_A_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
DECIMALS: Final = {
    "minutes": 2,
    "people": 1,
    "share": 4,
    "metres": 1,
    "square kilometres": 3,
    "degrees": 6,
}
"""Decimals by unit: finer than anything read from them, and the same in every run."""

OTHER_DECIMALS: Final = 4
WHOLE: Final = 1e-6
"""Sums of fractions of people may miss a whole number by so much and are whole all the same."""


def legible(text: str) -> str:
    r"""
    Replace what no reader can show.

    Examples
    --------
    >>> legible("St Mary's" + chr(7))
    "St Mary's\ufffd"
    """
    return UNPRINTABLE.sub("\ufffd", text)


def inert(text: str) -> str:
    """
    Make text that a spreadsheet will show and not run.

    Examples
    --------
    >>> inert("=1+1"), inert("Oakham"), inert("-12.5")
    ("'=1+1", 'Oakham', '-12.5')
    """
    text = legible(text)
    if text.startswith(STARTS_A_FORMULA) and not JUST_A_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def decimals(values: pd.Series[Any], column: Column | None) -> int:
    """
    Say how many decimals a column of numbers is written with.

    Parameters
    ----------
    values
        The numbers; missing and hidden ones are passed over.
    column
        Its definition, if it has one.

    Returns
    -------
    int
        0 for a column that holds whole numbers only, else as many as its unit has.

    Raises
    ------
    TableError
        Where a number is infinite: no table says so.
    """
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    if numbers.abs().eq(math.inf).any():
        raise TableError(f"column {values.name!r} holds an infinite number")
    if (numbers - numbers.round()).abs().max() < WHOLE or numbers.empty:
        return 0
    if column is None:
        degrees = str(values.name).lower().startswith(("longitude", "latitude"))
        return DECIMALS["degrees"] if degrees else OTHER_DECIMALS
    return DECIMALS.get(column.unit, OTHER_DECIMALS)


def holds_numbers(values: pd.Series[Any]) -> bool:
    """Whether a column holds numbers, hidden and missing ones aside."""
    if pd.api.types.is_bool_dtype(values):
        return False
    return pd.api.types.is_numeric_dtype(values) or (
        values.dtype == object and any(is_number(value) for value in values)
    )


def is_number(value: object) -> bool:
    """Whether a value is a number and not a flag."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def fixed(value: float, places: int) -> str:
    """
    Write a number with a fixed number of decimals; a rounded-off minus sign goes.

    Examples
    --------
    >>> fixed(12.345, 2), fixed(-0.001, 2), fixed(7.0, 0)
    ('12.35', '0.00', '7')
    """
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text
