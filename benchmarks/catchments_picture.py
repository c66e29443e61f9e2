"""
Draw docs/catchments-example.png, or a real practice, and measure what usual recipes get wrong.

    python benchmarks/catchments_picture.py                             # the made-up district
    python benchmarks/catchments_picture.py --place FOLDER --site CODE  # a real one: roads,
        practices, postcodes and areas as in the development data; writes docs/catchments.png
    python benchmarks/catchments_picture.py --place FOLDER --errors     # people in each drawing

The real picture is drawn from OpenStreetMap (ODbL) and NHS England's and the ONS's files (OGL); it
carries their attribution. The data themselves stay where they are.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from PIL import Image

from slgeo import examples
from slgeo.catchments import catchments, reached_streets, time_surface
from slgeo.network import Network, snap
from slgeo.network.osm import read_osm
from slgeo.routing.nodes import node_times
from slgeo.routing.travel import travel_times

DOCS = Path(__file__).parents[1] / "docs"
MINUTES = (5, 10, 15)
KMH = 4.8
PLUM = "#801650"
OURS = "outline of the surface (slgeo)"
COLOURS = {
    "circle as the crow flies": "#e09f3e",
    "streets buffered by 100 m": "#2a6f97",
    "convex hull of crossings": "#c8553d",
    OURS: PLUM,
}


def invented() -> tuple[Network, gpd.GeoDataFrame, gpd.GeoDataFrame, str]:
    """Network, origins, practices on the roads, and what to say."""
    made = examples.district(60)
    network, sites = examples.network(made), examples.sites(made, kind="gp")
    sites = sites[snap(network, sites.geometry).joined]
    words = f"A practice in {made.name}, an invented district. On foot at {KMH} km/h."
    return network, examples.origins(made), sites, words


def real(folder: Path) -> tuple[Network, gpd.GeoDataFrame, gpd.GeoDataFrame, str]:
    """The same from the files of a real place."""
    from slgeo.areas.boundaries import read_areas
    from slgeo.areas.origins import origins
    from slgeo.places.geocode import geocode
    from slgeo.places.read import read_places

    (roads,) = (p for p in folder.glob("*.osm.pbf") if "small" not in p.name)
    hull = gpd.read_file(folder / "osm_road_hull.geojson").to_crs("EPSG:27700")
    network = read_osm(roads, modes=("walk",), hull=hull.geometry.union_all())["walk"]
    people = origins(
        read_areas(folder / "lsoa21.geojson"), postcodes=next(folder.glob("postcodes_nspl_*"))
    )
    sites = geocode(read_places(next(folder.glob("gp_practices_*.csv"))))
    sites = sites[snap(network, sites.geometry).joined]
    words = (
        "© OpenStreetMap contributors (ODbL). Practices: NHS England; people and postcodes: Office "
        "for National Statistics (OGL v3.0).\nContains OS data © Crown copyright and database "
        "right and Royal Mail data © Royal Mail copyright and database right. On foot at "
        f"{KMH} km/h."
    )
    return network, people, sites, words


def recipes(network: Network, site: gpd.GeoDataFrame, minutes: float) -> dict[str, shapely.Polygon]:
    """What usual recipes draw for the same site and threshold."""
    (times,) = node_times(network, site.geometry, limit=minutes)
    near = times >= 0
    crossings = shapely.points(network.x[near], network.y[near])
    streets = reached_streets(network, site, minutes=(minutes,)).geometry.iloc[0]
    return {
        "circle as the crow flies": site.geometry.iloc[0].buffer(minutes * KMH * 1000 / 60),
        "streets buffered by 100 m": streets.buffer(100),
        "convex hull of crossings": shapely.MultiPoint(crossings.tolist()).convex_hull,
    }


def errors(network: Network, origins: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    """Print bias and people wrongly in and out, over all sites, as shares of people reached."""
    times = travel_times(network, origins, sites, limit=30).to_frame()
    people = origins["people"]
    for minutes in (10, 15):
        sums: dict[str, np.ndarray] = {}
        for site in sites.index:
            near = times[(times["site"] == site) & (times["minutes"] <= minutes)]["origin"]
            drawn = recipes(network, sites.loc[[site]], minutes)
            for cell in (50, 25):
                drawn[f"{OURS}, {cell} m"] = catchments(
                    network, sites.loc[[site]], origins=origins, minutes=(minutes,), cell=cell
                ).geometry.iloc[0]
            for name, shape in drawn.items():
                inside = origins.index[origins.intersects(shape)]
                row = [
                    people[near].sum(),
                    people[inside.difference(near)].sum(),
                    people[near[~near.isin(inside)]].sum(),
                ]
                sums[name] = sums.get(name, np.zeros(3)) + row
        print(f"\n{minutes} minutes, {len(sites)} practices: bias / wrongly in / wrongly out, %")
        for name, (reached, wrong_in, wrong_out) in sums.items():
            shares = np.array([wrong_in - wrong_out, wrong_in, wrong_out]) / reached * 100
            print(f"{name:45s} {shares[0]:+6.0f} / {shares[1]:3.0f} / {shares[2]:3.0f}")


def draw(
    network: Network, origins: gpd.GeoDataFrame, site: gpd.GeoDataFrame, words: str, target: Path
) -> None:
    """Two panels: what slgeo draws, and what usual recipes draw of the same."""
    surface = time_surface(network, site, limit=MINUTES[-1] + 1, cell=25)
    table = catchments(network, site, origins=origins, minutes=MINUTES, cell=25)
    streets = reached_streets(network, site, minutes=MINUTES[-1:])
    figure, panels = plt.subplots(1, 2, figsize=(15, 7.6), sharex=True, sharey=True)
    ends = [network.x[network.tail], network.y[network.tail]]
    ends += [network.x[network.head], network.y[network.head]]
    for panel in panels:
        lines = np.stack(ends, axis=1).reshape(-1, 2, 2)
        panel.add_collection(LineCollection(lines, colors="#c9c9c9", linewidths=0.6, zorder=1))
        panel.set_axis_off()
    west, south, east, north = surface.bounds
    minutes = np.ma.masked_invalid(surface.minutes)
    minutes = np.ma.masked_greater(minutes, MINUTES[-1])
    image = panels[0].imshow(
        minutes, extent=(west, east, south, north), cmap="viridis_r", alpha=0.75, zorder=2
    )
    streets.plot(ax=panels[0], color="black", linewidth=0.6, zorder=3)
    table.boundary.plot(ax=panels[0], color=PLUM, linewidth=1.6, zorder=4)
    bar = figure.colorbar(image, ax=panels[0], shrink=0.5, pad=0.01)
    bar.set_label("minutes to the practice")
    row = table.iloc[-1]
    panels[0].set_title(
        "Surface, outlines at 5, 10 and 15 minutes, streets reached\n"
        f"15 minutes: {row.people:,.0f} people reached, {row.people_in_drawing:,.0f} inside "
        f"({row.drawing_error:+.1%})",
        fontsize=11,
    )
    shapes_of = recipes(network, site, MINUTES[-1]) | {OURS: row.geometry}
    handles = []
    for name, shape in shapes_of.items():
        inside = origins["people"][origins.intersects(shape)].sum()
        wide = 2.4 if name == OURS else 1.4
        shapes = gpd.GeoSeries([shape], crs=network.crs)
        shapes.boundary.plot(ax=panels[1], color=COLOURS[name], linewidth=wide, zorder=5)
        label = f"{name}: {inside:,.0f} people ({inside / row.people - 1:+.0%})"
        handles.append(Line2D([], [], color=COLOURS[name], linewidth=wide, label=label))
    panels[1].legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.02), fontsize=9)
    panels[1].set_title(
        f"The same 15 minutes by usual recipes; reached in truth: {row.people:,.0f} people",
        fontsize=11,
    )
    for panel in panels:
        site.plot(ax=panel, color="white", edgecolor="black", markersize=60, zorder=9)
    circle = shapes_of["circle as the crow flies"].bounds
    panels[0].set_xlim(circle[0] - 100, circle[2] + 100)
    panels[0].set_ylim(circle[1] - 100, circle[3] + 100)
    figure.text(0.01, 0.01, words, fontsize=8, color="#444444")
    figure.subplots_adjust(left=0.01, right=0.99, top=0.92, bottom=0.13, wspace=0.02)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=80)
    plt.close(figure)
    # a hundred colours are enough, and a third of the bytes
    Image.open(drawn).convert("RGB").quantize(100).save(target, optimize=True)
    print(target)


def main() -> None:
    """Draw, or measure."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    asked.add_argument("--place", type=Path, help="folder of a real place's files")
    asked.add_argument("--site", help="which practice")
    asked.add_argument("--errors", action="store_true", help="print errors instead of drawing")
    given = asked.parse_args()
    if given.place is None:
        network, people, sites, words = invented()
        draw(network, people, sites.iloc[[0]], words, DOCS / "catchments-example.png")
        return
    network, people, sites, words = real(given.place)
    if given.errors:
        errors(network, people, sites)
        return
    site = given.site or sites.index[0]
    words = f"{sites.loc[site, 'name'].title()}. {words}"
    draw(network, people, sites.loc[[site]], words, DOCS / "catchments.png")


if __name__ == "__main__":
    main()
