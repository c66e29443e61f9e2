"""
``results.xlsx``: every table of a run as a sheet, to be read by a person.

Text is typed as text, so nothing in it runs; the same tables give the same bytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.errors import TableError
from slgeo.report.cells import STARTS_A_FORMULA, decimals, holds_numbers, is_number, legible
from slgeo.report.csv_file import laid_out
from slgeo.report.dictionary import dictionary
from slgeo.report.results import RESULT_TABLES
from slgeo.sources import office
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slgeo.report.disclosure import Controlled
    from slgeo.tables import Column, Table

TITLES: Final = {
    "equity": "Groups compared",
    "stability": "Stability of gaps",
    "combined": "With and without a car",
    "provision_gaps": "Too little per head",
    "exposures_practices": "Exposures of practices",
    "exposures_columns": "Columns of exposures",
    "not_located": "Places not located",
    "edge_unsafe": "Near the edge",
    "elevation": "Hills",
    "border_test": "A nearer border",
    "catchments": "Travel-time areas",
    "practice_networks": "Networks of practices",
    "practice_catchments": "Patients of practices by area",
    "practice_bypass": "Nearest practice passed by",
    "practice_boundaries": "Boundaries of practices",
    "communal": "Communal residents",
    "border_reach": "Beyond the border",
    "border_changes": "Changes by a nearer border",
    "catchment_people": "People in travel-time areas",
    "patients_within": "Patients within reach",
    "what_if_by_area": "What if, by area",
    "earlier": "Earlier figures",
}
"""Titles of sheets that are not the table's own name in words."""

WITHOUT_A_SHEET: Final = frozenset({"areas"})
"""Tables too wide to read in a sheet; they are in the folder of tables."""

SHEETS: Final = {
    table.name: TITLES.get(table.name, table.name.replace("_", " ").capitalize())
    for table in RESULT_TABLES
    if table.name not in WITHOUT_A_SHEET
}
"""Title of each table's sheet, by the table's name; a table without one is a CSV only."""

FORMATS: Final = {
    "people": "#,##0",
    "minutes": "0.0",
    "share": "0.0%",
    "metres": "#,##0",
    "degrees": "0.00000",
    "bytes": "#,##0",
}
"""How numbers are shown, by unit; the cells hold more."""

MOST_ROWS: Final = 1_048_576
MOST_CHARACTERS: Final = 32_767
"""What one sheet, and one cell, of a workbook can hold."""

WIDEST, NARROWEST, SAMPLED = 60, 8, 200
"""Widths of columns in characters, and rows looked at to choose one."""


def write_workbook(
    path: str | os.PathLike[str],
    tables: Mapping[str, pd.DataFrame | Controlled],
    *,
    title: str,
    about: Sequence[str] = (),
) -> Path:
    """
    Write the tables of a run as one workbook.

    Parameters
    ----------
    path
        Where it shall stand; it appears whole or not at all.
    tables
        Table by name, as in :data:`slgeo.report.results.RESULT_TABLES`; sensitive ones as what
        ``disclosure.controlled`` returns. Sheets stand in the order of that list; the wide table of
        areas, with its hundreds of columns, has none.
    title
        Title of the study, at the head of the first sheet.
    about
        Lines for the first sheet: the finding, what is left out, how counts are rounded.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TableError
        For a table nobody declared.
    DisclosureError
        For a sensitive table that has not passed disclosure control.
    """
    from pathlib import Path

    unknown = sorted(set(tables) - {table.name for table in RESULT_TABLES})
    if unknown:
        raise TableError(f"workbook: no table is called {', '.join(map(repr, unknown))}")
    chosen = [table for table in RESULT_TABLES if table.name in tables and table.name in SHEETS]
    # Everything is checked before the first sheet: openpyxl cannot drop one that is half written.
    laid = [laid_out(tables[table.name], table) for table in chosen]
    for frame in laid:
        _refuse_infinite(frame)
    book = _Book()
    book.front(title, about[1:] if about[:1] == [title] else about, chosen)
    for table, frame in zip(chosen, laid, strict=True):
        book.sheet(SHEETS[table.name], frame, table)
    listed = dictionary(chosen).reset_index()
    listed["table"] = listed["table"].map(SHEETS)
    book.sheet("Data dictionary", listed, None)
    with written(path) as beside:
        beside.write_bytes(book.data())
    return Path(path)


