"""
Gaps: stretches of neighbouring areas whose people are out of reach, as objects with a name.

In the literature a gap is an asset desert. Here it has a threshold, a way of travelling, a floor of
people and an outline, so that it can be counted, ranked, watched and argued with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo import reasons
from slgeo.access.lift import area_positions, total_by_area
from slgeo.access.nearest_site import kth
from slgeo.access.pairs import counted
from slgeo.errors import AccessError
from slgeo.gaps.borders import contiguous
from slgeo.tables import AREAS, GAPS, checked, empty

if TYPE_CHECKING:
    import geopandas as gpd

    from slgeo.routing.times import TravelTimes


def find_gaps(
    times: TravelTimes,
    areas: gpd.GeoDataFrame,
    *,
    beyond: float = 20.0,
    people: float = 100.0,
    sites: pd.DataFrame | None = None,
    kind: str = "",
    share: float = 0.5,
    needing: pd.Series[Any] | None = None,
) -> gpd.GeoDataFrame:
    """
    Find the stretches of the study whose people are further than a threshold from any site.

    An area belongs to a gap where more than `share` of its people are further than `beyond`:
    people with a longer time and people without a time, who are also counted apart. Areas that
    share a stretch of border (a corner is not enough) are merged. A merged stretch is a gap where
    at least `people` people in it are further. Areas around the study take no part.

    Parameters
    ----------
    times
        Minutes from origins to the sites of one kind.
    areas
        The areas table; deprivation is used where it was joined.
    beyond
        Threshold in minutes: a trip of exactly as long is within reach.
    people
        Fewest people further than the threshold that make a gap.
    sites
        The sites table, for names and kind; ids stand in for them otherwise.
    kind
        What cannot be reached, in words; from `sites` where they are of one kind.
    share
        Share of an area's people that must be further, from 0 to below 1; 0.5 means most of them.
    needing
        Which areas may belong, by area, for example :func:`slgeo.equity.most_deprived`.

    Returns
    -------
    gpd.GeoDataFrame
        The gaps table, most people first; with its columns and no rows where there is no gap.

    Raises
    ------
    AccessError
        If `beyond` lies past the limit searched, another option is out of range, or `needing` says
        nothing of an area that is out of reach.
    TableError
        If the areas table is at fault.
    """
    checked(areas, AREAS)
    counted(times, beyond)
    if not 0 <= share < 1 or people < 0:
        raise AccessError(f"share is from 0 up to 1 and people 0 or more, found {share}, {people}")
    table = _area_table(times, areas, beyond)
    out_of_reach = table.index[table["further"] > share * table["everyone"]]
    if needing is not None:
        out_of_reach = out_of_reach[allowed_areas(needing, out_of_reach)]
    stretches = contiguous(areas.loc[out_of_reach].geometry)
    labels = _words(times, sites, kind)
    rows = []
    for _, members in stretches.groupby(stretches):
        inside = table.loc[members.index]
        if inside["further"].sum() >= people:
            rows.append(_gap(times, areas, inside, sites, beyond, labels))
    if not rows:
        return empty(GAPS, crs=str(areas.crs))  # type: ignore[return-value]  # it has geometry
    return _ranked(rows, labels, areas)


def _area_table(times: TravelTimes, areas: gpd.GeoDataFrame, beyond: float) -> pd.DataFrame:
    """Count each study area's people, those further, those without a time, and their minutes."""
    minutes = kth(times, 1)
    absent = np.isnan(minutes)
    further = absent | (np.nan_to_num(minutes) > beyond)
    table = pd.DataFrame(
        {
            "everyone": total_by_area(times, times.people),
            "further": total_by_area(times, np.where(further, times.people, 0.0)),
            "without": total_by_area(times, np.where(absent, times.people, 0.0)),
            "minutes": total_by_area(times, np.nan_to_num(minutes) * times.people),
        },
        index=times.areas.rename("area"),
    )
    study = areas.index[areas["in_study"].astype(bool)]
    lost = study.difference(table.index)
    if len(lost):
        raise AccessError(
            f"{len(lost)} areas of the study are not among the travel times (first: {lost[0]!r}); "
            "compute the times with the same areas table"
        )
    return table.loc[table.index.intersection(study)]


