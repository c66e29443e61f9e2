"""
Roads and paths of the made-up district, as arrays.

Junctions are triangulated; the triangles' longest sides are dropped (the Urquhart graph, R. B.
Urquhart 1980), which leaves grids in towns and a web of lanes between villages; sides across water
are dropped unless they are bridges, and a spanning tree puts back what keeps every place joined.
Nothing crosses anything else between junctions but at the bridges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from slgeo.examples.junctions import BRIDGE, BYPASS, CENTRE, FOOTBRIDGE, LANE, lay_junctions
from slgeo.examples.land import rounded
from slgeo.examples.settlements import TOWN, Seeds, Settlements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.cells import Cells
    from slgeo.examples.junctions import Junctions
    from slgeo.examples.land import Land

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CLASSES: Final = (
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "service",
    "pedestrian",
    "track",
    "footway",
    "path",
    "bridleway",
    "steps",
    "cycleway",
    "ferry",
)
"""Kinds of way; all but the last are values of OpenStreetMap's `highway`."""

_KIND: Final = {name: k for k, name in enumerate(CLASSES)}
FOOT_ONLY: Final = frozenset(_KIND[k] for k in CLASSES[7:14])

BEND: Final = 62.0
"""Metres between the nodes of a way: with it the largest district has four million nodes."""


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
        Position of each way's class in `CLASSES`.
    oneway
        1 along the way's nodes, -1 against them, 0 both ways.
    bridge, private, urban
        Whether each way is a bridge, closed to through traffic, inside a settlement.
    street
        Number of each way's name, -1 without one.
    exits
        Nodes where a road leaves the extract.
    gates
        Nodes with a gate.
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
    street: Ints
    exits: Ints
    gates: Ints


@dataclass(slots=True)
class _Edges:
    """Sides of the triangulation, and what becomes of each."""

    a: Ints
    b: Ints
    length: Floats
    kept: Flags
    allowed: Flags
    bridge: Flags
    bypass: Flags
    costly: Flags


def lay_streets(
    land: Land, places: Settlements, seeds: Seeds, cells: Cells, rng: np.random.Generator
) -> Streets:
    """Lay out all roads and paths."""
    spots = lay_junctions(land, places, cells, rng)
    edges = _triangulate(land, spots, rng)
    gates = _gate(places, spots, edges)
    _join_up(spots, edges)
    exits = _exits(land, spots, edges)
    kind = _classify(places, seeds, spots, edges, exits, rng)
    paths = _paths(spots, edges, rng)
    used = edges.kept | (paths >= 0)
    kind[paths >= 0] = paths[paths >= 0]
    urban = (spots.place[edges.a] >= 0) & (spots.place[edges.b] >= 0) & ~edges.bypass
    private = _in_estate(places, spots.x[edges.a], spots.y[edges.a]) & _in_estate(
        places, spots.x[edges.b], spots.y[edges.b]
    )
    private |= np.isin(edges.a, gates) & private
    oneway = _one_ways(spots, edges, kind, private)
    street = np.where(urban & (kind < 8), _street_numbers(spots, edges), -1)
    a, b = edges.a[used], edges.b[used]
    ferry = _ferry(land, spots)
    run = _Run(
        np.concatenate([a, ferry[:1]]),
        np.concatenate([b, ferry[1:]]),
        np.append(kind[used], _KIND["ferry"]),
        np.append(urban[used], False),
    )
    x, y, start, nodes = _bend(land, spots, run, rng)
    return Streets(
        x=x,
        y=y,
        junctions=len(spots.x),
        start=start,
        nodes=nodes,
        kind=run.kind,
        oneway=np.append(oneway[used], 0),
        bridge=np.append(edges.bridge[used], False),
        private=np.append(private[used], False),
        urban=run.urban,
        street=np.append(street[used], -1),
        exits=exits,
        gates=gates,
    )


