"""Small areas and what is known of them, in the layouts the national tables are published in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.examples.people import AGES, CARS, DOMAINS, ETHNIC, RATES, deciles

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from slgeo.examples.model import District

LARGE: Final = 5_000
"""From this many areas on, boundaries are written as a GeoPackage instead of GeoJSON."""

_KEYS: Final = {
    "X": ("LSOA21CD", "LSOA21NM", "LAD24CD"),
    "S": ("DataZone", "Name", "LA_CODE"),
    "N": ("SOA_CODE", "SOA_LABEL", "LGD2014"),
}
"""Columns of a boundary file: code, name, local authority; as each nation's publishers write."""

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
    """
    Write boundaries: GeoJSON, or for large districts a GeoPackage in metres.

    GeoJSON is in degrees, but on the Irish Grid in metres that its ``crs`` member names, as
    publishers there do.
    """
    key, label, authority = _KEYS[made.nation.letter]
    if path.suffix == ".gpkg":
        _write_geopackage(made, path)
        return
    lines = []
    shapes = _as_geojson(made, made.areas.geometry.to_numpy())
    for code, name, shape in zip(made.areas.index, made.areas["name"], shapes, strict=True):
        about = {key: code, label: name, authority: made.nation.authority, "in_area": True}
        words = json.dumps(about, ensure_ascii=False)
        lines.append(f'{{"type": "Feature", "properties": {words}, "geometry": {shape}}}')
    _write_collection("areas", lines, made, path)


def write_hull(made: District, path: Path) -> None:
    """Write the outline of what the roads cover: the district itself."""
    import shapely

    outline = shapely.coverage_union_all(made.areas.geometry.to_numpy())
    shape = _as_geojson(made, np.array([outline]))[0]
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {shape}}}'
    _write_collection("hull", [feature], made, path)


def _as_geojson(made: District, shapes: NDArray[Any]) -> list[str]:
    import shapely

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(made.nation.degrees(points[:, 0], points[:, 1]))

    if made.nation.letter != "N":
        shapes = shapely.transform(shapes, degrees)
    written: list[str] = shapely.to_geojson(shapes).tolist()
    return written


