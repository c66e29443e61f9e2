"""
Nested dissection of roads by inertial flow: small separators, halves, halves of halves.

A separator is a set of nodes without which the rest falls in two. Contracting separators last keeps
the hierarchy thin, so the whole speed of the engine hangs on their being small. Each cell is
looked at from four directions: its nodes are sorted along a line, the first and last share are the
two sides, and a maximum flow between them, one unit a node, finds the fewest nodes that part them.

A. Schild, C. Sommer, *On balanced separators in road networks*, SEA 2015 (inertial flow).
K. Menger, *Zur allgemeinen Kurventheorie*, Fundamenta Mathematicae 10 (1927): the largest number of
paths that share no node is the smallest number of nodes that part the two sides.
"""

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import Array, Arrays, Scalar, kernel
from slgeo.routing.sorting import sort, sort_with

SIDE = 0.25
"""Share of a cell's nodes on each side that the flow may not cut into."""

LEAF = 8
"""Cells of so few nodes are not cut further."""

_FREE, _SOURCE, _SINK = np.int8(0), np.int8(1), np.int8(2)
_ONE, _OTHER, _SEPARATOR = np.int8(0), np.int8(1), np.int8(2)


@kernel
def dissect(first: Array, neighbour: Array, x: Array, y: Array) -> Scalar:
    """
    Order nodes so that each separator follows the two parts it separates.

    ``first`` and ``neighbour`` are an undirected graph without loops, ``x`` and ``y`` where its
    nodes lie. Returns the nodes in order of contraction.
    """
    n = len(first) - 1
    order = np.arange(n).astype(np.int32)
    local = np.full(n, -1, np.int32)
    roads = (np.empty(n + 1, np.int32), np.empty(len(neighbour), np.int32))
    paths = np.empty((7, n), np.int32)
    along = np.empty(n, np.float64)
    labels = np.empty((2, n), np.int8)
    open_low = np.empty(128, np.int64)  # halves of 2**31 nodes are some 80 deep at worst
    open_high = np.empty(128, np.int64)
    open_low[0], open_high[0], cells = 0, n, 1
    while cells > 0:
        cells -= 1
        low, high = open_low[cells], open_high[cells]
        if high - low <= LEAF:
            continue
        nodes = order[low:high].copy()
        _enter_cell(first, neighbour, nodes, local, roads)
        part = _smallest_separator(nodes, x, y, roads, paths, along, labels)
        middle = low
        place = low
        for label in (_ONE, _OTHER, _SEPARATOR):
            for i in range(len(nodes)):
                if part[i] == label:
                    order[place] = nodes[i]
                    place += 1
            if label == _ONE:
                middle = place
            elif label == _OTHER:
                open_low[cells], open_high[cells] = low, middle
                open_low[cells + 1], open_high[cells + 1] = middle, place
                if place - middle > middle - low:  # the smaller half next: the stack stays low
                    open_low[cells], open_high[cells] = middle, place
                    open_low[cells + 1], open_high[cells + 1] = low, middle
                cells += 2
        for i in range(len(nodes)):
            local[nodes[i]] = -1
    return order


@kernel
def _enter_cell(
    first: Array, neighbour: Array, nodes: Array, local: Array, roads: Arrays
) -> Scalar:
    """Give the nodes of a cell numbers from 0 and copy the roads between them to ``roads``."""
    begin, near = roads
    for i in range(len(nodes)):
        local[nodes[i]] = i
    k = 0
    for i in range(len(nodes)):
        begin[i] = k
        for e in range(first[nodes[i]], first[nodes[i] + 1]):
            j = local[neighbour[e]]
            if j >= 0:
                near[k] = j
                k += 1
    begin[len(nodes)] = k


@kernel
def _smallest_separator(
    nodes: Array, x: Array, y: Array, roads: Arrays, paths: Array, along: Array, labels: Array
) -> Scalar:
    """Try four directions; returns the part of each node: one, the other, or the separator."""
    m = len(nodes)
    side, best = labels[0, :m], labels[1, :m]
    before, after, entered, left = paths[0], paths[1], paths[2], paths[3]
    fewest = m + 1
    evenness = -1
    for direction in range(4):
        dx = (1.0, 0.0, 0.7071, 0.7071)[direction]
        dy = (0.0, 1.0, 0.7071, -0.7071)[direction]
        for i in range(m):
            along[i] = x[nodes[i]] * dx + y[nodes[i]] * dy
        _take_sides(along[:m], side)
        _sort_neighbours(m, roads, along)
        flow, last = _largest_flow(m, fewest, roads, side, paths)
        if flow > fewest:
            continue
        # one part: what the last search, which failed, could still leave from
        size = 0
        for i in range(m):
            size += left[i] == last
        even = min(size, m - flow - size)
        if flow < fewest or even > evenness:
            fewest, evenness = flow, even
            for i in range(m):
                best[i] = _OTHER
                if left[i] == last:
                    best[i] = _ONE
                elif (side[i] == _SOURCE and after[i] >= 0) or (
                    entered[i] == last and before[i] >= 0
                ):
                    best[i] = _SEPARATOR
    return best


