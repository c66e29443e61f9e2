"""
The k nearest seeds of a node, as a short sorted list of packed integers.

A label is ``milliseconds << 32 | seed``: comparing labels compares times, and equal times fall to
the seed that comes first, so that no answer depends on the order of a search.
"""

from __future__ import annotations

import numpy as np

from slgeo.routing.compiled import NEVER, Array, Arrays, Scalar, kernel

NOTHING = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Fills a list where there are fewer than k."""

FAR = np.uint64(NEVER) << np.uint64(32)
"""What a single label starts from: no label from here on has a time. Adding a time never wraps."""


@kernel
def insert(label: Array, row: Scalar, k: Scalar, key: Scalar) -> Scalar:
    """Put a label into a sorted list of k where it belongs, one a seed; tells whether it did."""
    if key >= label[row, k - 1]:
        return False
    seed = key & np.uint64(0xFFFFFFFF)
    place = k - 1
    for j in range(k):
        if label[row, j] == NOTHING:
            place = j
            break
        if (label[row, j] & np.uint64(0xFFFFFFFF)) == seed:
            if label[row, j] <= key:
                return False
            place = j
            break
    while place > 0 and label[row, place - 1] > key:
        label[row, place] = label[row, place - 1]
        place -= 1
    label[row, place] = key
    return True


@kernel
def labels_of_points(
    label: Array, node: Scalar, cost: Array, direct: Arrays, k: Scalar, limit: Scalar
) -> Scalar:
    """
    Find the k nearest seeds of points that hang on nodes, and of paths along one edge.

    ``node`` and ``cost`` are the two ways of each point to the graph (-1: none), ``direct`` the
    paths along one edge grouped by point: (first, seed, cost). Returns points by k of labels.
    """
    direct_first, direct_seed, direct_cost = direct
    points = np.full((len(node), k), NOTHING, np.uint64)
    for i in range(len(node)):
        for way in range(2):
            if node[i, way] < 0:
                continue
            for j in range(k):
                key = label[node[i, way], j]
                if key >= FAR:
                    break
                key += np.uint64(cost[i, way]) << np.uint64(32)
                if key >> np.uint64(32) > np.uint64(limit):
                    break
                insert(points, i, k, key)
        for j in range(direct_first[i], direct_first[i + 1]):
            if direct_cost[j] <= limit:
                key = (np.uint64(direct_cost[j]) << np.uint64(32)) | np.uint64(direct_seed[j])
                insert(points, i, k, key)
    return points
