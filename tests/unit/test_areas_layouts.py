"""
Every layer, every layout, every format: one file as its publisher lays it out, and what is read.

Each file has the traps of its layout: a mark before the first byte, commas inside quoted headers,
blanks behind names, line breaks inside them, a dead last column, notes above and below the table.
A layer or layout that is added without a file here fails the last test.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from layouts import rows_to_csv, rows_to_ods, rows_to_xls, rows_to_xlsx
from shapely.geometry import box

from slgeo.areas.boundaries import read_areas
from slgeo.areas.crosswalk import read_lookup
from slgeo.areas.layers import read_layer
from slgeo.areas.population import read_population
from slgeo.areas.registry import registry
from slgeo.areas.rurality import read_rurality

WRITERS = {".csv": rows_to_csv, ".xlsx": rows_to_xlsx, ".xls": rows_to_xls, ".ods": rows_to_ods}
E21, E11 = ("E01000001", "E01035762"), ("E01000001", "E01033768")
W21, W11 = ("W01000003", "W01002040"), ("W01000003", "W01001958")
DZ11, DZ22 = ("S01006506", "S01013481"), ("S01013482", "S01020873")
SOA, SA = ("95AA01S1", "95ZZ16S1"), ("N00000001", "N00004537")
DZ21, SDZ21 = ("N20000001", "N20003780"), ("N21000001", "N21000850")
FOOT = ["Source: the publisher"]
RANK, DECILE = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOAs)"


def iod(codes, year, lad, *, whole=True):
    head = [f"LSOA code ({year})", f"LSOA name ({year})", f"Local Authority District code ({lad})"]
    head += [f"Local Authority District name ({lad})"]
    imd = "Index of Multiple Deprivation (IMD)"
    if whole:
        head += [f"{imd} Score"]
    head += [f"{imd} {RANK}", f"{imd} {DECILE}"]
    if whole:
        head += [f"Education, Skills and Training {RANK}", "Income Score (rate)"]
        head += ["Total population: mid 2022"]
    last = {2021: 33_755, 2011: 32_844}[year]
    rows = []
    for at, (code, rank) in enumerate(zip(codes, (1, last), strict=True)):
        row = [code, "Place, 001A", "E06000017", "Rutland"]
        row += [9.5 - at] if whole else []
        row += [rank, 1 + 9 * at]
        row += [rank, 0.1, 1500] if whole else []
        rows.append(row)
    return [head, *rows]


def wimd(codes, year, last):
    names = ["Income", "Employment ", "Health", "Education ", "Access to Services", "Housing"]
    names += ["Community Safety ", "Physical Environment"]
    head = ["LSOA code", "LSOA name (Eng)", f"WIMD {year}", *names, None]
    rows = [[c, "Lle 001", r, *[r] * 8, None] for c, r in zip(codes, (1, last), strict=True)]
    return {"Contents": [["x"]], f"WIMD_{year}_ranks": [["Ranks"], [None], head, *rows, FOOT]}


def tidied(key, codes, last, *, deciles=True):
    head = [key, "IMD_rank", *(["IMD_decile"] if deciles else []), "Income_rank"]
    return [
        head,
        *(
            [c, r, *([d] if deciles else []), r]
            for c, r, d in zip(codes, (1, last), (1, 10), strict=True)
        ),
    ]


def simd():
    head = ["Data_Zone", "Intermediate_Zone", "SIMD2020v2_Rank", "SIMD2020v2_Income_Domain_Rank"]
    head += ["SIMD2020_Employment_Domain_Rank"]
    rows = [[c, "IZ", r, r, r] for c, r in zip(DZ11, (1, 6976), strict=True)]
    return {"Notes": [["x"]], "SIMD 2020v2 ranks": [head, *rows]}


def simd_phs():
    head = ["DataZone", "IntZone", "HB", "HSCP", "CA", "SIMD2020V2Rank", "SIMD2020V2CountryDecile"]
    return [
        head,
        *(
            [c, "S02", "S08", "S37", "S12000033", r, d]
            for c, r, d in zip(DZ11, (1, 6976), (1, 10), strict=True)
        ),
    ]


def nimdm():
    head = ["LGD2014NAME", "Urban mixed rural status", "SOA2001", "SOA2001_name"]
    head += ["Multiple Deprivation Measure Rank \n(where 1 is most deprived)"]
    head += ["Income Domain Rank \n(where 1 is most deprived)"]
    rows = [["Antrim", "Urban", c, "Place", r, r] for c, r in zip(SOA, (1, 890), strict=True)]
    return {"Metadata": [["x"]], "MDM": [head, *rows, [None] * 6, FOOT]}


def classes(key, column, codes, values, *, above=(), sheet=""):
    rows = [
        *above,
        [key, f"{key} name", column],
        *([c, "Place", v] for c, v in zip(codes, values, strict=True)),
        FOOT,
    ]
    return {"Contents": [["x"]], sheet: rows} if sheet else rows


def scottish_folds(zone, codes, year):
    head = [zone]
    head += [f"UrbanRural{fold}fold{year}{name}" for fold in (2, 3, 6, 8) for name in ("", "_Name")]
    return [head, [codes[0], 1, "", 1, "", 2, "", 2, ""], [codes[1], 2, "", 3, "", 6, "", 8, ""]]


def sape():
    head = ["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total"]
    head += [f"{sex}{age}" for sex in "FM" for age in range(91)]
    rows = [["E06000017", "Rutland", c, "Place", 182, *[1] * 182] for c in E21]
    top = [["Mid-year"], [None], ["Contents"]]
    return {
        "Contents": [["x"]],
        "Mid-2024 LSOA 2021": [*top, head, *rows],
        "Notes": [["90: 90 and over"]],
    }


def sape_2020():
    head = ["LSOA Code", "LSOA Name", "LA Code (2018 boundaries)", "LA name (2018 boundaries)"]
    head += ["LA Code (2021 boundaries)", "LA name (2021 boundaries)", "All Ages"]
    head += [*map(str, range(90)), "90+"]
    rows = [
        [c, "Place", "E06000017", "Rutland", "E06000017", "Rutland", 91, *[1] * 91] for c in E11
    ]
    top = [["SAPE23DT2"], ["Persons"], ["Contents"], [None]]
    return {"Contents": [["x"]], "Mid-2020 Persons": [*top, head, *rows], "Mid-2020 Males": [["x"]]}


def nrs(zone, codes):
    head = ["Year", zone, f"{zone}QF", "Sex", "SexQF", "AllAges", *(f"Age{a}" for a in range(90))]
    head += ["Age90plus"]
    rows = [
        [y, c, "", sex, "", 91 * n, *[n] * 91]
        for y, n in ((2020, 1), (2021, 2))
        for c in codes
        for sex in ("Male", "Female", "All")
    ]
    return [head, *rows]


def nisra_soa():
    head = ["area", "area_code", "area_name", "year", "gender", "age", "MYE"]
    bands = {"All ages": 100, "00-15": 20, "16-39": 30, "40-64": 32, "65+": 18}
    rows = [
        ["1. Super Output Areas", c, "Place, 1", year, sex, age, n * (year - 2018)]
        for year in (2019, 2020)
        for c in SOA
        for sex in ("All persons", "Females")
        for age, n in bands.items()
    ]
    rows += [["2. Electoral Wards (1992)", "95AA01", "Ward", 2020, "All persons", "All ages", 5]]
    return {"Contents": [["x"]], "Flat": [head, *rows]}


def nisra_sa():
    head = ["Area", "Area_Code", "Area_name", "Year", "MYE"]
    rows = [["Small Areas", c, c, y, 200 + y - 2020] for y in (2019, 2020) for c in SA]
    return {
        "Contents": [["x"]],
        "Flat": [head, *rows, ["Northern Ireland", "N92000002", "NI", 2020, 9]],
    }


def ms_a01():
    def sheet(codes, level):
        top = [["MS-A01: Usual resident population"], ["Geographic level: " + level], [None]]
        top += [["Source: Census 2021"], [None]]
        rows = [["Place, 1", c, 500] for c in codes]
        return [
            *top,
            ["Geography", "Geography code ", "All usual \nresidents"],
            *rows,
            [None],
            FOOT,
        ]

    return {"Contents": [["x"]], "SDZ": sheet(SDZ21, "SDZ"), "DZ": sheet(DZ21, "DZ")}


def census(*columns, values):
    head = ["date", "geography", "geography code", *columns]
    return [head, *([2021, "Place, 001A", code, *values] for code in E21)]


def census_ages():
    return census(
        "Age: Total",
        "Age: Aged 15 years and under",
        "Age: Aged 16 to 64 years",
        "Age: Aged 65 years and over",
        values=(10, 2, 6, 2),
    )


def ethnic():
    groups = [
        "Asian, Asian British or Asian Welsh",
        "Black, Black British, Black Welsh, Caribbean or African",
        "Mixed or Multiple ethnic groups",
        "White",
        "Other ethnic group",
    ]
    columns = ["Ethnic group: Total: All usual residents"]
    for group in groups:
        columns += [f"Ethnic group: {group}", f"Ethnic group: {group}: part"]
    return census(*columns, values=(50, *[10] * 10))


def lookup():
    head = [
        "LSOA11CD",
        "LSOA11NM",
        "CHGIND",
        "LSOA21CD",
        "LSOA21NM",
        "LAD22CD",
        "LAD22NM",
        "ObjectId",
    ]
    return [
        head,
        ["E01000001", "a", "U", "E01000001", "a", "E09", "x", 1],
        ["E01033768", "b", "S ", "E01035762", "b", "E09", "x", 2],
    ]


NOT_ENGLISH = (
    "Proficiency in English language: Main language is not English (English or Welsh in Wales)"
)
ALONE = "Household composition: One-person household: Aged 66 years and over; measures: Value"
ENGLISH_CARS = (
    "Number of cars or vans: Total: All households",
    "Number of cars or vans: No cars or vans in household",
)
FILES = [
    # layer, layout, ending, file, column, its values
    ("imd2025", 0, ".csv", iod(E21, 2021, 2024), "deprivation_rank", [1, 33_755]),
    (
        "imd2025",
        0,
        ".xlsx",
        {"Notes": [["x"]], "IoD25": iod(E21, 2021, 2024)},
        "domain_education_rank",
        [1, 33_755],
    ),
    (
        "imd2025",
        0,
        ".xlsx",
        {"Notes": [["x"]], "IMD25": iod(E21, 2021, 2024, whole=False)},
        "deprivation_decile",
        [1, 10],
    ),
    ("imd2025", 1, ".csv", tidied("lsoa21_code", E21, 33_755), "domain_income_rank", [1, 33_755]),
    ("imd2019", 0, ".csv", iod(E11, 2011, 2019), "deprivation_score", [9.5, 8.5]),
    (
        "imd2019",
        0,
        ".xlsx",
        {"Notes": [["x"]], "IoD2019": iod(E11, 2011, 2019)},
        "deprivation_rank",
        [1, 32_844],
    ),
    (
        "imd2019",
        0,
        ".xlsx",
        {"Notes": [["x"]], "IMD2019": iod(E11, 2011, 2019, whole=False)},
        "deprivation_rank",
        [1, 32_844],
    ),
    ("imd2019", 1, ".csv", tidied("lsoa11_code", E11, 32_844), "deprivation_decile", [1, 10]),
    ("wimd2025", 0, ".ods", wimd(W21, 2025, 1917), "domain_employment_rank", [1, 1917]),
    ("wimd2025", 1, ".csv", tidied("lsoa21_code", W21, 1917), "deprivation_rank", [1, 1917]),
    ("wimd2019", 0, ".ods", wimd(W11, 2019, 1909), "deprivation_rank", [1, 1909]),
    ("wimd2019", 1, ".csv", tidied("lsoa11_code", W11, 1909), "deprivation_decile", [1, 10]),
    ("simd2020", 0, ".xlsx", simd(), "domain_employment_rank", [1, 6976]),
    ("simd2020", 1, ".csv", tidied("dz11_code", DZ11, 6976), "deprivation_rank", [1, 6976]),
    ("simd2020_phs", 0, ".csv", simd_phs(), "deprivation_decile", [1, 10]),
    ("nimdm2017", 0, ".xls", nimdm(), "domain_income_rank", [1, 890]),
    ("nimdm2017", 1, ".csv", tidied("soa11_code", SOA, 890), "deprivation_rank", [1, 890]),
    (
        "ruc2021",
        0,
        ".csv",
        classes("LSOA21CD", "RUC21CD", E21, ("UN1", "RSF1")),
        "rurality_code",
        ["UN1", "RSF1"],
    ),
    (
        "ruc2011",
        0,
        ".csv",
        classes("LSOA11CD", "RUC11CD", E11, ("A1", "F2")),
        "rurality_code",
        ["A1", "F2"],
    ),
    (
        "ruc2011",
        1,
        ".ods",
        classes(
            "Lower Super Output Area 2011 Code",
            "Rural Urban Classification 2011 code",
            E11,
            ("C1\u00a0\u00a0", "D1\u00a0"),
            above=[["RUC 2011"], [None]],
            sheet="LSOA11",
        ),
        "rurality_code",
        ["C1", "D1"],
    ),
    (
        "ur8_2022",
        0,
        ".csv",
        scottish_folds("DataZone2022", DZ22, 2022),
        "rurality_code",
        ["2", "8"],
    ),
    (
        "ur6_2022",
        0,
        ".csv",
        scottish_folds("DataZone2022", DZ22, 2022),
        "rurality_code",
        ["2", "6"],
    ),
    (
        "ur8_2020",
        0,
        ".csv",
        scottish_folds("DataZone2011", DZ11, 2020),
        "rurality_code",
        ["2", "8"],
    ),
    (
        "ur6_2020",
        0,
        ".csv",
        scottish_folds("DataZone2011", DZ11, 2020),
        "rurality_code",
        ["2", "6"],
    ),
    ("ur8_2016", 0, ".csv", scottish_folds("DataZone", DZ11, 2016), "rurality_code", ["2", "8"]),
    (
        "ur6_2016",
        0,
        ".csv",
        classes("dz11_code", "ruc16_code", DZ11, ("1", "6")),
        "rurality_code",
        ["1", "6"],
    ),
    ("ur6_2016", 1, ".csv", scottish_folds("DataZone", DZ11, 2016), "rurality_code", ["2", "6"]),
    (
        "ni_bands2015",
        0,
        ".xls",
        classes(
            "SA2011_Code",
            "Settlement Classification Band",
            SA,
            ("A", "H"),
            above=[["Settlement"], [None], [None]],
            sheet="SA2011",
        ),
        "rurality_code",
        ["A", "H"],
    ),
    (
        "ni_urban2015",
        0,
        ".xls",
        classes(
            "SA2011_Code",
            "2015 Default Urban/Rural",
            SA,
            ("Urban", "Rural"),
            above=[["Settlement"], [None], [None]],
            sheet="SA2011",
        ),
        "rurality_code",
        ["Urban", "Rural"],
    ),
    ("sape", 0, ".xlsx", sape(), "population", [182, 182]),
    ("population2020", 0, ".xlsx", sape_2020(), "population", [91, 91]),
    (
        "population2020",
        1,
        ".csv",
        [["lsoa11_code", "total_population"], [E11[0], 7], [E11[1], 8]],
        "population",
        [7, 8],
    ),
    ("nrs_dz11", 0, ".csv", nrs("DataZone", DZ11), "population", [182, 182]),
    ("nrs_dz22", 0, ".csv", nrs("DataZone2022", DZ22), "population", [182, 182]),
    ("nisra_soa", 0, ".xlsx", nisra_soa(), "age_65_plus", [36, 36]),
    ("nisra_sa", 0, ".xlsx", nisra_sa(), "population", [200, 200]),
    ("census2021_ni_dz", 0, ".xlsx", ms_a01(), "population", [500, 500]),
    ("census2021_ni_sdz", 0, ".xlsx", ms_a01(), "population", [500, 500]),
    ("census2021_age", 0, ".csv", census_ages(), "age_65_plus", [2, 2]),
    (
        "census2021_age",
        1,
        ".csv",
        [
            ["lsoa21_code", "Aged 15 years and under", "Aged 16 years and over"],
            [E21[0], 1, 4],
            [E21[1], 2, 5],
        ],
        "age_0_15",
        [1, 2],
    ),
    (
        "census2021_sex",
        0,
        ".csv",
        census(
            "Sex: All persons; measures: Value",
            "Sex: Female; measures: Value",
            "Sex: Male; measures: Value",
            values=(10, 6, 4),
        ),
        "sex_female",
        [6, 6],
    ),
    ("census2021_ethnicity", 0, ".csv", ethnic(), "ethnic_black", [10, 10]),
    (
        "census2021_ethnicity",
        1,
        ".csv",
        [["lsoa21_code", "ethnic_asian", "ethnic_white"], [E21[0], 1, 4], [E21[1], 2, 5]],
        "ethnic_asian",
        [1, 2],
    ),
    (
        "census2021_cars",
        0,
        ".csv",
        census(*ENGLISH_CARS, values=(10, 3)),
        "households_no_car",
        [3, 3],
    ),
    (
        "census2021_cars",
        1,
        ".csv",
        [["lsoa21_code", "households", "no_car"], [E21[0], 9, 4], [E21[1], 8, 5]],
        "households_no_car",
        [4, 5],
    ),
    (
        "census2021_health",
        0,
        ".csv",
        census("General health: Bad health", "General health: Very bad health", values=(2, 1)),
        "bad_health",
        [3, 3],
    ),
    (
        "census2021_disability",
        0,
        ".csv",
        census("Disability: Disabled under the Equality Act", values=(4,)),
        "disabled",
        [4, 4],
    ),
    (
        "census2021_care",
        0,
        ".csv",
        census(
            *(
                f"Provision of unpaid care: Provides {h} hours unpaid care a week"
                for h in ("19 or less", "20 to 49", "50 or more")
            ),
            values=(3, 2, 1),
        ),
        "unpaid_carers",
        [6, 6],
    ),
    (
        "census2021_english",
        0,
        ".csv",
        census(*(f"{NOT_ENGLISH}: Cannot speak English{w}" for w in (" well", "")), values=(2, 1)),
        "little_english",
        [3, 3],
    ),
    (
        "census2021_residence",
        0,
        ".csv",
        census(
            "Residence type: Total; measures: Value",
            "Residence type: Lives in a household; measures: Value",
            "Residence type: Lives in a communal establishment; measures: Value",
            values=(10, 7, 3),
        ),
        "communal_residents",
        [3, 3],
    ),
    ("census2021_alone", 0, ".csv", census(ALONE, values=(3,)), "households_alone_66_plus", [3, 3]),
]


NAMED = [f"{at:02}-{name}{ending}" for at, (name, _, ending, *_) in enumerate(FILES)]


@pytest.mark.parametrize("entry", FILES, ids=NAMED)
def test_a_file_in_its_publishers_layout_is_read_whatever_it_is_called(tmp_path, entry):
    """By its content alone; where it holds several tables, the one on the study's areas."""
    name, layout, ending, file, column, values = entry
    layer = registry().layer(name)
    path = WRITERS[ending](tmp_path / f"download (3){ending}", file)

    table = read_layer(path, layer.subject, layer=name)
    chosen = read_layer(path, layer.subject, prefer={layer.geography})

    assert table.attrs["layers"] == [name]
    geography = table.attrs["detected"][0].geography
    assert geography in layer.geographies
    assert table[column].tolist() == values
    found = registry().layer(chosen.attrs["layers"][0])
    assert (found.geography, found.year, found.publisher) == (
        layer.geography,
        layer.year,
        layer.publisher,
    )
    assert layer.layouts[layout].name


