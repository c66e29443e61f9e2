"""Whether a gap is there whatever the threshold and the speeds, or only for those chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.lift import total_by_area
from slgeo.errors import AccessError
from slgeo.gaps.stretches import find_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from slgeo.routing.times import TravelTimes


def gap_stability(
    times: TravelTimes | Mapping[str, TravelTimes],
    areas: gpd.GeoDataFrame,
    *,
    thresholds: Iterable[float] = (10, 15, 20, 25, 30),
    people: float = 100.0,
    share: float = 0.5,
) -> pd.Series[Any]:
    """
    Score each area by how often it lies in a gap, over a grid of thresholds and speeds.

    Parameters
    ----------
    times
        Travel times, or several by what was varied (speeds, origins), each over the same areas.
    areas, people, share
        As in :func:`slgeo.gaps.find_gaps`.
    thresholds
        Minutes tried with each of the times.

    Returns
    -------
    pd.Series
        From 0 (never) to 1 (always) by area, every area present; 0 around the study.
        ``attrs["tried"]`` counts the combinations.

    Raises
    ------
    AccessError
        If nothing is to be tried, or as :func:`slgeo.gaps.find_gaps` does.
    """
    several = times if isinstance(times, Mapping) else {"as given": times}
    grid = [(each, float(beyond)) for each in several.values() for beyond in thresholds]
    if not grid:
        raise AccessError("stability needs at least one set of times and one threshold")
    seen = pd.Series(0.0, index=areas.index, name="stability")
    for each, beyond in grid:
        found = find_gaps(each, areas, beyond=beyond, people=people, share=share)
        for members in found["areas"]:
            seen[members.split()] += 1
    seen /= len(grid)
    seen.attrs = {
        "tried": len(grid),
        "unit": "share of thresholds and speeds tried",
        "label": "How often the area lies in a gap",
    }
    return seen


def with_stability(
    gaps: gpd.GeoDataFrame, stability: pd.Series[Any], times: TravelTimes
) -> gpd.GeoDataFrame:
    """
    Give each gap the stability of its areas, weighted by their people.

    Parameters
    ----------
    gaps
        From :func:`slgeo.gaps.find_gaps`.
    stability
        From :func:`gap_stability`.
    times
        Travel times of the gaps, for the people of areas.

    Returns
    -------
    gpd.GeoDataFrame
        The gaps table with its column ``stability``.
    """
    people = pd.Series(total_by_area(times, times.people), index=times.areas)
    scores = []
    for members in gaps["areas"]:
        codes = members.split()
        weight = people.reindex(codes).to_numpy(dtype=float)
        value = stability.reindex(codes).to_numpy(dtype=float)
        scores.append(float(np.average(value, weights=weight)) if weight.sum() else value.mean())
    out = gaps.copy()
    out["stability"] = np.asarray(scores, dtype=float)
    return out
