"""Pairs of origin and site within a catchment, as a sparse matrix of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from slgeo.access.decay import Decay, DecayFunction, Floats, weigh
from slgeo.access.lift import MILLISECONDS
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from slgeo.routing.times import TravelTimes

    Weights: TypeAlias = csr_array[np.float64, tuple[int, int]]

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]


def counted(times: TravelTimes, minutes: float) -> int:
    """
    Turn a threshold into milliseconds, refusing one that the times cannot answer.

    The boundary belongs to the catchment: a trip of exactly ``minutes`` counts.

    Raises
    ------
    AccessError
        If the threshold is not a number above or equal to 0, or lies beyond ``times.limit``.
    """
    if not (np.isfinite(minutes) and minutes >= 0):
        raise AccessError(f"minutes must be 0 or more, found {minutes!r}")
    if minutes > times.limit:
        raise AccessError(
            f"{minutes:g} minutes asked for, but travel times were searched to {times.limit:g}; "
            f"search with limit={minutes:g} or ask for less"
        )
    return round(minutes * MILLISECONDS)


def all_pairs(times: TravelTimes, what: str) -> None:
    """
    Refuse times of which only the nearest sites were kept.

    Raises
    ------
    AccessError
        If ``times.kept`` is set: sites further away exist and would be silently left out.
    """
    if times.kept is not None:
        raise AccessError(
            f"{what} needs every site within reach, but only the {times.kept} nearest were kept; "
            "compute travel_times without nearest="
        )


def catchment(times: TravelTimes, decay: DecayFunction | None, minutes: float | None) -> float:
    """
    Settle how far a catchment reaches, in minutes.

    It is ``minutes`` where given, else where the decay ends, else the limit of the search.

    Raises
    ------
    AccessError
        If it lies beyond the limit of the search.
    """
    if minutes is None:
        ends = decay.reach if isinstance(decay, Decay) else None
        minutes = times.limit if ends is None else ends
    counted(times, minutes)
    return float(minutes)


def within(times: TravelTimes, minutes: float) -> tuple[Ints, Ints, Ints]:
    """
    Cut the rows of travel times at a threshold.

    Returns
    -------
    tuple
        ``start``, ``site`` and ``milliseconds`` of the pairs within it, as in TravelTimes.
    """
    most = counted(times, minutes)
    keep = times.milliseconds <= most
    if keep.all():
        return times.start, times.site, times.milliseconds
    before = np.concatenate(([0], np.cumsum(keep)))
    return before[times.start], times.site[keep], times.milliseconds[keep]


def summed(key: Ints, values: Floats, size: int) -> Floats:
    """Add up values by a whole-number key, from 0 up to a size."""
    return np.bincount(key, weights=values, minlength=size).astype(float)


def row_of(start: Ints) -> Ints:
    """Give the origin's position of each pair."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def weights(times: TravelTimes, decay: DecayFunction | None, minutes: float) -> Weights:
    """
    Weigh the pairs within a catchment.

    Parameters
    ----------
    times
        Every pair within its limit.
    decay
        Weight of a trip; None counts every trip within the catchment as one.
    minutes
        How far the catchment reaches, inclusive.

    Returns
    -------
    scipy.sparse.csr_array
        Origins by sites; a pair beyond the catchment is absent and weighs nothing.
    """
    from scipy.sparse import csr_array

    all_pairs(times, "a catchment")
    start, site, milliseconds = within(times, minutes)
    if decay is None:
        weight: Floats = np.ones(len(site))
    else:
        weight = weigh(decay, milliseconds / MILLISECONDS)
    shape = (len(times.origins), len(times.sites))
    return csr_array((weight, site, start), shape=shape)
