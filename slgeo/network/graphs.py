"""
Roads from osmnx and networkx graphs and GraphML files, and networks as networkx graphs.

A graph's arcs are directed: a street open both ways is two of them. They are put back together, so
that a point joins a street once. Curved edges of a simplified graph are cut into straight pieces.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from slgeo.errors import NetworkError, SourceError
from slgeo.network.build import Ground, build_networks, profiles_for
from slgeo.network.modes import passage
from slgeo.network.roads import Roads

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    import networkx as nx
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network
    from slgeo.network.speeds import Speeds

TAGS: Final = (
    "highway",
    "access",
    "service",
    "junction",
    "tunnel",
    "maxspeed",
    "foot",
    "bicycle",
    "motor_vehicle",
    "motorroad",
    "lit",
)
"""Edge attributes that rules read, where the graph has them."""

LARGEST_FILE: Final = 4 << 30
"""Bytes of GraphML read at most: the format takes twenty times its size in memory."""


def from_osmnx(
    graph: nx.Graph[Any],
    *,
    mode: str,
    speeds: str | Speeds | None = None,
    crs: str = "EPSG:27700",
    hull: Polygon | MultiPolygon | None = None,
    seconds: str | None = None,
) -> Network:
    """
    Make a network from a graph of osmnx, or any networkx graph laid out like one.

    Parameters
    ----------
    graph
        Nodes with ``x`` and ``y``, in the CRS named by ``graph.graph["crs"]``; edges with
        ``highway`` and, for curved ones, ``geometry``. Direction is that of the arcs; an
        undirected graph is open both ways.
    mode
        ``walk``, ``cycle`` or ``drive``: rules of access and one-way streets apply.
    speeds, crs, hull
        As in :func:`slgeo.network.osm.read_osm`.
    seconds
        Edge attribute with seconds to use instead of speeds, for example ``travel_time``.

    Returns
    -------
    Network
        Nodes keep their ids where all are whole numbers; those along curves are numbered below 0.

    Raises
    ------
    NetworkError
        A graph without edges, positions or CRS.

    Examples
    --------
    >>> import networkx as nx
    >>> from slgeo.network import from_osmnx
    >>> lane = nx.MultiDiGraph(crs="EPSG:27700")
    >>> lane.add_node(7, x=0.0, y=0.0)
    >>> lane.add_node(8, x=400.0, y=0.0)
    >>> for u, v in ((7, 8), (8, 7)):
    ...     _ = lane.add_edge(u, v, highway="residential")
    >>> from_osmnx(lane, mode="walk").forward
    array([300000], dtype=int32)
    """
    profiles = profiles_for([mode], speeds)
    roads = roads_from_graph(graph, mode=mode, seconds=seconds)
    return dict(build_networks(roads, profiles, Ground(crs=crs, hull=hull)))[mode]


def read_graphml(
    path: str | Path,
    *,
    mode: str,
    speeds: str | Speeds | None = None,
    crs: str = "EPSG:27700",
    hull: Polygon | MultiPolygon | None = None,
    seconds: str | None = None,
) -> Network:
    """
    Read a network from a GraphML file, as osmnx and networkx write it.

    Parameters
    ----------
    path
        The file.
    mode, speeds, crs, hull, seconds
        As in :func:`from_osmnx`.

    Raises
    ------
    SourceError
        The file is missing, no GraphML, or declares entities.
    NetworkError
        As :func:`from_osmnx`.
    """
    from xml.etree.ElementTree import ParseError

    import networkx as nx

    path = Path(path)
    if not path.is_file():
        raise SourceError(f"{path} does not exist")
    if path.stat().st_size > LARGEST_FILE:
        raise SourceError(f"{path} is too large for GraphML: read the extract itself (.osm.pbf)")
    with path.open("rb") as file:
        if b"<!" in file.read(4096).replace(b"<!--", b""):
            raise SourceError(f"{path} declares entities or a document type: it is not read")
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except (ParseError, nx.NetworkXError, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())
        raise SourceError(f"{path} cannot be read as GraphML ({said})") from None
    return from_osmnx(graph, mode=mode, speeds=speeds, crs=crs, hull=hull, seconds=seconds)


def to_networkx(network: Network) -> nx.MultiDiGraph[int]:
    """
    Turn a network into a directed networkx graph that osmnx understands.

    Parameters
    ----------
    network
        Any network.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are positions, with ``x``, ``y``, ``osmid`` and ``component``. An edge open both ways
        is two arcs, with ``length`` (metres), ``travel_time`` (seconds), ``milliseconds``,
        ``highway``, ``osmid``, ``oneway`` and ``ends_only``. No arc is left out: a search that
        shall not pass through private roads must look at ``ends_only``. Turn restrictions, where
        there are any, are the graph's attribute ``turns``: JSON text, as GraphML can hold it.

    Examples
    --------
    >>> from slgeo.network import Network, to_networkx
    >>> street = Network.from_edges([0, 100], [0, 0], [0], [1])
    >>> to_networkx(street)[0][1][0]["travel_time"]
    75.0
    """
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=network.crs, mode=network.mode)
    if len(network.turns):
        graph.graph["turns"] = network.turns.to_frame().to_json(orient="records")
    for node, (x, y, osmid, component) in enumerate(
        zip(*(each.tolist() for each in _node_columns(network)), strict=True)
    ):
        graph.add_node(node, x=x, y=y, osmid=osmid, component=component)
    both = (network.forward >= 0) & (network.backward >= 0)
    for start, end, cost in (
        (network.tail, network.head, network.forward),
        (network.head, network.tail, network.backward),
    ):
        for edge in np.flatnonzero(cost >= 0):
            graph.add_edge(
                int(start[edge]),
                int(end[edge]),
                length=float(network.length[edge]),
                travel_time=int(cost[edge]) / 1000,
                milliseconds=int(cost[edge]),
                highway=network.classes[network.road_class[edge]],
                osmid=int(network.way[edge]),
                oneway=not bool(both[edge]),
                ends_only=bool(network.ends_only[edge]),
            )
    return graph


class _Street(NamedTuple):
    """Arcs of a graph put back together: one way, with seconds along and against it."""

    start: Hashable
    end: Hashable
    attributes: Mapping[str, Any]
    back: Mapping[str, Any] | None


def roads_from_graph(graph: nx.Graph[Any], *, mode: str, seconds: str | None = None) -> Roads:
    """
    Bring a graph into the form all networks are made from.

    Parameters
    ----------
    graph, mode, seconds
        As in :func:`from_osmnx`.
    """
    where = graph.graph.get("crs")
    if where is None:
        raise NetworkError("the graph names no CRS: set graph.graph['crs']")
    if graph.number_of_edges() == 0:
        raise NetworkError("the graph has no edges")
    number = {name: at for at, name in enumerate(graph.nodes)}
    try:
        places = [(float(data["x"]), float(data["y"])) for _, data in graph.nodes(data=True)]
    except (KeyError, TypeError, ValueError):
        raise NetworkError("every node of the graph needs x and y") from None
    kinds: dict[tuple[tuple[str, str], ...], int] = {}
    node: list[int] = []
    start, kind, way = [0], list[int](), list[int]()
    stated: list[list[float]] = []
    for street in _streets(graph):
        inner = _between(street.attributes.get("geometry"))
        node += [number[street.start], *range(len(places), len(places) + len(inner))]
        node.append(number[street.end])
        places += inner
        start.append(len(node))
        tags = _tags(street, mode)
        kind.append(kinds.setdefault(tuple(sorted(tags.items())), len(kinds)))
        way.append(_whole(street.attributes.get("osmid"), len(way)))
        stated.append([_seconds(each, seconds) for each in (street.attributes, street.back)])
    x, y = np.array(places, float).T
    return Roads(
        way_id=np.array(way, np.int64),
        start=np.array(start, np.int64),
        node=np.array(node, np.int32),
        kind=np.array(kind, np.int32),
        kinds=tuple(dict(key) for key in kinds),
        node_id=_node_ids(graph, len(places)),
        x=x,
        y=y,
        crs=str(where),
        barriers={},
        counts={"edges of the graph": graph.number_of_edges()},
        provenance={"file": "a graph"},
        stated=np.array(stated, float) * 1000.0 if seconds else None,
    )


def _streets(graph: nx.Graph[Any]) -> Iterator[_Street]:
    """Put arcs there and back together."""
    if not graph.is_directed():
        for start, end, data in graph.edges(data=True):
            yield _Street(start, end, data, data)
        return
    waiting: dict[tuple[Any, ...], list[tuple[Hashable, Hashable, Mapping[str, Any]]]] = {}
    for start, end, data in graph.edges(data=True):
        what = (str(_listed(data.get("osmid"))), round(float(data.get("length", 0.0)), 1))
        there = waiting.get((end, start, *what))
        if there:
            first = there.pop()
            yield _Street(*first, data)
        else:
            waiting.setdefault((start, end, *what), []).append((start, end, data))
    for alone in waiting.values():
        for arc in alone:
            yield _Street(*arc, None)


def _tags(street: _Street, mode: str) -> dict[str, str]:
    """Take the attributes that rules read; of several classes the first that is open counts."""
    tags = {}
    for key in TAGS:
        words = _listed(street.attributes.get(key))
        if words:
            tags[key] = ";".join(words)
    classes = _listed(street.attributes.get("highway")) or ["unclassified"]
    is_open = [each for each in classes if passage({"highway": each}, mode).allowed]
    tags["highway"] = (is_open or classes)[0]
    tags["oneway"] = "no" if street.back is not None else "yes"
    return tags


def _listed(value: object) -> list[str]:
    """Read an attribute that may be a list, or the text of one, as words in a stable order."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return []
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [str(value)]
    return sorted(map(str, value)) if isinstance(value, (list, tuple, set)) else [str(value)]


