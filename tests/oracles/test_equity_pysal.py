"""PySAL's ``inequality`` and ``esda`` (BSD-3) as oracles where they compute the same thing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import equity

inequality = pytest.importorskip("inequality")


def people_one_each(values: np.ndarray) -> tuple[pd.Series, pd.Series]:
    index = pd.Index([f"a{at}" for at in range(len(values))])
    return pd.Series(values, index=index), pd.Series(1.0, index=index)


@pytest.mark.parametrize("seed", range(5))
def test_gini_and_theil_of_equal_weights(seed: int):
    """``inequality`` knows no weights: whole-number weights are spelt out by repetition."""
    generator = np.random.default_rng(seed)
    values, times = generator.uniform(0.1, 60, 30), generator.integers(1, 5, 30)
    spelt = np.repeat(values, times)
    series, _ = people_one_each(values)
    people = pd.Series(times.astype(float), index=series.index)

    ours = equity.gini(series, people)["value"][0]
    entropy = equity.theil(series, people)["value"][0]

    assert ours == pytest.approx(inequality.gini.Gini(spelt).g)
    # theirs adds a tiny number to every value, so that 0 has a logarithm
    assert entropy == pytest.approx(inequality.theil.Theil(spelt).T, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_theil_between_and_within(seed: int):
    generator = np.random.default_rng(seed)
    values = generator.uniform(1, 60, 24)
    series, people = people_one_each(values)
    side = generator.integers(0, 4, 24)

    found = equity.theil(series, people, groups=pd.Series(side, index=series.index))
    theirs = inequality.theil.TheilD(values, side)

    parts = found.set_index("statistic")["value"]
    assert parts["theil_between"] == pytest.approx(np.ravel(theirs.bg)[0], rel=1e-6)
    assert parts["theil_within"] == pytest.approx(np.ravel(theirs.wg)[0], rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_empirical_bayes_where_places_differ_more_than_chance(seed: int):
    """Where they differ less, ``esda`` lets the spread go below 0; a unit test shows ours at 0."""
    smoothing = pytest.importorskip("esda.smoothing")
    generator = np.random.default_rng(seed)
    people = generator.integers(50, 500, 20).astype(float)
    events = generator.poisson(people * generator.uniform(0.01, 0.4, 20)).astype(float)
    series, _ = people_one_each(events)
    of = pd.Series(people, index=series.index)

    found = equity.smoothed(series, of)
    assert found.attrs["between"] > 0
    theirs = smoothing.Empirical_Bayes(events, people).r.ravel()
    np.testing.assert_allclose(found, theirs)


def test_wilson_and_direct_standardisation():
    statsmodels = pytest.importorskip("statsmodels.stats.proportion")

    low, high = statsmodels.proportion_confint(65, 100, method="wilson")
    ours = equity.wilson(65, 100)
    assert ours[0] == pytest.approx(low)
    assert ours[1] == pytest.approx(high)
