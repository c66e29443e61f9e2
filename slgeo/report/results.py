"""
The tables a run writes, declared as data, and the one check that nobody is lost in them.

``tables/<name>.csv``, the sheets of ``results.xlsx`` and ``docs/tables.md`` follow these. Two rules
hold in all of them: *within* counts people whose nearest place is at most so many minutes away, and
*beyond* counts everybody else, those without any time included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from slgeo.errors import TableError
from slgeo.report.access_tables import ACCESS_TABLES, SUPPLY
from slgeo.report.border_tables import BORDER_CHANGES, BORDER_REACH, BORDER_TEST, ELEVATION
from slgeo.report.catchment_tables import CATCHMENT_TABLES
from slgeo.report.inequality_tables import EQUITY, RANGES
from slgeo.report.outcome_tables import OUTCOME_TABLES
from slgeo.report.places_tables import PLACES_TABLES
from slgeo.report.provision_tables import PROVISION_TABLES
from slgeo.tables import AREAS, DECILES, GAPS, SITES, Column, Table, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_OF_RESULT: Final = ("area", "kind", "mode")
"""A result is about one area, one kind of place and one way of travelling."""

_WITHIN: Final = Column(
    "people_within_*",
    "count",
    "People whose nearest place is at most this many minutes away, for example people_within_20",
    unit="people",
    required=False,  # a pattern; `conserved` asks for both sides of every threshold
)
_BEYOND: Final = Column(
    "people_beyond_*",
    "count",
    "People further than this many minutes, those without a time included",
    unit="people",
    required=False,
)
_WITHOUT: Final = Column(
    "people_without_time",
    "count",
    "Of all the people: those who have no time at all",
    unit="people",
)
_MINUTES: Final = Column(
    "minutes",
    "number",
    "Mean minutes to the nearest place; up to a twentieth of the people may have no time, and then"
    " count at the longest journey searched",
    unit="minutes",
    missing="more than a twentieth of the people there have no time",
)
_MEDIAN: Final = Column(
    "minutes_median",
    "number",
    "Minutes within which half of the people reach the nearest place; those without a time count as"
    " furthest",
    unit="minutes",
    missing="half of the people there or more have no time",
)

BY_AREA: Final = Table(
    "by_area",
    KEY_OF_RESULT,
    (
        Column("name", "text", "Name of the area"),
        Column("in_study", "flag", "Whether the area is of the study or context around it"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        _MINUTES,
        _MEDIAN,
        _WITHIN,
        _BEYOND,
        _WITHOUT,
        Column(
            "reason",
            "text",
            "Why people there have no time; the commonest reason by people",
            missing="everyone there has a time",
        ),
        Column(
            "nearest",
            "text",
            "Code of the place nearest to most of its people",
            missing="nobody there has a time",
        ),
        Column(
            "nearest_name",
            "text",
            "Name of the place nearest to most of its people",
            missing="nobody there has a time",
        ),
        Column(
            "people_edge_unsafe",
            "count",
            "People for whom a place beyond the roads supplied might be nearer",
            unit="people",
        ),
        Column(
            "edge_unsafe",
            "flag",
            "Whether that is so for anybody there: read its figures with care",
        ),
        Column(
            "per_10000",
            "number",
            "Places in reach per 10,000 people, shared among all who reach them (two-step measure)",
            unit="places per 10,000 people",
            required=False,
            missing="the measure was not made for this kind",
        ),
        Column(
            "capacity_per_10000",
            "number",
            "Capacity in reach per 10,000 people, shared among all who reach it (two-step measure)",
            unit="capacity per 10,000 people",
            required=False,
            missing="the places state no capacity",
        ),
        Column(
            "deprivation_decile",
            "number",
            f"National decile in the index used: {DECILES}",
            required=False,
            missing="no index was joined, or the area is not in it",
            low=1,
            high=10,
        ),
        Column(
            "deprivation_index",
            "text",
            "Which index the decile is of, and whether it was carried or is within a nation only",
            required=False,
            missing="no index was joined, or the area is not in it",
        ),
        Column(
            "rurality",
            "text",
            "Rural-urban class under its official label",
            required=False,
            missing="no classification was joined, or the area is not in it",
        ),
    ),
    "One area, kind of place and way of travelling.",
)

BY_AREA_WIDE: Final = Table(
    "areas",
    ("area",),
    (
        *(
            column
            for column in AREAS.columns
            if column.kind != "polygon" and column.name not in {"nation", "vintage"}
        ),
        Column(
            "*_minutes",
            "number",
            "Mean minutes to the nearest place of a kind by a mode, for example gp_walk_minutes",
            unit="minutes",
            required=False,
            missing="nobody there has a time",
        ),
        Column(
            "*_minutes_median",
            "number",
            "Minutes within which half of the people reach the nearest place of a kind by a mode",
            unit="minutes",
            required=False,
            missing="half of the people there or more have no time",
        ),
        Column(
            "*_people_within_*",
            "count",
            "People at most this many minutes away, for example gp_walk_people_within_20",
            unit="people",
            required=False,
        ),
        Column(
            "*_people_beyond_*",
            "count",
            "People further than this many minutes, those without a time included",
            unit="people",
            required=False,
        ),
        Column(
            "*_people_without_time",
            "count",
            "People who have no time at all",
            unit="people",
            required=False,
        ),
        Column(
            "*_reason",
            "text",
            "Why people there have no time; the commonest reason by people",
            required=False,
            missing="everyone there has a time",
        ),
        Column(
            "*_edge_unsafe",
            "flag",
            "Whether a place beyond the roads supplied might be nearer for anybody there",
            required=False,
        ),
    ),
    "One area with everything known of it side by side, ready for a statistical model.",
)

BY_PLACE: Final = Table(
    "places",
    ("site",),
    (
        *(
            column
            for column in SITES.columns
            if column.name not in {"geometry", "reason", "entrances"}
        ),
        Column(
            "lon",
            "number",
            "Longitude (WGS 84)",
            unit="degrees",
            missing="the place was not located",
            low=-180,
            high=180,
        ),
        Column(
            "lat",
            "number",
            "Latitude (WGS 84)",
            unit="degrees",
            missing="the place was not located",
            low=-90,
            high=90,
        ),
        Column(
            "practice",
            "text",
            "Code of the practice that a surgery belongs to",
            required=False,
            missing="it is no GP practice, or no list of branches was given",
        ),
        Column(
            "branch",
            "flag",
            "Whether it is a branch surgery rather than a main one",
            required=False,
            missing="it is no GP practice, or no list of branches was given",
        ),
        Column(
            "also_in",
            "text",
            "Places of other files that are the same and were merged with it",
            required=False,
            missing="no other file has it",
        ),
        Column(
            "*_reason",
            "text",
            "Why the place can have no time by a mode, for example walk_reason",
            required=False,
            missing="it can have one",
        ),
        Column(
            "*_people_within_*",
            "count",
            "People who reach it within so many minutes, for example walk_people_within_20;"
            " people who reach several places count at each",
            unit="people",
            required=False,
            missing="the place can have no time",
        ),
    ),
    "One place people go to, and how many reach it.",
)

SUMMARY: Final = Table(
    "summary",
    ("kind", "mode", "by", "group"),
    (
        Column("label", "text", "The group in words, with its direction"),
        Column("areas", "count", "Areas in the group", unit="areas"),
        Column("people", "count", "Everyone in the group", unit="people"),
        _MINUTES,
        _MEDIAN,
        _WITHIN,
        _BEYOND,
        _WITHOUT,
        Column(
            "people_edge_unsafe",
            "count",
            "People for whom a place beyond the roads supplied might be nearer",
            unit="people",
        ),
    ),
    "One group of people of the study: everyone, a deprivation tenth or fifth, a rural-urban class."
    " A group that nobody here belongs to keeps its row, with 0 people.",
)

BY_PEOPLE: Final = Table(
    "by_people",
    ("group", "kind", "mode"),
    (
        Column("label", "text", "The group in words"),
        Column("counted", "text", "What is counted", allowed=("people", "households")),
        Column("areas_unknown", "count", "Areas of the study it is not known for", unit="areas"),
        Column("people", "count", "Everyone of the group in the study", unit="people"),
        _WITHIN,
        _BEYOND,
        _WITHOUT,
    ),
    "One group of people of the study, kind of place and way of travelling. A group is taken to"
    " live as evenly inside each area as its residents as a whole.",
)

BY_REPORTING_AREA: Final = Table(
    "by_reporting_area",
    ("geography", "part", "kind", "mode"),
    (
        Column("name", "text", "Name of the larger area"),
        Column("areas", "count", "Small areas of the study in it", unit="areas"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        _MINUTES,
        _MEDIAN,
        _WITHIN,
        _BEYOND,
        _WITHOUT,
        Column(
            "people_edge_unsafe",
            "count",
            "People for whom a place beyond the roads supplied might be nearer",
            unit="people",
        ),
        Column(
            "people_most_deprived",
            "count",
            "People who live in the most deprived fifth of their nation's small areas",
            unit="people",
            required=False,
            missing="an area there is in no index",
        ),
    ),
    "One larger area, kind of place and way of travelling. The larger areas of one geography have"
    " everyone of the study between them.",
)

COMMUNAL: Final = Table(
    "communal",
    ("area",),
    (
        Column("name", "text", "Name of the area"),
        Column("residents", "count", "Everyone who lives there, as published", unit="people"),
        Column(
            "communal_residents",
            "count",
            "Of them: residents of prisons, barracks, boarding schools, halls and care homes",
            unit="people",
            missing="not published for the area",
        ),
        Column(
            "share",
            "number",
            "Their share of the residents",
            unit="share",
            missing="not published for the area, or nobody lives there",
        ),
        Column("counted", "flag", "Whether they are in the other tables"),
    ),
    "One area of the study and its residents of communal establishments, most first.",
    status="published",
)

NOT_LOCATED: Final = Table(
    "not_located",
    ("site",),
    (
        Column("name", "text", "Name as the source gives it"),
        Column("kind", "text", "What people find there"),
        Column("source", "text", "Source file, sheet and row"),
        Column(
            "postcode", "text", "Postcode as the source gives it", missing="the source gives none"
        ),
        Column("reason", "text", "Why it can have no travel time: a word to filter by"),
        Column("sentence", "text", "The reason in words"),
    ),
    "One place that could not be put on the map: correct it at its source and run again.",
    status="published",
)

LEFT_OUT: Final = Table(
    "places_left_out",
    ("site",),
    (
        Column("name", "text", "Name as the source gives it"),
        Column("kind", "text", "What people find there"),
        Column("source", "text", "Source file"),
        Column(
            "postcode", "text", "Postcode as the source gives it", missing="the source gives none"
        ),
        Column("why_not", "text", "Why it does not count", missing="not stated"),
    ),
    "One place that was read and does not count as a place of its kind.",
    status="published",
)

REASONS: Final = Table(
    "reasons",
    ("kind", "mode", "reason"),
    (
        Column("sentence", "text", "The reason in words"),
        Column("people", "count", "People of the study it applies to", unit="people"),
        Column("areas", "count", "Areas of the study with such people", unit="areas"),
        Column(
            "areas_context",
            "count",
            "Areas around the study with such people, not counted in people",
            unit="areas",
        ),
        Column("places", "count", "Places of the kind it applies to", unit="places"),
    ),
    "One reason why people, or places, have no travel time.",
)

EDGE_UNSAFE: Final = Table(
    "edge_unsafe",
    KEY_OF_RESULT,
    (
        Column("name", "text", "Name of the area"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        Column(
            "people_edge_unsafe",
            "count",
            "People for whom a place beyond the roads supplied might be nearer",
            unit="people",
        ),
        _MINUTES,
        Column(
            "minutes_to_edge",
            "number",
            "Mean minutes to where the roads supplied end",
            unit="minutes",
            missing="nobody there reaches the edge within the limit",
        ),
        Column(
            "registered",
            "count",
            "Patients who live there and are registered anywhere",
            unit="people",
            required=False,
            missing="no registrations were given, or none are of the area",
        ),
        Column(
            "registered_beyond",
            "count",
            "Of them: registered with practices the roads do not reach",
            unit="people",
            required=False,
            missing="no registrations were given, or none are of the area",
        ),
    ),
    "One area of the study whose answer is unsafe because the roads supplied end near it.",
)

SOURCES: Final = Table(
    "sources",
    ("file",),
    (
        Column("layer", "text", "What it was used for"),
        Column("publisher", "text", "Who publishes it"),
        Column("licence", "text", "Licence it is under"),
        Column("statement", "text", "Words the publisher asks to be shown"),
        Column("url", "text", "Where it comes from", missing="not stated"),
        Column("date", "text", "Date or edition of the data", missing="not stated"),
        Column(
            "fetched",
            "text",
            "Day and address it was fetched from by slgeo; its bytes are still those that came",
            missing="it was supplied by hand, or changed since",
        ),
        Column("sha256", "text", "Hash of the file's bytes, to tell it from any other"),
        Column("bytes", "count", "Size of the file", unit="bytes"),
    ),
    "One input file, and the credit it is owed.",
    status="published",
)

WHAT_IF: Final = Table(
    "what_if",
    ("scenario", "kind", "mode", "by", "group", "minutes"),
    (
        Column("label", "text", "The group in words, with its direction"),
        Column("people", "count", "Everyone in the group", unit="people"),
        Column(
            "beyond_before",
            "count",
            "People further than so many minutes as things are, those without a time included",
            unit="people",
        ),
        Column("beyond_after", "count", "The same under the scenario", unit="people"),
        Column(
            "people_sooner",
            "count",
            "People whose nearest place is at least a minute nearer, or who have a time at last",
            unit="people",
        ),
        Column(
            "people_later",
            "count",
            "People whose nearest place is at least a minute farther, or who have a time no more",
            unit="people",
        ),
    ),
    "One scenario, kind of place, way of travelling, group of the study's people and threshold in"
    " minutes.",
)

EARLIER: Final = Table(
    "earlier",
    ("kind", "mode", "by", "group", "minutes"),
    (
        Column("label", "text", "The group in words, with its direction, as it is now"),
        Column("people_then", "count", "Everyone in its areas in the earlier study", unit="people"),
        Column("people_now", "count", "Everyone in its areas now", unit="people"),
        Column(
            "beyond_then",
            "count",
            "People further than so many minutes then, those without a time included",
            unit="people",
        ),
        Column("beyond_now", "count", "The same now", unit="people"),
        Column(
            "share_then",
            "number",
            "Share of the people of then who were beyond",
            low=0,
            high=1.000001,
            missing="nobody lived there",
        ),
        Column(
            "share_now",
            "number",
            "Share of the people of now who are beyond",
            low=0,
            high=1.000001,
            missing="nobody lives there",
        ),
        Column(
            "points",
            "number",
            "From then to now, in percentage points; above zero: a larger share is far",
            unit="percentage points",
            missing="nobody lived or lives there",
        ),
    ),
    "One kind of place, way of travelling, group of the study's people and threshold in minutes.",
)

WHAT_IF_BY_AREA: Final = Table(
    "what_if_by_area",
    ("scenario", "area", "kind", "mode"),
    (
        Column("name", "text", "Name of the area"),
        Column("in_study", "flag", "Whether the area is of the study or context around it"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        Column(
            "minutes_before",
            "number",
            "Minutes within which half of the people reach the nearest place, as things are",
            unit="minutes",
            missing="half of the people there or more have no time",
        ),
        Column(
            "minutes_after",
            "number",
            "The same under the scenario",
            unit="minutes",
            missing="half of the people there or more would have no time",
        ),
        Column("people_sooner", "count", "People at least a minute nearer", unit="people"),
        Column("people_later", "count", "People at least a minute farther", unit="people"),
        Column(
            "people_gaining_a_time",
            "count",
            "Of those sooner there: people who have no time as things are",
            unit="people",
        ),
        Column(
            "people_losing_a_time",
            "count",
            "Of those later there: people who would have no time",
            unit="people",
        ),
    ),
    "One scenario, area, kind of place and way of travelling.",
)

RESULT_TABLES: Final = (
    SUMMARY,
    BY_AREA,
    BY_AREA_WIDE,
    BY_PEOPLE,
    BY_REPORTING_AREA,
    COMMUNAL,
    GAPS,
    EQUITY,
    RANGES,
    SUPPLY,
    *ACCESS_TABLES,
    BY_PLACE,
    NOT_LOCATED,
    LEFT_OUT,
    REASONS,
    EDGE_UNSAFE,
    ELEVATION,
    BORDER_REACH,
    BORDER_TEST,
    BORDER_CHANGES,
    *CATCHMENT_TABLES,
    WHAT_IF,
    WHAT_IF_BY_AREA,
    EARLIER,
    *OUTCOME_TABLES,
    *PLACES_TABLES,
    *PROVISION_TABLES,
    SOURCES,
)
"""What a run writes, in the order of the workbook's sheets."""


