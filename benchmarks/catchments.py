"""
What catchments cost, beside the usual recipe, and how the cost grows.

    python benchmarks/catchments.py                    # a made-up county of 1,000 areas
    python benchmarks/catchments.py --roads x.osm.pbf  # 100 sites on real roads
    python benchmarks/catchments.py --areas 100        # a quick look

Compiling is left out of every figure. The usual recipe (OSMnx's and many notebooks'): buffer the
nodes and edges reached by 25 m and take the union; it charges no walk to the road and is drawn here
from the same travel times, so that only the drawing is compared.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from slgeo import examples
from slgeo.catchments import catchments, reached_streets
from slgeo.catchments.ground import ground_of
from slgeo.catchments.outlines import outlines, simplified
from slgeo.catchments.reach import reach_of
from slgeo.catchments.surface import reached_edges, surfaces
from slgeo.network import Network
from slgeo.routing.nodes import node_times

if TYPE_CHECKING:
    import pandas as pd

MINUTES = (5, 10, 15, 20, 30)
BUFFER = 25.0


def peak() -> float:
    """The most memory the process has used so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def spread(network: Network, count: int) -> gpd.GeoDataFrame:
    """Sites at crossings drawn at random."""
    choose = np.random.default_rng(1)
    crossings = choose.choice(np.flatnonzero(network.component == 0), count, replace=False)
    index = [f"site {i}" for i in range(count)]
    points = gpd.GeoSeries.from_xy(
        network.x[crossings], network.y[crossings], index=index, crs=network.crs
    )
    return gpd.GeoDataFrame({"reason": None}, index=index, geometry=points).rename_axis("site")


def homes(network: Network, count: int) -> gpd.GeoDataFrame:
    """Origins beside crossings drawn at random."""
    made = spread(network, min(count, network.nodes // 2)).rename_axis("origin")
    return made.assign(area="A", people=1.0).drop(columns="reason")


def whole(network: Network, sites: gpd.GeoDataFrame, origins: gpd.GeoDataFrame, cell: float) -> str:
    """Time the call a user makes."""
    begun = time.perf_counter()
    made = catchments(network, sites, origins=origins, minutes=MINUTES, cell=cell)
    seconds = time.perf_counter() - begun
    area = made["area_km2"].sum()
    return f"{len(sites):6,d}  {cell:4g} m  {seconds:8.2f} s  {area:10,.0f} km2  {peak():5.2f} GB"


def steps(network: Network, sites: gpd.GeoDataFrame, cell: float) -> None:
    """Time the steps one by one as the limit grows: the cost should follow the land reached."""
    print(
        "\nminutes   km2 a site   cells a site   ground s  search ms  draw ms  ms per km2 (a site)"
    )
    for limit in (5, 10, 15, 20, 30, 45, 60):
        reach = reach_of(network, sites, limit=limit, threads=1)
        begun = time.perf_counter()
        ground = ground_of(network, reached_edges(reach), cell=cell)
        joined = time.perf_counter()
        made = list(surfaces(reach, ground))
        searched = time.perf_counter()
        shapes = [simplified(outlines(one, [limit]), cell / 4)[0] for one in made]
        drawn = time.perf_counter()
        count = len(sites)
        area = sum(shape.area for shape in shapes) / 1e6 / count
        cells = sum(int((one.milliseconds >= 0).sum()) for one in made) / count
        each = (drawn - joined) / count * 1000
        print(
            f"{limit:7d} {area:12.2f} {cells:14,.0f} {joined - begun:10.2f} "
            f"{(searched - joined) / count * 1000:10.1f} {(drawn - searched) / count * 1000:8.1f} "
            f"{each / area:10.2f}"
        )


def recipe(network: Network, sites: gpd.GeoDataFrame) -> float:
    """Time the usual recipe: seconds a site, all thresholds."""
    times = node_times(network, sites.geometry, limit=MINUTES[-1])
    tail, head = network.tail, network.head
    ends = np.stack([network.x[tail], network.y[tail], network.x[head], network.y[head]], axis=1)
    begun = time.perf_counter()
    for of_site in times:
        for limit in MINUTES:
            near = (of_site >= 0) & (of_site <= limit * 60_000)
            nodes = shapely.buffer(shapely.points(network.x[near], network.y[near]), BUFFER)
            edges = near[tail] & near[head]
            lines = shapely.linestrings(ends[edges].reshape(-1, 2, 2))
            shapely.union_all([*nodes, *shapely.buffer(lines, BUFFER)])
    return (time.perf_counter() - begun) / len(sites)


def beside(network: Network, sites: gpd.GeoDataFrame, origins: pd.DataFrame) -> None:
    """Print the ratio to the usual recipe, in one run."""
    few = sites.iloc[:4]
    usual = recipe(network, few)  # a second and more a site
    for cell in (25.0, 50.0):
        begun = time.perf_counter()
        catchments(network, sites, origins=origins, minutes=MINUTES, cell=cell, threads=1)
        own = (time.perf_counter() - begun) / len(sites)
        print(
            f"5 thresholds, a site: buffers and union {usual * 1000:.0f} ms, catchments at "
            f"{cell:g} m {own * 1000:.1f} ms, counting included: {usual / own:.0f} times"
        )
    begun = time.perf_counter()
    reached_streets(network, sites, minutes=MINUTES)
    print(f"reached streets, a site: {(time.perf_counter() - begun) / len(sites) * 1000:.1f} ms")


def main() -> None:
    """Make or read roads, and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    asked.add_argument("--roads", help="an OpenStreetMap extract")
    asked.add_argument("--areas", type=int, default=1000, help="size of the made-up county")
    given = asked.parse_args()
    if given.roads:
        network = Network.from_osm(given.roads)
        counts, origins = (100,), homes(network, 10_000)
    else:
        made = examples.district(given.areas)
        network, origins = examples.network(made), examples.origins(made)
        counts = (100, 300, 1000)
    print(network)
    catchments(network, spread(network, 2), origins=origins, minutes=(1,))  # compiles
    print("\n sites  cell     seconds        drawn      most memory   (5 thresholds, 2 threads)")
    for count in counts:
        for cell in (50.0, 25.0):
            print(whole(network, spread(network, count), origins, cell))
    steps(network, spread(network, 50), 50.0)
    print()
    beside(network, spread(network, 50), origins)


if __name__ == "__main__":
    main()
