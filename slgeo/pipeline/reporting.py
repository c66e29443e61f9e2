"""Sum a study's people to the areas somebody reports by: wards, neighbourhoods, networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import AccessError, StudyError
from slgeo.pipeline.findings import headline
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.words import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from slgeo.config.sections import ReportingSection

NETWORKS: Final = "pcn"
"""The word for primary care networks in ``[[reporting]] group``."""

NO_PART: Final = "none"
"""Code of the row that keeps the people of areas that belong nowhere."""

SHOWN: Final = 5
"""Parts named in the printed summary; the table has all of them."""


def reporting(context: Context) -> Part | None:
    """Report by every kind of larger area the study asks for."""
    import pandas as pd

    asked = context.study.reporting
    if not asked:
        return None
    lines: list[str] = []
    notes: list[str] = []
    tables = []
    for one in asked:
        grouped = _grouped(context, one)
        table = _table(context, grouped, one.group)
        lines += _lines(context, table, one.group)
        notes += grouped.attrs["notes"]
        tables.append(table)
    _refuse_repeated(asked)
    from slgeo.report import results

    whole = results.conserved(pd.concat(tables), results.BY_REPORTING_AREA)
    return Part(
        heading="By larger areas",
        lines=tuple(lines),
        tables={"by_reporting_area": whole},
        notes=tuple(notes),
    )


def reporting_of(context: Context, *, which: int = 0) -> pd.Series[str] | None:
    """
    Name the larger area that each area of the study is reported with.

    Parameters
    ----------
    context
        The run's.
    which
        Position among the study's ``[[reporting]]``.

    Returns
    -------
    Series of str, or None
        Area -> name, unique to the larger area; None where the study asks for none. Every area of
        the study is in it: :meth:`slgeo.maps.AccessMap.pack` takes it as ``by``.
    """
    if which >= len(context.study.reporting):
        return None
    grouped = _grouped(context, context.study.reporting[which])
    names: pd.Series[str] = grouped["name"]
    return names


def _grouped(context: Context, asked: ReportingSection) -> pd.DataFrame:
    """Give each area of the study the code and name of its larger area."""
    from slgeo.areas.reporting import read_groups

    areas = context.found.areas
    inside = areas.index[areas["in_study"]]
    if asked.group.lower() == NETWORKS:
        grouped = _networks(context, asked)
    else:
        grouped = read_groups(asked.file, areas, asked.group)
    notes = list(grouped.attrs["notes"])
    made = grouped[["group", "name"]].reindex(inside)
    bare = made["group"].isna()
    made["group"] = made["group"].where(~bare, NO_PART)
    made["name"] = made["name"].where(~bare, f"No {asked.group} known")
    codes = made.groupby("name")["group"].transform("nunique")
    made["name"] = made["name"].where(codes == 1, made["name"] + " (" + made["group"] + ")")
    made.attrs = {"notes": notes}
    return made


def _networks(context: Context, asked: ReportingSection) -> pd.DataFrame:
    """Give each area the network that most of its patients are registered with."""
    from slgeo.areas.reporting import network_of_areas
    from slgeo.pipeline.practices import full_day, members_at
    from slgeo.places.networks import read_pcn_members

    if context.registered is None:
        raise StudyError(
            '[[reporting]] group = "pcn" needs [registrations] whose status is published: an '
            "area's network is the one most of its patients are registered with"
        )
    spells = read_pcn_members(asked.file)
    # Patients and networks are of one day; practices move between networks.
    whole = context.registered.whole
    day = (whole.date if whole is not None else "") or context.study.date
    members = members_at(spells, full_day(day) if day else None)
    patients = context.registered.patients.rename("patients").reset_index()
    made = network_of_areas(patients, members["pcn"])
    names = members.drop_duplicates("pcn").set_index("pcn")["pcn_name"]
    made["name"] = made["group"].map(names).fillna(made["group"])
    known = made["share"].dropna()
    notes = [*members.attrs.get("notes", ())]
    if len(known):
        least = str(known.idxmin())
        notes.append(
            f"{asked.file.name}: an area's network is the one most of its patients are registered "
            f"with: {known.median():.0%} of them in the middle area, {known[least]:.0%} in {least}"
        )
    made.attrs = {"notes": notes}
    return made


def _table(context: Context, grouped: pd.DataFrame, group: str) -> pd.DataFrame:
    """Sum to one row a larger area, kind and mode; refuse a sum that is not everybody."""
    import pandas as pd

    from slgeo.results import summary

    found = context.found
    rows = grouped.groupby("group", sort=True)
    parts = pd.DataFrame(
        {"label": rows["name"].first(), "areas": rows.apply(lambda part: list(part.index))}
    )
    thresholds = sorted(
        {
            *context.study.travel.thresholds,
            *(context.study.gaps.beyond(mode) for mode in context.searches),
        }
    )
    table = summary(found.reached, found.areas, {group: parts}, thresholds=thresholds)
    table = table.rename(columns={"label": "name"})
    deprived = _most_deprived(found.areas, grouped)
    if deprived is not None:
        where = table.index.get_level_values("group")
        table["people_most_deprived"] = deprived.reindex(where).to_numpy()
    table.index = table.index.set_names(["kind", "mode", "geography", "part"])
    table = table.reorder_levels(["geography", "part", "kind", "mode"])
    everyone = float(found.areas.loc[found.areas["in_study"], "population"].sum())
    sums = table.groupby(level=["kind", "mode"])["people"].sum()
    if ((sums - everyone).abs() > 1e-6 * max(1.0, everyone)).any():
        raise AccessError(
            f"by {group}: {sums.iloc[0]:,.1f} people of {everyone:,.1f}; this is a fault in slgeo, "
            "please report it"
        )
    return table


def _most_deprived(areas: pd.DataFrame, grouped: pd.DataFrame) -> pd.Series[Any] | None:
    """Count people of the most deprived fifth of the nation's areas; nothing without deciles."""
    if "deprivation_decile" not in areas.columns:
        return None
    inside = areas.loc[grouped.index]
    unknown = inside["deprivation_decile"].isna() & (inside["population"] > 0)
    deprived = inside["population"].where(inside["deprivation_decile"] <= 2, 0.0)
    sums = deprived.groupby(grouped["group"]).sum()
    return sums.where(~unknown.groupby(grouped["group"]).any())


