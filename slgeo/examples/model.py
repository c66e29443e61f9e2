"""The made-up district in memory, and its tables as the rest of slgeo wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.errors import TableError
from slgeo.examples import people
from slgeo.examples.addresses import address
from slgeo.examples.care import Care, care
from slgeo.examples.cells import grow
from slgeo.examples.land import Land
from slgeo.examples.names import ESTATE, QUARTERS
from slgeo.examples.nations import Nation, nation_of
from slgeo.examples.people import AGES, DOMAINS, ETHNIC, inhabit
from slgeo.examples.settlements import TOWN, Seeds, Settlements, settle
from slgeo.examples.settlements import seed as sow
from slgeo.examples.streets import Streets, lay_streets
from slgeo.examples.venues import furnish
from slgeo.tables import AREAS, ORIGINS, SITES, checked

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST: Final = 20
"""Areas of the smallest district; the largest depends on its nation."""

INDEX: Final = "invented index"

_SHORT: Final = {
    "Income": "income",
    "Employment": "employment",
    "Education, Skills and Training": "education",
    "Health Deprivation and Disability": "health",
    "Crime": "crime",
    "Barriers to Housing and Services": "barriers",
    "Living Environment": "environment",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class District:
    """
    A made-up UK district: nothing in it is real, everything in it is plausible.

    Parameters
    ----------
    seed
        Number it was made from: the same one always makes the same district.
    nation
        What it is dressed as: its grid, codes and classes.
    areas
        The ``areas`` table, on the nation's grid, with every optional column.
    output_areas
        Index output_area (code): area (code), people, x, y in metres.
    postcodes
        One row a row of the postcode file: postcode, begun, ended, x, y, quality, output_area and
        area (codes, empty outside the district), placed.
    care
        Practices, networks, registrations (by area code), workforce.
    venues
        Community assets: index venue; kind, name, settlement, x, y, postcode, source, tag, checked,
        closed.
    streets
        Roads and paths.
    land
        Coast, border, rivers, island.
    settlements, seeds, residents
        What the tables were made from, in the order of the areas.
    """

    seed: int
    nation: Nation
    areas: gpd.GeoDataFrame
    output_areas: pd.DataFrame
    postcodes: pd.DataFrame
    care: Care
    venues: pd.DataFrame
    streets: Streets
    land: Land
    settlements: Settlements
    seeds: Seeds
    residents: people.Residents

    @property
    def name(self) -> str:
        """What the district is called."""
        return self.settlements.name[0]

    def __repr__(self) -> str:
        return (
            f"<District {self.name} (invented, seed {self.seed}): {len(self.areas):,} areas, "
            f"{int(self.areas['population'].sum()):,} people, {len(self.streets.x):,} road nodes, "
            f"{len(self.postcodes):,} postcodes, {len(self.care.practices)} practices, "
            f"{len(self.venues):,} venues>"
        )


def district(areas: int = 60, *, seed: int = 1, nation: str = "X") -> District:
    """
    Make up a UK district.

    A market town with a dense one-way centre, suburbs and one poor outer estate, small towns and
    villages, a river with few bridges, a bypass, footpaths, a gated estate, and an island that only
    a passenger ferry reaches. From a few hundred areas on it has several such towns, each on its
    river. It lies on the open sea, so that nobody takes it for a real place.

    Parameters
    ----------
    areas
        How many small areas, 20 to 40,000; each has 1,000 to 3,000 people.
    seed
        Any whole number, 0 or more: the same one always gives the same district.
    nation
        ``X``: of no nation, in the layouts of England and Wales. ``S``: dressed as Scotland, up to
        1,000 areas. ``N``: as Northern Ireland on the Irish Grid, up to 72 areas. See
        :mod:`slgeo.examples.nations`.

    Returns
    -------
    District

    Raises
    ------
    TableError
        If `areas` or `seed` is out of range, or there is no such nation.

    Examples
    --------
    >>> from slgeo.examples import district
    >>> made = district(20, seed=1)
    >>> len(made.areas), int(made.areas.population.min()) >= 1000
    (20, True)
    """
    dress = nation_of(nation)
    if not FEWEST <= areas <= dress.most:
        raise TableError(f"a district has {FEWEST} to {dress.most:,} areas, not {areas:,}")
    if seed < 0:
        raise TableError(f"a seed is 0 or more, not {seed}")
    land = Land.for_areas(areas, dress, _random(seed, 0))
    places = settle(land, dress, areas, _random(seed, 1))
    seeds = sow(land, places, _random(seed, 2))
    cells = grow(land, places, seeds, _random(seed, 3))
    residents = inhabit(land, dress, places, seeds, cells, _random(seed, 4))
    homes = residents.output_areas[["x", "y"]].to_numpy()
    streets = lay_streets(land, places, seeds, homes, _random(seed, 5))
    postcodes = address(dress, residents.output_areas, streets, _random(seed, 6))
    general = care(dress, places, seeds, residents, postcodes, _random(seed, 7))
    venues = furnish(places, seeds, streets, postcodes, _random(seed, 8))
    table = _areas_table(dress, places, seeds, residents, cells.polygons)
    codes = table.index.to_numpy()
    coded = _coded_output_areas(dress, residents.output_areas, codes)
    return District(
        seed=seed,
        nation=dress,
        areas=table,
        output_areas=coded,
        postcodes=_coded_postcodes(postcodes, coded.index.to_numpy(), codes, general),
        care=_coded_care(general, codes),
        venues=venues,
        streets=streets,
        land=land,
        settlements=places,
        seeds=seeds,
        residents=residents,
    )


def origins(made: District) -> gpd.GeoDataFrame:
    """Give the output areas' points as the ``origins`` table: where people start."""
    import geopandas as gpd

    homes = made.output_areas
    frame = gpd.GeoDataFrame(
        {"area": homes["area"], "people": homes["people"].astype(float), "kind": "output_area"},
        geometry=gpd.points_from_xy(homes["x"], homes["y"], crs=made.nation.crs),
        index=homes.index.rename("origin"),
    )
    table: gpd.GeoDataFrame = checked(frame, ORIGINS)
    return table


