"""Read small areas: shapes, codes, names, and whatever is known of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.areas import columns as column_names
from slgeo.areas import grids
from slgeo.areas.deprivation import read_deprivation
from slgeo.areas.population import (
    read_cars,
    read_ethnicity,
    read_population,
    scaled_groups,
    whole_ages,
)
from slgeo.areas.registry import registry
from slgeo.areas.rurality import classed, read_rurality
from slgeo.areas.vintage import clean_codes, detect, join, nation_of
from slgeo.errors import StudyError, TableError
from slgeo.sources.read import numbers
from slgeo.sources.vector import read_vector
from slgeo.tables import AREAS, checked

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

_READERS: Final = {
    "deprivation": read_deprivation,
    "rurality": read_rurality,
    "population": read_population,
    "ethnicity": read_ethnicity,
    "cars": read_cars,
}
_TEXT: Final = {"name", "authority", "rurality", "rurality_scheme", "rurality_code"}
_FLAGS: Final = {"in_study", "urban"}
_AUTHORITY: Final = re.compile(r"[EWSN]\d{8}")
"""Codes of local authorities and other larger areas: one letter and eight digits."""


def read_areas(  # noqa: PLR0913 - one file for each thing known of an area, all optional
    path: str | os.PathLike[str],
    *,
    study: str | Sequence[str] | None = None,
    deprivation: str | os.PathLike[str] | None = None,
    rurality: str | os.PathLike[str] | None = None,
    population: str | os.PathLike[str] | None = None,
    ethnicity: str | os.PathLike[str] | None = None,
    cars: str | os.PathLike[str] | None = None,
    crs: str | None = None,
    source_crs: str | None = None,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """
    Read small areas with what is known of them.

    Columns already in the file are recognised under any of the spellings listed in
    ``boundaries/registry.toml``; a table given beside it is joined by code and wins over them.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile or a zip of one, GeoParquet. Key and name columns are found
        by pattern, in any case.
    study
        Which areas are the study's own: the name of a column that is true in them, or codes of
        areas or of local authorities (then the file, or a table joined, must say which authority
        each area is in). All where absent. The others are kept as context, ``in_study`` false.
    deprivation, rurality, population, ethnicity, cars
        Tables about the areas, as published or tidied; see the registry.
    crs
        Metric CRS of the result. EPSG:27700 where absent; EPSG:29903 where all areas are in
        Northern Ireland.
    source_crs
        CRS the file's coordinates are in, where it does not say or says it wrong.
    layer
        Layer of a GeoPackage with several.
    columns
        Our column -> the file's, where the file's name for it is not recognised.

    Returns
    -------
    gpd.GeoDataFrame
        The ``areas`` table. ``attrs["notes"]``: what was repaired or guessed, each a sentence.
        ``attrs["layers"]``: registry layers it was made of, for
        :func:`slgeo.areas.registry.attribution`. ``attrs["vintage_certain"]``: whether the codes
        alone settled the vintage.

    Raises
    ------
    SourceError
        If a file cannot be read, or is of no known layout.
    VintageError
        If a table is of another edition than the areas.
    TableError
        If codes repeat or are of no known geography, population is missing, coordinates cannot be
        where the codes say, or shapes are empty; all of it names the areas.
    StudyError
        If ``study`` names no column, code or authority there is.

    Examples
    --------
    >>> areas = read_areas("lsoa21.geojson", study="in_area")       # doctest: +SKIP
    >>> areas.population[areas.in_study].sum()                      # doctest: +SKIP
    41059.0
    """
    raw = _renamed(read_vector(path, layer=layer), columns or {})
    notes: list[str] = []
    frame, used, certain = _recognised(raw, notes)
    frame = grids.placed(frame, crs=crs, source_crs=source_crs, notes=notes)
    given = {
        "population": population,
        "deprivation": deprivation,
        "rurality": rurality,
        "ethnicity": ethnicity,
        "cars": cars,
    }
    tables = {what: _READERS[what](one) for what, one in given.items() if one is not None}
    frame["in_study"] = _study(raw, frame, study, tables, notes)
    frame.attrs["vintage_certain"] = certain
    for what, table in tables.items():
        frame = _joined(frame, table, what, notes)
        used += [name for name in table.attrs["layers"] if name not in used]
    _need_population(frame, str(path), notes)
    frame = _ordered(scaled_groups(frame, notes))
    frame.attrs = {"notes": notes, "layers": used, "vintage_certain": certain, "source": str(path)}
    made: gpd.GeoDataFrame = checked(frame, AREAS, source=str(path))
    return made


def _renamed(raw: gpd.GeoDataFrame, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Give the file's columns our names, where the study says which is which."""
    absent = [theirs for theirs in columns.values() if theirs not in raw.columns]
    if absent:
        raise TableError(
            f"areas ({raw.attrs['source']}): no column {', '.join(map(repr, absent))}; "
            f"it has {', '.join(map(str, raw.columns))}"
        )
    renamed = raw.rename(columns={theirs: ours for ours, theirs in columns.items()})
    renamed.attrs = dict(raw.attrs)
    return renamed


