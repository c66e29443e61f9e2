"""
From roads to the network of one mode: who may pass, how fast, where barriers stand.

Rounding. Milliseconds are rounded along a way as running sums, not edge by edge: the time between
any two nodes of a way is within one millisecond of the exact one however many edges lie between,
and an edge of no length takes no time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.errors import NetworkError
from slgeo.network.components import find_components
from slgeo.network.coverage import ENDS_BY_NATURE, find_exits
from slgeo.network.gates import find_gates
from slgeo.network.model import Network
from slgeo.network.modes import passage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.roads import Roads
    from slgeo.network.speeds import Speeds

FERRY: Final = "ferry"
"""Name of the road class of ferries."""


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

    x, y = _project(roads.lon, roads.lat, crs)
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


def build_network(
    roads: Roads,
    pieces: Pieces,
    *,
    mode: str,
    speeds: Speeds,
    crs: str,
    hull: Polygon | MultiPolygon,
) -> Network:
    """
    Make the network of one mode.

    Raises
    ------
    NetworkError
        Where no road is open to the mode.
    """
    rules = _settle(roads, mode, speeds)
    kind = roads.kind[pieces.way]
    take = rules.open[kind] & pieces.whole
    if not take.any():
        raise NetworkError(
            f"{roads.provenance['file']} holds no road open to {mode}: "
            f"{len(roads.way_id):,} ways were read"
        )
    way, kind, length = pieces.way[take], kind[take], pieces.length[take]
    tail, head = pieces.tail[take], pieces.head[take]
    lost = rules.open[roads.kind[pieces.way]] & ~pieces.whole
    cut_nodes = np.concatenate([pieces.tail[lost], pieces.head[lost]])

    forward, backward = _times(rules, kind, way, length, tail, head)
    gates = find_gates(roads, mode, way, tail, head)
    origin, tail, head = gates.split(len(pieces.x), tail, head)
    ends = rules.ends_only[kind] | gates.ends
    found = find_components(
        len(origin), tail, head, forward=forward, backward=backward, length=length, ends_only=ends
    )
    x, y = pieces.x[origin], pieces.y[origin]
    exits = find_exits(
        x,
        y,
        tail,
        head,
        goes_on=rules.goes_on[kind] & ~found.ends_only,
        component=found.component,
        cut=np.isin(origin, cut_nodes),
        dead_end=_dead_ends(pieces)[origin],
        hull=hull,
    )
    counts = {
        **roads.counts,
        "ways cut where the extract ends": len(np.unique(pieces.way[lost])),
        "barriers that close a road": int(gates.closing),
        "barriers passed at the ends of a trip": int(gates.gated),
        "edges whose speed limit is assumed": int(rules.assumed[kind].sum()),
    }
    return Network(
        mode=mode,
        crs=crs,
        node_id=roads.node_id[origin],
        x=x,
        y=y,
        tail=tail,
        head=head,
        length=length.astype(np.float32),
        forward=forward,
        backward=backward,
        way=roads.way_id[way],
        road_class=rules.road_class[kind],
        classes=rules.classes,
        ends_only=found.ends_only,
        snappable=rules.snappable[kind],
        component=found.component,
        exits=exits,
        hull=hull,
        speeds=speeds.name,
        walking_kmh=speeds.walking_kmh,
        left_out=_left_out(rules, roads, pieces),
        counts=counts,
        provenance={
            **roads.provenance,
            "speeds": f"{speeds.name} {speeds.version}: {speeds.source}",
        },
    )


def minutes_of(duration: str) -> float | None:
    """
    Read the duration of a crossing: ``HH:MM``, ``HH:MM:SS``, ``PT1H30M`` or whole minutes.

    Returns
    -------
    float or None
        Minutes; None where it cannot be read or is nothing.

    Examples
    --------
    >>> from slgeo.network.build import minutes_of
    >>> minutes_of("01:30"), minutes_of("PT45M"), minutes_of("20"), minutes_of("soon")
    (90.0, 45.0, 20.0, None)
    """
    text = duration.strip().upper()
    clock = re.fullmatch(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", text)
    iso = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if clock:
        minutes = int(clock[1]) * 60 + int(clock[2]) + int(clock[3] or 0) / 60
    elif iso:
        days, hours, whole, seconds = (int(part or 0) for part in iso.groups())
        minutes = days * 1440 + hours * 60 + whole + seconds / 60
    elif re.fullmatch(r"\d{1,4}(?:\.\d+)?", text):
        minutes = float(text)
    else:
        return None
    return minutes or None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rules:
    """The rules of a mode, one value a combination of tags."""

    open: NDArray[np.bool_]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    ends_only: NDArray[np.bool_]
    snappable: NDArray[np.bool_]
    kmh: NDArray[np.float64]
    assumed: NDArray[np.bool_]
    ferry: NDArray[np.bool_]
    goes_on: NDArray[np.bool_]
    crossing: NDArray[np.float64]  # minutes of a ferry that states them, else NaN
    boarding: float
    road_class: NDArray[np.uint8]
    classes: tuple[str, ...]
    why_not: tuple[str, ...]


def _settle(roads: Roads, mode: str, speeds: Speeds) -> _Rules:
    """Settle permission and speed for every combination of tags."""
    passages = []
    for tags in roads.kinds:
        way = passage(tags, mode)
        name = _class_of(tags)
        left_out = way.allowed and name in speeds.excluded
        passages.append((way, f"{name}: left out by {speeds.name}" if left_out else way.why_not))
    ferry = np.array([_class_of(tags) == FERRY for tags in roads.kinds], bool)
    settled = [speeds.settled(tags) for tags in roads.kinds]
    kmh = np.array([speed for speed, _ in settled], float)
    kmh[np.array([way.pushed for way, _ in passages], bool)] = speeds.walking_kmh
    kmh[ferry] = speeds.ferry_kmh
    is_open = np.array([way.allowed and not why for way, why in passages], bool)
    names = sorted({_class_of(tags) for tags, use in zip(roads.kinds, is_open, strict=True) if use})
    number = {name: at for at, name in enumerate(names)}
    return _Rules(
        open=is_open,
        forward=np.array([way.forward for way, _ in passages], bool),
        backward=np.array([way.backward for way, _ in passages], bool),
        ends_only=np.array([way.ends_only for way, _ in passages], bool),
        snappable=np.array([way.snappable for way, _ in passages], bool),
        kmh=kmh,
        assumed=np.array([assumed for _, assumed in settled], bool) & ~ferry,
        ferry=ferry,
        goes_on=np.array([_class_of(tags) not in ENDS_BY_NATURE for tags in roads.kinds], bool),
        crossing=np.array(
            [minutes_of(tags.get("duration", "")) or np.nan for tags in roads.kinds], float
        ),
        boarding=speeds.boarding_minutes,
        road_class=np.array([number.get(_class_of(tags), 0) for tags in roads.kinds], np.uint8),
        classes=tuple(names),
        why_not=tuple(why for _, why in passages),
    )


def _class_of(tags: Mapping[str, str]) -> str:
    return tags.get("highway") or FERRY


def _times(
    rules: _Rules,
    kind: NDArray[np.int32],
    way: NDArray[np.int32],
    length: NDArray[np.float64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Milliseconds along and against each edge; -1 where it may not be used so."""
    exact = length * 3600.0 / rules.kmh[kind]
    ferry = rules.ferry[kind]
    if ferry.any():
        metres = np.bincount(way, length)[way]
        share = np.divide(length, metres, out=np.zeros_like(length), where=metres > 0)
        stated = ferry & np.isfinite(rules.crossing[kind])
        exact[stated] = (share * rules.crossing[kind] * 60_000.0)[stated]
    ms = _round_along(exact, way)
    forward = np.where(rules.forward[kind], ms, -1).astype(np.int32)
    backward = np.where(rules.backward[kind], ms, -1).astype(np.int32)
    if ferry.any():
        wait = round(rules.boarding * 60_000)
        landing = np.zeros(int(max(tail.max(), head.max())) + 1, bool)
        landing[tail[~ferry]] = landing[head[~ferry]] = True
        forward[ferry & landing[tail] & (forward >= 0)] += wait
        backward[ferry & landing[head] & (backward >= 0)] += wait
    return forward, backward


