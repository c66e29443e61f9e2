"""Who lives in each small area: output areas, age, ethnic group, cars, deprivation, rurality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from slgeo.examples.land import rounded
from slgeo.examples.settlements import (
    FURTHER,
    ISLAND,
    LARGE_VILLAGE,
    SMALL_TOWN,
    TOWN,
    Seeds,
    Settlements,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.cells import Cells
    from slgeo.examples.land import Land
    from slgeo.examples.nations import Nation

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FEWEST, MOST = 1_000, 3_000
"""People in a small area, as the Office for National Statistics sets them for an LSOA."""

AGES: Final = {
    "Aged 15 years and under": 0.18,
    "Aged 16 to 24 years": 0.10,
    "Aged 25 to 34 years": 0.13,
    "Aged 35 to 49 years": 0.19,
    "Aged 50 to 64 years": 0.205,
    "Aged 65 years and over": 0.195,
}
"""The broad bands the census publishes for LSOAs, with the share of each (as in England, 2021)."""

ETHNIC: Final[dict[str, tuple[str, ...]]] = {
    "Asian, Asian British or Asian Welsh": (
        "Bangladeshi", "Chinese", "Indian", "Pakistani", "Other Asian",
    ),
    "Black, Black British, Black Welsh, Caribbean or African": (
        "African", "Caribbean", "Other Black",
    ),
    "Mixed or Multiple ethnic groups": (
        "White and Asian", "White and Black African", "White and Black Caribbean",
        "Other Mixed or Multiple ethnic groups",
    ),
    "White": (
        "English, Welsh, Scottish, Northern Irish or British", "Irish", "Gypsy or Irish Traveller",
        "Roma", "Other White",
    ),
    "Other ethnic group": ("Arab", "Any other ethnic group"),
}  # fmt: skip
"""The groups and parts of census table TS021, in its order."""

CARS: Final = (
    "No cars or vans in household",
    "1 car or van in household",
    "2 cars or vans in household",
    "3 or more cars or vans in household",
)
"""The rows of census table TS045."""

DOMAINS: Final = {
    "Income": 0.95,
    "Employment": 0.92,
    "Education, Skills and Training": 0.85,
    "Health Deprivation and Disability": 0.88,
    "Crime": 0.75,
    "Barriers to Housing and Services": -0.35,
    "Living Environment": 0.30,
}
"""Domains of the index, with how closely each follows the whole; Barriers is worst in villages."""

RATES: Final = frozenset({"Income", "Employment"})
"""Domains whose score is a share of people."""


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """
    People by area, in the order of the areas.

    Parameters
    ----------
    population
        People of each area.
    output_areas
        One row an output area: area (a position), x, y, people.
    female
        Women and girls.
    ages, ethnic, cars
        Counts: areas x bands, areas x parts of groups, areas x households by cars.
    need
        Latent deprivation, higher is worse.
    ranks
        Areas x (index, seven domains): 1 is most deprived.
    scores
        The same shape, higher is more deprived.
    rurality
        Class code of each area.
    """

    population: Ints
    output_areas: pd.DataFrame
    female: Ints
    ages: Ints
    ethnic: Ints
    cars: Ints
    need: Floats
    ranks: Ints
    scores: Floats
    rurality: NDArray[np.str_]


def inhabit(
    land: Land,
    nation: Nation,
    places: Settlements,
    seeds: Seeds,
    cells: Cells,
    rng: np.random.Generator,
) -> Residents:
    """Fill every area with people."""
    count = len(seeds.x)
    population = np.clip(rng.normal(1_640, 300, count).round(), FEWEST + 20, MOST - 40).astype(int)
    homes = _output_areas(cells, population, rng)
    need = _need(land, places, seeds, rng)
    kind = places.kind[seeds.settlement]
    ranks, scores = _ranked(need, places, seeds, rng)
    return Residents(
        population=population,
        output_areas=homes,
        female=rng.binomial(population, 0.51).astype(np.int64),
        ages=rng.multinomial(population, _age_shares(kind, need)).astype(np.int64),
        ethnic=rng.multinomial(population, _ethnic_shares(kind, seeds.ring)).astype(np.int64),
        cars=_cars(population, kind, need, rng),
        need=need,
        ranks=ranks,
        scores=scores,
        rurality=_rurality(land, nation, places, seeds),
    )


def _output_areas(cells: Cells, population: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Put five or six output-area points in each area, on cells where people live first."""
    count = len(population)
    inside = np.flatnonzero(cells.area >= 0)
    order = np.lexsort((rng.random(len(inside)), ~cells.settled[inside], cells.area[inside]))
    cell = inside[order]
    first = np.searchsorted(cells.area[cell], np.arange(count + 1))
    wanted = rng.integers(5, 7, count)
    area = np.repeat(np.arange(count), wanted)
    turn = np.arange(len(area)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    at = cell[first[area] + turn % (first[area + 1] - first[area])]
    points = np.column_stack([cells.x, cells.y])
    apart = np.asarray(cKDTree(points).query(points[at], k=2)[0])
    # A disc of half the distance to the nearest other cell lies wholly inside a cell.
    far = 0.45 * apart[:, 1] * np.sqrt(rng.random(len(at)))
    angle = rng.uniform(0, 2 * np.pi, len(at))
    return pd.DataFrame(
        {
            "area": area,
            "x": rounded(points[at, 0] + far * np.cos(angle)),
            "y": rounded(points[at, 1] + far * np.sin(angle)),
            "people": _split(population, area, rng.uniform(0.7, 1.3, len(area))),
        }
    )


def _split(totals: Ints, group: Ints, weight: Floats) -> Ints:
    """Split totals into whole parts by weight; the parts of a group sum to its total."""
    share = weight / np.bincount(group, weights=weight)[group]
    edge = np.cumsum(share)
    start = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1])
    before = np.concatenate([[0.0], edge])[start][group]
    upper = np.round((edge - before) * totals[group]).astype(np.int64)
    lower = np.concatenate([[0], upper[:-1]])
    lower[start] = 0
    parts: Ints = upper - lower
    return parts


