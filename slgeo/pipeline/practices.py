"""
What registration says of a study's GP practices: whom they have, where those live, who by-passes.

Geographic access asks how far the nearest practice is. People may be registered elsewhere: this
part sets one beside the other. It shows published registrations only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.practice_tables import (
    boundaries_table,
    bypass_table,
    catchments_table,
    networks_table,
    practices_table,
)
from slgeo.pipeline.words import TRAVEL, counted, main_surgeries_only, people

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.registered import Registered
    from slgeo.places.registrations import Registrations


def practices(context: Context) -> Part | None:
    """
    Say what is known of the study's practices beyond their places.

    Returns
    -------
    Part or None
        None where no place of the study is a practice. Without published registrations only what
        the list of practices itself tells.
    """
    study, found = context.study, context.found
    sites = found.places.sites[found.places.sites["kind"] == "gp"]
    if sites.empty:
        return None
    members = members_of(study, sites, context.registered)
    registered = context.registered
    if registered is None or registered.whole is None:
        lines = tuple(_surgeries(sites))
        return Part("Practices", lines, notes=tuple(_notes(members)), brief=len(lines))
    whole = registered.whole
    made = {"practices": practices_table(found, registered, whole, members)}
    made["practice_networks"] = networks_table(found, registered, whole, members)
    made["practice_catchments"] = catchments_table(found, whole, sites)
    nearest = bypass_table(found, registered, whole, sites)
    if nearest is not None:
        made["practice_bypass"] = nearest
    notes = _notes(members)
    if study.practices.boundaries is not None:
        made["practice_boundaries"], said = boundaries_table(study, found, whole, sites)
        notes.extend(said)
    surgeries = list(_surgeries(sites))
    return Part(
        heading="Practices",
        lines=(*surgeries, *_said(made, registered, whole)),
        brief=len(surgeries) + 1,  # which surgeries there are, and who by-passes the nearest
        tables=made,
        notes=tuple(notes),
        about=_about(made, whole),
        draw=lambda page: page.registered(registered_areas(whole, found.areas)),
    )


def registered_areas(whole: Registrations, areas: pd.DataFrame) -> pd.DataFrame:
    """
    List the areas each practice's patients come from, as the page draws them.

    Returns
    -------
    pd.DataFrame
        ``site``, ``area`` (of those on the map, where at least a twentieth of registered people are
        its patients), ``inside`` (its patients there) and ``patients`` (all it has anywhere).
    """
    import pandas as pd

    from slgeo.places.flows import registered_catchments

    held = registered_catchments(whole)["patients"].reset_index()
    held = held[held["area"].isin(areas.index)]
    everyone = whole.patients.groupby(level="practice").sum()
    return pd.DataFrame(
        {
            "site": held["practice"].astype(str),
            "area": held["area"].astype(str),
            "inside": held["patients"].astype(float),
            "patients": held["practice"].map(everyone).astype(float),
        }
    )


def members_of(
    study: Study, sites: pd.DataFrame, registered: Registered | None = None
) -> pd.DataFrame:
    """
    Tell which network each practice was in when the registrations were counted.

    Parameters
    ----------
    study, sites
        ``practices.networks`` of the study is read; without it, networks that the list of practices
        states itself are taken.
    registered
        Whose date is taken; absent or undated: now.

    Returns
    -------
    pd.DataFrame
        Index ``practice``; ``pcn`` and ``pcn_name``. ``attrs["notes"]`` says what is doubtful.
    """
    import pandas as pd

    from slgeo.places.networks import read_pcn_members

    if study.practices.networks is not None:
        spells = read_pcn_members(study.practices.networks)
        day = registered.whole.date if registered and registered.whole else ""
        return members_at(spells, full_day(day) if day else None)
    if {"pcn", "pcn_name"} <= set(sites.columns):
        stated = sites.loc[sites["pcn"].notna(), ["pcn", "pcn_name"]]
        made = pd.DataFrame(stated).rename_axis("practice")
        made.attrs = {"notes": ["networks are as the list of practices states them, of its date"]}
        return made
    empty = pd.DataFrame({"pcn": [], "pcn_name": []}, dtype=object)
    return empty.rename_axis("practice")


def members_at(spells: pd.DataFrame, day: str | None) -> pd.DataFrame:
    """Tell which network each practice was in on a day; note how many, and which are doubtful."""
    from slgeo.places.networks import members_on

    made = members_on(spells, day)
    on = f"on {day}" if day else "now"
    made.attrs["notes"] = [
        f"{spells.attrs['source']}: {len(made):,} practices in networks {on}",
        *made.attrs["notes"],
    ]
    return made


def full_day(date: str) -> str:
    """
    Complete a year, or a year and month, to its first day.

    Examples
    --------
    >>> full_day("2022-07"), full_day("2022"), full_day("2022-07-31")
    ('2022-07-01', '2022-01-01', '2022-07-31')
    """
    return (date + "-01-01"[len(date) - 4 :])[:10] if len(date) < 10 else date


def _surgeries(sites: pd.DataFrame) -> Iterator[str]:
    """Say which surgeries are there, and which names tell of more."""
    if not main_surgeries_only(sites):
        branch = sites["branch"].fillna(value=False).astype(bool)
        count = int(branch.sum())
        several_or_one = "branch surgery, a" if count == 1 else "branch surgeries, each a"
        yield f"{int((~branch).sum())} practices and {count} {several_or_one} site of its practice."
    else:
        yield (
            "GP results are of main surgeries only: no list of branches was given, so some places "
            "look farther from a practice than they are."
        )
    more = several(sites)
    if len(more):
        shown = "; ".join(more.tolist())
        yield (
            f"{len(more)} of {len(sites)} names tell of more than one surgery, of which the files "
            f"have one: {shown}."
        )


def several(sites: pd.DataFrame) -> pd.Series[Any]:
    """Names of practices that tell of several surgeries where the files have one."""
    if "several_sites" not in sites.columns:
        return sites["name"].iloc[:0]
    flagged = sites["several_sites"].fillna(value=False).astype(bool)
    if "practice" in sites.columns:
        flagged &= sites.groupby("practice")["name"].transform("size").fillna(1) < 2
    return sites.loc[flagged, "name"]


def _notes(members: pd.DataFrame) -> list[str]:
    return list(members.attrs.get("notes", []))


def _said(
    made: dict[str, pd.DataFrame], registered: Registered, whole: Registrations
) -> Iterator[str]:
    """Say whom the practices have, where those live, and who by-passes the nearest."""
    if "practice_bypass" in made:
        yield from _bypass_said(made["practice_bypass"])
    listed = made["practices"]
    most = listed[listed["share_of_study"] >= SHOWN]
    shown = "; ".join(
        f"{row['name']} {row['patients_study']:,.0f} ({row['areas_80']:.0f} areas hold 80 % of its "
        f"{row['patients']:,.0f})"
        for _, row in most.iterrows()
    )
    rest = listed.drop(most.index)
    also = (
        f"; {counted(len(rest), 'other')} {rest['patients_study'].sum():,.0f} (practices.csv)"
        if len(rest)
        else ""
    )
    when = f" in {whole.date}" if whole.date else ""
    yield f"Of {registered.total:,.0f} patients{when}, by practice: {shown}{also}."
    if "deprivation_score" in most.columns:
        scored = most[most["deprivation_score"].notna()].sort_values("deprivation_score")
        if len(scored) > 1:
            low, high = scored.iloc[0], scored.iloc[-1]
            yield (
                "By where patients live, not by the surgery's door: the mean deprivation score "
                f"(higher is more deprived) goes from {low['deprivation_score']:.1f} at "
                f"{low['name']} to {high['deprivation_score']:.1f} at {high['name']}, over "
                "patients in the areas of the boundary file."
            )
    if "practice_boundaries" in made:
        for _, row in made["practice_boundaries"].head(5).iterrows():
            yield (
                f"Inside the boundary of {row['name']} live {people(row['residents_inside'])} "
                f"people; of the {people(row['registered_inside'])} registered there "
                f"{people(row['elsewhere'])} are with other practices"
                + (
                    f". {row['share_inside']:.0%} of its own patients live inside."
                    if row["patients_known"] > 0
                    else "."
                )
            )


SHOWN: Final = 0.01
"""Least share of the study's patients by which a practice or network is named in print."""


