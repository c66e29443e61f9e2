"""
How much memory and time reading roads takes, on example extracts of growing size.

    python benchmarks/read_memory.py                      500 to 40,000 areas (4 million road nodes)
    python benchmarks/read_memory.py --areas 500 2000     smaller ones

Each extract is written by one process and read by another, for walk, cycle and drive with the
networks kept on disk, as a study does it. The last line fits memory to size, and says what Great
Britain would take: about 55 million nodes on roads (to confirm), and 16 bytes for each of some 250
million nodes of all kinds, whose positions are held while the file is read. The example's files
hold hardly any node that is not on a road.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

MODES = ("walk", "cycle", "drive")
GB_ROAD_NODES = 55e6
GB_NODES = 250e6
BYTES_A_PLACE = 16


def write(folder: Path, areas: int) -> None:
    """Write the roads of an example district."""
    from slgeo import examples
    from slgeo.examples.road_file import write_roads

    write_roads(examples.district(areas), folder / "roads.osm.pbf")


def read(folder: Path) -> None:
    """Read them, and print what that took."""
    from slgeo.network import read_osm, snap
    from slgeo.sources.cache import Cache

    before = peak()
    begun = time.perf_counter()
    networks = read_osm(folder / "roads.osm.pbf", modes=MODES, cache=Cache(folder / "cache"))
    taken = time.perf_counter() - begun
    again = time.perf_counter()
    networks = read_osm(folder / "roads.osm.pbf", modes=MODES, cache=Cache(folder / "cache"))
    second = time.perf_counter() - again
    walk = networks["walk"]
    held = peak()
    import geopandas as gpd

    points = gpd.GeoSeries.from_xy(walk.x[::50] + 30, walk.y[::50] - 20, crs=walk.crs)
    begun = time.perf_counter()
    joined = snap(walk, points)
    print(
        json.dumps(
            {
                "nodes": walk.nodes,
                "edges": walk.edges,
                "file_mb": (folder / "roads.osm.pbf").stat().st_size / 1e6,
                "seconds": taken,
                "again": second,
                "start_mb": before,
                "peak_mb": held,
                "points": len(points),
                "joined": int(joined.joined.sum()),
                "snap_seconds": time.perf_counter() - begun,
                "snap_mb": peak(),
            }
        )
    )


def peak() -> float:
    """Largest memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run both steps for every size, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--areas", type=int, nargs="+", default=[500, 2000, 8000, 20000, 40000])
    parser.add_argument("--step", choices=["write", "read"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step == "write":
        write(asked.folder, asked.areas[0])
        return
    if asked.step == "read":
        read(asked.folder)
        return
    rows = []
    print("   areas   road nodes  file MB  read s  again s  peak MB   points  snap s  peak MB")
    for areas in asked.areas:
        with TemporaryDirectory() as name:
            base = [sys.executable, __file__, "--folder", name, "--areas", str(areas), "--step"]
            subprocess.run([*base, "write"], check=True)  # noqa: S603 - this file, run again
            done = subprocess.run([*base, "read"], check=True, capture_output=True, text=True)  # noqa: S603 - as above
        row = json.loads(done.stdout.splitlines()[-1])
        rows.append(row)
        print(
            f"{areas:8,} {row['nodes']:12,} {row['file_mb']:8.1f} {row['seconds']:7.1f} "
            f"{row['again']:8.2f} {row['peak_mb']:8.0f} {row['points']:8,} "
            f"{row['snap_seconds']:7.1f} {row['snap_mb']:8.0f}",
            flush=True,
        )
    if len(rows) > 1:
        nodes = np.array([row["nodes"] for row in rows], float)
        extra = np.array([row["peak_mb"] - row["start_mb"] for row in rows]) * 2**20
        each = float(np.polyfit(nodes, extra, 1)[0])
        britain = GB_ROAD_NODES * (each - BYTES_A_PLACE) + GB_NODES * BYTES_A_PLACE
        print(f"{each:.0f} bytes a road node; Great Britain about {britain / 2**30:.1f} GB")


if __name__ == "__main__":
    main()