def write_sheets(path: str | os.PathLike[str], sheets: Mapping[str, pd.DataFrame]) -> Path:
    """
    Write somebody's own tables as a workbook, under the column names they have.

    Parameters
    ----------
    path
        Where it shall stand; it appears whole or not at all.
    sheets
        Frame by the name of its sheet.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TableError
        For infinite numbers.
    """
    from pathlib import Path

    for frame in sheets.values():
        _refuse_infinite(frame)
    book = _Book()
    for title, frame in sheets.items():
        book.sheet(title, frame, None, heads=[str(name) for name in frame.columns])
    with written(path) as beside:
        beside.write_bytes(book.data())
    return Path(path)


def heading(name: str) -> str:
    """
    Write a column's name as people read it.

    Examples
    --------
    >>> heading("people_within_20"), heading("gp_walk_minutes")
    ('People within 20', 'Gp walk minutes')
    """
    text = legible(name.replace("_", " ").strip())
    return text[:1].upper() + text[1:]


class _Book:
    """A workbook in the making: rows go straight to their sheet, so size costs no memory."""

    def __init__(self) -> None:
        import openpyxl
        from openpyxl.styles import Alignment, Font, PatternFill

        self._book = openpyxl.Workbook(write_only=True)
        self._strong = Font(bold=True)
        self._large = Font(bold=True, size=16)
        self._even = Font(name="Consolas")
        self._shade = PatternFill("solid", fgColor="E3E8EE")
        self.wrap = Alignment(wrap_text=True, vertical="top")

    def front(self, title: str, about: Sequence[str], tables: Sequence[Table]) -> None:
        """Write the first sheet: title, sentences, and what each other sheet holds."""
        sheet = self._book.create_sheet("About")
        sheet.column_dimensions["A"].width = 24
        sheet.column_dimensions["B"].width = 100
        head = _text_cell(sheet, title)
        head.font = self._large
        sheet.append([head])
        sheet.append([])
        for line in about:
            cell = _text_cell(sheet, line)
            cell.font = self._even  # lines may be set in columns
            sheet.append([cell])
        sheet.append([])
        for table in tables:
            name = _text_cell(sheet, SHEETS[table.name])
            name.font = self._strong
            sheet.append([name, _text_cell(sheet, table.meaning, self.wrap)])

    def sheet(
        self,
        title: str,
        frame: pd.DataFrame,
        table: Table | None,
        *,
        heads: Sequence[str] | None = None,
    ) -> None:
        """Write one table: a frozen heading, a filter, columns as wide as what is in them."""
        from openpyxl.utils import get_column_letter

        sheet = self._book.create_sheet(title)
        if len(frame) >= MOST_ROWS:
            words = f"{len(frame):,} rows are more than a sheet holds: see tables/ for the CSV."
            sheet.append([_text_cell(sheet, words)])
            return
        columns = [table.column(str(name)) if table else None for name in frame.columns]
        wrapped = [_is_prose(frame[name]) for name in frame.columns]
        keys = len(table.index) if table else 2
        for at, name in enumerate(frame.columns, start=1):
            letter = get_column_letter(at)
            sheet.column_dimensions[letter].width = _width(heading(str(name)), frame[name])
        sheet.freeze_panes = f"{get_column_letter(min(keys, 3) + 1)}2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(frame.columns))}{len(frame) + 1}"
        named = heads or [heading(str(name)) for name in frame.columns]
        cells = [_text_cell(sheet, name, self.wrap) for name in named]
        for cell in cells:
            cell.font, cell.fill = self._strong, self._shade
        sheet.append(cells)
        places = [
            decimals(frame[name], column) if holds_numbers(frame[name]) else 0
            for name, column in zip(frame.columns, columns, strict=True)
        ]
        pens = [
            _Pen(sheet, column, digits, self.wrap if prose else None)
            for column, digits, prose in zip(columns, places, wrapped, strict=True)
        ]
        values = [frame[name].astype(object).tolist() for name in frame.columns]
        for row in zip(*values, strict=True):
            sheet.append([pen.write(value) for pen, value in zip(pens, row, strict=True)])

    def data(self) -> bytes:
        """Give the workbook's bytes."""
        return timeless(self._book)


