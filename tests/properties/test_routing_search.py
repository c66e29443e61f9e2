"""Both engines against a brute force with the points spliced into the roads."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.network.model import Network
from slgeo.routing import graph as roads
from slgeo.routing import search, swept
from slgeo.routing.compiled import NEVER
from slgeo.routing.hierarchy import Hierarchy

FAR = 10**12


@dataclass
class Points:
    """What a search needs of snapped points."""

    edge: np.ndarray
    fraction: np.ndarray
    leg: np.ndarray

    def __len__(self) -> int:
        return len(self.edge)


Town = tuple[Network, Points, Points]


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Draw a few streets: one-way, private, parallel, loops, no length, and points on them."""
    n = draw(st.integers(1, 7))
    m = draw(st.integers(0, 14))
    node = st.integers(0, n - 1)
    times = st.one_of(st.just(-1), st.just(0), st.integers(0, 50))
    column = lambda what, k=m: draw(st.lists(what, min_size=k, max_size=k))  # noqa: E731
    network = Network.from_edges(
        column(st.integers(0, 3), n),
        column(st.integers(0, 3), n),
        column(node),
        column(node),
        length=np.ones(m),
        forward=column(times),
        backward=column(times),
    )
    # set past the network's own pruning, so that every pattern of private roads is met
    object.__setattr__(network, "ends_only", np.array(column(st.booleans()), bool))
    return network, _points(draw, m), _points(draw, m)


def _points(draw: st.DrawFn, edges: int) -> Points:
    count = draw(st.integers(0, 5))
    edge = st.integers(-1, edges - 1)
    share = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.77, 1.0])
    many = lambda what: draw(st.lists(what, min_size=count, max_size=count))  # noqa: E731
    return Points(
        np.array(many(edge), np.int32),
        np.array(many(share), float),
        np.array(many(st.integers(0, 9)), np.int32),
    )


def shortest(steps: list[tuple[int, int, int]], n: int) -> np.ndarray:
    """All times between n nodes over directed steps, by Floyd and Warshall."""
    time = np.full((n, n), FAR)
    np.fill_diagonal(time, 0)
    for a, b, cost in steps:
        time[a, b] = min(time[a, b], cost)
    for k in range(n):
        time = np.minimum(time, time[:, [k]] + time[[k], :])
    return time


def spliced(network: Network, start: Points, end: Points) -> np.ndarray:
    """Times from start to end points: private roads, then public, then private, by brute force."""
    edge = np.concatenate([start.edge, end.edge])
    share = np.concatenate([start.fraction, end.fraction])
    n = len(network.x) + len(edge)
    steps: dict[bool, list[tuple[int, int, int]]] = {True: [], False: []}
    for e in range(len(network.tail)):
        on = np.flatnonzero(edge == e)
        on = on[np.argsort(share[on], kind="stable")]
        nodes = [network.tail[e], *(len(network.x) + on), network.head[e]]
        fw, bw = int(network.forward[e]), int(network.backward[e])
        ahead = [0, *np.rint(share[on] * fw).astype(int), fw]
        back = [bw, *np.rint((1 - share[on]) * bw).astype(int), 0]
        if fw < 0 and bw < 0:
            continue  # closed
        place = [None, *share[on], None]
        for corner, junction in ((0.0, network.tail[e]), (1.0, network.head[e])):
            for p in len(network.x) + on[share[on] == corner]:  # on the junction: all its roads
                for access in (True, False):
                    steps[access] += [(p, junction, 0), (junction, p, 0)]
        for i in range(len(nodes) - 1):
            if place[i] == place[i + 1] is not None:  # two points in one place
                steps[network.ends_only[e]].append((nodes[i], nodes[i + 1], 0))
                steps[network.ends_only[e]].append((nodes[i + 1], nodes[i], 0))
            if fw >= 0:
                steps[network.ends_only[e]].append(
                    (nodes[i], nodes[i + 1], ahead[i + 1] - ahead[i])
                )
            if bw >= 0:
                steps[network.ends_only[e]].append((nodes[i + 1], nodes[i], back[i] - back[i + 1]))
    private, public = shortest(steps[True], n), shortest(steps[False], n)
    time = least_sum(least_sum(private, public), private)
    a = np.arange(len(start)) + len(network.x)
    b = np.arange(len(end)) + len(network.x) + len(start)
    time = time[np.ix_(a, b)] + start.leg[:, None] + end.leg[None, :]
    time[start.edge < 0] = FAR
    time[:, end.edge < 0] = FAR
    return time


