"""
The web roads are chosen from: sides of a triangulation of the junctions.

The longest side of every triangle is dropped (the Urquhart graph: R. B. Urquhart, Electronics
Letters 16, 1980), which leaves grids in towns and a web of lanes between villages. Sides across
water are dropped unless they are bridges, those into a gated estate but for one; a spanning tree
then puts back what keeps every place joined. Sides meet at junctions only, so nothing crosses
anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from slgeo.examples.junctions import BYPASS, CENTRE, FOOTBRIDGE, LANE
from slgeo.examples.settlements import TOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.junctions import Junctions
    from slgeo.examples.land import Land
    from slgeo.examples.settlements import Settlements

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LONGEST: Final = 4_000.0
"""Metres: no road goes farther without meeting another."""

LOST_SHARE: Final = 0.09
"""Share of a town's streets that are left out, which makes closes and crescents of a grid."""

ESTATE_RADIUS: Final = 230.0
"""Metres from the middle of a gated estate to its wall."""

SMALLEST: Final = 24
"""Junctions of the smallest landmass that has roads; the island has some 150."""

JUNCTION_EVERY: Final = 6
"""Other roads meet the bypass at one in so many of its points."""


@dataclass(slots=True, eq=False)
class Sides:
    """
    Sides of the triangulation, and what becomes of each.

    Parameters
    ----------
    a, b
        Junctions they join, ``a < b``.
    length
        Metres.
    kept
        Whether there is a road.
    allowed
        Whether there may be one.
    bridge, bypass
        Whether it crosses a river; whether it is part of a bypass.
    costly
        Whether it would meet a bypass where nothing should.
    """

    a: Ints
    b: Ints
    length: Floats
    kept: Flags
    allowed: Flags
    bridge: Flags
    bypass: Flags
    costly: Flags


def triangulate(
    land: Land, places: Settlements, spots: Junctions, rng: np.random.Generator
) -> Sides:
    """Join junctions by sides, and keep those a road could follow."""
    n = len(spots.x)
    known, shortish = _delaunay(spots)
    a, b = np.divmod(known, n)
    length = np.hypot(spots.x[a] - spots.x[b], spots.y[a] - spots.y[b])
    bank = land.bank(spots.x, spots.y)
    dry = (bank[a] == bank[b]) & (length < LONGEST)
    for t in (0.2, 0.4, 0.5, 0.6, 0.8):
        x, y = spots.x[a] * (1 - t) + spots.x[b] * t, spots.y[a] * (1 - t) + spots.y[b] * t
        dry &= land.inside(x, y) & (land.bank(x, y) == bank[a])
    forced = _find(known, n, spots.links)
    arc = spots.role == BYPASS
    bridge, bypass = np.zeros(len(known), dtype=bool), np.zeros(len(known), dtype=bool)
    bridge[forced] = bank[a[forced]] != bank[b[forced]]
    bypass[forced] = arc[a[forced]] & arc[b[forced]]
    # A bypass has junctions at its ends and at every sixth point; elsewhere nothing meets it.
    ends = np.bincount(spots.links.ravel(), minlength=n) == 1
    closed = arc & ~ends & (np.arange(n) % JUNCTION_EVERY != 0)
    costly = (closed[a] | closed[b] | (arc[a] & arc[b])) & ~bypass
    country = (spots.role[a] == LANE) | (spots.role[b] == LANE)
    foot = bridge & (spots.role[a] == FOOTBRIDGE) & (spots.role[b] == FOOTBRIDGE)
    kept = shortish & dry & ~costly & ((rng.random(len(known)) > LOST_SHARE) | country)
    kept = (kept | bridge | bypass) & ~foot
    sides = Sides(a, b, length, kept, dry | bridge | bypass, bridge, bypass, costly)
    _meet_bypass(places, spots, sides, arc & ~closed)
    return sides


def _meet_bypass(places: Settlements, spots: Junctions, sides: Sides, junction: Flags) -> None:
    """Lead the shortest road from inside and from outside to every junction of a bypass."""
    at = np.flatnonzero(
        (junction[sides.a] != junction[sides.b]) & sides.allowed & ~sides.costly & ~sides.bypass
    )
    here = np.where(junction[sides.a[at]], sides.a[at], sides.b[at])
    there = np.where(junction[sides.a[at]], sides.b[at], sides.a[at])
    town = spots.place[here]
    middle_x, middle_y = places.x[town], places.y[town]
    outside = np.hypot(spots.x[there] - middle_x, spots.y[there] - middle_y) > np.hypot(
        spots.x[here] - middle_x, spots.y[here] - middle_y
    )
    order = np.lexsort((sides.length[at], outside, here))
    group = (here * 2 + outside)[order]
    first = np.ones(len(at), dtype=bool)
    first[1:] = group[1:] != group[:-1]
    sides.kept[at[order[first]]] = True


