"""A measure by groups of people: everybody counted, the empty groups shown, the gap in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.access.lift import LOWER
from slgeo.equity.overlap import overlap_of, refuse_shared_domain
from slgeo.equity.sorted_people import NOT_KNOWN, Grouping, grouping
from slgeo.equity.tidy import Prepared, Row, Unreached, amount, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

INCOME: Final = {
    "deprivation_decile": "domain_income_decile",
    "deprivation_fifth": "domain_income_fifth",
    "local_fifth": "income_local_fifth",
    "local_tenth": "income_local_tenth",
}
"""What stands beside each grouping by the overall index, for a measure made of travel times."""


def summary(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    *,
    by: str = "deprivation_decile",
    people: str = "population",
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Summarise a measure by groups of the study's people.

    Parameters
    ----------
    values
        A measure by area.
    areas
        The areas table; only areas with ``in_study`` count.
    by
        What to group by: see :func:`slgeo.equity.sorted_people.grouping`.
    people
        Column of ``areas`` to weight by: ``population``, or a subgroup such as ``age_65_plus``.
    unreached
        How people of areas without a value enter the mean: it is ``missing`` where there are any,
        they are ``leave out``, or they count at a number. The median ranks them at the worse end.

    Returns
    -------
    pd.DataFrame
        Tidy. For everyone and for every group, the empty ones too: ``people``,
        ``people_without_value``, ``mean`` and ``median``; then ``difference`` and ``ratio`` between
        the ends. A measure made of travel times set against the overall deprivation index is
        followed by the same rows by its Income domain, or by a note that there is none; so is one
        whose ``attrs["made_from"]`` is ``health outcomes``, since the index counts ill health.

    Raises
    ------
    AccessError
        If the column is absent, nations would be pooled, or a travel time would be set against a
        domain that itself measures distance (a health outcome, against the health domain).
    """
    if people not in areas.columns:
        raise AccessError(f"areas have no column {people!r} to weight by; join it first")
    notes = []
    overlap = overlap_of(values)
    refuse_shared_domain(overlap, by)
    rows = list(_rows(values, areas, grouping(areas, by), people, unreached))
    beside = INCOME.get(by)
    if overlap is not None and beside is not None:
        column = "domain_income_rank" if "local" in by else "domain_income_decile"
        if column in areas.columns:
            rows += _rows(values, areas, grouping(areas, beside), people, unreached)
            notes.append(overlap.beside)
        else:
            notes.append(overlap.alone)
    return tidy(rows, notes=notes)


def absent_groups(areas: pd.DataFrame, by: str = "deprivation_decile") -> list[str]:
    """
    Say which national groups nobody of the study lives in.

    Parameters
    ----------
    areas
        The areas table.
    by
        A national grouping.

    Returns
    -------
    list of str
        Sentences: whole fifths first, then single tenths of a fifth that is not empty.

    Examples
    --------
    >>> import pandas as pd
    >>> areas = pd.DataFrame(
    ...     {"in_study": True, "nation": "E", "population": 9.0,
    ...      "deprivation_decile": [3, 4, 5, 6, 7, 8, 9, 10]},
    ...     index=pd.Index(list("abcdefgh"), name="area"),
    ... )
    >>> absent_groups(areas)
    ["Nobody here lives in England's most deprived fifth of areas."]
    """
    found = grouping(areas, by)
    study = areas.loc[found.label.index]
    living = study["population"].groupby(found.label).sum()
    empty = [group for group in found.groups if not living.get(group, 0) > 0]
    sentences = []
    if len(found.groups) == 10 and by.endswith("_decile"):
        fifths = grouping(areas, f"{by.removesuffix('_decile')}_fifth")
        for fifth in range(1, 6):
            pair = {str(2 * fifth - 1), str(2 * fifth)}
            if pair <= set(empty):
                sentences.append(f"Nobody here lives in {fifths.words[str(fifth)]}.")
                empty = [group for group in empty if group not in pair]
    return sentences + [f"Nobody here lives in {found.words[group]}." for group in empty]


def weighted_median(values: np.ndarray[Any, Any], people: np.ndarray[Any, Any]) -> float:
    """
    Find the smallest value that at least half of the people do not exceed.

    Returns
    -------
    float
        Missing where nobody counts.
    """
    keep = people > 0
    if not keep.any():
        return float("nan")
    order = np.argsort(values[keep], kind="stable")
    cumulated = np.cumsum(people[keep][order])
    half = cumulated[-1] / 2
    return float(values[keep][order][np.searchsorted(cumulated, half - 1e-9 * half)])


def _rows(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    groups: Grouping,
    column: str,
    unreached: Unreached,
) -> Iterator[Row]:
    weight = areas.loc[groups.label.index, column].astype(float)
    if weight.isna().any():
        weight = weight.fillna(0.0)
    means: dict[str, tuple[float, Prepared]] = {}
    names = ("", *groups.groups, *((NOT_KNOWN,) if (groups.label == NOT_KNOWN).any() else ()))
    for group in names:
        inside = weight if not group else weight[groups.label == group]
        found = prepare(values, inside, unreached=unreached)
        if group and not inside.sum() > 0:
            yield _empty(found, groups, group)
            continue
        mean = _mean(found)
        means[group] = (mean, found)
        yield from _group_rows(values, inside, found, mean, groups, group)
    yield from _comparison(values, groups, means)


