"""
Geometry and values as a page carries them: simplified, on a grid, shared borders once, packed.

Borders are kept once, as steps on a grid of degrees, in columns that compress well. They are made
from a clean coverage (areas that neither overlap nor leave slivers), simplified along shared
borders so that neighbours stay together, and checked: :func:`encode` measures how far any border
moved, and whether neighbours still share theirs exactly, and simplifies less until both are as they
should be.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import PageError
from slgeo.maps import arcs as borders

if TYPE_CHECKING:
    import geopandas as gpd

MAX_ERROR: Final = 25.0
"""Metres a border may move: less than the width of the line that draws it at the opening zoom."""

MAX_AREAS: Final = 40_000
"""More than every small area of England, Wales and Scotland is not one page."""

TRIALS: Final = ((20.0, 2.0), (12.0, 2.0), (6.0, 1.0), (2.0, 0.5), (0.0, 0.1))
"""Metres of simplification and of the grid, tried in turn until the error is within bounds."""

GAP: Final = 1.0
"""Metres: gaps up to this wide between areas as published are closed before anything else."""

METRES: Final = 111_320.0
"""Metres in a degree of latitude, near enough for the size of a step."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Encoded:
    """
    Geometry ready for a page.

    Parameters
    ----------
    geometry
        What :func:`decode` reads, one entry an area in the order given. ``scale`` and ``corner``
        turn steps into degrees; ``points`` counts the points of each piece of border; ``x`` and
        ``y`` are the steps from point to point, on from one piece to the next; ``areas`` lists for
        each area its polygons, for each its rings, for each its pieces: 0 for the next new piece,
        k for the one k before the next new one, run backwards, -k for it run forwards.
    error
        Largest distance in metres between a border as given and as drawn.
    points
        Number of points kept.
    shared
        Whether neighbours share their borders exactly, so that there is neither gap nor overlap.
    """

    geometry: dict[str, Any]
    error: float
    points: int
    shared: bool


