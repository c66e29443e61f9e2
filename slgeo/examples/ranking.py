"""Which road is which: main roads by what they carry, paths, one-way streets, ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from slgeo.examples.junctions import CENTRE, LANE
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

CLASSES: Final = (
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "service",
    "pedestrian", "track", "footway", "path", "bridleway", "steps", "cycleway", "ferry",
)  # fmt: skip
"""Kinds of way; all but the last are values of OpenStreetMap's ``highway``."""

KIND: Final = {name: k for k, name in enumerate(CLASSES)}
"""Class -> its position in `CLASSES`."""

FOOT_ONLY: Final = tuple(
    KIND[name] for name in ("pedestrian", "footway", "path", "bridleway", "steps", "cycleway")
)

LOADS: Final = {"tertiary": 1.0, "secondary": 4.0, "primary": 11.0}
"""Areas a road must carry to its market town to be of a class (our choice)."""

_EXIT_LOAD, _LINK_LOAD = 12.0, 15.0
"""What a way out of the extract, and a road between two towns, count for: main roads both."""


def find_exits(land: Land, spots: Junctions, sides: Sides) -> Ints:
    """Junctions near the land border, 5 km apart, where a road goes on beyond the extract."""
    inland = land.depth(spots.x, spots.y)
    used = np.zeros(len(spots.x), dtype=bool)
    used[sides.a[sides.kept]] = used[sides.b[sides.kept]] = True
    near = used & (inland > 0) & (inland < 900) & ~land.seaward(spots.x) & (spots.role == LANE)
    pool = np.flatnonzero(near)
    chosen: list[int] = []
    for k in pool[np.argsort(inland[pool], kind="stable")].tolist():
        apart = np.hypot(spots.x[chosen] - spots.x[k], spots.y[chosen] - spots.y[k])
        if (apart > 5_000).all():
            chosen.append(k)
    return np.array(sorted(chosen), dtype=np.int64)


