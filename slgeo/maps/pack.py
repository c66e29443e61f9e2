"""
Packs for reports: the page's findings as a short document, for a board, a JSNA or an equity review.

A pack is a list of blocks made from the spec; :mod:`slgeo.maps.pack_html`,
:mod:`slgeo.maps.pack_docx` and :mod:`slgeo.maps.pack_pdf` write the same blocks, so that they
cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from slgeo.errors import PageError
from slgeo.maps import attribution, static, tally, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from slgeo.maps.spec import MapSpec, Measure

Kind = Literal["board", "jsna", "equity"]

WORST: Final = 10
"""Areas a pack lists."""

CAVEATS: Final = 5
"""Caveats on a board's two pages."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the first of a pack is its title."""

    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a strong one is the finding."""

    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short statements, one a line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A figure as PNG bytes, with what it shows in words."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its caption, its heads, its rows; the first column is text, the rest numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """A new page, where the document has pages."""


Block = Heading | Paragraph | Bullets | Picture | Grid | NewPage


def blocks(
    kind: Kind, spec: MapSpec, measure: Measure, minutes: int, by: Mapping[str, str]
) -> list[Block]:
    """
    Make the blocks of a pack.

    Parameters
    ----------
    kind
        ``board``: two pages; ``jsna``: the place, its parts and the whole; ``equity``: every group
        there is data for.
    spec, measure, minutes
        What is shown, at which threshold.
    by
        Area -> the part of the place it belongs to, such as a ward; for ``jsna``.

    Raises
    ------
    PageError
        For an unknown pack, areas without a part, or data without a credit.
    """
    makers: dict[str, Callable[[], list[Block]]] = {
        "board": lambda: _board(spec, measure, minutes),
        "jsna": lambda: _jsna(spec, measure, minutes, by),
        "equity": lambda: _equity(spec, measure, minutes),
    }
    if kind not in makers:
        raise PageError(f"no pack {kind!r}: choose from {', '.join(makers)}")
    attribution.require(spec)
    return [
        Heading(spec.title),
        *_opening(spec, measure, minutes),
        *makers[kind](),
        *_sources(spec),
    ]


def _opening(spec: MapSpec, measure: Measure, minutes: int) -> list[Block]:
    """Say where, when and what was found."""
    found = text.finding(spec, measure, minutes)
    where = ", ".join(part for part in (spec.place, spec.date) if part)
    where = f"{where}." if where else ""
    invented = " This place is invented: its people, places and roads are made up."
    rest = " ".join(part for part in (found.detail, found.fairness, *found.asides) if part)
    return [
        Paragraph(where + (invented if spec.invented else "")),
        Paragraph(found.headline, strong=True),
        Paragraph(rest),
    ]


def _board(spec: MapSpec, measure: Measure, minutes: int) -> list[Block]:
    """Two pages: finding and map; one chart's numbers, five caveats, sources."""
    return [
        _picture(spec, measure, minutes),
        NewPage(),
        _by_deprivation(spec, measure, minutes),
        Heading("What to bear in mind"),
        Bullets(_caveats(spec)[:CAVEATS]),
    ]


def _jsna(spec: MapSpec, measure: Measure, minutes: int, by: Mapping[str, str]) -> list[Block]:
    """Show the place and its parts beside the whole, deprivation, and the areas furthest away."""
    parts = [_by_part(spec, measure, minutes, by)] if by else []
    return [
        _picture(spec, measure, minutes),
        *parts,
        _by_deprivation(spec, measure, minutes),
        _worst(spec, measure, minutes),
        Heading("What this leaves out"),
        Bullets(_caveats(spec)),
    ]


def _equity(spec: MapSpec, measure: Measure, minutes: int) -> list[Block]:
    """Every group there is data for, the most deprived fifth first."""
    facts = spec.facts
    found: list[Block] = [
        Heading("Who is further"),
        Paragraph(most_deprived(spec, measure, minutes)),
    ]
    found.append(_by_deprivation(spec, measure, minutes))
    if len(facts.rurality_classes) > 1:
        rows = tuple(
            _row(label, tally.tally(measure, facts, minutes, facts.rurality == position))
            for position, label in enumerate(facts.rurality_classes)
        )
        found.append(Grid("By town and country", _heads("Class", minutes), rows))
    if facts.groups:
        found += [
            Grid("By group of people", _heads("Group", minutes), _groups(spec, measure, minutes)),
            Paragraph("Each group is taken to be spread evenly within an area."),
        ]
    found += [Heading("What this leaves out"), Bullets(_caveats(spec))]
    return found


