"""
Read and join all of England: 33,755 areas with deprivation, rurality, age bands and ethnic groups.

Run as ``python benchmarks/areas_england.py FOLDER`` with the folder of national tables. Wanted:
under 10 seconds and 2 GB (issue 4).
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd

from slgeo.areas.boundaries import read_areas

national = Path(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    shapes = gpd.read_parquet(national / "boundaries_lsoa21.parquet")
    england = Path(folder, "england.parquet")
    shapes[shapes["lsoa21_code"].str.startswith("E")].to_parquet(england)
    start, worked = time.perf_counter(), time.process_time()
    areas = read_areas(
        england,
        deprivation=national / "imd2025_england_lsoa21.parquet",
        rurality=national / "ruc21_lsoa21.parquet",
        population=national / "population2021_agebands_lsoa21.parquet",
        ethnicity=national / "ethnicity2021_lsoa21.parquet",
    )
    seconds = time.perf_counter() - start
    worked = time.process_time() - worked
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(f"{len(areas):,} areas, {len(areas.columns)} columns, {areas.population.sum():,.0f} people")
print(f"{seconds:.1f} s on the clock, {worked:.1f} s of work, {memory:.2f} GB at most")
assert len(areas) == 33_755