def _delaunay(spots: Junctions) -> tuple[Ints, Flags]:
    """Give each side once, as ``a * n + b``, and whether it is the longest of no triangle."""
    n = len(spots.x)
    corner = Delaunay(np.column_stack([spots.x, spots.y])).simplices.astype(np.int64)
    sides = np.stack([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [2, 0]]], axis=1)
    sides.sort(axis=2)
    a, b = sides[:, :, 0], sides[:, :, 1]
    longest = np.hypot(spots.x[a] - spots.x[b], spots.y[a] - spots.y[b]).argmax(axis=1)
    code = a * n + b
    known, inverse = np.unique(code, return_inverse=True)
    shortish = np.ones(len(known), dtype=bool)
    shortish[inverse.reshape(code.shape)[np.arange(len(code)), longest]] = False
    return known, shortish


def _find(known: Ints, n: int, links: Ints) -> Ints:
    """Positions of pairs of junctions among the sides; a pair that is no side is passed over."""
    low, high = links.min(axis=1), links.max(axis=1)
    at = np.minimum(np.searchsorted(known, low * n + high), len(known) - 1)
    found: Ints = at[known[at] == low * n + high]
    return found


def find_estates(land: Land, places: Settlements) -> Floats:
    """
    Find the middle of each market town's gated estate: near its leafy edge, clear of the river.

    Returns
    -------
    ndarray of float64, shape (towns, 2)
    """
    towns = np.flatnonzero(places.kind == TOWN)
    far = 0.76 * places.radius[towns]
    middles = np.zeros((len(towns), 2))
    best = np.full(len(towns), -np.inf)
    for turn in np.arange(0, 2 * np.pi, np.pi / 6):
        angle = places.angle[towns] * 4 + np.pi * 0.9 + turn
        x = places.x[towns] + far * np.cos(angle)
        y = places.y[towns] + far * np.sin(angle)
        room = np.minimum(land.river_distance(x, y), land.depth(x, y))
        better = (best < ESTATE_RADIUS * 1.5) & (room > best)  # the first with room enough
        middles[better] = np.column_stack([x, y])[better]
        best[better] = room[better]
    return middles


def in_estate(estates: Floats, x: Floats, y: Floats) -> Flags:
    """Whether points lie in a gated estate: a disc."""
    apart = cKDTree(estates).query(np.column_stack([x, y]), distance_upper_bound=ESTATE_RADIUS)[0]
    inside: Flags = np.isfinite(apart)
    return inside


def close_estates(estates: Floats, spots: Junctions, sides: Sides) -> Ints:
    """
    Close every way into each gated estate but one.

    Returns
    -------
    ndarray of int64
        The junctions just inside, which get a gate.
    """
    inside = in_estate(estates, spots.x, spots.y) & (spots.role >= CENTRE)
    at = np.flatnonzero((inside[sides.a] != inside[sides.b]) & sides.allowed & ~sides.bypass)
    inner = np.where(inside[sides.a[at]], sides.a[at], sides.b[at])
    order = np.lexsort((sides.length[at], ~sides.kept[at], spots.place[inner]))
    owner = spots.place[inner][order]
    first = np.ones(len(at), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    entry = at[order[first]]
    sides.kept[at] = sides.allowed[at] = False
    sides.kept[entry] = sides.allowed[entry] = True
    return np.unique(inner[order[first]])


def join_up(spots: Junctions, sides: Sides) -> None:
    """
    Put back the shortest sides that keep all junctions of a landmass joined.

    The bypass joins nothing, for it is closed to walkers. Where a pocket of land has no other way
    out, a road meets the bypass, or crosses it, where otherwise nothing would.
    """
    may = sides.allowed & ~sides.bypass & (sides.kept | ~sides.bridge)
    _add_tree(spots, sides, may & ~sides.costly, np.zeros(len(spots.x), dtype=bool))
    n = len(spots.x)
    arc = np.zeros(n, dtype=bool)
    arc[sides.a[sides.bypass]] = arc[sides.b[sides.bypass]] = True
    _add_tree(spots, sides, may, arc)
    _drop_scraps(n, sides)


def _drop_scraps(n: int, sides: Sides) -> None:
    """Drop roads on a spit or river bend that no allowed side joins to the rest."""
    on = sides.allowed
    graph = coo_matrix((np.ones(int(on.sum())), (sides.a[on], sides.b[on])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    size = np.bincount(piece)
    scrap = size < SMALLEST
    sides.kept &= ~scrap[piece[sides.a]]
    sides.allowed &= ~scrap[piece[sides.a]]


def _add_tree(spots: Junctions, sides: Sides, may: Flags, passed_over: Flags) -> None:
    """Keep the sides of a shortest tree, but not those that lead to a junction passed over only."""
    n = len(spots.x)
    weight = sides.length * np.where(sides.kept, 1.0, 1e3)
    graph = coo_matrix((weight[may], (sides.a[may], sides.b[may])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    low = np.minimum(tree.row, tree.col).astype(np.int64)
    high = np.maximum(tree.row, tree.col).astype(np.int64)
    chosen = np.searchsorted(sides.a * n + sides.b, low * n + high)
    while True:
        a, b = sides.a[chosen], sides.b[chosen]
        degree = np.bincount(np.concatenate([a, b]), minlength=n)
        leaf = passed_over & (degree == 1)
        needless = (leaf[a] | leaf[b]) & ~sides.kept[chosen]
        if not needless.any():
            break
        chosen = chosen[~needless]
    sides.kept[chosen] = True
