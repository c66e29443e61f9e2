"""
What an extract covers, and where its roads leave it.

Beyond the border of an extract the roads are unknown, and a place there must not be joined to the
last road inside. Extracts cut at a county keep each road that crosses the border whole, so that
single roads run out into country whose other roads are missing. The cover drops them:

1. roads are drawn on a grid, and gaps of up to :data:`CLOSE` metres either side are closed;
2. what is then thinner than twice :data:`OPEN` metres is dropped: single roads running out;
3. single roads that do not run out, such as a village street on an island, are taken back in;
4. holes are filled (a lake is covered), and :data:`MARGIN` metres are added for houses by the road.

The steps are the morphological closing and opening of Serra (1982), by distance transforms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.roads import Pieces, Roads

CLOSE: Final = 500.0
"""Metres: country within this of roads on several sides is covered. The default largest snap."""

OPEN: Final = 100.0
"""Metres: strips thinner than twice this are single roads."""

LONE: Final = 150.0
"""Metres covered around single roads that do not run out of the extract, before the margin."""

MARGIN: Final = 100.0
"""Metres added for houses beyond the outermost road: the reach drawn around a road by default."""

RIM: Final = 25.0
"""Metres: a road that stops this near the edge of what is covered whole, or beyond it, leaves the
extract."""

ENDS_BY_NATURE: Final = frozenset(
    {"residential", "service", "living_street", "pedestrian", "steps", "corridor", "platform"}
)
"""Classes of which a dead end is a close or a yard, and no sign that the extract ends."""

CELL: Final = 25.0
"""Metres; the grid is coarser for extracts that would need more than `CELLS`."""

CELLS: Final = 4_000_000
"""Cells at most."""

BAND: Final = 500_000
"""Cells, and points drawn on them, that are worked on at once."""

_NAMED: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")


class Cover(NamedTuple):
    """
    What an extract covers.

    Parameters
    ----------
    hull
        Where points may be joined to its roads.
    whole
        The part of it in which roads are not likely to be cut: without single roads and margin.
    """

    hull: Polygon | MultiPolygon
    whole: Polygon | MultiPolygon


def cover(roads: Roads, pieces: Pieces) -> Cover:
    """
    Find what an extract covers from the roads in it.

    Parameters
    ----------
    roads, pieces
        Roads as read, and their straight pieces in metres.

    Returns
    -------
    Cover
        In the CRS of `pieces`, without holes; empty where no road has a position.
    """
    import shapely

    whole = pieces.whole
    if not whole.any():
        return Cover(shapely.Polygon(), shapely.Polygon())
    grid = _Grid(pieces)
    closed = grid.grown(grid.drawn(whole), CLOSE)
    closed = grid.shrunk(closed, CLOSE)
    opened = grid.grown(grid.shrunk(_filled(closed), OPEN), OPEN)
    lone = _lone(roads, pieces, grid.holds(opened, OPEN))
    shape = grid.outlined(_filled(opened))
    every = shape
    if lone.any():
        every = grid.outlined(_filled(opened | grid.grown(grid.drawn(lone), LONE)))
    return Cover(every.buffer(MARGIN, quad_segs=2), shape)


def find_exits(  # noqa: PLR0913 - arrays of one network, which does not exist yet
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    *,
    goes_on: NDArray[np.bool_],
    component: NDArray[np.int32],
    cut: NDArray[np.bool_],
    dead_end: NDArray[np.bool_],
    whole: Polygon | MultiPolygon,
) -> NDArray[np.int32]:
    """
    Find the usable nodes at which roads leave the extract.

    Parameters
    ----------
    x, y, tail, head, component
        As in :class:`~slgeo.network.model.Network`.
    goes_on : ndarray of bool, shape (m,)
        Edges of roads that do not end by nature (:data:`ENDS_BY_NATURE`), nor at a door.
    cut : ndarray of bool, shape (n,)
        Nodes next to one whose position is not in the extract.
    dead_end : ndarray of bool, shape (n,)
        Nodes at which every road stops, and that are not known to be its end.
    whole
        Where roads are not likely to be cut: what the extract covers, without single roads.

    Returns
    -------
    ndarray of int32
        Ascending. Where the last stretch is one-way, and so not in the usable network, it is the
        last usable node before it.
    """
    import shapely

    on_road = np.zeros(len(x), bool)
    on_road[tail[goes_on]] = on_road[head[goes_on]] = True
    stop = np.flatnonzero(dead_end & on_road & ~cut)
    # the edge of a cover is a line: a road may stop on either side of it
    inner = shapely.buffer(whole, -RIM)
    shapely.prepare(inner)
    stop = stop[~shapely.contains_xy(inner, x[stop], y[stop])]
    leaving = cut.copy()
    leaving[stop] = True
    exits = leaving & (component == 0)
    beyond = np.zeros(int(component.max(initial=0)) + 1, bool)
    beyond[component[leaving]] = True
    beyond[0] = False
    for here, there in ((tail, head), (head, tail)):
        exits[here[(component[here] == 0) & beyond[component[there]]]] = True
    return np.flatnonzero(exits).astype(np.int32)


class _Grid:
    """A grid over the extract, with room around it."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        known = np.isfinite(pieces.x)
        x, y = pieces.x[known], pieces.y[known]
        room = CLOSE + LONE
        self.left, self.bottom = float(x.min()) - room, float(y.min()) - room
        width, height = float(x.max()) + room - self.left, float(y.max()) + room - self.bottom
        self.cell = max(CELL, float(np.sqrt(width * height / CELLS)))
        self.shape = (int(height / self.cell) + 2, int(width / self.cell) + 2)

    def drawn(self, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the cells that pieces of road run through."""
        mask = np.zeros(self.shape, bool)
        p = self.pieces
        chosen = np.flatnonzero(which)
        stops = 2 + (p.length[chosen] / (self.cell / 2)).astype(np.int64)
        last = np.cumsum(stops)
        for part in np.split(chosen, np.searchsorted(last, np.arange(BAND, last[-1], BAND))):
            some = 2 + (p.length[part] / (self.cell / 2)).astype(np.int64)
            piece = np.repeat(part, some)
            first = np.repeat(np.cumsum(some) - some, some)
            share = (np.arange(len(piece)) - first) / np.repeat(some - 1, some)
            tail, head = p.tail[piece], p.head[piece]
            x = p.x[tail] + share * (p.x[head] - p.x[tail])
            y = p.y[tail] + share * (p.y[head] - p.y[tail])
            mask[self.cells(x, y)] = True
        return mask

    def cells(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return (
            ((y - self.bottom) / self.cell).astype(np.int64),
            ((x - self.left) / self.cell).astype(np.int64),
        )

    def grown(self, mask: NDArray[np.bool_], metres: float) -> NDArray[np.bool_]:
        """Mark what is within a distance of marked cells, a band of rows at a time."""
        from scipy import ndimage

        near = np.zeros_like(mask)
        halo = int(metres / self.cell) + 1
        tall = max(BAND // mask.shape[1], 1)
        for top in range(0, len(mask), tall):
            above = max(top - halo, 0)
            band = mask[above : top + tall + halo]
            if band.any():
                away = ndimage.distance_transform_edt(~band) * self.cell
                inner = away[top - above : top - above + tall]
                near[top : top + len(inner)] = inner <= metres
        return near

    def shrunk(self, mask: NDArray[np.bool_], metres: float) -> NDArray[np.bool_]:
        return ~self.grown(~mask, metres)

    def holds(self, mask: NDArray[np.bool_], margin: float) -> NDArray[np.bool_]:
        """Say which nodes lie on marked cells or near them; False for those without a position."""
        near = self.grown(mask, margin)
        held = np.isfinite(self.pieces.x)
        held[held] = near[self.cells(self.pieces.x[held], self.pieces.y[held])]
        return held

    def outlined(self, mask: NDArray[np.bool_]) -> Any:  # noqa: ANN401 - Polygon or MultiPolygon, as shapely types cannot say
        """Draw marked cells as polygons, the stairs of the grid smoothed."""
        import shapely
        from rasterio.features import shapes
        from rasterio.transform import Affine

        place = Affine(self.cell, 0, self.left, 0, self.cell, self.bottom)
        found = shapes(mask.astype(np.uint8), mask=mask, transform=place)
        shape = shapely.union_all([shapely.geometry.shape(ring) for ring, _ in found])
        return shapely.simplify(shape, self.cell * 0.75)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill holes: whatever is not marked and does not reach the rim of the grid."""
    from scipy import ndimage

    label, count = ndimage.label(~mask)
    fill = np.ones(count + 1, bool)
    rim = np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]])
    fill[rim[rim > 0]] = False
    filled: NDArray[np.bool_] = fill[label]
    return filled