def _bypass_said(table: pd.DataFrame) -> Iterator[str]:
    base = float((table["with_nearest"] + table["bypass"]).sum())
    if not base:
        return
    mode = TRAVEL[str(table["mode"].iloc[0])]
    unsafe = table["people_edge_unsafe"] > 0
    yield (
        f"{table['bypass'].sum() / base:.0%} of the {base:,.0f} patients of practices that the "
        f"roads reach are registered elsewhere than with the one nearest to their area, {mode} "
        f"(by area in practice_bypass.csv); {table['beyond_roads'].sum():,.0f} others are with "
        "practices beyond the roads"
        + (
            f", and in {int(unsafe.sum())} areas a practice beyond them may be nearer."
            if unsafe.any()
            else "."
        )
    )


def _about(made: dict[str, pd.DataFrame], whole: Registrations) -> tuple[str, ...]:
    when = f" of {whole.date}" if whole.date else ""
    said = [
        (
            f"Registrations{when} say with which practice people of each area are registered; a "
            "practice's catchment as used is the areas that hold 80 % of its patients, and its "
            "deprivation is that of where they live."
        )
    ]
    if "practice_boundaries" in made:
        said.append(
            "Where a practice's declared boundary cuts an area, its patients there are taken to "
            "live where the area's people do."
        )
    return tuple(said)
