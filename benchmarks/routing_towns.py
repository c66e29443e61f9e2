"""
Two real towns as a user first meets them: roads read, prepared and kept, then taken back.

    python benchmarks/routing_towns.py DATA            times, each step in a process of its own
    python benchmarks/routing_towns.py DATA --audit    also what each network holds and leaves out

DATA is the folder with the extracts of Rutland and Newport and their postcodes. Walk, cycle and
drive are read in one pass, a hierarchy is prepared for each, and all is written to a cache. *First
ever* is a machine on which slgeo has never run: kernels are compiled, into a folder that is empty
at first. *First* has the kernels compiled and an empty cache, *second* finds everything in it.
Seconds are those of the whole process, from starting Python to its end.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

MODES = ("walk", "cycle", "drive")
TOWNS = {
    "Rutland": ("rutland/rutland-2022.osm.pbf", "rutland/postcodes_nspl_2025-05.csv"),
    "Newport": ("newport/newport-2023-06-13.osm.pbf", "newport/postcodes_nspl_2025-05.csv"),
}
ALLOWED = {"first ever": 15.0, "first": 15.0, "second": 2.0}


def prepared(extract: Path, folder: Path) -> None:
    """Read and prepare all modes, or take them back, as a study does."""
    from slgeo.network import read_osm
    from slgeo.routing.graph import road_graph
    from slgeo.routing.hierarchy import Hierarchy
    from slgeo.sources.cache import Cache

    for mode, network in read_osm(extract, modes=MODES, cache=Cache(folder / "roads")).items():
        graph, kept = road_graph(network), folder / f"hierarchy-{mode}"
        if Hierarchy.load(graph, kept) is None:
            Hierarchy.prepare(graph).save(graph, kept)


def audit(extract: Path, postcodes: Path, folder: Path) -> None:
    """Print what each network holds and leaves out, and how the town's postcodes join it."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.network import read_osm, snap
    from slgeo.sources.cache import Cache

    pd.set_option("display.width", 130, "display.max_rows", 200, "display.max_colwidth", 80)
    table = pd.read_csv(postcodes)
    places = gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs=4326, index=table["postcode"])
    for network in read_osm(extract, modes=MODES, cache=Cache(folder / "roads")).values():
        print(f"\n{network}\n{network.audit().to_string(index=False, na_rep='')}")
        joined = snap(network, places.to_crs(network.crs))
        print(f"\n{joined}\n{joined.audit().to_string(index=False, na_rep='')}")


def timed(run: str, extract: Path, folder: Path, kernels: Path) -> None:
    """Start a process that prepares a town, and print what it took."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(  # noqa: S603 - this file, run again
        [sys.executable, __file__, str(extract), "--into", str(folder)],
        check=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(kernels)},
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
    print(
        f"  {run:<11}{wall:6.1f} s ({spent:.1f} CPU s), {ALLOWED[run]:.0f} allowed; "
        f"{size:.0f} MB kept",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().split("\n\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--audit", action="store_true", help="print the audit of each network")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.into:
        prepared(asked.data, asked.into)
        return
    for town, (roads, postcodes) in TOWNS.items():
        print(f"{town}: {roads}, {' '.join(MODES)}")
        extract = asked.data / roads
        with TemporaryDirectory() as first, TemporaryDirectory() as kernels:
            timed("first ever", extract, Path(first), Path(kernels))
            with TemporaryDirectory() as folder:
                for run in ("first", "second"):
                    timed(run, extract, Path(folder), Path(kernels))
                if asked.audit:
                    audit(extract, asked.data / postcodes, Path(folder))


if __name__ == "__main__":
    main()
