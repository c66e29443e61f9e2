"""
Other published registers: charities, sports sites, and the ways into green spaces.

Each says what its points mean. A charity's is its head office, which is seldom where it works; a
green space's is an entrance, which is where people go in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.places.classify import kind_from_words
from slgeo.places.columns import as_numbers
from slgeo.places.open_referral import read_json
from slgeo.places.table import places_from
from slgeo.sources.read import read_table
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import os

    import geopandas as gpd
    import pandas as pd

HEAD_OFFICE: Final = "its postcode is where the charity is registered, not where it works"
_APART: Final = 10.0
"""Metres within which two entrances of one green space are one (docs/places.md)."""

_GREEN: Final = {
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


def read_charities(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read the register of charities of England and Wales.

    Parameters
    ----------
    path
        ``publicextract.charity`` as JSON or tab-delimited text. Telephone numbers and e-mail
        addresses are not read.

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
    if path.suffix.lower() == ".json":
        held = read_json(path)
        frame = pd.DataFrame(held if isinstance(held, list) else [])
    else:
        frame = read_table(path)
    needed = ["registered_charity_number", "charity_name", "charity_registration_status"]
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise SourceError(f"{path}: not the register of charities: no column {', '.join(absent)}")
    whole = len(frame)
    linked = pd.to_numeric(frame.get("linked_charity_number", 0), errors="coerce")
    open_ = frame["charity_registration_status"].astype(str).str.lower().eq("registered")
    frame = frame[open_ & pd.Series(linked, index=frame.index).fillna(0).eq(0)]
    about = frame.get("charity_activities", pd.Series(None, index=frame.index, dtype=object))
    rows = pd.DataFrame(
        {
            "site": "charity-" + frame["registered_charity_number"].astype(str),
            "name": frame["charity_name"],
            "postcode": frame.get("charity_contact_postcode"),
            "kind": [
                kind_from_words(f"{name} {text if isinstance(text, str) else ''}")
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
    sites: str | os.PathLike[str], entrances: str | os.PathLike[str]
) -> pd.DataFrame:
    """
    Read OS Open Greenspace: every way into every green space.

    Parameters
    ----------
    sites
        Layer ``greenspace_site``: ``id``, ``function``, ``distinctive_name_1`` and a shape.
    entrances
        Layer ``access_point``: ``id``, ``ref_to_greenspace_site`` and a point.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each entrance, those of one site within 10 m taken once;
        ``venue`` is the site, ``hectares`` its size, ``function`` what it is. A site without an
        entrance is a point on its surface. Counting venues, not rows, counts a park once.

    Raises
    ------
    SourceError
        If a file cannot be read or lacks its columns.
    """
    shapes, points = read_vector(sites), read_vector(entrances)
    for frame, needed, path in (
        (shapes, ("id", "function"), sites),
        (points, ("ref_to_greenspace_site",), entrances),
    ):
        absent = [name for name in needed if name not in frame.columns]
        if absent:
            raise SourceError(f"{path}: not OS Open Greenspace: no column {', '.join(absent)}")
    shapes = shapes.to_crs(27700).set_index("id")
    points = points.to_crs(27700)
    records = list(_entrances(shapes, points))
    source = Path(sites).name
    note = f"{source}: read as OS Open Greenspace: {len(records):,} entrances of {len(shapes):,} "
    return places_from(records, source=source, notes=[note + "green spaces"])


def _entrances(shapes: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> Any:  # noqa: ANN401 - a generator of records
    """Yield a record for each entrance, and one on the surface of a site that has none."""
    ways_in: dict[str, list[Any]] = {}
    for site, point in zip(points["ref_to_greenspace_site"], points.geometry, strict=True):
        ways_in.setdefault(str(site), []).append(point)
    for site, row in shapes.iterrows():
        function = str(row["function"])
        kind, why_not = _GREEN.get(function.casefold(), ("nature", None))
        shared = {
            "name": row.get("distinctive_name_1"), "kind": kind, "what": function.lower(),
            "function": function, "venue": str(site), "hectares": row.geometry.area / 10_000,
            "counts": why_not is None, "why_not": why_not,
        }  # fmt: skip
        kept: list[Any] = []
        for point in ways_in.get(str(site), []):
            if all(point.distance(other) > _APART for other in kept):
                kept.append(point)
        for number, point in enumerate(kept or [row.geometry.representative_point()], start=1):
            key = f"{site}@{number}" if kept else str(site)
            yield {"site": key, **shared, "easting": point.x, "northing": point.y}


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
