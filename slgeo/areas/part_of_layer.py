"""The part of a national layer that a study needs: its own areas, and those around them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.areas.columns import find
from slgeo.areas.download import ONS, service_address
from slgeo.areas.registry import registry
from slgeo.errors import SourceError
from slgeo.sources.arcgis import fetch_features, list_fields, list_rows
from slgeo.sources.cache import hash_file, written
from slgeo.sources.fetch import Fetched, Manners, fetch_json

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from slgeo.areas.registry import Layer
    from slgeo.sources.arcgis import Box
    from slgeo.sources.fetch import Progress

BATCH: Final = 100
"""Codes asked for at a time: some proxies cut addresses longer than about 2,000 characters."""
_AUTHORITY: Final = r"^(lad|ltla)_?\d*_?(cd|code)$"
_DEGREE: Final = 111.2
"""Kilometres of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Around:
    """
    Where a study lies.

    Parameters
    ----------
    box
        West, south, east and north in degrees, surroundings included.
    authority
        Authority of each of the study's own areas, as the lookup says it.
    column
        What the lookup calls the authority: ``LAD24CD``.
    """

    box: Box
    authority: Mapping[str, str]
    column: str = ""


def find_around(
    codes: Sequence[str],
    layer: str,
    *,
    km: float = 10.0,
    services: str = ONS,
    manners: Manners | None = None,
) -> Around:
    """
    Find where areas lie, by their own codes or those of their authorities.

    Parameters
    ----------
    codes
        Codes of small areas or of local authorities.
    layer
        Boundaries of those small areas, in the registry; fetched from a feature service.
    km
        How far around them to go, in kilometres.
    services, manners
        As for :func:`slgeo.areas.download.fetch_layer`.

    Raises
    ------
    SourceError
        If the service knows one of the codes not, naming it; or if the layer has no service.
    """
    entry = registry().layer(layer)
    if not entry.service:
        raise SourceError(f"{layer} has no service that could be asked for a part of it")
    address = service_address(entry, services)
    wanted = [code.strip().upper() for code in codes]
    shape = re.compile(registry().geographies[entry.geography].code)
    larger = re.compile(registry().geographies["lad"].code)
    other = [code for code in wanted if not (shape.match(code) or larger.match(code))]
    if other:
        raise SourceError(
            f"{layer}: {', '.join(other[:3])} is no code of {entry.label} or of a local authority"
        )
    authorities = [code for code in wanted if larger.match(code)]
    authority, column = _members(authorities, entry, services, manners) if authorities else ({}, "")
    mine = [*dict.fromkeys([*(c for c in wanted if c not in authorities), *authority])]
    west, south, east, north = _extent(address, mine, manners)
    up = km / _DEGREE
    across = up / max(math.cos(math.radians((south + north) / 2)), 0.1)
    return Around((west - across, south - up, east + across, north + up), authority, column)


def fetch_part(
    name: str,
    path: str | os.PathLike[str],
    around: Around,
    *,
    services: str = ONS,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """
    Download the part of a layer that lies around a study.

    Boundaries are given a column of the authority of the study's own areas, so that ``study`` may
    name the authority.

    Returns
    -------
    Fetched
        GeoJSON in degrees, or CSV where the layer is a table.

    Raises
    ------
    SourceError
        If nothing of the layer lies there, or it cannot be fetched.
    """
    layer = registry().layer(name)
    target = Path(path)
    got = fetch_features(
        service_address(layer, services),
        target,
        within=around.box,
        geometry=target.suffix.lower() in {".geojson", ".json"},
        manners=manners,
        progress=progress,
    )
    if target.suffix.lower() == ".csv":
        return got
    shapes = json.loads(target.read_text(encoding="utf-8"))
    if not shapes["features"]:
        target.unlink()
        raise SourceError(f"{got.url}: nothing of {layer.title} lies there")
    if layer.subject != "boundaries" or not around.column:
        return got
    for feature in shapes["features"]:
        about = feature["properties"]
        key = find(about, registry().columns["key"])
        about[around.column] = around.authority.get(str(about.get(key)))
    with written(target) as beside:
        beside.write_text(json.dumps(shapes, separators=(",", ":")), encoding="utf-8")
    return Fetched(got.url, target, hash_file(target), target.stat().st_size)


def _members(
    authorities: Sequence[str], layer: Layer, services: str, manners: Manners | None
) -> tuple[dict[str, str], str]:
    """Ask a lookup for the areas of authorities."""
    for entry in registry().of("groups"):
        if entry.geography != layer.geography or not entry.service:
            continue
        address = service_address(entry, services)
        names = list_fields(address, manners=manners)
        key = find(names, registry().columns["key"])
        column = find(names, [_AUTHORITY])
        if key is None or column is None:
            continue
        made: dict[str, str] = {}
        for where in _clauses(column, authorities):
            rows = list_rows(address, where=where, fields=f"{key},{column}", manners=manners)
            made |= {str(row[key]): str(row[column]) for row in rows}
        lost = sorted(set(authorities) - set(made.values()))
        if lost:
            raise SourceError(
                f"{entry.title} knows no authority {', '.join(lost)}; codes change when "
                "authorities merge: give the code of that year"
            )
        return made, column
    raise SourceError(
        f"no lookup from authorities to {layer.label} can be asked; give the codes of the areas"
    )


def _extent(address: str, codes: Sequence[str], manners: Manners | None) -> Box:
    """Ask for the box that areas lie in."""
    key = find(list_fields(address, manners=manners), registry().columns["key"])
    if key is None:
        raise SourceError(f"{address}: has no column of area codes")
    boxes: list[Any] = []
    count = 0
    for where in _clauses(key, codes):
        query = {"where": where, "returnExtentOnly": "true", "returnCountOnly": "true"}
        said = fetch_json(
            f"{address}/query", {**query, "outSR": "4326", "f": "json"}, manners=manners
        )
        count += int(said.get("count", 0))
        if said.get("count"):
            boxes.append(said["extent"])
    if count != len(codes):
        raise SourceError(f"{address}: knows {count:,} of the study's {len(codes):,} areas")
    return (
        min(float(box["xmin"]) for box in boxes),
        min(float(box["ymin"]) for box in boxes),
        max(float(box["xmax"]) for box in boxes),
        max(float(box["ymax"]) for box in boxes),
    )


def _clauses(column: str, codes: Sequence[str]) -> Iterator[str]:
    """Write conditions for codes, some at a time; codes are letters and digits only."""
    plain = [code for code in codes if re.fullmatch(r"[A-Z0-9]+", code)]
    for start in range(0, len(plain), BATCH):
        yield f"{column} IN ({','.join(repr(code) for code in plain[start : start + BATCH])})"
