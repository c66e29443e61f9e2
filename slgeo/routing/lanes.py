"""
Many to many: sixteen seeds at a time, over the part of the hierarchy that leads to the hits.

Only nodes above some hit matter on the way down, so they are picked out once and numbered anew. A
sweep carries sixteen times a node, one a seed, which the processor adds and compares together. With
a limit, whole subtrees are left out: what lies below a node is reached only through the node and
its later neighbours, so where all those are too far, everything below is.

D. Delling, A. V. Goldberg, R. F. Werneck, *Faster batched shortest paths in road networks*, ATMOS
2011 (RPHAST), for the restriction; V. Buchhold, P. Sanders, D. Wagner, *Real-time traffic
assignment using engineered customizable contraction hierarchies*, ACM JEA 24 (2019), for the lanes.
"""
# ruff: noqa: C901 - flat loops over arrays: numba's Python

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import NEVER, Array, Arrays, Scalar, kernel
from slgeo.routing.growing import grown_rows
from slgeo.routing.sorting import sort
from slgeo.routing.vectors import LANES, relax, soonest


@kernel
def part_above(first: Array, head: Array, descend: Array, nodes: Array) -> Scalar:
    """
    Pick out the nodes above some nodes, those included, and number them anew, in the same order.

    Returns (new number of each node or -1, first, head, cost, lowest) of the part.
    """
    n = len(first) - 1
    number = np.full(n, -1, np.int32)
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0 and number[v] < 0:
            number[v] = 0
            v = head[first[v]] if first[v] < first[v + 1] else -1
    count = 0
    arcs = 0
    for v in range(n):
        if number[v] == 0:
            number[v] = count
            count += 1
            arcs += first[v + 1] - first[v]
    begin = np.zeros(count + 1, np.int64)
    to = np.empty(arcs, np.int32)
    cost = np.empty(arcs, np.int32)
    below = np.empty(count, np.int32)
    arcs = 0
    for v in range(n):
        i = number[v]
        if i < 0:
            continue
        for arc in range(first[v], first[v + 1]):
            to[arcs] = number[head[arc]]
            cost[arcs] = descend[arc]
            arcs += 1
        begin[i + 1] = arcs
        # what is below comes just before, here as there
        below[i] = i
        j = i - 1
        while j >= 0 and begin[j] < begin[j + 1] and to[begin[j]] == i:
            below[i] = below[j]
            j = below[j] - 1
    return number, begin, to, cost, below


@kernel
def climb_sixteen(
    tree: Arrays, seed_node: Array, seed_cost: Array, low: Scalar, high: Scalar, scratch: Arrays
) -> Scalar:
    """
    Carry the times of seeds ``low`` to ``high``, at most sixteen, up to everything above them.

    ``tree`` is (first, head, climb) of the whole hierarchy. Only the nodes above the seeds are
    touched. Returns those nodes, ascending, and their times, a lane a seed.
    """
    first, head, climb = tree
    place, path = scratch
    count = 0
    for seed in range(low, high):
        for way in range(seed_node.shape[1]):
            v = seed_node[seed, way]
            while v >= 0 and place[v] < 0:
                place[v] = 0
                path[count] = v
                count += 1
                v = head[first[v]] if first[v] < first[v + 1] else -1
    sort(path[:count])
    for i in range(count):
        place[path[i]] = i
    time = np.full((count, LANES), NEVER, np.int32)
    for seed in range(low, high):
        for way in range(seed_node.shape[1]):
            if seed_node[seed, way] >= 0:
                i = place[seed_node[seed, way]]
                time[i, seed - low] = min(time[i, seed - low], seed_cost[seed, way])
    for i in range(count):
        v = path[i]
        for arc in range(first[v], first[v + 1]):
            j = place[head[arc]]
            relax(time, j, time, i, climb[arc])
    for i in range(count):
        place[path[i]] = -1
    return path[:count], time


@kernel
def descend_sixteen(
    part: Arrays, above: Array, above_time: Array, limit: Scalar, mark: Array, field: Arrays
) -> Scalar:
    """
    Carry times down to the hits: one reading of the arcs of the part, leaving out what is too far.

    ``above`` and ``above_time`` come from :func:`climb_sixteen`; ``mark`` is -1 everywhere, on
    entry and on return. Fills ``field``: the times of each node of the part, sixteen lanes, and the
    least of them (NEVER where no lane is within the limit; its times are then not filled in).
    """
    number, first, head, cost, lowest = part
    time, least = field
    least.fill(NEVER)
    for i in range(len(above)):
        if number[above[i]] >= 0:
            mark[number[above[i]]] = i
    v = len(first) - 2
    while v >= 0:
        start = mark[v]
        near = start >= 0
        for lane in range(LANES):
            time[v, lane] = above_time[start, lane] if near else NEVER
        mark[v] = -1
        for arc in range(first[v], first[v + 1]):
            there = head[arc]
            if least[there] <= limit:
                near = True
                if least[there] + cost[arc] <= limit:
                    relax(time, v, time, there, cost[arc])
        if not near:
            v = lowest[v] - 1
            continue
        first_in = soonest(time, v)
        if first_in <= limit:
            least[v] = first_in
        v -= 1


