"""The files of places a study names: each read, its kinds chosen, its ways in found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from slgeo.errors import StudyError, TableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from slgeo.config import Study
    from slgeo.config.sections import PlacesSection
    from slgeo.sources.cache import Cache


class PlaceFile(NamedTuple):
    """
    One file of places as the study asks for it.

    Parameters
    ----------
    places
        The places table, not yet on the map; ``asked_open`` and ``unknown_hours`` repeat what the
        study asks of opening hours.
    layout
        As what it was read, and is credited.
    sessions
        What an OpenActive feed says is held where.
    """

    places: pd.DataFrame
    layout: str
    sessions: tuple[Mapping[str, Any], ...]


def read_place_file(
    study: Study, asked: PlacesSection, key: str, *, crosswalk: Mapping[str, str], cache: Cache
) -> PlaceFile:
    """
    Read one file of places.

    Parameters
    ----------
    study
        What is asked for.
    asked, key
        The section, and how messages call it.
    crosswalk
        The study's own lines, from :func:`own_lines`.
    cache
        Where the ways into large grounds are kept.

    Raises
    ------
    SlgeoError
        In one line, where the file or a kind named for it is at fault.
    """
    from slgeo.places.read import read_places

    columns = dict(asked.columns)
    if asked.capacity:
        columns["capacity"] = asked.capacity
    places = read_places(
        asked.file,
        layout=asked.layout,
        sheet=asked.sheet,
        kind=asked.kind,
        columns=columns,
        include=asked.include,
        crosswalk=crosswalk,
        access_points=asked.access_points,
    )
    layout = places.attrs["layout"]
    sessions = tuple(places.attrs.get("activities", ()))
    # Places taken from OpenStreetMap by somebody else are OpenStreetMap's all the same.
    mapped = places.index.astype(str).str.fullmatch(r"(node|way|relation)/\d+")
    if len(places) and bool(mapped.all()):
        layout = "osm"
    if layout == "practices" and study.practices.branches is not None:
        from slgeo.places.branches import read_branches, with_branches

        places = with_branches(places, read_branches(study.practices.branches, places))
    if layout == "osm" and asked.entrances:
        places = _with_entrances(study, asked, places, cache)
    places = chosen(places, asked, key)
    places["asked_open"] = asked.open
    places["unknown_hours"] = asked.unknown_hours if asked.open else None
    return PlaceFile(places, layout, sessions)


def own_lines(study: Study) -> dict[str, str]:
    """
    Gather the study's own lines for what tags and words mean: of its file, then its own.

    Raises
    ------
    StudyError
        If the file has no columns ``source`` and ``kind``, or a line names no kind.
    """
    from slgeo.places.classify import crosswalk, own_words, split_lines

    lines: dict[str, str] = {}
    if study.taxonomy.file is not None:
        lines = _lines_of(study, study.taxonomy.file)
    lines.update(dict(study.taxonomy.lines))
    try:
        tags, words = split_lines(lines)
        crosswalk(tags)
        own_words(words)
    except TableError as error:
        raise StudyError(f"taxonomy: {str(error).removeprefix('crosswalk: ')}") from error
    return lines


def _lines_of(study: Study, path: Path) -> dict[str, str]:
    from slgeo.sources.read import read_table

    frame = read_table(path)
    lower = {str(name).strip().lower(): name for name in frame.columns}
    absent = [name for name in ("source", "kind") if name not in lower]
    if absent:
        raise StudyError(
            f"taxonomy.file: {study.shown(path)} has no column {' and '.join(absent)}; it needs "
            "source (a tag such as club=scout, or a word) and kind"
        )
    rows = frame[[lower["source"], lower["kind"]]].dropna()
    return dict(zip(rows.iloc[:, 0].astype(str), rows.iloc[:, 1].astype(str), strict=True))


def unused_lines(lines: Mapping[str, str], everything: pd.DataFrame) -> list[str]:
    """Say which lines of the study met nothing in any file: a misspelt tag looks like that."""
    from difflib import get_close_matches

    from slgeo.places.classify import OSM

    met = set(everything["tag"].dropna()) if "tag" in everything.columns else set()
    unused = [line for line in lines if "=" in line and line not in met]
    said = []
    for line in unused:
        near = get_close_matches(line, [*met, *OSM], n=1)
        hint = f"; did you mean {near[0]}?" if near and near[0] != line else ""
        said.append(f"taxonomy: no place has the tag {line}{hint}")
    return said


def chosen(frame: pd.DataFrame, asked: PlacesSection, key: str) -> pd.DataFrame:
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


def _with_entrances(
    study: Study, asked: PlacesSection, places: pd.DataFrame, cache: Cache
) -> pd.DataFrame:
    """Find the ways into large grounds: in the file itself, or in the study's roads."""
    import pandas as pd

    from slgeo.places import osm_entrances
    from slgeo.places.osm_entrances import LEAST_HECTARES, find_ways_in, with_entrances
    from slgeo.sources.cache import hash_file, hash_of

    is_extract = re.search(r"\.osm(\.pbf|\.bz2)?$|\.pbf$", asked.file.name.lower())
    extract = asked.file if is_extract else study.roads.file
    if not re.search(r"\.osm(\.pbf|\.bz2)?$|\.pbf$", extract.name.lower()):
        return places
    ids = [f"{site} {kind}" for site, kind in places["kind"].items()]
    # As found by today's code: what an earlier version found is not kept over an upgrade.
    made_by = hash_file(osm_entrances.__file__)
    key = hash_of("ways in", made_by, hash_file(extract), ids, LEAST_HECTARES) + ".parquet"
    found = None
    if cache.has(key):
        try:
            found = pd.read_parquet(cache.path(key))
        except (OSError, ValueError):
            found = None  # a damaged file is made again
    if found is None:
        found = find_ways_in(places, extract)
        with cache.writing(key) as beside:
            found.to_parquet(beside)
    return with_entrances(places, extract, found=found)


def refuse_repeated(places: pd.DataFrame, key: str = "[[places]]") -> None:
    """
    Refuse places whose id occurs twice.

    Raises
    ------
    StudyError
        Naming the first, and both files.
    """
    repeated = places.index[places.index.duplicated()]
    if len(repeated):
        first = repeated[0]
        files = " and ".join(dict.fromkeys(places.loc[[first], "source"].astype(str)))
        count = "1 place occurs" if len(repeated) == 1 else f"{len(repeated):,} places occur"
        raise StudyError(
            f"{key}: {count} in more than one file (first: {first!r}, in {files}); leave one of "
            "the files out, or give the places other ids"
        )
