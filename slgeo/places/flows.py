"""
Where practices' patients live: catchments as registered, beside those that roads draw.

All of it is about practices and areas, never about a person: the counts are published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slgeo.errors import TableError
from slgeo.places.registrations import CATCHMENT_SHARE

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from slgeo.places.registrations import Registrations


def registered_catchments(
    registrations: Registrations,
    *,
    least: float = CATCHMENT_SHARE,
    groups: pd.Series[str] | None = None,
) -> pd.DataFrame:
    """
    Say which areas belong to each practice's catchment by registration.

    Parameters
    ----------
    registrations
        Patients by practice and area.
    least
        Least share of an area's registered patients that puts it in the catchment.
    groups
        Practice -> network, to make catchments of networks: patients are summed before the test.

    Returns
    -------
    pd.DataFrame
        Index (``practice`` or ``network``, ``area``): ``patients`` and ``share`` of the area's
        registered patients, for pairs of at least that share. ``attrs["outside"]`` says how many
        patients live outside the catchment of where they are registered.
    """
    patients = registrations.patients
    level = "practice"
    if groups is not None:
        level = "network"
        frame = patients.reset_index()
        frame["network"] = frame["practice"].map(groups)
        patients = frame.dropna(subset=["network"]).groupby(["network", "area"])["patients"].sum()
    living = registrations.by_area()
    frame = patients.rename("patients").reset_index()
    frame["share"] = frame["patients"] / frame["area"].map(living)
    inside = frame["share"] >= least
    made = frame[inside].set_index([level, "area"])
    made.attrs = {
        "least": least,
        "outside": float(frame.loc[~inside, "patients"].sum()),
        "patients": float(frame["patients"].sum()),
    }
    return made


def bypass(registrations: Registrations, nearest: pd.Series[str]) -> pd.DataFrame:
    """
    Count, by area, patients who are registered elsewhere than with the nearest practice.

    Parameters
    ----------
    registrations
        Patients by practice and area.
    nearest
        Area -> practice that is nearest by travel time, for the areas that have one.

    Returns
    -------
    pd.DataFrame
        Index ``area``, the areas of ``nearest`` that have registered patients: ``patients``,
        ``bypass`` (of whom registered with another practice), ``bypass_share``. People may have
        good reasons: this says where flows and distances disagree, no more.
    """
    frame = registrations.patients.rename("patients").reset_index()
    frame["nearest"] = frame["area"].map(nearest)
    frame = frame[frame["nearest"].notna()]
    away = frame["practice"] != frame["nearest"]
    whole = frame.groupby("area")["patients"].sum()
    gone = frame[away].groupby("area")["patients"].sum().reindex(whole.index).fillna(0.0)
    import pandas as pd

    return pd.DataFrame({"patients": whole, "bypass": gone, "bypass_share": gone / whole})


def patients_deprivation(
    registrations: Registrations,
    scores: pd.Series[float],
    *,
    groups: pd.Series[str] | None = None,
) -> pd.DataFrame:
    """
    Give each practice the deprivation of where its patients live, not of where its door is.

    Parameters
    ----------
    registrations
        Patients by practice and area.
    scores
        Area -> score of one index of one nation; ranks and deciles are no numbers to average.
    groups
        Practice -> network, for networks instead.

    Returns
    -------
    pd.DataFrame
        Index ``practice`` (or ``network``): ``score``, the mean over patients whose area has one;
        ``patients`` and ``patients_with_score``, so that the base is known.

    Raises
    ------
    TableError
        If less than 99 % of the patients live in areas that have a score: a clash of vintages.
    """
    import pandas as pd

    frame = registrations.patients.rename("patients").reset_index()
    frame["score"] = frame["area"].map(scores)
    by = "practice"
    if groups is not None:
        by = "network"
        frame["network"] = frame["practice"].map(groups)
        frame = frame.dropna(subset=["network"])
    english = frame["area"].str[0].isin(set(scores.index.str[0]))
    found = float(frame.loc[english & frame["score"].notna(), "patients"].sum())
    whole = float(frame.loc[english, "patients"].sum())
    if whole and found / whole < _MATCHED:
        raise TableError(
            f"{found / whole:.1%} of the patients live in areas that have a score: registrations "
            f"are by {registrations.vintage or 'areas of an unknown vintage'}, the scores by others"
        )
    known = frame[frame["score"].notna()]
    weighted: pd.Series[Any] = (known["score"] * known["patients"]).groupby(known[by]).sum()
    base = known.groupby(by)["patients"].sum()
    made = pd.DataFrame({"score": weighted / base, "patients_with_score": base})
    made["patients"] = frame.groupby(by)["patients"].sum()
    return made[["score", "patients", "patients_with_score"]]


_MATCHED = 0.99
"""Least share of patients that must match, as for every join by code (docs/design.md)."""


def holding(
    registrations: Registrations, *, share: float = 0.8, practices: Collection[str] | None = None
) -> pd.DataFrame:
    """
    Say which areas hold most of each practice's patients: its catchment as people use it.

    Parameters
    ----------
    registrations
        Patients by practice and area.
    share
        Of a practice's patients with an area, above 0 to 1: areas are taken from the one with the
        most patients on until they hold this much.
    practices
        Whose catchments are wanted; absent: all. Everybody registered in an area stays the base of
        its shares.

    Returns
    -------
    pd.DataFrame
        Index (``practice``, ``area``): ``patients``, ``share_of_practice``, ``cumulative`` (share
        of the practice's patients in this area and all before it) and ``share_of_area`` (of
        everybody registered there). A practice's areas come with the most patients first, equal
        ones by code.

    Raises
    ------
    TableError
        If the share is not above 0 to 1.
    """
    if not 0 < share <= 1:
        raise TableError(f"a share is above 0 to 1, found {share!r}")
    counts = registrations.patients[registrations.patients > 0]
    if practices is not None:
        counts = counts[counts.index.get_level_values("practice").isin(list(practices))]
    frame = counts.rename("patients").reset_index()
    frame = frame.sort_values(
        ["practice", "patients", "area"], ascending=[True, False, True], kind="stable"
    )
    whole = frame.groupby("practice")["patients"].transform("sum")
    frame["share_of_practice"] = frame["patients"] / whole
    frame["cumulative"] = frame.groupby("practice")["patients"].cumsum() / whole
    frame["share_of_area"] = frame["patients"] / frame["area"].map(registrations.by_area())
    before = frame["cumulative"] - frame["share_of_practice"]
    return frame[before < share - _ROUNDING].set_index(["practice", "area"])


_ROUNDING = 1e-9
"""Sums of shares may be this far from what they should be."""