def least_sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a[:, :, None] + b[None, :, :]).min(1)


def table(found: search.Pairs, shape: tuple[int, int]) -> np.ndarray:
    time = np.full(shape, FAR)
    for a, b, ms in zip(*found, strict=True):
        assert time[a, b] == FAR, "a pair came twice"
        time[a, b] = ms
    return time


def asked(
    town: Town, limit: int, *, forward: bool, prepared: bool, threads: int = 1
) -> search.Search:
    network, start, end = town
    graph = roads.road_graph(network)
    out, into = roads.leaving(network, graph, start), roads.arriving(network, graph, end)
    seeds, hits = (out, into) if forward else (into, out)
    hierarchy = Hierarchy.prepare(graph) if prepared else None
    return search.Search(graph, seeds, hits, forward, limit, threads, hierarchy)


LIMITS = st.sampled_from([0, 20, 60, 10**6])


@settings(deadline=None, max_examples=80)
@given(town=towns(), limit=LIMITS, forward=st.booleans(), prepared=st.booleans())
def test_every_pair_within_the_limit_is_found_with_its_time(
    town: Town, limit: int, *, forward: bool, prepared: bool
):
    truth = spliced(*town)
    truth[truth > limit] = FAR

    job = asked(town, limit, forward=forward, prepared=prepared)
    found = table(search.pairs_within(job), (len(job.seeds), len(job.hits)))

    np.testing.assert_array_equal(found if forward else found.T, truth)


@settings(deadline=None, max_examples=80)
@given(
    town=towns(),
    limit=LIMITS,
    k=st.integers(1, 4),
    forward=st.booleans(),
    prepared=st.booleans(),
)
def test_the_k_nearest_are_the_first_k_of_all(
    town: Town, limit: int, k: int, *, forward: bool, prepared: bool
):
    truth = spliced(*town) if forward else spliced(*town).T
    expected = [
        (int(seed), hit, int(truth[seed, hit]))
        for hit in range(truth.shape[1])
        for seed in np.argsort(truth[:, hit], kind="stable")[:k]
        if truth[seed, hit] <= limit
    ]

    job = asked(town, limit, forward=forward, prepared=prepared)
    seed, hit, milliseconds = search.nearest_seeds(job, k)

    assert list(zip(seed.tolist(), hit.tolist(), milliseconds.tolist(), strict=True)) == expected


@settings(deadline=None, max_examples=40)
@given(town=towns(), limits=st.lists(LIMITS, min_size=1, max_size=3), forward=st.booleans())
def test_sums_and_full_tables_come_to_the_same(town: Town, limits: list[int], *, forward: bool):
    truth = spliced(*town) if forward else spliced(*town).T
    weight = np.arange(1.0, len(truth) + 1)

    job = asked(town, 0, forward=forward, prepared=True)
    full = swept.matrix(job, job.hierarchy)
    total = swept.sums(job, job.hierarchy, weight, np.array(limits, np.int32))

    np.testing.assert_array_equal(
        np.where(full < NEVER, full.astype(np.int64), FAR), np.where(truth < FAR, truth, FAR)
    )
    for column, limit in enumerate(limits):
        expected = (weight[:, None] * (truth <= limit)).sum(axis=0)
        np.testing.assert_array_equal(total[:, column], expected)


@settings(deadline=None, max_examples=30)
@given(town=towns(), prepared=st.booleans())
def test_threads_change_nothing(town: Town, *, prepared: bool):
    one, three = (
        asked(town, 60, forward=True, prepared=prepared, threads=threads) for threads in (1, 3)
    )

    np.testing.assert_array_equal(
        table(search.pairs_within(one), (len(one.seeds), len(one.hits))),
        table(search.pairs_within(three), (len(three.seeds), len(three.hits))),
    )
