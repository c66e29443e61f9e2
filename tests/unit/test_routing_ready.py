"""What is kept between questions saves work and changes no answer."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo.errors import AccessError
from slgeo.network import Network, snap
from slgeo.network import nearest as nearest_edges
from slgeo.network.snapping import REMEMBERED, Snapper
from slgeo.routing.nodes import node_times
from slgeo.routing.ready import Ready
from slgeo.routing.routes import routes
from slgeo.routing.travel import exit_times, reached_within, travel_times


def town(side: int = 8) -> Network:
    """A square of streets 100 m apart, some one-way, some private."""
    i = np.arange(side * side)
    east, north = i[i % side < side - 1], i[: side * (side - 1)]
    tail, head = np.concatenate([east, north]), np.concatenate([east + 1, north + side])
    minutes = np.full(len(tail), 60_000)
    return Network.from_edges(
        i % side * 100.0,
        i // side * 100.0,
        tail,
        head,
        forward=minutes,
        backward=np.where(np.arange(len(tail)) % 5 == 0, -1, minutes),
        ends_only=np.arange(len(tail)) % 7 == 0,
        exits=[0, side - 1],
    )


def points(name: str, count: int, seed: int) -> gpd.GeoDataFrame:
    where = np.random.default_rng(seed).uniform(-50, 800, (2, count))
    return gpd.GeoDataFrame(
        {"area": ["A"] * count, "people": [1.0] * count},
        geometry=gpd.GeoSeries.from_xy(*where).to_numpy(),
        index=pd.Index([f"{name}{k}" for k in range(count)], name=name),
        crs="EPSG:27700",
    )


def same(one, other) -> bool:
    arrays = ("edge", "fraction", "distance", "leg", "x", "y")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays
    ) and (one.reason.tolist(), one.index.tolist()) == (other.reason.tolist(), other.index.tolist())


def test_points_are_joined_as_by_themselves_whatever_was_asked_before():
    network = town()
    kept = Snapper(network)
    homes, sites = points("origin", 40, 1).geometry, points("site", 9, 2).geometry

    for asked in (homes, sites, homes, homes.iloc[::-1], sites.iloc[:0]):
        for max_snap in (500.0, 20.0):
            found = kept.snap(asked, max_snap=max_snap)
            assert same(found, snap(network, asked, max_snap=max_snap))


def test_points_at_the_same_places_keep_their_own_names():
    kept = Snapper(town())
    homes = points("origin", 3, 1).geometry
    first = kept.snap(homes)

    again = kept.snap(homes.set_axis(["x", "y", "z"]))

    assert again.edge is first.edge
    assert again.index.tolist() == ["x", "y", "z"]
    assert first.index.tolist() == homes.index.tolist()


def test_what_is_handed_out_again_cannot_be_written_over():
    found = Snapper(town()).snap(points("origin", 3, 1).geometry)

    with pytest.raises(ValueError, match="read-only"):
        found.leg[0] = 0


def test_only_the_latest_are_remembered():
    kept = Snapper(town())
    homes = points("origin", 3, 1).geometry
    first = kept.snap(homes)
    for seed in range(REMEMBERED - 1):
        kept.snap(points("site", 2, 100 + seed).geometry)

    assert kept.snap(homes).edge is first.edge
    for seed in range(REMEMBERED):
        kept.snap(points("site", 2, 200 + seed).geometry)
    assert kept.snap(homes).edge is not first.edge


def test_shapes_are_made_once_where_they_fit(monkeypatch: pytest.MonkeyPatch):
    import shapely

    made = []
    tree = shapely.STRtree
    monkeypatch.setattr(shapely, "STRtree", lambda lines: made.append(len(lines)) or tree(lines))
    network = town()
    kept = Snapper(network)
    for seed in range(3):
        kept.snap(points("site", 5, seed).geometry)
    assert made == [network.edges]

    monkeypatch.setattr(nearest_edges, "TILE", network.edges - 1)
    tiled = Snapper(network)
    for seed in range(3):
        tiled.snap(points("site", 5, seed).geometry)
    assert len(made) > 3


@pytest.mark.parametrize("direction", ["to", "from"])
def test_every_question_has_the_same_answer_with_it(direction: str):
    network = town()
    ready = Ready(network)
    homes, sites = points("origin", 30, 3), points("site", 6, 4)[["geometry"]]
    for _ in range(2):
        for nearest in (None, 2):
            plain, kept = (
                travel_times(network, homes, sites, nearest=nearest, direction=direction, **more)
                for more in ({}, {"ready": ready})
            )
            pd.testing.assert_frame_equal(kept.to_frame(), plain.to_frame())
        asked = plain.to_frame()[["origin", "site"]]
        for question, arguments in (
            (exit_times, (homes,)),
            (lambda *a, **k: reached_within(*a, minutes=[3, 9], **k), (homes, sites)),
            (routes, (homes, sites, asked)),
        ):
            plain, kept = (
                question(network, *arguments, direction=direction, **more)
                for more in ({}, {"ready": ready})
            )
            assert kept.equals(plain)
        np.testing.assert_array_equal(
            node_times(network, sites.geometry, direction=direction, ready=ready),
            node_times(network, sites.geometry, direction=direction),
        )


def test_other_roads_are_refused():
    homes, sites = points("origin", 3, 3), points("site", 1, 4)

    with pytest.raises(AccessError, match="other roads"):
        travel_times(town(), homes, sites, ready=Ready(town()))
