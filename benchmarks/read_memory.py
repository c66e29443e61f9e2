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
    """Read them as a study does, and print what each step took."""
    import geopandas as gpd

    from slgeo.network import Network, snap
    from slgeo.network.build import Ground, build_networks
    from slgeo.network.osm_file import read_roads
    from slgeo.network.speeds import speeds_for

    found: dict[str, float] = {"start_mb": peak()}
    found["file_mb"] = (folder / "roads.osm.pbf").stat().st_size / 1e6

    begun = time.perf_counter()
    roads = read_roads(folder / "roads.osm.pbf")
    found |= {"read_s": time.perf_counter() - begun, "read_mb": peak()}

    begun = time.perf_counter()
    profiles = {mode: speeds_for(mode) for mode in MODES}
    for mode, network in build_networks(roads, profiles, Ground("EPSG:27700")):
        network.save(folder / mode)
    found |= {"make_s": time.perf_counter() - begun, "make_mb": peak()}

    begun = time.perf_counter()
    networks = [Network.load(folder / mode) for mode in MODES]
    walk = networks[0]
    found |= {"load_s": time.perf_counter() - begun, "nodes": walk.nodes, "edges": walk.edges}

    points = gpd.GeoSeries.from_xy(walk.x[::50] + 30, walk.y[::50] - 20, crs=walk.crs)
    begun = time.perf_counter()
    joined = int(snap(walk, points).joined.sum())
    found |= {"points": joined, "snap_s": time.perf_counter() - begun, "snap_mb": peak()}
    print(json.dumps(found))


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
    print("                               read          make three       load   join points")
    print("   areas   road nodes  file MB    s     MB      s     MB      s        n      s     MB")
    for areas in asked.areas:
        with TemporaryDirectory() as name:
            base = [sys.executable, __file__, "--folder", name, "--areas", str(areas), "--step"]
            subprocess.run([*base, "write"], check=True)  # noqa: S603 - this file, run again
            done = subprocess.run([*base, "read"], check=True, capture_output=True, text=True)  # noqa: S603 - as above
        row = json.loads(done.stdout.splitlines()[-1])
        rows.append(row)
        print(
            f"{areas:8,} {row['nodes']:12,} {row['file_mb']:8.1f} {row['read_s']:6.1f}"
            f"{row['read_mb']:7.0f} {row['make_s']:6.1f}{row['make_mb']:7.0f} {row['load_s']:6.2f} "
            f"{row['points']:8,} {row['snap_s']:6.1f}{row['snap_mb']:7.0f}",
            flush=True,
        )
    if len(rows) > 1:
        nodes = np.array([row["nodes"] for row in rows], float)
        reading, making = (
            float(np.polyfit(nodes, [row[name] * 2**20 for row in rows], 1)[0])
            for name in ("read_mb", "make_mb")
        )
        places = (GB_NODES - GB_ROAD_NODES) * BYTES_A_PLACE
        britain = [(GB_ROAD_NODES * reading + places) / 2**30, GB_ROAD_NODES * making / 2**30]
        print(
            f"{reading:.0f} and {making:.0f} bytes a road node; Great Britain about "
            f"{britain[0]:.0f} GB while reading, {britain[1]:.0f} GB while making networks"
        )


if __name__ == "__main__":
    main()
