"""Groups of people: local fifths, national deciles with their empty ones, and the gap in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import equity
from slgeo.equity.overlap import HEALTH_OUTCOMES, OVERLAPS
from slgeo.equity.tidy import COLUMNS, ECOLOGICAL
from slgeo.errors import AccessError


def county(**columns: object) -> pd.DataFrame:
    """Five areas of a study in deciles 6 to 10, and one deprived area around it."""
    frame = {
        "name": list("ABCDEX"),
        "nation": "E",
        "in_study": [True] * 5 + [False],
        "population": [100.0, 100.0, 100.0, 100.0, 100.0, 9999.0],
        "deprivation_rank": [18000.0, 21000.0, 24000.0, 28000.0, 32000.0, 1.0],
        "deprivation_decile": [6.0, 7.0, 8.0, 9.0, 10.0, 1.0],
        "rurality": ["town", "town", "village", "village", None, "town"],
        "urban": [True, True, False, False, False, True],
        **columns,
    }
    return pd.DataFrame(frame, index=pd.Index(list("abcdex"), name="area"))


def minutes(*numbers: float, **attrs: object) -> pd.Series:
    series = pd.Series([*numbers, 60.0], index=list("abcdex"), name="nearest")
    series.attrs = {
        "unit": "minutes",
        "direction": "lower is better",
        "label": "Minutes to the nearest",
        "made_from": "travel times",
        **attrs,
    }
    return series


def pick(frame: pd.DataFrame, statistic: str, group: str, by: str | None = None) -> pd.Series:
    keep = (frame["statistic"] == statistic) & (frame["group"] == group)
    if by is not None:
        keep &= frame["by"] == by
    (row,) = (row for _, row in frame[keep].iterrows())
    return row


def test_local_fifths_are_fifths_of_people_most_deprived_first():
    areas = county(population=[300.0, 100.0, 300.0, 200.0, 100.0, 9999.0])

    found = equity.local_fifths(areas)

    # middles of people on the scale to 1: .15 .35 .55 .80 .95
    assert found[:5].tolist() == [1, 2, 3, 5, 5]
    assert found.name == "local_fifth"
    assert pd.isna(found["x"])


def test_areas_of_equal_rank_share_a_local_fifth():
    tied = county(deprivation_rank=[1.0, 1.0, 1.0, 1.0, 5.0, 1.0])

    assert equity.local_fifths(tied)[:5].tolist() == [3, 3, 3, 3, 5]


def test_local_fifths_survive_no_people_and_one_area():
    nobody = county(population=0.0)
    alone = county().iloc[[0]]

    assert equity.local_fifths(nobody)[:5].tolist() == [1, 2, 3, 4, 5]
    assert equity.local_fifths(alone).tolist() == [3]
    assert equity.local_fifths(county().iloc[[5]]).isna().all()


def test_the_county_without_deprived_deciles_says_so_first():
    sentences = equity.absent_groups(county())

    assert sentences == [
        "Nobody here lives in England's most deprived fifth of areas.",
        "Nobody here lives in England's second most deprived fifth of areas.",
        "Nobody here lives in decile 5 of England's areas.",
    ]


def test_empty_deciles_are_listed_as_none_here():
    found = equity.summary(minutes(10, 20, 30, 40, 50), county())

    empty = pick(found, "people", "1", "deprivation_decile")
    assert list(found.columns) == list(COLUMNS)
    assert empty["value"] == 0
    assert empty["sentence"] == (
        "None here: nobody lives in England's most deprived tenth of areas."
    )
    assert pick(found, "mean", "6")["value"] == 10
    assert ECOLOGICAL in found.attrs["notes"]


def test_context_areas_never_enter():
    found = equity.summary(minutes(10, 20, 30, 40, 50), county(), by="local_fifth")

    assert pick(found, "mean", "everyone")["value"] == 30
    assert pick(found, "people", "everyone")["value"] == 500


def test_the_gap_is_said_with_its_direction():
    near = equity.summary(minutes(10, 20, 30, 40, 50), county(), by="local_fifth")
    far = equity.summary(minutes(50, 40, 30, 20, 10), county(), by="local_fifth")

    assert pick(near, "difference", "1 minus 5")["value"] == -40
    assert pick(near, "difference", "1 minus 5")["sentence"] == (
        "People living in the most deprived local fifth have on average 40.0 minutes less to "
        "travel than people living in the least deprived local fifth."
    )
    assert "40.0 minutes further to travel" in pick(far, "difference", "1 minus 5")["sentence"]
    assert pick(far, "ratio", "1 over 5")["value"] == 5


def test_a_score_says_whether_more_is_better():
    score = minutes(1, 2, 3, 4, 5, unit="places", direction="higher is better", label="Places")

    found = equity.summary(score, county(), by="local_fifth")

    assert pick(found, "difference", "1 minus 5")["sentence"] == (
        "Places: people living in the most deprived local fifth have on average 4 places less "
        "(worse) than people living in the least deprived local fifth."
    )
    share = minutes(0, 0.1, 0.2, 0.3, 0.4, unit="share of people", direction="higher is better")
    words = equity.summary(share, county(), by="local_fifth")
    assert (
        "40 percentage points less (worse)"
        in words.query("statistic == 'difference'").iloc[0]["sentence"]
    )


def test_people_without_a_value_are_never_dropped_in_silence():
    gone = minutes(10, 20, 30, 40, np.nan)

    found = equity.summary(gone, county(), by="urban")

    assert np.isnan(pick(found, "mean", "everyone")["value"])
    assert pick(found, "mean", "everyone")["sentence"] == (
        "Not given: 100 of 500 people live in areas without a value."
    )
    assert pick(found, "people_without_value", "rural")["value"] == 100
    assert pick(found, "median", "everyone")["value"] == 30  # unreached ranked furthest
    assert pick(found, "mean", "urban")["value"] == 15


def test_how_the_unreached_enter_changes_the_answer_and_is_said():
    gone = minutes(10, 20, 30, 40, np.nan)

    counted = equity.summary(gone, county(), by="urban", unreached=60.0)
    dropped = equity.summary(gone, county(), by="urban", unreached="leave out")

    assert pick(counted, "mean", "everyone")["value"] == 32
    assert "100 people without a value count at 60" in pick(counted, "mean", "rural")["sentence"]
    assert pick(dropped, "mean", "everyone")["value"] == 25
    assert "are left out" in pick(dropped, "mean", "rural")["sentence"]


def test_the_income_domain_stands_beside_the_overall_index_for_travel_times():
    income = county(
        domain_income_decile=[10.0, 9.0, 8.0, 7.0, 6.0, 1.0],
        domain_income_rank=[5.0, 4.0, 3.0, 2.0, 1.0, 6.0],
    )

    found = equity.summary(minutes(10, 20, 30, 40, 50), income)
    local = equity.summary(minutes(10, 20, 30, 40, 50), income, by="local_fifth")

    assert pick(found, "mean", "10", "domain_income_decile")["value"] == 10
    assert pick(local, "difference", "1 minus 5", "income_local_fifth")["value"] == 40
    shared = OVERLAPS["travel times"]
    assert shared.beside in found.attrs["notes"]
    without = equity.summary(minutes(10, 20, 30, 40, 50), county())
    assert shared.alone in without.attrs["notes"]


def test_a_travel_time_is_never_set_against_a_domain_made_of_distance():
    areas = county(domain_barriers_decile=1.0)

    with pytest.raises(AccessError, match="itself measures distance"):
        equity.summary(minutes(1, 2, 3, 4, 5), areas, by="domain_barriers_decile")
    rate = minutes(1, 2, 3, 4, 5, made_from="counts")
    assert len(equity.summary(rate, areas, by="domain_barriers_decile"))


def test_a_health_outcome_is_treated_alike_with_the_health_domain():
    areas = county(domain_health_decile=1.0, domain_income_decile=[10.0, 9.0, 8.0, 7.0, 6.0, 1.0])
    rate = minutes(1, 2, 3, 4, 5, made_from=HEALTH_OUTCOMES, unit="admissions")

    with pytest.raises(AccessError, match="itself measures ill health"):
        equity.summary(rate, areas, by="domain_health_decile")
    found = equity.summary(rate, areas)
    assert pick(found, "mean", "10", "domain_income_decile")["value"] == 1
    assert any("counts ill health" in note for note in found.attrs["notes"])


def test_many_different_numbers_make_no_groups():
    many = pd.concat([county().iloc[[0]]] * 25)
    many.index = pd.Index([f"a{at:02}" for at in range(25)], name="area")
    many["score"] = np.arange(25.0)

    with pytest.raises(AccessError, match="25 different numbers"):
        equity.grouping(many, "score")


def test_nations_are_never_pooled():
    mixed = county(nation=["E", "E", "W", "W", "E", "E"])

    with pytest.raises(AccessError, match="must not be pooled"):
        equity.summary(minutes(1, 2, 3, 4, 5), mixed)
    assert len(equity.summary(minutes(1, 2, 3, 4, 5), mixed, by="urban"))


def test_groups_without_order_are_compared_from_most_to_least():
    found = equity.summary(minutes(10, 20, 30, 40, 50), county(), by="rurality")

    assert pick(found, "difference", "village minus town")["value"] == 20
    assert pick(found, "people", "not known")["value"] == 100


def test_people_in_groups_add_up_to_everyone():
    found = equity.summary(minutes(10, 20, 30, 40, 50), county(), by="rurality")
    people = found[found["statistic"] == "people"].set_index("group")["value"]

    assert people.drop("everyone").sum() == people["everyone"] == 500


def test_a_subgroup_may_weigh_in_place_of_everyone():
    areas = county(age_65_plus=[100.0, 0, 0, 0, 0, 7.0])

    found = equity.summary(minutes(10, 20, 30, 40, 50), areas, by="urban", people="age_65_plus")

    assert pick(found, "mean", "everyone")["value"] == 10
    assert pick(found, "people", "rural")["value"] == 0


def test_absent_columns_and_areas_are_named():
    with pytest.raises(AccessError, match="no column 'nothing'"):
        equity.summary(minutes(1, 2, 3, 4, 5), county(), by="nothing")
    with pytest.raises(AccessError, match="no column 'age_0'"):
        equity.summary(minutes(1, 2, 3, 4, 5), county(), people="age_0")
    with pytest.raises(AccessError, match="nothing for 1 areas"):
        equity.summary(minutes(1, 2, 3, 4, 5).drop("a"), county())


def test_names_are_kept_as_they_are_and_inputs_unchanged():
    areas = county(rurality=["<script>", "=1+1", "<script>", "a", "b", "c"])
    before = areas.copy()

    found = equity.summary(minutes(1, 2, 3, 4, 5), areas, by="rurality")

    assert {"<script>", "=1+1"} <= set(found["group"])
    pd.testing.assert_frame_equal(areas, before)