def conserved(frame: pd.DataFrame, table: Table, *, tolerance: float = 0.5) -> pd.DataFrame:
    """
    Check a result table, and that everybody in it is either within or beyond each threshold.

    Parameters
    ----------
    frame
        A table with ``people``, ``people_within_t`` and ``people_beyond_t``.
    table
        What it must look like.
    tolerance
        Largest difference allowed in a row, in people: sums of fractions of people differ by less.

    Returns
    -------
    pd.DataFrame
        The same object.

    Raises
    ------
    TableError
        Where columns, keys or values are at fault, a threshold has one side only, or people within
        and beyond do not add up to everyone; or more people have no time than are beyond.
    """
    checked(frame, table)
    thresholds = thresholds_of(frame.columns)
    faults = [] if thresholds else ["counts people at no threshold"]
    for minutes in thresholds:
        within, beyond = f"people_within_{minutes}", f"people_beyond_{minutes}"
        absent = [name for name in (within, beyond) if name not in frame.columns]
        if absent:
            faults.append(f"no column {absent[0]!r}, so people cannot be added up")
            continue
        # Written so that a missing number is a fault too.
        off = ~((frame[within] + frame[beyond] - frame["people"]).abs() <= tolerance)
        if off.any():
            faults.append(
                f"{within} + {beyond} is not everyone in {int(off.sum())} rows"
                f" (first: {frame.index[off][0]!r})"
            )
        short = ~(frame["people_without_time"] <= frame[beyond] + tolerance)
        if short.any():
            faults.append(
                f"more people without a time than {beyond} in {int(short.sum())} rows"
                f" (first: {frame.index[short][0]!r})"
            )
    if faults:
        raise TableError(f"{table.name}: " + "; ".join(faults))
    return frame


