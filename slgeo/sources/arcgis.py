"""
Read a whole layer of an ArcGIS feature service: every page once, and the count to prove it.

Pages are asked for by key (``OBJECTID > last``) in its order, because offsets without a stable
order overlap. The flag that more is to come stands in two places, depending on the format, and an
error arrives as an answer that says 200.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.cache import hash_file, written
from slgeo.sources.fetch import Fetched, Manners, fetch_json

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from slgeo.sources.fetch import Progress

PAGE: Final = 2000
"""Rows asked for at a time: the most the ONS services give."""


def fetch_features(
    layer: str,
    path: str | os.PathLike[str],
    *,
    where: str = "1=1",
    fields: str = "*",
    geometry: bool = True,
    expected: int = 0,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """
    Download a layer of a feature service.

    Parameters
    ----------
    layer
        Address of the layer, ending in ``FeatureServer/0``.
    path
        Where the result shall stand: GeoJSON in EPSG:4326, or CSV where ``geometry`` is false.
    where
        Which rows, in the service's SQL.
    fields
        Which columns, separated by commas.
    geometry
        Whether shapes are wanted.
    expected
        Number of rows the layer is published with; another number is an error. 0 where not known.
    manners, progress
        As for :func:`slgeo.sources.fetch.fetch_file`; progress counts rows.

    Returns
    -------
    Fetched
        With the hash of the file written.

    Raises
    ------
    SourceError
        If pages repeat or leave rows out, the count differs from the service's own or from the
        expected one, or the service fails.
    """
    manners = manners or Manners()
    key = _key(layer, manners)
    count = _count(layer, where, manners)
    if expected and where == "1=1" and count != expected:
        raise SourceError(
            f"{layer}: has {count:,} rows, not {expected:,} as published; the service may have "
            "been replaced by another edition"
        )
    rows = []
    for feature in _features(layer, key, where, fields, geometry=geometry, manners=manners):
        rows.append(feature)
        if progress is not None and len(rows) % 500 == 0:
            progress(len(rows), count)
    if len(rows) != count:
        raise SourceError(f"{layer}: gave {len(rows):,} rows, but counts {count:,}; try again")
    target = Path(path)
    with written(target) as beside:
        if geometry:
            body = {"type": "FeatureCollection", "features": rows}
            beside.write_text(json.dumps(body, separators=(",", ":")), encoding="utf-8")
        else:
            _write_csv(beside, rows)
    return Fetched(layer, target, hash_file(target), target.stat().st_size)


def _key(layer: str, manners: Manners) -> str:
    """Ask which column is the key."""
    said = fetch_json(layer, {"f": "json"}, manners=manners)
    key = said.get("objectIdField") if isinstance(said, dict) else None
    if not key and isinstance(said, dict):
        fields = said.get("fields") or []
        key = next((f["name"] for f in fields if f.get("type") == "esriFieldTypeOID"), None)
    if not key:
        raise SourceError(f"{layer}: is no layer of a feature service (it names no key)")
    return str(key)


def _count(layer: str, where: str, manners: Manners) -> int:
    query = {"where": where, "returnCountOnly": "true", "f": "json"}
    said = fetch_json(f"{layer}/query", query, manners=manners)
    if not isinstance(said, dict) or "count" not in said:
        raise SourceError(f"{layer}: does not say how many rows it has")
    return int(said["count"])


def _features(
    layer: str, key: str, where: str, fields: str, *, geometry: bool, manners: Manners
) -> Iterator[dict[str, Any]]:
    """Yield every feature once, in the order of the key."""
    last: int | None = None
    while True:
        after = where if last is None else f"({where}) AND {key}>{last}"
        query = {
            "where": after,
            "outFields": fields if fields == "*" or key in fields.split(",") else f"{fields},{key}",
            "orderByFields": key,
            "resultRecordCount": str(PAGE),
            "returnGeometry": "true" if geometry else "false",
            "outSR": "4326",
            "f": "geojson" if geometry else "json",
        }
        said = fetch_json(f"{layer}/query", query, manners=manners)
        features = said.get("features") if isinstance(said, dict) else None
        if features is None:
            raise SourceError(f"{layer}: sent a page without features")
        for feature in features:
            value = _attributes(feature).get(key)
            if value is None and "id" in feature:
                value = feature["id"]
            if value is None or (last is not None and int(value) <= last):
                raise SourceError(f"{layer}: pages overlap at {key} {value}; try again")
            last = int(value)
            yield feature
        if not features and _more(said):
            raise SourceError(f"{layer}: says there is more, but sends nothing")
        if len(features) < PAGE and not _more(said):
            return


def _more(said: dict[str, Any]) -> bool:
    """Tell whether the service holds rows back: the flag is in one of two places."""
    inner = said.get("properties") or {}
    return bool(said.get("exceededTransferLimit") or inner.get("exceededTransferLimit"))


def _attributes(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("attributes")
    return found if isinstance(found, dict) else feature.get("properties") or {}


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in _attributes(row)))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, names, lineterminator="\n")
        out.writeheader()
        out.writerows(_attributes(row) for row in rows)