def sites(made: District, *, kind: str | None = None) -> gpd.GeoDataFrame:
    """
    Give practices and venues as the ``sites`` table, at their true places.

    Parameters
    ----------
    made
        The district.
    kind
        Only places of this kind; all where absent.

    Returns
    -------
    gpd.GeoDataFrame
        Open GP practices and every venue that is not closed; capacity is the list size of a
        practice and unknown elsewhere.
    """
    import geopandas as gpd

    practices = made.care.practices
    practices = practices[(practices["status"] == "A") & (practices["setting"] == "4")]
    venues = made.venues[~made.venues["closed"]]
    words = venues["kind"].str.replace("_", " ") + " at " + venues["settlement"]
    frame = pd.concat(
        [
            practices.assign(kind="gp", capacity=practices["patients"].astype(float), named=True),
            venues.assign(
                name=venues["name"].where(venues["name"] != "", words),
                named=venues["name"] != "",
                capacity=np.nan,
            ).set_index(venues.index.map("V{:06d}".format)),
        ]
    )
    frame = frame[["name", "kind", "capacity", "named", "postcode", "x", "y"]]
    frame.index.name = "site"
    if kind is not None:
        frame = frame[frame["kind"] == kind]
    frame = frame.assign(source="made up by slgeo", precision="given", error_radius=0.0)
    points = gpd.points_from_xy(frame["x"], frame["y"], crs=made.nation.crs)
    table: gpd.GeoDataFrame = checked(
        gpd.GeoDataFrame(frame.drop(columns=["x", "y"]), geometry=points), SITES
    )
    return table


