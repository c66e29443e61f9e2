"""
Which road each cell of a grid joins: by the rule that an origin joins one.

The middle of a cell joins the nearest road that may be joined, however far round the way from it
is, and the walk to that road is charged. So a river keeps its banks apart without being known: the
far bank joins the far road, and is as late as the bridge is far. Where water or another barrier is
given, no walk crosses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.catchments.joining import bins_of, join_cells, mark_tiles
from slgeo.errors import AccessError
from slgeo.network.snapping import Snapped
from slgeo.routing.search import in_chunks

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely
    from numpy.typing import NDArray

    from slgeo.network.model import Network

OFF_ROAD: Final = 250.0
"""Metres off the road that are drawn (our choice): 99 % of Rutland's people and 99.9 % of Newport's
live nearer, and what is left blank is open country. Counts know no such limit but ``max_snap``."""

ISLAND: Final = 5000.0
"""Metres of road from which a piece apart from all others is an island: what lies nearest to it is
not drawn. Shorter pieces are paths that the mapper did not join, or that the extract cut off: the
longest are 2.1 km in Newport, 2.2 km in Rutland, and people beside them join the other roads."""

TILE: Final = 16
"""Cells along the side of a tile: the grid is looked at tile by tile where roads are reached."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ground:
    """
    Cells that join a road.

    Parameters
    ----------
    cell
        Side of a cell, metres. Cell ``(column, row)`` has its south-west corner at ``column * cell,
        row * cell``, so that grids of the same cell fit together whatever they were made for.
    column, row : ndarray of int32, shape (cells,)
        Which cells.
    points
        Their middles as they joined the roads.
    """

    cell: float
    column: NDArray[np.int32]
    row: NDArray[np.int32]
    points: Snapped

    def __len__(self) -> int:
        return len(self.column)


