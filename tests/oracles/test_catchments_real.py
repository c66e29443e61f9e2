"""Catchments over real roads: the drawing's error is small, and a river is crossed at bridges."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from shapely.ops import split

from slgeo.areas.boundaries import read_areas
from slgeo.areas.origins import origins
from slgeo.catchments import catchments, drawing_errors, reached_streets, time_surface
from slgeo.network import snap
from slgeo.network.osm import read_osm
from slgeo.places.geocode import geocode
from slgeo.places.read import read_places

CRS = "EPSG:27700"
RUGBY_SURGERY = "W93044"  # Kelvedon Street, Newport: 350 m east of the Usk
ST_PAULS = "W93039"  # 460 m west of it


class Place:
    """A real place: its roads on foot, its people by postcode, its practices."""

    def __init__(self, folder) -> None:
        (roads,) = (p for p in folder.glob("*.osm.pbf") if "small" not in p.name)
        hull = gpd.read_file(folder / "osm_road_hull.geojson").to_crs(CRS).geometry.union_all()
        self.roads = roads
        self.network = read_osm(roads, modes=("walk",), hull=hull)["walk"]
        postcodes = next(folder.glob("postcodes_nspl_*.csv"))
        self.origins = origins(read_areas(folder / "lsoa21.geojson"), postcodes=postcodes)
        practices = geocode(read_places(next(folder.glob("gp_practices_*.csv"))))
        self.sites = practices[snap(self.network, practices.geometry).joined]

    def river(self, name) -> gpd.GeoSeries:
        """The middle line of a river."""
        shape = osmium.geom.WKBFactory()
        ways = osmium.FileProcessor(self.roads).with_locations()
        lines = [
            shapely.from_wkb(shape.create_linestring(way))
            for way in ways
            if way.is_way() and way.tags.get("waterway") == "river" and way.tags.get("name") == name
        ]
        return gpd.GeoSeries(lines, crs="EPSG:4326").to_crs(CRS)


@pytest.fixture(scope="module")
def rutland_roads(rutland) -> Place:
    return Place(rutland)


@pytest.fixture(scope="module")
def newport(rutland) -> Place:
    folder = rutland.parent / "newport"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set SLGEO_DATA to the folder that holds newport/")
    return Place(folder)


@pytest.fixture(params=["rutland", "newport"])
def place(request) -> Place:
    name = "rutland_roads" if request.param == "rutland" else "newport"
    return request.getfixturevalue(name)


class TestError:
    @pytest.mark.parametrize("cell", [25.0, 50.0])
    def test_people_drawn_are_within_five_per_cent_of_people_reached(self, place, cell):
        table = catchments(
            place.network, place.sites, origins=place.origins, minutes=(10, 15, 20, 30), cell=cell
        )
        errors = drawing_errors(table)

        assert len(place.sites) >= 4
        assert errors["people"].min() > 1000
        assert errors["drawing_error"].abs().max() < 0.05
        # measured: at most 1.3 % over all sites, and of a single site 6 %
        large = table[table["drawing_error"].abs() > 0.10]
        assert large["note"].notna().all()
        assert table.geometry.is_valid.all()

    def test_half_of_those_wrongly_drawn_are_not_hidden_by_the_other_half(self, place):
        """Those wrongly in and wrongly out are few each, not only of one size."""
        table = catchments(
            place.network, place.sites, origins=place.origins, minutes=(10, 15, 20, 30), cell=25
        )
        sums = table.groupby(level="minutes")[
            ["people", "people_wrongly_in", "people_wrongly_out"]
        ].sum()

        assert (sums["people_wrongly_in"] / sums["people"]).max() < 0.05
        assert (sums["people_wrongly_out"] / sums["people"]).max() < 0.05


@pytest.fixture(scope="module")
def usk(newport) -> gpd.GeoSeries:
    return newport.river("River Usk")


@pytest.fixture(scope="module")
def banks(usk):
    """West and east of the river's middle line."""
    line = shapely.line_merge(shapely.multilinestrings(usk.to_numpy()))
    west, south, east, north = line.bounds
    land = shapely.box(west - 9000, south + 50, east + 9000, north - 50)
    largest = sorted(split(land, line).geoms, key=lambda part: part.area)[-2:]
    west, east = sorted(largest, key=lambda part: part.centroid.x)
    return {ST_PAULS: (west, east), RUGBY_SURGERY: (east, west)}


