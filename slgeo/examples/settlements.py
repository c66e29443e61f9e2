"""Where people live: market towns on rivers, small towns, villages, the seeds of their areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from slgeo.examples import names
from slgeo.examples.land import Land, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.nations import Nation

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TOWN, SMALL_TOWN, LARGE_VILLAGE, VILLAGE, ISLAND = range(5)
"""Kinds of settlement, as numbers for arrays."""

GOLDEN: Final = np.pi * (3 - 5**0.5)
"""The golden angle: points at equal steps of it fill a disc evenly (H. Vogel, 1979)."""

DENSITY: Final = {TOWN: 2.3, SMALL_TOWN: 1.9, LARGE_VILLAGE: 1.5}
"""Areas a square kilometre where houses stand: 3,700 people a square kilometre in a town."""

FURTHER: Final = 0.42
"""Share of the distance between towns beyond which a place is *further* from its town."""

MARGIN: Final = 2_500.0
"""Metres the bent outline may stick out of the land's rectangle, and more."""

BLOB: Final = 1.25
"""A settlement's people live within this many of its radii."""


@dataclass(frozen=True, slots=True, eq=False)
class Settlements:
    """
    One row a settlement, as equally long arrays.

    Parameters
    ----------
    x, y
        Metres.
    kind
        One of `TOWN`, `SMALL_TOWN`, `LARGE_VILLAGE`, `VILLAGE`, `ISLAND`.
    areas
        How many small areas it has.
    radius
        Metres from its middle to its edge.
    town
        Position of its market town.
    angle
        Direction its streets run, in radians.
    name
        What it is called.
    """

    x: Floats
    y: Floats
    kind: Ints
    areas: Ints
    radius: Floats
    town: Ints
    angle: Floats
    name: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """
    One row a small area to be: the point it grows round.

    Parameters
    ----------
    x, y
        Metres.
    settlement
        Position of its settlement.
    ring
        Distance from the middle of the settlement, in its radii.
    """

    x: Floats
    y: Floats
    settlement: Ints
    ring: Floats


def settle(land: Land, nation: Nation, areas: int, rng: np.random.Generator) -> Settlements:
    """Share a number of areas out between market towns, small towns, villages and the island."""
    towns = len(land.sites)
    urban = 0.45 + 0.045 * max(0.0, np.log(areas / 60))
    sizes = _shares(max(round(urban * areas), 6 * towns), _weights(towns, rng), least=6)
    x, y, radius = _towns(land, sizes, rng)
    rest = areas - int(sizes.sum()) - 1
    vx, vy, kind, count, parent = _villages(land, (x, y, radius), rest, rng)
    ix, iy, ir = land.island
    home = int(np.argmin(np.hypot(x - ix, y - iy)))
    all_kind = np.concatenate([np.full(towns, TOWN), kind, [ISLAND]]).astype(np.int64)
    all_areas = np.concatenate([sizes, count, [1]]).astype(np.int64)
    small = np.array([_radius(int(n), int(k)) for n, k in zip(count, kind, strict=True)])
    order = rng.permutation(len(names.simple(nation))).tolist()
    made = names.settlements(nation, len(all_kind) - 2, order)
    return Settlements(
        x=rounded(np.concatenate([x, vx, [ix]])),
        y=rounded(np.concatenate([y, vy, [iy]])),
        kind=all_kind,
        areas=all_areas,
        radius=np.concatenate([radius, small, [ir * 0.55]]),
        town=np.concatenate([np.arange(towns), parent, [home]]).astype(np.int64),
        angle=rng.uniform(0, np.pi / 2, len(all_kind)),
        name=[nation.name, *made, nation.island],
    )


def seed(land: Land, places: Settlements, rng: np.random.Generator) -> Seeds:
    """Spread each settlement's areas evenly over it, clear of the river."""
    which = np.repeat(np.arange(len(places.x)), places.areas)
    first = np.concatenate([[0], np.cumsum(places.areas)[:-1]])
    turn = np.arange(len(which)) - first[which]
    ring = np.sqrt((turn + 0.5) / places.areas[which])
    ring[places.areas[which] == 1] = 0.0
    angle = turn * GOLDEN + places.angle[which]
    far = ring * places.radius[which]
    x = places.x[which] + far * np.cos(angle) * 1.1 + rng.normal(0, 30, len(which))
    y = places.y[which] + far * np.sin(angle) / 1.1 + rng.normal(0, 30, len(which))
    y += np.where(land.river_distance(x, y) < 150, np.where(y > places.y[which], 200, -200), 0)
    for _ in range(12):  # draw in what lies at sea or too near it
        wet = np.maximum(land.depth(x, y), land.depth_island(x, y)) < 130
        x[wet] += 0.3 * (places.x[which][wet] - x[wet])
        y[wet] += 0.3 * (places.y[which][wet] - y[wet])
    return Seeds(rounded(x), rounded(y), which, ring)


