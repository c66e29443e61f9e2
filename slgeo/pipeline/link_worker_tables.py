"""Tables of link workers by network, practice, area, quarter and deprivation."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from slgeo.pipeline.link_worker_staff import Lists, Staff, known_networks, members_serving
from slgeo.pipeline.practice_tables import names_of
from slgeo.report import provision_tables as tables
from slgeo.tables import checked

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.registered import Registered
    from slgeo.places.registrations import Registrations
    from slgeo.tables import Table


def by_network(
    study: Study, staff: Staff, lists: Lists, registered: Registered, whole: Registrations
) -> pd.DataFrame:
    """Every network that serves the study, in every quarter."""
    import pandas as pd

    from slgeo.places.provision import network_patients, network_provision

    here = registered.patients.groupby(level="practice").sum()
    placed = whole.patients.groupby(level="practice").sum()
    parts = []
    for quarter in staff.quarters:
        members = members_serving(staff.members[quarter], registered)
        one = network_provision(
            staff.of(quarter), lists.patients, members, hosted=staff.hosted(quarter)
        )
        broken = one.index.isin(members["pcn"].reindex(list(lists.cut)).dropna())
        rates = ["patients", "fte_per_10000", "fte_with_hosted_per_10000"]
        one.loc[broken, rates] = float("nan")
        own = staff.of(quarter).set_index("network")["fte_practice"]
        one["fte_practices"] = own.reindex(one.index).astype(float)
        one["patients_study"] = network_patients(here, members).reindex(one.index)
        one["coverage"] = network_patients(placed, members).reindex(one.index) / one["patients"]
        parts.append(one.assign(quarter=quarter).set_index("quarter", append=True))
    frame = pd.concat(parts) if parts else pd.DataFrame()
    latest = frame["patients_study"].groupby(level="network").transform("max")
    frame = frame.assign(most=latest).sort_index()
    frame = frame.sort_values("most", ascending=False, kind="stable")
    return finished(frame, study, whole.date, tables.LINK_WORKERS)


def finished(frame: pd.DataFrame, study: Study, date: str, table: Table) -> pd.DataFrame:
    """Add what every rate says of itself, in the order of the table."""
    from slgeo.places.provision import PER

    made = frame.assign(
        per=float(PER),
        denominator="registered patients whose network's time is known",
        denominator_date=date or None,
    )
    if "caseload" in [column.name for column in table.columns]:
        made["caseload"] = made["fte"] * study.link_workers.caseload
    texts = [c.name for c in table.columns if c.kind == "text" and c.name in made.columns]
    made = made[[c.name for c in table.columns if c.name in made.columns]]
    return checked(made.astype(dict.fromkeys(texts, "str")), table)


def by_practice(
    study: Study,
    staff: Staff,
    lists: Lists,
    found: Findings,
    registered: Registered,
    whole: Registrations,
) -> pd.DataFrame:
    """List the practices with patients in the study, and whether they have a link worker."""
    import pandas as pd

    from slgeo.gaps import practices_without
    from slgeo.places.provision import PER, network_patients

    here = registered.patients.groupby(level="practice").sum()
    here = here[here > 0].sort_values(ascending=False, kind="stable")
    members = staff.members[staff.quarter]
    network = members["pcn"].reindex(here.index)
    known = known_networks(staff.of(staff.quarter), members, lists)
    fte = known.groupby("network")["fte"].sum(min_count=1)
    size = network_patients(lists.patients, members)
    patients = lists.patients.reindex(here.index)
    rate = network.map(fte) / network.map(size)
    share = (patients * rate).rename("fte")
    without = practices_without(share, patients)
    names = here.index.to_series().map(names_of(found, whole)).fillna(here.index.to_series())
    frame = pd.DataFrame(
        {
            "name": names,
            "network": network,
            "network_name": network.map(_network_names(members)),
            "state": without["why"].reindex(here.index).fillna("has time"),
            "patients": patients,
            "patients_study": here,
            "fte": share,
            "fte_per_10000": rate * PER,
        },
        index=here.index,
    )
    frame["state"] = frame["state"].mask(frame["network"].isna(), "no network")
    return finished(frame, study, whole.date, tables.LINK_WORKERS_BY_PRACTICE)


def _network_names(members: pd.DataFrame) -> pd.Series[Any]:
    return members.drop_duplicates("pcn").set_index("pcn")["pcn_name"]


def by_area(
    study: Study, staff: Staff, lists: Lists, found: Findings, whole: Registrations
) -> pd.DataFrame:
    """Every area of the boundary file, context included, in the quarter shown."""
    import pandas as pd

    from slgeo.places.provision import link_worker_areas

    areas = found.areas
    near = whole.patients.index.get_level_values("area").isin(areas.index)
    local = dataclasses.replace(whole, patients=whole.patients[near])
    members = staff.members[staff.quarter]
    workers = known_networks(staff.of(staff.quarter), members, lists)
    hosted = staff.hosted(staff.quarter)
    if hosted is not None:
        beyond = workers["network"].map(hosted["fte"]).fillna(0.0)
        beyond -= workers["fte_contracted"].fillna(0.0)
        workers = workers.assign(fte_hosted=beyond.clip(lower=0.0))
    shared = link_worker_areas(
        workers, local, members, caseload=study.link_workers.caseload, lists=lists.patients
    )
    frame = pd.DataFrame({"name": areas["name"], "in_study": areas["in_study"]}).join(shared)
    for name in ("patients", "patients_none", "patients_unknown"):
        frame[name] = frame[name].fillna(0.0)
    for name in ("fte_hosted", "fte_with_hosted_per_10000"):
        if name not in frame.columns:
            frame[name] = float("nan")
    frame["fte"] = frame["fte"].where(frame["patients"] > frame["patients_unknown"])
    return finished(frame, study, whole.date, tables.LINK_WORKERS_BY_AREA)


def by_quarter(
    staff: Staff, lists: Lists, registered: Registered, whole: Registrations
) -> pd.DataFrame:
    """Say what the study's people had, quarter by quarter, from networks' own returns."""
    import pandas as pd

    from slgeo.places.provision import PER, provision_of

    here = registered.patients.groupby(level="practice").sum()
    returns = {
        quarter: known_networks(_networks_only(staff.of(quarter)), staff.members[quarter], lists)
        for quarter in staff.quarters
    }
    rows: dict[str, dict[str, Any]] = {}
    before = ""
    for quarter, workers in returns.items():
        members = staff.members[quarter]
        row: dict[str, Any] = dict(provision_of(workers, here, lists.patients, members))
        row["coverage"] = row["patients_known"] / row["patients"] if row["patients"] else None
        row["change"] = row["change_same_networks"] = float("nan")
        if before:
            row["change"] = row["fte_per_10000"] - rows[before]["fte_per_10000"]
            both = set(workers["network"]) & set(returns[before]["network"])
            rates = [
                provision_of(
                    returns[one][returns[one]["network"].isin(both)],
                    here,
                    lists.patients,
                    staff.members[one],
                )["fte_per_10000"]
                for one in (quarter, before)
            ]
            row["change_same_networks"] = rates[0] - rates[1]
        rows[quarter] = row
        before = quarter
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("quarter").astype(float)
    frame = frame.assign(
        per=float(PER),
        denominator="registered patients whose network's time is known",
        denominator_date=whole.date or None,
    )
    texts = {"denominator": "str", "denominator_date": "str"}
    names = [column.name for column in tables.LINK_WORKERS_BY_QUARTER.columns]
    return checked(frame[names].astype(texts), tables.LINK_WORKERS_BY_QUARTER)


def _networks_only(workers: pd.DataFrame) -> pd.DataFrame:
    """Take practices' own payrolls off again: no other quarter has them."""
    return workers.assign(fte=workers["fte_network"])


