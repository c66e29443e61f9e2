"""Travel times equal networkx's, on real roads with the points spliced in."""
# ruff: noqa: PD010 - pivot is a method of TravelTimes, not of a frame

import os
from functools import cache
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from slgeo import examples
from slgeo.network import Network, Snapped, read_osm, snap
from slgeo.routing.travel import travel_times

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
EXTRACTS = {
    "rutland": ("rutland/rutland-2022.osm.pbf", "rutland/postcodes_nspl_2025-05.csv"),
    "newport": ("newport/newport-2023-06-13.osm.pbf", "newport/postcodes_nspl_2025-05.csv"),
}


@cache
def made_up() -> examples.District:
    return examples.district(30, seed=2)


@cache
def networks(county: str) -> dict[str, Network]:
    if county == "example":
        return {mode: examples.network(made_up(), mode) for mode in ("walk", "cycle", "drive")}
    path = DATA / EXTRACTS[county][0]
    if not path.exists():
        pytest.skip(f"no {path}: set SLGEO_DATA to the folder of real data")
    return read_osm(path, modes=("walk", "cycle", "drive"))


def some_points(county: str, count: int, seed: int, network: Network) -> gpd.GeoSeries:
    """Take postcodes from all over the extract, and some on the same street as the first."""
    if county == "example":
        points = examples.origins(made_up()).geometry
        return points.sample(count, random_state=seed)
    table = pd.read_csv(DATA / EXTRACTS[county][1])
    points = gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs=4326).to_crs(network.crs)
    points = points[points.within(network.hull)]
    points.index = [f"p{i}" for i in points.index]
    chosen = points.sample(count, random_state=seed)
    close = points[points.distance(chosen.iloc[0]) < 60].head(5)
    return pd.concat([chosen, close[~close.index.isin(chosen.index)]])


def spliced(  # noqa: C901 - one street after the other, plainly
    network: Network, start: Snapped, end: Snapped
) -> dict[bool, nx.DiGraph]:
    """Cut points into the roads: one graph of private roads, one of public ones."""
    graphs = {True: nx.DiGraph(), False: nx.DiGraph()}
    cuts: dict[int, list[tuple[float, object]]] = {}
    for side, points in (("start", start), ("end", end)):
        for i in np.flatnonzero(points.edge >= 0):
            cuts.setdefault(int(points.edge[i]), []).append((points.fraction[i], (side, i)))
    for e in range(network.edges):
        fw, bw = int(network.forward[e]), int(network.backward[e])
        graph = graphs[bool(network.ends_only[e])]
        inner = sorted(cuts.get(e, []), key=lambda cut: cut[0])
        nodes = [int(network.tail[e]), *(name for _, name in inner), int(network.head[e])]
        ahead = [0, *(round(share * fw) for share, _ in inner), fw]
        back = [bw, *(round((1 - share) * bw) for share, _ in inner), 0]
        for i in range(len(nodes) - 1):
            if fw >= 0:
                step(graph, nodes[i], nodes[i + 1], ahead[i + 1] - ahead[i])
            if bw >= 0:
                step(graph, nodes[i + 1], nodes[i], back[i] - back[i + 1])
        for (one, a), (other, b) in pairwise(inner):
            if one == other:
                same_place(graphs, a, b)
        for share, name in inner:
            if share in {0.0, 1.0}:
                same_place(graphs, name, int(network.head[e] if share else network.tail[e]))
    return graphs


def step(graph: nx.DiGraph, a: object, b: object, cost: int) -> None:
    if not graph.has_edge(a, b) or graph[a][b]["weight"] > cost:
        graph.add_edge(a, b, weight=cost)


def same_place(graphs: dict[bool, nx.DiGraph], a: object, b: object) -> None:
    for graph in graphs.values():
        step(graph, a, b, 0)
        step(graph, b, a, 0)


def times_from(graph: nx.DiGraph, known: dict[object, int]) -> dict[object, int]:
    """Extend known times over a graph: networkx's Dijkstra from a source that leads to them all."""
    graph.add_weighted_edges_from(("source", node, time) for node, time in known.items())
    found = nx.single_source_dijkstra_path_length(graph, "source")
    graph.remove_node("source")
    del found["source"]
    return {**known, **found}


@pytest.mark.parametrize(
    ("county", "mode", "direction"),
    [
        ("rutland", "walk", "to"),
        ("rutland", "drive", "from"),
        ("newport", "cycle", "to"),
        ("newport", "drive", "to"),
        ("example", "walk", "to"),
        ("example", "cycle", "from"),
        ("example", "drive", "to"),
        ("example", "drive", "from"),
    ],
)
def test_times_equal_networkx_on_real_roads(county: str, mode: str, direction: str):
    network = networks(county)[mode]
    few, many = (some_points(county, n, n, network) for n in (2, 20))  # networkx takes its time
    homes, places = (few, many) if direction == "to" else (many, few)
    start, end = snap(network, homes), snap(network, places)
    if direction == "from":
        start, end = end, start
    graphs = spliced(network, start, end)
    expected = np.full((len(start), len(end)), np.nan)
    for i in range(len(start)):
        if start.edge[i] < 0:
            continue
        known: dict[object, int] = {("start", i): 0}
        for graph in (graphs[True], graphs[False], graphs[True]):
            known = times_from(graph, known)
        for j in range(len(end)):
            if ("end", j) in known:
                expected[i, j] = known["end", j] + int(start.leg[i]) + int(end.leg[j])
    expected[expected > 90 * 60_000] = np.nan
    if direction == "from":
        expected = expected.T

    origins = homes.to_frame("geometry").assign(area="A", people=1.0).rename_axis("origin")
    sites = places.to_frame("geometry").rename_axis("site")

    assert np.isfinite(expected).sum() > 10
    for engine in ("dijkstra", "hierarchy"):
        wide = travel_times(
            network, origins, sites, limit=90, direction=direction, engine=engine
        ).pivot()
        np.testing.assert_array_equal(np.rint(wide.to_numpy() * 60_000), expected)
