"""Which areas lie side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    Positions: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]


def contiguous(shapes: gpd.GeoSeries) -> pd.Series[Any]:
    """
    Group polygons that share a stretch of border, directly or through others.

    Parameters
    ----------
    shapes
        Polygons in a metric CRS.

    Returns
    -------
    pd.Series
        Number of the group of each polygon, from 0 in order of first appearance. Touching at a
        corner does not make a group.
    """
    left, right = neighbours(shapes)
    return pd.Series(joined(left, right, len(shapes)), index=shapes.index, name="stretch")


def neighbours(shapes: gpd.GeoSeries) -> tuple[Positions, Positions]:
    """
    Find the pairs of polygons that share a stretch of border.

    Parameters
    ----------
    shapes
        Polygons in a metric CRS.

    Returns
    -------
    tuple of np.ndarray
        Positions of the first and the second of each pair, every pair once.
    """
    import shapely

    outlines = np.asarray(shapes.array)
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    # a shared border has length; a shared corner has none
    beside = shapely.length(shapely.intersection(outlines[left], outlines[right])) > 0
    return left[beside], right[beside]


def joined(left: Positions, right: Positions, count: int) -> Positions:
    """
    Give a number to each group that pairs of neighbours make.

    Parameters
    ----------
    left, right
        Pairs, as :func:`neighbours` gives them.
    count
        How many polygons there are.

    Returns
    -------
    np.ndarray
        Group of each polygon.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left)), (left, right)), shape=(count, count))
    return connected_components(graph, directed=False)[1] if count else np.empty(0, dtype=int)
