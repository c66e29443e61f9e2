"""Searches answered by the hierarchy: the Python around the sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slgeo.routing import graph as roads
from slgeo.routing.compiled import NEVER, Arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.routing.graph import Ends
    from slgeo.routing.hierarchy import Hierarchy
    from slgeo.routing.search import Pairs, Search

PARTS = 16
"""Pieces a sum over seeds is cut into, always as many, so that its rounding never changes."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Sweep:
    """A search laid out for the lanes: seeds and hits sorted by where they stand."""

    seed_order: NDArray[np.intp]
    hit_order: NDArray[np.intp]
    tree: Arrays
    part: Arrays
    seeds: Arrays
    hits: Arrays


def pairs(search: Search, hierarchy: Hierarchy) -> Pairs:
    """List all pairs of seed and hit within the limit."""
    from slgeo.routing import lanes
    from slgeo.routing.search import in_chunks

    laid = _laid_out(search, hierarchy)

    def chunk(low: int, high: int) -> NDArray[np.int32]:
        found: NDArray[np.int32] = lanes.pairs_sweep(
            laid.tree, laid.part, laid.seeds, laid.hits, low, high, search.limit
        )
        return found

    found = np.concatenate(in_chunks(chunk, len(search.seeds), search.threads))
    return (
        laid.seed_order.astype(np.int32)[found[:, 0]],
        laid.hit_order.astype(np.int32)[found[:, 1]],
        found[:, 2],
    )


def sums(
    search: Search, hierarchy: Hierarchy, weight: NDArray[np.float64], limits: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Add up the weights of the seeds within each limit of each hit: hits by limits."""
    from slgeo.routing import lanes
    from slgeo.routing.search import in_chunks

    laid = _laid_out(search, hierarchy)
    order = np.argsort(limits, kind="stable")

    def chunk(low: int, high: int) -> NDArray[np.float64]:
        found: NDArray[np.float64] = lanes.sums_sweep(
            laid.tree,
            laid.part,
            laid.seeds,
            laid.hits,
            weight[laid.seed_order],
            low,
            high,
            limits[order],
        )
        return found

    total = np.zeros((len(search.hits), len(limits)))
    for piece in in_chunks(chunk, len(search.seeds), search.threads, parts=PARTS):
        total[laid.hit_order] += piece
    made = np.empty_like(total)
    made[:, order] = np.cumsum(total, axis=1)
    return made


def matrix(search: Search, hierarchy: Hierarchy) -> NDArray[np.int32]:
    """Fill a full table of milliseconds, seeds by hits, NEVER where there is no way."""
    from slgeo.routing import lanes
    from slgeo.routing.search import in_chunks

    laid = _laid_out(search, hierarchy)
    table = np.empty((len(search.seeds), len(search.hits)), np.int32)

    def chunk(low: int, high: int) -> None:
        lanes.matrix_sweep(laid.tree, laid.part, laid.seeds, laid.hits, low, high, table)

    in_chunks(chunk, len(search.seeds), search.threads)
    made = np.empty_like(table)
    made[np.ix_(laid.seed_order, laid.hit_order)] = table
    return made


def nearest(
    search: Search, hierarchy: Hierarchy, k: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Find the k nearest seeds of every node, as labels, and the nodes the hits hang on."""
    from slgeo.routing import sweeps

    climb, descend = _directed(search, hierarchy)
    node, cost = _ranked(search.seeds, hierarchy)
    label: NDArray[np.uint64] = sweeps.k_nearest_sweep(
        hierarchy.first, hierarchy.head, climb, descend, node, cost, k, search.limit
    )
    return label, _ranked(search.hits, hierarchy)[0]


def _directed(search: Search, hierarchy: Hierarchy) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Take the times of the arcs upwards and downwards, in the direction of the search."""
    up, down = hierarchy.up, hierarchy.down
    return (up, down) if search.forward else (down, up)


def _ranked(points: Ends, hierarchy: Hierarchy) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Hang points on the hierarchy."""
    if len(hierarchy.rank) == 0:
        return np.full_like(points.node, -1), points.cost
    node = np.where(points.node >= 0, hierarchy.rank[points.node], np.int32(-1))
    return np.ascontiguousarray(node), np.ascontiguousarray(points.cost)


def _laid_out(search: Search, hierarchy: Hierarchy) -> _Sweep:
    """Sort seeds and hits by rank: neighbours share a batch, and stay close in memory."""
    from slgeo.routing import lanes

    climb, descend = _directed(search, hierarchy)
    seed_node, seed_cost = _ranked(search.seeds, hierarchy)
    hit_node, hit_cost = _ranked(search.hits, hierarchy)
    seed_order = np.argsort(seed_node.max(axis=1, initial=-1), kind="stable")
    hit_order = np.argsort(hit_node.max(axis=1, initial=-1), kind="stable")
    part = lanes.part_above(hierarchy.first, hierarchy.head, descend, hit_node[hit_node >= 0])
    hit_node = hit_node[hit_order]
    if len(hierarchy.rank):
        hit_node = np.where(hit_node >= 0, part[0][hit_node], np.int32(-1))
    seed_place = np.empty(len(seed_order), np.int32)
    seed_place[seed_order] = np.arange(len(seed_order), dtype=np.int32)
    return _Sweep(
        seed_order=seed_order,
        hit_order=hit_order,
        tree=(hierarchy.first, hierarchy.head, climb),
        part=part,
        seeds=(seed_node[seed_order], seed_cost[seed_order]),
        hits=(hit_node, hit_cost[hit_order], *_direct(search, hit_order, seed_place)),
    )


def _direct(
    search: Search, hit_order: NDArray[np.intp], seed_place: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Group the paths along one edge by hit, with seeds by their new places."""
    first, seed, cost = roads.direct_paths(search.hits, search.seeds, to_hits=not search.forward)
    count = np.diff(first)[hit_order]
    begin = np.zeros(len(count) + 1, np.int64)
    np.cumsum(count, out=begin[1:])
    take = np.repeat(first[:-1][hit_order] - begin[:-1], count) + np.arange(begin[-1])
    return begin, seed_place[seed[take]], np.minimum(cost[take], NEVER).astype(np.int32)
