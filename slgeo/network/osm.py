"""Roads from OpenStreetMap extracts, for several modes in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.errors import SourceError
from slgeo.network.build import Ground, build_networks, profiles_for
from slgeo.network.osm_file import read_roads, sound_file
from slgeo.network.store import load_network, network_key, save_network
from slgeo.sources.cache import hash_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network
    from slgeo.network.speeds import Speeds
    from slgeo.sources.cache import Cache


def read_osm(
    path: str | Path,
    *,
    modes: Sequence[str],
    crs: str = "EPSG:27700",
    speeds: str | Speeds | Mapping[str, str | Speeds] | None = None,
    hull: Polygon | MultiPolygon | None = None,
    within: Polygon | MultiPolygon | None = None,
    wales: Polygon | MultiPolygon | bool = False,
    cache: Cache | None = None,
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
    wales
        True where all of it lies in Wales, or the part that does, in `crs`: street-lit roads there
        have a limit of 20 mph where the extract is of 17 September 2023 or later. Only profiles
        that read limits are concerned.
    cache
        Where networks are kept under the hash of all they depend on. A network that is there is
        not read again; one that is not is written before the next mode is made, so that large
        countries fit in memory.

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
    Turn restrictions are kept (:class:`slgeo.network.turns.Turns`) and not applied. Pedestrian
    areas mapped as multipolygons are not read; an area drawn as a closed way is walked around its
    outline.
    """
    profiles = profiles_for(modes, speeds)
    ground = Ground(crs, hull, within, wales)
    if cache is None:
        return dict(build_networks(read_roads(path), profiles, ground))
    source = hash_file(sound_file(path))
    keys = {
        mode: network_key(source, speeds=profile, **ground._asdict())
        for mode, profile in profiles.items()
    }
    absent = {mode: profiles[mode] for mode, key in keys.items() if not _kept(cache, key)}
    if absent:
        for mode, network in build_networks(read_roads(path), absent, ground):
            save_network(network, cache.path(keys[mode]))
            del network
    return {mode: load_network(cache.path(key)) for mode, key in keys.items()}


def each_network(
    path: str | Path,
    *,
    modes: Sequence[str],
    crs: str = "EPSG:27700",
    speeds: str | Speeds | Mapping[str, str | Speeds] | None = None,
    hull: Polygon | MultiPolygon | None = None,
    wales: Polygon | MultiPolygon | bool = False,
) -> Iterator[tuple[str, Network]]:
    """
    Read the roads of several modes in one pass and hand over one network at a time.

    For whoever keeps them on disk: with a network put away before the next is asked for, only one
    is in memory.

    Parameters
    ----------
    path, modes, crs, speeds, hull, wales
        As in :func:`read_osm`.

    Yields
    ------
    tuple
        Mode and network, in the order asked.
    """
    ground = Ground(crs, hull, wales=wales)
    return build_networks(read_roads(path), profiles_for(modes, speeds), ground)


def _kept(cache: Cache, key: str) -> bool:
    """Whether a sound network stands under a key; a broken one is read again."""
    try:
        load_network(cache.path(key))
    except SourceError:
        return False
    return True
