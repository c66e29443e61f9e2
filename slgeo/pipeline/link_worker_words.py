"""What a run says of link workers: each rate with its base, its date and what is not in it."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.link_worker_staff import Lists, Staff

SHOWN: Final = 0.01
"""Least share of the study's patients by which a network is named in print."""

FIRM: Final = 0.5
"""Least share of patients whose network is known for a quarter to stand in a change over time."""


def lines(study: Study, staff: Staff, made: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Write the printed paragraph, sentence by sentence."""
    area = made["link_workers_by_area"]
    area = area[area["in_study"]]
    everyone = float(area["patients"].sum())
    known = everyone - float(area["patients_unknown"].sum())
    fte = float(area["fte"].sum())
    if not known:
        yield (
            f"In {_month(staff.quarter)} none of the networks of the {everyone:,.0f} registered "
            "patients is in the return: what they have is not known."
        )
        return
    yield (
        f"In {_month(staff.quarter)} people of {study.place} had {fte:.2f} full-time equivalents "
        f"of link workers through the networks of their practices: {fte / known * 10_000:.2f} per "
        f"10,000 of the {known:,.0f} registered patients whose network's time is known "
        f"({known / everyone:.0%} of {everyone:,.0f}{_dated(area)})."
    )
    yield from _hosted(staff, area, known)
    if "link_workers_by_deprivation" in made:
        yield from _by_deprivation(made["link_workers_by_deprivation"])
    yield from _networks(staff, made["link_workers"], everyone)
    yield from _without(made["link_workers_by_practice"])
    yield from _over_time(made["link_workers_by_quarter"])
    caseload = study.link_workers.caseload
    yield (
        f"Caseload: at {caseload:g} people a year for each full-time link worker that time would "
        f"support {fte * caseload:,.0f} people a year, {fte * caseload / known * 1000:.1f} per "
        "1,000 registered. This is a capacity, not a count of people seen."
    )


def lines_of_networks(staff: Staff, table: pd.DataFrame) -> Iterator[str]:
    """Write the paragraph of a study without registrations that may be shown."""
    yield (
        "No published registrations were given, so link workers are not shared to areas and have "
        "no rates: these are the returns of the networks whose practices stand in the study."
    )
    if not len(table):
        yield "None of its practices is in a network."
        return
    now = table.xs(staff.quarter, level="quarter")
    said = "; ".join(f"{row['name']} {_time(row)}" for _, row in now.iterrows())
    yield f"In {_month(staff.quarter)}: {said}."


def notes_of_lists(lists: Lists, staff: Staff) -> list[str]:
    """Say on whose word a network's patients are all its patients."""
    if lists.cut:
        broken = sorted(set(staff.members[staff.quarter]["pcn"].reindex(list(lists.cut)).dropna()))
        shown = ", ".join(broken[:6]) + (", ..." if len(broken) > 6 else "")
        said = (
            f"link workers: {len(broken)} networks have practices whose whole lists are not known, "
            f"since the registrations hold no area beyond the study's ({shown}): their time is not "
            "shared; give registrations of the whole country, or registrations.list_sizes with "
            "every practice of these networks"
        )
        return [said]
    if not lists.sized:
        said = (
            "link workers: no list sizes were given, so a practice's list is taken to be what the "
            "registrations add up to"
        )
        return [said]
    return []


def leaves_out(staff: Staff, made: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Say on the page's first screen what link-worker figures lack."""
    area = made["link_workers_by_area"]
    area = area[area["in_study"]]
    everyone, unknown = (float(area[name].sum()) for name in ("patients", "patients_unknown"))
    if staff.model is None:
        yield "Link workers hosted by voluntary organisations are not counted: no list was given."
    if unknown >= 1:
        yield (
            f"For {unknown:,.0f} of {everyone:,.0f} registered patients it is not known whether "
            "they have a link worker."
        )


def about(study: Study, staff: Staff, date: str) -> Iterator[str]:
    """Say on the page how link workers were counted, and what they come to."""
    given = study.link_workers
    yield (
        f"Link workers ({_month(staff.quarter)}) reach people through registration, not along "
        "roads: each network's full-time equivalents are shared over all its registered patients"
        + (f" ({date})" if date else "")
        + ", and an area has the share of those who live there. A network that is in no return is "
        "not known, which is not none. A caseload is "
        f"{given.caseload:g} people a year for each full-time link worker: a capacity, not people "
        "seen."
    )


def _networks(staff: Staff, table: pd.DataFrame, everyone: float) -> Iterator[str]:
    now = table.xs(staff.quarter, level="quarter")
    main = now[now["patients_study"].fillna(0.0) >= SHOWN * everyone]
    said = "; ".join(
        f"{row['name']} ({row['patients_study']:,.0f} patients here) {_time(row)}"
        + (
            f", {row['fte_per_10000']:.2f} per 10,000 of its {row['patients']:,.0f}"
            if row["fte_per_10000"] == row["fte_per_10000"]
            else ""
        )
        for _, row in main.iterrows()
    )
    others = now.drop(main.index)
    yield f"By network: {said}." + (
        f" {len(others)} other networks have {others['patients_study'].sum():,.0f} patients here "
        "(link_workers.csv)."
        if len(others)
        else ""
    )


def _time(row: pd.Series[Any]) -> str:
    """Write a network's time, headcount or records, and the lack of them."""
    if row["state"] == "not known":
        return "is in no return: not known"
    if row["state"] == "none":
        return "has none"
    people, records = row["people"], row["records"]
    if people == people:  # noqa: PLR0124 - NaN
        return f"{row['fte']:.2f} full-time equivalents ({_counted(people, 'person', 'people')})"
    if records == records:  # noqa: PLR0124 - NaN
        return f"{row['fte']:.2f} full-time equivalents ({_counted(records, 'record', 'records')})"
    return f"{row['fte']:.2f} full-time equivalents"


def _hosted(staff: Staff, area: pd.DataFrame, known: float) -> Iterator[str]:
    if staff.model is None:
        yield (
            "Staff hosted by voluntary organisations are in none of these rates: no "
            "delivery_model.csv was given, and no national file has them."
        )
        return
    hosted = float(area["fte_hosted"].sum())
    both = (float(area["fte"].sum()) + hosted) / known * 10_000
    yield (
        f"Staff hosted by voluntary organisations and others ({hosted:.2f} full-time equivalents "
        f"here, from the delivery model) are in none of these rates; with them it would be "
        f"{both:.2f} per 10,000."
    )


def _without(table: pd.DataFrame) -> Iterator[str]:
    """List the practices without a link worker, and those of which nothing is known."""
    for state, said in (
        ("none", "in networks that returned staff and no link worker"),
        ("not known", "of which it is not known"),
        ("no network", "in no network"),
    ):
        rows = table[table["state"] == state]
        if len(rows):
            names = rows["name"].head(5).tolist()
            more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
            yield (
                f"{_counted(len(rows), 'practice', 'practices')} {said}, with "
                f"{_counted(rows['patients_study'].sum(), 'patient', 'patients')} here: "
                f"{'; '.join(names)}{more} (link_workers_by_practice.csv)."
            )


def _over_time(table: pd.DataFrame) -> Iterator[str]:
    """Say how it changed while most patients' networks were known, and how much is who reports."""
    firm = table[table["coverage"] >= FIRM]
    if len(firm) < 2:
        yield (
            f"Change over time is not given: the networks of at least {FIRM:.0%} of patients are "
            f"known in {len(firm)} of the {len(table)} quarters of the file."
        )
        return
    first, last = firm.iloc[0], firm.iloc[-1]
    since = table.loc[firm.index[1] : firm.index[-1], "change_same_networks"]
    before = table.loc[: firm.index[0]].iloc[:-1]
    yield (
        f"From {_month(str(firm.index[0]))} to {_month(str(firm.index[-1]))}: "
        f"{first['fte_per_10000']:.2f} to {last['fte_per_10000']:.2f} per 10,000 of those whose "
        f"network is known ({first['coverage']:.0%}, then {last['coverage']:.0%}, of patients); "
        f"{float(since.fillna(0.0).sum()):+.2f} of that within networks that were in both returns "
        "of each step. Registrations are of one date throughout."
        + (
            f" The {len(before)} quarters before are known for {before['coverage'].max():.0%} of "
            "patients at most."
            if len(before)
            else ""
        )
    )


def _by_deprivation(table: pd.DataFrame) -> Iterator[str]:
    """Say which end of deprivation has more, in words."""
    means = table.xs("mean", level="statistic")
    by = [name for name in means.index.get_level_values("by") if name.endswith("fifth")]
    if not by:
        return
    groups = means.xs(by[0], level="by")
    low, high = (float(groups["value"].get(end, float("nan"))) for end in ("1", "5"))
    local = "local " if by[0].startswith("local") else "national "
    if low != low or high != high:  # noqa: PLR0124 - NaN
        return
    if abs(low - high) < 0.005:
        verdict = "the same where deprivation is greatest as where it is least"
    else:
        verdict = f"{'less' if low < high else 'more'} where deprivation is greater"
    yield (
        f"By deprivation, each registered person counted once: {low:.2f} full-time equivalents per "
        f"10,000 in the most deprived {local}fifth, {high:.2f} in the least deprived: {verdict}. "
        "This describes areas, not the individuals in them."
    )


def _counted(count: float, one: str, many: str) -> str:
    return f"{count:,.0f} {one if count == 1 else many}"


def _month(quarter: str) -> str:
    year, month = quarter.split("-")[:2]
    return f"{calendar.month_name[int(month)]} {year}"


def _dated(area: pd.DataFrame) -> str:
    date = area["denominator_date"].dropna()
    return f", registered {date.iloc[0]}" if len(date) else ""
