"""Printed answers of the methods reference that no other test holds to their digits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from slgeo.equity.funnel_limits import TAILS
from slgeo.equity.intervals import wilson
from slgeo.network.slope import tobler
from slgeo.network.speeds import SPEEDS


def test_toblers_function_at_the_five_printed_slopes():
    """Methods, section 8: km/h at slopes -0.1, -0.05, 0, 0.05, 0.1."""
    found = tobler(np.array([-0.1, -0.05, 0.0, 0.05, 0.1]))

    np.testing.assert_allclose(found, [5.0367, 6, 5.0367, 4.2281, 3.5493], atol=5e-5)


@pytest.mark.parametrize(
    ("mph", "minutes_per_km"),
    [
        (67, 0.5565),
        (57, 0.6541),
        (45, 0.8285),
        (25, 1.4913),
        (24, 1.5534),
        (10, 3.7282),
        (5, 7.4565),
    ],
)
def test_minutes_per_kilometre_of_the_ahah_table(mph, minutes_per_km):
    """Methods, section 11.4: minutes = km / (mph x 1.609344) x 60."""
    # printed from km/h cut to two decimals, which is worth 2 in the fourth
    assert 60 / (mph * 1.609344) == pytest.approx(minutes_per_km, abs=2.5e-4)
    assert "ahah" in SPEEDS


def test_funnel_tails_and_the_z_of_a_95_per_cent_interval():
    """Methods, sections 7.2: z = 1.959963984540054; tails 0.975 and 0.999."""
    assert TAILS == {"2": 0.975, "3": 0.999}
    assert norm.ppf(TAILS["2"]) == pytest.approx(1.959963984540054, abs=1e-12)
    low, high = wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(1.959963984540054**2 / (10 + 1.959963984540054**2))
