"""
From origins to areas: every measure is worked out where people start, then lifted by people.

An area none of whose origins have people is lifted with equal weights (it can be visited); an area
without any origin has no value.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from slgeo.access.decay import Floats
    from slgeo.access.pairs import Weights
    from slgeo.routing.times import TravelTimes

Lift = Literal["mean", "median"]

MADE_FROM: Final = "travel times"
"""Value of ``attrs["made_from"]`` of every measure here: deprivation indices overlap with it."""

HIGHER: Final = "higher is better"
LOWER: Final = "lower is better"

MILLISECONDS: Final = 60_000
"""In a minute."""


@functools.lru_cache(maxsize=2)  # measures come one after another on the same times
def area_positions(times: TravelTimes) -> np.ndarray[Any, np.dtype[np.intp]]:
    """
    Find the row of ``times.areas`` that each origin belongs to.

    Raises
    ------
    AccessError
        If an origin belongs to an area that is not in ``times.areas``.
    """
    found = times.areas.get_indexer(pd.Index(times.area))
    lost = np.flatnonzero(found < 0)
    if lost.size:
        raise AccessError(
            f"{lost.size} origins belong to areas that are not in the table of areas "
            f"(first: {times.area[lost[0]]!r})"
        )
    found.setflags(write=False)
    return found


def total_by_area(times: TravelTimes, values: Floats) -> Floats:
    """Sum a number of each origin over its area; 0 where an area has no origin."""
    where = area_positions(times)
    return np.bincount(where, weights=values, minlength=len(times.areas)).astype(float)


def mean_by_area(times: TravelTimes, values: Floats, people: Floats | None = None) -> Floats:
    """
    Average a number of each origin over its area, weighted by people.

    Parameters
    ----------
    times
        Gives the area and the people of each origin.
    values
        A number an origin, none missing.
    people
        Weights in place of ``times.people``.

    Returns
    -------
    np.ndarray
        One number an area; missing where it has no origin.
    """
    where = area_positions(times)
    weight = _weights(times, where, people)
    size = len(times.areas)
    total = np.bincount(where, weights=weight, minlength=size)
    summed = np.bincount(where, weights=weight * values, minlength=size)
    out = np.full(size, np.nan)
    np.divide(summed, total, out=out, where=total > 0)
    return out


def by_area(times: TravelTimes, people: Floats | None = None) -> Weights:
    """
    Make the matrix that averages anything by origin over areas, weighted by people.

    Returns
    -------
    scipy.sparse.csr_array
        Areas by origins; each row adds up to 1, or is empty where an area has no origin.
    """
    from scipy.sparse import csr_array

    where = area_positions(times)
    weight = _weights(times, where, people)
    total = np.bincount(where, weights=weight, minlength=len(times.areas))
    shape = (len(times.areas), len(times.origins))
    return csr_array((weight / total[where], (where, np.arange(len(where)))), shape=shape)


def median_by_area(times: TravelTimes, values: Floats, people: Floats | None = None) -> Floats:
    """
    Take the people-weighted median of a number over each area, missing ones ranked last.

    The value is the smallest that at least half of the area's people do not exceed, so it is
    right, not merely an estimate, however long the missing times may be; where half or more of
    the people have none the median itself is missing.
    """
    where = area_positions(times)
    weight = _weights(times, where, people)
    order = np.lexsort((values, where))  # NaN sorts last within each area
    cumulated = np.cumsum(weight[order])
    size = len(times.areas)
    total = np.bincount(where, weights=weight, minlength=size)
    before = np.concatenate(([0.0], np.cumsum(total)))
    half = before[:-1] + total / 2
    # the tolerance keeps a half that is reached exactly from being missed by rounding
    first = np.searchsorted(cumulated, half - 1e-9 * np.maximum(total, 1.0))
    out = np.full(size, np.nan)
    has = total > 0
    out[has] = values[order][np.minimum(first[has], len(order) - 1)]
    return out


def as_series(
    times: TravelTimes, values: Floats, *, name: str, unit: str, direction: str, **attrs: object
) -> pd.Series[Any]:
    """Name a measure and give it what a caption needs: unit, direction, mode, label and more."""
    series = pd.Series(values, index=times.areas.rename("area"), name=name, dtype=float)
    said: dict[Hashable, Any] = {
        "unit": unit,
        "direction": direction,
        "mode": times.mode,
        "travel": times.direction,
        "speeds": times.speeds,
        "limit": float(times.limit),
        "made_from": MADE_FROM,
    }
    said.update(attrs)
    series.attrs = said
    return series


def people_of(times: TravelTimes, people: pd.Series[Any] | None) -> Floats:
    """
    Give the people of each origin, or a subgroup of them.

    Parameters
    ----------
    times
        Its own people are the default.
    people
        People by origin, for a subgroup such as residents of 65 and over.

    Raises
    ------
    AccessError
        If an origin is missing from ``people``, repeated, or has a missing or negative number.
    """
    if people is None:
        return np.asarray(times.people, dtype=float)
    return aligned(people, times.origins, what="people", key="origin")


def aligned(values: pd.Series[Any], index: pd.Index[Any], *, what: str, key: str) -> Floats:
    """
    Bring a number for each key into an index's order, refusing whatever does not match.

    Raises
    ------
    AccessError
        Naming every fault at once: repeated, absent or unknown keys, missing, negative or infinite
        numbers.
    """
    faults = []
    if not values.index.is_unique:
        raise AccessError(f"{what}: {int(values.index.duplicated().sum())} repeated {key}")
    absent = index.difference(values.index, sort=False)
    if len(absent):
        faults.append(f"none given for {len(absent)} of {len(index)} {key}s (first: {absent[0]!r})")
    unknown = values.index.difference(index, sort=False)
    if len(unknown):
        faults.append(
            f"{len(unknown)} {key}s are not among the travel times (first: {unknown[0]!r}); "
            f"give {what}.loc[times.{key}s] to leave them out"
        )
    numbers = pd.to_numeric(values.reindex(index), errors="coerce").to_numpy(dtype=float)
    missing = np.isnan(numbers) & index.isin(values.index)
    if missing.any():
        first = index[missing][0]
        faults.append(f"missing for {int(missing.sum())} of {len(index)} {key}s (first: {first!r})")
    if (numbers < 0).any():
        faults.append(f"negative for {key} {index[numbers < 0][0]!r}")
    if np.isinf(numbers).any():
        faults.append(f"infinite for {key} {index[np.isinf(numbers)][0]!r}")
    if faults:
        raise AccessError(f"{what}: " + "; ".join(faults))
    return numbers


def _weights(
    times: TravelTimes, where: np.ndarray[Any, np.dtype[np.intp]], people: Floats | None
) -> Floats:
    weight = np.asarray(times.people if people is None else people, dtype=float)
    total = np.bincount(where, weights=weight, minlength=len(times.areas))
    return np.where(total[where] > 0, weight, 1.0)