def test_every_layout_of_every_published_layer_has_a_file_here():
    have = {(name, layout) for name, layout, *_ in FILES}
    want = {
        (layer.name, at)
        for layer in registry().layers.values()
        if layer.licence not in {"own", "invented"} and layer.subject != "lookup"
        for at in range(len(layer.layouts))
    }

    assert have == want


def test_the_lookup_between_editions_is_read_in_its_layout(tmp_path):
    table = read_lookup(rows_to_csv(tmp_path / "lookup.csv", lookup()))

    assert table["change"].tolist() == ["unchanged", "split"]
    assert (table.attrs["older"], table.attrs["newer"]) == ("lsoa11", "lsoa21")


def test_bands_of_northern_ireland_add_up_and_the_last_year_is_taken(tmp_path):
    table = read_population(rows_to_xlsx(tmp_path / "MYE20-SOA-WARD.xlsx", nisra_soa()))

    assert table.loc[SOA[0]].to_dict() == {
        "population": 200,
        "age_0_15": 40,
        "age_16_39": 60,
        "age_40_64": 64,
        "age_65_plus": 36,
    }
    assert len(table) == 2
    assert any("rows of 2020" in note for note in table.attrs["notes"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: [*rows, rows[1]], "has its band population a second time"),
        (lambda rows: [*rows, [*rows[1][:5], "middle-aged", 3]], "'middle-aged' is no age band"),
    ],
)
def test_bands_that_repeat_or_are_none_are_refused_with_their_row(tmp_path, change, says):
    sheets = nisra_soa()
    newest = [row for row in sheets["Flat"] if row[3] in {"year", 2020}]
    path = rows_to_xlsx(tmp_path / "a.xlsx", {"Flat": change(newest)})

    with pytest.raises(Exception, match=says):
        read_population(path)


