"""Rutland and Newport: real extracts, against published figures and an independent reader."""

import os
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely

from slgeo import reasons
from slgeo.errors import SourceError
from slgeo.network import from_osmnx, read_osm, snap

DATA = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data in {DATA} (SLGEO_DATA)")

RUTLAND = DATA / "rutland" / "rutland-2022.osm.pbf"
NEWPORT = DATA / "newport" / "newport-2023-06-13.osm.pbf"
SMALL = DATA / "newport" / "newport-small.osm.pbf"
MODES = ("walk", "cycle", "drive")
STAMFORD = "C83007"


@pytest.fixture(scope="module")
def rutland():
    return read_osm(RUTLAND, modes=MODES)


@pytest.fixture(scope="module")
def newport():
    return read_osm(NEWPORT, modes=MODES)


def hull(county):
    shape = gpd.read_file(DATA / county / "osm_road_hull.geojson")
    return shape.to_crs("EPSG:27700").geometry.iloc[0]


def places(county, name, key):
    table = pd.read_csv(DATA / county / name).dropna(subset=["lat", "lon"])
    found = gpd.GeoSeries.from_xy(table.lon, table.lat, crs="EPSG:4326").to_crs("EPSG:27700")
    return found.set_axis(table[key]), table.set_index(key)


def test_rutland_has_the_published_length_of_walked_road(rutland):
    """1,563 km, from the note that came with the data: every road, with what we leave out."""
    walk = rutland["walk"]
    left_out = sum(walk.left_out.values())

    assert walk.length.sum(dtype=float) / 1000 + left_out == pytest.approx(1563.5, abs=0.2)
    assert left_out == pytest.approx(5.2, abs=0.1)


def test_rutland_has_the_published_length_of_driven_road(rutland):
    """892 km by a filter that is not stated; ours without tracks are within a twentieth."""
    drive = rutland["drive"]
    road = drive.road_class != drive.classes.index("track")

    assert drive.length[road].sum(dtype=float) / 1000 == pytest.approx(892, rel=0.05)
    assert drive.ends_only[~road].mean() > 0.9


@pytest.mark.parametrize("supplied", [False, True])
def test_practices_across_the_border_are_outside_the_network(rutland, supplied):
    networks = read_osm(RUTLAND, modes=MODES, hull=hull("rutland")) if supplied else rutland
    points, table = places("rutland", "gp_practices_2025-09.csv", "org_code")
    for network in networks.values():
        found = snap(network, points)

        inside = table.in_area.to_numpy(bool)
        assert set(found.reason[~inside]) == {reasons.OUTSIDE_NETWORK}
        assert found.joined[inside].all()
        assert found.distance[inside].max() < 30
        assert found.reason[table.index.get_loc(STAMFORD)] == reasons.OUTSIDE_NETWORK


def test_every_postcode_of_the_county_is_covered_and_joined_on_foot(rutland):
    points, table = places("rutland", "postcodes_nspl_2025-05.csv", "postcode")
    areas = gpd.read_file(DATA / "rutland" / "lsoa21.geojson")
    inside = table.lsoa21_code.isin(areas.lsoa21_code[areas.in_area]).to_numpy()

    found = snap(rutland["walk"], points)

    assert inside.sum() > 1600
    assert found.joined[inside].all()
    assert np.percentile(found.distance[inside], 95) < 110


def test_newports_far_postcodes_are_refused(newport):
    """Postcodes beyond the extract once joined roads up to 8.5 km away."""
    points, _ = places("newport", "postcodes_nspl_2025-05.csv", "postcode")
    for network in newport.values():
        found = snap(network, points)

        assert found.distance[found.joined].max() <= 500
        assert (found.reason == reasons.OUTSIDE_NETWORK).sum() > 3000
        assert all((found.reason == None) == found.joined)  # noqa: E711 - elementwise


@pytest.mark.parametrize("name", ["rutland", "newport"])
@pytest.mark.parametrize("mode", MODES)
def test_the_usable_network_is_the_strong_component_networkx_finds(request, name, mode):
    network = request.getfixturevalue(name)[mode]
    arcs = nx.DiGraph()
    tail, head = network.tail.tolist(), network.head.tolist()
    arcs.add_edges_from(
        (t, h) for t, h, ms in zip(tail, head, network.forward, strict=True) if ms >= 0
    )
    arcs.add_edges_from(
        (h, t) for t, h, ms in zip(tail, head, network.backward, strict=True) if ms >= 0
    )

    largest = max(nx.strongly_connected_components(arcs), key=len)

    assert set(np.flatnonzero(network.component == 0).tolist()) == largest


