"""Territories: the country divided among places, each with those it is the nearest to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.catchments.drawn import People
from slgeo.catchments.ground import OFF_ROAD
from slgeo.catchments.outlines import outlines, polygons_of
from slgeo.catchments.reach import MS, reach_of
from slgeo.catchments.surface import CELL, ground_near, laid_out
from slgeo.errors import AccessError
from slgeo.routing.compiled import NEVER
from slgeo.tables import TERRITORIES, checked

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from slgeo.catchments.ground import Ground
    from slgeo.catchments.reach import Reach
    from slgeo.network.model import Network
    from slgeo.routing.graph import Ends
    from slgeo.routing.times import Direction

FRAME: Final = 3
"""Cells by which territories are spread beyond the outline, which then cuts them all."""

SMOOTH: Final = 0.75
"""Cells: just enough to make a straight line of a staircase (Visvalingam and Whyatt's measure)."""


def territories(  # noqa: PLR0913 - each option is a fact of the drawing, and keyword-only
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    origins: gpd.GeoDataFrame,
    limit: float = 30.0,
    direction: Direction = "to",
    each: str = "site",
    cell: float = CELL,
    off_road: float = OFF_ROAD,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    max_snap: float = 500.0,
    threads: int | None = None,
) -> gpd.GeoDataFrame:
    """
    Divide the country among places: everybody belongs to the nearest, nobody to two.

    Parameters
    ----------
    network
        The roads of one mode.
    sites
        The ``sites`` table. Of equally near ones the first has it all.
    origins
        The ``origins`` table: the people who are counted.
    limit
        Minutes beyond which land and people belong to no place.
    direction
        ``to`` the sites, or ``from`` them.
    each
        ``site``, or a column of `sites`: the territory of all that share its value.
    cell
        Side of a cell, metres. Borders between territories run along cells, smoothed by up to a
        cell; the outer one is the outline of the catchment of all sites.
    off_road, barriers, max_snap, threads
        As in :func:`slgeo.catchments.catchments`.

    Returns
    -------
    gpd.GeoDataFrame
        The ``territories`` table by ``site``, in the CRS of the roads. A site that is nowhere the
        nearest keeps its row, with nobody and no shape.

    Raises
    ------
    TableError, AccessError
        Where a table or an option makes no sense.
    """
    import geopandas as gpd
    import pandas as pd

    if not limit > 0:
        raise AccessError(f"limit is {limit!r}; give minutes above 0")
    reach = reach_of(
        network,
        sites,
        limit=limit + cell * 60 / 1000 / network.walking_kmh,  # a cell farther, as catchments
        direction=direction,
        each=each,
        max_snap=max_snap,
        threads=threads,
    )
    people = People.of(reach, origins)
    owner, when = nearest_group(reach, reach.hang(people.homes))
    owner[when > limit * MS] = -1
    ground = ground_near(reach, cell=cell, off_road=off_road, barriers=barriers)
    of_cell, time = nearest_group(reach, reach.hang(ground.points))
    shapes = _shapes(reach, ground, limit, of_cell, time)
    figures = _figures(people, shapes, owner)
    frame = pd.DataFrame(
        {
            **figures,
            "area_km2": [shape.area / 1e6 for shape in shapes],
            "reason": pd.Series(reach.reason, dtype=object).to_numpy(),
        },
        index=pd.Index(reach.labels, name="site"),
    )
    made = gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=network.crs)
    )
    checked(made, TERRITORIES, source="territories")
    made.attrs.update(
        mode=network.mode, direction=direction, speeds=network.speeds, limit=float(limit), cell=cell
    )
    return made


