"""
How fast travel times are, and how much memory they take, beside scipy and other engines.

    python benchmarks/routing.py 430 960 1920 --peers PYTHON --prototypes FOLDER

times networks of 0.2, 1 and 4 million nodes with one-way streets, one thread each, CPU seconds,
medians; every answer is compared before its time counts. Each figure is printed as it is measured,
and at the end all of them as the tables of ``docs/routing.md``, with date and machine.

``--peers PYTHON`` also times pandana and routingkit-cch: give the interpreter of an environment of
their own that has both (pandana is AGPL: it is compared with, never depended on). What does not fit
in ``--most`` gigabytes, or takes longer than half an hour, is stopped, and the table says so.
``--prototypes FOLDER`` also times the prototypes this engine grew from, on the same roads with
every street two-way, which is all they can do.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numba
import numpy as np
from routing_network import MadeRoads, made_roads
from routing_tables import Figures
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from slgeo.routing import graph as roads
from slgeo.routing import lanes, sweeps
from slgeo.routing.compiled import NEVER
from slgeo.routing.hierarchy import Hierarchy
from slgeo.routing.labels import NOTHING
from slgeo.routing.search import Search, pairs_within
from slgeo.routing.swept import matrix, sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MINUTE = 60_000
LONGEST = 1800  # seconds an engine of others may take for all that is asked of it


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """Median CPU seconds."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return sorted(spent)[times // 2]


def standing(nodes: np.ndarray) -> roads.Ends:
    """Points that stand on nodes."""
    return roads.at_nodes(nodes.astype(np.int32))


@numba.njit
def one_read(first, head, cost, time):  # noqa: ANN001, ANN201 - numba infers them
    """Read every arc once and nothing else: what memory alone allows."""
    total = 0
    for v in range(len(first) - 1):
        least = NEVER
        for arc in range(first[v], first[v + 1]):
            least = min(least, time[head[arc]] + cost[arc])
        total += least
    return total


