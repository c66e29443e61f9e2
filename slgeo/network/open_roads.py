"""
OS Open Roads: Great Britain's road centre lines, in any of the spellings they come in.

They hold no one-way streets, no footpaths and no speeds: on foot paths are missing, and cars may go
against one-way streets. Both are said in a warning. Roads join by their node ids, not by place, so
that bridges stay bridges.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.network.build import Ground, build_networks, profiles_for
from slgeo.network.lines import report_pieces, roads_from_lines
from slgeo.network.modes import check_mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network
    from slgeo.network.roads import Roads
    from slgeo.network.speeds import Speeds

LAYER: Final = "road_link"

SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "classification": ("road_classification", "roadClassi", "roadClassification", "class"),
    "function": ("road_function", "roadFuncti", "roadFunction", "function"),
    "form": ("form_of_way", "formOfWay"),
    "start": ("start_node", "startNode"),
    "end": ("end_node", "endNode"),
    "trunk": ("trunk_road", "trunkRoad"),
}
"""Names of a column: GeoPackage, shapefile (cut to ten letters) and full, web service copies."""

CLASSES: Final[dict[str, str]] = {
    "motorway": "motorway",
    "a road": "primary",
    "b road": "secondary",
    "classified unnumbered": "tertiary",
    "unclassified": "unclassified",
}
"""``road_classification`` to ``highway``; trunk roads become ``trunk``."""

FUNCTIONS: Final[dict[str, str]] = {
    "motorway": "motorway",
    "a road": "primary",
    "b road": "secondary",
    "minor road": "tertiary",
    "local road": "residential",
    "local access road": "service",
    "restricted local access road": "service",
    "secondary access road": "service",
}
"""``road_function`` to ``highway``, for roads that are not classified."""

MISSING: Final[dict[str, str]] = {
    "walk": "paths and footways are missing: people are sent round by road",
    "cycle": "cycleways and one-way streets are missing",
    "drive": "one-way streets are missing: every road is open both ways",
}
"""What the layer lacks for a mode."""

LICENCE: Final = "Open Government Licence v3.0"
ATTRIBUTION: Final = "Contains OS data © Crown copyright and database right"


def read_open_roads(
    path: str | Path,
    *,
    modes: Sequence[str],
    speeds: str | Speeds | Mapping[str, str | Speeds] | None = None,
    crs: str = "EPSG:27700",
    hull: Polygon | MultiPolygon | None = None,
    within: Polygon | MultiPolygon | None = None,
) -> dict[str, Network]:
    """
    Read networks from OS Open Roads.

    Parameters
    ----------
    path
        GeoPackage (layer ``road_link``), shapefile or GeoJSON.
    modes, speeds, crs, hull
        As in :func:`slgeo.network.osm.read_osm`.
    within
        Area to keep, in British National Grid; only what its bounds hold is read from the file.

    Returns
    -------
    dict of str to Network
        By mode.

    Raises
    ------
    SourceError
        The file cannot be read, or is no OS Open Roads: the columns wanted and found are named.
    NetworkError
        No road open to a mode.

    Warns
    -----
    UserWarning
        What the layer lacks for each mode.
    """
    path = Path(path)
    profiles = profiles_for(modes, speeds)
    frame = _read(path, within)
    roads = roads_from_open_roads(frame, source=path.name)
    for mode in modes:
        warnings.warn(f"{path.name}: in OS Open Roads {MISSING[check_mode(mode)]}", stacklevel=2)
    ground = Ground(crs=crs, hull=hull, within=within)
    return report_pieces(dict(build_networks(roads, profiles, ground)), path.name)


def roads_from_open_roads(frame: gpd.GeoDataFrame, *, source: str = "OS Open Roads") -> Roads:
    """
    Bring road links into the form all networks are made from.

    Parameters
    ----------
    frame
        Road links, with the columns of any of the :data:`SPELLINGS`.
    source
        Name for messages and the record.

    Returns
    -------
    Roads
        With British classes as OpenStreetMap's, open both ways.

    Raises
    ------
    SourceError
        Naming the columns that are missing.
    """
    import geopandas as gpd

    found = _columns(frame, source)
    tagged = gpd.GeoDataFrame(
        {"start": frame[found["start"]], "end": frame[found["end"]], **_tags(frame, found)},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    ).assign(oneway="no")
    roads = roads_from_lines(
        tagged,
        columns={key: key for key in ("highway", "junction", "dual_carriageway", "oneway")},
        ends=("start", "end"),
        source=source,
    )
    provenance = {**roads.provenance, "licence": LICENCE, "attribution": ATTRIBUTION}
    return replace(roads, provenance=provenance)


def _read(path: Path, within: Polygon | MultiPolygon | None) -> gpd.GeoDataFrame:
    """Read the road links, of the area asked for only."""
    import pyogrio

    if not path.exists():
        raise SourceError(f"{path} does not exist")
    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        layer = next((name for name in layers if name.lower().endswith("road_link")), layers[0])
        box = within.bounds if within is not None else None
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=layer, bbox=box)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        said = " ".join(str(error).split())
        raise SourceError(f"{path} cannot be read as OS Open Roads ({said})") from None
    if "geometry" not in frame.columns:
        raise SourceError(f"{path}: layer {layer!r} has no lines")
    return frame


def _columns(frame: gpd.GeoDataFrame, source: str) -> dict[str, str]:
    """Find the columns, whichever way they are spelt."""
    lower = {str(name).lower(): str(name) for name in frame.columns}
    found = {}
    for what, names in SPELLINGS.items():
        name = next((lower[each.lower()] for each in names if each.lower() in lower), None)
        if name is not None:
            found[what] = name
    absent = [SPELLINGS[what][0] for what in SPELLINGS if what not in found and what != "trunk"]
    if absent:
        raise SourceError(
            f"{source} is not OS Open Roads: no column {', '.join(absent)} in any spelling "
            f"(columns found: {', '.join(map(str, frame.columns))})"
        )
    return found


def _tags(frame: gpd.GeoDataFrame, found: dict[str, str]) -> dict[str, pd.Series[str]]:
    """Say each link's class and form in the words of OpenStreetMap."""
    words = {
        what: frame[found[what]].astype("string").str.strip().str.lower().fillna("")
        for what in ("classification", "function", "form")
    }
    highway = words["classification"].map(CLASSES)
    highway = highway.fillna(words["function"].map(FUNCTIONS)).fillna("service")
    if "trunk" in found:
        trunk = frame[found["trunk"]].astype("string").str.lower().isin({"true", "1", "yes", "t"})
        highway = highway.mask(trunk & (highway == "primary"), "trunk")
    form = words["form"]
    slip = (form == "slip road") & highway.isin(
        {"motorway", "trunk", "primary", "secondary", "tertiary"}
    )
    highway = highway.mask(slip, highway + "_link")
    highway = highway.mask(form == "track", "track").mask(form == "guided busway", "busway")
    empty = highway.where(highway.isna())
    return {
        "highway": highway,
        "junction": empty.mask(form.str.contains("roundabout"), "roundabout"),
        "dual_carriageway": empty.mask(form.str.contains("dual carriageway"), "yes"),
    }
