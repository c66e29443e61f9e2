"""What hills do to a study: times on the ground as it is beside those on level ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.travel import HILLS, Roads, Search
from slgeo.pipeline.words import TRAVEL, people
from slgeo.report.border_tables import ELEVATION
from slgeo.tables import checked

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.pipeline.findings import Findings
    from slgeo.results import Reach
    from slgeo.routing.times import TravelTimes

CHANGED: Final = 1.0
"""Minutes by which a time has to differ to be counted as changed: what a page can show."""


def elevation(context: Context) -> Part | None:
    """
    Compare every time on foot and by bicycle with the same on level ground.

    Returns
    -------
    Part or None
        The table ``elevation`` and what it says; None where the study gives no terrain model.
    """
    import pandas as pd

    study, found = context.study, context.found
    modes = [mode for mode in context.networks if mode in HILLS]
    if study.roads.elevation is None or not modes:
        return None
    roads = Roads(study, str(next(iter(context.networks.values())).crs), context.cache)
    rows: list[dict[str, Any]] = []
    covered = {}
    for mode in modes:
        level = Search(
            study,
            roads.level([mode])[mode],
            roads.level_key(mode),
            found.areas.index,
            context.cache,
            fresh=context.searches[mode].fresh,
        )
        covered[mode] = roads.slope(mode)
        sites = found.places.sites
        for one in found.reached:
            if one.mode == mode:
                flat = level.times(found.origins, sites[sites["kind"] == one.kind], nearest=1)
                beyond = study.gaps.beyond(mode)
                share = float(covered[mode]["share of edges with heights"])
                effect = effect_of_hills(one.times, flat, inside(found), beyond=beyond)
                rows.append({"kind": one.kind, "mode": mode, **effect, "edges_covered": share})
    table = checked(pd.DataFrame(rows).set_index(["kind", "mode"]), ELEVATION)
    return Part(
        heading="Hills",
        brief=2,
        lines=tuple(_lines(study.roads.elevation.name, rows, covered, found.reached[0])),
        tables={"elevation": table},
        about=(
            (
                f"Hills are counted, from {study.roads.elevation.name}: walking follows Tobler's "
                "hiking function and cycling the speeds Parkin and Rotheram measured, both by the "
                "slope in the direction of travel."
            ),
        ),
    )


def inside(found: Findings) -> pd.Index[Any]:
    """Codes of the study's own areas."""
    return found.areas.index[found.areas["in_study"]]


def effect_of_hills(
    hilly: TravelTimes, level: TravelTimes, areas: pd.Index[Any], *, beyond: float
) -> dict[str, float]:
    """
    Say what hills do to the times of some areas' people to their nearest place.

    Parameters
    ----------
    hilly, level
        Times of the same origins to the same sites, with hills and without.
    areas
        Whose people count.
    beyond
        Threshold in minutes.

    Returns
    -------
    dict of str to float
        Columns of :data:`slgeo.report.border_tables.ELEVATION`. A change is counted over people
        who have a time both ways; the others are counted apart.
    """
    import numpy as np

    after, before = (times.nearest()["minutes"].to_numpy(float) for times in (hilly, level))
    who = np.where(np.isin(hilly.area, areas), hilly.people, 0.0)
    both = ~np.isnan(after) & ~np.isnan(before)
    change = np.where(both, after - before, 0.0)
    counted = float(who[both].sum())
    return {
        "people": float(who.sum()),
        "people_with_both": counted,
        "mean_minutes_level": float((who * before)[both].sum() / counted) if counted else np.nan,
        "mean_change": float((who * change).sum() / counted) if counted else np.nan,
        "people_slower": float(who[both & (change > CHANGED)].sum()),
        "people_quicker": float(who[both & (change < -CHANGED)].sum()),
        "people_losing_time": float(who[np.isnan(after) & ~np.isnan(before)].sum()),
        "people_gaining_time": float(who[~np.isnan(after) & np.isnan(before)].sum()),
        "beyond": beyond,
        "people_beyond_level": float(who[~(before <= beyond)].sum()),
        "people_beyond": float(who[~(after <= beyond)].sum()),
    }


def _lines(
    name: str, rows: list[dict[str, Any]], covered: dict[str, dict[str, float]], first: Reach
) -> list[str]:
    """Say how much of the roads has heights, and what that does to the first kind of place."""
    said = []
    for mode, report in covered.items():
        said.append(
            f"{name} gives heights to {report['share of edges with heights']:.1%} of the edges "
            f"open to {mode} ({report['lowest road, metres']:.0f} to "
            f"{report['highest road, metres']:.0f} m); edges without keep the times of level "
            f"ground. Mean slope {report['mean slope by length, per cent']:.1f} per cent; "
            f"{report['share of edges with 5 per cent between there and back']:.0%} of edges take "
            "at least a twentieth longer one way than the other."
        )
        row = next(one for one in rows if (one["kind"], one["mode"]) == (first.kind, mode))
        changed, lost = row["people_slower"] + row["people_quicker"], row["people_losing_time"]
        said.append(
            f"{first.kind} by {mode}: {row['mean_change']:+.1f} minutes on average against level "
            f"ground; the time of {people(changed)} of {people(row['people'])} people changes by "
            f"over a minute ({people(row['people_slower'])} longer, {people(row['people_quicker'])}"
            f" shorter){f', and {people(lost)} have none any more' if lost >= 1 else ''}; further "
            f"than {row['beyond']:g} minutes {TRAVEL[mode]} are {people(row['people_beyond'])}, on "
            f"level ground {people(row['people_beyond_level'])}."
        )
    return said
