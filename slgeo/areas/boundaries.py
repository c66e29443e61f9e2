"""Read small areas: shapes, codes, names, and whatever is known of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slgeo.areas import grids
from slgeo.areas.crosswalk import read_lookup
from slgeo.areas.joining import joined, read_tables, within_nations
from slgeo.areas.population import households_only, read_population, scaled_groups, whole_ages
from slgeo.areas.recognise import recognised
from slgeo.areas.registry import registry
from slgeo.areas.study_areas import study_areas
from slgeo.errors import TableError
from slgeo.sources.vector import read_vector
from slgeo.tables import AREAS, checked

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.areas.joining import Given


def read_areas(  # noqa: PLR0913 - one file for each thing known of an area, all optional
    path: str | os.PathLike[str],
    *,
    study: str | Sequence[str] | None = None,
    deprivation: Given | None = None,
    rurality: Given | None = None,
    population: Given | None = None,
    ethnicity: Given | None = None,
    cars: Given | None = None,
    census: Given | None = None,
    lookup: str | os.PathLike[str] | None = None,
    older_population: str | os.PathLike[str] | None = None,
    across_nations: bool = False,
    communal: str = "with",
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
    deprivation, rurality, population, ethnicity, cars, census
        Tables about the areas, as published or tidied; see the registry. A list gives one a nation
        (or, for ``census``, one a subject: health, disability, care, English, living alone).
    lookup
        Lookup between two editions of small areas. Tables on its older edition are carried: ranks,
        deciles and classes as they are (marked carried), counts split and added up.
    older_population
        Population on the older edition, to tell the larger parent of areas that merged.
    across_nations
        Whether a study in two nations may use deciles, each within its own nation. Otherwise it is
        refused: ranks of two nations are never pooled.
    communal
        ``with``: residents of communal establishments count among the population, as published;
        ``apart``: the population is that of households, and ``communal_residents`` has the others.
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
    between = None if lookup is None else read_lookup(lookup)
    frame, used, certain = recognised(
        raw, notes, known=None if between is None else _known(between)
    )
    frame = grids.placed(frame, crs=crs, source_crs=source_crs, notes=notes)
    tables = read_tables(
        {
            "population": population,
            "deprivation": deprivation,
            "rurality": rurality,
            "ethnicity": ethnicity,
            "cars": cars,
            "census": census,
        },
        prefer=set(frame["vintage"]),
    )
    every = [table for listed in tables.values() for table in listed]
    frame["in_study"] = study_areas(raw, frame, study, every, notes)
    frame.attrs["vintage_certain"] = certain
    older = None if older_population is None else read_population(older_population)["population"]
    for subject, listed in tables.items():
        frame = joined(frame, listed, subject, notes, lookup=between, older_people=older)
        used = [name for name in used if registry().layers[name].subject != subject]
        used += [n for t in listed for n in t.attrs["layers"] if n not in used]
    used += [] if between is None else between.attrs["layers"]
    frame = within_nations(frame, notes, across_nations=across_nations)
    _need_population(frame, str(path), every, notes)
    whole = scaled_groups(frame, notes)
    if communal == "apart":
        whole = households_only(whole, notes)
    frame = _ordered(whole)
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


def _known(lookup: pd.DataFrame) -> dict[str, set[str]]:
    """List the codes of both editions of a lookup, so that membership tells them apart."""
    older, newer = str(lookup.attrs["older"]), str(lookup.attrs["newer"])
    return {older: set(lookup["from_area"]), newer: set(lookup["to_area"])}


def _need_population(
    frame: gpd.GeoDataFrame, source: str, tables: Sequence[pd.DataFrame], notes: list[str]
) -> None:
    """Refuse areas whose people are not known."""
    totals = [table.attrs["total"] for table in tables if "total" in table.attrs]
    if "population" not in frame and totals:
        frame["population"] = totals[0].reindex(frame.index)
        notes.append("population: the total given beside the ethnic groups")
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