def _write_collection(name: str, features: list[str], made: District, path: Path) -> None:
    grid = made.nation.crs.replace(":", "::")
    named = f'{{"type": "name", "properties": {{"name": "urn:ogc:def:crs:{grid}"}}}}'
    crs = f'"crs": {named}, ' if made.nation.letter == "N" else ""
    head = f'{{"type": "FeatureCollection", "name": "{name}", {crs}"features": [\n'
    text = head + ",\n".join(features) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_geopackage(made: District, path: Path) -> None:
    import pyogrio

    key, label, authority = _KEYS[made.nation.letter]
    frame = made.areas[["name", "geometry"]].rename(columns={"name": label})
    frame = frame.assign(in_area=True)
    frame.insert(1, authority, made.nation.authority)
    # GeoPackages carry the time they were written: fixed, so that the bytes are the same.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-09-01T00:00:00.000Z"})
    try:
        whole = frame.rename_axis(key).reset_index()
        pyogrio.write_dataframe(whole, path, layer="areas", driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def deprivation(made: District) -> pd.DataFrame:
    """
    Lay the invented index out as an index of the nation.

    File 7 of the Indices of Deprivation 2025; Public Health Scotland's open data on SIMD 2020v2;
    or the sheet of NIMDM 2017, whose headers have line breaks and which holds ranks only.
    """
    if made.nation.letter == "S":
        return _simd(made)
    if made.nation.letter == "N":
        return _nimdm(made)
    return _file_7(made)


def _file_7(made: District) -> pd.DataFrame:
    ranks, scores = made.residents.ranks, made.residents.scores
    tenths = deciles(ranks)
    columns: dict[str, Any] = {
        "LSOA code (2021)": made.areas.index,
        "LSOA name (2021)": made.areas["name"].to_numpy(),
        "Local Authority District code (2024)": made.nation.authority,
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


def _simd(made: District) -> pd.DataFrame:
    rank = made.residents.ranks[:, 0]
    tenth = deciles(made.residents.ranks)[:, 0]
    return pd.DataFrame(
        {
            "DataZone": made.areas.index,
            "IntZone": "",
            "HB": "S08999001",
            "HSCP": "S37999001",
            "CA": made.nation.authority,
            "SIMD2020V2Rank": rank,
            "SIMD2020V2CountryDecile": tenth,
            "SIMD2020V2CountryQuintile": (tenth + 1) // 2,
        }
    )


def _nimdm(made: District) -> pd.DataFrame:
    ranks = made.residents.ranks
    note = " \n(where 1 is most deprived)"
    columns: dict[str, Any] = {
        "SOA2001": made.areas.index,
        "SOA2001_name": made.areas["name"].to_numpy(),
        f"Multiple Deprivation Measure Rank{note}": ranks[:, 0],
    }
    for k, domain in enumerate(DOMAINS, start=1):
        columns[f"{_NIMDM.get(domain, domain)} Domain Rank{note}"] = ranks[:, k]
    return pd.DataFrame(columns)


_NIMDM: Final = {
    "Barriers to Housing and Services": "Access to Services",
    "Crime": "Crime and Disorder",
}
"""Domains that NIMDM 2017 calls otherwise."""


def rurality(made: District) -> pd.DataFrame:
    """
    Lay the classes out as the nation's classification.

    The lookup LSOA21_RUC21_EW_LU; Public Health Scotland's table of the Urban Rural Classification
    2022; NISRA's settlement bands of 2015.
    """
    codes = made.residents.rurality
    if made.nation.letter == "S":
        names = [made.nation.classes[c] for c in codes.tolist()]
        columns = {"DataZone2022": made.areas.index, "UrbanRural8fold2022": codes}
        return pd.DataFrame({**columns, "UrbanRural8fold2022_Name": names})
    if made.nation.letter == "N":
        return pd.DataFrame({"SOA_CODE": made.areas.index, "Settlement 2015 band": codes})
    return pd.DataFrame(
        {
            "LSOA21CD": made.areas.index,
            "LSOA21NM": made.areas["name"].to_numpy(),
            "LSOA21NMW": "",
            "RUC21CD": codes,
            "RUC21NM": [made.nation.classes[c] for c in codes.tolist()],
            "Urban_rural_flag": np.where(np.isin(codes, made.nation.urban), "Urban", "Rural"),
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
    """Population-weighted centroids of output areas, with people; in degrees for the Irish Grid."""
    homes = made.output_areas
    key = {"X": "OA21CD", "S": "OA22CD", "N": "SA2011"}[made.nation.letter]
    columns: dict[str, Any] = {key: homes.index, _KEYS[made.nation.letter][0]: homes["area"]}
    if made.nation.letter == "N":
        columns["LONGITUDE"], columns["LATITUDE"] = made.nation.degrees(homes["x"], homes["y"])
    else:
        columns["BNG_E"], columns["BNG_N"] = homes["x"], homes["y"]
    columns["usual_residents"] = homes["people"]
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})


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
    lon, lat = made.nation.degrees(rows["x"], rows["y"])
    nation = made.nation
    rural = dict(zip(made.areas.index, made.residents.rurality, strict=True))
    filled: dict[str, Any] = {
        "pcd7": outward.str.ljust(4) + inward,
        "pcd8": outward.str.ljust(5) + inward,
        "pcds": rows["postcode"],
        "dointr": rows["begun"],
        "doterm": rows["ended"],
        "lad25cd": np.where(rows["area"] == "", "", nation.authority),
        "usrtypind": np.where(rows["quality"] == 6, 1, 0),
        "east1m": np.where(placed, rows["x"].round().astype(int).astype(str), ""),
        "north1m": np.where(placed, rows["y"].round().astype(int).astype(str), ""),
        "gridind": rows["quality"],
        "ctry25cd": f"{nation.letter}92999999",
        "lat": np.where(placed, lat.round(6), NO_LOCATION[0]),
        "long": np.where(placed, lon.round(6), NO_LOCATION[1]),
        "oa21cd": rows["output_area"],
        "lsoa21cd": rows["area"],
        "ruc21ind": rows["area"].map(rural).fillna(""),
    }
    return pd.DataFrame({name: filled.get(name, "") for name in _ONSPD}, index=rows.index)


NO_LOCATION: Final = (99.999999, 0.0)
"""Latitude and longitude the ONSPD gives a postcode without a grid reference."""
