"""
How long each edge takes, in whole milliseconds.

Rounding. Milliseconds are rounded along a way as running sums, not edge by edge: the time between
any two nodes of a way is within one millisecond of the exact one however many edges lie between,
and an edge of no length takes no time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.network.rules import Rules
    from slgeo.network.speeds import Speeds


def minutes_of(duration: str) -> float | None:
    """
    Read the duration of a crossing: ``HH:MM``, ``HH:MM:SS``, ``PT1H30M`` or whole minutes.

    Returns
    -------
    float or None
        Minutes; None where it cannot be read or is nothing.

    Examples
    --------
    >>> from slgeo.network.times import minutes_of
    >>> minutes_of("01:30"), minutes_of("PT45M"), minutes_of("20"), minutes_of("soon")
    (90.0, 45.0, 20.0, None)
    """
    text = duration.strip().upper()
    clock = re.fullmatch(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", text)
    iso = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if clock:
        minutes = int(clock[1]) * 60 + int(clock[2]) + int(clock[3] or 0) / 60
    elif iso:
        days, hours, whole, seconds = (int(part or 0) for part in iso.groups())
        minutes = days * 1440 + hours * 60 + whole + seconds / 60
    elif re.fullmatch(r"\d{1,4}(?:\.\d+)?", text):
        minutes = float(text)
    else:
        return None
    return minutes or None


def edge_times(
    rules: Rules,
    kind: NDArray[np.int32],
    way: NDArray[np.int32],
    length: NDArray[np.float64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    stated: NDArray[np.float64] | None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Compute milliseconds along and against each edge; -1 where it may not be used so.

    Large arrays are worked on in place: a country has 60 million edges.
    """
    exact = length / rules.kmh[kind]
    exact *= 3600.0 * rules.delay_factor
    ferry = rules.ferry[kind]
    if stated is None and not ferry.any():
        ms = _round_along(exact, way)
        both = (ms, ms)
    else:
        share = _share_of_way(length, way)
        crossing = np.where(ferry, rules.crossing[kind] * 60_000.0, np.nan)
        whole = np.stack([crossing, crossing])
        if stated is not None:
            whole = np.where(np.isfinite(stated[way].T), stated[way].T, whole)
        along, against = (np.where(np.isfinite(each), share * each, exact) for each in whole)
        both = (_round_along(along, way), _round_along(against, way))
    forward = np.where(rules.forward[kind], both[0], np.int32(-1))
    backward = np.where(rules.backward[kind], both[1], np.int32(-1))
    if ferry.any():
        wait = round(rules.boarding * 60_000)
        landing = np.zeros(int(max(tail.max(), head.max())) + 1, bool)
        landing[tail[~ferry]] = landing[head[~ferry]] = True
        forward[ferry & landing[tail] & (forward >= 0)] += wait
        backward[ferry & landing[head] & (backward >= 0)] += wait
    return forward, backward


def delayed(
    forward: NDArray[np.int32],
    backward: NDArray[np.int32],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    speeds: Speeds,
    signals: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Add the delays at junctions and traffic lights to the edges that enter them."""
    if not speeds.junction_seconds and not speeds.signal_seconds:
        return forward, backward
    delay = np.zeros(int(max(tail.max(), head.max())) + 1, np.int32)
    pairs = np.unique(np.sort(np.column_stack([tail, head])[tail != head], axis=1), axis=0)
    meet = np.bincount(pairs.ravel(), minlength=len(delay)) > 2
    delay[meet] += round(speeds.junction_seconds * 1000)
    delay[signals[signals < len(delay)]] += round(speeds.signal_seconds * 1000)
    return (
        np.where(forward >= 0, forward + delay[head], forward),
        np.where(backward >= 0, backward + delay[tail], backward),
    )


def _share_of_way(length: NDArray[np.float64], way: NDArray[np.int32]) -> NDArray[np.float64]:
    """Say what share of its way each piece is; equal shares of a way without length."""
    metres, pieces = np.bincount(way, length)[way], np.bincount(way)[way]
    share = 1.0 / pieces
    np.divide(length, metres, out=share, where=metres > 0)
    return share


def _round_along(exact: NDArray[np.float64], way: NDArray[np.int32]) -> NDArray[np.int32]:
    """Round times so that running sums along each way are right, not only single edges."""
    first = np.flatnonzero(np.diff(way, prepend=-1))
    upto = np.cumsum(exact)
    upto -= np.repeat((upto - exact)[first], np.diff(first, append=len(way)))
    before = upto - exact
    np.rint(upto, out=upto)
    # within a way an edge begins where the one before it ended, rounding and all
    before[1:] = upto[:-1]
    before[first] = 0.0
    upto -= before
    return upto.astype(np.int32)