@kernel
def _sort_neighbours(m: Scalar, roads: Arrays, along: Array) -> Scalar:
    """Put each node's neighbours in order along the line, farthest first."""
    begin, near = roads
    for v in range(m):
        for i in range(begin[v] + 1, begin[v + 1]):
            w = near[i]
            j = i - 1
            while j >= begin[v] and along[near[j]] < along[w]:
                near[j + 1] = near[j]
                j -= 1
            near[j + 1] = w


@kernel
def _largest_flow(m: Scalar, most: Scalar, roads: Arrays, side: Array, paths: Array) -> Scalar:
    """
    Find the largest number of paths from source to sink side that share no node.

    Rounds of depth-first search; in a round each node is entered once and left once. A path that
    meets another may push it back: it takes over that path's way on, and the other looks for a new
    one. Returns the number of paths, once over ``most`` any number over it, and the last round.
    """
    before, after, entered, left = paths[0], paths[1], paths[2], paths[3]
    for i in range(m):
        before[i] = after[i] = entered[i] = left[i] = -1
    flow = 0
    turn = 0
    while True:
        found = 0
        for s in range(m):
            if side[s] == _SOURCE and after[s] < 0:
                found += _one_more_path(s, turn, roads, side, paths)
                if flow + found > most:
                    return flow + found, turn
        flow += found
        if found == 0:
            return flow, turn
        turn += 1


@kernel
def _one_more_path(start: Scalar, turn: Scalar, roads: Arrays, side: Array, paths: Array) -> Scalar:
    """
    Look for a way from a source to the sink side through nodes not yet seen this turn.

    The stack holds nodes being left, and how each was come to: by entering it while it was free
    (``via`` is itself), or by entering a node of a path (``via``) and going back along that path.
    Returns 1 where a way was found, and the paths changed, else 0.
    """
    begin, near = roads
    before, after, entered, left, cursor = paths[0], paths[1], paths[2], paths[3], paths[4]
    stack, via = paths[5], paths[6]
    stack[0], via[0], top = start, -1, 0
    left[start] = turn
    cursor[start] = begin[start]
    while top >= 0:
        v = stack[top]
        w = -1
        while cursor[v] < begin[v + 1]:
            w = near[cursor[v]]
            cursor[v] += 1
            if entered[w] != turn and side[w] != _SOURCE and w != after[v]:
                break
            w = -1
        if w < 0 and before[v] >= 0 and entered[v] != turn:
            w = v  # left backwards before; now also back along its own path
        if w < 0:
            top -= 1
            continue
        entered[w] = turn
        back = before[w]
        if back < 0:
            if side[w] == _SINK:
                _lay_path(w, top, paths)
                return 1
            back = w
        if left[back] != turn:
            left[back] = turn
            cursor[back] = begin[back]
            top += 1
            stack[top], via[top] = back, w
    return 0


@kernel
def _lay_path(sink: Scalar, top: Scalar, paths: Array) -> Scalar:
    """Change the paths along the way that was found, from its end."""
    before, after, stack, via = paths[0], paths[1], paths[5], paths[6]
    there = sink
    withdrawn = False
    for i in range(top, -1, -1):
        v = stack[i]
        if withdrawn:
            before[v] = after[v] = -1  # its path was pushed back past it on both sides
            withdrawn = False
        else:
            after[v], before[there] = there, v
        if i > 0 and via[i] != v and via[i] == stack[i - 1]:
            withdrawn = True
        else:
            there = via[i]


@kernel
def _take_sides(along: Array, side: Array) -> Scalar:
    """Mark the first and last nodes along a line as the two sides."""
    m = len(along)
    if m > 4096:  # thresholds from a sample are even enough
        sample = along[:: m // 2048].copy()
        sort(sample)
        low = sample[int(len(sample) * SIDE)]
        high = sample[len(sample) - 1 - int(len(sample) * SIDE)]
        if low < high and sample[0] < low and high < sample[-1]:
            for i in range(m):
                side[i] = _FREE
                if along[i] <= low:
                    side[i] = _SOURCE
                elif along[i] >= high:
                    side[i] = _SINK
            return
    line = along.copy()
    order = np.arange(m)
    sort_with(line, order)
    side.fill(_FREE)
    share = max(1, int(SIDE * m))
    for i in range(share):
        side[order[i]] = _SOURCE
        side[order[m - 1 - i]] = _SINK
