"""
Open Referral UK: community services as the standard publishes them.

Reads a dump of the API (one page or several), a single file of services, or the tabular package.
A service at two locations is two places. Virtual and postal ones keep their row with the reason
``virtual_only``; those that are not active keep theirs and do not count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo import reasons
from slgeo.errors import SourceError
from slgeo.places.classify import kind_from_words
from slgeo.places.open_referral_package import is_package, read_package
from slgeo.places.table import places_from
from slgeo.places.taxonomy import OTHER, kind_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

_DEEPEST: Final = 100
"""Nesting of lists and objects allowed; the standard's own reach about 10 (our choice)."""
_ACTIVE: Final = "active"


def read_open_referral(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read services in Open Referral UK 3.0 (HSDS-UK), or the versions before it.

    Parameters
    ----------
    path
        A JSON file: a page of ``/services`` with its envelope, a list of such pages, a list of
        services, or one service; a folder of pages; or the tabular package, a folder or a zip.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each service at each of its locations, and the columns
        ``service`` (id), ``organisation``, ``status``, ``virtual``, ``minimum_age``,
        ``maximum_age``, ``schedule`` (days and hours in words), ``cost`` and ``description``.

    Raises
    ------
    SourceError
        If the file is missing, no JSON, or holds no services.
    """
    path = Path(path)
    services = list(_services(path))
    source = path.name
    if not services:
        raise SourceError(f"{path}: holds no services; Open Referral UK keeps them in 'contents'")
    records: list[dict[str, Any]] = []
    seen: set[str] = set()
    repeated = 0
    for service in services:
        key = str(service.get("id") or "")
        if key and key in seen:
            repeated += 1
            continue
        seen.add(key)
        records.extend(_places_of(service))
    notes = [f"{source}: read as Open Referral UK: {len(seen):,} services"]
    if repeated:
        notes.append(
            f"{source}: {repeated} services repeat the id of one before; the first is kept"
        )
    virtual = sum(record["reason"] == reasons.VIRTUAL_ONLY for record in records)
    if virtual:
        notes.append(f"{source}: {virtual} are online, by telephone or by post only")
    return places_from(records, source=source, notes=notes)


def is_open_referral(held: object) -> bool:
    """Tell whether parsed JSON holds Open Referral services."""
    services = list(_inside(held))
    return bool(services) and any(
        {"status", "service_at_locations", "organization", "organization_id"} & service.keys()
        for service in services[:20]
    )


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON holds anything
    """
    Parse a JSON file, with one line for whatever is wrong with it.

    Raises
    ------
    SourceError
        If it is missing, cut short, not JSON, or nested absurdly deep.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        held = json.loads(text)
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not JSON: not UTF-8 text ({error.reason})") from error
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{path}: not JSON, or cut short (line {error.lineno}: {error.msg})"
        ) from error
    except RecursionError as error:
        raise SourceError(f"{path}: nested too deep to be a list of services") from error
    except ValueError as error:  # an integer of thousands of digits
        raise SourceError(f"{path}: not JSON slgeo can read ({error})") from error
    if _depth(held) > _DEEPEST:
        raise SourceError(f"{path}: nested over {_DEEPEST} deep: not a list of services")
    return held


