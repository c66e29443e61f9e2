"""
What the turn restrictions that slgeo keeps, and does not apply, would change.

    python benchmarks/turn_restrictions.py ../shared/data       Rutland and Newport by car

Trips go from sampled nodes of the public usable roads to every other one. Without restrictions a
search over nodes is exact. With them one has to know along which road a junction was reached, so
the search goes from arc to arc, an arc being an edge in one direction, and the turns that
restrictions with a node between their roads forbid are taken out. Two cases bracket a driver: one
turns round only where a road ends, the other anywhere, on the spot. Before anything is printed the
search over arcs is held, without restrictions, against the search over nodes, and with them
against a plain search with a heap.
"""

from __future__ import annotations

import argparse
import heapq
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from slgeo.network import Network, read_osm
from slgeo.network.turns import KINDS

TOWNS = {
    "Rutland": "rutland/rutland-2022.osm.pbf",
    "Newport": "newport/newport-2023-06-13.osm.pbf",
}
ORIGINS = 200
HELD = 3
"""Origins for which the plain search is made too."""


class Arcs(NamedTuple):
    """Public usable roads by direction: node positions, milliseconds, way, and the arc back."""

    start: np.ndarray
    end: np.ndarray
    cost: np.ndarray
    way: np.ndarray
    edge: np.ndarray


