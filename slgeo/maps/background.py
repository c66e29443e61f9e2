"""
The basemap: the study's own roads, water and names, small enough to travel with the page.

Lines are laid on a grid of about ten metres and simplified to it; only roads that say where one is
(motorways to B roads) and water wider than a line come along, the least important left out first
where they would weigh too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.maps.text import plain

if TYPE_CHECKING:
    import geopandas as gpd

    from slgeo.maps.spec import Basemap

SIMPLIFY: Final = 15.0
"""Metres a road or shore may move: a pixel at the opening zoom of a county."""

MAX_POINTS: Final = 60_000
"""About 150 kB packed."""

MAX_NAMES: Final = 600


def background(basemap: Basemap) -> dict[str, Any]:
    """Write a basemap as JSON: lines and shapes of hundred-thousandths of a degree, in steps."""
    water = _water(basemap.water)
    roads = _roads(basemap.roads, MAX_POINTS - sum(len(line) // 2 for line in water))
    return {"roads": roads, "water": water, "towns": _towns(basemap.towns)}


def _roads(roads: gpd.GeoDataFrame | None, room: int) -> list[list[Any]]:
    """Give ``[rank, [lines]]`` for each rank that fits."""
    import shapely

    if roads is None or roads.empty:
        return []
    found: list[list[Any]] = []
    for rank in sorted({int(one) for one in roads["rank"]}):
        group = roads[roads["rank"] == rank]
        merged = shapely.line_merge(shapely.union_all(np.asarray(group.geometry.array)))
        lines = in_degrees(shapely.simplify(shapely.get_parts(merged), SIMPLIFY), group.crs)
        room -= sum(len(line) // 2 for line in lines)
        if room < 0:
            break
        found.append([rank, lines])
    return found


def _water(water: gpd.GeoDataFrame | None) -> list[list[int]]:
    """Give outlines of standing water, and rivers as lines; closed ones are filled."""
    import shapely

    if water is None or water.empty:
        return []
    parts = shapely.get_parts(shapely.simplify(np.asarray(water.geometry.array), SIMPLIFY))
    parts = parts[~shapely.is_empty(parts)]
    polygons = shapely.get_type_id(parts) == 3
    outlines = shapely.get_exterior_ring(parts[polygons])
    return in_degrees(np.concatenate([outlines, parts[~polygons]]), water.crs)


def _towns(towns: gpd.GeoDataFrame | None) -> list[list[Any]]:
    """Give ``[name, rank, lon, lat]``, the most important first."""
    if towns is None or towns.empty:
        return []
    points = towns.to_crs(4326).geometry
    rows = [
        [plain(name), int(rank), round(x * 1e5), round(y * 1e5)]
        for name, rank, x, y in zip(towns["name"], towns["rank"], points.x, points.y, strict=True)
        if isinstance(name, str) and name
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[2]))[:MAX_NAMES]


def in_degrees(lines: np.ndarray, crs: Any) -> list[list[int]]:  # noqa: ANN401 - anything pyproj takes
    """Write each line as one flat list of steps."""
    import geopandas as gpd
    import shapely

    if not len(lines):
        return []
    degrees = np.asarray(gpd.GeoSeries(lines, crs=crs).to_crs(4326).array)
    points, of = shapely.get_coordinates(degrees, return_index=True)
    grid = np.rint(points * 1e5).astype(np.int64)
    split = np.split(grid, np.flatnonzero(np.diff(of)) + 1)
    return [np.vstack([line[:1], np.diff(line, axis=0)]).ravel().tolist() for line in split]