@pytest.fixture(scope="module")
def bridges(newport, usk):
    """Edges that cross the river."""
    net = newport.network
    ends = [net.x[net.tail], net.y[net.tail], net.x[net.head], net.y[net.head]]
    edges = shapely.linestrings(np.stack(ends, axis=1).reshape(-1, 2, 2))
    found = np.unique(shapely.STRtree(edges).query(usk.to_numpy(), predicate="intersects")[1])
    assert 4 <= len(found) <= 20
    return found


class TestUsk:
    """The Usk is 100 to 200 m wide in Newport, and has four bridges inside the extract."""

    @pytest.mark.parametrize("site", [ST_PAULS, RUGBY_SURGERY])
    def test_the_streets_reached_cross_the_river_at_bridges_only(self, newport, usk, bridges, site):
        net = newport.network
        streets = reached_streets(net, newport.sites.loc[[site]], minutes=(30,)).geometry.iloc[0]
        crossed = streets.intersection(usk.union_all())
        ends = [net.x[net.tail], net.y[net.tail], net.x[net.head], net.y[net.head]]
        lines = shapely.linestrings(np.stack(ends, axis=1)[bridges].reshape(-1, 2, 2))

        assert not crossed.is_empty
        for point in shapely.get_parts(crossed):
            assert shapely.distance(point, lines).min() < 0.01

    @pytest.mark.parametrize("site", [ST_PAULS, RUGBY_SURGERY])
    def test_the_far_bank_is_reached_by_its_bridges_and_no_sooner(
        self, newport, usk, banks, bridges, site
    ):
        """Every cell beyond is later than the first bridge; without bridges there is none."""
        net, sites = newport.network, newport.sites.loc[[site]]
        _, beyond = banks[site]
        whole = time_surface(net, sites, limit=30, cell=25, barriers=usk)
        shut = np.where(np.isin(np.arange(net.edges), bridges), -1, 1)
        cut = replace(
            net,
            forward=np.where(shut < 0, -1, net.forward),
            backward=np.where(shut < 0, -1, net.backward),
            snappable=net.snappable & (shut > 0),
        )
        without = time_surface(cut, sites, limit=30, cell=25, barriers=usk)

        there = minutes_beyond(whole, beyond)
        assert len(there) > 200
        assert there.min() > 5
        assert len(minutes_beyond(without, beyond)) == 0

    @pytest.mark.parametrize("site", [ST_PAULS, RUGBY_SURGERY])
    def test_the_nearest_road_keeps_the_banks_apart_without_any_water(
        self, newport, banks, bridges, site
    ):
        """Not told of the river, the drawing leaks at most to its middle: under 2 % of the land."""
        net, sites = newport.network, newport.sites.loc[[site]]
        shut = np.isin(np.arange(net.edges), bridges)
        cut = replace(
            net,
            forward=np.where(shut, -1, net.forward),
            backward=np.where(shut, -1, net.backward),
            snappable=net.snappable & ~shut,
        )
        surface = time_surface(cut, sites, limit=30, cell=25)
        home, beyond = banks[site]

        leaked = len(minutes_beyond(surface, beyond))
        assert leaked < 0.02 * len(minutes_beyond(surface, home))


def minutes_beyond(surface, part):
    """Minutes of the reached cells whose middle lies in a part of the land."""
    rows, columns = np.nonzero(surface.milliseconds >= 0)
    x = surface.west + (columns + 0.5) * surface.cell
    y = surface.north - (rows + 0.5) * surface.cell
    shapely.prepare(part)
    return surface.minutes[rows, columns][shapely.contains_xy(part, x, y)]
