"""
How willingness to travel falls with time: functions that make functions.

Each function here returns a :class:`Decay`, which takes minutes and gives weights. Any other
function of an array of minutes may be given to a measure in its place: :func:`weigh` calls it and
refuses an answer that is no decay (negative, missing, or growing with time).

Formulas: the decays used by Luo and Qi (2009), Dai (2010), Guagliardo (2004) and by the
``accessibility`` package for R, as collected in ``docs/measures.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from slgeo.errors import AccessError

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
"""An array of numbers."""

DecayFunction: TypeAlias = Callable[[Floats], Floats]
"""Minutes to weights, elementwise."""


@dataclass(frozen=True, slots=True)
class Decay:
    """
    A decay that knows its name and where it ends.

    Parameters
    ----------
    label
        What it is, for captions and records, for example ``gaussian(sigma 10 min)``.
    function
        Minutes to weights, elementwise.
    reach
        Longest time with a weight above 0, in minutes; None where the weight never ends.
    """

    label: str
    function: DecayFunction
    reach: float | None = None

    def __call__(self, minutes: Floats) -> Floats:
        """Weigh minutes."""
        return self.function(np.asarray(minutes, dtype=float))

    def __repr__(self) -> str:
        return f"<Decay {self.label}>"


def binary(minutes: float) -> Decay:
    """
    Weigh every trip up to a time as one, and none beyond it.

    Parameters
    ----------
    minutes
        Longest trip that counts, inclusive.

    Examples
    --------
    >>> binary(10)([0, 10, 10.1]).tolist()
    [1.0, 1.0, 0.0]
    """
    reach = _positive("minutes", minutes)
    return Decay(f"all within {reach:g} min", lambda t: (t <= reach).astype(float), reach)


def linear(minutes: float) -> Decay:
    """
    Fall evenly from one at the doorstep to nothing at a time: ``max(0, 1 - t/T)``.

    Parameters
    ----------
    minutes
        T, where the weight becomes 0.
    """
    reach = _positive("minutes", minutes)
    return Decay(f"linear to {reach:g} min", lambda t: np.maximum(0.0, 1 - t / reach), reach)


def exponential(rate: float) -> Decay:
    """
    Fall by the same share every minute: ``exp(-rate * t)``.

    Parameters
    ----------
    rate
        Per minute, above 0.
    """
    beta = _positive("rate", rate)
    return Decay(f"exponential({beta:g} per min)", lambda t: np.exp(-beta * t))


def power(exponent: float, *, nearest: float = 1.0, scale: float = 1.0) -> Decay:
    """
    Fall as a power of time: ``(max(t, nearest) / scale) ** -exponent``.

    Parameters
    ----------
    exponent
        Above 0.
    nearest
        Shortest time told apart, in minutes: without it a trip of no time would weigh infinitely.
    scale
        Time whose weight is 1, in minutes.

    Examples
    --------
    >>> power(2, nearest=1, scale=20)([0, 1, 2, 20, 40]).round(6).tolist()
    [400.0, 400.0, 100.0, 1.0, 0.25]
    """
    alpha = _positive("exponent", exponent)
    least, unit = _positive("nearest", nearest), _positive("scale", scale)
    return Decay(
        f"power({alpha:g}, from {least:g} min)",
        lambda t: (np.maximum(t, least) / unit) ** -alpha,
    )


def gaussian(sigma: float) -> Decay:
    """
    Fall as a bell: ``exp(-t² / 2 sigma²)``, not normalised, so the doorstep weighs 1.

    Parameters
    ----------
    sigma
        In minutes: the weight there is 0.607.
    """
    width = _positive("sigma", sigma)
    return Decay(f"gaussian(sigma {width:g} min)", lambda t: np.exp(-(t**2) / (2 * width**2)))


def truncated_gaussian(minutes: float) -> Decay:
    """
    Fall as a bell that reaches exactly 0 at a time (Dai 2010).

    Parameters
    ----------
    minutes
        T: ``(exp(-½(t/T)²) - exp(-½)) / (1 - exp(-½))`` up to it, 0 beyond.
    """
    reach = _positive("minutes", minutes)
    floor = math.exp(-0.5)

    def weights(t: Floats) -> Floats:
        bell: Floats = (np.exp(-0.5 * (t / reach) ** 2) - floor) / (1 - floor)
        return np.where(t <= reach, np.maximum(bell, 0.0), 0.0)

    return Decay(f"truncated gaussian to {reach:g} min", weights, reach)


def epanechnikov(minutes: float) -> Decay:
    """
    Fall as a parabola: ``¾ (1 - (t/T)²)``, the kernel of the KD2SFCA; the doorstep weighs 0.75.

    Parameters
    ----------
    minutes
        T, where the weight becomes 0.
    """
    reach = _positive("minutes", minutes)
    return Decay(
        f"epanechnikov to {reach:g} min",
        lambda t: np.where(t <= reach, np.maximum(0.0, 0.75 * (1 - (t / reach) ** 2)), 0.0),
        reach,
    )


def logistic(median: float, deviation: float) -> Decay:
    """
    Fall along an S, as the share of people who tolerate longer: ``g(0)/g(t)``.

    Parameters
    ----------
    median
        m, the time half of people tolerate, in minutes.
    deviation
        s, standard deviation of tolerated times, in minutes:
        ``g(t) = 1 + exp(π (t - m) / (s √3))``.
    """
    middle, spread = _positive("median", median), _positive("deviation", deviation)
    slope = math.pi / (spread * math.sqrt(3))

    def weights(t: Floats) -> Floats:
        # log g, computed without overflow for long times
        logs: Floats = np.logaddexp(0.0, -slope * middle) - np.logaddexp(0.0, slope * (t - middle))
        return np.asarray(np.exp(logs), dtype=float)

    return Decay(f"logistic(median {middle:g}, s = {spread:g} min)", weights)


def step(weights: Mapping[float, float]) -> Decay:
    """
    Weigh bands of time: the weight of the first limit that the trip keeps, 0 beyond the last.

    Parameters
    ----------
    weights
        Upper limit of each band in minutes (inclusive) to its weight, which may not be negative
        nor grow with time.

    Raises
    ------
    AccessError
        If there is no band, a limit is negative, a weight is negative, or weights grow with time.

    Examples
    --------
    >>> step({20: 1, 40: 0.68, 60: 0.22})([0, 20, 30, 60, 70]).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """
    bands = sorted((float(limit), float(weight)) for limit, weight in weights.items())
    limits = np.array([limit for limit, _ in bands])
    steps = np.array([weight for _, weight in bands])
    if not bands or not np.isfinite(limits).all() or limits[0] < 0:
        raise AccessError(f"a step decay needs bands from 0 minutes up, found {dict(weights)}")
    if not np.isfinite(steps).all() or (steps < 0).any() or (np.diff(steps) > 0).any():
        raise AccessError(
            f"weights of a step decay may not be negative nor grow with time, found {dict(weights)}"
        )
    padded = np.append(steps, 0.0)
    label = ", ".join(f"{weight:g} to {limit:g} min" for limit, weight in bands)
    return Decay(f"steps: {label}", lambda t: padded[np.searchsorted(limits, t)], float(limits[-1]))


LUO_QI_SLOW: Final = step({10: 1.0, 20: 0.68, 30: 0.22})
"""Bands of the enhanced two-step catchment with slow decay (Luo and Qi 2009)."""


def weigh(decay: DecayFunction, minutes: Floats) -> Floats:
    """
    Weigh minutes by any decay, and refuse an answer that is none.

    Parameters
    ----------
    decay
        A :class:`Decay` or any function of an array of minutes.
    minutes
        Times, in minutes.

    Returns
    -------
    np.ndarray
        A weight for each time.

    Raises
    ------
    AccessError
        If the function answers a probe of times with a wrong shape, something missing or infinite,
        a negative weight, or weights that grow with time.
    """
    if not isinstance(decay, Decay):
        _probe(decay)
    weights: Floats = np.asarray(decay(minutes), dtype=float)
    return weights


def label_of(decay: DecayFunction) -> str:
    """Name a decay for captions and records."""
    return str(getattr(decay, "label", getattr(decay, "__name__", repr(decay))))


def _probe(decay: DecayFunction) -> None:
    times = np.array([0.0, 0.5, 1, 5, 10, 20, 30, 45, 60, 120])
    weights = np.asarray(decay(times.copy()))
    name = label_of(decay)
    if weights.shape != times.shape or not np.issubdtype(weights.dtype, np.number):
        raise AccessError(
            f"decay {name} gave {weights.dtype} of shape {weights.shape} for {times.size} times; "
            "it must take an array of minutes and give a weight for each"
        )
    for fault, wrong in (
        ("missing or infinite", ~np.isfinite(weights)),
        ("negative", weights < 0),
        ("growing with time", np.append(False, np.diff(weights) > 1e-12)),
    ):
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise AccessError(f"decay {name} is {fault} at {times[at]:g} minutes ({weights[at]:g})")


def _positive(name: str, value: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise AccessError(f"{name} of a decay must be above 0, found {value!r}")
    return number