def _random(seed: int, stage: int) -> np.random.Generator:
    """One stream of numbers a stage, so that a change in one leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([seed, stage]))


def _areas_table(
    nation: Nation,
    places: Settlements,
    seeds: Seeds,
    residents: people.Residents,
    polygons: NDArray[Any],
) -> gpd.GeoDataFrame:
    import geopandas as gpd

    tenths = people.deciles(residents.ranks)
    columns: dict[str, Any] = {
        "name": _area_names(places, seeds, residents.need),
        "nation": nation.letter,
        "vintage": nation.vintage,
        "in_study": True,
        "population": residents.population.astype(float),
        "deprivation_rank": residents.ranks[:, 0].astype(float),
        "deprivation_decile": tenths[:, 0].astype(float),
        "deprivation_score": residents.scores[:, 0],
        "deprivation_index": INDEX,
    }
    for k, domain in enumerate(DOMAINS, start=1):
        columns[f"domain_{_SHORT[domain]}_rank"] = residents.ranks[:, k].astype(float)
        columns[f"domain_{_SHORT[domain]}_decile"] = tenths[:, k].astype(float)
        columns[f"domain_{_SHORT[domain]}_score"] = residents.scores[:, k]
    columns["rurality"] = [nation.classes[c] for c in residents.rurality.tolist()]
    columns["rurality_scheme"] = "invented classes"
    columns["urban"] = np.isin(residents.rurality, nation.urban)
    for k, band in enumerate(AGES):
        columns[_age_name(band)] = residents.ages[:, k].astype(float)
    columns["sex_female"] = residents.female.astype(float)
    columns["sex_male"] = (residents.population - residents.female).astype(float)
    for name, counts in ethnic_groups(residents).items():
        columns[f"ethnic_{name}"] = counts.astype(float)
    columns["households"] = residents.cars.sum(axis=1).astype(float)
    columns["households_no_car"] = residents.cars[:, 0].astype(float)
    index = pd.Index(nation.area_codes(len(seeds.x)), name="area")
    frame = gpd.GeoDataFrame(columns, geometry=list(polygons), crs=nation.crs, index=index)
    table: gpd.GeoDataFrame = checked(frame, AREAS)
    return table


def ethnic_groups(residents: people.Residents) -> dict[str, NDArray[np.int64]]:
    """People of the five broad ethnic groups, by area."""
    made, first = {}, 0
    for group, parts in ETHNIC.items():
        word = group.split(maxsplit=1)[0].strip(",").lower()
        made[word] = residents.ethnic[:, first : first + len(parts)].sum(axis=1)
        first += len(parts)
    return made


def _age_name(band: str) -> str:
    numbers = [word for word in band.split() if word.isdigit()]
    if "under" in band:
        return f"age_0_{numbers[0]}"
    return f"age_{numbers[0]}_{numbers[1]}" if len(numbers) == 2 else f"age_{numbers[0]}_plus"


def _area_names(places: Settlements, seeds: Seeds, need: Floats) -> list[str]:
    """Name areas after a quarter of their town, or their village; each name is used once."""
    home = seeds.settlement
    names = []
    turn: dict[int, int] = {}
    estate = {
        int(t): int(
            np.flatnonzero(home == t)[np.argmax(need[home == t] * (seeds.ring[home == t] > 0.6))]
        )
        for t in np.flatnonzero(places.kind == TOWN)
    }
    for k, s in enumerate(home.tolist()):
        n = turn[s] = turn.get(s, -1) + 1
        if places.areas[s] == 1:
            names.append(places.name[s])
        elif places.kind[s] == TOWN:
            quarter = ESTATE if estate[s] == k else QUARTERS[n % len(QUARTERS)]
            again = n // len(QUARTERS)
            names.append(f"{places.name[s]} {quarter}" + (f" {again + 1}" if again else ""))
        else:
            side = ("Centre", "North", "East", "South", "West")[n % 5]
            again = n // 5
            names.append(f"{places.name[s]} {side}" + (f" {again + 1}" if again else ""))
    return names


def _coded_output_areas(nation: Nation, homes: pd.DataFrame, codes: NDArray[Any]) -> pd.DataFrame:
    index = pd.Index(nation.output_codes(len(homes)), name="output_area")
    return homes.assign(area=codes[homes["area"].to_numpy()]).set_axis(index)


def _coded_postcodes(
    postcodes: pd.DataFrame, homes: NDArray[Any], codes: NDArray[Any], general: Care
) -> pd.DataFrame:
    coded = postcodes.assign(
        output_area=homes[postcodes["output_area"].to_numpy()],
        area=codes[postcodes["area"].to_numpy()],
    )
    beyond = general.practices[general.practices["outside"]]
    extra = pd.DataFrame(
        {
            "postcode": beyond["postcode"].to_numpy(), "begun": "198001", "ended": "",
            "x": beyond["x"].to_numpy(), "y": beyond["y"].to_numpy(), "quality": 1,
            "output_area": "", "area": "", "placed": True,
        }
    )  # fmt: skip
    return pd.concat([coded, extra], ignore_index=True)


def _coded_care(general: Care, codes: NDArray[Any]) -> Care:
    where = general.registrations["area"].to_numpy()
    coded = np.where(where < 0, "EMPTY", codes[where])
    return Care(
        general.practices,
        general.networks,
        general.registrations.assign(area=coded),
        general.workforce,
    )
