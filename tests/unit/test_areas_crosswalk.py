"""Counts carried to the next vintage: worked by hand, everyone accounted for."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.areas.crosswalk import (
    carried_values,
    carry_counts,
    crosswalk,
    read_lookup,
    refuse_change,
)
from slgeo.errors import SourceError, TableError, VintageError

LOOKUP = """LSOA11CD,LSOA11NM,CHGIND,LSOA21CD,LSOA21NM,LAD22CD
E01000001,a,U,E01000001,a,E06000001
E01000002,b,S,E01035001,b1,E06000001
E01000002,b,S,E01035002,b2,E06000001
E01000003,c,M,E01035003,cd,E06000001
E01000004,d,M,E01035003,cd,E06000001
E01008187,x,X,E01035637,x1,E06000001
E01008187,x,X,E01035624,x2,E06000001
"""


@pytest.fixture
def lookup(tmp_path):
    path = tmp_path / "lookup.csv"
    path.write_text("\ufeff" + LOOKUP)
    return read_lookup(path)


def test_the_published_lookup_is_read_and_slivers_are_dropped(lookup):
    assert lookup["change"].value_counts().to_dict() == {
        "split": 2,
        "merged": 2,
        "unchanged": 1,
        "irregular": 1,
    }
    assert ("E01008187", "E01035637") not in set(
        lookup[["from_area", "to_area"]].itertuples(index=False, name=None)
    )
    assert (lookup.attrs["older"], lookup.attrs["newer"]) == ("lsoa11", "lsoa21")


def test_a_lookup_that_does_not_say_what_changed_is_worked_out(tmp_path):
    rows = [",".join(line.split(",")[i] for i in (0, 3)) for line in LOOKUP.splitlines()[:-2]]
    (tmp_path / "l.csv").write_text("\n".join(rows) + "\n")

    lookup = read_lookup(tmp_path / "l.csv")

    assert lookup["change"].tolist() == ["unchanged", "split", "split", "merged", "merged"]


def test_registrations_are_split_equally_and_added_up_where_areas_merged(lookup):
    counts = pd.DataFrame(
        {
            "org": ["P1"] * 6 + ["P2"],
            "area": [f"E0100000{i}" for i in (1, 2, 3, 4)] + ["EMPTY", "E01008187", "E01000002"],
            "patients": [10, 5, 7, 8, 3, 4, 1],
        }
    )
    before = counts.copy()

    carried, ledger = carry_counts(counts, lookup)

    pd.testing.assert_frame_equal(counts, before)
    by = carried.set_index(["org", "area"])["patients"].to_dict()
    assert by == {
        ("P1", "E01000001"): 10.0,
        ("P1", "E01035001"): 2.5,
        ("P1", "E01035002"): 2.5,
        ("P1", "E01035003"): 15.0,
        ("P1", "E01035624"): 4.0,
        ("P2", "E01035001"): 0.5,
        ("P2", "E01035002"): 0.5,
    }
    assert ledger["patients"].to_dict() == {
        "unchanged": 10,
        "split": 6,
        "merged": 15,
        "irregular": 4,
        "not placed": 3,
    }
    assert ledger["areas"].to_dict()["split"] == 1
    assert ledger.attrs["not_placed"] == ["EMPTY"]
    assert carried["patients"].sum() + 3 == counts["patients"].sum() == ledger["patients"].sum()


def test_no_counts_in_gives_no_counts_out_with_the_same_columns(lookup):
    empty = pd.DataFrame({"org": [], "area": [], "patients": []})

    carried, ledger = carry_counts(empty, lookup)

    assert list(carried.columns) == ["org", "area", "patients"]
    assert carried.empty
    assert ledger["patients"].sum() == 0


def test_a_file_that_is_no_lookup_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")

    with pytest.raises(SourceError, match="columns found: a, b"):
        read_lookup(tmp_path / "a.csv")


def test_counts_are_split_by_people_and_rates_averaged_by_their_base(lookup):
    table = pd.DataFrame(
        {"people": [10.0, 40, 30, 10, 8], "rate": [0.1, 0.2, 0.5, 0.1, 0.9]},
        index=pd.Index([f"E0100000{i}" for i in (1, 2, 3, 4)] + ["E01999999"], name="area"),
    )
    people = pd.Series({"E01035001": 3000, "E01035002": 1000})

    carried, ledger = crosswalk(
        table, lookup, counts=["people"], rates={"rate": "people"}, people=people
    )

    assert carried["people"].to_dict() == {
        "E01000001": 10,
        "E01035001": 30,
        "E01035002": 10,
        "E01035003": 40,
    }
    assert carried["rate"].to_dict() == pytest.approx(
        {"E01000001": 0.1, "E01035001": 0.2, "E01035002": 0.2, "E01035003": 0.4}
    )
    assert ledger["people"].to_dict() == {
        "unchanged": 10,
        "split": 40,
        "merged": 40,
        "irregular": 0,
        "not placed": 8,
    }
    assert ledger.attrs["not_placed"] == ["E01999999"]


def test_equal_shares_only_where_asked_for_and_weights_must_be_whole(lookup):
    table = pd.DataFrame({"n": [4.0]}, index=pd.Index(["E01000002"], name="area"))

    with pytest.raises(TableError, match="equal=True"):
        crosswalk(table, lookup, counts=["n"])
    with pytest.raises(TableError, match=r"no population for 1 new areas.*E01035002"):
        crosswalk(table, lookup, counts=["n"], people=pd.Series({"E01035001": 1, "E01035624": 1}))
    carried, _ = crosswalk(table, lookup, counts=["n"], equal=True)
    assert carried["n"].tolist() == [2, 2]


def test_ranks_are_never_averaged_the_largest_parent_gives_its_own(lookup):
    table = pd.DataFrame(
        {"deprivation_rank": [1, 2, 3, 4], "deprivation_decile": [1, 2, 3, 4]},
        index=pd.Index([f"E0100000{i}" for i in (1, 2, 3, 4)], name="area"),
    )

    made = carried_values(table, lookup, people=pd.Series({"E01000003": 900, "E01000004": 1600}))

    assert made["deprivation_rank"].to_dict() == {
        "E01000001": 1,
        "E01035001": 2,
        "E01035002": 2,
        "E01035003": 4,
    }
    assert made["carried"].tolist() == ["unchanged", "split", "split", "merged"]
    unknown = carried_values(table, lookup)
    assert unknown["deprivation_rank"].isna().tolist() == [False, False, False, True]
    assert any("1 merged areas have no carried value" in note for note in unknown.attrs["notes"])


def test_two_editions_of_an_index_are_no_measure_of_change():
    with pytest.raises(VintageError, match="different yardsticks"):
        refuse_change("IMD 2019", "IMD 2025")
