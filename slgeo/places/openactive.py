"""
OpenActive feeds (RPDE pages saved to disk): sessions, brought down to the places they happen at.

A feed is a log: a later item replaces an earlier one of its id, and ``deleted`` removes it.
Sessions repeat one another through super- and sub-events, so places are told apart by where they
are, and activities by their name, days and hours.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo import reasons
from slgeo.errors import SourceError
from slgeo.places.classify import LEAVE_OUT, kind_from_words
from slgeo.places.columns import plain
from slgeo.places.open_referral import read_json
from slgeo.places.open_referral_details import dicts, number, text
from slgeo.places.table import places_from
from slgeo.places.taxonomy import OTHER, kind_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

_FALLBACK: Final = "physical_activity"
"""What a feed of sports and activities offers where its words name no other kind."""
_DAYS: Final = {
    "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR",
    "saturday": "SA", "sunday": "SU",
}  # fmt: skip


def read_openactive(
    path: str | os.PathLike[str], *, words: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """
    Read saved pages of an OpenActive feed.

    Parameters
    ----------
    path
        One page, a list of pages in one file, or a folder of pages; replayed in name order.
    words
        A study's own lines, name of an activity -> kind, asked before ours.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each place sessions happen at: ``sessions`` counts them,
        ``activities`` names them. Sessions without a place are one row with ``virtual_only``.
        ``attrs["activities"]`` lists what happens where, one a name, days and hours, for
        :func:`slgeo.places.activities.activities_of`.

    Raises
    ------
    SourceError
        If the file is missing, no JSON, or no RPDE page.
    """
    path = Path(path)
    pages = [page for file in _files(path) for page in _pages(read_json(file), file)]
    latest: dict[str, tuple[int, Mapping[str, Any] | None]] = {}
    seen = 0
    for page in pages:
        for item in page["items"]:
            if not isinstance(item, dict) or "id" not in item:
                continue
            seen += 1
            key, when = str(item["id"]), _whole(item.get("modified"))
            if key in latest and latest[key][0] > when:
                continue
            data = item.get("data")
            gone = item.get("state") == "deleted" or not isinstance(data, dict)
            latest[key] = (when, None if gone else data)
    live = [data for _, data in latest.values() if data is not None]
    note = f"{path.name}: read as OpenActive: {len(live):,} live items of {seen:,} in "
    note += f"{len(pages):,} pages"
    records, activities = _places(live, path.stem, words or {})
    made = places_from(records, source=path.name, notes=[note])
    made.attrs["activities"] = activities
    return made


def is_openactive(held: object) -> bool:
    """Tell whether parsed JSON is an RPDE page, or a list of them."""
    first = held[0] if isinstance(held, list) and held else held
    return isinstance(first, dict) and isinstance(first.get("items"), list) and "next" in first


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.json")) if path.is_dir() else [path]


def _pages(held: object, file: Path) -> Iterator[Mapping[str, Any]]:
    for page in held if isinstance(held, list) else [held]:
        if not isinstance(page, dict) or not is_openactive(page):
            raise SourceError(f"{file}: not an OpenActive page: it has no list 'items' and 'next'")
        yield page


def _places(
    sessions: list[Mapping[str, Any]], stem: str, words: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gather sessions by where they happen, and list what happens there."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    wheres: dict[tuple[Any, ...], dict[str, Any]] = {}
    for session in sessions:
        where = _where(session)
        key = (where["latitude"], where["longitude"], where["postcode"], where["name"])
        groups.setdefault(key, []).append(session)
        wheres[key] = where
    places: list[dict[str, Any]] = []
    activities: list[dict[str, Any]] = []
    for position, (key, held) in enumerate(groups.items(), start=1):
        where = wheres[key]
        site = f"{stem}-{position}"
        named = sorted({name for session in held for name in _names(session)})
        nowhere = where["latitude"] is None and where["postcode"] is None
        places.append(
            {
                "site": site,
                **where,
                "name": where["name"] or (named[0] if named else None),
                "kind": _kind(" ".join(named), named, words),
                "sessions": float(len(held)),
                "activities": "; ".join(named) or None,
                "reason": reasons.VIRTUAL_ONLY if nowhere else None,
            }
        )
        known: dict[tuple[Any, ...], dict[str, Any]] = {}
        for session in held:
            for row in _activity(session, words):
                same = (row["name"], row["days"], row["opens"], row["closes"])
                known.setdefault(same, {"site": site, **row})
        activities.extend(known.values())
    return places, activities


def _kind(said: str, named: list[str], words: Mapping[str, str]) -> str:
    """Tell the kind of what happens somewhere: the study's own lines, then ours."""
    own = [words[plain(name)] for name in named if words.get(plain(name), LEAVE_OUT) != LEAVE_OUT]
    if own:
        return own[0]
    known = [kind for kind in map(kind_of, named) if kind is not None]
    kind = known[0] if known else kind_from_words(said)
    return _FALLBACK if kind == OTHER else kind


