"""
Newport as a user meets it: the five nearest of its assets within an hour's walk of each postcode.

Run with ``python benchmarks/routing_newport.py DATA --cafein PYTHON``: DATA is the folder with the
Newport extract, postcodes and assets; PYTHON has cafein 0.29. Reading the roads is not counted on
either side, snapping is. CPU seconds, all threads together.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

BOX = (-3.09, 51.52, -2.87, 51.598)
ROADS, POSTCODES, ASSETS = (
    "newport-2023-06-13.osm.pbf",
    "postcodes_nspl_2025-05.csv",
    "osm_assets_2023.geojson",
)


def asked(folder: Path):  # noqa: ANN201 - two GeoDataFrames, imported late on either side
    """Postcodes in the box, and the assets, as points in degrees."""
    import geopandas as gpd
    import pandas as pd

    table = pd.read_csv(folder / POSTCODES, dtype={"postcode": str})
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
    homes = gpd.GeoDataFrame({"id": table["postcode"]}, geometry=points)
    homes = homes.cx[BOX[0] : BOX[2], BOX[1] : BOX[3]].reset_index(drop=True)
    assets = gpd.read_file(folder / ASSETS).to_crs(4326)
    places = gpd.GeoDataFrame(
        {"id": [f"a{i}" for i in range(len(assets))]},
        geometry=assets.representative_point(),
        crs=4326,
    )
    return homes, places


def ours(folder: Path) -> None:
    from slgeo.network import read_osm
    from slgeo.routing.travel import travel_times

    homes, places = asked(folder)
    network = read_osm(folder / ROADS, modes=("walk",))["walk"]
    origins = homes.set_index("id").rename_axis("origin").to_crs(network.crs)
    origins = origins.assign(area="Newport", people=1.0)
    sites = places.set_index("id").rename_axis("site").to_crs(network.crs)
    spent = []
    for _ in range(6):  # the first compiles, or loads what was compiled
        start = time.process_time()
        times = travel_times(network, origins, sites, limit=60, nearest=5)
        spent.append(time.process_time() - start)
    print(network)
    print(times)
    print(times.reasons()[["origins", "sentence"]].to_string())
    assert len(times.reasons()) == 0 or len(times.nearest()) == len(origins)
    print(f"slgeo: {sorted(spent[1:])[2]:.3f} CPU s (first call {spent[0]:.2f})")


def cafein(folder: Path) -> None:
    import cafein as engine

    homes, places = asked(folder)
    network = engine.StreetNetwork.from_osm(str(folder / ROADS))
    spent = []
    for _ in range(3):
        start = time.process_time()
        found = engine.NearestDestinations(
            network,
            origins=homes,
            destinations=places,
            transport_mode="walk",
            k=5,
            max_cost=60,
            output_time_units="seconds",
        )
        spent.append(time.process_time() - start)
    reached = found["from_id"].nunique()
    answer = {"seconds": sorted(spent)[1], "rows": len(found), "missing": len(homes) - reached}
    print(json.dumps(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("data", type=Path)
    parser.add_argument("--cafein", help="python with cafein 0.29")
    parser.add_argument("--as-cafein", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_cafein:
        cafein(arguments.data)
        return
    ours(arguments.data)
    if arguments.cafein:
        run = subprocess.run(  # noqa: S603 - the interpreter named on the command line
            [arguments.cafein, __file__, arguments.data, "--as-cafein"],
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(re.findall(r"{.*}", run.stdout)[-1])
        print(f"cafein: {found['seconds']:.1f} CPU s, {found['rows']:,} rows, ", end="")
        print(f"{found['missing']:,} postcodes missing from its answer")


if __name__ == "__main__":
    sys.exit(main())
