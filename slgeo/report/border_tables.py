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
