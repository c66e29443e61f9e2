"""
A national list for one place: what lies in its areas is kept, what lies elsewhere is counted.

A list of the whole country is the normal thing to have; a study of one county wants its own places
and those around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.places.postcodes import normalise

if TYPE_CHECKING:
    from typing import Any

    import geopandas as gpd
    import numpy as np
    from shapely import STRtree

    from slgeo.places.postcodes import PostcodeIndex


def within_areas(
    sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, postcodes: PostcodeIndex | None = None
) -> tuple[gpd.GeoDataFrame, str]:
    """
    Keep the sites that lie in any of the areas, and those that may.

    Parameters
    ----------
    sites
        A sites table in the CRS of ``areas``.
    areas
        The areas table, context included.
    postcodes
        The index the sites were placed with. A site that could not be placed is kept, so that it
        is listed, unless its postcode is of a sector (``LE15 6``) that the index has none of: a
        local postcode file tells nothing of the rest of the country.

    Returns
    -------
    tuple of GeoDataFrame and str
        The sites kept, and a sentence that counts the others.

    Notes
    -----
    A point on the border of an area is in it. Sites within their error radius of an area are kept
    too: a postcode's point may lie just across the border from its building.
    """
    import numpy as np
    import shapely

    placed = sites.geometry.notna().to_numpy()
    keep = np.zeros(len(sites), dtype=bool)
    radius = sites.loc[placed, "error_radius"].fillna(0.0).to_numpy(float)
    tree = shapely.STRtree(np.asarray(areas.geometry, dtype=object))
    keep[placed] = _apart(tree, np.asarray(sites.geometry[placed], dtype=object)) <= radius
    lost = np.flatnonzero(~placed)
    keep[lost] = [not _elsewhere(text, postcodes) for text in sites["postcode"].iloc[lost]]
    away = int((~keep[placed]).sum())
    unknown = int((~keep[lost]).sum())
    said = f"{int(keep.sum()):,} of {len(sites):,} places lie in the areas of the boundary file"
    if away:
        said += f"; {away:,} lie elsewhere"
    if unknown:
        said += f"; {unknown:,} have postcodes of sectors that the postcode file does not have"
    return sites[keep], said


def _apart(tree: STRtree, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Metres from each point to the nearest area."""
    import numpy as np

    apart = np.full(len(points), np.inf)
    if len(points) and len(tree):
        (which, _), metres = tree.query_nearest(points, return_distance=True, all_matches=False)
        apart[which] = metres
    return apart


def _elsewhere(text: object, postcodes: PostcodeIndex | None) -> bool:
    """Tell whether a postcode is of a sector that the index has none of."""
    code = normalise(text) if isinstance(text, str) else None
    return code is not None and postcodes is not None and not postcodes.has_sector(code)
