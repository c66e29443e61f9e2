"""
Counts of people, from a spec: the arithmetic every number on page, figure and CSV comes from.

The browser repeats these few sums while controls move (``assets/src/model.mjs``); the test vectors
in ``tests/js`` hold the two together.

*Further than t* is everybody whose time is over t and everybody without a time. People whose
figures are withheld are counted apart, in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slgeo import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slgeo.maps.spec import AreaFacts, Measure


@dataclass(frozen=True, slots=True)
class Tally:
    """
    People of some areas, at one threshold.

    Parameters
    ----------
    people
        Everybody whose figures are not withheld.
    beyond
        Of them: further than the threshold, those without a time included.
    without
        Of those beyond: without a time, by reason, in the order of ``reasons.ALL``.
    withheld
        People of areas whose figures are withheld, not in ``people``.
    areas
        Number of areas counted in ``people``.
    """

    people: int
    beyond: int
    without: Mapping[str, int]
    withheld: int
    areas: int

    @property
    def share(self) -> float | None:
        """Share of people beyond, or None where there is nobody."""
        return self.beyond / self.people if self.people else None

    @property
    def no_time(self) -> int:
        """People without a time whose reason is not merely a journey longer than the search."""
        return sum(n for reason, n in self.without.items() if reason != reasons.BEYOND_LIMIT)


def people(measure: Measure) -> np.ndarray:
    """Count the people of each area: with a time and without."""
    return _total(measure)


def beyond(measure: Measure, minutes: int) -> np.ndarray:
    """Count the people of each area further than some whole minutes, those without a time too."""
    with_time = measure.bins[:, minutes + 1 :].sum(axis=1)
    return np.asarray(with_time + no_time(measure))


def no_time(measure: Measure) -> np.ndarray:
    """Count the people of each area without a time, for whatever reason."""
    total = np.zeros(len(measure.tenths), dtype=np.int64)
    for counts in measure.without.values():
        total = total + counts
    return total


def tally(measure: Measure, facts: AreaFacts, minutes: int, mask: np.ndarray) -> Tally:
    """
    Count people over a set of areas.

    Parameters
    ----------
    measure, facts
        What is counted.
    minutes
        The threshold, whole minutes.
    mask
        Which areas; those outside the study are never counted.
    """
    inside = mask & facts.in_study
    shown = inside & ~measure.withheld
    without = {
        reason: int(measure.without[reason][shown].sum())
        for reason in reasons.ALL
        if reason in measure.without and measure.without[reason][shown].sum()
    }
    return Tally(
        people=int(_total(measure)[shown].sum()),
        beyond=int(beyond(measure, minutes)[shown].sum()),
        without=without,
        withheld=int(residents(measure, facts)[inside & measure.withheld].sum()),
        areas=int(shown.sum()),
    )


def residents(measure: Measure, facts: AreaFacts) -> np.ndarray:
    """Give the people of each area in the measure's own period, withheld ones too."""
    return facts.people if measure.residents is None else measure.residents


def everyone(measure: Measure, facts: AreaFacts, minutes: int) -> Tally:
    """Count everybody in the study."""
    return tally(measure, facts, minutes, np.ones(len(facts.codes), dtype=bool))


def by_class(measure: Measure, facts: AreaFacts, minutes: int, classes: np.ndarray) -> list[Tally]:
    """Count people by a class of area; classes are 1 to the largest, 0 or less means none."""
    top = int(classes.max(initial=0))
    return [tally(measure, facts, minutes, classes == value) for value in range(1, top + 1)]


def by_group(measure: Measure, facts: AreaFacts, minutes: int) -> dict[str, Tally]:
    """
    Count groups of people, each taken to live as evenly in an area as everybody else.

    Returns
    -------
    dict of str to Tally
        By the group's name; reasons are not told apart.
    """
    shown = facts.in_study & ~measure.withheld
    total = _total(measure)
    share = np.divide(beyond(measure, minutes), total, where=total > 0, out=np.zeros(len(total)))
    found = {}
    for label, counts in facts.groups.items():
        own = np.where(shown & (total > 0), counts, 0)
        further = int(np.floor((own * share).sum() + 0.5))
        hidden = int(counts[facts.in_study & measure.withheld].sum())
        found[label] = Tally(int(own.sum()), further, {}, hidden, int(shown.sum()))
    return found


def mostly_beyond(measure: Measure, minutes: int) -> np.ndarray:
    """Say of each area whether more than half of its people are further than the threshold."""
    most: np.ndarray = (2 * beyond(measure, minutes) > _total(measure)) & ~measure.withheld
    return most


@dataclass(frozen=True, slots=True)
class Change:
    """
    What a scenario does to the people further than a threshold, area by area.

    Parameters
    ----------
    fewer, more
        People by which areas with fewer, and with more, people further differ.
    areas_fewer, areas_more
        Number of those areas.
    """

    fewer: int
    more: int
    areas_fewer: int
    areas_more: int


def change(before: Measure, after: Measure, facts: AreaFacts, minutes: int) -> Change:
    """Compare the people further than a threshold; areas withheld in either are left out."""
    shown = facts.in_study & ~before.withheld & ~after.withheld
    least = min(minutes, before.limit, after.limit)
    moved = np.where(shown, beyond(after, least) - beyond(before, least), 0)
    return Change(
        fewer=int(-moved[moved < 0].sum()),
        more=int(moved[moved > 0].sum()),
        areas_fewer=int((moved < 0).sum()),
        areas_more=int((moved > 0).sum()),
    )


def _total(measure: Measure) -> np.ndarray:
    total: np.ndarray = measure.bins.sum(axis=1) + no_time(measure)
    return total