def _group_rows(
    values: pd.Series[Any],
    inside: pd.Series[Any],
    found: Prepared,
    mean: float,
    groups: Grouping,
    group: str,
) -> Iterator[Row]:
    who = f"the {found.everyone:,.0f} people" + (
        f" living in {groups.words.get(group, 'areas whose group is not known')}" if group else ""
    )
    label = str(values.attrs.get("label", found.measure))
    middle = _median(values, inside)
    untimed = f"{found.without:,.0f} of {who} live in areas without a value."
    half = f"{label}: {_number(middle)} or less for half of {who}."
    if np.isnan(middle):
        half = f"Not given: at least half of {who} live in areas without a value."
    said = f"{label}: {_number(mean)} on average for {who}."
    shown = group or "everyone"
    facts = (
        ("people", found.everyone, ""),
        ("people_without_value", found.without, untimed if found.without else ""),
        ("median", middle, half),
    )
    yield found.row("mean", mean, said, by=groups.by, group=shown)
    for statistic, value, sentence in facts:
        yield Row(
            found.measure,
            statistic,
            groups.by,
            shown,
            value,
            found.everyone,
            found.n,
            sentence,
        )


def _comparison(
    values: pd.Series[Any], groups: Grouping, means: dict[str, tuple[float, Prepared]]
) -> Iterator[Row]:
    living = [group for group in groups.groups if group in means]
    if len(living) < 2:
        return
    if groups.ordered:
        first, last = living[0], living[-1]
    else:
        known = [group for group in living if not np.isnan(means[group][0])] or living
        first = max(known, key=lambda group: means[group][0])
        last = min(known, key=lambda group: means[group][0])
    (high, top), (low, bottom) = means[first], means[last]
    people, n = top.everyone + bottom.everyone, top.n + bottom.n
    sentence = gap_sentence(values, groups, first, last, high - low)
    pair = f"{first} minus {last}"
    yield Row(top.measure, "difference", groups.by, pair, high - low, people, n, sentence)
    ratio = high / low if low else float("nan")
    words = "" if not np.isnan(ratio) else "Not given: there is nothing to divide by."
    yield Row(top.measure, "ratio", groups.by, f"{first} over {last}", ratio, people, n, words)


def gap_sentence(
    values: pd.Series[Any], groups: Grouping, first: str, last: str, difference: float
) -> str:
    """
    Put a difference between two groups into words, direction included.

    Parameters
    ----------
    values
        The measure, for its unit and direction.
    groups
        The grouping.
    first, last
        The groups compared.
    difference
        First minus last.
    """
    one, other = _tip(groups, first, worst=True), _tip(groups, last, worst=False)
    if np.isnan(difference):
        return f"Not given: people living in {one} or in {other} include some without a value."
    unit = str(values.attrs.get("unit", ""))
    if unit == "minutes":
        size = _number(abs(difference))
        more = "further to travel" if difference >= 0 else "less to travel"
        return (
            f"People living in {one} have on average {size} minutes {more} than people living in "
            f"{other}."
        )
    more = "more" if difference >= 0 else "less"
    worse = (difference >= 0) == (values.attrs.get("direction") == LOWER)
    verdict = "" if "direction" not in values.attrs else f" ({'worse' if worse else 'better'})"
    label = str(values.attrs.get("label", values.name))
    return (
        f"{label}: people living in {one} have on average {amount(abs(difference), unit)} {more}"
        f"{verdict} than people living in {other}."
    )


def _tip(groups: Grouping, group: str, *, worst: bool) -> str:
    words = groups.words[group]
    if not groups.ordered or "deprived" in words:
        return words
    return f"{words} (the {'most' if worst else 'least'} deprived found here)"


def _empty(found: Prepared, groups: Grouping, group: str) -> Row:
    if group == NOT_KNOWN:
        sentence = "Nobody lives in the areas whose group is not known."
    else:
        sentence = _nobody(groups, group)
    return Row(found.measure, "people", groups.by, group, 0.0, 0.0, found.n, sentence)


def _nobody(groups: Grouping, group: str) -> str:
    return f"None here: nobody lives in {groups.words[group]}."


def _mean(found: Prepared) -> float:
    total = found.people.sum()
    if not found.usable or not total > 0:
        return float("nan")
    return float((found.value * found.people).sum() / total)


def _median(values: pd.Series[Any], inside: pd.Series[Any]) -> float:
    """Rank areas without a value at the worse end, where nothing is known to be better."""
    value = values.reindex(inside.index).to_numpy(dtype=float)
    worst = np.inf if values.attrs.get("direction", LOWER) == LOWER else -np.inf
    middle = weighted_median(np.where(np.isnan(value), worst, value), inside.to_numpy(dtype=float))
    return middle if np.isfinite(middle) else float("nan")


def _number(value: float) -> str:
    if np.isnan(value):
        return "not known"
    return f"{value:,.1f}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"
