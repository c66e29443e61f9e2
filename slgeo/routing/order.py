"""
The order in which a road network is contracted, before any speed is known.

Three steps, none of which looks at times: nodes with one or two neighbours go first, one after the
other (most nodes of a raw road network only bend a road); the rest is ordered by nested dissection
(:mod:`slgeo.routing.dissection`); and the whole is renumbered to a post-order of its elimination
tree, so that everything below a node lies just before it, in one piece.

J. Dibbelt, B. Strasser, D. Wagner, *Customizable contraction hierarchies*, ACM JEA 21 (2016).
J. W. H. Liu, *The role of elimination trees in sparse factorization*, SIAM Journal on Matrix
Analysis and Applications 11 (1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slgeo.routing.compiled import Array, Scalar, kernel
from slgeo.routing.dissection import dissect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.routing.graph import RoadGraph


def contraction_order(graph: RoadGraph) -> NDArray[np.int32]:
    """
    Order the nodes of a road graph for contraction.

    Returns
    -------
    ndarray of int32, shape (nodes,)
        Nodes, first to last, in post-order of the elimination tree.
    """
    along = _along_a_curve(graph.x, graph.y)
    first, neighbour = both_ways(graph.arcs.first, graph.arcs.head, along)
    first, neighbour = first.copy(), neighbour.copy()
    peeled, count = peel(first, neighbour)
    core = np.flatnonzero(count >= 0)
    name = np.full(len(count), -1, np.int32)
    name[core] = np.arange(len(core), dtype=np.int32)
    core_first, core_neighbour = _rest(first, neighbour, count, core, name)
    nodes = along[core]
    dissected = dissect(core_first, core_neighbour, graph.x[nodes], graph.y[nodes])
    order = np.concatenate([peeled, core[dissected]])
    # the roads as they were, since peeling wore its copy out
    first, neighbour = both_ways(graph.arcs.first, graph.arcs.head, along)
    parent = elimination_tree(first, neighbour, order)
    made: NDArray[np.int32] = along[order[post_order(parent)]].astype(np.int32)
    return made


def _along_a_curve(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sort nodes along a Z-order curve, so that neighbours lie close in memory."""
    if len(x) == 0:
        return np.zeros(0, np.int64)
    code = np.zeros(len(x), np.uint64)
    for shift, values in enumerate((x, y)):
        span = max(float(np.ptp(values)), 1.0)
        cell = ((values - values.min()) / span * 0xFFFF).astype(np.uint64)
        for step, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            cell = (cell | (cell << np.uint64(step))) & np.uint64(mask)
        code |= cell << np.uint64(shift)
    order: NDArray[np.int64] = np.argsort(code, kind="stable")
    return order


@kernel
def both_ways(first: Array, head: Array, along: Array) -> Scalar:
    """
    Make the undirected graph of some arcs, each neighbour once and no loops.

    ``along`` renames: its i-th element becomes node i. Returns (first, neighbour).
    """
    n = len(first) - 1
    name = np.empty(n, np.int32)
    for i in range(n):
        name[along[i]] = i
    begin = np.zeros(n + 2, np.int64)
    for v in range(n):
        for e in range(first[v], first[v + 1]):
            begin[name[v] + 2] += 1
            begin[name[head[e]] + 2] += 1
    for i in range(n):
        begin[i + 2] += begin[i + 1]
    neighbour = np.empty(begin[n + 1], np.int32)
    for i in range(n):
        v = along[i]
        for e in range(first[v], first[v + 1]):
            w = name[head[e]]
            neighbour[begin[i + 1]] = w
            begin[i + 1] += 1
            neighbour[begin[w + 1]] = i
            begin[w + 1] += 1
    seen = np.full(n, -1, np.int32)
    out = np.zeros(n + 1, np.int64)
    k = 0
    for v in range(n):
        seen[v] = v
        for e in range(begin[v], begin[v + 1]):
            w = neighbour[e]
            if seen[w] != v:
                seen[w] = v
                neighbour[k] = w
                k += 1
        out[v + 1] = k
    return out, neighbour[:k]


