"""
Activities: what happens at a venue, as a table of its own.

A venue is a place; an activity is what happens there. A hall with six groups is one venue and six
activities, and every count says which it counts. Unknown is a value, and its share is printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.opening import schedule_when

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

COLUMNS: Final = (
    "name", "venue", "venue_name", "kind", "days", "opens", "closes", "repeats", "cost", "free",
    "minimum_age", "maximum_age", "sex", "eligibility", "area", "referral_needed", "spaces",
    "step_free", "organiser", "delivery", "source", "checked",
)  # fmt: skip
"""Columns of an activities table; ``venue`` is a site, missing where no one travels to it."""

ASKED: Final = {
    "days": "days",
    "opens": "hours",
    "cost": "cost",
    "minimum_age": "least age",
    "maximum_age": "greatest age",
    "sex": "which sexes",
    "eligibility": "who may come",
    "area": "which area it serves",
    "referral_needed": "whether a referral is needed",
    "spaces": "how many may come",
    "step_free": "step-free or not",
    "organiser": "organiser",
    "checked": "when it was last checked",
}
"""What is asked of every activity, and its words: the share of unknowns is printed for each."""
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SAID: Final = re.compile(r"(?P<days>[A-Z]{2}(?:,[A-Z]{2})*)?\s*(?P<hours>\d\d:\d\d-\d\d:\d\d)?")


def activities_of(
    sites: pd.DataFrame, *, sessions: Sequence[Mapping[str, Any]] | None = None
) -> pd.DataFrame:
    """
    Make the activities table of places read from Open Referral or OpenActive.

    Parameters
    ----------
    sites
        A places or sites table with ``service`` and, where known, ``schedule``, ``cost``,
        ``minimum_age``, ``maximum_age``, ``organisation`` and ``checked``. Where twins were merged
        (:func:`slgeo.places.merge.merge_twins`), the venue is the place that stands for them.
    sessions
        ``attrs["activities"]`` of places read from OpenActive.

    Returns
    -------
    pd.DataFrame
        Index ``activity``, the columns of :data:`COLUMNS`: one row a service, place and schedule.
        Services that are not active are left out, and what is listed twice (the same name, venue,
        time and organiser) is taken once; ``attrs["unknown"]`` has each column's share of unknowns,
        ``attrs["repeated"]`` how many were.

    Raises
    ------
    TableError
        If the places do not come from a directory of services or sessions.
    """
    import pandas as pd

    if "service" not in sites.columns and sessions is None:
        raise TableError("activities need places with a column service: read a directory first")
    rows = [*_of_services(sites), *_of_sessions(sites, sessions or ())]
    made = pd.DataFrame(rows, columns=["activity", *COLUMNS]).set_index("activity")
    same = ["name", "venue", "days", "opens", "closes", "organiser", "delivery"]
    again = made.duplicated(same)
    made = made[~again]
    made.attrs = {
        "unknown": unknown_shares(made),
        "repeated": int(again.sum()),
        "counts": "activities, not venues",
    }
    return made


def _of_services(sites: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each active service at each of its places and times."""
    if "service" not in sites.columns:
        return
    alone = sites["counts_alone" if "counts_alone" in sites.columns else "counts"].astype(bool)
    for site, place in sites[alone & sites["service"].notna()].iterrows():
        cost = _text(place.get("cost"))
        nowhere = _text(place.get("reason")) == "virtual_only"
        for number, when in enumerate(_schedules(place.get("schedule")), start=1):
            yield {
                "activity": f"{site}#{number}",
                "name": place["name_alone"] if _text(place.get("name_alone")) else place["name"],
                **_venue(sites, str(site), nowhere=nowhere),
                "kind": place["kind"],
                **when,
                "repeats": _text(place.get("repeats")),
                "cost": cost,
                "free": None if cost is None else cost.lower() == "free",
                "minimum_age": place.get("minimum_age"),
                "maximum_age": place.get("maximum_age"),
                "sex": None,
                "eligibility": _text(place.get("eligibility")),
                "area": _text(place.get("area")),
                "referral_needed": _flag(place.get("referral_needed")),
                "spaces": place.get("spaces", place.get("capacity")),
                "step_free": {"yes": True, "no": False}.get(str(place.get("wheelchair"))),
                "organiser": _text(place.get("organisation")),
                "delivery": _text(place.get("delivery")) or ("not stated" if nowhere else _PLACE),
                "source": place["source"],
                "checked": _text(place.get("checked")),
            }


def _of_sessions(
    sites: pd.DataFrame, sessions: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the sessions of feeds of OpenActive."""
    numbers: dict[str, int] = {}
    for session in sessions:
        site = str(session["site"])
        if site not in sites.index:
            continue
        place = sites.loc[site]
        numbers[site] = numbers.get(site, 0) + 1
        cost = _text(session.get("cost"))
        nowhere = _text(place.get("reason")) == "virtual_only"
        yield {
            **dict.fromkeys(COLUMNS),
            **{name: session.get(name) for name in COLUMNS if name in session},
            "activity": f"{site}#{numbers[site]}",
            **_venue(sites, site, nowhere=nowhere),
            "free": None if cost is None else cost == "free",
            "delivery": "not stated" if nowhere else _PLACE,
            "source": place["source"],
        }


_PLACE: Final = "at a place"


def _venue(sites: pd.DataFrame, site: str, *, nowhere: bool) -> dict[str, Any]:
    """Say where an activity happens: the place that stands for its own, where two were merged."""
    if nowhere:
        return {"venue": None, "venue_name": None}
    leader = _text(sites.loc[site].get("same_as")) or site
    place = sites.loc[leader]
    return {"venue": leader, "venue_name": _text(place.get("location")) or place["name"]}


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
    return {name: round(float(activities[name].isna().mean()), 4) for name in ASKED}


def venues_and_activities(activities: pd.DataFrame) -> pd.DataFrame:
    """
    Count venues and activities by kind, side by side.

    Returns
    -------
    pd.DataFrame
        Index ``kind``; ``venues`` (distinct places), ``activities``, of these ``without_venue``
        (online, by post, at home: nobody travels), ``evenings`` and ``weekends`` (known to be held
        on a weekday evening, at a weekend) and ``times_unknown``.
    """
    import pandas as pd

    held = {
        name: activities.apply(_held, axis=1, when=when) if len(activities) else []
        for name, when in (("evenings", "weekday evening"), ("weekends", "weekend"))
    }
    timed = activities.assign(
        **{name: [answer is True for answer in answers] for name, answers in held.items()},
        times_unknown=activities["days"].isna(),
        without_venue=activities["venue"].isna(),
    )
    grouped = timed.groupby("kind")
    return pd.DataFrame(
        {
            "venues": grouped["venue"].nunique(),
            "activities": grouped.size(),
            **{
                name: grouped[name].sum().astype(int)
                for name in ("without_venue", "evenings", "weekends", "times_unknown")
            },
        }
    )


def _held(activity: pd.Series[Any], when: Any) -> bool | None:  # noqa: ANN401 - one of two words
    """Say whether an activity is held in the evening or at the weekend, as far as is known."""
    days, opens, closes = (_text(activity[name]) for name in ("days", "opens", "closes"))
    if days is None:
        return None
    return schedule_when(f"{days} {opens}-{closes}" if opens and closes else days, when)


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


def _flag(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
