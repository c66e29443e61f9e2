"""
Who is set against whom: the weights over areas that make a difference between two groups' means.

The mean of a group is linear in the values of areas, so one table of weights gives the difference
between its groups for any number of measures, and for every choice a measure was made under.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.equity.by_group import INCOME
from slgeo.equity.sorted_people import Grouping, grouping
from slgeo.equity.two_ends import fifths_of
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHIN_AREAS: Final = "taken as evenly spread inside each area"
"""Said of groups that live mixed within areas."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """
    One group of people set against another.

    Parameters
    ----------
    by, group
        Name of the grouping, and which of its groups is compared with which.
    first, other
        The two in words, as subject and object of a sentence.
    weight
        By area of the study: what each counts, adding up to 0.
    people, n
        People and areas compared.
    """

    by: str
    group: str
    first: str
    other: str
    weight: pd.Series[Any]
    people: float
    n: int

    def difference(self, values: pd.DataFrame) -> pd.Series[Any]:
        """
        Set the first group's mean against the other's.

        Parameters
        ----------
        values
            One row an area, one column a measure or a choice it was made under.

        Returns
        -------
        pd.Series
            First minus other, by column; missing where an area that counts has no value.
        """
        table = values.reindex(self.weight.index).to_numpy(dtype=float)
        weight = self.weight.to_numpy(dtype=float)
        absent = np.isnan(table)
        found = weight @ np.where(absent, 0.0, table)
        found[(absent & (weight != 0)[:, None]).any(axis=0)] = np.nan
        return pd.Series(found, index=values.columns)


def contrasts(areas: pd.DataFrame) -> list[Contrast]:
    """
    List the comparisons that a study's areas allow.

    Parameters
    ----------
    areas
        The areas table; only areas with ``in_study`` count, and each comparison needs its columns.

    Returns
    -------
    list of Contrast
        The most deprived fifth and the least, national where people live in both, else local; the
        same by the Income domain; rural areas and urban ones; people aged 65 and over, each ethnic
        group, all minority ethnic groups and households without a car against everyone. Empty
        groups are left out, and so is deprivation where several nations would be pooled.
    """
    study = areas[areas["in_study"].astype(bool)]
    found = [*_deprivation(areas), *_rurality(areas), *_mixed(study)]
    return [one for one in found if one is not None]


def _deprivation(areas: pd.DataFrame) -> Iterator[Contrast | None]:
    if "deprivation_rank" not in areas.columns:
        return
    try:
        by = fifths_of(areas)
    except AccessError:  # nations are never pooled
        return
    yield _ends(areas, by)
    column = "domain_income_rank" if "local" in by else "domain_income_decile"
    if column in areas.columns:
        yield _ends(areas, INCOME[by])


def _ends(areas: pd.DataFrame, by: str) -> Contrast | None:
    """Set the first group that anybody lives in against the last."""
    groups = grouping(areas, by)
    people = areas.loc[groups.label.index, "population"].astype(float)
    living = [one for one in groups.groups if people[groups.label == one].sum() > 0]
    if len(living) < 2:
        return None
    return _against(groups, people, living[0], living[-1])


def _rurality(areas: pd.DataFrame) -> Iterator[Contrast | None]:
    if "urban" not in areas.columns:
        return
    groups = grouping(areas, "urban")
    people = areas.loc[groups.label.index, "population"].astype(float)
    if all(people[groups.label == end].sum() > 0 for end in ("rural", "urban")):
        yield _against(groups, people, "rural", "urban")


def _against(groups: Grouping, people: pd.Series[Any], first: str, last: str) -> Contrast:
    one, other = (people.where(groups.label == end, 0.0) for end in (first, last))
    return Contrast(
        groups.by,
        f"{first} minus {last}",
        f"People living in {groups.words[first]}",
        f"people living in {groups.words[last]}",
        one / one.sum() - other / other.sum(),
        float(one.sum() + other.sum()),
        int(((one > 0) | (other > 0)).sum()),
    )


def _mixed(study: pd.DataFrame) -> Iterator[Contrast | None]:
    """Set groups that live mixed within areas against everyone."""
    everyone = study["population"].astype(float)
    if "age_65_plus" in study.columns:
        yield _share(study["age_65_plus"], everyone, "age", "65_plus", "People aged 65 and over")
    ethnic = [str(name) for name in study.columns if str(name).startswith("ethnic_")]
    if "ethnic_white" in ethnic and len(ethnic) > 1:
        minority = study[[name for name in ethnic if name != "ethnic_white"]].sum(axis=1)
        words = "People of minority ethnic groups"
        yield _share(minority, everyone, "ethnic", "minority", words)
    for name in ethnic:
        group = name.removeprefix("ethnic_")
        words = f"People of the {group.replace('_', ' ')} ethnic group"
        yield _share(study[name], everyone, "ethnic", group, words)
    if "households_no_car" in study.columns:
        words = "Households without a car"
        yield _share(study["households_no_car"], everyone, "cars", "without", words)


def _share(
    members: pd.Series[Any], everyone: pd.Series[Any], by: str, group: str, words: str
) -> Contrast | None:
    inside = members.astype(float).fillna(0.0)
    if not (inside.sum() > 0 and everyone.sum() > 0):
        return None
    return Contrast(
        by,
        f"{group} minus everyone",
        words,
        "everyone",
        inside / inside.sum() - everyone / everyone.sum(),
        float(inside.sum()),
        int((inside > 0).sum()),
    )


def contrast_sentence(one: Contrast, value: float, low: float, high: float, over: str) -> str:
    """
    Put a difference in minutes into words: its direction, its range, and what it is of.

    Parameters
    ----------
    one
        Who is compared.
    value, low, high
        Minutes, first minus other; a missing range is not mentioned.
    over
        What was varied, in words.

    Examples
    --------
    >>> import pandas as pd
    >>> pair = Contrast("urban", "rural minus urban", "People living in rural areas",
    ...                 "people living in urban areas", pd.Series(dtype=float), 9.0, 2)
    >>> print(contrast_sentence(pair, 4.12, 2.9, 5.3, "speeds and origins"))
    People living in rural areas have on average 4.1 minutes further to travel than people living \
in urban areas, 2.9 to 5.3 over the speeds and origins tried; this describes areas, not individuals.
    """
    if np.isnan(value):
        return f"Not given: {one.first} or {one.other} include some in areas without a value."
    way = "further" if value >= 0 else "less"
    said = f"{one.first} have on average {abs(value):.1f} minutes {way} to travel than {one.other}"
    if not np.isnan(low):
        said += f", {_span(low, high)} over the {over} tried"
    mixed = f", who are {WITHIN_AREAS}" if one.other == "everyone" else ""
    return f"{said}{mixed}; this describes areas, not individuals."


def _span(low: float, high: float) -> str:
    """Write a range with the direction of each end where they differ."""
    if low < 0 <= high and round(low, 1) and round(high, 1):
        return f"from {abs(low):.1f} less to {high:.1f} further"
    near, far = sorted((abs(low), abs(high)))
    return f"{near:.1f} to {far:.1f}"
