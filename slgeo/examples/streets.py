"""Roads and paths of the made-up district, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from slgeo.examples import names, ranking, runs, sides
from slgeo.examples.junctions import BYPASS, CENTRE, lay_junctions
from slgeo.examples.ranking import KIND
from slgeo.examples.settlements import TOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.junctions import Junctions
    from slgeo.examples.land import Land
    from slgeo.examples.settlements import Seeds, Settlements
    from slgeo.examples.sides import Sides

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MAIN: Final = KIND["service"]
"""Classes up to this one have houses, surgeries and shops beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """
    Ways as runs of nodes.

    Parameters
    ----------
    x, y
        Nodes, in metres; the first `junctions` of them are where ways meet or end.
    junctions
        How many nodes are junctions.
    start, nodes
        Way `w` runs over ``nodes[start[w]:start[w + 1]]``.
    kind
        Position of each way's class in :data:`slgeo.examples.ranking.CLASSES`.
    oneway
        1 along the way's nodes, -1 against them, 0 both ways.
    bridge, private, urban
        Whether each way is a bridge, closed to through traffic, inside a settlement.
    name
        Position of each way's name in `names`; the first is empty.
    names
        Names of streets.
    exits
        Nodes where a road leaves the extract.
    gates, signals
        Nodes with a gate, with traffic lights.
    """

    x: Floats
    y: Floats
    junctions: int
    start: Ints
    nodes: Ints
    kind: Ints
    oneway: Ints
    bridge: Flags
    private: Flags
    urban: Flags
    name: Ints
    names: tuple[str, ...]
    exits: Ints
    gates: Ints
    signals: Ints

    @property
    def way(self) -> Ints:
        """Way of each entry of `nodes`."""
        return np.repeat(np.arange(len(self.kind)), np.diff(self.start))


def lay_streets(
    land: Land, places: Settlements, seeds: Seeds, homes: Floats, rng: np.random.Generator
) -> Streets:
    """Lay out all roads and paths."""
    spots = lay_junctions(land, places, homes, rng)
    web = sides.triangulate(land, places, spots, rng)
    estates = sides.find_estates(land, places)
    gates = sides.close_estates(estates, spots, web)
    sides.join_up(spots, web)
    exits = ranking.find_exits(land, spots, web)
    kind = ranking.classify(places, seeds, spots, web, exits, rng)
    used = ranking.add_paths(spots, web, kind, rng)
    ranking.pedestrianise(places, spots, web, kind, rng)
    signals = _signals(spots, web, kind)
    private = _private(estates, spots, web)
    pieces = _pieces(spots, web, kind, used, private, _ferry(land, spots))
    chains = runs.chain(spots, pieces)
    x, y, first = runs.bend(land, spots, pieces, rng)
    start, nodes = runs.string(pieces, chains, first, len(spots.x))
    lead = chains[1][chains[0][:-1]]  # the first piece of each way speaks for all of them
    # Some one-way streets are drawn against their traffic, as mappers sometimes do.
    against = pieces.oneway[lead] & chains[2][chains[0][:-1]]
    turned = pieces.oneway[lead] & (np.arange(len(lead)) % 3 == 0)
    nodes = _turned(start, nodes, turned)
    name, called = _named(places, spots, pieces, lead)
    return Streets(
        x=np.concatenate([spots.x, x]),
        y=np.concatenate([spots.y, y]),
        junctions=len(spots.x),
        start=start,
        nodes=nodes,
        kind=pieces.kind[lead],
        oneway=np.where(pieces.oneway[lead], np.where(against != turned, -1, 1), 0),
        bridge=pieces.bridge[lead],
        private=pieces.private[lead],
        urban=pieces.urban[lead],
        name=name,
        names=called,
        exits=exits,
        gates=gates,
        signals=signals,
    )


def _private(estates: Floats, spots: Junctions, web: Sides) -> Flags:
    """Whether a side lies inside a gated estate."""
    inside = sides.in_estate(estates, spots.x, spots.y)
    private: Flags = inside[web.a] & inside[web.b] & ~web.bridge & ~web.bypass
    return private


def _pieces(
    spots: Junctions,
    web: Sides,
    kind: Ints,
    used: Flags,
    private: Flags,
    ferry: tuple[int, int],
) -> runs.Pieces:
    """Take the sides that are used, one-way ones turned to run with traffic; add the ferry."""
    urban = (spots.place[web.a] >= 0) & (spots.place[web.b] >= 0) & ~web.bypass
    oneway = ranking.one_ways(spots, web, kind, private)
    turned = oneway[used] < 0
    a, b = web.a[used], web.b[used]
    return runs.Pieces(
        a=np.append(np.where(turned, b, a), ferry[0]),
        b=np.append(np.where(turned, a, b), ferry[1]),
        kind=np.append(kind[used], KIND["ferry"]),
        oneway=np.append(oneway[used] != 0, False),
        bridge=np.append(web.bridge[used], False),
        private=np.append(private[used], False),
        urban=np.append(urban[used], False),
    )


def _ferry(land: Land, spots: Junctions) -> tuple[int, int]:
    """Find the two junctions the ferry runs between: the shortest crossing."""
    island = np.flatnonzero(land.depth_island(spots.x, spots.y) > 0)
    main = np.flatnonzero((land.depth(spots.x, spots.y) > 0) & (spots.role > BYPASS))
    tree = cKDTree(np.column_stack([spots.x[main], spots.y[main]]))
    apart, nearest = tree.query(np.column_stack([spots.x[island], spots.y[island]]))
    best = int(np.argmin(apart))
    return int(main[np.asarray(nearest)[best]]), int(island[best])


def _signals(spots: Junctions, web: Sides, kind: Ints) -> Ints:
    """Put traffic lights where three main roads meet in a town centre."""
    busy = web.kept & (kind <= KIND["secondary"])
    ends = np.concatenate([web.a[busy], web.b[busy]])
    meet = np.bincount(ends, minlength=len(spots.x)) >= 3
    return np.flatnonzero(meet & (spots.role == CENTRE))


def _turned(start: Ints, nodes: Ints, turned: Flags) -> Ints:
    """Draw some ways from their other end."""
    size = np.diff(start)
    way = np.repeat(np.arange(len(size)), size)
    turn = np.arange(len(nodes)) - start[way]
    at = start[way] + np.where(turned[way], size[way] - 1 - turn, turn)
    return nodes[at]


def _named(
    places: Settlements, spots: Junctions, pieces: runs.Pieces, lead: Ints
) -> tuple[Ints, tuple[str, ...]]:
    """Name streets in settlements, bypasses and the ferry; lanes and paths have no name."""
    towns = np.flatnonzero(places.kind == TOWN)
    streets = [names.street(k) for k in range(names.STREET_NAMES)]
    bypasses = [f"{places.name[t]} Bypass" for t in towns]
    called = ("", *streets, *bypasses, f"{places.name[-1]} Ferry")
    kind = pieces.kind[lead]
    place = np.maximum(spots.place[pieces.a[lead]], 0)
    number = (np.arange(len(lead)) * 7 + place * 131) % names.STREET_NAMES
    name = np.where(pieces.urban[lead] & (kind <= KIND["pedestrian"]), 1 + number, 0)
    town = np.searchsorted(towns, place)
    name = np.where(kind == KIND["trunk"], 1 + names.STREET_NAMES + town, name)
    return np.where(kind == KIND["ferry"], len(called) - 1, name), called
