"""Fetch layers from their publishers, or say which file from which page to put where."""

from __future__ import annotations

import fnmatch
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.areas.registry import registry
from slgeo.errors import SlgeoError, SourceError
from slgeo.sources.arcgis import fetch_features
from slgeo.sources.archive import unpack
from slgeo.sources.fetch import Fetched, Manners, fetch_file, fetch_json

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from slgeo.areas.registry import Layer
    from slgeo.sources.fetch import Progress

ONS: Final = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
"""Where the Office for National Statistics keeps its feature services."""


@dataclass(frozen=True, slots=True)
class Online:
    """Whether the publisher still has a layer as the registry says."""

    layer: str
    works: bool
    words: str

    def __str__(self) -> str:
        return f"{'online' if self.works else 'gone':8}{self.layer}: {self.words}"


def fetch_layer(
    name: str,
    folder: str | os.PathLike[str],
    *,
    place: str = "",
    services: str = ONS,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> list[Fetched]:
    """
    Download a layer.

    Parameters
    ----------
    name
        Name in the registry.
    folder
        Where to put it: ``<name>.geojson``, ``<name>.csv``, or the publisher's own file name.
    place
        For ``osm``: the extract wanted, as Geofabrik names it (``rutland``).
    services
        Root of the feature services.
    manners, progress
        See :mod:`slgeo.sources.fetch`.

    Returns
    -------
    list of Fetched
        The files; of a zip both it and what was unpacked.

    Raises
    ------
    SourceError
        If it cannot be fetched; where the publisher has only a page, the message says what to save
        from it and where.
    """
    layer = registry().layer(name)
    target = Path(folder)
    if layer.service and not layer.in_parts:
        shapes = layer.subject in {"boundaries", "points"}
        return [
            fetch_features(
                service_address(layer, services),
                target / f"{name}{'.geojson' if shapes else '.csv'}",
                geometry=shapes,
                expected=layer.rows,
                manners=manners,
                progress=progress,
            )
        ]
    if layer.index:
        address = extract_address(place, index=layer.index, manners=manners)
        file = target / address.rsplit("/", 1)[1]
        return [fetch_file(address, file, manners=manners, progress=progress)]
    if layer.download:
        file = target / file_name(layer)
        got = fetch_file(layer.download, file, manners=manners, progress=progress)
        if file.suffix.lower() != ".zip":
            return [got]
        parts = unpack(file, target / file.stem)
        return [got, *(_part(got, path) for path in parts)]
    if layer.in_parts:
        raise SourceError(
            f"{name} is too large to fetch whole; `slgeo fetch study.toml` fetches the part around "
            f"a study. {by_hand(name, folder)}"
        )
    raise SourceError(f"{name} cannot be fetched by a program. {by_hand(name, folder)}")


def service_address(layer: Layer, services: str = ONS) -> str:
    """
    Write the address of a layer's feature service.

    Examples
    --------
    >>> service_address(registry().layer("icb26"), "https://example.org")
    'https://example.org/ICB_APR_2026_EN_BFC/FeatureServer/0'
    """
    if layer.service.startswith(("http://", "https://")):
        return layer.service
    numbered = "/FeatureServer/" in layer.service
    return f"{services}/{layer.service}{'' if numbered else '/FeatureServer/0'}"


def by_hand(name: str, folder: str | os.PathLike[str]) -> str:
    """
    Say which file to save from which page, and where to put it.

    Examples
    --------
    >>> by_hand("onspd", "inputs")[:56]
    'Save ONSPD_*_UK.zip (ONS Postcode Directory) from https:'
    """
    layer = registry().layer(name)
    if layer.files:
        what = f"{layer.files[0]} ({layer.title})"
    elif layer.service:
        what = f"{layer.title}, found there as {layer.service},"
    else:
        what = layer.title
    return f"Save {what} from {layer.url} and put it into {folder}"


def layer_of_file(name: str) -> Layer | None:
    """
    Find the layer a file name belongs to, for a file that is missing.

    Examples
    --------
    >>> layer_of_file("ONSPD_FEB_2026_UK.csv").name, layer_of_file("ts037.csv").name
    ('onspd', 'census2021_health')
    """
    base = Path(name).name.lower()
    layers = registry().layers.values()
    for layer in layers:
        if any(fnmatch.fnmatch(base, pattern.lower()) for pattern in layer.files):
            return layer
        if Path(base).stem == layer.name or (layer.service and layer.service.lower() in base):
            return layer
    table = re.search(r"(?<![a-z0-9])ts\d{3}a?(?![a-z0-9])", base)
    for layer in layers:
        if table is not None and any(f"-{table[0]}-" in name for name in layer.files):
            return layer
    return None


def extract_address(place: str, *, index: str, manners: Manners | None = None) -> str:
    """
    Find the address of an OpenStreetMap extract by the name of a place.

    Parameters
    ----------
    place
        Name or id of an extract, in any case: ``Rutland``, ``great-britain``.
    index
        Address of Geofabrik's list of extracts.

    Raises
    ------
    SourceError
        Naming the nearest extracts where there is none of that name.
    """
    import difflib

    said = fetch_json(index, manners=manners)
    extracts: dict[str, str] = {}
    for feature in said.get("features", []):
        entry = feature.get("properties", {})
        address = entry.get("urls", {}).get("pbf")
        if address and urllib.parse.urlsplit(address).scheme in {"http", "https"}:
            for key in (entry.get("id"), entry.get("name")):
                if key:
                    extracts.setdefault(_plain(str(key)), address)
    wanted = _plain(place)
    if wanted in extracts:
        return extracts[wanted]
    near = difflib.get_close_matches(wanted, extracts, n=3, cutoff=0.5)
    hint = f"; there are {', '.join(near)}" if near else ""
    raise SourceError(f"{index}: no extract called {place!r}{hint}")


def check_online(
    names: Iterable[str] | None = None, *, services: str = ONS, manners: Manners | None = None
) -> list[Online]:
    """
    Ask the publishers whether layers are still where the registry says, without downloading them.

    Parameters
    ----------
    names
        Layers; all that can be fetched where absent.
    services
        Root of the feature services.
    manners
        How to ask.

    Returns
    -------
    list of Online
        One a layer, with the number of rows where the service tells it.
    """
    chosen = registry().layers if names is None else names
    return [
        _asked(registry().layer(name), services, manners)
        for name in chosen
        if names is not None or registry().layer(name).service or registry().layer(name).download
    ]


def _asked(layer: Layer, services: str, manners: Manners | None) -> Online:
    try:
        if layer.service:
            address = f"{service_address(layer, services)}/query"
            query = {"where": "1=1", "returnCountOnly": "true", "f": "json"}
            count = int(fetch_json(address, query, manners=manners).get("count", -1))
            good = count > 0 and layer.rows in {0, count}
            published = f", published with {layer.rows:,}" if layer.rows else ""
            return Online(layer.name, good, f"{count:,} rows{published}")
        if layer.download:
            from slgeo.sources.fetch import size_of

            return Online(layer.name, works=True, words=size_of(layer.download, manners=manners))
    except SlgeoError as error:
        return Online(layer.name, works=False, words=str(error))
    return Online(layer.name, works=False, words=by_hand(layer.name, "the study's folder"))


def file_name(layer: Layer) -> str:
    """Name the file as the publisher does, or as the registry does where the address does not."""
    last = urllib.parse.unquote(urllib.parse.urlsplit(layer.download).path).rsplit("/", 1)[-1]
    named = Path(last).suffix != "" and "/" not in last and ".." not in last
    return last if named else (layer.files[0] if layer.files else f"{layer.name}.csv")


def _part(zipped: Fetched, path: Path) -> Fetched:
    from slgeo.sources.cache import hash_file

    return Fetched(f"{zipped.url}#{path.name}", path, hash_file(path), path.stat().st_size)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "-")
