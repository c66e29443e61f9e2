"""People of small areas: totals, age bands, sex, ethnic groups, and households without a car."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slgeo.areas.layers import read_layer
from slgeo.errors import TableError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    import pandas as pd

BROAD: tuple[tuple[int, int | None], ...] = (
    (0, 15),
    (16, 24),
    (25, 34),
    (35, 49),
    (50, 64),
    (65, None),
)
"""Bands single years are summed to: those the census publishes for LSOAs as broad ages."""


def read_population(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read residents by area: total, age bands, sex.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``population`` where the file has a total, ``age_*``, ``sex_*``. ``attrs``
        as :func:`slgeo.areas.layers.read_layer`.

    Raises
    ------
    TableError
        If single years by sex do not add up to the total.
    """
    table = read_layer(path, "population", layer=layer, prefer=prefer)
    if any(str(name).startswith("single_") for name in table):
        table = _from_single_years(table)
    return table.drop(columns=["name", "authority"], errors="ignore")


def read_ethnicity(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read residents by broad ethnic group.

    Only the five groups are kept: the published table has the total, the groups and their nineteen
    parts side by side, so that adding its columns counts everyone three times.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``ethnic_*``. ``attrs`` as :func:`slgeo.areas.layers.read_layer`.

    Raises
    ------
    TableError
        If the groups do not add up to the total given beside them.
    """
    table = read_layer(path, "ethnicity", layer=layer, prefer=prefer)
    groups = [str(n) for n in table if str(n).startswith("ethnic_") and n != "ethnic_total"]
    if "ethnic_total" in table:
        off = (table[groups].sum(axis=1) - table["ethnic_total"]).abs() > 0.5
        if off.any():
            code = table.index[off][0]
            raise TableError(
                f"{table.attrs['source']}: ethnic groups do not add up to the total in "
                f"{int(off.sum())} areas (first: {code}: {table.loc[code, groups].sum():g}, total "
                f"{table.loc[code, 'ethnic_total']:g})"
            )
    made = _with_attrs(table[groups], table)
    if "ethnic_total" in table:
        made.attrs["total"] = table["ethnic_total"]
    return made


def read_cars(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read households and households without a car or van.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``households``, ``households_no_car``. ``attrs`` as
        :func:`slgeo.areas.layers.read_layer`.

    Raises
    ------
    TableError
        If an area has more households without a car than households.
    """
    table = read_layer(path, "cars", layer=layer, prefer=prefer)
    over = table["households_no_car"] > table["households"]
    if over.any():
        raise TableError(
            f"{table.attrs['source']}: more households without a car than households in "
            f"{int(over.sum())} areas (first: {table.index[over][0]})"
        )
    return _with_attrs(table[["households", "households_no_car"]], table)


def read_census(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read one more census table: health, disability, unpaid care, English, or people living alone.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``bad_health``, ``disabled``, ``unpaid_carers``, ``little_english`` or
        ``households_alone_66_plus``. ``attrs`` as :func:`slgeo.areas.layers.read_layer`.
    """
    table = read_layer(path, "census", layer=layer, prefer=prefer)
    return _with_attrs(table.drop(columns=["name", "authority"], errors="ignore"), table)


def scaled_groups(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """
    Scale age bands, sexes and ethnic groups so that each adds up to the population.

    The published total stands: census tables are perturbed one by one, so that their parts differ
    from it by a few people. Overlapping bands (75 and over inside 65 and over) are scaled with the
    band they lie in and do not count towards the sum.

    Parameters
    ----------
    frame
        With ``population`` and the groups.
    notes
        What was scaled is added here.

    Returns
    -------
    pd.DataFrame
        A copy; a set of bands that does not cover everyone (only 65 and over, say) stays as it is.
    """
    made = frame.copy()
    for prefix in ("age", "sex", "ethnic"):
        names = [str(n) for n in frame if str(n).startswith(f"{prefix}_")]
        whole = whole_ages(names) if prefix == "age" else names if len(names) > 1 else []
        if not whole:
            continue
        total = frame[whole].sum(axis=1, min_count=len(whole))
        factor = (frame["population"] / total).where(total > 0)
        off = total - frame["population"]
        if (off.abs() > 0.5).any():
            made[names] = frame[names].mul(factor.fillna(1.0), axis=0)
            areas = int((off.abs() > 0.5).sum())
            notes.append(
                f"{prefix} groups differ from the population in {areas} of {len(frame)} areas by "
                f"{off.min():+g} to {off.max():+g} people ({off.sum():+g} in all): the population "
                "stands, the groups are scaled"
            )
    return made


def households_only(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """
    Take residents of communal establishments out of the population.

    Prisons, barracks and schools have care of their own, and their people seldom may go elsewhere.
    Groups of people are scaled down with the population: who lives in a communal establishment is
    not known by group.

    Parameters
    ----------
    frame
        With ``population`` and ``communal_residents``.
    notes
        What was done is added here.

    Returns
    -------
    pd.DataFrame
        A copy; ``communal_residents`` are as published, the population is without them.

    Raises
    ------
    TableError
        If no table counts them.
    """
    if "communal_residents" not in frame:
        raise TableError(
            'areas.communal = "apart": no table counts residents of communal establishments; give '
            "census table TS001 with areas.census"
        )
    made = frame.copy()
    unknown = int(frame["communal_residents"].isna().sum())
    people = frame[["communal_residents", "population"]].min(axis=1).fillna(0.0)
    made["population"] = frame["population"] - people
    share = (made["population"] / frame["population"]).where(frame["population"] > 0, 1.0)
    groups = [c for c in frame.columns if str(c).startswith(("age_", "sex_", "ethnic_"))]
    made[groups] = frame[groups].mul(share, axis=0)
    notes.append(
        f"population: {people.sum():,.0f} residents of communal establishments are apart, the "
        "others are in households; groups of people are scaled down alike"
        + (f"; for {unknown} areas their number is not known" if unknown else "")
    )
    return made


def whole_ages(names: list[str]) -> list[str]:
    """
    Choose the age bands that together cover every age once; none if they cannot.

    Examples
    --------
    >>> whole_ages(["age_0_15", "age_16_64", "age_65_plus", "age_75_plus"])
    ['age_0_15', 'age_16_64', 'age_65_plus']
    >>> whole_ages(["age_65_plus"])
    []
    """
    bands = {}
    for name in names:
        hit = re.fullmatch(r"age_(\d+)_(\d+|plus)", name)
        if hit:
            bands[int(hit[1]), None if hit[2] == "plus" else int(hit[2])] = name
    return _cover(bands, 0) or []


def _cover(bands: dict[tuple[int, int | None], str], start: int) -> list[str] | None:
    """Cover every age from a start, by narrow bands rather than wide ones."""
    here = [band for band in bands if band[0] == start]
    for low, high in sorted(here, key=lambda band: 999 if band[1] is None else band[1]):
        rest = [] if high is None else _cover(bands, high + 1)
        if rest is not None:
            return [bands[low, high], *rest]
    return None


def _from_single_years(table: pd.DataFrame) -> pd.DataFrame:
    """Sum single years by sex to broad bands, checking them against the total."""
    import pandas as pd

    years = {n: re.fullmatch(r"single_(female|male|all)_(\d+)", str(n)) for n in table}
    parts = {str(n): (hit[1], int(hit[2])) for n, hit in years.items() if hit}
    off = (table[list(parts)].sum(axis=1) - table["population"]).abs() > 0.5
    if off.any():
        code = table.index[off][0]
        raise TableError(
            f"{table.attrs['source']}: single years do not add up to the total in {int(off.sum())} "
            f"areas (first: {code})"
        )
    made = {"population": table["population"]}
    for low, high in BROAD:
        band = [n for n, (_, age) in parts.items() if low <= age <= (high or 999)]
        made[f"age_{low}_{high}" if high else f"age_{low}_plus"] = table[band].sum(axis=1)
    for sex in sorted({s for s, _ in parts.values()} - {"all"}):
        made[f"sex_{sex}"] = table[[n for n, (s, _) in parts.items() if s == sex]].sum(axis=1)
    return _with_attrs(pd.DataFrame(made), table)


def _with_attrs(made: pd.DataFrame, source: pd.DataFrame) -> pd.DataFrame:
    made = made.copy()
    made.attrs = source.attrs
    return made
