"""
The way itself from a hierarchy: where two climbs meet, and what shortcuts stand for.

A fastest trip climbs from its start and comes down to its end. Both halves are climbs up the tree,
one along the arcs and one against them, over a few hundred nodes; the way goes over the node where
their sum is least. Each arc of it is a road, or a shortcut over a lower node that is just as long:
that one is found again and put in its place, until only roads are left.

J. Dibbelt, B. Strasser, D. Wagner, *Customizable contraction hierarchies*, ACM JEA 21 (2016): the
walk up the elimination tree, and unpacking by lower triangles.
"""
# ruff: noqa: C901 - flat loops over arrays: numba's Python

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from slgeo.errors import NetworkError
from slgeo.routing.compiled import NEVER, Array, Arrays, Scalar, kernel
from slgeo.routing.growing import grown, grown_rows
from slgeo.routing.sorting import sort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.routing.graph import RoadGraph
    from slgeo.routing.hierarchy import Hierarchy

    Ways = tuple[NDArray[np.int32], NDArray[np.int32]]
    """Nodes of the graph a point hangs on (-1: none), and milliseconds to them."""


class Unpacker(NamedTuple):
    """
    A hierarchy ready to show ways: make one with :func:`unpacker`, ask it with :func:`way`.

    Parameters
    ----------
    hierarchy
        The hierarchy.
    roads
        (first, head, cost) of the roads it was made of.
    node_of
        Node of the graph by its number in the hierarchy.
    below
        Arcs from earlier nodes, grouped by the node they lead to: (first, tail, arc).
    """

    hierarchy: Hierarchy
    roads: Arrays
    node_of: NDArray[np.int32]
    below: Arrays


def unpacker(graph: RoadGraph, hierarchy: Hierarchy) -> Unpacker:
    """Make a hierarchy ready to show ways over its roads."""
    hierarchy = hierarchy.customised(graph)
    node_of = np.empty(len(hierarchy.rank), np.int32)
    node_of[hierarchy.rank] = np.arange(len(node_of), dtype=np.int32)
    below = arcs_below(hierarchy.first, hierarchy.head)
    return Unpacker(hierarchy, tuple(graph.arcs), node_of, below)


def way(using: Unpacker, start: Ways, end: Ways) -> tuple[int, list[int]]:
    """
    Find the fastest way between two points.

    Parameters
    ----------
    using
        From :func:`unpacker`.
    start, end
        How the points hang on the graph.

    Returns
    -------
    tuple
        Milliseconds, and the nodes of the graph on the way; NEVER and none where there is no way.
    """
    h = using.hierarchy
    if len(h.rank) == 0:
        return int(NEVER), []
    ends = [
        (np.where(node >= 0, h.rank[node], np.int32(-1)), np.ascontiguousarray(cost))
        for node, cost in (start, end)
    ]
    tree = (h.first, h.head, h.up, h.down)
    time, turns, begin = over_the_top(tree, *ends[0], *ends[1])
    if time >= NEVER:
        return int(NEVER), []
    path, failed = unpacked(tree, using.roads, using.node_of, using.below, turns, begin)
    if failed:
        raise NetworkError("the hierarchy was prepared for other roads; prepare one for these")
    return int(time), using.node_of[path].tolist()


@kernel
def arcs_below(first: Array, head: Array) -> Scalar:
    """Group the arcs by the node they lead up to; returns (first, tail, arc)."""
    n = len(first) - 1
    begin = np.zeros(n + 2, np.int64)
    for arc in range(len(head)):
        begin[head[arc] + 2] += 1
    for v in range(n):
        begin[v + 2] += begin[v + 1]
    tail = np.empty(len(head), np.int32)
    number = np.empty(len(head), np.int32)
    for v in range(n):
        for arc in range(first[v], first[v + 1]):
            place = begin[head[arc] + 1]
            tail[place] = v
            number[place] = arc
            begin[head[arc] + 1] += 1
    return begin[: n + 1].copy(), tail, number


