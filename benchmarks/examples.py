"""
CPU seconds and memory the made-up district takes, from 20 to 40,000 areas.

    python benchmarks/examples.py                  up to 5,000 areas (half a minute)
    python benchmarks/examples.py --most 40000     all of it (some four minutes, 3 GB)

Each size runs in a process of its own, so that its peak is its own (libraries take 0.15 GB of it).
Seconds are of the processor, all threads together: the machine may be shared.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (20, 60, 200, 1_000, 5_000, 20_000, 40_000)
HEAD = (
    "areas", "people", "road nodes", "points", "postcodes", "make s", "write s", "peak GB",
    "files MB", "network s",
)  # fmt: skip


def one(areas: int) -> None:
    """Make, write and read one district, and print its row."""
    import slgeo.examples.files  # what any user pays once
    import slgeo.network.osm  # noqa: F401 - as above
    from slgeo import examples

    begin = time.process_time()
    made = examples.district(areas)
    done = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        examples.write(made, folder)
        written = time.process_time()
        size = sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    start = time.process_time()
    examples.network(made, "drive")
    routed = time.process_time() - start
    row = (
        f"{areas:,}", f"{int(made.areas['population'].sum()):,}", f"{len(made.streets.x):,}",
        f"{len(made.output_areas):,}", f"{len(made.postcodes):,}", f"{done - begin:.2f}",
        f"{written - done:.2f}", f"{peak:.2f}", f"{size:.1f}", f"{routed:.2f}",
    )  # fmt: skip
    print(_line(row), flush=True)


def _line(cells: tuple[str, ...]) -> str:
    return "  ".join(cell.rjust(10) for cell in cells)


def main() -> None:
    """Print the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=5_000, help="largest district")
    parser.add_argument("--one", type=int, help="only this size, in this process")
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return
    print(_line(HEAD))
    for areas in SIZES:
        if areas <= options.most:
            subprocess.run([sys.executable, __file__, "--one", str(areas)], check=True)  # noqa: S603 - this file


if __name__ == "__main__":
    main()
