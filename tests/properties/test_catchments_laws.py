"""Laws of catchments, on random towns and on made-up districts."""

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo import examples
from slgeo.catchments import catchments, reached_streets, territories, time_surface, time_surfaces
from slgeo.catchments.outlines import outlines, simplified
from slgeo.network import Network, snap
from slgeo.routing.travel import travel_times

CRS = "EPSG:27700"
FEW = settings(deadline=None, max_examples=8)
SOME = settings(deadline=None, max_examples=20)


def points(x, y, name, **columns):
    index = pd.Index([f"{name}{i}" for i in range(len(x))], name=name)
    shapes = gpd.GeoSeries.from_xy(x, y, index=index, crs=CRS)
    return gpd.GeoDataFrame(columns, index=index, geometry=shapes)


def sites_at(x, y):
    return points(x, y, "site", reason=[None] * len(x))


def origins_at(x, y, people=1.0):
    return points(x, y, "origin", area="A", people=np.broadcast_to(people, len(x)).astype(float))


def middles(surface):
    """The middle of every cell of a surface, by rows."""
    rows, columns = surface.milliseconds.shape
    x = surface.west + (np.arange(columns) + 0.5) * surface.cell
    y = surface.north - (np.arange(rows) + 0.5) * surface.cell
    return np.tile(x, rows), np.repeat(y, columns)


@st.composite
def towns(draw, *, one_way=True):
    """A town of up to 36 crossings: streets missing, one-way, private, or not to be joined."""
    side = draw(st.integers(2, 6))
    choose = np.random.default_rng(draw(st.integers(0, 10**6)))
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    kept = choose.random(len(tail)) < draw(st.sampled_from([0.7, 1.0]))
    kept[0] = True
    tail, head = tail[kept], head[kept]
    x = i % side * 180.0 + choose.uniform(0, 60, len(i)) + 400_000
    y = i // side * 180.0 + choose.uniform(0, 60, len(i)) + 200_000
    length = np.hypot(x[head] - x[tail], y[head] - y[tail])
    there = np.rint(length * choose.uniform(0.6, 1.4, len(tail)) * 750)
    back = there.copy()
    if one_way:
        back[choose.random(len(tail)) < draw(st.sampled_from([0.0, 0.25]))] = -1
    return Network.from_edges(
        x,
        y,
        tail,
        head,
        forward=there.astype(int),
        backward=back.astype(int),
        ends_only=choose.random(len(tail)) < draw(st.sampled_from([0.0, 0.2])),
        snappable=choose.random(len(tail)) < draw(st.sampled_from([0.8, 1.0])),
    )


@st.composite
def places(draw, network, count=None):
    """Sites somewhere in a town."""
    count = count or draw(st.integers(1, 3))
    choose = np.random.default_rng(draw(st.integers(0, 10**6)))
    x = choose.uniform(network.x.min(), network.x.max(), count)
    y = choose.uniform(network.y.min(), network.y.max(), count)
    return sites_at(x, y)


@cache
def district(seed):
    made = examples.district(areas=20, seed=seed)
    return examples.network(made), examples.origins(made), examples.sites(made, kind="gp")


DISTRICTS = st.sampled_from([1, 2])


def with_roads(network, tail, head, milliseconds, *, snappable):
    """A network with more roads, open both ways."""
    more = len(tail)
    length = np.hypot(network.x[head] - network.x[tail], network.y[head] - network.y[tail])
    added = {
        "tail": tail, "head": head, "forward": milliseconds, "backward": milliseconds,
        "length": length, "way": np.zeros(more), "road_class": np.zeros(more),
        "ends_only": np.zeros(more), "snappable": np.full(more, snappable),
    }  # fmt: skip
    arrays = {
        name: np.concatenate([getattr(network, name), np.asarray(value)]).astype(
            getattr(network, name).dtype
        )
        for name, value in added.items()
    }
    return replace(network, **arrays)


