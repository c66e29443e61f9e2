"""
Every number in a file, with the words that say what it is, for the last look before files go out.

A number's words are its keys, its column and their headings: those of its row in a sheet, those on
the way to it in JSON, those of its line in a text.
"""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import json
import math
import re
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Seen = tuple[frozenset[str], float]
"""A number in a file, with its words."""


def numbers_of(path: Path) -> Iterator[Seen]:
    """
    Yield every number of a file with its words.

    Parameters
    ----------
    path
        A file; one of an unknown format is read as lines of text.
    """
    readers: dict[str, Callable[[Path], Iterator[Seen]]] = {
        ".csv": _of_csv,
        ".xlsx": _of_workbook,
        ".json": _of_json,
        ".geojson": _of_json,
        ".html": _of_html,
        ".gpkg": _of_geopackage,
        ".parquet": _of_parquet,
    }
    yield from readers.get(path.suffix.lower(), _of_lines)(path)


def _of_csv(path: Path) -> Iterator[Seen]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _of_grid(list(csv.reader(file)))


def _of_workbook(path: Path) -> Iterator[Seen]:
    import python_calamine  # ten times as quick as openpyxl, which writes it

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for sheet in book.sheet_names:
        yield from _of_grid(book.get_sheet_by_name(sheet).to_python())


def _of_geopackage(path: Path) -> Iterator[Seen]:
    import contextlib
    import sqlite3

    with contextlib.closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    ) as base:
        tables = base.execute("SELECT table_name FROM gpkg_contents").fetchall()
        for (table,) in tables:
            quoted = str(table).replace('"', '""')
            rows = base.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - our own file's own name, quoted
            head = [column[0] for column in rows.description]
            yield from _of_grid([head, *(list(row) for row in rows)])


def _of_parquet(path: Path) -> Iterator[Seen]:
    import pandas as pd

    frame = pd.read_parquet(path).reset_index()
    head = [str(name) for name in frame.columns]
    yield from _of_grid([head, *frame.astype(object).to_numpy().tolist()])


def _of_grid(rows: list[list[Any]]) -> Iterator[Seen]:
    """Read a sheet: a number's words are those of its row, and the headings above it."""
    for at, row in enumerate(rows):
        words = {_word(cell) for cell in row if cell is not None}
        for column, cell in enumerate(row):
            number = _number(cell)
            if number is None:
                yield from _of_sentence(cell, frozenset(words))
            else:
                above = {_word(other[column]) for other in rows[:1] if column < len(other)}
                yield frozenset(words | above), number
        if at == 0 and not any(isinstance(cell, str) for cell in row):
            return  # a sheet without headings says nothing of what its numbers are


def _of_json(path: Path) -> Iterator[Seen]:
    yield from _of_value(json.loads(path.read_text(encoding="utf-8")), frozenset())


def _of_value(value: object, words: frozenset[str]) -> Iterator[Seen]:
    """Read JSON: a number's words are the names on the way to it and the texts beside it."""
    number = _number(value)
    if number is not None:
        yield words, number
    elif isinstance(value, str):
        yield from _of_sentence(value, words)
    elif isinstance(value, dict):
        beside = words | {_word(one) for one in value.values() if isinstance(one, str)}
        lists = [one for one in value.values() if isinstance(one, list)]
        for name, inner in value.items():
            here = beside | {str(name)}
            if isinstance(inner, list):
                # Columns side by side: what stands at the same place in the other lists belongs.
                for at, item in enumerate(inner):
                    same = {
                        str(other[at])
                        for other in lists
                        if len(other) == len(inner) and isinstance(other[at], str)
                    }
                    yield from _of_value(item, here | same)
            else:
                yield from _of_value(inner, here)
    elif isinstance(value, list):
        beside = words | {_word(one) for one in value if isinstance(one, str)}
        for item in value:
            yield from _of_value(item, beside)


def _of_html(path: Path) -> Iterator[Seen]:
    reader = _Page()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    for table in reader.tables:
        yield from _of_grid(table)
    for text in reader.texts:
        yield from _of_sentence(text, frozenset())
    for block in reader.scripts:
        value = _unpacked(block)
        if value is not None:
            yield from _of_value(value, frozenset())


class _Page(HTMLParser):
    """Collects a page's tables, cell by cell, its script blocks, its texts and its tooltips."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Any]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if value and name in TEXTS]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in HELD:
            self._into = []

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
        elif data.strip():
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in HELD:
            return  # a cell may hold further tags
        text = "".join(self._into or [])
        if tag in {"td", "th"} and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(text.strip())
        elif tag == "script":
            self.scripts.append(text)
        self._into = None


def _unpacked(block: str) -> object:
    """Read a script block that holds data: JSON, or JSON packed with gzip and base64."""
    text = block.strip()
    try:
        if not text.startswith(("{", "[")):
            text = gzip.decompress(base64.b64decode(text, validate=True)).decode()
        value: object = json.loads(text)
    except (ValueError, OSError, EOFError, binascii.Error, zlib.error):
        return None  # code, not data
    return value


TEXTS: Final = ("title", "alt", "aria-label", "aria-description", "content", "value", "summary")
"""Attributes that hold words for readers: tooltips, descriptions, labels."""

HELD: Final = frozenset({"td", "th", "script", "style"})
"""Tags whose content is read as one; styles are for no reader."""

SEPARATORS: Final = str.maketrans(dict.fromkeys(":;,()[]|\t", " "))

THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
"""Commas inside a number, so that 1,234 is not read as 1."""


def _of_lines(path: Path) -> Iterator[Seen]:
    """Read anything else: a number's words are those of its line."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        yield from _of_sentence(line, frozenset())


def _of_sentence(text: object, words: frozenset[str]) -> Iterator[Seen]:
    """Read a text: its words belong to every number in it, beside those that are given."""
    if not isinstance(text, str) or not any(letter.isdigit() for letter in text):
        return
    whole = THOUSANDS.sub("", text)
    own = [word.rstrip(".") for word in whole.translate(SEPARATORS).split()]
    for word in own:
        number = _number(word)
        if number is not None:
            yield words.union(own), number


def _word(cell: object) -> str:
    return str(cell).removeprefix("'")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.replace(",", "") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