def test_a_workbook_on_two_geographies_gives_the_one_of_the_areas(tmp_path):
    path = rows_to_xlsx(tmp_path / "census-2021-ms-a01.xlsx", ms_a01())
    shapes = [box(-6 + i / 10, 54.5, -5.9 + i / 10, 54.6) for i in range(2)]
    for key, codes in (("DZ2021_cd", DZ21), ("SDZ2021_cd", SDZ21)):
        frame = gpd.GeoDataFrame({key: codes}, geometry=shapes, crs="EPSG:4326")
        frame.to_file(tmp_path / "a.geojson", driver="GeoJSON")

        areas = read_areas(tmp_path / "a.geojson", population=path)

        assert areas.index.tolist() == list(codes)
        assert areas["population"].tolist() == [500, 500]
        assert areas.crs.to_epsg() == 29903


KEYS = {
    "lsoa11": ("LSOA11CD", "LSOA11NM"),
    "lsoa21": ("LSOA21CD", "LSOA21NM"),
    "oa11": ("OA11CD", "LAD11CD"),
    "oa21": ("OA21CD", "LSOA21CD"),
    "msoa11": ("MSOA11CD", "MSOA11NM"),
    "msoa21": ("MSOA21CD", "MSOA21NM"),
    "dz11": ("DataZone", "Name"),
    "dz22": ("dzcode", "dzname"),
    "soa01": ("SOA_CODE", "SOA_LABEL"),
    "dz21": ("DZ2021_cd", "DZ2021_nm"),
    "sdz21": ("SDZ2021_cd", "SDZ2021_nm"),
    "lad": ("LAD24CD", "LAD24NM"),
    "icb": ("ICB26CD", "ICB26NM"),
    "sicbl": ("SICBL23CD", "SICBL23NM"),
    "lhb": ("LHB22CD", "LHB22NM"),
    "region": ("RGN24CD", "RGN24NM"),
}
"""Code and name of a boundary file, as its publisher calls them."""