def arcs_of(network: Network) -> Arcs:
    open_ = np.asarray(network.usable & ~network.ends_only)
    parts = []
    for start, end, cost in (
        (network.tail, network.head, network.forward),
        (network.head, network.tail, network.backward),
    ):
        edge = np.flatnonzero(open_ & (cost >= 0) & (start != end))
        parts.append((start[edge], end[edge], cost[edge], network.way[edge], edge))
    return Arcs(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def moves(arcs: Arcs, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of arcs of which the second goes on where the first ends."""
    leaving = np.argsort(arcs.start, kind="stable")
    first = np.searchsorted(arcs.start[leaving], np.arange(nodes + 1))
    size = (first[1:] - first[:-1])[arcs.end]
    before = np.repeat(np.arange(len(arcs.end)), size)
    step = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return before, leaving[np.repeat(first[arcs.end], size) + step]


def forbidden(
    network: Network, arcs: Arcs, before: np.ndarray, after: np.ndarray
) -> tuple[np.ndarray, int]:
    """Mark the moves that restrictions at a node forbid, and count those that forbid any."""
    via = network.node_id[arcs.end[before]]
    out = np.zeros(len(before), bool)
    effective = 0
    for row in network.turns.rows[~network.turns.rows["via_way"]]:
        kind = KINDS[row["kind"]]
        at = np.flatnonzero((via == row["via"]) & (arcs.way[before] == row["from_way"]))
        onto = arcs.way[after[at]] == row["to_way"]
        if kind.startswith("only"):
            onto = ~onto if onto.any() else onto  # a road that may not be entered binds nobody
        elif kind == "no_u_turn" and row["from_way"] == row["to_way"]:
            onto = arcs.edge[before[at]] == arcs.edge[after[at]]
        out[at[onto]] = True
        effective += bool(onto.any())
    return out, effective


def by_arc(
    arcs: Arcs, before: np.ndarray, after: np.ndarray, origins: np.ndarray, nodes: int
) -> np.ndarray:
    """Milliseconds from each origin to every node, over arcs; one state more an origin."""
    count = len(arcs.start)
    where = [np.flatnonzero(arcs.start == origin) for origin in origins]
    rows = np.concatenate(
        [before, *(np.full(len(each), count + i) for i, each in enumerate(where))]
    )
    columns = np.concatenate([after, *where])
    size = count + len(origins)
    graph = csr_array((arcs.cost[columns].astype(float), (rows, columns)), (size, size))
    found = np.full((len(origins), nodes), np.inf)
    for i, origin in enumerate(origins):
        np.minimum.at(found[i], arcs.end, dijkstra(graph, indices=count + i)[:count])
        found[i, origin] = 0
    return found


def plain(arcs: Arcs, allowed: dict[int, list[int]], origin: int, nodes: int) -> np.ndarray:
    """Search the same with a heap and no cleverness."""
    best = {int(arc): int(arcs.cost[arc]) for arc in np.flatnonzero(arcs.start == origin)}
    heap = [(cost, arc) for arc, cost in best.items()]
    heapq.heapify(heap)
    found = np.full(nodes, np.inf)
    while heap:
        cost, arc = heapq.heappop(heap)
        if cost > best[arc]:
            continue
        found[arcs.end[arc]] = min(found[arcs.end[arc]], cost)
        for onto in allowed.get(arc, ()):
            reached = cost + int(arcs.cost[onto])
            if reached < best.get(onto, reached + 1):
                best[onto] = reached
                heapq.heappush(heap, (reached, onto))
    found[origin] = 0
    return found


def by_node(arcs: Arcs, origins: np.ndarray, nodes: int) -> np.ndarray:
    """Milliseconds without restrictions, as slgeo gives them: of parallel arcs the fastest."""
    order = np.lexsort((arcs.cost, arcs.end, arcs.start))
    start, end = arcs.start[order], arcs.end[order]
    first = np.append(True, (start[1:] != start[:-1]) | (end[1:] != end[:-1]))
    graph = csr_array(
        (arcs.cost[order][first].astype(float), (start[first], end[first])), (nodes,) * 2
    )
    return dijkstra(graph, indices=origins)


def measure(name: str, path: Path, origins: int) -> None:
    network = read_osm(path, modes=["drive"])["drive"]
    nodes, arcs = network.nodes, arcs_of(network)
    public = np.unique(np.concatenate([arcs.start, arcs.end]))
    sample = np.sort(np.random.default_rng(1).choice(public, origins, replace=False))
    before, after = moves(arcs, nodes)
    back = arcs.edge[before] == arcs.edge[after]
    size = len(arcs.start)
    dead_end = np.bincount(before, minlength=size) == np.bincount(before[back], minlength=size)
    out, effective = forbidden(network, arcs, before, after)
    now = by_node(arcs, sample, nodes)
    assert np.array_equal(by_arc(arcs, before, after, sample[:HELD], nodes), now[:HELD])
    over = int(network.turns.rows["via_way"].sum())
    print(
        f"{name}: {len(network.turns)} restrictions kept, {over} over a way and not tried, "
        f"{effective} of the others forbid a move; {len(public):,} nodes, {origins} origins"
    )
    homes = places(network, path.parent / "postcodes_nspl_2025-05.csv", public)
    sites = np.unique(places(network, path.parent / "gp_practices_2025-09.csv", public))
    turned = arcs._replace(start=arcs.end, end=arcs.start)
    home_now = by_arc(turned, after, before, sites, nodes).min(axis=0)[homes]
    for case, round_ in (
        ("turning round at ends of roads only", ~back | dead_end[before]),
        ("turning round anywhere", np.ones(len(back), bool)),
    ):
        keep = ~out & round_
        then = by_arc(arcs, before[keep], after[keep], sample, nodes)
        allowed: dict[int, list[int]] = {}
        for first, second in zip(before[keep].tolist(), after[keep].tolist(), strict=True):
            allowed.setdefault(first, []).append(second)
        for i in range(HELD):
            assert np.array_equal(then[i], plain(arcs, allowed, int(sample[i]), nodes))
        print(f"  {case}")
        report("all trips", now[:, public], then[:, public])
        home_then = by_arc(turned, after[keep], before[keep], sites, nodes).min(axis=0)[homes]
        report(f"postcodes to the nearest of {len(sites)} practices", home_now, home_then)


def places(network: Network, file: Path, public: np.ndarray) -> np.ndarray:
    """Nearest public node of each place the extract covers: near enough to compare times."""
    table = pd.read_csv(file).dropna(subset=["lat", "lon"])
    to_metres = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    x, y = to_metres.transform(table["lon"].to_numpy(), table["lat"].to_numpy())
    covered = shapely.contains_xy(network.hull, x, y)
    tree = KDTree(np.column_stack([network.x[public], network.y[public]]))
    return public[tree.query(np.column_stack([x[covered], y[covered]]))[1]]


def report(what: str, now: np.ndarray, then: np.ndarray) -> None:
    reached = np.isfinite(now)
    lost = reached & np.isinf(then)
    both = reached & ~lost
    more = (then[both] - now[both]) / 1000
    assert (more >= 0).all()
    changed = more[more > 0] if (more > 0).any() else np.zeros(1)
    print(
        f"    {what}: {reached.sum():,} of {now[reached].mean() / 60_000:.1f} min; "
        f"{(more > 0).mean():.2%} change, {(more > 60).mean():.3%} by over a minute; "
        f"those that change by mean {changed.mean():.1f}, median {np.median(changed):.1f}, "
        f"max {changed.max():.0f} s; all by mean {more.mean():.3f} s; no way left {lost.sum():,}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--origins", type=int, default=ORIGINS)
    asked = parser.parse_args()
    for town, file in TOWNS.items():
        measure(town, asked.data / file, asked.origins)