@kernel
def peel(first: Array, neighbour: Array) -> Scalar:
    """
    Contract nodes with at most two neighbours until none is left.

    Contracting a node with two neighbours joins them: each takes the other's place in its list, so
    that no list ever grows. ``neighbour`` is worn out on the way. Returns the nodes contracted,
    in order, and the number of neighbours each node has left, -1 for those contracted.
    """
    n = len(first) - 1
    count = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    queued = np.zeros(n, np.bool_)
    size = 0
    for v in range(n):
        count[v] = first[v + 1] - first[v]
        if count[v] <= 2:
            queue[size] = v
            queued[v] = True
            size += 1
    i = 0
    while i < size:
        v = queue[i]
        i += 1
        a = neighbour[first[v]] if count[v] > 0 else -1
        b = neighbour[first[v] + 1] if count[v] > 1 else -1
        joined = a < 0 or b < 0 or _is_near(first, neighbour, count, a, b)
        for here, other in ((a, b), (b, a)):
            if here >= 0:
                e = first[here]
                while neighbour[e] != v:
                    e += 1
                if joined:
                    count[here] -= 1
                    neighbour[e] = neighbour[first[here] + count[here]]
                else:
                    neighbour[e] = other
                if count[here] <= 2 and not queued[here]:
                    queue[size] = here
                    queued[here] = True
                    size += 1
        count[v] = -1
    return queue[:size], count


@kernel
def _is_near(first: Array, neighbour: Array, count: Array, a: Scalar, b: Scalar) -> Scalar:
    """Tell whether two nodes are neighbours, looking through the shorter list."""
    if count[a] > count[b]:
        a, b = b, a
    for e in range(first[a], first[a] + count[a]):  # noqa: SIM110 - numba's Python
        if neighbour[e] == b:
            return True
    return False


@kernel
def _rest(first: Array, neighbour: Array, count: Array, core: Array, name: Array) -> Scalar:
    """Collect what peeling left, renamed from 0."""
    begin = np.zeros(len(core) + 1, np.int64)
    for i in range(len(core)):
        begin[i + 1] = begin[i] + count[core[i]]
    near = np.empty(begin[-1], np.int32)
    for i in range(len(core)):
        for j in range(count[core[i]]):
            near[begin[i] + j] = name[neighbour[first[core[i]] + j]]
    return begin, near


@kernel
def elimination_tree(first: Array, neighbour: Array, order: Array) -> Scalar:
    """
    Find the parent of each node: the first of its neighbours, shortcuts included, to go after it.

    In positions of the order; -1 for the last node of each piece. Liu's algorithm: walk up from
    each lower neighbour, shortening the way walked.
    """
    n = len(order)
    rank = np.empty(n, np.int32)
    for i in range(n):
        rank[order[i]] = i
    parent = np.full(n, -1, np.int32)
    top = np.full(n, -1, np.int32)
    for i in range(n):
        v = order[i]
        for e in range(first[v], first[v + 1]):
            r = rank[neighbour[e]]
            while r < i:
                above = top[r]
                top[r] = i
                if above < 0:
                    parent[r] = i
                    break
                if above == i:
                    break
                r = above
    return parent


@kernel
def post_order(parent: Array) -> Scalar:
    """List nodes so that everything below a node comes just before it (children in order)."""
    n = len(parent)
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            sibling[v] = child[parent[v]]
            child[parent[v]] = v
    order = np.empty(n, np.int32)
    stack = np.empty(n, np.int32)
    place = 0
    for root in range(n):
        if parent[root] >= 0:
            continue
        stack[0] = root
        depth = 1
        while depth > 0:
            v = stack[depth - 1]
            if child[v] >= 0:
                stack[depth] = child[v]
                child[v] = sibling[child[v]]
                depth += 1
            else:
                order[place] = v
                place += 1
                depth -= 1
    return order