def _words(times: TravelTimes, sites: pd.DataFrame | None, kind: str) -> tuple[str, str]:
    """Say what cannot be reached, and how people travel."""
    if not kind and sites is not None:
        kinds = sorted(set(sites["kind"].reindex(times.sites).dropna()))
        kind = kinds[0] if len(kinds) == 1 else f"any of {len(kinds)} kinds of place"
    return kind or "any place", times.mode


def _gap(
    times: TravelTimes,
    areas: gpd.GeoDataFrame,
    inside: pd.DataFrame,
    sites: pd.DataFrame | None,
    beyond: float,
    labels: tuple[str, str],
) -> dict[str, Any]:
    members = areas.loc[inside.index]
    timed = inside["everyone"].sum() - inside["without"].sum()
    biggest = inside.sort_values("everyone", ascending=False, kind="stable").index[0]
    return {
        "name": str(members.loc[biggest, "name"]),
        "kind": labels[0],
        "mode": labels[1],
        "beyond": float(beyond),
        "people": float(inside["further"].sum()),
        "people_total": float(inside["everyone"].sum()),
        "people_without_time": float(inside["without"].sum()),
        "areas": " ".join(inside.index),
        "area_count": len(inside),
        "minutes": float(inside["minutes"].sum() / timed) if timed > 0 else float("nan"),
        "nearest": _nearest_name(times, inside.index, sites),
        "why": _why(times, inside),
        "deprivation_decile": _mean_decile(members, inside["everyone"]),
        "geometry": members.geometry.union_all(),
    }


def _nearest_name(
    times: TravelTimes, members: pd.Index[Any], sites: pd.DataFrame | None
) -> str | None:
    """Name the site nearest to most of the people of some areas."""
    inside = times.areas.isin(members)[area_positions(times)]
    has = inside & (np.diff(times.start) > 0)
    if not has.any():
        return None
    first = times.site[times.start[:-1][has]]
    votes = np.bincount(first, weights=times.people[has], minlength=len(times.sites))
    site = times.sites[int(votes.argmax())] if votes.any() else times.sites[int(first[0])]
    if sites is not None and site in sites.index:
        return str(sites.loc[site, "name"])
    return str(site)


def _why(times: TravelTimes, inside: pd.DataFrame) -> str:
    """Say of the people further what part has a long journey, and why the others have none."""
    further, without = float(inside["further"].sum()), float(inside["without"].sum())
    parts = []
    if further - without > 0:
        parts.append(f"{further - without:,.0f} people have a longer journey")
    here = times.areas.isin(inside.index)[area_positions(times)] & (np.diff(times.start) == 0)
    given = pd.Series(
        [reasons.BEYOND_LIMIT if word is None else str(word) for word in times.reason[here]],
        dtype=object,
    )
    people = pd.Series(times.people[here]).groupby(given).sum().sort_values(ascending=False)
    for reason, count in people[people > 0].items():
        words = reasons.SENTENCES.get(str(reason), str(reason))
        parts.append(f"{count:,.0f} have none: {words}")
    return "; ".join(parts)


def allowed_areas(
    needing: pd.Series[Any], areas: pd.Index[Any]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """
    Tell which areas may belong to a gap.

    Raises
    ------
    AccessError
        If `needing` says nothing of one of them.
    """
    lost = areas.difference(needing.index)
    if len(lost):
        raise AccessError(f"needing: nothing for {len(lost)} areas (first: {lost[0]!r})")
    return np.asarray(needing.reindex(areas).fillna(False).astype(bool))  # noqa: FBT003 - not a flag but a value


def _mean_decile(members: gpd.GeoDataFrame, people: pd.Series[Any]) -> float:
    if "deprivation_decile" not in members:
        return float("nan")
    decile = members["deprivation_decile"].astype(float)
    weight = people.where(decile.notna(), 0.0)
    total = float(weight.sum())
    return float((decile.fillna(0.0) * weight).sum() / total) if total > 0 else float("nan")


def _ranked(
    rows: list[dict[str, Any]], labels: tuple[str, str], areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    rows.sort(key=lambda row: (-row["people"], row["areas"]))
    names = "-".join("_".join(label.split()) for label in labels)
    index = pd.Index([f"{names}-{rank}" for rank in range(1, len(rows) + 1)], name="gap", dtype=str)
    frame = pd.DataFrame(rows, index=index)
    frame.insert(0, "rank", np.arange(1, len(rows) + 1))
    shapes = shapely.make_valid(frame.pop("geometry").to_numpy())
    return checked(gpd.GeoDataFrame(frame, geometry=shapes, crs=areas.crs), GAPS)