def thresholds_of(columns: Sequence[str] | pd.Index[str]) -> list[str]:
    """
    Find the thresholds that a table's columns count people at, as their names spell them.

    Examples
    --------
    >>> thresholds_of(["people", "people_within_5", "people_beyond_5", "people_within_7.5"])
    ['5', '7.5']
    """
    pattern = re.compile(r"people_(?:within|beyond)_(\d+(?:\.\d+)?)")
    found = {match[1] for name in columns if (match := pattern.fullmatch(str(name)))}
    return sorted(found, key=float)


def wide(by_area: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """
    Lay the results of an area side by side, after everything known of it.

    Parameters
    ----------
    by_area
        ``BY_AREA`` table.
    areas
        ``AREAS`` table; every area of it keeps its row.

    Returns
    -------
    pd.DataFrame
        ``BY_AREA_WIDE`` table, in the order of the areas.
    """
    known = [
        name
        for name in areas.columns
        if (column := AREAS.column(str(name))) is not None
        and column.kind != "polygon"
        and name not in {"nation", "vintage"}
    ]
    parts = [pd.DataFrame(areas[known])]
    spread = [
        name
        for name in by_area.columns
        if name in {"minutes", "minutes_median", "people_without_time", "reason", "edge_unsafe"}
        or str(name).startswith(("people_within_", "people_beyond_"))
    ]
    for key, rows in by_area.groupby(level=["kind", "mode"], sort=True):
        kind, mode = key
        one = rows[spread].droplevel(["kind", "mode"]).reindex(areas.index)
        parts.append(one.add_prefix(f"{kind}_{mode}_"))
    return checked(pd.concat(parts, axis=1), BY_AREA_WIDE)
