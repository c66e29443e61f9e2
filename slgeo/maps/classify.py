"""
Classes of the map's colours, and fifths and thirds of the study's own people.

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
    "5 minutes shorter or more",
    "1 to 5 minutes shorter",
    "within 1 minute",
    "1 to 5 minutes longer",
    "5 minutes longer or more",
    "gains a time: had none",
    "loses its time",
)
"""What became of an area's minutes; the last two have no minutes to compare."""


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
        0 for much shorter to 4 for much longer; 5 where there was no time and is one, 6 where
        there was one and is none, -1 where there is none in either.

    Examples
    --------
    >>> before = np.array([100, 100, 100, 100, 100, -1, 10, -1])
    >>> change_class(before, np.array([50, 90, 95, 110, 150, 10, -1, -1])).tolist()
    [0, 1, 2, 3, 4, 5, 6, -1]
    """
    moved = after - before
    had, has = before >= 0, after >= 0
    return np.select(
        [
            ~had & ~has,
            ~had,
            ~has,
            moved <= -50,
            moved <= -10,
            moved < 10,
            moved < 50,
        ],
        [-1, 5, 6, 0, 1, 2, 3],
        4,
    )


NEED_SHARES: Final = (1, 2)
"""Quarters of an area's people further: up to one, over one to two, over two (more than half)."""


def need_class(third: np.ndarray, beyond: np.ndarray, people: np.ndarray) -> np.ndarray:
    """
    Find the class of need and distance together, of nine.

    Parameters
    ----------
    third
        Third of the study's people by deprivation, 1 the most deprived; 0 for unknown.
    beyond, people
        People further than the threshold, and everybody.

    Returns
    -------
    np.ndarray
        3 x deprivation (0 least deprived, 2 most) + distance (0: up to a quarter of its people are
        further, 1: up to a half, 2: more than half); -1 where either is unknown.

    Examples
    --------
    >>> third, people = np.array([1, 1, 3, 0]), np.full(4, 100)
    >>> need_class(third, np.array([51, 50, 25, 90]), people).tolist()
    [8, 7, 0, -1]
    """
    quarter = share_class(beyond, people)
    far = np.searchsorted(np.asarray(NEED_SHARES), quarter, side="left")
    return np.where((third < 1) | (quarter < 0), -1, 3 * (3 - third) + far)


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


def local_parts(
    order: np.ndarray, people: np.ndarray, inside: np.ndarray, parts: int = 5
) -> np.ndarray:
    """
    Divide a study's people into fifths, or other parts, by the deprivation of their area.

    An area belongs to the part in which the middle one of its people falls, so no area is split
    and the parts are as equal as areas allow.

    Parameters
    ----------
    order
        What areas are ordered by: smaller is more deprived; NaN for unknown.
    people
        Residents of each area.
    inside
        Which areas are counted.
    parts
        How many parts.

    Returns
    -------
    np.ndarray
        1 (most deprived) to `parts`; 0 for areas outside the study or of unknown deprivation.

    Examples
    --------
    >>> rank, people = np.array([5.0, 1, 4, 2, 3]), np.full(5, 100)
    >>> local_parts(rank, people, np.ones(5, dtype=bool)).tolist()
    [5, 1, 4, 2, 3]
    """
    part = np.zeros(len(order), dtype=np.int64)
    known = np.flatnonzero(inside & ~np.isnan(order) & (people > 0))
    if not len(known):
        return part
    known = known[np.argsort(order[known], kind="stable")]
    size = people[known].astype(float)
    middle = np.cumsum(size) - size / 2
    part[known] = np.minimum((parts * middle / size.sum()).astype(int) + 1, parts)
    return part
