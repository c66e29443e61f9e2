"""Small areas and what is known of them, in the layouts the national tables are published in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.examples.model import AUTHORITY, degrees
from slgeo.examples.people import AGES, CARS, DOMAINS, ETHNIC, RATES, RURALITY, deciles

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from slgeo.examples.model import District

LARGE: Final = 5_000
"""From this many areas on, boundaries are written as a GeoPackage instead of GeoJSON."""

_RANK: Final = "Rank (where 1 is most deprived)"
_DECILE: Final = "Decile (where 1 is most deprived 10% of LSOAs)"
_SUPPLEMENTS: Final = {
    "Income Deprivation Affecting Children Index (IDACI) Score (rate)": "Income",
    "Income Deprivation Affecting Older People (IDAOPI) Score (rate)": "Income",
    "Children and Young People Sub-domain Score": "Education, Skills and Training",
    "Adult Skills Sub-domain Score": "Education, Skills and Training",
    "Geographical Barriers Sub-domain Score": "Barriers to Housing and Services",
    "Wider Barriers Sub-domain Score": "Barriers to Housing and Services",
    "Indoors Sub-domain Score": "Living Environment",
    "Outdoors Sub-domain Score": "Living Environment",
}
"""Supplementary indices and sub-domains of File 7; here each repeats its domain."""


def boundaries_name(made: District) -> str:
    """Name of the boundary file of a district of this size."""
    return "areas.gpkg" if len(made.areas) >= LARGE else "areas.geojson"


def write_boundaries(made: District, path: Path) -> None:
    """Write boundaries: GeoJSON in degrees, or for large districts a GeoPackage in metres."""
    codes, names = made.areas.index.to_list(), made.areas["name"].to_list()
    if path.suffix == ".gpkg":
        _write_geopackage(made, path)
        return
    import shapely

    shapes = shapely.transform(made.areas.geometry.to_numpy(), _degrees)
    lines = []
    for code, name, shape in zip(codes, names, shapely.to_geojson(shapes).tolist(), strict=True):
        about = {"LSOA21CD": code, "LSOA21NM": name, "LAD24CD": AUTHORITY, "in_area": True}
        words = json.dumps(about, ensure_ascii=False)
        lines.append(f'{{"type": "Feature", "properties": {words}, "geometry": {shape}}}')
    head = '{"type": "FeatureCollection", "name": "areas", "features": [\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


def write_hull(made: District, path: Path) -> None:
    """Write the outline of what the roads cover: the district itself."""
    import shapely

    outline = shapely.coverage_union_all(made.areas.geometry.to_numpy())
    shape = shapely.to_geojson(shapely.transform(outline, _degrees))
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {shape}}}'
    path.write_text(
        f'{{"type": "FeatureCollection", "name": "hull", "features": [\n{feature}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )


def _degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(degrees(points[:, 0], points[:, 1]))


def _write_geopackage(made: District, path: Path) -> None:
    import pyogrio

    frame = made.areas[["name", "geometry"]].rename(columns={"name": "LSOA21NM"})
    frame = frame.assign(LAD24CD=AUTHORITY, in_area=True).rename_axis("LSOA21CD").reset_index()
    # GeoPackages carry the time they were written: fixed, so that the bytes are the same.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-09-01T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(frame, path, layer="areas", driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def deprivation(made: District) -> pd.DataFrame:
    """Lay the invented index out as File 7 of the Indices of Deprivation 2025."""
    ranks, scores = made.residents.ranks, made.residents.scores
    tenths = deciles(ranks)
    columns: dict[str, Any] = {
        "LSOA code (2021)": made.areas.index,
        "LSOA name (2021)": made.areas["name"].to_numpy(),
        "Local Authority District code (2024)": AUTHORITY,
        "Local Authority District name (2024)": made.name,
    }
    stems = {"Index of Multiple Deprivation (IMD) Score": 0}
    for k, domain in enumerate(DOMAINS, start=1):
        stems[f"{domain} Score" + (" (rate)" if domain in RATES else "")] = k
    for stem, domain in _SUPPLEMENTS.items():
        stems[stem] = 1 + list(DOMAINS).index(domain)
    for stem, k in stems.items():
        bare = stem.removesuffix(" (rate)").removesuffix("Score")
        columns[stem] = scores[:, k]
        columns[bare + _RANK] = ranks[:, k]
        columns[bare + _DECILE] = tenths[:, k]
    columns["Total population: mid 2022"] = made.residents.population
    return pd.DataFrame(columns)


def rurality(made: District) -> pd.DataFrame:
    """Lay the classes out as the lookup LSOA21_RUC21_EW_LU."""
    codes = made.residents.rurality
    return pd.DataFrame(
        {
            "LSOA21CD": made.areas.index,
            "LSOA21NM": made.areas["name"].to_numpy(),
            "LSOA21NMW": "",
            "RUC21CD": codes,
            "RUC21NM": [RURALITY[c] for c in codes.tolist()],
            "Urban_rural_flag": np.where(np.char.startswith(codes, "U"), "Urban", "Rural"),
            "ObjectId": np.arange(1, len(codes) + 1),
        }
    )


def population(made: District) -> pd.DataFrame:
    """Residents by age band and sex, under the census's names for broad ages."""
    people = made.residents
    ages = pd.DataFrame(people.ages, columns=list(AGES))
    ages.insert(0, "Males", people.population - people.female)
    ages.insert(0, "Females", people.female)
    ages.insert(0, "total_residents", people.population)
    return _census(made, ages)


