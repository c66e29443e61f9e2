"""Roads as real files have them: doubled, looped, of no length, ending nowhere, or none at all."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.network import Network
from slgeo.routing.nodes import node_times
from slgeo.routing.travel import exit_times, reached_within, travel_times

MINUTE = 60_000

both_engines = pytest.mark.parametrize("engine", ["dijkstra", "hierarchy"])


def at(name: str, *points: tuple[float, float]) -> gpd.GeoDataFrame:
    """Points named a, b, ... as origins or sites."""
    table = {"area": ["A"] * len(points), "people": [1.0] * len(points)} if name == "origin" else {}
    return gpd.GeoDataFrame(
        table,
        geometry=gpd.GeoSeries.from_xy(*zip(*points, strict=True)).to_numpy(),
        index=pd.Index(list("abcdefgh"[: len(points)]), name=name),
        crs="EPSG:27700",
    )


def minutes(network: Network, home: tuple[float, float], site: tuple[float, float], **options):
    """Minutes there and minutes back."""
    origins, sites = at("origin", home), at("site", site)
    found = []
    for direction in ("to", "from"):
        for nearest in (None, 1):
            times = travel_times(
                network, origins, sites, direction=direction, nearest=nearest, **options
            )
            found.append(times.nearest()["minutes"].iloc[0])
    assert np.array_equal(found[::2], found[1::2], equal_nan=True), "the nearest is one of all"
    return pytest.approx(found[0], nan_ok=True), pytest.approx(found[2], nan_ok=True)


@both_engines
def test_of_parallel_roads_the_faster_is_taken_even_from_the_middle_of_the_slower(engine: str):
    """A minute both ways, beside 20 seconds one way; a point in the middle joins the first."""
    doubled = Network.from_edges(
        [0, 80], [0, 0], [0, 0], [1, 1], forward=[MINUTE, 20_000], backward=[MINUTE, -1]
    )

    assert minutes(doubled, (0, 0), (80, 0), engine=engine) == (20 / 60, 1.0)
    # 15 seconds back to the fork and 20 by the other road, against 45 straight on
    assert minutes(doubled, (20, 0), (80, 0), engine=engine) == (35 / 60, 45 / 60)


@both_engines
def test_a_loop_takes_nobody_anywhere_and_can_be_lived_on(engine: str):
    looped = Network.from_edges(
        [0, 80], [0, 0], [0, 0, 1], [0, 1, 1], forward=[5000, MINUTE, 0], backward=[-1, MINUTE, 0]
    )

    assert minutes(looped, (0, 10), (80, 0), engine=engine) == (1.125, 1.125)
    assert minutes(looped, (0, 0), (0, 0), engine=engine) == (0.0, 0.0)


@both_engines
def test_a_road_of_no_length_joins_two_crossings_in_one_place(engine: str):
    joined = Network.from_edges([0, 40, 40, 80], [0] * 4, [0, 1, 2], [1, 2, 3])

    assert minutes(joined, (0, 0), (80, 0), engine=engine) == (1.0, 1.0)


@both_engines
def test_two_crossings_in_one_place_are_not_joined_by_it(engine: str):
    """The two sides of a bollard: the longer piece is the usable one."""
    apart = Network.from_edges([0, 40, 40, 100], [0] * 4, [0, 2], [1, 3])
    origins, sites = at("origin", (0, 0), (40, 0)), at("site", (100, 0))

    times = travel_times(apart, origins, sites, max_snap=10, engine=engine)

    assert times.reason.tolist() == [reasons.OTHER_COMPONENT, None]
    assert times.minutes.tolist() == [0.75]


@both_engines
def test_a_cul_de_sac_is_left_by_the_way_it_was_entered(engine: str):
    """A T: home and site at the ends of its arms, 80 m and a minute each."""
    tee = Network.from_edges([0, 80, 160, 80], [0, 0, 0, 80], [0, 1, 1], [1, 2, 3])

    assert minutes(tee, (0, 0), (80, 80), engine=engine) == (2.0, 2.0)


@both_engines
def test_a_one_way_dead_end_traps_nobody(engine: str):
    trap = Network.from_edges(
        [0, 80, 160], [0] * 3, [0, 1], [1, 2], forward=[MINUTE] * 2, backward=[MINUTE, -1]
    )
    origins, sites = at("origin", (0, 0), (160, 0)), at("site", (160, 0), (80, 0))

    times = travel_times(trap, origins, sites, max_snap=50, engine=engine)

    assert times.reason.tolist() == [None, reasons.OTHER_COMPONENT]
    assert times.site_reason.tolist() == [reasons.OTHER_COMPONENT, None]
    assert times.minutes.tolist() == [1.0]


@both_engines
@pytest.mark.parametrize("nearest", [None, 3])
@pytest.mark.parametrize("crossings", [0, 1, 5])
def test_without_any_road_everybody_keeps_a_row_and_a_reason(
    engine: str, nearest: int | None, crossings: int
):
    bare = Network.from_edges(np.zeros(crossings), np.zeros(crossings), [], [])
    origins, sites = at("origin", (0, 0), (5, 0)), at("site", (0, 0))

    times = travel_times(bare, origins, sites, engine=engine, nearest=nearest)

    assert len(times.minutes) == 0
    assert times.reason.tolist() == [reasons.NO_ROAD_WITHIN] * 2
    assert times.site_reason.tolist() == [reasons.NO_ROAD_WITHIN]
    assert times.reasons()["people"].sum() == 2
    assert reached_within(bare, origins, sites, minutes=[5])[5].tolist() == [0, 0]
    assert node_times(bare, sites.geometry).shape == (1, crossings)
    assert exit_times(bare, origins).isna().all()
