"""
The last look at what was written: no file may give away a count that should be hidden.

By cell: no file shows a hidden count beside its key and column. By difference: what all files show
of a table, taken together with its totals, does not let a reader work one out.
"""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import json
import math
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from slgeo.report.disclosure import HIDDEN, RULES, deducible
from slgeo.report.workbook import heading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    from slgeo.report.disclosure import Total

Seen = tuple[frozenset[str], float]
"""A number in a file, with the words that say what it is: its keys, its column, their headings."""


def leaks(
    paths: Iterable[Path],
    raw: pd.DataFrame,
    *,
    counts: Sequence[str],
    rule: str,
    totals: Sequence[Total] = (),
) -> list[str]:
    """
    Look for hidden counts in files.

    Parameters
    ----------
    paths
        Files written: .csv, .xlsx, .json, .html (with what is packed in it); others are read as
        lines of words.
    raw
        The sensitive table before control.
    counts, rule, totals
        As given to :func:`slgeo.report.disclosure.controlled`.

    Returns
    -------
    list of str
        A phrase for each count given away; empty where the files keep every secret.
    """
    most = RULES[rule].largest_hidden
    truth = {(key, name): value for name in counts for key, value in raw[name].items()}
    known: dict[tuple[Hashable, str], int] = {}
    found = []
    for path in paths:
        for words, number in _numbers(path):
            for key, column in _cells(words, raw.index, counts):
                true = truth[key, column]
                if number == true and 1 <= true <= most:
                    found.append(f"{path.name}: {_shown(key)}, {column}: shows {true:g}")
                elif number == int(number):
                    known[key, column] = int(number)
    shown = pd.DataFrame(
        {name: [known.get((key, name), HIDDEN) for key in raw.index] for name in counts},
        index=raw.index,
    )
    for key, column, count in deducible(shown, counts=counts, rule=rule, totals=totals):
        if count == truth[key, column]:
            found.append(f"{_shown(key)}, {column}: {count} can be worked out from the totals")
    return list(dict.fromkeys(found))


def _cells(
    words: frozenset[str], index: pd.Index[Any], counts: Sequence[str]
) -> Iterator[tuple[Hashable, str]]:
    """Tell which cells of the sensitive table a number with these words may be."""
    columns = [name for name in counts if name in words or heading(name) in words]
    if columns:
        for key in index:
            parts = key if isinstance(key, tuple) else (key,)
            if all(str(part) in words for part in parts):
                yield from ((key, column) for column in columns)


def _shown(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _numbers(path: Path) -> Iterator[Seen]:
    """Yield every number of a file with its words."""
    readers: dict[str, Callable[[Path], Iterator[Seen]]] = {
        ".csv": _of_csv,
        ".xlsx": _of_workbook,
        ".json": _of_json,
        ".html": _of_html,
    }
    yield from readers.get(path.suffix.lower(), _of_lines)(path)


def _of_csv(path: Path) -> Iterator[Seen]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _of_grid(list(csv.reader(file)))


def _of_workbook(path: Path) -> Iterator[Seen]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            yield from _of_grid([list(row) for row in sheet.iter_rows(values_only=True)])
    finally:
        book.close()


def _of_grid(rows: list[list[Any]]) -> Iterator[Seen]:
    """Read a sheet: a number's words are those of its row, and the headings above it."""
    for at, row in enumerate(rows):
        words = {_word(cell) for cell in row if cell is not None}
        for column, cell in enumerate(row):
            number = _number(cell)
            if number is not None:
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
    for block in reader.scripts:
        value = _unpacked(block)
        if value is not None:
            yield from _of_value(value, frozenset())


class _Page(HTMLParser):
    """Collects a page's tables, cell by cell, and its script blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Any]]] = []
        self.scripts: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in {"td", "th", "script"}:
            self._into = []

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def handle_endtag(self, tag: str) -> None:
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


SEPARATORS: Final = str.maketrans(dict.fromkeys(":;,()[]|\t", " "))


def _of_lines(path: Path) -> Iterator[Seen]:
    """Read anything else: a number's words are those of its line."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.translate(SEPARATORS).split()
        for word in words:
            number = _number(word.rstrip("."))
            if number is not None:
                yield frozenset(words), number


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
