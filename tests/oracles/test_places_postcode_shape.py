"""Our shape of a postcode agrees with the Royal Mail patterns, letter by letter."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.places.postcodes import normalise

# Royal Mail's six shapes of an outward code; A is a letter, 9 a digit.
OUTWARD = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"}


def shape(text):
    return "".join("9" if c.isdigit() else "A" for c in text)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_exactly_the_six_published_shapes_are_postcodes(length):
    for letters in itertools.product("B7", repeat=length):
        outward = "".join(letters)
        for inward in ("1AA", "AAA", "11A", "1A1"):
            wanted = shape(outward) in OUTWARD and inward == "1AA"
            assert (normalise(outward + inward) is not None) == wanted, outward + inward


LETTERS = "ABCEGILOSWZQVX0125789 "


@settings(max_examples=2000, deadline=None)
@given(st.text(LETTERS, min_size=4, max_size=9))
def test_a_maintained_parser_holds_the_same_texts_for_postcodes(text):
    """
    The parser is used here only: at run time it would bring 19 MB and a database it downloads.

    It refuses spaces in odd places, which ours removes, and the one postcode of no area.
    """
    parser = pytest.importorskip(
        "uk_postcodes_parsing.postcode_utils", reason="uk-postcodes-parsing is not installed"
    )
    ours = normalise(text)
    if parser.is_valid(text):
        assert ours == parser.to_normalised(text)
    if ours is not None and ours != "GIR 0AA":
        assert parser.is_valid(ours)
