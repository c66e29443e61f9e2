"""The headline of inequality: the most deprived fifth beside the least, with its range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slgeo.equity.by_group import summary
from slgeo.equity.sensitivity import sensitivity_range
from slgeo.equity.sorted_people import grouping

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from slgeo.equity.tidy import Unreached


def between_ends(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    *,
    alternatives: Mapping[str, pd.Series[Any]] | None = None,
    over: str = "speeds and origins",
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Compare the most deprived fifth of people with the least, over the choices tried.

    Parameters
    ----------
    values
        A measure by area.
    areas
        The areas table; only areas with ``in_study`` count.
    alternatives
        The same measure under other choices, by what was changed: other origins, other speeds.
    over
        What was varied, in words.
    unreached
        As in :func:`slgeo.equity.summary`.

    Returns
    -------
    pd.DataFrame
        Tidy, one row ``difference`` by the overall index and, for a measure made of travel times,
        one by the Income domain; ``low`` and ``high`` over the alternatives. National fifths where
        both ends are lived in here, else local fifths, as ``by`` says.

    Raises
    ------
    AccessError
        As in :func:`slgeo.equity.summary`.
    """
    by = fifths_of(areas)
    result = _ends(values, areas, by, unreached)
    if alternatives:
        others = {}
        for name, other in alternatives.items():
            renamed = other.copy()
            renamed.name = values.name
            renamed.attrs = dict(values.attrs)
            others[name] = _ends(renamed, areas, by, unreached)
        result = sensitivity_range(result, others, over=over)
    return result


def _ends(
    values: pd.Series[Any], areas: pd.DataFrame, by: str, unreached: Unreached
) -> pd.DataFrame:
    found = summary(values, areas, by=by, unreached=unreached)
    notes = dict(found.attrs)
    ends = found[found["statistic"] == "difference"].reset_index(drop=True)
    ends.attrs = notes
    return ends


def fifths_of(areas: pd.DataFrame) -> str:
    """
    Take national fifths where people live in the first and the last of them, else local ones.

    Returns
    -------
    str
        ``deprivation_fifth`` or ``local_fifth``.

    Raises
    ------
    AccessError
        If national groups of several nations would be pooled.
    """
    if "deprivation_decile" not in areas.columns:
        return "local_fifth"
    found = grouping(areas, "deprivation_fifth")
    people = areas.loc[found.label.index, "population"].groupby(found.label).sum()
    lived = all(people.get(end, 0) > 0 for end in (found.groups[0], found.groups[-1]))
    return "deprivation_fifth" if lived else "local_fifth"