def area_blocks(spec: MapSpec, code: str, minutes: int) -> list[Block]:
    """
    Make a one-page summary of an area: every kind of place, every way of travelling.

    Raises
    ------
    PageError
        For a code that is no area of the study, or data without a credit.
    """
    facts = spec.facts
    if code not in facts.codes or not facts.in_study[facts.codes.index(code)]:
        raise PageError(f"no area {code!r} in the study: give a code of the areas table")
    attribution.require(spec)
    i = facts.codes.index(code)
    whose = facts.nation or "the nation"
    known = [f"{text.number(int(facts.people[i]))} people live here."]
    if facts.decile[i]:
        known.append(f"Deprivation: tenth {facts.decile[i]} of {whose}, 1 being most deprived.")
    if facts.rurality[i] >= 0:
        known.append(f"{facts.rurality_classes[facts.rurality[i]]}.")
    rows = tuple(_reach(spec, m, i, minutes) for m in spec.measures if not m.scenario)
    heads = ("Nearest", "Minutes", f"Over {minutes} minutes", "Share", "Share in all", "Place")
    where = ", ".join(part for part in (code, spec.place, spec.date) if part)
    invented = " This place is invented." if spec.invented else ""
    return [
        Heading(facts.names[i]),
        Paragraph(f"{where}.{invented}"),
        Paragraph(" ".join(known)),
        Grid(f"How near places are: {spec.title}", heads, rows),
        Heading("What this leaves out"),
        Bullets(_caveats(spec)),
        *_sources(spec),
    ]


def part_blocks(spec: MapSpec, part: str, by: Mapping[str, str], minutes: int) -> list[Block]:
    """
    Make a one-page summary of a part of the place, such as a ward or a primary care network.

    Parameters
    ----------
    part
        Its name, as `by` has it.
    by
        Area -> the part it belongs to; areas without one are of none.

    Raises
    ------
    PageError
        For a part no area of the study belongs to, or data without a credit.
    """
    facts = spec.facts
    inside = np.array([by.get(code, "") == part for code in facts.codes]) & facts.in_study
    if not inside.any():
        parts = sorted({by[code] for code in facts.codes if code in by})
        raise PageError(f"no area of the study is in {part!r}: choose from {', '.join(parts[:20])}")
    attribution.require(spec)
    people = tally.everyone(spec.measures[0], facts, minutes).people
    own = tally.tally(spec.measures[0], facts, minutes, inside).people
    count = int(inside.sum())
    known = (
        f"{text.number(own)} people live here, in {count:,} {'area' if count == 1 else 'areas'}: "
        f"{text.percent(own / people if people else None)} of {spec.place or 'the place'}."
    )
    measures = [m for m in spec.measures if not m.scenario]
    rows = tuple(
        (
            f"{m.label}, {text.MODE_WORDS[m.mode][0].lower()}",
            *_row("", tally.tally(m, facts, min(minutes, m.limit), inside))[1:],
            text.percent(tally.everyone(m, facts, min(minutes, m.limit)).share),
        )
        for m in measures
    )
    heads = ("Nearest", "People", f"Over {minutes} minutes", "Share", "Share in all")
    where = ", ".join(words for words in (spec.place, spec.date) if words)
    invented = " This place is invented." if spec.invented else ""
    return [
        Heading(text.plain(part)),
        Paragraph(f"{where}.{invented}"),
        Paragraph(known),
        Grid(f"How near places are: {spec.title}", heads, rows),
        _worst(spec, measures[0], minutes, inside),
        Heading("What this leaves out"),
        Bullets(_caveats(spec)),
        *_sources(spec),
    ]


def _reach(spec: MapSpec, measure: Measure, i: int, minutes: int) -> tuple[str, ...]:
    """One row of an area's summary: one kind of place by one way of travelling."""
    label = f"{measure.label}, {text.MODE_WORDS[measure.mode][0].lower()}"
    minutes = min(minutes, measure.limit)
    study = text.percent(tally.everyone(measure, spec.facts, minutes).share)
    if measure.withheld[i]:
        return (label, "withheld", "", "", study, "")
    people = int(tally.people(measure)[i])
    beyond = int(tally.beyond(measure, minutes)[i])
    near = spec.sites[measure.nearest[i][0][0]].name if measure.nearest[i] else ""
    share = text.percent(beyond / people if people else None)
    return (label, text.minutes_text(measure, i), text.number(beyond), share, study, near)


def most_deprived(spec: MapSpec, measure: Measure, minutes: int) -> str:
    """Say how many people of the nation's most deprived fifth are further; none in words."""
    facts = spec.facts
    whose = text.possessive(facts.nation) if facts.nation else "the nation's"
    if not (facts.decile[facts.in_study] > 0).any():
        return "No deprivation data were joined, so nothing can be said of deprived areas."
    found = tally.tally(measure, facts, minutes, (facts.decile > 0) & (facts.decile <= 2))
    if not found.people:
        return f"Nobody here lives in {whose} most deprived fifth."
    beyond = "none of them" if not found.beyond else f"{text.about(found.beyond)} of them"
    journey = text.far(minutes, measure.mode)
    return (
        f"{text.about(found.people).capitalize()} people here live in {whose} most deprived fifth; "
        f"{beyond} ({text.percent(found.share)}) live more than {journey} from {measure.noun}."
    )


