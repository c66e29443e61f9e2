"""Laws of inequality on random areas: equality, scale, division, reversal, parts and wholes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo import equity

few = settings(max_examples=30, deadline=None)


@st.composite
def areas(draw: st.DrawFn, fewest: int = 5) -> pd.DataFrame:
    """Draw value (0 or more), people (some) and rank (with ties) by area."""
    count = draw(st.integers(fewest, 15))
    value = draw(st.lists(st.integers(0, 60), min_size=count, max_size=count))
    people = draw(st.lists(st.integers(1, 3000), min_size=count, max_size=count))
    rank = draw(st.lists(st.integers(1, 40), min_size=count, max_size=count))
    index = pd.Index([f"a{at:02}" for at in range(count)], name="area")
    return pd.DataFrame({"value": value, "people": people, "rank": rank}, index=index, dtype=float)


def numbers(table: pd.DataFrame) -> dict[str, float]:
    """Give every ranked and unranked statistic."""
    parts = pd.concat(
        [
            equity.gini(table["value"], table["people"]),
            equity.theil(table["value"], table["people"]),
            equity.palma(table["value"], table["people"], table["rank"]),
            equity.concentration(table["value"], table["people"], table["rank"]),
            equity.slope_index(table["value"], table["people"], table["rank"]),
        ]
    )
    return dict(zip(parts["statistic"], parts["value"], strict=True))


def same(one: dict[str, float], other: dict[str, float]) -> None:
    for name, number in one.items():
        assert other[name] == pytest.approx(number, nan_ok=True, abs=1e-9), name


@few
@given(areas(), st.sampled_from([0.01, 7.0]))
def test_scaling_values_changes_no_relative_statistic(table: pd.DataFrame, factor: float):
    base = numbers(table)
    scaled = numbers(table.assign(value=table["value"] * factor))

    assert scaled.pop("slope_index") == pytest.approx(
        base.pop("slope_index") * factor, nan_ok=True, abs=1e-9
    )
    same(base, scaled)


@few
@given(areas(), st.sampled_from([0.5, 3.0]))
def test_scaling_people_changes_nothing(table: pd.DataFrame, factor: float):
    same(numbers(table), numbers(table.assign(people=table["people"] * factor)))


@few
@given(areas(), st.integers(0, 14), st.sampled_from([0.25, 0.5]))
def test_cutting_an_area_in_two_changes_nothing(table: pd.DataFrame, which: int, part: float):
    at = which % len(table)
    cut = table.copy()
    extra = cut.iloc[[at]].rename(index={cut.index[at]: "zz"})
    extra["people"] *= part
    cut.iloc[at, 1] *= 1 - part

    same(numbers(table), numbers(pd.concat([cut, extra])))


@few
@given(areas(), st.randoms(use_true_random=False))
def test_order_changes_nothing(table: pd.DataFrame, chance: object):
    order = list(range(len(table)))
    chance.shuffle(order)

    same(numbers(table), numbers(table.iloc[order]))


@few
@given(areas(), st.integers(1, 60))
def test_all_equal_is_no_inequality(table: pd.DataFrame, level: int):
    flat = numbers(table.assign(value=float(level)))

    for name in ("gini", "theil", "concentration"):
        assert flat[name] == pytest.approx(0, abs=1e-12)
    assert flat["palma"] == pytest.approx(1)
    if not np.isnan(flat["slope_index"]):
        assert flat["slope_index"] == pytest.approx(0, abs=1e-9)
        assert flat["relative_index"] == pytest.approx(1)


@few
@given(areas())
def test_reversing_the_rank_reverses_sign(table: pd.DataFrame):
    one = numbers(table)
    other = numbers(table.assign(rank=-table["rank"]))

    for name in ("concentration", "slope_index"):
        assert other[name] == pytest.approx(-one[name], nan_ok=True, abs=1e-9)


@few
@given(areas())
def test_gini_is_the_concentration_by_the_value_itself_and_the_plain_sum(table: pd.DataFrame):
    value, people = table["value"].to_numpy(), table["people"].to_numpy()
    if value.sum() == 0:
        return
    gini = numbers(table)["gini"]

    mean = (value * people).sum() / people.sum()
    gaps = np.abs(value[:, None] - value) * people[:, None] * people
    assert gini == pytest.approx(gaps.sum() / (2 * mean * people.sum() ** 2), abs=1e-12)
    by_itself = equity.concentration(table["value"], table["people"], table["value"])
    assert gini == pytest.approx(by_itself["value"][0], abs=1e-12)
    assert 0 <= gini < 1


@few
@given(areas(), st.integers(1, 4))
def test_theil_parts_add_up_and_neither_is_negative(table: pd.DataFrame, count: int):
    groups = pd.Series(np.arange(len(table)) % count, index=table.index)
    found = equity.theil(table["value"], table["people"], groups=groups)
    parts = found.set_index("statistic")["value"]

    if table["value"].sum() == 0:
        assert parts.isna().all()
        return
    assert parts["theil_between"] >= -1e-12
    assert parts["theil_within"] >= -1e-12
    assert parts["theil_between"] + parts["theil_within"] == pytest.approx(parts["theil"])


@few
@given(areas(), st.integers(1, 60))
def test_shortfall_falls_with_power_and_grows_with_the_standard(table: pd.DataFrame, standard: int):
    low = equity.below_standard(table["value"], table["people"], standard=standard)["value"]
    high = equity.below_standard(table["value"], table["people"], standard=standard + 5)["value"]

    assert (low.diff().dropna() <= 1e-12).all()
    assert low[0] <= high[0] + 1e-12
    assert low.between(0, 1).all()


@few
@given(areas())
def test_local_groups_hold_every_ranked_person_once_and_in_order(table: pd.DataFrame):
    frame = table.rename(columns={"people": "population", "rank": "deprivation_rank"})
    found = equity.local_fifths(frame.assign(in_study=True))

    assert found.notna().all()
    ordered = pd.Series(found.astype(float)).groupby(frame["deprivation_rank"]).agg(["min", "max"])
    assert (ordered["min"] == ordered["max"]).all()  # ties stay together
    assert ordered["min"].is_monotonic_increasing


@few
@given(st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_limits_hold_the_count_and_widen_with_confidence(counts: list[int]):
    for method in (equity.byar, equity.poisson, equity.count_limits):
        low, high = method(counts)
        wide_low, wide_high = method(counts, confidence=0.99)
        assert (low <= counts).all()
        assert (high >= counts).all()
        assert (wide_low <= low + 1e-9).all()
        assert (wide_high >= high).all()


@few
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12))
def test_wilson_holds_the_share_and_stays_inside(pairs: list[tuple[int, int]]):
    count = np.array([min(pair) for pair in pairs])
    of = np.array([max(pair) for pair in pairs])
    low, high = equity.wilson(count, of)

    lived = of > 0
    share = count[lived] / of[lived]
    assert (low[lived] <= share + 1e-12).all()
    assert (high[lived] >= share - 1e-12).all()
    assert (low >= 0).all()
    assert (high <= 1).all()


@few
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(40, 900)), min_size=2, max_size=12),
    st.sampled_from([2.0, 10.0]),
)
def test_smoothing_stays_between_the_own_rate_and_the_mean(
    pairs: list[tuple[int, int]], factor: float
):
    index = pd.Index([f"a{at:02}" for at in range(len(pairs))])
    count = pd.Series([float(pair[0]) for pair in pairs], index=index)
    people = pd.Series([float(pair[1]) for pair in pairs], index=index)
    found = equity.smoothed(count, people)
    mean, own = count.sum() / people.sum(), count / people

    assert (found >= np.minimum(own, mean) - 1e-12).all()
    assert (found <= np.maximum(own, mean) + 1e-12).all()
    # with more of everything the same rates are surer, and keep more of their own
    surer = equity.smoothed(count * factor, people * factor)
    assert surer.attrs["weights"] >= found.attrs["weights"] - 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("mean", [3.0, 15.0, 80.0])
def test_intervals_cover_what_they_claim(mean: float):
    """By simulation: 95 % limits hold the true mean about 95 times in 100."""
    generator = np.random.default_rng(0)
    counts = generator.poisson(mean, 100_000)
    low, high = equity.count_limits(counts)
    covered = ((low <= mean) & (mean <= high)).mean()
    assert 0.945 <= covered <= 0.99

    events = generator.binomial(200, mean / 200, 100_000)
    low, high = equity.wilson(events, 200)
    assert 0.93 <= ((low <= mean / 200) & (mean / 200 <= high)).mean() <= 0.985


@pytest.mark.slow
def test_slope_intervals_cover_what_they_claim():
    generator = np.random.default_rng(1)
    truth, people = np.linspace(70, 80, 10), np.full(10, 1000.0)
    place = (np.arange(10) + 0.5) / 10
    slope = np.polyfit(place, truth, 1)[0]
    inside = 0
    for turn in range(400):
        table = pd.DataFrame(
            {"value": truth + generator.normal(0, 1.5, 10), "people": people, "se": 1.5}
        )
        found = equity.slope_of_quantiles(table, draws=1000, seed=turn)
        inside += found["low"][0] <= slope <= found["high"][0]
    assert 0.92 <= inside / 400 <= 0.98


@pytest.mark.slow
def test_limits_of_standardised_rates_cover_what_they_claim():
    """Dobson's limits, over places of some 40 events in 19 age bands."""
    generator = np.random.default_rng(2)
    rate = np.linspace(0.0005, 0.02, 19)
    people = pd.DataFrame(np.full((4000, 19), 250.0))
    events = pd.DataFrame(generator.poisson(rate * 250, (4000, 19)).astype(float))
    weight = np.asarray(equity.EUROPEAN_2013, dtype=float)
    truth = float((rate * weight).sum() / weight.sum()) * 100_000

    found = equity.directly_standardised(events, people)
    known = found["value"].notna()

    assert known.mean() > 0.99
    covered = ((found["low"] <= truth) & (truth <= found["high"]))[known].mean()
    assert 0.94 <= covered <= 0.98


@pytest.mark.slow
def test_limits_of_an_adjusted_association_cover_what_they_claim():
    """Poisson with robust errors over 80 areas, the covariate at work as well."""
    generator = np.random.default_rng(3)
    inside, turns = 0, 400
    for _ in range(turns):
        exposure, covariate = generator.normal(0, 1, 80), generator.normal(0, 1, 80)
        people = generator.integers(800, 3000, 80).astype(float)
        mean = people * 0.02 * np.exp(0.2 * exposure - 0.3 * covariate)
        table = pd.DataFrame(
            {
                "count": generator.poisson(mean).astype(float),
                "minutes": exposure,
                "score": covariate,
                "population": people,
            }
        )
        row = equity.association(
            table, "count", "minutes", covariates=["score"], family="poisson"
        ).iloc[0]
        inside += row["low"] <= 0.2 <= row["high"]
    assert 0.91 <= inside / turns <= 0.98
