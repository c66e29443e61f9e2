"""Ways as they are mapped: runs of straight-on sides with the same tags, bent between junctions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.examples.land import rounded
from slgeo.examples.ranking import KIND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.junctions import Junctions
    from slgeo.examples.land import Land

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

BEND: Final = 62.0
"""Metres between the nodes of a road in a small district."""

COARSER: Final = 0.13
"""Power of the number of towns by which that distance grows from four towns on, so that the
largest district has about four million nodes."""

STRAIGHT_ON: Final = 0.8
"""Cosine of the sharpest turn along one way: 37 degrees."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    Sides that are drawn, each from junction `a` to junction `b`.

    Parameters
    ----------
    a, b
        Junctions.
    kind
        Class, as in :data:`slgeo.examples.ranking.CLASSES`.
    oneway
        Whether it may be used from `a` to `b` only.
    bridge, private, urban
        As in :class:`slgeo.examples.streets.Streets`.
    """

    a: Ints
    b: Ints
    kind: Ints
    oneway: Flags
    bridge: Flags
    private: Flags
    urban: Flags

    @property
    def tags(self) -> Ints:
        """A number that is equal where all tags are."""
        flags = self.oneway + 2 * self.bridge + 4 * self.private + 8 * self.urban
        tags: Ints = self.kind * 16 + flags
        return tags


def chain(spots: Junctions, pieces: Pieces) -> tuple[Ints, Ints, Flags]:
    """
    Join pieces that go straight on into each other to ways.

    Returns
    -------
    start : ndarray of int64, shape (ways + 1,)
        Way `w` is made of ``order[start[w]:start[w + 1]]``.
    order : ndarray of int64
        Every piece once.
    reverse : ndarray of bool
        Whether that piece is run through from its end.
    """
    partner = _partners(spots, pieces).tolist()
    count = len(pieces.a)
    done = [False] * count
    start, order, reverse = [0], [], []
    loose = [p for p in range(count) if partner[2 * p] < 0 or partner[2 * p + 1] < 0]
    for first in [*loose, *range(count)]:  # rings have no loose end, and come last
        if done[first]:
            continue
        into = 2 * first + (partner[2 * first] >= 0 > partner[2 * first + 1])
        while into >= 0 and not done[into // 2]:
            done[into // 2] = True
            order.append(into // 2)
            reverse.append(into % 2 == 1)
            into = partner[into ^ 1]
        start.append(len(order))
    flipped = np.array(reverse, dtype=bool)
    return np.array(start), np.array(order), flipped


def _partners(spots: Junctions, pieces: Pieces) -> Ints:
    """
    Pair the ends of pieces that go straight on into each other.

    End ``2 * p`` is the start of piece `p`, ``2 * p + 1`` its end. An end is paired where each is
    the other's straightest continuation with the same tags; -1 where there is none.
    """
    at = np.column_stack([pieces.a, pieces.b]).ravel()
    other = np.column_stack([pieces.b, pieces.a]).ravel()
    dx, dy = spots.x[other] - spots.x[at], spots.y[other] - spots.y[at]
    long = np.hypot(dx, dy)
    tags = np.repeat(pieces.tags, 2)
    oneway = np.repeat(pieces.oneway, 2)
    order = np.lexsort((tags, at))
    best = np.full(len(at), STRAIGHT_ON)
    choice = np.full(len(at), -1)
    for step in range(1, 8):  # no more than eight roads with the same tags meet anywhere
        p, q = order[:-step], order[step:]
        meet = (at[p] == at[q]) & (tags[p] == tags[q]) & ~(oneway[p] & (p % 2 == q % 2))
        p, q = p[meet], q[meet]
        straight = -(dx[p] * dx[q] + dy[p] * dy[q]) / (long[p] * long[q])
        for one, two in ((p, q), (q, p)):
            better = straight > best[one]  # an end occurs once among the firsts of a step
            best[one[better]], choice[one[better]] = straight[better], two[better]
    mutual = (choice >= 0) & (choice[choice] == np.arange(len(at)))
    return np.where(mutual, choice, -1)


def bend(
    land: Land, spots: Junctions, pieces: Pieces, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints]:
    """
    Give each piece nodes between its junctions, on a gentle curve; straight near water.

    Returns
    -------
    x, y : ndarray of float64
        The nodes between, piece by piece, in metres.
    first : ndarray of int64, shape (pieces + 1,)
        Those of piece `p` are ``first[p]`` to ``first[p + 1]``.
    """
    a, b = pieces.a, pieces.b
    dx, dy = spots.x[b] - spots.x[a], spots.y[b] - spots.y[a]
    length = np.hypot(dx, dy)
    towns = len(land.sites)
    inner = np.floor(length / (BEND * max(1.0, towns / 4) ** COARSER)).astype(np.int64)
    ferry = pieces.kind == KIND["ferry"]
    inner[ferry] = 3
    piece = np.repeat(np.arange(len(inner)), inner)
    first = np.concatenate([[0], np.cumsum(inner)])
    t = (np.arange(len(piece)) - first[piece] + 1) / (inner[piece] + 1)
    water = np.minimum(
        land.river_distance(spots.x[a], spots.y[a]), land.river_distance(spots.x[b], spots.y[b])
    )
    straight = (water < 0.6 * length + 100) | (pieces.kind == KIND["trunk"])
    size = np.where(pieces.urban, 0.02, 0.07) * ~straight
    bow, wave = size * rng.uniform(-1, 1, len(size)), size * rng.uniform(-0.5, 0.5, len(size))
    aside = bow[piece] * np.sin(np.pi * t) + wave[piece] * np.sin(2 * np.pi * t)
    x = spots.x[a][piece] + dx[piece] * t - dy[piece] * aside
    y = spots.y[a][piece] + dy[piece] * t + dx[piece] * aside
    return rounded(x), rounded(y), first


def string(
    pieces: Pieces, chains: tuple[Ints, Ints, Flags], first: Ints, junctions: int
) -> tuple[Ints, Ints]:
    """
    Write each way as the nodes it runs over.

    Parameters
    ----------
    pieces, chains, first
        From :func:`chain` and :func:`bend`.
    junctions
        How many nodes are junctions; the nodes between follow them.

    Returns
    -------
    start : ndarray of int64, shape (ways + 1,)
    nodes : ndarray of int64
    """
    begin, order, reverse = chains
    inner = np.diff(first)[order]
    head = np.where(reverse, pieces.b[order], pieces.a[order])
    tail = np.where(reverse, pieces.a[order], pieces.b[order])
    last = np.zeros(len(order), dtype=bool)
    last[begin[1:] - 1] = True
    size = inner + 1 + last  # each piece brings its head and inner nodes, the last its tail too
    put = np.concatenate([[0], np.cumsum(size)])
    nodes = np.empty(put[-1], dtype=np.int64)
    nodes[put[:-1]] = head
    nodes[put[1:][last] - 1] = tail[last]
    where = np.repeat(np.arange(len(order)), inner)
    turn = np.arange(len(where)) - np.repeat(np.cumsum(inner) - inner, inner)
    along = np.where(reverse[where], inner[where] - 1 - turn, turn)
    nodes[put[where] + 1 + turn] = junctions + first[order[where]] + along
    return put[begin], nodes
