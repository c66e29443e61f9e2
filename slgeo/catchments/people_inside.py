"""
Who is inside a catchment: people by age, deprivation, rurality, ethnic group and car ownership.

People are summed over travel times of the points they start from, never over a drawing. What is
known of a whole area only is spread evenly over its people: every point of an area is taken to have
the area's own mix, so that a catchment which takes in half of an area takes in half of each group.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.access.pairs import all_pairs, counted
from slgeo.areas.population import whole_ages
from slgeo.errors import AccessError, TableError
from slgeo.report.catchment_tables import ALL_SITES, BEYOND, PEOPLE_INSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from slgeo.routing.times import TravelTimes

EVERYONE: Final = "everyone"
NOT_KNOWN: Final = "not known"
OTHERS: Final = "in none of these"

EVENLY: Final = (
    "What is known of a whole area only is taken to be spread evenly over its people, so groups "
    "inside a catchment are an estimate."
)
"""The assumption, for captions."""

GROUPINGS: Final = ("age", "deprivation_decile", "rurality", "ethnic_group", "no_car")
"""Groupings made where the areas have the columns they need."""

_NEEDS: Final = {
    "age": "age_*",
    "ethnic_group": "ethnic_*",
    "no_car": "households and households_no_car",
}
"""Columns of groupings that are counts; any other grouping is a column of the areas itself."""


def people_inside(
    times: TravelTimes,
    areas: pd.DataFrame,
    *,
    minutes: Iterable[float] = (10, 15, 20, 30),
    by: Sequence[str] | None = None,
) -> pd.DataFrame:
    """
    Count who is inside the catchments of sites.

    Parameters
    ----------
    times
        Minutes from origins to sites, all within the limit (``nearest=None``).
    areas
        The ``areas`` table, whose columns give the groups.
    minutes
        Thresholds, inclusive.
    by
        Groupings: ``age``, ``deprivation_decile``, ``rurality``, ``ethnic_group``, ``no_car``, or
        a column of the areas such as ``urban``. Absent: of the first five those there is data for.
        Ages that overlap the bands which make up everybody (75 and over beside 65 and over) are a
        grouping of their own, ``age_also``.

    Returns
    -------
    pd.DataFrame
        :data:`PEOPLE_INSIDE`: for every site, for all sites together (each person once), and for
        those beyond. The grouping ``everyone`` comes first; groups of areas where a column is
        missing are ``not known``.

    Raises
    ------
    AccessError
        If only the nearest sites were kept, a threshold lies beyond the limit, or a grouping needs
        columns that the areas lack.
    TableError
        If an area of the times is not in the table of areas, or a site is called like one of the
        two rows added.

    Examples
    --------
    >>> import pandas as pd
    >>> from slgeo.catchments.people_inside import people_inside
    >>> from slgeo.routing.times import TravelTimes
    >>> homes = pd.DataFrame(
    ...     {"area": ["A", "B"], "people": [30.0, 70.0]}, index=pd.Index(["h1", "h2"])
    ... )
    >>> table = pd.DataFrame({"origin": ["h1"], "site": ["gp"], "minutes": [4.5]})
    >>> times = TravelTimes.from_frame(table, homes, ["gp"], limit=60, mode="walk")
    >>> areas = pd.DataFrame({"rurality": ["town", "country"]}, index=pd.Index(["A", "B"]))
    >>> inside = people_inside(times, areas, minutes=[10])
    >>> float(inside.loc[("beyond", 10.0, "rurality", "country"), "people"])
    70.0
    """
    all_pairs(times, "people inside a catchment")
    unknown = times.areas.difference(areas.index)
    if len(unknown):
        raise TableError(
            f"{len(unknown)} areas of the travel times are not in the table of areas "
            f"(first: {unknown[0]!r})"
        )
    taken = times.sites.intersection([ALL_SITES, BEYOND])
    if len(taken):
        raise TableError(f"a site is called {taken[0]!r}, which names a row of the result")
    thresholds = sorted({float(one) for one in minutes})
    limits = [counted(times, one) for one in thresholds]
    shares = group_shares(areas.reindex(times.areas), by)
    parts = []
    for threshold, limit in zip(thresholds, limits, strict=True):
        reached = _people_by_area(times, limit)
        keys = [*map(str, times.sites), ALL_SITES, BEYOND]
        parts.append(pd.concat({(threshold,): _in_groups(reached, keys, shares)}))
    names = ["minutes", "site", "by", "group"]
    if not parts:
        return _empty()
    frame = pd.concat(parts)
    frame.index.names = names
    frame = frame.reorder_levels([1, 0, 2, 3])
    place = {key: at for at, key in enumerate([*map(str, times.sites), ALL_SITES, BEYOND])}
    order = np.argsort(
        frame.index.get_level_values("site").map(place).to_numpy(), kind="stable"
    )  # thresholds and groups stay in their order within a site
    made = frame.iloc[order]
    made.attrs = {"mode": times.mode, "direction": times.direction, "assumption": EVENLY}
    return made


def group_shares(
    areas: pd.DataFrame, by: Sequence[str] | None = None
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """
    Tell what part of each area's people is of each group.

    Parameters
    ----------
    areas
        The ``areas`` table.
    by
        As in :func:`people_inside`.

    Returns
    -------
    dict
        By grouping and group: one share an area. Within a grouping the shares of an area add up to
        1, but for ``age_also``, whose groups overlap.

    Raises
    ------
    AccessError
        For a grouping the areas lack the columns of.
    """
    found: dict[str, dict[str, NDArray[np.float64]]] = {EVERYONE: {EVERYONE: np.ones(len(areas))}}
    for name in GROUPINGS if by is None else by:
        key = str(name).replace(" ", "_")
        made = _grouping(areas, key)
        if made is None:
            if by is None:
                continue
            needs = _NEEDS.get(key, repr(key))
            raise AccessError(
                f"to count people inside by {name!r} the areas need the column {needs}; they have "
                f"{', '.join(map(str, areas.columns)) or 'none'}"
            )
        found |= made
    return found


def _grouping(areas: pd.DataFrame, key: str) -> dict[str, dict[str, NDArray[np.float64]]] | None:
    """Make one grouping; None where the areas have no data for it."""
    if key == "age":
        columns = _known(areas, "age_")
        whole = whole_ages(columns) or _apart(columns)
        bands = _parts_of(areas, {name: name for name in whole}, base="population")
        more = {
            name: _parts_of(areas, {name: name}, base="population")[name]
            for name in columns
            if name not in whole
        }
        return {key: bands, **({"age_also": more} if more else {})} if whole else None
    if key == "ethnic_group":
        columns = [name for name in _known(areas, "ethnic_") if name != "ethnic_total"]
        names = {name: name.removeprefix("ethnic_") for name in columns}
        return {key: _parts_of(areas, names, base="population")} if columns else None
    if key == "no_car":
        if not {"households", "households_no_car"} <= set(map(str, areas.columns)):
            return None
        cars = _parts_of(areas, {"households_no_car": "no_car"}, base="households")
        return {key: {"car" if n == OTHERS else n: share for n, share in cars.items()}}
    if key not in areas.columns or not areas[key].notna().any():
        return None
    return {key: _classes(areas[key])}


def _apart(columns: Sequence[str]) -> list[str]:
    """Choose age bands that do not overlap, the youngest first."""
    chosen: list[str] = []
    above = -1.0
    bands = [(re.fullmatch(r"age_(\d+)_(\d+|plus)", name), name) for name in columns]
    for low, high, name in sorted(
        (int(hit[1]), float("inf") if hit[2] == "plus" else float(hit[2]), name)
        for hit, name in bands
        if hit
    ):
        if low > above:
            chosen.append(name)
            above = high
    return chosen


def _known(areas: pd.DataFrame, start: str) -> list[str]:
    """List the columns of a family that have any value."""
    return [str(c) for c in areas.columns if str(c).startswith(start) and areas[c].notna().any()]


def _parts_of(
    areas: pd.DataFrame, columns: Mapping[str, str], *, base: str
) -> dict[str, NDArray[np.float64]]:
    """Divide counts by their base; what is left over, and areas not published, keep a group."""
    counts = np.array([areas[name].to_numpy(dtype=float) for name in columns]).reshape(
        len(columns), len(areas)
    )
    given = areas[base].to_numpy(dtype=float) if base in areas else counts.sum(axis=0)
    # Groups rounded apart from their total may add up to a little more than it.
    total = np.fmax(given, counts.sum(axis=0))
    known = np.isfinite(counts).all(axis=0) & (total > 0)
    parts = np.divide(counts, total, out=np.zeros_like(counts), where=known)
    made = dict(zip(columns.values(), parts, strict=True))
    left = np.where(known, 1.0 - parts.sum(axis=0), 0.0).clip(0.0)
    if (left > 1e-9).any():
        made[OTHERS] = left
    if not known.all():
        made[NOT_KNOWN] = (~known).astype(float)
    return made


def _classes(values: pd.Series[Any]) -> dict[str, NDArray[np.float64]]:
    """Put each area whole into its class; numbers in their order, text in the alphabet's."""
    known = values.dropna()
    made = {
        f"{value:g}" if isinstance(value, float) else str(value): (values == value)
        .fillna(value=False)
        .to_numpy(dtype=float)
        for value in sorted(known.unique())
    }
    if values.isna().any():
        made[NOT_KNOWN] = values.isna().to_numpy(dtype=float)
    return made


