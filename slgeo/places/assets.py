"""Any list of places: a table or vector file, with coordinates or postcodes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.classify import (
    LEAVE_OUT,
    LEFT_OUT,
    classify_osm,
    kind_from_words,
    own_words,
    split_lines,
)
from slgeo.places.classify import crosswalk as rules_with
from slgeo.places.columns import as_numbers, find_columns, plain
from slgeo.places.table import NUMBERS, places_from
from slgeo.places.taxonomy import KINDS, OTHER, kind_of
from slgeo.sources.read import read_table
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    import pandas as pd

    from slgeo.places.classify import Rule

VECTORS: Final = (".geojson", ".json", ".gpkg", ".shp", ".geoparquet", ".fgb", ".zip")
_KEPT: Final = ("address", "pcn", "note", "opening_hours", "wheelchair")
"""Other columns worth keeping where a list has them."""


def read_assets(
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    include: Collection[str] = (),
    crosswalk: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Read a list of places in no published layout.

    Parameters
    ----------
    path
        .csv, .txt, .tsv, .xlsx, .xls, .ods or .parquet with a name and coordinates or a postcode;
        or .geojson, .gpkg, .shp, .fgb, .geoparquet with shapes (a point inside each is taken).
    kind
        Kind of every place whose own the file does not say.
    columns
        Our field -> the file's column, where the guess from the names would be wrong. Fields:
        site, name, kind, postcode, latitude, longitude, easting, northing, uprn, capacity, checked,
        note.
    sheet
        Sheet of a workbook; the first where absent.
    include
        Where the file gives OpenStreetMap tags: tag values that count although the default list
        leaves them out.

    Returns
    -------
    pd.DataFrame
        A places table. ``attrs["notes"]`` says which column was taken for what.

    Raises
    ------
    SourceError
        If the file cannot be read.
    TableError
        If it has neither names nor positions, or ``columns`` names what is not there.
    """
    if Path(path).suffix.lower() in VECTORS:
        frame = points_of(read_vector(path))
    else:
        frame = read_table(path, sheet=sheet)
    source = Path(str(frame.attrs.get("source", path)).split(", sheet")[0]).name
    return assets_from(
        frame, source=source, kind=kind, columns=columns, include=include, crosswalk=crosswalk
    )


def assets_from(
    frame: pd.DataFrame,
    *,
    source: str,
    kind: str | None = None,
    columns: Mapping[str, str] | None = None,
    include: Collection[str] = (),
    crosswalk: Mapping[str, str] | None = None,
    only_places: bool = False,
) -> pd.DataFrame:
    """
    Make a places table of a list in memory; as :func:`read_assets`.

    With ``only_places`` nothing is asked but where each row is: every one is of the kind given.

    Examples
    --------
    >>> import pandas as pd
    >>> groups = pd.DataFrame({"Group": ["Choir"], "Category": ["Arts"], "Post Code": ["LE156NT"]})
    >>> assets_from(groups, source="groups.csv")[["name", "kind", "postcode"]].iloc[0].tolist()
    ['Choir', 'arts_culture', 'LE156NT']
    """
    if kind is not None and kind not in KINDS:
        raise TableError(f"{source}: kind {kind!r} is none of {', '.join(KINDS)}")
    tags, words = split_lines(crosswalk or {})
    chosen, notes = find_columns(frame, given=columns, source=source)
    notes = [*frame.attrs.get("notes", []), *notes]
    _refuse_useless(frame, chosen, source)
    made: dict[str, Any] = {}
    for ours, column in chosen.items():
        made[ours] = (
            as_numbers(frame, column, notes, source)
            if ours in NUMBERS
            else frame[column].astype(object)
        )
    rows = _table(made, frame)
    if only_places:
        rows["kind"] = kind
    elif {"key", "value"} <= set(frame.columns):
        _classify_tags(rows, frame, include, kind, rules_with(tags))
    else:
        _classify_words(rows, kind, own_words(words), notes, source)
    if "checked" in rows:
        rows["checked"] = [_date(value) for value in rows["checked"]]
    return places_from(rows, source=source, notes=notes)


