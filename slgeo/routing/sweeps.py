"""
Sweeps: shortest times for many points at once, by reading the arcs in order.

In a :class:`~slgeo.routing.hierarchy.Hierarchy` every shortest path goes up the numbers and then
down. So times from some seeds to every node are found by two readings of the arcs: once upwards,
passing each node's time on to its later neighbours, once downwards, taking times from them. There
is no queue, and nothing is looked at twice.

D. Delling, A. V. Goldberg, A. Nowatzyk, R. F. Werneck, *PHAST: hardware-accelerated shortest path
trees*, IPDPS 2011, for the sweep.

In every kernel ``climb`` is the time of each arc upwards and ``descend`` downwards, in the
direction of the search: (up, down) where trips leave the seeds, (down, up) where they run to them.
"""

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import Array, Scalar, kernel
from slgeo.routing.labels import FAR, NOTHING, insert

SHIFT = np.uint64(32)


@kernel
def nearest_sweep(
    first: Array, head: Array, climb: Array, descend: Array, seed_node: Array, seed_cost: Array
) -> Scalar:
    """
    Find the nearest seed of every node: two readings of the arcs.

    A node's time and seed are one integer, ``milliseconds << 32 | seed``, so that taking the
    smaller of two is one comparison, and equal times fall to the earlier seed. Seeds are points by
    2 ways to the graph (-1: none). Returns one label a node, FAR where there is no way.
    """
    n = len(first) - 1
    label = np.full(n, FAR, np.uint64)
    for seed in range(len(seed_node)):
        for way in range(seed_node.shape[1]):
            if seed_node[seed, way] >= 0:
                key = (np.uint64(seed_cost[seed, way]) << SHIFT) | np.uint64(seed)
                label[seed_node[seed, way]] = min(label[seed_node[seed, way]], key)
    for v in range(n):
        own = label[v]
        if own < FAR:
            for arc in range(first[v], first[v + 1]):
                there = head[arc]
                label[there] = min(label[there], own + (np.uint64(climb[arc]) << SHIFT))
    for v in range(n - 1, -1, -1):
        own = label[v]
        for arc in range(first[v], first[v + 1]):
            own = min(own, label[head[arc]] + (np.uint64(descend[arc]) << SHIFT))
        label[v] = own
    return label


@kernel
def k_nearest_sweep(
    first: Array,
    head: Array,
    climb: Array,
    descend: Array,
    seed_node: Array,
    seed_cost: Array,
    k: Scalar,
    limit: Scalar,
) -> Scalar:
    """
    Find the k nearest seeds of every node within the limit: two readings of the arcs.

    Each node keeps a short sorted list of labels (:mod:`slgeo.routing.labels`), merged along the
    arcs. A list is read only as far as its labels can still matter. Returns nodes by k of labels.
    """
    n = len(first) - 1
    label = np.full((n, k), NOTHING, np.uint64)
    for seed in range(len(seed_node)):
        for way in range(seed_node.shape[1]):
            if seed_node[seed, way] >= 0 and seed_cost[seed, way] <= limit:
                key = (np.uint64(seed_cost[seed, way]) << SHIFT) | np.uint64(seed)
                insert(label, seed_node[seed, way], k, key)
    for v in range(n):
        if label[v, 0] != NOTHING:
            for arc in range(first[v], first[v + 1]):
                _merge(label, head[arc], v, k, climb[arc], limit)
    for v in range(n - 1, -1, -1):
        for arc in range(first[v], first[v + 1]):
            if label[head[arc], 0] != NOTHING:
                _merge(label, v, head[arc], k, descend[arc], limit)
    return label


@kernel
def _merge(
    label: Array, into: Scalar, source: Scalar, k: Scalar, cost: Scalar, limit: Scalar
) -> Scalar:
    """Take over the labels of another node, that much later, as far as they are among the k."""
    for j in range(k):
        key = label[source, j]
        if key == NOTHING:
            break
        key += np.uint64(cost) << SHIFT
        if key >> SHIFT > np.uint64(limit) or key >= label[into, k - 1]:
            break
        insert(label, into, k, key)
