"""
Every access measure once more as a notebook would write it: one dense matrix of minutes.

No outside library and nothing of ``slgeo.access`` is used, so that equal results mean something.
The matrix has a cell for every origin and site, infinite where there is no trip, which is what
keeps these from England's size: 188,000 origins by 7,000 sites take 10 GB before anything is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from slgeo.routing.times import TravelTimes

LUO_QI = ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))
MOST_ROUNDS = 20_000


class Dense:
    """Minutes from every origin to every site, and what each measure needs beside them."""

    def __init__(self, times: TravelTimes, capacity: pd.Series, kinds: pd.Series) -> None:
        self.areas, self.limit = times.areas, times.limit
        self.minutes = np.full((len(times.origins), len(times.sites)), np.inf)
        row = np.repeat(np.arange(len(times.origins)), np.diff(times.start))
        self.minutes[row, times.site] = times.milliseconds / 60_000
        self.area = times.areas.get_indexer(pd.Index(times.area))
        self.people = times.people
        self.capacity = capacity.to_numpy()
        self.kinds = kinds.to_numpy()

    def lifted(self, values: np.ndarray, people: np.ndarray | None = None) -> pd.Series:
        """Average over each area's people."""
        weight = self.people if people is None else people
        frame = pd.DataFrame({"area": self.area, "w": weight, "x": weight * values})
        total = frame.groupby("area").sum().reindex(range(len(self.areas)))
        return pd.Series((total["x"] / total["w"]).to_numpy(), self.areas)

    def summed(self, values: np.ndarray) -> pd.Series:
        """Add up over each area."""
        total = pd.Series(values).groupby(self.area).sum().reindex(range(len(self.areas)))
        return pd.Series(total.to_numpy(), self.areas).fillna(0.0)

    def bell(self) -> np.ndarray:
        """Weigh trips by the Gaussian that ends at the limit (Dai 2010)."""
        floor = np.exp(-0.5)
        weight = (np.exp(-0.5 * (self.minutes / self.limit) ** 2) - floor) / (1 - floor)
        return np.where(self.minutes <= self.limit, weight, 0.0)

    def bands(self) -> np.ndarray:
        """Weigh trips by the three bands of Luo and Qi (2009)."""
        weight = np.zeros_like(self.minutes)
        for edge, value in reversed(LUO_QI):
            weight[self.minutes <= edge] = value
        return weight

    def exponential(self) -> np.ndarray:
        """Weigh trips by an exponential."""
        return np.exp(-0.1 * self.minutes)

    def within(self, minutes: float) -> np.ndarray:
        """Count trips of at most so many minutes as one."""
        return (self.minutes <= minutes).astype(float)


def nearest(dense: Dense, k: int = 1) -> pd.Series:
    """Mean minutes to the k nearest; missing where over a twentieth reach fewer."""
    near = np.sort(dense.minutes, axis=1)[:, :k].mean(axis=1)
    absent = np.isinf(near)
    out = dense.lifted(np.where(absent, dense.limit, near))
    out[dense.lifted(absent.astype(float)) > 0.05] = np.nan
    return out


def nearest_median(dense: Dense) -> pd.Series:
    """Find the smallest minutes that half of each area's people do not exceed."""
    frame = pd.DataFrame(
        {"area": dense.area, "people": dense.people, "near": dense.minutes.min(axis=1)}
    ).sort_values(["area", "near"], kind="stable")
    upto = frame.groupby("area")["people"].cumsum()
    half = frame.groupby("area")["people"].transform("sum") / 2
    first = frame[upto >= half - 1e-9 * half].groupby("area")["near"].first()
    found = first.reindex(range(len(dense.areas))).to_numpy()
    return pd.Series(np.where(np.isinf(found), np.nan, found), dense.areas)


def people_within(dense: Dense, *, share: bool) -> pd.Series:
    """People, or their share, with a site within 15 minutes."""
    inside = (dense.minutes <= 15).any(axis=1).astype(float)
    return dense.lifted(inside) if share else dense.summed(inside * dense.people)


def people_by_site(dense: Dense) -> pd.Series:
    """People who reach each site within each threshold."""
    columns = [dense.people @ dense.within(minutes) for minutes in (10, 15, 20, 30)]
    return pd.Series(np.column_stack(columns).ravel())


