"""
Roads as arrays: the :class:`Network` every travel time is computed on.

Every pair of neighbouring nodes on a road is one edge, a straight piece, so that joining a road and
cutting it are exact. Times are whole milliseconds, so that results do not depend on the order of
additions; an edge's rounding is at most half a millisecond (see :mod:`slgeo.network.times`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import NetworkError
from slgeo.network.components import find_components
from slgeo.network.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.speeds import Speeds

NODE_ARRAYS: Final[dict[str, type[np.generic]]] = {
    "node_id": np.int64,
    "x": np.float64,
    "y": np.float64,
    "component": np.int32,
}
"""Arrays with one value a node, and their type."""

EDGE_ARRAYS: Final[dict[str, type[np.generic]]] = {
    "tail": np.int32,
    "head": np.int32,
    "length": np.float32,
    "forward": np.int32,
    "backward": np.int32,
    "way": np.int64,
    "road_class": np.uint8,
    "ends_only": np.bool_,
    "snappable": np.bool_,
}
"""Arrays with one value an edge, and their type."""

NOT_ALLOWED: Final = -1
"""Milliseconds of a direction an edge may not be used in."""

HAND_MADE_MARGIN: Final = 1000.0
"""Metres around its nodes that a network made from arrays covers, if no hull is given."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Network:
    """
    The roads of one mode, in metres and milliseconds. All arrays are read-only.

    Parameters
    ----------
    mode
        ``walk``, ``cycle`` or ``drive``.
    crs
        Projected CRS of the coordinates, in metres.
    node_id : ndarray of int64, shape (n,)
        OpenStreetMap id, or a running number. A bollard is one node a side under the same id.
    x, y : ndarray of float64, shape (n,)
        Coordinates, metres.
    tail, head : ndarray of int32, shape (m,)
        Node positions of each edge. Loops and parallel edges are legal.
    length : ndarray of float32, shape (m,)
        Metres.
    forward, backward : ndarray of int32, shape (m,)
        Milliseconds along the edge and against it; -1 where it may not be used so.
    way : ndarray of int64, shape (m,)
        Road the edge is a piece of.
    road_class : ndarray of uint8, shape (m,)
        Position in `classes`.
    classes
        Names of the road classes.
    ends_only : ndarray of bool, shape (m,)
        Open at the first or last leg of a trip only, never on the way through.
    snappable : ndarray of bool, shape (m,)
        Whether a point may join the edge: no motorway, tunnel or ferry.
    component : ndarray of int32, shape (n,)
        0 for the usable network; 1, 2, ... for pieces that do not join it, longest first.
    exits : ndarray of int32
        Node positions where roads leave the extract: what lies beyond is unknown.
    hull
        What the extract covers, in `crs`.
    speeds
        Name of the speed profile, for captions.
    walking_kmh
        Speed charged for off-road legs.
    parking_seconds
        Seconds to add once a trip, at the site.
    left_out
        Kilometres of road that are not in the network, by reason.
    counts
        What else was met while reading: cut ways, barriers, turn restrictions, ...
    provenance
        File, sha256, extract date, licence, attribution.
    turns
        Turn restrictions that concern the mode. They are kept, and not applied to times.

    Raises
    ------
    NetworkError
        Naming every fault: arrays of unequal length, nodes that do not exist, coordinates that are
        not numbers, negative lengths.
    """

    mode: str
    crs: str
    node_id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length: NDArray[np.float32]
    forward: NDArray[np.int32]
    backward: NDArray[np.int32]
    way: NDArray[np.int64]
    road_class: NDArray[np.uint8]
    classes: tuple[str, ...]
    ends_only: NDArray[np.bool_]
    snappable: NDArray[np.bool_]
    component: NDArray[np.int32]
    exits: NDArray[np.int32]
    hull: Polygon | MultiPolygon
    speeds: str
    walking_kmh: float = 4.8
    parking_seconds: float = 0.0
    left_out: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    provenance: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    turns: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        faults: list[str] = []
        for name, dtype in {**NODE_ARRAYS, **EDGE_ARRAYS, "exits": np.int32}.items():
            try:
                array = _frozen(getattr(self, name), dtype)
            except (TypeError, ValueError, OverflowError) as error:
                faults.append(f"{name}: {error}")
            else:
                object.__setattr__(self, name, array)
        if not faults:
            faults = list(_faults(self))
        if faults:
            raise NetworkError(f"{self.mode} network: " + "; ".join(faults))
        object.__setattr__(self, "classes", tuple(self.classes))
        for name in ("left_out", "counts", "provenance"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @classmethod
    def from_edges(  # noqa: PLR0913 - the fields of a network, nearly all with a default
        cls,
        x: ArrayLike,
        y: ArrayLike,
        tail: ArrayLike,
        head: ArrayLike,
        *,
        mode: str = "walk",
        kmh: ArrayLike | None = None,
        length: ArrayLike | None = None,
        forward: ArrayLike | None = None,
        backward: ArrayLike | None = None,
        node_id: ArrayLike | None = None,
        way: ArrayLike | None = None,
        road_class: ArrayLike | None = None,
        classes: Sequence[str] = ("road",),
        ends_only: ArrayLike | None = None,
        snappable: ArrayLike | None = None,
        exits: ArrayLike = (),
        hull: Polygon | MultiPolygon | None = None,
        crs: str = "EPSG:27700",
        speeds: str | None = None,
        walking_kmh: float = 4.8,
        provenance: Mapping[str, str] | None = None,
    ) -> Network:
        """
        Make a network from plain arrays: for tests, examples and roads of one's own.

        Parameters
        ----------
        x, y : array_like, shape (n,)
            Coordinates, metres.
        tail, head : array_like of int, shape (m,)
            Node positions of each edge.
        mode
            ``walk``, ``cycle`` or ``drive``.
        kmh : float or array_like, shape (m,), optional
            Speed of each edge; of the mode where it is left out (walk 4.8, cycle 16, drive 48).
        length : array_like, shape (m,), optional
            Metres; straight lines where left out.
        forward, backward : array_like of int, shape (m,), optional
            Milliseconds along and against; -1 closes the direction. From length and speed where
            left out.
        node_id, way, road_class, classes, ends_only, snappable, exits, crs, walking_kmh, provenance
            As the attributes; by default numbered, one class, open everywhere, no exits.
        hull
            What is covered; by default everything within a kilometre of the nodes' convex hull.
        speeds
            Name for captions.

        Examples
        --------
        >>> from slgeo.network import Network
        >>> street = Network.from_edges([0, 100], [0, 0], [0], [1])
        >>> street.forward
        array([75000], dtype=int32)
        """
        xs, ys = np.asarray(x, float), np.asarray(y, float)
        tails, heads = np.asarray(tail, np.int32), np.asarray(head, np.int32)
        nodes, edges = len(xs), len(tails)
        in_range = edges == 0 or (
            min(tails.min(), heads.min()) >= 0 and max(tails.max(), heads.max()) < nodes
        )
        if len(tails) != len(heads) or len(xs) != len(ys) or not in_range:
            raise NetworkError(
                f"{mode} network: {nodes} x, {len(ys)} y, {len(tails)} tails and {len(heads)} "
                "heads do not make a graph: tails and heads are positions of nodes, from 0"
            )
        if length is None:
            length = np.hypot(xs[heads] - xs[tails], ys[heads] - ys[tails])
        metres = np.asarray(length, float)
        speed = np.broadcast_to(np.asarray(kmh if kmh is not None else _KMH[mode], float), edges)
        ms = milliseconds(metres, speed)
        ahead = ms if forward is None else np.asarray(forward, np.int32)
        back = ms if backward is None else np.asarray(backward, np.int32)
        ends = np.zeros(edges, bool) if ends_only is None else np.asarray(ends_only, bool)
        pieces = find_components(
            nodes, tails, heads, forward=ahead, backward=back, length=metres, ends_only=ends
        )
        return cls(
            mode=mode,
            crs=crs,
            node_id=np.arange(nodes) if node_id is None else np.asarray(node_id),
            x=xs,
            y=ys,
            tail=tails,
            head=heads,
            length=metres.astype(np.float32),
            forward=ahead,
            backward=back,
            way=np.arange(edges) if way is None else np.asarray(way),
            road_class=np.full(edges, 0 if road_class is None else road_class, np.uint8),
            classes=tuple(classes),
            ends_only=pieces.ends_only,
            snappable=np.ones(edges, bool) if snappable is None else np.asarray(snappable),
            component=pieces.component,
            exits=np.asarray(exits, np.int32),
            hull=_around(xs, ys) if hull is None else hull,
            speeds=speeds or f"{mode}, made by hand",
            walking_kmh=walking_kmh,
            provenance=provenance or {},
        )

    @classmethod
    def from_osm(
        cls,
        path: str | Path,
        *,
        mode: str = "walk",
        speeds: str | Speeds | None = None,
        crs: str = "EPSG:27700",
        hull: Polygon | MultiPolygon | None = None,
        within: Polygon | MultiPolygon | None = None,
    ) -> Network:
        """
        Read the roads of one mode from an OpenStreetMap extract.

        See :func:`slgeo.network.osm.read_osm`, which reads several modes in one pass.
        """
        from slgeo.network.osm import read_osm

        return read_osm(path, modes=(mode,), crs=crs, speeds=speeds, hull=hull, within=within)[mode]

    def save(self, folder: str | Path) -> Path:
        """
        Write the network to a folder, one ``.npy`` file an array, so that it loads at once.

        Returns
        -------
        Path
            The folder.
        """
        from slgeo.network.store import save_network

        return save_network(self, folder)

    @classmethod
    def load(cls, folder: str | Path) -> Network:
        """
        Load a network from its folder; the arrays stay on disk until they are used.

        Raises
        ------
        SourceError
            Where the folder holds no network, an incomplete one, or one of another version.
        """
        from slgeo.network.store import load_network

        return load_network(folder)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.tail)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Whether each edge lies in the usable network, with both its ends."""
        inside: NDArray[np.bool_] = (self.component[self.tail] == 0) & (
            self.component[self.head] == 0
        )
        return inside

    def audit(self) -> pd.DataFrame:
        """
        List what the network holds, what was left out of it and why.

        Returns
        -------
        pd.DataFrame
            Columns ``part``, ``item``, ``count`` and ``km`` (missing where not known).
        """
        from slgeo.network.audit import audit_network

        return audit_network(self)

    def __repr__(self) -> str:
        km = float(self.length.sum(dtype=float)) / 1000
        apart = int((self.component > 0).sum())
        pieces = int(self.component.max(initial=0))
        rest = f", {apart:,} nodes in {pieces:,} pieces apart" if apart else ""
        return (
            f"<Network {self.mode} ({self.speeds}): {self.nodes:,} nodes, {self.edges:,} edges, "
            f"{km:,.0f} km{rest}, {len(self.exits):,} exits, {self.crs}>"
        )


_KMH: Final = {"walk": 4.8, "cycle": 16.0, "drive": 48.0}


def milliseconds(metres: ArrayLike, kmh: ArrayLike) -> NDArray[np.int32]:
    """
    Turn lengths and speeds into whole milliseconds, to the nearest.

    Examples
    --------
    >>> int(milliseconds(5.0, 4.8))
    3750
    """
    ms = np.rint(np.asarray(metres, float) * 3600.0 / np.asarray(kmh, float))
    if np.any(ms > np.iinfo(np.int32).max):
        raise NetworkError("an edge takes more than 24 days: check its length and speed")
    whole: NDArray[np.int32] = ms.astype(np.int32)
    return whole


def _frozen(values: ArrayLike, dtype: type[np.generic]) -> NDArray[Any]:
    """View an array as read-only and of the type wanted; the caller's own stays as it is."""
    array = np.asarray(values)
    if array.dtype != dtype:
        if array.size and not np.can_cast(array.dtype, dtype, "same_kind"):
            raise TypeError(f"must be {np.dtype(dtype).name}, found {array.dtype.name}")
        array = array.astype(dtype)
    view = np.ascontiguousarray(array).view(np.ndarray)
    if view is values:
        view = view.view()
    view.flags.writeable = False
    return view


