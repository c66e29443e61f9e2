"""
From seeds to small areas: a Voronoi tessellation, merged, so that shared edges are identical.

Every corner of every area is a vertex of one tessellation: no polygon is ever cut, and the areas
are a valid coverage (no gap, no overlap) however they are merged. Banks of rivers, the coast and
the border are drawn by pairs of points on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi, cKDTree

from slgeo.examples.land import Land, rounded
from slgeo.examples.settlements import BLOB, GOLDEN, ISLAND, VILLAGE, Seeds, Settlements, lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ACROSS = 5_000.0
"""Metres a river counts for when areas are grown, so that areas end at rivers."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """
    Points whose Voronoi cells are merged into areas.

    Parameters
    ----------
    x, y
        Metres.
    area
        Position of the area each belongs to, -1 outside the district.
    settled
        Whether people live there.
    polygons
        One polygon an area.
    """

    x: Floats
    y: Floats
    area: Ints
    settled: NDArray[np.bool_]
    polygons: NDArray[Any]

    def area_of(self, x: Floats, y: Floats) -> Ints:
        """Area each point lies in, -1 outside: a Voronoi cell is where its point is nearest."""
        _, nearest = cKDTree(np.column_stack([self.x, self.y])).query(np.column_stack([x, y]))
        found: Ints = self.area[nearest]
        return found


def grow(land: Land, places: Settlements, seeds: Seeds, rng: np.random.Generator) -> Cells:
    """Grow one area round each seed."""
    x, y, settled = _points(land, places, seeds, rng)
    inside = land.inside(x, y)
    area = np.full(len(x), -1)
    area[inside] = _nearest_seed(land, places, seeds, x[inside], y[inside])
    tessellation = Voronoi(np.column_stack([x, y]))
    pairs = tessellation.ridge_points
    area = _connected(area, pairs, len(seeds.x))
    return Cells(x, y, area, settled & (area >= 0), _merge(tessellation, area, len(seeds.x)))


def _points(
    land: Land, places: Settlements, seeds: Seeds, rng: np.random.Generator
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Lay the points: fixed pairs and seeds first, then where people live, then open country."""
    lines = _lines(land)
    own = np.column_stack([seeds.x, seeds.y])  # so that every area has a cell
    homes = _clear(_clear(_homes(places, rng), lines, 75.0), own, 40.0)
    homes = np.concatenate([own, homes])
    per_area = land.width * land.height / max(1, int((places.kind >= 1).sum()))
    pitch = (per_area / 7) ** 0.5
    x, y = lattice(land, pitch, rng.uniform(0, 1, 2))
    jitter = rng.uniform(-0.3, 0.3, (2, len(x))) * pitch
    country = np.column_stack([x, y]) + jitter.T
    country = _clear(_clear(country, lines, min(220.0, pitch / 3)), homes, min(260.0, pitch / 3))
    points = rounded(np.concatenate([lines, homes, country]))
    points, first = np.unique(points, axis=0, return_index=True)
    settled = (first >= len(lines)) & (first < len(lines) + len(homes))
    return points[:, 0], points[:, 1], settled


def _clear(points: Floats, of: Floats, distance: float) -> Floats:
    apart, _ = cKDTree(of).query(points, distance_upper_bound=distance)
    kept: Floats = points[~np.isfinite(apart)]
    return kept


def _lines(land: Land, step: float = 200.0, off: float = 55.0) -> Floats:
    """Pairs of points on both sides of rivers, coast, border and the island's shore."""
    around = land.outline(step)
    curves = [(around[:, 0], around[:, 1])]
    for row in range(land.rows):
        line = land.river_line(row, step)
        deep = land.depth(line[:, 0], line[:, 1]) > 150
        curves.append((line[deep, 0], line[deep, 1]))
    curves.append(land.shore(step))
    return np.concatenate([_both_sides(a, b, off) for a, b in curves])


def _both_sides(x: Floats, y: Floats, off: float) -> Floats:
    dx, dy = np.gradient(x), np.gradient(y)
    long = np.hypot(dx, dy)
    nx, ny = -dy / long * off, dx / long * off
    return np.concatenate([np.column_stack([x + nx, y + ny]), np.column_stack([x - nx, y - ny])])