def ethnicity(made: District) -> pd.DataFrame:
    """Lay ethnic groups out as census table TS021: the total, each group, and its parts."""
    people = made.residents
    columns: dict[str, Any] = {"Ethnic group: Total: All usual residents": people.population}
    first = 0
    for group, parts in ETHNIC.items():
        counts = people.ethnic[:, first : first + len(parts)]
        columns[f"Ethnic group: {group}"] = counts.sum(axis=1)
        for k, part in enumerate(parts):
            columns[f"Ethnic group: {group}: {part}"] = counts[:, k]
        first += len(parts)
    return _census(made, pd.DataFrame(columns))


def cars(made: District) -> pd.DataFrame:
    """Lay households by cars out as census table TS045."""
    counts = made.residents.cars
    columns = {"Number of cars or vans: Total: All households": counts.sum(axis=1)}
    for k, name in enumerate(CARS):
        columns[f"Number of cars or vans: {name}"] = counts[:, k]
    return _census(made, pd.DataFrame(columns))


def _census(made: District, frame: pd.DataFrame) -> pd.DataFrame:
    frame.insert(0, "geography code", made.areas.index)
    frame.insert(0, "geography", made.areas["name"].to_numpy())
    frame.insert(0, "date", 2021)
    return frame


def output_areas(made: District) -> pd.DataFrame:
    """Population-weighted centroids of output areas, with people."""
    homes = made.output_areas
    return pd.DataFrame(
        {
            "OA21CD": homes.index,
            "LSOA21CD": homes["area"].to_numpy(),
            "BNG_E": homes["x"].to_numpy(),
            "BNG_N": homes["y"].to_numpy(),
            "usual_residents": homes["people"].to_numpy(),
        }
    )


_ONSPD: Final = (
    "pcd7", "pcd8", "pcds", "dointr", "doterm", "cty25cd", "ced25cd", "lad25cd", "wd25cd",
    "parncp25cd", "usrtypind", "east1m", "north1m", "gridind", "hlth19cd", "nhser24cd", "ctry25cd",
    "rgn25cd", "ssr95cd", "pcon24cd", "eer20cd", "educ23cd", "ttwa15cd", "pco19cd", "itl25cd",
    "wdstl05cd", "oa01cd", "wdcas03cd", "npark16cd", "lsoa01cd", "msoa01cd", "ruc01ind",
    "oac01ind", "oa11cd", "lsoa11cd", "msoa11cd", "wz11cd", "sicbl24cd", "bua24cd", "ruc11ind",
    "oac11ind", "lat", "long", "lep21cd1", "lep21cd2", "pfa23cd", "imd20ind", "cal24cd", "icb23cd",
    "oa21cd", "lsoa21cd", "msoa21cd", "ruc21ind",
)  # fmt: skip
"""Columns of the ONS Postcode Directory from 2025 on, in order."""


def onspd(made: District) -> pd.DataFrame:
    """Lay postcodes out as the ONS Postcode Directory: 53 columns, most of them empty here."""
    rows = made.postcodes
    placed = rows["placed"].to_numpy()
    outward = rows["postcode"].str.split(" ").str[0]
    inward = rows["postcode"].str[-3:]
    lon, lat = degrees(rows["x"], rows["y"])
    rural = dict(zip(made.areas.index, made.residents.rurality, strict=True))
    filled: dict[str, Any] = {
        "pcd7": outward.str.ljust(4) + inward,
        "pcd8": outward.str.ljust(5) + inward,
        "pcds": rows["postcode"],
        "dointr": rows["begun"],
        "doterm": rows["ended"],
        "lad25cd": np.where(rows["area"] == "", "", AUTHORITY),
        "usrtypind": np.where(rows["quality"] == 6, 1, 0),
        "east1m": np.where(placed, rows["x"].round().astype(int).astype(str), ""),
        "north1m": np.where(placed, rows["y"].round().astype(int).astype(str), ""),
        "gridind": rows["quality"],
        "ctry25cd": "X92000001",
        "lat": np.where(placed, lat.round(6), NO_LOCATION[0]),
        "long": np.where(placed, lon.round(6), NO_LOCATION[1]),
        "oa21cd": rows["output_area"],
        "lsoa21cd": rows["area"],
        "ruc21ind": rows["area"].map(rural).fillna(""),
    }
    return pd.DataFrame({name: filled.get(name, "") for name in _ONSPD}, index=rows.index)


NO_LOCATION: Final = (99.999999, 0.0)
"""Latitude and longitude the ONSPD gives a postcode without a grid reference."""