def ground_of(
    network: Network,
    reached: NDArray[np.bool_],
    *,
    cell: float,
    off_road: float = OFF_ROAD,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    threads: int = 1,
) -> Ground:
    """
    Join every cell near a reached road to the road an origin there would join.

    Parameters
    ----------
    network
        The roads.
    reached : ndarray of bool, shape (edges,)
        Edges near which cells are wanted: the rest of the country costs nothing.
    cell
        Side of a cell, metres.
    off_road
        Farthest that a cell's middle may be from its road, metres.
    barriers
        Lines or areas that no off-road walk crosses, such as water.
    threads
        Threads to use; the answer does not depend on it.

    Returns
    -------
    Ground

    Raises
    ------
    AccessError
        Where the cell or the distance makes no sense.
    """
    if not 1 <= cell <= 10_000:
        raise AccessError(f"cell is {cell!r}; give the side of a cell, 1 to 10,000 metres")
    if not 0 <= off_road <= 5_000:
        raise AccessError(f"off_road is {off_road!r}; give 0 to 5,000 metres")
    ends = _ends(network)
    usable = network.snappable & network.usable
    # cells are joined to the nearest road whether it is reached or not; the tiles say where to look
    tiles = mark_tiles(ends, np.flatnonzero(reached & usable), TILE * cell, off_road)
    edges = np.flatnonzero(usable | _islands(network))
    bins = bins_of(ends, edges, max(100.0, cell))

    def chunk(low: int, high: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        found: tuple[NDArray[np.int32], NDArray[np.float64]] = join_cells(
            ends, bins, tiles[low:high], TILE, cell, off_road
        )
        return found

    parts = in_chunks(chunk, len(tiles), threads)
    edge = np.concatenate([part[0] for part in parts])
    place = np.concatenate([part[1] for part in parts])
    kept = edge >= 0
    kept[kept] = usable[edge[kept]]
    across, along = np.meshgrid(np.arange(TILE), np.arange(TILE))
    column = (tiles[:, :1] * TILE + across.ravel()).ravel()[kept]
    row = (tiles[:, 1:] * TILE + along.ravel()).ravel()[kept]
    made = _Cells(network, cell, off_road, column, row, edge[kept], *place[kept].T)
    made.within_hull()
    if barriers is not None:
        made.mind(barriers)
    return Ground(cell, made.column, made.row, made.points())


def _ends(network: Network) -> NDArray[np.float64]:
    """Coordinates of both ends of every edge: x0, y0, x1, y1."""
    return np.stack(
        [
            network.x[network.tail],
            network.y[network.tail],
            network.x[network.head],
            network.y[network.head],
        ],
        axis=1,
    )


def _islands(network: Network) -> NDArray[np.bool_]:
    """Tell which edges belong to a piece of its own, large enough to be an island."""
    of = np.maximum(network.component[network.tail], network.component[network.head])
    metres = np.bincount(of, weights=network.length, minlength=1)
    return network.snappable & (of > 0) & (metres[of] >= ISLAND)


class _Cells:
    """Cells and the roads they joined, while barriers are minded."""

    def __init__(
        self,
        network: Network,
        cell: float,
        off_road: float,
        column: NDArray[np.int64],
        row: NDArray[np.int64],
        edge: NDArray[np.int32],
        fraction: NDArray[np.float64],
        distance: NDArray[np.float64],
    ) -> None:
        self.network, self.cell, self.off_road = network, cell, off_road
        self.column, self.row = column.astype(np.int32), row.astype(np.int32)
        self.edge, self.fraction, self.distance = edge, fraction, distance

    def middles(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of the middles."""
        x, y = self.column.astype(np.float64), self.row.astype(np.float64)
        return (x + 0.5) * self.cell, (y + 0.5) * self.cell

    def joins(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of the joining points."""
        net = self.network
        tail, head = net.tail[self.edge], net.head[self.edge]
        x = net.x[tail] + self.fraction * (net.x[head] - net.x[tail])
        y = net.y[tail] + self.fraction * (net.y[head] - net.y[tail])
        return x, y

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Leave the other cells out."""
        for name in ("column", "row", "edge", "fraction", "distance"):
            setattr(self, name, getattr(self, name)[mask])

    def within_hull(self) -> None:
        """Leave out what lies beyond the roads supplied, as origins there are."""
        import shapely

        hull = self.network.hull
        if not hull.is_empty:
            shapely.prepare(hull)
            self.keep(shapely.intersects_xy(hull, *self.middles()))

    def mind(self, barriers: gpd.GeoSeries | gpd.GeoDataFrame) -> None:
        """Join cells whose walk crosses a barrier to the nearest road on their own side."""
        import shapely

        if barriers.crs is None:
            raise AccessError("the barriers have no CRS; set the one their coordinates are in")
        shapes = barriers.geometry.to_crs(self.network.crs).to_numpy()
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        tree = shapely.STRtree(shapes)
        middle = np.stack(self.middles(), axis=1)
        legs: Any = shapely.linestrings(np.stack([middle, np.stack(self.joins(), 1)], axis=1))
        barred = np.zeros(len(legs), bool)
        barred[tree.query(legs, predicate="intersects")[0]] = True
        # what stands in the water is drawn only where a road runs through the cell: a bridge
        afloat = np.zeros(len(legs), bool)
        some = np.flatnonzero(barred)
        points: Any = shapely.points(middle[some])
        afloat[some[tree.query(points, predicate="intersects")[0]]] = True
        barred &= ~(afloat & (self.distance <= self.cell * np.sqrt(0.5)))
        self._other_roads(np.flatnonzero(barred & ~afloat), barred, tree)
        self.keep(~barred)

    def _other_roads(
        self, cells: NDArray[np.intp], barred: NDArray[np.bool_], barriers: shapely.STRtree
    ) -> None:
        """Look for the nearest road that is reached without crossing; clears `barred` if found."""
        import shapely

        net = self.network
        usable = np.flatnonzero(net.snappable & net.usable)
        ends = _ends(net)[usable].reshape(-1, 2, 2)
        lines: Any = shapely.linestrings(ends)
        roads = shapely.STRtree(lines)
        middle = np.stack(self.middles(), axis=1)
        for part in np.array_split(cells, max(1, len(cells) // 2_000)):
            points: Any = shapely.points(middle[part])
            at, road = roads.query(points, predicate="dwithin", distance=self.off_road)
            start = ends[road, 0]
            along = ends[road, 1] - start
            square = (along**2).sum(axis=1)
            dot = ((middle[part[at]] - start) * along).sum(axis=1)
            share = np.divide(dot, square, out=np.zeros_like(dot), where=square > 0).clip(0, 1)
            join = start + share[:, None] * along
            legs: Any = shapely.linestrings(np.stack([middle[part[at]], join], axis=1))
            free = np.ones(len(legs), bool)
            free[barriers.query(legs, predicate="intersects")[0]] = False
            metres = np.hypot(*(middle[part[at]] - join).T)
            order = np.lexsort((usable[road], metres))
            order = order[free[order]]
            chosen, which = np.unique(at[order], return_index=True)
            best = order[which]
            self.edge[part[chosen]] = usable[road[best]]
            self.fraction[part[chosen]] = share[best]
            self.distance[part[chosen]] = metres[best]
            barred[part[chosen]] = False

    def points(self) -> Snapped:
        """Give the cells as points that joined the roads."""
        import pandas as pd

        x, y = self.joins()
        leg = np.rint(self.distance * 3600.0 / self.network.walking_kmh).astype(np.int32)
        return Snapped(
            index=pd.RangeIndex(len(self.edge)),
            edge=self.edge,
            fraction=self.fraction,
            distance=self.distance.astype(np.float32),
            leg=leg,
            x=x,
            y=y,
            reason=np.full(len(self.edge), None, object),
            max_snap=self.off_road,
            mode=self.network.mode,
        )
