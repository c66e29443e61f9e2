"""The district's roads under OpenStreetMap tags: as a network at once, or for a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.examples.ranking import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.model import District
    from slgeo.examples.streets import Streets
    from slgeo.network.model import Network

    Ints = NDArray[np.int64]

FIRST_NODE: Final = 90_000_000_001
FIRST_WAY: Final = 9_000_000_001
"""Ids above any OpenStreetMap has given out (nodes 13, ways 1.5 thousand million in late 2025)."""

SIGNALS: Final = {"highway": "traffic_signals"}

GATE: Final = {"barrier": "gate", "access": "private"}

EXTRACT_DATE: Final = "2025-09-01T00:00:00Z"
"""Fixed, so that the file has the same bytes whenever it is written."""

_PLAIN: Final[dict[str, dict[str, str]]] = {
    "trunk": {"highway": "trunk", "ref": "A9901", "maxspeed": "60 mph", "foot": "no", "lit": "no"},
    "primary": {"highway": "primary", "ref": "A9902"},
    "secondary": {"highway": "secondary", "ref": "B9903"},
    "tertiary": {"highway": "tertiary"},
    "unclassified": {"highway": "unclassified"},
    "residential": {"highway": "residential"},
    "service": {"highway": "service"},
    "pedestrian": {"highway": "pedestrian"},
    "track": {"highway": "track", "surface": "unpaved"},
    "footway": {"highway": "footway"},
    "path": {"highway": "path", "designation": "public_footpath"},
    "bridleway": {"highway": "bridleway", "designation": "public_bridleway"},
    "steps": {"highway": "steps"},
    "cycleway": {"highway": "cycleway", "foot": "yes"},
    "ferry": {
        "route": "ferry",
        "foot": "yes",
        "bicycle": "yes",
        "motor_vehicle": "no",
        "duration": "00:25",
    },
}


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """
    Combinations of tags, and which each way has.

    Parameters
    ----------
    tags
        The combinations, without names.
    of : ndarray of int64, shape (ways,)
        Position of each way's tags.
    """

    tags: tuple[dict[str, str], ...]
    of: Ints


def kinds(streets: Streets) -> Kinds:
    """Tag every way: class, one-way, bridge, private, and the speed limit where it is posted."""
    flags = (streets.oneway + 1) + 3 * streets.bridge + 6 * streets.private + 12 * streets.urban
    posted = np.diff(streets.start) % 3 != 0  # one road in three lacks a posted limit, as mapped
    code = (streets.kind * 2 + posted) * 24 + flags
    found, of = np.unique(code, return_inverse=True)
    tags = []
    for value in found.tolist():
        rest, flag = divmod(value, 24)
        kind, sign = divmod(rest, 2)
        tags.append(_tags(CLASSES[kind], flag, posted=bool(sign)))
    return Kinds(tuple(tags), of.astype(np.int64))


def _tags(kind: str, flag: int, *, posted: bool) -> dict[str, str]:
    tags = dict(_PLAIN[kind])
    urban, private, bridge, oneway = flag // 12, flag // 6 % 2, flag // 3 % 2, flag % 3 - 1
    if oneway:
        tags["oneway"] = "yes" if oneway > 0 else "-1"
    if bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    if private:
        tags["access"] = "private"
    if posted and kind in {"primary", "secondary", "tertiary", "unclassified", "residential"}:
        if urban:
            tags |= {"maxspeed": "20 mph" if oneway else "30 mph", "lit": "yes"}
        else:
            tags |= {"maxspeed": "60 mph", "maxspeed:type": "GB:nsl_single"}
    return tags


def network(made: District, mode: str = "walk") -> Network:
    """
    Give the district's roads as a network, without a file.

    The same roads as the ``roads.osm.pbf`` that :func:`slgeo.examples.write` writes: nodes with
    positions rounded as OpenStreetMap rounds them, tags settled by the same rules.

    Parameters
    ----------
    made
        The district.
    mode
        ``walk``, ``cycle`` or ``drive``.

    Returns
    -------
    Network
        On the nation's grid. Its hull is the district's outline.
    """
    from slgeo.network.build import Ground, build_networks
    from slgeo.network.roads import Roads
    from slgeo.network.speeds import speeds_for

    streets, found = made.streets, kinds(made.streets)
    start, node = with_exits(streets)
    lon, lat = made.nation.degrees(streets.x, streets.y)
    beyond = np.full(len(streets.exits), np.nan)
    roads = Roads(
        way_id=FIRST_WAY + np.arange(len(start) - 1),
        start=start,
        node=node.astype(np.int32),
        kind=np.append(found.of, np.full(len(streets.exits), exit_kind(found))).astype(np.int32),
        kinds=found.tags,
        node_id=FIRST_NODE + np.arange(len(streets.x) + len(streets.exits)),
        x=np.concatenate([lon, beyond]),
        y=np.concatenate([lat, beyond]),
        crs="EPSG:4326",
        barriers={int(k): dict(GATE) for k in streets.gates},
        signals=streets.signals.astype(np.int32),
        counts={},
        provenance={"file": f"{made.name}, made up by slgeo", "licence": "made up by slgeo"},
    )
    outline: Any = made.areas.geometry.union_all(method="coverage")  # typed as any geometry
    ground = Ground(made.nation.crs, outline)
    networks = build_networks(roads, {mode: speeds_for(mode)}, ground)
    return next(found for _, found in networks)


def with_exits(streets: Streets) -> tuple[Ints, Ints]:
    """
    Add the ways that leave the extract: each ends at a node that is not in it.

    Returns
    -------
    tuple of ndarray
        Starts and nodes of all ways; nodes from ``len(streets.x)`` on have no position.
    """
    away = len(streets.x) + np.arange(len(streets.exits))
    more = np.column_stack([streets.exits, away]).ravel()
    last = streets.start[-1]
    start = np.concatenate([streets.start, last + 2 * np.arange(1, len(streets.exits) + 1)])
    return start, np.concatenate([streets.nodes, more])


def exit_kind(found: Kinds) -> int:
    """Roads leave the extract as unclassified ones or better: the first such tags there are."""
    return next(
        k for k, tags in enumerate(found.tags) if tags.get("highway") in {"primary", "unclassified"}
    )
