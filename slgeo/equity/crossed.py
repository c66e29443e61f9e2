"""Two groupings at once, and groups that live mixed within areas."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.equity.overlap import overlap_of, refuse_shared_domain
from slgeo.equity.sorted_people import Grouping, grouping
from slgeo.equity.tidy import Row, Unreached, prepare, tidy
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

EVENLY: Final = (
    "Groups of people are taken as evenly spread inside each area, so differences inside areas "
    "cannot show."
)
"""Said with every result by groups that live mixed within areas."""


def cross_table(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    *,
    rows: str = "local_fifth",
    columns: str = "urban",
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Summarise a measure by two groupings at once: deprivation by rurality.

    Parameters
    ----------
    values
        A measure by area.
    areas
        The areas table; only areas with ``in_study`` count.
    rows, columns
        Groupings, as in :func:`slgeo.equity.summary`.
    unreached
        How people of areas without a value enter the mean.

    Returns
    -------
    pd.DataFrame
        Tidy: ``people``, ``people_without_value`` and ``mean`` for every pair of groups, those that
        nobody lives in too (people 0, mean missing); ``group`` is ``row x column``.

    Raises
    ------
    AccessError
        As in :func:`slgeo.equity.summary`.
    """
    overall = {"deprivation_decile", "deprivation_fifth", "local_fifth", "local_tenth"}
    overlap = overlap_of(values)
    for by in (rows, columns):
        refuse_shared_domain(overlap, by)
    notes = [overlap.crossed] if overlap is not None and overall & {rows, columns} else []
    one, other = grouping(areas, rows), grouping(areas, columns)
    weight = areas.loc[one.label.index, "population"].astype(float)
    return tidy(_pairs(values, weight, one, other, unreached), notes=notes)


def population_groups(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    *,
    family: str = "age",
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Summarise a measure by groups that live mixed within areas: age, sex, ethnic group.

    Parameters
    ----------
    values
        A measure by area.
    areas
        The areas table with columns of one family, for example ``age_0_15``, ``age_16_24``; only
        areas with ``in_study`` count.
    family
        What those columns begin with: ``age``, ``sex`` or ``ethnic``, or any other.
    unreached
        How people of areas without a value enter the mean.

    Returns
    -------
    pd.DataFrame
        Tidy: ``people``, ``people_without_value`` and ``mean`` of everyone and of each group,
        weighted by the group's people; the notes say that groups are taken as evenly spread.

    Raises
    ------
    AccessError
        If no column belongs to the family.
    """
    names = [str(name) for name in areas.columns if str(name).startswith(f"{family}_")]
    if not names:
        raise AccessError(f"areas have no columns {family}_*; join them first")
    study = areas[areas["in_study"].astype(bool)]
    weights = {"everyone": study["population"]} | {
        name.removeprefix(f"{family}_"): study[name] for name in names
    }
    rows: list[Row] = []
    for group, column in weights.items():
        rows += _cell(values, column.fillna(0.0).astype(float), family, group, unreached)
    return tidy(rows, notes=[EVENLY])


def _pairs(
    values: pd.Series[Any],
    weight: pd.Series[Any],
    one: Grouping,
    other: Grouping,
    unreached: Unreached,
) -> Iterator[Row]:
    by = f"{one.by} x {other.by}"
    for first, second in product(_groups(one), _groups(other)):
        inside = weight[(one.label == first) & (other.label == second)]
        yield from _cell(values, inside, by, f"{first} x {second}", unreached)


def _groups(found: Grouping) -> tuple[str, ...]:
    """List the groups, with the areas whose group is not known where there are any."""
    more = sorted(set(found.label) - set(found.groups))
    return (*found.groups, *more)


def _cell(
    values: pd.Series[Any], weight: pd.Series[Any], by: str, group: str, unreached: Unreached
) -> list[Row]:
    found = prepare(values, weight, unreached=unreached)
    total = float(found.people.sum())
    mean = float((found.value * found.people).sum() / total) if total > 0 else np.nan
    label = str(values.attrs.get("label", found.measure))
    said = f"{label}: {mean:,.3g} on average for {found.everyone:,.0f} people."
    if not found.everyone > 0:
        said = "None here."
    facts = (("people", found.everyone), ("people_without_value", found.without))
    rows = [
        Row(found.measure, name, by, group, value, found.everyone, found.n, "")
        for name, value in facts
    ]
    return [*rows, found.row("mean", mean, said, by=by, group=group)]
