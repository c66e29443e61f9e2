"""Minutes on a grid: the time of somebody who stands there, by the rules of travel times."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from slgeo.catchments import Surface, read_geotiff, time_surface, time_surfaces, write_geotiff
from slgeo.errors import AccessError, SourceError, TableError
from slgeo.network import Network

CRS = "EPSG:27700"


def sites(*points, **columns):
    names = [f"s{i}" for i in range(len(points))]
    return gpd.GeoDataFrame(
        {"reason": [None] * len(points), **columns},
        index=names,
        geometry=gpd.GeoSeries(
            [None if p is None else shapely.Point(p) for p in points], index=names, crs=CRS
        ),
    ).rename_axis("site")


def street(metres=2000.0, **options):
    return Network.from_edges([0, metres], [0, 0], [0], [1], **options)


def minutes_at(surface, x, y):
    return surface.at(gpd.GeoSeries.from_xy([x], [y], crs=CRS))[0]


class TestAlongOneStreet:
    """A straight 2 km street walked at 4.8 km/h (80 m a minute), a site mid-way."""

    def test_ten_minutes_reach_exactly_800_metres_each_way(self):
        surface = time_surface(street(), sites((1000, 0)), limit=10, cell=10, off_road=5)

        # middles stand 5 m off the street: 3.75 seconds of walking
        reach = 800 - 5
        assert surface.bounds == (1000 - reach - 5, -10, 1000 + reach + 5, 10)
        assert np.nanmax(surface.minutes) == pytest.approx((795 + 5) / 80)
        assert (~np.isnan(surface.minutes)).all()

    def test_the_walk_to_the_road_is_charged(self):
        """A point 100 m off the road, 750 m along it, is outside 10 minutes at 4.8 km/h."""
        surface = time_surface(street(), sites((1000, 0)), limit=30, cell=2)

        assert minutes_at(surface, 1751, 101) == pytest.approx((751 + 101) / 80)
        assert minutes_at(surface, 1751, 1) < 10 < minutes_at(surface, 1751, 101)

    def test_the_walk_of_the_site_itself_is_charged(self):
        near = time_surface(street(), sites((1000, 0)), limit=10, cell=10)
        far = time_surface(street(), sites((1000, 80)), limit=10, cell=10)

        assert minutes_at(far, 1205, 5) == pytest.approx(minutes_at(near, 1205, 5) + 1)

    def test_nothing_is_drawn_farther_off_the_road_than_asked(self):
        surface = time_surface(street(), sites((1000, 0)), limit=30, cell=10, off_road=60)

        assert surface.bounds[1] == -60
        assert surface.bounds[3] == 60
        assert surface.off_road == 60

    def test_a_one_way_street_is_reached_on_the_side_it_leads_from(self):
        x, y = [0, 2000, 2000, 0], [0, 0, 3000, 3000]  # a ring, so that there is a way back
        one_way = Network.from_edges(x, y, [0, 1, 2, 3], [1, 2, 3, 0], backward=[-1] * 4)
        to = time_surface(one_way, sites((1000, 0)), limit=10, cell=10)
        away = time_surface(one_way, sites((1000, 0)), limit=10, cell=10, direction="from")

        assert to.bounds[0] < 300
        assert to.bounds[2] == 1000
        assert away.bounds[0] == 1000
        assert away.bounds[2] > 1700

    def test_parking_is_charged_once(self):
        drive = street(mode="drive", kmh=48.0)
        parked = replace(drive, parking_seconds=120.0)
        there = time_surface(parked, sites((1000, 0)), limit=10, cell=10)

        plain = time_surface(drive, sites((1000, 0)), limit=8, cell=10)
        assert minutes_at(there, 1505, 5) == pytest.approx(minutes_at(plain, 1505, 5) + 2)


class TestGrid:
    def test_cells_lie_on_multiples_of_their_side_whatever_is_drawn(self):
        for cell in (25.0, 50.0, 100.0, 30.0):
            surface = time_surface(street(), sites((733, 41)), limit=6, cell=cell)

            assert surface.west % cell == 0
            assert surface.north % cell == 0

    def test_the_same_place_has_the_same_time_whatever_else_is_asked(self):
        alone = time_surface(street(), sites((733, 41)), limit=6, cell=25)
        *_, beside = time_surfaces(street(), sites((100, 0), (733, 41)), limit=12, cell=25)

        for x, y in ((700, 10), (400, -60), (733, 200)):
            assert minutes_at(alone, x, y) == minutes_at(beside, x, y)

    def test_a_grid_that_begins_left_of_and_below_zero_is_no_different(self):
        moved = Network.from_edges([-3000, -1000], [-500, -500], [0], [1])
        surface = time_surface(moved, sites((-2000, -500)), limit=10, cell=10, off_road=5)

        assert surface.bounds == (-2800, -510, -1200, -490)

    def test_a_site_on_no_road_has_an_empty_surface_in_its_place(self):
        made = list(time_surfaces(street(), sites((0, 0), None, (0, 5000), (2000, 0)), cell=50))

        assert [surface.site for surface in made] == ["s0", "s1", "s2", "s3"]
        assert [surface.milliseconds.size > 0 for surface in made] == [True, False, False, True]

    def test_no_sites_give_no_surfaces(self):
        assert list(time_surfaces(street(), sites(), cell=50)) == []
        with pytest.raises(AccessError, match="no sites"):
            time_surface(street(), sites())

    def test_the_grid_cannot_be_changed(self):
        surface = time_surface(street(), sites((0, 0)), limit=5)

        with pytest.raises(ValueError, match="read-only"):
            surface.milliseconds[0, 0] = 1

    @pytest.mark.parametrize("faulty", [{"cell": 0}, {"cell": float("nan")}, {"off_road": -1}])
    def test_options_that_make_no_sense_are_refused(self, faulty):
        with pytest.raises(AccessError, match="metres"):
            time_surface(street(), sites((0, 0)), **faulty)

    def test_an_unknown_way_of_grouping_names_what_there_is(self):
        with pytest.raises(TableError, match=r"'site', 'dissolved'.*reason"):
            next(time_surfaces(street(), sites((0, 0)), each="colour"))


class TestBarriers:
    """Two streets 120 m apart, a river between them, one bridge at the far end."""

    def banks(self, *, bridge=True):
        x = [0, 1000, 0, 1000]
        y = [0, 0, 120, 120]
        ends = [(0, 1), (2, 3)] + ([(1, 3)] if bridge else [])
        tail, head = zip(*ends, strict=True)
        # a second way to the north bank, kilometres long, keeps the network in one piece
        x, y = [*x, -9000, -9000], [*y, 0, 120]
        tail, head = (*tail, 0, 4, 5), (*head, 4, 5, 2)
        return Network.from_edges(x, y, tail, head)

    river = gpd.GeoSeries([shapely.box(-9500, 40, 1500, 80)], crs=CRS)

    def test_the_far_bank_is_as_late_as_the_bridge_is_far(self):
        """Without any water: the far bank's cells join the far street."""
        surface = time_surface(self.banks(), sites((0, 0)), limit=40, cell=10)

        assert minutes_at(surface, 5, 55) == pytest.approx((55 + 5) / 80)
        assert minutes_at(surface, 5, 65) == pytest.approx((1000 + 120 + 995 + 55) / 80)

    def test_no_walk_crosses_water_that_is_given(self):
        surface = time_surface(self.banks(), sites((0, 0)), limit=40, cell=10, barriers=self.river)

        assert np.isnan(minutes_at(surface, 505, 55))  # the river itself
        assert minutes_at(surface, 505, 35) == pytest.approx((505 + 35) / 80)
        assert minutes_at(surface, 505, 85) == pytest.approx((1000 + 120 + 495 + 35) / 80)

    def test_what_would_join_across_the_water_joins_its_own_bank(self):
        """A weir close to the north bank: cells south of it are nearer to the north street."""
        weir = gpd.GeoSeries([shapely.LineString([(-9500, 100), (1500, 100)])], crs=CRS)
        open_water = time_surface(self.banks(), sites((0, 0)), limit=40, cell=10)
        surface = time_surface(self.banks(), sites((0, 0)), limit=40, cell=10, barriers=weir)

        assert minutes_at(open_water, 505, 95) == pytest.approx((1000 + 120 + 495 + 25) / 80)
        assert minutes_at(surface, 505, 95) == pytest.approx((505 + 95) / 80)

    def test_a_bridge_stays_drawn_over_the_water(self):
        surface = time_surface(self.banks(), sites((0, 0)), limit=40, cell=10, barriers=self.river)

        assert minutes_at(surface, 995, 65) == pytest.approx((1000 + 65 + 5) / 80)

    def test_without_its_bridge_the_far_bank_is_not_drawn(self):
        surface = time_surface(
            self.banks(bridge=False), sites((0, 0)), limit=40, cell=10, barriers=self.river
        )

        assert surface.bounds[3] <= 40

    def test_barriers_may_come_in_degrees(self):
        there = 445_000.0, 205_000.0  # where the CRS is at home
        moved = replace(self.banks(), x=self.banks().x + there[0], y=self.banks().y + there[1])
        moved = replace(moved, hull=shapely.box(0, 0, 10**6, 10**6))
        river = self.river.translate(*there)
        options = {"limit": 40, "cell": 10}
        one = time_surface(moved, sites(there), **options, barriers=river)
        two = time_surface(moved, sites(there), **options, barriers=river.to_crs("EPSG:4326"))

        np.testing.assert_array_equal(one.milliseconds, two.milliseconds)

    def test_barriers_without_a_crs_are_refused(self):
        nowhere = gpd.GeoSeries([shapely.box(0, 0, 1, 1)])

        with pytest.raises(AccessError, match="no CRS"):
            time_surface(self.banks(), sites((0, 0)), barriers=nowhere)


