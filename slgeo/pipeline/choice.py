"""How many kinds of place people have the choice of, and minutes as the cars they have let them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.pipeline.parts import Part
from slgeo.report.access_tables import CHOICE, COMBINED
from slgeo.tables import checked

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.pipeline.parts import Context
    from slgeo.results import Reach


def choice(context: Context) -> Part | None:
    """
    Count the kinds within reach of each area; where cars are known, combine walking and driving.

    Returns
    -------
    Part or None
        The table ``choice``, and ``combined`` where the study walks, drives and has households
        without a car; None where it has one kind of place only, and nothing to combine.
    """
    kinds = {one.kind for one in context.found.reached}
    tables = {}
    if len(kinds) > 1:
        tables["choice"] = checked(_kinds(context), CHOICE)
    combined = _combined(context)
    if combined is not None:
        tables["combined"] = checked(combined, COMBINED)
    return Part(tables=tables) if tables else None


def _kinds(context: Context) -> pd.DataFrame:
    """
    Average over people the number of kinds with a place within each threshold.

    The same as :func:`slgeo.access.kinds_within`, from times to the nearest of each kind.
    """
    import pandas as pd

    from slgeo import access

    areas = context.found.areas
    parts = []
    for mode in dict.fromkeys(one.mode for one in context.found.reached):
        of_mode = [one for one in context.found.reached if one.mode == mode]
        columns = {
            f"kinds_within_{minutes:g}": sum(
                access.share_within(one.times, minutes=minutes) for one in of_mode
            )
            for minutes in context.study.travel.thresholds
            if minutes <= of_mode[0].times.limit
        }
        frame = pd.DataFrame(columns).reindex(areas.index)
        parts.append(_about(context).assign(mode=mode, **frame, kinds=float(len(of_mode))))
    return pd.concat(parts).set_index("mode", append=True)


def _combined(context: Context) -> pd.DataFrame | None:
    import numpy as np
    import pandas as pd

    from slgeo import access

    areas = context.found.areas
    by_mode = {(one.kind, one.mode): one for one in context.found.reached}
    if not {"households", "households_no_car"} <= set(areas.columns):
        return None
    homes = areas["households"].astype(float)
    share = (areas["households_no_car"].astype(float) / homes.where(homes > 0)).clip(upper=1.0)
    parts = []
    for kind in dict.fromkeys(one.kind for one in context.found.reached):
        if (kind, "walk") not in by_mode or (kind, "drive") not in by_mode:
            return None
        walk, drive = (_minutes(by_mode[kind, mode], areas.index) for mode in ("walk", "drive"))
        both = pd.Series(np.nan, index=areas.index)
        known = share.notna()
        both[known] = access.by_car_ownership(walk[known], drive[known], share[known])
        parts.append(
            _about(context).assign(
                kind=kind,
                share_no_car=share,
                minutes_walk=walk,
                minutes_drive=drive,
                minutes=both,
            )
        )
    return pd.concat(parts).set_index("kind", append=True)


def _about(context: Context) -> pd.DataFrame:
    import pandas as pd

    areas = context.found.areas
    return pd.DataFrame(
        {
            "name": areas["name"],
            "in_study": areas["in_study"],
            "people": areas["population"].astype(float),
        },
        index=areas.index,
    )


def _minutes(one: Reach, index: pd.Index[str]) -> pd.Series[float]:
    from slgeo import access

    return access.nearest(one.times, tolerance=1).reindex(index)
