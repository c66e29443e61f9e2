"""
``sdc-catchment`` (MIT) as an oracle for the floating catchments it knows.

Its thresholds leave their own boundary out and ours take it in, so weights are given as functions;
its costs of 0 mean unreachable, so every trip here takes some time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import access
from slgeo.access import decay
from slgeo.routing.times import TravelTimes

sdc = pytest.importorskip("sdc_catchment")
EACH = access.Rate(per=1)
BELL = decay.truncated_gaussian(40)


@pytest.fixture(params=range(4))
def case(request: pytest.FixtureRequest) -> tuple[TravelTimes, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(request.param)
    minutes = generator.integers(1, 60, (14, 6)).astype(float)
    people, supply = generator.integers(10, 900, 14) * 1.0, generator.integers(1, 30, 6) * 1.0
    zones, sites = [f"z{at:02}" for at in range(14)], [f"s{at}" for at in range(6)]
    pairs = pd.DataFrame(
        [(zones[i], sites[j], minutes[i, j]) for i in range(14) for j in range(6)],
        columns=["origin", "site", "minutes"],
    )
    origins = pd.DataFrame({"area": zones, "people": people}, index=pd.Index(zones, name="origin"))
    times = TravelTimes.from_frame(pairs, origins, sites, limit=60, mode="walk")
    return times, minutes, people, supply


def theirs(minutes: np.ndarray, people: np.ndarray, supply: np.ndarray, **options: object):
    return sdc.catchment_ratio(
        pd.DataFrame({"geoid": [f"z{at:02}" for at in range(len(people))], "value": people}),
        pd.DataFrame({"geoid": [f"s{at}" for at in range(len(supply))], "value": supply}),
        minutes,
        weight=BELL.function,
        **options,
    )


def capacity(supply: np.ndarray) -> pd.Series:
    return pd.Series(supply, index=[f"s{at}" for at in range(len(supply))])


def test_two_step(case: tuple[TravelTimes, np.ndarray, np.ndarray, np.ndarray]):
    times, *rest = case

    found = access.two_step(times, capacity(rest[2]), decay=BELL, rate=EACH)

    np.testing.assert_allclose(found, theirs(*rest), atol=1e-12)


def test_three_step(case: tuple[TravelTimes, np.ndarray, np.ndarray, np.ndarray]):
    times, *rest = case

    found = access.three_step(times, capacity(rest[2]), decay=BELL, rate=EACH)

    np.testing.assert_allclose(found, theirs(*rest, normalize_weight=True), atol=1e-12)


def test_modified(case: tuple[TravelTimes, np.ndarray, np.ndarray, np.ndarray]):
    times, *rest = case

    found = access.modified_two_step(times, capacity(rest[2]), decay=BELL, rate=EACH)

    squared = theirs(*rest, adjust_consumers=lambda weight: weight**2)
    np.testing.assert_allclose(found, squared, atol=1e-12)


def test_balanced(case: tuple[TravelTimes, np.ndarray, np.ndarray, np.ndarray]):
    """Shares over sites weigh demand, shares over zones hand supply out."""
    times, *rest = case

    found = access.balanced(times, capacity(rest[2]), decay=BELL, rate=EACH)

    def share(weight: np.ndarray, axis: int) -> np.ndarray:
        total = weight.sum(axis=axis, keepdims=True)
        return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)

    expected = theirs(
        *rest,
        adjust_providers=lambda weight: share(weight, 1),
        adjust_consumers=lambda weight: share(weight, 0),
    )
    np.testing.assert_allclose(found, expected, atol=1e-12)