class TestAgainstPlainSums:
    """What is drawn is what travel times of points say: the same search, asked another way."""

    @SOME
    @given(st.data())
    def test_a_cell_has_the_time_of_an_origin_at_its_middle(self, data):
        town = data.draw(towns())
        sites = data.draw(places(town))
        direction = data.draw(st.sampled_from(["to", "from"]))
        surfaces = list(
            time_surfaces(town, sites, limit=12, direction=direction, cell=40, off_road=200)
        )
        for surface, site in zip(surfaces, sites.index, strict=True):
            if not surface.milliseconds.size:
                continue
            homes = origins_at(*middles(surface))
            times = travel_times(
                town, homes, sites.loc[[site]], limit=12, direction=direction, max_snap=200
            )
            plain = np.full(len(homes), -1)
            plain[np.repeat(np.arange(len(homes)), np.diff(times.start))] = times.milliseconds
            # the site itself may be farther than 200 m from the road
            if (snap(town, sites.geometry, max_snap=200).reason == np.array(None)).all():
                np.testing.assert_array_equal(surface.milliseconds.ravel(), plain)

    @SOME
    @given(st.data())
    def test_streets_are_reached_where_somebody_on_them_arrives_in_time(self, data):
        """Points along every street, a metre apart at most from a cut, against travel times."""
        town = data.draw(towns())
        town = replace(town, snappable=np.ones(town.edges, bool))
        sites = data.draw(places(town, count=1))
        direction = data.draw(st.sampled_from(["to", "from"]))
        share = np.linspace(0.03, 0.97, 9)
        tail, head = town.tail[town.usable, None], town.head[town.usable, None]
        x = (town.x[tail] + share * (town.x[head] - town.x[tail])).ravel()
        y = (town.y[tail] + share * (town.y[head] - town.y[tail])).ravel()
        homes = origins_at(x, y)
        times = travel_times(town, homes, sites, limit=9, direction=direction)
        minutes = np.full(len(homes), np.inf)
        minutes[np.repeat(np.arange(len(homes)), np.diff(times.start))] = times.minutes
        streets = reached_streets(town, sites, minutes=(3, 7), direction=direction)
        for limit, street in zip((3, 7), streets.geometry, strict=True):
            on = shapely.distance(shapely.points(x, y), street) < 2e-3
            clear = np.abs(minutes - limit) > 1e-3
            np.testing.assert_array_equal(on[clear], (minutes <= limit)[clear])

    @FEW
    @given(st.data())
    def test_people_are_those_that_travel_times_and_plain_geometry_count(self, data):
        network, origins, sites = district(data.draw(DISTRICTS))
        direction = data.draw(st.sampled_from(["to", "from"]))
        table = catchments(
            network, sites, origins=origins, minutes=(8, 20), direction=direction, cell=100
        )
        times = travel_times(network, origins, sites, limit=20, direction=direction).to_frame()
        people = origins["people"]
        for (site, minutes), row in table.iterrows():
            near = times[(times["site"] == site) & (times["minutes"] <= minutes)]["origin"]
            inside = origins.index[origins.intersects(row.geometry)]
            assert row.people == pytest.approx(people[near].sum())
            assert row.people_in_drawing == pytest.approx(people[inside].sum())
            assert row.people_wrongly_in == pytest.approx(people[inside.difference(near)].sum())
            wrong = pd.Index(near).difference(inside)
            assert row.people_wrongly_out == pytest.approx(people[wrong].sum())
            assert row.area_km2 == pytest.approx(row.geometry.area / 1e6)


