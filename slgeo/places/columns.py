"""
Which column is which: names first, then what the values look like.

Every guess is stated in a note, and a mapping overrides any of them.
"""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.postcodes import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "site": ("site", "site id", "id", "ref", "reference", "code", "org code", "organisation code"),
    "name": (
        "name", "site name", "venue", "venue name", "organisation", "organisation name",
        "organization", "group", "group name", "service", "service name", "title", "facility",
        "asset", "asset name", "place", "library name", "club",
    ),
    "kind": ("kind", "type", "category", "kind of place", "asset type", "facility type", "theme"),
    "postcode": ("postcode", "post code", "postal code", "zip", "pcds", "pcd", "venue postcode"),
    "latitude": ("latitude", "lat", "lat wgs84", "geo lat"),
    "longitude": ("longitude", "long", "lon", "lng", "long wgs84", "geo long"),
    "easting": ("easting", "eastings", "bng e", "x coordinate", "east", "oseast1m", "geox"),
    "northing": ("northing", "northings", "bng n", "y coordinate", "north", "osnrth1m", "geoy"),
    "x": ("x", "coord x", "x coord"),
    "y": ("y", "coord y", "y coord"),
    "uprn": ("uprn", "unique property reference number"),
    "capacity": ("capacity", "places"),
    "opening_hours": ("opening hours", "opening times", "hours", "open"),
    "checked": ("checked", "date checked", "last checked", "updated", "last updated", "verified"),
    "note": ("note", "notes", "comment", "comments", "description", "activities"),
}  # fmt: skip
"""What analysts call the columns of a list of places, our name first."""

FIELDS: Final = tuple(name for name in NAMES if name not in {"x", "y"})
"""The fields a mapping may name."""


def plain(name: object) -> str:
    """
    Bare a column name for comparison.

    Examples
    --------
    >>> plain("Post_Code "), plain("BNG.E"), plain("Latitude (WGS84)")
    ('post code', 'bng e', 'latitude wgs84')
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", str(name).casefold()).split())


def find_columns(
    frame: pd.DataFrame, *, given: Mapping[str, str] | None = None, source: str
) -> tuple[dict[str, str], list[str]]:
    """
    Tell which column holds what.

    Parameters
    ----------
    frame
        A table as read, text or numbers.
    given
        Our field -> the file's column, for those the analyst names; these are never guessed at.
    source
        The file, for notes and errors.

    Returns
    -------
    tuple of dict and list of str
        Our field -> the file's column, and what was guessed, in words.

    Raises
    ------
    TableError
        If ``given`` names a field slgeo does not know, or a column the file does not have.
    """
    chosen = dict(_given(frame, given or {}, source))
    taken = set(chosen.values())
    notes = []
    bare = {column: plain(column) for column in frame.columns if column not in taken}
    for ours, names in NAMES.items():
        if ours in chosen:
            continue
        match = _first(bare, names)
        if match is not None:
            chosen[ours] = match
            del bare[match]
            if plain(match) != ours:
                notes.append(f"{source}: column {match!r} was taken for {ours}")
    if "postcode" not in chosen:
        match = next((c for c in bare if _looks_like_postcodes(frame[c])), None)
        if match is not None:
            chosen["postcode"] = match
            notes.append(f"{source}: column {match!r} holds postcodes and was taken for them")
    _settle_xy(frame, chosen, notes, source)
    _doubt_ranges(frame, chosen, notes, source)
    return chosen, notes


def _given(frame: pd.DataFrame, given: Mapping[str, str], source: str) -> list[tuple[str, str]]:
    pairs = []
    for ours, column in given.items():
        if ours not in FIELDS:
            near = difflib.get_close_matches(ours, FIELDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; fields are {', '.join(FIELDS)}"
            raise TableError(f"{source}: columns names the field {ours!r}, which is unknown{hint}")
        if column not in frame.columns:
            near = difflib.get_close_matches(column, list(map(str, frame.columns)), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TableError(f"{source}: has no column {column!r} for {ours}{hint}")
        pairs.append((ours, column))
    return pairs


def _first(bare: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Find the column with the best-ranked name: the whole name, else the name as its beginning."""
    for name in names:
        for column, text in bare.items():
            if text == name:
                return column
    for name in names:
        if len(name) > 5:  # short words begin too many others
            for column, text in bare.items():
                if text.startswith(name + " "):
                    return column
    return None