def _depth(held: object) -> int:
    level, layer = 0, [held]
    while layer and level <= _DEEPEST:
        level += 1
        layer = [
            inner
            for outer in layer
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return level


def _services(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix.lower() == ".zip" or (path.is_dir() and is_package(path)):
        yield from read_package(path)
        return
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    for file in files:
        yield from _inside(read_json(file))


def _inside(held: object) -> Iterator[Mapping[str, Any]]:
    """Find services in a page, a list of pages, a list of services, or one service."""
    if isinstance(held, list):
        for one in held:
            yield from _inside(one)
    elif isinstance(held, dict):
        for envelope in ("contents", "content", "services"):  # 3.0, 1.0, and plain dumps
            if isinstance(held.get(envelope), list):
                yield from (one for one in held[envelope] if isinstance(one, dict))
                return
        if "name" in held and ("id" in held or "status" in held):
            yield held


def _places_of(service: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Turn a service into one place for each of its locations."""
    key = _text(service.get("id")) or "service"
    status = (_text(service.get("status")) or "unknown").lower()
    kind = _kind(service)
    shared = {
        "name": _text(service.get("name")),
        "kind": kind,
        "service": key,
        "organisation": _organisation(service),
        "status": status,
        "checked": _text(service.get("assured_date")) or _text(service.get("last_modified")),
        "minimum_age": _number(service.get("minimum_age")),
        "maximum_age": _number(service.get("maximum_age")),
        "schedule": _schedule(service),
        "cost": _cost(service),
        "description": _text(service.get("description")),
        "counts": status == _ACTIVE,
        "why_not": None if status == _ACTIVE else f"its status is {status}",
    }
    if isinstance(shared["checked"], str):
        shared["checked"] = shared["checked"][:10]
    locations = list(_locations(service))
    if not locations:
        # Without any location nothing says that people go somewhere.
        yield {"site": key, **shared, "virtual": True, "reason": reasons.VIRTUAL_ONLY}
    for number, location in enumerate(locations, start=1):
        site = key if len(locations) == 1 else f"{key}@{_text(location.get('id')) or number}"
        yield {"site": site, **shared, **_where(location)}


def _locations(service: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for link in _dicts(service.get("service_at_locations")):
        location = link.get("location")
        if isinstance(location, dict):
            yield location
    yield from _dicts(service.get("locations"))


def _where(location: Mapping[str, Any]) -> dict[str, Any]:
    """Read where a location is, as given: geocoding judges it."""
    kind = (_text(location.get("location_type")) or "physical").lower()
    addresses = [*_dicts(location.get("addresses")), *_dicts(location.get("physical_addresses"))]
    address = addresses[0] if addresses else {}
    postcode = _text(address.get("postal_code")) or _text(address.get("postcode"))
    virtual = kind in {"virtual", "postal"}
    return {
        "latitude": _number(location.get("latitude")),
        "longitude": _number(location.get("longitude")),
        "postcode": postcode,
        "uprn": _uprn(location),
        "address": ", ".join(
            filter(None, (_text(address.get(part)) for part in ("address_1", "city")))
        )
        or None,
        "location": _text(location.get("name")),
        "virtual": virtual,
        "reason": reasons.VIRTUAL_ONLY if virtual else None,
    }


def _uprn(location: Mapping[str, Any]) -> str | None:
    for held in [location, *_dicts(location.get("external_identifiers"))]:
        scheme = held.get("external_identifier_type") or held.get("identifier_scheme")
        if str(scheme).upper() == "UPRN":
            return _text(held.get("external_identifier") or held.get("identifier"))
    return None


def _kind(service: Mapping[str, Any]) -> str:
    """Read the kind from taxonomy terms, else from the words of name and description."""
    terms = []
    for attribute in _dicts(service.get("attributes")):
        term = attribute.get("taxonomy_term")
        if isinstance(term, dict):
            terms.append(_text(term.get("name")) or "")
    for link in _dicts(service.get("service_taxonomys")):  # version 1.0 spells it so
        term = link.get("taxonomy")
        if isinstance(term, dict):
            terms.append(_text(term.get("name")) or "")
    for term_name in terms:
        if known := kind_of(term_name):
            return known
    for text in (" ".join(terms), *(_text(service.get(k)) or "" for k in ("name", "description"))):
        guessed = kind_from_words(text)
        if guessed != OTHER:
            return guessed
    return OTHER


def _organisation(service: Mapping[str, Any]) -> str | None:
    organisation = service.get("organization")
    return _text(organisation.get("name")) if isinstance(organisation, dict) else None


def _schedule(service: Mapping[str, Any]) -> str | None:
    """Say days and hours in words, for example ``MO,WE 10:00-12:00``."""
    schedules = list(_dicts(service.get("schedules")))
    for link in _dicts(service.get("service_at_locations")):
        schedules.extend(_dicts(link.get("schedules")))
    said = []
    for schedule in [*schedules, *_dicts(service.get("regular_schedules"))]:
        days = _text(schedule.get("byday")) or _text(schedule.get("weekday")) or ""
        opens, closes = (_text(schedule.get(k)) for k in ("opens_at", "closes_at"))
        hours = f"{opens[:5]}-{closes[:5]}" if opens and closes else ""
        if words := " ".join(filter(None, (days, hours))):
            said.append(words)
    return "; ".join(dict.fromkeys(said)) or None


def _cost(service: Mapping[str, Any]) -> str | None:
    said = []
    for option in _dicts(service.get("cost_options")):
        amount = _number(option.get("amount"))
        words = _text(option.get("option")) or _text(option.get("amount_description"))
        if amount is not None:
            currency = _text(option.get("currency")) or "GBP"
            said.append("free" if amount == 0 else f"{amount:.2f} {currency}")
        elif words:
            said.append(words)
    return "; ".join(said) or None


def _dicts(held: object) -> Sequence[Mapping[str, Any]]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def _number(value: object) -> float | None:
    """Read a number written as one or as text; None for what is none, or no finite one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e12 else None