class TestMoreNeverTakesAway:
    @FEW
    @given(st.data())
    def test_a_road_more_never_shrinks_a_catchment(self, data):
        """With joins held (a tunnel, a bridge): nobody's time grows, no shape shrinks."""
        network, origins, sites = district(data.draw(DISTRICTS))
        choose = np.random.default_rng(data.draw(st.integers(0, 10**6)))
        tail, head = choose.integers(0, network.nodes, (2, 3))
        more = with_roads(network, tail, head, choose.integers(1, 600_000, 3), snappable=False)
        options = {"origins": origins, "minutes": (15,), "cell": 100, "tolerance": 0}
        before = catchments(network, sites, **options)
        after = catchments(more, sites, **options)

        assert (after["people"] >= before["people"]).all()
        drawn = ~before.geometry.is_empty
        assert after.geometry[drawn].covers(before.geometry[drawn]).all()

    @FEW
    @given(st.data())
    def test_a_road_more_never_shortens_the_streets_reached(self, data):
        """Any road, one that may be joined too: what was reached on the others still is."""
        town = data.draw(towns())
        sites = data.draw(places(town, count=1))
        held = replace(town, snappable=np.ones(town.edges, bool))
        choose = np.random.default_rng(data.draw(st.integers(0, 10**6)))
        usable = np.flatnonzero(town.component == 0)
        tail, head = choose.choice(usable, (2, 1))
        at = snap(held, sites.geometry)
        if not at.joined.all():
            return
        on_road = sites_at(at.x, at.y)  # where the site joins the old road, it joins it still
        more = with_roads(held, tail, head, np.array([30_000]), snappable=True)
        before = reached_streets(held, on_road, minutes=(5,)).geometry.iloc[0]
        after = reached_streets(more, on_road, minutes=(5,)).geometry.iloc[0]
        if snap(more, on_road.geometry).edge[0] == snap(held, on_road.geometry).edge[0]:
            assert after.buffer(2e-3).covers(before)

    @FEW
    @given(st.data(), st.sampled_from([0.0, 10.0, 60.0]), st.sampled_from(["to", "from"]))
    def test_fifteen_minutes_lie_within_thirty(self, data, tolerance, direction):
        """And every threshold within the next, whatever is simplified; every shape is valid."""
        network, origins, sites = district(data.draw(DISTRICTS))
        minutes = data.draw(
            st.lists(st.integers(1, 40), min_size=2, max_size=5, unique=True).map(sorted)
        )
        cell = data.draw(st.sampled_from([50.0, 100.0]))
        table = catchments(
            network, sites, origins=origins, minutes=minutes, cell=cell, tolerance=tolerance,
            direction=direction,
        )  # fmt: skip

        assert table.geometry.is_valid.all()
        for _, of_site in table.groupby(level="site"):
            shapes = of_site.geometry.to_numpy()
            assert (shapely.covers(shapes[1:], shapes[:-1]) | shapely.is_empty(shapes[:-1])).all()
            assert (np.diff(of_site["people"]) >= 0).all()

    @FEW
    @given(st.data())
    def test_a_band_is_the_same_whatever_the_largest_band(self, data):
        network, origins, sites = district(data.draw(DISTRICTS))
        options = {"origins": origins, "cell": 100, "tolerance": 0}
        few = catchments(network, sites, minutes=(10, 15), **options)
        many = catchments(network, sites, minutes=(10, 15, 25, 40), **options)

        again = many.loc[few.index]
        assert again.geometry.normalize().geom_equals(few.geometry.normalize()).all()
        assert (again["people"] == few["people"]).all()

    @FEW
    @given(st.data())
    def test_a_third_site_changes_no_others_times(self, data):
        town = data.draw(towns())
        sites = data.draw(places(town, count=3))
        two = list(time_surfaces(town, sites.iloc[:2], limit=8, cell=40))
        three = list(time_surfaces(town, sites, limit=8, cell=40))

        for before, after in zip(two, three[:2], strict=True):
            np.testing.assert_array_equal(before.milliseconds, after.milliseconds)
            assert before.bounds == after.bounds


