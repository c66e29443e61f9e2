"""Each publisher's own layout is read, traps included; fixtures are written by code, invented."""

from __future__ import annotations

import pandas as pd
import pytest
from layouts import rows_to_csv, rows_to_ods, rows_to_xlsx

from slgeo.areas.deprivation import read_deprivation
from slgeo.areas.layers import read_layer
from slgeo.areas.population import read_cars, read_census, read_ethnicity, read_population
from slgeo.areas.registry import registry
from slgeo.areas.rurality import read_rurality
from slgeo.errors import SourceError, TableError

E21 = ["E01000001", "E01035761", "E01035762"]
E11 = ["E01000001", "E01000002", "E01033768"]
W21 = ["W01000003", "W01002039", "W01002040"]
DZ11 = ["S01006506", "S01006507", "S01013481"]
SOA = ["95AA01S1", "95AA02W1", "95ZZ16S1"]
IOD_DOMAINS = (
    ("Income", " (rate)"),
    ("Employment", " (rate)"),
    ("Education, Skills and Training", ""),
    ("Health Deprivation and Disability", ""),
    ("Crime", ""),
    ("Barriers to Housing and Services", ""),
    ("Living Environment", ""),
    ("Income Deprivation Affecting Children Index (IDACI)", " (rate)"),
    ("Children and Young People Sub-domain", ""),
)


def iod(codes, year, ranks, deciles):
    """File 7: commas inside quoted headers, rates among scores, sub-domains, denominators last."""
    head = [f"LSOA code ({year})", f"LSOA name ({year})"]
    head += ["Local Authority District code (2024)", "Local Authority District name (2024)"]
    for stem, rate in (("Index of Multiple Deprivation (IMD)", ""), *IOD_DOMAINS):
        head += [
            f"{stem} Score{rate}",
            f"{stem} Rank (where 1 is most deprived)",
            f"{stem} Decile (where 1 is most deprived 10% of LSOAs)",
        ]
    head += ["Total population: mid 2022", "Dependent Children aged 0-15: mid 2022"]
    rows = [head]
    for i, code in enumerate(codes):
        row = [code, f"Place, {i}", "E06000017", "Rutland"]
        for j in range(len(IOD_DOMAINS) + 1):
            row += [round(0.1 * j + i, 3), ranks[i] if j == 0 else ranks[i] + j, deciles[i]]
        rows.append([*row, 1000 + i, 200])
    return rows


@pytest.mark.parametrize(
    ("codes", "year", "layer", "label", "geography"),
    [(E21, 2021, "imd2025", "IMD 2025", "lsoa21"), (E11, 2011, "imd2019", "IMD 2019", "lsoa11")],
)
def test_english_file_7_of_both_editions(tmp_path, codes, year, layer, label, geography):
    rows = iod(codes, year, [1, 20_000, 32_000], [1, 6, 10])
    path = rows_to_csv(tmp_path / "File_7.csv", rows)

    table = read_deprivation(path)

    assert table.attrs["layers"] == [layer]
    assert table.attrs["detected"][0].geography == geography
    assert table.index.tolist() == codes
    assert table["deprivation_index"].unique().tolist() == [label]
    assert table["deprivation_rank"].tolist() == [1, 20_000, 32_000]
    assert table["deprivation_decile"].tolist() == [1, 6, 10]
    assert table["deprivation_score"].tolist() == [0, 1, 2]
    assert table["domain_income_rank"].tolist() == [2, 20_001, 32_001]
    assert table["domain_education_rank"].tolist() == [4, 20_003, 32_003]
    assert table["domain_barriers_score"].tolist() == [0.6, 1.6, 2.6]
    assert len([c for c in table if c.startswith("domain_")]) == 21  # no index of children's
    assert table.attrs["people"].tolist() == [1000, 1001, 1002]
    assert table.attrs["authority"].unique().tolist() == ["E06000017"]