def _weights(towns: int, rng: np.random.Generator) -> Floats:
    drawn = np.exp(rng.normal(0, 0.35, towns))
    weights: Floats = np.clip(drawn / drawn.mean(), 0.5, 1.45)
    return weights


def _shares(total: int, weights: Floats, least: int) -> Ints:
    """Split a total into whole numbers in proportion, each at least `least`: largest remainders."""
    spare = total - least * len(weights)
    exact = spare * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: spare - int(whole.sum())]] += 1
    shares: Ints = whole + least
    return shares


def _radius(areas: int, kind: int) -> float:
    if kind == VILLAGE:
        return 280.0
    return float(1_000 * (areas / (np.pi * DENSITY[kind])) ** 0.5)


def _towns(land: Land, sizes: Ints, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    radius = np.array([_radius(int(n), TOWN) for n in sizes])
    row, column = np.array(land.sites).T
    wide = land.width / land.columns
    room = np.maximum(0, wide / 2 - 1.6 * radius - 800)
    x = (
        land.west
        + (column + 0.5) * wide
        + np.minimum(room, 0.12 * wide) * rng.uniform(-1, 1, len(row))
    )
    side = np.where(rng.random(len(row)) < 0.5, 0.3, -0.3) * radius
    y = np.array([land.river(int(r), np.array([e]))[0] for r, e in zip(row, x, strict=True)])
    return x, y + side, radius


def _villages(
    land: Land, towns: tuple[Floats, Floats, Floats], areas: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Put small towns, large villages and villages on open land until `areas` are used."""
    tx, ty, _ = towns
    small_town = max(2, min(8, areas // (6 * len(tx))))
    larger = max(1, round(areas * 0.09 / len(tx)))
    single = areas - len(tx) * (small_town + 2 * larger)
    need = len(tx) * (1 + larger) + single
    x, y = _open_land(land, towns, need, rng)
    found = cKDTree(np.column_stack([tx, ty])).query(np.column_stack([x, y]))[1]
    parent = np.asarray(found, dtype=np.int64)
    kind, count = np.full(need, VILLAGE), np.ones(need, dtype=np.int64)
    spare = np.hypot(x - tx[parent], y - ty[parent])
    inland = land.depth(x, y)
    score = np.where(inland > 1_200, spare, 0)
    order = np.lexsort((-score, parent))
    rank = np.arange(need) - np.searchsorted(parent[order], parent[order])
    kind[order[rank == 0]], count[order[rank == 0]] = SMALL_TOWN, small_town
    pool = np.flatnonzero(kind == VILLAGE)
    short = len(tx) - int((kind == SMALL_TOWN).sum())
    extra = larger * len(tx)
    chosen = _near_and_far(rng.permutation(pool), spare, FURTHER * land.cell)[:extra]
    kind[chosen], count[chosen] = LARGE_VILLAGE, 2
    if short:  # a town with no village of its own: its small town's areas go to villages
        count[chosen[: short * (small_town - 1)]] += 1
        left = areas - int(count.sum())
        count[order[rank == 0][: max(left, 0)]] += 1
    return x, y, kind.astype(np.int64), count, parent


def _near_and_far(pool: Ints, apart: Floats, further: float) -> Ints:
    """Take one near the town and one far from it in turn, as long as there are both."""
    far = apart[pool] > further
    turn = np.where(far, np.cumsum(far), np.cumsum(~far))
    order: Ints = pool[np.lexsort((far, turn))]
    return order


def _open_land(
    land: Land, towns: tuple[Floats, Floats, Floats], need: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Find evenly spread, jittered places for villages, clear of towns, rivers and the coast."""
    tree = cKDTree(np.column_stack(towns[:2]))
    pitch = (land.width * land.height / (need + 1)) ** 0.5
    turn = rng.uniform(0, 1, 2)
    while True:
        x, y = lattice(land, pitch, turn)
        x, y = (
            x + pitch * rng.uniform(-0.27, 0.27, len(x)),
            y + pitch * rng.uniform(-0.27, 0.27, len(y)),
        )
        apart, nearest = tree.query(np.column_stack([x, y]))
        clear = apart > 1.35 * towns[2][nearest] + 500
        ok = clear & (land.depth(x, y) > min(900, pitch / 3)) & (land.river_distance(x, y) > 350)
        x, y = x[ok], y[ok]
        if len(x) >= need:
            keep = np.sort(rng.permutation(len(x))[:need])
            return x[keep], y[keep]
        pitch *= 0.97


def lattice(land: Land, pitch: float, turn: Floats) -> tuple[Floats, Floats]:
    """Lay a hexagonal lattice over the land and some way beyond it."""
    spare = int(MARGIN / pitch) + 3
    columns = np.arange(-spare, int(land.width / pitch) + spare)
    rows = np.arange(-spare, int(land.height / (pitch * 0.866)) + spare)
    i, j = np.meshgrid(columns, rows)
    x = land.west + (i + turn[0] + 0.5 * (j % 2)) * pitch
    y = land.south + (j + turn[1]) * pitch * 0.866
    return x.ravel().astype(float), y.ravel().astype(float)
