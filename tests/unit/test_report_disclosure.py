"""Sensitive counts are hidden by rule, and cannot be worked out again."""

import numpy as np
import pandas as pd
import pytest

from slgeo.errors import DisclosureError, TableError
from slgeo.report.disclosure import (
    HIDDEN,
    RULES,
    Total,
    controlled,
    deducible,
    people_shown,
)


def counts_of(**columns: list[float] | list[str]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index(list("abcdefgh")[:rows], name="area"))


def test_hes_hides_1_to_7_and_rounds_the_rest_to_5() -> None:
    """NHS Digital's rule: 0 stays, 1 to 7 become *, others go to the nearest 5."""
    raw = counts_of(referred=[0, 1, 7, 8, 12, 13, 17, 18])

    shown = controlled(raw, counts=["referred"]).frame["referred"]

    assert shown.tolist() == [0, HIDDEN, HIDDEN, 10, 10, 15, 15, 20]


@pytest.mark.parametrize(("rule", "largest"), [("lt5", 4), ("lt10", 9)])
def test_the_other_rules_hide_and_do_not_round(rule: str, largest: int) -> None:
    raw = counts_of(referred=[0, 1, largest, largest + 1, 23])

    shown = controlled(raw, counts=["referred"], rule=rule).frame["referred"]

    assert shown.tolist() == [0, HIDDEN, HIDDEN, largest + 1, 23]


def test_a_count_that_a_total_would_give_away_takes_another_with_it() -> None:
    """20 = 12 + 5 + 3: with 3 hidden alone it is 20 - 12 - 5; the smallest other goes too."""
    raw = counts_of(referred=[20, 12, 5, 3])
    total = Total("a", ("b", "c", "d"))

    done = controlled(raw, counts=["referred"], rule="lt5", totals=[total])

    assert done.frame["referred"].tolist() == [20, 12, HIDDEN, HIDDEN]
    assert done.hidden == 2


def test_a_total_of_two_ones_is_hidden_too() -> None:
    """2 = 1 + 1: a hidden count is at least 1, so a total of 2 would give both away."""
    raw = counts_of(referred=[2, 1, 1, 0])

    shown = controlled(
        raw, counts=["referred"], rule="lt5", totals=[Total("a", ("b", "c", "d"))]
    ).frame["referred"]

    assert shown.tolist() == [HIDDEN, HIDDEN, HIDDEN, 0]


def test_rounding_protects_a_single_hidden_count() -> None:
    """Under hes nothing more is hidden: 20 and 12 are known to within 2 only."""
    raw = counts_of(referred=[20, 12, 8, 0])
    raw.loc["d"] = 3
    raw.loc["a"] = 23

    shown = controlled(raw, counts=["referred"], totals=[Total("a", ("b", "c", "d"))])

    assert shown.frame["referred"].tolist() == [25, 10, 10, HIDDEN]


def test_twelve_single_people_in_a_total_of_ten_are_not_given_away() -> None:
    """Twelve stars of at least 1 in a total shown as 10 (8 to 12) would each be exactly 1."""
    parts = [f"p{at}" for at in range(12)]
    raw = pd.DataFrame({"n": [12, *[1] * 12]}, index=["all", *parts])
    total = Total("all", tuple(parts))
    naive = raw.astype(object).where(raw > 7, HIDDEN)
    naive.loc["all"] = 10

    assert len(deducible(naive, counts=["n"], totals=[total])) == 12

    shown = controlled(raw, counts=["n"], totals=[total]).frame

    assert shown.loc["all", "n"] == HIDDEN


def test_a_table_with_totals_both_ways_needs_two_hidden_in_every_row_and_column() -> None:
    raw = pd.DataFrame(
        {"men": [3, 40, 43], "women": [30, 50, 80], "all": [33, 90, 123]},
        index=["north", "south", "both"],
    )
    totals = [
        Total("both", ("north", "south")),
        Total("all", ("men", "women"), axis="columns"),
    ]

    done = controlled(raw, counts=["men", "women", "all"], rule="lt5", totals=totals)

    assert deducible(done.frame, counts=done.counts, rule="lt5", totals=totals) == []
    assert done.frame.to_numpy().tolist() == [
        [HIDDEN, HIDDEN, 33],
        [HIDDEN, HIDDEN, 90],
        [43, 80, 123],
    ]


def test_two_totals_that_share_parts_are_seen_through() -> None:
    """a + b + c = 30 and b + c = 26 together say a = 4, though each hides two counts or more."""
    raw = pd.DataFrame({"n": [30, 26, 4, 13, 13]}, index=["all", "rest", "a", "b", "c"])
    totals = [Total("all", ("a", "b", "c")), Total("rest", ("b", "c"))]
    naive = raw.astype(object)
    naive.loc[["a", "b", "c"]] = HIDDEN

    assert deducible(naive, counts=["n"], rule="lt5", totals=totals) == [("a", "n", 4)]

    done = controlled(raw, counts=["n"], rule="lt5", totals=totals)

    assert deducible(done.frame, counts=["n"], rule="lt5", totals=totals) == []