def test_english_file_1_is_a_workbook_whose_first_sheet_is_notes(tmp_path):
    rows = [row[:4] + row[5:7] for row in iod(E21, 2021, [1, 2, 33_755], [1, 1, 10])]
    path = rows_to_xlsx(tmp_path / "File_1.xlsx", {"Notes": [["About"]], "IMD25": rows})

    table = read_deprivation(path)

    assert table["deprivation_rank"].tolist() == [1, 2, 33_755]
    assert "deprivation_score" not in table


@pytest.mark.parametrize(
    ("year", "codes", "layer", "last", "deciles"),
    [
        (2025, W21, "wimd2025", 1917, [1, 2, 10]),
        (2019, ["W01000001", "W01000002", "W01001958"], "wimd2019", 1909, [1, 2, 10]),
    ],
)
def test_welsh_ranks_workbook(tmp_path, year, codes, layer, last, deciles):
    """Two title rows, blanks at the end of headers, a spurious empty last column, a footnote."""
    stems = ["Income", "Employment", "Health", "Education", "Access to Services", "Housing"]
    stems += ["Community Safety", "Physical Environment"]
    head = ["LSOA code ", "LSOA name (Eng) ", "Local Authority name (Eng)", f"WIMD {year} "]
    rows = [[f"WIMD {year} ranks"], ["Source: invented"]]
    rows.append([*head, *[f"{stem} " for stem in stems], None])
    for i, (code, rank) in enumerate(zip(codes, [191, 192, last], strict=True)):
        rows.append([code, f"Lle {i}", "Sir", rank, *[rank - j for j in range(8)], None])
    rows.append(["Footnote: ranks of 1 are most deprived", *[None] * 12])
    sheet = f"WIMD_{year}_ranks"
    path = rows_to_ods(tmp_path / "wimd.ods", {"Cover_sheet": [["Title"]], sheet: rows})

    table = read_deprivation(path)

    assert table.attrs["layers"] == [layer]
    assert table["deprivation_rank"].tolist() == [191, 192, last]
    assert table["deprivation_decile"].tolist() == deciles
    assert table["deprivation_group"].tolist() == [
        "10% most deprived",
        "10-20% most deprived",
        "50% least deprived",
    ]
    assert table["domain_crime_rank"].tolist() == [185, 186, last - 6]
    assert any("1 rows are no small areas" in note for note in table.attrs["notes"])
    assert any("deciles counted from ranks" in note for note in table.attrs["notes"])


def test_scottish_ranks_workbook_spells_v2_in_some_names_only(tmp_path):
    head = ["Data_Zone", "Intermediate_Zone", "Council_area", "Total_population"]
    head += ["Working_age_population", "SIMD2020v2_Rank", "SIMD2020v2_Income_Domain_Rank"]
    head += [
        f"SIMD2020_{stem}_Domain_Rank"
        for stem in ("Employment", "Health", "Education", "Access", "Crime", "Housing")
    ]
    body = [
        [code, "Zone", "Aberdeen City", 800, 500, rank, *[rank + 0.5] * 7]
        for code, rank in zip(DZ11, [698, 699, 6976], strict=True)
    ]
    path = rows_to_xlsx(
        tmp_path / "simd.xlsx", {"Info": [["x"]], "SIMD 2020v2 ranks": [head, *body]}
    )

    table = read_deprivation(path)

    assert table.attrs["layers"] == ["simd2020"]
    assert table["deprivation_decile"].tolist() == [1, 2, 10]
    assert table["domain_housing_rank"].tolist() == [698.5, 699.5, 6976.5]


def test_scottish_open_data_deciles_are_another_thing_under_another_name(tmp_path):
    head = ["DataZone", "IntZone", "HB", "HSCP", "CA", "SIMD2020V2Rank"]
    head += ["SIMD2020V2CountryDecile", "SIMD2020V2CountryQuintile", "SIMD2020V2HBDecile"]
    body = [
        [code, "S02001236", "S08000020", "S37000001", "S12000033", rank, decile, 1, 10]
        for code, rank, decile in zip(DZ11, [698, 720, 6976], [1, 1, 10], strict=True)
    ]

    table = read_deprivation(rows_to_csv(tmp_path / "simd.csv", [head, *body]))

    assert table.attrs["layers"] == ["simd2020_phs"]
    assert table["deprivation_decile"].tolist() == [1, 1, 10]
    assert "population-weighted" in table["deprivation_index"].iloc[0]


