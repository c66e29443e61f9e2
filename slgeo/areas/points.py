"""Read points where people may live: postcodes, output areas, anything with a code and a place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.areas.columns import find
from slgeo.areas.registry import registry
from slgeo.areas.vintage import clean_codes
from slgeo.errors import SourceError, TableError
from slgeo.sources.read import clean_name, numbers, read_table, top_rows
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    Source = str | Path | pd.DataFrame

_VECTORS: Final = {".geojson", ".json", ".gpkg", ".shp", ".fgb", ".zip", ".geoparquet"}
NOWHERE: Final = 99.0
"""ONSPD writes latitude 99.999999 (and longitude 0) where a postcode has no location."""
_SMALL: Final = r"^(oa|lsoa|msoa|dz|sdz|soa|sa|data_?zone|area)_?(20)?\d*_?(cd|code)?$"
"""Columns of small-area codes. A postcode directory has some twenty more, of larger areas, that
would only take memory."""
_SECTOR: Final = {"6", "8", "9", "60", "90"}
"""Positional quality of points that are no place people live at: sector means, none (ONSPD 6, 8, 9;
Code-Point Open 60, 90)."""


def read_points(source: Source, key: str) -> gpd.GeoDataFrame:
    """
    Read points.

    Parameters
    ----------
    source
        A file (CSV, workbook, Parquet, GeoJSON, GeoPackage ...) or a frame.
    key
        ``postcode``, ``output_area`` or ``area``: what a point is.

    Returns
    -------
    gpd.GeoDataFrame
        Index ``point``: postcodes in their usual form, or codes. Columns: ``people`` (where given),
        ``terminated`` and ``large_user`` (flags, where dated or typed), ``poor`` (the location is a
        sector mean or none), and every column of codes as the file names it. Points without a
        location are kept, their geometry missing. ``attrs["notes"]``, ``attrs["source"]``.

    Raises
    ------
    SourceError, TableError
        If the file cannot be read, or has no key column or no coordinates.
    """
    import geopandas as gpd

    raw = _raw(source)
    where = raw.attrs["source"]
    names = [str(n) for n in raw.columns if n != "geometry"]
    patterns = registry().points
    column = find(names, registry().columns["key"] if key == "area" else patterns[key])
    if column is None:
        raise TableError(
            f"{where}: no column of {key.replace('_', ' ')}s (columns found: "
            f"{', '.join(map(repr, names[:30]))})"
        )
    labels = _postcodes(raw[column]) if key == "postcode" else clean_codes(raw[column])
    notes: list[str] = list(raw.attrs.get("notes", []))
    made: dict[str, Any] = {}
    people = find([n for n in names if n != column], patterns["people"])
    if people is not None:
        made["people"] = numbers(raw, people).to_numpy()
    made |= _status(raw, names)
    shapes = _geometry(raw, where)
    for name in names:
        if re.search(_SMALL, clean_name(name), re.IGNORECASE) and name != column:
            made[name] = clean_codes(raw[name]).to_numpy()
    frame = gpd.GeoDataFrame(made, geometry=shapes.array, index=labels.to_numpy(), crs=shapes.crs)
    frame.index.name = "point"
    frame = frame[frame.index.notna()]
    repeated = frame.index.duplicated()
    if repeated.any():
        notes.append(
            f"{Path(where).name}: {int(repeated.sum())} repeated {key.replace('_', ' ')}s, the "
            f"first of each kept (for example {frame.index[repeated][0]})"
        )
        frame = frame[~repeated]
    frame.attrs = {"source": where, "notes": notes}
    return frame


def people_by_postcode(source: Source) -> pd.Series[float]:
    """
    Read usual residents by postcode, summed where a postcode has several rows (one a sex).

    Raises
    ------
    TableError
        If there is no column of postcodes, or none of people.
    """
    raw = _raw(source)
    names = [str(n) for n in raw.columns if n != "geometry"]
    patterns = registry().points
    column = find(names, patterns["postcode"])
    people = find([n for n in names if n != column], patterns["people"])
    if column is None or people is None:
        raise TableError(
            f"{raw.attrs['source']}: headcounts need a column of postcodes and one of people "
            f"(columns found: {', '.join(map(repr, names))})"
        )
    counts = numbers(raw, people).groupby(_postcodes(raw[column])).sum()
    return counts.rename("people")


def column_names(source: Source) -> list[str]:
    """Name the columns of a source without reading it whole."""
    if not isinstance(source, (str, Path)):
        return [
            str(n)
            for n in ["" if source.index.name is None else source.index.name, *source.columns]
        ]
    path = Path(source)
    if path.suffix.lower() in _VECTORS:
        return [str(n) for n in read_vector(path).columns]
    return top_rows(path)[0]


def normal_postcode(text: str) -> str:
    """
    Write a postcode in its usual form: one space before the last three characters.

    Examples
    --------
    >>> normal_postcode("le130aa"), normal_postcode("NP1  0AA")
    ('LE13 0AA', 'NP1 0AA')
    """
    joined = "".join(text.split()).upper()
    return f"{joined[:-3]} {joined[-3:]}" if len(joined) > 4 else joined


def _postcodes(values: pd.Series[str]) -> pd.Series[str]:
    joined = values.astype("str").str.replace(r"\s+", "", regex=True).str.upper()
    return joined.str[:-3] + " " + joined.str[-3:]


def _raw(source: Source) -> pd.DataFrame:
    """Read a file, or copy a frame with its index as a column."""
    if not isinstance(source, (str, Path)):
        frame = source.copy() if source.index.name is None else source.reset_index()
        frame.attrs = {"notes": [], "source": source.attrs.get("source", "the table given")}
        return frame
    path = Path(source)
    if path.suffix.lower() in _VECTORS or _is_geoparquet(path):
        return read_vector(path)
    patterns = [p for group in registry().points.values() for p in group]
    patterns.append(_SMALL)
    wanted = re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)
    return read_table(path, columns=lambda name: bool(wanted.search(clean_name(name))))


def _is_geoparquet(path: Path) -> bool:
    if path.suffix.lower() not in {".parquet", ".pq"}:
        return False
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return b"geo" in (parquet.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{path}: not a whole Parquet file ({error})") from error


def _status(raw: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    """Read whether postcodes are terminated, large users, or poorly located, where known."""
    made: dict[str, Any] = {}
    patterns = registry().points
    terminated = find(names, patterns["terminated"])
    if terminated is not None:
        text = raw[terminated].astype("str").str.strip()
        dead = raw[terminated].notna() & ~text.str.lower().isin(["", "false", "0", "no"])
        made["terminated"] = dead.to_numpy()
    user = find(names, patterns["large_user"])
    if user is not None:
        made["large_user"] = raw[user].astype("str").str.strip().isin(["1", "L", "l"]).to_numpy()
    quality = find(names, patterns["quality"])
    if quality is not None:
        made["poor"] = raw[quality].astype("str").str.strip().isin(_SECTOR).to_numpy()
    return made


def _geometry(raw: pd.DataFrame, where: str) -> gpd.GeoSeries:
    """Make points of degrees or metres; sentinels and blanks are missing."""
    import geopandas as gpd
    import numpy as np

    if "geometry" in raw.columns:
        shapes = gpd.GeoSeries(raw["geometry"])
        if shapes.crs is None:
            raise TableError(f"{where}: its points have no CRS")
        return shapes
    names = [str(n) for n in raw.columns]
    patterns = registry().points
    east, north = find(names, patterns["longitude"]), find(names, patterns["latitude"])
    crs = "EPSG:4326"
    if east is None or north is None:
        east, north = find(names, patterns["easting"]), find(names, patterns["northing"])
        crs = "EPSG:27700"
    if east is None or north is None:
        raise TableError(
            f"{where}: no coordinates (columns found: {', '.join(map(repr, names[:30]))})"
        )
    x, y = numbers(raw, east).to_numpy(), numbers(raw, north).to_numpy()
    gone = np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0))
    if crs == "EPSG:4326":
        gone |= y > NOWHERE
        bad = ~gone & ((np.abs(x) > 180) | (np.abs(y) > 90))
        if bad.any():
            row = raw.index[bad][0]
            raise TableError(
                f"{where}, row {row}: longitude {x[bad][0]:g}, latitude {y[bad][0]:g} are no "
                "degrees"
            )
    points = gpd.points_from_xy(np.where(gone, np.nan, x), np.where(gone, np.nan, y), crs=crs)
    shapes = gpd.GeoSeries(points, crs=crs)
    shapes[gone] = None
    return shapes
