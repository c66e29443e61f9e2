"""How near each group of people is: by age, sex, ethnic group, health, care, English, and cars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.findings import headline
from slgeo.pipeline.parts import Context, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

LABELS: Final = {
    "sex_female": "Female",
    "sex_male": "Male",
    "ethnic_asian": "Asian, Asian British or Asian Welsh",
    "ethnic_black": "Black, Black British, Black Welsh, Caribbean or African",
    "ethnic_mixed": "Mixed or Multiple ethnic groups",
    "ethnic_white": "White",
    "ethnic_other": "Other ethnic group",
    "bad_health": "In bad or very bad health",
    "disabled": "Disabled under the Equality Act",
    "unpaid_carers": "Providing unpaid care",
    "little_english": "Speaking English not well or not at all",
    "households_no_car": "Households without a car or van",
    "households_alone_66_plus": "Households of one person aged 66 or over",
}
"""What the columns of areas count, in words; age bands are worded by their ages."""

SPREAD: Final = (
    "Groups of people are taken to live as evenly inside each area as its residents as a whole: "
    "where a group lives at one end of an area its figures are off."
)

SAID: Final = (
    "age_65_plus",
    "disabled",
    "bad_health",
    "unpaid_carers",
    "little_english",
    "households_no_car",
)
"""Groups named in the printed summary; the table has all of them."""


def people_groups(context: Context) -> Part | None:
    """Count each group of people within and beyond the thresholds, where the areas have groups."""
    from slgeo.report import results

    areas = context.found.areas
    groups = groups_in([str(name) for name in areas.columns])
    if not groups:
        return None
    table = results.conserved(_table(context, groups), results.BY_PEOPLE)
    return Part(
        heading="Groups of people",
        lines=tuple(_lines(context, table)),
        tables={"by_people": table},
        about=(SPREAD,),
    )


def groups_in(columns: Sequence[str]) -> dict[str, str]:
    """
    Name the groups of people that a table of areas counts.

    Examples
    --------
    >>> groups_in(["name", "age_0_15", "age_65_plus", "disabled"])
    {'age_0_15': 'Aged 0 to 15', 'age_65_plus': 'Aged 65 and over', 'disabled': \
'Disabled under the Equality Act'}
    """
    made = {}
    for name in columns:
        age = re.fullmatch(r"age_(\d+)_(\d+|plus)", name)
        if age:
            made[name] = f"Aged {age[1]} " + ("and over" if age[2] == "plus" else f"to {age[2]}")
        elif name in LABELS:
            made[name] = LABELS[name]
    return made


def _table(context: Context, groups: dict[str, str]) -> pd.DataFrame:
    """Share each area's groups as its people are shared, and add up over the study's areas."""
    import pandas as pd

    found = context.found
    inside = found.areas.index[found.areas["in_study"]]
    known = found.areas.loc[inside, list(groups)]
    parts = []
    for (kind, mode), rows in found.by_area.groupby(level=["kind", "mode"], sort=False):
        mine = rows.droplevel(["kind", "mode"]).reindex(inside)
        counts = [
            str(name)
            for name in mine.columns
            if str(name).startswith(("people_within_", "people_beyond_"))
        ]
        counts.append("people_without_time")
        # Where nobody lives nobody of a group does: its share of nothing is nothing.
        share = mine[counts].div(mine["people"].where(mine["people"] > 0), axis=0).fillna(0.0)
        sums: Any = known.fillna(0.0).where(mine["people"] > 0, 0.0).T.dot(share)
        sums.insert(0, "people", known.fillna(0.0).where(mine["people"] > 0, 0.0).sum())
        sums.insert(0, "label", list(groups.values()))
        sums.insert(1, "counted", [_counted(name) for name in groups])
        sums.insert(2, "areas_unknown", known.isna().sum().astype(float))
        parts.append(sums.assign(kind=kind, mode=mode))
    frame: pd.DataFrame = pd.concat(parts)
    frame.index.name = "group"
    made: pd.DataFrame = frame.set_index(["kind", "mode"], append=True)
    return made


def _counted(name: str) -> str:
    return "households" if name.startswith("households") else "people"


def _lines(context: Context, table: pd.DataFrame) -> Iterator[str]:
    """Set a few groups against everyone, for the headline's kind and mode."""
    import pandas as pd

    kind, mode, beyond = headline(context.study, list(context.found.places.sites["kind"]))
    column = f"people_beyond_{beyond:g}"
    if column not in table.columns:
        return
    rows = pd.DataFrame(table.xs((kind, mode), level=("kind", "mode")))
    everybody, far = rows["people"].to_dict(), rows[column].to_dict()
    labels = rows["label"].to_dict()
    said = [
        f"{labels[name]} {far[name] / everybody[name]:.0%}"
        for name in SAID
        if everybody.get(name, 0) > 0
    ]
    if said:
        found = context.found
        mine = found.by_area.xs((kind, mode), level=("kind", "mode"))
        mine = mine[mine["in_study"]]
        everyone = mine[column].sum() / mine["people"].sum() if mine["people"].sum() else 0.0
        yield (
            f"Further than {beyond:g} minutes from {kind} by {mode}: everyone {everyone:.0%}; "
            + "; ".join(said)
            + ". Groups are taken as evenly spread inside each area; by_people.csv has all of them."
        )
