"""Every inequality statistic of one measure in one table, with the reason where one is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from slgeo.equity.concentration_curve import concentration
from slgeo.equity.ends import palma
from slgeo.equity.entropy import theil
from slgeo.equity.lorenz import gini
from slgeo.equity.overlap import overlap_of
from slgeo.equity.slope import slope_index
from slgeo.equity.sorted_people import grouping, local_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slgeo.equity.tidy import Unreached

LOCAL: Final = (
    "Not all ten national deciles are lived in here, so the slope index runs over the study's own "
    "people cut into local tenths or fifths."
)
"""Said where the slope index falls back to local groups."""


def profile(
    values: pd.Series[Any],
    areas: pd.DataFrame,
    *,
    unreached: Unreached = "missing",
) -> pd.DataFrame:
    """
    Work out slope index, concentration, Gini, Theil and Palma of a measure over the study.

    Parameters
    ----------
    values
        A measure by area.
    areas
        The areas table with ``deprivation_rank`` and ``deprivation_decile``; only areas with
        ``in_study`` count.
    unreached
        How people of areas without a value enter.

    Returns
    -------
    pd.DataFrame
        Tidy. The slope index runs over national deciles where all ten are lived in, else over local
        tenths or fifths, as ``by`` says and a note. A measure made of travel times is followed by
        the same by the Income domain. Statistics that cannot be given keep their row and say why.

    Raises
    ------
    AccessError
        If the areas have no deprivation rank or values do not match.
    """
    study = areas[areas["in_study"].astype(bool)]
    people = study["population"].astype(float)
    parts = [
        gini(values, people, unreached=unreached),
        theil(values, people, unreached=unreached),
    ]
    notes: list[str] = []
    ranks = [("deprivation_rank", "deprivation_decile", "local_")]
    overlap = overlap_of(values)
    if overlap is not None:
        if "domain_income_rank" in study.columns:
            ranks.append(("domain_income_rank", "domain_income_decile", "income_local_"))
            notes.append(overlap.beside)
        else:
            notes.append(overlap.alone)
    for rank, decile, local in ranks:
        steps = _steps(study, rank, decile, local)
        if steps.name != decile and LOCAL not in notes:
            notes.append(LOCAL)
        parts += _ranked(values, study, people, rank, steps, unreached)
    frame = pd.concat(parts, ignore_index=True)
    # concat leaves attrs behind
    frame.attrs = {"notes": [*notes, *parts[0].attrs["notes"]]}
    return frame


def _ranked(
    values: pd.Series[Any],
    study: pd.DataFrame,
    people: pd.Series[Any],
    rank: str,
    steps: pd.Series[Any],
    unreached: Unreached,
) -> Iterator[pd.DataFrame]:
    known = study[rank].notna()
    order, living = study.loc[known, rank].astype(float), people[known]
    yield slope_index(values, living, steps[known], unreached=unreached)
    yield concentration(values, living, order, unreached=unreached)
    yield palma(values, living, order, unreached=unreached)


def _steps(study: pd.DataFrame, rank: str, decile: str, local: str) -> pd.Series[Any]:
    """Take national deciles where all are lived in, else local tenths, else local fifths."""
    if decile in study.columns:
        found = grouping(study, decile)
        living = set(found.label[study["population"] > 0])
        if set(found.groups) <= living:
            return study[decile].astype(float)
    tenths: pd.Series[Any] = local_groups(study, by=rank, groups=10).astype(float)
    if tenths.nunique() == 10:
        return tenths.rename(f"{local}tenth")
    fifths: pd.Series[Any] = local_groups(study, by=rank, groups=5).astype(float)
    return fifths.rename(f"{local}fifth")
