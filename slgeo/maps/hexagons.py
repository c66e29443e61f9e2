"""
A hexagon for every area, all of one size: a map on which people, not fields, take up room.

Small areas have similar numbers of people, so a country parish fills a map of borders and a town
centre is lost in it. Here the study's own shape is filled with as many equal hexagons as it has
areas, and each area takes the one that keeps all of them together nearest to where they are (the
assignment of least squared distance). It is a cartogram: neighbours stay near, borders do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import PageError
from slgeo.maps.spec import Hexagons

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

MOST_HEXAGONS: Final = 2_000
"""Areas up to which the best assignment is found in seconds."""

WORLD: Final = 2 * np.pi * 6_378_137.0
"""Metres across the whole web map (EPSG:3857)."""

SHRINK: Final = 0.985
"""How much smaller each trial size is."""


def hexagons(shapes: gpd.GeoSeries, inside: np.ndarray) -> Hexagons:
    """
    Lay out one hexagon for each area of the study.

    Parameters
    ----------
    shapes
        Every area.
    inside
        Which of them are in the study; the others get none.

    Raises
    ------
    PageError
        For more areas than can be assigned in seconds.
    """
    import shapely

    count = int(inside.sum())
    if count > MOST_HEXAGONS:
        raise PageError(
            f"hexagons are for up to {MOST_HEXAGONS:,} areas, and this study has {count:,}: leave "
            "hexagons=True out, or make the page of a part of the study"
        )
    web = np.asarray(shapes.to_crs(3857).array)[inside]
    if not count:
        return Hexagons(0.0, 0.0, 0.0, ())
    whole: Any = shapely.union_all(web)
    centres = shapely.get_coordinates(shapely.centroid(web))
    size, corner, cells = _filled(whole, count)
    places = _centres(cells, size) + corner
    taken = _assigned(centres, places)
    at = np.full((len(inside), 2), -1)
    at[np.flatnonzero(inside)] = cells[taken]
    return Hexagons(
        size=float(size / WORLD),
        left=float(0.5 + corner[0] / WORLD),
        top=float(0.5 - corner[1] / WORLD),
        at=tuple((int(column), int(row)) for column, row in at),
    )


def _filled(whole: Polygon | MultiPolygon, count: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Find the largest hexagons of which at least as many as there are areas lie in the study."""
    import shapely

    west, south, east, north = shapely.bounds(whole)
    corner = np.array([west, north])
    # A hexagon of this size has 1 / count of the surface; the shape's edge needs smaller ones.
    size = float(np.sqrt(shapely.area(whole) / count * 2 / (3 * np.sqrt(3))))
    while True:
        columns = int((east - west) / (size * np.sqrt(3))) + 2
        rows = int((north - south) / (size * 1.5)) + 2
        column, row = np.meshgrid(np.arange(columns), np.arange(rows))
        cells = np.column_stack([column.ravel(), row.ravel()])
        points = _centres(cells, size) + corner
        within = shapely.contains_xy(whole, points[:, 0], points[:, 1])
        if int(within.sum()) >= count:
            return size, corner, cells[within]
        size *= SHRINK


def _centres(cells: np.ndarray, size: float) -> np.ndarray:
    """Give the middle of each hexagon, east and north of the corner in the north west."""
    across = np.sqrt(3) * size * (cells[:, 0] + 0.5 * (cells[:, 1] % 2) + 0.5)
    return np.column_stack([across, -1.5 * size * (cells[:, 1] + 2 / 3)])


def _assigned(centres: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Give each area a hexagon so that the squared distances add up to the least."""
    from scipy.optimize import linear_sum_assignment

    far = ((centres[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
    _, taken = linear_sum_assignment(far)
    return np.asarray(taken)
