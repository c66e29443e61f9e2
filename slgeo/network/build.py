"""From roads to the network of each mode: who may pass, how fast, where barriers stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from slgeo.errors import NetworkError
from slgeo.network.components import find_components
from slgeo.network.coverage import Cover, cover, find_exits
from slgeo.network.gates import find_gates
from slgeo.network.model import Network
from slgeo.network.modes import MODES, check_mode
from slgeo.network.restrictions import settle_turns
from slgeo.network.roads import cut_pieces
from slgeo.network.rules import left_out, settle
from slgeo.network.speeds import SPEEDS, Speeds, speeds_for
from slgeo.network.times import delayed, edge_times
from slgeo.network.wales import mark_wales

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.roads import Pieces, Roads


class Ground(NamedTuple):
    """
    Where roads lie, as it was asked.

    Parameters
    ----------
    crs, hull, within, wales
        As in :func:`read_osm`.
    """

    crs: str
    hull: Polygon | MultiPolygon | None = None
    within: Polygon | MultiPolygon | None = None
    wales: Polygon | MultiPolygon | bool = False


def build_networks(
    roads: Roads, profiles: Mapping[str, Speeds], ground: Ground
) -> Iterator[tuple[str, Network]]:
    """Make the network of each mode in turn from roads that were read once."""
    crs = ground.crs
    pieces = cut_pieces(roads, crs, ground.within)
    roads = mark_wales(roads, pieces, ground.wales)
    given = ground.hull or ground.within
    covered = Cover(given, given) if given else cover(roads, pieces)
    dead_ends = pieces.dead_ends
    none = np.empty(0)
    roads = replace(roads, x=none, y=none)  # the pieces have them now, in metres
    for mode, profile in profiles.items():
        yield (
            mode,
            build_network(
                roads,
                pieces,
                mode=mode,
                speeds=profile,
                crs=crs,
                cover=covered,
                dead_ends=dead_ends,
            ),
        )


def build_network(
    roads: Roads,
    pieces: Pieces,
    *,
    mode: str,
    speeds: Speeds,
    crs: str,
    cover: Cover,
    dead_ends: NDArray[np.bool_],
) -> Network:
    """
    Make the network of one mode.

    Parameters
    ----------
    roads, pieces
        Roads as read, and their straight pieces in `crs`.
    mode, speeds
        Who travels, and how fast.
    crs
        Projected CRS, in metres.
    cover
        What the source covers.
    dead_ends : ndarray of bool
        :attr:`Pieces.dead_ends`, which all modes share.

    Raises
    ------
    NetworkError
        Where no road is open to the mode.
    """
    rules = settle(roads, mode, speeds)
    kind = roads.kind[pieces.way]
    take = rules.open[kind] & pieces.whole
    if not take.any():
        raise NetworkError(
            f"{roads.provenance['file']} holds no road open to {mode}: "
            f"{len(roads.way_id):,} ways were read"
        )
    way, kind, length = pieces.way[take], kind[take], pieces.length[take]
    tail, head = pieces.tail[take], pieces.head[take]
    lost = np.flatnonzero(~pieces.whole)
    lost = lost[rules.open[roads.kind[pieces.way[lost]]]]
    cut, known_end = np.zeros(len(pieces.x), bool), np.zeros(len(pieces.x), bool)
    cut[pieces.tail[lost]] = cut[pieces.head[lost]] = True
    known_end[roads.no_exit] = True
    forward, backward = edge_times(rules, kind, way, length, tail, head, roads.stated)
    forward, backward = delayed(forward, backward, tail, head, speeds, roads.signals)
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
        cut=cut[origin],
        dead_end=(dead_ends & ~known_end)[origin],
        whole=cover.whole,
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
        hull=cover.hull,
        speeds=speeds.name,
        walking_kmh=speeds.walking_kmh,
        parking_seconds=speeds.parking_seconds,
        left_out=left_out(rules, roads, pieces),
        counts=counts,
        provenance={
            **roads.provenance,
            "speeds": f"{speeds.name} {speeds.version}: {speeds.source}",
        },
        turns=settle_turns(
            roads.restrictions,
            mode,
            node_id=roads.node_id[origin],
            tail=tail,
            head=head,
            way=roads.way_id[way],
        ),
    )


def profiles_for(
    modes: Sequence[str], speeds: str | Speeds | Mapping[str, str | Speeds] | None
) -> dict[str, Speeds]:
    """Pick the profile of each mode; a single one serves the mode it is made for."""
    if not modes:
        raise NetworkError(f"no modes asked for: choose from {', '.join(MODES)}")
    for mode in modes:
        check_mode(mode)
    if isinstance(speeds, Mapping):
        other = ", ".join(repr(mode) for mode in speeds if mode not in modes)
        if other:
            raise NetworkError(f"speeds for {other}, but roads for {', '.join(modes)} were asked")
        return {mode: speeds_for(mode, speeds.get(mode)) for mode in modes}
    profile = SPEEDS.get(speeds) if isinstance(speeds, str) else speeds
    if profile is None or profile.mode not in modes:
        return {mode: speeds_for(mode, speeds) for mode in modes}
    return {mode: profile if profile.mode == mode else speeds_for(mode) for mode in modes}
