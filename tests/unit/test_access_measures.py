"""
Nearest, within, choice, reach of sites and two-step catchments on a town small enough for a pencil.

Three areas. A: two origins of 60 and 40 people. B: one origin of 50 that reaches nothing. C: no
people at all, one origin. D has no origin.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import access
from slgeo.errors import AccessError
from slgeo.routing.times import TravelTimes

ORIGINS = pd.DataFrame(
    {
        "area": ["A", "A", "B", "C"],
        "people": [60.0, 40.0, 50.0, 0.0],
        "reason": [None, None, "outside_network", None],
    },
    index=pd.Index(["a1", "a2", "b1", "c1"], name="origin"),
)
TIMES = pd.DataFrame(
    [("a1", "s", 0.0), ("a1", "t", 20.0), ("a2", "s", 10.0), ("c1", "t", 30.0)],
    columns=["origin", "site", "minutes"],
)


def town(**options: object) -> TravelTimes:
    return TravelTimes.from_frame(
        TIMES,
        ORIGINS,
        ["s", "t", "u"],
        **{"limit": 60.0, "mode": "walk", "areas": ["A", "B", "C", "D"], **options},
    )


def values(series: pd.Series) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in series]


def test_nearest_is_weighted_by_people_and_keeps_every_area():
    found = access.nearest(town())

    assert list(found.index) == ["A", "B", "C", "D"]
    assert found.index.name == "area"
    assert values(found) == [4.0, None, 30.0, None]  # 60 x 0 + 40 x 10 over 100; zero is a trip
    assert found.attrs["direction"] == "lower is better"
    assert found.attrs["unit"] == "minutes"
    assert found.attrs["people_without_time"] == 50


def test_mean_is_missing_where_more_people_than_tolerated_have_no_second_site():
    assert values(access.nearest(town(), k=2)) == [None, None, None, None]
    # 40 of 100 reach only one: tolerated, they count at the limit, so 60 x 20 + 40 x 60
    assert values(access.nearest(town(), k=2, tolerance=0.4)) == [36.0, None, None, None]


def test_a_comparison_may_count_everyone_without_a_time_at_the_limit_and_says_so():
    found = access.nearest(town(), tolerance=1)

    assert values(found) == [4.0, 60.0, 30.0, None]
    assert "those without a time counted at 60" in found.attrs["label"]


def test_median_is_exact_while_most_people_have_a_time():
    assert values(access.nearest(town(), lift="median")) == [0.0, None, 30.0, None]
    assert values(access.nearest(town(), k=2, lift="median")) == [20.0, None, None, None]


def test_median_where_exactly_half_have_a_time_is_the_longest_of_them():
    halves = ORIGINS.assign(people=[50.0, 50.0, 50.0, 0.0])
    times = TravelTimes.from_frame(TIMES, halves, ["s", "t"], limit=60, mode="walk")

    assert access.nearest(times, k=2, lift="median")["A"] == 20.0


def test_mean_of_nearest_two():
    assert values(access.nearest_mean(town(), k=2, lift="median")) == [10.0, None, None, None]


def test_nearest_table_accounts_for_everyone():
    table = access.nearest_table(town())

    assert table["people"].tolist() == [100, 50, 0, 0]
    assert table["people_without_time"].tolist() == [0, 50, 0, 0]
    assert [str(site) if pd.notna(site) else None for site in table["site"]] == [
        "s",
        None,
        "t",
        None,
    ]
    assert table.loc["B", "reason"] == "outside_network"
    assert pd.isna(table.loc["A", "reason"])
    assert access.nearest_table(town(), k=2).loc["A", "reason"] == "beyond_limit"


def test_within_and_beyond_add_up_to_everyone_and_the_boundary_is_inside():
    near = access.people_within(town(), minutes=10)
    far = access.people_beyond(town(), minutes=10)

    assert near.tolist() == [100, 0, 0, 0]
    assert far.tolist() == [0, 50, 0, 0]
    assert access.people_within(town(), minutes=9.99).tolist() == [60, 0, 0, 0]
    assert far.attrs["people_without_time"] == 50
    assert access.people_without_time(town()).tolist() == [0, 50, 0, 0]


def test_share_within_of_an_area_that_reaches_nothing_is_zero_not_missing():
    assert values(access.share_within(town(), minutes=5)) == [0.6, 0.0, 0.0, None]
    assert values(access.share_within(town(), minutes=20, k=2)) == [0.6, 0.0, 0.0, None]


def test_a_subgroup_may_be_counted_in_place_of_everyone():
    older = pd.Series([6.0, 1.0, 2.0, 0.0], index=ORIGINS.index)

    assert access.people_within(town(), minutes=5, people=older).tolist() == [6, 0, 0, 0]
    with pytest.raises(AccessError, match="none given for 1 of 4 origins"):
        access.people_within(town(), minutes=5, people=older.drop("c1"))


def test_people_by_site_lists_every_site():
    found = access.people_by_site(town(), minutes=(10, 20))

    assert found["s"].tolist() == [100, 100]
    assert found["t"].tolist() == [0, 60]
    assert found["u"].tolist() == [0, 0]
    assert found.index.names == ["site", "minutes"]


def test_choice_counts_kinds_and_not_places():
    kinds = pd.Series({"s": "gp", "t": "library", "u": "gp"})
    same = pd.Series({"s": "gp", "t": "gp", "u": "gp"})

    assert values(access.kinds_within(town(), kinds, minutes=30)) == [1.6, 0, 1, None]
    assert values(access.kinds_within(town(), same, minutes=30)) == [1, 0, 1, None]
    with pytest.raises(AccessError, match="no kind for 1 sites"):
        access.kinds_within(town(), kinds.drop("u"), minutes=30)


def test_two_step_by_hand_keeps_the_unreached_at_zero():
    capacity = pd.Series({"s": 10.0, "t": 6.0, "u": 5.0})

    found = access.two_step(town(), capacity, minutes=30, rate=access.Rate(per=1))

    # s: 10 over 100 people; t: 6 over a1's 60 (nobody lives at c1); u is reached by nobody
    assert values(found) == pytest.approx([0.1 + 0.6 * 0.1, 0.0, 0.1, None])
    assert found.attrs["supply_given"] == 21
    assert found.attrs["supply_handed_out"] == pytest.approx(16)
    assert found.attrs["sites_without_demand"] == ["u"]
    assert found.attrs["unit"] == "capacity per 1 residents"
    assert found.attrs["coverage"] == pytest.approx(100 / 150)


def test_places_are_never_called_capacity():
    found = access.two_step(town(), access.one_each(town()))

    assert found.attrs["unit"] == "places per 10,000 residents"
    assert "apacity" not in found.attrs["label"]


@pytest.mark.parametrize(
    ("capacity", "words"),
    [
        (None, "none given"),
        (pd.Series({"s": 1.0, "t": np.nan, "u": 1.0}), "missing for 1 of 3 sites .first: 't'"),
        (pd.Series({"s": 1.0, "t": -1.0, "u": 1.0}), "negative for site 't'"),
        (pd.Series({"s": 1.0, "t": 1.0}), "none given for 1 of 3 sites"),
        (pd.Series({"s": 1.0, "t": 1.0, "u": 1.0, "x": 1.0}), "not among the travel times"),
        (pd.Series([1.0, 2.0], index=["s", "s"]), "1 repeated site"),
        (pd.Series({"s": np.inf, "t": 1.0, "u": 1.0}), "infinite"),
    ],
    ids=["none", "missing", "negative", "absent", "unknown", "repeated", "infinite"],
)
def test_a_per_head_measure_never_guesses_capacity(capacity: pd.Series | None, words: str) -> None:
    with pytest.raises(AccessError, match=words):
        access.two_step(town(), capacity)


def test_balance_shows_where_each_sites_supply_went():
    capacity = pd.Series({"s": 10.0, "t": 6.0, "u": 5.0})
    in_study = pd.Series({"A": False, "B": True, "C": True, "D": True})

    sheet = access.balance(town(), capacity, in_study, minutes=30)

    assert (sheet["to_study"] + sheet["to_context"] + sheet["leaked"]).tolist() == [10, 6, 5]
    assert sheet["to_context"].tolist() == [10, 6, 0]
    assert sheet.attrs["sites_without_demand"] == ["u"]
    assert sheet.attrs["study_share"] == 0
    assert "1 site reaches nobody" in sheet.attrs["sentence"]


def test_another_speed_stretches_times_and_limit_together():
    slow = access.at_other_speed(town(), slower=1.5)
    quick = access.at_other_speed(town(), slower=0.5)

    assert values(access.nearest(slow)) == [6.0, None, 45.0, None]
    assert slow.limit == 90
    assert "times x 1.5" in slow.speeds
    assert access.people_within(slow, minutes=15).tolist() == (
        access.people_within(town(), minutes=10).tolist()
    )
    with pytest.raises(AccessError, match="searched to 30"):
        access.people_within(quick, minutes=40)
    with pytest.raises(AccessError, match="above 0"):
        access.at_other_speed(town(), slower=0)


def test_what_was_not_searched_cannot_be_counted():
    with pytest.raises(AccessError, match="searched to 60"):
        access.people_within(town(), minutes=61)
    with pytest.raises(AccessError, match="searched to 60"):
        access.two_step(town(), access.one_each(town()), decay=access.decay.binary(90))


def test_times_of_the_nearest_only_do_not_answer_for_a_catchment():
    first = TIMES.drop_duplicates("origin")
    few = TravelTimes.from_frame(first, ORIGINS, ["s", "t", "u"], limit=60, mode="walk", kept=1)

    assert access.nearest(few)["A"] == 4.0
    with pytest.raises(AccessError, match="only the 1 nearest were kept"):
        access.nearest(few, k=2)
    with pytest.raises(AccessError, match="only the 1 nearest were kept"):
        access.two_step(few, access.one_each(few))


def test_leaving_unreached_areas_out_would_change_the_mean():
    """On the three-area toy where another library gives 0.050 for a true 0.033."""
    origins = pd.DataFrame(
        {"area": ["x", "y", "z"], "people": [100.0, 100.0, 100.0]},
        index=pd.Index(["x", "y", "z"], name="origin"),
    )
    pairs = pd.DataFrame([("x", "s", 5.0), ("y", "s", 6.0)], columns=["origin", "site", "minutes"])
    times = TravelTimes.from_frame(pairs, origins, ["s"], limit=30, mode="walk")
    found = access.two_step(times, pd.Series({"s": 10.0}), rate=access.Rate(per=1))

    assert found.mean() == pytest.approx(10 / 300)
    assert found[found > 0].mean() == pytest.approx(0.05)


def test_no_origins_at_all_gives_every_area_without_a_value():
    times = TravelTimes.from_frame(
        TIMES.iloc[:0], ORIGINS.iloc[:0], ["s"], limit=30, mode="walk", areas=["A"]
    )

    assert values(access.nearest(times)) == [None]
    assert access.people_within(times, minutes=10).tolist() == [0]
    assert values(access.two_step(times, access.one_each(times))) == [None]


def test_inputs_are_not_changed():
    times, capacity = town(), pd.Series({"u": 5.0, "t": 6.0, "s": 10.0})
    before = [array.copy() for array in (times.site, times.milliseconds, times.people)]

    access.two_step(times, capacity, decay=access.decay.gaussian(10))
    access.nearest_table(times)

    for array, copy in zip((times.site, times.milliseconds, times.people), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert capacity.to_dict() == {"u": 5.0, "t": 6.0, "s": 10.0}
