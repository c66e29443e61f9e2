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
from slgeo.sources.cache import hash_file, hash_of, written
from slgeo.sources.fetch import Fetched, Manners, UnavailableError, fetch_json

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from slgeo.sources.fetch import Progress

    Box = tuple[float, float, float, float]

PAGE: Final = 2000
"""Rows asked for at a time: the most the ONS services give."""


def fetch_features(  # noqa: PLR0913 - what to ask for, all but where optional and by name
    layer: str,
    path: str | os.PathLike[str],
    *,
    where: str = "1=1",
    within: Box | None = None,
    fields: str = "*",
    geometry: bool = True,
    expected: int = 0,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """
    Download a layer of a feature service, or a part of it.

    Rows are kept beside the result as they come. If the service stops answering, the next call
    with the same question goes on behind the last row, provided the service still counts as many.

    Parameters
    ----------
    layer
        Address of the layer, ending in ``FeatureServer/0``.
    path
        Where the result shall stand: GeoJSON in EPSG:4326, or CSV where ``geometry`` is false.
    where
        Which rows, in the service's SQL.
    within
        West, south, east and north in degrees: only what touches that box.
    fields
        Which columns, separated by commas.
    geometry
        Whether shapes are wanted.
    expected
        Number of rows the layer is published with; another number is an error. 0 where not known,
        or where a part is asked for.
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
    asked = {"where": where, **_box(within)}
    count = _count(layer, asked, manners)
    if expected and where == "1=1" and within is None and count != expected:
        raise SourceError(
            f"{layer}: has {count:,} rows, not {expected:,} as published; the service may have "
            "been replaced by another edition"
        )
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    tag = part.with_name(f"{part.name}.tag")
    question = hash_of(layer, asked, fields, geometry, count)
    known = tag.read_text() if tag.exists() and part.exists() else ""
    last, done = _kept(part, key) if known == question else (None, 0)
    pages = _features(layer, key, asked, fields, after=last, geometry=geometry, manners=manners)
    tag.write_text(question)
    try:
        done += _keep(pages, part, done, count, progress)
    except UnavailableError:
        raise  # what came stays for the next attempt
    except SourceError:
        _drop(part, tag)
        raise
    if done != count:
        _drop(part, tag)
        raise SourceError(f"{layer}: gave {done:,} rows, but counts {count:,}; try again")
    with written(target) as beside:
        _write_geojson(part, beside) if geometry else _write_csv(part, beside)
    _drop(part, tag)
    return Fetched(layer, target, hash_file(target), target.stat().st_size)


def _keep(
    pages: Iterator[dict[str, Any]], part: Path, done: int, count: int, progress: Progress | None
) -> int:
    """Write rows behind those there are, one a line; say how many."""
    came = 0
    with part.open("a" if done else "w", encoding="utf-8") as out:
        for feature in pages:
            out.write(json.dumps(feature, separators=(",", ":")) + "\n")
            came += 1
            if progress is not None and (done + came) % 500 == 0:
                progress(done + came, count)
    return came


def _drop(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def list_rows(
    layer: str, *, where: str, fields: str, manners: Manners | None = None
) -> list[dict[str, Any]]:
    """
    Ask for the columns of some rows, without their shapes.

    Returns
    -------
    list of dict
        The attributes of each row, every row once.
    """
    manners = manners or Manners()
    key = _key(layer, manners)
    asked = {"where": where}
    count = _count(layer, asked, manners)
    rows = [
        _attributes(one)
        for one in _features(layer, key, asked, fields, after=None, geometry=False, manners=manners)
    ]
    if len(rows) != count:
        raise SourceError(f"{layer}: gave {len(rows):,} rows, but counts {count:,}; try again")
    return rows


def list_fields(layer: str, *, manners: Manners | None = None) -> list[str]:
    """List the names of a layer's columns."""
    said = fetch_json(layer, {"f": "json"}, manners=manners)
    fields = said.get("fields") if isinstance(said, dict) else None
    return [str(field.get("name", "")) for field in fields or []]


def _box(within: Box | None) -> dict[str, str]:
    if within is None:
        return {}
    return {
        "geometry": ",".join(f"{edge:.6f}" for edge in within),
        "geometryType": "esriGeometryEnvelope",
        "inSR": "4326",
        "spatialRel": "esriSpatialRelIntersects",
    }


def _kept(part: Path, key: str) -> tuple[int | None, int]:
    """Read how far the last attempt came, and cut off a row it had only half written."""
    whole = 0
    last: int | None = None
    done = 0
    with part.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            feature = json.loads(line)
            last = int(_number(feature, key) or 0)
            done += 1
            whole += len(line)
    with part.open("rb+") as file:
        file.truncate(whole)
    return last, done


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


def _count(layer: str, asked: dict[str, str], manners: Manners) -> int:
    query = {**asked, "returnCountOnly": "true", "f": "json"}
    said = fetch_json(f"{layer}/query", query, manners=manners)
    if not isinstance(said, dict) or "count" not in said:
        raise SourceError(f"{layer}: does not say how many rows it has")
    return int(said["count"])


def _features(
    layer: str,
    key: str,
    asked: dict[str, str],
    fields: str,
    *,
    after: int | None,
    geometry: bool,
    manners: Manners,
) -> Iterator[dict[str, Any]]:
    """Yield every feature once, in the order of the key, from behind the one named."""
    last = after
    where = asked["where"]
    while True:
        query = {
            **asked,
            "where": where if last is None else f"({where}) AND {key}>{last}",
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
            value = _number(feature, key)
            if value is None or (last is not None and int(value) <= last):
                raise SourceError(f"{layer}: pages overlap at {key} {value}; try again")
            last = int(value)
            yield feature
        if not features and _more(said):
            raise SourceError(f"{layer}: says there is more, but sends nothing")
        if len(features) < PAGE and not _more(said):
            return


def _number(feature: dict[str, Any], key: str) -> int | None:
    """Read the key of a feature: GeoJSON may hold it as the id only."""
    value = _attributes(feature).get(key)
    return feature.get("id") if value is None else value


def _more(said: dict[str, Any]) -> bool:
    """Tell whether the service holds rows back: the flag is in one of two places."""
    inner = said.get("properties") or {}
    return bool(said.get("exceededTransferLimit") or inner.get("exceededTransferLimit"))


def _attributes(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("attributes")
    return found if isinstance(found, dict) else feature.get("properties") or {}


def _rows(part: Path) -> Iterator[dict[str, Any]]:
    with part.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _write_geojson(part: Path, path: Path) -> None:
    with part.open(encoding="utf-8") as rows, path.open("w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[')
        for position, line in enumerate(rows):
            out.write(("," if position else "") + "\n" + line.rstrip("\n"))
        out.write("\n]}\n")


def _write_csv(part: Path, path: Path) -> None:
    names = list(dict.fromkeys(name for row in _rows(part) for name in _attributes(row)))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, names, lineterminator="\n")
        out.writeheader()
        out.writerows(_attributes(row) for row in _rows(part))
