"""
Sentences: the finding, alt text, and numbers in words.

The browser speaks the same sentences while controls move (``assets/src/words.mjs``); vectors in
``tests/js`` hold the two together. Modelled people are rounded for reading: to three figures, and
to tens at the finest.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo import reasons
from slgeo.maps import tally

if TYPE_CHECKING:
    from slgeo.maps.spec import MapSpec, Measure

MODE_WORDS: Final = {
    "walk": ("Walk", "walking time", "walk"),
    "cycle": ("Cycle", "cycling time", "cycle ride"),
    "drive": ("Drive", "driving time", "drive"),
    "transit": ("Public transport", "time by public transport", "journey by public transport"),
}
"""For each way of travelling: its control, its time, and what comes after "15 minutes'"."""


MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What the page found at one threshold.

    Parameters
    ----------
    headline
        The share of people further than the threshold.
    detail
        How many of how many.
    fairness
        The most deprived fifth against the least, or why that cannot be said.
    asides
        Who has no time, who is withheld, who may have a nearer place beyond the roads, and how
        many households have no car.
    """

    headline: str
    detail: str
    fairness: str
    asides: tuple[str, ...]

    def __str__(self) -> str:
        """Give the whole finding as one paragraph."""
        return " ".join(
            part for part in (self.headline, self.detail, self.fairness, *self.asides) if part
        )


def plain(text: object) -> str:
    """
    Make any text fit for one line of a page: no control characters, runs of space as one.

    Examples
    --------
    >>> plain("St Mary's   " + chr(0) + chr(10) + "Hall ")
    "St Mary's Hall"
    """
    shown = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} else c for c in str(text)
    )
    return " ".join(shown.split())


def dated(date: str) -> str:
    """
    Write an ISO date or month as a reader would; anything else stays as it is.

    Examples
    --------
    >>> dated("2025-09"), dated("2025-09-01"), dated("Spring 2025")
    ('September 2025', '1 September 2025', 'Spring 2025')
    """
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?", date)
    if not found:
        return date
    year, month, day = found.groups()
    return f"{f'{int(day)} ' if day else ''}{MONTHS[int(month) - 1]} {year}"


def number(value: int) -> str:
    """Write a whole number with commas."""
    return f"{value:,}"