@pytest.mark.parametrize("name", ["rutland", "newport"])
@pytest.mark.parametrize("mode", MODES)
def test_nearly_all_road_is_usable_and_what_is_not_is_listed(request, name, mode):
    network = request.getfixturevalue(name)[mode]
    table = network.audit().set_index(["part", "item"])
    total, usable = table.loc[("network", "all"), "km"], table.loc[("network", "usable"), "km"]
    apart = table.loc["piece apart", "km"].sum()
    tied = network.length[(network.component[network.tail] != network.component[network.head])].sum(
        dtype=float
    )

    assert usable / total > 0.93
    assert usable + apart + tied / 1000 == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize("name", ["rutland", "newport"])
@pytest.mark.parametrize("mode", MODES)
def test_times_are_the_lengths_at_the_speed_of_the_class(request, name, mode):
    """Every edge within a millisecond of length over speed, dft_am averages for cars."""
    network = request.getfixturevalue(name)[mode]
    speeds = {"walk": 4.8, "cycle": 16.0}
    cars = {"motorway": 77.6, "trunk": 43.2, "primary": 43.2, "secondary": 41.9, "tertiary": 36.3}
    cars |= dict.fromkeys(["unclassified", "residential", "road"], 18.3)
    by_class = [
        speeds.get(mode) or cars.get(each.removesuffix("_link"), 15.3) for each in network.classes
    ]
    exact = network.length.astype(float) * 3600 / np.array(by_class)[network.road_class]
    for times in (network.forward, network.backward):
        open_ = times >= 0
        # a pushed bicycle is as slow as a walker
        pushed = mode == "cycle"
        slow = np.abs(times - exact * 16 / 4.8) < 1.6 if pushed else np.zeros(len(times), bool)
        assert (np.abs(times - exact)[open_ & ~slow] < 1.1).all()


def small_graph(folder):
    """The small corner of Newport, as osmnx reads it."""
    import osmnx

    source = folder / "small.osm"
    with osmium.SimpleWriter(str(source)) as writer:
        for thing in osmium.FileProcessor(str(SMALL)):
            writer.add(thing)
    return osmnx.graph_from_xml(source, simplify=False, retain_all=True)


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_a_graph_of_osmnx_gives_the_network_of_its_extract(tmp_path, mode):
    """Simplified or not: the same length of road, but for what osmnx keeps no tags of."""
    import osmnx

    graph = small_graph(tmp_path)
    other = [
        (u, v, k) for u, v, k, data in graph.edges(keys=True, data=True) if "highway" not in data
    ]
    graph.remove_edges_from(other)
    graph.remove_nodes_from([node for node in list(graph) if graph.degree(node) == 0])
    network = read_osm(SMALL, modes=[mode])[mode]

    whole = from_osmnx(graph, mode=mode)
    simple = from_osmnx(osmnx.simplify_graph(graph), mode=mode)

    def km(each):
        return each.length.sum(dtype=float) / 1000

    assert km(whole) == pytest.approx(km(network), rel=0.02)
    assert km(simple) == pytest.approx(km(whole), rel=0.02)
    shared = np.intersect1d(whole.node_id, network.node_id)
    assert len(shared) > 0.97 * network.nodes


def test_edges_are_those_an_independent_reader_finds(tmp_path):
    """Osmnx, not simplified: the same pairs of nodes, of the same lengths."""
    theirs = small_graph(tmp_path)
    network = read_osm(SMALL, modes=["walk"])["walk"]

    ids = network.node_id
    pairs = {
        frozenset((int(ids[t]), int(ids[h]))): float(metres)
        for t, h, metres in zip(network.tail, network.head, network.length, strict=True)
    }
    other = {frozenset((u, v)): data["length"] for u, v, data in theirs.edges(data=True)}
    road = {frozenset((u, v)): data for u, v, data in theirs.edges(data=True) if "highway" in data}
    not_ours = [data for pair, data in road.items() if pair not in pairs]

    assert set(pairs) <= set(road)
    assert {data.get("access") for data in not_ours} <= {"no"}
    assert len(not_ours) < 0.05 * len(road)
    # great circle against British National Grid: within the grid's scale error
    ratio = np.array([pairs[pair] / other[pair] for pair in pairs if other[pair] > 5])
    assert abs(np.median(ratio) - 1) < 0.0025
    assert (np.abs(ratio - 1) < 0.01).all()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_an_extract_cut_short_is_refused(tmp_path, share):
    whole = SMALL.read_bytes() if share > 0.9 else RUTLAND.read_bytes()
    (tmp_path / "half.osm.pbf").write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(SourceError, match=r"half\.osm\.pbf cannot be read"):
        read_osm(tmp_path / "half.osm.pbf", modes=["walk"])


def test_hulls_found_agree_with_the_supplied_ones(rutland, newport):
    for county, networks in (("rutland", rutland), ("newport", newport)):
        found, supplied = networks["walk"].hull, hull(county)
        shared = shapely.intersection(found, supplied).area

        assert shared / supplied.area > 0.95
        # ours has a margin of 100 m for houses beyond the last road
        assert shared / found.area > 0.8