class TestWhatIsNotJoined:
    def test_a_tunnel_paints_nothing_beside_it(self):
        """600 m of tunnel between two streets: its middle is 300 m from either."""
        x = [0, 500, 1300, 1800]
        tunnel = Network.from_edges(x, [0] * 4, [0, 1, 2], [1, 2, 3], snappable=[True, False, True])
        surface = time_surface(tunnel, sites((0, 0)), limit=30, cell=10, off_road=100)

        assert np.isnan(minutes_at(surface, 905, 5))
        assert minutes_at(surface, 1305, 5) == pytest.approx(1310 / 80)

    def island(self, *, ferry, shore=300.0):
        """A coast road, and an island with 6 km of road; the ferry takes ten minutes."""
        x = [0, 1000, 1000, 7000]
        y = [0, 0, shore, shore]
        tail, head = [0, 2] + [1] * ferry, [1, 3] + [2] * ferry
        crossing = [600_000] * ferry
        forward = [750_000, 4_500_000, *crossing]
        # an ordinary network is longer than an island's
        x, y = [*x, -9000], [*y, 0]
        tail, head, forward = [*tail, 0], [*head, 4], [*forward, 6_750_000]
        return Network.from_edges(
            x,
            y,
            tail,
            head,
            forward=forward,
            backward=forward,
            snappable=[True, True] + [False] * ferry + [True],
        )

    def test_an_island_is_painted_when_its_ferry_runs(self):
        runs = time_surface(self.island(ferry=True), sites((500, 0)), limit=30, cell=10)

        assert minutes_at(runs, 1005, 305) == pytest.approx((500 + 5 + 5) / 80 + 10)

    @pytest.mark.parametrize("shore", [300.0, 120.0])
    def test_an_island_is_not_painted_without_its_ferry(self, shore):
        """However near: what lies nearer to the island's own road is left blank."""
        cut = self.island(ferry=False, shore=shore)
        surface = time_surface(cut, sites((500, 0)), limit=30, cell=10, off_road=500)

        assert np.isnan(minutes_at(surface, 1505, shore + 5))
        assert np.isnan(minutes_at(surface, 1055, shore - 5))
        assert minutes_at(surface, 505, 55) == pytest.approx((5 + 55) / 80)

    def test_nothing_is_painted_beyond_the_roads_supplied(self):
        hull = shapely.box(-100, -100, 1200, 40)
        surface = time_surface(street(hull=hull), sites((1000, 0)), limit=10, cell=10)

        assert surface.bounds == (
            pytest.approx(200, abs=20),
            pytest.approx(-100),
            1200,
            pytest.approx(40),
        )

    def test_a_private_road_is_used_on_the_last_leg_only(self):
        """A private short cut between two streets: its own cells are reached, through it nobody."""
        x, y = [0, 0, 300, 300, 150], [0, 1000, 0, 1000, 500]
        tail, head = [0, 2, 0, 0, 4], [1, 3, 2, 4, 3]
        gated = Network.from_edges(x, y, tail, head, ends_only=[False, False, False, True, True])
        surface = time_surface(gated, sites((0, 200)), limit=30, cell=10)
        diagonal = np.hypot(150, 500)

        assert minutes_at(surface, 145, 485) == pytest.approx((diagonal + 200) / 80, abs=0.3)
        assert minutes_at(surface, 305, 995) == pytest.approx((200 + 300 + 1000) / 80, abs=0.1)


