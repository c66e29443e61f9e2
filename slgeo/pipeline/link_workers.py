"""
Link workers of a study's people: their networks' time, shared by registration and never by road.

Absence is not zero: a network that is in no return is not known. Rates are over registered patients
whose network is known, and every one says whether staff hosted by voluntary organisations are in
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.pipeline import link_worker_words as words
from slgeo.pipeline.link_worker_staff import Staff, read_staff, whole_lists
from slgeo.pipeline.link_worker_tables import (
    by_area,
    by_deprivation,
    by_network,
    by_practice,
    by_quarter,
    finished,
)
from slgeo.pipeline.parts import Context, Part
from slgeo.report import provision_tables as tables

if TYPE_CHECKING:
    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings


def link_workers(context: Context) -> Part | None:
    """
    Say what link workers the study's people have.

    Returns
    -------
    Part or None
        None where the study gives no workforce file. Without published registrations only what
        the returns say of the networks of practices in the study.

    Raises
    ------
    StudyError
        If the quarter asked for is not in the file.
    """
    study, found, registered = context.study, context.found, context.registered
    if study.link_workers.file is None:
        return None
    staff = read_staff(study)
    if registered is None or registered.whole is None:
        return _without_registrations(study, found, staff)
    whole = registered.whole
    lists = whole_lists(study, found, whole, staff.members[staff.quarter], registered)
    made = {
        "link_workers": by_network(study, staff, lists, registered, whole),
        "link_workers_by_practice": by_practice(study, staff, lists, found, registered, whole),
        "link_workers_by_area": by_area(study, staff, lists, found, whole),
        "link_workers_by_quarter": by_quarter(staff, lists, registered, whole),
    }
    compared = by_deprivation(found, made["link_workers_by_area"])
    if compared is not None:
        made["link_workers_by_deprivation"] = compared
    return Part(
        heading="Link workers",
        lines=tuple(words.lines(study, staff, made)),
        brief=4,  # the rate, who is not in it, the two ends of deprivation, each network
        tables=made,
        notes=(*staff.notes, *words.notes_of_lists(lists, staff)),
        leaves_out=tuple(words.leaves_out(staff, made)),
        about=tuple(words.about(study, staff, whole.date)),
    )


def _without_registrations(study: Study, found: Findings, staff: Staff) -> Part:
    """Say what returns tell of the networks of practices that stand in the study: no more."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.places.provision import network_provision

    sites = found.places.sites
    gp = sites[(sites["kind"] == "gp") & sites.geometry.notna()]
    own = found.areas.loc[found.areas["in_study"], ["geometry"]]
    inside = gpd.sjoin(gp[["geometry"]], own, predicate="intersects").index
    parts = []
    for quarter in staff.quarters:
        members = staff.members[quarter]
        serving = members[members["pcn"].isin(set(members["pcn"].reindex(inside).dropna()))]
        lists = pd.Series(float("nan"), index=serving.index)
        one = network_provision(staff.of(quarter), lists, serving, hosted=staff.hosted(quarter))
        one["patients"] = one["patients_study"] = one["coverage"] = float("nan")
        own_staff = staff.of(quarter).set_index("network")["fte_practice"]
        one["fte_practices"] = own_staff.reindex(one.index).astype(float)
        parts.append(one.assign(quarter=quarter).set_index("quarter", append=True))
    frame = pd.concat(parts).sort_index()
    made = {"link_workers": finished(frame, study, "", tables.LINK_WORKERS)}
    return Part(
        heading="Link workers",
        lines=tuple(words.lines_of_networks(staff, made["link_workers"])),
        brief=2,
        tables=made,
        notes=staff.notes,
    )
