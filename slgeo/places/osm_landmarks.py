"""
What tells a reader where a map is: names of towns and villages, and water, from OpenStreetMap.

These are drawn behind a map and counted in nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import geopandas as gpd

TOWN_RANKS: Final[Mapping[str, int]] = {
    "city": 1,
    "town": 2,
    "village": 3,
    "suburb": 4,
    "hamlet": 4,
}
"""Values of the tag ``place`` that are named on a map, by importance."""

SMALLEST_WATER: Final = 20_000.0
"""Square metres: two hectares, about ten pixels at the opening zoom of a county."""

RIVERS: Final = frozenset({"river", "canal"})


def read_landmarks(
    path: str | os.PathLike[str], *, crs: str = "EPSG:27700"
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """
    Read town names and water from an extract.

    Parameters
    ----------
    path
        An ``.osm.pbf`` (or ``.osm``) file.
    crs
        A CRS measured in metres.

    Returns
    -------
    tuple of GeoDataFrame
        Towns (points; ``name``, ``rank`` 1 for a city to 4 for a hamlet), and water (lakes of two
        hectares or more as polygons, rivers and canals as lines; ``kind``), in order of their
        OpenStreetMap ids.

    Raises
    ------
    SourceError
        If the file is missing, cut short or no extract.
    """
    import geopandas as gpd

    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    try:
        towns, water = _read(path)
    except (RuntimeError, OSError, UnicodeError) as error:
        # osmium reports broken files as RuntimeError
        raise SourceError(f"{path}: not a whole OpenStreetMap extract ({error})") from error
    named = gpd.GeoDataFrame(
        {
            "name": [name for _, name, _, _ in sorted(towns)],
            "rank": [rank for _, _, rank, _ in sorted(towns)],
        },
        geometry=gpd.GeoSeries.from_wkt([point for _, _, _, point in sorted(towns)], crs=4326),
    ).to_crs(crs)
    drawn = gpd.GeoDataFrame(
        {"kind": [kind for _, kind, _ in sorted(water)]},
        geometry=gpd.GeoSeries.from_wkb([shape for _, _, shape in sorted(water)], crs=4326),
    ).to_crs(crs)
    small = (drawn["kind"] == "lake") & (drawn.area < SMALLEST_WATER)
    return named, drawn[~small].reset_index(drop=True)


def _read(path: Path) -> tuple[list[tuple[int, str, int, str]], list[tuple[int, str, bytes]]]:
    """Gather towns (id, name, rank, point as text) and water (id, kind, shape as bytes)."""
    import osmium
    from osmium.filter import KeyFilter

    shape = osmium.geom.WKBFactory()
    towns: list[tuple[int, str, int, str]] = []
    water: list[tuple[int, str, bytes]] = []
    wanted = KeyFilter("place", "natural", "waterway")
    lakes = KeyFilter("natural")
    elements: Any = osmium.FileProcessor(str(path)).with_areas(lakes).with_filter(wanted)
    for element in elements:
        tags = element.tags
        if element.is_node():
            rank = TOWN_RANKS.get(tags.get("place", ""), 0)
            if rank and "name" in tags and element.location.valid():
                where = f"POINT ({element.location.lon} {element.location.lat})"
                towns.append((element.id, tags["name"], rank, where))
        elif element.is_area():
            if tags.get("natural") == "water":
                _add(water, element.id, "lake", shape.create_multipolygon, element)
        elif element.is_way() and tags.get("waterway") in RIVERS:
            _add(water, element.id, "river", shape.create_linestring, element)
    return towns, water


def _add(
    water: list[tuple[int, str, bytes]],
    number: int,
    kind: str,
    make: Any,  # noqa: ANN401 - a method of osmium's factory
    element: Any,  # noqa: ANN401 - osmium's element
) -> None:
    """Keep a shape that is whole inside the extract; one that is cut is not drawn."""
    import osmium

    try:
        made = bytes.fromhex(str(make(element)))
    except (RuntimeError, osmium.InvalidLocationError):
        return
    water.append((number, kind, made))