def test_northern_irish_workbook_breaks_lines_in_its_headers_and_has_ranks_only(tmp_path):
    head = ["LGD2014NAME", "Urban mixed rural status", "SOA2001", "SOA2001_name"]
    head += ["Multiple Deprivation Measure Rank \n(where 1 is most deprived)"]
    head += [
        f"{stem} Domain Rank \n(where 1 is most deprived)"
        for stem in (
            "Income",
            "Employment",
            "Health Deprivation and Disability",
            "Education, Skills and Training",
            "Access to Services",
            "Living Environment",
            "Crime and Disorder",
        )
    ]
    status = ["Urban", "Mixed urban/rural", "Rural"]
    body = [
        ["Antrim", status[i], code, "Place", rank, *[rank] * 7]
        for i, (code, rank) in enumerate(zip(SOA, [1, 89, 890], strict=True))
    ]
    path = rows_to_xlsx(tmp_path / "NIMDM17.xlsx", {"Metadata": [["x"]], "MDM": [head, *body]})

    table = read_deprivation(path)
    rurality = read_rurality(path)

    assert table.attrs["layers"] == ["nimdm2017"]
    assert table["deprivation_decile"].tolist() == [1, 1, 10]
    assert "deprivation_score" not in table
    assert table["domain_crime_rank"].tolist() == [1, 89, 890]
    assert rurality["rurality"].tolist() == status
    assert rurality["urban"].tolist() == [True, None, False]
    assert rurality["rurality_scheme"].unique().tolist() == ["NI urban-rural 2015"]


def test_rural_urban_lookup_with_names_and_object_ids(tmp_path):
    head = ["LSOA21CD", "LSOA21NM", "LSOA21NMW", "RUC21CD", "RUC21NM", "Urban_rural_flag"]
    body = [
        [code, "Place", " ", ruc, "worded otherwise this year", "Rural", i]
        for i, (code, ruc) in enumerate(zip(E21, ["UN1", "RLF1", "RSN1"], strict=True))
    ]

    table = read_rurality(rows_to_csv(tmp_path / "ruc.csv", [[*head, "ObjectId"], *body]))

    assert table["rurality"].tolist()[1] == "Larger rural: Further from a major town or city"
    assert table["urban"].tolist() == [True, False, False]


def test_a_class_the_scheme_does_not_have_is_refused(tmp_path):
    body = [["LSOA21CD", "RUC21CD"], [E21[0], "UN1"], [E21[1], "A1"]]

    with pytest.raises(TableError, match=r"'A1' not among the classes of RUC 2021"):
        read_rurality(rows_to_csv(tmp_path / "ruc.csv", body))


def test_scottish_folds_share_a_file_and_the_fold_is_a_choice(tmp_path):
    head = ["DataZone2022"]
    head += [f"UrbanRural{fold}fold2022{name}" for fold in (2, 3, 6, 8) for name in ("", "_Name")]
    body = [
        ["S01013482", 1, "Rest", 1, "", 2, "", 2, ""],
        ["S01020873", 2, "R", 3, "", 6, "", 8, ""],
    ]
    path = rows_to_csv(tmp_path / "ur.csv", [head, *body])

    eight, six = read_rurality(path), read_rurality(path, layer="ur6_2022")

    assert eight["rurality"].tolist() == ["Other urban areas", "Very remote rural areas"]
    assert six["rurality"].tolist() == ["Other urban areas", "Remote rural areas"]
    assert eight.attrs["detected"][0].geography == "dz22"


