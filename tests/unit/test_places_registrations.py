"""Claims about registrations and networks: every patient in one total, every spell dated."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.errors import SourceError, TableError
from slgeo.places.networks import members_on, read_pcn_members, with_networks
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
