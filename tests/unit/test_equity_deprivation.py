"""Deprivation of larger places: the checked values of docs/measures.md, and practices' patients."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import equity
from slgeo.errors import AccessError


def test_exponential_transform_gives_its_checked_values():
    found = equity.exponential_score([0.1, 0.5, 0.9, 1])

    np.testing.assert_allclose(found, [2.3903, 15.6468, 50.4267, 100], atol=5e-5)
    with pytest.raises(AccessError, match="from 0 to 1"):
        equity.exponential_score(1.1)


def test_extent_weights_give_their_checked_values():
    found = equity.extent_weight([1, 10, 11, 12, 20, 30, 31, 100])

    np.testing.assert_allclose(found, [1, 1, 0.95, 0.90263, 0.52368, 0.05, 0, 0], atol=5e-6)


def test_extent_by_hand():
    rank = pd.Series([1.0, 1200.0, 30_000.0], index=list("abc"))
    people = pd.Series([100.0, 300.0, 600.0], index=list("abc"))

    # percentiles 1, 12 and beyond 30 of 10,000 areas
    assert equity.extent(rank[:2], people[:2], areas_of_nation=10_000) == pytest.approx(
        (100 + 300 * (0.95 - 0.9 / 19)) / 400
    )
    # of 33,755 the second is in the fourth percentile and counts in full
    assert equity.extent(rank, people, areas_of_nation=33_755) == pytest.approx(0.4)
    with pytest.raises(AccessError, match="outside 1 to"):
        equity.extent(rank, people, areas_of_nation=10_000)


def test_a_practice_in_a_poor_area_with_patients_from_rich_ones_gets_the_rich_figure():
    score = pd.Series({"poor": 60.0, "rich": 5.0})
    patients = pd.DataFrame(
        {
            "practice": ["in poor", "in poor", "in poor", "nobody known"],
            "area": ["rich", "poor", "abroad", "abroad"],
            "patients": [900, 100, 50, 7],
        }
    )

    found = equity.by_registration(score, patients)

    assert found.loc["in poor", "score"] == pytest.approx((900 * 5 + 100 * 60) / 1000)
    assert found.loc["in poor", "patients"] == 1050
    assert found.loc["in poor", "patients_without_score"] == 50
    assert np.isnan(found.loc["nobody known", "score"])
    with pytest.raises(AccessError, match="no column 'practice'"):
        equity.by_registration(score, patients.drop(columns="practice"))
