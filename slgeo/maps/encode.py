"""
Geometry and values as a page carries them: simplified, on a grid, shared borders once, packed.

The geometry is TopoJSON in degrees. It is made from a clean coverage (areas that neither overlap
nor leave slivers), simplified along shared borders so that neighbours stay together, and checked:
:func:`encode` measures how far any border moved and simplifies less until it is within bounds.
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

TOLERANCES: Final = (20.0, 12.0, 6.0, 2.0, 0.0)
"""Metres of simplification, tried in turn until the error is within bounds."""

STEPS: Final = 100_000
"""Grid steps across the longer side of the map."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Encoded:
    """
    Geometry ready for a page.

    Parameters
    ----------
    topology
        TopoJSON, one geometry an area in the order given.
    error
        Largest distance in metres between a border as given and as drawn.
    points
        Number of points kept.
    """

    topology: dict[str, Any]
    error: float
    points: int


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
    Turn area boundaries into TopoJSON.

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
    tried: Encoded | None = None
    for tolerance in TOLERANCES:
        tried = _encoded(shapes, clean, tolerance)
        if tried.error <= max_error:
            return tried
    if tried is None or tried.error > max_error:
        raise PageError(
            f"borders would move by {tried.error if tried else 0:.0f} m on the page, more than the "
            f"{max_error:.0f} m allowed, even without simplifying: the areas overlap or leave "
            "gaps; use boundaries from one publication"
        )
    return tried


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
    if not shapely.coverage_is_valid(polygons):
        mended = shapely.coverage_clean(polygons)  # type: ignore[attr-defined]  # new in 2.2
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


def decode(topology: dict[str, Any]) -> list[Any]:
    """Turn TopoJSON back into polygons in degrees: what a reader of the page sees."""
    import shapely

    scale = np.array(topology["transform"]["scale"])
    corner = np.array(topology["transform"]["translate"])
    lines = [np.cumsum(np.array(arc), axis=0) * scale + corner for arc in topology["arcs"]]
    made = []
    for geometry in topology["objects"]["areas"]["geometries"]:
        polygons = []
        for polygon in geometry["arcs"]:
            rings = [_stitch(ring, lines) for ring in polygon]
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
        made.append(shapely.MultiPolygon(polygons))
    return made


def _stitch(ring: list[int], lines: list[np.ndarray]) -> np.ndarray:
    parts = [lines[i] if i >= 0 else lines[~i][::-1] for i in ring]
    return np.vstack([parts[0], *(part[1:] for part in parts[1:])])


def _encoded(shapes: gpd.GeoSeries, clean: np.ndarray, tolerance: float) -> Encoded:
    """Simplify, lay on the grid, share borders, and measure."""
    import geopandas as gpd
    import shapely

    simple = shapely.coverage_simplify(clean, tolerance) if tolerance else clean
    simple = np.where(shapely.is_empty(simple), clean, simple)
    degrees = gpd.GeoSeries(simple, crs=shapes.crs).to_crs(4326)
    topology, points = _topology(degrees)
    drawn = gpd.GeoSeries(decode(topology), crs=4326).to_crs(crs_of(shapes))
    error = shapely.hausdorff_distance(np.asarray(shapes.array), np.asarray(drawn.array))
    return Encoded(topology, float(np.max(error, initial=0.0)), points)


def _topology(degrees: gpd.GeoSeries) -> tuple[dict[str, Any], int]:
    """Lay polygons on a grid of equal steps on the ground, and cut their borders."""
    import shapely

    west, south, east, north = map(float, degrees.total_bounds)
    squash = float(np.cos(np.radians((south + north) / 2)))
    step = max((east - west) * squash, north - south, 1e-6) / STEPS
    scale = np.array([step / squash, step])
    parts, owner = shapely.get_parts(np.asarray(degrees.array), return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    grid = np.rint((points - [west, south]) / scale).astype(np.int64)
    kept = _thinned(grid, ring_of)
    full = {i for i, ring in enumerate(kept) if len(ring) >= 4}
    pieces = borders.cut([kept[i] for i in sorted(full)])
    made = dict(zip(sorted(full), pieces.rings, strict=True))
    polygons: list[list[list[int]]] = [[] for _ in parts]
    for ring, part in enumerate(part_of):
        if ring in made:
            polygons[part].append(made[ring])
    shapes: list[list[list[list[int]]]] = [[] for _ in degrees]
    for part, area in enumerate(owner):
        if polygons[part]:
            shapes[area].append(polygons[part])
    topology = {
        "type": "Topology",
        "transform": {"scale": scale.tolist(), "translate": [west, south]},
        "objects": {
            "areas": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiPolygon", "arcs": shape} for shape in shapes],
            }
        },
        "arcs": [_deltas(arc) for arc in pieces.arcs],
    }
    return topology, sum(len(arc) for arc in pieces.arcs)


def _thinned(grid: np.ndarray, ring_of: np.ndarray) -> list[np.ndarray]:
    """Split points into rings, without points equal to the one before."""
    new_ring = np.r_[True, ring_of[1:] != ring_of[:-1]]
    moved = np.r_[True, (grid[1:] != grid[:-1]).any(axis=1)]
    keep = new_ring | moved
    grid, ring_of = grid[keep], ring_of[keep]
    starts = np.flatnonzero(np.r_[True, ring_of[1:] != ring_of[:-1]])
    return np.split(grid, starts[1:])


def _deltas(arc: np.ndarray) -> list[list[int]]:
    out: list[list[int]] = np.vstack([arc[:1], np.diff(arc, axis=0)]).tolist()
    return out
