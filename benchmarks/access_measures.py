"""
Time every access measure on an England-sized made-up district, and beside a plain formulation.

    python benchmarks/access_measures.py                 33,755 areas, 188,000 origins, 7,000 sites
    python benchmarks/access_measures.py --areas 1000    each measure beside a plain one
    python benchmarks/access_measures.py --kmh 70        four times as many pairs

The district comes from ``slgeo.examples``. Travel times are not what is timed: they stand in for a
30-minute drive as straight lines at 35 km/h over a detour of 1.3. The made-up country has no
London: a faster drive stands in for denser places. Each measure's result is summed, so that a
change in an answer shows.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from access_measures_plain import Dense, plain_measures
from scipy.spatial import KDTree

from slgeo import access, examples
from slgeo.access import decay
from slgeo.routing.times import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 30.0
DETOUR = 1.3
SITES_AN_AREA = 7000 / 33_755
DENSE_UP_TO = 5000
EXACT = 1e-5
"""How close the iterative measures are brought where they are compared."""


def straight_times(areas: int, kmh: float) -> tuple[TravelTimes, pd.Series, pd.Series]:
    """Make a district and the times between its output areas and its places."""
    pace = kmh * 1000 / 60 / DETOUR
    made = examples.district(areas)
    homes, places = examples.origins(made), examples.sites(made)
    places = pd.concat([places[places["kind"] == "gp"], places[places["kind"] != "gp"]])
    places = places.iloc[: round(areas * SITES_AN_AREA)]
    starts, ends = homes.get_coordinates().to_numpy(), places.get_coordinates().to_numpy()
    near = KDTree(ends).query_ball_point(starts, LIMIT * pace, workers=2)
    counts = np.fromiter(map(len, near), dtype=np.int64, count=len(near))
    row = np.repeat(np.arange(len(starts), dtype=np.int32), counts)
    site = np.fromiter((j for each in near for j in each), dtype=np.int32, count=int(counts.sum()))
    del near
    metres = np.hypot(*(starts[row] - ends[site]).T)
    milliseconds = (metres / pace * 60_000).astype(np.int32)
    order = np.lexsort((site, milliseconds, row))
    times = TravelTimes(
        mode="drive",
        direction="to",
        limit=LIMIT,
        speeds="straight lines",
        origins=homes.index,
        sites=places.index.rename("site"),
        area=homes["area"].to_numpy(dtype=object),
        people=homes["people"].to_numpy(dtype=float),
        start=np.concatenate(([0], np.cumsum(counts))),
        site=site[order],
        milliseconds=milliseconds[order],
        reason=np.where(counts > 0, None, "beyond_limit"),
        site_reason=np.full(len(places), None, dtype=object),
        kept=None,
        areas=made.areas.index,
    )
    capacity = pd.Series(np.random.default_rng(1).integers(1, 9, len(places)) * 1.0, times.sites)
    return times, capacity, places["kind"]


def fair_places(times: TravelTimes) -> pd.Series:
    """As many places as people have the site nearest: places and people can then be matched."""
    first = times.start[:-1][np.diff(times.start) > 0]
    return pd.Series(
        np.bincount(
            times.site[first],
            weights=times.people[np.diff(times.start) > 0],
            minlength=len(times.sites),
        ),
        times.sites,
    )


def measures(
    times: TravelTimes, capacity: pd.Series, kinds: pd.Series, tolerance: float
) -> dict[str, Callable[[], pd.Series]]:
    """List every measure with the options of the benchmark."""
    bell, fair = decay.truncated_gaussian(LIMIT), fair_places(times)
    reached = pd.Series(np.where(np.diff(times.start) > 0, times.people, 0.0), times.origins)
    return {
        "nearest": lambda: access.nearest(times),
        "nearest, median": lambda: access.nearest(times, lift="median"),
        "nearest mean of 3": lambda: access.nearest_mean(times, k=3),
        "nearest table": lambda: access.nearest_table(times)["minutes"],
        "people within": lambda: access.people_within(times, minutes=15),
        "share within": lambda: access.share_within(times, minutes=15),
        "people by site": lambda: access.people_by_site(times),
        "choice": lambda: access.kinds_within(times, kinds, minutes=15),
        "cumulative": lambda: access.cumulative(times, capacity, minutes=15),
        "cumulative interval": lambda: access.cumulative_interval(
            times, capacity, between=(10, 30)
        ),
        "gravity": lambda: access.gravity(times, capacity, decay=decay.exponential(0.1)),
        "two step, plain": lambda: access.two_step(times, capacity),
        "two step, enhanced": lambda: access.two_step(times, capacity, decay=decay.LUO_QI_SLOW),
        "two step, gaussian": lambda: access.two_step(times, capacity, decay=bell),
        "three step": lambda: access.three_step(times, capacity, decay=bell),
        "modified two step": lambda: access.modified_two_step(times, capacity, decay=bell),
        "variable two step": lambda: access.variable_two_step(
            times, capacity, base=20_000, target=3
        ),
        "balanced": lambda: access.balanced(times, capacity, decay=bell),
        "availability": lambda: access.availability(times, capacity, decay=bell),
        "total constrained": lambda: access.total_constrained(times, capacity, decay=bell),
        "balancing cost": lambda: access.balancing_cost(times, fair),
        "RAAM (iterative)": lambda: access.raam(times, capacity, tolerance=tolerance),
        "doubly constrained (iterative)": lambda: access.doubly_constrained(
            times,
            fair,
            decay=decay.exponential(0.1),
            rate=access.Rate(people=reached),
            tolerance=tolerance,
        ),
    }


def pandas_two_step(times: TravelTimes, capacity: pd.Series) -> pd.Series:
    """Give the straight pandas formulation, by joins and groups, as notebooks have it."""
    frame = times.to_frame()
    people = pd.Series(times.people, times.origins)
    floor = np.exp(-0.5)
    frame["w"] = (np.exp(-0.5 * (frame["minutes"] / LIMIT) ** 2) - floor) / (1 - floor)
    frame["demand"] = frame["origin"].map(people) * frame["w"]
    demand = frame.groupby("site")["demand"].sum()
    frame["share"] = frame["site"].map(capacity / demand) * frame["w"]
    score = frame.groupby("origin")["share"].sum().reindex(times.origins).fillna(0)
    joined = pd.DataFrame({"area": times.area, "people": times.people, "x": score * times.people})
    total = joined.groupby("area")[["people", "x"]].sum()
    return (total["x"] / total["people"] * 10_000).reindex(times.areas)


def side_by_side(times: TravelTimes, capacity: pd.Series, kinds: pd.Series) -> None:
    """Time each measure beside its plain formulation, and compare the two results."""
    began = time.perf_counter()
    dense = Dense(times, capacity, kinds)
    made = time.perf_counter() - began
    ours = measures(times, capacity, kinds, EXACT)
    plain = plain_measures(dense, fair_places(times).to_numpy(), EXACT)
    size = f"{dense.minutes.nbytes / 1e6:.0f} MB"
    print(f"the dense matrix of minutes: {size}, {made:.2f} s; not counted below")
    print(f"{'measure':32}{'slgeo s':>9}{'plain s':>9}{'times':>7}{'differ by':>12}")
    for name, run in ours.items():
        run()  # once before, so that nobody pays for imports
        fast, result = _timed(run)
        slow, expected = _timed(plain[name])
        _line(name, fast, slow, result, expected)
    fast, result = _timed(ours["two step, gaussian"])
    slow, expected = _timed(lambda: pandas_two_step(times, capacity))
    _line("two step, gaussian, in pandas", fast, slow, result, expected)


def _line(name: str, fast: float, slow: float, result: pd.Series, expected: pd.Series) -> None:
    """Print one comparison; stop where the results are not the same."""
    one, other = result.to_numpy(dtype=float), expected.to_numpy(dtype=float)
    close = 1e-2 if "iterative" in name else 1e-9
    np.testing.assert_allclose(one, other, rtol=close, atol=close * np.nanmax(np.abs(one)))
    off = np.nanmax(np.abs(one - other)) / np.nanmax(np.abs(one))
    print(f"{name:32}{fast:9.3f}{slow:9.3f}{slow / fast:7.1f}{off:12.1g}", flush=True)


def _timed(run: Callable[[], pd.Series]) -> tuple[float, pd.Series]:
    began = time.perf_counter()
    result = run()
    return time.perf_counter() - began, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 2)[1])
    parser.add_argument("--areas", type=int, default=33_755)
    parser.add_argument("--without-iterative", action="store_true")
    parser.add_argument("--kmh", type=float, default=35.0)
    asked = parser.parse_args()
    times, capacity, kinds = straight_times(asked.areas, asked.kmh)
    print(
        f"{len(times.areas):,} areas, {len(times.origins):,} origins, {len(times.sites):,} sites, "
        f"{len(times.site):,} pairs within {LIMIT:g} minutes; {_gigabytes():.1f} GB so far"
    )
    print(f"{'measure':32}{'seconds':>9}{'peak GB':>9}{'sum':>16}")
    total = 0.0
    for name, run in measures(times, capacity, kinds, 1e-3).items():
        iterative = "iterative" in name
        if iterative and asked.without_iterative:
            continue
        began = time.perf_counter()
        try:
            result = f"{float(np.nansum(run().to_numpy())):16.6g}"
        except ValueError as error:
            result = f"  {error}"
        seconds = time.perf_counter() - began
        total += 0.0 if iterative else seconds
        print(f"{name:32}{seconds:9.2f}{_gigabytes():9.1f}{result}", flush=True)
    print(f"{'all but the iterative ones':32}{total:9.2f}")
    if asked.areas <= DENSE_UP_TO:
        side_by_side(times, capacity, kinds)


def _gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
