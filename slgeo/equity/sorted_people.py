"""
Which group an area belongs to: national deciles as published, local fifths by people, any column.

National groups keep their names and their empty members: a place without any of England's most
deprived fifth says so. Groups cut inside a place are always called local.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.areas.deprivation import WITHIN
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.equity.tidy import Floats

NATIONS: Final = {
    "E": "England's",
    "W": "Wales's",
    "S": "Scotland's",
    "N": "Northern Ireland's",
    "X": "the made-up nation's",
}
"""Whose deciles they are, by the letter of the code."""

ORDINALS: Final = {4: "quarter", 5: "fifth", 10: "tenth"}

NOT_KNOWN: Final = "not known"

MOST_GROUPS: Final = 20
"""Most different numbers that are taken as groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """
    The groups people are sorted into.

    Parameters
    ----------
    by
        Name of the grouping.
    label
        Group of each area of the study, as text; :data:`NOT_KNOWN` where there is none.
    groups
        Every group there could be, in order, those nobody lives in included.
    ordered
        Whether the first group is the most deprived and the last the least.
    words
        Each group in words that fit after "people living in".
    whose
        Whose areas they are divisions of, for example ``England's``.
    """

    by: str
    label: pd.Series[Any]
    groups: tuple[str, ...]
    ordered: bool
    words: dict[str, str]
    whose: str = ""


def local_groups(areas: pd.DataFrame, *, by: str = "deprivation_rank", groups: int = 5) -> Any:  # noqa: ANN401 - pandas-stubs has no name for a nullable Series
    """
    Cut the study's own people into equal groups by a rank, most deprived first.

    Each area goes where the middle of its people falls on the scale from 0 to 1 of all people of
    the study, worst off first; areas that tie stay together.

    Parameters
    ----------
    areas
        The areas table, with ``population``, ``in_study`` and the column ``by``.
    by
        A rank, 1 worst off.
    groups
        How many.

    Returns
    -------
    pd.Series
        1 (most deprived) to ``groups`` by area, called ``local_fifth`` for five; missing for areas
        around the study and where the rank is missing.

    Raises
    ------
    AccessError
        If there is no such column.
    """
    if by not in areas.columns:
        raise AccessError(f"areas have no column {by!r} to make local groups from; join it first")
    rank = areas[by].astype(float)
    ranked = areas["in_study"].astype(bool) & rank.notna()
    people: Floats = areas.loc[ranked, "population"].to_numpy(dtype=float)
    middle = fractional_rank(np.asarray(rank[ranked], dtype=float), people)
    name = f"local_{ORDINALS.get(groups, f'{groups}th')}"
    out = pd.Series(pd.NA, index=areas.index, name=name, dtype="Int64")
    if len(middle):
        out[ranked] = np.minimum((middle * groups).astype(int) + 1, groups)
    return out


def local_fifths(areas: pd.DataFrame, *, by: str = "deprivation_rank") -> Any:  # noqa: ANN401 - pandas-stubs has no name for a nullable Series
    """
    Cut the study's own people into fifths by deprivation: :func:`local_groups` with five.

    Returns
    -------
    pd.Series
        ``local_fifth`` by area: 1 most deprived, 5 least; missing around the study.
    """
    return local_groups(areas, by=by, groups=5)


def most_deprived(
    areas: pd.DataFrame, *, share: float = 0.2, by: str = "deprivation_rank"
) -> pd.Series[Any]:
    """
    Mark the areas where the worst-off share of the study's people live, as a mark of need.

    Parameters
    ----------
    areas
        The areas table, with ``in_study``, ``population`` and the column `by`.
    share
        Of the study's people, above 0 to 1. An area belongs where the middle of its people on the
        scale from worst to best off falls within it.
    by
        A rank, 1 worst off.

    Returns
    -------
    pd.Series
        True or false by area; false around the study and where the rank is missing.

    Raises
    ------
    AccessError
        If the column is absent or the share out of range.
    """
    if by not in areas.columns:
        raise AccessError(f"areas have no column {by!r} to tell need by; join it first")
    if not 0 < share <= 1:
        raise AccessError(f"share is above 0 to 1, found {share!r}")
    rank = areas[by].astype(float)
    ranked = areas["in_study"].astype(bool) & rank.notna()
    people: Floats = areas.loc[ranked, "population"].to_numpy(dtype=float)
    middle = fractional_rank(np.asarray(rank[ranked], dtype=float), people)
    out = pd.Series([False] * len(areas), index=areas.index, name="most_deprived")
    out[ranked] = middle <= share
    return out


