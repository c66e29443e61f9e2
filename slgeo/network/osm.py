"""Roads from OpenStreetMap extracts, for several modes in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from slgeo.errors import NetworkError
from slgeo.network.build import build_network, cut_pieces
from slgeo.network.coverage import cover
from slgeo.network.modes import MODES, check_mode
from slgeo.network.roads import read_roads
from slgeo.network.speeds import SPEEDS, Speeds, speeds_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network


def read_osm(
    path: str | Path,
    *,
    modes: Sequence[str],
    crs: str = "EPSG:27700",
    speeds: str | Speeds | Mapping[str, str | Speeds] | None = None,
    hull: Polygon | MultiPolygon | None = None,
    within: Polygon | MultiPolygon | None = None,
) -> dict[str, Network]:
    """
    Read the roads of several modes from an OpenStreetMap extract, in one pass.

    Parameters
    ----------
    path
        ``.osm.pbf`` file, or another format pyosmium reads by its suffix.
    modes
        Any of ``walk``, ``cycle``, ``drive``.
    crs
        Projected CRS in metres, the study's own.
    speeds
        Speed profile, or its name: one for the mode asked, or one a mode. The mode's default where
        none is given.
    hull
        What the extract covers, in `crs`. Points outside it are refused when snapping. Found from
        the roads where it is not given (:func:`slgeo.network.coverage.cover`).
    within
        Area to keep, in `crs`; roads are cut where they leave it, and it becomes the hull.

    Returns
    -------
    dict of str to Network
        By mode, in the order asked.

    Raises
    ------
    SourceError
        The file is missing, empty, cut short, or no OpenStreetMap file.
    NetworkError
        The file holds no roads, or none open to a mode; an unknown mode or profile.

    Notes
    -----
    Turn restrictions are counted in the audit and not applied. Pedestrian areas mapped as
    multipolygons are not read; an area drawn as a closed way is walked around its outline.
    """
    profiles = _profiles(modes, speeds)
    roads = read_roads(path)
    pieces = cut_pieces(roads, crs, within)
    if hull is None:
        hull = within if within is not None else cover(roads, pieces)
    return {
        mode: build_network(roads, pieces, mode=mode, speeds=profile, crs=crs, hull=hull)
        for mode, profile in profiles.items()
    }


def _profiles(
    modes: Sequence[str], speeds: str | Speeds | Mapping[str, str | Speeds] | None
) -> dict[str, Speeds]:
    """Pick the profile of each mode; a single one serves the mode it is made for."""
    if not modes:
        raise NetworkError(f"no modes asked for: choose from {', '.join(MODES)}")
    for mode in modes:
        check_mode(mode)
    if isinstance(speeds, Mapping):
        other = ", ".join(repr(mode) for mode in speeds if mode not in modes)
        if other:
            raise NetworkError(f"speeds for {other}, but roads for {', '.join(modes)} were asked")
        return {mode: speeds_for(mode, speeds.get(mode)) for mode in modes}
    profile = SPEEDS.get(speeds) if isinstance(speeds, str) else speeds
    if profile is None or profile.mode not in modes:
        return {mode: speeds_for(mode, speeds) for mode in modes}
    return {mode: profile if profile.mode == mode else speeds_for(mode) for mode in modes}
