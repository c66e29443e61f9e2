"""Roads ready for question after question: laid out once, and no point joined twice."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from slgeo.errors import AccessError
from slgeo.network.snapping import Snapper
from slgeo.routing.graph import RoadGraph, road_graph

if TYPE_CHECKING:
    import geopandas as gpd

    from slgeo.network.model import Network
    from slgeo.network.snapping import Snapped


class Ready:
    """
    A network ready for many questions about it.

    Handed on as ``ready=``, it saves the same work from being done for each: the shapes of the
    roads, the joining of points that were asked about before, the layout of the roads as a graph.
    Answers are the same with it and without.

    Parameters
    ----------
    network
        The roads.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.network import Network
    >>> from slgeo.routing.ready import Ready
    >>> from slgeo.routing.travel import travel_times
    >>> street = Network.from_edges([0, 800], [0, 0], [0], [1])
    >>> point = gpd.GeoSeries.from_xy([0], [0], crs="EPSG:27700")
    >>> homes = gpd.GeoDataFrame({"area": ["A"], "people": [1.0]}, geometry=point)
    >>> homes = homes.rename_axis("origin")
    >>> ready = Ready(street)
    >>> for east in (400, 800):
    ...     site = gpd.GeoDataFrame(geometry=point.translate(east)).rename_axis("site")
    ...     print(travel_times(street, homes, site, ready=ready).minutes)
    [5.]
    [10.]
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._snapper = Snapper(network)

    @classmethod
    def of(cls, network: Network, ready: Ready | None) -> Ready:
        """Take what is at hand for a network, or begin anew."""
        if ready is None:
            return cls(network)
        if ready.network is not network:
            raise AccessError(
                "`ready` was made for other roads; make one for these: Ready(network)"
            )
        return ready

    @cached_property
    def graph(self) -> RoadGraph:
        """The roads in storeys."""
        return road_graph(self.network)

    def snapped(self, points: gpd.GeoSeries, max_snap: float) -> Snapped:
        """Join points to the network, in its own CRS."""
        return self._snapper.snap(points.to_crs(self.network.crs), max_snap=max_snap)
