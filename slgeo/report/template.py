"""
A study to fill in: ``study.toml`` with every key explained, and ``places.xlsx``.

Both are made from what reads them back: the keys of :mod:`slgeo.config` and the columns of
:mod:`slgeo.places.template`.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.config import Key, keys
from slgeo.config.study import REPEATED, SECTIONS
from slgeo.errors import StudyError
from slgeo.places.taxonomy import LABELS
from slgeo.places.template import SHEET, TemplateColumn, template_columns
from slgeo.report.documents import written_default
from slgeo.report.workbook import as_text, timeless
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from slgeo.report.place_lists import Proposal

STARTED: Final = {
    "title": '"Who can reach a group here?"',
    "place": '"Our town"',
    "areas.file": '"lsoa21.geojson"',
    "origins.postcodes": '"postcodes.csv"',
    "postcodes.file": '"postcodes.csv"',
    "roads.file": '"roads.osm.pbf"',
    "places.file": '"places.xlsx"',
}
"""Keys a new study gives; all others are explained and commented out."""

HEAD: Final = """\
# A study for slgeo. Fill in the lines that are not commented; the others show what else there is,
# with its default or an example. Paths are read from this folder.
#   slgeo check study.toml    what is there, what is missing, where to get it
#   slgeo run study.toml      page.html, results.xlsx, tables/ and run.json
"""

ROWS: Final = 2000
"""Rows of the sheet that have drop-downs; more places are read all the same."""

WIDTHS: Final = {"name": 36, "kind": 32, "note": 40}
OTHER_WIDTH: Final = 14

LATITUDES, LONGITUDES = (49.8, 61.0), (-8.7, 1.8)
"""Degrees that hold the United Kingdom, as the sheet's notes say."""


def write_template(
    folder: str | os.PathLike[str],
    *,
    places: bool = True,
    lists: Sequence[str | os.PathLike[str]] = (),
) -> list[Path]:
    """
    Start a study in a folder.

    Parameters
    ----------
    folder
        Made if need be. A file that is there already is kept as it is.
    places
        Whether to write ``places.xlsx`` too.
    lists
        Lists of places there are already: ``study.toml`` names them, with the columns proposed from
        their headers (:func:`slgeo.report.place_lists.propose`).

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    StudyError
        Where everything asked for is there already, or the folder cannot be written to, or a list
        tells of no place.
    SourceError
        Where a list cannot be read.
    """
    from slgeo.report.place_lists import propose

    text = study_text([propose(path, folder) for path in lists])
    wanted = {"study.toml": text.encode()}
    if places:
        wanted["places.xlsx"] = places_workbook()
    target = Path(folder)
    missing = [name for name in wanted if not (target / name).exists()]
    if not missing:
        raise StudyError(f"{' and '.join(wanted)} stand in {target} already; nothing was changed")
    try:
        for name in missing:
            with written(target / name) as beside:
                beside.write_bytes(wanted[name])
    except OSError as error:
        raise StudyError(f"{target} cannot be written to: {error.strerror or error}") from error
    return [target / name for name in missing]


def study_text(lists: Sequence[Proposal] = ()) -> str:
    """
    Write a ``study.toml`` that explains every key.

    Parameters
    ----------
    lists
        What is proposed for lists of places; the sheet to fill in where there is none.

    Returns
    -------
    str
        TOML of at most ten lines that count, the rest comments. Any comment that is a key can be
        uncommented.
    """
    once = [name for name in SECTIONS if name not in REPEATED]
    blocks = [HEAD]
    for name in (*once, *REPEATED):
        own = lists if name == "places" else ()
        blocks.append(_section(name, own[0] if own else None))
        blocks.extend(_further(proposal) for proposal in own[1:])
    return "\n".join(blocks)


def _further(proposal: Proposal) -> str:
    """Write the section of one more list of places, its keys not explained again."""
    lines = ["[[places]]", f"file = {proposal.file}", *(f"# {line}" for line in proposal.comments)]
    if proposal.columns:
        lines.append(f"columns = {proposal.columns}")
    return "\n".join([*lines, ""])