PLACES = {"E": (-1.0, 52.0), "W": (-3.6, 52.0), "S": (-4.0, 57.0), "N": (-6.5, 54.5)}


SHAPES = (".geojson", ".gpkg", ".zip", ".parquet")
BOUNDARIES = [one.name for one in registry().of("boundaries") if one.licence != "invented"]


@pytest.mark.parametrize(
    ("name", "ending"),
    [(name, SHAPES[at % 4]) for at, name in enumerate(BOUNDARIES) if name != "lsoa21"]
    + [("lsoa21", ending) for ending in SHAPES],
)
def test_boundaries_of_every_kind_and_format_are_read(tmp_path, name, ending):
    layer = registry().layer(name)
    geography = registry().geographies[layer.geography]
    key, label = KEYS[layer.geography]
    code = next(last for first, last in geography.range if first[0] in {layer.nations[0], "9"})
    west, south = PLACES[layer.nations[0]]
    frame = gpd.GeoDataFrame(
        {key: [code], label: ["Place, 1"], "all usual residents": [1234]},
        geometry=[box(west, south, west + 0.1, south + 0.1)],
        crs="EPSG:4326",
    )
    grid = "EPSG:29903" if layer.nations[0] == "N" else "EPSG:27700"
    path = written(frame.to_crs(grid) if ending == ".zip" else frame, tmp_path, ending)

    population = tmp_path / "p.csv"
    population.write_text(f"area,population\n{code},1234\n", encoding="utf-8")
    areas = read_areas(path, population=population)

    assert areas.index.tolist() == [code]
    assert areas["vintage"].tolist() == [layer.geography]
    assert areas["population"].tolist() == [1234]
    assert areas.crs.to_string() == grid
    assert {one.split("_")[0] for one in areas.attrs["layers"]} & {
        one.name for one in registry().of("boundaries") if one.geography == layer.geography
    }