def about(value: int) -> str:
    """
    Round a number of people for reading.

    Examples
    --------
    >>> about(41059), about(247), about(3), about(0)
    ('41,100', '250', 'fewer than 10', 'no')
    """
    if value == 0:
        return "no"
    if value < 10:
        return "fewer than 10"
    unit = 10 ** max(1, math.floor(math.log10(value)) - 2)
    return number((value + unit // 2) // unit * unit)


def percent(share: float | None) -> str:
    """
    Write a share as a whole percentage, never rounding some to none or most to all.

    Examples
    --------
    >>> percent(0.154), percent(0.001), percent(0.999), percent(0.0), percent(None)
    ('15%', 'less than 1%', 'more than 99%', '0%', 'nobody to count')
    """
    if share is None:
        return "nobody to count"
    if 0 < share < 0.005:
        return "less than 1%"
    if 0.995 <= share < 1:
        return "more than 99%"
    return f"{math.floor(share * 100 + 0.5)}%"


def far(minutes: int, mode: str) -> str:
    """
    Say a threshold as a journey.

    Examples
    --------
    >>> far(15, "walk"), far(1, "drive")
    ("15 minutes' walk", "1 minute's drive")
    """
    unit = "minute's" if minutes == 1 else "minutes'"
    return f"{minutes} {unit} {MODE_WORDS[mode][2]}"


def bare(noun: str) -> str:
    """
    Take the article from a noun, to follow "the nearest".

    Examples
    --------
    >>> bare("a GP practice"), bare("an arts venue")
    ('GP practice', 'arts venue')
    """
    return noun.removeprefix("an ").removeprefix("a ")


def minutes_text(measure: Measure, area: int) -> str:
    """Write the minutes of an area for a table, or what stands for them."""
    if measure.tenths[area] >= 0:
        return f"{measure.tenths[area] / 10:.1f}"
    if measure.withheld[area]:
        return "withheld"
    if reasons.ALL[measure.reason[area]] == reasons.BEYOND_LIMIT:
        return f"over {measure.limit}"
    return "no time"


def possessive(name: str) -> str:
    """Make a name possessive."""
    return f"{name}'s"


def finding(spec: MapSpec, measure: Measure, minutes: int) -> Finding:
    """
    Say in words what a measure shows at a threshold.

    Parameters
    ----------
    spec, measure
        What is on the page.
    minutes
        The threshold, whole minutes.
    """
    facts = spec.facts
    total = tally.everyone(measure, facts, minutes)
    journey = f"more than {far(minutes, measure.mode)} from {measure.noun}"
    here = spec.place or "the area shown"
    if not total.people:
        return Finding(
            f"There is nobody to count in {here}.", "", "", _asides(spec, measure, minutes, total)
        )
    if total.beyond == 0:
        headline = f"Nobody in {here} lives {journey}."
    elif total.beyond == total.people:
        headline = f"Everybody in {here} lives {journey}."
    else:
        headline = f"{percent(total.share)} of people in {here} live {journey}."
        headline = headline[0].upper() + headline[1:]
    detail = f"{about(total.beyond).capitalize()} of {about(total.people)} people."
    return Finding(
        headline, detail, _fairness(spec, measure, minutes), _asides(spec, measure, minutes, total)
    )


def _fairness(spec: MapSpec, measure: Measure, minutes: int) -> str:
    facts = spec.facts
    known = facts.decile[facts.in_study] > 0
    if not known.any():
        return ""
    most = tally.tally(measure, facts, minutes, (facts.decile > 0) & (facts.decile <= 2))
    least = tally.tally(measure, facts, minutes, facts.decile >= 9)
    nation = possessive(facts.nation) if facts.nation else "the nation's"
    if most.people and least.people:
        return (
            f"It is {percent(most.share)} in {nation} most deprived fifth and "
            f"{percent(least.share)} in its least deprived."
        )
    said = [
        f"Nobody here lives in {nation} {end} deprived fifth."
        for end, found in (("most", most), ("least", least))
        if not found.people
    ]
    fifths = tally.by_class(measure, facts, minutes, facts.fifth)
    if len(fifths) == 5 and fifths[0].people and fifths[4].people:
        here = possessive(spec.place) if spec.place else "the map's"
        said.append(
            f"Among {here} own areas it is {percent(fifths[0].share)} in the most deprived fifth "
            f"and {percent(fifths[4].share)} in the least."
        )
    return " ".join(said)


def _asides(spec: MapSpec, measure: Measure, minutes: int, total: tally.Tally) -> tuple[str, ...]:
    facts = spec.facts
    said = [change(spec, measure, minutes)]
    if total.no_time:
        bare = {r: n for r, n in total.without.items() if r != reasons.BEYOND_LIMIT}
        listed = "; ".join(
            f"{about(n)} {reasons.SENTENCES[r]}" if len(bare) > 1 else reasons.SENTENCES[r]
            for r, n in bare.items()
        )
        said.append(
            f"That counts {about(total.no_time)} people with no "
            f"{MODE_WORDS[measure.mode][1]}: {listed}."
        )
    unsafe = int(measure.unsafe[facts.in_study & ~measure.withheld].sum())
    if unsafe:
        said.append(
            f"For {about(unsafe)} people a nearer place may lie beyond the edge of the roads used."
        )
    if total.withheld:
        said.append(
            f"{about(total.withheld).capitalize()} people live in areas whose figures are "
            "withheld; they are not in these counts."
        )
    if measure.mode == "drive" and facts.households is not None:
        said.append(no_car(spec))
    return tuple(part for part in said if part)


def change(spec: MapSpec, after: Measure, minutes: int) -> str:
    """Say in words what a scenario does at a threshold; empty for things as they are."""
    if not after.scenario:
        return ""
    if after.residents is not None:
        return _period(spec, after, minutes)
    found = tally.change(spec.now(after), after, spec.facts, minutes)
    journey = f"more than {far(minutes, after.mode)} from {after.noun}"
    if not found.fewer and not found.more:
        return f"{after.scenario}: as many people as now live {journey}."
    said = []
    if found.fewer:
        said.append(f"{about(found.fewer)} fewer people in {areas(found.areas_fewer)}")
    if found.more:
        said.append(f"{about(found.more)} more in {areas(found.areas_more)}")
    return f"{after.scenario}: {' and '.join(said)} live {journey} than now."


def _period(spec: MapSpec, after: Measure, minutes: int) -> str:
    """Set another period beside now: shares of its own people, as they are not the same people."""
    now = spec.now(after)
    least = min(minutes, now.limit, after.limit)
    before, then = (tally.everyone(one, spec.facts, least) for one in (now, after))
    return (
        f"{after.scenario}: {percent(then.share)} of its {about(then.people)} people; now "
        f"{percent(before.share)} of {about(before.people)}. Deprivation, rurality and groups are "
        "those of now."
    )


def areas(count: int) -> str:
    """Count areas in words."""
    return "1 area" if count == 1 else f"{number(count)} areas"


def no_car(spec: MapSpec) -> str:
    """Say how many households have no car, for maps of driving."""
    facts = spec.facts
    if facts.households is None or facts.households_no_car is None:
        return ""
    households = int(facts.households[facts.in_study].sum())
    without = int(facts.households_no_car[facts.in_study].sum())
    if not households:
        return ""
    return f"{percent(without / households)} of households here have no car or van."


def alt_text(spec: MapSpec, measure: Measure, minutes: int) -> str:
    """Describe the figure to someone who cannot see it."""
    facts = spec.facts
    worst = np.where(facts.in_study & (measure.tenths >= 0), measure.tenths, -1)
    order = np.argsort(-worst, kind="stable")[:3]
    names = [facts.names[i] for i in order if worst[i] >= 0]
    trip = MODE_WORDS[measure.mode][2]
    place = spec.place or "the study area"
    what = f"Map of {place}: minutes' {trip} to the nearest {bare(measure.noun)}, by small area."
    said = [what, str(finding(spec, measure, minutes))]
    if names:
        said.append(f"The longest times are in {', '.join(names)}.")
    return " ".join(said)