class TestDirections:
    @SOME
    @given(st.data())
    def test_without_one_way_streets_there_and_back_are_the_same(self, data):
        town = data.draw(towns(one_way=False))
        sites = data.draw(places(town))
        there, back = (
            list(time_surfaces(town, sites, limit=10, cell=40, direction=direction))
            for direction in ("to", "from")
        )

        for one, two in zip(there, back, strict=True):
            np.testing.assert_array_equal(one.milliseconds, two.milliseconds)

    @SOME
    @given(st.data())
    def test_there_is_back_on_the_streets_turned_round(self, data):
        town = data.draw(towns())
        sites = data.draw(places(town))
        turned = replace(town, forward=town.backward, backward=town.forward)
        there = list(time_surfaces(town, sites, limit=10, cell=40, direction="to"))
        back = list(time_surfaces(turned, sites, limit=10, cell=40, direction="from"))

        for one, two in zip(there, back, strict=True):
            # half a millisecond is rounded on an edge's other part
            np.testing.assert_allclose(one.milliseconds, two.milliseconds, atol=2)

    def test_on_a_one_way_ring_they_differ(self):
        x, y = [0, 800, 800, 0], [0, 0, 800, 800]
        ring = Network.from_edges(x, y, [0, 1, 2, 3], [1, 2, 3, 0], backward=[-1] * 4)
        site = sites_at([400], [0])
        there, back = (
            reached_streets(ring, site, minutes=(5,), direction=direction).geometry.iloc[0]
            for direction in ("to", "from")
        )

        assert there.wkt == "MULTILINESTRING ((0 0, 400 0))"
        assert back.wkt == "MULTILINESTRING ((400 0, 800 0))"


class TestShapes:
    @SOME
    @given(st.floats(0, 6.28), st.floats(0, 1e4), st.sampled_from([25.0, 50.0]))
    def test_two_kilometres_of_street_are_reached_for_800_metres_each_way(self, turn, off, cell):
        """However it lies: 10 minutes at 4.8 km/h from its middle."""
        dx, dy = 1000 * np.cos(turn), 1000 * np.sin(turn)
        street = Network.from_edges([off - dx, off + dx], [off - dy, off + dy], [0], [1])
        site = sites_at([off], [off])
        row = reached_streets(street, site, minutes=(10,)).iloc[0]
        (shape,) = outlines(time_surface(street, site, limit=10, cell=cell), [10])

        assert row.km == pytest.approx(1.6, abs=1e-5)
        ends = shapely.get_coordinates(row.geometry)
        assert np.hypot(*(ends - off).T) == pytest.approx(800, abs=0.01)
        tips = shapely.distance(shapely.points(ends), shape.boundary)
        assert (tips <= cell).all()

    @FEW
    @given(st.data())
    def test_a_cells_middle_is_inside_exactly_when_it_is_in_time(self, data):
        town = data.draw(towns())
        sites = data.draw(places(town, count=1))
        surface = time_surface(town, sites, limit=10, cell=40)
        minutes = sorted({1.5, data.draw(st.floats(0.1, 9)), 9.0})
        for limit, shape in zip(minutes, outlines(surface, minutes), strict=True):
            inside = shapely.contains_xy(shape, *middles(surface))
            times = surface.milliseconds.ravel()
            np.testing.assert_array_equal(inside, (times >= 0) & (times <= limit * 60_000))

    @FEW
    @given(st.data(), st.sampled_from([5.0, 12.5, 25.0, 80.0]))
    def test_simplifying_moves_no_corner_farther_than_said(self, data, tolerance):
        network, _, sites = district(data.draw(DISTRICTS))
        surface = time_surface(network, sites, limit=25, cell=50)
        exact = outlines(surface, [10, 25])
        simple = simplified(exact, tolerance)

        for one, two in zip(exact, simple, strict=True):
            corners = shapely.points(shapely.get_coordinates(one))
            assert shapely.distance(corners, two.boundary).max() <= tolerance
            back = shapely.points(shapely.get_coordinates(two))
            assert shapely.distance(back, one.boundary).max() <= 1e-6
            assert len(back) <= len(corners)

    @FEW
    @given(st.floats(700, 1500), st.sampled_from([0.0, 12.5, 50.0, 400.0]))
    def test_holes_stay_holes(self, radius, tolerance):
        """A ring road round a lake: however it is simplified, nobody is drawn on the water."""
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        i = np.arange(40)
        x, y = radius * np.cos(turn) + 5000, radius * np.sin(turn) + 5000
        ring = Network.from_edges(x, y, i, (i + 1) % 40)
        site = sites_at([5000 + radius], [5000])
        table = catchments(
            ring, site, origins=origins_at([5000], [5000 + radius]), minutes=(30, 70), cell=50,
            tolerance=tolerance,
        )  # fmt: skip
        whole = table.geometry.iloc[1]

        assert sum(len(part.interiors) for part in whole.geoms) == 1
        assert not whole.intersects(shapely.Point(5000, 5000))

    @pytest.mark.parametrize("seed", [1, 2])
    def test_an_island_is_not_painted_unless_its_ferry_runs(self, seed):
        network, _, sites = district(seed)
        ferry = ~network.snappable
        mainland = sites[snap(network, sites.geometry).joined]
        cut = Network.from_edges(
            network.x,
            network.y,
            network.tail[~ferry],
            network.head[~ferry],
            forward=network.forward[~ferry],
            backward=network.backward[~ferry],
            hull=network.hull,
        )
        island = shapely.points(network.x, network.y)[cut.component == 1]
        runs = time_surface(network, mainland, limit=180, cell=100)
        stops = time_surface(cut, mainland, limit=180, cell=100)
        there = gpd.GeoSeries(island, crs=CRS)

        assert len(there) > 20
        assert (~np.isnan(runs.at(there))).all()
        assert np.isnan(stops.at(there)).all()