def _section(name: str, proposal: Proposal | None = None) -> str:
    lines = [] if not name else [f"# ---- {SECTIONS[name].__doc__}"]
    repeated = name in REPEATED
    started = any(f"{name}.{key.name}" in STARTED for key in keys(name))
    if repeated:
        lines.append(f"[[{name}]]" if started else f"# [[{name}]]")
    for key in keys(name):
        lines += textwrap.wrap(
            f"{key.meaning}.{_choices(key)}",
            98,
            initial_indent="# ",
            subsequent_indent="# ",
            break_on_hyphens=False,
        )
        if proposal is not None and key.name == "file":
            lines += [f"file = {proposal.file}", *(f"# {line}" for line in proposal.comments)]
        elif proposal is not None and key.name == "columns" and proposal.columns:
            lines.append(f"columns = {proposal.columns}")
        else:
            lines.append(_line(key, key.name if repeated or not name else f"{name}.{key.name}"))
    return "\n".join([*lines, ""])


def _choices(key: Key) -> str:
    if not key.allowed or all(word in key.meaning for word in key.allowed):
        return ""
    return f" One of {', '.join(key.allowed)}."


def _line(key: Key, name: str) -> str:
    full = f"{key.section}.{key.name}" if key.section else key.name
    if full in STARTED:
        return f"{name} = {STARTED[full]}"
    default = written_default(key)
    return f"# {name} = {default or key.example}"


def places_workbook() -> bytes:
    """
    Make ``places.xlsx``: one sheet to fill, with drop-downs, notes and three example rows.

    Returns
    -------
    bytes
        The workbook, the same every time.
    """
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    columns = template_columns()
    for at, column in enumerate(columns, start=1):
        _head(sheet, at, column)
        _examples(sheet, at, column)
    sheet.freeze_panes = "B2"
    _kinds_sheet(book)
    for rule in _rules(columns):
        sheet.add_data_validation(rule)
    return timeless(book)


def _head(sheet: Any, at: int, column: TemplateColumn) -> None:  # noqa: ANN401  (openpyxl publishes no types)
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    cell = as_text(sheet.cell(1, at), column.name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E3E8EE")
    cell.comment = Comment(column.note, "slgeo", width=320, height=110)
    sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(column.name, OTHER_WIDTH)


def _examples(sheet: Any, at: int, column: TemplateColumn) -> None:  # noqa: ANN401  (openpyxl publishes no types)
    from openpyxl.styles import Font

    for row, value in enumerate(column.examples, start=2):
        cell = sheet.cell(row, at)
        if isinstance(value, str):
            as_text(cell, value)
        elif value is not None:
            cell.value = value
        cell.font = Font(italic=True, color="6F777B")


def _kinds_sheet(book: Any) -> None:  # noqa: ANN401  (openpyxl publishes no types)
    """Write the sheet the drop-down reads, which also says what belongs to each kind."""
    from openpyxl.styles import Font

    sheet = book.create_sheet("Kinds")
    for row, (kind, meaning) in enumerate(_kinds(), start=1):
        as_text(sheet.cell(row, 1), kind)
        as_text(sheet.cell(row, 2), meaning)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = WIDTHS["kind"]
    sheet.column_dimensions["B"].width = 100


def _kinds() -> Iterator[tuple[str, str]]:
    yield "kind", "What belongs to it"
    for label in LABELS.values():
        yield label.one, label.meaning


def _rules(columns: tuple[TemplateColumn, ...]) -> Iterator[Any]:
    """Yield what Excel checks while the sheet is filled in; slgeo checks again when it reads."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = {column.name: get_column_letter(at) for at, column in enumerate(columns, start=1)}
    notes = {column.name: column.note for column in columns}
    ranges = {"latitude": LATITUDES, "longitude": LONGITUDES, "capacity": (0.0, 1e6)}
    for column in columns:
        if column.allowed:
            rule = DataValidation(
                type="list", formula1=f"Kinds!$A$2:$A${len(column.allowed) + 1}", allow_blank=True
            )
        elif column.name in ranges:
            low, high = ranges[column.name]
            rule = DataValidation(
                type="decimal",
                operator="between",
                formula1=f"{low:g}",
                formula2=f"{high:.0f}" if high > 1000 else f"{high:g}",
                allow_blank=True,
            )
        else:
            continue
        rule.errorTitle, rule.error = f"Not a {column.name}", notes[column.name]
        rule.showErrorMessage = True
        letter = letters[column.name]
        rule.add(f"{letter}2:{letter}{ROWS}")
        yield rule
