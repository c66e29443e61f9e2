"""
Open workbooks (XLSX, XLS, ODS) so that a small file cannot take all memory.

A sheet is held as a full rectangle, so two cells at opposite corners would make one of seventeen
thousand million cells. The size is read from the cells themselves before anything is opened; what a
sheet says of its own size is not believed.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.archive import members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_CELLS: Final = 60_000_000
"""Largest rectangle opened: the widest published sheet we know has 7 million cells (our choice)."""
_FAR: Final = re.compile(rb'r="(?:[A-Z]{3}\d+|[A-Z]{1,2}\d{6,})"')
"""A cell that could make a large rectangle: beyond column ZZ or row 99,999."""
_CELL: Final = re.compile(rb'r="([A-Z]{1,3})(\d+)"')
_CELLS: Final = re.compile(
    rb'<table:table-cell\b([^>]*?number-columns-repeated="(\d+)"[^>]*)>', re.DOTALL
)
_ROWS: Final = re.compile(
    rb'<table:table-row\b[^>]*?number-rows-repeated="(\d+)"[^>]*>(.*?)</table:table-row>', re.DOTALL
)
_MOST_REPEATS: Final = 20_000
"""Most copies of a filled cell or row of an ODS sheet; blank padding is repeated without limit."""
_CHUNK: Final = 8 << 20


def open_workbook(path: Path) -> Any:  # noqa: ANN401 - calamine publishes no types
    """
    Open a workbook after checking that it is whole and of a sane size.

    Raises
    ------
    SourceError
        If it is cut short, no workbook, a zip bomb, or its cells span too large a rectangle.
    """
    import python_calamine

    suffix = path.suffix.lower()
    if suffix != ".xls":
        entries = members(path)  # a workbook is a zip: refuse bombs and broken ones before parsing
        if suffix == ".ods":
            _refuse_repeats(path)
        else:
            names = [e.filename for e in entries if e.filename.startswith("xl/worksheets/")]
            _refuse_sparse(path, names)
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:
        # calamine has a family of errors of its own; whatever it says, the file is not readable
        said = " ".join(str(error).split())
        raise SourceError(f"{path}: not a whole workbook ({said})") from error


def pick_sheet(path: Path, names: list[str], sheet: str | re.Pattern[str] | None) -> str:
    """
    Choose a sheet by name, in any case, or by a pattern; the first where nothing is asked for.

    Raises
    ------
    SourceError
        Naming the sheets there are.
    """
    if sheet is None:
        return names[0]
    if isinstance(sheet, str):
        found = [name for name in names if name.strip().lower() == sheet.strip().lower()]
    else:
        found = [name for name in names if sheet.search(name)]
    if not found:
        wanted = sheet if isinstance(sheet, str) else sheet.pattern
        raise SourceError(f"{path}: no sheet {wanted!r}; it has {', '.join(map(repr, names))}")
    return found[0]


def cell_text(cell: object) -> str | None:
    """
    Show a cell as text: whole numbers without a point, dates as ISO, blanks as nothing.

    Examples
    --------
    >>> cell_text(12.0), cell_text(" a "), cell_text("")
    ('12', 'a', None)
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, (dt.datetime, dt.date, dt.time)):
        return cell.isoformat()
    return str(cell).strip() or None


def _refuse_sparse(path: Path, names: list[str]) -> None:
    """Refuse an XLSX sheet whose cells lie so far apart that its rectangle is huge."""
    for name in names:
        if not any(_FAR.search(chunk) for chunk in _chunks(path, name)):
            continue
        rows = columns = 0
        for chunk in _chunks(path, name):
            for letters, digits in _CELL.findall(chunk):
                rows, columns = max(rows, int(digits)), max(columns, _column(letters))
        if rows * columns > MOST_CELLS:
            raise SourceError(
                f"{path}: {name} has cells out to row {rows:,}, column {columns:,}: too large to "
                "open. Delete stray cells far from the table, and save it again"
            )


def _refuse_repeats(path: Path) -> None:
    """Refuse an ODS sheet that repeats a filled cell or row many times."""
    for chunk in _chunks(path, "content.xml"):
        found = [(int(count), tag) for tag, count in _CELLS.findall(chunk)]
        found += [(int(count), row) for count, row in _ROWS.findall(chunk)]
        for count, body in found:
            if count > _MOST_REPEATS and b"office:value" in body:
                raise SourceError(
                    f"{path}: repeats a filled cell or row {count:,} times: too large to open"
                )


def _chunks(path: Path, name: str) -> Iterator[bytes]:
    """Read a part of a workbook piece by piece; pieces overlap so that no cell is cut in two."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as part:
            tail = b""
            while block := part.read(_CHUNK):
                yield tail + block
                tail = block[-300:]
    except (KeyError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise SourceError(f"{path}: not a whole workbook ({error})") from error


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
