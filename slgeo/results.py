"""
What a study found: people and minutes by area, for every kind of place and way of travelling.

Everything here is summed over travel times of the points people start from, with those who have no
time kept beside those who have one, so that each row adds up to the area's people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo import reasons as why
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.routing.times import TravelTimes

MINUTE: Final = 60_000
"""Milliseconds in a minute."""

KEPT: Final = 10
"""Nearest sites kept for each origin: enough for lists of three by area, and for choices of k."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """
    How near the people of every area are to one kind of place, by one way of travelling.

    Parameters
    ----------
    kind, mode
        What is reached, and how.
    times
        Travel times to the sites of the kind only.
    table
        By area, as :func:`slgeo.access.nearest_table` gives it: ``minutes`` (mean),
        ``minutes_median``, ``site``, ``people``, ``people_without_time``, ``reason``.
    within
        Area by whole minute from 0 to the limit: people with a time of at most that many minutes.
    without
        Area by reason: people with no time.
    unsafe
        By area: people whose nearest place may lie beyond the roads supplied.
    nearest
        One row an area and rank: ``area, kind, mode, rank, site, minutes``, the site nearest to
        most of the area's people first.
    """

    kind: str
    mode: str
    times: TravelTimes
    table: pd.DataFrame
    within: pd.DataFrame
    without: pd.DataFrame
    unsafe: pd.Series[Any]
    nearest: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Reach of {self.kind} by {self.mode}: {len(self.table):,} areas>"


def reach(
    times: TravelTimes, *, kind: str, exits: npt.NDArray[np.float64], ranks: int = 3
) -> Reach:
    """
    Sum travel times to one kind of place up to areas.

    Parameters
    ----------
    times
        Travel times to the sites of one kind.
    kind
        Which kind that is.
    exits
        Minutes from each origin to where the roads leave the extract; infinite where they do not.
    ranks
        How many nearest sites to list for each area.

    Raises
    ------
    AccessError
        If the people with and without a time do not add up to everybody.
    """
    from slgeo import access

    within = people_by_minute(times)
    without = people_without(times)
    everyone = float(times.people.sum())
    counted = float(within.iloc[:, -1].sum() + without.to_numpy().sum())
    if abs(everyone - counted) > 1e-6 * max(1.0, everyone):
        raise AccessError(
            f"{kind} by {times.mode}: {everyone - counted:,.1f} people are neither with nor "
            "without a time; this is a fault in slgeo, please report it"
        )
    return Reach(
        kind=kind,
        mode=times.mode,
        times=times,
        table=access.nearest_table(times),
        within=within,
        without=without,
        unsafe=sum_by_area(times, times.people * unsafe_origins(times, exits)),
        nearest=nearest_sites(times, kind=kind, ranks=ranks),
    )


def unsafe_origins(times: TravelTimes, exits: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """
    Tell which origins come to the end of the roads supplied sooner than to any site.

    A site just beyond the border might then be nearer than the one found, so the answer is a
    longest possible time, not a time. Origins that are outside the roads, or on none, are not among
    them: they have no answer at all.

    Returns
    -------
    np.ndarray
        One flag an origin.
    """
    import numpy as np

    near = nearest_milliseconds(times) / MINUTE
    lost = np.array([reason not in (None, why.BEYOND_LIMIT) for reason in times.reason], bool)
    unsafe: npt.NDArray[np.bool_] = (exits < near) & ~lost
    return unsafe


def people_by_minute(times: TravelTimes) -> pd.DataFrame:
    """
    Count the people of every area within each whole minute of their nearest site.

    Returns
    -------
    pd.DataFrame
        Every area by the minutes 0, 1, ... limit; rows never fall from left to right.
    """
    import numpy as np
    import pandas as pd

    limit = int(np.ceil(times.limit))
    near = nearest_milliseconds(times)
    reached = near < np.iinfo(np.int64).max
    # The first whole minute that includes the time: 0 stays 0, 60,000 is 1, 60,001 is 2.
    minute = np.minimum(-(-near[reached] // MINUTE), limit)
    row = times.areas.get_indexer(pd.Index(times.area[reached]))
    counts = np.zeros((len(times.areas), limit + 1))
    np.add.at(counts, (row, minute), times.people[reached])
    return pd.DataFrame(
        counts.cumsum(axis=1),
        index=times.areas.rename("area"),
        columns=pd.RangeIndex(limit + 1, name="minutes"),
    )


def people_without(times: TravelTimes) -> pd.DataFrame:
    """
    Count the people of every area who have no time, by reason.

    Returns
    -------
    pd.DataFrame
        Every area by the reasons that occur, in the order of :data:`slgeo.reasons.ALL`.
    """
    import pandas as pd

    found = [reason for reason in why.ALL if (times.reason == reason).any()]
    columns = {
        reason: sum_by_area(times, times.people * (times.reason == reason)) for reason in found
    }
    return pd.DataFrame(columns, index=times.areas.rename("area"), columns=found, dtype=float)


def nearest_sites(times: TravelTimes, *, kind: str, ranks: int = 3) -> pd.DataFrame:
    """
    List the sites nearest to the people of each area, the one nearest to most of them first.

    The first is the ``nearest`` of every table. The others follow by minutes, on average over those
    who reach them: they count when at least half of the area's people reach them within the limit,
    so that a far site reached by a few does not come early by their short journeys alone; where no
    site is reached by half, those reached by most people come first.

    Returns
    -------
    pd.DataFrame
        ``area, kind, mode, rank, site, minutes``, best first; areas that reach nothing have no row.
    """
    import numpy as np
    import pandas as pd

    from slgeo.access.nearest_site import commonest_site

    columns = ["area", "kind", "mode", "rank", "site", "minutes"]
    if len(times) == 0:
        return pd.DataFrame({name: [] for name in columns})
    # An area whose points carry nobody still has a nearest site: weigh its points alike.
    weight = np.where(times.people > 0, times.people, 1e-9)
    people = weight[times.row_origin]
    frame = pd.DataFrame(
        {
            "area": times.areas.get_indexer(pd.Index(times.area))[times.row_origin],
            "site": times.site,
            "people": people,
            "weighted": people * times.minutes,
        }
    )
    sums = frame.groupby(["area", "site"], sort=True, as_index=False).sum()
    sums["minutes"] = sums["weighted"] / sums["people"]
    total = sum_by_area(times, weight).to_numpy()
    sums["many"] = sums["people"] >= 0.5 * total[sums["area"]] * (1 - 1e-9)
    any_many = sums.groupby("area")["many"].transform("any")
    first = times.sites.get_indexer(pd.Index(commonest_site(times)))
    sums["others"] = first[sums["area"]] != sums["site"]
    # Means over different people do not compare: where half reach no site, most people come first.
    sums["few"] = np.where(any_many, 0.0, -sums["people"])
    listed = sums[sums["many"] | ~any_many | ~sums["others"]]
    sums = listed.sort_values(["area", "others", "few", "minutes", "site"])
    sums["rank"] = sums.groupby("area").cumcount() + 1
    sums = sums[sums["rank"] <= ranks]
    return pd.DataFrame(
        {
            "area": times.areas[sums["area"]],
            "kind": kind,
            "mode": times.mode,
            "rank": sums["rank"].to_numpy(),
            "site": times.sites[sums["site"]],
            "minutes": sums["minutes"].to_numpy(),
        },
        columns=columns,
    )


def by_area(
    found: Sequence[Reach],
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """
    Make one row an area, kind of place and mode: the table behind the page.

    Returns
    -------
    pd.DataFrame
        Indexed by area, kind and mode; areas in their own order, those of the context too.
    """
    import pandas as pd

    parts = []
    for one in found:
        table = one.table.reindex(areas.index)
        frame = pd.DataFrame(
            {
                "kind": one.kind,
                "mode": one.mode,
                "name": areas["name"],
                "in_study": areas["in_study"],
                "people": table["people"],
                "minutes": table["minutes"],
                "minutes_median": table["minutes_median"],
                **_counts(one, areas.index, thresholds),
                "people_without_time": table["people_without_time"],
                "reason": table["reason"],
                "nearest": table["site"],
                "nearest_name": table["site"].map(sites["name"]),
                "people_edge_unsafe": one.unsafe.reindex(areas.index),
                "edge_unsafe": one.unsafe.reindex(areas.index) > 0,
                **{
                    name: areas[name]
                    for name in ("deprivation_decile", "deprivation_index", "rurality")
                    if name in areas.columns
                },
            },
            index=areas.index,
        )
        parts.append(frame.set_index(["kind", "mode"], append=True))
    return pd.concat(parts)


def summary(
    found: Sequence[Reach],
    areas: gpd.GeoDataFrame,
    groups: Mapping[str, pd.DataFrame],
    *,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """
    Sum the study's people by group: everyone, deprivation, rurality and whatever else is given.

    Parameters
    ----------
    found
        What was found for each kind and mode.
    areas
        The ``areas`` table; only those of the study are counted.
    groups
        Name of a grouping -> frame indexed by group, with ``label`` and ``areas`` (a list of area
        codes of the study; empty where nobody here belongs to the group).
    thresholds
        Minutes at which people are counted.

    Returns
    -------
    pd.DataFrame
        Indexed by kind, mode, by and group.
    """
    import numpy as np
    import pandas as pd

    members = {
        (by, str(group)): (str(label), areas.index.get_indexer(pd.Index(codes)))
        for by, frame in groups.items()
        for group, label, codes in zip(frame.index, frame["label"], frame["areas"], strict=True)
    }
    tables = []
    for one in found:
        counts = _counts(one, areas.index, thresholds)
        sums = np.column_stack(
            [
                one.table["people"].reindex(areas.index),
                *counts.values(),
                one.without.sum(axis=1).reindex(areas.index),
                one.unsafe.reindex(areas.index),
            ]
        )
        names = ["people", *counts, "people_without_time", "people_edge_unsafe"]
        typical = _Typical(one, areas.index)
        rows = [sums[where].sum(axis=0) for _, where in members.values()]
        table = pd.DataFrame(
            rows,
            columns=names,
            index=pd.MultiIndex.from_tuples(
                [(one.kind, one.mode, by, group) for by, group in members],
                names=["kind", "mode", "by", "group"],
            ),
        )
        table.insert(0, "label", [label for label, _ in members.values()])
        table.insert(1, "areas", [float(len(where)) for _, where in members.values()])
        table.insert(3, "minutes", [typical.mean(where) for _, where in members.values()])
        table.insert(4, "minutes_median", [typical.median(where) for _, where in members.values()])
        tables.append(table)
    return pd.concat(tables)


class _Typical:
    """Mean and median minutes of groups of areas' people, for one kind and mode."""

    def __init__(self, one: Reach, index: pd.Index[Any]) -> None:
        from slgeo import access

        self.people = one.table["people"].reindex(index).to_numpy(dtype=float)
        self.without = one.without.sum(axis=1).reindex(index).to_numpy(dtype=float)
        self.within = one.within.reindex(index).to_numpy(dtype=float)
        # People without a time count at the limit here: a mean of at least so much.
        at_least = access.nearest(one.times, tolerance=1 - 1e-12)
        self.at_least = at_least.reindex(index).to_numpy(dtype=float)

    def mean(self, where: npt.NDArray[np.intp]) -> float:
        """Mean; missing where over a twentieth have no time, as in :func:`access.nearest`."""
        people = self.people[where].sum()
        if people <= 0 or self.without[where].sum() > 0.05 * people:
            return float("nan")
        living = where[self.people[where] > 0]
        return float((self.at_least[living] * self.people[living]).sum() / people)

    def median(self, where: npt.NDArray[np.intp]) -> float:
        """Whole minutes that half of them are within; missing where half or more have no time."""
        people = self.people[where].sum()
        half = (self.within[where].sum(axis=0) >= people / 2 * (1 - 1e-9)).nonzero()[0]
        return float(half[0]) if people > 0 and half.size else float("nan")