class TestGeoTIFF:
    def made(self, **options):
        network = street(provenance={"licence": "Open Licence", "file": "roads.pbf"})
        return time_surface(network, sites((1000, 0)), **{"limit": 10, "cell": 25, **options})

    def test_it_is_read_back_exactly(self, tmp_path):
        surface = self.made()
        again = read_geotiff(write_geotiff(surface, tmp_path / "gp.tif"))

        np.testing.assert_array_equal(again.milliseconds, surface.milliseconds)
        for name in Surface.__slots__:
            if name != "milliseconds":
                assert getattr(again, name) == getattr(surface, name), name

    def test_times_of_hours_are_read_back_exactly_too(self, tmp_path):
        slow = street(600_000.0, kmh=4.8)
        surface = time_surface(slow, sites((0, 0)), limit=7000, cell=1000, off_road=1000)
        again = read_geotiff(write_geotiff(surface, tmp_path / "slow.tif"))

        assert surface.milliseconds.max() > 400_000_000
        np.testing.assert_array_equal(again.milliseconds, surface.milliseconds)

    def test_any_program_reads_minutes_units_and_what_they_mean(self, tmp_path):
        surface = self.made()
        path = write_geotiff(surface, tmp_path / "gp.tif")

        with rasterio.open(path) as file:
            assert file.crs == CRS
            assert file.nodata == -1
            assert file.units == ("minutes",)
            assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            tags = file.tags()
            values = file.read(1, masked=True)
        np.testing.assert_array_equal(values.filled(np.nan), surface.minutes)
        assert tags["SLGEO_MODE"] == "walk"
        assert tags["SLGEO_DIRECTION"] == "to"
        assert tags["SLGEO_LIMIT_MINUTES"] == "10.0"
        assert tags["SLGEO_WALKING_KMH"] == "4.8"
        assert tags["SLGEO_ROADS_LICENCE"] == "Open Licence"

    def test_the_same_surface_makes_the_same_bytes(self, tmp_path):
        one = write_geotiff(self.made(), tmp_path / "one.tif").read_bytes()
        two = write_geotiff(self.made(), tmp_path / "two.tif").read_bytes()

        assert one == two

    def test_hostile_names_do_not_spoil_the_file(self, tmp_path):
        network = street()
        hostile = sites((1000, 0)).rename({"s0": "<b>&\x00\n'\"</GDALMetadata>"})
        (surface,) = time_surfaces(network, hostile, limit=5, cell=25)
        again = read_geotiff(write_geotiff(surface, tmp_path / "gp.tif"))

        assert again.site == "<b>&  '\"</GDALMetadata>"

    def test_an_empty_surface_is_refused(self, tmp_path):
        (nothing,) = time_surfaces(street(), sites(None))

        with pytest.raises(AccessError, match="'s0' reaches nothing"):
            write_geotiff(nothing, tmp_path / "gp.tif")

    def test_other_files_are_refused_in_words(self, tmp_path):
        (tmp_path / "text.tif").write_text("not a raster")
        with pytest.raises(SourceError, match=r"text\.tif: not a raster"):
            read_geotiff(tmp_path / "text.tif")
        with rasterio.open(
            tmp_path / "other.tif",
            "w",
            driver="GTiff",
            width=1,
            height=1,
            count=1,
            dtype="float32",
            crs=CRS,
            transform=rasterio.Affine(1, 0, 0, 0, -1, 1),
        ) as file:
            file.write(np.zeros((1, 1), "float32"), 1)
        with pytest.raises(SourceError, match=r"other\.tif: not a time surface of slgeo"):
            read_geotiff(tmp_path / "other.tif")
