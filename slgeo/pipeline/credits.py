"""Who each input comes from, and under which licence: for the page, the workbook and run.json."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.sources.cache import hash_file
from slgeo.sources.fetched import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.config.sections import PlacesSection, SourceSection
    from slgeo.network import Network

OGL: Final = "Open Government Licence v3.0"
OGL_URL: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """
    One credit.

    Parameters
    ----------
    layer
        What the data are used for, as :data:`slgeo.maps.spec.CREDIT_LAYERS` names it.
    statement
        Words the publisher asks to be shown.
    publisher, licence, url, year
        As far as they are known.
    """

    layer: str
    statement: str
    publisher: str = ""
    licence: str = ""
    url: str = ""
    year: str = ""


LAYER_OF_SECTION: Final = {
    "areas.file": "areas",
    "areas.deprivation": "deprivation",
    "areas.rurality": "rurality",
    "areas.population": "people",
    "areas.ethnicity": "people",
    "areas.cars": "people",
    "areas.census": "people",
    "areas.lookup": "areas",
    "areas.older_population": "people",
    "origins.centroids": "people",
    "origins.raster": "people",
    "origins.headcounts": "people",
    "origins.output_areas": "people",
    "origins.postcodes": "postcodes",
    "postcodes.file": "postcodes",
    "roads.file": "roads",
    "roads.hull": "roads",
    "roads.elevation": "roads",
    "registrations.file": "registrations",
    "registrations.lookup": "areas",
    "registrations.list_sizes": "registrations",
    "practices.branches": "places",
    "practices.networks": "registrations",
    "practices.boundaries": "places",
    "link_workers.file": "registrations",
    "link_workers.practice_staff": "registrations",
    "link_workers.delivery_model": "registrations",
    "reporting.file": "areas",
}
"""Which layer of the page an input file is credited under; places are ``places``."""

SUBJECTS: Final = {
    "boundaries": "areas",
    "deprivation": "deprivation",
    "rurality": "rurality",
    "population": "people",
    "ethnicity": "people",
    "cars": "people",
    "census": "people",
}
"""Layer of the page by subject of a layer of the registry."""

POSTCODES: Final = CreditLine(
    "postcodes",
    "Contains OS data © Crown copyright and database right; contains Royal Mail data © Royal Mail "
    "copyright and database right; Source: Office for National Statistics licensed under the Open "
    "Government Licence v.3.0",
    publisher="Office for National Statistics",
    licence=OGL,
    url=OGL_URL,
)
"""Statement the ONS asks for wherever its postcode products are used."""

ROADS: Final = CreditLine(
    "roads",
    "© OpenStreetMap contributors",
    publisher="OpenStreetMap",
    licence="Open Database Licence 1.0",
    url="https://www.openstreetmap.org/copyright",
)

REGISTRATIONS: Final = CreditLine(
    "registrations",
    "Source: NHS England, patients registered at a GP practice",
    publisher="NHS England",
    licence=OGL,
    url=OGL_URL,
)


LAYOUTS: Final = {
    "practices": CreditLine(
        "places",
        "Contains NHS England Organisation Data Service data licensed under the Open Government "
        "Licence v3.0",
        "NHS England",
        OGL,
        OGL_URL,
    ),
    "libraries": CreditLine(
        "places",
        "Basic dataset for libraries: Arts Council England, licensed under the Open Government "
        "Licence v3.0",
        "Arts Council England",
        OGL,
        OGL_URL,
    ),
    "osm": CreditLine(
        "places",
        "Places: © OpenStreetMap contributors",
        "OpenStreetMap",
        "Open Database Licence 1.0",
        "https://www.openstreetmap.org/copyright",
    ),
    "greenspace": CreditLine(
        "places",
        "Green spaces: contains OS data © Crown copyright and database right",
        "Ordnance Survey",
        OGL,
        OGL_URL,
    ),
    "active_places": CreditLine(
        "places",
        "Contains Active Places data © Sport England, Creative Commons Attribution 4.0",
        "Sport England",
        "Creative Commons Attribution 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "charities": CreditLine(
        "places",
        "Contains information from the Charity Commission's register, licensed under the Open "
        "Government Licence v3.0",
        "Charity Commission for England and Wales",
        OGL,
        OGL_URL,
    ),
}
"""Credit of a file of places, by the layout it was recognised as."""


WORKFORCE: Final = CreditLine(
    "registrations",
    "Source: NHS England, primary care network and general practice workforce",
    publisher="NHS England",
    licence=OGL,
    url=OGL_URL,
)

NETWORKS: Final = CreditLine(
    "registrations",
    "Networks of practices: contains NHS England Organisation Data Service data licensed under the "
    "Open Government Licence v3.0",
    publisher="NHS England",
    licence=OGL,
    url=OGL_URL,
)

OF_KEY: Final = {
    "roads.elevation": None,
    "practices.branches": LAYOUTS["practices"],
    "practices.networks": NETWORKS,
    "practices.boundaries": None,
    "link_workers.file": WORKFORCE,
    "link_workers.practice_staff": WORKFORCE,
    "link_workers.delivery_model": None,
}
"""Credit of a file by its key; None: as supplied, since anybody may have made it."""


def credit_lines(
    study: Study, areas: gpd.GeoDataFrame, layouts: dict[str, str], networks: dict[str, Network]
) -> list[CreditLine]:
    """
    List the credits a study owes, each once.

    A ``[[sources]]`` entry speaks for its file; layers of the registry, postcodes, roads and
    registrations have their own words otherwise. An invented place owes nobody.

    Parameters
    ----------
    study
        What was asked for.
    areas, networks
        What was read: their ``attrs`` and provenance say which layers were recognised.
    layouts
        Layout of each file of places, as it was recognised.
    """
    if study.invented:
        made_up = "Invented for this example: no real place, person or organisation"
        layers = dict.fromkeys(
            [*SUBJECTS.values(), "places", "postcodes", "roads", "registrations"]
        )
        return [CreditLine(layer, made_up, publisher="slgeo") for layer in layers]
    stated = {study.named(one.file): one for one in study.sources}
    lines = [
        *_of_registry(areas),
        *_of_files(study, stated, networks),
        *_of_places(study, stated, layouts),
    ]
    return list(dict.fromkeys(lines))


def _of_registry(areas: gpd.GeoDataFrame) -> Iterator[CreditLine]:
    from slgeo.areas.registry import attribution, registry

    for credit in attribution(areas.attrs.get("layers", ())):
        subject = registry().layer(credit.layer).subject
        yield CreditLine(
            SUBJECTS.get(subject, "areas"),
            credit.statement,
            publisher=credit.publisher,
            licence=credit.licence,
            url=credit.licence_url,
            year=str(credit.year),
        )


def _of_files(
    study: Study, stated: Mapping[Path | None, SourceSection], networks: dict[str, Network]
) -> Iterator[CreditLine]:
    known = {"postcodes": POSTCODES, "roads": ROADS, "registrations": REGISTRATIONS}
    for key, path in study.files():
        layer = LAYER_OF_SECTION.get(_unnumbered(key))
        if layer is None:
            continue
        given = stated.get(path)
        if given is not None:
            yield _stated(layer, given)
        elif key in OF_KEY:
            yield _of_key(key, path)
        elif layer in known and not key.endswith("hull"):
            line = known[layer]
            date = next((n.provenance.get("date", "") for n in networks.values()), "")
            year = date[:4] if layer == "roads" else ""
            yield CreditLine(
                line.layer, line.statement, line.publisher, line.licence, line.url, year
            )


def _of_places(
    study: Study, stated: Mapping[Path | None, SourceSection], layouts: dict[str, str]
) -> Iterator[CreditLine]:
    for asked in study.places:
        yield _of_place(study, asked, stated, layouts)


def _of_place(
    study: Study,
    asked: PlacesSection,
    stated: Mapping[Path | None, SourceSection],
    layouts: dict[str, str],
) -> CreditLine:
    """Credit one file of places: as the study states it, by its layout, or as it was supplied."""
    given = stated.get(asked.file)
    if given is not None:
        return _stated("places", given)
    return LAYOUTS.get(layouts.get(study.shown(asked.file), ""), _supplied("places", asked.file))


def _of_key(key: str, path: Path) -> CreditLine:
    """Credit a file that its key tells the publisher of, or that nobody has spoken for."""
    return OF_KEY[key] or _supplied(LAYER_OF_SECTION[key], path)


def _supplied(layer: str, file: Path) -> CreditLine:
    """Credit a file nobody has said anything about."""
    return CreditLine(layer, f"{file.name}: as supplied for this study, licence not stated")


def _stated(layer: str, given: SourceSection) -> CreditLine:
    return CreditLine(
        layer,
        given.statement or f"Source: {given.publisher}",
        publisher=given.publisher,
        licence=given.licence,
        url=given.url or "",
        year=(given.date or "")[:4],
    )


def sources_table(study: Study, lines: list[CreditLine], layouts: dict[str, str]) -> pd.DataFrame:
    """
    List every input file with its credit, hash and size.

    Returns
    -------
    pd.DataFrame
        The ``sources`` table of :mod:`slgeo.report.results`.
    """
    import pandas as pd

    stated = {study.named(one.file): one for one in study.sources}
    own = {
        study.shown(asked.file): _of_place(study, asked, stated, layouts)
        for asked in study.places
        if not study.invented
    }
    for key, path in study.files():
        if key in OF_KEY and not study.invented:
            given = stated.get(path)
            own[study.shown(path)] = (
                _stated(LAYER_OF_SECTION[key], given) if given else _of_key(key, path)
            )
    by_layer: dict[str, CreditLine] = {}
    for line in lines:
        by_layer.setdefault(line.layer, line)
    rows = []
    for key, path in study.files():
        layer = LAYER_OF_SECTION.get(_unnumbered(key), "places")
        line = own.get(study.shown(path)) or by_layer.get(layer, CreditLine(layer, "not stated"))
        digest = hash_file(path)
        origin = origin_of(path, digest)
        rows.append(
            {
                "file": study.shown(path),
                "layer": key,
                "publisher": line.publisher or "not stated",
                "licence": line.licence or "not stated",
                "statement": line.statement,
                "url": line.url or None,
                "date": line.year or None,
                "fetched": None if origin is None else f"{origin.fetched} {origin.url}",
                "sha256": digest,
                "bytes": float(_size(path)),
            }
        )
    frame = pd.DataFrame(rows).drop_duplicates("file").set_index("file")
    return frame.astype({"url": "str", "date": "str", "fetched": "str"})


def _unnumbered(key: str) -> str:
    """Name a key without its place in a list: ``areas.census[1]``, ``reporting[0].file``."""
    return re.sub(r"\[\d+\]", "", key)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(inside.stat().st_size for inside in path.rglob("*") if inside.is_file())
    return path.stat().st_size
