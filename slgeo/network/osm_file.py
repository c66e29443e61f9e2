"""
OpenStreetMap extracts, streamed: one pass, whatever modes are wanted.

Ways, their positions, barriers and traffic lights go straight into flat arrays.
"""

from __future__ import annotations

import contextlib
import ctypes
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.errors import NetworkError, SourceError
from slgeo.network.restrictions import KEYS as TURN_KEYS
from slgeo.network.restrictions import TAGS as TURN_TAGS
from slgeo.network.restrictions import Restriction
from slgeo.network.roads import Roads
from slgeo.sources.cache import hash_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from numpy.typing import NDArray
    from osmium.osm import Node, Relation, Way
    from osmium.osm.types import OSMEntity

TAGS: Final = frozenset(
    {
        "highway",
        "route",
        "access",
        "vehicle",
        "motor_vehicle",
        "motorcar",
        "bicycle",
        "foot",
        "designation",
        "oneway",
        "oneway:bicycle",
        "oneway:foot",
        "foot:forward",
        "foot:backward",
        "bicycle:backward",
        "junction",
        "cycleway",
        "cycleway:left",
        "cycleway:right",
        "cycleway:both",
        "cycleway:left:oneway",
        "cycleway:right:oneway",
        "service",
        "tunnel",
        "motorroad",
        "dual_carriageway",
        "maxspeed",
        "maxspeed:type",
        "source:maxspeed",
        "lit",
        "duration",
        "construction",
        "proposed",
        "abandoned",
        "disused",
    }
)
"""Keys of ways that some rule reads; the others are not kept."""

BARRIER_TAGS: Final = frozenset(
    {
        "barrier",
        "access",
        "vehicle",
        "motor_vehicle",
        "motorcar",
        "bicycle",
        "foot",
        "designation",
    }
)
"""Keys of barriers that some rule reads."""

TURNING: Final = frozenset({"turning_circle", "turning_loop"})
"""Values of ``highway`` on a node where a road ends and vehicles turn."""

FERRIES: Final = frozenset({"ferry", "shuttle_train"})
"""Values of ``route`` that carry people or cars over a gap in the roads."""

_SCALE: Final = 1e-7  # OpenStreetMap stores ten-millionths of a degree

LICENCE: Final = "Open Database Licence 1.0 (ODbL)"
ATTRIBUTION: Final = "© OpenStreetMap contributors"


def read_roads(path: str | Path) -> Roads:
    """
    Read every road and ferry of an OpenStreetMap extract, in one pass.

    Parameters
    ----------
    path
        ``.osm.pbf``, or any other format pyosmium reads by its suffix.

    Returns
    -------
    Roads

    Raises
    ------
    SourceError
        The file is missing, empty, cut short, or no OpenStreetMap file.
    NetworkError
        The file holds no roads at all.
    """
    from osmium.osm import Node, Relation, Way

    path = sound_file(path)
    reading = _Reading()
    for thing in _things(path):
        if isinstance(thing, Way):
            reading.add_way(thing)
        elif isinstance(thing, Node):
            reading.add_node(thing)
        elif isinstance(thing, Relation):
            reading.add_restriction(thing)
    _give_back()
    if not reading.ways:
        raise NetworkError(
            f"{path} holds no roads: is it an extract of roads, and of the right place?"
        )
    roads = reading.roads(_provenance(path, reading.newest))
    del reading
    _give_back()
    if np.isnan(roads.x).all():
        raise SourceError(
            f"{path} does not hold the positions of its nodes, or holds them after the ways: "
            "make the extract with complete ways, sorted (osmium sort)"
        )
    return roads


