"""Stretches of areas with less per head than a standard the study sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.pipeline.parts import Part
from slgeo.pipeline.words import people
from slgeo.report.access_tables import PROVISION_GAPS
from slgeo.tables import checked

if TYPE_CHECKING:
    from slgeo.pipeline.parts import Context


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

    from slgeo.access.lift import HIGHER
    from slgeo.gaps import find_provision_gaps

    standard = context.study.gaps.per_10000
    if standard is None:
        return None
    areas, table = context.found.areas, context.found.by_area
    frames, lines = [], []
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
        what = "capacity" if has else "places"
        lines.append(
            f"{one.kind} by {one.mode}: {people(found['people'].sum())} people live where there "
            f"are fewer than {standard:g} {what} within reach per 10,000 people"
            + (f", most of them around {found['name'].iloc[0]}." if len(found) else ".")
        )
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
    return Part(
        "Too little per head", tuple(lines), {"provision_gaps": checked(made, PROVISION_GAPS)}
    )
