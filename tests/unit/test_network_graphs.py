"""Networks from graphs and as graphs."""

import networkx as nx
import numpy as np
import pytest
from shapely import LineString, Point

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network, from_osmnx, read_graphml, to_networkx


def town(**edges):
    """Three nodes in a row, both ways from 1 to 2 and one way from 2 to 3."""
    graph = nx.MultiDiGraph(crs="EPSG:27700")
    for node, x in ((1, 0.0), (2, 100.0), (3, 300.0)):
        graph.add_node(node, x=x, y=0.0)
    common = {"highway": "residential", "length": 100.0, "osmid": 10, **edges}
    graph.add_edge(1, 2, **common)
    graph.add_edge(2, 1, **common)
    graph.add_edge(2, 3, highway="residential", length=200.0, osmid=11)
    graph.add_edge(3, 1, highway="residential", length=300.0, osmid=12)
    return graph


def test_arcs_there_and_back_are_one_edge():
    network = from_osmnx(town(), mode="drive")

    assert network.edges == 3
    assert sorted(network.node_id.tolist()) == [1, 2, 3]
    by_way = dict(zip(network.way.tolist(), (network.backward >= 0).tolist(), strict=True))
    assert by_way == {10: True, 11: False, 12: False}
    assert (network.component == 0).all()


def test_feet_may_go_against_one_way_arcs():
    network = from_osmnx(town(), mode="walk")

    assert (network.backward >= 0).all()


def test_curved_edges_are_cut_and_their_twins_reversed():
    graph = town(geometry=LineString([(0, 0), (0, 50), (100, 0)]))

    network = from_osmnx(graph, mode="walk")

    assert network.edges == 4
    assert network.length.sum() == pytest.approx(50 + np.hypot(100, 50) + 200 + 300)
    assert (network.node_id < 0).sum() == 1


def test_parallel_edges_stay_two():
    graph = town()
    graph.add_edge(1, 2, highway="residential", length=150.0, osmid=13)
    graph.add_edge(2, 1, highway="residential", length=150.0, osmid=13)

    assert from_osmnx(graph, mode="drive").edges == 4


def test_of_several_classes_one_that_is_open_counts_and_of_several_limits_the_lowest():
    graph = town(highway=["footway", "tertiary"], maxspeed=["30 mph", "20 mph"])

    network = from_osmnx(graph, mode="drive", speeds="osm_gb_legal")

    assert "tertiary" in network.classes
    first = network.forward[network.way == 10][0]
    assert first == pytest.approx(100 * 3600 / (20 * 1.609344), abs=1)


def test_stated_seconds_are_kept_in_each_direction():
    graph = town(travel_time=10.0)
    graph[2][1][0]["travel_time"] = 20.0

    network = from_osmnx(graph, mode="drive", seconds="travel_time")

    edge = np.flatnonzero(network.way == 10)[0]
    assert (network.forward[edge], network.backward[edge]) == (10_000, 20_000)
    other = np.flatnonzero(network.way == 11)[0]
    assert network.forward[other] == pytest.approx(200 * 3600 / 18.3, abs=1)


def test_an_undirected_graph_is_open_both_ways():
    graph = nx.Graph(crs="EPSG:27700")
    graph.add_node("a", x=0, y=0)
    graph.add_node("b", x=10, y=0)
    graph.add_edge("a", "b", highway="primary")

    network = from_osmnx(graph, mode="drive")

    assert network.backward.tolist() == network.forward.tolist()
    assert network.node_id.tolist() == [0, 1]


def test_degrees_are_brought_into_metres():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=-0.70, y=52.67)
    graph.add_node(2, x=-0.70, y=52.68)
    graph.add_edge(1, 2, highway="primary")
    graph.add_edge(2, 1, highway="primary")

    assert from_osmnx(graph, mode="drive").length[0] == pytest.approx(1112.7, abs=2)


def test_a_graph_that_lacks_something_is_refused():
    empty = nx.MultiDiGraph(crs="EPSG:27700")
    nowhere = town()
    del nowhere.graph["crs"]
    lost = town()
    del lost.nodes[2]["x"]
    odd = town(geometry=Point(0, 0))
    torn = town(geometry="LINESTRING (0 0, ")

    for graph, message in (
        (empty, "no edges"),
        (nowhere, "names no CRS"),
        (lost, "needs x and y"),
        (odd, "geometry is Point"),
        (torn, "geometry is no line"),
    ):
        with pytest.raises(NetworkError, match=message):
            from_osmnx(graph, mode="walk")


def block():
    """A small network with everything: one-way, private, parallel, loop, no length, apart."""
    return Network.from_edges(
        [0, 100, 100, 0, 0, 500, 510],
        [0, 0, 100, 100, 0, 500, 500],
        [0, 1, 2, 3, 0, 1, 2, 5],
        [1, 2, 3, 0, 4, 1, 3, 6],
        mode="drive",
        backward=[7500, -1, 7500, 7500, 0, 0, 9000, 750],
        ends_only=[False] * 6 + [True, False],
    )


def test_as_a_graph_every_direction_is_an_arc():
    network = block()
    graph = to_networkx(network)

    arcs = (network.forward >= 0).sum() + (network.backward >= 0).sum()
    assert graph.number_of_edges() == arcs
    assert graph.number_of_nodes() == network.nodes
    assert graph.graph["crs"] == "EPSG:27700"
    assert graph[1][2][0]["milliseconds"] == network.forward[1]
    assert graph[1][2][0]["oneway"]
    assert graph.nodes[5]["component"] == 1
    assert sum(data["ends_only"] for *_, data in graph.edges(data=True)) == 2


def test_there_and_back_through_graphml_keeps_every_time(tmp_path):
    network = block()
    nx.write_graphml(to_networkx(network), tmp_path / "roads.graphml")

    again = read_graphml(tmp_path / "roads.graphml", mode="drive", seconds="travel_time")

    def arcs(each):
        ids = each.node_id.tolist()
        return sorted(
            (ids[a], ids[b], int(ms))
            for tail, head, times in (
                (each.tail, each.head, each.forward),
                (each.head, each.tail, each.backward),
            )
            for a, b, ms in zip(tail, head, times, strict=True)
            if ms >= 0
        )

    assert arcs(again) == arcs(network)


def test_files_that_are_no_graphml_are_refused(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><graphml/>'
    for name, content, message in (
        ("a.graphml", "<graphml", "cannot be read as GraphML"),
        ("b.graphml", bomb, "declares entities"),
        ("c.graphml", "<graphml xmlns='http://graphml.graphdrawing.org/xmlns'/>", "cannot be read"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(SourceError, match=message):
            read_graphml(tmp_path / name, mode="walk")
    with pytest.raises(SourceError, match="does not exist"):
        read_graphml(tmp_path / "none.graphml", mode="walk")