def _counts(
    one: Reach, index: pd.Index[Any], thresholds: Sequence[float]
) -> dict[str, pd.Series[Any]]:
    """Count people within and beyond each threshold that the search went as far as."""
    from slgeo import access

    counts = {}
    for minutes in thresholds:
        if minutes <= one.times.limit:
            inside = access.people_within(one.times, minutes=minutes).reindex(index)
            beyond = access.people_beyond(one.times, minutes=minutes).reindex(index)
            counts[f"people_within_{minutes:g}"] = inside
            counts[f"people_beyond_{minutes:g}"] = beyond
    return counts


def nearest_milliseconds(times: TravelTimes) -> npt.NDArray[np.int64]:
    """Milliseconds from each origin to its nearest site; the largest integer where none is."""
    import numpy as np

    near = np.full(len(times.origins), np.iinfo(np.int64).max)
    has = np.diff(times.start) > 0
    # Rows of an origin are sorted by time: the first is the nearest.
    near[has] = times.milliseconds[times.start[:-1][has]]
    return near


def sum_by_area(times: TravelTimes, values: npt.NDArray[Any]) -> pd.Series[Any]:
    """Sum a figure of each origin up to areas, every area present."""
    import pandas as pd

    from slgeo.access.lift import total_by_area

    return pd.Series(total_by_area(times, values), index=times.areas.rename("area"))
