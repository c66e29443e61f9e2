"""Whether a gap is there whatever the threshold and the speeds, or only for those chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.lift import total_by_area
from slgeo.access.nearest_site import kth
from slgeo.access.pairs import counted
from slgeo.errors import AccessError
from slgeo.gaps.borders import joined, neighbours
from slgeo.gaps.stretches import allowed_areas
from slgeo.tables import AREAS, checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from slgeo.gaps.borders import Positions
    from slgeo.routing.times import TravelTimes


def gap_stability(
    times: TravelTimes | Mapping[str, TravelTimes],
    areas: gpd.GeoDataFrame,
    *,
    thresholds: Iterable[float] = (10, 15, 20, 25, 30),
    people: float = 100.0,
    share: float = 0.5,
    borders: tuple[Positions, Positions] | None = None,
    needing: pd.Series[Any] | None = None,
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
    needing
        As in :func:`slgeo.gaps.find_gaps`.
    borders
        Pairs of study areas side by side, from :func:`slgeo.gaps.borders.neighbours`, where they
        are known already.

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
    if not 0 <= share < 1 or people < 0:
        raise AccessError(f"share is from 0 up to 1 and people 0 or more, found {share}, {people}")
    checked(areas, AREAS)
    study = areas.index[areas["in_study"].astype(bool)]
    sides = neighbours(areas.loc[study].geometry) if borders is None else borders
    allowed = np.ones(len(study), bool) if needing is None else allowed_areas(needing, study)
    seen = pd.Series(0.0, index=areas.index, name="stability")
    for each, beyond in grid:
        counted(each, beyond)
        seen.loc[study] += _in_gap(each, study, (beyond, people, share), sides, allowed)
    seen /= len(grid)
    seen.attrs = {
        "tried": len(grid),
        "unit": "share of thresholds and speeds tried",
        "label": "How often the area lies in a gap",
    }
    return seen


def _in_gap(
    times: TravelTimes,
    study: pd.Index[Any],
    asked: tuple[float, float, float],
    sides: tuple[Positions, Positions],
    allowed: np.ndarray[Any, np.dtype[np.bool_]],
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which areas :func:`slgeo.gaps.find_gaps` would put into a gap, without outlining any."""
    beyond, people, share = asked
    far = np.nan_to_num(kth(times, 1), nan=np.inf) > beyond
    where = times.areas.get_indexer(study)
    further = total_by_area(times, np.where(far, times.people, 0.0))[where]
    member = allowed & (further > share * total_by_area(times, times.people)[where])
    left, right = sides
    both = member[left] & member[right]
    stretch = joined(left[both], right[both], len(study))
    enough = np.bincount(stretch[member], weights=further[member], minlength=len(study)) >= people
    inside: np.ndarray[Any, np.dtype[np.bool_]] = member & enough[stretch]
    return inside


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
