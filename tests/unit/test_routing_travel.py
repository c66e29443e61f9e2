"""Travel times on streets small enough to work out by hand."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import AccessError, NetworkError, TableError
from slgeo.network import Network
from slgeo.routing.nodes import node_times
from slgeo.routing.travel import exit_times, reached_within, travel_times


def homes(**points: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"area": ["A"] * len(points), "people": [10.0] * len(points)},
        geometry=gpd.points_from_xy(*(zip(*points.values(), strict=True) if points else ([], []))),
        index=pd.Index(list(points), name="origin", dtype=object),
        crs="EPSG:27700",
    )


def places(**points: tuple[float, float] | None) -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries(
        [None if p is None else gpd.points_from_xy([p[0]], [p[1]])[0] for p in points.values()],
        crs="EPSG:27700",
    )
    return gpd.GeoDataFrame(
        geometry=shapes.to_numpy(),
        index=pd.Index(list(points), name="site", dtype=object),
        crs="EPSG:27700",
    )


def street(**options: object) -> Network:
    """One kilometre, west to east, on foot at 4.8 km/h: 80 metres a minute."""
    return Network.from_edges([0, 1000], [0, 0], [0], [1], **options)


def block(**options: object) -> Network:
    """A square block of 80 m sides, one-way anticlockwise: 0 -> 1 -> 2 -> 3 -> 0."""
    minute = [60_000] * 4
    return Network.from_edges(
        [0, 80, 80, 0],
        [0, 0, 80, 80],
        [0, 1, 2, 3],
        [1, 2, 3, 0],
        forward=minute,
        backward=[-1] * 4,
        **options,
    )


def minutes(
    network: Network, origins: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, **options: object
):
    wide = travel_times(network, origins, sites, **options).pivot()  # noqa: PD010 - not a frame
    return np.round(wide.to_numpy(), 4).tolist()


def test_the_leg_to_the_road_and_the_way_along_it_are_charged():
    home, gp = homes(h=(100, 40)), places(gp=(900, -80))

    assert minutes(street(), home, gp) == [[0.5 + 10 + 1]]


def test_a_point_off_the_road_can_be_out_of_reach_for_its_leg_alone():
    """100 m off the road and 750 m along it is 10.6 minutes at 4.8 km/h."""
    home, gp = homes(h=(750, 100)), places(gp=(0, 0))

    times = travel_times(street(), home, gp, limit=10)

    assert len(times) == 0
    assert times.reason.tolist() == [reasons.BEYOND_LIMIT]
    assert minutes(street(), home, gp, limit=10.625) == [[10.625]]


def test_a_site_at_the_doorstep_counts():
    assert minutes(street(), homes(h=(5, 0)), places(gp=(5, 0)), nearest=1) == [[0.0]]


def test_direction_matters_on_one_way_streets():
    home, gp = homes(h=(20, 0)), places(gp=(60, 0))

    assert minutes(block(), home, gp) == [[0.5]]
    assert minutes(block(), home, gp, direction="from") == [[3.5]]
    assert minutes(block(), home, gp, direction="from", nearest=1) == [[3.5]]


def test_reversing_roads_and_direction_changes_nothing():
    home, gp = homes(a=(20, 0), b=(80, 30), c=(10, 80)), places(gp=(60, 0), gq=(0, 33))
    there = block()
    back = Network.from_edges(
        there.x,
        there.y,
        there.tail,
        there.head,
        forward=there.backward,
        backward=there.forward,
    )

    assert minutes(there, home, gp) == minutes(back, home, gp, direction="from")


def test_more_origins_than_sites_or_fewer_gives_the_same_times():
    home, gp = homes(a=(20, 0), b=(80, 30), c=(10, 80)), places(gp=(60, 0))
    swapped_home = homes(gp=(60, 0))
    swapped_gp = places(a=(20, 0), b=(80, 30), c=(10, 80))

    one = minutes(block(), home, gp)
    other = minutes(block(), swapped_home, swapped_gp, direction="from")

    assert one == np.transpose(other).tolist()


def estate() -> Network:
    """Two public streets joined by a private one: 0 - 1 (private) 1 - 2, and a long way round."""
    return Network.from_edges(
        [0, 80, 160, 240, 80],
        [0, 0, 0, 0, 400],
        [0, 1, 2, 0, 4],
        [1, 2, 3, 4, 3],
        ends_only=[False, True, False, False, False],
        forward=[60_000, 60_000, 60_000, 600_000, 600_000],
        backward=[60_000, 60_000, 60_000, 600_000, 600_000],
    )


def test_private_roads_lead_to_their_own_homes_and_never_through():
    home = homes(west=(40, 0), inside=(120, 0))
    gp = places(east=(200, 0), west=(40, 0), inside=(130, 0))

    found = minutes(estate(), home, gp)

    assert found[1] == [1.0, 1.0, 0.125]  # from inside, out at either gate
    assert found[0][1:] == [0.0, 1.125]  # into the estate at the end
    assert found[0][0] == 0.5 + 20 + 0.5  # round, not through


def test_every_site_and_origin_without_a_time_has_its_reason():
    home = homes(near=(10, 0), far=(10, 900), beyond=(5000, 0))
    gp = places(ok=(20, 0), lost=None, off=(9000, 9000)).assign(reason=None)
    gp.loc["online"] = {"reason": reasons.VIRTUAL_ONLY, "geometry": gp.geometry.iloc[0]}

    times = travel_times(street(), home, gp, max_snap=500)

    assert times.reason.tolist() == [None, reasons.NO_ROAD_WITHIN, reasons.OUTSIDE_NETWORK]
    assert times.site_reason.tolist() == [
        None,
        reasons.NOT_GEOCODED,
        reasons.OUTSIDE_NETWORK,
        reasons.VIRTUAL_ONLY,
    ]
    assert times.people.sum() == 30
    assert times.mode == "walk"
    assert times.speeds == "walk, made by hand"


def test_longitude_and_latitude_are_refused_with_what_to_do():
    home = homes(h=(0, 0)).to_crs("EPSG:4326")

    with pytest.raises(TableError, match="in metres such as EPSG:27700"):
        travel_times(street(), home, places(gp=(0, 0)))


def test_another_metric_grid_is_reprojected():
    home, gp = homes(h=(100, 40)), places(gp=(900, -80))

    same = minutes(street(), home.to_crs("EPSG:32630"), gp)

    assert same[0][0] == pytest.approx(11.5, abs=0.001)


def test_senseless_questions_are_refused():
    home, gp = homes(h=(0, 0)), places(gp=(0, 0))
    for options, words in (
        ({"limit": -1}, "limit is -1"),
        ({"limit": float("nan")}, "limit is nan"),
        ({"limit": float("inf")}, "limit is inf"),
        ({"nearest": 0}, "nearest is 0"),
        ({"direction": "both"}, "direction is 'both'"),
    ):
        with pytest.raises(AccessError, match=words):
            travel_times(street(), home, gp, **options)
    with pytest.raises(NetworkError, match=r"12\.4 days"):
        travel_times(street(forward=[2**30]), home, gp)


@pytest.mark.parametrize("nearest", [None, 2])
def test_nobody_and_nowhere_are_answered_too(nearest: int | None):
    none = travel_times(street(), homes(), places(gp=(0, 0)), nearest=nearest)
    nowhere = travel_times(street(), homes(h=(0, 0)), places(), nearest=nearest)

    assert none.to_frame().columns.tolist() == ["origin", "site", "minutes"]
    assert len(none.origins) == 0
    assert nowhere.reason.tolist() == [reasons.BEYOND_LIMIT]


def test_exits_are_reached_in_the_direction_of_travel():
    """The road leaves the map at node 0; the block is one-way."""
    home = homes(a=(20, 0), b=(0, 20), off=(5000, 0))

    to = exit_times(block(exits=[0]), home)
    back = exit_times(block(exits=[0]), home, direction="from")

    assert to.round(4).tolist()[:2] == [3.75, 0.25]
    assert back.round(4).tolist()[:2] == [0.25, 3.75]
    assert np.isnan(to["off"])
    assert to.index.name == "origin"
    assert exit_times(street(), home).isna().all()


def test_inputs_are_not_changed():
    home, gp = homes(a=(20, 0)), places(gp=(60, 0), lost=None)
    before = home.copy(), gp.copy()

    travel_times(block(), home, gp)

    assert home.equals(before[0])
    assert gp.equals(before[1])


def grid(side: int, **options: object) -> Network:
    """A square of streets 100 m apart."""
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    return Network.from_edges(i % side * 100.0, i // side * 100.0, tail, head, **options)


def spread(count: int) -> dict[str, tuple[float, float]]:
    return {f"p{k}": (k * 977 % 1100, k * 613 % 1100) for k in range(count)}


@pytest.mark.parametrize("nearest", [None, 3])
@pytest.mark.parametrize("direction", ["to", "from"])
def test_both_engines_give_the_same_rows(nearest: int | None, direction: str):
    network = grid(12)
    home, gp = homes(**spread(40)), places(**spread(15))
    frames = [
        travel_times(
            network, home, gp, limit=12, nearest=nearest, direction=direction, engine=engine
        ).to_frame()
        for engine in ("dijkstra", "hierarchy", "auto")
    ]

    assert len(frames[0]) > 30
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_an_unknown_engine_is_refused():
    with pytest.raises(AccessError, match="'dijkstra' or 'hierarchy'"):
        travel_times(street(), homes(h=(0, 0)), places(gp=(0, 0)), engine="astar")


def test_parking_is_charged_once_a_trip_at_the_site():
    network = replace(street(), parking_seconds=150.0)
    home, gp = homes(h=(100, 0)), places(gp=(900, 0))

    for options in ({}, {"direction": "from"}, {"nearest": 1}, {"engine": "hierarchy"}):
        assert minutes(network, home, gp, **options) == [[10 + 2.5]]
    assert len(travel_times(network, home, gp, limit=12)) == 0


def test_counts_made_in_the_sweep_equal_counting_the_table():
    network = grid(12)
    home = homes(**spread(40), off=(9000, 9000))
    gp = places(**spread(15), lost=None)
    weight = pd.Series(np.arange(16.0), index=gp.index)
    table = travel_times(network, home, gp, limit=15).to_frame()

    counts = reached_within(network, home, gp, minutes=[15, 5])
    sums = reached_within(network, home, gp, minutes=[5], weight=weight)

    for minutes_ in (5, 15):
        rows = table[table["minutes"] <= minutes_]
        expected = rows.groupby("origin").size().reindex(home.index, fill_value=0)
        assert counts[minutes_].tolist() == expected.tolist()
    rows = table[table["minutes"] <= 5].assign(weight=lambda t: weight[t["site"]].to_numpy())
    expected = rows.groupby("origin")["weight"].sum().reindex(home.index, fill_value=0)
    assert sums[5].tolist() == expected.tolist()
    assert counts.loc["off", "reason"] == reasons.OUTSIDE_NETWORK
    with pytest.raises(AccessError, match="no weight"):
        reached_within(network, home, gp, minutes=[5], weight=weight[:3])
    with pytest.raises(AccessError, match="minutes is empty"):
        reached_within(network, home, gp, minutes=[])


@pytest.mark.parametrize("direction", ["to", "from"])
def test_times_at_nodes_equal_times_of_homes_that_stand_there(direction: str):
    network = estate()
    gp = places(east=(200, 0), inside=(100, 0), lost=None)
    home = homes(
        **{f"n{i}": (x, y) for i, (x, y) in enumerate(zip(network.x, network.y, strict=True))}
    )

    at = node_times(network, gp.geometry, limit=25, direction=direction)
    wide = travel_times(network, home, gp, limit=25, direction=direction).pivot()  # noqa: PD010

    expected = np.nan_to_num(wide.to_numpy().T * 60_000, nan=-1)
    np.testing.assert_allclose(at, expected, atol=0.5)
    assert (at[2] == -1).all()