def test_population_estimates_take_the_newest_sheet_and_check_their_sum(tmp_path):
    ages = [*[f"F{a}" for a in range(91)], *[f"M{a}" for a in range(91)]]
    head = ["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total", *ages]

    def sheet(times):
        body = [["E06000017", "Rutland", c, "Place", 182 * times, *[times] * 182] for c in E21]
        return [["Mid-year"], [None], ["Contents"], head, *body]

    path = rows_to_xlsx(
        tmp_path / "sape.xlsx",
        {
            "Contents": [["x"]],
            "Mid-2023 LSOA 2021": sheet(1),
            "Mid-2024 LSOA 2021": sheet(2),
            "Notes": [["90 means 90 and over"]],
        },
    )

    table = read_population(path)

    assert table["population"].tolist() == [364] * 3
    assert table["age_0_15"].tolist() == [2 * 2 * 16] * 3
    assert table["age_65_plus"].tolist() == [2 * 2 * 26] * 3
    assert table["sex_female"].tolist() == [182] * 3
    assert table[[c for c in table if c.startswith("age_")]].sum(axis=1).tolist() == [364] * 3
    assert table.attrs["authority"].tolist() == ["E06000017"] * 3
    broken = sheet(2)
    broken[4][4] = 999
    path = rows_to_xlsx(tmp_path / "bad.xlsx", {"Mid-2024 LSOA 2021": broken})
    with pytest.raises(TableError, match="single years do not add up to the total in 1 areas"):
        read_population(path)


def test_scottish_estimates_have_a_row_a_year_and_sex_of_which_one_is_kept(tmp_path):
    head = ["Year", "DataZone", "DataZoneQF", "Sex", "SexQF", "AllAges"]
    head += [f"Age{a}" for a in range(90)] + ["Age90plus"]
    body = [
        [year, code, "", sex, "", 91 * times, *[times] * 91]
        for year, times in ((2020, 1), (2021, 2))
        for code in DZ11
        for sex, times in (("Male", 5), ("Female", 6), ("All", times))
    ]

    table = read_population(rows_to_csv(tmp_path / "dz.csv", [head, *body]))

    assert table["population"].tolist() == [182] * 3
    assert table["age_65_plus"].tolist() == [2 * 26] * 3
    assert not [c for c in table if c.startswith("sex_")]
    assert any("rows of 2021" in note for note in table.attrs["notes"])


def ts021():
    groups = {
        "Asian, Asian British or Asian Welsh": 5,
        "Black, Black British, Black Welsh, Caribbean or African": 3,
        "Mixed or Multiple ethnic groups": 4,
        "White": 5,
        "Other ethnic group": 2,
    }
    head = ["date", "geography", "geography code", "Ethnic group: Total: All usual residents"]
    row = [190]
    for group, parts in groups.items():
        head += [f"Ethnic group: {group}", *[f"Ethnic group: {group}: {i}" for i in range(parts)]]
        row += [10 * parts, *[10] * parts]
    return head, row


def test_census_ethnicity_counts_everyone_once_though_the_table_does_three_times(tmp_path):
    head, row = ts021()
    path = rows_to_csv(tmp_path / "ts021.csv", [head, *[[2021, "P", c, *row] for c in E21]])

    table = read_ethnicity(path)

    assert table.iloc[0].to_dict() == {
        "ethnic_asian": 50,
        "ethnic_black": 30,
        "ethnic_mixed": 40,
        "ethnic_white": 50,
        "ethnic_other": 20,
    }
    row[0] = 191
    path = rows_to_csv(tmp_path / "bad.csv", [head, *[[2021, "P", c, *row] for c in E21]])
    with pytest.raises(TableError, match="ethnic groups do not add up to the total in 3 areas"):
        read_ethnicity(path)


