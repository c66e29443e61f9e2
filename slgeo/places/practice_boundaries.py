"""
Boundaries that practices declare, beside where their patients live.

A boundary says whom a practice is ready to take on, not whom it has. Patients are known by small
area, so those of an area that a boundary cuts are taken to live where the area's people do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import TableError
from slgeo.sources.vector import read_vector

if TYPE_CHECKING:
    import os

    import geopandas as gpd
    import pandas as pd

    from slgeo.places.registrations import Registrations

_CODE: Final = ("practice_code", "org_code", "ods_code", "practice", "orgcode", "code")


def read_practice_boundaries(path: str | os.PathLike[str], *, crs: str) -> gpd.GeoDataFrame:
    """
    Read the boundaries that practices declare.

    Parameters
    ----------
    path
        Polygons with a practice code, one or several a practice (inner and outer boundaries).
    crs
        Metric CRS to bring them to.

    Returns
    -------
    gpd.GeoDataFrame
        Index ``practice``, one valid (multi)polygon each. ``attrs["notes"]`` says what was joined,
        repaired or left out.

    Raises
    ------
    SourceError
        If the file cannot be read.
    TableError
        If no column holds practice codes, or nothing in it is a polygon.
    """
    source = Path(path).name
    shapes = read_vector(path)
    lower = {str(name).lower(): str(name) for name in shapes.columns}
    code = next((lower[name] for name in _CODE if name in lower), None)
    if code is None:
        raise TableError(
            f"{path}: no column of practice codes ({', '.join(_CODE[:4])}; columns: "
            f"{', '.join(map(str, list(shapes.columns)[:12]))})"
        )
    codes = shapes[code].astype("string").str.strip().str.upper()
    polygon = shapes.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & codes.notna()
    if not polygon.any():
        raise TableError(f"{path}: no polygon with a practice code")
    notes = []
    if (~polygon).any():
        notes.append(f"{source}: {int((~polygon).sum())} rows without code or polygon left out")
    kept = shapes[polygon].to_crs(crs)
    broken = ~kept.geometry.is_valid
    if broken.any():
        notes.append(f"{source}: {int(broken.sum())} boundaries that cross themselves repaired")
        kept = kept.set_geometry(kept.geometry.make_valid())
    kept = kept[["geometry"]].assign(practice=codes[polygon].astype(object).to_numpy())
    made = kept.dissolve("practice")
    if len(made) < len(kept):
        notes.append(f"{source}: {len(kept)} boundaries of {len(made)} practices, joined by code")
    made.attrs = {"notes": notes, "source": source}
    return made


def inside_boundaries(
    boundaries: gpd.GeoDataFrame, origins: gpd.GeoDataFrame, registrations: Registrations
) -> pd.DataFrame:
    """
    Set who lives inside each practice's boundary against who is registered with it.

    Parameters
    ----------
    boundaries
        From :func:`read_practice_boundaries`.
    origins
        Where people live, an origins table in the same CRS.
    registrations
        Patients by practice and area, in the areas of ``origins``.

    Returns
    -------
    pd.DataFrame
        Index ``practice``: ``residents_inside`` (people of ``origins``); ``registered_inside``
        (patients of any practice there), of whom ``own_inside`` and ``elsewhere``;
        ``patients_known`` (of the practice, in areas that ``origins`` cover) and
        ``share_inside``, the share of those that lives inside (missing where there are none).
        Points on a border are inside.
    """
    import geopandas as gpd
    import pandas as pd

    people = origins.groupby("area")["people"].sum()
    points = origins[["area", "people", "geometry"]]
    shapes = boundaries[["geometry"]].rename_axis("practice")
    met = gpd.sjoin(points, shapes, predicate="intersects")
    inside = met.groupby(["practice", "area"])["people"].sum()
    inside.index.names = ["practice", "area"]
    share = inside / people.reindex(inside.index.get_level_values("area")).to_numpy()
    share = share.fillna(0.0)
    living = registrations.by_area()
    own = registrations.patients.reindex(inside.index).fillna(0.0)
    everyone = living.reindex(inside.index.get_level_values("area")).fillna(0.0).to_numpy()
    frame = pd.DataFrame(
        {
            "residents_inside": inside,
            "registered_inside": share * everyone,
            "own_inside": share * own,
        }
    )
    made = frame.groupby(level="practice").sum().reindex(boundaries.index).fillna(0.0)
    made["elsewhere"] = made["registered_inside"] - made["own_inside"]
    covered = registrations.patients.index.get_level_values("area").isin(people.index)
    known = registrations.patients[covered].groupby(level="practice").sum()
    made["patients_known"] = known.reindex(made.index).fillna(0.0)
    made["share_inside"] = (made["own_inside"] / made["patients_known"]).where(
        made["patients_known"] > 0
    )
    made.index.name = "practice"
    return made
