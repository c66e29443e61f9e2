"""A hidden count cannot be worked out: by subtraction, by algebra, or by trying every table."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.errors import DisclosureError
from slgeo.report.disclosure import HIDDEN, RULES, Rule, Total, controlled, deducible

laws = settings(max_examples=40, deadline=None)
RULE = st.sampled_from(sorted(RULES))
SMALL = st.integers(0, 12)
MIXED = st.one_of(SMALL, st.integers(0, 60))


@st.composite
def one_way(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Total], str]:
    """Some areas and their total, one or two columns of counts."""
    parts = draw(st.integers(2, 5))
    columns = ["n"] if draw(st.booleans()) else ["n", "m"]
    raw = pd.DataFrame(
        {name: [draw(MIXED) for _ in range(parts)] for name in columns},
        index=[f"p{at}" for at in range(parts)],
    )
    raw.loc["all"] = raw.sum()
    return raw, [Total("all", tuple(raw.index[:-1]))], draw(RULE)


@st.composite
def two_way(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Total], str]:
    """Areas by group, with totals both ways and, at times, a total of some areas only."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    raw = pd.DataFrame(
        [[draw(MIXED) for _ in range(columns)] for _ in range(rows)],
        index=[f"p{at}" for at in range(rows)],
        columns=[f"g{at}" for at in range(columns)],
    )
    raw["every"] = raw.sum(axis=1)
    parts = tuple(raw.index)
    totals = [Total("every", tuple(raw.columns[:-1]), axis="columns"), Total("all", parts)]
    if draw(st.booleans()) and rows > 2:
        raw.loc["some"] = raw.loc[list(parts[:2])].sum()
        totals.append(Total("some", parts[:2]))
    raw.loc["all"] = raw.loc[list(parts)].sum()
    return raw, totals, draw(RULE)


def done_or_none(raw: pd.DataFrame, totals: list[Total], rule: str) -> pd.DataFrame | None:
    """Control a table; None where it was refused, which keeps every secret."""
    try:
        return controlled(raw, counts=list(raw.columns), rule=rule, totals=totals).frame
    except DisclosureError:
        return None


@laws
@given(st.one_of(one_way(), two_way()))
def test_no_small_count_is_shown_and_every_zero_is(
    table: tuple[pd.DataFrame, list[Total], str],
) -> None:
    raw, totals, rule = table
    shown = done_or_none(raw, totals, rule)
    if shown is None:
        return
    small = (raw >= 1) & (raw <= RULES[rule].largest_hidden)

    assert (shown[small].fillna(HIDDEN) == HIDDEN).all().all()
    assert (shown[raw == 0].fillna(0) == 0).all().all()


@laws
@given(st.one_of(one_way(), two_way()))
def test_a_hidden_count_is_not_a_combination_of_what_is_shown(
    table: tuple[pd.DataFrame, list[Total], str],
) -> None:
    """By algebra alone, rounding aside: no small hidden count is fixed by the totals."""
    raw, totals, rule = table
    shown = done_or_none(raw, totals, rule)
    if shown is None or RULES[rule].base > 1:
        return  # rounded totals fix nothing exactly
    cells = [(row, column) for row in raw.index for column in raw.columns]
    hidden = [cell for cell in cells if shown.loc[cell] == HIDDEN]
    rows = [
        [float(cell == whole) - float(cell in parts) for cell in hidden]
        for whole, parts in sums_of(raw, totals)
    ]
    matrix = np.array(rows).reshape(len(rows), len(hidden))
    for at, cell in enumerate(hidden):
        alone = np.zeros(len(hidden))
        alone[at] = 1
        fixed = np.linalg.matrix_rank(np.vstack([matrix, alone])) == np.linalg.matrix_rank(matrix)
        assert not fixed or raw.loc[cell] > RULES[rule].largest_hidden, cell


@laws
@given(one_way())
def test_another_table_fits_what_is_shown(
    table: tuple[pd.DataFrame, list[Total], str],
) -> None:
    """By trying all tables of a column: each small hidden count could be another number."""
    raw, totals, rule = table
    shown = done_or_none(raw, totals, rule)
    if shown is None:
        return
    for column in raw.columns:
        behind = {row: possible(shown.loc[row, column], RULES[rule]) for row in raw.index}
        for row in raw.index[:-1]:
            value = int(raw.loc[row, column])
            if shown.loc[row, column] == HIDDEN and value <= RULES[rule].largest_hidden:
                others = {0}
                for other in raw.index[:-1]:
                    if other != row:
                        others = {sum_ + count for sum_ in others for count in behind[other]}
                fit = {
                    count
                    for count in behind[row]
                    if any(sum_ + count in behind["all"] for sum_ in others)
                }
                assert value in fit, "the truth itself must fit"
                assert len(fit) > 1, (column, row)


def possible(value: object, rule: Rule) -> range:
    """Tell what may stand behind a figure, the slow and obvious way."""
    if value == HIDDEN:
        return range(1, 400)
    number = int(str(value))
    if rule.base == 1 or number == 0:
        return range(number, number + 1)
    behind = [
        count
        for count in range(rule.largest_hidden + 1, number + 6)
        if (count + 2) // 5 * 5 == number
    ]
    return range(behind[0], behind[-1] + 1)


@laws
@given(st.one_of(one_way(), two_way()))
def test_what_is_written_passes_the_readers_own_attack(
    table: tuple[pd.DataFrame, list[Total], str],
) -> None:
    raw, totals, rule = table
    shown = done_or_none(raw, totals, rule)
    if shown is None:
        return

    found = deducible(shown, counts=list(raw.columns), rule=rule, totals=totals)

    assert [(row, column) for row, column, count in found if raw.loc[row, column] == count] == []


@laws
@given(one_way())
def test_control_changes_no_more_than_it_must(
    table: tuple[pd.DataFrame, list[Total], str],
) -> None:
    """A table without small counts is only rounded, and one without totals loses only them."""
    raw, totals, rule = table
    chosen = RULES[rule]
    safe = raw.drop("all") * 20
    safe.loc["all"] = safe.sum()
    rounded = (safe + chosen.base // 2) // chosen.base * chosen.base

    kept = controlled(safe, counts=list(raw.columns), rule=rule, totals=totals)
    alone = controlled(raw, counts=list(raw.columns), rule=rule)

    pd.testing.assert_frame_equal(kept.frame.astype(int), rounded.astype(int))
    assert alone.hidden == int(((raw >= 1) & (raw <= chosen.largest_hidden)).sum().sum())


def sums_of(
    raw: pd.DataFrame, totals: list[Total]
) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Write totals as cells: a whole and its parts."""
    made = []
    for total in totals:
        if total.axis == "rows":
            made += [
                ((total.whole, column), [(part, column) for part in total.parts])
                for column in raw.columns
            ]
        else:
            made += [
                ((row, total.whole), [(row, part) for part in total.parts]) for row in raw.index
            ]
    return made
