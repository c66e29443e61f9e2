"""
Ways into large grounds: where roads and paths cross the boundary of a hospital, a park or a campus.

One point in the middle of a large site joins whatever road is nearest, which may be a service yard
on the wrong side. People come in by an entrance: times are computed to each, and the least counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import NetworkError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import STRtree

    from slgeo.network.model import Network

APART: Final = 10.0
"""Metres: crossings within a cell of this size are one entrance, as OS access points are taken."""

_POLYGONS: Final = (3, 6)  # as shapely numbers Polygon and MultiPolygon


def find_entrances(network: Network, grounds: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """
    Find where usable roads lead into grounds.

    Parameters
    ----------
    network
        The roads of the mode.
    grounds
        Polygons by site, in the CRS of the network.

    Returns
    -------
    gpd.GeoDataFrame
        Points, index ``site`` and ``entrance`` (0, 1, ... in order of x and y), with ``way`` (the
        road that leads in; -1 where none does). A site that no road enters has one row, the point
        of its ground that is nearest to a usable road, or any where there is none. Missing and
        empty grounds have no row.

    Raises
    ------
    NetworkError
        Where the grounds are in another CRS, or are not polygons.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from slgeo.network import Network, find_entrances
    >>> street = Network.from_edges([0, 100], [0, 0], [0], [1])
    >>> hospital = gpd.GeoSeries([box(60, -30, 200, 30)], index=["H1"], crs="EPSG:27700")
    >>> find_entrances(street, hospital).geometry.iloc[0].wkt
    'POINT (60 0)'
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    if grounds.crs is None or grounds.crs != network.crs:
        raise NetworkError(f"the grounds must be in the CRS of the roads, {network.crs}")
    every = np.asarray(grounds, object)
    placed = ~(shapely.is_missing(every) | shapely.is_empty(every))
    shapes, sites = every[placed], grounds.index[placed]
    if not np.isin(shapely.get_type_id(shapes), _POLYGONS).all():
        raise NetworkError("grounds are polygons; a point is its own entrance")
    edges = np.flatnonzero(network.usable)
    ends = np.stack([network.tail[edges], network.head[edges]], axis=1)
    lines: Any = shapely.linestrings(np.stack([network.x[ends], network.y[ends]], axis=2))
    tree = shapely.STRtree(lines)
    rims = shapely.boundary(shapes)
    ground, line = tree.query(rims, predicate="intersects")
    crossings = shapely.intersection(rims[ground], lines[line])
    points, at = shapely.get_parts(crossings, return_index=True)
    points = shapely.centroid(points)  # a road along the boundary crosses it over a stretch
    found = pd.DataFrame({"ground": ground[at], "way": network.way[edges[line[at]]]})
    found["x"], found["y"] = shapely.get_x(points), shapely.get_y(points)
    found["i"], found["j"] = found["x"] // APART, found["y"] // APART
    found = found.sort_values(["ground", "x", "y", "way"]).drop_duplicates(["ground", "i", "j"])
    closed = np.setdiff1d(np.arange(len(shapes)), found["ground"].to_numpy())
    if len(closed):
        rest = _nearest_points(shapes, closed, tree, lines)
        found = pd.concat([found, rest]).sort_values(["ground", "x", "y"])
    number = found.groupby("ground").cumcount().to_numpy()
    index = pd.MultiIndex.from_arrays(
        [sites[found["ground"].to_numpy()], number], names=["site", "entrance"]
    )
    places = gpd.points_from_xy(found["x"], found["y"])
    way = {"way": found["way"].to_numpy(np.int64)}
    return gpd.GeoDataFrame(way, geometry=places, index=index, crs=network.crs)


def _nearest_points(
    shapes: NDArray[np.object_],
    closed: NDArray[np.int64],
    tree: STRtree,
    lines: NDArray[np.object_],
) -> pd.DataFrame:
    """Take the point of each ground that is nearest to a road, where no road crosses its rim."""
    import pandas as pd
    import shapely

    shapes = shapes[closed]
    if len(lines):
        bridges = shapely.shortest_line(shapes, lines[tree.nearest(shapes)])
        points = shapely.get_point(bridges, 0)
    else:
        points = shapely.point_on_surface(shapes)
    return pd.DataFrame(
        {"ground": closed, "way": -1, "x": shapely.get_x(points), "y": shapely.get_y(points)}
    )
