"""
The nearest road of each point, found over shapes that are made once.

Making shapes of the roads takes most of the time of joining a few points; whoever asks again about
the same roads keeps them (:class:`NearestEdges`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import STRtree

    from slgeo.network.model import Network

TILE: Final = 500_000
"""Edges that are made into shapes at once."""


class NearestEdges:
    """
    Some edges of a network, to find the nearest of again and again.

    Parameters
    ----------
    network
        The roads.
    which : ndarray of bool, shape (m,)
        The edges to look among.
    """

    def __init__(self, network: Network, which: NDArray[np.bool_]) -> None:
        self.network = network
        self.edges = np.flatnonzero(which)
        self._tree: STRtree | None = None

    def of(self, shapes: NDArray[np.object_], max_snap: float) -> NDArray[np.int32]:
        """Find the nearest edge of each point; of equals the first, and -1 beyond `max_snap`."""
        found = np.full(len(shapes), -1, np.int32)
        # a whisker more than max_snap, so that a point at exactly that distance is found
        reach = max_snap * (1 + 1e-9) + 1e-9
        for here, near in self._tiles(shapes, reach):
            point, line = self._shaped(near).query_nearest(shapes[here], max_distance=reach)
            order = np.lexsort((line, point))[::-1]
            found[here[point[order]]] = near[line[order]]
        return found

    def _shaped(self, near: NDArray[np.int64]) -> STRtree:
        """Make shapes of edges, and keep those of all of them."""
        import shapely

        if near is self.edges and self._tree is not None:
            return self._tree
        network = self.network
        ends = np.stack([network.tail[near], network.head[near]], axis=1)
        lines: Any = shapely.linestrings(np.stack([network.x[ends], network.y[ends]], axis=2))
        tree = shapely.STRtree(lines)
        if near is self.edges:
            self._tree = tree
        return tree

    def _tiles(
        self, shapes: NDArray[np.object_], reach: float
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """
        Divide points and the edges in their reach into tiles of at most about `TILE` edges.

        Shapes take two hundred bytes an edge: a country's roads would fill the memory at once. An
        edge is in every tile it may be joined from, so tiles do not change what is nearest.
        """
        import shapely

        network, edges = self.network, self.edges
        if len(edges) == 0 or len(shapes) == 0:
            return
        if len(edges) <= TILE:
            yield np.arange(len(shapes)), edges
            return
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        ends = network.x[network.tail[edges]], network.x[network.head[edges]]
        west, east = np.minimum(*ends) - reach, np.maximum(*ends) + reach
        ends = network.y[network.tail[edges]], network.y[network.head[edges]]
        south, north = np.minimum(*ends) - reach, np.maximum(*ends) + reach
        waiting = [(np.arange(len(shapes)), np.arange(len(edges)))]
        while waiting:
            here, near = waiting.pop()
            box = x[here].min(), x[here].max(), y[here].min(), y[here].max()
            hit = (east[near] >= box[0]) & (west[near] <= box[1])
            near = near[hit & (north[near] >= box[2]) & (south[near] <= box[3])]
            wide, tall = box[1] - box[0], box[3] - box[2]
            if len(near) <= TILE or max(wide, tall) <= max(reach, 1.0):
                yield here, edges[near]
                continue
            place, middle = (x, box[0] + wide / 2) if wide >= tall else (y, box[2] + tall / 2)
            low = place[here] <= middle
            waiting += [(here[low], near), (here[~low], near)]