def timeless(book: Any) -> bytes:  # noqa: ANN401  (openpyxl publishes no types)
    """
    Give a workbook's bytes, with every mark of the time of writing taken out.

    Parameters
    ----------
    book
        A workbook of openpyxl; it cannot be saved again where it was write-only.

    Returns
    -------
    bytes
        The .xlsx: parts in a fixed order, dated 1980.
    """
    raw = io.BytesIO()
    book.save(raw)
    return office.timeless(raw.getvalue())


class _Pen:
    """Writes the cells of one column, each in the style its value needs; cells are used again."""

    def __init__(self, sheet: Any, column: Column | None, places: int, wrap: Any = None) -> None:  # noqa: ANN401  (openpyxl publishes no types)
        from openpyxl.cell import WriteOnlyCell

        self._places = places
        self._text = _text_cell(sheet, "", wrap)
        self._quoted = _text_cell(sheet, "=", wrap)
        self._number = WriteOnlyCell(sheet)
        unit = column.unit if column else ""
        counts = column is not None and column.kind == "count"
        self._number.number_format = FORMATS.get(unit, "#,##0" if counts else "General")

    def write(self, value: Any) -> Any:  # noqa: ANN401  (whatever a frame holds)
        """Give the cell for a value; none where it is missing."""
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124  (NaN)
            return None
        if isinstance(value, bool):
            return as_text(self._text, "yes" if value else "no")
        if is_number(value):
            self._number.value = round(value, self._places)  # the same figure as in the CSV
            return self._number
        text = str(value)
        return as_text(self._quoted if text.startswith(STARTS_A_FORMULA) else self._text, text)


def _text_cell(sheet: Any, text: str, wrap: Any = None) -> Any:  # noqa: ANN401  (openpyxl publishes no types)
    """Make a cell of text that stays text, whatever it starts with."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    if wrap is not None:
        cell.alignment = wrap
    return as_text(cell, text)


def as_text(cell: Any, text: str) -> Any:  # noqa: ANN401  (openpyxl publishes no types)
    """
    Put text into a cell as text: never a formula, an error or a date.

    Parameters
    ----------
    cell
        A cell of openpyxl.
    text
        What it shall show; too long a text is cut, and says so.

    Returns
    -------
    openpyxl cell
        The same cell.
    """
    text = legible(text)
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS - 30]} ... (cut: see the CSV)"
    if text.startswith(STARTS_A_FORMULA):
        cell.quotePrefix = True  # so that it stays text when somebody edits the cell
    cell.value = text
    cell.data_type = "s"
    return cell


def _refuse_infinite(frame: pd.DataFrame) -> None:
    for name in frame.columns:
        if pd.to_numeric(frame[name], errors="coerce").abs().eq(np.inf).any():
            raise TableError(f"column {name!r} holds an infinite number")


def _is_prose(values: pd.Series[Any]) -> bool:
    """Whether a column holds sentences, which are wrapped rather than given a wide column."""
    some = values.dropna().head(SAMPLED)
    return any(isinstance(value, str) and len(value) > WIDEST for value in some)


def _width(head: str, values: pd.Series[Any]) -> float:
    """Choose a column's width in characters: that of its heading's longest word, or its values."""
    words = [len(word) for word in head.split()]
    shown = [10 if is_number(value) else len(str(value)) for value in values.dropna().head(SAMPLED)]
    return float(min(max([NARROWEST, *words, *shown]) + 2, WIDEST))
