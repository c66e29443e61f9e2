"""
Roads and travel times of a study, taken from the cache where nothing they depend on has changed.

Keys are hashes of the files' bytes, of the tables' content and of every setting, so that a cached
result is the one that would be computed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import slgeo
from slgeo.errors import SlgeoError, StudyError
from slgeo.pipeline.speeds import profile
from slgeo.sources.cache import Cache, hash_file, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely import MultiPolygon, Polygon

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.routing.hierarchy import Hierarchy
    from slgeo.routing.ready import Ready
    from slgeo.routing.times import TravelTimes

CATCHMENT: Final = 30.0
"""Minutes a two-step catchment reaches; our choice, the widest band of Luo and Qi (2009)."""


HILLS: Final = ("walk", "cycle")
"""Ways of travelling that a terrain model changes."""

PREPARED: Final = 60_000
"""Nodes from which a hierarchy is prepared for a study's dozens of searches. Below, all of them
together take less than the 13 s in which a machine first compiles it."""


@dataclass(frozen=True, slots=True)
class Roads:
    """
    Where the networks of a study come from: the cache, or the extract.

    Parameters
    ----------
    study
        The study.
    crs
        Metric grid of the study.
    cache
        Where networks and times are kept.
    fresh
        Whether to read the extract again whatever the cache holds.
    wales
        What lies in Wales, where legal limits are others (:func:`slgeo.pipeline.speeds.in_wales`).
    """

    study: Study
    crs: str
    cache: Cache
    fresh: bool = False
    wales: Polygon | MultiPolygon | bool = False

    def key(self, mode: str) -> str:
        """Hash all that the network of a mode depends on."""
        terrain = self.study.roads.elevation
        if terrain is None or mode not in HILLS:
            return self.level_key(mode)
        return hash_of("hills", self.level_key(mode), hash_file(terrain))

    def level_key(self, mode: str) -> str:
        """Hash all that the network of a mode depends on, without hills."""
        roads = self.study.roads
        hull = hash_file(roads.hull) if roads.hull else ""
        speeds = profile(self.study, mode)
        wales = ""
        if speeds.limits:  # only these ask in which country a road lies
            wales = str(self.wales) if isinstance(self.wales, bool) else self.wales.wkb_hex
        return hash_of(
            "network", made_by(), speeds.record(), wales, self.crs, hash_file(roads.file), hull
        )

    def networks(self) -> dict[str, Network]:
        """Load the network of each mode, with hills where the study gives a terrain model."""
        modes = self.study.travel.modes
        if self.study.roads.elevation is None:
            return self.level(modes)
        found = self.level(modes)
        return {
            mode: self._raised(mode, network) if mode in HILLS else network
            for mode, network in found.items()
        }

    def level(self, modes: Iterable[str]) -> dict[str, Network]:
        """Load networks without hills, reading the extract once for all that are not cached."""
        from slgeo.network import Network
        from slgeo.network.osm import each_network

        kept = {mode: self._kept(self.level_key(mode)) for mode in modes}
        absent = [mode for mode, network in kept.items() if network is None]
        if absent:
            hull = outline_given(self.study, self.crs)
            read = each_network(
                self.study.roads.file,
                modes=absent,
                speeds={mode: profile(self.study, mode) for mode in absent},
                crs=self.crs,
                hull=hull,
                wales=self.wales,
            )
            for mode, network in read:
                with self.cache.writing(self.level_key(mode)) as folder:
                    network.save(folder)
                del network  # a country's next one needs the room
        return {
            mode: network or Network.load(self.cache.path(self.level_key(mode)))
            for mode, network in kept.items()
        }

    def slope(self, mode: str) -> dict[str, float]:
        """Tell how much of a mode's roads has heights, and what slope does to their times."""
        path = self.cache.path(self._slope_key(mode))
        report: dict[str, float] = json.loads(path.read_text("utf-8"))
        return report

    def _raised(self, mode: str, level: Network) -> Network:
        """Give a network the times of its slopes, or load it so."""
        from slgeo.network import with_slope

        terrain = self.study.roads.elevation
        if terrain is None:
            return level
        kept = self._kept(self.key(mode)) if self.cache.has(self._slope_key(mode)) else None
        if kept is not None:
            return kept
        network, report = with_slope(level, terrain)
        with self.cache.writing(self.key(mode)) as folder:
            network.save(folder)
        items = dict(zip(report["item"], report["value"].map(float), strict=True))
        with self.cache.writing(self._slope_key(mode)) as path:
            path.write_text(json.dumps(items), "utf-8")
        return network

    def _slope_key(self, mode: str) -> str:
        return f"{hash_of('slope', self.key(mode))}.json"

    def _kept(self, key: str) -> Network | None:
        """Load a network from the cache; None where there is none, or it is damaged."""
        from slgeo.network import Network

        if self.fresh or not self.cache.has(key):
            return None
        try:
            return Network.load(self.cache.path(key))
        except SlgeoError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """
    Travel times of one mode for any origins and sites, each computed once.

    Parameters
    ----------
    study
        The study: limits, direction, farthest snap.
    network, network_key
        Roads of the mode, and the hash of all they depend on.
    areas
        Codes of every area, those without origins too.
    cache
        Where times are kept.
    fresh
        Whether to search again whatever the cache holds.
    prepare
        Whether a large network is prepared for many searches; not where a few are all there are.
    """

    study: Study
    network: Network
    network_key: str
    areas: pd.Index[Any]
    cache: Cache
    fresh: bool = False
    prepare: bool = True
    _kept: dict[str, Hierarchy] = field(default_factory=dict, repr=False)
    _made_ready: list[Ready] = field(default_factory=list, repr=False)
    _prints: dict[int, tuple[Any, str]] = field(default_factory=dict, repr=False)

    def times(
        self,
        origins: gpd.GeoDataFrame,
        sites: gpd.GeoDataFrame,
        *,
        limit: float | None = None,
        nearest: int | None = None,
    ) -> TravelTimes:
        """Compute times to sites, or load them."""
        from slgeo.routing.times import TravelTimes
        from slgeo.routing.travel import travel_times

        travel = self.study.travel
        limit = travel.limit[self.network.mode] if limit is None else limit
        key = self.key("times", origins, sites, limit, nearest, travel.direction, travel.max_snap)
        if not self.fresh and self.cache.has(key):
            with contextlib.suppress(SlgeoError):  # a damaged file is searched again
                return TravelTimes.from_parquet(self.cache.path(key))
        times = travel_times(
            self.network,
            origins,
            sites,
            limit=limit,
            nearest=nearest,
            direction="from" if travel.direction == "from" else "to",
            max_snap=travel.max_snap,
            hierarchy=self._hierarchy(),
            areas=self.areas,
            ready=self._ready(),
        )
        with self.cache.writing(key) as path:
            times.to_parquet(path)
        return times

    def _ready(self) -> Ready:
        """Keep what one question leaves for the next: the same origins come with every kind."""
        if not self._made_ready:
            from slgeo.routing.ready import Ready

            self._made_ready.append(Ready(self.network))
        return self._made_ready[0]

    def _hierarchy(self) -> Hierarchy | None:
        """Prepare a large network once for all its searches; None where that would not pay."""
        if self.network.nodes < PREPARED or not self.prepare:
            return None
        if not self._kept:
            from slgeo.routing.hierarchy import Hierarchy

            graph = self._ready().graph
            key = hash_of("hierarchy", made_by(), self.network_key)
            kept = Hierarchy.load(graph, self.cache.path(key)) if self.cache.has(key) else None
            if kept is None:
                kept = Hierarchy.prepare(graph)
                with self.cache.writing(key) as folder:
                    kept.save(graph, folder)
            self._kept["hierarchy"] = kept
        return self._kept["hierarchy"]

    def exits(self, origins: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
        """Minutes from each origin to where the roads leave the extract; infinite where never."""
        import numpy as np

        from slgeo.routing.travel import exit_times

        travel = self.study.travel
        limit = travel.limit[self.network.mode]
        key = self.key("exits", origins, None, limit, travel.direction, travel.max_snap)
        if not self.fresh and self.cache.has(key):
            with contextlib.suppress(ValueError, EOFError):  # a damaged file is searched again
                return _floats(self.cache.path(key), len(origins))
        minutes = exit_times(
            self.network,
            origins,
            limit=limit,
            direction="from" if travel.direction == "from" else "to",
            max_snap=travel.max_snap,
            ready=self._ready(),
        )
        kept = np.asarray(minutes.fillna(np.inf), dtype=np.float64)
        with self.cache.writing(key) as path, path.open("wb") as file:
            np.save(file, kept)
        return kept

    def key(
        self,
        what: str,
        origins: gpd.GeoDataFrame,
        sites: gpd.GeoDataFrame | None,
        *settings: object,
    ) -> str:
        """Hash all that a result of these roads, origins, sites and plain settings depends on."""
        # The same origins come with every kind of place; holding on to them keeps their id theirs.
        if id(origins) not in self._prints:
            self._prints[id(origins)] = (origins, _fingerprint(origins, ("area", "people")))
        parts = [self._prints[id(origins)][1]]
        if sites is not None:
            parts.append(_fingerprint(sites, ("reason", "entrances")))
        areas = hashlib.sha256("\n".join(map(str, self.areas)).encode()).hexdigest()
        return hash_of(what, made_by(), self.network_key, areas, parts, list(settings))


@functools.cache
def made_by() -> str:
    """
    Hash the code that makes networks and times.

    The version alone is not enough: whoever runs a checkout would get times of yesterday's code.
    """
    home = Path(slgeo.__file__).parent
    digest = hashlib.sha256(slgeo.__version__.encode())
    for room in ("network", "routing"):
        for module in sorted((home / room).glob("*.py")):
            digest.update(module.read_bytes())
    return digest.hexdigest()


def _floats(path: Path, count: int) -> npt.NDArray[np.float64]:
    """Read an array that was kept; ValueError where it is not the one."""
    import numpy as np

    with path.open("rb") as file:
        kept: npt.NDArray[np.float64] = np.load(file, allow_pickle=False)
    if kept.shape != (count,):
        raise ValueError(f"{path} holds {kept.shape}, not {count}")
    return kept


def outline_given(study: Study, crs: str) -> Any:  # noqa: ANN401 - a polygon or nothing
    """Read the outline of what the roads cover, where the study gives one."""
    if study.roads.hull is None:
        return None
    from slgeo.sources.vector import read_vector

    shapes = read_vector(study.roads.hull).to_crs(crs)
    outline = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])].union_all()
    if outline.is_empty:
        raise StudyError(
            f"roads.hull: {study.shown(study.roads.hull)} holds no polygon; give the outline of "
            "what the roads cover, or leave the key out"
        )
    return outline


def _fingerprint(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> str:
    """Hash the index, points and named columns of a table of points."""
    import pandas as pd

    digest = hashlib.sha256("\n".join(map(str, frame.index)).encode())
    for name in columns:
        if name in frame.columns:
            values = pd.util.hash_pandas_object(frame[name].reset_index(drop=True), index=False)
            digest.update(values.to_numpy().tobytes())
    for shape in frame.geometry.to_wkb():
        digest.update(shape or b"none")
    return digest.hexdigest()
