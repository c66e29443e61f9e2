"""Which further counts must be hidden so that no small one can be worked out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class _Loose:
    """What the choice of a count to hide depends on."""

    flat: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    found: Mapping[int, int]
    sums: list[Sum]
    ties: Mapping[int, list[int]]

    def open_in(self, position: int) -> bool:
        """Whether a total has a hidden count that nobody has deduced."""
        return any(self.hidden[at] and at not in self.found for at in self.sums[position].cells)

    def exposed(self, at: int, chain: set[int]) -> int:
        """Count the other totals in which a count, once hidden, would be the only unknown."""
        others = [position for position in self.ties[at] if position not in chain]
        return sum(not self.open_in(position) for position in others)


def hide_more(raw: Counts, hide: Mask, sums: list[Sum], rule: Rule) -> None:
    """
    Hide further counts, in place, until no small one can be deduced.

    Parameters
    ----------
    raw
        The counts.
    hide
        Which are hidden; those the rule hides at first.
    sums
        The totals a reader knows of.
    rule
        What is hidden and how the rest is rounded.

    Raises
    ------
    DisclosureError
        Where a count can be worked out with everything around it hidden.
    """
    flat, hidden = raw.ravel(), hide.ravel()  # views: both are contiguous
    small, shown = hidden.copy(), rounded(raw, rule)
    ties = _ties(sums)
    active = sums
    while True:
        found = deduced(shown, hide, active, rule)
        told = [at for at, count in found.items() if small[at] and flat[at] == count]
        if not told:
            return
        covers: set[int] = set()
        for at in told:
            loose = _Loose(flat, hidden, found, sums, ties)
            chain = _chain(at, loose)
            if any(chain.intersection(ties[cover]) for cover in covers):
                continue  # loosened on this pass already: look again first
            cover = _cover(chain, loose)
            if cover is None:
                raise DisclosureError(
                    "a hidden count can still be worked out with everything around it hidden;"
                    " merge small groups or areas before writing this table"
                )
            hidden[cover] = True
            covers.add(cover)
        if rule.base == 1:  # rounding ties everything to everything; elsewhere look again near by
            active = _around({*told, *covers}, hidden, sums, ties)


def _ties(sums: list[Sum]) -> dict[int, list[int]]:
    """Positions of the totals that each count is in."""
    ties: dict[int, list[int]] = defaultdict(list)
    for position, one in enumerate(sums):
        for at in one.cells:
            ties[at].append(position)
    return ties


def _chain(at: int, loose: _Loose) -> set[int]:
    """
    Gather the totals along which a count was deduced, through others deduced with it.

    Those are the totals in which nothing is unknown any more. Where there is none, it was deduced
    from several totals together, and all it is in are gathered.
    """
    chain: set[int] = set()
    reached, waiting = {at}, [at]
    while waiting:
        for position in loose.ties[waiting.pop()]:
            if position not in chain and not loose.open_in(position):
                chain.add(position)
                cells = {one for one in loose.sums[position].cells if one in loose.found}
                waiting += cells - reached
                reached |= cells
    return chain or set(loose.ties[at])


def _around(
    cells: set[int], hidden: NDArray[np.bool_], sums: list[Sum], ties: Mapping[int, list[int]]
) -> list[Sum]:
    """Gather the totals that can tell something of some counts, through hidden ones."""
    near: set[int] = set()
    reached, waiting = set(cells), list(cells)
    while waiting:
        for position in ties[waiting.pop()]:
            if position not in near:
                near.add(position)
                fresh = {at for at in sums[position].cells if hidden[at]} - reached
                reached |= fresh
                waiting += fresh
    return [sums[position] for position in sorted(near)]


def _cover(chain: set[int], loose: _Loose) -> int | None:
    """
    Choose what to hide to protect a count: what leaves fewest new traces, parts before totals.

    Where nothing in its chain is left to hide, anything is taken: the count was deduced from the
    bounds of others further off.
    """
    wholes = {one.whole for one in loose.sums}
    for positions in (chain, range(len(loose.sums))):
        visible = {
            at
            for position in positions
            for at in loose.sums[position].cells
            if not loose.hidden[at] and loose.flat[at] > 0
        }
        if visible:
            return min(
                visible,
                key=lambda at: (loose.exposed(at, chain), at in wholes, loose.flat[at], at),
            )
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
