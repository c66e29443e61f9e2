"""Tables of catchments that a run writes, declared as data."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from slgeo.tables import CATCHMENTS, Column, Table

ALL_SITES: Final = "all sites"
"""Row of the dissolved catchment: people who reach any site, each once."""

BEYOND: Final = "beyond"
"""Row of everybody else: further than the threshold from every site, or without any time."""

PEOPLE_INSIDE: Final = Table(
    "people_inside",
    ("site", "minutes", "by", "group"),
    (
        Column(
            "people",
            "count",
            f"People of the group inside; in the rows '{ALL_SITES}' each once, in the rows"
            f" '{BEYOND}' those inside no catchment, people without a time among them",
            unit="people",
        ),
        Column(
            "people_of_group",
            "count",
            "Everyone of the group, in reach or not, context around the study included",
            unit="people",
        ),
        Column(
            "share_of_group",
            "number",
            "Part of everyone of the group that is inside",
            unit="share",
            missing="there is nobody of the group",
            low=0,
            high=1,
        ),
        Column(
            "share_inside",
            "number",
            "Part of everyone inside that is of the group",
            unit="share",
            missing="there is nobody inside",
            low=0,
            high=1,
        ),
    ),
    "One catchment (a site and a threshold), grouping and group. Groups of an area are taken to be"
    " spread evenly over its people. Catchments of several sites overlap and do not add up; the"
    f" rows '{ALL_SITES}' and '{BEYOND}' add up to everyone.",
)

REGISTERED: Final = Table(
    "registered_shapes",
    ("practice",),
    (
        Column("areas", "count", "Areas in the catchment by registration"),
        Column("patients", "count", "Patients of the practice in any area given", unit="patients"),
        Column("patients_inside", "count", "Of these: patients in the catchment", unit="patients"),
        Column(
            "least_share",
            "number",
            "Least share of an area's registered patients that puts it in the catchment",
            unit="share",
        ),
        Column(
            "geometry", "polygon", "The areas of the catchment", missing="no area has such a share"
        ),
    ),
    "One practice: the areas where at least so large a share of registered patients is its own.",
    status="published",
)

PATIENTS_WITHIN: Final = Table(
    "patients_within",
    ("practice", "minutes"),
    (
        Column(
            "patients",
            "count",
            "Patients of the practice who live in the areas given",
            unit="patients",
        ),
        Column(
            "patients_within",
            "number",
            "Of these: patients within the minutes of their practice; each area's patients are"
            " taken to live where its people do",
            unit="patients",
            missing="the practice has no travel time at all",
        ),
        Column(
            "share_within",
            "number",
            "The same as a share",
            unit="share",
            missing="the practice has no travel time at all",
            low=0,
            high=1,
        ),
    ),
    "One practice and a threshold: how many of its patients live within reach of it.",
    status="published",
)


def _keyed(table: Table, name: str, *keys: str) -> Table:
    """Key a table by way of travelling too, under the name a run writes it by."""
    return replace(table, name=name, index=keys)


TRAVEL_TIME_AREAS: Final = Table(
    "catchments",
    ("site", "kind", "mode", "minutes"),
    (
        Column("name", "text", "Name of the place; of the kind, where all its places are together"),
        *(column for column in CATCHMENTS.columns if column.name not in {"over", "geometry"}),
    ),
    "One travel-time area within a threshold: of a place, or of all of a kind together ('all"
    " sites', nobody counted twice), by one way of travelling. Its people live in the study or"
    " around it. catchments.gpkg has the shapes.",
)

PEOPLE_BY_CATCHMENT: Final = _keyed(
    PEOPLE_INSIDE, "catchment_people", "site", "kind", "mode", "minutes", "by", "group"
)

PATIENTS_BY_PRACTICE: Final = _keyed(
    PATIENTS_WITHIN, "patients_within", "practice", "mode", "minutes"
)

CATCHMENT_TABLES: Final = (TRAVEL_TIME_AREAS, PEOPLE_BY_CATCHMENT, PATIENTS_BY_PRACTICE)
"""What a run writes about catchments, in order."""