def _homes(places: Settlements, rng: np.random.Generator) -> Floats:
    """Points where people live: nine an area in towns, seven in villages, some in hamlets."""
    several = np.flatnonzero(places.areas > 1)
    alone = np.flatnonzero(places.areas == 1)
    each = np.concatenate([places.areas[several] * 9, np.full(len(alone), 7)])
    which = np.repeat(np.concatenate([several, alone]), each)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(each) - each, each)
    far = np.sqrt((turn + 0.5) / np.repeat(each, each)) * places.radius[which] * 1.08
    angle = turn * GOLDEN + places.angle[which] + 1.0
    near = np.column_stack(
        [places.x[which] + far * np.cos(angle), places.y[which] + far * np.sin(angle)]
    )
    near += rng.normal(0, 1, near.shape) * np.minimum(places.radius[which], 600)[:, None] * 0.06
    hamlets = np.repeat(np.flatnonzero(places.kind == VILLAGE), 2)
    direction = rng.uniform(0, 2 * np.pi, len(hamlets))
    away = rng.uniform(650, 1_000, len(hamlets))
    scattered = np.column_stack(
        [places.x[hamlets] + away * np.cos(direction), places.y[hamlets] + away * np.sin(direction)]
    )
    return np.concatenate([near, scattered])


def _nearest_seed(land: Land, places: Settlements, seeds: Seeds, x: Floats, y: Floats) -> Ints:
    """Give each point its nearest seed on its own bank; a town keeps to itself."""
    bank = land.bank(x, y) * ACROSS
    kind = places.kind[seeds.settlement]
    spots = np.column_stack([seeds.x, seeds.y, land.bank(seeds.x, seeds.y) * ACROSS])
    points = np.column_stack([x, y, bank])
    island = land.depth_island(x, y) > 0
    main = np.flatnonzero(kind != ISLAND)
    _, near = cKDTree(spots[main]).query(points)
    area = main[near]
    home = seeds.settlement[area]
    apart = np.hypot(x - places.x[home], y - places.y[home])
    country = (places.kind[home] == 0) & (apart > BLOB * places.radius[home] + 250)
    rural = np.flatnonzero((kind != ISLAND) & (kind != 0))
    if len(rural):
        _, near = cKDTree(spots[rural]).query(points[country])
        area[country] = rural[near]
    area[island] = int(np.flatnonzero(kind == ISLAND)[0])
    return area.astype(np.int64)


def _connected(area: Ints, pairs: NDArray[np.int32], areas: int) -> Ints:
    """Hand every piece cut off from its area to a neighbour, until each area is in one piece."""
    area = area.copy()
    for _ in range(20):
        a, b = pairs[:, 0], pairs[:, 1]
        same = (area[a] == area[b]) & (area[a] >= 0)
        links = coo_matrix((np.ones(int(same.sum())), (a[same], b[same])), shape=(len(area),) * 2)
        _, piece = connected_components(links, directed=False)
        size = np.bincount(piece)
        inside = np.flatnonzero(area >= 0)
        largest = np.full(areas, -1)
        order = inside[np.argsort(size[piece[inside]], kind="stable")]
        largest[area[order]] = piece[order]
        lost = np.zeros(len(area), dtype=bool)
        lost[inside] = piece[inside] != largest[area[inside]]
        if not lost.any():
            return area
        for p, q in ((a, b), (b, a)):
            give = lost[p] & ~lost[q] & (area[q] >= 0)
            area[p[give]] = area[q[give]]
    return area


def _merge(tessellation: Voronoi, area: Ints, areas: int) -> NDArray[Any]:
    """Merge the cells of each area into one polygon, vertex by vertex."""
    import shapely

    vertices = rounded(tessellation.vertices)
    inside = np.flatnonzero(area >= 0)
    regions = [tessellation.regions[tessellation.point_region[i]] for i in inside]
    sizes = np.array([len(r) for r in regions])
    flat = np.concatenate([np.asarray(r) for r in regions])
    if flat.min() < 0:
        raise AssertionError("a cell of the example district is open: its border is not closed")
    rings = shapely.linearrings(vertices[flat], indices=np.repeat(np.arange(len(inside)), sizes))
    cells = shapely.polygons(rings)
    order = np.argsort(area[inside], kind="stable")
    starts = np.searchsorted(area[inside][order], np.arange(areas + 1))
    merged = [
        shapely.coverage_union_all(cells[order[starts[k] : starts[k + 1]]]) for k in range(areas)
    ]
    return shapely.normalize(np.array(merged))