def pack(value: object) -> str:
    """
    Write JSON, compress it and spell it in base64: the same text for the same value.

    Examples
    --------
    >>> unpack(pack({"minutes": [1, 2]}))
    {'minutes': [1, 2]}
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")


def unpack(text: str) -> Any:  # noqa: ANN401 - JSON holds any type
    """Undo :func:`pack`."""
    return json.loads(gzip.decompress(base64.b64decode(text)))


def encode(shapes: gpd.GeoSeries, *, max_error: float = MAX_ERROR) -> Encoded:
    """
    Turn area boundaries into pieces of border that neighbours share.

    Parameters
    ----------
    shapes
        Polygons in a CRS measured in metres.
    max_error
        Metres a border may move.

    Raises
    ------
    PageError
        Where there are too many areas for one page, or an area has no shape.
    """
    if len(shapes) > MAX_AREAS:
        raise PageError(
            f"{len(shapes):,} areas are too many for one page (at most {MAX_AREAS:,}): "
            "dissolve them to a larger geography first, for example LSOA to MSOA"
        )
    clean = cleaned(shapes)
    near_enough: list[Encoded] = []
    moved = 0.0
    for tolerance, step in TRIALS:
        simple, moved = _simplified(clean, tolerance)
        if moved > max_error:
            continue
        tried = _encoded(shapes, simple, step)
        moved = tried.error
        if moved <= max_error and tried.shared:
            return tried
        if moved <= max_error:
            near_enough.append(tried)
    if near_enough:
        return near_enough[0]
    raise PageError(
        f"borders would move by {moved:.0f} m on the page, more than the {max_error:.0f} m "
        "allowed, even without simplifying: the areas overlap or leave gaps; use boundaries from "
        "one publication"
    )


def cleaned(shapes: gpd.GeoSeries) -> np.ndarray:
    """Make every shape valid and the whole a coverage; shapes keep their order."""
    import shapely

    polygons = shapely.make_valid(
        np.asarray(shapes.array), method="structure", keep_collapsed=False
    )
    bare = shapes.index[np.asarray(shapely.is_empty(polygons) | shapely.is_missing(polygons))]
    if len(bare):
        raise PageError(
            f"{len(bare)} areas have no shape to draw (first: {', '.join(map(str, bare[:5]))}): "
            "give each area a polygon"
        )
    if not shapely.coverage_is_valid(polygons, gap_width=GAP):
        mended = shapely.coverage_clean(polygons, gap_width=GAP)  # type: ignore[attr-defined]  # new in 2.2
        lost = shapely.is_empty(mended)
        polygons = np.where(lost, polygons, mended)
    return np.asarray(polygons)


def crs_of(shapes: gpd.GeoSeries) -> Any:  # noqa: ANN401 - pyproj's CRS
    """
    Give the CRS of some shapes.

    Raises
    ------
    PageError
        Where it is not stated: a page cannot be drawn of shapes that could be anywhere.
    """
    if shapes.crs is None:
        raise PageError("the areas have no CRS: read them from a file that states it, or set it")
    return shapes.crs


def decode(geometry: dict[str, Any]) -> list[Any]:
    """Turn the columns back into polygons in degrees: what a reader of the page sees."""
    import shapely

    scale, corner = np.array(geometry["scale"]), np.array(geometry["corner"])
    steps = np.column_stack([geometry["x"], geometry["y"]]).astype(np.int64).reshape(-1, 2)
    points = np.cumsum(steps, axis=0) * scale + corner
    lines = np.split(points, np.cumsum(geometry["points"])[:-1])
    made, new = [], 0
    for area in geometry["areas"]:
        polygons = []
        for polygon in area:
            rings = []
            for ring in polygon:
                parts = []
                for code in ring:
                    at = new - abs(code)
                    parts.append(lines[at][::-1] if code > 0 else lines[at])
                    new += code == 0
                rings.append(np.vstack([parts[0], *(part[1:] for part in parts[1:])]))
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
        made.append(shapely.MultiPolygon(polygons))
    return made


def _simplified(clean: np.ndarray, tolerance: float) -> tuple[np.ndarray, float]:
    """Simplify borders together, and say how far one moved at most."""
    import shapely

    if not tolerance:
        return clean, 0.0
    simple = shapely.coverage_simplify(clean, tolerance)
    simple = np.where(shapely.is_empty(simple), clean, simple)
    return simple, float(np.max(shapely.hausdorff_distance(clean, simple), initial=0.0))


def _encoded(shapes: gpd.GeoSeries, simple: np.ndarray, step: float) -> Encoded:
    """Lay on the grid, share borders, and measure."""
    import geopandas as gpd
    import shapely

    degrees = gpd.GeoSeries(simple, crs=shapes.crs).to_crs(4326)
    geometry, points = _pieces(degrees, step)
    drawn = gpd.GeoSeries(decode(geometry), crs=4326).to_crs(crs_of(shapes))
    error = shapely.hausdorff_distance(np.asarray(shapes.array), np.asarray(drawn.array))
    shared = bool(shapely.coverage_is_valid(np.asarray(drawn.array)))
    return Encoded(geometry, float(np.max(error, initial=0.0)), points, shared)


def _pieces(degrees: gpd.GeoSeries, metres: float) -> tuple[dict[str, Any], int]:
    """Lay polygons on a grid of equal steps on the ground, and cut their borders."""
    import shapely

    west, south, _, north = map(float, degrees.total_bounds)
    squash = float(np.cos(np.radians((south + north) / 2)))
    step = metres / METRES
    scale = np.array([step / squash, step])
    parts, owner = shapely.get_parts(np.asarray(degrees.array), return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    grid = np.rint((points - [west, south]) / scale).astype(np.int64)
    kept = _thinned(grid, ring_of)
    full = [i for i, ring in enumerate(kept) if len(ring) >= 4]
    pieces = borders.cut([kept[i] for i in full])
    # Rings in the order they are written, so that new pieces come in their own order.
    made = dict(zip(full, pieces.rings, strict=True))
    polygons: list[list[list[int]]] = [[] for _ in parts]
    for ring, part in enumerate(part_of):
        if ring in made:
            polygons[part].append(made[ring])
    areas: list[list[list[list[int]]]] = [[] for _ in degrees]
    for part, area in enumerate(owner):
        if polygons[part]:
            areas[area].append(polygons[part])
    steps = np.diff(np.concatenate(pieces.arcs), axis=0, prepend=0)
    geometry = {
        "scale": scale.tolist(),
        "corner": [west, south],
        "points": [len(arc) for arc in pieces.arcs],
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "areas": _codes(areas),
    }
    return geometry, len(steps)


def _codes(areas: list[list[list[list[int]]]]) -> list[list[list[list[int]]]]:
    """Write pieces by how long ago they were new, which compresses better than their numbers."""
    new = 0

    def code(piece: int) -> int:
        nonlocal new
        if piece == new:
            new += 1
            return 0
        return new - ~piece if piece < 0 else piece - new

    return [[[[code(p) for p in ring] for ring in part] for part in area] for area in areas]


def _thinned(grid: np.ndarray, ring_of: np.ndarray) -> list[np.ndarray]:
    """Split points into rings, without points equal to the one before."""
    new_ring = np.r_[True, ring_of[1:] != ring_of[:-1]]
    moved = np.r_[True, (grid[1:] != grid[:-1]).any(axis=1)]
    keep = new_ring | moved
    grid, ring_of = grid[keep], ring_of[keep]
    starts = np.flatnonzero(np.r_[True, ring_of[1:] != ring_of[:-1]])
    return np.split(grid, starts[1:])
