"""Which roads hang together, on graphs small enough to see."""

import numpy as np

from slgeo.network import Network


def pieces(edges, nodes=None, one_way=(), ends=()):
    """Components of a graph of unit edges; edges at the positions in `one_way` have no way back."""
    count = nodes or max(map(max, edges)) + 1
    tail, head = (np.array([e[side] for e in edges], np.int32) for side in (0, 1))
    backward = np.where(np.isin(np.arange(len(edges)), one_way), -1, 1000)
    network = Network.from_edges(
        np.arange(count) * 10.0,
        np.zeros(count),
        tail,
        head,
        length=np.ones(len(edges)),
        forward=np.full(len(edges), 1000),
        backward=backward,
        ends_only=np.isin(np.arange(len(edges)), ends),
    )
    return network.component.tolist(), np.flatnonzero(network.ends_only).tolist()


def test_the_longest_strong_piece_is_the_usable_one():
    assert pieces([(0, 1), (2, 3), (3, 4)])[0] == [1, 1, 0, 0, 0]


def test_a_one_way_dead_end_is_not_usable():
    """One can drive in and never out: the weak piece would have called it reachable."""
    assert pieces([(0, 1), (1, 2), (2, 3)], one_way=[2])[0] == [0, 0, 0, 1]


def test_a_one_way_ring_is_usable():
    assert pieces([(0, 1), (1, 2), (2, 0)], one_way=[0, 1, 2])[0] == [0, 0, 0]


def test_other_pieces_are_numbered_by_length_and_lone_nodes_come_last():
    edges = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (7, 8)]
    assert pieces(edges, nodes=10)[0] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3]


def test_private_roads_belong_to_what_they_hang_on_and_are_not_for_passing():
    component, ends = pieces([(0, 1), (1, 2), (2, 3)], ends=[2])

    assert component == [0, 0, 0, 0]
    assert ends == [2]


def test_streets_behind_a_private_road_are_for_the_ends_of_trips_too():
    """A gated estate: its own streets are public by their tags, its way in is not."""
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    component, ends = pieces(edges, ends=[3])

    assert component == [0] * 7
    assert ends == [3, 4, 5]


def test_a_private_short_cut_between_public_streets_stays_private():
    component, ends = pieces([(0, 1), (1, 2), (0, 2)], ends=[2])

    assert component == [0, 0, 0]
    assert ends == [2]


def test_a_private_way_out_makes_a_one_way_street_part_of_an_enclosure():
    """0-1-2 is the network; 2 > 3 is one-way and only a private road leads back from 3."""
    component, ends = pieces([(0, 1), (1, 2), (2, 3), (3, 0)], one_way=[2, 3], ends=[3])

    assert component == [0, 0, 0, 0]
    assert ends == [2, 3]


def test_where_everything_is_private_the_largest_enclosure_is_the_network():
    component, ends = pieces([(0, 1), (2, 3), (3, 4)], ends=[0, 1, 2])

    assert component == [1, 1, 0, 0, 0]
    assert ends == [0, 1, 2]


def test_many_parallel_edges_count_as_one_link():
    """256 of them once summed to nothing in a byte."""
    assert pieces([(0, 1)] * 256 + [(2, 3)])[0] == [0, 0, 1, 1]


def test_loops_join_nothing():
    assert pieces([(0, 0), (1, 2), (2, 3)])[0] == [1, 0, 0, 0]
