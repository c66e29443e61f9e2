"""Real national tables are read whole: counts as published, vintages told apart, people kept."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from slgeo.areas.boundaries import read_areas
from slgeo.areas.crosswalk import carry_counts, crosswalk, read_lookup
from slgeo.areas.deprivation import decile_of, read_deprivation
from slgeo.areas.origins import origins
from slgeo.areas.population import read_ethnicity, read_population
from slgeo.areas.reporting import read_groups
from slgeo.areas.rurality import class_order, read_rurality
from slgeo.errors import VintageError

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
NATIONAL = DATA / "national"
pytestmark = pytest.mark.skipif(
    not NATIONAL.is_dir(), reason=f"real data not at {DATA} (set SLGEO_DATA)"
)


@pytest.mark.parametrize(
    ("name", "rows", "layer", "geography"),
    [
        ("imd2025_england_lsoa21", 33_755, "imd2025", "lsoa21"),
        ("imd2019_england_lsoa11", 32_844, "imd2019", "lsoa11"),
        ("wimd2019_lsoa11", 1_909, "wimd2019", "lsoa11"),
        ("simd2020_dz11", 6_976, "simd2020", "dz11"),
        ("nimdm2017_soa01", 890, "nimdm2017", "soa01"),
    ],
)
def test_each_nations_index_is_whole_and_ranks_run_from_most_deprived(name, rows, layer, geography):
    table = read_deprivation(NATIONAL / f"{name}.parquet")

    assert len(table) == rows
    assert table.attrs["layers"] == [layer]
    assert table.attrs["detected"][0].geography == geography
    assert table.attrs["detected"][0].certain
    rank = table["deprivation_rank"]
    assert (rank.min(), rank.max()) == (1, rows)
    first = table.loc[rank.idxmin(), "deprivation_decile"]
    last = table.loc[rank.idxmax(), "deprivation_decile"]
    assert (first, last) == (1, 10)
    derived = decile_of(rank, rows)
    assert (derived - table["deprivation_decile"]).abs().max() <= 1
    assert (derived == table["deprivation_decile"]).mean() > 0.995


def test_rural_urban_classes_2021_count_as_published():
    table = read_rurality(NATIONAL / "ruc21_lsoa21.parquet")

    counts = table["rurality"].value_counts()
    assert [counts[label] for label in class_order("RUC 2021")] == [
        27_106,
        2_451,
        2_127,
        1_021,
        1_735,
        1_232,
    ]
    assert len(table) == 35_672
    assert int(table["urban"].sum()) == 27_106 + 2_451


def test_rural_urban_classes_2011_keep_their_own_labels_and_are_never_those_of_2021():
    table = read_rurality(NATIONAL / "ruc11_lsoa11.parquet")

    assert len(table) == 34_753
    assert set(table["rurality"]) <= set(class_order("RUC 2011"))
    assert not set(class_order("RUC 2011")) & set(class_order("RUC 2021"))


def test_a_scottish_file_called_eight_fold_that_holds_six_classes_is_read_as_six():
    table = read_rurality(NATIONAL / "ur8_2016_dz11.parquet")

    assert len(table) == 6_976
    assert table["rurality_scheme"].unique().tolist() == ["Urban Rural 2016, 6-fold"]
    assert int((~table["urban"]).sum()) == 774 + 427


def test_census_groups_add_up_and_bands_are_near_the_total():
    ethnic = read_ethnicity(NATIONAL / "ethnicity2021_lsoa21.parquet")
    ages = read_population(NATIONAL / "population2021_agebands_lsoa21.parquet")

    assert len(ethnic) == len(ages) == 35_672
    assert ethnic.sum().sum() == 59_597_576
    assert (ages.sum(axis=1) - ethnic.sum(axis=1)).abs().max() <= 14


def test_rutland_has_its_people_and_none_of_englands_most_deprived_half():
    areas = read_areas(DATA / "rutland" / "lsoa21.geojson", study="in_area")

    study = areas[areas["in_study"]]
    assert (len(areas), len(study)) == (146, 26)
    assert study["population"].sum() == 41_059
    assert study["deprivation_decile"].min() == 6
    assert (study["domain_barriers_decile"] <= 2).sum() == 13
    assert study["deprivation_index"].unique().tolist() == ["IMD 2025"]
    ages = [c for c in areas if c.startswith("age_")]
    assert areas[ages].sum(axis=1).to_numpy() == pytest.approx(areas["population"].to_numpy())


def test_rutland_on_2021_areas_refuses_the_2019_index_and_says_how_much_matched():
    with pytest.raises(VintageError) as caught:
        read_areas(
            DATA / "rutland" / "lsoa21.geojson",
            study="in_area",
            deprivation=NATIONAL / "imd2019_england_lsoa11.parquet",
        )

    for words in ("LSOA 2011", "LSOA 2021", "80.8% of 26", "IMD 2025"):
        assert words in str(caught.value)


def test_newports_welsh_areas_take_the_welsh_index_on_its_own_vintage():
    areas = read_areas(
        DATA / "newport" / "lsoa11.geojson",
        study="in_area",
        deprivation=NATIONAL / "wimd2019_lsoa11.parquet",
    )

    assert areas[areas["in_study"]]["deprivation_rank"].notna().all()
    assert set(areas["deprivation_index"].dropna()) == {"WIMD 2019"}
    assert set(areas.loc[areas["deprivation_rank"].notna(), "nation"]) == {"W"}


@pytest.mark.parametrize("place", ["rutland", "newport"])
def test_origins_keep_everyone_and_lie_in_or_near_their_area(place):
    areas = read_areas(DATA / place / "lsoa21.geojson", study="in_area")

    made = origins(areas, postcodes=DATA / place / "postcodes_nspl_2025-05.csv")

    sums = made.groupby("area")["people"].sum().reindex(areas.index)
    assert (sums - areas["population"]).abs().max() < 1e-6
    mine = made[made["area"].isin(areas.index[areas["in_study"]])]
    assert set(mine["kind"]) == {"undated_postcode"}
    homes = areas.geometry.reindex(made["area"]).set_axis(made.index)
    assert (made.distance(homes) < 500).mean() > 0.99


def test_rutlands_registrations_reach_2021_areas_to_the_patient():
    counts = pd.read_csv(DATA / "rutland" / "gp_registrations_by_lsoa11_2022-07.csv")
    lookup = read_lookup(NATIONAL / "lookup_lsoa11_lsoa21_ltla22.parquet")
    areas = read_areas(DATA / "rutland" / "lsoa21.geojson", study="in_area")

    carried, ledger = carry_counts(counts.rename(columns={"lsoa11_code": "area"}), lookup)

    assert carried["patients"].sum() == pytest.approx(counts["patients"].sum())
    assert ledger.loc["not placed", "patients"] == 0
    study = set(areas.index[areas["in_study"]])
    assert study <= set(carried["area"])


@pytest.mark.parametrize(
    ("name", "rows", "nation", "epsg"),
    [
        ("boundaries_dz11", 6_976, "S", 27700),
        ("boundaries_soa11", 890, "N", 29903),
    ],
)
def test_scotland_and_northern_ireland_stand_in_their_own_grids(tmp_path, name, rows, nation, epsg):
    import geopandas as gpd

    shapes = gpd.read_parquet(NATIONAL / f"{name}.parquet")
    shapes["population"] = 1000.0
    shapes.to_parquet(tmp_path / "a.parquet")

    areas = read_areas(tmp_path / "a.parquet")

    assert len(areas) == rows
    assert areas["nation"].unique().tolist() == [nation]
    assert areas.crs.to_epsg() == epsg
    assert areas.is_valid.all()
    if nation == "S":
        assert any("10 invalid polygons repaired" in note for note in areas.attrs["notes"])


def test_england_is_carried_to_the_person_from_2011_to_2021():
    """All 32,844 areas become 33,755, and their 56,550,138 people stay 56,550,138."""
    lookup = read_lookup(NATIONAL / "lookup_lsoa11_lsoa21_ltla22.parquet")
    older = read_population(NATIONAL / "population2020_lsoa11.parquet")
    newer = read_ethnicity(NATIONAL / "ethnicity2021_lsoa21.parquet").sum(axis=1)
    england = older[older.index.str.startswith("E")]

    carried, ledger = crosswalk(england, lookup, counts=["population"], people=newer)

    assert (len(england), len(carried)) == (32_844, 33_755)
    assert england["population"].sum() == 56_550_138
    assert carried["population"].sum() == pytest.approx(56_550_138, abs=1e-4)
    assert carried["population"].notna().all()
    assert ledger["areas"].sum() == 32_844
    assert ledger.loc["not placed", "areas"] == 0
    assert ledger["areas"].to_dict() == {
        "unchanged": 31_810,
        "split": 834,
        "merged": 194,
        "irregular": 6,
        "not placed": 0,
    }


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    """Boundaries of England's 33,755 areas, cut from the 35,672 of England and Wales."""
    import geopandas as gpd

    shapes = gpd.read_parquet(NATIONAL / "boundaries_lsoa21.parquet")
    assert len(shapes) == 35_672
    path = tmp_path_factory.mktemp("england") / "england.parquet"
    shapes[shapes["lsoa21_code"].str.startswith("E")].to_parquet(path)
    return path


