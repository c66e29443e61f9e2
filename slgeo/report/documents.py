"""
The pages of ``docs/`` that are made from the code's own definitions.

``python -m slgeo.report.documents docs`` writes them; a test fails where one is out of date.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Final

from slgeo import reasons, tables
from slgeo.config import Key, keys
from slgeo.config.keys import ByMode
from slgeo.config.study import REPEATED, SECTIONS
from slgeo.report.dictionary import table_section
from slgeo.report.kinds_page import kinds_page
from slgeo.report.record_fields import record_page
from slgeo.report.results import RESULT_TABLES

MADE: Final = "<!-- Made by `python -m slgeo.report.documents docs`: change the code, not this. -->"
FLOWING: Final = (
    tables.AREAS,
    tables.ORIGINS,
    tables.PLACES,
    tables.SITES,
    tables.CATCHMENTS,
    tables.TERRITORIES,
)
"""Tables that cross from one room of the code to another; GAPS is among the results."""

SHAPES: Final = {
    "text": "text in quotes",
    "flag": "true or false",
    "number": "a number",
    "date": "a date, a month or a year",
    "file": "a file",
    "files": "a file, or a list of files",
    "folder": "a folder",
    "texts": "a list of texts",
    "numbers": "a list of numbers",
    "by mode": "a number for each mode",
    "columns": "a table of names",
    "column or codes": "a column's name, or a list of codes",
    "pairs": "a list of pairs",
}


TABLES_INTRODUCTION: Final = """\
# Every table, column by column

{made}

Units are metres, minutes and people. A `*` in a name stands for a threshold in minutes, a kind of place or a mode. In every table
*within* counts people whose nearest place is at most so many minutes away, and *beyond* everybody else, those without any time
included: the two add up to everyone.

## What a run writes

Each is `tables/<name>.csv` and a sheet of `results.xlsx`. CSVs are UTF-8 with a byte-order mark; text that a spreadsheet would run
starts with an apostrophe; hidden counts are `*`. Modelled people are written to one decimal, since they are shares of an area's
people: sums may differ by a tenth.

"""  # noqa: E501  (prose of a page, at the width pages have)

STUDY_INTRODUCTION: Final = """\
# study.toml, every key

{made}

A study is one text file, `study.toml`, beside its inputs. Paths are read from its folder. Sections may be written as headings
(`[areas]`, then `file = "..."` under it) or with dots (`areas.file = "..."`). A key that is not listed here is an error that names
the nearest one that is. `slgeo new FOLDER` writes a study.toml with every key explained; `slgeo check` says what is missing and
where to get it.
"""  # noqa: E501  (prose of a page, at the width pages have)


def tables_page() -> str:
    """Write ``docs/tables.md``: every table, column by column."""
    return TABLES_INTRODUCTION.format(made=MADE) + "\n".join(
        [
            *(f"{table_section(table)}\n" for table in RESULT_TABLES),
            "## What flows between the functions",
            "",
            *(f"{table_section(table)}\n" for table in FLOWING),
            "## Reasons",
            "",
            "Why an origin or a place has no travel time.",
            "",
            "| word | in words |",
            "|---|---|",
            *(f"| `{word}` | {sentence} |" for word, sentence in reasons.SENTENCES.items()),
            "",
        ]
    )


def study_page() -> str:
    """Write ``docs/study.md``: every key of ``study.toml``."""
    lines = []
    for name, section in SECTIONS.items():
        heading = (
            "At the top" if not name else f"`[[{name}]]`" if name in REPEATED else f"`[{name}]`"
        )
        about = "The study itself." if not name else section.__doc__
        lines += [
            "",
            f"## {heading}",
            "",
            about,
            "",
            "| key | value | default | what it does |",
            "|---|---|---|---|",
            *(_line(key) for key in keys(name)),
        ]
    return STUDY_INTRODUCTION.format(made=MADE) + "\n".join([*lines, ""])


def _line(key: Key) -> str:
    shape = SHAPES[key.shape]
    if key.low is not None and key.high is not None:
        shape += f", {key.low:,g} to {key.high:,g}"
    what = key.meaning + "."
    if key.allowed:
        what += f" One of {', '.join(f'`{word}`' for word in key.allowed)}."
    what += f" Example: `{key.example}`"
    return f"| `{key.name}` | {shape} | {_default(key)} | {what} |"


def _default(key: Key) -> str:
    if key.required:
        return "**needed**"
    if key.default in (None, ()):
        return ""
    return f"`{written_default(key)}`"


def written_default(key: Key) -> str:
    """Write a key's default as TOML; empty where there is none."""
    return "" if key.default in (None, ()) else _toml(key.default)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, ByMode):
        pairs = dataclasses.asdict(value).items()
        return f"{{ {', '.join(f'{mode} = {minutes:g}' for mode, minutes in pairs)} }}"
    return f'"{value}"'


def _kinds() -> str:
    """Write ``docs/kinds.md``: the crosswalk of every source."""
    return kinds_page(MADE)


PAGES: Final = {
    "tables.md": tables_page,
    "study.md": study_page,
    "run-json.md": record_page,
    "kinds.md": _kinds,
}
"""Pages by name, each with the function that writes it."""


def write_pages(folder: Path) -> list[Path]:
    """
    Write every made page into a folder.

    Parameters
    ----------
    folder
        Usually ``docs``.

    Returns
    -------
    list of Path
        The files written.
    """
    made = []
    for name, page in PAGES.items():
        path = folder / name
        path.write_text(page(), encoding="utf-8", newline="\n")
        made.append(path)
    return made


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
