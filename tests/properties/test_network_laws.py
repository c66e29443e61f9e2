"""Laws of networks and of joining points, over random roads."""

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo import reasons
from slgeo.network import Network, snap

LAW = settings(deadline=None, max_examples=40)


@st.composite
def roads(draw):
    """A small random network: lattice coordinates, so that ties and duplicates occur."""
    nodes = draw(st.integers(1, 9))
    place = st.integers(0, 6).map(lambda step: step * 50.0)
    x, y = (draw(st.lists(place, min_size=nodes, max_size=nodes)) for _ in range(2))
    node = st.integers(0, nodes - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=14))
    several = st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs))
    return {
        "x": x,
        "y": y,
        "tail": [tail for tail, _ in pairs],
        "head": [head for _, head in pairs],
        "one_way": draw(several),
        "ends_only": draw(several),
        "snappable": draw(several),
    }


def made(parts, order=None, edge_order=None):
    """Make the network, with nodes and edges in another order where one is given."""
    nodes, edges = len(parts["x"]), len(parts["tail"])
    order = np.arange(nodes) if order is None else np.asarray(order)
    edge_order = np.arange(edges, dtype=int) if edge_order is None else np.asarray(edge_order, int)
    position = np.argsort(order)
    plain = {name: np.asarray(values) for name, values in parts.items()}
    tail, head = (plain[name].astype(int)[edge_order] for name in ("tail", "head"))
    x, y = plain["x"][order], plain["y"][order]
    tail, head = position[tail], position[head]
    whole = np.rint(np.hypot(x[head] - x[tail], y[head] - y[tail]) * 750).astype(int)
    return Network.from_edges(
        x,
        y,
        tail,
        head,
        backward=np.where(plain["one_way"].astype(bool)[edge_order], -1, whole),
        ends_only=plain["ends_only"].astype(bool)[edge_order],
        snappable=plain["snappable"].astype(bool)[edge_order],
    )


def graph(network, keep):
    """The edges kept, as a directed networkx graph."""
    arcs = nx.MultiDiGraph()
    arcs.add_nodes_from(range(network.nodes))
    for edge in np.flatnonzero(keep):
        tail, head = int(network.tail[edge]), int(network.head[edge])
        if network.forward[edge] >= 0:
            arcs.add_edge(tail, head)
        if network.backward[edge] >= 0:
            arcs.add_edge(head, tail)
    return arcs


@LAW
@given(roads())
def test_usable_nodes_reach_each_other_as_trips_may_go(parts):
    """From any usable node to any other by ends_only edges, through edges, ends_only edges."""
    network = made(parts)
    usable = np.flatnonzero(network.component == 0)
    inside = network.usable
    ends = graph(network, inside & network.ends_only)
    through = graph(network, inside & ~network.ends_only)
    core = set(network.tail[inside & ~network.ends_only]) | set(
        network.head[inside & ~network.ends_only]
    )
    if not core:
        core = {int(usable[0])}
    assert nx.is_strongly_connected(nx.DiGraph(through).subgraph(core))
    for node in usable:
        assert core & ({int(node)} | nx.descendants(ends, int(node)))
        assert core & ({int(node)} | nx.ancestors(ends, int(node)))


@LAW
@given(roads())
def test_no_larger_strong_piece_of_public_road_is_left_out(parts):
    network = made(parts)
    given_ends = np.asarray(parts["ends_only"], bool)
    keep = ~given_ends if (~given_ends).any() else np.ones(len(given_ends), bool)
    public = graph(network, keep)
    metres = [
        sum(
            network.length[edge]
            for edge in np.flatnonzero(keep)
            if {int(network.tail[edge]), int(network.head[edge])} <= piece
        )
        for piece in nx.strongly_connected_components(public)
    ]
    held = network.usable & keep & ~(network.ends_only & ~given_ends)

    assert float(network.length[held].sum()) >= max(metres) - 1e-3


