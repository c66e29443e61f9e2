"""
Parks by their entrances: people reach a park where a path enters it, not at its middle.

An entrance is where a road or path that one may walk crosses the outline. A park becomes several
rows with one ``venue``: the nearest entrance is the right distance, and counting venues counts it
once.
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

KEYS: Final = ("leisure", "landuse")
_GREEN: Final = frozenset({"nature", "physical_activity"})
LEAST_HECTARES: Final = 2.0
"""Smaller grounds stay one point: the middle of 2 ha is at most some 80 m from its edge (ours)."""
_APART: Final = 10.0
"""Metres within which two crossings are one entrance, as for OS Open Greenspace."""
_NOT_WALKED: Final = frozenset({"motorway", "motorway_link", "construction", "proposed", "raceway"})
_CLOSED: Final = frozenset({"no", "private"})


def by_entrances(
    places: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    least_hectares: float = LEAST_HECTARES,
) -> pd.DataFrame:
    """
    Replace large green places by where paths enter them.

    Parameters
    ----------
    places
        From :func:`slgeo.places.osm_assets.read_osm_assets`.
    path
        The same extract.
    least_hectares
        Size from which a place is replaced.

    Returns
    -------
    pd.DataFrame
        A places table. ``venue`` is the element a row belongs to, ``hectares`` its size where it is
        an area; ``way/12@3`` is the third entrance of ``way/12``. Places no path enters keep their
        one row. ``attrs["notes"]`` counts them.

    Raises
    ------
    SourceError
        If the file cannot be read.
    """
    import pandas as pd

    checked(places, PLACES)
    green = set(places.index[places["kind"].isin(_GREEN)])
    outlines, paths = _shapes(Path(path), green)
    doors = {
        site: _doors(outline, paths)
        for site, outline in outlines.items()
        if outline.area / 10_000 >= least_hectares
    }
    rows, ids = [], []
    for site, row in places.iterrows():
        key = str(site)
        size = outlines[key].area / 10_000 if key in outlines else float("nan")
        whole = {**row.to_dict(), "venue": key, "hectares": size}
        points = doors.get(key, [])
        if not points:
            rows.append(whole)
            ids.append(key)
        for number, (lon, lat) in enumerate(points, start=1):
            rows.append({**whole, "longitude": lon, "latitude": lat})
            ids.append(f"{key}@{number}")
    made = pd.DataFrame(rows, index=pd.Index(ids, name="site"))
    entered = [points for points in doors.values() if points]
    note = (
        f"{len(entered):,} of {len(doors):,} green places of {least_hectares:g} ha or more stand "
    )
    note += f"at their {sum(map(len, entered)):,} entrances; the others have no path that enters"
    made.attrs = {**places.attrs, "notes": [*places.attrs.get("notes", []), note]}
    return checked(made, PLACES)


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
        if site in wanted:
            yield site, shapely.from_wkb(shape.create_multipolygon(element))


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
        except RuntimeError:
            continue  # a way whose nodes lie outside the extract has no line in it


def _projected(shape: Any) -> Any:  # noqa: ANN401 - shapely geometry of any kind
    import shapely

    to_grid: Any = _between(4326, 27700).transform
    return shapely.transform(shape, to_grid, interleaved=False)


@functools.cache
def _between(one: int, other: int) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(one, other, always_xy=True)


def _doors(outline: Any, paths: np.ndarray[Any, Any]) -> list[tuple[float, float]]:  # noqa: ANN401 - a polygon
    """Find where paths cross an outline, those close together taken once, in degrees."""
    import shapely

    edge = outline.boundary
    near = paths[shapely.intersects(paths, edge)]
    crossings = [shapely.get_coordinates(shapely.intersection(way, edge)) for way in near]
    kept: list[tuple[float, float]] = []
    for x, y in sorted((float(x), float(y)) for found in crossings for x, y in found):
        if all((x - u) ** 2 + (y - v) ** 2 > _APART**2 for u, v in kept):
            kept.append((x, y))
    to_degrees = _between(27700, 4326)
    return [to_degrees.transform(x, y) for x, y in kept]
