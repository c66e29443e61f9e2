"""What a run prints: the findings, who has none, and what to be careful of, in plain text."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.findings import BOTH, headline
from slgeo.pipeline.ranges import ABOUT_AREAS, OVER, UNTIMED, range_of, said
from slgeo.pipeline.words import TRAVEL, counted, label, people
from slgeo.reasons import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.parts import Part
    from slgeo.pipeline.registered import Registered
    from slgeo.report.ledger import Ledger
    from slgeo.results import Reach

WIDTH: Final = 100

ENDS_TITLE: Final = "Minutes further that some people have to go than others, with ranges"

COMPARED: Final = {
    "deprivation_fifth": ("most deprived", "national fifth", "than the least"),
    "domain_income_fifth": ("the same", "by income", "alone"),
    "local_fifth": ("most deprived", "local fifth", "than the least"),
    "income_local_fifth": ("the same", "by income", "alone"),
    "urban": ("rural", "than", "urban"),
    "age": ("", "", "65+"),
    "ethnic": ("minor-", "ity", "ethnic"),
    "cars": ("", "no", "car"),
}
"""Headings of the comparisons printed, by grouping, in the order of the columns."""

NOT_LISTED: Final = {"everyone", "urban", "income_local_fifth", BOTH}
"""Groupings of the summary table that are not printed: said elsewhere, or too many."""

COLUMNS: Final = (
    "Half within: minutes in which half of the people get there. No time: none was found within "
    "the longest journey searched; they count as further. Unsafe: a place beyond the end of the "
    "roads supplied may be nearer."
)
"""What the columns of the table by kind of place say."""

NAMED: Final = 5
"""Areas named where many are unsafe."""

PLACED: Final = {
    "given": "coordinates of the file",
    "uprn": "property number",
    "building": "building",
    "postcode": "postcode",
    "postcode_unknown_status": "postcode, perhaps an ended one",
    "postcode_terminated": "postcode that has ended",
    "postcode_mean": "mean of a postcode",
    "sector": "postcode sector",
    "place": "name",
    "failed": "nothing",
}
"""How places were put on the map, for each precision of :data:`slgeo.tables.PRECISIONS`."""

JOURNEY: Final = {"walk": "walk", "cycle": "cycle ride", "drive": "drive"}


@dataclass(frozen=True, slots=True)
class Printed:
    """The summary of a run in words: all of it, and what is printed."""

    full: str
    brief: str

    def noting(self, notes: Sequence[str]) -> Printed:
        """Add what is noticed last, to both."""
        if not notes:
            return self
        more = "\n".join(["", "Files of an earlier run", *_wrapped(notes, indent="  - ")])
        return Printed(f"{self.full}\n{more}", f"{self.brief}\n{more}")


def printed(
    study: Study,
    found: Findings,
    tables: Mapping[str, pd.DataFrame],
    *,
    registered: Registered | None,
    parts: Sequence[Part],
    ledger: Ledger,
    notes: Sequence[str],
) -> Printed:
    """
    Write the summary of a run.

    Returns
    -------
    Printed
        All of it, and what fits on a screen or two; lines of at most 100 characters.
    """
    opening = [
        [study.title, *(["The place is invented."] if study.invented else [])],
        _wrapped(_opening(study, found)),
        ["By kind of place", *_by_kind(study, found)],
        [_fifths_title(study, found), *_fifths(study, found)],
        [ENDS_TITLE, *_ends(study, found)],
        ["Gaps", *_wrapped(_gaps(study, found), indent="  ")],
    ]
    closing = [
        ["Places", *_wrapped(_places(found, tables), indent="  ")],
        ["Careful", *_wrapped(_careful(study, found, tables, registered), indent="  ")],
    ]
    said = [part for part in parts if part.lines]
    every = [[part.heading, *_wrapped(part.lines, indent="  ")] for part in said]
    few = [[part.heading, *_wrapped(part.lines[: part.brief], indent="  ")] for part in said]
    account = [
        ["People, stage by stage", *ledger.lines()],
        ["Notes", *_wrapped(notes, indent="  - ")],
    ]
    more = sum(len(part.lines[part.brief :]) for part in said)
    rest = (
        f"findings.txt has all of this, {more:,} sentences more, everybody accounted for stage by "
        f"stage, and {len(notes):,} notes on what was guessed, repaired or left out."
    )
    return Printed(
        full=_joined([*opening, *every, *closing, *account]),
        brief=_joined([*opening, *few, *closing, ["", *_wrapped([rest])]]),
    )


def _joined(paragraphs: Sequence[Sequence[str]]) -> str:
    """Put paragraphs one below the other; one that has a title and nothing else is left out."""
    first = paragraphs[0]
    kept = ("\n".join(one) for one in paragraphs if len(one) > 1 or one is first)
    return "\n\n".join(paragraph.lstrip("\n") for paragraph in kept)


def _opening(study: Study, found: Findings) -> Iterator[str]:
    """Say the finding, and which deprivation there is none of, before anything else."""
    from slgeo.equity import absent_groups
    from slgeo.places.taxonomy import LABELS

    kind, mode, beyond = headline(study, list(found.places.sites["kind"]))
    row = _everyone(found, kind, mode)
    further, everyone = _further(found, kind, mode, beyond), float(row["people"])
    without = float(row["people_without_time"])
    share = further / everyone if everyone else 0.0
    a = LABELS[kind].a if kind in LABELS else kind
    main = " (main surgeries only)" if label(kind, found.places.sites) else ""
    none = f"no {JOURNEY.get(mode, mode)} of up to {study.travel.limit[mode]:g} minutes"
    yield (
        f"In {study.place}, {share:.0%} of people ({people(further)} of {people(everyone)}) live "
        f"more than {beyond:g} minutes' {JOURNEY.get(mode, mode)} from {a}{main}"
        + (f"; for {people(without)} of these {none} was found." if without >= 1 else ".")
    )
    tried = range_of(found.ranges, kind, mode, f"share_beyond_{beyond:g}", "", "everyone")
    if tried[0] == tried[0]:
        yield f"It is {tried[0]:.0%} to {tried[1]:.0%} over the {_over(found)} tried."
    if "deprivation_decile" in found.areas.columns:
        yield " ".join(absent_groups(found.areas))
    unsafe = float(row["people_edge_unsafe"])
    if unsafe >= 1:
        yield (
            f"For {people(unsafe)} people ({unsafe / everyone:.0%}) a place beyond the end of the "
            "roads supplied may be nearer: they may have a shorter time than the one found, or one "
            "where none was found, so fewer may be further than said."
        )


def _everyone(found: Findings, kind: str, mode: str) -> pd.Series[Any]:
    """Row of the summary about everyone."""
    rows = found.summary.xs((kind, mode, "everyone"), level=("kind", "mode", "by"))
    return rows.iloc[0]


def _further(found: Findings, kind: str, mode: str, beyond: float) -> float:
    """People of the study beyond a threshold, thresholds of the table or not."""
    from slgeo import access

    one = next(r for r in found.reached if (r.kind, r.mode) == (kind, mode))
    inside = found.areas.index[found.areas["in_study"]]
    return float(access.people_beyond(one.times, minutes=beyond).reindex(inside).sum())


def _by_kind(study: Study, found: Findings) -> Iterator[str]:
    """One line a kind and mode: people too far, with the range over all that was tried."""
    yield (
        f"  {'':19}{'':6}{'further than':>12}{'people':>8}{'share':>6}{'range':>13}"
        f"{'half within':>12}{'no time':>10}{'unsafe':>10}"
    )
    for one in found.reached:
        row = _everyone(found, one.kind, one.mode)
        beyond = study.gaps.beyond(one.mode)
        further, everyone = _further(found, one.kind, one.mode, beyond), float(row["people"])
        half = row["minutes_median"]
        yield (
            f"  {_titled(found, one.kind):19}{one.mode:6}{beyond:>8g} min{_cell(further):>8}"
            f"{further / everyone if everyone else 0:>6.0%}{_shares(found, one, beyond):>13}"
            f"{'over limit' if half != half else f'{half:g} min':>12}"  # noqa: PLR0124 - NaN
            f"{_cell(row['people_without_time']):>10}{_cell(row['people_edge_unsafe']):>10}"
        )
    yield from _wrapped([COLUMNS, _tried(found)], indent="  ")


def _cell(count: float) -> str:
    """Write people in a narrow column."""
    return people(count).replace("fewer than ", "<")


def _titled(found: Findings, kind: str) -> str:
    """Name a kind in the first column, and what the files lack of it."""
    return f"{kind}, main surgeries" if label(kind, found.places.sites) else kind


def _shares(found: Findings, one: Reach, beyond: float) -> str:
    """Write the least and the most share that any choice gives."""
    low, high = range_of(
        found.ranges, one.kind, one.mode, f"share_beyond_{beyond:g}", "", "everyone"
    )
    return "" if low != low else f"{low:.0%} to {high:.0%}"  # noqa: PLR0124 - NaN


def _tried(found: Findings) -> str:
    """Say once what the ranges are over."""
    return (
        f"Ranges are over the {_over(found)} tried, each changed alone (ranges.csv); travel times"
        " of every area are no sample, so they are no margins of error."
    )


def _over(found: Findings) -> str:
    return said({key for key, word in OVER.items() if (found.ranges["changed"] == word).any()})


def _fifths_title(study: Study, found: Findings) -> str:
    kind, mode, beyond = headline(study, list(found.places.sites["kind"]))
    return (
        f"By deprivation and rurality: people further than {beyond:g} minutes {TRAVEL[mode]} "
        f"to {kind}"
    )


def _fifths(study: Study, found: Findings) -> Iterator[str]:
    """List the groups of people in order, those that nobody here belongs to said to be empty."""
    kind, mode, beyond = headline(study, list(found.places.sites["kind"]))
    column = f"people_beyond_{beyond:g}"
    if column not in found.summary.columns:
        return
    rows = found.summary.xs((kind, mode), level=("kind", "mode"))
    empty: list[str] = []
    for by, (_, row) in zip(rows.index.get_level_values("by"), rows.iterrows(), strict=True):
        if by in NOT_LISTED:
            continue
        label = str(row["label"]).removeprefix("areas classed ").strip("'")
        if row["people"] > 0:
            if empty:
                yield f"  {_several(empty):63} none here"
                empty = []
            share = f"{row[column] / row['people']:>5.0%}"
            yield f"  {label[:62]:63}{share}  of {people(row['people']):>7} people"
        elif by == "deprivation_decile":
            empty.append(label)
    if empty:
        yield f"  {_several(empty):63} none here"


def _several(labels: Sequence[str]) -> str:
    """Name a run of groups by its first and last."""
    return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"


def _ends(study: Study, found: Findings) -> Iterator[str]:
    """One line a kind and mode: deprivation by the whole index and by income, then the others."""
    import pandas as pd

    table = found.equity
    if table.empty:
        return
    shown = [by for by in COMPARED if by in set(table.index.get_level_values("by"))]
    for line in range(3):
        cells = (f"{COMPARED[by][line]:>{23 if 'fifth' in by else 7}}" for by in shown)
        yield f"  {'':18}{'':6}{''.join(cells)}"
    for kind, mode in _pairs(table):
        rows = pd.DataFrame(table.xs((kind, mode), level=("kind", "mode")))
        cells = (
            f"{_signed(rows, by, ranged=True):>23}"
            if "fifth" in by
            else f"{_signed(rows, by, ranged=False):>7}"
            for by in shown
        )
        yield f"  {kind:18}{mode:6}{''.join(cells)}"
    yield from _wrapped(_ends_read(study, found), indent="  ")


def _ends_read(study: Study, found: Findings) -> Iterator[str]:
    """Say the comparisons of what the study leads with, and how to read the rest."""
    kind, mode, _ = headline(study, list(found.places.sites["kind"]))
    rows = found.equity.xs((kind, mode), level=("kind", "mode"))
    by = rows.index.get_level_values("by")
    fifths = [
        str(sentence).split(UNTIMED)[0] for sentence in rows["sentence"][by.str.contains("fifth")]
    ]
    if fifths:
        first = [sentence.replace(ABOUT_AREAS, "") for sentence in fifths[:-1]]
        yield f"For {kind} by {mode}: {' '.join([*first, fifths[-1]])}"
    yield (
        "+ further, - nearer. People with no time count at the longest journey searched: where many"
        " have none a difference can be far too small, or of the wrong sign. The whole index has"
        " distance in it, so the income column is the one to read for fairness. 65+, minority"
        " ethnic groups and households without a car are against everyone, taken as evenly spread"
        " inside areas; equity.csv has each ethnic group and all ranges."
    )


def _pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """List kinds and modes in their order, each once."""
    kinds, modes = (frame.index.get_level_values(name) for name in ("kind", "mode"))
    return list(dict.fromkeys(zip(map(str, kinds), map(str, modes), strict=True)))


def _signed(rows: pd.DataFrame, by: str, *, ranged: bool) -> str:
    """Write a grouping's first difference with its sign, and its range where asked."""
    known = rows[(rows.index.get_level_values("by") == by) & rows["value"].notna()]
    if known.empty:
        return "-"
    value, low, high = (float(known[name].iloc[0]) for name in ("value", "low", "high"))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})" if ranged else f"{value:+.1f}"