def _activity(session: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield what one session is, once for each time of the week it is held."""
    above = _dict(session.get("superEvent"))
    named = _names(session) or _names(above)
    name = text(session.get("name")) or text(above.get("name")) or (named[0] if named else None)
    both = (session, above)
    ages = (_dict(one.get("ageRange") or one.get("ageRestriction")) for one in both)
    age = next(filter(None, ages), {})
    offers = [offer for one in both for offer in dicts(one.get("offers"))]
    prices = sorted({p for p in (number(offer.get("price")) for offer in offers) if p is not None})
    free = next((one["isAccessibleForFree"] for one in both
                 if isinstance(one.get("isAccessibleForFree"), bool)), None)  # fmt: skip
    cost: str | None = "free" if free else None
    if prices:
        said = f"{prices[0]:.2f}" + (f" to {prices[-1]:.2f} GBP" if len(prices) > 1 else " GBP")
        cost = "free" if prices == [0] else said
    most = (number(one.get("maximumAttendeeCapacity")) for one in both)
    row = {
        "name": name,
        "kind": _kind(" ".join([*named, name or ""]), named, words),
        "cost": cost,
        "minimum_age": number(age.get("minValue")),
        "maximum_age": number(age.get("maxValue")),
        "sex": _sex(next(filter(None, (text(one.get("genderRestriction")) for one in both)), None)),
        "spaces": next((n for n in most if n is not None), None),
        "organiser": next(
            filter(None, (text(_dict(one.get("organizer")).get("name")) for one in both)), None
        ),
    }
    for when in _times(session, above):
        yield {**row, **when}


def _times(session: Mapping[str, Any], above: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Read days and hours from the weekly schedule, else from the session's own beginning."""
    made = []
    for schedule in [*_schedules(session), *_schedules(above)]:
        days = [_day(day) for day in _list(schedule.get("byDay"))]
        opens, closes = (text(schedule.get(name)) for name in ("startTime", "endTime"))
        made.append(
            {
                "days": ",".join(d for d in _DAYS.values() if d in days) or None,
                "opens": opens[:5] if opens else None,
                "closes": closes[:5] if closes else None,
            }
        )
    begins, ends = (_clock(session.get(name)) for name in ("startDate", "endDate"))
    if not made and begins is not None:
        made.append(
            {
                "days": list(_DAYS.values())[begins.weekday()],
                "opens": f"{begins:%H:%M}",
                "closes": f"{ends:%H:%M}" if ends is not None else None,
            }
        )
    return made or [{"days": None, "opens": None, "closes": None}]


def _schedules(session: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    held = session.get("eventSchedule")
    return [held] if isinstance(held, dict) else list(dicts(held))


def _day(said: object) -> str | None:
    return _DAYS.get(re.split(r"[/:]", str(said))[-1].strip().lower())


def _clock(said: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _sex(said: str | None) -> str | None:
    """Read the standard's own words, such as ``https://openactive.io/FemaleOnly``."""
    word = re.split(r"[/:]", said or "")[-1]
    return {"FemaleOnly": "female only", "MaleOnly": "male only", "NoRestriction": "any"}.get(word)


def _where(session: Mapping[str, Any]) -> dict[str, Any]:
    place = session.get("location") or session.get("superEvent")
    if isinstance(place, dict) and "geo" not in place and isinstance(place.get("location"), dict):
        place = place["location"]  # a sub-event leaves the place to its super-event
    place = _dict(place)
    geo, address = (_dict(place.get(name)) for name in ("geo", "address"))
    return {
        "name": text(place.get("name")),
        "latitude": _degrees(geo.get("latitude")),
        "longitude": _degrees(geo.get("longitude")),
        "postcode": text(address.get("postalCode")),
    }


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _names(session: Mapping[str, Any]) -> list[str]:
    named = [text(one.get("prefLabel")) for one in dicts(session.get("activity"))]
    return [name for name in named if name] or list(filter(None, [text(session.get("name"))]))


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _degrees(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
