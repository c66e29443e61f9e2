"""
Link workers' time, shared to where people live: through registration, never along roads.

A network's address says nothing about whom its link workers see. Their time is shared to small
areas by where the network's patients live, and is no supply in a floating catchment unless a record
of delivery gives real session venues and hours. Patients are those of whole lists: a network whose
patients mostly live elsewhere keeps most of its time there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from slgeo.places.registrations import Registrations

CASELOAD: Final = 225.0
"""People one full-time link worker supports in a year: the middle of the 200 to 250 of NHS
England's workforce development framework for social prescribing link workers (2023)."""

PER: Final = 10_000
"""Registered patients that rates are per, as the literature on link workers has it."""

NONE, UNKNOWN, SOME = "none", "not known", "has time"
"""Whether a network has link workers; ``not known`` where it is in no return."""


def network_provision(
    workers: pd.DataFrame,
    lists: pd.Series[Any],
    members: pd.DataFrame,
    *,
    hosted: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Set each network's link workers against its registered patients, for one quarter.

    Parameters
    ----------
    workers
        One quarter of :func:`slgeo.places.workforce.read_link_workers`, practices' own staff added
        or not.
    lists
        Patients on the whole list of each practice.
    members
        Which network each practice belongs to, from :func:`slgeo.places.networks.members_on`.
    hosted
        Staff that no national file holds, from :func:`slgeo.places.delivery.hosted_on`.

    Returns
    -------
    pd.DataFrame
        Index ``network``, every network of ``members`` with patients: ``name``, ``fte``,
        ``fte_contracted``, ``records``, ``people``, ``state`` (``has time``, ``none`` or ``not
        known``), ``practices``, ``patients``, ``fte_per_10000``; ``fte_hosted`` and
        ``fte_with_hosted_per_10000``. Contracted services may be the very staff a delivery model
        lists, so hosted time counts only as far as it goes beyond contracted time.

    Raises
    ------
    TableError
        If ``workers`` holds several quarters.
    """
    import pandas as pd

    _one_quarter(workers)
    known = members[members.index.isin(lists.index)]
    by = lists.reindex(known.index).groupby(known["pcn"])
    made = pd.DataFrame({"practices": by.size().astype(float), "patients": by.sum().astype(float)})
    made.index.name = "network"
    rows = workers.set_index("network")
    names = known.drop_duplicates("pcn").set_index("pcn").get("pcn_name")
    given = rows.get("network_name")
    made["name"] = _named(made.index, names, given)
    for name in ("fte", "fte_contracted", "records", "people"):
        made[name] = rows[name].reindex(made.index).astype(float) if name in rows else float("nan")
    made["state"] = made["fte"].map(lambda fte: SOME if fte > 0 else NONE if fte == 0 else UNKNOWN)
    made["fte_per_10000"] = (made["fte"] / made["patients"] * PER).where(made["patients"] > 0)
    if hosted is None:
        made["fte_hosted"] = float("nan")
    else:
        beyond = hosted["fte"].reindex(made.index).fillna(0.0) - made["fte_contracted"].fillna(0.0)
        made["fte_hosted"] = beyond.clip(lower=0.0)
    both = made["fte"] + made["fte_hosted"]
    made["fte_with_hosted_per_10000"] = (both / made["patients"] * PER).where(made["patients"] > 0)
    first = ["name", "state", "fte", "fte_contracted", "records", "people", "practices", "patients"]
    last = ["fte_per_10000", "fte_hosted", "fte_with_hosted_per_10000"]
    return made[[*first, *last]]


def _named(
    networks: pd.Index[Any], names: pd.Series[Any] | None, given: pd.Series[Any] | None
) -> list[str]:
    """Name networks after their membership, else after the return, else by their code."""
    found: dict[object, object] = {}
    for source in (given, names):
        if source is not None:
            found.update(source.dropna().to_dict())
    return [str(found.get(code, code)) for code in networks]


def link_worker_areas(
    workers: pd.DataFrame,
    registrations: Registrations,
    members: pd.DataFrame,
    *,
    caseload: float = CASELOAD,
    lists: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    r"""
    Share the link workers of networks to the small areas where their patients live.

    Parameters
    ----------
    workers
        One quarter: columns ``quarter``, ``network``, ``fte`` and, where there is a delivery model,
        ``fte_hosted`` (staff of voluntary organisations: a source of their own).
    registrations
        Patients by practice and area.
    members
        Which network each practice belongs to, from :func:`slgeo.places.networks.members_on`.
    caseload
        People one full-time link worker supports in a year.
    lists
        Patients on the whole list of each practice, where ``registrations`` hold only those who
        live near; absent: what the registrations add up to.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``patients`` (registered who live there), ``patients_unknown`` (of whom with
        practices in no network, or in one that did not report), ``patients_none`` (of whom with
        networks that have no link worker), ``coverage`` (share whose network is known), ``fte``
        shared to the area, ``fte_per_10000`` (of the patients whose network is known) and
        ``caseload_per_1000``: what the time would support in a year at ``caseload``, a planning
        figure and no count of people seen; where hosted staff are given ``fte_hosted`` and
        ``fte_with_hosted_per_10000``. ``attrs["unshared"]`` is the time that reaches no area of
        the registrations: patients without a usable area, who live elsewhere, and networks none of
        whose patients are in the file.

    Raises
    ------
    TableError
        If ``workers`` holds several quarters.

    Notes
    -----
    With :math:`r_{pa}` the patients of network :math:`p` in area :math:`a`, :math:`R_p` all of its
    patients and :math:`f_p` its full-time equivalents, an area gets
    :math:`\sum_p f_p r_{pa} / R_p`.
    """
    import pandas as pd

    _one_quarter(workers)
    fte = workers.groupby("network")["fte"].sum(min_count=1)
    whole = network_patients(registrations.by_practice() if lists is None else lists, members)
    pairs = registrations.patients.rename("patients").reset_index()
    pairs["network"] = pairs["practice"].map(members["pcn"])
    known = pairs["network"].isin(fte.index[fte.notna()])
    none = pairs["network"].isin(fte.index[fte == 0])
    each = pairs["patients"] / pairs["network"].map(whole)
    pairs["fte"] = (each * pairs["network"].map(fte)).where(known)
    grouped = pairs.groupby("area")
    made = pd.DataFrame(
        {
            "patients": grouped["patients"].sum(),
            "patients_unknown": pairs[~known].groupby("area")["patients"].sum(),
            "patients_none": pairs[none].groupby("area")["patients"].sum(),
            "fte": grouped["fte"].sum(min_count=1),
        }
    )
    for name in ("patients_unknown", "patients_none"):
        made[name] = made[name].fillna(0.0)
    base = made["patients"] - made["patients_unknown"]
    made["coverage"] = (base / made["patients"]).where(made["patients"] > 0)
    made["fte_per_10000"] = (made["fte"] / base * PER).where(base > 0)
    made["caseload_per_1000"] = (made["fte"] * caseload / base * 1000).where(base > 0)
    if "fte_hosted" in workers.columns:
        other = workers.groupby("network")["fte_hosted"].sum(min_count=1)
        pairs["hosted"] = (each * pairs["network"].map(other)).where(known)
        made["fte_hosted"] = pairs.groupby("area")["hosted"].sum(min_count=1)
        both = made["fte"] + made["fte_hosted"].fillna(0.0)
        made["fte_with_hosted_per_10000"] = (both / base * PER).where(base > 0)
    shared, all_fte = float(made["fte"].sum()), float(fte.sum())
    made.attrs = {
        "unshared": all_fte - shared,
        "quarter": str(workers["quarter"].iloc[0]) if len(workers) else "",
        "caseload": caseload,
        "notes": [_said(all_fte, shared, int(fte.notna().sum())), CASELOAD_NOTE.format(caseload)],
    }
    return made


def network_patients(lists: pd.Series[Any], members: pd.DataFrame) -> pd.Series[Any]:
    """
    Add up the lists of each network's practices.

    Returns
    -------
    pd.Series
        Patients, index ``network``.
    """
    known = members["pcn"].reindex(lists.index)
    return lists.groupby(known).sum().rename_axis("network").rename("patients")


def provision_of(
    workers: pd.DataFrame,
    patients: pd.Series[Any],
    lists: pd.Series[Any],
    members: pd.DataFrame,
) -> dict[str, float]:
    """
    Give a place its link workers in one quarter, by the practices its people are registered with.

    Parameters
    ----------
    workers
        One quarter of :func:`slgeo.places.workforce.read_link_workers`.
    patients
        Patients of the place by practice.
    lists
        Patients on the whole list of each practice.
    members
        Which network each practice belonged to in that quarter.

    Returns
    -------
    dict
        ``networks`` that serve the place and ``networks_reporting`` of them, ``patients``,
        ``patients_known`` (with networks that reported), ``patients_none``, ``fte`` shared to the
        place, ``fte_per_10000`` of the patients known (missing where there are none).
    """
    _one_quarter(workers)
    fte = workers.groupby("network")["fte"].sum(min_count=1).dropna()
    whole = network_patients(lists, members)
    here = network_patients(patients, members)
    here = here[here > 0]
    known = here[here.index.isin(fte.index)]
    share = known / whole.reindex(known.index)
    time = float((share * fte.reindex(known.index)).sum())
    base = float(known.sum())
    return {
        "networks": float(len(here)),
        "networks_reporting": float(len(known)),
        "patients": float(patients.sum()),
        "patients_known": base,
        "patients_none": float(known[fte.reindex(known.index) == 0].sum()),
        "fte": time,
        "fte_per_10000": time / base * PER if base else float("nan"),
    }


def _one_quarter(workers: pd.DataFrame) -> None:
    if len(set(workers["quarter"])) > 1:
        some = ", ".join(sorted(set(workers["quarter"]))[:4])
        raise TableError(f"link workers of several quarters ({some}): choose one")


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
