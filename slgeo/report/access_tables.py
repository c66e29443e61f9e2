"""The tables of a run on supply, choice and gaps, beside the travel times themselves."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

SUPPLY: Final = Table(
    "supply",
    ("kind", "mode"),
    (
        Column("places", "count", "Places of the kind, in the study and around it", unit="places"),
        Column("places_reachable", "count", "Of them: those anybody reaches", unit="places"),
        Column(
            "handed_out",
            "count",
            "Places handed out by the two-step measure: equal to those reachable, or the run stops",
            unit="places",
        ),
        Column(
            "study_share",
            "number",
            "Share of what was handed out that went to people of the study",
            unit="share",
            missing="nothing was handed out",
        ),
        Column("per", "count", "People that per_10000 in by_area is given for", unit="people"),
        Column("denominator", "text", "Who they are"),
        Column("denominator_date", "text", "When they were counted, as far as the files say"),
        Column(
            "coverage",
            "number",
            "Share of the study's people whose times could be known: who start outside the roads,"
            " or on none, are not covered",
            unit="share",
            missing="nobody lives there",
        ),
        Column(
            "coverage_around",
            "number",
            "The same of the people around the study, who compete for the same places",
            unit="share",
            missing="there is nobody around the study",
        ),
    ),
    "Where the supply of one kind went: none is made and none is lost; and what the figures per"
    " head are per.",
)

STABILITY: Final = Table(
    "stability",
    ("area", "kind", "mode"),
    (
        Column("name", "text", "Name of the area"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        Column("in_gap", "flag", "Whether it lies in a gap at the threshold that makes one"),
        Column(
            "stability",
            "number",
            "Share of the thresholds and speeds tried at which it lies in a gap",
            unit="share",
        ),
        Column("tried", "count", "Pairs of threshold and speed tried"),
    ),
    "One area of the study, kind and mode: whether it would lie in a gap whatever the threshold"
    " (half to one and a half times the one that makes a gap) and the speed, or only at those"
    " chosen.",
)

CHOICE: Final = Table(
    "choice",
    ("area", "mode"),
    (
        Column("name", "text", "Name of the area"),
        Column("in_study", "flag", "Whether the area is of the study or context around it"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        Column(
            "kinds_within_*",
            "number",
            "Kinds of place within so many minutes, averaged over the area's people, for example"
            " kinds_within_20",
            unit="kinds of place",
            required=False,
            missing="the area has no point to start from",
        ),
        Column("kinds", "count", "Kinds of place there are in the study's files", unit="kinds"),
    ),
    "One area and way of travelling: how many kinds of place its people have the choice of.",
)

COMBINED: Final = Table(
    "combined",
    ("area", "kind"),
    (
        Column("name", "text", "Name of the area"),
        Column("in_study", "flag", "Whether the area is of the study or context around it"),
        Column("people", "count", "Everyone who lives there", unit="people"),
        Column(
            "share_no_car",
            "number",
            "Share of households without a car or van",
            unit="share",
            missing="not published for the area",
        ),
        Column(
            "minutes_walk",
            "number",
            "Mean minutes on foot, people without a time counted at the longest journey searched",
            unit="minutes",
            missing="the area has no point to start from",
        ),
        Column(
            "minutes_drive",
            "number",
            "The same by car",
            unit="minutes",
            missing="the area has no point to start from",
        ),
        Column(
            "minutes",
            "number",
            "Both together: households without a car walk, the others drive",
            unit="minutes",
            missing="one of its parts is missing",
        ),
    ),
    "One area and kind of place, with people travelling as the cars they have let them; households"
    " without a car are taken as evenly spread inside an area.",
)

PROVISION_GAPS: Final = Table(
    "provision_gaps",
    ("gap",),
    (
        Column("kind", "text", "What there is too little of"),
        Column("mode", "text", "How people travel"),
        Column("rank", "count", "1 is the gap with the most people in it"),
        Column("name", "text", "Named after its most populous area"),
        Column("measure", "text", "What was compared: places or capacity per head"),
        Column("standard", "number", "What there should be, per 10,000 people"),
        Column("people", "count", "Everyone who lives in its areas", unit="people"),
        Column(
            "people_without_value",
            "count",
            "Of them: people of areas without a value, counted as having none",
            unit="people",
        ),
        Column(
            "value",
            "number",
            "What there is per 10,000 people, averaged over its people",
            missing="no area in it has a value",
        ),
        Column("shortfall", "number", "Places or capacity missing up to the standard"),
        Column("areas", "text", "Codes of its areas, separated by spaces"),
        Column("area_count", "count", "Number of areas"),
    ),
    "One stretch of neighbouring areas that has less per head within reach than the standard asked"
    " for in study.toml.",
)

CLUSTERS: Final = Table(
    "clusters",
    ("area", "kind", "mode"),
    (
        Column("name", "text", "Name of the area"),
        Column("minutes", "number", "Mean minutes, people without a time at the longest journey"),
        Column(
            "local_i",
            "number",
            "Local Moran's I: how alike the area and its neighbours are",
            missing="the area has no value or no neighbour",
        ),
        Column(
            "p",
            "number",
            "Share of seeded relabellings as extreme, two-sided",
            missing="the area has no value or no neighbour",
        ),
        Column(
            "pattern",
            "text",
            "high-high: far among far; low-low: near among near; high-low and low-high: unlike its"
            " neighbours; named where the false discovery rate is at most 5 %",
        ),
    ),
    "One area of the study, for the kind the study leads with: where long ways lie together beyond"
    " chance. Only for studies of 50 areas or more.",
)

ACCESS_TABLES: Final = (STABILITY, CHOICE, COMBINED, PROVISION_GAPS, CLUSTERS)
"""Those that follow the travel times in a workbook."""
