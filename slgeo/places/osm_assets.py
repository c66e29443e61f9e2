"""
Places straight from an OpenStreetMap extract: nodes, and areas drawn as ways or relations.

An area becomes a point on its surface. What each tag means, and whether such a place counts, is the
crosswalk of :mod:`slgeo.places.classify`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.places.classify import OSM, classify_osm, keys_of
from slgeo.places.table import places_from

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

    from slgeo.places.classify import Rule

LICENCE: Final = "© OpenStreetMap contributors, Open Database Licence 1.0"

_KEPT: Final[Mapping[str, str]] = {
    "addr:postcode": "postcode",
    "opening_hours": "opening_hours",
    "wheelchair": "wheelchair",
    "check_date": "checked",
}
"""Other tags worth keeping, and our columns for them."""


def read_osm_assets(
    path: str | os.PathLike[str], *, include: Collection[str] = (), rules: Mapping[str, Rule] = OSM
) -> pd.DataFrame:
    """
    Read places from an extract.

    Parameters
    ----------
    path
        An ``.osm.pbf`` (or ``.osm``) file.
    include
        Tag values that count although the default list leaves them out, such as ``pub``.
    rules
        The crosswalk: :data:`slgeo.places.classify.OSM`, or a study's own.

    Returns
    -------
    pd.DataFrame
        A places table of every element with a tag in the crosswalk, counting or not: ``site`` is
        the element (``way/123``), ``tag`` the tag that decided. What no rule could name has kind
        ``other``.

    Raises
    ------
    SourceError
        If the file is missing, cut short or no extract.
    """
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    source = path.name
    records = []
    try:
        for element, tags, point in _elements(path, keys_of(rules)):
            met = classify_osm(tags, include=include, rules=rules)
            if met is None:
                continue
            tag, judged = met
            records.append(
                {
                    "site": element,
                    "name": tags.get("name"),
                    "kind": judged.kind,
                    "counts": judged.counts,
                    "why_not": judged.why_not,
                    "what": tag.partition("=")[2].replace("_", " "),
                    "tag": tag,
                    "longitude": point[0],
                    "latitude": point[1],
                    **{ours: tags.get(theirs) for theirs, ours in _KEPT.items()},
                }
            )
    except (RuntimeError, OSError, UnicodeError) as error:
        # osmium reports broken files as RuntimeError
        raise SourceError(f"{path}: not a whole OpenStreetMap extract ({error})") from error
    records.sort(key=lambda record: _order(str(record["site"])))
    date = _extract_date(path)
    label = f"{source} (OpenStreetMap{', ' + date if date else ''})"
    counted = sum(bool(record["counts"]) for record in records)
    notes = [f"{source}: {len(records):,} places with a known tag, of which {counted:,} count"]
    made = places_from(records, source=label, notes=notes)
    made.attrs["licence"] = LICENCE
    return made


def _elements(
    path: Path, keys: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str], tuple[float, float]]]:
    """Yield elements with a key of the crosswalk: id, tags, and a point of theirs."""
    import osmium
    import shapely
    from osmium.filter import EntityFilter, KeyFilter
    from osmium.osm import AREA, NODE

    shape = osmium.geom.WKBFactory()
    wanted = KeyFilter(*keys)
    # The extra filter inside with_areas keeps other relations from being put together at all.
    elements: Any = (
        osmium.FileProcessor(str(path))
        .with_areas(wanted)
        .with_filter(EntityFilter(NODE | AREA))
        .with_filter(wanted)
    )
    for element in elements:
        tags = {tag.k: tag.v for tag in element.tags}
        if element.is_node():
            if element.location.valid():
                point = (element.location.lon, element.location.lat)
                yield f"node/{element.id}", tags, point
            continue
        try:
            outline = shapely.from_wkb(shape.create_multipolygon(element))
        except (RuntimeError, shapely.errors.GEOSException):
            continue  # a ring that does not close inside the extract has no surface
        middle = outline.representative_point()
        kind = "way" if element.from_way() else "relation"
        yield f"{kind}/{element.orig_id()}", tags, (middle.x, middle.y)


def _order(site: str) -> tuple[str, int]:
    kind, _, number = site.partition("/")
    return kind, int(number)


def _extract_date(path: Path) -> str:
    """Read the date an extract was made from its header; empty where it has none."""
    import osmium

    with osmium.io.Reader(str(path)) as reader:
        stamp: str = reader.header().get("osmosis_replication_timestamp", "")
    return stamp[:10]
