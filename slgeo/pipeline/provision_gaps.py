"""Stretches of areas with less per head than a standard the study sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.pipeline.parts import Part
from slgeo.pipeline.words import people
from slgeo.report.access_tables import PROVISION_GAPS
from slgeo.tables import checked

if TYPE_CHECKING:
    from slgeo.pipeline.parts import Context

SAID: Final = 5
"""Kinds and modes printed; the table has them all."""


def provision_gaps(context: Context) -> Part | None:
    """
    Find where there is less within reach per 10,000 people than ``gaps.per_10000`` asks for.

    Capacity is compared where every place of a kind states its own, else places.

    Returns
    -------
    Part or None
        The table ``provision_gaps``, most people first within each kind and mode; None where the
        study sets no standard.
    """
    import pandas as pd

    from slgeo import access
    from slgeo.access.lift import HIGHER
    from slgeo.gaps import find_provision_gaps

    standard = context.study.gaps.per_10000
    if standard is None:
        return None
    areas, table = context.found.areas, context.found.by_area
    frames: list[pd.DataFrame] = []
    lines: dict[str, float] = {}
    for one in context.found.reached:
        rows = table.xs((one.kind, one.mode), level=("kind", "mode"))
        has = "capacity_per_10000" in rows and rows["capacity_per_10000"].notna().any()
        name = "capacity_per_10000" if has else "per_10000"
        values = rows[name].reindex(areas.index)
        values.attrs = {"direction": HIGHER}
        outlined = find_provision_gaps(
            values, areas, standard=standard, people=context.study.gaps.people
        )
        found = pd.DataFrame(outlined.drop(columns="geometry"))
        found = found.assign(kind=one.kind, mode=one.mode)
        found.index = pd.Index([f"{one.kind}-{one.mode}-{gap}" for gap in found.index], name="gap")
        frames.append(found)
        if len(found):
            what = "capacity" if has else "places"
            said = f"fewer than {standard:g} {what} within reach per 10,000 people"
            total = float(found["people"].sum())
            around = found["name"].iloc[0]
            lines[
                f"{one.kind} by {one.mode}: {people(total)} people live where there are {said}, "
                f"most of them around {around}."
            ] = total
    made = pd.concat(frames)
    numbers = [
        "rank",
        "area_count",
        "standard",
        "people",
        "people_without_value",
        "value",
        "shortfall",
    ]
    made = made.astype(dict.fromkeys(numbers, float))
    made["shortfall"] /= access.RESIDENTS.per
    most = sorted(lines, key=lambda line: -lines[line])
    if len(most) > SAID:
        most[SAID:] = [f"And {len(most) - SAID} more kinds and modes (provision_gaps.csv)."]
    return Part(
        "Too little per head",
        tuple(most) or ("Nowhere: the standard is met for every kind by every mode.",),
        {"provision_gaps": checked(made, PROVISION_GAPS)},
        brief=3,
    )