def _people_by_area(times: TravelTimes, limit: int) -> NDArray[np.float64]:
    """
    Count people inside by area: a row a site, then all sites together, then those beyond.

    Raises
    ------
    AccessError
        If those inside and beyond are not everybody.
    """
    from scipy.sparse import coo_array

    from slgeo.access.lift import area_positions, total_by_area

    near = times.milliseconds <= limit
    origin = times.row_origin[near]
    shape = (len(times.sites), len(times.areas))
    where = (times.site[near], area_positions(times)[origin])
    by_site = coo_array((times.people[origin], where), shape=shape).toarray()
    inside = np.zeros(len(times.origins), bool)
    inside[origin] = True
    union = total_by_area(times, times.people * inside)
    beyond = total_by_area(times, times.people * ~inside)
    return np.vstack([by_site, union, beyond])


def _in_groups(
    reached: NDArray[np.float64],
    keys: Sequence[str],
    shares: Mapping[str, Mapping[str, NDArray[np.float64]]],
) -> pd.DataFrame:
    """Share the people inside each catchment among the groups of their areas."""
    groups = [(by, group) for by, members in shares.items() for group in members]
    matrix = np.column_stack([share for members in shares.values() for share in members.values()])
    people = reached @ matrix
    of_group = people[-2] + people[-1]
    everyone = reached.sum(axis=1)[:, None]
    return pd.DataFrame(
        {
            "people": people.ravel(),
            "people_of_group": np.tile(of_group, len(keys)),
            "share_of_group": _share(people, np.broadcast_to(of_group, people.shape)),
            "share_inside": _share(people, np.broadcast_to(everyone, people.shape)),
        },
        index=pd.MultiIndex.from_tuples([(key, *group) for key in keys for group in groups]),
    )


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide, missing where the whole is nobody."""
    out = np.full(part.shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    # Sums of the same numbers in another order may differ in the last digit.
    ratio: NDArray[np.float64] = np.minimum(out, 1.0).ravel()
    return ratio


def _empty() -> pd.DataFrame:
    from slgeo.tables import empty

    return empty(PEOPLE_INSIDE)
