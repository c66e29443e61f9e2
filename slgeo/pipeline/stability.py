"""Whether each gap would be one at other thresholds and speeds: a score an area and a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.pipeline.ranges import other_speeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.results import Reach

GRID: Final = (0.5, 0.75, 1.0, 1.25, 1.5)
"""Thresholds tried, as parts of the one that makes a gap: 10 to 30 minutes where it is 20."""


def needing_areas(study: Study, areas: gpd.GeoDataFrame) -> pd.Series[Any] | None:
    """
    Mark the areas that may be in a gap, where the study asks for the most deprived alone.

    Raises
    ------
    StudyError
        If no deprivation was joined to tell them by.
    """
    from slgeo.equity import most_deprived

    if study.gaps.need is None:
        return None
    if "deprivation_rank" not in areas.columns:
        raise StudyError(
            "[gaps] need asks for the most deprived areas, and the areas have no index of"
            " deprivation; give areas.deprivation or leave need out"
        )
    return most_deprived(areas, share=study.gaps.need)


def scored(
    study: Study, reached: Sequence[Reach], areas: gpd.GeoDataFrame, gaps: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Score every area, and every gap, by the share of thresholds and speeds at which it is in one.

    Parameters
    ----------
    study
        Thresholds and the fewest people that make a gap.
    reached
        What was found for each kind and mode.
    areas
        The ``areas`` table.
    gaps
        The ``gaps`` table of every kind and mode.

    Returns
    -------
    tuple of GeoDataFrame and pd.DataFrame
        The gaps with their ``stability``, and the ``stability`` table: one row an area of the
        study, kind and mode.
    """
    import geopandas as gpd
    import pandas as pd

    from slgeo.access import at_other_speed
    from slgeo.gaps import gap_stability, with_stability
    from slgeo.gaps.borders import neighbours

    inside = areas[areas["in_study"].astype(bool)]
    borders, needing = neighbours(inside.geometry), needing_areas(study, areas)
    rows, parts = [], []
    for one in reached:
        beyond = study.gaps.beyond(one.mode)
        speeds = {"as found": one.times} | {
            name: at_other_speed(one.times, slower=factor) for name, factor, _ in other_speeds(one)
        }
        shortest = min(times.limit for times in speeds.values())
        thresholds = [beyond * part for part in GRID if beyond * part <= shortest] or [beyond]
        if thresholds == [beyond]:
            speeds = {"as found": one.times}
        score = gap_stability(
            speeds,
            areas,
            thresholds=thresholds,
            people=study.gaps.people,
            borders=borders,
            needing=needing,
        )
        own = gaps[(gaps["kind"] == one.kind) & (gaps["mode"] == one.mode)]
        parts.append(with_stability(gpd.GeoDataFrame(own), score, one.times))
        members = {code for codes in own["areas"] for code in codes.split()}
        rows.append(
            pd.DataFrame(
                {
                    "kind": one.kind,
                    "mode": one.mode,
                    "name": inside["name"],
                    "people": inside["population"].astype(float),
                    "in_gap": inside.index.isin(list(members)),
                    "stability": score.reindex(inside.index),
                    "tried": float(score.attrs["tried"]),
                },
                index=inside.index,
            ).set_index(["kind", "mode"], append=True)
        )
    made = gpd.GeoDataFrame(pd.concat(parts), crs=areas.crs) if len(gaps) else gaps
    return made, pd.concat(rows)
