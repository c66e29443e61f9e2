"""Claims about twins: the right ones are found, each is explained, and a merge can be undone."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.errors import TableError
from slgeo.places.geocode import geocode
from slgeo.places.merge import find_twins, merge_twins, name_score, unmerge
from slgeo.places.table import places_from

# Made-up pairs with the faults real ones have: names of one place in two lists, metres apart,
# whether both are known exactly, and whether a person would say they are the same place.
LABELLED = [
    ("library", "Ketterby", "Ketterby Library", 9, True, True),
    ("library", "Market Aldon", "County Library", 3, True, True),
    ("library", "Aldon", "Aldon Museum Library", 160, True, False),
    ("pharmacy", "LATE NIGHT PHARMACY ALDON", "Aldon Late Night", 6, False, True),
    ("pharmacy", "BOOTS", "Boots", 39, False, True),
    ("pharmacy", "BOOTS", "Day Lewis Pharmacy", 23, True, False),
    ("pharmacy", "WELL", "Boots", 200, False, False),
    ("pharmacy", "ASDA PHARMACY", "ASDA Aldon Pharmacy", 39, False, True),
    ("pharmacy", "GILES PHARMACY", "W. E. Giles Pharmacy", 13, False, True),
    ("pharmacy", "SUPERDRUG PHARMACY", "Boots", 123, False, False),
    ("pharmacy", "HILLTOP PHARMACY", "Hilltop Pharmacy", 125, False, True),
    ("pharmacy", "PILL PHARMACY", "Bellevue Pharmacy", 48, False, False),
    ("gp", "THE ALDON SURGERY", "Aldon Surgery", 4, False, True),
    ("gp", "BELLEVUE SURGERY", "Belle Vue Surgery", 3, False, True),
    ("gp", "ST DAVID'S CLINIC", "Belle Vue Surgery", 42, False, False),
    ("gp", "ALDON MEDICAL PRACTICE", "Aldon Medical Practice", 128, False, True),
    ("gp", "ALDON MEDICAL PRACTICE", "Aldon Medical Practice", 280, False, False),
    ("dentist", "MARKET PLACE DENTAL HEALTH PRACTICE", "Market Place Dental", 21, False, True),
    ("dentist", "DENTAL SURGERY", "John Gwyther", 130, False, False),
    ("dentist", "ALDON DENTAL STUDIO", "Dentith & Dentith", 120, False, False),
    ("worship", "St Mary's Church", "Church of St Mary", 12, True, True),
    ("worship", "St Mary's Church", "All Saints", 25, True, False),
    ("social_connection", "Exby Village Hall", "Exby Village Hall", 40, True, True),
    ("social_connection", "Exby Village Hall", "Wyeby Village Hall", 40, True, False),
    ("nature", "Old Mill Reserve", "Old Mill Reserve", 60, True, True),
]  # fmt: skip


def site(key, kind, name, east, *, source="a", radius_known=True, **fields):
    where = {"easting": 485_001.0 + east, "northing": 308_003.0}
    record = {"site": key, "kind": kind, "name": name, "source": source, **where, **fields}
    return record, 30.0 if radius_known else 220.0


def table(*rows):
    made = geocode(places_from([record for record, _ in rows], source="t"))
    made["error_radius"] = [radius for _, radius in rows]
    return made


def verdict(kind, one, two, metres, exact):
    sites = table(
        site("1", kind, one, 0, radius_known=exact),
        site("2", kind, two, metres, source="b"),
    )
    return bool(find_twins(sites)["verdict"].eq("same").any())


def test_the_labelled_pairs_are_told_apart_with_few_mistakes():
    said = [verdict(*row[:5]) for row in LABELLED]
    true = [row[5] for row in LABELLED]
    both = sum(s and t for s, t in zip(said, true, strict=True))
    precision, recall = both / sum(said), both / sum(true)
    wrong = [row[1:4] for row, s in zip(LABELLED, said, strict=True) if s and not row[5]]
    assert precision == 1.0, wrong
    missed = [row[1:4] for row, s in zip(LABELLED, said, strict=True) if row[5] and not s]
    assert recall >= 0.9, missed


def test_names_agree_without_the_words_that_say_what_a_place_is():
    assert name_score("Uppington", "Uppington Library") == 100
    assert name_score("Belle Vue Surgery", "BELLEVUE SURGERY") > 90
    assert name_score("Pill Pharmacy", "Hill Street Pharmacy") < 88
    assert name_score("Library", "Library") == 0


def test_a_property_number_decides_and_other_kinds_never_meet():
    same = table(
        site("1", "library", "Aldon", 0, uprn="7"),
        site("2", "library", "Quite Other", 200, source="b", uprn="7"),
    )
    assert find_twins(same)["rule"].tolist() == ["uprn"]
    other = table(site("1", "library", "Aldon", 0), site("2", "worship", "Aldon", 1, source="b"))
    assert find_twins(other).empty


def test_each_place_has_one_twin_in_another_source_the_nearest():
    sites = table(
        site("1", "pharmacy", "Boots", 0, radius_known=False),
        site("2", "pharmacy", "Boots", 120, source="b"),
        site("3", "pharmacy", "Boots", 10, source="b"),
    )
    found = find_twins(sites)
    assert [set(pair) for pair in zip(found["site"], found["twin"], strict=True)] == [{"1", "3"}]


def test_inside_one_source_only_the_very_same_name_next_door_repeats():
    sites = table(
        site("1", "social_connection", "Exby Village Hall", 0),
        site("2", "social_connection", "Exby Community Centre", 20),
        site("3", "social_connection", "EXBY village hall", 30),
    )
    assert find_twins(sites)[["site", "twin"]].to_numpy().tolist() == [["1", "3"]]


def test_a_doubtful_pair_is_listed_and_not_merged_until_a_person_says_so():
    sites = table(
        site("1", "gp", "Chapelwood Surgery", 0, postcode="ZZ1 1AA"),
        site("2", "gp", "The Rogerby Practice", 17, source="b", postcode="ZZ1 1AA"),
    )
    twins = find_twins(sites)
    assert twins["verdict"].tolist() == ["possible"]
    assert merge_twins(sites, twins)["counts"].tolist() == [True, True]
    said = merge_twins(sites, twins.assign(verdict="same"))
    assert said["counts"].tolist() == [True, False]


def test_a_merge_keeps_every_row_says_why_and_can_be_undone():
    sites = table(
        site("1", "library", "Ketterby", 0),
        site("2", "library", "Ketterby Library", 9, source="b"),
        site("3", "library", "Ketterby Library", 12, source="c"),
        site("4", "nature", "Park", 500),
    )
    merged = merge_twins(sites, find_twins(sites))
    assert merged.index.tolist() == sites.index.tolist()
    assert merged["counts"].tolist() == [True, False, False, True]
    assert set(merged["same_as"].dropna()) == {"1"}
    assert merged.loc["1", "also_in"] == "2, 3"
    assert "the same place as Ketterby (1): names agree" in merged.loc["2", "why_not"]
    pd.testing.assert_frame_equal(pd.DataFrame(unmerge(merged)), pd.DataFrame(sites))
    again = merge_twins(merged, find_twins(sites))
    assert again["counts"].tolist() == merged["counts"].tolist()


def test_a_place_that_counts_stands_for_the_one_that_does_not():
    sites = table(
        site("1", "gp", "Aldon Surgery", 0, counts=False, why_not="from the register"),
        site("2", "gp", "ALDON SURGERY", 20, source="b", radius_known=False),
    )
    merged = merge_twins(sites, find_twins(sites))
    assert merged["same_as"].fillna("-").tolist() == ["2", "-"]
    assert merged["counts"].tolist() == [False, True]


def test_twins_that_are_not_there_and_unknown_verdicts_are_refused():
    sites = table(site("1", "library", "A", 0), site("2", "library", "A", 5, source="b"))
    twins = find_twins(sites)
    with pytest.raises(TableError, match="not among the sites"):
        merge_twins(sites.iloc[:1], twins)
    with pytest.raises(TableError, match="'maybe' is not same"):
        merge_twins(sites, twins.assign(verdict="maybe"))


def test_places_that_were_not_placed_have_no_twins():
    sites = geocode(
        places_from([{"kind": "gp", "name": "A"}, {"kind": "gp", "name": "A"}], source="t")
    )
    assert find_twins(sites).empty
