"""
Points joined to the nearest usable road: where, how far off, and why not.

A point joins the nearest point of the nearest edge that is usable and may be joined; the way to it
is charged at walking speed. Each point is settled by itself: what else is asked changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo import reasons
from slgeo.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from slgeo.network.model import Network

MAX_SNAP: Final = 500.0
"""Metres from a point to the road at most (design.md, section 5)."""

TILE: Final = 500_000
"""Edges that are made into shapes at once."""

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
    import shapely

    if not max_snap >= 0:
        raise NetworkError(f"max_snap must be 0 metres or more, found {max_snap!r}")
    shapes = _points(network, points)
    count = len(shapes)
    reason = np.full(count, None, object)
    edge = np.full(count, -1, np.int32)
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    px, py = np.full(count, np.nan), np.full(count, np.nan)
    px[placed], py[placed] = shapely.get_x(shapes[placed]), shapely.get_y(shapes[placed])
    placed &= np.isfinite(px) & np.isfinite(py)
    reason[~placed] = reasons.NOT_GEOCODED
    if not network.hull.is_empty:
        shapely.prepare(network.hull)
        outside = placed & ~shapely.intersects_xy(network.hull, px, py)
        reason[outside] = reasons.OUTSIDE_NETWORK
        placed &= ~outside
    usable = network.usable
    edge[placed] = _nearest(network, network.snappable & usable, shapes[placed], max_snap)
    missed = placed & (edge < 0)
    apart = _nearest(network, network.snappable & ~usable, shapes[missed], max_snap) >= 0
    reason[missed] = np.where(apart, reasons.OTHER_COMPONENT, reasons.NO_ROAD_WITHIN)
    fraction, x, y, distance = _joined(network, edge, px, py)
    leg = np.rint(np.nan_to_num(distance) * _MS_AN_HOUR_KM / network.walking_kmh).astype(np.int32)
    return Snapped(
        index=points.index,
        edge=edge,
        fraction=fraction,
        distance=distance.astype(np.float32),
        leg=leg,
        x=x,
        y=y,
        reason=reason,
        max_snap=float(max_snap),
        mode=network.mode,
    )


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


def _nearest(
    network: Network,
    which: NDArray[np.bool_],
    shapes: NDArray[np.object_],
    max_snap: float,
) -> NDArray[np.int32]:
    """Find the nearest of the edges marked; of equals the first, and -1 beyond `max_snap`."""
    import shapely

    found = np.full(len(shapes), -1, np.int32)
    edges = np.flatnonzero(which)
    # a whisker more than max_snap, so that a point at exactly that distance is found
    reach = max_snap * (1 + 1e-9) + 1e-9
    for here, near in _tiles(network, edges, shapes, reach):
        ends = np.stack([network.tail[near], network.head[near]], axis=1)
        lines: Any = shapely.linestrings(np.stack([network.x[ends], network.y[ends]], axis=2))
        point, line = shapely.STRtree(lines).query_nearest(shapes[here], max_distance=reach)
        order = np.lexsort((line, point))[::-1]
        found[here[point[order]]] = near[line[order]]
    return found


def _tiles(
    network: Network, edges: NDArray[np.int64], shapes: NDArray[np.object_], reach: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """
    Divide points and the edges in their reach into tiles of at most about `TILE` edges.

    Shapes take two hundred bytes an edge: a country's roads would fill the memory at once. An
    edge is in every tile it may be joined from, so tiles do not change what is nearest.
    """
    import shapely

    if len(edges) == 0 or len(shapes) == 0:
        return
    if len(edges) <= TILE:
        yield np.arange(len(shapes)), edges
        return
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    ends = network.x[network.tail[edges]], network.x[network.head[edges]]
    west, east = np.minimum(*ends) - reach, np.maximum(*ends) + reach
    ends = network.y[network.tail[edges]], network.y[network.head[edges]]
    south, north = np.minimum(*ends) - reach, np.maximum(*ends) + reach
    waiting = [(np.arange(len(shapes)), np.arange(len(edges)))]
    while waiting:
        here, near = waiting.pop()
        box = x[here].min(), x[here].max(), y[here].min(), y[here].max()
        hit = (east[near] >= box[0]) & (west[near] <= box[1])
        near = near[hit & (north[near] >= box[2]) & (south[near] <= box[3])]
        wide, tall = box[1] - box[0], box[3] - box[2]
        if len(near) <= TILE or max(wide, tall) <= max(reach, 1.0):
            yield here, edges[near]
            continue
        place, middle = (x, box[0] + wide / 2) if wide >= tall else (y, box[2] + tall / 2)
        low = place[here] <= middle
        waiting += [(here[low], near), (here[~low], near)]


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
