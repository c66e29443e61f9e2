"""Where roads meet: town grids, bypass arcs, bridge heads, villages, crossroads in open country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from slgeo.examples.land import CLEARANCE, Land, rounded
from slgeo.examples.settlements import ISLAND, TOWN, Settlements, lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BRIDGE, FOOTBRIDGE, BYPASS, CENTRE, STREET, LANE = range(6)
"""What a junction is part of. Earlier ones keep their place where two are too close."""

CENTRE_SHARE: Final = 0.32
"""Share of a town's radius that is its dense one-way centre."""

BYPASS_RADIUS: Final = 1.3
"""The bypass runs at this many radii of its town."""


@dataclass(frozen=True, slots=True, eq=False)
class Junctions:
    """
    One row a junction.

    Parameters
    ----------
    x, y
        Metres.
    role
        `BRIDGE`, `FOOTBRIDGE`, `BYPASS`, `CENTRE`, `STREET` or `LANE`.
    place
        Position of the settlement whose streets it is part of, -1 in open country.
    row, column
        Place in its town's grid of streets (`CENTRE` only).
    links
        Pairs of junctions joined whatever the lie of the land: bridges and the bypass.
    """

    x: Floats
    y: Floats
    role: Ints
    place: Ints
    row: Ints
    column: Ints
    links: Ints


@dataclass(slots=True)
class _Part:
    """Junctions of one role, before those too close to others are dropped."""

    points: Floats
    role: int
    place: Ints
    grid: Ints | None = None


def lay_junctions(
    land: Land, places: Settlements, homes: Floats, rng: np.random.Generator
) -> Junctions:
    """
    Lay out every junction; bridge heads first, as nothing may stand in their way.

    Parameters
    ----------
    land, places
        Where.
    homes : ndarray of float64, shape (n, 2)
        Points people live at: there is a junction within some 240 m of each.
    rng
        Chance.
    """
    heads, head_role, head_place = _bridge_heads(land, places)
    arcs, arc_place, arc_links = _bypasses(land, places)
    fixed = np.concatenate([heads, arcs])
    pairs = np.arange(len(heads)).reshape(-1, 2)
    links = np.concatenate([pairs, arc_links + len(heads)])
    kept = _Part(
        fixed, BRIDGE, np.concatenate([head_place, arc_place]), np.full((len(fixed), 2), -1)
    )
    role = np.concatenate([head_role, np.full(len(arcs), BYPASS)])
    parts = [kept]
    for part, apart in _streets(land, places, homes, rng):
        clear = land.river_distance(part.points[:, 0], part.points[:, 1]) > CLEARANCE
        clear &= ~_within(part.points, heads, 75) & ~_within(part.points, arcs, 112)
        clear &= land.inside(part.points[:, 0], part.points[:, 1])
        for earlier in parts[1:]:
            clear &= ~_within(part.points, earlier.points, apart)
        grid = np.full((len(part.points), 2), -1) if part.grid is None else part.grid
        parts.append(_Part(part.points[clear], part.role, part.place[clear], grid[clear]))
        role = np.concatenate([role, np.full(int(clear.sum()), part.role)])
    points = rounded(np.concatenate([p.points for p in parts]))
    grid = np.concatenate([p.grid for p in parts if p.grid is not None])
    place = np.concatenate([p.place for p in parts]).astype(np.int64)
    return Junctions(points[:, 0], points[:, 1], role, place, grid[:, 0], grid[:, 1], links)


def _within(points: Floats, of: Floats, distance: float) -> NDArray[np.bool_]:
    if not len(of) or not len(points):
        return np.zeros(len(points), dtype=bool)
    apart, _ = cKDTree(of).query(points, distance_upper_bound=distance)
    near: NDArray[np.bool_] = np.isfinite(apart)
    return near


def _bridge_heads(land: Land, places: Settlements) -> tuple[Floats, Ints, Ints]:
    """Pairs of points across rivers: three road bridges and a footbridge a town, few elsewhere."""
    east, role, place = [], [], []
    towns = np.flatnonzero(places.kind == TOWN)
    for t in towns.tolist():
        for at, kind in ((-0.6, BRIDGE), (0.05, BRIDGE), (0.35, FOOTBRIDGE), (0.7, BRIDGE)):
            east.append((land.sites[t][0], places.x[t] + at * places.radius[t]))
            role.append(kind)
            place.append(t)
    town_row = np.array([row for row, _ in land.sites])
    for row in range(land.rows):
        for e in np.arange(land.west + 2_800, land.west + land.width - 600, 5_500):
            own = towns[town_row == row]
            here = np.array([e])
            inland = land.depth(here, land.river(row, here))[0] > 400
            if inland and (np.abs(places.x[own] - e) > 1.8 * places.radius[own]).all():
                east.append((row, float(e)))
                role.append(BRIDGE)
                place.append(-1)
    heads = np.empty((2 * len(east), 2))
    for k, (row, e) in enumerate(east):
        below, at, above = land.river(row, np.array([e - 5, e, e + 5]))
        fall = (above - below) / 10
        off = np.array([-fall, 1.0]) / (1 + fall**2) ** 0.5 * CLEARANCE
        heads[2 * k], heads[2 * k + 1] = np.array([e, at]) - off, np.array([e, at]) + off
    return heads, np.repeat(role, 2), np.repeat(place, 2)