class _Reading:
    """What has been read so far, in flat arrays: objects would take ten times the memory."""

    def __init__(self) -> None:
        self.ways = array("q")
        self.sizes = array("i")
        self.kind = array("i")
        self.refs = array("q")
        self.lon = array("i")
        self.lat = array("i")
        self.kinds: dict[tuple[tuple[str, str], ...], int] = {}
        self.barriers: dict[int, dict[str, str]] = {}
        self.signals = array("q")
        self.no_exit = array("q")
        self.restrictions: list[Restriction] = []
        self.newest: datetime | None = None

    def add_way(self, way: Way) -> None:
        tags = {tag.k: tag.v for tag in way.tags if tag.k in TAGS}
        if "highway" not in tags and tags.get("route") not in FERRIES:
            return
        before = len(self.refs)
        for node in way.nodes:
            where = node.location
            self.refs.append(node.ref)
            self.lon.append(where.x)
            self.lat.append(where.y)
        self.ways.append(way.id)
        self.sizes.append(len(self.refs) - before)
        key = tuple(sorted(tags.items()))
        self.kind.append(self.kinds.setdefault(key, len(self.kinds)))
        if self.newest is None or way.timestamp > self.newest:
            self.newest = way.timestamp

    def add_node(self, node: Node) -> None:
        highway = node.tags.get("highway")
        if highway == "traffic_signals":
            self.signals.append(node.id)
        if highway in TURNING or node.tags.get("noexit") == "yes":
            self.no_exit.append(node.id)
        if "barrier" not in node.tags:
            return
        self.barriers[node.id] = {tag.k: tag.v for tag in node.tags if tag.k in BARRIER_TAGS}

    def add_restriction(self, relation: Relation) -> None:
        tags = {tag.k: tag.v for tag in relation.tags if tag.k in TURN_TAGS}
        members = tuple((each.type, each.ref, each.role) for each in relation.members)
        self.restrictions.append(Restriction(relation.id, tags, members))

    def roads(self, provenance: dict[str, str]) -> Roads:
        """Settle what was read: number the nodes, and set unsound positions to missing."""
        refs = np.frombuffer(self.refs, np.int64)  # views: a copy of a country is gigabytes
        node_id, first, node = np.unique(refs, return_index=True, return_inverse=True)
        lon = np.frombuffer(self.lon, np.int32)[first].astype(np.float64) * _SCALE
        lat = np.frombuffer(self.lat, np.int32)[first].astype(np.float64) * _SCALE
        # a node at 0, 0 is one whose position was lost, as is one off the globe
        unsound = (np.abs(lon) > 180) | (np.abs(lat) > 90) | ((lon == 0) & (lat == 0))
        lon[unsound] = lat[unsound] = np.nan
        _, at, found = np.intersect1d(
            np.array(list(self.barriers), np.int64), node_id, return_indices=True
        )
        tags = list(self.barriers.values())
        barriers = {int(node): tags[each] for each, node in zip(at, found, strict=True)}
        return Roads(
            way_id=np.array(self.ways, np.int64),
            start=np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)]),
            node=node.astype(np.int32),
            kind=np.array(self.kind, np.int32),
            kinds=tuple(dict(key) for key in self.kinds),
            node_id=node_id,
            x=lon,
            y=lat,
            crs="EPSG:4326",
            barriers=barriers,
            signals=_positions(node_id, self.signals),
            no_exit=_positions(node_id, self.no_exit),
            counts={
                "ways": len(self.ways),
                "nodes without a position": int(unsound.sum()),
                "turn restrictions": len(self.restrictions),
                "traffic lights": len(self.signals),
            },
            provenance=provenance,
            restrictions=tuple(self.restrictions),
        )


def _give_back() -> None:
    """
    Return freed memory to the system, where the C library can.

    The positions of a country's nodes are millions of small blocks: glibc keeps them after they
    are freed, three times what the roads themselves take.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _positions(node_id: NDArray[np.int64], ids: array[int]) -> NDArray[np.int32]:
    """Find where ids stand among the nodes; those on no road are left out."""
    return np.flatnonzero(np.isin(node_id, np.array(ids, np.int64))).astype(np.int32)


def sound_file(path: str | Path) -> Path:
    """Return the path of a file that is there and not empty, or raise :class:`SourceError`."""
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path} does not exist")
    if path.is_dir():
        raise SourceError(f"{path} is a folder, not an OpenStreetMap extract")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty: download it again")
    return path


def _things(path: Path) -> Iterator[OSMEntity]:
    """Walk through ways with their positions, barriers and turn restrictions."""
    import osmium
    from osmium.filter import KeyFilter
    from osmium.osm import NODE, RELATION, WAY

    filters = {
        WAY: KeyFilter("highway", "route"),
        NODE: KeyFilter("barrier", "highway", "noexit"),
        RELATION: KeyFilter(*TURN_KEYS),
    }
    try:
        things = osmium.FileProcessor(str(path), NODE | WAY | RELATION).with_locations()
        for kind, wanted in filters.items():
            wanted.enable_for(kind)
            things = things.with_filter(wanted)
        yield from things
    except (RuntimeError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be read as an OpenStreetMap extract ({error}): "
            "it is cut short or of another kind; download it again"
        ) from None


def _provenance(path: Path, newest: datetime | None) -> dict[str, str]:
    import osmium

    reader = osmium.io.Reader(str(path))
    stamp = reader.header().get("osmosis_replication_timestamp") or ""
    reader.close()
    return {
        "file": path.name,
        "sha256": hash_file(path),
        "extract_date": stamp[:10] or (newest.strftime("%Y-%m-%d") if newest else ""),
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
    }
