"""
What a reader can work out about hidden counts from totals.

Each count lies between two bounds (as shown, within its rounding, or as the rule allows) and totals
tie counts together. :func:`determined` finds the hidden counts that can then be one whole number
only: by narrowing bounds along the totals, which is exact where totals do not run both ways through
a table, and by integer programming (HiGHS, through scipy) where they do.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

CORNERS: Final = 6
"""Tables looked at before counts are asked for one by one."""

MOST_PASSES: Final = 200
"""Passes over the totals; along a chain of totals each pass settles at least one."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Positions of a total and of the parts that add up to it."""

    whole: int
    parts: tuple[int, ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """All of its positions."""
        return (*self.parts, self.whole)


def determined(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    sums: Sequence[Sum],
    hidden: Sequence[int] | NDArray[np.intp],
) -> dict[int, int]:
    """
    Find the hidden counts that can be one number only.

    Parameters
    ----------
    low, high
        Bounds of every count, inclusive; ``high`` may be infinite. Never changed.
    sums
        The totals a reader knows of.
    hidden
        Positions of the hidden counts.

    Returns
    -------
    dict of int to int
        Position and number. A group of counts tied by totals whose bounds contradict one another
        tells a reader nothing and is left out.

    Examples
    --------
    One of three parts of a total of 20 is hidden, and so no secret:

    >>> low, high = np.array([20.0, 12, 5, 1]), np.array([20.0, 12, 5, 7])
    >>> determined(low, high, [Sum(0, (1, 2, 3))], [3])
    {3: 3}
    """
    low, high = low.copy(), high.copy()
    secret = {int(at) for at in hidden}
    found: dict[int, int] = {}
    for group in _groups(low, high, sums):
        if not _narrow(low, high, group):
            continue
        cells = sorted({at for one in group for at in one.cells})
        found |= {at: int(low[at]) for at in cells if at in secret and low[at] == high[at]}
        open_ones = [at for at in cells if at in secret and low[at] < high[at]]
        if open_ones and not _tree(low, high, group):
            found |= _solved(low, high, group, cells, open_ones)
    return dict(sorted(found.items()))


def _groups(
    low: NDArray[np.float64], high: NDArray[np.float64], sums: Sequence[Sum]
) -> Iterator[list[Sum]]:
    """Yield the totals in groups that share no count still open."""
    sums_of: dict[int, list[int]] = defaultdict(list)
    for position, one in enumerate(sums):
        for at in one.cells:
            if low[at] < high[at]:
                sums_of[at].append(position)
    seen: set[int] = set()
    for start in range(len(sums)):
        if start in seen:
            continue
        seen.add(start)
        group, waiting = [], [start]
        while waiting:
            position = waiting.pop()
            group.append(position)
            for at in sums[position].cells:
                for other in sums_of.get(at, ()):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        yield [sums[position] for position in sorted(group)]


def _narrow(low: NDArray[np.float64], high: NDArray[np.float64], group: list[Sum]) -> bool:
    """Narrow the bounds in place along the totals; False where they contradict one another."""
    for _ in range(MOST_PASSES):
        changed = False
        for one in group:
            parts, whole = np.array(one.parts, dtype=np.intp), one.whole
            least, greatest = low[parts].sum(), high[parts].sum()
            low_whole = max(low[whole], least)
            high_whole = min(high[whole], greatest)
            # What is left for a part when the others take as much, or as little, as they may.
            others_high = _sum_of_others(high[parts])
            low_parts = np.maximum(low[parts], low_whole - others_high)
            high_parts = np.minimum(high[parts], high_whole - (least - low[parts]))
            if low_whole > high_whole or (low_parts > high_parts).any():
                return False
            changed |= low_whole > low[whole] or high_whole < high[whole]
            changed |= bool((low_parts > low[parts]).any() or (high_parts < high[parts]).any())
            low[whole], high[whole] = low_whole, high_whole
            low[parts], high[parts] = low_parts, high_parts
        if not changed:
            return True
    return True


def _sum_of_others(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each value the sum of all others; infinite values make no nonsense of it."""
    endless = np.isinf(values)
    rest = values[~endless].sum() - np.where(endless, 0.0, values)
    others: NDArray[np.float64] = np.where(endless.sum() - endless > 0, np.inf, rest)
    return others


def _tree(low: NDArray[np.float64], high: NDArray[np.float64], group: list[Sum]) -> bool:
    """Whether the open counts and the totals of a group form no ring: narrowing is then exact."""
    links = [(at, position) for position, one in enumerate(group) for at in one.cells]
    links = [(at, position) for at, position in links if low[at] < high[at]]
    home: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        while home.setdefault(node, node) != node:
            node = home[node]
        return node

    for at, position in links:
        cell, total = root(("cell", at)), root(("total", position))
        if cell == total:
            return False
        home[cell] = total
    return True


def _solved(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    group: list[Sum],
    cells: list[int],
    open_ones: list[int],
) -> dict[int, int]:
    """Find the counts that are the same in every table of whole numbers that fits."""
    fits = _Fits(low[cells], high[cells], _matrix(group, cells))
    # Tables at a few corners of what fits show most counts to differ, at one search for all.
    tilt = np.random.default_rng(0)
    for _ in range(CORNERS):
        if not fits.look(tilt.uniform(-1, 1, len(cells))):
            return {}  # no table fits: the supposition was wrong, and tells nothing
    wanted = set(open_ones)
    return {
        at: int(fits.least[here])
        for here, at in enumerate(cells)
        if at in wanted and fits.only_one(here)
    }


def _matrix(group: list[Sum], cells: list[int]) -> Any:  # noqa: ANN401  (scipy is imported late)
    """Totals as equations: parts less whole is nought."""
    from scipy import sparse

    column = {at: position for position, at in enumerate(cells)}
    rows = [row for row, one in enumerate(group) for _ in one.cells]
    columns = [column[at] for one in group for at in one.cells]
    signs = [sign for one in group for sign in (*(1.0 for _ in one.parts), -1.0)]
    return sparse.coo_array((signs, (rows, columns)), shape=(len(group), len(cells))).tocsr()


class _Fits:
    """The tables that fit what is known, and how far the ones looked at differ in each count."""

    def __init__(
        self,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        matrix: Any,  # noqa: ANN401  (scipy is imported late)
    ) -> None:
        from scipy import optimize

        self._low, self._high = low, high
        self._totals = optimize.LinearConstraint(matrix, 0, 0)
        self.least = np.full(len(low), np.inf)
        self.greatest = np.full(len(low), -np.inf)

    def look(self, wanted: NDArray[np.float64], upper: NDArray[np.float64] | None = None) -> bool:
        """Look at the table with the least sum of counts times what is wanted, if any fits."""
        from scipy import optimize

        high = self._high if upper is None else upper
        answer = optimize.milp(
            np.where(np.isinf(high), np.abs(wanted), wanted),  # so that there is a least
            integrality=np.ones(len(high), dtype=np.int64),
            bounds=optimize.Bounds(self._low, high),
            constraints=self._totals,
        )
        if answer.x is None:
            return False
        self.least = np.minimum(self.least, np.round(answer.x))
        self.greatest = np.maximum(self.greatest, np.round(answer.x))
        return True

    def only_one(self, here: int) -> bool:
        """Whether a count is the same in every table that fits."""
        for sign in (1.0, -1.0):
            if self.least[here] < self.greatest[here]:
                return False
            wanted, upper = np.zeros(len(self._low)), self._high.copy()
            wanted[here] = sign
            upper[here] = min(upper[here], self.least[here] + 10)  # any higher tells no more
            self.look(wanted, upper)
        return bool(self.least[here] == self.greatest[here])
