"""A network as it would be if the extract ended sooner: to see what its border does to answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from slgeo.errors import NetworkError
from slgeo.network.components import find_components
from slgeo.network.turns import turns_among

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from slgeo.network.model import Network


def narrowed(network: Network, outline: Polygon | MultiPolygon) -> Network:
    """
    Cut a network at an outline, as an extract that ends there is cut.

    Parameters
    ----------
    network
        The roads of one mode.
    outline
        Where roads are still known, in the CRS of the network.

    Returns
    -------
    Network
        Edges both ends of which lie inside. Nodes that have lost an edge are exits, as are those
        through which a piece hangs on that has become cut off; the usable network is found anew.

    Raises
    ------
    NetworkError
        Where no road lies inside.

    Examples
    --------
    >>> from shapely import box
    >>> from slgeo.network import Network
    >>> from slgeo.network.narrowed import narrowed
    >>> street = Network.from_edges([0, 100, 200, 300], [0, 0, 0, 0], [0, 1, 2], [1, 2, 3])
    >>> shorter = narrowed(street, box(-50, -50, 250, 50))
    >>> shorter.nodes, shorter.exits.tolist()
    (3, [2])
    """
    import shapely

    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, network.x, network.y)
    tail, head = inside[network.tail], inside[network.head]
    kept = tail & head
    if not kept.any():
        raise NetworkError("no road lies inside the outline")
    cut = np.zeros(network.nodes, bool)
    cut[network.tail[tail & ~head]] = cut[network.head[head & ~tail]] = True
    cut[network.exits] = True
    place = np.cumsum(inside, dtype=np.int64) - 1
    arrays = {
        name: getattr(network, name)[kept]
        for name in ("length", "forward", "backward", "way", "road_class", "snappable")
    }
    start, end = (place[ends[kept]].astype(np.int32) for ends in (network.tail, network.head))
    found = find_components(
        int(inside.sum()),
        start,
        end,
        forward=arrays["forward"],
        backward=arrays["backward"],
        length=arrays["length"],
        ends_only=np.asarray(network.ends_only)[kept],
    )
    leaving = cut[inside]
    usable = found.component == 0
    lost = np.zeros(int(found.component.max(initial=0)) + 1, bool)
    lost[found.component[leaving]] = True
    lost[0] = False
    exits = leaving & usable
    for here, there in ((start, end), (end, start)):
        exits[here[usable[here] & lost[found.component[there]]]] = True
    node_id = network.node_id[inside]
    return replace(
        network,
        node_id=node_id,
        x=network.x[inside],
        y=network.y[inside],
        tail=start,
        head=end,
        **arrays,
        ends_only=found.ends_only,
        component=found.component,
        exits=np.flatnonzero(exits).astype(np.int32),
        hull=_polygons(shapely.intersection(network.hull, outline)),
        turns=turns_among(network.turns, node_id=node_id, tail=start, head=end, way=arrays["way"]),
    )


def _polygons(shape: BaseGeometry) -> MultiPolygon:
    """Keep the surfaces of a shape: where outlines touch, an intersection has lines too."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
