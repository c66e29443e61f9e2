"""A spreadsheet in, the same spreadsheet with points out: what ``slgeo geocode`` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from slgeo.places.assets import VECTORS, assets_from, points_of
from slgeo.places.geocode import geocode, unmatched
from slgeo.places.taxonomy import OTHER
from slgeo.sources.read import read_table
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from slgeo.places.online import Online
    from slgeo.places.postcodes import PostcodeIndex

_FOUND: Final = (
    "precision", "error_radius", "error_basis", "matched", "matched_in", "position_note",
    "candidates",
)  # fmt: skip


class Geocoded(NamedTuple):
    """
    A spreadsheet with points.

    Parameters
    ----------
    rows
        Every row of the file in its order, its own columns first; then ``easting``, ``northing``,
        ``longitude``, ``latitude``, ``precision``, ``error_radius`` (metres), ``error_basis``,
        ``matched``, ``matched_in``, ``position_note``, ``candidates``, and the area codes of the
        postcode (``postcode_lsoa21``). A name the file already has gets ``_found`` after it. The
        index is the row number a spreadsheet shows.
    failed
        The rows that were not placed, or otherwise than their file says, with the outcome.
    notes
        Which column was taken for what, what was repeated, how the postcode file was read.
    precision
        How each row's point was found, whatever columns the file has itself.
    """

    rows: pd.DataFrame
    failed: pd.DataFrame
    notes: list[str]
    precision: pd.Series[str]


def geocode_table(
    path: str | os.PathLike[str],
    *,
    postcodes: PostcodeIndex | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    sectors: bool = False,
    online: Online | None = None,
) -> Geocoded:
    """
    Geocode a spreadsheet, keeping all of it.

    Parameters
    ----------
    path
        A table (.csv, .xlsx, .ods, ...) with postcodes or coordinates, or a vector file.
    postcodes
        The index to look postcodes up in.
    columns
        Our field (``postcode``, ``latitude``, ...) -> the file's column, where the guess from the
        names would be wrong.
    sheet
        Sheet of a workbook; the first where absent.
    sectors
        Whether postcodes that are not in the index are placed at the mean of their sector.
    online
        What may be looked up online, and how; nothing is where None.

    Returns
    -------
    Geocoded
        As many rows as the file has.

    Raises
    ------
    SourceError
        If the file cannot be read.
    TableError
        If no column tells where the places are.
    """
    import pandas as pd

    path = Path(path)
    if path.suffix.lower() in VECTORS:
        given = points_of(read_vector(path))
    else:
        given = read_table(path, sheet=sheet)
    places = assets_from(given, source=path.name, kind=OTHER, columns=columns, only_places=True)
    if online is not None:
        places = online.by_name(places)
    sites = geocode(places, postcodes=postcodes, coarsest="sector" if sectors else "postcode_mean")
    if online is not None:
        sites = online.by_postcode(sites, places, crs=str(sites.crs))
    found = _columns(sites)
    if postcodes is not None and postcodes.areas:
        known = postcodes.find(sites["postcode"])
        for area in postcodes.areas:
            found[f"postcode_{area}"] = known[area].to_numpy(object)
    found.index = given.index
    precision = found["precision"]
    found = found.rename(columns={name: _free(str(name), given) for name in found.columns})
    rows = pd.concat([given, found], axis=1)
    rows.attrs = {}
    failed = unmatched(sites)
    row_of = dict(zip(sites.index, given.index, strict=True))
    failed.insert(0, "row", [row_of[site] for site in failed.index])
    failed = failed.drop(columns=["kind", "source", "reason"]).set_index("row")
    return Geocoded(rows, failed, list(sites.attrs["notes"]), precision)


def _free(name: str, given: pd.DataFrame) -> str:
    """Find a name for a new column that the file does not have."""
    while name in given.columns:
        name += "_found"
    return name


def _columns(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Lay what was found beside the rows: grid metres, degrees, grade."""
    import pandas as pd

    degrees = sites.geometry.to_crs(4326)
    return pd.DataFrame(
        {
            "easting": sites.geometry.x.round(1),
            "northing": sites.geometry.y.round(1),
            "longitude": degrees.x.round(6),
            "latitude": degrees.y.round(6),
            **{name: sites[name] for name in _FOUND},
        }
    )
