"""
How long postcodes take: the index of a full-size directory, look-ups, and all GP practices.

    python benchmarks/postcodes.py                               made-up directory of 2,700,000 rows
    python benchmarks/postcodes.py --rows 200000                 a smaller one
    python benchmarks/postcodes.py --practices epraccur.csv      and the register, as downloaded

The directory is laid out as the ONSPD from 2025 on, 53 columns, of made-up postcodes. The index is
built in a process of its own, so that its peak memory is its own. The register is geocoded against
the installable package of postcodes (slgeo[postcodes]), whose index is built first and timed apart;
failures are listed by reason. Nothing here is a test: times are of the machine it ran on, and the
processor's own time stands beside the clock's, which grows on a busy machine.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
LOOKED_UP = 20_000


def write_directory(path: Path, rows: int) -> list[str]:
    """Write a made-up postcode directory, and return its postcodes."""
    from slgeo.examples import district
    from slgeo.examples.area_files import onspd

    columns = list(onspd(district(20)).columns)
    pairs = ["".join(pair) for pair in itertools.product(LETTERS, repeat=2)]
    outward = [f"{area}{number}" for area in pairs for number in range(1, 100)]
    inward = [f"{digit}{pair}" for digit in range(10) for pair in pairs]
    codes = list(itertools.islice((f"{o} {i}" for o in outward for i in inward), rows))
    draw = np.random.default_rng(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        for start in range(0, rows, 100_000):
            part = codes[start : start + 100_000]
            n = len(part)
            frame = pd.DataFrame("", index=range(n), columns=columns)
            frame["pcds"] = part
            frame["doterm"] = np.where(draw.random(n) < 0.3, "201503", "")
            frame["east1m"] = draw.integers(100_000, 650_000, n)
            frame["north1m"] = draw.integers(10_000, 1_200_000, n)
            frame["gridind"] = draw.choice([1, 1, 1, 1, 3, 4, 6, 8], n)
            frame["oa21cd"] = "E00000001"
            frame["lsoa21cd"] = "E01000001"
            frame["lad25cd"] = "E06000001"
            frame["lat"], frame["long"] = 52.5, -1.25
            frame.to_csv(file, header=False, index=False)
    return codes


def build(path: Path, cache: Path) -> None:
    """Build the index in this process, and print seconds and peak memory."""
    from slgeo.places.postcodes import read_postcodes

    begun, busy = time.perf_counter(), time.process_time()
    index = read_postcodes(path, cache=cache)
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"index of {len(index):,} postcodes: {seconds:.1f} s ({busy:.1f} s of processor), "
        f"peak {peak:.2f} GB"
    )


def look_up(path: Path, cache: Path, codes: list[str]) -> None:
    """Look 20,000 postcodes up at once, then one at a time."""
    from slgeo.places.postcodes import read_postcodes

    index = read_postcodes(path, cache=cache)
    draw = np.random.default_rng(2)
    some = [codes[at] for at in draw.integers(0, len(codes), LOOKED_UP)]
    begun, busy = time.perf_counter(), time.process_time()
    found = index.find(some)
    together, busy = time.perf_counter() - begun, time.process_time() - busy
    begun = time.perf_counter()
    for code in some[:2_000]:
        index.get(code)
    single = (time.perf_counter() - begun) / 2_000
    placed = int(found["precision"].ne("failed").sum())
    print(
        f"{LOOKED_UP:,} look-ups: {together:.2f} s ({busy:.2f} s of processor), {placed:,} found; "
        f"one: {single * 1000:.3f} ms"
    )


def all_practices(path: Path, cache: Path) -> None:
    """Geocode every open practice of the register, England's apart, and list failures."""
    from slgeo.places.geocode import geocode
    from slgeo.places.postcodes import read_postcodes
    from slgeo.places.read import read_places

    begun = time.perf_counter()
    postcodes = read_postcodes("qlacref", cache=cache)
    indexed = time.perf_counter() - begun
    begun = time.perf_counter()
    sites = geocode(read_places(path), postcodes=postcodes)
    seconds = time.perf_counter() - begun
    english = sites[~sites.index.str.startswith("W")]
    failed = english[english["precision"] == "failed"]
    print(
        f"{len(sites):,} open practices ({len(english):,} English) geocoded in {seconds:.1f} s "
        f"(index of the package: {indexed:.1f} s); failed: {len(failed):,}"
    )
    for reason, count in failed["reason"].value_counts().items():
        print(f"  {reason}: {count:,}")
    for grade, rows in english.groupby("precision"):
        print(f"  {grade}: {len(rows):,}, within {rows['error_radius'].max():g} m")


def main() -> None:
    """Read what is asked and run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", type=int, default=2_700_000)
    parser.add_argument("--practices", type=Path)
    parser.add_argument("--build", nargs=2, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.build:
        build(*asked.build)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        directory = folder / "ONSPD_FEB_2026_UK.csv"
        codes = write_directory(directory, asked.rows)
        command = [sys.executable, __file__, "--build", str(directory), str(folder / "cache")]
        subprocess.run(command, check=True)  # noqa: S603 - this file itself
        look_up(directory, folder / "cache", codes)
        if asked.practices:
            all_practices(asked.practices, folder / "cache")


if __name__ == "__main__":
    main()
