"""People from a population raster, as points: counts are cut by area, never averaged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError, TableError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

_STRIP: Final = 512
"""Rows of cells read at a time, so that a raster of a continent needs no more memory (ours)."""
LEAST: Final = 0.5
"""Share of the areas' population below which the raster is taken to be of another place or unit."""


def raster_people(path: str | os.PathLike[str], areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Cut the cells of a population raster by the areas.

    A cell on a border is shared by the surface it has in each area, so that a coarse grid does not
    leave small areas empty and nobody is counted twice.

    Parameters
    ----------
    path
        A GeoTIFF (or another raster GDAL reads) of people per cell: WorldPop, GHS-POP, a census
        grid. Any CRS; the areas are brought to the raster's grid, never the raster to theirs.
    areas
        The ``areas`` table.

    Returns
    -------
    gpd.GeoDataFrame
        Index ``point``: ``area``, ``people``, point in the CRS of the areas. ``attrs["notes"]``
        says how many people the raster has there, beside the published number.

    Raises
    ------
    SourceError
        If the file is no raster, or has no CRS, several bands or no cells here.
    TableError
        If it has less than half the people published, or more than twice: it is of another unit.
    """
    import numpy as np
    import pandas as pd

    pieces = [_cut(values, corners, areas) for values, corners in _strips(Path(path), areas)]
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        raise SourceError(f"{path}: no cell with people lies in the areas")
    made: gpd.GeoDataFrame = pd.concat(pieces, ignore_index=True)
    made.index = pd.Index([f"cell-{i}" for i in np.arange(1, len(made) + 1)], name="point")
    found, published = float(made["people"].sum()), float(areas["population"].sum())
    if published and not LEAST <= found / published <= 1 / LEAST:
        raise TableError(
            f"{path}: has {found:,.0f} people in the areas, where {published:,.0f} are published: "
            "is it people per cell, and of this place?"
        )
    made.attrs = {
        "source": str(path),
        "notes": [
            (
                f"{Path(path).name}: {found:,.0f} people in {len(made):,} pieces of cells, "
                f"{published:,.0f} published: scaled to the published number in each area"
            )
        ],
    }
    return made


def _strips(
    path: Path, areas: gpd.GeoDataFrame
) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Yield people and corners (in the CRS of the areas) of the cells near the areas."""
    import numpy as np
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window

    if not path.exists():
        raise SourceError(f"{path}: no such file")
    try:
        source = rasterio.open(path)
    except RasterioError as error:
        raise SourceError(f"{path}: not a raster ({error})") from error
    with source:
        if source.crs is None:
            raise SourceError(f"{path}: does not say which CRS it is in")
        if source.count != 1:
            raise SourceError(f"{path}: has {source.count} bands, not one of people per cell")
        crs = areas.crs.to_wkt() if areas.crs is not None else None
        bounds = transform_bounds(crs, source.crs, *areas.total_bounds, densify_pts=51)
        left, top, right, bottom = _near(source, bounds)
        for row in range(top, bottom, _STRIP) if right > left else ():
            window = Window(left, row, right - left, min(_STRIP, bottom - row))
            try:
                block = source.read(1, window=window, masked=True)
            except RasterioError as error:
                raise SourceError(f"{path}: is cut short or damaged ({error})") from error
            values = np.ma.filled(block.astype(float), 0.0)
            values[~np.isfinite(values) | (values < 0)] = 0.0
            y, x = np.nonzero(values)
            yield values[y, x], _corners(source, x + left, y + row, crs)


def _near(
    source: Any,  # noqa: ANN401 - rasterio publishes no types
    bounds: tuple[float, float, float, float],
) -> tuple[int, int, int, int]:
    """Find the columns and rows of a raster that a box may touch: left, top, right, bottom."""
    import numpy as np

    t = source.transform
    x = np.array([bounds[0], bounds[2], bounds[2], bounds[0]]) - t.c
    y = np.array([bounds[1], bounds[1], bounds[3], bounds[3]]) - t.f
    size = t.a * t.e - t.b * t.d
    column, row = (t.e * x - t.b * y) / size, (t.a * y - t.d * x) / size
    left, right = np.floor(column.min()) - 1, np.ceil(column.max()) + 1
    top, bottom = np.floor(row.min()) - 1, np.ceil(row.max()) + 1
    return (
        int(np.clip(left, 0, source.width)),
        int(np.clip(top, 0, source.height)),
        int(np.clip(right, 0, source.width)),
        int(np.clip(bottom, 0, source.height)),
    )


def _corners(
    source: Any,  # noqa: ANN401 - rasterio publishes no types
    column: npt.NDArray[np.integer[Any]],
    row: npt.NDArray[np.integer[Any]],
    crs: str | None,
) -> npt.NDArray[np.float64]:
    """Place the four corners of cells, as an array of cells by corners by x and y."""
    import numpy as np
    import pyproj

    steps = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
    columns, rows = column[:, None] + steps[:, 0], row[:, None] + steps[:, 1]
    t = source.transform
    x, y = t.a * columns + t.b * rows + t.c, t.d * columns + t.e * rows + t.f
    move = pyproj.Transformer.from_crs(source.crs.to_wkt(), crs, always_xy=True)
    return np.stack(move.transform(x, y), axis=-1)


def _cut(
    people: npt.NDArray[np.float64],
    corners: npt.NDArray[np.float64],
    areas: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Share the people of cells among the areas they lie in, by surface."""
    import geopandas as gpd
    import numpy as np
    import shapely

    cells = np.asarray(shapely.polygons(corners), dtype=object)
    shapes = np.asarray(areas.geometry, dtype=object)
    tree = shapely.STRtree(shapes)
    cell, area = tree.query(cells, predicate="intersects")
    shapely.prepare(shapes)
    inside = shapely.contains_properly(shapes[area], cells[cell])
    pieces = cells[cell].copy()
    pieces[~inside] = shapely.intersection(cells[cell[~inside]], shapes[area[~inside]])
    surface = shapely.area(pieces)
    # People of the part of a cell outside the areas stay outside; overlapping areas share a cell.
    covered = np.bincount(cell, weights=surface, minlength=len(cells))
    share = surface / np.maximum(shapely.area(cells), covered)[cell]
    keep = surface > 0
    return gpd.GeoDataFrame(
        {"area": areas.index.to_numpy()[area[keep]], "people": people[cell[keep]] * share[keep]},
        geometry=shapely.point_on_surface(pieces[keep]),
        crs=areas.crs,
    )
