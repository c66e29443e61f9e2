"""
Other published registers: charities, sports sites, and the ways into green spaces.

Each says what its points mean. A charity's is its head office, which is seldom where it works; a
green space's is an entrance, which is where people go in.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.places.classify import LEAVE_OUT, LEFT_OUT, kind_from_words
from slgeo.places.columns import as_numbers, plain
from slgeo.places.open_referral import read_json
from slgeo.places.table import places_from
from slgeo.sources.archive import members, unpack
from slgeo.sources.read import read_table
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

HEAD_OFFICE: Final = "its postcode is where the charity is registered, not where it works"
_APART: Final = 10.0
"""Metres within which two entrances of one green space are one (docs/places.md)."""

GREENSPACE: Final = {
    "public park or garden": ("nature", None),
    "playing field": ("physical_activity", None),
    "other sports facility": ("physical_activity", None),
    "tennis court": ("physical_activity", None),
    "bowling green": ("physical_activity", "a club for its members"),
    "golf course": ("physical_activity", "a club for its members"),
    "allotments or community growing spaces": ("nature", None),
    "play space": ("physical_activity", "for children"),
    "cemetery": ("nature", "a place to mourn, not to be referred to"),
    "religious grounds": ("nature", "the ground around a place of worship"),
}
"""OS Open Greenspace: what each function is, and why it does not count. Our choice."""


def read_charities(
    path: str | os.PathLike[str], *, words: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """
    Read the register of charities of England and Wales.

    Parameters
    ----------
    path
        ``publicextract.charity`` as JSON or tab-delimited text, or the zip of one of them as
        published. Telephone numbers and e-mail addresses are not read.
    words
        A study's own words -> kind, sought in name and activities before ours.

    Returns
    -------
    pd.DataFrame
        A places table of registered parent charities. None counts by default: the point is the
        head office, and ``why_not`` says so; the kind is told by the words of its activities.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks the register's columns.
    """
    import pandas as pd

    path = Path(path)
    source = path.name
    frame = _register(path)
    needed = ["registered_charity_number", "charity_name", "charity_registration_status"]
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise SourceError(f"{path}: not the register of charities: no column {', '.join(absent)}")
    whole = len(frame)
    linked = pd.to_numeric(frame.get("linked_charity_number", 0), errors="coerce")
    open_ = frame["charity_registration_status"].astype(str).str.lower().eq("registered")
    frame = frame[open_ & pd.Series(linked, index=frame.index).fillna(0).eq(0)]
    own = words or {}
    about = frame.get("charity_activities", pd.Series(None, index=frame.index, dtype=object))
    rows = pd.DataFrame(
        {
            "site": "charity-" + frame["registered_charity_number"].astype(str),
            "name": frame["charity_name"],
            "postcode": frame.get("charity_contact_postcode"),
            "kind": [
                _kind_by_words(f"{name} {text if isinstance(text, str) else ''}", own)
                for name, text in zip(frame["charity_name"], about, strict=True)
            ],
            "location_is": "head_office",
            "counts": False,
            "why_not": HEAD_OFFICE,
        }
    )
    note = f"{source}: read as the register of charities: {len(rows):,} of {whole:,} rows are "
    note += f"registered parents; {HEAD_OFFICE}"
    return places_from(rows.reset_index(drop=True), source=source, notes=[note])


def _register(path: Path) -> pd.DataFrame:
    """Read the register as it is published."""
    import pandas as pd

    if path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory() as folder:
            files = unpack(path, folder, suffixes=(".json", ".txt"))
            if len(files) != 1:
                raise SourceError(f"{path}: holds {len(files)} files of a register, not one")
            return _register(files[0])
    if path.suffix.lower() != ".json":
        return read_table(path)
    held = read_json(path)
    return pd.DataFrame(held if isinstance(held, list) else [])


def _kind_by_words(text: str, own: Mapping[str, str]) -> str:
    """Tell a kind from the words of a text, a study's own words first."""
    bare = f" {plain(text)} "
    said = next((kind for word, kind in own.items() if f" {word} " in bare), None)
    return said if said not in {None, LEAVE_OUT} else kind_from_words(text)


def is_charity_zip(path: Path) -> bool:
    """Tell whether a zip holds an extract of the register of charities."""
    names = [Path(member.filename).name.lower() for member in members(path)]
    return any(name.startswith("publicextract.charity") for name in names)


