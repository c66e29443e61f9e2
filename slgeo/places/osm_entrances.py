"""
Parks by their entrances: people reach a park where a path enters it, not at its middle.

An entrance is where a road or path that one may walk crosses the outline. The place stays one row:
its point is where a map shows it, and travel times go to the nearest of its entrances.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.tables import PLACES, checked

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd
    from pyproj import Transformer

KEYS: Final = ("leisure", "landuse", "amenity", "healthcare")
_LARGE: Final = frozenset({"nature", "physical_activity", "hospital"})
"""Kinds whose grounds may be large: their middle joins whatever road is nearest to it."""
LEAST_HECTARES: Final = 2.0
"""Smaller grounds stay one point: the middle of 2 ha is at most some 80 m from its edge (ours)."""
_APART: Final = 10.0
"""Metres within which two crossings are one entrance, as for OS Open Greenspace."""
_NOT_WALKED: Final = frozenset({"motorway", "motorway_link", "construction", "proposed", "raceway"})
_CLOSED: Final = frozenset({"no", "private"})


def with_entrances(
    places: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    least_hectares: float = LEAST_HECTARES,
    found: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Give large grounds the points where paths enter them.

    Parameters
    ----------
    places
        A places table; rows that are areas of OpenStreetMap (``way/12``, ``relation/3``) are looked
        up, whatever file they came from.
    path
        An extract they are in.
    least_hectares
        Size from which a place gets its entrances.
    found
        What :func:`find_ways_in` found, where that is known already.

    Returns
    -------
    pd.DataFrame
        The same rows. ``entrances`` has the points as WKT in degrees, missing where no path enters
        or the ground is small; ``hectares`` the size where it is an area of the extract.
        ``attrs["notes"]`` counts them.

    Raises
    ------
    SourceError
        If the file cannot be read.
    """
    import pandas as pd

    checked(places, PLACES)
    if found is None:
        found = find_ways_in(places, path, least_hectares=least_hectares)
    made = places.copy()
    for name, missing in (("entrances", None), ("hectares", float("nan"))):
        own = made[name] if name in made.columns else pd.Series(missing, index=made.index)
        made[name] = (
            found[name].reindex(made.index).where(found[name].reindex(made.index).notna(), own)
        )
    made["entrances"] = made["entrances"].astype(object).where(made["entrances"].notna(), None)
    large = found["hectares"] >= least_hectares
    entered = found["entrances"].notna()
    made.attrs = {**places.attrs, "notes": list(places.attrs.get("notes", []))}
    if large.any():
        doors = int(found.loc[entered, "doors"].sum())
        made.attrs["notes"].append(
            f"{int(entered.sum()):,} of {int(large.sum()):,} green places and hospitals of "
            f"{least_hectares:g} ha or more are reached by their {doors:,} entrances; no path of "
            f"{Path(path).name} enters the others, which stay one point"
        )
    return checked(made, PLACES)


def find_ways_in(
    places: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    least_hectares: float = LEAST_HECTARES,
) -> pd.DataFrame:
    """
    Find where paths enter the grounds of places.

    Returns
    -------
    pd.DataFrame
        Index ``site``: those of the places that are areas of the extract, with ``hectares``,
        ``entrances`` (WKT in degrees, or missing) and ``doors``, their number.
    """
    import pandas as pd
    import shapely

    large = places.index[places["kind"].isin(_LARGE)].astype(str)
    wanted = {site for site in large if site.startswith(("way/", "relation/"))}
    rows = []
    if wanted:
        outlines, paths = _shapes(Path(path), wanted)
        tree = shapely.STRtree(paths)
        for site, outline in outlines.items():
            hectares = outline.area / 10_000
            points = _doors(outline, paths, tree) if hectares >= least_hectares else []
            text = shapely.MultiPoint(points).wkt if points else None
            rows.append((site, hectares, text, len(points)))
    made = pd.DataFrame(rows, columns=["site", "hectares", "entrances", "doors"])
    return made.astype({"site": object, "hectares": float, "entrances": object}).set_index("site")


def _shapes(path: Path, wanted: set[str]) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """Read the outlines of the places wanted and every way one may walk, in grid metres."""
    import numpy as np
    import shapely

    try:
        outlines = dict(_areas(path, wanted))
        ways = list(_ways(path))
    except (RuntimeError, OSError, UnicodeError) as error:
        # osmium reports broken files as RuntimeError
        raise SourceError(f"{path}: not a whole OpenStreetMap extract ({error})") from error
    metric = {site: _projected(outline) for site, outline in outlines.items()}
    lines = [_projected(shapely.from_wkb(way)) for way in ways]
    return metric, np.array(lines, dtype=object)


def _areas(path: Path, wanted: set[str]) -> Iterator[tuple[str, Any]]:
    import osmium
    import shapely
    from osmium.filter import EntityFilter, KeyFilter
    from osmium.osm import AREA

    shape = osmium.geom.WKBFactory()
    keys = KeyFilter(*KEYS)
    elements: Any = osmium.FileProcessor(str(path)).with_areas(keys).with_filter(EntityFilter(AREA))
    for element in elements.with_filter(keys):
        site = f"{'way' if element.from_way() else 'relation'}/{element.orig_id()}"
        if site not in wanted:
            continue
        try:
            outline = shapely.from_wkb(shape.create_multipolygon(element))
        except (RuntimeError, shapely.errors.GEOSException):
            continue  # a ring that does not close inside the extract has no surface
        yield site, outline


def _ways(path: Path) -> Iterator[str]:
    import osmium
    from osmium.filter import EntityFilter, KeyFilter
    from osmium.osm import WAY

    shape = osmium.geom.WKBFactory()
    elements: Any = osmium.FileProcessor(str(path)).with_locations()
    for way in elements.with_filter(EntityFilter(WAY)).with_filter(KeyFilter("highway")):
        foot = way.tags.get("foot", way.tags.get("access", ""))
        if way.tags["highway"] in _NOT_WALKED or foot in _CLOSED or len(way.nodes) < 2:
            continue
        try:
            yield shape.create_linestring(way)
        except (RuntimeError, osmium.InvalidLocationError):
            continue  # a way whose nodes lie outside the extract has no line in it


def _projected(shape: Any) -> Any:  # noqa: ANN401 - shapely geometry of any kind
    import shapely

    to_grid: Any = _between(4326, 27700).transform
    return shapely.transform(shape, to_grid, interleaved=False)


@functools.cache
def _between(one: int, other: int) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(one, other, always_xy=True)


def _doors(outline: Any, paths: np.ndarray[Any, Any], tree: Any) -> list[tuple[float, float]]:  # noqa: ANN401 - shapes and their tree
    """Find where paths cross an outline, those close together taken once, in degrees."""
    import shapely

    edge = outline.boundary
    near = paths[tree.query(edge, predicate="intersects")]
    crossings = [shapely.get_coordinates(shapely.intersection(way, edge)) for way in near]
    kept: list[tuple[float, float]] = []
    for x, y in sorted((float(x), float(y)) for found in crossings for x, y in found):
        if all((x - u) ** 2 + (y - v) ** 2 > _APART**2 for u, v in kept):
            kept.append((x, y))
    to_degrees = _between(27700, 4326)
    return [to_degrees.transform(x, y) for x, y in kept]
