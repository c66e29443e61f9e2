"""The page's values as an Excel workbook: numbers as numbers, text never as a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import PageError
from slgeo.maps import attribution, csv_out
from slgeo.sources.office import timeless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from slgeo.maps.spec import MapSpec

TEXT: Final = ("area", "name", "kind", "mode", "scenario", "reason", "rurality", "nearest")
"""Columns that hold text; all others hold numbers, or nothing."""

MEANINGS: Final = {
    "area": "Code of the small area, as published",
    "name": "Name of the area",
    "kind": "What people go there for",
    "mode": "How people travel: walk, cycle or drive",
    "scenario": "What is changed; empty: things as they are",
    "people": "Everyone who lives there",
    "minutes": "Typical minutes to the nearest place, as the page's legend says; empty: see reason",
    "reason": "Why there are no minutes, or that the figures are withheld",
    "people_without_time": "Of all the people: those who have no time at all",
    "deprivation_decile": "National decile, 1 is the most deprived tenth of the nation's areas",
    "local_fifth": "Fifth of the place's own areas by deprivation, 1 the most deprived",
    "rurality": "Rural-urban class under its official label",
    "nearest": "Name of the nearest place",
}

FURTHER: Final = "people_further_than_"


def save(spec: MapSpec, path: Path) -> Path:
    """
    Write the workbook.

    Raises
    ------
    PageError
        Where the file name does not end in ``.xlsx``.
    """
    import openpyxl

    if path.suffix.lower() != ".xlsx":
        raise PageError(f"{path.name}: a workbook is written as .xlsx")
    book = openpyxl.Workbook()
    book.properties.creator = "slgeo"
    del book["Sheet"]
    about = book.create_sheet("About")
    _fill(about, ([line] for line in _about(spec)))
    heads, *rows = csv.reader(io.StringIO(csv_out.values(spec).decode("utf-8-sig")))
    values = book.create_sheet("Values")
    _fill(values, [heads, *(_typed(heads, row) for row in rows)])
    values.freeze_panes = "C2"
    values.auto_filter.ref = values.dimensions
    columns = book.create_sheet("Columns")
    _fill(columns, [["column", "meaning"], *([name, meaning(name)] for name in heads)])
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(timeless(out.getvalue()))
    return path


def meaning(column: str) -> str:
    """
    Say what a column of the page's table holds.

    Examples
    --------
    >>> meaning("people_further_than_20")
    'People further than 20 minutes, those without a time included'
    """
    if column.startswith(FURTHER):
        minutes = column.removeprefix(FURTHER)
        return f"People further than {minutes} minutes, those without a time included"
    return MEANINGS[column]


def _about(spec: MapSpec) -> list[str]:
    """Say what the values are about, whose they are and what they leave out."""
    where = ", ".join(part for part in (spec.place, spec.date) if part)
    return [
        spec.title,
        where + (" (an invented place)" if spec.invented else ""),
        *spec.leaves_out,
        "This describes areas, not the individuals in them.",
        *(credit.statement for credit in attribution.ordered(spec)),
    ]


def _typed(heads: Sequence[str], row: Sequence[str]) -> list[str | float | None]:
    """Give numbers as numbers; what is empty in the CSV is an empty cell."""
    return [
        (cell or None) if head in TEXT else (float(cell) if cell else None)
        for head, cell in zip(heads, row, strict=True)
    ]


def _fill(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:  # noqa: ANN401 - openpyxl has no types
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row, 1):
            if value is None:
                continue
            cell = sheet.cell(down, across, value)
            if isinstance(value, str):
                cell.data_type = "s"  # text that begins with = is text
