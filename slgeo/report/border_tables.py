"""Tables of what a study's ground and border do to its answers, declared as data."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

_PEOPLE: Final = "people"

ELEVATION: Final = Table(
    "elevation",
    ("kind", "mode"),
    (
        Column("people", "count", "Everyone in the study", unit=_PEOPLE),
        Column(
            "people_with_both",
            "count",
            "People who have a time with hills and on level ground: changes are over these",
            unit=_PEOPLE,
        ),
        Column(
            "mean_minutes_level",
            "number",
            "Their mean minutes to the nearest place on level ground",
            unit="minutes",
            missing="nobody has a time both ways",
        ),
        Column(
            "mean_change",
            "number",
            "Mean minutes that hills add; below 0 they make it shorter",
            unit="minutes",
            missing="nobody has a time both ways",
        ),
        Column("people_slower", "count", "People whose time is over a minute longer", unit=_PEOPLE),
        Column(
            "people_quicker", "count", "People whose time is over a minute shorter", unit=_PEOPLE
        ),
        Column(
            "people_losing_time",
            "count",
            "People beyond the longest journey searched with hills, and not on level ground",
            unit=_PEOPLE,
        ),
        Column("people_gaining_time", "count", "The other way round", unit=_PEOPLE),
        Column("beyond", "number", "Threshold of the next two columns", unit="minutes"),
        Column(
            "people_beyond_level",
            "count",
            "People further than the threshold on level ground, those without a time included",
            unit=_PEOPLE,
        ),
        Column("people_beyond", "count", "The same with hills", unit=_PEOPLE),
        Column(
            "edges_covered",
            "number",
            "Share of the edges of the mode's roads that have heights; others keep their times",
            unit="share",
            low=0,
            high=1,
        ),
    ),
    "One kind of place and way of travelling: what hills do to the times of the study's people.",
)

BORDER_REACH: Final = Table(
    "border_reach",
    ("what", "mode"),
    (
        Column(
            "least_km",
            "count",
            "How far it goes on beyond the study where that is least; a coast is an end too",
            unit="kilometres",
            missing="places have no outline",
        ),
        Column(
            "half_km",
            "count",
            "The same at half of the border's length",
            unit="kilometres",
            missing="places have no outline",
        ),
        Column(
            "farthest_km",
            "count",
            "Farthest place beyond the study",
            unit="kilometres",
            missing="none lies beyond it, or these are not places",
        ),
        Column("count", "count", "How many lie beyond the study", missing="roads are not counted"),
        Column(
            "needed_km",
            "count",
            "How far people go in the minutes needed, as the crow flies at most",
            unit="kilometres",
            missing="these are not roads",
        ),
        Column(
            "minutes_needed",
            "count",
            "Longest journey a figure of the study hangs on; for areas, whose people compete for"
            " places in reach, twice the widest catchment",
            unit="minutes",
            missing="these are places",
        ),
        Column(
            "people", "count", "Everyone in the study", unit=_PEOPLE, missing="these are not roads"
        ),
        Column(
            "people_enough",
            "count",
            "Of these: people from whom roads go on for the minutes needed or longer",
            unit=_PEOPLE,
            missing="these are not roads",
        ),
    ),
    "Roads by a way of travelling, the places of the first kind, or the areas: how far they go on"
    " beyond the study's border.",
)

BORDER_TEST: Final = Table(
    "border_test",
    ("kind", "mode"),
    (
        Column("border", "text", "Whether the border was drawn in, or what lies around it halved"),
        Column(
            "border_km",
            "number",
            "How far beyond the study it then is; below 0 inside",
            unit="kilometres",
        ),
        Column("areas", "count", "Areas of the study compared: those wholly inside"),
        Column(
            "areas_changed",
            "count",
            "Of these: the minutes within which half of the people reach a place change by over a"
            " minute, or are there only once",
        ),
        Column("share_changed", "number", "The same as a share", unit="share", low=0, high=1),
        Column("people", "count", "People of the areas compared", unit=_PEOPLE),
        Column(
            "people_changed",
            "count",
            "People whose own time changes by over a minute, or who have one only once",
            unit=_PEOPLE,
        ),
        Column(
            "changed_and_marked",
            "count",
            "Areas changed that the nearer border's time to the end of the roads would have marked"
            " unsafe",
        ),
        Column("areas_marked", "count", "Areas that it would have marked, changed or not"),
        Column(
            "people_beyond",
            "count",
            "People of the areas compared beyond the mode's threshold",
            unit=_PEOPLE,
        ),
        Column("people_beyond_narrower", "count", "The same with the border nearer", unit=_PEOPLE),
        Column(
            "areas_per_head_changed",
            "count",
            "Areas whose places per 10,000 people change by over a tenth",
        ),
    ),
    "One kind of place and way of travelling: what a nearer border would have changed.",
)

BORDER_CHANGES: Final = Table(
    "border_changes",
    ("area", "kind", "mode"),
    (
        Column("name", "text", "Name of the area"),
        Column("people", "count", "Everyone who lives there", unit=_PEOPLE),
        Column(
            "people_changed",
            "count",
            "People whose own time changes by over a minute, or who have one only once",
            unit=_PEOPLE,
        ),
        Column(
            "minutes",
            "number",
            "Minutes within which half of the people reach the nearest place",
            unit="minutes",
            missing="half of the people there or more have no time",
        ),
        Column(
            "minutes_narrower",
            "number",
            "The same with the border nearer",
            unit="minutes",
            missing="half of the people there or more would have no time",
        ),
        Column("people_beyond", "count", "People beyond the mode's threshold", unit=_PEOPLE),
        Column("people_beyond_narrower", "count", "The same with the border nearer", unit=_PEOPLE),
        Column(
            "marked", "flag", "Whether the nearer border would have marked the area unsafe for any"
        ),
    ),
    "One area whose answer would change with a nearer border, kind of place and way of travelling.",
)
