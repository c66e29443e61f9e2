"""Outcomes: limits, standardised rates, funnels, smoothing, joined tables and association."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import equity
from slgeo.errors import AccessError


def series(*numbers: float, name: str = "value") -> pd.Series:
    index = pd.Index([f"a{at}" for at in range(len(numbers))], name="area")
    return pd.Series(numbers, index=index, name=name, dtype=float)


def test_byar_of_65():
    low, high = equity.byar(65)

    assert low == pytest.approx(50.163188, abs=5e-7)
    assert high == pytest.approx(82.849139, abs=5e-7)


def test_byar_of_nothing_is_zero_below_and_finite_above():
    low, high = equity.byar([0, 1])

    assert low[0] == 0
    assert low[1] > 0 or low[1] == 0
    assert np.isfinite(high).all()


def test_wilson_of_65_in_100():
    low, high = equity.wilson(65, 100)

    assert low == pytest.approx(0.552544, abs=5e-7)
    assert high == pytest.approx(0.736358, abs=5e-7)


def test_wilson_at_the_ends():
    low, high = equity.wilson([0, 5, 0], [5, 5, 0])

    assert low[0] == pytest.approx(0, abs=1e-12)
    assert high[1] == pytest.approx(1, abs=1e-12)
    assert (low[2], high[2]) == (0, 1)  # nothing is known
    with pytest.raises(AccessError, match="more events than people"):
        equity.wilson(6, 5)


def test_exact_limits_by_hand():
    """Nothing seen: the upper 97.5 % limit is -ln(0.025)."""
    low, high = equity.poisson([0, 3])

    assert low[0] == 0
    assert high[0] == pytest.approx(-np.log(0.025))
    from scipy.stats import poisson

    assert poisson.sf(2, low[1]) == pytest.approx(0.025)
    assert poisson.cdf(3, high[1]) == pytest.approx(0.025)


def test_rates_take_exact_limits_under_ten_and_byar_from_there():
    few = equity.poisson(9)[1]
    many = equity.byar(10)[1]

    assert equity.count_limits([9, 10])[1].tolist() == [few, many]


def test_rates_keep_everyone_and_tell_nothing_returned_from_nobody():
    found = equity.rates(
        pd.Series({"a0": 20.0, "a1": 0.0, "a2": np.nan, "a3": 0.0}),
        series(1000, 500, 400, 0, 100),
        kind="rate",
        per=1000,
    )

    assert found["value"].tolist()[:2] == [20, 0]
    assert found["method"].tolist()[:2] == ["Byar", "exact"]
    assert found["reason"].tolist()[2:] == [
        "nothing was returned",
        "nobody is counted",
        "nothing was returned",
    ]
    assert found["low"]["a0"] < 20 < found["high"]["a0"]
    assert found.attrs["coverage"] == pytest.approx(1500 / 2000)
    assert found.attrs["denominator"] == "residents"
    share = equity.rates(series(5, 0), series(10, 10), kind="proportion")
    assert share["method"].tolist() == ["Wilson", "Wilson"]
    with pytest.raises(AccessError, match="without people"):
        equity.rates(pd.Series({"zz": 1.0}), series(10), kind="rate")


def test_standard_population_adds_up():
    assert sum(equity.EUROPEAN_2013) == 100_000
    assert len(equity.EUROPEAN_2013) == 19


def test_direct_standardisation_by_hand():
    """
    Two bands of weights 60 and 40: 10 in 1,000 and 30 in 2,000 make 0.012; its variance is
    (60² 10/1000² + 40² 30/2000²) / 100².
    """
    count = pd.DataFrame({"young": [10.0], "old": [30.0]}, index=["a"])
    people = pd.DataFrame({"young": [1000.0], "old": [2000.0]}, index=["a"])

    found = equity.directly_standardised(count, people, standard=(60, 40), per=1)

    variance = (3600 * 10 / 1e6 + 1600 * 30 / 4e6) / 1e4
    low, high = equity.byar(40)
    assert found["value"]["a"] == pytest.approx(0.012)
    assert found["low"]["a"] == pytest.approx(0.012 + np.sqrt(variance / 40) * (low - 40))
    assert found["high"]["a"] == pytest.approx(0.012 + np.sqrt(variance / 40) * (high - 40))


def test_a_standardised_rate_is_not_given_for_few_events_or_an_empty_band():
    count = pd.DataFrame({"young": [5.0, 20.0], "old": [4.0, 0.0]}, index=["a", "b"])
    people = pd.DataFrame({"young": [100.0, 100.0], "old": [100.0, 0.0]}, index=["a", "b"])

    found = equity.directly_standardised(count, people, standard=(1, 1))

    assert found["value"].isna().all()
    assert found["reason"].tolist() == ["fewer than 10 events", "an age band without people"]
    with pytest.raises(AccessError, match="the same bands"):
        equity.directly_standardised(count, people)


def test_standardising_to_its_own_people_gives_the_crude_rate():
    generator = np.random.default_rng(1)
    people = pd.DataFrame(generator.integers(100, 900, (1, 19)), index=["a"]).astype(float)
    count = pd.DataFrame(generator.integers(1, 20, (1, 19)), index=["a"]).astype(float)

    found = equity.directly_standardised(count, people, standard=people.iloc[0].tolist(), per=1)

    crude = count.to_numpy().sum() / people.to_numpy().sum()
    assert found["value"]["a"] == pytest.approx(crude)


def test_funnel_of_proportions_by_hand():
    found = equity.funnel(series(50, 30, 0), series(100, 100, 0), kind="proportion")
    half = 1.959963984540054 * np.sqrt(0.4 * 0.6 / 100)

    assert found.attrs["target"] == pytest.approx(0.4)
    assert found["high_2"]["a0"] == pytest.approx(0.4 + half)
    assert found["class"].tolist()[:2] == ["high, 2 sigma", "low, 2 sigma"]
    assert pd.isna(found["class"].iloc[2])


def test_funnel_of_rates_agrees_with_the_limits_of_each_count():
    """A place is out of the funnel exactly when its own limits leave the target out."""
    count, people = series(4, 25, 60, 0), series(1000, 1000, 1000, 100)

    found = equity.funnel(count, people, kind="rate", target=0.025)

    low, high = equity.count_limits(count.to_numpy())
    expected = [
        "low, 3 sigma"
        if u < 25 * n / 1000 and equity.count_limits(c, confidence=0.998)[1] < 25 * n / 1000
        else "low, 2 sigma"
        if u < 25 * n / 1000
        else "high, 3 sigma"
        if equity.count_limits(c, confidence=0.998)[0] > 25 * n / 1000
        else "high, 2 sigma"
        if lo > 25 * n / 1000
        else "as expected"
        for c, n, lo, u in zip(count, people, low, high, strict=True)
    ]
    assert found["class"].tolist() == expected
    assert expected[:3] == ["low, 3 sigma", "as expected", "high, 3 sigma"]
    assert not np.isinf(found.select_dtypes(float)).any().any()


def test_empirical_bayes_known_answer():
    found = equity.smoothed(series(10, 1, 3, 4, 2, 5), series(100, 15, 20, 20, 80, 90))

    np.testing.assert_allclose(
        found, [0.08868, 0.07554, 0.08950, 0.09810, 0.05335, 0.06660], atol=5e-6
    )


def test_smoothing_never_pushes_away_from_the_mean():
    """Rates closer together than chance: the spread is below 0 and all take the mean."""
    found = equity.smoothed(series(10, 11, 9), series(100, 100, 100))

    np.testing.assert_allclose(found, 0.1)
    alone = equity.smoothed(series(5, 0), series(50, 0))
    np.testing.assert_allclose(alone, 0.1)
    nothing = equity.smoothed(series(0, 0), series(50, 10))
    assert nothing.tolist() == [0, 0]
    with pytest.raises(AccessError, match="events were counted where there are no people"):
        equity.smoothed(series(5, 1), series(50, 0))


def study() -> pd.DataFrame:
    generator = np.random.default_rng(5)
    index = pd.Index([f"a{at}" for at in range(60)], name="area")
    return pd.DataFrame(
        {
            "population": generator.integers(1000, 3000, 60).astype(float),
            "deprivation_score": generator.uniform(5, 60, 60),
            "rurality": generator.choice(["town", "village"], 60),
        },
        index=index,
    )


def test_the_exposure_table_keeps_every_area_and_describes_every_column():
    areas = study()
    near = pd.Series(np.arange(60.0), index=areas.index[::-1], name="nearest")
    near.attrs = {
        "unit": "minutes",
        "direction": "lower is better",
        "label": "Minutes",
        "mode": "walk",
    }
    referred = equity.rates(pd.Series({"a0": 12.0}), areas["population"], kind="rate")

    table = equity.exposure_table(areas, [near], outcomes=referred)
    words = equity.dictionary(table)

    assert list(table.index) == list(areas.index)
    assert table.loc["a59", "nearest"] == 0
    assert table["value"].notna().sum() == 1
    assert words["column"].tolist() == list(table.columns)
    about = words.set_index("column").loc["nearest"]
    assert about["unit"] == "minutes"
    assert about["source"] == "mode walk"
    with pytest.raises(AccessError, match="two columns called 'nearest'"):
        equity.exposure_table(areas, [near, near])
    with pytest.raises(AccessError, match="not among the areas"):
        equity.exposure_table(areas, [], outcomes=pd.DataFrame({"x": [1]}, index=["zz"]))


def test_association_finds_what_was_put_in_and_holds_the_rest():
    table = study()
    generator = np.random.default_rng(6)
    table["minutes"] = 0.5 * table["deprivation_score"] + generator.normal(0, 3, 60)
    village = (table["rurality"] == "village").astype(float)
    table["rate"] = (
        40 - 0.8 * table["minutes"] + 0.3 * table["deprivation_score"] + 5 * village
    ) + generator.normal(0, 0.2, 60)

    found = equity.association(
        table, "rate", "minutes", covariates=["deprivation_score", "rurality"]
    ).set_index("by")

    assert found.loc["minutes", "value"] == pytest.approx(-0.8, abs=0.05)
    assert found.loc["rurality: village", "value"] == pytest.approx(5, abs=0.3)
    assert found.loc["minutes", "low"] < -0.8 < found.loc["minutes", "high"]
    assert "lower" in found.loc["minutes", "sentence"]


def test_association_of_counts_is_a_rate_ratio():
    table = study()
    generator = np.random.default_rng(7)
    table["minutes"] = generator.uniform(0, 40, 60)
    table["referrals"] = generator.poisson(
        table["population"] * 0.05 * np.exp(-0.03 * table["minutes"])
    ).astype(float)

    found = equity.association(table, "referrals", "minutes", family="poisson")

    assert found["value"][0] == pytest.approx(-0.03, abs=0.006)
    assert "times as frequent" in found["sentence"][0]
    assert any("individuals" in note for note in found.attrs["notes"])


def test_rows_with_gaps_are_counted_and_hopeless_models_refused():
    table = study().assign(y=1.0, minutes=np.arange(60.0))
    table["y"] = table["minutes"] * 2 + np.sin(table["minutes"])
    table.loc["a0", "minutes"] = np.nan

    found = equity.association(table, "y", "minutes")
    assert found["n"].tolist() == [59]
    assert "1 row with something missing left out" in found["sentence"][0]
    with pytest.raises(AccessError, match="does not vary"):
        equity.association(table.assign(minutes=1.0), "y", "minutes")
    with pytest.raises(AccessError, match="too few"):
        equity.association(table[:8], "y", "minutes")
    with pytest.raises(AccessError, match="no column 'nothing'"):
        equity.association(table, "y", "nothing")


def test_public_names_hide_no_module():
    import pkgutil

    modules = {module.name for module in pkgutil.iter_modules(equity.__path__)}

    assert not modules & set(equity.__all__)
    for name in equity.__all__:
        assert getattr(equity, name) is getattr(equity, name)
