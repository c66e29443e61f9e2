"""Places that several files have: merged so that each counts once, and every merge told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.errors import StudyError, TableError
from slgeo.pipeline.parts import Part

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.parts import Context


def merge_places(study: Study, sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Let each place count once, as the study asks.

    Returns
    -------
    tuple of GeoDataFrame and DataFrame
        The sites, those merged not counted any more, and the table of twins of
        :func:`slgeo.places.merge.find_twins`; empty where the study merges nothing.

    Raises
    ------
    StudyError
        If a pair the study names is not among the places.
    """
    from slgeo.places.merge import find_twins, merge_twins

    asked = study.twins
    if not asked.merge and not asked.same:
        return sites, find_twins(sites.iloc[:0])
    try:
        found = find_twins(
            sites, agree=asked.names_agree, keep_apart=asked.keep_apart, same=asked.same
        )
    except TableError as error:
        raise StudyError(f"[twins] {str(error).removeprefix('twins: ')}") from error
    if not asked.merge:
        found = found[found["rule"] == "by_hand"]
    merged = merge_twins(sites, found)
    return _named_after_venues(merged), found


def _named_after_venues(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name a place that stands for several activities after its venue; ``name_alone`` keeps it."""
    if "location" not in sites.columns or "location_id" not in sites.columns:
        return sites
    made = sites.copy()
    followers = made[made["same_as"].notna() & made["location_id"].notna()]
    shared = set(zip(followers["same_as"], followers["location_id"], strict=True))
    several = [
        (site, venue) in shared and isinstance(name, str)
        for site, venue, name in zip(made.index, made["location_id"], made["location"], strict=True)
    ]
    made["name_alone"] = made["name"]
    made.loc[several, "name"] = made.loc[several, "location"]
    return made


def twins(context: Context) -> Part | None:
    """Tell what was merged, by which rule, and what a person should look at."""
    from slgeo.report.places_tables import MERGED
    from slgeo.tables import checked

    found = context.found.places.merged
    if not context.study.twins.merge and found.empty:
        return None
    sites = context.found.places.everything
    table = found.assign(
        name=sites["name"].reindex(found["site"]).to_numpy(),
        twin_name=sites["name"].reindex(found["twin"]).to_numpy(),
        source=sites["source"].reindex(found["site"]).to_numpy(),
        twin_source=sites["source"].reindex(found["twin"]).to_numpy(),
    ).set_index(["site", "twin"])
    table = table[[column.name for column in MERGED.columns]]
    text = ["kind", "name", "twin_name", "source", "twin_source", "rule", "verdict", "why"]
    table = table.astype({**dict.fromkeys(text, "str"), "distance": float, "name_score": float})
    return Part(
        heading="The same place in two files",
        lines=tuple(_lines(context.study, found, sites)),
        tables={"merged_places": checked(table, MERGED)},
    )


def _lines(study: Study, found: pd.DataFrame, sites: gpd.GeoDataFrame) -> list[str]:
    same = found[found["verdict"] == "same"]
    rules = ", ".join(f"{rule} {count:,}" for rule, count in same["rule"].value_counts().items())
    lines = [
        (
            f"{_pairs(len(same)) if len(same) else 'None'} merged"
            f"{f' ({rules})' if rules else ''}: names agree from {study.twins.names_agree:g} of "
            "100 and points lie within their error radii; every pair is in merged_places.csv, and "
            "keep_apart in [twins] undoes one."
        )
    ]
    kinds = sites.loc[same["site"], "kind"].value_counts() if len(same) else {}
    if len(kinds):
        lines.append("By kind: " + ", ".join(f"{kind} {n:,}" for kind, n in kinds.items()) + ".")
    possible = found[found["verdict"] == "possible"]
    if len(possible):
        names = sites["name"]
        shown = "; ".join(
            f"{names[site]} and {names[twin]}"
            for site, twin in zip(possible["site"][:3], possible["twin"][:3], strict=True)
        )
        lines.append(
            f"{_pairs(len(possible))} may be one and are not merged ({shown}"
            f"{', ...' if len(possible) > 3 else ''}): same in [twins] merges one."
        )
    apart = int((found["verdict"] == "different").sum())
    if apart:
        lines.append(f"{_pairs(apart)} kept apart by the study.")
    return lines


def _pairs(count: int) -> str:
    return f"{count:,} pair{'' if count == 1 else 's'}"
