"""Tables of practices and link workers, declared as data: what registration says of a place."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

_NO_NETWORK: Final = "it is in no network, or no membership was given"
_NO_DEPRIVATION: Final = "none of its patients live in areas with one"
_NO_HOSTED: Final = "no delivery model was given"
_UNKNOWN: Final = "not known: no return, or patients' whole lists are not known"

_DEPRIVATION: Final = (
    Column(
        "deprivation_score",
        "number",
        "Mean score of where its patients live, never of its own door: higher is more deprived",
        required=False,
        missing=_NO_DEPRIVATION,
    ),
    Column(
        "share_most_deprived",
        "number",
        "Share of those patients who live in the nation's most deprived fifth of areas",
        unit="share",
        required=False,
        missing=_NO_DEPRIVATION,
    ),
    Column(
        "patients_with_deprivation",
        "count",
        "Patients in areas whose deprivation is known: the two columns before are over these",
        unit="people",
        required=False,
    ),
)

PRACTICES: Final = Table(
    "practices",
    ("practice",),
    (
        Column("name", "text", "Name; the code where no file gives one"),
        Column("network", "text", "Primary care network by code", missing=_NO_NETWORK),
        Column("network_name", "text", "Its name", missing=_NO_NETWORK),
        Column("located", "flag", "Whether it is one of the places of the study, on the map"),
        Column("reached", "flag", "Whether any of its surgeries can have a travel time"),
        Column(
            "several_sites",
            "flag",
            "Whether its name tells of more surgeries than are in the files",
        ),
        Column("patients", "count", "All its patients in the registrations", unit="people"),
        Column(
            "patients_without_area", "count", "Of them: those without a usable area", unit="people"
        ),
        Column("patients_study", "count", "Of them: those who live in the study", unit="people"),
        Column(
            "share_of_study",
            "number",
            "Share of the study's registered patients who are with it",
            unit="share",
        ),
        Column(
            "areas_80",
            "count",
            "Areas that hold 80 % of its patients, taken from the one with the most on",
            unit="areas",
        ),
        *_DEPRIVATION,
    ),
    "One GP practice with patients who live in the study.",
    status="published",
)

PRACTICE_NETWORKS: Final = Table(
    "practice_networks",
    ("network",),
    (
        Column("name", "text", "Name; the code where no file gives one"),
        Column("practices", "count", "Practices in it on the date", unit="practices"),
        Column("members", "text", "Codes of those practices"),
        Column("patients", "count", "Their patients in the registrations", unit="people"),
        Column("patients_study", "count", "Of them: those who live in the study", unit="people"),
        *_DEPRIVATION,
    ),
    "One primary care network with patients who live in the study.",
    status="published",
)

PRACTICE_CATCHMENTS: Final = Table(
    "practice_catchments",
    ("practice", "area"),
    (
        Column("practice_name", "text", "Name of the practice"),
        Column("area_name", "text", "Name of the area; its code where it is in no file"),
        Column("patients", "count", "Patients of the practice who live there", unit="people"),
        Column("share_of_practice", "number", "Of the practice's patients", unit="share"),
        Column(
            "cumulative",
            "number",
            "Share of the practice's patients in this area and those before it",
            unit="share",
        ),
        Column("share_of_area", "number", "Of everybody registered who lives there", unit="share"),
    ),
    "One area of the catchment of a practice as people use it: the areas that hold 80 % of the"
    " patients of each practice of the study, most first.",
    status="published",
)

PRACTICE_BYPASS: Final = Table(
    "practice_bypass",
    ("area",),
    (
        Column("name", "text", "Name of the area"),
        Column(
            "nearest", "text", "Practice nearest to most people there", missing="none is reached"
        ),
        Column("nearest_name", "text", "Its name", missing="none is reached"),
        Column("mode", "text", "How people travel"),
        Column("patients", "count", "Registered patients who live there", unit="people"),
        Column("with_nearest", "count", "Of them: with the nearest practice", unit="people"),
        Column(
            "bypass",
            "count",
            "Of them: with another practice that the roads reach",
            unit="people",
        ),
        Column(
            "beyond_roads",
            "count",
            "Of them: with practices the roads do not reach, which may be nearer or not",
            unit="people",
        ),
        Column(
            "bypass_share",
            "number",
            "bypass / (with_nearest + bypass)",
            unit="share",
            missing="nobody there is with a practice that the roads reach",
        ),
        Column(
            "people_edge_unsafe",
            "count",
            "People for whom a practice beyond the roads supplied might be nearer",
            unit="people",
        ),
    ),
    "One area of the study: who is registered elsewhere than with the nearest practice. People may"
    " have good reasons.",
    status="published",
)

PRACTICE_BOUNDARIES: Final = Table(
    "practice_boundaries",
    ("practice",),
    (
        Column("name", "text", "Name; the code where no file gives one"),
        Column("residents_inside", "count", "People who live inside its boundary", unit="people"),
        Column(
            "registered_inside",
            "count",
            "Registered patients, of any practice, who live inside",
            unit="people",
        ),
        Column("own_inside", "count", "Of them: its own", unit="people"),
        Column("elsewhere", "count", "Of them: registered with another practice", unit="people"),
        Column(
            "patients_known",
            "count",
            "Its patients who live in the areas of the boundary file",
            unit="people",
        ),
        Column(
            "share_inside",
            "number",
            "Share of those who live inside its boundary",
            unit="share",
            missing="it has none there",
        ),
    ),
    "One practice's declared boundary, set against where its patients live. Patients of an area"
    " that a boundary cuts are taken to live where its people do.",
)

_RATES: Final = (
    Column("per", "count", "Registered patients that rates are per", unit="people"),
    Column("denominator", "text", "Whom rates are over"),
    Column("denominator_date", "text", "Date of those registrations", missing="not stated"),
)

_HOSTED: Final = (
    Column(
        "fte_hosted",
        "number",
        "Full-time equivalents hosted by voluntary organisations and others, from the delivery"
        " model; in no other column of time, and only beyond contracted time",
        unit="full-time equivalents",
        missing=_NO_HOSTED,
    ),
    Column(
        "fte_with_hosted_per_10000",
        "number",
        "Rate with them",
        unit="full-time equivalents per 10,000 registered patients",
        missing=f"{_NO_HOSTED}, or the time is {_UNKNOWN}",
    ),
)

_RATE: Final = Column(
    "fte_per_10000",
    "number",
    "Rate without staff hosted by voluntary organisations",
    unit="full-time equivalents per 10,000 registered patients",
    missing=_UNKNOWN,
)

LINK_WORKERS: Final = Table(
    "link_workers",
    ("network", "quarter"),
    (
        Column("name", "text", "Name of the network"),
        Column(
            "state",
            "text",
            "Whether it has link workers in the return; not known where it is in none",
            allowed=("has time", "none", "not known"),
        ),
        Column(
            "fte",
            "number",
            "Full-time equivalents of link workers in the national returns",
            unit="full-time equivalents",
            missing="not known: it is in no return of the quarter",
        ),
        Column(
            "fte_contracted",
            "number",
            "Of them: contracted services, where the return tells",
            unit="full-time equivalents",
            missing="the return does not tell",
        ),
        Column(
            "fte_practices",
            "number",
            "Of them: on practices' own payrolls, taken once where both returns hold the same",
            unit="full-time equivalents",
            missing="no practice return was given for the quarter",
        ),
        Column(
            "records",
            "number",
            "Rows of the return: one person may have several",
            unit="records",
            missing="not known",
        ),
        Column(
            "people",
            "number",
            "Headcount: distinct people in the return",
            unit="people",
            missing="the return does not tell people apart",
        ),
        Column("practices", "count", "Practices in it that quarter", unit="practices"),
        Column(
            "patients",
            "number",
            "Patients on its practices' whole lists",
            unit="people",
            missing="the whole list of some practice is not known",
        ),
        Column(
            "patients_study",
            "number",
            "Of them: those who live in the study",
            unit="people",
            missing="no registrations by area may be shown",
        ),
        _RATE,
        *_HOSTED,
        Column(
            "caseload",
            "number",
            "People a year its time would support: a capacity, not a count of people seen",
            unit="people",
            missing="the time is not known",
        ),
        *_RATES,
        Column(
            "coverage",
            "number",
            "Share of its patients who are in the registrations with an area: so much of its time"
            " can be placed",
            unit="share",
            missing="whole lists, or registrations by area, are not known",
        ),
    ),
    "One primary care network that serves the study, in one quarter. Its time reaches people"
    " through registration, not along roads.",
    status="published",
)

LINK_WORKERS_BY_PRACTICE: Final = Table(
    "link_workers_by_practice",
    ("practice",),
    (
        Column("name", "text", "Name; the code where no file gives one"),
        Column("network", "text", "Primary care network by code", missing=_NO_NETWORK),
        Column("network_name", "text", "Its name", missing=_NO_NETWORK),
        Column(
            "state",
            "text",
            "Whether its network has link workers in the return",
            allowed=("has time", "none", "not known", "no network"),
        ),
        Column("patients", "count", "Patients on its list, as far as it is known", unit="people"),
        Column("patients_study", "count", "Of them: those who live in the study", unit="people"),
        Column(
            "fte",
            "number",
            "Its share of its network's time, by patients: not posts of its own",
            unit="full-time equivalents",
            missing=_UNKNOWN,
        ),
        _RATE,
        *_RATES,
    ),
    "One practice with patients who live in the study, in the quarter shown.",
    status="published",
)

LINK_WORKERS_BY_AREA: Final = Table(
    "link_workers_by_area",
    ("area",),
    (
        Column("name", "text", "Name of the area"),
        Column("in_study", "flag", "Whether it belongs to the study or is context around it"),
        Column("patients", "count", "Registered patients who live there", unit="people"),
        Column(
            "patients_none",
            "count",
            "Of them: with networks that have no link worker",
            unit="people",
        ),
        Column(
            "patients_unknown",
            "count",
            "Of them: with practices in no network, or in one whose time is not known",
            unit="people",
        ),
        Column(
            "coverage",
            "number",
            "Share of them whose network's time is known: rates are over these",
            unit="share",
            missing="nobody there is registered",
        ),
        Column(
            "fte",
            "number",
            "Full-time equivalents that its people have through their practices' networks",
            unit="full-time equivalents",
            missing=_UNKNOWN,
        ),
        _RATE,
        *_HOSTED,
        Column(
            "caseload_per_1000",
            "number",
            "People a year the time would support per 1,000 registered: a capacity, not a count of"
            " people seen",
            unit="people per 1,000 registered patients",
            missing=_UNKNOWN,
        ),
        *_RATES,
    ),
    "One area: the link workers its people have through the practices they are registered with, in"
    " the quarter shown.",
    status="published",
)

LINK_WORKERS_BY_QUARTER: Final = Table(
    "link_workers_by_quarter",
    ("quarter",),
    (
        Column("networks", "count", "Networks that serve the study", unit="networks"),
        Column("networks_reporting", "count", "Of them: in the return", unit="networks"),
        Column("patients", "count", "Registered patients who live in the study", unit="people"),
        Column("patients_known", "count", "Of them: whose network's time is known", unit="people"),
        Column(
            "patients_none",
            "count",
            "Of those: whose network has no link worker",
            unit="people",
        ),
        Column(
            "coverage",
            "number",
            "patients_known / patients",
            unit="share",
            missing="nobody is registered",
        ),
        Column(
            "fte",
            "count",
            "Full-time equivalents of networks' returns that the study's people have",
            unit="full-time equivalents",
        ),
        Column(
            "fte_per_10000",
            "number",
            "Of the patients known; without hosted staff and practices' own payrolls",
            unit="full-time equivalents per 10,000 registered patients",
            missing="nobody's network is known",
        ),
        Column(
            "change",
            "number",
            "Since the quarter before in the file; networks that began to report are in it",
            unit="full-time equivalents per 10,000 registered patients",
            missing="it is the first, or one of the two is not known",
        ),
        Column(
            "change_same_networks",
            "number",
            "The same over networks in both returns only: no change of who reports is in it",
            unit="full-time equivalents per 10,000 registered patients",
            missing="it is the first, or no network is in both",
        ),
        *_RATES,
    ),
    "One quarter: what the study's people had, with registrations of one date and networks as they"
    " then were.",
    status="published",
)

LINK_WORKERS_BY_DEPRIVATION: Final = Table(
    "link_workers_by_deprivation",
    ("statistic", "by", "group"),
    (
        Column("value", "number", "The result", missing="there is none: the sentence says why"),
        Column(
            "people",
            "number",
            "Registered patients it stands for",
            unit="people",
            missing="not stated",
        ),
        Column("n", "count", "Areas it stands for", unit="areas"),
        Column("sentence", "text", "The result in words, with its direction"),
    ),
    "One comparison of link-worker time between groups of people, each person counted once. It"
    " describes areas, not the individuals in them.",
    status="published",
)

PROVISION_TABLES: Final = (
    PRACTICES,
    PRACTICE_NETWORKS,
    PRACTICE_CATCHMENTS,
    PRACTICE_BYPASS,
    PRACTICE_BOUNDARIES,
    LINK_WORKERS,
    LINK_WORKERS_BY_PRACTICE,
    LINK_WORKERS_BY_AREA,
    LINK_WORKERS_BY_QUARTER,
    LINK_WORKERS_BY_DEPRIVATION,
)
"""What the parts ``practices`` and ``link_workers`` write, where a study asks for them."""
