"""Sensitive registrations: one sentence after disclosure control, and no figure by area."""

import pandas as pd
import pytest

from slgeo.pipeline.registered import Registered


def registered(beyond: int, within: int) -> Registered:
    patients = pd.Series(
        [beyond, within],
        index=pd.MultiIndex.from_tuples([("P1", "X1"), ("P2", "X1")], names=["practice", "area"]),
        dtype=float,
    )
    return Registered(patients, frozenset({"P1"}), ())


@pytest.mark.parametrize(
    ("beyond", "within", "rule", "said"),
    [
        (3422, 35739, "hes", "Of 39,160 registered patients 3,420 are with"),
        (3, 100, "hes", "Of 105 registered patients * are with"),
        (3, 100, "lt5", "Of 103 registered patients * are with"),
        (100, 3, "lt5", "Of 103 registered patients * are with"),
        (0, 100, "lt10", "Of 100 registered patients 0 are with"),
    ],
)
def test_only_the_sum_is_said_and_small_counts_are_hidden(
    beyond: int, within: int, rule: str, said: str
) -> None:
    """100 of 103 would give away the 3 others, so it is hidden as well."""
    assert said in registered(beyond, within).overall(rule)