def _bypasses(land: Land, places: Settlements) -> tuple[Floats, Ints, Ints]:
    """Lay an arc of 200 degrees round each market town, with a pair of points at each river."""
    points, place, links = [], [], []
    total = 0
    for t in np.flatnonzero(places.kind == TOWN):
        arc = _arc(land, places, int(t))
        ok = land.depth(arc[:, 0], arc[:, 1]) > 150
        arc = arc[ok]
        points.append(arc)
        place.append(np.full(len(arc), int(t)))
        step = np.arange(len(arc) - 1)
        near = np.hypot(*(arc[1:] - arc[:-1]).T) < 230
        links.append(np.column_stack([step, step + 1])[near] + total)
        total += len(arc)
    return np.concatenate(points), np.concatenate(place), np.concatenate(links)


def _arc(land: Land, places: Settlements, town: int) -> Floats:
    far = places.radius[town] * BYPASS_RADIUS
    begin = places.angle[town] * 4 + 2.2  # on the far side from the outer estate
    fine = np.arange(0, 200 / 180 * np.pi, 4 / far) + begin
    x, y = places.x[town] + far * np.cos(fine), places.y[town] + far * np.sin(fine)
    keep = np.zeros(len(fine), dtype=bool)
    keep[:: max(1, round(150 / 4))] = True
    bank = land.bank(x, y)
    for crossing in np.flatnonzero(np.diff(bank)).tolist():
        keep[max(0, crossing - 28) : crossing + 29] = False
        keep[max(0, crossing - 16)] = keep[min(len(fine) - 1, crossing + 17)] = True
    return np.column_stack([x[keep], y[keep]])


def _streets(
    land: Land, places: Settlements, homes: Floats, rng: np.random.Generator
) -> list[tuple[_Part, float]]:
    """Everything else with the distance each must keep from what came before, most urban first."""
    towns = np.flatnonzero(places.kind == TOWN)
    centre = [_grid(places, int(t), 82.0, CENTRE_SHARE, rng) for t in towns]
    grid = np.concatenate([g for _, g, _ in centre])
    parts = [(_Part(_join(centre), CENTRE, _owners(centre), grid), 50.0)]
    others = np.flatnonzero((places.areas > 1) | (places.kind == ISLAND))
    built = [_grid(places, int(s), 125.0, 1.12, rng) for s in others]
    parts.append((_Part(_join(built), STREET, _owners(built)), 88.0))
    alone = np.flatnonzero((places.areas == 1) & (places.kind != ISLAND))
    village = [_grid(places, int(s), 105.0, 0.95, rng, long=1.5) for s in alone]
    if village:
        parts.append((_Part(_join(village), STREET, _owners(village)), 85.0))
    hamlet = homes + rng.uniform(-25, 25, homes.shape)
    parts.append((_Part(hamlet, LANE, np.full(len(hamlet), -1)), 240.0))
    x, y = lattice(land, 1_050.0, rng.uniform(0, 1, 2))
    lanes = np.column_stack([x, y]) + rng.uniform(-330, 330, (len(x), 2))
    parts.append((_Part(lanes, LANE, np.full(len(lanes), -1)), 330.0))
    return parts


_Grid = tuple["Floats", "Ints", int]


def _join(grids: list[_Grid]) -> Floats:
    return np.concatenate([points for points, _, _ in grids])


def _owners(grids: list[_Grid]) -> Ints:
    return np.repeat([place for _, _, place in grids], [len(points) for points, _, _ in grids])


def _grid(
    places: Settlements,
    place: int,
    pitch: float,
    reach: float,
    rng: np.random.Generator,
    *,
    long: float = 1.0,
) -> _Grid:
    """Lay a bent, jittered grid over a settlement with a ragged edge."""
    far = places.radius[place] * reach
    half = int(far * 1.45 * long / pitch) + 1
    lines = np.arange(-half, half + 1)
    i, j = np.tile(lines, len(lines)), np.repeat(lines, len(lines))
    turn = places.angle[place] + 0.5 * np.hypot(i, j) * pitch / max(places.radius[place], 1_000)
    dx, dy = i * pitch, j * pitch
    edge = far * (1 + 0.13 * np.sin(3 * np.arctan2(dy, dx) + place) + rng.uniform(-0.08, 0.08))
    ok = np.hypot(dx / long, dy * long) < edge
    if reach > 0.5:
        ok &= rng.random(len(ok)) > 0.1  # fields, yards and playing fields
    jitter = rng.uniform(-0.16, 0.16, (2, len(ok))) * pitch
    x = places.x[place] + dx * np.cos(turn) - dy * np.sin(turn) + jitter[0]
    y = places.y[place] + dx * np.sin(turn) + dy * np.cos(turn) + jitter[1]
    return np.column_stack([x, y])[ok], np.column_stack([j, i])[ok], place