def test_what_cannot_be_protected_is_refused() -> None:
    """4 = 1 + 1 + 1 + 1, all hidden: four counts of at least 1 in at most 4 are known."""
    raw = counts_of(n=[4, 1, 1, 1, 1])

    with pytest.raises(DisclosureError, match="merge small groups or areas"):
        controlled(raw, counts=["n"], rule="lt5", totals=[Total("a", ("b", "c", "d", "e"))])


def test_shares_come_from_the_counts_as_shown() -> None:
    raw = counts_of(n=[12, 3, 0, 40], people=[40, 40, 0, 42])
    raw["share"] = raw["n"] / raw["people"]

    shown = controlled(raw, counts=["n", "people"], shares={"share": ("n", "people")}).frame

    assert shown["share"].iloc[0] == 10 / 40
    assert shown["share"].iloc[1] == HIDDEN
    assert pd.isna(shown["share"].iloc[2])
    assert shown["share"].iloc[3] == 1


def test_means_over_hidden_counts_are_hidden() -> None:
    raw = counts_of(n=[12, 3])
    raw["wait"] = [20.5, 31.0]

    shown = controlled(raw, counts=["n"], means={"wait": "n"}).frame

    assert shown["wait"].tolist() == [20.5, HIDDEN]


def test_missing_counts_stay_missing_and_the_input_is_unchanged() -> None:
    raw = counts_of(n=[12, np.nan, 3])
    before = raw.copy()

    shown = controlled(raw, counts=["n"]).frame

    assert shown["n"].isna().tolist() == [False, True, False]
    pd.testing.assert_frame_equal(raw, before)


def test_an_empty_table_passes_with_its_columns() -> None:
    raw = counts_of(n=[1]).iloc[:0]

    done = controlled(raw, counts=["n"])

    assert list(done.frame.columns) == ["n"]
    assert len(done.frame) == 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (counts_of(n=[1.5]), "whole numbers of people"),
        (counts_of(n=[-1]), "whole numbers of people"),
        (counts_of(m=[1]), "no column 'n'"),
        (counts_of(n=["*"]), "has it been controlled already"),
        (pd.DataFrame({"n": [1, 2]}, index=["a", "a"]), "row keys are not unique"),
        (counts_of(n=[5, 1, 1]), "does not equal the sum of its parts"),
    ],
)
def test_a_table_that_cannot_be_controlled_is_refused(raw: pd.DataFrame, said: str) -> None:
    total = [Total("a", ("b", "c"))] if len(raw) == 3 else []
    with pytest.raises(TableError, match=said):
        controlled(raw, counts=["n"], totals=total)


def test_an_unknown_rule_names_the_known_ones() -> None:
    with pytest.raises(DisclosureError, match="rules are hes, lt5, lt10"):
        controlled(counts_of(n=[1]), counts=["n"], rule="lt6")


def test_every_rule_says_what_it_does() -> None:
    assert all(str(rule.largest_hidden) in rule.sentence for rule in RULES.values())


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        (0, "0"),
        (0.01, "fewer than 10"),
        (4.9, "fewer than 10"),
        (5, "10"),
        (994, "990"),
        (996, "1,000"),
        (6_123.7, "6,100"),
        (41_059, "41,100"),
        (99_960, "100,000"),
        (413_207, "413,000"),
    ],
)
def test_modelled_people_are_rounded_for_show(people: float, shown: str) -> None:
    assert people_shown(people) == shown


@pytest.mark.parametrize("people", [-1, float("nan"), float("inf")])
def test_nobody_is_shown_for_a_number_that_is_no_count(people: float) -> None:
    with pytest.raises(TableError):
        people_shown(people)


def test_few_counts_are_hidden_to_protect_others_in_a_table_of_districts() -> None:
    """Forty areas in four districts by two groups: about one more for each small count."""
    rng = np.random.default_rng(1)
    raw = pd.DataFrame(
        {"men": rng.poisson(6, 40), "women": rng.poisson(12, 40)},
        index=[f"X{at}" for at in range(40)],
    )
    districts = {f"D{at}": list(raw.index[at::4]) for at in range(4)}
    sums = pd.DataFrame({name: raw.loc[areas].sum() for name, areas in districts.items()}).T
    raw = pd.concat([raw, sums])
    raw["all"] = raw["men"] + raw["women"]
    totals = [
        Total("all", ("men", "women"), axis="columns"),
        *(Total(name, tuple(areas)) for name, areas in districts.items()),
    ]
    small = int(((raw >= 1) & (raw <= 4)).sum().sum())

    done = controlled(raw, counts=["men", "women", "all"], rule="lt5", totals=totals)

    assert small >= 4
    assert done.hidden <= 4 * small + 2 * len(districts)
    assert deducible(done.frame, counts=done.counts, rule="lt5", totals=totals) == []