def _gaps(study: Study, found: Findings) -> Iterator[str]:
    kind, mode, _ = headline(study, list(found.places.sites["kind"]))
    gaps = found.gaps[(found.gaps["kind"] == kind) & (found.gaps["mode"] == mode)]
    if gaps.empty:
        yield f"None: nowhere do {study.gaps.people:g} people side by side lack {kind} by {mode}."
    for _, gap in gaps.head(5).iterrows():
        minutes = gap["minutes"]
        none = people(gap["people_without_time"])
        near = f"; {none} have no time"
        if minutes == minutes:  # noqa: PLR0124 - NaN
            near += f", the others {minutes:.0f} min on average, most often to {gap['nearest']}"
        where = f"Around {gap['name']} ({counted(gap['area_count'], 'area')})"
        yield (
            f"{where}: {people(gap['people'])} of "
            f"{people(gap['people_total'])} people further than {gap['beyond']:g} min{near}; "
            f"its areas lie in a gap at {gap['stability']:.0%} of the thresholds and speeds tried"
        )
    others = len(found.gaps) - len(gaps)
    if others:
        more = counted(others, "gap")
        yield f"and {more} for other kinds of place and ways of travelling (gaps.csv)"


def _places(found: Findings, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    sites, left_out = found.places.sites, found.places.left_out
    yield (
        f"{len(sites) + len(left_out):,} read, {len(sites):,} count, {len(left_out):,} do not "
        "(places_left_out.csv says why), "
        f"{len(tables['not_located']):,} could not be put on the map (not_located.csv)."
    )
    precision = sites["precision"].value_counts()
    placed = "; ".join(f"{PLACED[str(name)]} {count:,}" for name, count in precision.items())
    yield f"Put on the map by: {placed}."
    for mode, reasons in found.site_reasons.items():
        counts = reasons.dropna().value_counts()
        if len(counts):
            said = "; ".join(f"{SENTENCES[str(why)]} {count:,}" for why, count in counts.items())
            yield f"Without a time by {mode}: {said}."


def _careful(
    study: Study,
    found: Findings,
    tables: Mapping[str, pd.DataFrame],
    registered: Registered | None,
) -> Iterator[str]:
    kind, mode, _ = headline(study, list(found.places.sites["kind"]))
    edge = tables["edge_unsafe"]
    edge = edge[
        (edge.index.get_level_values("kind") == kind)
        & (edge.index.get_level_values("mode") == mode)
    ].sort_values("people_edge_unsafe", ascending=False)
    if len(edge):
        named = "; ".join(
            f"{row['name']} {people(row['people_edge_unsafe'])} of {people(row['people'])}"
            + (
                f" ({row['registered_beyond'] / row['registered']:.0%} registered beyond)"
                if row.get("registered", 0) > 0
                else ""
            )
            for _, row in edge.head(NAMED).iterrows()
        )
        if len(edge) > NAMED:
            named += f"; and {len(edge) - NAMED} more (edge_unsafe.csv)"
        yield (
            f"Unsafe near the edge of the roads, {kind} by {mode}: {len(edge)} areas, "
            f"{people(edge['people_edge_unsafe'].sum())} people: {named}."
        )
    if registered is not None:
        yield from _registrations(found, registered)
    supply = found.supply[found.supply["places_reachable"] < found.supply["places"]]
    if kind in supply.index.get_level_values("kind"):
        for how, row in supply.xs(kind, level="kind").iterrows():
            if row["places_reachable"] == 0:
                yield f"None of the {row['places']:.0f} {kind} places is reached by {how}."
                continue
            yield (
                f"Of {row['places']:.0f} {kind} places {row['places_reachable']:.0f} are reached "
                f"by {how}; all they offer is handed out, "
                f"{row['study_share']:.0%} to the study's own."
            )


def _registrations(found: Findings, registered: Registered) -> Iterator[str]:
    beyond = registered.beyond_by_practice()
    names = found.places.sites["name"]
    most = "; ".join(
        f"{count:,.0f} at {names.get(practice, practice)}"
        for practice, count in beyond.head(3).items()
    )
    total = registered.total
    yield (
        f"Of {total:,.0f} registered patients {beyond.sum():,.0f} ({beyond.sum() / total:.1%}) are "
        f"with practices the roads do not reach" + (f": {most}." if most else ".")
    )


def _wrapped(lines: Iterable[str], *, indent: str = "") -> list[str]:
    return [
        part
        for line in lines
        for part in textwrap.wrap(
            line, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)
        )
    ]
