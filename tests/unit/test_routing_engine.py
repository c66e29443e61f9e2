"""Which engine answers, and what happens where nothing can be kept on disk."""

import numpy as np
import pytest
from numba.core import caching

from slgeo.network import Network
from slgeo.routing import compiled, engine
from slgeo.routing import graph as roads
from slgeo.routing.search import Search


def asked(side: int, seeds: int, limit: int) -> Search:
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    network = Network.from_edges(
        i % side * 100.0,
        i // side * 100.0,
        np.concatenate([east, north]),
        np.concatenate([east + 1, north + side]),
    )
    graph = roads.road_graph(network)
    some = roads.at_nodes(np.arange(seeds, dtype=np.int32))
    every = roads.at_nodes(i.astype(np.int32))
    return Search(graph, some, every, forward=True, limit=limit, threads=1)


def test_a_small_question_is_not_worth_a_hierarchy():
    search = asked(20, 5, 600_000)

    assert engine.with_engine(search, "auto", None, None) is search
    assert engine.with_engine(search, "auto", None, 3) is search


def test_a_large_question_is(monkeypatch: pytest.MonkeyPatch):
    """The work is counted by trial searches: with a limit that reaches everything, it is a lot."""
    monkeypatch.setattr(engine, "FIRST_USE", 0.0)

    wide = engine.with_engine(asked(40, 1500, 10**8), "auto", None, None)
    narrow = engine.with_engine(asked(40, 1500, 1000), "auto", None, None)

    assert wide.hierarchy is not None
    assert narrow.hierarchy is None


def test_trial_searches_count_what_is_reached():
    """Nobody moves in no time: one node a search; without end, all of them."""
    still, far = asked(10, 50, 0), asked(10, 50, 10**8)

    assert engine.plain_seconds(still, None) == pytest.approx(engine.SETTLE * 50)
    assert engine.plain_seconds(far, None) == pytest.approx(engine.SETTLE * 50 * 100)
    assert engine.plain_seconds(asked(10, 0, 10), None) == 0


def test_a_hierarchy_at_hand_is_used():
    search = asked(10, 3, 600_000)
    prepared = engine.with_engine(search, "hierarchy", None, None).hierarchy

    assert engine.with_engine(search, "auto", prepared, None).hierarchy is prepared


def test_kernels_compile_where_no_folder_can_be_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @compiled.kernel
    def twice(value: int) -> int:
        return 2 * value

    assert twice(21) == 42
