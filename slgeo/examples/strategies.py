"""
Hypothesis strategies: small districts, small directed roads with every trap in them.

Tests only: hypothesis is in the test group, and is imported when a strategy is made.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.examples.model import District, district

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from slgeo.network.model import Network

MOST_AREAS: Final = 45
"""Areas of the largest district drawn: one takes about 0.15 s."""

_SEEDS: Final = 8
"""Seeds drawn from, so that a test run makes each district once."""


@lru_cache(maxsize=32)
def _made(areas: int, seed: int) -> District:
    return district(areas, seed=seed)


def districts() -> SearchStrategy[District]:
    """Draw small districts; the simplest has 20 areas and seed 0."""
    from hypothesis import strategies as st

    return st.builds(_made, st.sampled_from((20, 27, 36, MOST_AREAS)), st.integers(0, _SEEDS - 1))


def networks(*, most_nodes: int = 40, mode: str = "drive") -> SearchStrategy[Network]:
    """
    Draw small directed networks on which routing goes wrong easily.

    They have one-way streets, roads slower one way than the other, dead ends, loops and parallel
    roads, roads of no length, two nodes at one point, private roads, roads no point may join,
    pieces that hang together with nothing, and nodes no road touches.

    Parameters
    ----------
    most_nodes
        Largest number of nodes.
    mode
        Mode of the network.
    """
    from hypothesis import strategies as st

    @st.composite
    def draw_network(draw: DrawFn) -> Network:
        from slgeo.network.model import Network

        count = draw(st.integers(2, most_nodes))
        spot = st.integers(0, 12).map(lambda k: k * 100.0)
        x = draw(st.lists(spot, min_size=count, max_size=count))
        y = draw(st.lists(spot, min_size=count, max_size=count))
        node = st.integers(0, count - 1)
        road = st.tuples(node, node, st.integers(0, 90_000), _directions())
        roads = draw(st.lists(road, min_size=1, max_size=3 * count))
        flags = st.lists(st.integers(0, 9), min_size=len(roads), max_size=len(roads))
        private, closed = draw(flags), draw(flags)
        tail, head, ahead, ways = (np.array(column) for column in zip(*roads, strict=True))
        factor = np.array([_FACTORS[way] for way in ways.tolist()])
        return Network.from_edges(
            x,
            y,
            tail,
            head,
            mode=mode,
            forward=np.where(factor[:, 0] < 0, -1, ahead * factor[:, 0]).astype(np.int32),
            backward=np.where(factor[:, 1] < 0, -1, ahead * factor[:, 1]).astype(np.int32),
            ends_only=np.array(private) == 9,
            snappable=np.array(closed) != 9,
        )

    return draw_network()


_FACTORS: Final[dict[str, tuple[int, int]]] = {
    "both": (1, 1),
    "along": (1, -1),
    "against": (-1, 1),
    "uphill": (1, 2),
    "shut": (-1, -1),
}


def _directions() -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    return st.sampled_from(tuple(_FACTORS))