@LAW
@given(roads(), st.randoms(use_true_random=False))
def test_the_length_of_public_usable_road_does_not_depend_on_the_numbering(parts, random):
    network = made(parts)
    order, edge_order = list(range(len(parts["x"]))), list(range(len(parts["tail"])))
    random.shuffle(order)
    random.shuffle(edge_order)

    metres = [
        float(each.length[each.usable & ~each.ends_only].sum(dtype=float))
        for each in (network, made(parts, order, edge_order))
    ]

    assert abs(metres[0] - metres[1]) < 1e-3


points = st.lists(st.tuples(st.floats(-400, 700), st.floats(-400, 700)), min_size=1, max_size=8)


def joined(network, coordinates, max_snap):
    shapes = gpd.GeoSeries.from_xy(*zip(*coordinates, strict=True), crs="EPSG:27700")
    return snap(network, shapes, max_snap=max_snap)


@LAW
@given(roads(), points, st.floats(0, 600))
def test_the_edge_joined_is_the_nearest_by_a_plain_search(parts, coordinates, max_snap):
    network = made(parts)
    found = joined(network, coordinates, max_snap)
    for at, (px, py) in enumerate(coordinates):
        best = {True: np.inf, False: np.inf}
        for edge in range(network.edges):
            ends = [(network.x[n], network.y[n]) for n in (network.tail[edge], network.head[edge])]
            if network.snappable[edge]:
                away = shapely.distance(shapely.LineString(ends), shapely.Point(px, py))
                usable = bool(network.usable[edge])
                best[usable] = min(best[usable], float(away))
        if abs(best[True] - max_snap) < 1e-6 or abs(best[False] - max_snap) < 1e-6:
            continue
        if best[True] <= max_snap:
            assert abs(found.distance[at] - best[True]) < 1e-3
            assert found.reason[at] is None
        else:
            apart = best[False] <= max_snap
            wanted = reasons.OTHER_COMPONENT if apart else reasons.NO_ROAD_WITHIN
            assert found.reason[at] == wanted


@LAW
@given(roads(), points)
def test_a_point_is_joined_the_same_whatever_else_is_asked(parts, coordinates):
    network = made(parts)
    together = joined(network, coordinates, 500)
    for at, place in enumerate(coordinates):
        alone = joined(network, [place], 500)
        for name in ("edge", "fraction", "distance", "leg", "reason"):
            assert np.array_equal(
                getattr(alone, name)[:1],
                getattr(together, name)[at : at + 1],
                equal_nan=name in {"fraction", "distance"},
            )


@LAW
@given(roads(), points)
def test_the_joining_point_lies_on_its_edge_at_its_fraction(parts, coordinates):
    network = made(parts)
    found = joined(network, coordinates, 500)
    on = found.joined
    edge, share = found.edge[on], found.fraction[on]
    tail, head = network.tail[edge], network.head[edge]

    assert ((share >= 0) & (share <= 1)).all()
    for name in ("x", "y"):
        place = getattr(network, name)
        expected = place[tail] + share * (place[head] - place[tail])
        np.testing.assert_allclose(getattr(found, name)[on], expected, atol=1e-6)
    np.testing.assert_allclose(
        found.leg[on], found.distance[on] * 3600 / network.walking_kmh, atol=1.0
    )


@LAW
@given(roads(), points, st.floats(0, 300), st.floats(0, 300))
def test_a_larger_limit_never_loses_a_point(parts, coordinates, least, more):
    network = made(parts)
    small, large = joined(network, coordinates, least), joined(network, coordinates, least + more)

    assert not (small.joined & ~large.joined).any()
    both = small.joined
    assert np.array_equal(small.edge[both], large.edge[both])


@LAW
@given(roads())
def test_saving_and_loading_changes_nothing(tmp_path_factory, parts):
    network = made(parts)
    folder = tmp_path_factory.mktemp("law") / "roads"

    loaded = Network.load(network.save(folder))

    assert repr(loaded) == repr(network)
    assert loaded.audit().equals(network.audit())
