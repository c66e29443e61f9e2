"""GP practices, the networks they form, who is registered with them, and their link workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from slgeo.examples.addresses import beyond
from slgeo.examples.settlements import ISLAND, LARGE_VILLAGE, SMALL_TOWN, TOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.nations import Nation
    from slgeo.examples.people import Residents
    from slgeo.examples.settlements import Seeds, Settlements

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

AREAS_A_PRACTICE: Final = 5
"""About 8,000 people each; the mean list in England was 10,100 in 2024 (NHS England), in market
towns and the country less."""

QUARTERS: Final = (
    (2023, 9), (2023, 12), (2024, 3), (2024, 6), (2024, 9), (2024, 12), (2025, 3), (2025, 6),
)  # fmt: skip
"""Year and month of each workforce return."""

LINK_WORKER: Final = (
    "Social Prescribing Link Workers",
    "Social Prescribing Link Workers (Non-Mental Health practitioners)",
)
"""The role's name before and after 2025, as in the real returns."""

_STYLES: Final = (
    "Surgery",
    "Medical Centre",
    "Health Centre",
    "Medical Practice",
    "Group Practice",
)
_TREES: Final = (
    "Lime Tree", "Rowan House", "Riverside", "The Maltings", "Castle View", "Priory Gate",
    "St Wilfrid's", "Beech House", "Old Station", "Orchard", "Kingfisher", "Swan Lane", "Abbey",
    "Weir Street", "Hollin",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Care:
    """
    General practice in the district.

    Parameters
    ----------
    practices
        Index practice (code): name, building, town, postcode, x, y, opened, closed, status,
        setting, network (code or empty), patients, outside (beyond the roads).
    networks
        Index network (code): name, practice it is led from.
    registrations
        practice, area (a position, or -1 for patients without a usable address), patients.
    workforce
        One row a person's post, a quarter: year, month, network, group, role, fte, person.
    """

    practices: pd.DataFrame
    networks: pd.DataFrame
    registrations: pd.DataFrame
    workforce: pd.DataFrame


def care(
    nation: Nation,
    places: Settlements,
    seeds: Seeds,
    residents: Residents,
    postcodes: pd.DataFrame,
    rng: np.random.Generator,
) -> Care:
    """Open practices, register people with them, group them and staff their networks."""
    practices = _practices(nation, places, seeds, postcodes, rng)
    registrations = _register(seeds, residents, practices, rng)
    practices["patients"] = (
        registrations.groupby("practice")["patients"].sum().reindex(practices.index, fill_value=0)
    )
    networks = _group(practices)
    return Care(practices, networks, registrations, _staff(networks, rng))


def _practices(
    nation: Nation,
    places: Settlements,
    seeds: Seeds,
    postcodes: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    kind = places.kind[seeds.settlement]
    wish = np.select(
        [kind == TOWN, kind == SMALL_TOWN, kind == LARGE_VILLAGE], [1.0, 1.6, 1.3], 0.25
    )
    wish[kind == ISLAND] = 0.0
    count = max(3, round(len(kind) / AREAS_A_PRACTICE))
    # People go to a practice near many of them: spread, but thick where people are.
    chosen = _spread(seeds, wish, count, rng)
    live = postcodes[(postcodes["ended"] == "") & (postcodes["quality"] < 4)]
    first = live.drop_duplicates("area").set_index("area")
    at = first.loc[chosen]
    home = seeds.settlement[chosen]
    name = [_practice_name(k, places.name[s]) for k, s in enumerate(home.tolist())]
    frame = pd.DataFrame(
        {
            "name": name,
            "building": [f"{n.split()[0]} Street" for n in name],
            "town": [places.name[s] for s in home],
            "postcode": at["postcode"].to_numpy(),
            "x": at["x"].to_numpy(),
            "y": at["y"].to_numpy(),
            "opened": "19740401",
            "closed": "",
            "status": "A",
            "setting": "4",
            "outside": False,
        }
    )
    twin = frame.iloc[[0]].assign(name="Market Place Practice")  # two in one building, as often
    closed = frame.iloc[[1]].assign(name="Old Dispensary", status="C", closed="20190331")
    clinic = frame.iloc[[2]].assign(name=f"{places.name[0]} Out of Hours", setting="1")
    over = frame.iloc[[0]].assign(
        name="Overmarch Surgery", town="Overmarch", outside=True, postcode=beyond(nation),
        x=float(round(places.x.min())) - 5_500.0, y=float(round(places.y[0])),
    )  # fmt: skip
    frame = pd.concat([frame, twin, closed, clinic, over], ignore_index=True)
    frame.index = pd.Index([f"X9{k:04d}" for k in range(1, len(frame) + 1)], name="practice")
    return frame


def _practice_name(number: int, town: str) -> str:
    first = _TREES[number] if number < len(_TREES) else town
    return f"{first} {_STYLES[(number // 2) % len(_STYLES)]}"


def _spread(seeds: Seeds, wish: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Choose areas for practices: by wish, but not next door to one already chosen."""
    order = np.argsort(-(np.log(wish + 1e-9) + rng.gumbel(size=len(wish)) * 0.6), kind="stable")
    order = order[wish[order] > 0]
    points = np.column_stack([seeds.x, seeds.y])
    apart = 900.0
    while True:
        tree = cKDTree(points[order])
        taken = np.zeros(len(order), dtype=bool)
        barred = np.zeros(len(order), dtype=bool)
        close = tree.query_ball_point(points[order], apart)
        for k in range(len(order)):
            if not barred[k]:
                taken[k] = True
                barred[close[k]] = True
        if taken.sum() >= count or apart < 50:
            return np.sort(order[taken][:count])
        apart *= 0.8


def _register(
    seeds: Seeds, residents: Residents, practices: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Share each area's people among the four nearest practices, and a few further ones."""
    open_now = practices[(practices["status"] == "A") & (practices["setting"] == "4")]
    spots = open_now[["x", "y"]].to_numpy()
    k = min(4, len(spots))
    found = cKDTree(spots).query(np.column_stack([seeds.x, seeds.y]), k=k)
    apart, near = (np.asarray(one).reshape(-1, k) for one in found)
    pull = np.exp(-apart / (900 + 0.45 * apart[:, :1])) * rng.uniform(0.6, 1.4, apart.shape)
    people = np.round(residents.population * rng.uniform(0.94, 0.99, len(seeds.x))).astype(np.int64)
    shares = pull / pull.sum(axis=1, keepdims=True)
    patients = rng.multinomial(people, shares)
    code = open_now.index.to_numpy()
    frame = pd.DataFrame(
        {
            "practice": code[near.ravel()],
            "area": np.repeat(np.arange(len(seeds.x)), k),
            "patients": patients.ravel(),
        }
    )
    frame = frame[frame["patients"] > 0]
    stray = pd.DataFrame({"practice": code, "area": -1, "patients": rng.integers(1, 9, len(code))})
    both = pd.concat([frame, stray]).groupby(["practice", "area"], sort=True)["patients"].sum()
    return both.reset_index()


def _group(practices: pd.DataFrame) -> pd.DataFrame:
    """Group neighbouring practices in fours; the one beyond the border is in no network here."""
    practices["network"] = ""
    members = practices[
        (practices["status"] == "A") & (practices["setting"] == "4") & ~practices["outside"]
    ]
    order = members.sort_values(["town", "x", "y"], kind="stable").index
    groups = [order[k : k + 4] for k in range(0, len(order), 4)]
    if len(groups) > 1 and len(groups[-1]) < 2:
        last = groups.pop()
        groups[-1] = groups[-1].append(last)
    rows = []
    for k, group in enumerate(groups, start=1):
        code = f"XU{k:04d}"
        practices.loc[group, "network"] = code
        town = practices.loc[group[0], "town"]
        rows.append((code, f"{town} Network {k} PCN", group[0]))
    frame = pd.DataFrame(rows, columns=["network", "name", "lead"])
    return frame.set_index("network")


def _staff(networks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Staff every network for eight quarters.

    One network employs no link worker (a true nought), one sends no return in two quarters (not a
    nought), and one link worker appears in two rows of one quarter.
    """
    rows = []
    for n, network in enumerate(networks.index):
        workers = 0 if n == 1 else int(rng.integers(1, 5))
        fte = rng.choice([0.4, 0.6, 0.8, 1.0], workers)
        joined = rng.integers(0, 4, workers)
        for q, (year, month) in enumerate(QUARTERS):
            if n == 2 and q in (2, 5):
                continue
            role = LINK_WORKER[q >= 6]
            for w in range(workers):
                if joined[w] <= q:
                    person = f"{network}L{w}"
                    hours = float(fte[w])
                    split = (0.2, round(hours - 0.2, 2)) if n == 0 and w == 0 else (hours,)
                    rows += [
                        (year, month, network, "Direct Patient Care", role, part, person)
                        for part in split
                    ]
            rows.append(
                (year, month, network, "Direct Patient Care", "Pharmacists", 1.0, f"{network}P0")
            )
            rows.append(
                (
                    year,
                    month,
                    network,
                    "Direct Patient Care",
                    "Care Coordinators",
                    0.8,
                    f"{network}C0",
                )
            )
    names = ["year", "month", "network", "group", "role", "fte", "person"]
    return pd.DataFrame(rows, columns=names)