def _need(land: Land, places: Settlements, seeds: Seeds, rng: np.random.Generator) -> Floats:
    home = seeds.settlement
    kind = places.kind[home]
    bearing = np.arctan2(seeds.y - places.y[home], seeds.x - places.x[home])
    estate = places.angle[home] * 4  # where the outer estate of a town lies
    across = 1 - np.cos(bearing - estate)
    need = np.select(
        [kind == TOWN, kind == SMALL_TOWN, kind == LARGE_VILLAGE, kind == ISLAND],
        [
            1.3 * np.exp(-((seeds.ring / 0.45) ** 2))
            + 2.2 * np.exp(-((across / 0.25) ** 2) - ((seeds.ring - 0.85) / 0.3) ** 2)
            - 0.6 * (across > 1.2) * (seeds.ring > 0.5),
            0.5 * np.exp(-((seeds.ring / 0.5) ** 2)),
            -0.35,
            0.45,
        ],
        -0.55,
    )
    need = need + 0.6 * (
        land.seaward(seeds.x) & (land.depth(seeds.x, seeds.y) < 2_000)
    )  # worn seaside places
    varied: Floats = need + rng.normal(0, 0.38, len(need))
    return varied


def _ranked(
    need: Floats, places: Settlements, seeds: Seeds, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    standard = (need - need.mean()) / need.std()
    remote = np.hypot(
        seeds.x - places.x[places.town[seeds.settlement]],
        seeds.y - places.y[places.town[seeds.settlement]],
    )
    remote = (remote - remote.mean()) / max(float(remote.std()), 1.0)
    columns = [standard]
    for domain, follow in DOMAINS.items():
        noise = rng.normal(0, (1 - follow**2) ** 0.5, len(need))
        extra = 0.9 * remote if domain.startswith("Barriers") else 0.0
        columns.append(follow * standard + noise + extra)
    worst_first = np.argsort(-np.column_stack(columns), axis=0, kind="stable")
    ranks = np.empty_like(worst_first)
    np.put_along_axis(ranks, worst_first, np.arange(1, len(need) + 1)[:, None], axis=0)
    # The exponential scores of the Indices of Deprivation (technical report, appendix on the
    # exponential transformation): X = -23 ln(1 - R (1 - exp(-100 / 23))), R in 0 to 1.
    height = 1 - (ranks - 0.5) / len(need)
    scores = -23 * np.log(1 - height * (1 - np.exp(-100 / 23)))
    rates = [k for k, domain in enumerate(DOMAINS, start=1) if domain in RATES]
    scores[:, rates] /= 250  # published as shares of people: at most 0.4 here
    return ranks, np.round(scores, 3)


def deciles(ranks: Ints) -> Ints:
    """Tenths of the ranks: 1 is the most deprived tenth of the areas."""
    tenth: Ints = (ranks - 1) * 10 // len(ranks) + 1
    return tenth


def _rurality(land: Land, nation: Nation, places: Settlements, seeds: Seeds) -> NDArray[np.str_]:
    town = places.town[seeds.settlement]
    apart = np.hypot(seeds.x - places.x[town], seeds.y - places.y[town])
    far = (apart >= FURTHER * land.cell).astype(np.int64)
    classes: NDArray[np.str_] = np.array(nation.class_of)[places.kind[seeds.settlement], far]
    return classes


def _age_shares(kind: Ints, need: Floats) -> Floats:
    """Older in villages, younger where need is greater: a tilt of the national profile."""
    band = np.arange(len(AGES))
    old = np.select([kind == TOWN, kind == SMALL_TOWN], [-0.06, 0.06], 0.14) - 0.06 * need
    share = np.array(list(AGES.values())) * np.exp(old[:, None] * (band - 2.5))
    normal: Floats = share / share.sum(axis=1, keepdims=True)
    return normal


def _ethnic_shares(kind: Ints, ring: Floats) -> Floats:
    other = np.select(
        [kind == TOWN, kind == SMALL_TOWN], [0.06 + 0.2 * np.exp(-ring * 2), 0.05], 0.03
    )
    inside = {
        "Asian": (0.45, (0.12, 0.1, 0.38, 0.25, 0.15)),
        "Black": (0.2, (0.6, 0.25, 0.15)),
        "Mixed": (0.25, (0.28, 0.14, 0.34, 0.24)),
        "Other": (0.1, (0.3, 0.7)),
    }
    columns = []
    for group, parts in ETHNIC.items():
        if group == "White":
            rest = np.array([0.0, 0.01, 0.002, 0.002, 0.05])
            columns.append((1 - other)[:, None] * np.where(rest > 0, rest, 1 - rest.sum()))
        else:
            weight, split = inside[group.split()[0].strip(",")]
            columns.append(other[:, None] * weight * np.array(split)[None, : len(parts)])
    share = np.concatenate(columns, axis=1)
    normal: Floats = share / share.sum(axis=1, keepdims=True)
    return normal


def _cars(population: Ints, kind: Ints, need: Floats, rng: np.random.Generator) -> Ints:
    households = np.round(population / rng.uniform(2.15, 2.5, len(population))).astype(np.int64)
    none = np.clip(0.16 + 0.09 * need + 0.05 * (kind == TOWN), 0.03, 0.55)
    rest = 1 - none
    two = np.where(kind == TOWN, 0.38, 0.5)
    shares = np.column_stack([none, rest * (1 - two), rest * two * 0.78, rest * two * 0.22])
    counts: Ints = rng.multinomial(households, shares).astype(np.int64)
    return counts
