"""
The places table: what every reader of places hands on, whatever its file looked like.

A reader fills the columns it knows; here ids become unique text, places without a name get one made
of what they are, and the rest of the schema is completed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.places.taxonomy import LABELS
from slgeo.tables import PLACES, checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

NUMBERS: Final = ("longitude", "latitude", "easting", "northing", "capacity")
FLAGS: Final = ("named", "counts")
_FIRST: Final = tuple(column.name for column in PLACES.columns)


def places_from(
    records: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    source: str,
    notes: Sequence[str] = (),
) -> pd.DataFrame:
    """
    Make a places table of what a reader, or a notebook, knows.

    Parameters
    ----------
    records
        Rows with any columns of the places table; others are kept. ``site`` is the id (or the
        frame's index, where it has that name); rows without one are numbered after the source.
        ``what`` may say what a place without a name is, for example ``playground``.
    source
        File or register with its date, for the column ``source``.
    notes
        What was guessed in reading, kept in ``attrs["notes"]``.

    Returns
    -------
    pd.DataFrame
        A places table (:data:`slgeo.tables.PLACES`), not yet on the map.

    Raises
    ------
    TableError
        If a value cannot stand in its column.

    Examples
    --------
    >>> made = places_from([{"kind": "nature", "postcode": "LE15 6NT"}], source="parks.csv")
    >>> made.index[0], made["name"].iloc[0], bool(made["named"].iloc[0])
    ('parks-1', 'Green or natural place without a name, LE15 6NT', False)
    """
    import pandas as pd

    frame = pd.DataFrame(records).copy()
    said = list(notes)
    if frame.index.name == "site":
        frame = frame.reset_index()
    if "site" not in frame.columns:
        frame["site"] = None
    frame["site"] = _ids(frame["site"].tolist(), source, said)
    frame = frame.set_index("site")
    if frame.empty:
        frame.index = pd.Index([], name="site", dtype=object)
    frame["source"] = source if "source" not in frame.columns else frame["source"].fillna(source)
    for name in _FIRST:
        if name not in frame.columns and name not in {"counts", "named"}:
            frame[name] = None
    frame["kind"] = [_text(kind) or "other" for kind in frame["kind"].tolist()]
    frame["name"], frame["named"] = _names(frame)
    frame["counts"] = _flags(frame)
    for name in NUMBERS:
        frame[name] = pd.to_numeric(frame[name]).astype(float)
    for name in ("postcode", "uprn", "reason", "checked", "why_not"):
        frame[name] = pd.Series([_text(v) for v in frame[name]], index=frame.index, dtype=object)
    others = [name for name in frame.columns if name not in {*_FIRST, "what"}]
    frame = frame[[*_FIRST, *others]]
    said.extend(_what_counts(frame, source))
    frame.attrs = {"notes": said}
    return checked(frame, PLACES, source=source)


def _what_counts(frame: pd.DataFrame, source: str) -> list[str]:
    """Say how many places count, and why the others do not."""
    out = frame.loc[~frame["counts"], "why_not"]
    if out.empty:
        return []
    reasons = "; ".join(
        f"{n:,} {why}" for why, n in out.fillna("no reason given").value_counts().items()
    )
    unnamed = int((~frame["named"]).sum())
    counted = f"{len(frame) - len(out):,} of {len(frame):,} places count"
    return [f"{source}: {counted} ({unnamed:,} have no name); left out of the count: {reasons}"]


def _ids(given: Sequence[object], source: str, notes: list[str]) -> list[str]:
    """Make every id text and unique: a repeated one gets a running number, and a note says so."""
    stem = Path(source.split(" (", maxsplit=1)[0]).stem or "place"
    used: set[str] = set()
    made = []
    repeated = []
    for position, value in enumerate(given, start=1):
        wanted = _text(value) or f"{stem}-{position}"
        site, number = wanted, 1
        while site in used:
            number += 1
            site = f"{wanted}-{number}"
        if site != wanted:
            repeated.append(wanted)
        used.add(site)
        made.append(site)
    if repeated:
        shown = ", ".join(repr(text[:40]) for text in repeated[:3])
        more = ", ..." if len(repeated) > 3 else ""
        notes.append(
            f"{source}: {_rows(len(repeated), 'repeats', 'repeat')} an id ({shown}{more}); kept "
            "under the id with -2, -3, ... after it"
        )
    return made


def _rows(count: int, one: str, many: str) -> str:
    return f"1 row {one}" if count == 1 else f"{count:,} rows {many}"


def _names(frame: pd.DataFrame) -> tuple[list[str], list[bool]]:
    """Name what has no name after what it is and where."""
    whats = frame["what"].tolist() if "what" in frame.columns else [None] * len(frame)
    names, named = [], []
    rows = zip(
        frame["name"].tolist(), frame["kind"], whats, frame["postcode"].tolist(), strict=True
    )
    for given, kind, what, postcode in rows:
        name = _text(given)
        named.append(name is not None)
        if name is None:
            label = LABELS[kind].one if kind in LABELS else "place"
            name = f"{_text(what) or label} without a name"
            name = name[0].upper() + name[1:]
            if _text(postcode):
                name += f", {_text(postcode)}"
        names.append(name)
    return names, named


def _flags(frame: pd.DataFrame) -> list[bool]:
    if "counts" not in frame.columns:
        return [True] * len(frame)
    return [True if flag is None or flag != flag else bool(flag) for flag in frame["counts"]]  # noqa: PLR0124 - NaN is not itself


def _text(value: object) -> str | None:
    """Text without blanks around it; None for what is missing or blank."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a code that a spreadsheet took for a number
    return str(value).strip() or None
