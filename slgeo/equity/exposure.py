"""One row an area or practice, ready for a statistical model, with its data dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from slgeo.errors import AccessError
from slgeo.tables import AREAS

if TYPE_CHECKING:
    from collections.abc import Sequence


def exposure_table(
    areas: pd.DataFrame,
    measures: Sequence[pd.Series[Any]],
    *,
    outcomes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Join access, availability, deprivation, rurality and composition with outcomes, by key.

    Parameters
    ----------
    areas
        The areas table, or a table of practices indexed alike; geometry is left out.
    measures
        Named measures by area; their ``attrs`` go into the dictionary.
    outcomes
        Counts and rates by area, for example from :func:`slgeo.equity.rates`.

    Returns
    -------
    pd.DataFrame
        One row for each row of ``areas``, in their order: nobody is dropped, and an area without an
        outcome keeps a missing one. ``attrs["dictionary"]`` describes each column: ``column,
        meaning, unit, direction, source``; :func:`dictionary` gives it as a table.

    Raises
    ------
    AccessError
        If a name repeats, a measure has no row for some area, or outcomes have keys that are not
        among the areas.
    """
    table = pd.DataFrame(areas.drop(columns=[n for n in areas.columns if n == "geometry"])).copy()
    rows = [_of_table(str(name)) for name in table.columns]
    for measure in measures:
        name = str(measure.name)
        lost = table.index.difference(measure.index)
        if name in table.columns:
            raise AccessError(f"two columns called {name!r}; rename one of the measures")
        if len(lost):
            raise AccessError(f"{name}: nothing for {len(lost)} areas (first: {lost[0]!r})")
        table[name] = measure.reindex(table.index)
        rows.append(_of_measure(name, measure))
    if outcomes is not None:
        stray = outcomes.index.difference(table.index)
        if len(stray):
            raise AccessError(
                f"outcomes for {len(stray)} keys that are not among the areas (first: "
                f"{stray[0]!r}); check the codes and their vintage"
            )
        repeated = [str(name) for name in outcomes.columns if name in table.columns]
        if repeated or not outcomes.index.is_unique:
            raise AccessError(f"outcomes: repeated keys, or columns already there: {repeated}")
        table = table.join(outcomes)
        about = {str(key): str(value) for key, value in outcomes.attrs.items()}
        source = ", ".join(f"{key} {value}" for key, value in about.items()) or "outcomes"
        rows += [(str(name), "Outcome", "", "", source) for name in outcomes.columns]
    table.attrs = {"dictionary": [list(row) for row in rows]}
    return table


def dictionary(table: pd.DataFrame) -> pd.DataFrame:
    """
    Give the data dictionary of an exposure table as a table.

    Parameters
    ----------
    table
        From :func:`exposure_table`.

    Returns
    -------
    pd.DataFrame
        ``column, meaning, unit, direction, source``, one row a column.
    """
    names = ["column", "meaning", "unit", "direction", "source"]
    return pd.DataFrame(table.attrs.get("dictionary", []), columns=names)


def _of_table(name: str) -> tuple[str, str, str, str, str]:
    column = AREAS.column(name)
    if column is None:
        return name, "As given", "", "", "the table of areas"
    return name, column.meaning, column.unit, "", "the table of areas"


def _of_measure(name: str, measure: pd.Series[Any]) -> tuple[str, str, str, str, str]:
    about = measure.attrs
    how = ", ".join(
        f"{key} {about[key]}"
        for key in ("mode", "speeds", "limit", "minutes", "decay", "lift")
        if key in about
    )
    return (
        name,
        str(about.get("label", name)),
        str(about.get("unit", "")),
        str(about.get("direction", "")),
        how or "as given",
    )
