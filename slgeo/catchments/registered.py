"""
Catchments by registration beside those by travel time: where patients live, and how near that is.

Both are of the same practices and say different things: people register where they are taken on, as
much as where it is near.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.pairs import all_pairs, counted
from slgeo.errors import TableError
from slgeo.places.registrations import CATCHMENT_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from slgeo.routing.times import TravelTimes


def registered_shapes(
    patients: pd.Series[Any], areas: gpd.GeoDataFrame, *, least: float = CATCHMENT_SHARE
) -> gpd.GeoDataFrame:
    """
    Draw the areas where a practice's patients live.

    Parameters
    ----------
    patients
        Published counts by ``practice`` and ``area``; those of every practice, for they are what a
        share is of.
    areas
        The ``areas`` table.
    least
        Least share of an area's registered patients that puts it in the catchment: 0.05 as in the
        National General Practice Profiles.

    Returns
    -------
    gpd.GeoDataFrame
        :data:`REGISTERED`: every practice, those without a catchment too.

    Raises
    ------
    TableError
        If a patient's area is not in the table of areas.
    """
    import geopandas as gpd
    import pandas as pd

    _known(patients, areas.index)
    frame = patients.rename("patients").reset_index()
    living = frame.groupby("area")["patients"].transform("sum")
    inside = (frame["patients"] > 0) & (frame["patients"] >= least * living)
    practices = pd.Index(sorted(frame["practice"].unique()), name="practice")
    chosen = frame[inside]
    shapes = gpd.GeoDataFrame(
        chosen[["practice"]],
        geometry=np.asarray(areas.geometry.reindex(chosen["area"]), dtype=object),
        crs=areas.crs,
    )
    drawn = shapes.dissolve("practice").geometry.reindex(practices)
    by = frame.groupby("practice")["patients"].sum()
    return gpd.GeoDataFrame(
        {
            "areas": chosen.groupby("practice")
            .size()
            .reindex(practices, fill_value=0)
            .astype(float),
            "patients": by.reindex(practices).astype(float),
            "patients_inside": chosen.groupby("practice")["patients"]
            .sum()
            .reindex(practices, fill_value=0.0)
            .astype(float),
            "least_share": least,
        },
        index=practices,
        geometry=gpd.GeoSeries(np.asarray(drawn, dtype=object), index=practices, crs=areas.crs),
    )


def patients_within(
    patients: pd.Series[Any],
    times: TravelTimes,
    *,
    minutes: Iterable[float] = (10, 15, 20, 30),
    practice: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """
    Estimate how many of a practice's patients live within some minutes of it.

    Parameters
    ----------
    patients
        Published counts by ``practice`` and ``area``.
    times
        Minutes from where people live to the practices, all within the limit.
    minutes
        Thresholds, inclusive.
    practice
        By site: the practice it is a surgery of, where one has several; the nearest of them counts.
        Absent: every site is a practice.

    Returns
    -------
    pd.DataFrame
        :data:`PATIENTS_WITHIN`, for practices that are among the sites of the times. An area's
        patients are taken to be spread over it as its people are.

    Raises
    ------
    AccessError
        If only the nearest sites were kept, or a threshold lies beyond the limit.
    TableError
        If a patient's area is not one of the times'.
    """
    import pandas as pd
    from scipy.sparse import coo_array

    from slgeo.access.lift import area_positions, total_by_area

    all_pairs(times, "patients within reach of their practice")
    _known(patients, times.areas)
    frame = patients.rename("patients").reset_index()
    belongs = times.sites.to_series()
    if practice is not None:
        belongs = practice.reindex(times.sites).fillna(belongs)
    of, listed = pd.factorize(belongs.to_numpy(object))
    practices = pd.Index(listed)
    frame = frame[frame["practice"].isin(practices)]
    mine = practices.get_indexer(pd.Index(frame["practice"]))
    area = times.areas.get_indexer(pd.Index(frame["area"]))
    count = frame["patients"].to_numpy(dtype=float)
    everyone = total_by_area(times, times.people)
    position = area_positions(times)
    reachable = np.zeros(len(practices), bool)
    reachable[of[[reason is None for reason in times.site_reason]]] = True
    used = np.flatnonzero(np.bincount(mine, minlength=len(practices)) > 0)
    total = np.bincount(mine, weights=count, minlength=len(practices))
    shape = (len(practices), len(times.areas))
    parts = []
    for threshold in sorted({float(one) for one in minutes}):
        near = times.milliseconds <= counted(times, threshold)
        # Who is near two surgeries of a practice is near it once.
        pairs = np.unique(np.column_stack([of[times.site[near]], times.row_origin[near]]), axis=0)
        surgery, origin = pairs[:, 0], pairs[:, 1]
        inside = coo_array((times.people[origin], (surgery, position[origin])), shape=shape)
        part = inside.tocsr()[mine, area] if len(mine) else np.empty(0)
        share = np.divide(part, everyone[area], out=np.zeros(len(area)), where=everyone[area] > 0)
        within = np.bincount(mine, weights=count * share, minlength=len(practices))
        table = pd.DataFrame(
            {
                "practice": practices[used],
                "minutes": threshold,
                "patients": total[used],
                "patients_within": np.where(reachable, within, np.nan)[used],
            }
        )
        parts.append(table)
    columns = ["practice", "minutes", "patients", "patients_within"]
    made = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    share_within = made["patients_within"] / made["patients"].where(made["patients"] > 0)
    made["share_within"] = share_within.astype(float).clip(upper=1.0)
    return made.sort_values(["practice", "minutes"]).set_index(["practice", "minutes"])


def _known(patients: pd.Series[Any], areas: pd.Index[Any]) -> None:
    """Refuse patients of areas that are not there: they would be lost silently."""
    found = patients.index.get_level_values("area")
    unknown = found[~found.isin(areas)]
    if len(unknown):
        lost = float(patients[~found.isin(areas)].sum())
        raise TableError(
            f"{lost:,.0f} patients live in areas that are not in the table of areas (first: "
            f"{unknown[0]!r}); keep those of the study's areas"
        )