def test_census_tables_of_other_kinds_of_area_are_told_by_their_codes(tmp_path):
    """One layout is published for output areas, LSOAs, MSOAs and authorities."""
    head, row = ts021()
    codes = ["E02000001", "E02006935"]
    path = rows_to_csv(tmp_path / "t.csv", [head, *[[2021, "P", c, *row] for c in codes]])

    assert read_ethnicity(path).attrs["detected"][0].geography == "msoa21"


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        (
            {
                "General health: Total: All usual residents": 10,
                "General health: Very good health": 4,
                "General health: Good health": 3,
                "General health: Fair health": 0,
                "General health: Bad health": 2,
                "General health: Very bad health": 1,
            },
            {"bad_health": 3},
        ),
        (
            {
                "Disability: Total: All usual residents": 10,
                "Disability: Disabled under the Equality Act": 4,
                "Disability: Disabled under the Equality Act: Day-to-day activities limited "
                "a lot": 1,
                "Disability: Not disabled under the Equality Act": 6,
            },
            {"disabled": 4},
        ),
        (
            {
                "Provision of unpaid care: Total: All usual residents aged 5 and over": 10,
                "Provision of unpaid care: Provides no unpaid care": 4,
                "Provision of unpaid care: Provides 19 hours or less unpaid care a week": 3,
                "Provision of unpaid care: Provides 19 hours or less unpaid care a week: "
                "Provides 9 hours or less unpaid care a week": 2,
                "Provision of unpaid care: Provides 20 to 49 hours unpaid care a week": 2,
                "Provision of unpaid care: Provides 50 or more hours unpaid care a week": 1,
            },
            {"unpaid_carers": 6},
        ),
        (
            {
                "Household composition: Total; measures: Value": 10,
                "Household composition: One-person household; measures: Value": 4,
                "Household composition: One-person household: Aged 66 years and over; "
                "measures: Value": 3,
            },
            {"households_alone_66_plus": 3},
        ),
        (
            {
                "Proficiency in English language: Total: All usual residents aged 3 years and "
                "over": 9,
                "Proficiency in English language: Main language is not English (English or Welsh "
                "in Wales): Can speak English well": 1,
                "Proficiency in English language: Main language is not English (English or Welsh "
                "in Wales): Cannot speak English well": 2,
                "Proficiency in English language: Main language is not English (English or Welsh "
                "in Wales): Cannot speak English": 1,
            },
            {"little_english": 3},
        ),
    ],
)
def test_other_census_tables_give_the_group_that_may_need_help(tmp_path, columns, wanted):
    rows = [["date", "geography", "geography code", *columns]]
    rows += [[2021, "P", code, *columns.values()] for code in E21]

    table = read_census(rows_to_csv(tmp_path / "ts.csv", rows))

    assert table.iloc[0].to_dict() == wanted


def test_census_ages_sexes_and_cars(tmp_path):
    ages = ["Age: Total", "Age: Aged 4 years and under", "Age: Aged 5 to 84 years"]
    ages.append("Age: Aged 85 years and over")
    rows = [["date", "geography", "geography code", *ages], [2021, "P", E21[1], 10, 1, 7, 2]]
    assert read_population(rows_to_csv(tmp_path / "a.csv", rows)).iloc[0].to_dict() == {
        "population": 10,
        "age_0_4": 1,
        "age_5_84": 7,
        "age_85_plus": 2,
    }
    sexes = [f"Sex: {s}; measures: Value" for s in ("All persons", "Female", "Male")]
    rows = [["date", "geography", "geography code", *sexes], [2021, "P", E21[1], 10, 6, 4]]
    assert read_population(rows_to_csv(tmp_path / "s.csv", rows)).iloc[0].to_dict() == {
        "population": 10,
        "sex_female": 6,
        "sex_male": 4,
    }
    cars = ["Total: All households", "No cars or vans in household", "1 car or van in household"]
    head = [f"Number of cars or vans: {name}" for name in cars]
    rows = [["date", "geography", "geography code", *head], [2021, "P", E21[1], 10, 6, 4]]
    assert read_cars(rows_to_csv(tmp_path / "c.csv", rows)).iloc[0].to_dict() == {
        "households": 10,
        "households_no_car": 6,
    }
    rows[1][4] = 11
    with pytest.raises(TableError, match="more households without a car than households"):
        read_cars(rows_to_csv(tmp_path / "c.csv", rows))


