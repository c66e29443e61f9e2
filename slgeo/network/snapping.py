"""
Points joined to the nearest usable road: where, how far off, and why not.

A point joins the nearest point of the nearest edge that is usable and may be joined; the way to it
is charged at walking speed. Each point is settled by itself: what else is asked changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo import reasons
from slgeo.errors import NetworkError
from slgeo.network.nearest import NearestEdges

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from slgeo.network.model import Network

MAX_SNAP: Final = 500.0
"""Metres from a point to the road at most (design.md, section 5)."""

REMEMBERED: Final = 32
"""Sets of points whose joining is remembered: the origins, and the sites of each kind."""

WORST: Final = 20
"""Points that an audit lists one by one."""

_MS_AN_HOUR_KM: Final = 3600.0  # metres / (km/h) * 3600 = milliseconds


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapped:
    """
    Points joined to a network: one value a point, in the points' order.

    Parameters
    ----------
    index
        The points' index.
    edge : ndarray of int32, shape (p,)
        Edge joined, -1 where none.
    fraction : ndarray of float64, shape (p,)
        Where along the edge, 0 at the tail to 1 at the head. At 0 and 1 the point has joined the
        node itself, and all its roads are open to it.
    distance : ndarray of float32, shape (p,)
        Metres off the road; NaN where nothing was joined.
    leg : ndarray of int32, shape (p,)
        Milliseconds of the off-road walk; 0 where nothing was joined.
    x, y : ndarray of float64, shape (p,)
        Joining point, metres; NaN where none.
    reason : ndarray of object, shape (p,)
        Why the point was not joined (:mod:`slgeo.reasons`), or None.
    max_snap
        Largest distance allowed, metres.
    mode
        Mode of the network.
    passed_over : ndarray of bool, shape (p,), or None
        Whether a road of a piece apart lies nearer than the one joined: that street is cut off in
        the data or leaves the extract, and its people are not where the times say. None where it
        was not looked for.
    """

    index: pd.Index[Any]
    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    distance: NDArray[np.float32]
    leg: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    reason: NDArray[np.object_]
    max_snap: float
    mode: str
    passed_over: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def joined(self) -> NDArray[np.bool_]:
        """Whether each point joined a road."""
        mask: NDArray[np.bool_] = self.edge >= 0
        return mask

    def audit(self, people: ArrayLike | None = None) -> pd.DataFrame:
        """
        List how far points are from the road, why some joined none, and the worst twenty.

        Parameters
        ----------
        people : array_like of float, shape (p,), optional
            People at each point: adds a column with those who joined, and those who did not.

        Returns
        -------
        pd.DataFrame
            Columns ``part`` (``points``, ``distance``, ``reason`` or ``farthest``), ``item``,
            ``count`` and ``metres`` (missing where there is none), and ``people`` if given.
        """
        import pandas as pd

        each = np.full(len(self), np.nan) if people is None else np.asarray(people, float)
        if each.shape != self.edge.shape:
            raise NetworkError(f"people are {each.shape}, the points {self.edge.shape}")
        joined = self.joined
        metres = self.distance[joined].astype(float)
        groups = {("points", "joined"): joined, ("points", "not joined"): ~joined}
        if self.passed_over is not None and self.passed_over.any():
            groups["points", "nearer to a piece apart"] = self.passed_over
        groups |= {("reason", reason): self.reason == reason for reason in reasons.ALL}
        rows: list[tuple[str, str, int | None, float | None, float | None]] = [
            (part, item, int(mask.sum()), None, float(each[mask].sum()))
            for (part, item), mask in groups.items()
            if part == "points" or mask.any()
        ]
        if joined.any():
            rows += [
                ("distance", name, None, float(np.percentile(metres, share)), None)
                for name, share in (("median", 50), ("95th percentile", 95), ("largest", 100))
            ]
        order = np.flatnonzero(joined)[np.argsort(-metres, kind="stable")][:WORST]
        rows += [
            ("farthest", str(self.index[at]), None, float(self.distance[at]), float(each[at]))
            for at in order
        ]
        frame = pd.DataFrame(rows, columns=["part", "item", "count", "metres", "people"])
        frame = frame.astype({"count": "Int64", "metres": float, "people": float})
        return frame.drop(columns="people") if people is None else frame

    def __repr__(self) -> str:
        joined = int(self.joined.sum())
        return (
            f"<Snapped to {self.mode} roads: {joined:,} of {len(self):,} points, "
            f"within {self.max_snap:g} m>"
        )


def snap(network: Network, points: gpd.GeoSeries, *, max_snap: float = MAX_SNAP) -> Snapped:
    """
    Join points to the nearest usable road.

    Parameters
    ----------
    network
        The roads.
    points
        Points in the CRS of the network; missing and empty ones are kept, with a reason.
    max_snap
        Largest distance from a point to the road, metres.

    Returns
    -------
    Snapped
        With a reason for each point that was not joined: ``not_geocoded`` (no point),
        ``outside_network`` (outside the hull of the network, however near a road is),
        ``other_component`` (only a piece that does not join the usable network is near enough), or
        ``no_road_within`` `max_snap`.

    Raises
    ------
    NetworkError
        Where the points are in another CRS than the network, or are not points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.network import Network, snap
    >>> street = Network.from_edges([0, 100], [0, 0], [0], [1])
    >>> homes = gpd.GeoSeries.from_xy([25], [8], index=["home"], crs="EPSG:27700")
    >>> joined = snap(street, homes)
    >>> float(joined.fraction[0]), float(joined.distance[0]), int(joined.leg[0])
    (0.25, 8.0, 6000)
    """
    return Snapper(network).snap(points, max_snap=max_snap)


class Snapper:
    """
    A network that points are joined to again and again.

    Shapes of its roads are made once, and points that have been joined are known: asking again
    gives the same answer at once. As with :func:`snap`, nothing depends on what else was asked.

    Parameters
    ----------
    network
        The roads.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.network import Network
    >>> from slgeo.network.snapping import Snapper
    >>> street = Snapper(Network.from_edges([0, 100], [0, 0], [0], [1]))
    >>> homes = gpd.GeoSeries.from_xy([25], [8], index=["home"], crs="EPSG:27700")
    >>> street.snap(homes).edge is street.snap(homes).edge
    True
    """

    def __init__(self, network: Network) -> None:
        usable = network.usable
        self.network = network
        self._usable = NearestEdges(network, network.snappable & usable)
        self._apart = NearestEdges(network, network.snappable & ~usable)
        self._known: dict[tuple[float, bytes], Snapped] = {}

    def snap(self, points: gpd.GeoSeries, *, max_snap: float = MAX_SNAP) -> Snapped:
        """Join points to the nearest usable road: see :func:`snap`."""
        import shapely

        if not max_snap >= 0:
            raise NetworkError(f"max_snap must be 0 metres or more, found {max_snap!r}")
        shapes = _points(self.network, points)
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        px, py = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
        px[placed], py[placed] = shapely.get_x(shapes[placed]), shapely.get_y(shapes[placed])
        key = (float(max_snap), px.tobytes() + py.tobytes())
        known = self._known.pop(key, None) or self._settle(points.index, shapes, px, py, max_snap)
        self._known[key] = known  # the latest last
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return replace(known, index=points.index)

    def _settle(
        self,
        index: pd.Index[Any],
        shapes: NDArray[np.object_],
        px: NDArray[np.float64],
        py: NDArray[np.float64],
        max_snap: float,
    ) -> Snapped:
        """Join points that have not been joined before."""
        import shapely

        network = self.network
        reason = np.full(len(shapes), None, object)
        edge = np.full(len(shapes), -1, np.int32)
        placed = np.isfinite(px) & np.isfinite(py)
        reason[~placed] = reasons.NOT_GEOCODED
        if not network.hull.is_empty:
            shapely.prepare(network.hull)
            outside = placed & ~shapely.intersects_xy(network.hull, px, py)
            reason[outside] = reasons.OUTSIDE_NETWORK
            placed &= ~outside
        edge[placed] = self._usable.of(shapes[placed], max_snap)
        missed = placed & (edge < 0)
        apart = self._apart.of(shapes[missed], max_snap) >= 0
        reason[missed] = np.where(apart, reasons.OTHER_COMPONENT, reasons.NO_ROAD_WITHIN)
        fraction, x, y, distance = _joined(network, edge, px, py)
        leg = np.rint(np.nan_to_num(distance) * _MS_AN_HOUR_KM / network.walking_kmh)
        other = np.full_like(edge, -1)
        other[edge >= 0] = self._apart.of(shapes[edge >= 0], max_snap)
        passed_over = _joined(network, other, px, py)[3] < distance  # false where there is none
        found = Snapped(
            index=index,
            edge=edge,
            fraction=fraction,
            distance=distance.astype(np.float32),
            leg=leg.astype(np.int32),
            x=x,
            y=y,
            reason=reason,
            max_snap=float(max_snap),
            mode=network.mode,
            passed_over=passed_over,
        )
        for name in ("edge", "fraction", "distance", "leg", "x", "y", "reason", "passed_over"):
            getattr(found, name).flags.writeable = False  # it is handed out again
        return found


def _points(network: Network, points: gpd.GeoSeries) -> NDArray[np.object_]:
    """Check the points at the door."""
    import shapely

    if points.crs is None or points.crs != network.crs:
        found = "none" if points.crs is None else points.crs.to_string()
        raise NetworkError(
            f"the points are in CRS {found}, the roads in {network.crs}: "
            f"reproject the points with points.to_crs({network.crs!r})"
        )
    shapes: NDArray[np.object_] = points.to_numpy()
    kinds = set(np.unique(shapely.get_type_id(shapes)).tolist()) - {-1, 0}
    if kinds:
        names = sorted({str(name) for name in points.geom_type.dropna()} - {"Point"})
        raise NetworkError(f"points are wanted, found {', '.join(names)}: take a point on each")
    return shapes


def _joined(
    network: Network, edge: NDArray[np.int32], px: NDArray[np.float64], py: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Project points on their edges: fraction, joining point, distance."""
    at = edge >= 0
    tail, head = network.tail[edge[at]], network.head[edge[at]]
    x0, y0 = network.x[tail], network.y[tail]
    dx, dy = network.x[head] - x0, network.y[head] - y0
    square = dx * dx + dy * dy
    along = (px[at] - x0) * dx + (py[at] - y0) * dy
    share = np.divide(along, square, out=np.zeros_like(along), where=square > 0).clip(0.0, 1.0)
    fraction, x, y, distance = (np.full(len(edge), np.nan) for _ in range(4))
    fraction[at], x[at], y[at] = share, x0 + share * dx, y0 + share * dy
    distance[at] = np.hypot(px[at] - x[at], py[at] - y[at])
    return fraction, x, y, distance
