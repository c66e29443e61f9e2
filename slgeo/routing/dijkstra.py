"""
Dijkstra's algorithm, plainly.

The obvious implementation: the oracle that the hierarchy is tested against, and the engine for jobs
so small that preparing a hierarchy would cost more than it saves.

E. W. Dijkstra, *A note on two problems in connexion with graphs*, Numerische Mathematik 1 (1959).
"""
# ruff: noqa: C901, PLR0913, PLR0917, SIM110 - flat loops over arrays: numba's Python

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import NEVER, Array, Arrays, Scalar, kernel
from slgeo.routing.growing import grown, grown_rows
from slgeo.routing.labels import NOTHING, insert

TIME = np.uint64(0xFFFFFFFF00000000)
SEED = np.uint64(0x00000000FFFFFFFF)

# A heap entry packs its milliseconds above 32 bits of payload, so that one integer comparison
# orders it; ties fall to the smaller payload, which makes every answer independent of luck.


@kernel
def _push(heap: Array, size: Scalar, key: Scalar) -> Scalar:
    """Add a key to the binary heap in ``heap[:size]``, growing it; returns the heap and size."""
    if size == len(heap):
        heap = grown(heap, size, 0)
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key
    return heap, size + 1


@kernel
def _pop(heap: Array, size: Scalar) -> Scalar:
    """Take the smallest key off the heap in ``heap[:size]``; returns it and the new size."""
    smallest = heap[0]
    size -= 1
    key = heap[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = key
    return smallest, size


@kernel
def _packed(milliseconds: Scalar, payload: Scalar) -> Scalar:
    """Put a time above its payload."""
    return (np.uint64(milliseconds) << np.uint64(32)) | np.uint64(payload)


@kernel
def settle(
    first: Array,
    head: Array,
    cost: Array,
    seed_node: Array,
    seed_cost: Array,
    limit: Scalar,
    time: Array,
    touched: Array,
    heap: Array,
) -> Scalar:
    """
    Find the time of every node within the limit of the seeds.

    ``time`` is NEVER everywhere on entry; the nodes it was changed at are listed in ``touched``,
    whose count is returned with the heap (which may have grown).
    """
    size = 0
    count = 0
    for i in range(len(seed_node)):
        node = seed_node[i]
        if node >= 0 and seed_cost[i] <= limit and seed_cost[i] < time[node]:
            if time[node] == NEVER:
                touched[count] = node
                count += 1
            time[node] = seed_cost[i]
            heap, size = _push(heap, size, _packed(seed_cost[i], node))
    while size > 0:
        key, size = _pop(heap, size)
        node = np.int64(key & np.uint64(0xFFFFFFFF))
        now = np.int32(key >> np.uint64(32))
        if now > time[node]:
            continue  # a shorter way was found since
        for arc in range(first[node], first[node + 1]):
            after = now + cost[arc]
            there = head[arc]
            if after < time[there] and after <= limit:
                if time[there] == NEVER:
                    touched[count] = there
                    count += 1
                time[there] = after
                heap, size = _push(heap, size, _packed(after, there))
    return count, heap


@kernel
def pairs_within(
    graph: Arrays,
    seeds: Arrays,
    hits: Arrays,
    direct: Arrays,
    low: Scalar,
    high: Scalar,
    limit: Scalar,
) -> Scalar:
    """
    Search from seeds ``low`` to ``high`` and list the hits within the limit, with their times.

    ``graph`` is (first, head, cost); ``seeds`` (node, cost), two ways a point; ``hits`` the same
    grouped by node: (first, point, cost, number of points); ``direct`` are paths along one edge,
    grouped by seed: (first, hit, cost). Returns pairs by (seed, hit, milliseconds).
    """
    first, head, cost = graph
    seed_node, seed_cost = seeds
    hit_first, hit_point, hit_cost, hit_count = hits
    direct_first, direct_hit, direct_cost = direct
    time = np.full(len(first) - 1, NEVER, np.int32)
    touched = np.empty(len(first) - 1, np.int32)
    best = np.full(hit_count, NEVER, np.int32)
    found = np.empty(hit_count, np.int32)
    heap = np.empty(1024, np.uint64)
    out = np.empty((1024, 3), np.int32)
    rows = 0
    for seed in range(low, high):
        count, heap = settle(
            first, head, cost, seed_node[seed], seed_cost[seed], limit, time, touched, heap
        )
        n = 0
        for i in range(count):
            node = touched[i]
            for j in range(hit_first[node], hit_first[node + 1]):
                total = time[node] + hit_cost[j]
                if total <= limit and total < best[hit_point[j]]:
                    if best[hit_point[j]] == NEVER:
                        found[n] = hit_point[j]
                        n += 1
                    best[hit_point[j]] = total
            time[node] = NEVER
        for j in range(direct_first[seed], direct_first[seed + 1]):
            if direct_cost[j] <= limit and direct_cost[j] < best[direct_hit[j]]:
                if best[direct_hit[j]] == NEVER:
                    found[n] = direct_hit[j]
                    n += 1
                best[direct_hit[j]] = direct_cost[j]
        if rows + n > len(out):
            out = grown_rows(out, rows, rows + n)
        for i in range(n):
            out[rows + i, 0] = seed
            out[rows + i, 1] = found[i]
            out[rows + i, 2] = best[found[i]]
            best[found[i]] = NEVER
        rows += n
    return out[:rows]


@kernel
def nearest_labels(graph: Arrays, seeds: Arrays, k: Scalar, limit: Scalar) -> Scalar:
    """
    Find the k nearest seeds of every node within the limit.

    One search from all seeds at once: a label that makes it into a node's list of k is passed on
    to the node's neighbours, nearest first. Returns nodes by k of labels, as in
    :mod:`slgeo.routing.labels`.
    """
    first, head, cost = graph
    seed_node, seed_cost = seeds
    label = np.full((len(first) - 1, k), NOTHING, np.uint64)
    heap = np.empty(1024, np.uint64)  # time << 32 | entry
    entry_node = np.empty(1024, np.int32)
    entry_label = np.empty(1024, np.uint64)
    size = 0
    entries = 0
    for seed in range(len(seed_node)):
        for way in range(seed_node.shape[1]):
            key = (np.uint64(seed_cost[seed, way]) << np.uint64(32)) | np.uint64(seed)
            node = seed_node[seed, way]
            if node >= 0 and seed_cost[seed, way] <= limit and insert(label, node, k, key):
                entry_node, entry_label = _enter(entry_node, entry_label, entries, node, key)
                heap, size = _push(heap, size, (key & TIME) | np.uint64(entries))
                entries += 1
    while size > 0:
        key, size = _pop(heap, size)
        node = entry_node[key & SEED]
        key = entry_label[key & SEED]
        if not _holds(label, node, k, key):
            continue  # pushed out by nearer seeds since
        for arc in range(first[node], first[node + 1]):
            after = key + (np.uint64(cost[arc]) << np.uint64(32))
            if after >> np.uint64(32) <= np.uint64(limit) and insert(label, head[arc], k, after):
                entry_node, entry_label = _enter(entry_node, entry_label, entries, head[arc], after)
                heap, size = _push(heap, size, (after & TIME) | np.uint64(entries))
                entries += 1
    return label


@kernel
def _enter(
    entry_node: Array, entry_label: Array, entry: Scalar, node: Scalar, key: Scalar
) -> Scalar:
    """Write down what a heap entry stands for, growing the lists."""
    if entry == len(entry_node):
        entry_node = grown(entry_node, entry, 0)
        entry_label = grown(entry_label, entry, 0)
    entry_node[entry] = node
    entry_label[entry] = key
    return entry_node, entry_label


@kernel
def _holds(label: Array, node: Scalar, k: Scalar, key: Scalar) -> Scalar:
    """Tell whether a label is still in a node's list."""
    for j in range(k):
        if label[node, j] == key:
            return True
    return False
