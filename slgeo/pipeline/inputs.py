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
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.config.sections import PlacesSection


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
    """

    sites: gpd.GeoDataFrame
    left_out: gpd.GeoDataFrame
    unmatched: pd.DataFrame
    layouts: dict[str, str]


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


def read_places(study: Study, crs: str, *, cache: Path) -> Places:
    """Read every file of places, place them on the map, and keep what does not count apart."""
    import pandas as pd

    from slgeo.places import geocode as geocoding
    from slgeo.places.postcodes import read_postcodes
    from slgeo.places.read import read_places as read_file

    if not study.places:
        raise StudyError(
            f"{study.path.name}: no [[places]]; add at least one file of places people go to "
            "(`slgeo new FOLDER --template` makes one to fill in)"
        )
    frames: list[pd.DataFrame] = []
    layouts = {}
    for asked in study.places:
        columns = dict(asked.columns)
        if asked.capacity:
            columns["capacity"] = asked.capacity
        frame = read_file(
            asked.file,
            layout=asked.layout,
            sheet=asked.sheet,
            kind=asked.kind,
            columns=columns,
            include=asked.include,
        )
        # Places taken from OpenStreetMap by somebody else are OpenStreetMap's all the same.
        mapped = frame.index.astype(str).str.fullmatch(r"(node|way|relation)/\d+")
        osm = len(frame) > 0 and bool(mapped.all())
        layouts[study.shown(asked.file)] = "osm" if osm else frame.attrs["layout"]
        frames.append(_chosen(frame, asked, f"places[{len(frames)}]"))
    everything = pd.concat(frames)
    everything.attrs["notes"] = notes_of(*frames)
    _refuse_repeated(everything)
    index = None
    if study.postcodes.file is not None:
        index = read_postcodes(study.postcodes.file, cache=cache)
    sites = geocoding.geocode(everything, postcodes=index, crs=crs)
    counts = sites["counts"].fillna(value=True).astype(bool)
    kept = sites[counts]
    kept.attrs["notes"] = notes_of(everything, sites)
    return Places(
        sites=kept,
        left_out=sites[~counts],
        unmatched=geocoding.unmatched(sites),
        layouts=layouts,
    )


def _chosen(frame: pd.DataFrame, asked: PlacesSection, key: str) -> pd.DataFrame:
    """Count only the kinds a study asks for; the others keep their row, and say why."""
    from slgeo.places.taxonomy import KINDS, nearest_kind

    for kind in (*asked.only, *asked.exclude):
        if kind not in KINDS:
            near = nearest_kind(kind)
            hint = f"did you mean {near!r}?" if near else f"kinds are {', '.join(KINDS)}"
            raise StudyError(f"{key}: {kind!r} in only or exclude is no kind of place; {hint}")
    out = frame["kind"].isin(asked.exclude)
    if asked.only:
        out |= ~frame["kind"].isin(asked.only)
    return frame.assign(
        counts=frame["counts"] & ~out,
        why_not=frame["why_not"].mask(out & frame["counts"], "study.toml leaves its kind out"),
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


def _refuse_repeated(places: pd.DataFrame) -> None:
    repeated = places.index[places.index.duplicated()]
    if len(repeated):
        raise StudyError(
            f"[[places]]: {len(repeated)} places occur in more than one file "
            f"(first: {repeated[0]!r}); leave one of the files out, or give the places other ids"
        )