def _lines(context: Context, table: pd.DataFrame, group: str) -> Iterator[str]:
    """Name the larger areas where most people are far, for the headline's kind and mode."""
    kinds = list(context.found.places.sites["kind"])
    kind, mode, beyond = headline(context.study, kinds)
    column = f"people_beyond_{beyond:g}"
    if column not in table.columns:
        return
    rows = table.xs((kind, mode), level=("kind", "mode"))
    rows = rows[rows["people"] > 0]
    share = rows[column] / rows["people"]
    worst = rows.assign(share=share).sort_values(
        ["share", "people"], ascending=False, kind="stable"
    )
    named = "; ".join(
        f"{row['name']} {row['share']:.0%} of {people(row['people'])}"
        for _, row in worst.head(SHOWN).iterrows()
    )
    rest = f"; {len(worst) - SHOWN} more in by_reporting_area.csv" if len(worst) > SHOWN else ""
    yield (
        f"By {group}, people further than {beyond:g} minutes from {kind} by {mode}: {named}{rest}."
    )


def _refuse_repeated(asked: tuple[ReportingSection, ...]) -> None:
    groups = [one.group for one in asked]
    twice = sorted({group for group in groups if groups.count(group) > 1})
    if twice:
        raise StudyError(
            f"[[reporting]]: {', '.join(map(repr, twice))} more than once; rename the column of one"
        )
