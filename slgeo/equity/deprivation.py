"""Deprivation of larger places: extent, practices by their patients, and its transform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.equity.tidy import Floats

SCALE: Final = 23.0
"""Constant of the exponential transform of domain ranks (English indices of deprivation)."""


def exponential_score(share: Any) -> Floats:  # noqa: ANN401 - a number or an array
    """
    Transform a scaled rank as the indices do before domains are added: stretches the deprived end.

    ``X = -23 ln(1 - R (1 - exp(-100/23)))``.

    Parameters
    ----------
    share
        R, the rank over the number of areas, above 0 to 1, with 1 the most deprived.

    Returns
    -------
    np.ndarray
        From 0 to 100.

    Raises
    ------
    AccessError
        For a share outside 0 to 1.
    """
    rank = np.asarray(share, dtype=float)
    if np.isnan(rank).any() or (rank < 0).any() or (rank > 1).any():
        raise AccessError("a scaled rank is from 0 to 1, 1 the most deprived")
    return np.asarray(-SCALE * np.log1p(-rank * (1 - np.exp(-100 / SCALE))), dtype=float)


def extent_weight(percentile: Any) -> Floats:  # noqa: ANN401 - a number or an array
    """
    Weigh an area by its national percentile in the measure of extent.

    Parameters
    ----------
    percentile
        From 1, the most deprived, to 100.

    Returns
    -------
    np.ndarray
        1 for the worst ten; 0.95 falling evenly to 0.05 over 11 to 30; 0 beyond.

    Raises
    ------
    AccessError
        For a percentile outside 1 to 100.
    """
    k = np.asarray(percentile, dtype=float)
    if np.isnan(k).any() or (k < 1).any() or (k > 100).any():
        raise AccessError("a percentile is from 1, the most deprived, to 100")
    falling = 0.95 - (0.9 / 19) * (k - 11)
    return np.where(k <= 10, 1.0, np.where(k <= 30, falling, 0.0))


def extent(rank: pd.Series[Any], people: pd.Series[Any], *, areas_of_nation: int) -> float:
    """
    Share of people in the most deprived three tenths of the nation's areas, the worst in full.

    Parameters
    ----------
    rank
        National rank by area, 1 most deprived, none missing.
    people
        People by the same areas.
    areas_of_nation
        How many areas the nation has, for percentiles.

    Returns
    -------
    float
        From 0 to 1; missing where nobody lives.

    Raises
    ------
    AccessError
        If keys differ or a rank is missing or beyond the nation's areas.
    """
    if not rank.index.equals(people.index) or rank.isna().any():
        raise AccessError("every area needs a rank and people, in the same order")
    if (rank < 1).any() or (rank > areas_of_nation).any():
        raise AccessError(f"a rank lies outside 1 to {areas_of_nation}")
    weight = extent_weight(np.ceil(rank.to_numpy(dtype=float) * 100 / areas_of_nation))
    total = float(people.sum())
    return float((weight * people.to_numpy(dtype=float)).sum() / total) if total else float("nan")


def by_registration(
    score: pd.Series[Any], patients: pd.DataFrame, *, key: str = "practice"
) -> pd.DataFrame:
    """
    Deprivation of practices by where their patients live, never by the surgery's own postcode.

    Parameters
    ----------
    score
        A score (or any value) by area.
    patients
        Columns ``area``, ``patients`` and the practice or network named by `key`.
    key
        Column that says whose patients they are.

    Returns
    -------
    pd.DataFrame
        By practice: ``score``, the mean over its patients in areas that have one; ``patients``, all
        of them; ``patients_without_score``, those in areas that have none, which are not in the
        mean. Nobody is lost in silence.

    Raises
    ------
    AccessError
        If a column is absent or numbers of patients are missing or negative.
    """
    absent = [name for name in ("area", "patients", key) if name not in patients.columns]
    if absent:
        raise AccessError(f"patients have no column {', '.join(map(repr, absent))}")
    number = patients["patients"].astype(float)
    if number.isna().any() or (number < 0).any():
        raise AccessError("patients: missing or negative for some rows")
    value = score.reindex(patients["area"]).to_numpy(dtype=float)
    known = ~np.isnan(value)
    table = patients[[key]].assign(
        patients=number,
        patients_without_score=np.where(known, 0.0, number),
        weighted=np.where(known, np.nan_to_num(value) * number, 0.0),
    )
    out = table.groupby(key).sum()
    counted = out["patients"] - out["patients_without_score"]
    out.insert(0, "score", (out.pop("weighted") / counted.where(counted > 0)))
    return out
