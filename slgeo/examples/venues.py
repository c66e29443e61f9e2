"""Community assets of a dozen kinds, and which published register would hold each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from slgeo.examples.land import rounded
from slgeo.examples.settlements import ISLAND, LARGE_VILLAGE, SMALL_TOWN, TOWN
from slgeo.examples.streets import MAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.examples.settlements import Seeds, Settlements
    from slgeo.examples.streets import Streets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROADS, GROUPS, SERVICES, LIBRARIES = "roads", "groups", "services", "libraries"
"""Where an asset is written: as a feature in the road file, in the list of groups, in the Open
Referral UK directory, or in the register of libraries."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    How many places of a kind there are, where they stand and what they are called.

    Parameters
    ----------
    rate
        Places for each small area.
    town, village
        How much a place of this kind is drawn to an area of a town, of a village.
    source
        Register it is in.
    names
        Patterns of names; ``{p}`` is the settlement.
    tags
        OpenStreetMap tags, one set of which is used, for places in the road file.
    unnamed
        Share of those that have no name.
    """

    rate: float
    town: float
    village: float
    source: str
    names: tuple[str, ...]
    tags: tuple[str, ...] = ()
    unnamed: float = 0.0


RULES: Final[dict[str, Rule]] = {
    "pharmacy": Rule(
        0.17, 1.0, 0.05, ROADS, ("{p} Pharmacy", "Mortar and Pestle"), ("amenity=pharmacy",)
    ),
    "dentist": Rule(0.12, 1.0, 0.04, ROADS, ("{p} Dental Care",), ("amenity=dentist",)),
    "hospital": Rule(0.017, 1.0, 0.0, ROADS, ("{p} Cottage Hospital",), ("amenity=hospital",)),
    "library": Rule(0.09, 1.0, 0.12, LIBRARIES, ("{p} Library",)),
    "arts_culture": Rule(0.2, 1.0, 0.3, GROUPS, ("{p} Choir", "{p} Players", "{p} Craft Circle")),
    "nature": Rule(
        0.55, 0.9, 0.8, ROADS, ("{p} Park", "{p} Common", "{p} Nature Reserve"),
        ("leisure=park", "leisure=nature_reserve", "landuse=allotments"), unnamed=0.45,
    ),
    "physical_activity": Rule(
        0.6, 1.0, 0.5, ROADS, ("{p} Leisure Centre", "{p} Recreation Ground"),
        ("leisure=pitch", "leisure=sports_centre", "leisure=pitch"), unnamed=0.7,
    ),
    "advice_money": Rule(
        0.13, 1.0, 0.05, SERVICES, ("{p} Advice", "{p} Debt and Benefits Help")
    ),
    "social_connection": Rule(
        0.5, 0.5, 1.0, GROUPS, ("{p} Village Hall", "{p} Lunch Club", "{p} Men's Shed")
    ),
    "learning_work": Rule(
        0.12, 1.0, 0.06, SERVICES, ("{p} Skills for Work", "{p} Volunteer Bureau")
    ),
    "food": Rule(0.12, 1.0, 0.1, SERVICES, ("{p} Community Larder", "{p} Shared Table")),
    "mental_health": Rule(
        0.1, 1.0, 0.06, SERVICES, ("{p} Talking Space", "{p} Bereavement Friends")
    ),
    "worship": Rule(
        0.5, 0.5, 1.0, ROADS, ("St Wilfrid's, {p}", "{p} Chapel", "All Hallows, {p}"),
        ("amenity=place_of_worship",), unnamed=0.08,
    ),
}  # fmt: skip
"""Our choice, near the counts of a real county; GP practices are made with their registers."""


def furnish(
    places: Settlements,
    seeds: Seeds,
    streets: Streets,
    postcodes: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """
    Put every kind of place on the map.

    Returns
    -------
    pd.DataFrame
        Index venue (a running number): kind, name (empty where it has none), settlement, x, y,
        postcode (the nearest live one), source, tag, checked, closed.
    """
    kind_of = places.kind[seeds.settlement]
    frames = []
    for kind, rule in RULES.items():
        draw = np.where(kind_of == TOWN, rule.town, rule.village)
        draw = np.where(
            (kind_of == SMALL_TOWN) | (kind_of == LARGE_VILLAGE),
            (rule.town + rule.village) / 2,
            draw,
        )
        draw = np.where((kind_of == ISLAND) & (kind != "social_connection"), 0.0, draw)
        count = min(max(2, round(rule.rate * len(draw))), int((draw > 0).sum()))
        # The largest of log weight + Gumbel noise: a weighted draw without replacement.
        with np.errstate(divide="ignore"):
            keys = np.log(draw) + rng.gumbel(size=len(draw))
        area = np.sort(np.argsort(-keys, kind="stable")[:count])
        frames.append(_of_kind(kind, rule, area, places, seeds, rng))
    frame = pd.concat(frames, ignore_index=True)
    frame["x"], frame["y"] = _by_a_road(frame, streets, rng)
    live = postcodes[(postcodes["ended"] == "") & (postcodes["quality"] < 4)]
    _, near = cKDTree(live[["x", "y"]].to_numpy()).query(frame[["x", "y"]].to_numpy())
    frame["postcode"] = live["postcode"].to_numpy()[near]
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="venue")
    return frame


def _of_kind(
    kind: str, rule: Rule, area: Ints, places: Settlements, seeds: Seeds, rng: np.random.Generator
) -> pd.DataFrame:
    home = seeds.settlement[area]
    pick = rng.integers(0, len(rule.names), len(area))
    names = [rule.names[k].format(p=places.name[s]) for k, s in zip(pick, home, strict=True)]
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[at] = f"{name} {seen[name]}"
    blank = rng.random(len(area)) < rule.unnamed
    tags = rng.integers(0, max(1, len(rule.tags)), len(area))
    day = rng.integers(0, 700, len(area))
    checked = (np.datetime64("2023-06-01") + day).astype(str)
    return pd.DataFrame(
        {
            "kind": kind,
            "name": np.where(blank, "", names),
            "settlement": [places.name[s] for s in home],
            "x": seeds.x[area],
            "y": seeds.y[area],
            "source": rule.source,
            "tag": [rule.tags[k] if rule.tags else "" for k in tags],
            "checked": checked,
            "closed": (kind == "library") & (np.arange(len(area)) % 7 == 6),
        }
    )


def _by_a_road(
    frame: pd.DataFrame, streets: Streets, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    way = streets.way
    public = (streets.kind[way] <= MAIN) & ~streets.private[way]
    nodes = np.unique(streets.nodes[public])
    points = np.column_stack([streets.x[nodes], streets.y[nodes]])
    k = min(6, len(nodes))
    _, near = cKDTree(points).query(frame[["x", "y"]].to_numpy(), k=k)
    chosen = near.reshape(len(frame), k)[np.arange(len(frame)), rng.integers(0, k, len(frame))]
    off = rng.uniform(-18, 18, (2, len(frame)))
    return rounded(points[chosen, 0] + off[0]), rounded(points[chosen, 1] + off[1])