def classify(
    places: Settlements,
    seeds: Seeds,
    spots: Junctions,
    sides: Sides,
    exits: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Class of every side that is a road, by how many areas it carries to a market town."""
    carried = _carried(places, seeds, spots, sides, exits)
    town = (spots.place[sides.a] >= 0) & (spots.place[sides.b] >= 0)
    kind = np.where(town, KIND["residential"], KIND["unclassified"])
    kind[town & (rng.random(len(kind)) < 0.06)] = KIND["service"]
    for name, least in LOADS.items():
        kind[carried >= least] = KIND[name]
    kept = np.concatenate([sides.a[sides.kept], sides.b[sides.kept]])
    degree = np.bincount(kept, minlength=len(spots.x))
    dead_end = (degree[sides.a] == 1) | (degree[sides.b] == 1)
    kind[dead_end & ~town & (carried < 1) & (rng.random(len(kind)) < 0.4)] = KIND["track"]
    kind[sides.bridge] = np.minimum(kind[sides.bridge], KIND["tertiary"])
    kind[sides.bypass] = KIND["trunk"]
    return kind.astype(np.int64)


def _carried(
    places: Settlements, seeds: Seeds, spots: Junctions, sides: Sides, exits: Ints
) -> Floats:
    """Areas each side carries on the shortest ways to the nearest market town."""
    n, at = len(spots.x), np.flatnonzero(sides.kept)
    points = cKDTree(np.column_stack([spots.x, spots.y]))
    towns = places.kind == TOWN
    roots = np.asarray(points.query(np.column_stack([places.x[towns], places.y[towns]]))[1])
    cost = sides.length[at] * np.where(sides.bypass[at], 0.6, 1.0)
    graph = csr_matrix((cost, (sides.a[at], sides.b[at])), shape=(n, n))
    far, before, source = dijkstra(
        graph, directed=False, indices=roots, return_predecessors=True, min_only=True
    )
    doors = np.asarray(points.query(np.column_stack([seeds.x, seeds.y]))[1])
    load = np.bincount(doors, minlength=n).astype(float)
    load[exits] += _EXIT_LOAD
    links = _links(at, sides, far, source)
    np.add.at(load, sides.a[links], _LINK_LOAD)
    np.add.at(load, sides.b[links], _LINK_LOAD)
    flow, parent = load.tolist(), before.tolist()
    for k in np.argsort(-far, kind="stable").tolist():  # farthest first: leaves before trunks
        if parent[k] >= 0:
            flow[parent[k]] += flow[k]
    total = np.array(flow)
    carried = np.zeros(len(sides.a))
    outward, inward = before[sides.b] == sides.a, before[sides.a] == sides.b
    carried[outward], carried[inward] = total[sides.b[outward]], total[sides.a[inward]]
    carried[links] = _LINK_LOAD
    return carried


def _links(at: Ints, sides: Sides, far: Floats, source: NDArray[np.int32]) -> Ints:
    """Sides at which the shortest ways between neighbouring towns meet."""
    a, b = sides.a[at], sides.b[at]
    between = at[(source[a] != source[b]) & np.isfinite(far[a])]
    p, q = source[sides.a[between]], source[sides.b[between]]
    pair = np.minimum(p, q).astype(np.int64) * len(far) + np.maximum(p, q)
    cost = far[sides.a[between]] + sides.length[between] + far[sides.b[between]]
    order = np.lexsort((cost, pair))
    first = np.ones(len(order), dtype=bool)
    first[1:] = pair[order][1:] != pair[order][:-1]
    links: Ints = between[order[first]]
    return links


def add_paths(spots: Junctions, sides: Sides, kind: Ints, rng: np.random.Generator) -> Flags:
    """
    Turn some unused sides into footpaths and the like; footbridges are always there.

    Returns
    -------
    ndarray of bool
        Sides that are a road or a path now; `kind` has their class.
    """
    free = sides.allowed & ~sides.kept & ~sides.costly & ~sides.bridge & (sides.length < 1_600)
    town = (spots.place[sides.a] >= 0) & (spots.place[sides.b] >= 0)
    draw = rng.random(len(kind))
    used = sides.kept.copy()
    for name, chosen in (
        ("footway", town & (draw < 0.07)),
        ("cycleway", town & (draw >= 0.07) & (draw < 0.085)),
        ("steps", town & (draw >= 0.085) & (draw < 0.09) & (sides.length < 140)),
        ("path", ~town & (draw < 0.16)),
        ("bridleway", ~town & (draw >= 0.16) & (draw < 0.21)),
    ):
        kind[free & chosen] = KIND[name]
        used |= free & chosen
    footbridge = sides.bridge & ~sides.kept
    kind[footbridge] = KIND["footway"]
    return used | footbridge


def pedestrianise(
    places: Settlements, spots: Junctions, sides: Sides, kind: Ints, rng: np.random.Generator
) -> None:
    """Close some streets by the market place to cars, where every door stays reachable by car."""
    a, b = sides.a, sides.b
    heart = (spots.role[a] == CENTRE) & (spots.role[b] == CENTRE) & sides.kept
    for end in (a, b):
        place = np.maximum(spots.place[end], 0)
        apart = np.hypot(spots.x[end] - places.x[place], spots.y[end] - places.y[place])
        heart &= apart < 0.13 * places.radius[place]
    closed = heart & (kind == KIND["residential"]) & (rng.random(len(kind)) < 0.6)
    before = kind[closed]
    kind[closed] = KIND["pedestrian"]
    drive = sides.kept & ~np.isin(kind, FOOT_ONLY)
    n = len(spots.x)
    graph = coo_matrix((np.ones(int(drive.sum())), (a[drive], b[drive])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    alone = np.bincount(piece, minlength=n)[piece] < 40  # cut off, or a corner no car comes to
    undo = closed & (alone[a] | alone[b])
    kind[undo] = before[undo[closed]]


def one_ways(spots: Junctions, sides: Sides, kind: Ints, private: Flags) -> Ints:
    """
    Alternate directions row by row in town centres, as far as all stay reachable both ways.

    Returns
    -------
    ndarray of int64
        1 from ``a`` to ``b`` only, -1 from ``b`` to ``a`` only, 0 both ways.
    """
    a, b = sides.a, sides.b
    drive = sides.kept & ~np.isin(kind, FOOT_ONLY) & ~private
    centre = (spots.role[a] == CENTRE) & (spots.role[b] == CENTRE) & drive & ~sides.bridge
    centre &= spots.place[a] == spots.place[b]
    oneway = np.zeros(len(a), dtype=np.int64)
    along, across = spots.row[a] == spots.row[b], spots.column[a] == spots.column[b]
    for line, at, number in (
        (along, spots.column, spots.row),
        (across, spots.row, spots.column),
    ):
        sign = np.where(at[b] > at[a], 1, -1) * np.where(number[a] % 2 == 0, 1, -1)
        oneway[centre & line] = sign[centre & line]
    # Streets from which or to which there is no way are opened both ways, until there are none:
    # each round opens at least one.
    while True:
        lost = _one_way_traps(len(spots.x), sides, drive, oneway)
        stuck = (oneway != 0) & (lost[a] | lost[b])
        if not stuck.any():
            return oneway
        oneway[stuck] = 0


def _one_way_traps(n: int, sides: Sides, drive: Flags, oneway: Ints) -> Flags:
    """Junctions that can be reached but not left, or left but not reached."""
    go, back = drive & (oneway >= 0), drive & (oneway <= 0)
    tail = np.concatenate([sides.a[go], sides.b[back]])
    head = np.concatenate([sides.b[go], sides.a[back]])
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, strong = connected_components(graph, connection="strong")
    _, weak = connected_components(graph, directed=False)
    size = np.bincount(strong)
    largest = np.zeros(int(weak.max()) + 1, dtype=np.int64)
    np.maximum.at(largest, weak, size[strong])
    lost: Flags = size[strong] < largest[weak]
    return lost