def _faults(network: Network) -> list[str]:
    """List what is wrong with the arrays of a network."""
    nodes, edges = len(network.x), len(network.tail)
    faults = [
        f"{name} has {len(getattr(network, name))} values, not {size}"
        for size, names in ((nodes, NODE_ARRAYS), (edges, EDGE_ARRAYS))
        for name in names
        if getattr(network, name).shape != (size,)
    ]
    for name in ("tail", "head", "exits"):
        at = getattr(network, name)
        if len(at) and (at.min() < 0 or at.max() >= nodes):
            faults.append(f"{name} names nodes from {at.min()} to {at.max()}; there are {nodes}")
    faults += [
        f"{name} has values that are not numbers"
        for name in ("x", "y", "length")
        if not np.isfinite(getattr(network, name)).all()
    ]
    if (network.length < 0).any():
        faults.append("length has negative values")
    faults += [
        f"{name} has values below -1"
        for name in ("forward", "backward")
        if (getattr(network, name) < NOT_ALLOWED).any()
    ]
    if edges and int(network.road_class.max()) >= len(network.classes):
        faults.append(f"road_class goes beyond the {len(network.classes)} classes")
    if not network.walking_kmh > 0:
        faults.append(f"walking_kmh must be above 0, found {network.walking_kmh!r}")
    return faults


def _around(x: NDArray[np.float64], y: NDArray[np.float64]) -> Polygon:
    """Cover the nodes' convex hull and a margin."""
    import shapely

    nodes: Any = shapely.multipoints(np.column_stack([x, y]))
    around: Polygon = nodes.convex_hull.buffer(HAND_MADE_MARGIN)
    return around


FIELDS: Final = tuple(field.name for field in fields(Network))
"""Names of the fields of a network."""