def _picture(spec: MapSpec, measure: Measure, minutes: int) -> Picture:
    return Picture(static.png(spec, measure, minutes), text.alt_text(spec, measure, minutes))


def _by_part(spec: MapSpec, measure: Measure, minutes: int, by: Mapping[str, str]) -> Grid:
    """Sum areas to parts; the whole is the last row, and the parts add up to it."""
    facts = spec.facts
    lost = [
        code
        for code, inside in zip(facts.codes, facts.in_study, strict=True)
        if inside and code not in by
    ]
    if lost:
        raise PageError(
            f"{len(lost)} areas belong to no part (first: {', '.join(lost[:5])}): give each area "
            "of the study one"
        )
    part = np.array([by.get(code, "") for code in facts.codes], dtype=object)
    names = sorted({by[c] for c, inside in zip(facts.codes, facts.in_study, strict=True) if inside})
    rows = [_row(text.plain(n), tally.tally(measure, facts, minutes, part == n)) for n in names]
    rows.append(_row(spec.place or "All", tally.everyone(measure, facts, minutes)))
    return Grid("By part of the place", _heads("Part", minutes), tuple(rows))


def _by_deprivation(spec: MapSpec, measure: Measure, minutes: int) -> Grid:
    """National fifths, then the place's own fifths, whichever there are."""
    facts = spec.facts
    rows = []
    if (facts.decile[facts.in_study] > 0).any():
        national = (facts.decile + 1) // 2
        whose = text.possessive(facts.nation) if facts.nation else "The nation's"
        whose = whose[:1].upper() + whose[1:]
        rows += [
            _row(
                f"{whose} fifth {n}{END.get(n, '')}",
                tally.tally(measure, facts, minutes, national == n),
            )
            for n in range(1, 6)
        ]
    if (facts.fifth > 0).any():
        here = text.possessive(spec.place) if spec.place else "Local"
        rows += [
            _row(
                f"{here} own fifth {n}{END.get(n, '')}",
                tally.tally(measure, facts, minutes, facts.fifth == n),
            )
            for n in range(1, 6)
        ]
    rows.append(_row("Everybody", tally.everyone(measure, facts, minutes)))
    return Grid("By deprivation", _heads("Fifth", minutes), tuple(rows))


END: Final = {1: " (most deprived)", 5: " (least deprived)"}


def _groups(spec: MapSpec, measure: Measure, minutes: int) -> tuple[tuple[str, ...], ...]:
    rows = []
    for label, found in tally.by_group(measure, spec.facts, minutes).items():
        rows.append(_row(label, found))
    return tuple(rows)


def _worst(
    spec: MapSpec, measure: Measure, minutes: int, where: npt.NDArray[np.bool_] | None = None
) -> Grid:
    """List the areas with most people further, of the study or of some of it."""
    facts = spec.facts
    people, beyond = tally.people(measure), tally.beyond(measure, minutes)
    shown = facts.in_study & ~measure.withheld
    inside = np.flatnonzero(shown if where is None else shown & where)
    order = sorted(inside, key=lambda i: (-int(beyond[i]), facts.codes[i]))[:WORST]
    rows = tuple(
        (
            facts.names[i],
            text.number(int(people[i])),
            text.number(int(beyond[i])),
            text.minutes_text(measure, int(i)),
        )
        for i in order
    )
    heads = ("Area", "People", f"Over {minutes} minutes", "Minutes")
    return Grid("Areas with most people further", heads, rows)


def _heads(first: str, minutes: int) -> tuple[str, ...]:
    return (first, "People", f"Over {minutes} minutes", "Share")


def _row(label: str, found: tally.Tally) -> tuple[str, ...]:
    if not found.people:
        return (label, "nobody here", "", "")
    counts = (text.number(found.people), text.number(found.beyond))
    return (label, *counts, text.percent(found.share))


def _caveats(spec: MapSpec) -> tuple[str, ...]:
    """Say what is left out, then what a reader may take wrongly."""
    return (
        *spec.leaves_out,
        "People without a time count as further; none are left out.",
        "Counts of people are modelled from where they live, not from where they go.",
        "This describes areas, not the individuals in them.",
    )


def _sources(spec: MapSpec) -> list[Block]:
    lines = tuple(
        " ".join(part for part in (c.statement, attribution.safe_url(c.url)) if part)
        for c in attribution.ordered(spec)
    )
    return [Heading("Sources"), Bullets(lines)]
