"""Which further counts must be hidden so that no small one can be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from slgeo.errors import DisclosureError
from slgeo.report.deduction import Sum, determined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from slgeo.report.rules import Rule

    Counts: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]


def hide_more(raw: Counts, hide: Mask, sums: list[Sum], rule: Rule) -> None:
    """Hide further counts, in place, until no small one can be deduced."""
    flat, hidden = raw.ravel(), hide.ravel()  # views: both are contiguous
    small = hidden.copy()
    while True:
        found = deduced(rounded(raw, rule), hide, sums, rule)
        told = [at for at, count in found.items() if small[at] and flat[at] == count]
        if not told:
            return
        touched: set[int] = set()  # totals already loosened on this pass: look again first
        for at in told:
            chain = _chain(at, found, sums)
            if touched.intersection(one.whole for one in chain):
                continue
            cover = _cover(chain, flat, hidden, sums)
            if cover is None:
                raise DisclosureError(
                    "a hidden count can still be worked out with everything around it hidden;"
                    " merge small groups or areas before writing this table"
                )
            hidden[cover] = True
            touched |= {one.whole for one in sums if cover in one.cells}


def _chain(at: int, found: Mapping[int, int], sums: list[Sum]) -> list[Sum]:
    """Gather the totals along which a count was deduced, through others deduced with it."""
    chain: list[Sum] = []
    reached, waiting = {at}, [at]
    while waiting:
        cell = waiting.pop()
        for one in sums:
            if cell in one.cells and one not in chain:
                chain.append(one)
                fresh = [other for other in one.cells if other in found and other not in reached]
                reached.update(fresh)
                waiting += fresh
    return chain


def _cover(chain: list[Sum], flat: Counts, hidden: Mask, sums: list[Sum]) -> int | None:
    """Choose what to hide to protect a count: the smallest part in its chain, else a total."""
    wholes = {one.whole for one in sums}
    for totals in (chain, sums):  # deduced from bounds further off: loosen anywhere
        visible = {at for one in totals for at in one.cells if not hidden[at] and flat[at] > 0}
        if visible:
            return min(visible, key=lambda at: (at in wholes, flat[at], at))
    return None


def deduced(numbers: Counts, hide: Mask, sums: list[Sum], rule: Rule) -> dict[int, int]:
    """
    Find hidden counts that can be one number only.

    A reader knows what is shown to the width of its rounding, that a hidden count is at least 1
    (since 0 is shown), and the totals. Whether it is at most what the rule hides they can suppose
    but not know, so both are tried.
    """
    if not hide.any() or not sums:
        return {}
    flat, hidden = numbers.ravel(), np.flatnonzero(hide.ravel())
    low, high = possible(flat, rule)
    found: dict[int, int] = {}
    for most in (float(rule.largest_hidden), np.inf):
        low[hidden], high[hidden] = 1.0, most
        found |= determined(low, high, sums, hidden)
    return found


def rounded(raw: Counts, rule: Rule) -> Counts:
    """Round counts as the rule shows them; halves round up."""
    return (raw + rule.base // 2) // rule.base * rule.base


def possible(
    shown: NDArray[np.int64], rule: Rule
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smallest and largest counts a reader can suppose behind figures that are shown."""
    low, high = shown.astype(float), shown.astype(float)
    if rule.base > 1:
        some = shown > 0
        low[some] = np.maximum(shown[some] - rule.base // 2, rule.largest_hidden + 1)
        high[some] = shown[some] + (rule.base - 1) // 2
    return low, high