def _recognised(
    raw: gpd.GeoDataFrame, notes: list[str]
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
    detected = detect(frame["area"], header=key)
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


def _study(
    raw: gpd.GeoDataFrame,
    frame: gpd.GeoDataFrame,
    study: str | Sequence[str] | None,
    tables: dict[str, pd.DataFrame],
    notes: list[str],
) -> Any:  # noqa: ANN401 - a flag for each area, as an array or a Series
    """Tell which areas are the study's own."""
    import numpy as np

    source = frame.attrs["source"]
    if study is None:
        if "in_study" in frame:
            return _flags(frame["in_study"].set_axis(raw.index), "in_study", source)
        return np.ones(len(frame), dtype=bool)
    if isinstance(study, str) and study in raw.columns:
        chosen = _flags(raw[study], study, source)
    else:
        wanted = [study] if isinstance(study, str) else list(study)
        chosen = _by_code(frame, wanted, tables, raw)
    if not chosen.any():
        raise StudyError(f"{source}: no area belongs to the study ({study!r})")
    if not chosen.all():
        notes.append(
            f"{int(chosen.sum())} areas are the study's own, {int((~chosen).sum())} context"
        )
    return chosen


def _flags(values: pd.Series[Any], name: str, source: str) -> Any:  # noqa: ANN401 - a bool array
    """Read true and false in the spellings files have."""
    words = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
    words |= {"1.0": True, "0.0": False, "y": True, "n": False, "t": True, "f": False}
    text = values.astype("str").str.strip().str.lower()
    other = sorted(set(text[~text.isin(list(words))].fillna("blank")))
    if other:
        raise TableError(
            f"{source}, column {name!r}: {', '.join(map(repr, other[:3]))} is not true or false"
        )
    return text.map(words).to_numpy(dtype=bool)


def _by_code(
    frame: gpd.GeoDataFrame,
    wanted: list[str],
    tables: dict[str, pd.DataFrame],
    raw: gpd.GeoDataFrame,
) -> Any:  # noqa: ANN401 - a bool array
    """Choose areas by their own codes or those of their authorities."""
    import numpy as np

    codes = {code.strip().upper() for code in wanted}
    chosen = np.asarray(frame.index.isin(list(codes)))
    left = codes - set(frame.index[chosen])
    authority = _authority(frame, tables)
    if left and authority is not None:
        chosen |= authority.isin(list(left)).to_numpy()
        left -= set(authority.dropna())
    if left:
        shown = ", ".join(sorted(left)[:4])
        names = raw.columns.drop("geometry")
        columns = ", ".join(map(repr, names[:12])) + (", ..." if len(names) > 12 else "")
        hint = (
            "the file has no column of local authority codes, nor has a table given beside it"
            if authority is None and any(_AUTHORITY.fullmatch(code) for code in left)
            else "they are neither area codes, nor authorities, nor a column of the file"
        )
        raise StudyError(f"study: {shown} not found: {hint} (columns: {columns})")
    return chosen


def _authority(frame: gpd.GeoDataFrame, tables: dict[str, pd.DataFrame]) -> pd.Series[str] | None:
    if "authority" in frame:
        return frame["authority"].astype("str").str.strip().str.upper()
    for table in tables.values():
        if "authority" in table.attrs:
            found: pd.Series[str] = table.attrs["authority"].reindex(frame.index)
            return found
    return None


def _joined(
    frame: gpd.GeoDataFrame, table: pd.DataFrame, what: str, notes: list[str]
) -> gpd.GeoDataFrame:
    """Join one table; its columns replace those the file had."""
    matched, said = join(frame, table, what=what)
    notes += [*table.attrs["notes"], *said]
    stems: dict[str, tuple[str, ...]] = {
        "deprivation": ("deprivation_", "domain_"),
        "rurality": ("rurality", "urban"),
    }
    stems |= {"ethnicity": ("ethnic_",), "cars": ("households",)}
    families = tuple(
        f"{prefix}_"
        for prefix in ("age", "sex")
        if any(str(c).startswith(f"{prefix}_") for c in table)
    )
    gone = stems.get(what, families)
    old = [c for c in frame.columns if str(c).startswith(gone)] if gone else []
    old += [c for c in matched.columns if c in frame.columns and c not in old]
    if old:
        notes.append(f"{what}: the table given replaces {', '.join(old)} of the areas file")
    attrs = frame.attrs
    frame = frame.drop(columns=old).join(matched)
    frame.attrs = attrs
    return frame


def _need_population(frame: gpd.GeoDataFrame, source: str, notes: list[str]) -> None:
    """Refuse areas whose people are not known."""
    bands = whole_ages([str(c) for c in frame.columns])
    if "population" not in frame and bands:
        frame["population"] = frame[bands].sum(axis=1, min_count=len(bands))
        notes.append("population: no total given; it is the sum of the age bands")
    if "population" not in frame:
        names = ", ".join(map(repr, (c for c in frame.columns if c != "geometry")))
        raise TableError(
            f"{source}: no population (columns understood: {names}); give a column such as "
            'total_residents, or a table with population = "..." in study.toml'
        )
    missing = frame.index[frame["population"].isna()]
    if len(missing):
        raise TableError(
            f"{source}: {len(missing)} areas have no population: {', '.join(missing[:5])}"
        )


def _ordered(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Put columns in the order of the schema, and keep only what the schema knows."""
    known: list[str] = []
    for column in AREAS.columns:
        pattern = re.compile(column.name.replace("*", ".+"))
        known += [c for c in frame.columns if pattern.fullmatch(str(c)) and c not in known]
    extra = [c for c in ("authority",) if c in frame.columns]
    import geopandas as gpd

    kept = frame[[*(c for c in known if c != "geometry"), *extra, "geometry"]]
    return gpd.GeoDataFrame(kept, geometry="geometry")
