"""Our shape of a postcode agrees with the Royal Mail patterns, letter by letter."""

from __future__ import annotations

import itertools

import pytest

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