def _between(geometry: object) -> list[tuple[float, float]]:
    """List the corners of a curve between its ends."""
    import shapely

    if geometry is None:
        return []
    if isinstance(geometry, str):
        text = geometry
        try:
            geometry = shapely.from_wkt(text)
        except shapely.GEOSException:
            raise NetworkError(f"an edge's geometry is no line: {text[:40]!r}") from None
    if not isinstance(geometry, shapely.LineString):
        raise NetworkError(f"an edge's geometry is {type(geometry).__name__}, not a line")
    corners = shapely.get_coordinates(geometry)[1:-1]
    return [(float(x), float(y)) for x, y in corners]


def _seconds(data: Mapping[str, Any] | None, name: str | None) -> float:
    if name is None or data is None or name not in data:
        return np.nan
    return float(data[name])


def _whole(value: object, otherwise: int) -> int:
    words = _listed(value)
    try:
        return int(words[0])
    except (IndexError, ValueError):
        return otherwise


def _node_ids(graph: nx.Graph[Any], count: int) -> NDArray[np.int64]:
    """Keep the graph's ids where they are whole numbers; corners of curves count down from -1."""
    try:
        named = [int(name) for name in graph.nodes]
    except (TypeError, ValueError):
        named = list(range(len(graph)))
    corners = -1 - np.arange(count - len(named))
    return np.concatenate([np.array(named, np.int64), corners])


def _node_columns(network: Network) -> tuple[NDArray[Any], ...]:
    return network.x, network.y, network.node_id, network.component
