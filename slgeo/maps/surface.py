"""
Minutes at every spot, as a picture that lies on a web map: classes of the legend, no people.

A grid in metres is not a rectangle on a web map, so each pixel of the picture looks up the cell its
own middle falls in; nothing is stretched or blended, and a pixel has exactly its class's colour.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import PageError
from slgeo.maps import palette
from slgeo.maps.classify import class_of
from slgeo.maps.spec import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

MOST_PIXELS: Final = 1_000_000
"""Pixels of a picture, about 100 to 200 kB; a finer grid is drawn coarser."""

EARTH: Final = 6_378_137.0
"""Radius in metres of the sphere of web maps (EPSG:3857)."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """
    Minutes on a grid.

    Parameters
    ----------
    minutes
        Rows from north to south; NaN where a spot has no time.
    bounds
        West, south, east, north of the grid's edges, in `crs`.
    crs
        A CRS in metres.
    """

    minutes: npt.NDArray[np.floating[Any]]
    bounds: tuple[float, float, float, float]
    crs: Any

    @property
    def cell(self) -> float:
        """Metres across a cell."""
        return (self.bounds[2] - self.bounds[0]) / int(self.minutes.shape[1])


def read_grid(
    minutes: npt.ArrayLike | str | Path,
    *,
    bounds: Sequence[float] | None,
    crs: Any,  # noqa: ANN401 - anything pyproj takes
) -> Grid:
    """
    Take a grid from an array or a GeoTIFF.

    Parameters
    ----------
    minutes
        An array, rows from north to south, missing where there is no time; or a raster's path.
    bounds
        West, south, east, north of an array in `crs`; a raster has its own.
    crs
        The CRS of an array; of a raster that states none.

    Raises
    ------
    PageError
        For an array without bounds, a raster of several bands or turned askew, a CRS in degrees or
        none, or negative minutes.
    """
    if isinstance(minutes, (str, Path)):
        found = _read_raster(Path(minutes), crs)
    else:
        if bounds is None:
            raise PageError("a surface given as an array needs bounds=(west, south, east, north)")
        west, south, east, north = map(float, bounds)
        found = Grid(np.asarray(minutes, dtype=float), (west, south, east, north), crs)
    from pyproj import CRS

    if found.crs is None or not CRS.from_user_input(found.crs).is_projected:
        raise PageError(
            "a surface needs a CRS in metres, such as EPSG:27700; this one has "
            f"{found.crs or 'none'}"
        )
    shape, (west, south, east, north) = found.minutes.shape, found.bounds
    if len(shape) != 2 or not found.minutes.size:
        raise PageError(f"a surface has rows and columns: this array has shape {shape}")
    if not (west < east and south < north):
        raise PageError(
            f"the bounds of a surface are west, south, east, north: {found.bounds} are not"
        )
    if (found.minutes < 0).any():
        raise PageError(
            f"a surface has minutes below zero (lowest: {np.nanmin(found.minutes):g}): spots "
            "without a time are NaN, or the raster's own no-data value"
        )
    return found


def _read_raster(path: Path, crs: Any) -> Grid:  # noqa: ANN401 - anything pyproj takes
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        with rasterio.open(path) as source:
            if source.count != 1 or source.transform.b or source.transform.d:
                raise PageError(
                    f"{path}: a surface is one band of minutes on an upright grid; bands here: "
                    f"{source.count}{', and it is turned' if source.transform.b else ''}"
                )
            values = source.read(1, masked=True).astype(float).filled(np.nan)
            place = source.transform
            x = sorted((place.c, place.c + place.a * source.width))
            y = sorted((place.f, place.f + place.e * source.height))
            if place.e > 0:
                values = values[::-1]
            if place.a < 0:
                values = values[:, ::-1]
            return Grid(values, (x[0], y[0], x[1], y[1]), source.crs or crs)
    except RasterioIOError as error:
        raise PageError(f"{path}: not a raster that can be read ({error})") from error


def draw_surface(
    grid: Grid, *, kind: str, mode: str, scenario: str, thresholds: Sequence[int]
) -> Surface:
    """
    Colour a grid by the classes of the legend, laid out as web maps are.

    Parameters
    ----------
    grid
        Minutes.
    kind, mode, scenario
        The measure it belongs to.
    thresholds
        Breaks between classes.
    """
    west, south, east, north = _mercator_bounds(grid)
    cell = _pixel(grid, west, south, east, north)
    columns = max(1, round((east - west) / cell))
    rows = max(1, round((north - south) / cell))
    x = west + (np.arange(columns) + 0.5) * (east - west) / columns
    y = north - (np.arange(rows) + 0.5) * (north - south) / rows
    minutes = _sampled(grid, x, y)
    tenths = np.where(np.isnan(minutes), -1, np.round(minutes * 10, 6))
    return Surface(
        kind=kind,
        mode=mode,
        scenario=scenario,
        metres=round(grid.cell),
        picture=_picture(class_of(tenths, thresholds), len(thresholds) + 1),
        bounds=(west, south, east, north),
    )


def _mercator_bounds(grid: Grid) -> tuple[float, float, float, float]:
    """Give the edges of the grid on the web map, whichever way its sides bend."""
    from pyproj import Transformer

    forward = Transformer.from_crs(grid.crs, 3857, always_xy=True)
    found = forward.transform_bounds(*grid.bounds)
    return (found[0], found[1], found[2], found[3])


def _pixel(grid: Grid, west: float, south: float, east: float, north: float) -> float:
    """Give web-map metres a pixel: half a cell on the ground, so that none is lost, or more."""
    middle = np.arctan(np.sinh((south + north) / 2 / EARTH))
    own = grid.cell / np.cos(middle) / 2
    return float(max(own, np.sqrt((east - west) * (north - south) / MOST_PIXELS)))


def _sampled(grid: Grid, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Look up the minutes of each pixel's middle; NaN outside the grid."""
    from pyproj import Transformer

    back = Transformer.from_crs(3857, grid.crs, always_xy=True)
    across, up = np.meshgrid(x, y)
    east, north = back.transform(across, up)
    rows, columns = grid.minutes.shape
    column = np.floor((east - grid.bounds[0]) / (grid.bounds[2] - grid.bounds[0]) * columns)
    row = np.floor((grid.bounds[3] - north) / (grid.bounds[3] - grid.bounds[1]) * rows)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    found = np.full(across.shape, np.nan)
    found[inside] = grid.minutes[row[inside].astype(int), column[inside].astype(int)]
    return found


def _picture(classes: np.ndarray, count: int) -> bytes:
    """Write classes as a PNG of few colours; no time is transparent."""
    from PIL import Image

    colours = palette.MINUTES[-count:]
    picture = Image.fromarray((classes + 1).astype(np.uint8))
    table = [255, 255, 255]
    for colour in colours:
        table += [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    picture.putpalette(table)
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=True, transparency=0, bits=4)
    return out.getvalue()