def by_deprivation(found: Findings, by_area: pd.DataFrame) -> pd.DataFrame | None:
    """Compare the time people have by the deprivation of where they live, each person once."""
    import pandas as pd

    from slgeo import equity
    from slgeo.errors import AccessError

    areas = found.areas[found.areas["in_study"]]
    if "deprivation_rank" not in areas.columns or areas["deprivation_rank"].isna().all():
        return None
    rows = by_area.loc[areas.index]
    counted = areas.assign(population=rows["patients"] - rows["patients_unknown"])
    rate = rows["fte_per_10000"].rename("link_workers")
    rate.attrs = {
        "unit": "full-time equivalents per 10,000 registered patients",
        "direction": "higher is better",
        "label": "Link workers per 10,000 registered patients",
    }
    try:
        ends = equity.between_ends(rate, counted, unreached="leave out")
        by = str(ends["by"].iloc[0]) if len(ends) else "local_fifth"
        groups = equity.summary(rate, counted, by=by, unreached="leave out")
        slope = equity.slope_index(
            rate, counted["population"], counted["deprivation_rank"], unreached="leave out"
        )
    except AccessError:
        return None  # several nations, which must not be pooled, or nobody registered
    frame = pd.concat([groups, slope], ignore_index=True)
    frame = frame[frame["statistic"] != "people_without_value"]
    frame = frame.drop_duplicates(["statistic", "by", "group"])
    names = [column.name for column in tables.LINK_WORKERS_BY_DEPRIVATION.columns]
    made = frame.set_index(["statistic", "by", "group"])[names]
    numbers = dict.fromkeys(("value", "people", "n"), float)
    return checked(made.astype({**numbers, "sentence": "str"}), tables.LINK_WORKERS_BY_DEPRIVATION)
