"""Ways of reading roads: delays, parking, the Welsh limit, kept and large networks."""

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from slgeo.errors import NetworkError
from slgeo.network import Network, changed, nearest, read_osm, snap
from slgeo.network.build import Ground, build_networks
from slgeo.network.limits import IN_WALES
from slgeo.network.modes import passage
from slgeo.network.osm import each_network
from slgeo.network.roads import Pieces, Roads
from slgeo.network.speeds import SPEEDS
from slgeo.network.wales import mark_wales
from slgeo.sources.cache import Cache

MILE = 1.609344


def roads(date="2024-01-01", signals=(), **tags):
    """A cross of two streets: 0-1-2 from west to east and 3-1 from the south, 180 m each."""
    return Roads(
        way_id=np.array([10, 11]),
        start=np.array([0, 3, 5]),
        node=np.array([0, 1, 2, 3, 1], np.int32),
        kind=np.array([0, 0], np.int32),
        kinds=({"highway": "residential", **tags},),
        node_id=np.arange(4),
        x=np.array([0.0, 180, 360, 180]),
        y=np.array([0.0, 0, 0, -180]),
        crs="EPSG:27700",
        barriers={},
        signals=np.array(signals, np.int32),
        counts={},
        provenance={"file": "made", "extract_date": date},
    )


def built(source, speeds, **ground):
    return dict(build_networks(source, {speeds.mode: speeds}, Ground("EPSG:27700", **ground)))[
        speeds.mode
    ]


PLAIN = changed("ahah", name="plain", classes={}, other=36.0)


def test_delays_are_charged_on_entering_a_junction():
    """180 m at 36 km/h are 18 s; only the middle node is where roads meet."""
    slow = replace(PLAIN, junction_seconds=5)

    network = built(roads(), slow)

    assert network.forward.tolist() == [23_000, 18_000, 23_000]
    assert network.backward.tolist() == [18_000, 23_000, 18_000]


def test_traffic_lights_are_charged_where_they_stand():
    lights = replace(PLAIN, signal_seconds=8)

    network = built(roads(signals=[2]), lights)

    assert network.forward.tolist() == [18_000, 26_000, 18_000]
    assert network.backward.tolist() == [18_000, 18_000, 18_000]


def test_a_delay_factor_lengthens_every_time():
    network = built(roads(), replace(PLAIN, delay_factor=1.15))

    assert network.forward.tolist() == [20_700] * 3


def test_a_one_way_street_stays_closed_however_long_the_delay():
    network = built(roads(oneway="yes"), replace(PLAIN, junction_seconds=5))

    assert (network.backward == -1).all()


def test_parking_is_kept_with_the_network(tmp_path):
    network = built(roads(), replace(PLAIN, parking_seconds=160))

    assert network.parking_seconds == 160
    assert Network.load(network.save(tmp_path / "roads")).parking_seconds == 160


def test_parking_is_charged_once_a_trip_at_the_site():
    """1800 m at 36 km/h are 3 minutes; parking adds 160 s whichever way is asked for."""
    from slgeo.routing.travel import travel_times

    homes = gpd.GeoDataFrame(
        {"area": ["a"], "people": [1.0], "kind": ["raster"]},
        geometry=gpd.GeoSeries.from_xy([0], [0]).to_numpy(),
        index=pd.Index(["o"], name="origin"),
        crs="EPSG:27700",
    )
    shop = gpd.GeoDataFrame(
        geometry=gpd.GeoSeries.from_xy([1800], [0]).to_numpy(),
        index=pd.Index(["s"], name="site"),
        crs="EPSG:27700",
    )
    street = Network.from_edges([0, 1800], [0, 0], [0], [1], mode="drive", kmh=36)
    for direction in ("to", "from"):
        plain = travel_times(street, homes, shop, direction=direction)
        parked = travel_times(
            replace(street, parking_seconds=160), homes, shop, direction=direction
        )
        assert plain.milliseconds.tolist() == [180_000]
        assert parked.milliseconds.tolist() == [340_000]


def test_averages_of_whole_journeys_take_no_delay():
    for addition in ({"junction_seconds": 5}, {"signal_seconds": 5}, {"delay_factor": 1.15}):
        with pytest.raises(NetworkError, match="add no delay to them"):
            changed("dft_am", name="slower", **addition)
    assert changed("dft_am", name="parked", parking_seconds=160).parking_seconds == 160


def test_additions_cannot_be_negative():
    with pytest.raises(NetworkError, match=r"cannot be negative, found parking_seconds -1"):
        changed("ahah", name="odd", parking_seconds=-1)
    with pytest.raises(NetworkError, match=r"delay_factor 0"):
        changed("ahah", name="odd", delay_factor=0)


LEGAL = SPEEDS["osm_gb_legal"]


def seconds(mph):
    return pytest.approx(180 * 3600 / (mph * MILE), abs=1)


@pytest.mark.parametrize(
    ("date", "wales", "mph"),
    [
        ("2023-09-16", True, 30),
        ("2023-09-17", True, 20),
        ("2024-01-01", True, 20),
        ("2024-01-01", False, 30),
        ("", True, 30),
    ],
)
def test_lit_roads_in_wales_are_slower_from_17_september_2023(date, wales, mph):
    network = built(roads(date, lit="yes"), LEGAL, wales=wales)

    assert network.forward[0] == seconds(mph)


def test_a_signed_limit_in_wales_is_what_the_sign_says():
    assert built(roads(maxspeed="30 mph"), LEGAL, wales=True).forward[0] == seconds(30)
    restricted = roads(**{"maxspeed:type": "GB:nsl_restricted"})
    assert built(restricted, LEGAL, wales=True).forward[0] == seconds(20)
    assert built(roads(maxspeed="national"), LEGAL, wales=True).forward[0] == seconds(60)


