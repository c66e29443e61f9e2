"""Line catchments: the streets themselves, as far as they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.catchments.polygons import MINUTES
from slgeo.catchments.reach import MS, limits_of, reach_of
from slgeo.catchments.stretches import Streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely import MultiLineString

    from slgeo.catchments.stretches import Stretches
    from slgeo.network.model import Network
    from slgeo.routing.times import Direction


def reached_streets(
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    minutes: Sequence[float] = MINUTES,
    direction: Direction = "to",
    each: str = "site",
    max_snap: float = 500.0,
    threads: int | None = None,
) -> gpd.GeoDataFrame:
    """
    Draw the stretches of road from which a site is reached (or that are reached from it).

    Parameters
    ----------
    network
        The roads of one mode.
    sites
        The ``sites`` table.
    minutes
        Thresholds, each inclusive; every street is cut exactly where the time is up.
    direction
        ``to`` the sites: where one may be and still get there. ``from`` them: where one gets to.
    each, max_snap, threads
        As in :func:`slgeo.catchments.catchments`.

    Returns
    -------
    gpd.GeoDataFrame
        By ``site`` and ``minutes``: ``km``, the length of the stretches; ``reason`` why a site
        reaches none; and the stretches as one multi-line, in the CRS of the roads. Tunnels,
        motorways and ferries are in it as far as they are travelled.

    Raises
    ------
    TableError, AccessError
        Where the sites or an option make no sense.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.catchments import reached_streets
    >>> from slgeo.network import Network
    >>> street = Network.from_edges([0, 2000], [0, 0], [0], [1])
    >>> gp = gpd.GeoDataFrame(
    ...     {"reason": [None]},
    ...     index=["gp"],
    ...     geometry=gpd.GeoSeries.from_xy([1000], [0], index=["gp"], crs="EPSG:27700"),
    ... ).rename_axis("site")
    >>> reached_streets(street, gp, minutes=[10]).geometry.iloc[0].wkt
    'MULTILINESTRING ((200 0, 1800 0))'
    """
    import geopandas as gpd
    import pandas as pd

    thresholds = limits_of(minutes)
    reach = reach_of(
        network,
        sites,
        limit=thresholds[-1],
        direction=direction,
        each=each,
        max_snap=max_snap,
        threads=threads,
    )
    streets = Streets(reach)
    rows: list[dict[str, Any]] = []
    for group, times in streets.times():
        for threshold in thresholds:
            cut = streets.within(group, times, int(np.floor(threshold * MS + 1e-6)))
            metres = network.length[cut.edge] * (cut.high - cut.low)
            rows.append(
                {
                    "site": reach.labels[group],
                    "minutes": threshold,
                    "km": float(metres.sum(dtype=np.float64)) / 1000,
                    "reason": reach.reason[group],
                    "geometry": _line(network, cut),
                }
            )
    columns = ["site", "minutes", "km", "reason", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).astype({"reason": object})
    if (frame["minutes"] % 1 == 0).all():
        frame["minutes"] = frame["minutes"].astype(np.int64)
    return gpd.GeoDataFrame(
        frame.set_index(["site", "minutes"]), geometry="geometry", crs=network.crs
    )


def _line(network: Network, cut: Stretches) -> MultiLineString:
    """Draw stretches, those that follow each other as one line."""
    import shapely

    tail, head = network.tail[cut.edge], network.head[cut.edge]
    start = np.stack([network.x[tail], network.y[tail]], axis=1)
    end = np.stack([network.x[head], network.y[head]], axis=1)
    along = end - start
    # whole edges end at their nodes exactly, so that neighbours meet; cuts are in millimetres
    a = np.where(cut.low[:, None] > 0, np.round(start + cut.low[:, None] * along, 3), start)
    b = np.where(cut.high[:, None] < 1, np.round(start + cut.high[:, None] * along, 3), end)
    apart = (a != b).any(axis=1)
    pieces: Any = shapely.linestrings(np.stack([a[apart], b[apart]], axis=1))
    merged = shapely.line_merge(shapely.multilinestrings(pieces))
    made: Any = shapely.multilinestrings(shapely.get_parts(merged))
    line: MultiLineString = made
    return line
