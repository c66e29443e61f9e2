"""
``places.xlsx``, the sheet a planner fills in: its columns, and reading it back.

``slgeo new --template`` writes it; here is what it must hold, so that the two never differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.table import places_from
from slgeo.places.taxonomy import KINDS, LABELS, kind_of, nearest_kind
from slgeo.sources.read import read_table, where

if TYPE_CHECKING:
    import os

    import pandas as pd

SHEET: Final = "Places"
EXAMPLE: Final = "EXAMPLE"
"""A row whose note begins so is an example and is skipped."""


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """
    One column of the sheet.

    Parameters
    ----------
    name
        Its heading.
    note
        What to write in it, for the person who fills it.
    allowed
        What the drop-down offers; empty where anything goes.
    examples
        A value for each of the three example rows.
    """

    name: str
    note: str
    allowed: tuple[str, ...]
    examples: tuple[str | float | None, str | float | None, str | float | None]


_COLUMNS: Final = (
    TemplateColumn(
        "name",
        "What people call the place. Required.",
        (),
        ("Town library", "Walking group", "Community centre"),
    ),
    TemplateColumn(
        "kind",
        "What people find there: pick one from the list. Required.",
        tuple(LABELS[kind].one for kind in KINDS),
        (
            LABELS["library"].one,
            LABELS["physical_activity"].one,
            LABELS["social_connection"].one,
        ),
    ),
    TemplateColumn(
        "postcode",
        "Where it is. Leave it empty only where you give latitude and longitude.",
        (),
        ("ZZ1 1AA", "ZZ1 1AB", None),
    ),
    TemplateColumn(
        "latitude",
        "In degrees, between 49.8 and 61; better than a postcode for parks and long roads.",
        (),
        (None, None, 52.67082),
    ),
    TemplateColumn("longitude", "In degrees, between -8.7 and 1.8.", (), (None, None, -0.73752)),
    TemplateColumn(
        "capacity",
        "How many people it can take, in one unit for the whole sheet. Leave it empty if unknown.",
        (),
        (None, 15, 80),
    ),
    TemplateColumn(
        "checked",
        "When you last checked that it is there, as 2026-11-30.",
        (),
        ("2026-11-02", None, "2026-10-15"),
    ),
    TemplateColumn(
        "note",
        f"Anything else. Rows whose note begins with {EXAMPLE} are skipped: delete them or not.",
        (),
        (f"{EXAMPLE}: not read", f"{EXAMPLE}: not read", f"{EXAMPLE}: not read"),
    ),
)


def template_columns() -> tuple[TemplateColumn, ...]:
    """
    List the columns of the sheet, in order.

    Examples
    --------
    >>> [column.name for column in template_columns()][:3]
    ['name', 'kind', 'postcode']
    """
    return _COLUMNS


def read_template(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read a filled sheet back.

    Parameters
    ----------
    path
        The workbook.

    Returns
    -------
    pd.DataFrame
        A places table; example rows are skipped.

    Raises
    ------
    SourceError
        If it cannot be read, or has no sheet ``Places``.
    TableError
        Every cell at fault, each with sheet, row and column: a row without a name, a kind that is
        none, a number that is none, a place without postcode and coordinates.
    """
    frame = read_table(path, sheet=SHEET, header=re.compile(r"(?i)^name$"))
    source = Path(path).name
    frame = frame.rename(columns={name: str(name).lower() for name in frame.columns})
    absent = [name for name in ("name", "kind") if name not in frame.columns]
    if absent:
        raise TableError(f"{path}, sheet {SHEET!r}: no column {' and '.join(absent)}")
    for column in _COLUMNS:
        if column.name not in frame.columns:
            frame[column.name] = None
    examples = {column.name: column.examples for column in _COLUMNS}
    shipped = set(zip(examples["name"], examples["kind"], strict=True))
    # A row somebody typed over is a place, whatever its note still says.
    is_example = [
        str(note).upper().startswith(EXAMPLE) and (name, kind) in shipped
        for note, name, kind in zip(frame["note"], frame["name"], frame["kind"], strict=True)
    ]
    rows = frame[[not example for example in is_example]]
    faults: list[str] = []
    records = [_record(frame, row, dict(cells), faults) for row, cells in rows.iterrows()]
    if faults:
        more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise TableError("; ".join(faults[:20]) + more)
    notes = [f"{source}: {sum(is_example)} example rows skipped"] if any(is_example) else []
    if not records:
        notes.append(f"{source}: no places filled in yet")
    return places_from(records, source=source, notes=notes)


def _record(
    frame: pd.DataFrame,
    row: object,
    cells: dict[str, Any],
    faults: list[str],
) -> dict[str, Any]:
    """Read one row, adding what is wrong with it to the faults."""
    record: dict[str, Any] = {"site": None, "name": _text(cells["name"])}
    if record["name"] is None:
        faults.append(f"{where(frame, row, 'name')}: is empty; write what people call the place")
    kind = _text(cells["kind"])
    record["kind"] = kind_of(kind) if kind else None
    if record["kind"] is None:
        near = nearest_kind(kind) if kind else None
        hint = f"did you mean {LABELS[near].one!r}?" if near else "pick one from its list"
        faults.append(f"{where(frame, row, 'kind')}: {kind or ''!r} is no kind of place; {hint}")
    for name in ("latitude", "longitude", "capacity"):
        record[name] = _number(frame, row, name, cells[name], faults)
    for name in ("postcode", "checked", "note"):
        record[name] = _text(cells[name])
    pair = record["latitude"] is not None and record["longitude"] is not None
    if record["postcode"] is None and not pair:
        faults.append(
            f"{where(frame, row, 'postcode')}: is empty, and so is latitude or longitude; give one "
            "or the other"
        )
    if record["capacity"] is not None and record["capacity"] < 0:
        faults.append(f"{where(frame, row, 'capacity')}: {record['capacity']:g} is below 0")
    return record


def _number(
    frame: pd.DataFrame,
    row: object,
    name: str,
    value: object,
    faults: list[str],
) -> float | None:
    text = _text(value)
    if text is None:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = float("nan")
    if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - NaN is not itself
        faults.append(f"{where(frame, row, name)}: {text[:30]!r} is not a number")
        return None
    return number


def _text(value: object) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return None
    return str(value).strip() or None
