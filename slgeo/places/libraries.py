"""
Public libraries of England: the basic dataset of Arts Council England, in its 2023 layout.

Only a fixed library that is open and run for the public counts: mobile and prison libraries,
archives and closed ones keep their row and say why they do not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.places.columns import as_numbers
from slgeo.places.table import places_from
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import pandas as pd

MARK: Final = "reporting service"
"""Column that only this dataset has."""

_NEEDED: Final = ("reporting service", "name", "type", "postcode")
_WHY_NOT: Final = {
    "mobile library": "a mobile library has no fixed place",
    "prison library": "a prison library is for prisoners",
    "archive": "an archive, not a lending library",
}
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read_libraries(path: str | os.PathLike[str], *, year: int = 2023) -> pd.DataFrame:
    """
    Read the libraries dataset.

    Parameters
    ----------
    path
        ``basic-dataset-for-libraries-2023...csv``, as published or with coordinates added.
    year
        Libraries closed in this year or before do not count.

    Returns
    -------
    pd.DataFrame
        A places table of kind ``library`` with ``library_type``, ``closed`` (year), ``authority``,
        ``hours`` (the published words for each day) and ``hours_a_week``.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks the dataset's columns.
    """
    import pandas as pd

    source = Path(path).name
    frame = read_table(path)
    lower = {str(name).lower(): str(name) for name in frame.columns}
    absent = [name for name in _NEEDED if name not in lower]
    if absent:
        raise SourceError(f"{source}: not the libraries dataset: no column {', '.join(absent)}")
    rows = pd.DataFrame({"name": frame[lower["name"]], "postcode": frame[lower["postcode"]]})
    rows["kind"] = "library"
    notes: list[str] = []
    for ours in ("longitude", "latitude", "easting", "northing"):
        if ours in lower:
            rows[ours] = as_numbers(frame, lower[ours], notes, source)
    for ours, theirs in {
        "uprn": "unique property reference number",
        "library_type": "type",
        "closed": "year closed",
        "authority": "reporting service",
    }.items():
        if theirs in lower:
            rows[ours] = frame[lower[theirs]]
    rows["hours"] = _hours(frame)
    if "hours open per week" in lower:
        rows["hours_a_week"] = as_numbers(frame, lower["hours open per week"], notes, source)
    why = [
        _why_not(kind, shut, year)
        for kind, shut in zip(
            rows["library_type"], rows.get("closed", [None] * len(rows)), strict=True
        )
    ]
    rows["why_not"], rows["counts"] = why, [reason is None for reason in why]
    code = lower.get("reporting service code")
    if code is not None:
        rows["site"] = _ids(
            frame[code], rows["uprn"] if "uprn" in rows else frame[code], frame.index
        )
    count = f"{int(rows['counts'].sum()):,} of {len(rows):,}"
    notes.insert(
        0,
        f"{source}: read as the libraries dataset: {count} are fixed public libraries open after "
        f"{year}",
    )
    return places_from(rows.reset_index(drop=True), source=source, notes=notes)


def _ids(codes: Iterable[object], uprns: Iterable[object], rows: Iterable[object]) -> list[str]:
    """Name a library after its property, else after its service and row: neither has an id."""
    return [
        f"library-uprn-{uprn}" if isinstance(uprn, str) else f"library-{code}-{row}"
        for code, uprn, row in zip(codes, uprns, rows, strict=True)
    ]


def _why_not(kind: object, closed: object, year: int) -> str | None:
    digits = "".join(c for c in closed if c.isdigit())[:4] if isinstance(closed, str) else ""
    if digits and int(digits) <= year:
        return f"closed in {digits}"
    return _WHY_NOT.get(str(kind).strip().lower())


def _hours(frame: pd.DataFrame) -> list[str | None]:
    """Gather the published words for each day, for example ``Mon AM & PM (continuous)``."""
    columns = [(day[:3], f"{day} opening times") for day in _DAYS]
    columns = [(day, name) for day, name in columns if name in frame.columns]
    made = []
    for cells in zip(*(frame[name] for _, name in columns), strict=True) if columns else ():
        said = [f"{d} {c}" for (d, _), c in zip(columns, cells, strict=True) if isinstance(c, str)]
        made.append("; ".join(said) or None)
    return made or [None] * len(frame)
