"""Kernels that join the middles of many cells to the nearest of many roads."""
# ruff: noqa: C901, PLR0912 - flat loops over arrays: numba's Python

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from slgeo.routing.compiled import Array, Arrays, Scalar, kernel

MIDDLE: Final = 2**24
"""Added to columns and rows so that both are positive, and both fit in one number."""


class Bins(NamedTuple):
    """Edges by square: those of bin ``b`` are ``edge[first[b]:first[b + 1]]``."""

    first: Array
    edge: Array
    shape: Array  # west, south (in bins), columns, rows
    size: float


def bins_of(ends: Array, edges: Array, size: float) -> Bins:
    """
    Sort edges into squares of a side in metres; an edge is in every square its box meets.

    Parameters
    ----------
    ends : ndarray of float64, shape (m, 4)
        x0, y0, x1, y1 of every edge.
    edges : ndarray of int64
        Edges to sort.
    size
        Side of a square, metres.
    """
    if len(edges) == 0:
        return Bins(np.zeros(2, np.int64), edges, np.array([0, 0, 1, 1]), size)
    box = np.stack(
        [
            np.minimum(ends[edges, 0], ends[edges, 2]),
            np.minimum(ends[edges, 1], ends[edges, 3]),
            np.maximum(ends[edges, 0], ends[edges, 2]),
            np.maximum(ends[edges, 1], ends[edges, 3]),
        ],
        axis=1,
    )
    at = np.floor(box / size).astype(np.int64)
    west, south = at[:, :2].min(axis=0)
    columns, rows = at[:, 2:].max(axis=0) - (west, south) + 1
    shape = np.array([west, south, columns, rows])
    first, member = _sorted(at, shape)
    return Bins(first, edges[member], shape, float(size))


@kernel
def _sorted(at: Array, shape: Array) -> Scalar:
    """Count, then fill: (first, positions)."""
    first = np.zeros(shape[2] * shape[3] + 1, np.int64)
    for i in range(len(at)):
        for r in range(at[i, 1] - shape[1], at[i, 3] - shape[1] + 1):
            for c in range(at[i, 0] - shape[0], at[i, 2] - shape[0] + 1):
                first[r * shape[2] + c + 1] += 1
    for b in range(len(first) - 1):
        first[b + 1] += first[b]
    free = first.copy()
    member = np.empty(first[-1], np.int64)
    for i in range(len(at)):
        for r in range(at[i, 1] - shape[1], at[i, 3] - shape[1] + 1):
            for c in range(at[i, 0] - shape[0], at[i, 2] - shape[0] + 1):
                b = r * shape[2] + c
                member[free[b]] = i
                free[b] += 1
    return first, member


def mark_tiles(ends: Array, edges: Array, side: float, margin: float) -> Array:
    """
    List the squares that a margin around some edges meets.

    Returns
    -------
    ndarray of int64, shape (tiles, 2)
        Column and row of each, in order of row.
    """
    if len(edges) == 0:
        return np.empty((0, 2), np.int64)
    x, y = ends[edges][:, [0, 2]], ends[edges][:, [1, 3]]
    low = np.floor((np.stack([x.min(axis=1), y.min(axis=1)], 1) - margin) / side)
    high = np.floor((np.stack([x.max(axis=1), y.max(axis=1)], 1) + margin) / side)
    spans = np.unique(np.concatenate([low, high], axis=1).astype(np.int64), axis=0)
    found = np.unique(_keys(spans))
    return np.stack([found & 0xFFFFFFFF, found >> 32], axis=1) - MIDDLE


@kernel
def _keys(spans: Array) -> Scalar:
    """List the squares of each span of squares, as one number each."""
    total = 0
    for i in range(len(spans)):
        total += (spans[i, 2] - spans[i, 0] + 1) * (spans[i, 3] - spans[i, 1] + 1)
    out = np.empty(total, np.int64)
    n = 0
    for i in range(len(spans)):
        for r in range(spans[i, 1], spans[i, 3] + 1):
            for c in range(spans[i, 0], spans[i, 2] + 1):
                out[n] = ((r + MIDDLE) << 32) | (c + MIDDLE)
                n += 1
    return out


def join_cells(
    ends: Array, bins: Bins, tiles: Array, side: int, cell: float, reach: float
) -> tuple[Array, Array]:
    """
    Find the nearest edge of each cell's middle, and where on it.

    Parameters
    ----------
    ends : ndarray of float64, shape (m, 4)
        x0, y0, x1, y1 of every edge.
    bins
        The edges that may be joined.
    tiles : ndarray of int64, shape (t, 2)
        Column and row of each tile.
    side
        Cells along the side of a tile.
    cell
        Metres along the side of a cell.
    reach
        Farthest an edge may be, metres, inclusive.

    Returns
    -------
    tuple
        Edge of each cell of each tile, by rows (-1: none near enough; of equals the first), and
        fraction along it with the distance in metres.
    """
    count = len(tiles) * side * side
    edge = np.full(count, -1, np.int32)
    place = np.zeros((count, 2))
    _join(ends, tuple(bins), tiles, side, cell, reach, edge, place)
    return edge, place


@kernel
def _join(
    ends: Array,
    bins: Arrays,
    tiles: Array,
    side: Scalar,
    cell: Scalar,
    reach: Scalar,
    edge: Array,
    place: Array,
) -> Scalar:
    """Look through ever wider rings of squares until nothing nearer can come."""
    first, member, shape, size = bins
    # a whisker more, so that an edge at exactly that distance is found, as points find it
    farthest = (reach * (1 + 1e-9) + 1e-9) ** 2
    i = -1
    for tile in range(len(tiles)):
        for down in range(side):
            for over in range(side):
                i += 1
                x = (tiles[tile, 0] * side + over + 0.5) * cell
                y = (tiles[tile, 1] * side + down + 0.5) * cell
                home_c = np.int64(np.floor(x / size))
                home_r = np.int64(np.floor(y / size))
                best = farthest
                found = -1
                share = 0.0
                ring = 0
                while True:
                    # everything outside the rings seen so far is at least this far away
                    seen = min(
                        x - (home_c - ring + 1) * size,
                        (home_c + ring) * size - x,
                        y - (home_r - ring + 1) * size,
                        (home_r + ring) * size - y,
                    )
                    if ring > 0 and seen > 0 and seen * seen > best:
                        break
                    for r in range(home_r - ring, home_r + ring + 1):
                        row = r - shape[1]
                        if row < 0 or row >= shape[3]:
                            continue
                        edge_of_ring = r in (home_r - ring, home_r + ring)
                        step = 1 if edge_of_ring or ring == 0 else 2 * ring
                        for c in range(home_c - ring, home_c + ring + 1, step):
                            column = c - shape[0]
                            if column < 0 or column >= shape[2]:
                                continue
                            b = row * shape[2] + column
                            for k in range(first[b], first[b + 1]):
                                e = member[k]
                                dx = ends[e, 2] - ends[e, 0]
                                dy = ends[e, 3] - ends[e, 1]
                                square = dx * dx + dy * dy
                                f = 0.0
                                if square > 0:
                                    f = ((x - ends[e, 0]) * dx + (y - ends[e, 1]) * dy) / square
                                    f = min(1.0, max(0.0, f))
                                px = x - ends[e, 0] - f * dx
                                py = y - ends[e, 1] - f * dy
                                d = px * px + py * py
                                if d < best or (d == best and (found < 0 or e < found)):
                                    best = d
                                    found = e
                                    share = f
                    ring += 1
                if found >= 0:
                    edge[i] = found
                    place[i, 0] = share
                    place[i, 1] = np.sqrt(best)