def test_england_on_older_tables_is_refused_and_with_a_lookup_keeps_everyone(england):
    """The reader a run uses: index of 2019 and people of 2020, both on the areas of 2011."""
    older = {
        "deprivation": NATIONAL / "imd2019_england_lsoa11.parquet",
        "population": NATIONAL / "population2020_lsoa11.parquet",
    }
    with pytest.raises(VintageError) as caught:
        read_areas(england, **older)
    for words in ("LSOA 2011", "LSOA 2021", "% of 33755 matched", "areas.lookup"):
        assert words in str(caught.value)

    areas = read_areas(
        england,
        **older,
        lookup=NATIONAL / "lookup_lsoa11_lsoa21_ltla22.parquet",
        older_population=NATIONAL / "population2020_lsoa11.parquet",
    )

    assert len(areas) == 33_755
    assert areas["population"].sum() == pytest.approx(56_550_138, abs=1e-3)
    assert areas["population"].notna().all()
    assert areas["deprivation_rank"].notna().all()
    assert areas["deprivation_index"].unique().tolist() == ["IMD 2019 on LSOA 2021, carried"]
    assert set(areas["deprivation_rank"]) <= set(range(1, 32_845))


def test_every_area_of_england_is_in_one_ward_and_one_care_board(england):
    import geopandas as gpd

    codes = gpd.read_parquet(england)["lsoa21_code"]
    areas = pd.DataFrame(
        {"in_study": True, "vintage": "lsoa21"}, index=pd.Index(codes, name="area")
    )

    wards = read_groups(NATIONAL / "lookup_lsoa21_ward24_ltla24.parquet", areas, "ward")
    boards = read_groups(NATIONAL / "lookup_lsoa21_icb24.parquet", areas, "icb")

    assert wards["group"].notna().all()
    assert boards["group"].notna().all()
    assert boards["group"].nunique() == 42


def test_rutland_with_the_2019_index_completes_through_the_lookup():
    areas = read_areas(
        DATA / "rutland" / "lsoa21.geojson",
        study="in_area",
        deprivation=NATIONAL / "imd2019_england_lsoa11.parquet",
        lookup=NATIONAL / "lookup_lsoa11_lsoa21_ltla22.parquet",
        older_population=NATIONAL / "population2020_lsoa11.parquet",
    )

    assert areas["deprivation_rank"].notna().all()
    assert areas["deprivation_index"].unique().tolist() == ["IMD 2019 on LSOA 2021, carried"]
    assert areas["population"][areas["in_study"]].sum() == 41_059
    assert {"imd2019", "lookup_lsoa11_lsoa21"} <= set(areas.attrs["layers"])
    assert "imd2025" not in areas.attrs["layers"]