@kernel
def times_at(
    i: Scalar, hits: Arrays, field: Arrays, low: Scalar, high: Scalar, limit: Scalar, out: Array
) -> Scalar:
    """
    Put the times between hit ``i`` and seeds ``low`` to ``high`` together in the lanes of ``out``.

    ``hits`` is (node of the part, cost) by 2 ways, and the paths along one edge grouped by hit
    (first, seed, cost), seeds ascending. Returns whether any is within the limit.
    """
    node, cost, direct_first, direct_seed, direct_cost = hits
    time, least = field
    some = False
    for lane in range(LANES):
        out[0, lane] = NEVER
    for way in range(2):
        v = node[i, way]
        if v >= 0 and least[v] + cost[i, way] <= limit:
            some = True
            relax(out, 0, time, v, cost[i, way])
    for j in range(direct_first[i], direct_first[i + 1]):
        seed = direct_seed[j]
        if low <= seed < high and direct_cost[j] <= limit:
            some = True
            out[0, seed - low] = min(out[0, seed - low], direct_cost[j])
    return some


@kernel
def _scratch(tree: Arrays, part: Arrays) -> Scalar:
    """Make the arrays one thread works in."""
    n = len(tree[0]) - 1
    m = len(part[1]) - 1
    climbing = (np.full(n, -1, np.int32), np.empty(n, np.int32))
    field = (np.empty((m, LANES), np.int32), np.empty(m, np.int32))
    return climbing, field, np.full(m, -1, np.int32)


@kernel
def pairs_sweep(
    tree: Arrays,
    part: Arrays,
    seeds: Arrays,
    hits: Arrays,
    low: Scalar,
    high: Scalar,
    limit: Scalar,
) -> Scalar:
    """List pairs of seeds ``low`` to ``high`` and hits within the limit, by (seed, hit, time)."""
    climbing, field, mark = _scratch(tree, part)
    now = np.empty((1, LANES), np.int32)
    out = np.empty((4096, 3), np.int32)
    rows = 0
    for seed in range(low, high, LANES):
        last = min(seed + LANES, high)
        above, above_time = climb_sixteen(tree, seeds[0], seeds[1], seed, last, climbing)
        descend_sixteen(part, above, above_time, limit, mark, field)
        for i in range(len(hits[0])):
            if not times_at(i, hits, field, seed, last, limit, now):
                continue
            if rows + LANES > len(out):
                out = grown_rows(out, rows, 0)
            for lane in range(last - seed):
                out[rows, 0] = seed + lane
                out[rows, 1] = i
                out[rows, 2] = now[0, lane]
                rows += now[0, lane] <= limit  # written over where it is too far
    return out[:rows]


@kernel
def sums_sweep(
    tree: Arrays,
    part: Arrays,
    seeds: Arrays,
    hits: Arrays,
    weight: Array,
    low: Scalar,
    high: Scalar,
    limits: Array,
) -> Scalar:
    """
    Add up the weights of seeds ``low`` to ``high`` by how soon they are reached from each hit.

    ``limits`` ascend; a seed counts under the first limit it is within. Returns hits by limits.
    No table of pairs is made.
    """
    climbing, field, mark = _scratch(tree, part)
    now = np.empty((1, LANES), np.int32)
    total = np.zeros((len(hits[0]), len(limits)), np.float64)
    limit = limits[-1]
    for seed in range(low, high, LANES):
        last = min(seed + LANES, high)
        above, above_time = climb_sixteen(tree, seeds[0], seeds[1], seed, last, climbing)
        descend_sixteen(part, above, above_time, limit, mark, field)
        for i in range(len(hits[0])):
            if not times_at(i, hits, field, seed, last, limit, now):
                continue
            for lane in range(last - seed):
                for band in range(len(limits)):
                    if now[0, lane] <= limits[band]:
                        total[i, band] += weight[seed + lane]
                        break
    return total


@kernel
def matrix_sweep(
    tree: Arrays, part: Arrays, seeds: Arrays, hits: Arrays, low: Scalar, high: Scalar, out: Array
) -> Scalar:
    """Fill rows ``low`` to ``high`` of a full table of times, NEVER where there is no way."""
    climbing, field, mark = _scratch(tree, part)
    now = np.empty((1, LANES), np.int32)
    for seed in range(low, high, LANES):
        last = min(seed + LANES, high)
        above, above_time = climb_sixteen(tree, seeds[0], seeds[1], seed, last, climbing)
        descend_sixteen(part, above, above_time, NEVER - 1, mark, field)
        for i in range(len(hits[0])):
            times_at(i, hits, field, seed, last, NEVER - 1, now)
            for lane in range(last - seed):
                out[seed + lane, i] = min(now[0, lane], NEVER)
