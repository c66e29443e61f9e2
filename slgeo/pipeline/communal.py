"""Residents of communal establishments, told apart: prisons, barracks, schools, care homes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.pipeline.findings import headline
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.words import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

LARGE: Final = 0.10
"""Share of an area's residents from which its figures are said to hang on them (our choice)."""

SHOWN: Final = 5

ABOUT: Final = (
    "Census 2021 counts residents of prisons, barracks, boarding schools, halls and care homes "
    "where they live, although many have care on the site or may not leave it."
)


def communal(context: Context) -> Part | None:
    """Show residents of communal establishments by area, where a census table counts them."""
    from slgeo.report.results import COMMUNAL
    from slgeo.tables import checked

    areas = context.found.areas
    if "communal_residents" not in areas.columns:
        return None
    inside = areas[areas["in_study"]]
    apart = context.study.areas.communal == "apart"
    living = inside["communal_residents"].where(
        apart | inside["communal_residents"].isna(),
        inside[["communal_residents", "population"]].min(axis=1),
    )
    table = inside[["name"]].assign(
        residents=inside["population"] + (living.fillna(0.0) if apart else 0.0),
        communal_residents=living,
    )
    table["share"] = (living / table["residents"]).where(table["residents"] > 0)
    table["counted"] = not apart
    named = table.sort_values("communal_residents", ascending=False, kind="stable")
    return Part(
        heading="Residents of communal establishments",
        lines=tuple(_lines(context, named, apart=apart)),
        tables={"communal": checked(named, COMMUNAL)},
        leaves_out=(_left_out(table),) if apart else (),
        about=(ABOUT,),
    )


def _left_out(table: pd.DataFrame) -> str:
    count = people(float(table["communal_residents"].sum()))
    return f"{count} residents of communal establishments are not counted."


def _lines(context: Context, table: pd.DataFrame, *, apart: bool) -> Iterator[str]:
    """Say how many there are, where, and what the headline would be without them."""
    total, everyone = float(table["communal_residents"].sum()), float(table["residents"].sum())
    share = total / everyone if everyone else 0.0
    how = "they are left out of every other figure" if apart else "they count as everybody does"
    yield (
        f"{people(total)} of {people(everyone)} residents ({share:.1%}) live in communal "
        f"establishments such as prisons, barracks, boarding schools and care homes; {how}."
    )
    large = table[table["share"] >= LARGE]
    if len(large):
        named = "; ".join(
            f"{row['name']} {people(row['communal_residents'])} of {people(row['residents'])}"
            for _, row in large.head(SHOWN).iterrows()
        )
        rest = f"; and {len(large) - SHOWN} more" if len(large) > SHOWN else ""
        yield f"They are a tenth or more of the residents of {named}{rest}: look there first."
    unknown = int(table["communal_residents"].isna().sum())
    if unknown:
        yield f"For {unknown} areas their number is not known."
    if not apart and total:
        yield from _headline(context, table)


def _headline(context: Context, table: pd.DataFrame) -> Iterator[str]:
    """Say what the headline would be of people in households, taken as spread evenly in an area."""
    from slgeo import access

    kind, mode, beyond = headline(context.study, list(context.found.places.sites["kind"]))
    one = next(r for r in context.found.reached if (r.kind, r.mode) == (kind, mode))
    further = access.people_beyond(one.times, minutes=beyond).reindex(table.index)
    residents = table["residents"]
    households = residents - table["communal_residents"].fillna(0.0)
    rate = (further / residents).where(residents > 0, 0.0)
    if households.sum() <= 0:
        return
    alone = float((rate * households).sum()) / float(households.sum())
    everyone = float(further.sum()) / float(residents.sum())
    yield (
        f"Of people in households alone, {alone:.1%} are further than {beyond:g} minutes from "
        f"{kind} by {mode}; of all residents it is {everyone:.1%} (taking both as spread evenly "
        'inside an area). communal = "apart" in [areas] leaves the others out of every figure.'
    )
