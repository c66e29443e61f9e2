"""
Gates, bollards and stiles: nodes on a road that stop a mode, or let it through to a door only.

A bollard closes the road but leaves both sides usable: its node becomes one node a side. A gate
that is passed at the ends of a trip only makes the pieces of road beside it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.network.modes import barrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.network.roads import Roads

_GREAT: Final = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "pedestrian",
    "track",
)

_Ends = list[tuple[int, bool]]  # edges, and whether it is the head that touches the node


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """
    What barriers do to the edges of a mode.

    Parameters
    ----------
    ends : ndarray of bool, shape (m,)
        Edges beside a gate that is passed at the ends of a trip only.
    loose_tails, loose_heads : ndarray of int64
        Edges whose tail, or head, stands before a closed barrier.
    closing, gated
        Number of barriers of either sort.
    """

    ends: NDArray[np.bool_]
    loose_tails: NDArray[np.int64]
    loose_heads: NDArray[np.int64]
    closing: int
    gated: int

    def split(
        self, nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """
        Give every edge that stands before a closed barrier an end of its own.

        Returns
        -------
        tuple of ndarray
            For each node kept the node it was made from, and the new tails and heads. Nodes that no
            edge uses are dropped.
        """
        tail, head = tail.copy(), head.copy()
        at_tail, at_head = tail[self.loose_tails], head[self.loose_heads]
        tail[self.loose_tails] = nodes + np.arange(len(at_tail))
        head[self.loose_heads] = nodes + len(at_tail) + np.arange(len(at_head))
        used = np.zeros(nodes + len(at_tail) + len(at_head), bool)
        used[tail] = used[head] = True
        position = np.cumsum(used, dtype=np.int32)
        position -= 1
        own = np.flatnonzero(used[:nodes])
        split = np.concatenate([at_tail, at_head])[used[nodes:]]
        return np.concatenate([own, split]), position[tail], position[head]


def find_gates(
    roads: Roads,
    mode: str,
    way: NDArray[np.int32],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
) -> Gates:
    """
    Find what the barriers do to the edges of a mode.

    Notes
    -----
    A barrier on a junction belongs to the roads that end there: the street that runs on is not
    closed by the gate of a drive mapped on its kerb. Where all end there, as where a street is cut
    in two ways, it belongs to the lesser of them; where all are alike, to all.
    """
    ends = np.zeros(len(way), bool)
    loose: tuple[list[int], list[int]] = ([], [])
    closing = gated = 0
    for node, touching in _touching(roads, tail, head).items():
        words = {
            (edge, at_head): _word(roads, mode, node, int(way[edge]))
            for edge, at_head in _concerned(touching, way, roads)
        }
        closed = [end for end, word in words.items() if word == "closed"]
        for edge, at_head in closed:
            loose[at_head].append(edge)
        ends[[edge for (edge, _), word in words.items() if word == "ends"]] = True
        closing += bool(closed)
        gated += "ends" in words.values()
    return Gates(ends, np.array(loose[0], np.int64), np.array(loose[1], np.int64), closing, gated)


def _touching(roads: Roads, tail: NDArray[np.int32], head: NDArray[np.int32]) -> dict[int, _Ends]:
    """List the edge ends at each node with a barrier."""
    has = np.zeros(len(roads.node_id), bool)
    has[list(roads.barriers)] = True
    touching: dict[int, _Ends] = {}
    for at_head, nodes in ((False, tail), (True, head)):
        for edge in np.flatnonzero(has[nodes]):
            touching.setdefault(int(nodes[edge]), []).append((int(edge), at_head))
    return touching


def _concerned(touching: _Ends, way: NDArray[np.int32], roads: Roads) -> _Ends:
    """Pick the edge ends a barrier belongs to: of ways that end there, else of the lesser ways."""
    count: dict[int, int] = {}
    for edge, _ in touching:
        count[int(way[edge])] = count.get(int(way[edge]), 0) + 1
    ending = [end for end in touching if count[int(way[end[0]])] == 1]
    if len(ending) < len(touching):
        return ending or touching
    rank = [_rank(_highway(roads, int(way[edge]))) for edge, _ in touching]
    lesser = [end for end, place in zip(touching, rank, strict=True) if place > min(rank)]
    return lesser or touching


def _word(roads: Roads, mode: str, node: int, way: int) -> str:
    return barrier(roads.barriers[node], mode, highway=_highway(roads, way))


def _highway(roads: Roads, way: int) -> str:
    tags: dict[str, str] = roads.kinds[int(roads.kind[way])]
    return tags.get("highway", "")


def _rank(highway: str) -> int:
    """Say how great a road is: 0 is a motorway."""
    base = highway.removesuffix("_link")
    return _GREAT.index(base) if base in _GREAT else len(_GREAT)
