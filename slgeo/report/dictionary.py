"""
The data dictionary: every column of every table, in words, from the definitions the code checks.

It is a sheet of ``results.xlsx``, a table among the CSVs, and ``docs/tables.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slgeo.tables import Column, Table

KEYS: Final = {
    "term": "What it is set against, or a covariate",
    "outcome": "What is counted, as study.toml names it",
    "activity": "Code of the activity: its service and place, and a running number",
    "area": "Code of the small area, as published",
    "by": "What people are grouped by: everyone, deprivation, rurality",
    "choice": "Under which choice it was found: as found, other origins, speeds, places, edge",
    "column": "Name of the column",
    "file": "Name of the file, as study.toml gives it",
    "gap": "Number of the gap",
    "geography": "Kind of larger area: ward, msoa, pcn, or the name of a lookup's column",
    "group": "The group: a decile, a fifth, a class, or all; or which is set against which",
    "kind": "What people go there for: a word from the taxonomy, for example gp",
    "minutes": "Longest journey that counts, in minutes",
    "measure": "What was measured",
    "mode": "How people travel: walk, cycle or drive",
    "network": "Code of the primary care network",
    "origin": "Code of the point people start from",
    "origins": "What kind of point people start from, as in the origins table",
    "practice": "Code of the GP practice",
    "quarter": "Quarter, named after its last month: 2022-09",
    "part": "Code of the larger area, or its name where there is no code; none: not known",
    "reason": "Why there is no travel time: a word to filter by",
    "scenario": "What is changed, in words",
    "site": "Code of the place: the source's own where it has one",
    "statistic": "What was made of it: a mean, a difference, a ratio",
    "table": "Name of the table",
    "twin": "Code of the other place, which does not count where both are one",
    "what": "What goes on beyond the border: roads, places or areas",
}
"""What each key says; a key is never missing, and together the keys of a table are unique."""

STATUSES: Final = {
    "published": "published figures, with their values kept",
    "modelled": "modelled figures of people: nobody in particular, and not exact to a person",
    "sensitive": "sensitive counts, which pass disclosure control before they are written",
}


def dictionary(tables: Sequence[Table]) -> pd.DataFrame:
    """
    List every column of some tables.

    Parameters
    ----------
    tables
        Their definitions.

    Returns
    -------
    pd.DataFrame
        Indexed by ``table`` and ``column``: ``holds``, ``unit``, ``meaning``, ``missing`` (what a
        missing value means) and ``status``. A ``*`` in a column's name stands for a threshold, a
        kind or a mode.
    """
    rows = [row for table in tables for row in _rows(table)]
    names = ["table", "column", "holds", "unit", "meaning", "missing", "status"]
    return pd.DataFrame(rows, columns=names).set_index(["table", "column"])


def _rows(table: Table) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = [
        (table.name, key, "key", "", KEYS[key], "never missing", table.status)
        for key in table.index
    ]
    return keys + [
        (
            table.name,
            column.name,
            column.kind,
            column.unit,
            meaning(column),
            column.missing or "never missing",
            table.status,
        )
        for column in table.columns
    ]


def meaning(column: Column) -> str:
    """Say what a column's values mean, with the only ones there are where there are few."""
    if not column.allowed:
        return column.meaning
    return f"{column.meaning}: {', '.join(column.allowed)}"


def table_section(table: Table) -> str:
    """
    Write a table's definition as a section of Markdown.

    Parameters
    ----------
    table
        Its definition.

    Returns
    -------
    str
        A heading, what a row is, and a line for each key and column.
    """
    lines = [
        f"### `{table.name}`",
        "",
        f"{table.meaning} {STATUSES[table.status].capitalize()}.",
        "",
        "| column | holds | unit | meaning | where missing |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| **`{key}`** | key | | {KEYS[key]} | never |" for key in table.index]
    for column in table.columns:
        missing = column.missing or "never"
        optional = "" if column.required or "*" in column.name else " *(where known)*"
        lines.append(
            f"| `{column.name}`{optional} | {column.kind} | {column.unit} | {meaning(column)}"
            f" | {missing} |"
        )
    return "\n".join(lines)