def _triangulate(land: Land, spots: Junctions, rng: np.random.Generator) -> _Edges:
    n = len(spots.x)
    corner = Delaunay(np.column_stack([spots.x, spots.y])).simplices.astype(np.int64)
    sides = np.stack([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [2, 0]]], axis=1)
    sides.sort(axis=2)
    code = sides[:, :, 0] * n + sides[:, :, 1]
    length = np.hypot(
        spots.x[sides[:, :, 0]] - spots.x[sides[:, :, 1]],
        spots.y[sides[:, :, 0]] - spots.y[sides[:, :, 1]],
    )
    known, inverse = np.unique(code, return_inverse=True)
    inverse = inverse.reshape(code.shape)
    kept = np.ones(len(known), dtype=bool)
    kept[inverse[np.arange(len(code)), length.argmax(axis=1)]] = False
    a, b = np.divmod(known, n)
    long = np.hypot(spots.x[a] - spots.x[b], spots.y[a] - spots.y[b])
    forced = _find(known, n, spots.links)
    bank = land.bank(spots.x, spots.y)
    dry = (bank[a] == bank[b]) & (long < 4_000)
    for t in (0.2, 0.4, 0.5, 0.6, 0.8):
        mx, my = spots.x[a] * (1 - t) + spots.x[b] * t, spots.y[a] * (1 - t) + spots.y[b] * t
        dry &= land.inside(mx, my) & (land.bank(mx, my) == bank[a])
    bridge = np.zeros(len(known), dtype=bool)
    bridge[forced] = bank[a[forced]] != bank[b[forced]]
    arc = spots.role == BYPASS
    bypass = np.zeros(len(known), dtype=bool)
    bypass[forced] = arc[a[forced]] & arc[b[forced]]
    junction = arc & (
        (np.arange(n) % 6 == 0) | (np.bincount(spots.links.ravel(), minlength=n) == 1)
    )
    touches = ((arc & ~junction)[a] | (arc & ~junction)[b]) & ~bypass
    foot = spots.role == FOOTBRIDGE
    costly = touches | (arc[a] & arc[b] & ~bypass)
    kept &= dry & ~costly
    kept &= (rng.random(len(known)) > 0.09) | (spots.role[a] == LANE) | (spots.role[b] == LANE)
    kept |= bridge | bypass
    kept &= ~(bridge & foot[a] & foot[b])
    return _Edges(a, b, long, kept, (dry | bridge | bypass), bridge, bypass, costly)


def _find(known: Ints, n: int, links: Ints) -> Ints:
    """Positions of given pairs among the sides of the triangulation."""
    low, high = links.min(axis=1), links.max(axis=1)
    at = np.minimum(np.searchsorted(known, low * n + high), len(known) - 1)
    found: Ints = at[known[at] == low * n + high]
    return found


def _in_estate(places: Settlements, x: Floats, y: Floats) -> Flags:
    """Whether points lie in a town's gated estate: a disc near its leafy edge."""
    inside = np.zeros(len(x), dtype=bool)
    towns = np.flatnonzero(places.kind == TOWN)
    angle = places.angle[towns] * 4 + np.pi * 0.9
    cx = places.x[towns] + 0.8 * places.radius[towns] * np.cos(angle)
    cy = places.y[towns] + 0.8 * places.radius[towns] * np.sin(angle)
    apart, _ = cKDTree(np.column_stack([cx, cy])).query(
        np.column_stack([x, y]), distance_upper_bound=230.0
    )
    inside |= np.isfinite(apart)
    return inside


def _gate(places: Settlements, spots: Junctions, edges: _Edges) -> Ints:
    """Close every way into an estate but one, and put a gate on that."""
    inside = _in_estate(places, spots.x, spots.y) & (spots.role != BRIDGE)
    crossing = (inside[edges.a] != inside[edges.b]) & edges.allowed & ~edges.bypass
    at = np.flatnonzero(crossing)
    inner = np.where(inside[edges.a[at]], edges.a[at], edges.b[at])
    owner = spots.place[inner]
    order = np.lexsort((edges.length[at], ~edges.kept[at], owner))
    first = np.ones(len(at), dtype=bool)
    first[1:] = owner[order][1:] != owner[order][:-1]
    chosen = at[order[first]]
    edges.kept[at] = False
    edges.allowed[at] = False
    edges.kept[chosen] = True
    edges.allowed[chosen] = True
    return np.unique(inner[order[first]])