def _table(made: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = pd.DataFrame(dict(made), index=frame.index)
    for column in _KEPT:
        if column in frame.columns and column not in rows.columns:
            rows[column] = frame[column]
    return rows


def _refuse_useless(frame: pd.DataFrame, chosen: Mapping[str, str], source: str) -> None:
    """Refuse a list that says neither where its places are nor what they are called."""
    where = {"postcode"} & chosen.keys() or {"latitude", "longitude"} <= chosen.keys()
    if where or {"easting", "northing"} <= chosen.keys():
        return
    found = ", ".join(map(str, list(frame.columns)[:12])) or "none"
    raise TableError(
        f"{source}: no column tells where the places are (columns: {found}). It needs a postcode, "
        "latitude and longitude, or easting and northing; where a column has another name, say so: "
        'columns = {postcode = "..."}'
    )


def _classify_words(
    rows: pd.DataFrame,
    kind: str | None,
    own: Mapping[str, str],
    notes: list[str],
    source: str,
) -> None:
    """Read the kind column: the study's own lines, then ours, then the kind given, then words."""
    given = rows["kind"].tolist() if "kind" in rows else [None] * len(rows)
    names = rows["name"].tolist() if "name" in rows else [None] * len(rows)
    kinds, guessed, unknown, out = [], 0, [], []
    for value, name in zip(given, names, strict=True):
        text = value.strip() if isinstance(value, str) else ""
        said = own.get(plain(text)) if text else None
        out.append(said == LEAVE_OUT)
        known = said if said not in {None, LEAVE_OUT} else (kind_of(text) if text else kind)
        if known is None:
            known = kind_from_words(f"{text} {name if isinstance(name, str) else ''}")
            if known == OTHER:
                unknown.append(text or (name if isinstance(name, str) else ""))
            guessed += known != OTHER
        kinds.append(known)
    rows["kind"] = kinds
    if any(out):
        rows["counts"] = [not left for left in out]
        rows["why_not"] = [LEFT_OUT if left else None for left in out]
    if guessed:
        notes.append(f"{source}: the kind of {guessed} places was told by the words in their names")
    if unknown:
        shown = ", ".join(repr(text[:40]) for text in dict.fromkeys(unknown) if text)
        notes.append(
            f"{source}: {len(unknown)} places are of no kind slgeo knows and count as {OTHER}"
            f" ({shown[:200]}); name their kind: {', '.join(KINDS[:-1])}"
        )


def _classify_tags(
    rows: pd.DataFrame,
    frame: pd.DataFrame,
    include: Collection[str],
    kind: str | None,
    rules: Mapping[str, Rule],
) -> None:
    """Give kinds by OpenStreetMap tags: columns ``key``, ``value``, and perhaps ``access``."""
    access = frame["access"] if "access" in frame.columns else [None] * len(frame)
    names = rows["name"] if "name" in rows.columns else [None] * len(frame)
    kinds, counts, why, whats = [], [], [], []
    for key, value, how, name in zip(frame["key"], frame["value"], access, names, strict=True):
        tags = {str(key): str(value)}
        if isinstance(how, str):
            tags["access"] = how
        if isinstance(name, str) and name.strip():
            tags["name"] = name
        met = classify_osm(tags, include=include, rules=rules)
        kinds.append(met[1].kind if met else kind or OTHER)
        counts.append(met[1].counts if met else False)
        why.append(met[1].why_not if met else f"the crosswalk has no {key}={value}")
        whats.append(str(value).replace("_", " "))
    rows["kind"], rows["counts"], rows["why_not"], rows["what"] = kinds, counts, why, whats
    rows["tag"] = [f"{k}={v}" for k, v in zip(frame["key"], frame["value"], strict=True)]
    if {"osm_type", "osm_id"} <= set(frame.columns):
        rows["site"] = [
            f"{t}/{int(i)}" for t, i in zip(frame["osm_type"], frame["osm_id"], strict=True)
        ]


def points_of(shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Replace shapes by a point on each, in degrees.

    Parameters
    ----------
    shapes
        From :func:`slgeo.sources.vector.read_vector`.

    Returns
    -------
    pd.DataFrame
        The other columns, and ``longitude`` and ``latitude``; ``easting`` and ``northing`` where
        the CRS cannot be true because the values are no degrees, which a note says.
    """
    import pandas as pd

    source = str(shapes.attrs.get("source", "shapes"))
    frame = pd.DataFrame(shapes.drop(columns="geometry"))
    frame.attrs = {"source": source, "notes": []}
    points = shapes.geometry.representative_point()
    names = ("longitude", "latitude")
    if shapes.crs is None or shapes.crs.is_geographic:
        # Files without a CRS often hold grid metres; geocoding judges every pair.
        bounds = points.total_bounds
        if len(points) and bounds[2] > 180:
            names = ("easting", "northing")
            frame.attrs["notes"].append(
                f"{Path(source).name}: coordinates up to {bounds[2]:.0f} cannot be degrees; taken "
                "for metres on the British National Grid"
            )
        elif shapes.crs is not None and shapes.crs.to_epsg() != 4326:
            points = points.to_crs(4326)
    else:
        points = points.to_crs(4326)
    frame = frame.drop(columns=[c for c in frame.columns if c.lower() in names])
    frame[names[0]] = points.x
    frame[names[1]] = points.y
    return frame


def _date(value: object) -> str | None:
    """Write a date the ISO way; what is no date is kept as it is."""
    text = str(value).strip() if isinstance(value, str) else ""
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", text):
        return "-".join(match.groups())
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    return text or None
