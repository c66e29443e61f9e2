"""Gaps in provision: stretches with too little per head, and practices without a link worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.lift import LOWER
from slgeo.errors import AccessError
from slgeo.gaps.borders import contiguous
from slgeo.tables import AREAS, checked

if TYPE_CHECKING:
    import geopandas as gpd

COLUMNS = (
    "rank",
    "name",
    "measure",
    "standard",
    "people",
    "people_without_value",
    "value",
    "shortfall",
    "areas",
    "area_count",
)
"""Columns of a table of provision gaps, beside its geometry."""


def find_provision_gaps(
    values: pd.Series[Any],
    areas: gpd.GeoDataFrame,
    *,
    standard: float,
    people: float = 100.0,
) -> gpd.GeoDataFrame:
    """
    Find the stretches of the study that have less per head than a standard.

    Parameters
    ----------
    values
        A rate by area that is better the higher, for example :func:`slgeo.access.two_step` or
        full-time equivalents of link workers per 10,000 patients. An area without a value has no
        provision that is known of: it belongs to a gap, and its people are counted apart.
    areas
        The areas table; only areas with ``in_study`` count.
    standard
        What there should be, in the unit of the values: exactly as much is enough.
    people
        Fewest people that make a gap.

    Returns
    -------
    gpd.GeoDataFrame
        Index ``gap``, most people first: ``name`` (of the area with most people), ``value`` (the
        people-weighted mean over areas that have one), ``shortfall`` (what is missing up to the
        standard, in the unit of the values times people, areas without a value at 0), ``areas``.

    Raises
    ------
    AccessError
        If lower values are better, the standard is not above 0, or an area has no row.
    TableError
        If the areas table is at fault.
    """
    checked(areas, AREAS)
    if values.attrs.get("direction") == LOWER:
        raise AccessError("lower is better for these values: use find_gaps for travel times")
    if not standard > 0:
        raise AccessError(f"a standard must be above 0, found {standard!r}")
    study = areas[areas["in_study"].astype(bool)]
    lost = study.index.difference(values.index)
    if len(lost):
        raise AccessError(f"values: nothing for {len(lost)} areas (first: {lost[0]!r})")
    value = values.reindex(study.index).astype(float)
    short = study[~(value >= standard)]
    stretches = contiguous(short.geometry)
    rows = []
    for _, members in stretches.groupby(stretches):
        inside = study.loc[members.index]
        if inside["population"].sum() >= people:
            rows.append(_row(inside, value.loc[members.index], str(values.name), standard))
    rows.sort(key=lambda row: (-row["people"], row["areas"]))
    return _table(rows, str(values.name), areas)


def practices_without(
    fte: pd.Series[Any], patients: pd.Series[Any], *, returned: pd.Series[Any] | None = None
) -> pd.DataFrame:
    """
    List the practices or networks that have no link worker, and those that are not known.

    Parameters
    ----------
    fte
        Full-time equivalents by practice or network; one that is absent or missing did not appear
        in the return.
    patients
        Registered patients by practice or network: these are listed.
    returned
        Whether each made a return. Without it nobody can tell "none" from "no return", and the
        absent ones are ``not known``.

    Returns
    -------
    pd.DataFrame
        Indexed as ``patients``, only those without: ``patients`` and ``why`` (``none`` or ``not
        known``). ``attrs`` hold ``practices``, ``patients``, ``without`` and ``not_known`` of all.

    Raises
    ------
    AccessError
        If there are link workers for practices that are not listed, or numbers are negative.
    """
    stray = fte.index.difference(patients.index)
    if len(stray):
        raise AccessError(
            f"link workers for {len(stray)} that have no patients listed (first: {stray[0]!r})"
        )
    number = fte.reindex(patients.index).astype(float)
    if (number < 0).any() or (patients < 0).any():
        raise AccessError("full-time equivalents and patients may not be negative")
    sure = pd.Series(False, index=patients.index)  # noqa: FBT003 - a value, not a flag
    if returned is not None:
        sure = returned.reindex(patients.index).fillna(False).astype(bool)  # noqa: FBT003 - as above
    none = (number == 0) | (number.isna() & sure)
    unknown = number.isna() & ~sure
    out = pd.DataFrame({"patients": patients, "why": np.where(none, "none", "not known")})
    out = out[none | unknown]
    out.attrs = {
        "practices": len(patients),
        "patients": float(patients.sum()),
        "without": int(none.sum()),
        "not_known": int(unknown.sum()),
    }
    return out


def _row(
    inside: pd.DataFrame, value: pd.Series[Any], measure: str, standard: float
) -> dict[str, Any]:
    people = inside["population"].astype(float)
    known = value.notna()
    total = float(people[known].sum())
    mean = float((value[known] * people[known]).sum() / total) if total > 0 else float("nan")
    lacking = ((standard - value.fillna(0.0)) * people).sum()
    return {
        "name": str(inside["name"].iloc[int(people.to_numpy().argmax())]),
        "measure": measure,
        "standard": float(standard),
        "people": float(people.sum()),
        "people_without_value": float(people[~known].sum()),
        "value": mean,
        "shortfall": float(lacking),
        "areas": " ".join(inside.index),
        "area_count": len(inside),
        "geometry": inside.geometry.union_all(),
    }


def _table(rows: list[dict[str, Any]], measure: str, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    index = pd.Index(
        [f"{measure}-{rank}" for rank in range(1, len(rows) + 1)], name="gap", dtype=str
    )
    shapes = gpd.GeoSeries([row.pop("geometry") for row in rows], index=index, crs=areas.crs)
    frame = pd.DataFrame(rows, index=index, columns=list(COLUMNS))
    frame["rank"] = np.arange(1, len(rows) + 1)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=areas.crs)
