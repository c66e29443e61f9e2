"""
Every road of a source as arrays, before any mode is chosen.

All sources (an OpenStreetMap extract, OS Open Roads, a layer of lines, a graph) are brought into
this one form, and every network is made from it. Tags that matter are few and repeat: ways hold
the number of their combination of tags (`kind`), and rules are settled once a combination.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from slgeo.errors import NetworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.restrictions import Restriction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """
    Every road and ferry of a source.

    Parameters
    ----------
    way_id : ndarray of int64, shape (w,)
        Id of each way.
    start : ndarray of int64, shape (w + 1,)
        Way i has the nodes ``node[start[i]:start[i + 1]]``.
    node : ndarray of int32, shape (k,)
        Node positions along the ways.
    kind : ndarray of int32, shape (w,)
        Position of a way's tags in `kinds`.
    kinds
        Combinations of tags.
    node_id : ndarray of int64, shape (n,)
        Ids of the nodes.
    x, y : ndarray of float64, shape (n,)
        Positions in `crs`; NaN where the file holds no sound one.
    crs
        CRS of the positions.
    barriers
        Tags of the nodes that carry a barrier, by node position.
    signals : ndarray of int32
        Positions of the nodes with traffic lights.
    no_exit : ndarray of int32
        Positions of the nodes that are known to end a road, by a turning circle or ``noexit``.
    counts
        What was met while reading.
    provenance
        Where it comes from.
    stated : ndarray of float64, shape (w, 2), optional
        Milliseconds along and against each way, where the source states them; NaN where speeds
        decide.
    restrictions
        Turn restrictions, as they were read.
    """

    way_id: NDArray[np.int64]
    start: NDArray[np.int64]
    node: NDArray[np.int32]
    kind: NDArray[np.int32]
    kinds: tuple[dict[str, str], ...]
    node_id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    barriers: dict[int, dict[str, str]]
    counts: dict[str, int]
    provenance: dict[str, str]
    signals: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    no_exit: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    stated: NDArray[np.float64] | None = None
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """
    Every straight piece of every road, with positions in metres: what all modes share.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Node positions, metres; NaN where a node is not known or lies outside what was asked for.
    tail, head : ndarray of int32, shape (m,)
        Ends of each piece.
    way : ndarray of int32, shape (m,)
        Position of the way it belongs to.
    length : ndarray of float64, shape (m,)
        Metres; NaN where an end has no position.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    way: NDArray[np.int32]
    length: NDArray[np.float64]

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Whether both ends of each piece have a position."""
        known: NDArray[np.bool_] = np.isfinite(self.length)
        return known

    @property
    def dead_ends(self) -> NDArray[np.bool_]:
        """The nodes where a road simply stops: one neighbour over all roads of any mode."""
        whole = self.whole & (self.tail != self.head)
        tail, head = self.tail[whole], self.head[whole]
        least = np.full(len(self.x), len(self.x), np.int32)
        most = np.full(len(self.x), -1, np.int32)
        for here, there in ((tail, head), (head, tail)):
            np.minimum.at(least, here, there)
            np.maximum.at(most, here, there)
        alone: NDArray[np.bool_] = least == most
        return alone


def cut_pieces(roads: Roads, crs: str, within: Polygon | MultiPolygon | None = None) -> Pieces:
    """
    Cut roads into straight pieces and project them.

    Parameters
    ----------
    roads
        Roads as read.
    crs
        Projected CRS, in metres.
    within
        Area to keep, in `crs`; nodes outside it are taken as not known.
    """
    import shapely

    x, y = _project(roads, crs)
    if within is not None:
        shapely.prepare(within)
        outside = ~shapely.contains_xy(within, x, y)
        x[outside] = y[outside] = np.nan
    size = np.diff(roads.start)
    way_of_node = np.repeat(np.arange(len(size), dtype=np.int32), size)
    same = way_of_node[1:] == way_of_node[:-1]
    tail, head = roads.node[:-1][same], roads.node[1:][same]
    length = np.hypot(x[head] - x[tail], y[head] - y[tail])
    return Pieces(x=x, y=y, tail=tail, head=head, way=way_of_node[1:][same], length=length)


def _project(roads: Roads, crs: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring positions into the CRS wanted; what cannot be brought there is not known."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        target = CRS.from_user_input(crs)
    except CRSError:
        raise NetworkError(f"no CRS {crs!r}: use one in metres such as EPSG:27700") from None
    if not target.is_projected or target.axis_info[0].unit_name != "metre":
        raise NetworkError(f"{crs} is not in metres: use a projected CRS such as EPSG:27700")
    x, y = roads.x.copy(), roads.y.copy()
    if CRS.from_user_input(roads.crs) != target:
        x, y = Transformer.from_crs(roads.crs, target, always_xy=True).transform(x, y)
    lost = ~(np.isfinite(x) & np.isfinite(y))
    x[lost] = y[lost] = np.nan
    return x, y
