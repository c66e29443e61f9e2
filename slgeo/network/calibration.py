"""
Speeds fitted to observed times: one factor a class of road.

The time of the fastest way is the sum of the times on each class, so its change with a class's
factor is the time spent on that class. The fit needs only a function that routes: factors are found
by Gauss-Newton steps, each a bounded linear least-squares problem, with a pull towards 1 that
decides where observations say little.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from slgeo.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from slgeo.network.model import Network

    Route = Callable[[Network], ArrayLike]

SLOWEST: Final = 5.0
"""Largest factor on the time of a class."""

FASTEST: Final = 0.2
"""Smallest factor on the time of a class."""

STEP: Final = 0.01
"""Relative change of a class's time by which its share of each trip is measured."""

STEADY: Final = 1e-3
"""Factors that change by less than this have settled."""


class Calibration(NamedTuple):
    """
    Fitted factors and how well they do.

    Parameters
    ----------
    network
        The network with fitted times.
    factors
        By class: ``factor`` on time, ``share`` of the observed trips' time spent on the class
        before fitting, ``trips`` that use it. Classes that no trip uses keep 1.
    residuals
        One row a trip: ``observed``, ``before``, ``after`` minutes.
    summary
        Columns ``measure``, ``before``, ``after``: mean error, root mean square error, median
        absolute error in minutes, and the number of trips without a time.
    """

    network: Network
    factors: pd.DataFrame
    residuals: pd.DataFrame
    summary: pd.DataFrame


def calibrate(
    network: Network,
    route: Route,
    observed: ArrayLike,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    pull: float = 0.05,
    rounds: int = 15,
) -> Calibration:
    """
    Fit class factors to observed travel times.

    Parameters
    ----------
    network
        The roads, with their first times.
    route
        Function of a network that returns the minutes of every observed trip, in order; missing
        where there is no way. It is called once a class and round.
    observed : array_like of float, shape (trips,)
        Observed minutes; missing ones are left out.
    groups
        Classes that share a factor, by name. One group a class where it is left out; classes in
        no group keep their times.
    pull
        Strength of the pull towards 1, as a share of the mean observed time. Larger is steadier.
    rounds
        Steps at most.

    Returns
    -------
    Calibration

    Raises
    ------
    NetworkError
        Where nothing can be fitted: no trip has both an observed and a computed time, times are
        not above 0, or a group names a class that is not there.
    """
    seen = np.asarray(observed, float)
    groups = _checked_groups(network, groups)
    first = _minutes(route, network, len(seen))
    use = np.isfinite(seen) & np.isfinite(first)
    if not use.any():
        raise NetworkError("no trip has both an observed and a computed time: nothing to fit")
    if (seen[use] <= 0).any():
        raise NetworkError("observed times must be above 0 minutes")
    weight = pull * float(seen[use].mean()) * np.sqrt(use.sum())
    factor = np.ones(len(groups))
    share = np.zeros((int(use.sum()), len(groups)))
    for number in range(rounds):
        now = _minutes(route, scaled(network, groups, factor), len(seen))[use]
        parts = _parts(network, route, groups, factor, use, now)
        share = parts if number == 0 else share
        step = _solved(parts, seen[use] - now, factor, weight)
        factor = factor * step
        if np.abs(step - 1).max(initial=0.0) < STEADY:
            break
    fitted = scaled(network, groups, factor)
    last = _minutes(route, fitted, len(seen))
    named = replace(
        fitted,
        speeds=f"{network.speeds}, calibrated",
        provenance={
            **network.provenance,
            "calibration": ", ".join(
                f"{name} x {value:.3f}" for name, value in zip(groups, factor, strict=True)
            ),
        },
    )
    return Calibration(named, _factors(groups, factor, share), *_residuals(seen, first, last))


def scaled(
    network: Network, groups: Mapping[str, Sequence[str]], factor: NDArray[np.float64]
) -> Network:
    """
    Multiply the times of groups of classes.

    Parameters
    ----------
    network
        The roads.
    groups
        Classes by group.
    factor
        Factor on time of each group, in their order.
    """
    by_class = np.ones(len(network.classes))
    for names, value in zip(groups.values(), factor, strict=True):
        by_class[[network.classes.index(name) for name in names]] = value
    each = by_class[network.road_class]
    forward, backward = (
        np.where(times >= 0, np.rint(times * each), times).astype(np.int32)
        for times in (network.forward, network.backward)
    )
    return replace(network, forward=forward, backward=backward)


def _checked_groups(
    network: Network, groups: Mapping[str, Sequence[str]] | None
) -> dict[str, list[str]]:
    if groups is None:
        return {name: [name] for name in network.classes}
    named = [name for names in groups.values() for name in names]
    unknown = sorted(set(named) - set(network.classes))
    if unknown or len(named) != len(set(named)) or not named:
        fault = f"no class {', '.join(unknown)}" if unknown else "a class in two groups, or none"
        raise NetworkError(f"groups: {fault}; there are {', '.join(network.classes)}")
    return {group: list(names) for group, names in groups.items()}


def _minutes(route: Route, network: Network, trips: int) -> NDArray[np.float64]:
    minutes = np.asarray(route(network), float)
    if minutes.shape != (trips,):
        raise NetworkError(f"route returned {minutes.shape} values for {trips} observed trips")
    return minutes


def _parts(
    network: Network,
    route: Route,
    groups: Mapping[str, Sequence[str]],
    factor: NDArray[np.float64],
    use: NDArray[np.bool_],
    now: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Find the minutes each trip spends on each group: its change with the group's factor."""
    parts = np.zeros((len(now), len(groups)))
    for at in range(len(groups)):
        more = factor.copy()
        more[at] *= 1 + STEP
        changed = _minutes(route, scaled(network, groups, more), len(use))[use]
        parts[:, at] = np.maximum(changed - now, 0.0) / STEP
    return parts


def _solved(
    parts: NDArray[np.float64],
    missing: NDArray[np.float64],
    factor: NDArray[np.float64],
    weight: float,
) -> NDArray[np.float64]:
    """Find the relative change of each factor, pulled towards a factor of 1."""
    from scipy.optimize import lsq_linear

    target = np.concatenate([missing, weight * (1 - factor) / np.maximum(factor, 1e-9)])
    rows = np.vstack([parts, weight * np.eye(len(factor))])
    bounds = (FASTEST / factor - 1 - 1e-9, SLOWEST / factor - 1 + 1e-9)
    found = lsq_linear(rows, target, bounds=bounds)
    step: NDArray[np.float64] = 1 + found.x
    return step


def _factors(
    groups: Mapping[str, Sequence[str]], factor: NDArray[np.float64], share: NDArray[np.float64]
) -> pd.DataFrame:
    import pandas as pd

    total = share.sum()
    return pd.DataFrame(
        {
            "factor": factor,
            "share": share.sum(axis=0) / total if total else 0.0,
            "trips": (share > 0).sum(axis=0),
        },
        index=pd.Index(list(groups), name="class"),
    )


def _residuals(
    observed: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    trips = pd.DataFrame({"observed": observed, "before": before, "after": after})
    trips.index.name = "trip"
    columns = {}
    for name in ("before", "after"):
        error = (trips[name] - trips["observed"]).dropna()
        columns[name] = [
            error.mean(),
            np.sqrt((error**2).mean()),
            error.abs().median(),
            float(len(trips) - len(error)),
        ]
    measures = [
        "mean error",
        "root mean square error",
        "median absolute error",
        "trips without a time",
    ]
    return trips, pd.DataFrame(columns, index=pd.Index(measures, name="measure"))