def test_only_the_part_in_wales_is_slower():
    south = shapely.box(-10, -500, 500, -50)

    network = built(roads(lit="yes"), LEGAL, wales=south)

    assert network.forward.tolist() == [seconds(30), seconds(30), seconds(20)]
    assert network.counts["ways under the Welsh 20 mph limit"] == 1


def test_the_mark_of_wales_is_no_key_a_file_can_carry():
    """A way that claims it is read without it: only tags that rules read are kept."""
    from slgeo.network.osm_file import TAGS

    assert IN_WALES not in TAGS
    assert passage({"highway": "residential", IN_WALES: "yes"}, "drive").allowed


def test_ways_without_nodes_are_nowhere():
    empty = Pieces(
        x=np.empty(0),
        y=np.empty(0),
        tail=np.empty(0, np.int32),
        head=np.empty(0, np.int32),
        way=np.empty(0, np.int32),
        length=np.empty(0),
    )
    none = SimpleNamespace(
        way_id=np.array([1]),
        start=np.array([0, 0]),
        node=np.empty(0, np.int32),
        kinds=({},),
        provenance={"extract_date": "2024-01-01"},
    )

    assert mark_wales(none, empty, shapely.box(0, 0, 1, 1)) is none


@pytest.fixture
def extract(tmp_path):
    """Two streets as an OpenStreetMap file."""
    places = {1: (-0.70, 52.67), 2: (-0.69, 52.67), 3: (-0.69, 52.68)}
    nodes = "".join(
        f"<node id='{n}' version='1' lon='{x}' lat='{y}'/>" for n, (x, y) in places.items()
    )
    refs = "".join(f"<nd ref='{n}'/>" for n in places)
    way = f"<way id='9' version='1'>{refs}<tag k='highway' v='road'/></way>"
    file = tmp_path / "a.osm"
    file.write_text(f"<osm version='0.6'>{nodes}{way}</osm>")
    return file


def kept(folder):
    return sorted(path.name for path in folder.rglob("network.json"))


def test_a_network_that_is_kept_is_not_read_again(extract, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    first = read_osm(extract, modes=["walk", "drive"], cache=cache)
    monkeypatch.setattr("slgeo.network.osm.read_roads", None)

    again = read_osm(extract, modes=["drive", "walk"], cache=cache)

    assert len(kept(tmp_path / "cache")) == 2
    assert list(again) == ["drive", "walk"]
    for mode in again:
        assert np.array_equal(again[mode].forward, first[mode].forward)


def test_networks_handed_over_one_at_a_time_are_the_same(extract):
    both = read_osm(extract, modes=["walk", "drive"], speeds="osm_gb_legal")

    handed = list(each_network(extract, modes=["walk", "drive"], speeds="osm_gb_legal"))

    assert [mode for mode, _ in handed] == ["walk", "drive"]
    for mode, network in handed:
        assert network.speeds == both[mode].speeds
        assert network.forward.tolist() == both[mode].forward.tolist()
        assert network.hull.equals(both[mode].hull)


def test_whatever_a_network_depends_on_makes_another(extract, tmp_path):
    cache = Cache(tmp_path / "cache")
    box = shapely.box(480_000, 300_000, 500_000, 320_000)
    for count, options in enumerate(
        (
            {},
            {"speeds": "walk_older_adult"},
            {"speeds": changed("walk", name="walk", other=5.0)},
            {"crs": "EPSG:32630"},
            {"hull": box},
            {"within": box},
            {"wales": True},
        )
    ):
        read_osm(extract, modes=["walk"], cache=cache, **options)
        assert len(kept(tmp_path / "cache")) == count + 1
    extract.write_text(extract.read_text().replace("52.68", "52.69"))
    read_osm(extract, modes=["walk"], cache=cache)
    assert len(kept(tmp_path / "cache")) == 8


def test_a_broken_copy_is_read_again(extract, tmp_path):
    cache = Cache(tmp_path / "cache")
    first = read_osm(extract, modes=["walk"], cache=cache)["walk"]
    times = first.forward.tolist()
    for file in (tmp_path / "cache").rglob("forward.npy"):
        file.unlink()

    assert read_osm(extract, modes=["walk"], cache=cache)["walk"].forward.tolist() == times


@pytest.mark.parametrize("tile", [1, 7, 60])
def test_snapping_in_tiles_joins_the_same_edges(monkeypatch, tile):
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 5000, 300), random.uniform(0, 5000, 300)
    tail, head = random.integers(0, 300, (2, 400))
    near = np.hypot(x[head] - x[tail], y[head] - y[tail]) < 1500
    network = Network.from_edges(x, y, tail[near], head[near])
    places = gpd.GeoSeries.from_xy(
        random.uniform(-400, 5400, 200), random.uniform(-400, 5400, 200), crs="EPSG:27700"
    )
    whole = snap(network, places, max_snap=300)
    monkeypatch.setattr(nearest, "TILE", tile)

    tiled = snap(network, places, max_snap=300)

    assert np.array_equal(whole.edge, tiled.edge)
    assert np.array_equal(whole.fraction, tiled.fraction, equal_nan=True)
    assert whole.reason.tolist() == tiled.reason.tolist()
    assert 0 < whole.joined.sum() < 200


def test_many_points_in_one_place_end_the_dividing(monkeypatch):
    network = Network.from_edges([0, 10, 0, 10], [0, 0, 1, 1], [0, 2, 0], [1, 3, 2])
    monkeypatch.setattr(nearest, "TILE", 1)

    found = snap(network, gpd.GeoSeries.from_xy([5] * 9, [2] * 9, crs="EPSG:27700"), max_snap=0.5)

    assert found.edge.tolist() == [-1] * 9