def choice(dense: Dense) -> pd.Series:
    """Kinds within 15 minutes."""
    seen = [
        (dense.minutes[:, dense.kinds == kind] <= 15).any(axis=1) for kind in np.unique(dense.kinds)
    ]
    return dense.lifted(np.sum(seen, axis=0).astype(float))


def cumulative_interval(dense: Dense) -> pd.Series:
    """Supply within reach, averaged over the cut-offs 10, 11 ... 30."""
    cuts = range(10, 31)
    scores = [dense.within(minutes) @ dense.capacity for minutes in cuts]
    return dense.lifted(np.mean(scores, axis=0))


def floating(dense: Dense, weight: np.ndarray, again: np.ndarray | None = None) -> pd.Series:
    """Two-step measure per 10,000 people; ``again`` stands in the second step."""
    demand = dense.people @ weight
    ratio = np.divide(dense.capacity, demand, out=np.zeros_like(demand), where=demand > 0)
    return dense.lifted((weight if again is None else again) @ ratio) * 10_000


def three_step(dense: Dense, weight: np.ndarray) -> pd.Series:
    """Three-step measure, people sharing themselves over their catchment."""
    total = weight.sum(axis=1, keepdims=True)
    leaning = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return floating(dense, leaning * weight)


def variable_two_step(dense: Dense, base: float, target: float) -> pd.Series:
    """Let catchments grow, sites first, one site and one origin after the other."""
    ratio = np.zeros(len(dense.capacity))
    for site, minutes in enumerate(dense.minutes.T):
        upto = minutes <= _edge(minutes, dense.people, base)
        demand = dense.people[upto].sum()
        ratio[site] = dense.capacity[site] / demand if demand > 0 else 0.0
    score = np.zeros(len(dense.minutes))
    for origin, minutes in enumerate(dense.minutes):
        score[origin] = ratio[minutes <= _edge(minutes, ratio, target / 10_000)].sum()
    return dense.lifted(score) * 10_000


def _edge(minutes: np.ndarray, amount: np.ndarray, target: float) -> float:
    """Find the time by which amounts add up to a target; the last trip there is otherwise."""
    order = np.argsort(minutes, kind="stable")
    order = order[np.isfinite(minutes[order])]
    enough = np.flatnonzero(np.cumsum(amount[order]) >= target * (1 - 1e-9))
    if enough.size:
        return float(minutes[order[enough[0]]])
    return float(minutes[order[-1]]) if order.size else -1.0


def balanced(dense: Dense, weight: np.ndarray) -> pd.Series:
    """Balanced floating catchment between areas (Paez et al. 2019)."""
    people = dense.summed(dense.people).to_numpy()
    between = np.stack(
        [dense.lifted(column).to_numpy() for column in weight.T], axis=1
    )  # areas by sites
    row, column = between.sum(axis=1), between.sum(axis=0)
    shared = np.divide(people, row, out=np.zeros_like(row), where=row > 0) @ between
    ratio = np.divide(dense.capacity, shared, out=np.zeros_like(shared), where=shared > 0)
    fair = np.divide(ratio, column, out=np.zeros_like(column), where=column > 0)
    return pd.Series(between @ fair, dense.areas) * 10_000


def availability(dense: Dense, weight: np.ndarray) -> pd.Series:
    """Supply shared out by weighted people (Soukhov et al. 2023)."""
    pull = weight * dense.people[:, None]
    total = pull.sum(axis=0)
    return dense.summed(
        np.divide(pull, total, out=np.zeros_like(pull), where=total > 0) @ dense.capacity
    )


def total_constrained(dense: Dense, weight: np.ndarray) -> pd.Series:
    """Whole supply shared out by gravity (Soukhov et al. 2025)."""
    pull = dense.lifted(weight @ dense.capacity)
    return pull / pull.sum() * dense.capacity.sum()


def balancing_cost(dense: Dense, capacity: np.ndarray) -> pd.Series:
    """Minutes until there is enough for the area's people, one origin after the other."""
    need = dense.summed(dense.people).to_numpy()[dense.area]
    minutes = np.full(len(need), np.nan)
    for origin, row in enumerate(dense.minutes):
        order = np.argsort(row, kind="stable")
        order = order[np.isfinite(row[order])]
        enough = np.flatnonzero(np.cumsum(capacity[order]) >= need[origin] * (1 - 1e-12))
        if enough.size:
            minutes[origin] = row[order[enough[0]]]
    minutes[need <= 0] = 0.0
    absent = np.isnan(minutes)
    out = dense.lifted(np.where(absent, dense.limit, minutes))
    out[dense.lifted(absent.astype(float)) > 0.05] = np.nan
    return out