def fractional_rank(rank: Floats, people: Floats) -> Floats:
    """
    Place each area on the scale from 0 (worst off) to 1 of all people, at the middle of its own.

    Parameters
    ----------
    rank
        Lower is worse off; ties share one place.
    people
        People by area.

    Returns
    -------
    np.ndarray
        From 0 to 1. Where nobody lives anywhere, areas count alike.
    """
    weight = people if people.sum() > 0 else np.ones_like(people)
    if not len(rank):
        return np.empty(0)
    _, block = np.unique(rank, return_inverse=True)
    size = np.bincount(block, weights=weight)
    middle = (np.cumsum(size) - size / 2) / weight.sum()
    found: Floats = middle[block]
    return found


def grouping(areas: pd.DataFrame, by: str) -> Grouping:
    """
    Sort the study's areas into groups.

    Parameters
    ----------
    areas
        The areas table.
    by
        ``deprivation_decile`` or any ``*_decile``: ten national groups; ``deprivation_fifth``:
        national deciles in pairs; ``local_fifth`` or ``local_tenth``: the study's own people cut by
        ``deprivation_rank``; ``income_local_fifth`` likewise by the Income domain; ``urban``;
        otherwise any column.

    Raises
    ------
    AccessError
        If the column is absent or of too many different numbers, or national groups of several
        nations would be pooled.
    """
    study = areas[areas["in_study"].astype(bool)]
    local = re.fullmatch(r"(income_)?local_(fifth|tenth)", by)
    if local:
        column = "domain_income_rank" if local[1] else "deprivation_rank"
        size = 5 if local[2] == "fifth" else 10
        return _numbered(by, local_groups(study, by=column, groups=size), size, "", "local")
    fifth = by.endswith("_fifth")
    column = f"{by.removesuffix('_fifth')}_decile" if fifth and by not in study.columns else by
    if column not in study.columns:
        raise AccessError(f"areas have no column {column!r} to group by; join it first")
    if column.endswith("_decile"):
        decile = pd.to_numeric(study[column]).astype("Int64")
        numbers = (decile + 1) // 2 if fifth else decile
        return _numbered(by, numbers, 5 if fifth else 10, _whose(study), "")
    if by == "urban":
        label = study[by].map({True: "urban", False: "rural"}).fillna(NOT_KNOWN).astype(str)
        words = {"urban": "urban areas", "rural": "rural areas"}
        return Grouping(by, label, ("urban", "rural"), ordered=False, words=words)
    label = study[by].astype(object).where(study[by].notna(), NOT_KNOWN).astype(str)
    if pd.api.types.is_numeric_dtype(study[by]) and label.nunique() > MOST_GROUPS:
        raise AccessError(
            f"column {by!r} has {label.nunique()} different numbers, which make no groups; cut it "
            f"first, for example with local_groups(areas, by={by!r}, groups=5)"
        )
    found = tuple(sorted(set(label) - {NOT_KNOWN}))
    return Grouping(
        by, label, found, ordered=False, words={name: f"areas classed {name!r}" for name in found}
    )


def _numbered(by: str, numbers: Any, count: int, whose: str, kind: str) -> Grouping:  # noqa: ANN401 - a nullable Series
    part = ORDINALS[count]
    groups = tuple(str(number) for number in range(1, count + 1))
    places = {1: "most deprived", count: "least deprived"}
    if count == 5:
        places |= {2: "second most deprived", 3: "middle", 4: "second least deprived"}
    words = {}
    for number in range(1, count + 1):
        named = f"{places[number]} {kind} {part}".replace("  ", " ") if number in places else ""
        if kind:
            words[str(number)] = f"the {named}" if named else f"{kind} {part} {number}"
        else:
            words[str(number)] = (
                f"{whose} {named} of areas" if named else f"decile {number} of {whose} areas"
            )
    label = numbers.astype("string").fillna(NOT_KNOWN).astype(str)
    return Grouping(by, label, groups, ordered=True, words=words, whose=whose)


def _whose(study: pd.DataFrame) -> str:
    nations = sorted(set(study["nation"].dropna())) if "nation" in study else []
    if len(nations) > 1:
        labels = set(study["deprivation_index"].dropna()) if "deprivation_index" in study else set()
        if labels and all(WITHIN in label for label in labels):
            return "their own nation's"  # asked for: deciles were counted within each nation
        raise AccessError(
            f"areas of several nations ({', '.join(nations)}) have indices that must not be pooled;"
            " take one nation at a time"
        )
    return NATIONS.get(nations[0], "the nation's") if nations else "the nation's"
