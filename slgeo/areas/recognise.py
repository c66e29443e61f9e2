"""Take the columns of a file of areas under the schema's names, and say where they come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.areas import columns as column_names
from slgeo.areas.registry import registry
from slgeo.areas.rurality import classed
from slgeo.areas.vintage import clean_codes, detect, nation_of
from slgeo.errors import TableError
from slgeo.sources.read import numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    import pandas as pd

_TEXT: Final = {"name", "authority", "rurality", "rurality_scheme", "rurality_code"}
_TEXT_TOO: Final = {"deprivation_index", "deprivation_group"}
_FLAGS: Final = {"in_study", "urban"}


def recognised(
    raw: gpd.GeoDataFrame,
    notes: list[str],
    *,
    known: Mapping[str, Collection[str]] | None = None,
) -> tuple[gpd.GeoDataFrame, list[str], bool]:
    """Take the columns slgeo knows under its own names, codes as the index."""
    source = raw.attrs["source"]
    names = column_names.in_areas_file([n for n in raw.columns if n != "geometry"])
    key = next((name for name, ours in names.items() if ours == "area"), None)
    if key is None:
        listed = ", ".join(map(repr, (n for n in raw.columns if n != "geometry"))) or "none"
        raise TableError(
            f"{source}: no column of area codes (columns found: {listed}); it is looked for under "
            "names such as LSOA21CD, lsoa21_code, DataZone, SOA_CODE or area"
        )
    frame = raw[[*names, "geometry"]].rename(columns=names)
    frame["area"] = _codes(frame, source, key)
    detected = detect(frame["area"], header=key, known=known)
    vintages = {d.geography: registry().geographies[d.geography] for d in detected}
    notes += [
        f"{Path(source).name}: codes taken as {vintages[d.geography].short}: {d.why}"
        for d in detected
        if not d.certain
    ]
    frame["nation"] = frame["area"].map(nation_of)
    frame["vintage"] = frame["area"].map(
        lambda code: next(n for n, g in vintages.items() if re.match(g.code, code))
    )
    frame = frame.set_index("area")
    frame["name"] = _names(frame)
    frame.attrs["source"] = source
    for name in frame.columns.difference(["geometry", "nation", "vintage", *_TEXT, *_FLAGS]):
        if name != "deprivation_index":
            frame[name] = numbers(frame, name)
    used = [
        one.name
        for one in registry().of("boundaries")
        if one.geography in vintages and set(one.nations) & set(frame["nation"])
    ]
    frame = _own_rurality(frame, used, notes)
    frame = _own_deprivation(frame, used, notes)
    certain = all(d.certain for d in detected)
    return frame, used + _own_people(frame, used), certain


def _codes(frame: gpd.GeoDataFrame, source: str, key: str) -> pd.Series[str]:
    blank = frame["area"].isna() | (frame["area"].astype("str").str.strip() == "")
    if blank.any():
        raise TableError(
            f"{source}, column {key!r}: {int(blank.sum())} areas without a code (first: feature "
            f"{frame.index[blank][0]})"
        )
    codes = clean_codes(frame["area"])
    repeated = codes[codes.duplicated(keep=False)]
    if len(repeated):
        shown = ", ".join(f"{code} ({n} times)" for code, n in repeated.value_counts()[:3].items())
        raise TableError(f"{source}, column {key!r}: {repeated.nunique()} repeated codes: {shown}")
    return codes


def _names(frame: gpd.GeoDataFrame) -> pd.Series[str]:
    codes = frame.index.to_series()
    if "name" not in frame:
        return codes
    names = frame["name"].astype("str").str.strip()
    return names.where(frame["name"].notna() & (names != ""), codes)


def _own_rurality(frame: gpd.GeoDataFrame, used: list[str], notes: list[str]) -> gpd.GeoDataFrame:
    """Put rurality codes in the file under the labels of the scheme of the areas' edition."""
    import pandas as pd

    if "rurality_code" in frame and "rurality" not in frame:
        codes = frame["rurality_code"].astype("str").str.strip()
        codes = codes.where(frame["rurality_code"].notna())
        parts = []
        for (vintage, nation), rows in frame.groupby(["vintage", "nation"]):
            mine = [
                one
                for one in registry().of("rurality")
                if one.geography == vintage
                and nation in one.nations
                and set(codes[rows.index].dropna()) <= set(one.classes)
            ]
            if mine:
                parts.append(classed(codes[rows.index], mine[0], frame.attrs["source"]))
                used += [mine[0].name] if mine[0].name not in used else []
            elif codes[rows.index].notna().any():
                other = sorted(codes[rows.index].dropna().unique())[:4]
                notes.append(f"rurality codes {', '.join(other)} are of no scheme slgeo knows")
        if parts:
            classes = pd.concat(parts).reindex(frame.index)
            frame[classes.columns] = classes
    return frame.drop(columns="rurality_code", errors="ignore")


def _own_deprivation(
    frame: gpd.GeoDataFrame, used: list[str], notes: list[str]
) -> gpd.GeoDataFrame:
    """Name the index of deprivation columns in the file, by nation and edition of the areas."""
    if "deprivation_rank" not in frame or "deprivation_index" in frame:
        return frame
    source = frame.attrs["source"]
    frame["deprivation_index"] = None
    for (vintage, nation), rows in frame.groupby(["vintage", "nation"]):
        present = rows["deprivation_rank"].notna()
        ranked = rows[present]
        if ranked.empty:
            continue
        mine = [
            one
            for one in registry().of("deprivation")
            if one.geography == vintage
            and nation in one.nations
            and (not one.rows or ranked["deprivation_rank"].max() <= one.rows)
        ]
        label = mine[0].label if mine else "index not stated"
        frame.loc[ranked.index, "deprivation_index"] = label
        notes.append(f"{Path(source).name}: its deprivation columns are read as {label}")
        used += [mine[0].name] if mine and mine[0].name not in used else []
    return frame


def _own_people(frame: gpd.GeoDataFrame, used: list[str]) -> list[str]:
    """Credit the tables that people columns in the file must come from."""
    have = {str(name).split("_")[0] for name in frame.columns}
    found = []
    for subject, column in (("population", "population"), ("ethnicity", "ethnic")):
        for one in registry().of(subject):
            if (
                column in have
                and one.geography in set(frame["vintage"])
                and one.name not in used
                and one.name != "sape"
            ):
                found.append(one.name)
                break
    return found
