"""Fitting class factors to observed times, where the true factors are known."""

import networkx as nx
import numpy as np
import pytest

from slgeo.errors import NetworkError
from slgeo.network import Network, calibrate, to_networkx
from slgeo.network.calibration import scaled

CLASSES = ("primary", "residential", "track")


def grid(size=7):
    """Streets in a square, the middle row and column primary, one track to nowhere."""
    number = {(i, j): i * size + j for i in range(size) for j in range(size)}
    edges, kind = [], []
    for (i, j), node in number.items():
        for step in ((1, 0), (0, 1)):
            other = number.get((i + step[0], j + step[1]))
            if other is not None:
                edges.append((node, other))
                line = j if step[0] else i
                kind.append(0 if line == size // 2 else 1)
    edges.append((0, size * size))
    kind.append(2)
    x, y = zip(*[(i * 500.0 + (j % 3) * 40, j * 500.0) for i, j in number], strict=True)
    tail, head = zip(*edges, strict=True)
    return Network.from_edges(
        [*x, -500],
        [*y, 0],
        tail,
        head,
        mode="drive",
        kmh=np.array([60.0, 30.0, 10.0])[kind],
        road_class=kind,
        classes=CLASSES,
    )


def router(pairs):
    def route(network):
        graph = to_networkx(network)
        times = []
        for start, end in pairs:
            times.append(nx.dijkstra_path_length(graph, start, end, weight="travel_time") / 60)
        return np.array(times)

    return route


PAIRS = [(0, 48), (6, 42), (3, 45), (1, 20), (8, 40), (21, 27), (0, 3), (47, 2), (10, 38), (5, 29)]


def test_known_factors_are_found_again():
    network = grid()
    route = router(PAIRS)
    groups = {name: [name] for name in CLASSES}
    truth = scaled(network, groups, np.array([1.6, 1.25, 1.0]))

    found = calibrate(network, route, route(truth), pull=0.001)

    factor = found.factors["factor"]
    assert factor["primary"] == pytest.approx(1.6, rel=0.03)
    assert factor["residential"] == pytest.approx(1.25, rel=0.03)
    error = found.summary.loc["root mean square error"]
    assert error["after"] < 0.05 * error["before"]
    assert "calibrated" in found.network.speeds


def test_a_class_no_trip_uses_keeps_its_times():
    network = grid()
    route = router(PAIRS)

    found = calibrate(network, route, route(network) * 1.5)

    assert found.factors["factor"]["track"] == pytest.approx(1.0, abs=1e-6)
    assert found.factors["trips"]["track"] == 0
    track = network.road_class == 2
    assert (found.network.forward[track] == network.forward[track]).all()


def test_times_that_are_already_right_change_nothing():
    network = grid()
    route = router(PAIRS)

    found = calibrate(network, route, route(network))

    assert found.factors["factor"].to_numpy() == pytest.approx(1.0, abs=1e-3)
    assert found.factors["share"].sum() == pytest.approx(1.0)


def test_classes_in_a_group_share_their_factor_and_the_rest_stays():
    network = grid()
    route = router(PAIRS)
    groups = {"roads": ["primary", "residential"]}

    found = calibrate(network, route, route(network) * 1.3, groups=groups, pull=0.001)

    assert list(found.factors.index) == ["roads"]
    assert found.factors["factor"]["roads"] == pytest.approx(1.3, rel=0.02)


def test_missing_observations_and_trips_without_a_way_are_left_out_and_counted():
    network = grid()
    inner = router(PAIRS)

    def route(each):
        return np.append(inner(each), np.nan)

    observed = np.append(inner(network) * 1.2, 9.0)
    observed[0] = np.nan

    found = calibrate(network, route, observed)

    assert found.summary.loc["trips without a time", "after"] == 2
    assert len(found.residuals) == len(observed)


def test_factors_stay_within_reason():
    network = grid()
    route = router(PAIRS)

    found = calibrate(network, route, route(network) * 100, pull=0.0001)

    assert (found.factors["factor"] <= 5.0 + 1e-6).all()


def test_what_cannot_be_fitted_is_refused():
    network = grid()
    route = router(PAIRS)
    times = route(network)

    with pytest.raises(NetworkError, match="nothing to fit"):
        calibrate(network, route, np.full(len(PAIRS), np.nan))
    with pytest.raises(NetworkError, match="above 0 minutes"):
        calibrate(network, route, -times)
    with pytest.raises(NetworkError, match="for 3 observed trips"):
        calibrate(network, route, times[:3])
    with pytest.raises(NetworkError, match="no class motorway; there are primary"):
        calibrate(network, route, times, groups={"fast": ["motorway"]})
    with pytest.raises(NetworkError, match="a class in two groups"):
        calibrate(network, route, times, groups={"a": ["track"], "b": ["track"]})
