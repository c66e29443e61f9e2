"""
Link workers' time, shared to where people live: through registration, never along roads.

A network's address says nothing about whom its link workers see. Their time is shared to small
areas by where the network's patients live, and is no supply in a floating catchment unless a record
of delivery gives real session venues and hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.places.registrations import Registrations

CASELOAD: Final = 225.0
"""People one full-time link worker supports in a year: the middle of the 200 to 250 of NHS
England's workforce development framework for social prescribing link workers (2023)."""


def link_worker_areas(
    workers: pd.DataFrame,
    registrations: Registrations,
    members: pd.DataFrame,
    *,
    caseload: float = CASELOAD,
) -> pd.DataFrame:
    r"""
    Share the link workers of networks to the small areas where their patients live.

    Parameters
    ----------
    workers
        One quarter of :func:`slgeo.places.workforce.read_link_workers`; staff hosted by voluntary
        organisations come from :func:`slgeo.places.delivery.read_delivery_model`, a source of
        their own.
    registrations
        Patients by practice and area.
    members
        Which network each practice belongs to, from :func:`slgeo.places.networks.members_on`.
    caseload
        People one full-time link worker supports in a year.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``patients`` (registered who live there), ``patients_unknown`` (of whom with
        practices in no network, or in one that did not report), ``fte`` shared to the area,
        ``fte_per_10000`` (of the patients whose network is known) and ``caseload_per_1000``: what
        the time would support in a year at ``caseload``, a planning figure and no count of people
        seen. ``attrs["unshared"]`` is the time that reaches no area of the registrations:
        patients without a usable area, and networks none of whose patients are in the file.

    Raises
    ------
    TableError
        If ``workers`` holds several quarters.

    Notes
    -----
    With :math:`r_{pa}` the patients of network :math:`p` in area :math:`a` and :math:`f_p` its
    full-time equivalents, an area gets :math:`\sum_p f_p r_{pa} / \sum_{a'} r_{pa'}`, where the
    sum below runs over all patients of the network, those without an area among them.
    """
    import pandas as pd

    if len(set(workers["quarter"])) > 1:
        some = ", ".join(sorted(set(workers["quarter"]))[:4])
        raise TableError(f"link workers of several quarters ({some}): choose one")
    fte = workers.groupby("network")["fte"].sum(min_count=1)
    pairs = registrations.patients.reset_index()
    pairs["network"] = pairs["practice"].map(members["pcn"])
    whole = registrations.by_practice().groupby(members["pcn"]).sum()
    known = pairs["network"].isin(fte.index[fte.notna()])
    pairs["fte"] = (
        pairs["patients"] / pairs["network"].map(whole) * pairs["network"].map(fte)
    ).where(known)
    grouped = pairs.groupby("area")
    made = pd.DataFrame(
        {
            "patients": grouped["patients"].sum(),
            "patients_unknown": pairs[~known].groupby("area")["patients"].sum(),
            "fte": grouped["fte"].sum(min_count=1),
        }
    )
    made["patients_unknown"] = made["patients_unknown"].fillna(0.0)
    base = made["patients"] - made["patients_unknown"]
    made["fte_per_10000"] = (made["fte"] / base * 10_000).where(base > 0)
    made["caseload_per_1000"] = (made["fte"] * caseload / base * 1000).where(base > 0)
    shared, whole_fte = float(made["fte"].sum()), float(fte.sum())
    made.attrs = {
        "unshared": whole_fte - shared,
        "quarter": str(workers["quarter"].iloc[0]) if len(workers) else "",
        "caseload": caseload,
        "notes": [_said(whole_fte, shared, int(fte.notna().sum())), CASELOAD_NOTE.format(caseload)],
    }
    return made


def _said(whole: float, shared: float, networks: int) -> str:
    return (
        f"link workers: {whole:,.1f} full-time equivalents in {networks:,} networks; {shared:,.1f} "
        f"shared to areas by registration, {whole - shared:,.1f} to patients elsewhere or without "
        "an area"
    )


CASELOAD_NOTE: Final = (
    "a caseload of {:g} people a year for each full-time link worker is assumed: a capacity, not a "
    "count of people seen"
)