def borders(territories: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Draw the borders between territories: where two places are equally near.

    Parameters
    ----------
    territories
        The ``territories`` table.

    Returns
    -------
    gpd.GeoDataFrame
        One row a pair of neighbours: ``site``, ``other``, ``km``, and the border between them.
    """
    import geopandas as gpd
    import shapely

    shapes = territories.geometry.to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, two = one[one < two], two[one < two]
    order = np.lexsort((two, one))
    one, two = one[order], two[order]
    lines: Any = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[two]))
    lines = np.array([_merged(line) for line in lines], object)
    kept = shapely.length(lines) > 0
    names = territories.index
    return gpd.GeoDataFrame(
        {
            "site": names[one[kept]],
            "other": names[two[kept]],
            "km": shapely.length(lines[kept]) / 1000,
        },
        geometry=gpd.GeoSeries(lines[kept], crs=territories.crs),
        crs=territories.crs,
    )


def nearest_group(reach: Reach, hits: Ends) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Find the nearest group of each point; of equally near ones the first.

    Returns
    -------
    tuple
        Position of the group (-1: none within the limit), and milliseconds.
    """
    owner = np.full(len(hits), -1, np.int32)
    best = np.full(len(hits), NEVER, np.int32)
    for group, found, milliseconds in reach.times(hits):
        nearer = milliseconds < best[found]
        best[found[nearer]] = milliseconds[nearer]
        owner[found[nearer]] = group
    return owner, best


def _shapes(
    reach: Reach,
    ground: Ground,
    limit: float,
    owner: NDArray[np.int32],
    time: NDArray[np.int32],
) -> NDArray[np.object_]:
    """Divide the outline of all sites together among the groups."""
    import shapely
    from rasterio.features import shapes as blocks
    from rasterio.transform import Affine
    from scipy.ndimage import distance_transform_edt

    out = np.full(len(reach), None, object)
    out[:] = shapely.MultiPolygon()
    some = np.flatnonzero(owner >= 0)
    if not len(some):
        return out
    surface = laid_out(reach, ground, "", some, time[some])
    (outline,) = outlines(surface, [limit])
    shapely.prepare(outline)
    cell = surface.cell
    labels = np.full(np.add(surface.milliseconds.shape, 2 * FRAME), -1, np.int32)
    row = round(surface.north / cell) - 1 - ground.row[some] + FRAME
    column = ground.column[some] - round(surface.west / cell) + FRAME
    labels[row, column] = owner[some]
    _, nearest = distance_transform_edt(labels < 0, return_indices=True)
    west, north = surface.west - FRAME * cell, surface.north + FRAME * cell
    grid = Affine(cell, 0.0, west, 0.0, -cell, north)
    parts: dict[int, list[Any]] = {}
    for block, label in blocks(labels[tuple(nearest)], connectivity=4, transform=grid):
        parts.setdefault(int(label), []).append(shapely.geometry.shape(block))
    groups = np.array(sorted(parts))
    whole: Any = np.array([shapely.multipolygons(parts[label]) for label in groups.tolist()])
    whole = shapely.coverage_simplify(whole, SMOOTH * cell, simplify_boundary=False)
    out[groups] = [polygons_of(shape) for shape in shapely.intersection(whole, outline)]
    return out


def _figures(
    people: People, shapes: NDArray[np.object_], owner: NDArray[np.int32]
) -> dict[str, NDArray[np.float64]]:
    """Count people by time and by drawing, and those on whom the two differ."""
    import shapely

    drawn = np.full(len(owner), -1, np.int32)
    points: Any = shapely.points(people.x, people.y)
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    drawn[point[::-1]] = shape[::-1]  # on a border: the first, as in the count
    size = len(shapes)

    def total(group: NDArray[np.int32], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        of = mask & (group >= 0)
        summed = np.bincount(group[of], weights=people.people[of], minlength=size)
        return summed.astype(np.float64)

    all_of = np.ones(len(owner), bool)
    count, inside = total(owner, all_of), total(drawn, all_of)
    difference = inside - count
    error = np.divide(difference, count, out=np.full(size, np.nan), where=count > 0)
    return {
        "people": count,
        "people_in_drawing": inside,
        "people_difference": difference,
        "drawing_error": error,
        "people_wrongly_in": total(drawn, drawn != owner),
        "people_wrongly_out": total(owner, drawn != owner),
    }


def _merged(shape: BaseGeometry) -> BaseGeometry:
    """Take the lines out of what an overlay made, joined where they meet."""
    import shapely

    parts = shapely.get_parts(shape)
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    made: BaseGeometry = shapely.line_merge(shapely.multilinestrings(lines))
    return made
