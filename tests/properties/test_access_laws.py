"""Laws of access on random small towns: conservation, scale, relabelling, division, monotony."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo import access
from slgeo.access import decay
from slgeo.routing.times import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Callable

EACH = access.Rate(per=1)
few = settings(max_examples=30, deadline=None)


@dataclass
class Town:
    """Minutes by origin and site (NaN: not reached), people and area by origin, supply by site."""

    minutes: np.ndarray
    people: np.ndarray
    area: list[str]
    supply: np.ndarray
    limit: float = 60.0

    def times(self, *, order: np.ndarray | None = None, prefix: str = "o") -> TravelTimes:
        count, sites = self.minutes.shape
        order = np.arange(count) if order is None else order
        row, column = np.nonzero(self.minutes <= self.limit)
        pairs = pd.DataFrame(
            {
                "origin": [f"{prefix}{i}" for i in row],
                "site": [f"s{j}" for j in column],
                "minutes": self.minutes[row, column],
            }
        )
        origins = pd.DataFrame(
            {"area": self.area, "people": self.people},
            index=pd.Index([f"{prefix}{i}" for i in range(count)], name="origin"),
        ).iloc[order]
        return TravelTimes.from_frame(
            pairs,
            origins,
            [f"s{j}" for j in range(sites)],
            limit=self.limit,
            mode="walk",
            areas=sorted(set(self.area)),
        )

    @property
    def capacity(self) -> pd.Series:
        return pd.Series(self.supply, index=[f"s{j}" for j in range(len(self.supply))])

    @property
    def population(self) -> pd.Series:
        return pd.Series(self.people).groupby(pd.Series(self.area)).sum()


@st.composite
def towns(draw: st.DrawFn) -> Town:
    origins, sites = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    # whole tenths of a minute, so that times survive rounding to milliseconds
    minute = st.one_of(st.integers(0, 900).map(lambda tenth: tenth / 10), st.just(np.nan))
    minutes = draw(st.lists(minute, min_size=origins * sites, max_size=origins * sites))
    people = draw(st.lists(st.integers(0, 500), min_size=origins, max_size=origins))
    supply = draw(st.lists(st.integers(0, 50), min_size=sites, max_size=sites))
    area = draw(st.lists(st.sampled_from("abc"), min_size=origins, max_size=origins))
    return Town(
        np.array(minutes, dtype=float).reshape(origins, sites),
        np.array(people, dtype=float),
        area,
        np.array(supply, dtype=float),
    )


DECAYS = (None, decay.gaussian(15), decay.LUO_QI_SLOW, decay.truncated_gaussian(40))
decays = st.sampled_from(DECAYS)


def plain(name: str) -> Callable[..., pd.Series]:
    measure = getattr(access, name)
    return lambda times, capacity, fall: measure(times, capacity, decay=fall, rate=EACH)


@few
@given(towns(), decays)
def test_supply_is_conserved_over_everyone(town: Town, fall: decay.Decay | None):
    found = access.two_step(town.times(), town.capacity, decay=fall, rate=EACH)
    idle = found.attrs["sites_without_demand"]

    handed = (found * town.population).sum()

    np.testing.assert_allclose(handed, town.capacity.drop(idle).sum(), atol=1e-9)
    everywhere = pd.Series([True] * len(found), index=found.index)
    sheet = access.balance(town.times(), town.capacity, everywhere, decay=fall)
    parts = sheet["to_study"] + sheet["to_context"] + sheet["leaked"]
    np.testing.assert_allclose(parts, town.supply, atol=1e-9)


@few
@given(towns(), decays)
def test_availability_per_head_is_the_two_step_score(town: Town, fall: decay.Decay | None):
    whole = access.availability(town.times(), town.capacity, decay=fall)
    score = access.two_step(town.times(), town.capacity, decay=fall, rate=EACH)
    lived = town.population > 0

    np.testing.assert_allclose((whole / town.population)[lived], score[lived], atol=1e-9)


@few
@given(towns())
def test_balanced_scores_add_up_to_the_ratios(town: Town):
    found = access.balanced(town.times(), town.capacity, decay=decay.gaussian(15), rate=EACH)

    np.testing.assert_allclose(found.sum(), found.attrs["sum_of_ratios"], atol=1e-9)


@few
@given(
    towns(),
    decays,
    st.sampled_from(["two_step", "three_step", "balanced"]),
    st.sampled_from([0.25, 3.0]),
)
def test_scale_laws(town: Town, fall: decay.Decay | None, name: str, factor: float):
    measure = plain(name)
    base = measure(town.times(), town.capacity, fall)

    more_supply = measure(town.times(), town.capacity * factor, fall)
    many = Town(town.minutes, town.people * factor, town.area, town.supply)
    more_people = measure(many.times(), town.capacity, fall)

    np.testing.assert_allclose(more_supply, base * factor, atol=1e-9)
    np.testing.assert_allclose(more_people, base / factor, atol=1e-9)


@few
@given(towns(), st.sampled_from(["two_step", "three_step", "balanced", "modified_two_step"]))
def test_weights_times_a_constant(town: Town, name: str):
    fall = decay.gaussian(15)
    measure = plain(name)
    base = measure(town.times(), town.capacity, fall)

    doubled = measure(town.times(), town.capacity, lambda minutes: 2 * fall(minutes))

    factor = 2.0 if name == "modified_two_step" else 1.0
    np.testing.assert_allclose(doubled, base * factor, atol=1e-9)


ALL = ("two_step", "three_step", "balanced", "modified_two_step", "availability")


@few
@given(towns(), st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_order_and_names_of_origins_change_nothing(town: Town, name: str, chance: object):
    order = np.arange(len(town.people))
    chance.shuffle(order)
    measure = plain(name)

    base = measure(town.times(), town.capacity, decay.gaussian(15))
    other = measure(
        town.times(order=order, prefix="x"), town.capacity.iloc[::-1], decay.gaussian(15)
    )

    pd.testing.assert_series_equal(base, other, check_names=False)
    near = access.nearest(town.times(), tolerance=0.5)
    pd.testing.assert_series_equal(near, access.nearest(town.times(order=order), tolerance=0.5))


@few
@given(towns(), st.sampled_from(ALL), st.integers(0, 7))
def test_cutting_an_origin_in_two_changes_nothing(town: Town, name: str, which: int):
    at = which % len(town.people)
    people = np.append(town.people, town.people[at] / 4)
    people[at] *= 0.75
    cut = Town(
        np.vstack([town.minutes, town.minutes[at]]),
        people,
        [*town.area, town.area[at]],
        town.supply,
    )
    measure = plain(name)

    base = measure(town.times(), town.capacity, decay.gaussian(15))
    parts = measure(cut.times(), town.capacity, decay.gaussian(15))

    lived = town.population > 0  # without people origins count alike, and there is one more
    np.testing.assert_allclose(parts[lived], base[lived], atol=1e-9)
    for lift in ("mean", "median"):
        np.testing.assert_allclose(
            access.nearest(cut.times(), lift=lift)[lived],
            access.nearest(town.times(), lift=lift)[lived],
        )


@few
@given(towns(), st.sampled_from(["two_step", "modified_two_step"]), st.integers(0, 4))
def test_more_supply_at_a_site_lowers_nobody(town: Town, name: str, which: int):
    more = town.capacity.copy()
    more.iloc[which % len(more)] += 7
    measure = plain(name)

    base = measure(town.times(), town.capacity, decay.gaussian(15))
    assert (measure(town.times(), more, decay.gaussian(15)) >= base - 1e-12).all()


@few
@given(towns())
def test_one_catchment_that_holds_everything_gives_supply_over_people(town: Town):
    close = Town(np.zeros_like(town.minutes), town.people + 1, town.area, town.supply)
    ratio = town.supply.sum() / close.people.sum()

    for name in ("two_step", "three_step", "modified_two_step"):
        found = plain(name)(close.times(), close.capacity, None)
        np.testing.assert_allclose(found, ratio)
    areas, sites = len(set(town.area)), len(town.supply)
    shared = plain("balanced")(close.times(), close.capacity, None)
    np.testing.assert_allclose(shared, ratio * sites / areas)


@few
@given(towns())
def test_modified_never_exceeds_two_step_while_weights_are_at_most_one(town: Town):
    base = plain("two_step")(town.times(), town.capacity, decay.gaussian(15))
    lower = plain("modified_two_step")(town.times(), town.capacity, decay.gaussian(15))

    assert (lower <= base + 1e-12).all()


@few
@given(towns(), st.integers(0, 600).map(lambda tenth: tenth / 10))
def test_within_and_beyond_never_lose_anyone(town: Town, minutes: float):
    times = town.times()
    near = access.people_within(times, minutes=minutes)
    far = access.people_beyond(times, minutes=minutes)

    np.testing.assert_allclose(near + far, town.population)
    assert (near >= access.people_within(times, minutes=minutes / 2)).all()
    assert far.sum() >= access.people_without_time(times).sum() - 1e-9
    np.testing.assert_allclose(
        (access.share_within(times, minutes=minutes) * town.population), near, atol=1e-9
    )


@few
@given(towns())
def test_the_next_site_is_never_nearer(town: Town):
    times = town.times()
    for lift in ("mean", "median"):
        first = access.nearest(times, lift=lift, tolerance=0.5)
        second = access.nearest(times, k=2, lift=lift, tolerance=0.5)
        both = first.notna() & second.notna()
        assert (second[both] >= first[both] - 1e-9).all()
        assert first[second.notna()].notna().all()


@few
@given(towns())
def test_sparse_equals_dense(town: Town):
    """The plain dense formulation, loops and all, beside the sparse one."""
    weight = np.where(town.minutes <= 60, np.exp(-(town.minutes**2) / (2 * 15**2)), 0.0)
    weight = np.nan_to_num(weight)
    count, sites = weight.shape
    score = np.zeros(count)
    for j in range(sites):
        demand = sum(town.people[k] * weight[k, j] for k in range(count))
        for i in range(count):
            score[i] += weight[i, j] * town.supply[j] / demand if demand > 0 else 0.0
    expected = []
    for name in sorted(set(town.area)):
        inside = [i for i in range(count) if town.area[i] == name]
        people = (
            [town.people[i] for i in inside] if town.people[inside].sum() else [1] * len(inside)
        )
        expected.append(np.average(score[inside], weights=people))

    found = plain("two_step")(town.times(), town.capacity, decay.gaussian(15))
    np.testing.assert_allclose(found, expected, atol=1e-9)


@few
@given(towns(), st.sampled_from([0.001, 0.5, 1.5]))
def test_another_speed_keeps_everyone_and_every_order(town: Town, slower: float):
    times = town.times()
    other = access.at_other_speed(times, slower=slower)

    assert len(other.site) == len(times.site)
    np.testing.assert_allclose(
        access.nearest(other, lift="median"),
        access.nearest(times, lift="median") * slower,
        atol=1e-5,  # times are whole milliseconds
    )


@few
@given(towns())
def test_raam_leaves_nobody_better_off_elsewhere(town: Town):
    """Cost times people adds up to crowding (at least 1 on average) and travel."""
    lively = Town(town.minutes, town.people + 1, town.area, town.supply + 1)
    times = lively.times()
    found = access.raam(times, lively.capacity)
    reached = np.isfinite(np.where(lively.minutes <= 60, lively.minutes, np.nan)).any(axis=1)

    if reached.all():
        spent = (found * lively.population).sum()
        assert spent >= lively.people.sum() * (1 - 1e-5)
        doubled = access.raam(times, lively.capacity * 2)
        np.testing.assert_allclose(doubled, found, atol=1e-3)  # only shares matter