def test_totals_and_footnotes_are_left_out_and_said_and_repeats_refused(tmp_path):
    head = ["lsoa21_code", "IMD_rank"]
    rows = [head, [E21[1], 5], ["E92000001", ""], ["Source: somebody", ""]]

    table = read_deprivation(rows_to_csv(tmp_path / "a.csv", rows))

    assert table.index.tolist() == [E21[1]]
    assert any("2 rows" in note and "row 3, 'E92000001'" in note for note in table.attrs["notes"])
    with pytest.raises(TableError, match=rf"{E21[1]} in rows 2, 3"):
        read_deprivation(rows_to_csv(tmp_path / "b.csv", [head, [E21[1], 5], [E21[1], 6]]))


def test_suppressed_cells_are_missing_and_counted_but_words_are_refused(tmp_path):
    rows = [["lsoa21_code", "population"], [E21[0], "*"], [E21[1], ".."], [E21[2], "12"]]

    table = read_layer(rows_to_csv(tmp_path / "a.csv", rows), "population")

    assert table["population"].isna().sum() == 2
    assert any("population is missing in 2 rows" in note for note in table.attrs["notes"])
    rows[1][1] = "many"
    with pytest.raises(SourceError, match=r"column 'population': not a number: row 2 'many'"):
        read_layer(rows_to_csv(tmp_path / "a.csv", rows), "population")


def test_a_layout_with_codes_of_another_nation_says_so(tmp_path):
    rows = iod(DZ11, 2021, [1, 2, 3], [1, 1, 1])

    with pytest.raises(TableError, match=r"looks like English.*Data Zone 2011 \(S\)"):
        read_deprivation(rows_to_csv(tmp_path / "a.csv", rows))


def test_adding_an_edition_needs_an_entry_and_no_code(tmp_path, monkeypatch):
    """A made-up index of 2031 is read as soon as the registry knows it."""
    import tomllib

    from slgeo.areas import registry as door

    data = tomllib.loads(door.registry_text())
    data["layers"]["nimdm2031"] = {
        **{k: v for k, v in data["layers"]["nimdm2017"].items() if k != "layouts"},
        "label": "NIMDM 2031",
        "geography": "dz21",
        "rows": 3780,
        "layouts": [
            {
                "name": "ranks",
                "key": "^DZ2021_code$",
                "need": ["deprivation_rank"],
                "columns": {"deprivation_rank": "^MDM Rank"},
            }
        ],
    }
    made = door.parse(data)
    for module in ("layers", "deprivation", "columns", "vintage"):
        monkeypatch.setattr(f"slgeo.areas.{module}.registry", lambda: made)
    rows = [["DZ2021_code", "MDM Rank 2031"], ["N20000001", 1], ["N20003780", 3780]]

    table = read_deprivation(rows_to_csv(tmp_path / "n.csv", rows))

    assert table["deprivation_index"].unique().tolist() == ["NIMDM 2031"]
    assert table["deprivation_decile"].tolist() == [1, 10]


def test_an_old_binary_workbook_cut_short_is_refused(tmp_path):
    path = tmp_path / "NIMDM17_SOAresults.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    with pytest.raises(SourceError, match="not a whole workbook"):
        read_deprivation(path)


@pytest.mark.parametrize("subject", ["deprivation", "rurality", "population", "ethnicity", "cars"])
def test_every_published_layer_of_a_subject_has_a_layout(subject):
    for layer in registry().of(subject):
        assert layer.layouts, layer.name


def test_codes_held_as_numbers_in_parquet_are_classes_all_the_same(tmp_path):
    frame = pd.DataFrame({"dz11_code": DZ11, "ruc16_code": [1.0, 5.0, float("nan")]})
    frame.to_parquet(tmp_path / "ur.parquet")

    table = read_rurality(tmp_path / "ur.parquet")

    assert table["rurality"].tolist()[:2] == ["Large urban areas", "Accessible rural areas"]
    assert table["urban"].tolist() == [True, False, None]