def _join_up(spots: Junctions, edges: _Edges) -> None:
    """Put back the shortest allowed sides that keep every junction of a landmass joined."""
    weight = edges.length * np.where(edges.kept, 1.0, np.where(edges.costly, 1e6, 1e3))
    ok = edges.allowed & ~(edges.bridge & ~edges.kept)
    n = len(spots.x)
    graph = coo_matrix((weight[ok], (edges.a[ok], edges.b[ok])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
    code = edges.a * n + edges.b
    edges.kept[np.searchsorted(code, low.astype(np.int64) * n + high)] = True


def _exits(land: Land, spots: Junctions, edges: _Edges) -> Ints:
    """Junctions near the land border, some 5 km apart, where a road goes on into the unknown."""
    near = land.depth_border(spots.x, spots.y)
    coast = land.coast(spots.y) - spots.x
    used = np.zeros(len(spots.x), dtype=bool)
    used[edges.a[edges.kept]] = used[edges.b[edges.kept]] = True
    pool = np.flatnonzero(used & (near > 0) & (near < 900) & (coast > 1_500) & (spots.role == LANE))
    chosen: list[int] = []
    for k in pool[np.argsort(near[pool], kind="stable")]:
        if all(np.hypot(spots.x[k] - spots.x[c], spots.y[k] - spots.y[c]) > 5_000 for c in chosen):
            chosen.append(int(k))
    return np.array(sorted(chosen), dtype=np.int64)


def _classify(  # noqa: PLR0913 - the whole plan is needed to rank a road
    places: Settlements,
    seeds: Seeds,
    spots: Junctions,
    edges: _Edges,
    exits: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Rank roads by how many areas they carry to the nearest market town."""
    n, at = len(spots.x), np.flatnonzero(edges.kept)
    cost = edges.length * np.where(edges.bypass, 0.6, 1.0)
    graph = coo_matrix((cost[at], (edges.a[at], edges.b[at])), shape=(n, n)).tocsr()
    towns = np.flatnonzero(places.kind == TOWN)
    points = cKDTree(np.column_stack([spots.x, spots.y]))
    _, roots = points.query(np.column_stack([places.x[towns], places.y[towns]]))
    far, before, source = dijkstra(
        graph, directed=False, indices=roots, min_only=True, return_predecessors=True
    )
    _, doors = points.query(np.column_stack([seeds.x, seeds.y]))
    load = np.bincount(doors, minlength=n).astype(float)
    load[exits] += 12.0
    between = at[(source[edges.a[at]] != source[edges.b[at]]) & np.isfinite(far[edges.a[at]])]
    between = _shortest_links(between, edges, far, source)
    load[edges.a[between]] += 15.0
    load[edges.b[between]] += 15.0
    flow = load.tolist()
    parent = before.tolist()
    for k in np.argsort(-far, kind="stable").tolist():
        if parent[k] >= 0:
            flow[parent[k]] += flow[k]
    carried = np.zeros(len(edges.a))
    total = np.array(flow)
    up, down = before[edges.a] == edges.b, before[edges.b] == edges.a
    carried[up], carried[down] = total[edges.a[up]], total[edges.b[down]]
    carried[between] = 15.0
    town = (spots.place[edges.a] >= 0) & (spots.place[edges.b] >= 0)
    kind = np.where(town, _KIND["residential"], _KIND["unclassified"])
    kind[town & (rng.random(len(kind)) < 0.06)] = _KIND["service"]
    for name, least in (("tertiary", 1.0), ("secondary", 4.0), ("primary", 11.0)):
        kind[carried >= least] = _KIND[name]
    degree = np.bincount(np.concatenate([edges.a[at], edges.b[at]]), minlength=n)
    dead_end = (degree[edges.a] == 1) | (degree[edges.b] == 1)
    track = dead_end & ~town & (carried < 1) & (rng.random(len(kind)) < 0.4)
    kind[track] = _KIND["track"]
    kind[edges.bridge] = np.minimum(kind[edges.bridge], _KIND["tertiary"])
    kind[edges.bypass] = _KIND["trunk"]
    return kind.astype(np.int64)


def _shortest_links(between: Ints, edges: _Edges, far: Floats, source: Ints) -> Ints:
    """Keep the shortest way between each two neighbouring towns."""
    p, q = source[edges.a[between]], source[edges.b[between]]
    pair = np.minimum(p, q).astype(np.int64) * (int(source.max(initial=0)) + 1) + np.maximum(p, q)
    cost = far[edges.a[between]] + edges.length[between] + far[edges.b[between]]
    order = np.lexsort((cost, pair))
    first = np.ones(len(order), dtype=bool)
    first[1:] = pair[order][1:] != pair[order][:-1]
    return between[order[first]]


def _paths(spots: Junctions, edges: _Edges, rng: np.random.Generator) -> Ints:
    """Turn some unused sides into footpaths, -1 elsewhere; every footbridge is one."""
    kind = np.full(len(edges.a), -1)
    free = edges.allowed & ~edges.kept & ~edges.costly & ~edges.bridge & (edges.length < 1_600)
    draw = rng.random(len(kind))
    town = (spots.place[edges.a] >= 0) & (spots.place[edges.b] >= 0)
    ends = (
        ("footway", town & (draw < 0.07)),
        ("cycleway", town & (draw >= 0.07) & (draw < 0.085)),
        ("steps", town & (draw >= 0.085) & (draw < 0.09) & (edges.length < 140)),
        ("path", ~town & (draw < 0.16)),
        ("bridleway", ~town & (draw >= 0.16) & (draw < 0.21)),
    )
    for name, chosen in ends:
        kind[free & chosen] = _KIND[name]
    kind[edges.bridge & ~edges.kept] = _KIND["footway"]
    return kind


def _one_ways(spots: Junctions, edges: _Edges, kind: Ints, private: Flags) -> Ints:
    """Alternate directions row by row in town centres, wherever all stay reachable both ways."""
    a, b = edges.a, edges.b
    centre = (
        (spots.role[a] == CENTRE) & (spots.role[b] == CENTRE) & (spots.place[a] == spots.place[b])
    )
    drive = edges.kept & ~np.isin(kind, list(FOOT_ONLY)) & ~private
    along = centre & drive & (spots.row[a] == spots.row[b])
    across = centre & drive & (spots.column[a] == spots.column[b])
    oneway = np.zeros(len(a), dtype=np.int64)
    east = np.where(spots.column[b] > spots.column[a], 1, -1)
    north = np.where(spots.row[b] > spots.row[a], 1, -1)
    oneway[along] = (east * np.where(spots.row[a] % 2 == 0, 1, -1))[along]
    oneway[across] = (north * np.where(spots.column[a] % 2 == 0, 1, -1))[across]
    road = edges.bypass & drive
    oneway[road] = 0
    n = len(spots.x)
    for _ in range(50):
        go, back = drive & (oneway >= 0), drive & (oneway <= 0)
        tail = np.concatenate([a[go], b[back]])
        head = np.concatenate([b[go], a[back]])
        graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(n, n))
        _, strong = connected_components(graph, connection="strong")
        _, weak = connected_components(graph, directed=False)
        size = np.bincount(strong)
        best = np.zeros(weak.max() + 1, dtype=np.int64)
        np.maximum.at(best, weak, size[strong])
        lost = size[strong] < best[weak]
        stuck = (oneway != 0) & (lost[a] | lost[b])
        if not stuck.any():
            break
        oneway[stuck] = 0
    return oneway


def _street_numbers(spots: Junctions, edges: _Edges) -> Ints:
    """The same number along one line of a town's grid."""
    line = (
        np.round((spots.x[edges.a] + spots.x[edges.b]) / 2 / 400) * 31
        + np.round((spots.y[edges.a] + spots.y[edges.b]) / 2 / 400) * 57
    )
    flat = np.abs(spots.x[edges.a] - spots.x[edges.b]) > np.abs(spots.y[edges.a] - spots.y[edges.b])
    return (line + flat * 13 + spots.place[edges.a] * 101).astype(np.int64) % 760


def _ferry(land: Land, spots: Junctions) -> Ints:
    """The two junctions the ferry runs between."""
    island = np.flatnonzero(land.depth_island(spots.x, spots.y) > 0)
    main = np.flatnonzero((land.depth(spots.x, spots.y) > 0) & (spots.role >= BYPASS))
    here = np.column_stack([spots.x[island], spots.y[island]])
    there = np.column_stack([spots.x[main], spots.y[main]])
    apart, nearest = cKDTree(there).query(here)
    best = int(np.argmin(apart))
    return np.array([main[nearest[best]], island[best]])


@dataclass(slots=True)
class _Run:
    """The ways that are drawn, between junctions."""

    a: Ints
    b: Ints
    kind: Ints
    urban: Flags


def _bend(
    land: Land, spots: Junctions, run: _Run, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints, Ints]:
    """Give each way nodes between its ends and a gentle bend; straight near water."""
    dx, dy = spots.x[run.b] - spots.x[run.a], spots.y[run.b] - spots.y[run.a]
    length = np.hypot(dx, dy)
    inner = np.floor(length / BEND).astype(np.int64)
    inner[run.kind == _KIND["ferry"]] = 3
    way = np.repeat(np.arange(len(inner)), inner)
    turn = np.arange(len(way)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    t = turn / (inner[way] + 1)
    straight = (
        np.minimum(
            land.river_distance(spots.x[run.a], spots.y[run.a]),
            land.river_distance(spots.x[run.b], spots.y[run.b]),
        )
        < 0.6 * length + 100
    )
    straight |= run.kind == _KIND["trunk"]
    size = np.where(run.urban, 0.02, 0.07) * ~straight
    bow, wave = size * rng.uniform(-1, 1, len(size)), size * rng.uniform(-0.5, 0.5, len(size))
    side = bow[way] * np.sin(np.pi * t) + wave[way] * np.sin(2 * np.pi * t)
    x = spots.x[run.a][way] + dx[way] * t - dy[way] * side
    y = spots.y[run.a][way] + dy[way] * t + dx[way] * side
    n = len(spots.x)
    start = np.concatenate([[0], np.cumsum(inner + 2)])
    nodes = np.empty(start[-1], dtype=np.int64)
    nodes[start[:-1]], nodes[start[1:] - 1] = run.a, run.b
    nodes[start[way] + turn] = n + np.arange(len(way))
    return rounded(np.append(spots.x, x)), rounded(np.append(spots.y, y)), start, nodes
