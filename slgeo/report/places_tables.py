"""Tables a run writes about its places: what was merged, what counts, what happens where."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

UNKNOWN: Final = "not known"
"""Written where a source says nothing: unknown is a value."""

_YES_NO: Final = ("yes", "no", UNKNOWN)

MERGED: Final = Table(
    "merged_places",
    ("site", "twin"),
    (
        Column("kind", "text", "Kind of place of both"),
        Column("name", "text", "Name of the place that stands for both"),
        Column("twin_name", "text", "Name of the other"),
        Column("source", "text", "File or register of the place that stands for both"),
        Column("twin_source", "text", "File or register of the other"),
        Column("distance", "number", "Metres between them", missing="one has no point"),
        Column("name_score", "number", "How well the names agree, of 100", low=0, high=100),
        Column(
            "rule",
            "text",
            "Why they were taken for one",
            allowed=("venue", "uprn", "name", "one_of_kind", "unnamed", "near", "by_hand"),
        ),
        Column(
            "verdict",
            "text",
            "same: merged; possible: for a person to decide; different: kept apart by the study",
            allowed=("same", "possible", "different"),
        ),
        Column("why", "text", "The same in words"),
    ),
    "Two places that are one, or may be; keep_apart and same in [twins] take the ids.",
    status="published",
)

COUNTED: Final = Table(
    "places_counted",
    ("kind",),
    (
        Column("read", "count", "Places of the kind in all files"),
        Column("unnamed", "count", "Of these: without a name in their source"),
        Column("merged", "count", "Of these: the same as another, which stands for both"),
        Column("left_out_default", "count", "Of these: left out by the default list"),
        Column("left_out_study", "count", "Of these: left out by what the study asks"),
        Column(
            "nowhere", "count", "Counting, but nobody travels to them: online, by post, at home"
        ),
        Column("not_located", "count", "Counting, but not on the map"),
        Column("counted", "count", "Places that count: what every measure of places is about"),
        Column(
            "counted_without_default_list",
            "count",
            "Places that would count if the default list left nothing out; private ones never do",
        ),
        Column(
            "people_beyond",
            "count",
            "People further than the study's threshold from the nearest place that counts, by its"
            " first way of travelling",
            unit="people",
            missing="none of the kind can be travelled to",
        ),
        Column(
            "people_beyond_without_default_list",
            "count",
            "The same if the default list left nothing out",
            unit="people",
            missing="the list changes nothing",
        ),
    ),
    "Each kind of place: how many were read, how many count, and what the default list changes.",
)

ACTIVITIES: Final = Table(
    "activities",
    ("activity",),
    (
        Column("name", "text", "Name as the source gives it"),
        Column(
            "venue",
            "text",
            "Place it happens at, as in places.csv",
            missing="nobody travels to it: online, by telephone, by post, at home, or not stated",
        ),
        Column("venue_name", "text", "Name of the venue", missing="as for venue"),
        Column("kind", "text", "What people find there, from the taxonomy of kinds"),
        Column("delivery", "text", "How it comes to people: at a place, online, by post, at home"),
        Column("days", "text", f"Days it is held, MO to SU, or '{UNKNOWN}'"),
        Column("opens", "text", f"When it begins, or '{UNKNOWN}'"),
        Column("closes", "text", f"When it ends, or '{UNKNOWN}'"),
        Column("repeats", "text", f"How often: weekly, monthly, or '{UNKNOWN}'"),
        Column("cost", "text", f"What it costs, in the source's words, or '{UNKNOWN}'"),
        Column("free", "text", "Whether it is free", allowed=_YES_NO),
        Column("minimum_age", "number", "Least age", unit="years", missing=UNKNOWN),
        Column("maximum_age", "number", "Greatest age", unit="years", missing=UNKNOWN),
        Column("sex", "text", f"Which sexes may come, or '{UNKNOWN}'"),
        Column("eligibility", "text", f"Who may come, in the source's words, or '{UNKNOWN}'"),
        Column("area", "text", f"Area it serves, in the source's words, or '{UNKNOWN}'"),
        Column("referral_needed", "text", "Whether somebody must refer", allowed=_YES_NO),
        Column("spaces", "count", "How many may come", unit="people", missing=UNKNOWN),
        Column("step_free", "text", "Whether it is reached without steps", allowed=_YES_NO),
        Column("organiser", "text", f"Who holds it, or '{UNKNOWN}'"),
        Column("source", "text", "Source file or register"),
        Column("checked", "text", f"When the source was last checked, or '{UNKNOWN}'"),
    ),
    "One activity at one place and time: several may share a venue.",
    status="published",
)

ACTIVITIES_BY_KIND: Final = Table(
    "activities_by_kind",
    ("kind",),
    (
        Column("venues", "count", "Places at which activities of the kind happen"),
        Column("activities", "count", "Activities of the kind"),
        Column("without_venue", "count", "Of these: nobody travels to them"),
        Column("evenings", "count", "Of these: known to be held on a weekday evening"),
        Column("weekends", "count", "Of these: known to be held at a weekend"),
        Column("times_unknown", "count", "Of these: on which days is not known"),
    ),
    "Venues and activities of each kind, side by side: minutes and people are about venues.",
    status="published",
)

PLACES_TABLES: Final = (COUNTED, MERGED, ACTIVITIES_BY_KIND, ACTIVITIES)
"""In the order of the workbook's sheets."""
