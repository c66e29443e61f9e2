"""Claims about registrations and networks: every patient in one total, every spell dated."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from slgeo.errors import SourceError, TableError
from slgeo.places.branches import read_branches
from slgeo.places.geocode import geocode
from slgeo.places.nearby import within_areas
from slgeo.places.networks import members_on, read_pcn_members, with_networks
from slgeo.places.postcodes import PostcodeIndex, normalise
from slgeo.places.practice_boundaries import inside_boundaries, read_practice_boundaries
from slgeo.places.registrations import read_list_sizes, read_registrations
from slgeo.places.table import places_from

PUBLISHED = (
    "PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,LSOA_CODE,SEX,NUMBER_OF_PATIENTS\n"
    "P,01JUL2022,A1,NORTH,E01000001,ALL,100\n"
    "P,01JUL2022,A1,NORTH,E01000001,MALE,60\n"
    "P,01JUL2022,A1,NORTH,E01000001,FEMALE,40\n"
    "P,01JUL2022,A1,NORTH,E01000002,ALL,20\n"
    "P,01JUL2022,A1,NORTH,W01000009,ALL,5\n"
    "P,01JUL2022,A1,NORTH,EMPTY,ALL,7\n"
    "P,01JUL2022,A2,SOUTH,E01000002,ALL,60\n"
    "P,01JUL2022,A2,SOUTH,NO2011,ALL,3\n"
    "P,01JUL2022,A2,SOUTH,CLOSED,ALL,1\n"
)


def write(path, text):
    path.write_text(text)
    return path


def test_every_patient_is_in_one_total_and_none_is_counted_twice(tmp_path):
    made = read_registrations(write(tmp_path / "r.csv", PUBLISHED))
    assert made.total == 196
    assert made.without_area == 11
    assert made.by_practice().to_dict() == {"A1": 132, "A2": 64}
    assert made.by_area().to_dict() == {"E01000001": 100, "E01000002": 80, "W01000009": 5}
    assert made.elsewhere.groupby(level="code").sum().to_dict() == {
        "CLOSED": 1,
        "EMPTY": 7,
        "NO2011": 3,
    }
    assert made.date == "2022-07-01"
    assert made.names["A2"] == "SOUTH"
    assert made.practices == ["A1", "A2"]
    assert any("SEX ALL" in note for note in made.notes)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01OCT2021", "2021-10-01"),
        ("01-Jul-22", "2022-07-01"),
        ("01/07/2022", "2022-07-01"),
        ("20220701", "2022-07-01"),
        ("2022-07-01 00:00:00", "2022-07-01"),
        ("2022-07-01T00:00", "2022-07-01"),
        ("2022-07", "2022-07"),
    ],
)
def test_a_date_is_read_as_a_spreadsheet_writes_it_again(tmp_path, text, day):
    """Networks are looked up by this day: one not understood found none, without a word."""
    made = read_registrations(write(tmp_path / "r.csv", PUBLISHED.replace("01JUL2022", text)))
    assert made.date == day


def test_what_is_no_date_is_refused(tmp_path):
    for text in ("32JUL2022", "July", "2022-13", "07/32/2022"):
        with pytest.raises(TableError, match="is no date; write it as"):
            read_registrations(write(tmp_path / "r.csv", PUBLISHED.replace("01JUL2022", text)))


def test_patients_of_two_extracts_in_one_file_are_not_added_up(tmp_path):
    later = PUBLISHED.replace("01JUL2022", "01OCT2022").split("\n", 1)[1]
    with pytest.raises(TableError, match=r"extracts of 2 dates \(2022-07-01, 2022-10-01\)"):
        read_registrations(write(tmp_path / "r.csv", PUBLISHED + later))


def test_the_shares_of_an_area_sum_to_one(tmp_path):
    shares = read_registrations(write(tmp_path / "r.csv", PUBLISHED)).shares()
    assert shares[("A1", "E01000002")] == 0.25
    assert shares.groupby(level="area").sum().tolist() == [1.0, 1.0, 1.0]


def test_a_tidied_copy_says_its_vintage_by_its_column(tmp_path):
    text = "org_code,name,lsoa11_code,patients\nA1,NORTH,E01000001,3\n"
    made = read_registrations(write(tmp_path / "r.csv", text))
    assert made.vintage == "lsoa11"
    assert made.total == 3


def test_registrations_without_a_column_or_a_count_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no column of area"):
        read_registrations(write(tmp_path / "r.csv", "org_code,patients\nA1,3\n"))
    text = "org_code,lsoa11_code,patients\nA1,E01000001,3\nA1,E01000002,\n"
    with pytest.raises(TableError, match="row 3, column 'patients'"):
        read_registrations(write(tmp_path / "r.csv", text))


def test_list_sizes_take_whole_lists_only(tmp_path):
    text = (
        "PUBLICATION,EXTRACT_DATE,TYPE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n"
        "P,01JAN2021,GP,A1,ZZ1 1AA,ALL,ALL,100\n"
        "P,01JAN2021,GP,A1,ZZ1 1AA,MALE,ALL,60\n"
        "P,01JAN2021,GP,A2,ZZ1 1AB,ALL,ALL,50\n"
    )
    sizes = read_list_sizes(write(tmp_path / "l.csv", text))
    assert sizes.to_dict() == {"A1": 100, "A2": 50}
    assert sizes.attrs["date"] == "2021-01-01"
    with pytest.raises(TableError, match="'A2' has several rows"):
        read_list_sizes(write(tmp_path / "m.csv", text + text.splitlines()[-1] + "\n"))


SPELLS = (
    "Partner Organisation Code,Partner Name,Practice Parent Sub ICB Loc Code,PCN Code,PCN Name,"
    "PCN Parent Sub ICB Loc Code,Practice to PCN Relationship Start Date,"
    "Practice to PCN Relationship End Date\n"
    "A1,NORTH,X1,U00001,ONE PCN,X1,20190701,20210331\n"
    "A1,NORTH,X1,U00002,TWO PCN,X1,20210401,\n"
    "A2,SOUTH,X1,U00001,ONE PCN,X1,20190701,\n"
    "A2,SOUTH,X1,U00001,ONE PCN,X1,20190701,\n"
    "A3,EAST,X1,U00001,ONE PCN,X1,20190701,\n"
    "A3,EAST,X1,U00002,TWO PCN,X2,20220101,\n"
)


def test_a_practice_belongs_to_the_network_of_that_day(tmp_path):
    spells = read_pcn_members(write(tmp_path / "epcn.csv", SPELLS))
    assert len(spells) == 5
    assert members_on(spells, "2020-01-01")["pcn"].to_dict() == {
        "A1": "U00001",
        "A2": "U00001",
        "A3": "U00001",
    }
    now = members_on(spells)
    assert now["pcn"].to_dict() == {"A1": "U00002", "A2": "U00001", "A3": "U00002"}
    assert "1 practices are in several networks at once" in now.attrs["notes"][0]
    assert members_on(spells, "2018-01-01").empty


def test_the_report_without_a_header_reads_the_same(tmp_path):
    bare = (
        "A1,NORTH,X1,ICB ONE,U00001,ONE PCN,X1,ICB ONE,20190701,,True\n"
        "A2,SOUTH,X1,ICB ONE,U00001,ONE PCN,X1,ICB ONE,20190701,20200101,True\n"
    )
    spells = read_pcn_members(write(tmp_path / "epcn.csv", bare))
    assert spells["ends"].fillna("").tolist() == ["", "2020-01-01"]
    assert members_on(spells)["pcn"].to_dict() == {"A1": "U00001"}


def test_a_practice_in_no_network_is_named(tmp_path):
    members = members_on(read_pcn_members(write(tmp_path / "epcn.csv", SPELLS)))
    places = places_from(
        [{"site": code, "kind": "gp", "name": code} for code in ("A1", "A9")], source="t"
    )
    made = with_networks(places, members)
    assert made.loc["A1", "pcn_name"] == "TWO PCN"
    assert pd.isna(made.loc["A9", "pcn"])
    assert any("1 of 2 practices are in no network: A9" in note for note in made.attrs["notes"])


def test_a_file_that_is_no_membership_is_refused(tmp_path):
    with pytest.raises(SourceError, match="not the list of PCN core partners"):
        read_pcn_members(write(tmp_path / "x.csv", "a,b\n1,2\n"))


def squares(codes, size=100.0):
    """Areas side by side along a line, each of one square."""
    boxes = [box(at * size, 0, (at + 1) * size, size) for at in range(len(codes))]
    index = pd.Index(codes, name="area")
    return gpd.GeoDataFrame({"name": codes}, geometry=boxes, index=index, crs="EPSG:27700")


def test_a_boundary_through_an_area_takes_the_share_of_its_people(tmp_path):
    text = (
        "org_code,name,lsoa21_code,patients\n"
        "A1,N,E01000001,60\nA1,N,E01000002,40\nA2,S,E01000002,60\nA1,N,E01000009,11\n"
    )
    made = read_registrations(write(tmp_path / "r.csv", text))
    areas = squares(["E01000001", "E01000002"])
    # Of the first area's people all live inside, of the second's a quarter.
    origins = gpd.GeoDataFrame(
        {"area": ["E01000001", "E01000002", "E01000002"], "people": [100.0, 50.0, 150.0]},
        geometry=gpd.points_from_xy([50, 110, 190], [50, 50, 50]),
        crs="EPSG:27700",
    )
    drawn = gpd.GeoDataFrame(
        {"practice_code": ["a1", "A1", "A2", None]},
        geometry=[box(0, 0, 120, 100), box(0, 0, 60, 60), box(900, 900, 950, 950), box(0, 0, 9, 9)],
        crs=areas.crs,
    )
    drawn.to_file(tmp_path / "b.gpkg")
    read = read_practice_boundaries(tmp_path / "b.gpkg", crs="EPSG:27700")
    assert read.index.tolist() == ["A1", "A2"]
    assert any("3 boundaries of 2 practices" in note for note in read.attrs["notes"])
    assert any("1 rows without code" in note for note in read.attrs["notes"])
    inside = inside_boundaries(read, origins, made)
    assert inside.loc["A1"].tolist() == [150.0, 85.0, 70.0, 15.0, 100.0, 0.7]
    assert inside.loc["A2"].tolist() == [0.0, 0.0, 0.0, 0.0, 60.0, 0.0]


def test_boundaries_without_codes_or_polygons_are_refused(tmp_path):
    areas = squares(["E01000001"])
    areas.to_file(tmp_path / "n.gpkg")
    with pytest.raises(TableError, match="no column of practice codes"):
        read_practice_boundaries(tmp_path / "n.gpkg", crs="EPSG:27700")
    points = areas.assign(practice_code="A1").set_geometry(areas.centroid)
    points.to_file(tmp_path / "p.gpkg")
    with pytest.raises(TableError, match="no polygon with a practice code"):
        read_practice_boundaries(tmp_path / "p.gpkg", crs="EPSG:27700")


def test_a_boundary_that_crosses_itself_is_repaired_and_said(tmp_path):
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    frame = gpd.GeoDataFrame({"org_code": ["A1"]}, geometry=[bow], crs="EPSG:27700")
    frame.to_file(tmp_path / "bow.gpkg")
    made = read_practice_boundaries(tmp_path / "bow.gpkg", crs="EPSG:27700")
    assert made.geometry.is_valid.all()
    assert made.geometry.area.iloc[0] == pytest.approx(5000)
    assert any("cross themselves" in note for note in made.attrs["notes"])


def test_of_a_national_list_what_lies_elsewhere_is_counted_and_the_rest_kept():
    codes = PostcodeIndex.from_frame(
        pd.DataFrame(
            {
                "postcode": ["ZZ1 1AA", "ZZ1 1AB", "ZZ9 1AA"],
                "east1m": [50, 350, 90_000],
                "north1m": [50, 50, 90_000],
            }
        )
    )
    rows = [
        ("in", "ZZ1 1AA"), ("near", "ZZ1 1AB"), ("far", "ZZ9 1AA"),
        ("unknown here", "ZZ1 1ZZ"), ("of another sector", "ZZ5 5AA"), ("none", None),
    ]  # fmt: skip
    places = places_from(
        [{"site": site, "kind": "gp", "name": site, "postcode": code} for site, code in rows],
        source="t",
    )
    sites = geocode(places, postcodes=codes)
    kept, said = within_areas(sites, squares(["E01000001", "E01000002"]), postcodes=codes)
    # "near" lies 150 m from the areas, within the 220 m of its postcode.
    assert kept.index.tolist() == ["in", "near", "unknown here", "none"]
    assert said.startswith("4 of 6 places lie in the areas")
    assert "1 lie elsewhere; 1 have postcodes of sectors that" in said
    empty, nothing = within_areas(sites.iloc[:0], squares(["E01000001"]), postcodes=codes)
    assert empty.empty
    assert nothing.startswith("0 of 0")


def test_a_hand_kept_list_of_branches_is_read_or_says_what_it_lacks(tmp_path):
    practices = places_from(
        [{"site": "A81001", "kind": "gp", "name": "MAIN", "pcn": "U1"}], source="e"
    )
    text = "Branch name,Practice code,Post code\nVillage,A81001,ZZ1 1AA\nOther,A81009,ZZ1 1AB\n"
    made = read_branches(write(tmp_path / "b.csv", text), practices)
    assert made["name"].tolist() == ["Village"]
    assert made[["practice", "pcn", "postcode"]].iloc[0].tolist() == ["A81001", "U1", "ZZ1 1AA"]
    assert "1 of others" in made.attrs["notes"][0]
    with pytest.raises(SourceError, match=r"nor practice_code, postcode \(columns: Branch name"):
        read_branches(write(tmp_path / "c.csv", "Branch name\nVillage\n"), practices)


ONE = PostcodeIndex.from_frame(
    pd.DataFrame({"postcode": ["ZZ1 1AA"], "east1m": [50], "north1m": [50]})
)


@given(st.text(max_size=40))
@settings(deadline=None, max_examples=60)
def test_any_text_has_a_sector_or_none_and_never_an_error(text):
    assert ONE.has_sector(text) == ((normalise(text) or "")[:-2] == "ZZ1 1")
