"""
From a surface to the outline of each threshold.

The outline at ``m`` minutes is the zero line of ``(time - m)``, cut off at the walk across one cell
either way. So it runs between cells in proportion to their times where the surface is smooth, and
half-way between them where it breaks off: at a river, at the last reached street, at open country.

Three things follow, and are tested. The middle of a cell lies inside exactly when its time is at
most ``m``. A longer time never gives a smaller shape, as ``time - m`` falls everywhere. And every
shape is valid, as its lines cross the grid's lines only between the middles of cells.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.catchments.reach import MS
from slgeo.catchments.surface import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from slgeo.catchments.surface import Surface

    Shapes = NDArray[np.object_]

NEAR: Final = 0.04
"""Least height of the field at a middle, as a share of a cell's walk: keeps lines off the middles
themselves, by a metre at 25 m, so that rings never touch (our choice)."""

DIGITS: Final = 2
"""Outlines are in whole centimetres: neighbours that meet do so exactly."""

_STRICTER: Final = 0.6  # by which a simplification that moved a corner too far is tried again
_ATTEMPTS: Final = 12


def outlines(surface: Surface, minutes: Sequence[float]) -> Shapes:
    """
    Draw the outline of each threshold, holes and separate parts included.

    Parameters
    ----------
    surface
        Its limit must be at least the largest threshold; by the walk across a cell more, the
        largest outline is drawn as exactly as the others.
    minutes
        Thresholds, ascending.

    Returns
    -------
    ndarray of MultiPolygon
        One a threshold, each within the next; empty where no cell is reached.
    """
    import contourpy
    import shapely

    out = np.full(len(minutes), None, object)
    out[:] = shapely.MultiPolygon()
    times = np.pad(surface.milliseconds, 1, constant_values=UNREACHED)
    if not surface.milliseconds.size:
        return out
    rows, columns = times.shape
    # the frame of empty cells lies half a cell beyond the grid's edge
    x = surface.west + (np.arange(columns) - 0.5) * surface.cell
    y = surface.north - (np.arange(rows) - 0.5) * surface.cell
    walk = surface.cell * 3600.0 / surface.walking_kmh
    for place, threshold in enumerate(minutes):
        late = (times - np.floor(threshold * MS + 1e-6)) / walk
        late[times == UNREACHED] = 1.0
        if not (late <= 0).any():
            continue
        field = np.where(late <= 0, np.clip(late, -1.0, -NEAR), np.clip(late, NEAR, 1.0))
        drawn = contourpy.contour_generator(
            x, y, field, name="serial", fill_type=contourpy.FillType.OuterOffset
        ).filled(-2.0, 0.0)
        out[place] = _multi(*drawn)
    return out


def _multi(points: list[NDArray[np.float64]], offsets: list[NDArray[np.uint32]]) -> MultiPolygon:
    """Make polygons of contourpy's: points of the shell, then of each hole, and where they end."""
    import shapely

    coordinates = np.round(np.concatenate(points), DIGITS)
    rings_of = np.array([len(one) - 1 for one in offsets])
    lengths = np.concatenate([np.diff(one.astype(np.int64)) for one in offsets])
    rings: Any = shapely.linearrings(
        coordinates, indices=np.repeat(np.arange(len(lengths)), lengths)
    )
    parts: Any = shapely.polygons(rings, indices=np.repeat(np.arange(len(points)), rings_of))
    shape: MultiPolygon = shapely.multipolygons(parts)
    return shape


def rings_between(shapes: Shapes) -> Shapes:
    """
    Take each shape without the one before it.

    Parameters
    ----------
    shapes
        Each within the next.

    Returns
    -------
    ndarray of MultiPolygon
        Shapes that share their borders and do not overlap.
    """
    import shapely

    out = shapes.copy()
    out[1:] = shapely.difference(shapes[1:], shapes[:-1])
    out[:] = [polygons_of(shape) for shape in out]
    return out


def simplified(shapes: Shapes, tolerance: float) -> Shapes:
    """
    Leave out corners, moving no outline by more than a tolerance, and keep each within the next.

    The shapes are simplified together, as the borders of neighbouring rings (Visvalingam and
    Whyatt's rule on a coverage), so that what lay inside stays inside.

    Parameters
    ----------
    shapes
        Each within the next.
    tolerance
        Metres; 0 changes nothing.

    Returns
    -------
    ndarray of MultiPolygon
    """
    import shapely

    if not tolerance > 0 or shapely.is_empty(shapes).all():
        return shapes
    rings = rings_between(shapes)
    some = ~shapely.is_empty(rings)
    step = tolerance
    for _ in range(_ATTEMPTS):
        thin = rings.copy()
        thin[some] = shapely.coverage_simplify(rings[some], step)
        made = _stacked(thin)
        if shapely.is_valid(made).all() and _moved(shapes, made) <= tolerance:
            return made
        step *= _STRICTER
    return shapes


def _stacked(rings: Shapes) -> Shapes:
    """Put rings together again: each with all that lie within it."""
    import shapely

    out = rings.copy()
    for below, here in pairwise(range(len(rings))):
        out[here] = shapely.coverage_union(out[below], rings[here])
    out[:] = [polygons_of(shape) for shape in out]
    return out


def _moved(before: Shapes, after: Shapes) -> float:
    """Measure how far the outline moved at the corner that it moved most."""
    import shapely

    most = 0.0
    for old, new in zip(before, after, strict=True):
        if not old.is_empty:
            border = shapely.boundary(new)
            shapely.prepare(border)
            corners: Any = shapely.points(shapely.get_coordinates(old))
            most = max(most, float(shapely.distance(corners, border).max()))
    return most


def polygons_of(shape: BaseGeometry) -> MultiPolygon:
    """Keep the polygons of what an overlay made, as one multipolygon."""
    import shapely

    parts = shapely.get_parts(shape)
    kept = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    made: MultiPolygon = shapely.multipolygons(kept[~shapely.is_empty(kept)])
    return made
