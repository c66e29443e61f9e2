"""
The ``access`` package of PySAL (BSD-3) as an oracle where it computes the same thing.

It gives no row, and so no zero, to a zone that reaches nothing, and divides by zero where nobody
lives near a site; the random cases here avoid both, and unit tests show what slgeo does instead.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slgeo import access as ours
from slgeo.access import decay
from slgeo.routing.times import TravelTimes

theirs = pytest.importorskip("access")
fca = pytest.importorskip("access.fca")
EACH = ours.Rate(per=1)

# the oracle is in maintenance only, and calls pandas in a way that pandas 3 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def case(seed: int) -> tuple[TravelTimes, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    generator = np.random.default_rng(seed)
    zones = [f"z{i}" for i in range(12)]
    # whole minutes, never 0: some of their weights divide by the cost
    minutes = generator.integers(1, 60, (12, 12)).astype(float)
    np.fill_diagonal(minutes, 1.0)
    pairs = pd.DataFrame(
        [(zones[i], zones[j], minutes[i, j]) for i in range(12) for j in range(12)],
        columns=["origin", "site", "minutes"],
    )
    people = generator.integers(10, 900, 12).astype(float)
    supply = generator.integers(1, 30, 12).astype(float)
    origins = pd.DataFrame({"area": zones, "people": people}, index=pd.Index(zones, name="origin"))
    times = TravelTimes.from_frame(pairs, origins, zones, limit=60, mode="walk")
    costs = pairs.rename(columns={"site": "dest", "minutes": "cost"})
    index = pd.Index(zones, name="geoid")
    demand_frame = pd.DataFrame({"demand": people}, index=index)
    return times, costs, demand_frame, pd.DataFrame({"supply": supply}, index=index)


def capacity(supply: pd.DataFrame) -> pd.Series:
    return supply["supply"]


@pytest.mark.parametrize("seed", range(5))
def test_two_stage_fca_plain_and_enhanced(seed: int):
    times, costs, demand, supply = case(seed)

    plain = fca.two_stage_fca(demand, supply, costs, max_cost=25)
    steps = theirs.weights.step_fn({10: 1, 20: 0.68, 30: 0.22})
    enhanced = fca.two_stage_fca(demand, supply, costs, max_cost=30, weight_fn=steps)

    np.testing.assert_allclose(
        ours.two_step(times, capacity(supply), minutes=25, rate=EACH),
        plain.reindex(times.areas).fillna(0),
    )
    np.testing.assert_allclose(
        ours.two_step(times, capacity(supply), decay=decay.LUO_QI_SLOW, rate=EACH),
        enhanced.reindex(times.areas).fillna(0),
    )


@pytest.mark.parametrize("seed", range(5))
def test_three_stage_fca_with_choice_over_the_whole_table(seed: int):
    times, costs, demand, supply = case(seed)
    bell = theirs.weights.gaussian(20)

    found = ours.three_step(
        times, capacity(supply), decay=decay.gaussian(20), minutes=30, rate=EACH, choice="search"
    )

    expected = fca.three_stage_fca(demand, supply, costs, max_cost=30, weight_fn=bell)
    np.testing.assert_allclose(found, expected.reindex(times.areas).fillna(0))


@pytest.mark.parametrize("seed", range(5))
def test_weighted_catchment_is_cumulative_and_gravity(seed: int):
    times, costs, _, supply = case(seed)
    common = {"cost_source": "dest", "cost_dest": "origin", "cost_cost": "cost"}
    catchment = fca.weighted_catchment(
        supply, costs, 20, loc_index="geoid", loc_value="supply", **common
    )
    bell = fca.weighted_catchment(
        supply,
        costs,
        30,
        loc_index="geoid",
        loc_value="supply",
        weight_fn=theirs.weights.gaussian(20),
        **common,
    )

    np.testing.assert_allclose(
        ours.cumulative(times, capacity(supply), minutes=20), catchment.reindex(times.areas)
    )
    np.testing.assert_allclose(
        ours.gravity(times, capacity(supply), decay=decay.gaussian(20), minutes=30),
        bell.reindex(times.areas),
    )


def test_raam_agrees_as_far_as_whole_people_can():
    """They move whole people in shrinking steps: large demand makes the two answers meet."""
    from access.raam import raam

    times, costs, demand, supply = case(1)
    many = demand * 1000
    big = TravelTimes.from_frame(
        times.to_frame(),
        pd.DataFrame(
            {"area": times.areas, "people": many["demand"].to_numpy()}, index=times.origins
        ),
        times.sites,
        limit=60,
        mode="walk",
    )

    expected = raam(many, supply, costs, tau=60, max_cycles=600, min_step=0.0005, half_life=30)

    found = ours.raam(big, capacity(supply), tau=60)
    # their stepping stops within a few thousandths of the equilibrium
    np.testing.assert_allclose(found, expected.reindex(times.areas), rtol=0.02)


@pytest.mark.parametrize(
    ("mine", "yours"),
    [
        (decay.gaussian(20), lambda: theirs.weights.gaussian(20)),
        (decay.power(2, nearest=1, scale=20), lambda: theirs.weights.gravity(20, -2, 1)),
        (decay.step({20: 1, 40: 0.68}), lambda: theirs.weights.step_fn({20: 1, 40: 0.68})),
    ],
    ids=["gaussian", "power", "step"],
)
def test_decays(mine: decay.Decay, yours: object):
    times = np.array([0.0, 1, 5, 20, 20.1, 40, 41, 60])

    np.testing.assert_allclose(mine(times), pd.Series(times).apply(yours()))