def read_active_places(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read sites of Sport England's Active Places.

    Parameters
    ----------
    path
        The sites as CSV or GeoJSON with ``siteid``, a name and coordinates; facilities of one site
        may be rows of their own.

    Returns
    -------
    pd.DataFrame
        A places table of kind ``physical_activity``, one row a site: ``facilities`` counts its
        rows. Closed sites keep their row and do not count.

    Raises
    ------
    SourceError
        If the file cannot be read or has no ``siteid``.
    """
    path = Path(path)
    source = path.name
    is_shape = path.suffix.lower() in {".geojson", ".json", ".gpkg", ".shp", ".zip"}
    frame = _degrees(read_vector(path)) if is_shape else read_table(path)
    lower = {str(name).lower().replace(" ", "").replace("_", ""): name for name in frame.columns}
    if "siteid" not in lower:
        raise SourceError(f"{path}: not sites of Active Places: no column siteid")
    notes: list[str] = []
    names = {
        "name": ("sitename", "name"), "latitude": ("lat", "latitude"),
        "longitude": ("long", "longitude", "lon"), "postcode": ("postcode",),
        "status": ("sitestatus", "operationalstatus", "status"),
    }  # fmt: skip
    found = {
        ours: next((lower[n] for n in options if n in lower), None)
        for ours, options in names.items()
    }
    rows = frame[[lower["siteid"]]].set_axis(["site"], axis=1).astype(str)
    for ours, theirs in found.items():
        if theirs is not None:
            is_number = ours in {"latitude", "longitude"}
            rows[ours] = as_numbers(frame, theirs, notes, source) if is_number else frame[theirs]
    size = rows.groupby("site").size()
    rows = rows.drop_duplicates("site").reset_index(drop=True)
    rows["facilities"] = rows["site"].map(size).astype(float)
    rows["kind"] = "physical_activity"
    if "status" in rows.columns:
        closed = rows["status"].astype(str).str.contains("clos", case=False)
        rows["counts"], rows["why_not"] = ~closed, closed.map({True: "closed", False: None})
    notes.insert(0, f"{source}: read as Active Places: {len(rows):,} sites, {len(frame):,} rows")
    made = places_from(rows, source=source, notes=notes)
    made.attrs["licence"] = "Sport England, Creative Commons Attribution 4.0"
    return made


def read_greenspace(
    sites: str | os.PathLike[str],
    entrances: str | os.PathLike[str] | None = None,
    *,
    words: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Read OS Open Greenspace: every green space, with its ways in.

    Parameters
    ----------
    sites
        Layer ``greenspace_site``: ``id``, ``function``, ``distinctive_name_1`` and a shape; or the
        GeoPackage as published, which holds both layers.
    entrances
        Layer ``access_point``: ``ref_to_greenspace_site`` and a point; absent: of the same file
        where it has that layer.
    words
        A study's own lines, function -> kind; such spaces count.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each green space: ``entrances`` (WKT in degrees; those within
        10 m taken once), ``hectares`` its size, ``function`` what it is. One without an access
        point is a point on its surface.

    Raises
    ------
    SourceError
        If a file cannot be read or lacks its columns.
    """
    shapes, points = _greenspace_layers(Path(sites), entrances)
    for frame, needed, path in (
        (shapes, ("id", "function"), sites),
        (points, ("ref_to_greenspace_site",), entrances or sites),
    ):
        if frame is None:
            continue
        absent = [name for name in needed if name not in frame.columns]
        if absent:
            raise SourceError(f"{path}: not OS Open Greenspace: no column {', '.join(absent)}")
    shapes = shapes.to_crs(27700).set_index("id")
    ways_in: dict[str, list[Any]] = {}
    if points is not None:
        points = points.to_crs(27700)
        for site, point in zip(points["ref_to_greenspace_site"], points.geometry, strict=True):
            ways_in.setdefault(str(site), []).append(point)
    records = list(_green_spaces(shapes, ways_in, words or {}))
    source = Path(sites).name
    doors = sum(record["doors"] for record in records)
    note = f"{source}: read as OS Open Greenspace: {len(records):,} green spaces with {doors:,} "
    return places_from(records, source=source, notes=[note + "ways in"])


def _greenspace_layers(
    path: Path, entrances: str | os.PathLike[str] | None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Read the spaces, and the ways in where there are any."""
    layers = layer_names(path)
    shapes = read_vector(path, layer="greenspace_site" if "greenspace_site" in layers else None)
    if entrances is not None:
        return shapes, read_vector(entrances)
    return shapes, read_vector(path, layer="access_point") if "access_point" in layers else None


def layer_names(path: Path) -> list[str]:
    """List the layers of a GeoPackage; none for any other file, or one that cannot be read."""
    import pyogrio

    if path.suffix.lower() != ".gpkg":
        return []
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except Exception:  # noqa: BLE001 - GDAL errors come as several classes; reading says what is wrong
        return []


def shape_fields(path: Path) -> list[str]:
    """List the columns of a file of shapes; none where it cannot be read."""
    import pyogrio

    if path.suffix.lower() not in {".geojson", ".gpkg", ".shp", ".fgb"}:
        return []
    try:
        return [str(name) for name in pyogrio.read_info(path)["fields"]]
    except Exception:  # noqa: BLE001 - as above
        return []


def _green_spaces(
    shapes: gpd.GeoDataFrame, ways_in: Mapping[str, list[Any]], words: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield a record for each green space, with its ways in as text."""
    import shapely
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(27700, 4326, always_xy=True)
    for site, row in shapes.iterrows():
        function = str(row["function"])
        kind, why_not = GREENSPACE.get(function.casefold(), ("nature", None))
        if own := words.get(plain(function)):
            kind, why_not = (kind, LEFT_OUT) if own == LEAVE_OUT else (own, None)
        kept: list[Any] = []
        for point in ways_in.get(str(site), []):
            if all(point.distance(other) > _APART for other in kept):
                kept.append(point)
        middle = row.geometry.representative_point()
        doors = [to_degrees.transform(point.x, point.y) for point in kept]
        yield {
            "site": str(site), "name": row.get("distinctive_name_1"), "kind": kind,
            "what": function.lower(), "function": function, "counts": why_not is None,
            "hectares": row.geometry.area / 10_000, "why_not": why_not, "doors": len(doors),
            "easting": middle.x, "northing": middle.y,
            "entrances": shapely.MultiPoint(doors).wkt if doors else None,
        }  # fmt: skip


def _degrees(shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    import pandas as pd

    points = shapes.to_crs(4326).geometry.representative_point()
    frame = pd.DataFrame(shapes.drop(columns="geometry"))
    frame = frame.drop(columns=[c for c in frame.columns if c.lower() in {"lat", "long"}])
    return frame.assign(lat=points.y, long=points.x)


def is_charities(held: object) -> bool:
    """Tell whether parsed JSON is the register of charities."""
    first = held[0] if isinstance(held, list) and held else None
    return isinstance(first, dict) and "registered_charity_number" in first
