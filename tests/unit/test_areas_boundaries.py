"""Areas come in under one schema whatever their file calls things; false places are caught."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from slgeo.areas.boundaries import read_areas
from slgeo.errors import SourceError, StudyError, TableError, VintageError
from slgeo.tables import AREAS, checked

EXAMPLE = [f"X0100000{i}" for i in range(4)]
ENGLISH = ["E01013787", "E01013788", "E01035103", "E01035104"]


def frame(codes=EXAMPLE, *, at=(485_000, 310_000), key="LSOA21CD", crs="EPSG:27700", **columns):
    """Squares of 100 m in a row, one for each code."""
    shapes = [
        box(at[0] + 100 * i, at[1], at[0] + 100 * i + 100, at[1] + 100) for i in range(len(codes))
    ]
    data = {key: codes, "total_residents": [1000.0 + i for i in range(len(codes))], **columns}
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


def save(areas, path):
    if path.suffix == ".parquet":
        areas.to_parquet(path)
    elif path.suffix == ".geojson":
        areas.to_crs(4326).to_file(path, driver="GeoJSON")
    else:
        areas.rename(columns=lambda name: name[:10]).to_file(path)  # as shapefiles cut names
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet", ".shp"])
@pytest.mark.parametrize(
    "key", ["LSOA21CD", "lsoa21_code", "DataZone", "SOA_CODE", "area", "Code", "LSOA2021"]
)
def test_any_format_and_any_spelling_of_the_key_give_the_same_table(tmp_path, suffix, key):
    areas = frame(key=key).rename(columns={"total_residents": "population"})

    made = read_areas(save(areas, tmp_path / f"a{suffix}"))

    assert made.index.tolist() == EXAMPLE
    assert made["population"].tolist() == [1000, 1001, 1002, 1003]
    assert made["vintage"].unique().tolist() == ["example21"]
    assert made["nation"].unique().tolist() == ["X"]
    assert made["in_study"].all()
    assert made.crs.to_epsg() == 27700
    assert made.geometry.area.to_numpy() == pytest.approx([10_000] * 4, rel=1e-3)
    checked(made, AREAS)


def test_columns_already_in_the_file_are_mapped_to_the_schema(tmp_path):
    areas = frame(
        ENGLISH,
        LSOA21NM=["A", "B", None, "D"],
        ruc21_code=["RSF1", "UN1", "RSN1", "RLF1"],
        IMD_rank=[1, 20_000, 33_755, 5],
        IMD_decile=[1, 6, 10, 1],
        Housing_and_Services_rank=[4, 3, 2, 1],
        **{
            "Aged 15 years and under": [100.0, 100, 100, 100],
            "Aged 16 to 64 years": [600.0, 601, 602, 603],
            "Aged 65 years and over": [300.0, 300, 300, 300],
            "eth_asian": [10.0, 10, 10, 10],
            "eth_white": [990.0, 991, 992, 993],
        },
    )

    made = read_areas(save(areas, tmp_path / "a.geojson"))

    assert made["name"].tolist() == ["A", "B", "E01035103", "D"]
    assert made["deprivation_rank"].tolist() == [1, 20_000, 33_755, 5]
    assert made["deprivation_index"].unique().tolist() == ["IMD 2025"]
    assert made["domain_barriers_rank"].tolist() == [4, 3, 2, 1]
    assert made["rurality"].tolist()[1] == "Urban: Nearer to a major town or city"
    assert made["rurality_scheme"].unique().tolist() == ["RUC 2021"]
    assert made["urban"].tolist() == [False, True, False, False]
    assert made["age_65_plus"].tolist() == [300] * 4
    assert made["ethnic_white"].tolist() == [990, 991, 992, 993]
    assert made.attrs["layers"] == [
        "lsoa21",
        "ruc2021",
        "imd2025",
        "census2021_age",
        "census2021_ethnicity",
    ]
    assert any("IMD 2025" in note for note in made.attrs["notes"])


def test_the_population_stands_and_groups_are_scaled_to_it(tmp_path):
    areas = frame(
        age_0_15=[90.0, 100, 100, 100], age_16_plus=[810.0, 901, 902, 903], age_75_plus=[9.0] * 4
    )

    made = read_areas(save(areas, tmp_path / "a.geojson"))

    assert made["population"].tolist() == [1000, 1001, 1002, 1003]
    assert made["age_0_15"].iloc[0] == pytest.approx(100)
    assert made["age_16_plus"].iloc[0] == pytest.approx(900)
    assert made["age_75_plus"].iloc[0] == pytest.approx(10)
    assert any("-100" in note and "scaled" in note for note in made.attrs["notes"])


def test_without_a_total_the_bands_are_added_up_and_it_is_said(tmp_path):
    areas = frame(age_0_15=[100.0] * 4, age_16_plus=[900.0] * 4).drop(columns="total_residents")

    made = read_areas(save(areas, tmp_path / "a.geojson"))

    assert made["population"].tolist() == [1000] * 4
    assert any("sum of the age bands" in note for note in made.attrs["notes"])


@pytest.mark.parametrize(
    ("study", "chosen"),
    [
        (None, [True] * 4),
        ("mine", [True, False, True, False]),
        (["X01000001"], [False, True, False, False]),
        ("X01000003", [False, False, False, True]),
        (["E06000017"], [True, True, False, False]),
        (["e06000017 ", "X01000003"], [True, True, False, True]),
    ],
)
def test_the_study_is_a_column_or_codes_of_areas_or_authorities(tmp_path, study, chosen):
    areas = frame(mine=["yes", "No", "1", "0"], LAD24CD=["E06000017"] * 2 + ["E06000018"] * 2)

    made = read_areas(save(areas, tmp_path / "a.geojson"), study=study)

    assert made["in_study"].tolist() == chosen
    assert len(made) == 4


def test_a_study_that_names_nothing_there_is_refused_with_what_is_there(tmp_path):
    path = save(frame(mine=[False] * 4, odd=["maybe"] * 4), tmp_path / "a.geojson")

    with pytest.raises(StudyError, match="no area belongs to the study"):
        read_areas(path, study="mine")
    with pytest.raises(StudyError, match=r"E06000017 not found.*no column of local authority"):
        read_areas(path, study=["E06000017"])
    with pytest.raises(StudyError, match=r"columns: 'LSOA21CD'"):
        read_areas(path, study="in_aera")
    with pytest.raises(TableError, match=r"column 'odd': 'maybe' is not true or false"):
        read_areas(path, study="odd")


def test_invalid_polygons_are_repaired_and_named(tmp_path):
    areas = frame()
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    areas.loc[1, "geometry"] = Polygon([(x + 485_100, y + 310_000) for x, y in bow.exterior.coords])

    made = read_areas(save(areas, tmp_path / "a.gpkg"))

    assert made.is_valid.all()
    assert made.loc["X01000001", "geometry"].area == pytest.approx(5000)
    assert any("1 invalid polygons repaired: X01000001" in n for n in made.attrs["notes"])


def test_faults_of_codes_shapes_and_people_name_the_areas(tmp_path):
    with pytest.raises(TableError, match=r"repeated codes: X01000001 \(2 times\)"):
        read_areas(save(frame([EXAMPLE[0], *[EXAMPLE[1]] * 2]), tmp_path / "a.geojson"))
    with pytest.raises(TableError, match=r"no column of area codes .*'zone'"):
        read_areas(save(frame(key="zone"), tmp_path / "b.geojson"))
    with pytest.raises(TableError, match=r"of no geography slgeo knows: 'ABC'"):
        read_areas(save(frame([*EXAMPLE, "abc"]), tmp_path / "c.geojson"))
    with pytest.raises(TableError, match="no population"):
        read_areas(save(frame().drop(columns="total_residents"), tmp_path / "d.geojson"))
    hole = frame()
    hole.loc[2, "total_residents"] = np.nan
    with pytest.raises(TableError, match="1 areas have no population: X01000002"):
        read_areas(save(hole, tmp_path / "e.geojson"))
    hole = frame()
    hole.loc[2, "geometry"] = None
    with pytest.raises(TableError, match="1 areas have no shape: X01000002"):
        read_areas(save(hole, tmp_path / "f.geojson"))
    points = frame().set_geometry(frame().centroid)
    with pytest.raises(TableError, match="must be polygons, found Point"):
        read_areas(save(points, tmp_path / "g.geojson"))


def raw_geojson(areas, path):
    """Write coordinates as they are, without saying what they are."""
    bare = gpd.GeoDataFrame(areas.drop(columns="geometry"), geometry=areas.geometry.to_numpy())
    path.write_text(bare.to_json(drop_id=True))
    return path


@pytest.mark.parametrize(
    ("codes", "at", "offer"),
    [
        (["95AA01S1", "95AA02W1"], (314_000, 384_000), "EPSG:29902 or EPSG:29903"),
        (["E01000001"], (532_000, 181_000), "EPSG:27700"),
    ],
)
def test_degrees_that_are_metres_are_refused_with_the_grids_they_could_be(
    tmp_path, codes, at, offer
):
    path = raw_geojson(frame(codes, at=at), tmp_path / "a.geojson")

    with pytest.raises(TableError, match="which are no degrees") as caught:
        read_areas(path)

    assert offer in str(caught.value)


def test_irish_metres_stated_by_hand_land_in_the_irish_grid(tmp_path):
    path = raw_geojson(frame(["95AA01S1"], at=(314_000, 384_000)), tmp_path / "a.geojson")

    made = read_areas(path, source_crs="EPSG:29902")

    assert made.crs.to_epsg() == 29903
    assert made.geometry.iloc[0].centroid.distance(Point(314_050, 384_050)) < 50
    assert made["nation"].tolist() == ["N"]


def test_irish_metres_read_as_british_are_caught_by_where_they_land(tmp_path):
    areas = frame(["95AA01S1"], at=(314_000, 384_000), crs="EPSG:27700")

    with pytest.raises(TableError, match=r"outside the nation of their codes.*Irish Grid"):
        read_areas(save(areas, tmp_path / "a.gpkg"))


def test_swapped_degrees_are_caught(tmp_path):
    areas = frame(["E01000001"]).to_crs(4326)
    swapped = areas.set_geometry(
        [Polygon([(y, x) for x, y in s.exterior.coords]) for s in areas.geometry], crs=4326
    )

    with pytest.raises(TableError, match="longitude and latitude are swapped"):
        read_areas(save(swapped, tmp_path / "a.geojson"))


def test_a_shapefile_without_its_prj_says_what_to_state(tmp_path):
    path = save(frame(), tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()

    with pytest.raises(TableError, match=r"needs? a \.prj.*EPSG:27700"):
        read_areas(path)

    assert len(read_areas(path, source_crs="EPSG:27700")) == 4


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:99999", "ESRI:102649"])
def test_only_metres_are_a_study_grid(tmp_path, crs):
    with pytest.raises(TableError, match="CRS"):
        read_areas(save(frame(), tmp_path / "a.geojson"), crs=crs)


def table(path, codes, **columns):
    pd.DataFrame({"lsoa21_code": codes, **columns}).to_csv(path, index=False)
    return path


def test_tables_beside_the_file_are_joined_by_code_and_win(tmp_path):
    areas = save(frame(ENGLISH, IMD_rank=[9, 9, 9, 9]), tmp_path / "a.geojson")
    ranks = table(tmp_path / "imd.csv", [*ENGLISH, "E01035105"], IMD_rank=[1, 2, 3, 33_755, 7])
    people = table(tmp_path / "p.csv", ENGLISH, population=[5, 6, 7, 8], age_0_plus=[5, 6, 7, 8])
    classes = table(tmp_path / "ruc.csv", ENGLISH, RUC21CD=["UN1", "UF1", "RLN1", "RSF1"])
    cars = table(tmp_path / "c.csv", ENGLISH, households=[9] * 4, no_car=[1] * 4)

    made = read_areas(areas, deprivation=ranks, population=people, rurality=classes, cars=cars)

    assert made["deprivation_rank"].tolist() == [1, 2, 3, 33_755]
    assert made["deprivation_decile"].tolist() == [1, 1, 1, 10]
    assert made["population"].tolist() == [5, 6, 7, 8]
    assert made["urban"].tolist() == [True, True, False, False]
    assert made["households_no_car"].tolist() == [1] * 4
    assert any("replaces" in note for note in made.attrs["notes"])


def test_another_vintage_is_refused_naming_both_the_share_and_the_way_out(tmp_path):
    areas = save(frame(ENGLISH), tmp_path / "a.geojson")
    old = pd.DataFrame({"lsoa11_code": ENGLISH[:2], "IMD_rank": [1, 2]})
    old.to_csv(tmp_path / "imd.csv", index=False)

    with pytest.raises(VintageError) as caught:
        read_areas(areas, deprivation=tmp_path / "imd.csv")

    for words in ("LSOA 2011", "LSOA 2021", "50.0%", "E01035103", "IMD 2025", "crosswalk"):
        assert words in str(caught.value)


def test_a_table_of_the_right_vintage_that_is_cut_short_is_refused(tmp_path):
    areas = save(frame(ENGLISH), tmp_path / "a.geojson")
    ranks = table(tmp_path / "imd.csv", ENGLISH[1:], IMD_rank=[1, 2, 3])

    with pytest.raises(VintageError, match=r"75\.0% of 4 matched.*whole table"):
        read_areas(areas, deprivation=ranks)


def test_context_areas_may_be_missing_from_a_table_and_keep_their_rows(tmp_path):
    areas = save(frame(ENGLISH, mine=[0, 1, 1, 1]), tmp_path / "a.geojson")
    ranks = table(tmp_path / "imd.csv", ENGLISH[1:], IMD_rank=[1, 2, 3])

    made = read_areas(areas, study="mine", deprivation=ranks)

    assert made["deprivation_rank"].isna().tolist() == [True, False, False, False]
    assert any("1 of 1 areas around the study" in note for note in made.attrs["notes"])


def test_a_table_of_another_nation_is_refused_and_of_one_of_two_is_said(tmp_path):
    codes = [*ENGLISH, "W01000003"]
    areas = frame(ENGLISH)
    wales = frame(["W01000003"], at=(320_000, 190_000))
    both = save(pd.concat([areas, wales]), tmp_path / "a.geojson")
    ranks = table(tmp_path / "imd.csv", codes[:4], IMD_rank=[1, 2, 3, 4])

    made = read_areas(both, deprivation=ranks)

    assert made["deprivation_rank"].isna().tolist() == [False] * 4 + [True]
    assert any("covers England only; 1 study areas in Wales" in n for n in made.attrs["notes"])
    with pytest.raises(VintageError, match="covers England, and no area of the study lies there"):
        read_areas(save(wales, tmp_path / "w.geojson"), deprivation=ranks)


def test_impossible_ranks_and_deciles_the_other_way_are_refused(tmp_path):
    areas = save(frame(ENGLISH), tmp_path / "a.geojson")
    far = table(tmp_path / "a.csv", ENGLISH, IMD_rank=[0, 2, 3, 33_756])
    turned = table(tmp_path / "b.csv", ENGLISH, IMD_rank=[1, 2, 3, 4], IMD_decile=[10, 9, 2, 1])

    with pytest.raises(TableError, match="2 deprivation ranks are not within 1 to 33,755"):
        read_areas(areas, deprivation=far)
    with pytest.raises(TableError, match="1 must be the most deprived"):
        read_areas(areas, deprivation=turned)


def test_a_table_of_something_else_says_what_is_read(tmp_path):
    areas = save(frame(ENGLISH), tmp_path / "a.geojson")
    other = table(tmp_path / "x.csv", ENGLISH, colour=["red"] * 4)

    with pytest.raises(SourceError, match=r"columns found: 'lsoa21_code', 'colour'.*2025"):
        read_areas(areas, deprivation=other)


def test_hostile_names_come_through_as_plain_text(tmp_path):
    evil = [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "a\x00b".replace("\x00", ""),
        "O'Neill",
    ]

    made = read_areas(save(frame(name=evil), tmp_path / "a.geojson"))

    assert made["name"].tolist() == evil


def test_a_geometry_collection_left_by_repair_keeps_its_surface_only(tmp_path):
    areas = frame()
    spike = Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (50, 200), (50, 100), (0, 100)])
    moved = Polygon([(x + 485_100, y + 310_000) for x, y in spike.exterior.coords])
    areas.loc[1, "geometry"] = MultiPolygon([moved])

    made = read_areas(save(areas, tmp_path / "a.gpkg"))

    assert set(made.geom_type) <= {"Polygon", "MultiPolygon"}
    assert made.loc["X01000001", "geometry"].area == pytest.approx(10_000)


def test_a_study_in_two_nations_never_pools_their_ranks_unasked(tmp_path):
    both = pd.concat([frame(ENGLISH), frame(["W01000003"], at=(320_000, 190_000))])
    path = save(both, tmp_path / "a.geojson")
    given = {
        "deprivation": [
            table(tmp_path / "e.csv", ENGLISH, IMD_rank=[1, 2, 3, 4]),
            table(tmp_path / "w.csv", ["W01000003", "W01001959"], WIMD_rank=[1917, 1]),
        ]
    }

    with pytest.raises(TableError, match="IMD 2025 and WIMD 2025: ranks of different nations"):
        read_areas(path, **given)

    made = read_areas(path, **given, across_nations=True)
    assert made["deprivation_decile"].tolist() == [1, 1, 1, 1, 10]
    assert "deprivation_rank" not in made
    label = "deciles, each within its own nation (IMD 2025, WIMD 2025)"
    assert made["deprivation_index"].unique().tolist() == [label]
    assert any("does not say that areas of two nations are alike" in n for n in made.attrs["notes"])
    assert {"imd2025", "wimd2025"} <= set(made.attrs["layers"])


def test_two_tables_of_one_nation_are_refused(tmp_path):
    path = save(frame(ENGLISH), tmp_path / "a.geojson")
    ranks = table(tmp_path / "e.csv", ENGLISH, IMD_rank=[1, 2, 3, 4])

    with pytest.raises(TableError, match="4 areas are in two tables"):
        read_areas(path, deprivation=[ranks, ranks])


def test_census_tables_stand_side_by_side(tmp_path):
    path = save(frame(ENGLISH), tmp_path / "a.geojson")
    health = pd.DataFrame(
        {
            "geography code": ENGLISH,
            "General health: Bad health": [1, 2, 3, 4],
            "General health: Very bad health": [1, 1, 1, 1],
        }
    )
    health.to_csv(tmp_path / "ts037.csv", index=False)
    disabled = pd.DataFrame(
        {"geography code": ENGLISH, "Disability: Disabled under the Equality Act": [5, 6, 7, 8]}
    )
    disabled.to_csv(tmp_path / "ts038.csv", index=False)

    made = read_areas(path, census=[tmp_path / "ts037.csv", tmp_path / "ts038.csv"])

    assert made["bad_health"].tolist() == [2, 3, 4, 5]
    assert made["disabled"].tolist() == [5, 6, 7, 8]


def test_with_a_lookup_the_older_index_is_carried_and_says_so(tmp_path):
    path = save(frame(ENGLISH), tmp_path / "a.geojson")
    old = pd.DataFrame({"lsoa11_code": [*ENGLISH[:2], "E01013789"], "IMD_rank": [7, 8, 32_844]})
    old.to_csv(tmp_path / "imd.csv", index=False)
    pairs = [(c, c, "U") for c in ENGLISH[:2]] + [("E01013789", c, "S") for c in ENGLISH[2:]]
    lookup = pd.DataFrame(pairs, columns=["LSOA11CD", "LSOA21CD", "CHGIND"])
    lookup.to_csv(tmp_path / "lookup.csv", index=False)
    people = pd.DataFrame({"lsoa11_code": old["lsoa11_code"], "population": [5, 6, 4000]})
    people.to_csv(tmp_path / "people.csv", index=False)

    made = read_areas(path, deprivation=tmp_path / "imd.csv", lookup=tmp_path / "lookup.csv")
    counted = read_areas(path, population=tmp_path / "people.csv", lookup=tmp_path / "lookup.csv")

    assert made["deprivation_rank"].tolist() == [7, 8, 32_844, 32_844]
    assert made["deprivation_index"].unique().tolist() == ["IMD 2019 on LSOA 2021, carried"]
    assert any("2 unchanged, 2 split" in note for note in made.attrs["notes"])
    assert counted["population"].sum() == 4011
    assert counted["population"].tolist()[2:] == pytest.approx(
        [4000 * 1002 / 2005, 4000 * 1003 / 2005]
    )


def test_a_lookup_settles_the_vintage_of_areas_by_membership(tmp_path):
    """Two old codes whose column claims 2021: one of them ended in 2011, so they are of 2011."""
    path = save(frame(["E01013787", "E01013801"]), tmp_path / "a.geojson")
    pairs = [("E01013787", "E01013787"), ("E01013801", "E01035102"), ("E01013801", "E01035103")]
    lookup = pd.DataFrame(pairs, columns=["LSOA11CD", "LSOA21CD"])
    lookup.to_csv(tmp_path / "lookup.csv", index=False)

    made = read_areas(path, lookup=tmp_path / "lookup.csv")

    assert read_areas(path)["vintage"].unique().tolist() == ["lsoa21"]
    assert made["vintage"].unique().tolist() == ["lsoa11"]
    assert made.attrs["vintage_certain"]


def test_residents_of_communal_establishments_can_stand_apart(tmp_path):
    """A barracks of 400 among 1,000: households are 600, groups are scaled, the 400 are kept."""
    codes = ENGLISH[:3]
    path = save(frame(codes), tmp_path / "a.geojson")
    census, people = tmp_path / "ts001.csv", tmp_path / "people.csv"
    lines = ["date,geography,geography code,Residence type: Lives in a communal establishment"]
    lines += [f"2021,P,{code},{n}" for code, n in zip(codes, (400, 0, 5000), strict=True)]
    census.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["lsoa21_code,population,age_0_64,age_65_plus", *(f"{c},1000,800,200" for c in codes)]
    people.write_text("\n".join(lines) + "\n", encoding="utf-8")

    counted = read_areas(path, population=people, census=[census])
    apart = read_areas(path, population=people, census=[census], communal="apart")

    assert counted["population"].tolist() == [1000, 1000, 1000]
    assert apart["population"].tolist() == [600, 1000, 0]
    assert apart["communal_residents"].tolist() == [400, 0, 5000]
    assert apart["age_65_plus"].tolist() == [120, 200, 0]
    told = [note for note in apart.attrs["notes"] if "communal" in note]
    assert "1,400 residents of communal establishments are apart" in told[0]
    with pytest.raises(TableError, match="TS001"):
        read_areas(path, population=people, communal="apart")
