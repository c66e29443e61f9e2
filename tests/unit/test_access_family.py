"""The catchment family, gravity, availability, RAAM: known answers cited, others by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from slgeo import access
from slgeo.access import decay
from slgeo.errors import AccessError
from slgeo.routing.times import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Sequence

EACH = access.Rate(per=1)


def times_of(
    matrix: Sequence[Sequence[float]], people: Sequence[float], *, limit: float = 200.0
) -> TravelTimes:
    """Zones by sites; each zone is one origin and one area; NaN is not reached."""
    zones = [f"z{i + 1}" for i in range(len(people))]
    sites = [f"s{j + 1}" for j in range(len(matrix[0]))]
    pairs = [
        (zone, site, minutes)
        for zone, row in zip(zones, matrix, strict=True)
        for site, minutes in zip(sites, row, strict=True)
        if minutes <= limit
    ]
    return TravelTimes.from_frame(
        pd.DataFrame(pairs, columns=["origin", "site", "minutes"]),
        pd.DataFrame({"area": zones, "people": people}, index=pd.Index(zones, name="origin")),
        sites,
        limit=limit,
        mode="walk",
    )


def capacity(*numbers: float) -> pd.Series:
    return pd.Series(numbers, index=[f"s{j + 1}" for j in range(len(numbers))], dtype=float)


class TestShen:
    """Three zones, three sites: Shen (1998) as worked by Soukhov et al., PLOS ONE 2023."""

    times = times_of([[15, 30, 100], [30, 15, 100], [100, 100, 15]], [50000, 150000, 10000])
    supply = capacity(100000, 100000, 10000)
    fall = decay.exponential(0.1)

    def test_spatial_availability(self):
        found = access.availability(self.times, self.supply, decay=self.fall)

        np.testing.assert_allclose(found, [66833.4658, 133203.3629, 9963.1714], atol=5e-5)
        assert found.attrs["supply_handed_out"] == pytest.approx(210000)

    def test_two_step(self):
        found = access.two_step(self.times, self.supply, decay=self.fall, rate=EACH)

        np.testing.assert_allclose(found, [1.33666932, 0.88802242, 0.99631714], atol=5e-9)

    def test_balanced(self):
        found = access.balanced(self.times, self.supply, decay=self.fall, rate=EACH)

        np.testing.assert_allclose(found, [1.33666257, 0.88801937, 0.99705324], atol=5e-9)
        assert found.attrs["sum_of_ratios"] == pytest.approx(found.sum())

    def test_three_step(self):
        found = access.three_step(self.times, self.supply, decay=self.fall, rate=EACH)

        np.testing.assert_allclose(found, [1.77274657, 0.74241785, 0.99999944], atol=5e-9)

    def test_modified_two_step(self):
        found = access.modified_two_step(self.times, self.supply, decay=self.fall, rate=EACH)

        np.testing.assert_allclose(found, [0.27420602, 0.15176255, 0.22222586], atol=5e-9)
        assert found.attrs["supply_handed_out"] < found.attrs["supply_given"]

    def test_gravity(self):
        found = access.gravity(self.times, self.supply, decay=self.fall)

        np.testing.assert_allclose(found, [27292.1769, 27292.1769, 2240.3816], atol=5e-5)

    def test_total_constrained_shares_the_regions_total_by_gravity(self):
        found = access.total_constrained(self.times, self.supply, decay=self.fall)
        pull = np.array([27292.1769, 27292.1769, 2240.3816])

        np.testing.assert_allclose(found, 210000 * pull / pull.sum(), rtol=1e-7)


class TestHospital:
    """Three tracts with doctors: the "hospital" example of pysal/access (BSD-3)."""

    supply = capacity(15, 20, 100)
    inverse = decay.power(1)

    @staticmethod
    def scenario(to_3: float, from_3: float, between: float) -> TravelTimes:
        matrix = [[1, between, to_3], [between, 1, to_3], [from_3, from_3, 1]]
        return times_of(matrix, [100, 50, 10])

    @property
    def both(self) -> tuple[TravelTimes, TravelTimes]:
        return self.scenario(40, 40, 80), self.scenario(40, 20, 80)

    def check(self, made: list[pd.Series], *expected: list[float]) -> None:
        for found, wanted in zip(made, expected, strict=True):
            np.testing.assert_allclose(found, wanted, atol=5e-7)

    def test_two_step_with_inverse_time(self):
        made = [
            access.two_step(t, self.supply, decay=self.inverse, minutes=61, rate=EACH)
            for t in self.both
        ]

        self.check(made, [0.331444, 0.579828, 7.286418], [0.331072, 0.577858, 7.299992])

    def test_three_step_with_choice_over_all_that_was_searched(self):
        made = [
            access.three_step(
                t, self.supply, decay=self.inverse, minutes=61, rate=EACH, choice="search"
            )
            for t in self.both
        ]

        self.check(made, [0.156257, 0.406216, 9.906352], [0.156526, 0.406373, 9.902877])

    def test_three_step_with_choice_within_the_catchment(self):
        made = [
            access.three_step(t, self.supply, decay=self.inverse, minutes=61, rate=EACH)
            for t in self.both
        ]

        self.check(made, [0.156332, 0.406293, 9.905212], [0.156606, 0.406454, 9.901673])

    def test_plain_two_step(self):
        made = [access.two_step(t, self.supply, minutes=30, rate=EACH) for t in self.both]

        self.check(made, [0.15, 0.4, 10], [0.136364, 0.333333, 10.469697])

    def test_enhanced_two_step(self):
        made = [
            access.two_step(t, self.supply, decay=decay.LUO_QI_SLOW, rate=EACH) for t in self.both
        ]

        self.check(made, [0.15, 0.4, 10], [0.140449, 0.352113, 10.334942])

    def test_gravity_with_inverse_time(self):
        made = [access.gravity(t, self.supply, decay=self.inverse, minutes=61) for t in self.both]

        self.check(made, [17.5, 22.5, 100.875], [17.5, 22.5, 101.75])


class TestRaam:
    def test_one_zone_two_sites(self):
        """docs/measures.md: cost 1.25, split 62.5 to 37.5 per cent."""
        found = access.raam(times_of([[0, 30]], [100000]), capacity(1, 1), tau=60)

        assert found["z1"] == pytest.approx(1.25, abs=1e-6)
        assert found.attrs["direction"] == "lower is better"

    def test_a_site_too_far_to_be_worth_it_is_left_alone(self):
        found = access.raam(times_of([[0, 120]], [1000]), capacity(1, 1), tau=60)

        assert found["z1"] == pytest.approx(2.0)

    def test_one_zone_beside_one_site_has_average_crowding(self):
        times = times_of([[0, np.nan], [np.nan, 0]], [100, 100])

        assert access.raam(times, capacity(5, 5)).tolist() == pytest.approx([1, 1])

    def test_the_unreached_have_no_cost_and_are_counted(self):
        times = times_of([[0, 30], [np.nan, np.nan]], [100, 40])
        found = access.raam(times, capacity(1, 1))

        assert found["z1"] == pytest.approx(1.25, abs=1e-6)
        assert np.isnan(found["z2"])
        assert found.attrs["people_without_time"] == 40

    def test_a_site_that_offers_nothing_takes_nobody(self):
        found = access.raam(times_of([[0, 30]], [100]), capacity(0, 1), tau=60)

        assert found["z1"] == pytest.approx(1.5)

    def test_a_zone_without_people_would_pay_the_least_cost(self):
        found = access.raam(times_of([[0, 30], [30, 0]], [100, 0]), capacity(1, 1), tau=60)

        assert found["z1"] == pytest.approx(1.25, abs=1e-6)
        assert found["z2"] == pytest.approx(0.75, abs=1e-5)

    def test_not_settling_is_an_error_and_not_a_number(self):
        with pytest.raises(AccessError, match="not settled after 0 rounds"):
            access.raam(times_of([[0, 30]], [100]), capacity(1, 1), rounds=0)

    def test_at_rest_nobody_gains_by_moving(self):
        generator = np.random.default_rng(3)
        matrix = generator.uniform(0, 60, (12, 4))
        people, supply = generator.uniform(1, 500, 12), generator.uniform(1, 9, 4)

        found = access.raam(times_of(matrix.tolist(), people.tolist()), capacity(*supply))

        # an independent solution: the convex program whose minimum is the equilibrium
        from scipy.optimize import LinearConstraint, minimize

        rho = people.sum() / supply.sum()

        def worth(flat: np.ndarray) -> float:
            flow = flat.reshape(matrix.shape)
            return float((flow.sum(0) ** 2 / (2 * rho * supply)).sum() + (flow * matrix / 60).sum())

        def slope(flat: np.ndarray) -> np.ndarray:
            flow = flat.reshape(matrix.shape)
            return (flow.sum(0) / (rho * supply) + matrix / 60).ravel()

        rows = np.kron(np.eye(12), np.ones(4))
        best = minimize(
            worth,
            np.repeat(people / 4, 4),
            jac=slope,
            bounds=[(0, None)] * 48,
            constraints=LinearConstraint(rows, people, people),
            method="SLSQP",
            options={"maxiter": 500, "ftol": 1e-10},
        )
        crowd = best.x.reshape(matrix.shape).sum(0) / (rho * supply)
        np.testing.assert_allclose(found, (crowd + matrix / 60).min(1), atol=2e-3)


def test_variable_catchments_grow_until_they_hold_enough():
    """
    Site 1 needs 100 people: zone 1 (60 at 5 min) is too few, so zone 2 (50 at 10) comes in too,
    and zone 3 (at 20) stays out. Site 2's own zone 3 holds enough at once.
    """
    times = times_of([[5, 30], [10, 40], [20, 5]], [60, 50, 200])
    supply = capacity(11, 20)

    found = access.variable_two_step(times, supply, base=100, target=0.05, rate=EACH)

    # R1 = 11/110, R2 = 20/200; each zone stops at its first site, since 0.1 >= 0.05
    np.testing.assert_allclose(found, [0.1, 0.1, 0.1])
    more = access.variable_two_step(times, supply, base=100, target=0.2, rate=EACH)
    np.testing.assert_allclose(more, [0.2, 0.2, 0.2])


def test_variable_catchments_stop_at_the_longest_trip():
    times = times_of([[5, 30], [10, 40], [20, 5]], [60, 50, 200])

    found = access.variable_two_step(
        times, capacity(11, 20), base=1e9, target=1e9, minutes=10, rate=EACH
    )

    np.testing.assert_allclose(
        found, access.two_step(times, capacity(11, 20), minutes=10, rate=EACH)
    )


def test_trips_of_equal_time_enter_a_variable_catchment_together():
    times = times_of([[5, 9], [5, 5]], [60, 60])

    found = access.variable_two_step(times, capacity(12, 6), base=50, target=99, rate=EACH)

    # site 1 meets 50 with either zone, but both are 5 minutes away: 12 over 120
    np.testing.assert_allclose(found, [0.1 + 0.1, 0.1 + 0.1])


def test_balancing_cost_is_exact_and_asks_for_at_least_enough():
    times = times_of([[5, 7.5, 20], [1, 2, 3], [0, 1, 2]], [100, 31, 0])
    found = access.balancing_cost(times, capacity(60, 40, 900))

    assert found.tolist() == [7.5, 1.0, 0.0]
    never = access.balancing_cost(times, capacity(10, 10, 10))
    assert np.isnan(never["z1"])
    assert np.isnan(never["z2"])
    assert never.attrs["people_never"] == 131


def test_balancing_cost_of_an_area_does_not_depend_on_how_it_is_divided():
    whole = times_of([[5, 9]], [100])
    pairs = whole.to_frame()[["site", "minutes"]]
    halves = pd.concat([pairs.assign(origin="a"), pairs.assign(origin="b")])
    origins = pd.DataFrame({"area": "z1", "people": [50.0, 50.0]}, index=["a", "b"])
    split = TravelTimes.from_frame(halves, origins, ["s1", "s2"], limit=200, mode="walk")

    for supply in (capacity(60, 60), capacity(100, 60)):
        assert access.balancing_cost(whole, supply)["z1"] == pytest.approx(
            access.balancing_cost(split, supply)["z1"]
        )


def test_cumulative_counts_include_the_boundary():
    times = times_of([[10, 20], [20.001, 5]], [1, 1])

    assert access.cumulative(times, capacity(2, 3), minutes=20).tolist() == [5, 3]
    assert access.cumulative(times, access.one_each(times), minutes=4).tolist() == [0, 0]


def test_cumulative_interval_is_the_mean_or_median_over_cut_offs():
    times = times_of([[10, 20], [13, np.nan]], [1, 1])
    cuts = [5, 10, 15, 20]
    counts = np.array([access.cumulative(times, capacity(2, 3), minutes=c) for c in cuts])

    mean = access.cumulative_interval(times, capacity(2, 3), between=(5, 20), step=5)
    median = access.cumulative_interval(
        times, capacity(2, 3), between=(5, 20), step=5, statistic="median"
    )

    np.testing.assert_allclose(mean, counts.mean(0))
    np.testing.assert_allclose(median, np.median(counts, axis=0))
    np.testing.assert_allclose(mean, [9 / 4, 1])
    with pytest.raises(AccessError, match="from a low to a high"):
        access.cumulative_interval(times, capacity(2, 3), between=(20, 5))


def test_doubly_constrained_flows_fill_every_place_and_place_everyone():
    """Two zones, two sites: only one set of flows of the gravity form meets both margins."""
    times = times_of([[10, 20], [20, 10]], [100, 100])
    even = access.doubly_constrained(times, capacity(100, 100), decay=decay.exponential(0.1))

    # V = (p, 100-p; 100-p, p) with p²/(100-p)² = e² -> p/(100-p) = e
    p = 100 * np.e / (1 + np.e)
    np.testing.assert_allclose(even, [(10 * p + 20 * (100 - p)) / 100] * 2, rtol=1e-6)


def test_doubly_constrained_refuses_what_cannot_balance():
    times = times_of([[10, 20], [20, 10]], [100, 100])
    fall = decay.exponential(0.1)

    with pytest.raises(AccessError, match="200 people and 150 places"):
        access.doubly_constrained(times, capacity(100, 50), decay=fall)
    alone = times_of([[10, np.nan], [20, np.nan]], [100, 100])
    with pytest.raises(AccessError, match="1 sites reach nobody"):
        access.doubly_constrained(alone, capacity(100, 100), decay=fall)
    tight = times_of([[10, np.nan], [20, 10]], [150, 50])
    with pytest.raises(AccessError, match="no balance after 50 rounds"):
        access.doubly_constrained(tight, capacity(100, 100), decay=fall, rounds=50)


def test_sites_without_demand_never_spoil_the_others():
    """Welsh-style zero demand: nobody lives in the zone beside site 2."""
    times = times_of([[5, np.nan], [np.nan, 5]], [100, 0])
    supply = capacity(10, 10)

    for measure in (access.two_step, access.three_step, access.balanced):
        found = measure(times, supply, rate=EACH)
        assert found.tolist() == pytest.approx([0.1, 0.0]), measure.__name__
        assert found.attrs["sites_without_demand"] == ["s2"]
        assert np.isfinite(found).all()


def test_every_measure_keeps_an_area_that_reaches_nothing():
    times = times_of([[5, 10], [np.nan, np.nan]], [100, 50])
    supply = capacity(10, 5)
    fall = decay.gaussian(10)

    for found in (
        access.two_step(times, supply, decay=fall),
        access.three_step(times, supply, decay=fall),
        access.modified_two_step(times, supply, decay=fall),
        access.balanced(times, supply, decay=fall),
        access.availability(times, supply, decay=fall),
        access.total_constrained(times, supply, decay=fall),
        access.gravity(times, supply, decay=fall),
        access.cumulative(times, supply, minutes=30),
        access.cumulative_interval(times, supply, between=(10, 30)),
        access.variable_two_step(times, supply, base=10, target=1),
    ):
        assert list(found.index) == ["z1", "z2"], found.name
        assert found["z2"] == 0, found.name
        assert found["z1"] > 0, found.name
    for missing in (access.raam(times, supply), access.balancing_cost(times, supply)):
        assert list(missing.index) == ["z1", "z2"], missing.name
        assert np.isnan(missing["z2"]), missing.name


def test_services_without_travel_are_a_count_of_their_own():
    areas, services = pd.Index(["a", "b"]), pd.Index(["phone", "home", "post"])
    eligible = pd.DataFrame({"site": ["home", "home"], "area": ["a", "elsewhere"]})

    found = access.available_remotely(areas, services, eligible)

    assert found.to_dict() == {"a": 3.0, "b": 2.0}
    assert found.index.name == "area"
    assert access.available_remotely(areas, services).tolist() == [3, 3]
    with pytest.raises(AccessError, match="'fax' is not among"):
        access.available_remotely(areas, services, eligible.replace("home", "fax"))
    with pytest.raises(AccessError, match="open only to areas that are not in this study"):
        access.available_remotely(areas, services, eligible.replace("a", "z"))


def test_people_without_a_car_walk():
    walk = access.nearest(times_of([[30], [60], [np.nan]], [1, 1, 1]))
    drive = access.nearest(times_of([[5], [np.nan], [10]], [1, 1, 1]))
    without = pd.Series([0.2, 1.0, 0.5], index=["z1", "z2", "z3"])

    found = access.by_car_ownership(walk, drive, without)

    assert found["z1"] == pytest.approx(0.2 * 30 + 0.8 * 5)
    assert found["z2"] == 60  # nobody there drives
    assert np.isnan(found["z3"])
    better = access.by_car_ownership(walk, drive, without * 0, with_car="better")
    assert better.tolist()[:2] == [5, 60]
    with pytest.raises(AccessError, match="share from 0 to 1"):
        access.by_car_ownership(walk, drive, without * 2)
    score = access.two_step(times_of([[5], [6], [7]], [1, 1, 1]), capacity(1))
    with pytest.raises(AccessError, match="differ in unit"):
        access.by_car_ownership(walk, score, without)


def test_no_public_measure_hides_a_module_and_all_are_there_twice():
    import importlib
    import pkgutil

    modules = {module.name for module in pkgutil.iter_modules(access.__path__)} - {"decay"}

    for name in access.__all__:
        importlib.import_module("slgeo.access")
        assert name not in modules
        assert getattr(access, name) is getattr(access, name)
