"""
Minutes on a grid: what catchments are drawn from.

The time of a cell is the time of somebody who sets out from its middle (or arrives there): the walk
to the road an origin there would join, the way along that road, the roads, the site's own walk. It
is the sum that :mod:`slgeo.routing` makes for an origin in that place, to the millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.catchments.ground import OFF_ROAD, ground_of
from slgeo.catchments.reach import MS, reach_of
from slgeo.errors import AccessError
from slgeo.routing.compiled import NEVER
from slgeo.routing.dijkstra import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.catchments.ground import Ground
    from slgeo.catchments.reach import Reach
    from slgeo.network.model import Network
    from slgeo.routing.times import Direction

CELL: Final = 50.0
"""Side of a cell unless asked otherwise, metres (pitfalls 3.1: within 6 % both ways at 50 m)."""

UNREACHED: Final = -1
"""Milliseconds of a cell that is not reached within the limit, or joins no road."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Surface:
    """
    Minutes to a site (or the nearest of several) from the middle of each cell of a grid.

    Parameters
    ----------
    site
        The site, or the name of the group.
    milliseconds : ndarray of int32, shape (rows, columns)
        The first row is the northernmost. :data:`UNREACHED` where there is no time.
    west, north
        Outer corner of the first cell, metres; multiples of the cell.
    cell
        Side of a cell, metres.
    crs
        CRS of the grid, that of the roads.
    mode, speeds, direction
        How, at which speeds, and ``to`` or ``from`` the site.
    limit
        Longest time, minutes, inclusive.
    walking_kmh
        Speed of the walk to the road.
    off_road
        Farthest from a road that is drawn, metres.
    provenance
        Of the roads: file, licence, attribution.
    """

    site: str
    milliseconds: NDArray[np.int32]
    west: float
    north: float
    cell: float
    crs: str
    mode: str
    speeds: str
    direction: Direction
    limit: float
    walking_kmh: float
    off_road: float
    provenance: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        view = np.asarray(self.milliseconds, np.int32).view()
        view.flags.writeable = False
        object.__setattr__(self, "milliseconds", view)
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))

    @property
    def minutes(self) -> NDArray[np.float32]:
        """Minutes of each cell, NaN where there is no time."""
        times = self.milliseconds
        found: NDArray[np.float32] = np.where(
            times == UNREACHED, np.float32(np.nan), (times / MS).astype(np.float32)
        )
        return found

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north, metres."""
        rows, columns = self.milliseconds.shape
        return (
            self.west,
            self.north - rows * self.cell,
            self.west + columns * self.cell,
            self.north,
        )

    def at(self, points: gpd.GeoSeries) -> NDArray[np.float64]:
        """
        Look up the minutes of the cells that points lie in.

        Parameters
        ----------
        points
            Points in any CRS.

        Returns
        -------
        ndarray of float64
            One value a point, NaN where there is no time; for exact times of points use
            :func:`slgeo.routing.travel.travel_times`.
        """
        moved = points.to_crs(self.crs)
        column = np.floor((moved.x.to_numpy() - self.west) / self.cell)
        row = np.floor((self.north - moved.y.to_numpy()) / self.cell)
        rows, columns = self.milliseconds.shape
        on = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        out = np.full(len(points), np.nan)
        out[on] = self.minutes[row[on].astype(int), column[on].astype(int)]
        return out

    def __repr__(self) -> str:
        reached = int((self.milliseconds != UNREACHED).sum())
        return (
            f"<Surface of {self.site!r}: {reached:,} cells of {self.cell:g} m within "
            f"{self.limit:g} minutes ({self.mode}, {self.direction} the site)>"
        )


def time_surfaces(  # noqa: PLR0913 - each option is a fact of the drawing, and keyword-only
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    limit: float = 30.0,
    direction: Direction = "to",
    cell: float = CELL,
    each: str = "site",
    off_road: float = OFF_ROAD,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    max_snap: float = 500.0,
    threads: int | None = None,
) -> Iterator[Surface]:
    """
    Make the time surface of each site, or group of sites, one after another.

    Parameters
    ----------
    network
        The roads of one mode.
    sites
        The ``sites`` table.
    limit
        Longest time, minutes, inclusive.
    direction
        ``to`` the sites, or ``from`` them.
    cell
        Side of a cell, metres. Grids lie on multiples of it.
    each
        ``site``, ``dissolved`` (the nearest of all), or a column of `sites` (the nearest of each
        of its values), as in :func:`slgeo.catchments.catchments`.
    off_road
        Farthest from a road that is drawn, metres.
    barriers
        Lines or areas, in any CRS, that no walk to a road crosses: water, railways. Without them a
        walk still ends at the nearest road, so the far bank of a river joins the far road.
    max_snap, threads
        As in :func:`slgeo.routing.travel.travel_times`.

    Yields
    ------
    Surface
        In the order of the sites; one that reaches nothing has no cells.

    Raises
    ------
    TableError, AccessError
        Where the sites or the options make no sense.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.catchments import time_surfaces
    >>> from slgeo.network import Network
    >>> street = Network.from_edges([25, 1025], [25, 25], [0], [1])
    >>> site = gpd.GeoDataFrame(
    ...     {"reason": [None]},
    ...     index=["clinic"],
    ...     geometry=gpd.GeoSeries.from_xy([25], [25], index=["clinic"], crs="EPSG:27700"),
    ... ).rename_axis("site")
    >>> next(time_surfaces(street, site, limit=2.5, off_road=0)).minutes.tolist()
    [[0.0, 0.625, 1.25, 1.875, 2.5]]
    """
    reach = reach_of(
        network,
        sites,
        limit=limit,
        direction=direction,
        each=each,
        max_snap=max_snap,
        threads=threads,
    )
    ground = ground_near(reach, cell=cell, off_road=off_road, barriers=barriers)
    return surfaces(reach, ground)


def time_surface(  # noqa: PLR0913 - as time_surfaces
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    limit: float = 30.0,
    direction: Direction = "to",
    cell: float = CELL,
    off_road: float = OFF_ROAD,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    max_snap: float = 500.0,
    threads: int | None = None,
) -> Surface:
    """
    Make one surface: minutes to the nearest of all sites.

    Parameters
    ----------
    network, sites, limit, direction, cell, off_road, barriers, max_snap, threads
        As in :func:`time_surfaces`.

    Returns
    -------
    Surface

    Raises
    ------
    AccessError
        Where there are no sites, or an option makes no sense.
    """
    if not len(sites):
        raise AccessError("no sites: a surface of the nearest site needs at least one")
    made = time_surfaces(
        network,
        sites,
        limit=limit,
        direction=direction,
        cell=cell,
        each="dissolved",
        off_road=off_road,
        barriers=barriers,
        max_snap=max_snap,
        threads=threads,
    )
    return next(made)


def ground_near(
    reach: Reach,
    *,
    cell: float,
    off_road: float,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None,
) -> Ground:
    """Join the cells near any road that is reached from any site."""
    return ground_of(
        reach.network,
        reached_edges(reach),
        cell=cell,
        off_road=off_road,
        barriers=barriers,
        threads=reach.threads,
    )


def reached_edges(reach: Reach) -> NDArray[np.bool_]:
    """Tell which edges somebody may be on who reaches a site, in part at least."""
    time = node_times_of(reach, slice(0, len(reach.seeds)))
    best = np.minimum(time[reach.graph.start], time[reach.graph.end])
    network = reach.network
    best = np.minimum(best, time[: len(network.x)])
    edges = (best[network.tail] < NEVER) | (best[network.head] < NEVER)
    own = reach.places.edge[reach.places.joined]
    edges[own] = True
    return edges


def node_times_of(reach: Reach, seeds: slice) -> NDArray[np.int32]:
    """Search from some seeds at once: milliseconds of every node of the graph, NEVER beyond."""
    size = reach.graph.size
    time = np.full(size, NEVER, np.int32)
    settle(
        *reach.arcs(),
        reach.seeds.node[seeds].ravel(),
        reach.seeds.cost[seeds].ravel(),
        reach.limit,
        time,
        np.empty(size, np.int32),
        np.empty(1024, np.uint64),
    )
    return time


def surfaces(reach: Reach, ground: Ground) -> Iterator[Surface]:
    """Make the surface of each group of a search."""
    for group, cells, milliseconds in reach.times(reach.hang(ground.points)):
        yield laid_out(reach, ground, str(reach.labels[group]), cells, milliseconds)


def laid_out(
    reach: Reach,
    ground: Ground,
    site: str,
    cells: NDArray[np.integer],
    milliseconds: NDArray[np.int32],
) -> Surface:
    """Lay reached cells out on the smallest grid that holds them."""
    column, row = ground.column[cells], ground.row[cells]
    west, top, size = 0, -1, (0, 0)
    if len(cells):
        west, top = int(column.min()), int(row.max())
        size = (top - int(row.min()) + 1, int(column.max()) - west + 1)
    grid = np.full(size, UNREACHED, np.int32)
    grid[top - row, column - west] = milliseconds
    network = reach.network
    return Surface(
        site=site,
        milliseconds=grid,
        west=west * ground.cell,
        north=(top + 1) * ground.cell,
        cell=ground.cell,
        crs=network.crs,
        mode=network.mode,
        speeds=network.speeds,
        direction=reach.direction,
        limit=reach.limit / MS,
        walking_kmh=network.walking_kmh,
        off_road=ground.points.max_snap,
        provenance=network.provenance,
    )