def _lone(roads: Roads, pieces: Pieces, covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """
    Mark the pieces of single roads outside the cover that do not run out of the extract.

    A group of them runs out where a road of a class that never just stops (tertiary or better)
    has its dead end in it, or where a node is missing.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    whole = pieces.whole
    apart = whole & ~(covered[pieces.tail] & covered[pieces.head])
    if not apart.any():
        return apart
    nodes = len(pieces.x)
    inner = apart & ~covered[pieces.tail] & ~covered[pieces.head]
    tail, head = pieces.tail[inner], pieces.head[inner]
    links = coo_array((np.ones(len(tail), bool), (tail, head)), shape=(nodes, nodes))
    group = connected_components(links.tocsr(), directed=False)[1]
    named = np.array(
        [tags.get("highway", "").removesuffix("_link") in _NAMED for tags in roads.kinds], bool
    )
    degree = np.bincount(pieces.tail[whole], minlength=nodes)
    degree += np.bincount(pieces.head[whole], minlength=nodes)
    on_named = whole & named[roads.kind[pieces.way]]
    runs_out = np.zeros(nodes, bool)
    for end in (pieces.tail, pieces.head):
        stops = end[on_named]
        runs_out[stops[degree[stops] == 1]] = True
        lost = ~whole & np.isfinite(pieces.x[end])
        runs_out[end[lost]] = True
    out = np.zeros(int(group.max()) + 1, bool)
    out[group[runs_out & ~covered]] = True
    loose = np.where(covered[pieces.tail], pieces.head, pieces.tail)
    stays: NDArray[np.bool_] = apart & ~out[group[loose]]
    return stays
