"""
Activities: what happens at a venue, as a table of its own.

A venue is a place; an activity is what happens there. A hall with six groups is one venue and six
activities, and every count says which it counts. Unknown is a value, and its share is printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = (
    "name", "venue", "kind", "days", "opens", "closes", "cost", "free", "minimum_age",
    "maximum_age", "eligibility", "referral_needed", "capacity", "step_free", "organiser",
    "source", "checked",
)  # fmt: skip
"""Columns of an activities table; ``venue`` is a site, missing where the activity is virtual."""

_ASKED: Final = (
    "days", "cost", "minimum_age", "maximum_age", "eligibility", "referral_needed", "capacity",
    "step_free", "organiser", "checked",
)  # fmt: skip
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SAID: Final = re.compile(r"(?P<days>[A-Z]{2}(?:,[A-Z]{2})*)?\s*(?P<hours>\d\d:\d\d-\d\d:\d\d)?")


def activities_of(sites: pd.DataFrame) -> pd.DataFrame:
    """
    Make the activities table of places read from Open Referral or OpenActive.

    Parameters
    ----------
    sites
        A places or sites table with ``service`` and, where known, ``schedule``, ``cost``,
        ``minimum_age``, ``maximum_age``, ``organisation`` and ``checked``.

    Returns
    -------
    pd.DataFrame
        Index ``activity``, the columns of :data:`COLUMNS`: one row a service, place and schedule.
        Services that are not active are left out; ``attrs["unknown"]`` has each column's share of
        unknowns.

    Raises
    ------
    TableError
        If the places do not come from a directory of services.
    """
    import pandas as pd

    if "service" not in sites.columns:
        raise TableError("activities need places with a column service: read a directory first")
    rows: list[dict[str, Any]] = []
    for site, place in sites[sites["counts"].astype(bool)].iterrows():
        for number, when in enumerate(_schedules(place.get("schedule")), start=1):
            cost = _text(place.get("cost"))
            rows.append(
                {
                    "activity": f"{site}#{number}",
                    "name": place["name"],
                    "venue": None if _text(place.get("reason")) == "virtual_only" else site,
                    "kind": place["kind"],
                    **when,
                    "cost": cost,
                    "free": None if cost is None else cost.lower() == "free",
                    "minimum_age": place.get("minimum_age"),
                    "maximum_age": place.get("maximum_age"),
                    "eligibility": None,
                    "referral_needed": None,
                    "capacity": place.get("capacity"),
                    "step_free": {"yes": True, "no": False}.get(str(place.get("wheelchair"))),
                    "organiser": _text(place.get("organisation")),
                    "source": place["source"],
                    "checked": _text(place.get("checked")),
                }
            )
    made = pd.DataFrame(rows, columns=["activity", *COLUMNS]).set_index("activity")
    made.attrs = {"unknown": unknown_shares(made), "counts": "activities, not venues"}
    return made


def unknown_shares(activities: pd.DataFrame) -> dict[str, float]:
    """
    Give the share of activities for which each thing asked about is not known.

    Returns
    -------
    dict
        Column -> share between 0 and 1; empty where there are no activities.
    """
    if activities.empty:
        return {}
    return {name: round(float(activities[name].isna().mean()), 4) for name in _ASKED}


def venues_and_activities(activities: pd.DataFrame) -> pd.DataFrame:
    """
    Count venues and activities by kind, side by side.

    Returns
    -------
    pd.DataFrame
        Index ``kind``; ``venues`` (distinct places), ``activities`` and ``without_venue``.
    """
    import pandas as pd

    grouped = activities.groupby("kind")
    return pd.DataFrame(
        {
            "venues": grouped["venue"].nunique(),
            "activities": grouped.size(),
            "without_venue": grouped["venue"].apply(lambda venues: int(venues.isna().sum())),
        }
    )


def _schedules(said: object) -> list[dict[str, Any]]:
    """Read ``MO,WE 10:00-12:00; FR 09:00-10:00``; one empty entry where nothing is known."""
    made = []
    for part in (_text(said) or "").split(";"):
        match = _SAID.fullmatch(part.strip())
        if match is None or not match[0]:
            continue
        days = [day for day in (match["days"] or "").split(",") if day in _DAYS]
        opens, _, closes = (match["hours"] or "").partition("-")
        made.append(
            {"days": ",".join(days) or None, "opens": opens or None, "closes": closes or None}
        )
    return made or [{"days": None, "opens": None, "closes": None}]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
