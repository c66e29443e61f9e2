"""
Shared borders of areas, found once: rings of whole-number points in, pieces of border out.

A point where the course of borders changes from one ring to another is a junction; rings are cut
there, and each piece is kept once however many areas run along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHIFT = 1 << 32


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arcs:
    """
    Pieces of border and the rings made from them.

    Parameters
    ----------
    arcs
        Whole-number points of each piece, shape ``(points, 2)``.
    rings
        For each ring the positions of its pieces in order; ``~position`` runs backwards.
    """

    arcs: list[np.ndarray]
    rings: list[list[int]]


def cut(rings: Sequence[np.ndarray]) -> Arcs:
    """
    Cut closed rings at their junctions and keep each piece once.

    Parameters
    ----------
    rings
        Points of each ring, shape ``(points, 2)``, whole numbers from 0 to 2**31, the last point
        equal to the first, no two neighbours equal.

    Examples
    --------
    Two unit squares side by side share one piece, which the second runs backwards (``~0`` is -1):

    >>> left = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]])
    >>> right = np.array([[1, 0], [1, 1], [2, 1], [2, 0], [1, 0]])
    >>> found = cut([left, right])
    >>> len(found.arcs), found.rings
    (3, [[0, 1], [-1, 2]])
    """
    keys = [ring[:-1, 0].astype(np.int64) * _SHIFT + ring[:-1, 1] for ring in rings]
    junctions = _junctions(keys)
    arcs: list[np.ndarray] = []
    found: dict[bytes, int] = {}
    made = []
    for ring, key in zip(rings, keys, strict=True):
        made.append([_keep(piece, arcs, found) for piece in _pieces(ring[:-1], key, junctions)])
    return Arcs(arcs, made)


def _junctions(keys: list[np.ndarray]) -> np.ndarray:
    """Find the points at which some rings have different neighbours from others."""
    if not keys:
        return np.empty(0, dtype=np.int64)
    here = np.concatenate(keys)
    before = np.concatenate([np.roll(key, 1) for key in keys])
    after = np.concatenate([np.roll(key, -1) for key in keys])
    low, high = np.minimum(before, after), np.maximum(before, after)
    order = np.lexsort((high, low, here))
    here, low, high = here[order], low[order], high[order]
    same_point = here[1:] == here[:-1]
    differs = same_point & ((low[1:] != low[:-1]) | (high[1:] != high[:-1]))
    return np.unique(here[1:][differs])


def _pieces(points: np.ndarray, key: np.ndarray, junctions: np.ndarray) -> list[np.ndarray]:
    """Cut one ring at its junctions; a ring without one starts at its smallest point."""
    at = np.searchsorted(junctions, key)
    at[at == len(junctions)] = 0
    cuts = np.flatnonzero(junctions[at] == key) if len(junctions) else np.empty(0, dtype=np.int64)
    if not len(cuts):
        start = int(key.argmin())
        turned = np.roll(points, -start, axis=0)
        return [np.vstack([turned, turned[:1]])]
    turned = np.roll(points, -cuts[0], axis=0)
    closed = np.vstack([turned, turned[:1]])
    ends = [*(cuts - cuts[0]).tolist(), len(points)]
    return [closed[a : b + 1] for a, b in pairwise(ends)]


def _keep(piece: np.ndarray, arcs: list[np.ndarray], found: dict[bytes, int]) -> int:
    """Give the position of a piece, keeping it where it is new."""
    forward = piece.astype(np.int64).tobytes()
    if forward in found:
        return found[forward]
    backward = piece[::-1].astype(np.int64).tobytes()
    if backward in found:
        return ~found[backward]
    found[forward] = len(arcs)
    arcs.append(piece)
    return found[forward]
