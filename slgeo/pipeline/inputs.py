"""
First stages of a study: areas, places and where people start.

Each is one call on what the study asks for, and returns a checked table with the notes it made on
the way in ``attrs["notes"]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slgeo.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """
    What people go to, placed or not.

    Parameters
    ----------
    sites
        Everything that counts, by ``site``.
    left_out
        Sites that were read and do not count by default, with ``why_not``.
    unmatched
        Sites that could not be placed, with the reason and the nearest candidates.
    layouts
        As what each file was read, by its name in the study.
    everything
        Every place of every file, counting or not.
    merged
        Pairs of places that are one, or may be.
    sessions
        What feeds of OpenActive say is held where.
    hours
        What was asked of opening hours, in sentences with the share that is not known; empty where
        nothing was.
    """

    sites: gpd.GeoDataFrame
    left_out: gpd.GeoDataFrame
    unmatched: pd.DataFrame
    layouts: dict[str, str]
    everything: gpd.GeoDataFrame
    merged: pd.DataFrame
    sessions: tuple[Mapping[str, Any], ...] = ()
    hours: tuple[str, ...] = ()


def read_areas(study: Study) -> gpd.GeoDataFrame:
    """Read the study's areas, with deprivation, rurality and people joined by code."""
    from slgeo import areas

    asked = study.areas
    frame = areas.read_areas(
        asked.file,
        layer=asked.layer,
        source_crs=asked.source_crs,
        study=list(asked.study) if isinstance(asked.study, tuple) else asked.study,
        columns=dict(asked.columns),
        deprivation=asked.deprivation,
        rurality=asked.rurality,
        population=asked.population,
        ethnicity=asked.ethnicity,
        cars=asked.cars,
        census=asked.census,
        communal=asked.communal,
        lookup=asked.lookup,
        older_population=asked.older_population,
        across_nations=asked.across_nations,
    )
    if not frame["in_study"].any():
        raise StudyError(
            f"areas.study = {asked.study!r} leaves no area in the study; "
            f"{study.shown(asked.file)} has {len(frame):,}"
        )
    return frame


def read_places(
    study: Study, crs: str, *, cache: Path, areas: gpd.GeoDataFrame | None = None
) -> Places:
    """
    Read every file of places, place them on the map, and keep what does not count apart.

    Parameters
    ----------
    study
        What is asked for.
    crs
        Metric CRS of the points.
    cache
        Folder where indexes and answers are kept.
    areas
        The study's areas, to tell which places lie among them and which lie far away.
    """
    import pandas as pd

    from slgeo.pipeline import place_files as files
    from slgeo.pipeline.hours import open_then
    from slgeo.pipeline.positions import far_away, kept_inside, placed
    from slgeo.pipeline.twins import merge_places
    from slgeo.places import geocode as geocoding
    from slgeo.sources.cache import Cache

    if not study.places:
        raise StudyError(
            f"{study.path.name}: no [[places]]; add at least one file of places people go to "
            "(`slgeo new FOLDER --template` makes one to fill in)"
        )
    lines = files.own_lines(study)
    read = [
        files.read_place_file(study, asked, f"places[{at}]", crosswalk=lines, cache=Cache(cache))
        for at, asked in enumerate(study.places)
    ]
    layouts = {
        study.shown(asked.file): one.layout for asked, one in zip(study.places, read, strict=True)
    }
    frames = [one.places for one in read]
    everything = pd.concat([frame.assign(section=at) for at, frame in enumerate(frames)])
    everything.attrs["notes"] = [*notes_of(*frames), *files.unused_lines(lines, everything)]
    files.refuse_repeated(everything)
    sites, index = placed(study, everything, crs=crs, cache=cache)
    if areas is not None:
        sites = far_away(kept_inside(study, sites, areas, index), areas)
    sites, merged = merge_places(study, sites)
    sites, hours = open_then(sites)
    notes = [*notes_of(everything, sites), *hours]
    sites = sites.drop(columns=["section", "asked_open", "unknown_hours"])
    counts = sites["counts"].fillna(value=True).astype(bool)
    kept = sites[counts]
    kept.attrs["notes"] = notes
    return Places(
        sites=kept,
        left_out=sites[~counts],
        unmatched=geocoding.unmatched(sites),
        layouts=layouts,
        everything=sites,
        merged=merged,
        sessions=tuple(session for one in read for session in one.sessions),
        hours=tuple(hours),
    )


def read_origins(study: Study, areas: gpd.GeoDataFrame) -> list[gpd.GeoDataFrame]:
    """Make where people start: the best choice there is data for, then the next best."""
    from slgeo.areas.origins import origins, origins_choices

    given = {
        "headcounts": study.origins.headcounts,
        "output_areas": study.origins.output_areas,
        "postcodes": study.origins.postcodes,
        "raster": study.origins.raster,
    }
    centroids = study.origins.centroids
    return [
        origins(areas, **given, centroids=centroids, kind=kind)
        for kind in origins_choices(**given)[:2]
    ]


def notes_of(*frames: pd.DataFrame) -> list[str]:
    """Gather what was repaired, guessed or left out, each note once."""
    notes: dict[str, Any] = {}
    for frame in frames:
        notes.update(dict.fromkeys(frame.attrs.get("notes", ())))
    return list(notes)
