"""The vintage of a code is found from the codes; a column's name breaks ties only."""

from __future__ import annotations

import pytest

from slgeo.areas.registry import registry
from slgeo.areas.vintage import detect, nation_of
from slgeo.errors import TableError


def numbered(prefix, start, count):
    return [f"{prefix}{i:06d}" for i in range(start, start + count)]


@pytest.mark.parametrize(
    ("codes", "geography", "nations"),
    [
        (["E01035762"], "lsoa21", ("E",)),
        (["W01001959", "W01000003"], "lsoa21", ("W",)),
        (["E01013787", "E01035104", "W01000003"], "lsoa21", ("E", "W")),
        (["S01006506"], "dz11", ("S",)),
        (["S01013482"], "dz22", ("S",)),
        (["95AA01S1", "95ZZ16W1"], "soa01", ("N",)),
        (["X01000000"], "example21", ("X",)),
    ],
)
def test_codes_that_exist_in_one_edition_only_settle_it(codes, geography, nations):
    (found,) = detect(codes, header="lsoa11_code")

    assert (found.geography, found.nations, found.certain) == (geography, nations, True)


def test_many_codes_without_a_new_one_are_of_the_older_edition():
    (found,) = detect(numbered("E01", 1, 2000), header="LSOA21CD")

    assert (found.geography, found.certain) == ("lsoa11", True)


@pytest.mark.parametrize(
    ("header", "geography"),
    [
        ("lsoa11_code", "lsoa11"),
        ("LSOA code (2021)", "lsoa21"),
        ("LSOA21CD", "lsoa21"),
        ("code", "lsoa21"),
    ],
)
def test_a_few_old_codes_take_their_column_name_but_are_not_certain(header, geography):
    (found,) = detect(["E01013787", "E01013788"], header=header)

    assert (found.geography, found.certain) == (geography, False)


def test_membership_of_known_codes_settles_what_ranges_cannot():
    known = {"lsoa11": {"E01013787", "E01013801"}, "lsoa21": {"E01013787"}}

    (found,) = detect(["E01013787", "E01013801"], header="LSOA21CD", known=known)

    assert (found.geography, found.certain) == ("lsoa11", True)


def test_a_mixture_is_taken_apart_largest_first():
    found = detect(["E01000001", "E01035762", "S01006506"])

    assert [d.geography for d in found] == ["lsoa21", "dz11"]


def test_unknown_codes_and_unknown_editions_are_named():
    with pytest.raises(TableError, match="'K02000001'"):
        detect(["E01000001", "K02000001"])
    with pytest.raises(TableError, match="E01999999 belong to no edition"):
        detect(["E01999999"])
    assert detect([]) == ()


def test_every_code_of_a_range_belongs_to_one_nation():
    for geography in registry().geographies.values():
        for first, last in geography.range:
            assert nation_of(first) == nation_of(last)
            assert first <= last