@kernel
def climb_one(first: Array, head: Array, climb: Array, node: Array, cost: Array) -> Scalar:
    """
    Carry one point's time up to everything above the nodes it hangs on.

    Returns those nodes, ascending, their times, and for each the arc and the place in the list it
    was reached from (-1 where the point itself hangs there).
    """
    path = np.empty(256, np.int32)
    count = 0
    for way in range(len(node)):
        v = node[way]
        while v >= 0:
            if count == len(path):
                path = grown(path, count, 0)
            path[count] = v
            count += 1
            v = head[first[v]] if first[v] < first[v + 1] else -1
    sort(path[:count])
    size = 0
    for i in range(count):  # where the paths of both nodes have joined, they are one
        if i == 0 or path[i] != path[i - 1]:
            path[size] = path[i]
            size += 1
    time = np.full(size, NEVER, np.int32)
    arc_to = np.full(size, -1, np.int64)
    came_from = np.full(size, -1, np.int64)
    for i in range(size):
        for way in range(len(node)):
            if node[way] == path[i] and cost[way] < time[i]:
                time[i] = cost[way]
                arc_to[i] = came_from[i] = -1
        if time[i] >= NEVER:
            continue
        j = i
        for arc in range(first[path[i]], first[path[i] + 1]):
            while path[j] < head[arc]:  # all of a node's later neighbours lie above it
                j += 1
            if time[i] + climb[arc] < time[j]:
                time[j] = time[i] + climb[arc]
                arc_to[j] = arc
                came_from[j] = i
    return path[:size], time, arc_to, came_from


@kernel
def over_the_top(
    tree: Arrays,
    start_node: Array,
    start_cost: Array,
    end_node: Array,
    end_cost: Array,
) -> Scalar:
    """
    Find the least time between two points, and the arcs of the way, up and then down.

    ``tree`` is (first, head, up, down). Returns the time, the arcs as (tail, arc, 1 up or 0 down)
    in the order of travel, and the node the way begins at.
    """
    first, head, up, down = tree
    path, time, arc_to, came_from = climb_one(first, head, up, start_node, start_cost)
    other, other_time, other_arc, other_from = climb_one(first, head, down, end_node, end_cost)
    least = np.int64(NEVER)
    i, j, top, other_top = 0, 0, -1, -1
    while i < len(path) and j < len(other):
        if path[i] < other[j]:
            i += 1
        elif path[i] > other[j]:
            j += 1
        else:
            both = np.int64(time[i]) + other_time[j]
            if both < least:
                least, top, other_top = both, i, j
            i += 1
            j += 1
    turns = np.empty((len(path) + len(other), 3), np.int64)
    if top < 0:
        return least, turns[:0], -1
    size = 0
    i = top
    while arc_to[i] >= 0:
        size += 1
        i = came_from[i]
    begin = path[i]
    i, place = top, size
    while arc_to[i] >= 0:
        place -= 1
        turns[place, 0], turns[place, 1], turns[place, 2] = path[came_from[i]], arc_to[i], 1
        i = came_from[i]
    j = other_top
    while other_arc[j] >= 0:
        turns[size, 0], turns[size, 1], turns[size, 2] = other[other_from[j]], other_arc[j], 0
        size += 1
        j = other_from[j]
    return least, turns[:size], begin


@kernel
def _place_of(values: Array, low: Scalar, high: Scalar, wanted: Scalar) -> Scalar:
    """Find the first place of a number in the ascending ``values[low:high]``; -1 if not there."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < end and values[low] == wanted else -1


@kernel
def unpacked(
    tree: Arrays, roads: Arrays, node_of: Array, below: Arrays, turns: Array, begin: Scalar
) -> Scalar:
    """
    Put roads in the place of arcs: the nodes of the way, in order, and whether an arc was neither.

    An arc is a road where there is one as long as it. Else it is a shortcut, over an earlier node
    with arcs to both its ends that are together as long; earlier each time, so that it comes to an
    end whatever takes no time at all.
    """
    first, head, up, down = tree
    road_first, road_head, road_cost = roads
    below_first, below_tail, below_arc = below
    path = np.empty(256, np.int32)
    path[0] = begin
    size = 1
    stack = turns[::-1].copy()
    depth = len(stack)
    while depth > 0:
        depth -= 1
        low, arc, upwards = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        high = head[arc]
        time = up[arc] if upwards else down[arc]
        a, b = (node_of[low], node_of[high]) if upwards else (node_of[high], node_of[low])
        road = _place_of(road_head, road_first[a], road_first[a + 1], b)
        if road >= 0 and road_cost[road] == time:  # of parallel roads the fastest comes first
            if size == len(path):
                path = grown(path, size, 0)
            path[size] = high if upwards else low
            size += 1
            continue
        found = False
        for i in range(below_first[low], below_first[low + 1]):
            v, to_low = below_tail[i], below_arc[i]
            to_high = _place_of(head, first[v], first[v + 1], high)
            if to_high < 0:
                continue
            # there is low to v to high, back is high to v to low
            through = down[to_low] + up[to_high] if upwards else down[to_high] + up[to_low]
            if through == time:
                if depth + 2 > len(stack):
                    stack = grown_rows(stack, depth, depth + 2)
                then, now = (to_high, to_low) if upwards else (to_low, to_high)
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = v, then, 1
                stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = v, now, 0
                depth += 2
                found = True
                break
        if not found:
            return path[:size], True
    return path[:size], False