class Bench:
    """One network, and what is asked of it."""

    def __init__(self, made: MadeRoads, figures: Figures) -> None:
        self.figures = figures
        self.graph = made.graph()
        n = self.graph.size
        arcs = self.graph.arcs
        self.prepare = cpu(lambda: setattr(self, "hierarchy", Hierarchy.prepare(self.graph)))
        h: Hierarchy = self.hierarchy
        figures.begin(n, len(arcs.head), len(h.head) / n)
        faster = roads.RoadGraph(
            arcs._replace(cost=arcs.cost + 1), made.x, made.y, self.graph.start, self.graph.end
        )
        self.retime = cpu(lambda: h.customised(faster))
        self.scipy = csr_array((arcs.cost.astype(float), arcs.head, arcs.first), shape=(n, n))
        self.backwards = csr_array(self.scipy.T)
        draw = np.random.default_rng(1)
        self.sites = draw.choice(n, max(1, n // 600), replace=False)
        # as many sites and origins a node as a country of 4 million nodes has
        share = min(1.0, n / 4e6)
        self.many = [draw.choice(n, int(k * share), replace=False) for k in (7_000, 35_000)]
        self.table = [draw.choice(n, min(n, 1_000), replace=False) for _ in range(2)]

    def search(self, seeds: np.ndarray, hits: np.ndarray, limit: int) -> Search:
        return Search(
            graph=self.graph,
            seeds=standing(seeds),
            hits=standing(hits),
            forward=True,
            limit=limit,
            threads=1,
            hierarchy=self.hierarchy,
        )

    def run(self) -> None:
        line = self.figures.line
        line("prepare", self.prepare)
        line("other speeds, same order", self.retime)
        self.nearest()
        self.five()
        self.bounded()
        self.counts()
        self.full()

    def nearest(self) -> None:
        """The time from every node to the nearest site: trips run towards the seeds."""
        h = self.hierarchy
        node = np.column_stack([h.rank[self.sites], np.full(len(self.sites), -1)]).astype(np.int32)
        cost = np.zeros_like(node)

        def ours() -> np.ndarray:
            return sweeps.nearest_sweep(h.first, h.head, h.down, h.up, node, cost)

        found = (ours() >> np.uint64(32))[h.rank].astype(float)
        theirs = cpu(
            lambda: setattr(
                self, "reference", dijkstra(self.backwards, indices=self.sites, min_only=True)
            )
        )
        assert np.array_equal(found, self.reference)
        mine = cpu(ours, 7)
        by_rank = np.argsort(h.rank)
        again = roads.grouped(
            self.graph.size,
            np.repeat(h.rank, np.diff(self.graph.arcs.first)),
            h.rank[self.graph.arcs.head],
            self.graph.arcs.cost,
        )
        reached = found[by_rank].astype(np.int32)
        one_read(*again, reached)
        limit = cpu(lambda: one_read(*again, reached), 7)
        self.figures.line("nearest of every node", mine, "scipy", theirs)
        self.figures.line("one read of the arcs", limit, note=f"nearest takes {mine / limit:.1f} x")
        self.answer_nearest, self.time_nearest = found, mine

    def five(self) -> None:
        h = self.hierarchy
        node = np.column_stack([h.rank[self.sites], np.full(len(self.sites), -1)]).astype(np.int32)
        cost = np.zeros_like(node)

        def ours() -> np.ndarray:
            return sweeps.k_nearest_sweep(h.first, h.head, h.down, h.up, node, cost, 5, 30 * MINUTE)

        label = ours()[h.rank]
        self.answer_five = np.where(label == NOTHING, -1.0, label >> np.uint64(32))
        self.time_five = cpu(ours, 3)
        self.figures.line("five nearest of every node, 30 min", self.time_five)

    def bounded(self) -> None:
        for minutes in (15, 30):
            search = self.search(*self.many, minutes * MINUTE)
            seed, hit, ms = pairs_within(search)
            mine = cpu(lambda s=search: pairs_within(s), 3 if minutes == 15 else 1)
            limit = float(minutes * MINUTE)
            few = self.many[0][:10]
            theirs = dijkstra(self.scipy, indices=few, limit=limit)[:, self.many[1]]
            table = np.full(theirs.shape, np.inf)
            first = seed < len(few)
            table[seed[first], hit[first]] = ms[first]
            assert np.array_equal(table, theirs)
            other = self.scipy_each(limit) * len(self.many[0])
            a, b = map(len, self.many)
            what = f"a country's sites x origins, {minutes} min"
            note = f"{a:,} x {b:,}, {len(ms):,} pairs; scipy scaled from 70 sources"
            self.figures.line(what, mine, "scipy", other, note)

    def scipy_each(self, limit: float) -> float:
        """Seconds scipy takes for a source: the median of seven lots of ten, all over the place."""
        lots = [lot for lot in np.array_split(self.many[0][:70], 7) if len(lot)]
        each = [
            cpu(lambda lot=lot: dijkstra(self.scipy, indices=lot, limit=limit)) / len(lot)
            for lot in lots
        ]
        return sorted(each)[len(each) // 2]

    def counts(self) -> None:
        search = self.search(*self.many, 0)
        weight = np.ones(len(self.many[0]))
        limits = np.array([5, 10, 15], np.int32) * MINUTE
        total = sums(search, self.hierarchy, weight, limits)
        _, hit, ms = pairs_within(self.search(*self.many, 15 * MINUTE))
        for column, limit in enumerate(limits):
            counted = np.bincount(hit[ms <= limit], minlength=len(self.many[1]))
            assert np.array_equal(total[:, column], counted)
        mine = cpu(lambda: sums(search, self.hierarchy, weight, limits))
        self.figures.line("counts within 5, 10, 15 min, no table", mine)

    def full(self) -> None:
        search = self.search(*self.table, 0)
        self.answer_full = matrix(search, self.hierarchy)
        theirs = dijkstra(self.scipy, indices=self.table[0][:3])[:, self.table[1]]
        assert np.array_equal(self.answer_full[:3], theirs)
        self.time_full = cpu(lambda: matrix(search, self.hierarchy), 3)
        self.figures.line("full 1,000 x 1,000", self.time_full)

    def beside(self, python: str, most: float) -> None:
        """Ask the peers the same, each in a process of its own."""
        arcs = self.graph.arcs
        ours = {
            "prepare": ("prepare", self.prepare),
            "nearest": ("nearest of every node", self.time_nearest),
            "five": ("five nearest of every node, 30 min", self.time_five),
            "full": ("full 1,000 x 1,000", self.time_full),
        }
        with TemporaryDirectory() as folder:
            path = Path(folder) / "asked.npz"
            tail = np.repeat(np.arange(self.graph.size), np.diff(arcs.first))
            np.savez(
                path,
                x=self.graph.x,
                y=self.graph.y,
                tail=tail,
                head=arcs.head,
                cost=arcs.cost,
                sites=self.sites,
                sources=self.table[0],
                targets=self.table[1],
                nearest=self.answer_nearest,
                five=self.answer_five,
                full=self.answer_full,
            )
            script = Path(__file__).with_name("routing_peers.py")
            for who in ("pandana", "routingkit-cch"):
                asked = [python, script, path, who, str(most)]
                said, why = _run(asked)
                for found in map(json.loads, re.findall(r"{.*}", said)):
                    what, mine = ours[found["what"]]
                    self.figures.line(what, mine, who, found["seconds"], found["note"])
                if why:
                    self.figures.missing(who, why)

    def memory(self, side: int) -> None:
        """Measure what preparing and holding take, in a process that does nothing else."""
        with TemporaryDirectory() as folder:
            script = Path(__file__).with_name("routing_memory.py")
            for step in ("write", "prepare"):
                said, why = _run([sys.executable, script, step, folder, str(side)])
                if why:
                    raise RuntimeError(f"{script.name} {step}: {why}")
        self.figures.memory(json.loads(said.splitlines()[-1]))


def _run(command: list[object]) -> tuple[str, str]:
    """Run another program; what it printed, and why it did not come to its end, if so."""
    try:
        run = subprocess.run(  # noqa: S603 - this folder's own scripts
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        return said, f"stopped after {LONGEST // 60} minutes"
    if run.returncode == 0:
        return run.stdout, ""
    last = (run.stderr.strip().splitlines() or ["no message"])[-1]
    return run.stdout, f"ended with code {run.returncode} ({last[:80]})"


def beside_prototypes(made: MadeRoads, folder: str, figures: Figures) -> None:
    """The prototypes and this engine on the same roads, all two-way."""
    sys.path.insert(0, folder)
    sys.argv = ["bench.py", "40"]  # it runs when it is imported
    import bench
    import cch

    both = MadeRoads(made.x, made.y, made.tail, made.head, made.forward, made.forward)
    graph = both.graph()
    ip, ix, w = graph.arcs.first.astype(np.int32), graph.arcs.head, graph.arcs.cost
    n = graph.size
    held: dict[str, object] = {}
    theirs = cpu(lambda: held.update(p=bench.prepare(ip, ix, w, made.x, made.y)))
    rank, up, hd, par, weight, _ = held["p"]
    ours = cpu(lambda: held.update(h=Hierarchy.prepare(graph)))
    h: Hierarchy = held["h"]
    draw = np.random.default_rng(1)
    sites = draw.choice(n, max(1, n // 600), replace=False)
    line = figures.line
    line("prepare, all two-way", ours, "prototype", theirs, "allowed: 2.2 times its time")
    node = np.column_stack([h.rank[sites], np.full(len(sites), -1)]).astype(np.int32)
    zero = np.zeros_like(node)
    label = np.empty(n, np.uint64)
    lists = np.empty((n, 5), np.uint64)
    seeds = rank[sites].astype(np.int32)
    line(
        "nearest of every node, all two-way",
        cpu(lambda: sweeps.nearest_sweep(h.first, h.head, h.down, h.up, node, zero), 5),
        "prototype",
        cpu(lambda: cch.nearest_sweep(up, hd, weight, seeds, label), 5),
    )
    line(
        "five nearest, 30 min, all two-way",
        cpu(
            lambda: sweeps.k_nearest_sweep(
                h.first, h.head, h.down, h.up, node, zero, 5, 30 * MINUTE
            ),
            3,
        ),
        "prototype",
        cpu(lambda: cch.knearest_sweep(up, hd, weight, seeds, lists, 5, 30 * MINUTE), 3),
    )
    some, hits = sites[:480], draw.choice(n, n // 36, replace=False)
    below = cch.subtree_first(par)
    marked = np.zeros(n, np.uint8)
    marked[rank[hits]] = 1
    sorted_seeds = np.sort(seeds[:480])
    search = Search(
        graph=graph,
        seeds=standing(some),
        hits=standing(hits),
        forward=True,
        limit=15 * MINUTE,
        threads=1,
        hierarchy=h,
    )
    line(
        "480 sites x a 36th of the nodes, 15 min, all two-way",
        cpu(lambda: pairs_within(search), 3),
        "prototype",
        cpu(lambda: cch.od_lanes(up, hd, weight, par, below, sorted_seeds, 15 * MINUTE, marked), 3),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("sides", type=int, nargs="*", default=[430], help="junctions on a side")
    parser.add_argument("--peers", help="python with pandana and routingkit-cch")
    parser.add_argument("--most", type=float, default=6.0, help="gigabytes a peer may take")
    parser.add_argument("--prototypes", help="folder of the prototypes")
    asked = parser.parse_args(arguments)
    figures = Figures()
    warm_up(asked.prototypes)
    for side in asked.sides:
        made = made_roads(side)
        bench = Bench(made, figures)
        bench.run()
        bench.memory(side)
        if asked.peers:
            bench.beside(asked.peers, asked.most)
        del bench
        if asked.prototypes:
            beside_prototypes(made, asked.prototypes, figures)
    print()
    print(figures.markdown())


def warm_up(prototypes: str | None) -> None:
    """Compile everything on a tiny network, and keep its figures to ourselves."""
    made, quiet = made_roads(40), Figures(quiet=True)
    Bench(made, quiet).run()
    if prototypes:
        beside_prototypes(made, prototypes, quiet)


if __name__ == "__main__":
    assert lanes.LANES == 16
    main()
