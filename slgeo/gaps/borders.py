"""Which areas lie side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd


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
    import shapely
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    outlines = np.asarray(shapes.array)
    count = len(outlines)
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    # a shared border has length; a shared corner has none
    joined = shapely.length(shapely.intersection(outlines[left], outlines[right])) > 0
    ones = np.ones(int(joined.sum()))
    graph = coo_array((ones, (left[joined], right[joined])), shape=(count, count))
    group = connected_components(graph, directed=False)[1] if count else np.empty(0, dtype=int)
    return pd.Series(group, index=shapes.index, name="stretch")
