"""The tables of a run on outcomes: rates by area or practice, and what goes with them."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

_NONE: Final = "it is hidden, nothing was returned, or nobody is counted: reason says which"
_FEW: Final = "no age bands were given, or fewer than 10 events were counted"

OUTCOMES: Final = Table(
    "outcomes",
    ("outcome", "by", "group"),
    (
        Column("label", "text", "The area, practice or group in words"),
        Column(
            "count",
            "count",
            "Events counted; * where a sensitive count is hidden",
            missing="nothing was returned",
        ),
        Column("of", "count", "People they are among", unit="people", missing="nobody is counted"),
        Column("value", "number", "The rate or proportion, per as many as per says", missing=_NONE),
        Column("low", "number", "Lower 95 % limit, by the method named", missing=_NONE),
        Column("high", "number", "Upper 95 % limit", missing=_NONE),
        Column("method", "text", "Byar, exact (fewer than 10 events) or Wilson", missing=_NONE),
        Column(
            "standardised",
            "number",
            "Rate as it would be with the ages of the European Standard Population 2013",
            missing=_FEW,
        ),
        Column("standardised_low", "number", "Its lower 95 % limit (Dobson)", missing=_FEW),
        Column("standardised_high", "number", "Its upper 95 % limit", missing=_FEW),
        Column("low_2", "number", "Lower funnel limit, 2 sigma", missing=_NONE),
        Column("high_2", "number", "Upper funnel limit, 2 sigma", missing=_NONE),
        Column("low_3", "number", "Lower funnel limit, 3 sigma", missing=_NONE),
        Column("high_3", "number", "Upper funnel limit, 3 sigma", missing=_NONE),
        Column(
            "class",
            "text",
            "Where the value lies among them: as expected, or beyond what chance gives a place of"
            " that size",
            missing=_NONE,
        ),
        Column(
            "smoothed",
            "number",
            "Rate drawn towards that of all places as far as its size warrants (empirical Bayes)",
            missing=_NONE,
        ),
        Column("reason", "text", "Why there is no value", missing="there is one"),
        Column("per", "count", "People the value is given for", unit="people"),
        Column("denominator", "text", "Who the people are"),
        Column("denominator_date", "text", "When they were counted, as far as is known"),
        Column(
            "coverage",
            "number",
            "Share of all people whose area or practice made a return",
            unit="share",
            missing="nobody is counted",
        ),
    ),
    "One outcome counted by one area, practice or group of areas. Sensitive counts have passed"
    " disclosure control, and every figure here is worked out from what is shown.",
    status="sensitive",
)

EXPOSURES: Final = Table(
    "exposures",
    ("area",),
    (
        Column("name", "text", "Name of the area"),
        Column("population", "count", "Residents", unit="people"),
    ),
    "One area of the study with access, availability, deprivation, rurality and composition beside"
    " its outcomes, ready for a statistical model; exposures_columns says what each column is."
    " Hidden counts, and what is made of them, are missing.",
)

EXPOSURES_PRACTICES: Final = Table(
    "exposures_practices",
    ("practice",),
    (
        Column("patients", "count", "Registered patients living in the study", unit="people"),
        Column("name", "text", "Name of the practice", missing="it is not among the places"),
    ),
    "One practice with what its registered patients have within reach, by where they live, beside"
    " its outcomes; exposures_columns says what each column is.",
)

EXPOSURES_COLUMNS: Final = Table(
    "exposures_columns",
    ("table", "column"),
    (
        Column("meaning", "text", "What it holds"),
        Column("unit", "text", "What it is counted in", missing="it has no unit"),
        Column("direction", "text", "Which way is better", missing="neither way is"),
        Column("source", "text", "What it was made from"),
    ),
    "One column of the exposure tables: their data dictionary.",
)

ASSOCIATIONS: Final = Table(
    "associations",
    ("outcome", "term"),
    (
        Column(
            "family", "text", "poisson: log of a rate ratio; linear: difference of a proportion"
        ),
        Column("value", "number", "Coefficient per unit of the term"),
        Column("low", "number", "Lower 95 % limit, robust"),
        Column("high", "number", "Upper 95 % limit, robust"),
        Column("people", "count", "People of the areas fitted", unit="people"),
        Column("n", "count", "Areas fitted", unit="areas"),
        Column("sentence", "text", "The result in words"),
    ),
    "One term of a model of an outcome on access, over areas, the other terms held. An association"
    " between areas: it does not show that individuals differ, nor what causes what.",
)

OUTCOME_TABLES: Final = (
    OUTCOMES,
    EXPOSURES,
    EXPOSURES_PRACTICES,
    EXPOSURES_COLUMNS,
    ASSOCIATIONS,
)
"""In the order of a workbook's sheets."""
