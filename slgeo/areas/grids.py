"""Put shapes into the study's metric grid, and catch coordinates that are not what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import shapely

BRITISH: Final = "EPSG:27700"
IRISH: Final = "EPSG:29903"

EXTENT: Final[dict[str, tuple[float, float, float, float]]] = {
    "E": (-6.6, 49.8, 1.9, 55.9),
    "W": (-5.8, 51.2, -2.5, 53.6),
    "S": (-9.0, 54.4, 0.0, 61.1),
    "N": (-8.4, 53.9, -5.2, 55.5),
}
"""Where each nation lies: west, south, east, north in degrees, rounded outwards (clear of land by
some kilometres, so that a generalised coast stays inside)."""


def placed(
    frame: gpd.GeoDataFrame,
    *,
    crs: str | None,
    source_crs: str | None,
    notes: list[str],
) -> gpd.GeoDataFrame:
    """
    Bring areas into one metric CRS, repaired, and check that they lie where their codes say.

    Parameters
    ----------
    frame
        Index ``area``, column ``nation``, ``attrs["source"]``.
    crs
        CRS wanted; by nation where absent.
    source_crs
        CRS the coordinates are really in, over what the file says.
    notes
        What was repaired is added here.

    Returns
    -------
    gpd.GeoDataFrame
        A copy.

    Raises
    ------
    TableError
        If a CRS is missing, or coordinates cannot be in the one the file states.
    """
    source = frame.attrs["source"]
    attrs = dict(frame.attrs)
    target = crs or (IRISH if set(frame["nation"]) == {"N"} else BRITISH)
    _metric(target)
    if source_crs is not None:
        frame = frame.set_crs(source_crs, allow_override=True)
    _possible(frame, source)
    frame = _whole(frame, source, notes)
    _where_codes_say(frame, source)
    frame = frame.to_crs(target)
    frame.attrs = attrs
    return frame


def _metric(crs: str) -> None:
    import pyproj

    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise TableError(f"CRS {crs!r} is not known; use one such as EPSG:27700") from error
    if not found.is_projected or found.axis_info[0].unit_name != "metre":
        raise TableError(f"CRS {crs} is not one in metres; use EPSG:27700 or EPSG:29903")


def _possible(frame: gpd.GeoDataFrame, source: str) -> None:
    """Refuse shapes without a CRS, degrees that are metres, and metres that are degrees."""
    import numpy as np

    if frame.crs is None:
        raise TableError(
            f"{source}: does not say which CRS its coordinates are in (shapefiles need a .prj); "
            f"they run {_box(frame.total_bounds)}: {_looks_like(frame.total_bounds)}"
        )
    if frame.crs.is_geographic:
        west, south, east, north = frame.total_bounds
        if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
            raise TableError(
                f"{source}: says {frame.crs.to_string()}, but its coordinates run "
                f"{_box(frame.total_bounds)}, which are no degrees: "
                f"{_looks_like(frame.total_bounds)}"
            )
    elif np.all(np.abs(frame.total_bounds) <= [180, 90, 180, 90]):
        raise TableError(
            f"{source}: says {frame.crs.to_string()}, which is in metres, but its coordinates run "
            f"{_box(frame.total_bounds)}: they look like degrees; state source_crs = "
            '"EPSG:4326", or save the file again with its right CRS'
        )


def _looks_like(bounds: npt.NDArray[np.float64]) -> str:
    """Say which grids such coordinates might be in; never choose."""
    west, south, east, north = bounds
    if abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90:
        return 'they look like degrees: state source_crs = "EPSG:4326"'
    fits = []
    if west >= 0 and east <= 700_000 and south >= 0 and north <= 1_300_000:
        fits.append("EPSG:27700 (British National Grid)")
    if west >= 0 and east <= 400_000 and south >= 0 and north <= 480_000:
        fits.append("EPSG:29902 or EPSG:29903 (Irish Grid)")
    if west >= 400_000 and east <= 800_000 and south >= 500_000 and north <= 1_000_000:
        fits.append("EPSG:2157 (Irish Transverse Mercator)")
    if west >= -1_100_000 and east <= 250_000 and south >= 6_300_000 and north <= 8_700_000:
        fits.append("EPSG:3857 (web Mercator)")
    return f"state source_crs = one of {'; '.join(fits)}" if fits else "no grid of the UK fits them"


def _whole(frame: gpd.GeoDataFrame, source: str, notes: list[str]) -> gpd.GeoDataFrame:
    """Refuse empty shapes; repair invalid ones and say so."""
    import shapely

    shapes = frame.geometry
    empty = shapes.isna() | shapes.is_empty
    if empty.any():
        raise TableError(
            f"{source}: {int(empty.sum())} areas have no shape: {', '.join(frame.index[empty][:5])}"
        )
    kinds = set(shapes.geom_type.unique()) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise TableError(
            f"{source}: areas must be polygons, found {', '.join(sorted(kinds))}; points of areas "
            "belong in [origins]"
        )
    wrong = ~shapes.is_valid.to_numpy()
    if not wrong.any():
        return frame.copy()
    repaired = shapely.make_valid(shapes.to_numpy()[wrong])
    kept = [_polygons(shape) for shape in repaired]
    lost = frame.index[wrong][[shape.is_empty for shape in kept]]
    if len(lost):
        raise TableError(f"{source}: no surface left after repair: {', '.join(lost[:5])}")
    values = shapes.to_numpy().copy()
    values[wrong] = kept
    frame = frame.set_geometry(type(shapes)(values, index=frame.index, crs=frame.crs))
    codes = ", ".join(frame.index[wrong][:5])
    notes.append(f"{Path(source).name}: {int(wrong.sum())} invalid polygons repaired: {codes}")
    return frame


def _polygons(shape: shapely.Geometry) -> shapely.Polygon | shapely.MultiPolygon:
    """Keep the surface of a repaired shape, not the lines and points it fell into."""
    import shapely

    pieces = shapely.get_parts(shapely.get_parts(shape))
    parts = [p for p in pieces if p.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _where_codes_say(frame: gpd.GeoDataFrame, source: str) -> None:
    """Refuse areas that lie outside the nation their codes name: the grid was mistaken."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    points = shapely.point_on_surface(frame.geometry.to_numpy())
    degrees = gpd.GeoSeries(points, index=frame.index, crs=frame.crs).to_crs("EPSG:4326")
    for nation, (west, south, east, north) in EXTENT.items():
        here = (frame["nation"] == nation).to_numpy()
        x, y = pd.Series(degrees.x[here]), pd.Series(degrees.y[here])
        out = ~(x.between(west, east) & y.between(south, north))
        if out.any():
            code = x.index[out][0]
            flipped = x.between(south, north) & y.between(west, east)
            hint = "longitude and latitude are swapped" if flipped.any() else _grid_hint(nation)
            raise TableError(
                f"{source}: {int(out.sum())} areas lie outside the nation of their codes: {code} "
                f"comes out at longitude {x[code]:.2f}, latitude {y[code]:.2f} when read as "
                f"{frame.crs.to_string() if frame.crs else None}: {hint}"
            )


def _grid_hint(nation: str) -> str:
    if nation == "N":
        return (
            "Northern Ireland uses the Irish Grid, not the British one: state "
            'source_crs = "EPSG:29903" (or EPSG:29902, EPSG:2157)'
        )
    return "the file states the wrong CRS: state the right one as source_crs"


def _box(bounds: npt.NDArray[np.float64]) -> str:
    west, south, east, north = bounds
    return f"from {west:.6g} {south:.6g} to {east:.6g} {north:.6g}"
