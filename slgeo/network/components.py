"""
Which roads hang together: the usable network, and the pieces that do not join it.

The usable part (component 0) is the largest *strong* component over the roads that may be driven
through: from each of its nodes every other can be reached and returned from. Roads that are open
at the ends of a trip only belong to it when one can get from them to it and back. Whatever lies
behind a gate or a private road belongs to the same enclosure: it becomes `ends_only` too, so that
a trip may start or end there and none passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Components(NamedTuple):
    """
    The pieces of a network.

    Parameters
    ----------
    component : ndarray of int32, shape (n,)
        0 for nodes of the usable network; 1, 2, ... for the other pieces, longest first.
    ends_only : ndarray of bool, shape (m,)
        The edges to use at the ends of a trip only, enclosures included.
    """

    component: NDArray[np.int32]
    ends_only: NDArray[np.bool_]


def find_components(
    nodes: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    *,
    forward: NDArray[np.int32],
    backward: NDArray[np.int32],
    length: NDArray[np.floating],
    ends_only: NDArray[np.bool_],
) -> Components:
    """
    Find the usable network and number the rest.

    Parameters
    ----------
    nodes
        Number of nodes.
    tail, head : ndarray of int32, shape (m,)
        Ends of each edge.
    forward, backward : ndarray of int32, shape (m,)
        Milliseconds along and against each edge; -1 where it may not be used so.
    length : ndarray of float, shape (m,)
        Metres; the piece with the greatest length of road is the usable one.
    ends_only : ndarray of bool, shape (m,)
        Edges open at the ends of a trip only.

    Returns
    -------
    Components

    Notes
    -----
    Pieces other than the usable one are joined loosely (a one-way road in is enough), as they are
    counted and named only. A node with no edge at all is a piece of its own.
    """
    component = np.zeros(nodes, np.int32)
    if nodes == 0:
        return Components(component, ends_only.copy())
    through = ~ends_only
    if not through.any():
        through = np.ones(len(tail), bool)  # all private: the largest enclosure is the network
    core = _largest(
        _strong(nodes, tail, head, forward, backward, through), tail, head, length, through
    )
    # the core as one piece of the whole graph: whatever reaches it and is reached from it
    whole = _strong(nodes, tail, head, forward, backward, np.ones(len(tail), bool))
    usable = whole == whole[np.flatnonzero(core)[0]]
    inside = usable[tail] & usable[head]
    enclosed = inside & ~(core[tail] & core[head])
    component[~usable] = _number_rest(usable, tail, head, length)
    return Components(component, ends_only | enclosed)


def _strong(
    nodes: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    forward: NDArray[np.int32],
    backward: NDArray[np.int32],
    keep: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Label the strong components over the edges kept."""
    ahead, back = keep & (forward >= 0), keep & (backward >= 0)
    starts = np.concatenate([tail[ahead], head[back]])
    ends = np.concatenate([head[ahead], tail[back]])
    return _labels(nodes, starts, ends, "strong")


def _labels(
    nodes: int,
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    connection: Literal["weak", "strong"],
) -> NDArray[np.int32]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    # parallel arcs add up to True; as small numbers, 256 of them would be none
    arcs = coo_array((np.ones(len(starts), bool), (starts, ends)), shape=(nodes, nodes)).tocsr()
    labels: NDArray[np.int32] = connected_components(arcs, directed=True, connection=connection)[1]
    return labels


def _largest(
    labels: NDArray[np.int32],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    length: NDArray[np.floating],
    keep: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Mark the nodes of the label with the greatest length; of equals, the one with most nodes."""
    inside = keep & (labels[tail] == labels[head])
    count = int(labels.max()) + 1
    metres = np.bincount(labels[tail[inside]], weights=length[inside], minlength=count)
    size = np.bincount(labels, minlength=count)
    best = np.lexsort((-np.arange(count), size, metres))[-1]
    mark: NDArray[np.bool_] = labels == best
    return mark


def _number_rest(
    usable: NDArray[np.bool_],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    length: NDArray[np.floating],
) -> NDArray[np.int32]:
    """Give the nodes that are not usable the number of their piece: 1 is the longest."""
    apart = ~usable[tail] & ~usable[head]
    labels = _labels(len(usable), tail[apart], head[apart], "weak")[~usable]
    if len(labels) == 0:
        return labels.astype(np.int32)
    names, piece = np.unique(labels, return_inverse=True)
    position = np.full(len(usable), -1)
    position[~usable] = piece
    metres = np.bincount(position[tail[apart]], weights=length[apart], minlength=len(names))
    size = np.bincount(piece, minlength=len(names))
    order = np.lexsort((np.arange(len(names)), -size, -metres))
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(1, len(names) + 1)
    return number[piece]
