"""The tables of a run on inequality: who is compared, and how far each finding can be trusted."""

from __future__ import annotations

from typing import Final

from slgeo.tables import Column, Table

EQUITY: Final = Table(
    "equity",
    ("kind", "mode", "measure", "statistic", "by", "group"),
    (
        Column("value", "number", "The result", missing="there is none: the sentence says why"),
        Column(
            "low",
            "number",
            "The least it came to over the choices tried, which the table ranges lists",
            missing="nothing else was tried, or it has no range",
        ),
        Column(
            "high",
            "number",
            "The most it came to over the choices tried",
            missing="nothing else was tried, or it has no range",
        ),
        Column("people", "number", "People it stands for", unit="people", missing="not stated"),
        Column("n", "count", "Areas it stands for", unit="areas"),
        Column("sentence", "text", "The result in words, with its direction"),
    ),
    "One comparison between groups of people: in minutes, the first group's mean minus the other's,"
    " people without a time counted at the longest journey searched. It describes areas, not the"
    " individuals in them.",
)

RANGES: Final = Table(
    "ranges",
    ("kind", "mode", "measure", "by", "group", "choice"),
    (
        Column(
            "value",
            "number",
            "What it came to: a share of people for share_beyond_t, minutes for nearest",
            missing="an area that counts has no value",
        ),
        Column("changed", "text", "What was varied; nothing for the choice that stands"),
        Column("meaning", "text", "The choice in words"),
    ),
    "One finding under one choice: where people start, speeds, the list of places, the edge of the"
    " roads, each changed alone. The least and the most are its range. Travel times of all areas"
    " are a census: this is no margin of error from sampling.",
)
