"""
The Welsh 20 mph limit: which ways are under it.

Since 17 September 2023 a restricted (street-lit) road in Wales has a limit of 20 mph unless signs
say otherwise. Roads of an older extract keep 30: the limit of their day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.network.limits import IN_WALES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.network.roads import Pieces, Roads

IN_FORCE: Final = "2023-09-17"
"""Restricted Roads (20 mph Speed Limit) (Wales) Order 2022, SI 2022/800 (W. 177)."""


def mark_wales(roads: Roads, pieces: Pieces, wales: Polygon | MultiPolygon | bool) -> Roads:  # noqa: FBT001 - a place, or all of it
    """
    Mark the ways under the Welsh limit.

    Parameters
    ----------
    roads, pieces
        Roads as read, and their straight pieces in metres.
    wales
        True where all roads lie in Wales, False where none, or the part that does.

    Returns
    -------
    Roads
        The same, where the extract is older than the limit or no way is concerned.
    """
    inside = _inside(roads, pieces, wales)
    if not inside.any() or roads.provenance.get("extract_date", "") < IN_FORCE:
        return roads
    welsh = roads.kind.copy()
    welsh[inside] += len(roads.kinds)
    kinds = (*roads.kinds, *({**tags, IN_WALES: "yes"} for tags in roads.kinds))
    counts = {**roads.counts, "ways under the Welsh 20 mph limit": int(inside.sum())}
    return replace(roads, kind=welsh, kinds=kinds, counts=counts)


def _inside(
    roads: Roads,
    pieces: Pieces,
    wales: Polygon | MultiPolygon | bool,  # noqa: FBT001 - a place, or all of it
) -> NDArray[np.bool_]:
    """Say which ways lie in Wales, by the mean place of their nodes."""
    import shapely

    ways = len(roads.way_id)
    if isinstance(wales, bool):
        return np.full(ways, wales)
    way = np.repeat(np.arange(ways), np.diff(roads.start))
    known = np.isfinite(pieces.x[roads.node])
    way, node = way[known], roads.node[known]
    count = np.maximum(np.bincount(way, minlength=ways), 1)
    x, y = (np.bincount(way, each[node], minlength=ways) / count for each in (pieces.x, pieces.y))
    shapely.prepare(wales)
    inside: NDArray[np.bool_] = shapely.contains_xy(wales, x, y)
    return inside & np.isin(np.arange(ways), way)
