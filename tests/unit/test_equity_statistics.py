"""Inequality statistics: the known answers of docs/measures.md, and edges with a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import equity
from slgeo.errors import AccessError

# Known answers: docs/measures.md, "Slope and relative index", areas of PHEindicatormethods' manual
LIFE = pd.DataFrame(
    {
        "people": [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534],
        "value": [
            75.93346, 78.34424, 83.83606, 83.63754, 80.46550,
            81.11568, 81.69308, 84.19001, 80.59556, 86.28943,
        ],
        "se": [
            1.6384724, 1.5781929, 1.5134355, 1.7754906, 1.7013391,
            1.5641211, 1.3681148, 1.4001418, 2.4328464, 1.5665182,
        ],
    },
    index=pd.RangeIndex(1, 11, name="decile"),
    dtype=float,
)  # fmt: skip
RATES = pd.DataFrame(
    {
        "people": [
            279012, 255993, 236961, 214315, 192812, 183546, 168593, 164822, 154836, 138165,
        ],
        "value": [
            5.89222, 4.734504, 3.827634, 3.868138, 3.677157,
            3.143626, 3.125871, 2.942568, 2.8288, 2.76481,
        ],
    },
    index=pd.RangeIndex(1, 11, name="decile"),
    dtype=float,
)  # fmt: skip


def series(*numbers: float, name: str = "value") -> pd.Series:
    index = pd.Index([f"a{at:02}" for at in range(len(numbers))], name="area")
    return pd.Series(numbers, index=index, name=name, dtype=float)


def value(frame: pd.DataFrame, statistic: str, by: str | None = None) -> float:
    keep = frame["statistic"] == statistic
    if by is not None:
        keep &= frame["by"] == by
    (found,) = frame.loc[keep, "value"]
    return float(found)


def ten(table: pd.DataFrame, column: str) -> pd.Series:
    return series(*table[column])


class TestSlope:
    def test_life_expectancy(self):
        found = equity.slope_index(
            ten(LIFE, "value"), ten(LIFE, "people"), series(*range(1, 11), name="decile")
        )

        assert value(found, "slope_index") == pytest.approx(6.934616, abs=1e-5)
        assert value(found, "relative_index") == pytest.approx(1.088818, abs=5e-7)
        assert "higher in the least deprived" in found["sentence"][0]

    def test_life_expectancy_rounded_to_one_decimal(self):
        found = equity.slope_index(
            ten(LIFE, "value").round(1), ten(LIFE, "people"), series(*range(1, 11))
        )

        assert value(found, "slope_index") == pytest.approx(7.0002348, abs=5e-8)
        assert value(found, "relative_index") == pytest.approx(1.0897097, abs=5e-8)

    def test_life_expectancy_intervals(self):
        found = equity.slope_of_quantiles(LIFE, draws=100_000, seed=1)
        wide = equity.slope_of_quantiles(LIFE, draws=100_000, confidence=0.99, seed=1)

        assert found.attrs["intercept"] == pytest.approx(78.076631, abs=1e-5)
        assert found["low"][0] == pytest.approx(3.1276, abs=0.05)
        assert found["high"][0] == pytest.approx(10.7587, abs=0.05)
        assert wide["low"][0] == pytest.approx(1.9243, abs=0.05)
        assert wide["high"][0] == pytest.approx(11.9921, abs=0.05)
        assert found["low"][1] < 1.088818 < found["high"][1]
        assert max(found.attrs["reliability"]) < 0.05

    def test_rates_plain_and_on_the_log_scale(self):
        plain = equity.slope_index(ten(RATES, "value"), ten(RATES, "people"), series(*range(1, 11)))
        log = equity.slope_index(
            ten(RATES, "value"), ten(RATES, "people"), series(*range(1, 11)), scale="log"
        )
        start = equity.slope_of_quantiles(RATES.assign(se=0.01), scale="log", draws=1000)

        assert value(plain, "slope_index") == pytest.approx(-3.275201, abs=5e-6)
        assert value(plain, "relative_index") == pytest.approx(0.406001, abs=5e-7)
        assert value(log, "slope_index") == pytest.approx(-3.155907, abs=5e-6)
        assert value(log, "relative_index") == pytest.approx(0.441885, abs=5e-7)
        assert start.attrs["intercept"] == pytest.approx(5.654581, abs=5e-6)

    def test_the_same_seed_gives_the_same_limits(self):
        one = equity.slope_of_quantiles(LIFE, draws=1000, seed=4)
        again = equity.slope_of_quantiles(LIFE, draws=1000, seed=4)
        other = equity.slope_of_quantiles(LIFE, draws=1000, seed=5)

        pd.testing.assert_frame_equal(one, again)
        assert one["low"][0] != other["low"][0]

    def test_limits_may_stand_for_errors_on_the_log_scale(self):
        half = 1.959963984540054 * 0.02
        limits = RATES.assign(
            low=RATES["value"] * np.exp(-half), high=RATES["value"] * np.exp(half)
        )

        given = equity.slope_of_quantiles(limits, drawn_on="log", draws=1000)
        stated = equity.slope_of_quantiles(RATES.assign(se=0.02), drawn_on="log", draws=1000)

        np.testing.assert_allclose(given["low"], stated["low"])
        np.testing.assert_allclose(given["high"], stated["high"])

    def test_a_negative_multiplier_inverts_the_relative_index(self):
        people, rank = ten(LIFE, "people"), series(*range(1, 11))
        up = equity.slope_index(ten(LIFE, "value"), people, rank)
        down = equity.slope_index(ten(LIFE, "value"), people, rank, multiplier=-1)

        assert value(down, "slope_index") == -value(up, "slope_index")
        assert value(down, "relative_index") == pytest.approx(1 / value(up, "relative_index"))

    def test_deciles_of_areas_give_the_index_over_deciles(self):
        """Areas of one decile share its place, so halves of a decile change nothing."""
        names = [f"a{at:02}" for at in range(20)]
        twice = pd.DataFrame(
            {
                "value": np.repeat(LIFE["value"].to_numpy(), 2),
                "people": np.repeat(LIFE["people"].to_numpy() / 2, 2),
                "decile": np.repeat(np.arange(1.0, 11), 2),
            },
            index=names,
        )

        found = equity.slope_index(twice["value"], twice["people"], twice["decile"])
        assert value(found, "slope_index") == pytest.approx(6.934616, abs=1e-5)

    def test_a_line_that_crosses_nothing_has_a_slope_but_no_ratio(self):
        found = equity.slope_index(series(0, 0, 0, 0, 9), series(*[1] * 5), series(*range(5)))

        assert value(found, "slope_index") == pytest.approx(9)
        assert np.isnan(value(found, "relative_index"))
        assert "at or below 0" in found["sentence"][1]

    def test_what_cannot_be_given_keeps_its_row_and_says_why(self):
        few = equity.slope_index(series(1, 2, 3), series(1, 1, 1), series(1, 2, 3))
        zero = equity.slope_index(
            series(0, 1, 2, 3, 4), series(*[1] * 5), series(*range(5)), scale="log"
        )
        gone = equity.slope_index(series(np.nan, 1, 2, 3, 4), series(*[9] * 5), series(*range(5)))

        assert few["value"].isna().all()
        assert "3 ranks" in few["sentence"][0]
        assert "cannot be put on a log scale" in zero["sentence"][0]
        assert "9 of 45 people live in areas without a value" in gone["sentence"][0]

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda t: t.iloc[:4], "4 quantiles"),
            (lambda t: t.assign(people=0.0), "people must be above 0"),
            (lambda t: t.drop(columns="se"), "no column 'se'"),
            (lambda t: t.assign(se=np.nan), "error is missing"),
        ],
        ids=["few", "nobody", "no error", "missing"],
    )
    def test_quantiles_at_fault_are_refused(self, change: object, words: str):
        with pytest.raises(AccessError, match=words):
            equity.slope_of_quantiles(change(LIFE))
        with pytest.raises(AccessError, match="999 draws"):
            equity.slope_of_quantiles(LIFE, draws=999)


class TestConcentration:
    births = series(29939, 28776, 26528, 24689, 19739)
    deaths = series(154.7, 152.9, 119.5, 86.9, 54.3)
    rank = series(1, 2, 3, 4, 5)

    def test_india(self):
        """World Bank technical note 7: under-5 mortality, published -0.1694."""
        found = equity.concentration(self.deaths, self.births, self.rank)

        assert value(found, "concentration") == pytest.approx(-0.169417, abs=5e-7)

    def test_grouped_formula_agrees(self):
        people = self.births / self.births.sum()
        p = np.cumsum(people)
        curve = np.cumsum(people * self.deaths) / (people * self.deaths).sum()
        grouped = (p * curve.shift(-1) - p.shift(-1) * curve).sum()

        assert grouped == pytest.approx(-0.169417, abs=5e-7)

    def test_bounded_forms(self):
        shares = series(0.2, 0.4, 0.6, 0.8)
        found = equity.concentration(shares, series(1, 1, 1, 1), series(1, 2, 3, 4), bounds=(0, 1))
        index, mean = value(found, "concentration"), 0.5

        assert value(found, "erreygers") == pytest.approx(4 * mean * index)
        assert value(found, "wagstaff") == pytest.approx(mean * index / (0.5 * 0.5))
        with pytest.raises(AccessError, match="do not hold every value"):
            equity.concentration(shares * 2, series(1, 1, 1, 1), series(1, 2, 3, 4), bounds=(0, 1))

    def test_the_reading_is_reversed_where_lower_is_better(self):
        minutes = series(1, 2, 3, 4, 5)
        minutes.attrs["direction"] = "lower is better"
        score = series(1, 2, 3, 4, 5)

        far = equity.concentration(minutes, series(1, 1, 1, 1, 1), self.rank)["sentence"][0]
        much = equity.concentration(score, series(1, 1, 1, 1, 1), self.rank)["sentence"][0]
        assert "worse for people in less deprived areas" in far
        assert "better for people in less deprived areas" in much

    def test_zero_everywhere_and_bounds_met(self):
        nothing = equity.concentration(
            series(0, 0, 0), series(1, 1, 1), series(1, 2, 3), bounds=(0, 1)
        )

        assert np.isnan(value(nothing, "concentration"))
        assert value(nothing, "erreygers") == 0
        assert "at a bound" in nothing["sentence"][2]


class TestOneNumber:
    even = series(1, 1, 1, 1, 1)
    numbers = series(1, 2, 3, 4, 5)

    def test_gini(self):
        assert value(equity.gini(self.numbers, self.even), "gini") == pytest.approx(
            0.2666667, abs=5e-8
        )

    def test_theil(self):
        found = equity.theil(self.numbers, self.even)

        assert value(found, "theil") == pytest.approx(0.1196876, abs=5e-8)

    def test_theil_parts_add_up(self):
        groups = pd.Series(["x", "x", "y", "y", "y"], index=self.numbers.index, name="side")
        found = equity.theil(self.numbers, self.even, groups=groups)
        parts = value(found, "theil_between") + value(found, "theil_within")

        assert parts == pytest.approx(value(found, "theil"))
        assert set(found["by"]) == {"", "side"}

    def test_zeros_keep_their_weight_in_theil(self):
        """With half at 0 and half at 2, T = 1/2 * 2 ln 2."""
        found = equity.theil(series(0, 2), series(1, 1))

        assert value(found, "theil") == pytest.approx(np.log(2))

    def test_a_group_that_has_nothing_adds_nothing(self):
        groups = pd.Series(["x", "x", "y", "y"], index=series(0, 0, 1, 3).index)
        found = equity.theil(series(0, 0, 1, 3), series(1, 1, 1, 1), groups=groups)

        parts = value(found, "theil_between") + value(found, "theil_within")
        assert parts == pytest.approx(value(found, "theil"))

    def test_all_zero_is_not_given_and_negative_is_refused(self):
        nothing = series(0, 0, 0, 0, 0)

        assert equity.gini(nothing, self.even)["sentence"][0] == "Not given: all values are 0."
        assert equity.theil(nothing, self.even)["sentence"][0] == "Not given: all values are 0."
        for measure in (equity.gini, equity.theil):
            with pytest.raises(AccessError, match="negative values"):
                measure(-self.numbers, self.even)

    def test_palma_cuts_among_people(self):
        """Ten people in a row of 1 to 10: the best tenth has 10, the worst four tenths 2.5."""
        row = series(*range(1, 11))
        found = equity.palma(row, series(*[1] * 10), row)

        assert value(found, "palma") == pytest.approx(10 / 2.5)
        # two areas hold the same people in five: the tenth is half of an area
        pair = equity.palma(series(1, 10), series(80, 20), series(1, 2))
        assert value(pair, "palma") == pytest.approx(10)

    def test_palma_with_nothing_below_is_not_given(self):
        found = equity.palma(series(0, 0, 5), series(50, 30, 20), series(1, 2, 3))

        assert np.isnan(value(found, "palma"))
        assert "have 0" in found["sentence"][0]

    def test_shortfall_of_minutes_is_over_the_standard(self):
        minutes = series(10, 20, 30, 40, np.nan)
        minutes.attrs.update(direction="lower is better", unit="minutes")

        found = equity.below_standard(minutes, self.even, standard=20)
        counted = equity.below_standard(minutes, self.even, standard=20, unreached=60.0)

        assert value(found, "share_short") == pytest.approx(3 / 5)  # the unreached are short
        assert np.isnan(value(found, "shortfall"))
        assert value(counted, "shortfall") == pytest.approx((0.5 + 1 + 2) / 5)
        assert value(counted, "shortfall_squared") == pytest.approx((0.25 + 1 + 4) / 5)
        assert value(counted, "share_short") == pytest.approx(3 / 5)

    def test_shortfall_of_a_score_is_under_the_standard(self):
        found = equity.below_standard(self.numbers, self.even, standard=3)

        assert value(found, "share_short") == pytest.approx(2 / 5)
        assert value(found, "shortfall") == pytest.approx((2 / 3 + 1 / 3) / 5)
        with pytest.raises(AccessError, match="above 0"):
            equity.below_standard(self.numbers, self.even, standard=0)


def test_quantiles_are_assigned_as_practice_does():
    """n = 10 in 5: the two highest are 1; ties share the lowest rank; few areas have none."""
    row = series(*range(10))

    assert equity.quantile_of(row, groups=5).tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    low_first = equity.quantile_of(row, groups=5, highest_first=False)
    assert low_first.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert equity.quantile_of(series(1, 1, 1, 1, 1), groups=5).tolist() == [1] * 5
    assert equity.quantile_of(row[:4], groups=5).isna().all()
    gap = equity.quantile_of(series(1, np.nan, 3, 4, 5, 6), groups=5)
    assert gap.isna().tolist() == [False, True, False, False, False, False]


def _formula(values: pd.Series, groups: int) -> list[float]:
    n = int(values.notna().sum())
    rank = (-values).rank(method="min")
    q = [np.floor((groups + 1) - np.ceil(((n + 1) - r) / (n / groups))) for r in rank]
    return [1.0 if x == 0 else float(x) for x in q]


@pytest.mark.parametrize("n", [10, 11, 13, 26, 33])
def test_quantiles_follow_the_published_formula(n: int):
    row = series(*np.random.default_rng(n).permutation(n))

    assert equity.quantile_of(row, groups=10).tolist() == _formula(row, 10)


def test_all_statistics_at_once_fall_back_to_local_groups_and_say_so():
    areas = pd.DataFrame(
        {
            "in_study": True,
            "nation": "E",
            "population": 100.0,
            "deprivation_rank": np.arange(20_000.0, 20_026),
            "deprivation_decile": np.repeat([6.0, 7, 8, 9, 10], [6, 5, 5, 5, 5]),
            "domain_income_rank": np.arange(26.0)[::-1] + 1,
        },
        index=[f"a{at:02}" for at in range(26)],
    )
    minutes = pd.Series(np.arange(26.0), index=areas.index, name="nearest")
    minutes.attrs = {"made_from": "travel times", "unit": "minutes", "direction": "lower is better"}

    found = equity.profile(minutes, areas)

    assert set(found["by"]) >= {"local_tenth", "income_local_tenth", "deprivation_rank"}
    up = value(found, "slope_index", "local_tenth")
    assert up > 0
    assert value(found, "slope_index", "income_local_tenth") == pytest.approx(-up)
    assert any("Not all ten national deciles" in note for note in found.attrs["notes"])
    gone = equity.profile(minutes.where(minutes > 0), areas)
    assert gone["value"].isna().all()
    assert gone["sentence"].str.startswith("Not given").all()


def test_ranges_come_from_the_choices_tried():
    base = equity.gini(series(1, 2, 3), series(1, 1, 1))
    other = equity.gini(series(1, 2, 6), series(1, 1, 1))

    found = equity.sensitivity_range(base, {"slower": other}, over="speeds")

    assert found["low"][0] == base["value"][0]
    assert found["high"][0] == other["value"][0]
    assert "over the speeds tried" in found["sentence"][0]
    gone = equity.gini(series(np.nan, 2, 6), series(1, 1, 1))
    without = equity.sensitivity_range(base, {"slower": gone}, over="speeds")
    assert np.isnan(without["low"][0])
    assert "No range: slower gives no value." in without["sentence"][0]
    with pytest.raises(AccessError, match="has no row for"):
        theil = equity.theil(series(1, 2, 3), series(1, 1, 1))
        equity.sensitivity_range(base, {"other": theil}, over="speeds")


def test_the_headline_has_a_range_and_the_income_domain_beside_it():
    areas = pd.DataFrame(
        {
            "in_study": True,
            "nation": "E",
            "population": 100.0,
            "deprivation_rank": np.arange(10.0) + 20_000,
            "deprivation_decile": np.repeat([6.0, 7, 8, 9, 10], 2),
            "domain_income_rank": np.arange(10.0)[::-1] + 1,
        },
        index=[f"a{at:02}" for at in range(10)],
    )
    minutes = pd.Series(np.arange(10.0) * 2, index=areas.index, name="nearest")
    minutes.attrs = {"made_from": "travel times", "unit": "minutes", "direction": "lower is better"}

    found = equity.between_ends(
        minutes, areas, alternatives={"slower": minutes * 1.5, "area points": minutes * 0.5}
    )

    assert found["by"].tolist() == ["local_fifth", "income_local_fifth"]
    assert found["value"].tolist() == [-16, 16]
    assert found["low"].tolist() == [-24, 8]
    assert found["high"].tolist() == [-8, 24]
    assert found["sentence"][1].endswith("From 8 to 24 over the speeds and origins tried.")
    national = areas.assign(deprivation_decile=np.arange(10.0) + 1)
    assert equity.between_ends(minutes, national)["by"].tolist()[0] == "deprivation_fifth"
    assert equity.between_ends(minutes, areas)["low"].isna().all()


def test_a_bootstrap_is_refused_where_it_would_say_little_and_labelled_where_not():
    generator = np.random.default_rng(2)
    number = series(*generator.uniform(1, 60, 60))
    people = series(*generator.integers(500, 2000, 60))
    blocks = pd.Series(np.repeat([f"b{at}" for at in range(12)], 5), index=number.index)

    found = equity.bootstrapped(lambda who: equity.gini(number, who), people, blocks, draws=200)

    assert found["low"][0] < found["value"][0] < found["high"][0]
    assert any("census of areas, not a sample" in note for note in found.attrs["notes"])
    again = equity.bootstrapped(lambda who: equity.gini(number, who), people, blocks, draws=200)
    pd.testing.assert_frame_equal(found, again)
    with pytest.raises(AccessError, match="49 areas"):
        equity.bootstrapped(lambda who: equity.gini(number, who), people[:49], blocks)
    with pytest.raises(AccessError, match="1 neighbourhoods"):
        equity.bootstrapped(lambda who: equity.gini(number, who), people, blocks.map(lambda _: "b"))


def test_deprivation_by_rurality_shows_every_pair_of_groups():
    areas = pd.DataFrame(
        {
            "in_study": [True] * 5 + [False],
            "nation": "E",
            "population": 100.0,
            "deprivation_rank": [1.0, 2, 3, 4, 5, 6],
            "urban": [True, True, True, True, False, False],
        },
        index=[f"a{at:02}" for at in range(6)],
    )
    number = series(1, 2, 3, 4, 5, 60)

    found = equity.cross_table(number, areas, rows="local_fifth", columns="urban")
    people = found[found["statistic"] == "people"].set_index("group")["value"]

    assert people.sum() == 500
    assert people["1 x rural"] == 0
    assert len(people) == 10
    assert found.loc[found["group"] == "5 x rural", "value"].tolist() == [100, 0, 5]
    assert found.loc[found["group"] == "1 x rural", "sentence"].tolist()[-1] == "None here."


def test_age_groups_weigh_by_their_own_people_and_say_they_are_spread_evenly():
    areas = pd.DataFrame(
        {
            "in_study": [True, True, False],
            "population": [100.0, 100, 100],
            "age_0_15": [10.0, 90, 5],
            "age_65_plus": [90.0, 10, 5],
        },
        index=["a00", "a01", "a02"],
    )

    found = equity.population_groups(series(10, 20, 99), areas)
    mean = found[found["statistic"] == "mean"].set_index("group")["value"]

    assert mean.to_dict() == {"everyone": 15, "0_15": 19, "65_plus": 11}
    assert any("evenly spread" in note for note in found.attrs["notes"])
    with pytest.raises(AccessError, match="no columns ethnic_"):
        equity.population_groups(series(10, 20, 99), areas, family="ethnic")
