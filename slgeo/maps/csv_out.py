"""The page's values as CSV: the same numbers, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from slgeo import reasons
from slgeo.maps import tally

if TYPE_CHECKING:
    from slgeo.maps.spec import MapSpec, Measure

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell."""


def cell(value: str) -> str:
    """
    Make text safe for a spreadsheet.

    Examples
    --------
    >>> cell("=HYPERLINK(1)"), cell("St Mary's")
    ("'=HYPERLINK(1)", "St Mary's")
    """
    return f"'{value}" if value.startswith(DANGEROUS) else value


def columns(spec: MapSpec) -> list[str]:
    """Name the columns, in order."""
    return [
        "area",
        "name",
        "kind",
        "mode",
        *(["scenario"] if spec.scenarios else []),
        "people",
        "minutes",
        "reason",
        *(f"people_further_than_{t}" for t in spec.thresholds),
        "people_without_time",
        "deprivation_decile",
        "local_fifth",
        "rurality",
        "nearest",
    ]


def values(spec: MapSpec) -> bytes:
    """
    Write one row an area of the study, kind and mode, as UTF-8 with a byte order mark.

    Withheld areas keep their row; their figures are empty and the reason says ``withheld``.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(columns(spec))
    for measure in spec.measures:
        writer.writerows(_rows(spec, measure))
    return out.getvalue().encode("utf-8-sig")


def _rows(spec: MapSpec, measure: Measure) -> list[list[str]]:
    facts = spec.facts
    beyond = [tally.beyond(measure, t) if t <= measure.limit else None for t in spec.thresholds]
    people, bare = tally.people(measure), tally.no_time(measure)
    rows = []
    for i in range(len(facts.codes)):
        if not facts.in_study[i]:
            continue
        hidden = bool(measure.withheld[i])
        near = measure.nearest[i][:1]
        rows.append(
            [
                cell(facts.codes[i]),
                cell(facts.names[i]),
                cell(measure.kind),
                cell(measure.mode),
                *([cell(measure.scenario)] if spec.scenarios else []),
                "" if hidden else str(people[i]),
                f"{measure.tenths[i] / 10:.1f}" if measure.tenths[i] >= 0 else "",
                "withheld" if hidden else _reason(measure, i),
                *("" if hidden or found is None else str(found[i]) for found in beyond),
                "" if hidden else str(bare[i]),
                str(facts.decile[i]) if facts.decile[i] else "",
                str(facts.fifth[i]) if facts.fifth[i] else "",
                cell(facts.rurality_classes[facts.rurality[i]]) if facts.rurality[i] >= 0 else "",
                cell(spec.sites[near[0][0]].name) if near else "",
            ]
        )
    return rows


def _reason(measure: Measure, i: int) -> str:
    return reasons.ALL[measure.reason[i]] if measure.reason[i] >= 0 else ""
