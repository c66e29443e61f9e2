"""
Classes of the map's colours, and fifths of the study's own people.

A class is *over the lower break and up to the upper one*, so that it agrees with the threshold:
exactly 15 minutes is "over 10 to 15" and is not "further than 15".
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def class_of(tenths: np.ndarray, breaks: Sequence[int]) -> np.ndarray:
    """
    Find the class of each time.

    Parameters
    ----------
    tenths
        Minutes in tenths; negative for none.
    breaks
        Upper ends of all classes but the last, whole minutes, rising.

    Returns
    -------
    np.ndarray
        0 for the nearest class, up to ``len(breaks)``; -1 where there is no time.

    Examples
    --------
    >>> class_of(np.array([0, 100, 101, 999, -1]), (10, 20)).tolist()
    [0, 0, 1, 2, -1]
    """
    found = np.searchsorted(np.asarray(breaks) * 10, tenths, side="left")
    return np.where(tenths < 0, -1, found)


def share_class(beyond: np.ndarray, people: np.ndarray) -> np.ndarray:
    """
    Find the class of each share of people: none, up to a quarter, a half, three quarters, all.

    Examples
    --------
    >>> beyond, people = np.array([0, 1, 25, 26, 100, 0]), np.array([100] * 5 + [0])
    >>> share_class(beyond, people).tolist()
    [0, 1, 1, 2, 4, -1]
    """
    quarters = -((-4 * beyond) // np.maximum(people, 1))  # rounded up, in whole numbers
    return np.where(people == 0, -1, quarters)


CHANGE_LABELS: Final = (
    "5 minutes nearer or more",
    "1 to 5 minutes nearer",
    "within 1 minute",
    "1 to 5 minutes further",
    "5 minutes further or more",
)


def change_class(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """
    Find the class of each change of time.

    Parameters
    ----------
    before, after
        Minutes in tenths; negative for none.

    Returns
    -------
    np.ndarray
        0 for much nearer to 4 for much further; -1 where either has no time.

    Examples
    --------
    >>> before = np.array([100, 100, 100, 100, 100, -1])
    >>> change_class(before, np.array([50, 90, 95, 110, 150, 10])).tolist()
    [0, 1, 2, 3, 4, -1]
    """
    moved = after - before
    much = np.select([moved <= -50, moved <= -10, moved < 10, moved < 50], [0, 1, 2, 3], 4)
    return np.where((before < 0) | (after < 0), -1, much)


def class_labels(breaks: Sequence[int]) -> list[str]:
    """
    Say each class in words.

    Examples
    --------
    >>> class_labels((10, 20))
    ['up to 10', 'over 10 to 20', 'over 20']
    """
    if not breaks:
        return ["any"]
    middle = [f"over {low} to {high}" for low, high in pairwise(breaks)]
    return [f"up to {breaks[0]}", *middle, f"over {breaks[-1]}"]


def local_fifths(order: np.ndarray, people: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """
    Divide a study's people into fifths by the deprivation of their area.

    An area belongs to the fifth in which the middle one of its people falls, so no area is split
    and the fifths are as equal as areas allow.

    Parameters
    ----------
    order
        What areas are ordered by: smaller is more deprived; NaN for unknown.
    people
        Residents of each area.
    inside
        Which areas are counted.

    Returns
    -------
    np.ndarray
        1 (most deprived) to 5; 0 for areas outside the study or of unknown deprivation.

    Examples
    --------
    >>> rank, people = np.array([5.0, 1, 4, 2, 3]), np.full(5, 100)
    >>> local_fifths(rank, people, np.ones(5, dtype=bool)).tolist()
    [5, 1, 4, 2, 3]
    """
    fifth = np.zeros(len(order), dtype=np.int64)
    known = np.flatnonzero(inside & ~np.isnan(order) & (people > 0))
    if not len(known):
        return fifth
    known = known[np.argsort(order[known], kind="stable")]
    size = people[known].astype(float)
    middle = np.cumsum(size) - size / 2
    fifth[known] = np.minimum((5 * middle / size.sum()).astype(int) + 1, 5)
    return fifth