def _round_along(exact: NDArray[np.float64], way: NDArray[np.int32]) -> NDArray[np.int64]:
    """Round times so that running sums along each way are right, not only single edges."""
    total = np.cumsum(exact)
    first = np.flatnonzero(np.diff(way, prepend=-1))
    base = np.repeat((total - exact)[first], np.diff(first, append=len(way)))
    upto = np.rint(total - base).astype(np.int64)
    before = np.rint(total - exact - base).astype(np.int64)
    before[1:] = np.where(np.diff(way) == 0, upto[:-1], before[1:])
    return upto - before


def _dead_ends(pieces: Pieces) -> NDArray[np.bool_]:
    """Mark the nodes where a road simply stops: one neighbour over all roads of any mode."""
    whole = pieces.whole & (pieces.tail != pieces.head)
    pairs = np.sort(np.column_stack([pieces.tail[whole], pieces.head[whole]]), axis=1)
    neighbours = np.bincount(np.unique(pairs, axis=0).ravel(), minlength=len(pieces.x))
    alone: NDArray[np.bool_] = neighbours == 1
    return alone


def _left_out(rules: _Rules, roads: Roads, pieces: Pieces) -> dict[str, float]:
    """Kilometres that are not in the network, by reason."""
    metres = np.nan_to_num(pieces.length)
    by_kind = np.bincount(roads.kind[pieces.way], metres, minlength=len(rules.why_not)) / 1000
    total: dict[str, float] = {}
    for why, km in zip(rules.why_not, by_kind, strict=True):
        if why and km > 0:
            total[why] = total.get(why, 0.0) + float(km)
    return {why: round(km, 3) for why, km in sorted(total.items())}


def _project(
    lon: NDArray[np.float64], lat: NDArray[np.float64], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn degrees into metres; what cannot be turned is not known."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        target = CRS.from_user_input(crs)
    except CRSError:
        raise NetworkError(f"no CRS {crs!r}: use one in metres such as EPSG:27700") from None
    if not target.is_projected or target.axis_info[0].unit_name != "metre":
        raise NetworkError(f"{crs} is not in metres: use a projected CRS such as EPSG:27700")
    x, y = Transformer.from_crs("EPSG:4326", target, always_xy=True).transform(lon, lat)
    x, y = np.array(x, float), np.array(y, float)
    lost = ~(np.isfinite(x) & np.isfinite(y))
    x[lost] = y[lost] = np.nan
    return x, y