class TestTogether:
    @FEW
    @given(st.data())
    def test_a_dissolved_catchment_counts_everybody_once_and_covers_every_site(self, data):
        network, origins, sites = district(data.draw(DISTRICTS))
        options = {"origins": origins, "minutes": (10, 20), "cell": 100, "tolerance": 0}
        each = catchments(network, sites, **options)
        whole = catchments(network, sites, each="dissolved", **options)
        nearest = travel_times(network, origins, sites, limit=20).nearest()["minutes"]

        assert list(whole.index) == [("all sites", 10), ("all sites", 20)]
        for minutes in (10, 20):
            row = whole.loc[("all sites", minutes)]
            near = nearest[nearest <= minutes].index
            assert row.people == pytest.approx(origins.loc[near, "people"].sum())
            parts = each.xs(minutes, level="minutes").geometry
            assert shapely.covers(row.geometry, parts[~parts.is_empty].to_numpy()).all()

    @FEW
    @given(st.data(), st.sampled_from([0.0, 25.0]))
    def test_bands_add_up_to_the_whole(self, data, tolerance):
        network, origins, sites = district(data.draw(DISTRICTS))
        options = {"origins": origins, "minutes": (5, 10, 20), "cell": 100, "tolerance": tolerance}
        whole = catchments(network, sites, **options)
        bands = catchments(network, sites, bands=True, **options)

        for name in ("people", "people_in_drawing", "area_km2"):
            sums = bands[name].groupby(level="site").cumsum()
            np.testing.assert_allclose(sums, whole[name], rtol=1e-9, atol=1e-9)
        assert bands["over"].groupby(level="site").apply(list).map(tuple).unique().tolist() == [
            (0.0, 5.0, 10.0)
        ]

    @FEW
    @given(st.data())
    def test_territories_divide_land_and_people(self, data):
        network, origins, sites = district(data.draw(DISTRICTS))
        made = territories(network, sites, origins=origins, limit=40, cell=100)
        whole = catchments(
            network, sites, origins=origins, minutes=(40,), cell=100, tolerance=0, each="dissolved"
        ).iloc[0]
        nearest = travel_times(network, origins, sites, limit=40).nearest().reset_index()
        sums = origins["people"].groupby(nearest.set_index("origin")["site"]).sum()

        assert made["area_km2"].sum() == pytest.approx(whole.area_km2)
        assert made["people"].sum() == pytest.approx(whole.people)
        np.testing.assert_allclose(made["people"], sums.reindex(made.index).fillna(0))
        shapes = made.geometry[~made.geometry.is_empty].to_numpy()
        one, two = np.triu_indices(len(shapes), 1)
        assert shapely.area(shapely.intersection(shapes[one], shapes[two])).max(initial=0) < 1e-3
