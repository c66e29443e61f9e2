"""Who would be nearer and who farther: two sets of travel times of the same people, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.errors import AccessError
from slgeo.results import MINUTE, nearest_milliseconds, sum_by_area, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.results import Reach
    from slgeo.routing.times import TravelTimes

NOTICED: Final = MINUTE
"""Milliseconds by which a journey must change to be counted as shorter or longer: a minute, the
smallest step the page shows (our choice)."""


def effect(before: Reach, after: Reach, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Compare two sets of times by area.

    Somebody is *sooner* there when the nearest place is at least a minute nearer, or when they have
    a time where they had none; *later* is the same the other way about.

    Parameters
    ----------
    before, after
        Times of one kind and mode, as things are and under the scenario, from the same origins.
    areas
        The ``areas`` table.

    Returns
    -------
    pd.DataFrame
        By area, every one: ``name``, ``in_study``, ``people``, ``minutes_before``,
        ``minutes_after`` (within which half of the people are; missing where half have no time),
        ``people_sooner``, ``people_later``, ``people_gaining_a_time``, ``people_losing_a_time``.

    Raises
    ------
    AccessError
        Where the two are not of the same people, kind, mode, direction and limit.
    """
    import pandas as pd

    _refuse_unlike(before, after)
    sooner, later, gaining, losing = _changed(before.times, after.times)
    counted = {
        "people_sooner": sooner,
        "people_later": later,
        "people_gaining_a_time": gaining,
        "people_losing_a_time": losing,
    }
    return pd.DataFrame(
        {
            "name": areas["name"],
            "in_study": areas["in_study"],
            "people": before.table["people"].reindex(areas.index),
            "minutes_before": before.table["minutes_median"].reindex(areas.index),
            "minutes_after": after.table["minutes_median"].reindex(areas.index),
            **{
                name: sum_by_area(before.times, before.times.people * flags).reindex(areas.index)
                for name, flags in counted.items()
            },
        },
        index=areas.index,
    )


def effect_by_group(
    before: Reach,
    after: Reach,
    areas: gpd.GeoDataFrame,
    groups: Mapping[str, pd.DataFrame],
    *,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """
    Compare two sets of times by group of the study's people, for each threshold.

    Parameters
    ----------
    before, after, areas
        As :func:`effect` takes them.
    groups, thresholds
        As :func:`slgeo.results.summary` takes them.

    Returns
    -------
    pd.DataFrame
        Indexed by ``kind, mode, by, group, minutes``: ``label``, ``people``, ``beyond_before`` and
        ``beyond_after`` (people further than so many minutes, those without a time included),
        ``people_sooner``, ``people_later``.
    """
    import pandas as pd

    changed = effect(before, after, areas)
    was = summary([before], areas, groups, thresholds=thresholds)
    will = summary([after], areas, groups, thresholds=thresholds)
    own = changed[["people_sooner", "people_later"]]
    sums = pd.DataFrame(
        [
            own.reindex(pd.Index(codes)).sum()
            for frame in groups.values()
            for codes in frame["areas"]
        ],
        index=was.index,
    )
    searched = [minutes for minutes in thresholds if minutes <= before.times.limit]
    parts = [
        pd.DataFrame(
            {
                "label": was["label"],
                "people": was["people"],
                "beyond_before": was[f"people_beyond_{minutes:g}"],
                "beyond_after": will[f"people_beyond_{minutes:g}"],
                "people_sooner": sums["people_sooner"],
                "people_later": sums["people_later"],
            }
        ).assign(minutes=float(minutes))
        for minutes in searched
    ]
    return pd.concat(parts).set_index("minutes", append=True)


def _refuse_unlike(before: Reach, after: Reach) -> None:
    one, two = before.times, after.times
    unlike = [
        what
        for what, same in (
            ("kinds", before.kind == after.kind),
            ("modes", before.mode == after.mode),
            ("directions", one.direction == two.direction),
            ("limits", one.limit == two.limit),
            ("speeds", one.speeds == two.speeds),
            ("origins", one.origins.equals(two.origins)),
        )
        if not same
    ]
    if unlike:
        raise AccessError(
            f"two sets of times with other {', '.join(unlike)} cannot be compared; search both "
            "from the same origins in the same way"
        )


def _changed(before: TravelTimes, after: TravelTimes) -> tuple[npt.NDArray[np.bool_], ...]:
    """Flag the origins that are sooner there, later there, gain a time and lose one."""
    import numpy as np

    was, will = nearest_milliseconds(before), nearest_milliseconds(after)
    never = np.iinfo(np.int64).max
    had, has = was < never, will < never
    both = had & has
    return (
        (both & (was - will >= NOTICED)) | (~had & has),
        (both & (will - was >= NOTICED)) | (had & ~has),
        ~had & has,
        had & ~has,
    )