def raam(dense: Dense, tolerance: float, tau: float = 60.0) -> pd.Series:
    """
    Everyone moves a step towards their cheapest site, until nobody gains (Frank and Wolfe 1956).

    The step is the best one on the way, which the convex cost gives in closed form.
    """
    has = np.isfinite(dense.minutes).any(axis=1)
    minutes, people = dense.minutes[has] / tau, dense.people[has]
    used = np.isfinite(minutes).any(axis=0)
    share = dense.capacity * people.sum() / dense.capacity[used].sum()
    travel = np.where(np.isfinite(minutes), minutes, 0.0)
    every = np.arange(len(people))
    flow = np.zeros_like(minutes)
    flow[every, minutes.argmin(axis=1)] = people
    for _ in range(MOST_ROUNDS):
        there = flow.sum(axis=0)
        cost = there / share + minutes
        best = cost.argmin(axis=1)
        paid = np.where(flow > 0, flow * (there / share + travel), 0.0).sum(axis=1)
        gain = (paid - cost[every, best] * people).sum()
        if gain <= tolerance * people.sum():
            break
        away = -flow
        away[every, best] += people
        step = away.sum(axis=0)
        flow += min(1.0, gain / (step**2 / share).sum()) * away
    out = np.full(len(has), np.nan)
    out[has] = np.divide(paid, people, out=cost.min(axis=1), where=people > 0)
    return dense.lifted(out)


def doubly_constrained(dense: Dense, capacity: np.ndarray, tolerance: float) -> pd.Series:
    """Fit flows to people and places in turn (Wilson 1971)."""
    people = np.where(np.isfinite(dense.minutes).any(axis=1), dense.people, 0.0)
    flow = dense.exponential()
    for _ in range(MOST_ROUNDS):
        row = flow.sum(axis=1)
        flow *= np.divide(people, row, out=np.zeros_like(row), where=row > 0)[:, None]
        column = flow.sum(axis=0)
        if np.abs(column - capacity).sum() <= tolerance * people.sum():
            break
        flow *= np.divide(capacity, column, out=np.zeros_like(column), where=column > 0)
    spent = (flow * np.where(np.isfinite(dense.minutes), dense.minutes, 0.0)).sum(axis=1)
    total = dense.summed(people)
    return dense.summed(spent) / total.where(total > 0)


def plain_measures(
    dense: Dense, fair: np.ndarray, tolerance: float
) -> dict[str, Callable[[], pd.Series]]:
    """List the plain formulation of every measure, under the names of the benchmark."""
    inside = dense.within(15)
    return {
        "nearest": lambda: nearest(dense),
        "nearest, median": lambda: nearest_median(dense),
        "nearest mean of 3": lambda: nearest(dense, 3),
        "nearest table": lambda: nearest(dense),
        "people within": lambda: people_within(dense, share=False),
        "share within": lambda: people_within(dense, share=True),
        "people by site": lambda: people_by_site(dense),
        "choice": lambda: choice(dense),
        "cumulative": lambda: dense.lifted(inside @ dense.capacity),
        "cumulative interval": lambda: cumulative_interval(dense),
        "gravity": lambda: dense.lifted(dense.exponential() @ dense.capacity),
        "two step, plain": lambda: floating(dense, dense.within(dense.limit)),
        "two step, enhanced": lambda: floating(dense, dense.bands()),
        "two step, gaussian": lambda: floating(dense, dense.bell()),
        "three step": lambda: three_step(dense, dense.bell()),
        "modified two step": lambda: floating(dense, dense.bell(), dense.bell() ** 2),
        "variable two step": lambda: variable_two_step(dense, 20_000, 3),
        "balanced": lambda: balanced(dense, dense.bell()),
        "availability": lambda: availability(dense, dense.bell()),
        "total constrained": lambda: total_constrained(dense, dense.bell()),
        "balancing cost": lambda: balancing_cost(dense, fair),
        "RAAM (iterative)": lambda: raam(dense, tolerance),
        "doubly constrained (iterative)": lambda: doubly_constrained(dense, fair, tolerance),
    }
