"""How long to the nearest site, and to the k-th nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo import reasons
from slgeo.access.lift import (
    LOWER,
    MILLISECONDS,
    Lift,
    area_positions,
    as_series,
    mean_by_area,
    median_by_area,
    total_by_area,
)
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.access.decay import Floats
    from slgeo.routing.times import TravelTimes


def nearest(
    times: TravelTimes, *, k: int = 1, lift: Lift = "mean", tolerance: float = 0.05
) -> pd.Series[Any]:
    """
    Minutes from each area to its k-th nearest site, over its people.

    People without a time are never left out of an average in silence. The *median* ranks them last,
    which is exact: it is missing only where half of an area's people or more have no time. The
    *mean* counts them at ``times.limit`` while they are at most ``tolerance`` of the area's people,
    which makes it a lower bound, and is missing where they are more. Either way
    ``attrs["people_without_time"]`` counts them, and :func:`nearest_table` gives them by area.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    k
        Which site to wait for: 1 is the closest, 2 the next choice.
    lift
        How origins make an area: ``mean`` or ``median`` over people.
    tolerance
        Largest share of an area's people that may lack a time before its mean is missing. With 1
        everyone without a time counts at the limit, which is what a comparison of groups wants;
        the label then says so.

    Returns
    -------
    pd.Series
        Minutes by area, every area present; lower is better. Never falls as `k` grows.

    Raises
    ------
    AccessError
        If only fewer than `k` sites were kept, or an option is out of range.
    """
    origins = kth(times, k)
    return _lifted(times, origins, lift, tolerance, f"nearest_{k}" if k > 1 else "nearest", k=k)


def nearest_mean(
    times: TravelTimes, *, k: int = 3, lift: Lift = "mean", tolerance: float = 0.05
) -> pd.Series[Any]:
    """
    Mean minutes from each area to its k nearest sites: how far a choice of k is.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    k
        How many sites to average over.
    lift, tolerance
        As in :func:`nearest`; an origin that reaches fewer than k sites has no value.

    Returns
    -------
    pd.Series
        Minutes by area, every area present; lower is better.

    Raises
    ------
    AccessError
        If only fewer than `k` sites were kept, or an option is out of range.
    """
    total = sum((kth(times, j) for j in range(1, k + 1)), start=np.zeros(len(times.origins)))
    _check_k(times, k)
    return _lifted(times, total / k, lift, tolerance, f"nearest_mean_{k}", k=k)


def nearest_table(times: TravelTimes, *, k: int = 1, tolerance: float = 0.05) -> pd.DataFrame:
    """
    Tell what lies nearest to each area, with everyone accounted for.

    Parameters
    ----------
    times
        Minutes from origins to sites.
    k
        Which site to wait for.
    tolerance
        As in :func:`nearest`, for the mean.

    Returns
    -------
    pd.DataFrame
        By area, every area present: ``minutes`` (mean) and ``minutes_median``; ``site``, the k-th
        nearest to more of its people than any other; ``people``; ``people_without_time``;
        ``reason``, the one that most of those without a time share, missing where everyone has one.
    """
    minutes = kth(times, k)
    without = np.where(np.isnan(minutes), times.people, 0.0)
    return pd.DataFrame(
        {
            "minutes": nearest(times, k=k, tolerance=tolerance).to_numpy(),
            "minutes_median": nearest(times, k=k, lift="median").to_numpy(),
            "site": commonest_site(times, k=k),
            "people": total_by_area(times, times.people),
            "people_without_time": total_by_area(times, without),
            "reason": _commonest_reason(times, np.isnan(minutes)),
        },
        index=times.areas.rename("area"),
    )


def kth(times: TravelTimes, k: int) -> Floats:
    """
    Minutes from each origin to its k-th nearest site; missing where it reaches fewer.

    Raises
    ------
    AccessError
        If `k` is not 1 or more, or fewer than `k` sites were kept.
    """
    _check_k(times, k)
    out = np.full(len(times.origins), np.nan)
    has = np.diff(times.start) >= k
    out[has] = times.milliseconds[times.start[:-1][has] + (k - 1)] / MILLISECONDS
    return out


def commonest_site(times: TravelTimes, *, k: int = 1) -> pd.Series[Any]:
    """
    Find the site that is k-th nearest to the most people of each area.

    Returns
    -------
    pd.Series
        Site by area, missing where nobody of the area has a time; equal numbers of people are
        settled by the sites' order.
    """
    _check_k(times, k)
    has = np.diff(times.start) >= k
    votes = pd.DataFrame(
        {
            "area": area_positions(times)[has],
            "site": times.site[times.start[:-1][has] + (k - 1)],
            # where nobody lives each origin still says what is near it
            "people": np.maximum(times.people[has], 1e-9),
        }
    )
    summed = votes.groupby(["area", "site"])["people"].sum().reset_index()
    best = summed.sort_values(["area", "people", "site"], ascending=[True, False, True])
    best = best.drop_duplicates("area")
    out = pd.Series(None, index=times.areas.rename("area"), name="site", dtype=object)
    out.iloc[best["area"].to_numpy()] = times.sites[best["site"].to_numpy()].to_numpy()
    return out


def _lifted(
    times: TravelTimes, minutes: Floats, lift: Lift, tolerance: float, name: str, *, k: int
) -> pd.Series[Any]:
    if lift not in ("mean", "median"):
        raise AccessError(f"lift is {lift!r}; it is 'mean' or 'median'")
    if not 0 <= tolerance <= 1:
        raise AccessError(f"tolerance is a share from 0 to 1, found {tolerance!r}")
    absent = np.isnan(minutes)
    without = np.where(absent, times.people, 0.0)
    if lift == "median":
        values = median_by_area(times, minutes)
    else:
        values = mean_by_area(times, np.where(absent, times.limit, minutes))
        share = mean_by_area(times, absent.astype(float))
        values[share > tolerance] = np.nan
    label = f"Minutes to the {{which}}, those without a time counted at {times.limit:g}"
    which = "nearest" if k == 1 else f"{k} nearest" if "mean" in name else f"nearest but {k - 1}"
    return as_series(
        times,
        values,
        name=name,
        unit="minutes",
        direction=LOWER,
        label=(label if tolerance == 1 and lift == "mean" else "Minutes to the {which}").format(
            which=which
        ),
        lift=lift,
        people_without_time=float(without.sum()),
        people=float(np.sum(times.people)),
        areas_without_value=int(np.isnan(values).sum()),
    )


def _commonest_reason(times: TravelTimes, absent: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Any]:
    """Name each area's reason; an origin that reaches some, but fewer than k, is over the limit."""
    given = times.reason[absent]
    frame = pd.DataFrame(
        {
            "area": area_positions(times)[absent],
            "reason": [reasons.BEYOND_LIMIT if word is None else str(word) for word in given],
            "people": np.maximum(times.people[absent], 1e-9),
        }
    )
    summed = frame.groupby(["area", "reason"])["people"].sum().reset_index()
    best = summed.sort_values(["area", "people", "reason"], ascending=[True, False, True])
    found = best.drop_duplicates("area").set_index("area")["reason"].to_dict()
    return [found.get(position) for position in range(len(times.areas))]


def _check_k(times: TravelTimes, k: int) -> None:
    if int(k) != k or k < 1:
        raise AccessError(f"k is a whole number from 1 up, found {k!r}")
    if times.kept is not None and k > times.kept:
        raise AccessError(
            f"site number {k} asked for, but only the {times.kept} nearest were kept; "
            f"compute travel_times with nearest={k}"
        )
