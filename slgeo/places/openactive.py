"""
OpenActive feeds (RPDE pages saved to disk): sessions, brought down to the places they happen at.

A feed is a log: a later item replaces an earlier one of its id, and ``deleted`` removes it.
Sessions repeat one another through super- and sub-events, so places are told apart by where they
are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo import reasons
from slgeo.errors import SourceError
from slgeo.places.classify import kind_from_words
from slgeo.places.open_referral import read_json
from slgeo.places.table import places_from
from slgeo.places.taxonomy import OTHER

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

_FALLBACK: Final = "physical_activity"
"""What a feed of sports and activities offers where its words name no other kind."""


def read_openactive(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read saved pages of an OpenActive feed.

    Parameters
    ----------
    path
        One page, a list of pages in one file, or a folder of pages; replayed in name order.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each place sessions happen at: ``sessions`` counts them,
        ``activities`` names them. Sessions without a place are one row with ``virtual_only``.

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
            key, when = str(item["id"]), _number(item.get("modified"))
            if key in latest and latest[key][0] > when:
                continue
            data = item.get("data")
            gone = item.get("state") == "deleted" or not isinstance(data, dict)
            latest[key] = (when, None if gone else data)
    live = [data for _, data in latest.values() if data is not None]
    note = f"{path.name}: read as OpenActive: {seen:,} items on {len(pages):,} pages, "
    note += f"{len(live):,} sessions after {len(latest) - len(live):,} deletions"
    return places_from(list(_places(live)), source=path.name, notes=[note])


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


def _places(sessions: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Gather sessions by where they happen."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    wheres: dict[tuple[Any, ...], dict[str, Any]] = {}
    for session in sessions:
        where = _where(session)
        key = (where["latitude"], where["longitude"], where["postcode"], where["name"])
        groups.setdefault(key, []).append(session)
        wheres[key] = where
    for key, held in groups.items():
        where = wheres[key]
        activities = sorted({name for session in held for name in _activities(session)})
        kind = kind_from_words(" ".join(activities))
        nowhere = where["latitude"] is None and where["postcode"] is None
        yield {
            **where,
            "name": where["name"] or (activities[0] if activities else None),
            "kind": _FALLBACK if kind == OTHER else kind,
            "sessions": float(len(held)),
            "activities": "; ".join(activities) or None,
            "reason": reasons.VIRTUAL_ONLY if nowhere else None,
        }


def _where(session: Mapping[str, Any]) -> dict[str, Any]:
    place = session.get("location") or session.get("superEvent")
    if isinstance(place, dict) and "geo" not in place and isinstance(place.get("location"), dict):
        place = place["location"]  # a sub-event leaves the place to its super-event
    place = _dict(place)
    geo, address = (_dict(place.get(name)) for name in ("geo", "address"))
    return {
        "name": _text(place.get("name")),
        "latitude": _degrees(geo.get("latitude")),
        "longitude": _degrees(geo.get("longitude")),
        "postcode": _text(address.get("postalCode")),
    }


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _activities(session: Mapping[str, Any]) -> list[str]:
    held = session.get("activity")
    named = [_text(one.get("prefLabel")) for one in held or [] if isinstance(one, dict)]
    return [name for name in named if name] or list(filter(None, [_text(session.get("name"))]))


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _degrees(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None