def written(frame, folder, ending):
    if ending == ".parquet":
        frame.to_parquet(folder / "a.parquet")
        return folder / "a.parquet"
    if ending != ".zip":
        frame.to_file(folder / f"a{ending}")
        return folder / f"a{ending}"
    import zipfile

    shapes = folder / "shapes"
    shapes.mkdir()
    frame.rename(columns={"all usual residents": "residents"}).to_file(shapes / "a.shp")
    with zipfile.ZipFile(folder / "a.zip", "w") as out:
        for part in shapes.iterdir():
            out.write(part, part.name)
    return folder / "a.zip"


def test_a_new_vintage_is_text_in_the_registry_and_nothing_else(tmp_path, monkeypatch):
    """Areas, index, classes and people of 2031, of codes nobody has yet, by an entry each."""
    import tomllib

    from slgeo.areas import registry as door

    text = (
        door.registry_text()
        + """
[geographies.lsoa31]
title = "Lower layer Super Output Areas 2031"
short = "LSOA 2031"
family = "lsoa"
code = '^[EW]01\\d{6}$'
range = [["E01000001", "E01036999"], ["W01000001", "W01002099"]]
new_from = ["E01035763", "W01002041"]
share_new = 0.05
rows = { E = 34000, W = 1950 }

[layers.lsoa31]
subject = "boundaries"
title = "Boundaries of Lower layer Super Output Areas, December 2031"
label = "LSOA 2031"
publisher = "Office for National Statistics"
nations = ["E", "W"]
geography = "lsoa31"
year = 2031
licence = "ogl"
attribution = ["ons", "os"]
url = "https://geoportal.statistics.gov.uk/"

[layers.imd2035]
subject = "deprivation"
title = "English Indices of Deprivation 2035"
label = "IMD 2035"
publisher = "Ministry of Housing, Communities and Local Government"
nations = ["E"]
geography = "lsoa31"
year = 2035
rows = 34000
licence = "ogl"
attribution = ["mhclg", "os"]
url = "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2035"

[[layers.imd2035.layouts]]
name = "File 7, as published"
like = "imd2025"

[layers.ruc2031]
subject = "rurality"
title = "Rural-Urban Classification 2031 of small areas"
label = "RUC 2031"
publisher = "Office for National Statistics"
nations = ["E", "W"]
geography = "lsoa31"
year = 2031
licence = "ogl"
attribution = ["ons", "os"]
url = "https://geoportal.statistics.gov.uk/"
urban = ["T"]
classes = { T = "Town", C = "Country" }

[[layers.ruc2031.layouts]]
name = "as published"
key = '^LSOA31CD$'
need = ["rurality_code"]
columns.rurality_code = '^RUC31CD$'

[layers.census2031_age]
subject = "population"
title = "Census 2031: age"
label = "Census 2031"
publisher = "Office for National Statistics"
nations = ["E", "W"]
geography = "lsoa31"
year = 2031
licence = "ogl"
attribution = ["ons"]
url = "https://www.nomisweb.co.uk/"

[[layers.census2031_age.layouts]]
name = "as published"
like = "census2021_age"
"""
    )
    made = door.parse(tomllib.loads(text))
    for module in (
        "boundaries",
        "columns",
        "deprivation",
        "joining",
        "layers",
        "recognise",
        "registry",
        "rurality",
        "vintage",
    ):
        monkeypatch.setattr(f"slgeo.areas.{module}.registry", lambda: made)
    codes = ("E01000001", "E01036999")
    frame = gpd.GeoDataFrame(
        {"LSOA31CD": codes, "LSOA31NM": ["a", "b"]},
        geometry=[box(-1, 52, -0.9, 52.1), box(-0.9, 52, -0.8, 52.1)],
        crs="EPSG:4326",
    )
    frame.to_file(tmp_path / "a.geojson")
    index = [[cell if cell != 33_755 else 34_000 for cell in row] for row in iod(codes, 2021, 2034)]
    index[0][0] = "LSOA code (2031)"
    people = census_ages()
    for row, code in zip(people[1:], codes, strict=True):
        row[2] = code

    areas = read_areas(
        tmp_path / "a.geojson",
        deprivation=rows_to_csv(tmp_path / "imd.csv", index),
        rurality=rows_to_csv(
            tmp_path / "ruc.csv", classes("LSOA31CD", "RUC31CD", codes, ("T", "C"))
        ),
        population=rows_to_csv(tmp_path / "age.csv", people),
    )

    assert areas["vintage"].unique().tolist() == ["lsoa31"]
    assert areas["deprivation_index"].unique().tolist() == ["IMD 2035"]
    assert areas["rurality"].tolist() == ["Town", "Country"]
    assert areas["age_65_plus"].tolist() == [2, 2]
    assert {"lsoa31", "imd2035", "ruc2031", "census2031_age"} <= set(areas.attrs["layers"])


def test_a_hard_blank_behind_a_class_is_no_other_class(tmp_path):
    entry = next(one for one in FILES if one[:2] == ("ruc2011", 1))

    table = read_rurality(rows_to_ods(tmp_path / "ruc.ods", entry[3]))

    assert table["rurality"].tolist() == ["Urban city and town", "Rural town and fringe"]
    assert isinstance(table, pd.DataFrame)