def _looks_like_postcodes(values: pd.Series[Any]) -> bool:
    """Tell whether most values of a column are postcodes."""
    some = values.dropna().astype(str).head(200)
    return len(some) > 0 and float(some.map(lambda v: normalise(v) is not None).mean()) > 0.8


def _settle_xy(frame: pd.DataFrame, chosen: dict[str, str], notes: list[str], source: str) -> None:
    """Take columns called x and y for degrees or metres, as their values say."""
    import pandas as pd

    if "x" in chosen and "y" in chosen:
        x = pd.to_numeric(frame[chosen["x"]], errors="coerce").abs().median()
        degrees = bool(x <= 180)
        names = ("longitude", "latitude") if degrees else ("easting", "northing")
        if not chosen.keys() & set(names):
            chosen[names[0]], chosen[names[1]] = chosen["x"], chosen["y"]
            notes.append(
                f"{source}: columns {chosen['x']!r} and {chosen['y']!r} hold "
                f"{'degrees' if degrees else 'metres'} and were taken for {' and '.join(names)}"
            )
    chosen.pop("x", None)
    chosen.pop("y", None)


def _doubt_ranges(
    frame: pd.DataFrame, chosen: Mapping[str, str], notes: list[str], source: str
) -> None:
    """Say so where most values of a coordinate column cannot be what its name says."""
    import pandas as pd

    ranges = {
        "latitude": (49.5, 61.5),
        "longitude": (-9.0, 2.5),
        "easting": (0.0, 700_000.0),
        "northing": (0.0, 1_300_000.0),
    }
    for ours, (low, high) in ranges.items():
        if ours not in chosen:
            continue
        values = pd.to_numeric(frame[chosen[ours]], errors="coerce").dropna()
        if len(values) and float(values.between(low, high).mean()) < 0.5:
            notes.append(
                f"{source}: most values of column {chosen[ours]!r} cannot be a UK {ours} (for "
                f"example {values.iloc[0]:.10g}); if it is another column, name it in columns"
            )


def propose_columns(frame: pd.DataFrame, *, source: str) -> dict[str, str]:
    """
    Propose which column of a list holds what, for ``columns`` in study.toml.

    Parameters
    ----------
    frame
        The list as read; a header alone will do.
    source
        The file, for errors.

    Returns
    -------
    dict
        Our field -> the file's column, in the order a study file lists them.

    Examples
    --------
    >>> import pandas as pd
    >>> propose_columns(pd.DataFrame(columns=["Group", "Post Code", "Contact"]), source="a.csv")
    {'name': 'Group', 'postcode': 'Post Code'}
    """
    found, _ = find_columns(frame, source=source)
    return {name: found[name] for name in FIELDS if name in found}


def as_numbers(frame: pd.DataFrame, column: str, notes: list[str], source: str) -> pd.Series[float]:
    """
    Read a column as numbers; a cell that is none becomes missing, and a note names its row.

    Parameters
    ----------
    frame
        A table as read.
    column
        The column.
    notes
        Where to say which cells are no numbers.
    source
        The file, for the note.

    Returns
    -------
    pd.Series
        Floats on the frame's index, never infinite.
    """
    import pandas as pd

    text = frame[column].astype(object)
    tidy = text.map(lambda v: v.replace(",", "").strip() if isinstance(v, str) else v)
    values = pd.to_numeric(tidy, errors="coerce").astype(float)
    values = values.where(values.abs() != math.inf)
    wrong = values.isna() & text.notna() & tidy.astype(str).ne("")
    if wrong.any():
        shown = ", ".join(f"row {row} {str(text[row])[:30]!r}" for row in values.index[wrong][:3])
        notes.append(
            f"{source}: column {column!r}: {int(wrong.sum())} cells are no numbers and count as "
            f"missing ({shown}{', ...' * bool(wrong.sum() > 3)})"
        )
    return values
