"""
Open Referral UK: community services as the standard publishes them.

Reads a dump of the API (one page or several), a single file of services, or the tabular package.
A service at two locations is two places. Virtual and postal ones keep their row with the reason
``virtual_only``; those that are not active keep theirs and do not count.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo import reasons
from slgeo.errors import SourceError
from slgeo.places import open_referral_details as details
from slgeo.places.classify import LEAVE_OUT, LEFT_OUT, kind_from_words
from slgeo.places.columns import plain
from slgeo.places.open_referral_details import dicts, number, text
from slgeo.places.open_referral_package import is_package, read_package
from slgeo.places.table import places_from
from slgeo.places.taxonomy import OTHER, kind_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

_DEEPEST: Final = 100
"""Nesting of lists and objects allowed; the standard's own reach about 10 (our choice)."""
_ACTIVE: Final = "active"


def read_open_referral(
    path: str | os.PathLike[str], *, words: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """
    Read services in Open Referral UK 3.0 (HSDS-UK), or the versions before it.

    Parameters
    ----------
    path
        A JSON file: a page of ``/services`` with its envelope, a list of such pages, a list of
        services, or one service; a folder of pages; or the tabular package, a folder or a zip.
    words
        A study's own lines, taxonomy term -> kind, asked before ours.

    Returns
    -------
    pd.DataFrame
        A places table with a row for each service at each of its locations, and the columns
        ``service`` and ``location_id`` (ids), ``location`` (its name), ``organisation``,
        ``status``, ``delivery`` (``at a place``, ``online or by telephone``, ``by post``, ``at
        home``, ``not stated``), ``minimum_age``, ``maximum_age``, ``eligibility`` and ``area`` (as
        the publisher words them), ``referral_needed``, ``spaces``, ``wheelchair``, ``schedule``
        (days and hours in words), ``repeats``, ``cost`` and ``description``.

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
        records.extend(_places_of(service, words or {}))
    count = "1 service" if len(seen) == 1 else f"{len(seen):,} services"
    notes = [f"{source}: read as Open Referral UK: {count}"]
    if repeated:
        count = "1 service repeats" if repeated == 1 else f"{repeated:,} services repeat"
        notes.append(f"{source}: {count} the id of one before; the first is kept")
    virtual = sum(record["reason"] == reasons.VIRTUAL_ONLY for record in records)
    if virtual:
        ways = Counter(r["delivery"] for r in records if r["reason"] == reasons.VIRTUAL_ONLY)
        said = ", ".join(f"{count} {way}" for way, count in sorted(ways.items()))
        verb = "1 has" if virtual == 1 else f"{virtual:,} have"
        notes.append(f"{source}: {verb} no place to travel to ({said})")
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
        held = json.loads(path.read_bytes().decode("utf-8-sig"))
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


def _places_of(service: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Turn a service into one place for each of its locations."""
    key = text(service.get("id")) or "service"
    status = (text(service.get("status")) or "unknown").lower()
    kind, out = _kind(service, words)
    why_not = LEFT_OUT if out else (None if status == _ACTIVE else f"its status is {status}")
    checked = text(service.get("assured_date")) or text(service.get("last_modified"))
    shared = {
        "name": text(service.get("name")),
        "kind": kind,
        "service": key,
        "organisation": _organisation(service),
        "status": status,
        "checked": checked[:10] if checked else None,
        "cost": details.cost(service),
        "spaces": details.spaces(service),
        "description": text(service.get("description")),
        "counts": why_not is None,
        "why_not": why_not,
        **details.who_may_come(service),
    }
    locations = list(_locations(service))
    if not locations:
        # Without any location nothing says that people go somewhere.
        nowhere = {"delivery": details.delivery(service), "reason": reasons.VIRTUAL_ONLY}
        yield {"site": key, **shared, **nowhere, **details.schedule(service, None)}
    for position, (link, location) in enumerate(locations, start=1):
        site = key if len(locations) == 1 else f"{key}@{text(location.get('id')) or position}"
        yield {"site": site, **shared, **_where(location), **details.schedule(service, link)}


def _locations(
    service: Mapping[str, Any],
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any]]]:
    """Yield each location once, with the link that holds its own schedules."""
    seen = set()
    for link in dicts(service.get("service_at_locations")):
        location = link.get("location")
        if isinstance(location, dict):
            seen.add(text(location.get("id")))
            yield link, location
    for location in dicts(service.get("locations")):
        if text(location.get("id")) not in seen - {None}:
            yield None, location


def _where(location: Mapping[str, Any]) -> dict[str, Any]:
    """Read where a location is, as given: geocoding judges it."""
    kind = (text(location.get("location_type")) or "physical").lower()
    addresses = [*dicts(location.get("addresses")), *dicts(location.get("physical_addresses"))]
    address = addresses[0] if addresses else {}
    postcode = text(address.get("postal_code")) or text(address.get("postcode"))
    delivery = {"virtual": details.ONLINE, "postal": details.POST}.get(kind, details.PLACE)
    return {
        "latitude": number(location.get("latitude")),
        "longitude": number(location.get("longitude")),
        "postcode": postcode,
        "uprn": _uprn(location),
        "address": ", ".join(
            filter(None, (text(address.get(part)) for part in ("address_1", "city")))
        )
        or None,
        "location": text(location.get("name")),
        "location_id": text(location.get("id")),
        "wheelchair": details.step_free(location),
        "delivery": delivery,
        "reason": None if delivery == details.PLACE else reasons.VIRTUAL_ONLY,
    }


def _uprn(location: Mapping[str, Any]) -> str | None:
    for held in [location, *dicts(location.get("external_identifiers"))]:
        scheme = held.get("external_identifier_type") or held.get("identifier_scheme")
        if str(scheme).upper() == "UPRN":
            return text(held.get("external_identifier") or held.get("identifier"))
    return None


def _kind(service: Mapping[str, Any], words: Mapping[str, str]) -> tuple[str, bool]:
    """Read the kind from taxonomy terms, else from words; and whether the study leaves it out."""
    terms = []
    for attribute in dicts(service.get("attributes")):
        term = attribute.get("taxonomy_term")
        if isinstance(term, dict):
            terms.append(text(term.get("name")) or "")
    for link in dicts(service.get("service_taxonomys")):  # version 1.0 spells it so
        term = link.get("taxonomy")
        if isinstance(term, dict):
            terms.append(text(term.get("name")) or "")
    own = [words[plain(term)] for term in terms if plain(term) in words]
    out = LEAVE_OUT in own
    mine = [kind for kind in own if kind != LEAVE_OUT]
    if mine:
        return mine[0], out
    for term_name in terms:
        if known := kind_of(term_name):
            return known, out
    for said in (" ".join(terms), *(text(service.get(k)) or "" for k in ("name", "description"))):
        guessed = kind_from_words(said)
        if guessed != OTHER:
            return guessed, out
    return OTHER, out


def _organisation(service: Mapping[str, Any]) -> str | None:
    organisation = service.get("organization")
    return text(organisation.get("name")) if isinstance(organisation, dict) else None
