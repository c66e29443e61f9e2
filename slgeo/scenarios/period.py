"""How access changed: two periods of one place, each with its own people, places and roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.errors import AccessError
from slgeo.results import summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.results import Reach


def between_periods(
    then: Reach,
    now: Reach,
    areas_then: gpd.GeoDataFrame,
    areas_now: gpd.GeoDataFrame,
    groups: Mapping[str, pd.DataFrame],
    *,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """
    Compare two periods by group of people, for each threshold.

    Shares are compared, not numbers alone: the people are others, and more or fewer. A group is the
    same areas in both periods, those that belong to it now.

    Parameters
    ----------
    then, now
        Times of one kind and mode in each period.
    areas_then, areas_now
        The ``areas`` tables, of the same areas.
    groups, thresholds
        As :func:`slgeo.results.summary` takes them.

    Returns
    -------
    pd.DataFrame
        Indexed by ``kind, mode, by, group, minutes``: ``label``, ``people_then``, ``people_now``,
        ``beyond_then``, ``beyond_now``, ``share_then``, ``share_now`` (of the people of each
        period; missing where there are none) and ``points`` (percentage points from then to now).

    Raises
    ------
    AccessError
        Where kinds or modes differ, or the areas are not the same.
    """
    import pandas as pd

    if (then.kind, then.mode) != (now.kind, now.mode):
        raise AccessError(
            f"{then.kind} by {then.mode} cannot be compared with {now.kind} by {now.mode}"
        )
    unlike = areas_now.index.symmetric_difference(areas_then.index)
    if len(unlike):
        raise AccessError(
            f"{len(unlike):,} areas are in one period only (first: {unlike[0]}): bring both to one "
            "edition of the boundaries before they are compared"
        )
    # Who is in the study is today's choice, for both.
    areas_then = areas_then.reindex(areas_now.index).assign(in_study=areas_now["in_study"])
    limit = min(then.times.limit, now.times.limit)
    minutes = [one for one in thresholds if one <= limit]
    was = summary([then], areas_then, groups, thresholds=minutes)
    is_now = summary([now], areas_now, groups, thresholds=minutes)
    parts = [
        pd.DataFrame(
            {
                "label": is_now["label"],
                "people_then": was["people"],
                "people_now": is_now["people"],
                "beyond_then": was[f"people_beyond_{one:g}"],
                "beyond_now": is_now[f"people_beyond_{one:g}"],
            }
        ).assign(minutes=float(one))
        for one in minutes
    ]
    table = pd.concat(parts).set_index("minutes", append=True)
    for period in ("then", "now"):
        people = table[f"people_{period}"]
        table[f"share_{period}"] = (table[f"beyond_{period}"] / people).where(people > 0)
    table["points"] = 100 * (table["share_now"] - table["share_then"])
    return table
