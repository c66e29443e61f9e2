"""
What a study has, what it lacks and where to get it: looks at every file and changes nothing.

Unlike a run, which stops at the first file it cannot use, the check goes through all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from slgeo.errors import SlgeoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd

    from slgeo.config import Study

Verdict = Literal["ok", "missing", "fault", "advice"]

_WANTED: Final = {
    "deprivation_rank": "areas.deprivation",
    "rurality": "areas.rurality",
    "households_no_car": "areas.cars",
}
"""Columns of areas that a study can do without, and the key that would give them."""

_UNSAID: Final = {
    "areas.deprivation": "nothing will be said about deprivation; England: MHCLG Indices of"
    " Deprivation, File 7; Wales: WIMD; Scotland: SIMD; Northern Ireland: NIMDM",
    "areas.rurality": "nothing will be said about town and country; the classes are published by"
    " the ONS, the Scottish Government and NISRA",
    "areas.cars": "drive times will stand without the share of households that have no car; census"
    " table TS045 is on Nomis",
}
"""What then goes unsaid, and where the file is published."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing found.

    Parameters
    ----------
    verdict
        ``ok``; ``missing`` (a file is not there) or ``fault`` (it cannot be used): the study will
        not run; ``advice``: it will, with less to say.
    key
        Key of ``study.toml`` it is about.
    text
        What was found, what was wanted, where to get it.
    """

    verdict: Verdict
    key: str
    text: str

    @property
    def stops(self) -> bool:
        """Whether a run would stop here."""
        return self.verdict in {"missing", "fault"}

    def __str__(self) -> str:
        return f"{self.verdict:8}{self.key}: {self.text}"


def check_study(study: Study) -> list[Finding]:
    """
    Look at every file of a study as a run would.

    Parameters
    ----------
    study
        From :func:`slgeo.config.read_study`, with ``files_must_exist=False``.

    Returns
    -------
    list of Finding
        In the order of the study's sections; the study runs when none of them stops it.
    """
    from slgeo.fetch import wanted_files

    words = {one.path: one.words for one in wanted_files(study)}
    findings = [
        Finding("missing", key, f"{study.shown(path)} is not there: {words[path]}")
        for key, path in study.files()
        if not (path.is_file() or (path.is_dir() and key.startswith("places[")))
    ]
    absent = {finding.key for finding in findings}
    areas: list[gpd.GeoDataFrame] = []
    findings += _about_areas(study, absent, areas)
    if "postcodes.file" not in absent:
        findings += _tried("postcodes.file", lambda: _postcodes(study))
    if "roads.file" not in absent:
        findings += _tried("roads.file", lambda: _roads(study, areas[:1]))
    for at in range(len(study.places)):
        key = f"places[{at}].file"
        if key not in absent:
            findings += _tried(key, lambda at=at, key=key: _places(study, at, key))  # type: ignore[misc]  # bound now
    if not study.places:
        findings.append(
            Finding("missing", "places", "no [[places]]; add a file of places people go to")
        )
    counted = [f for f in findings if f.key.startswith("places[") and f.verdict != "advice"]
    if study.places and not counted:
        findings.append(Finding("fault", "places", "no place is left to travel to"))
    needed = ("places", "areas", "postcodes", "practices", "taxonomy")
    whole = not any(f.stops and f.key.startswith(needed) for f in findings)
    if study.places and areas and whole:
        findings += _tried("places", lambda: _together(study, areas[0]))
    return findings


def _about_areas(study: Study, absent: set[str], areas: list[gpd.GeoDataFrame]) -> list[Finding]:
    """Look at the areas, and at what can be told only with them; the areas are handed back."""
    if any(key.startswith("areas.") for key in absent):
        return []
    findings = _tried("areas.file", lambda: _areas(study, areas))
    if areas and not any(key.startswith("origins.") for key in absent):
        findings += _tried("origins", lambda: _origins(study, areas[0]))
    for at in range(len(study.reporting)):
        key = f"reporting[{at}].file"
        if areas and key not in absent:
            findings += _tried(key, lambda at=at, key=key: _reporting(study, areas[0], at, key))  # type: ignore[misc]  # bound now
    return findings


def _tried(key: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Look at one part; what would stop a run there becomes a finding."""
    try:
        return list(look())
    except SlgeoError as error:
        return [Finding("fault", key, " ".join(str(error).split()))]


def _areas(study: Study, read: list[gpd.GeoDataFrame]) -> Iterator[Finding]:
    from slgeo.pipeline.inputs import read_areas

    areas = read_areas(study)
    read.append(areas)
    inside = areas[areas["in_study"]]
    yield Finding(
        "ok",
        "areas.file",
        f"{len(areas):,} areas ({areas['vintage'].iloc[0]}), {len(inside):,} of them in the study "
        f"with {inside['population'].sum():,.0f} people",
    )
    for column, key in _WANTED.items():
        known = float(inside[column].notna().mean()) if column in inside.columns else 0.0
        if known == 0:
            yield Finding("advice", key, f"not given: {_UNSAID[key]}")
        elif known < 1:
            yield Finding("advice", key, f"known for {known:.0%} of the areas only")


def _origins(study: Study, areas: gpd.GeoDataFrame) -> Iterator[Finding]:
    from slgeo.areas.origins import SENTENCES
    from slgeo.pipeline.inputs import read_origins

    homes = read_origins(study, areas)[0]
    inside = homes[homes["area"].isin(areas.index[areas["in_study"]])]
    kind = str(inside["kind"].mode().iloc[0])
    yield Finding("ok", "origins", f"{len(inside):,} points in the study: {SENTENCES[kind]}")
    if kind == "area_point":
        yield Finding(
            "advice",
            "origins",
            "one point an area misplaces people, most in the country: give origins.output_areas "
            "(population-weighted centroids, ONS Open Geography Portal) or origins.postcodes",
        )


def _postcodes(study: Study) -> Iterator[Finding]:
    if study.postcodes.file is None:
        yield Finding(
            "advice",
            "postcodes.file",
            "places that have a postcode but no coordinates cannot be put on the map: give the ONS "
            "Postcode Directory (ONS Open Geography Portal)",
        )
        return
    from slgeo.places.postcodes import read_postcodes

    index = read_postcodes(study.postcodes.file)
    yield Finding("ok", "postcodes.file", f"{len(index):,} postcodes")


def _roads(study: Study, areas: Sequence[gpd.GeoDataFrame]) -> Iterator[Finding]:
    from slgeo.network.osm_file import read_roads
    from slgeo.pipeline.border_reach import border_ahead

    roads = read_roads(study.roads.file)
    yield Finding("ok", "roads.file", f"{len(roads.way_id):,} ways")
    if any(study.roads.hull == path and not path.is_file() for _, path in study.files("roads")):
        return
    for one in areas:
        for key, (enough, said) in zip(
            ("roads.file", "areas.file"), border_ahead(study, one, roads), strict=True
        ):
            yield Finding("ok" if enough else "advice", key, said)


def _reporting(study: Study, areas: gpd.GeoDataFrame, at: int, key: str) -> Iterator[Finding]:
    asked = study.reporting[at]
    if asked.group.lower() == "pcn":
        from slgeo.places.networks import read_pcn_members

        spells = read_pcn_members(asked.file)
        yield Finding("ok", key, f"{spells['pcn'].nunique():,} primary care networks")
        return
    from slgeo.areas.reporting import read_groups

    groups = read_groups(asked.file, areas, asked.group)
    inside = groups[areas["in_study"]]["group"]
    yield Finding("ok", key, f"{inside.nunique():,} of {asked.group} in the study")
    if inside.isna().any():
        count = int(inside.isna().sum())
        yield Finding("advice", key, f"{count} areas of the study have no {asked.group}")


def _places(study: Study, at: int, key: str) -> Iterator[Finding]:
    from slgeo.pipeline.place_files import chosen, own_lines
    from slgeo.places.read import read_places

    asked = study.places[at]
    lines = own_lines(study)
    places = read_places(
        asked.file,
        layout=asked.layout,
        sheet=asked.sheet,
        kind=asked.kind,
        columns=dict(asked.columns),
        include=asked.include,
        crosswalk=lines,
        access_points=asked.access_points,
    )
    layout = places.attrs["layout"]
    places = chosen(places, asked, f"places[{at}]")
    count = f"{len(places):,} place{'' if len(places) == 1 else 's'}"
    kinds = places.loc[places["counts"], "kind"].value_counts()
    if kinds.empty:
        yield Finding("advice", key, f"{count}, none of which count")
        return
    said = ", ".join(f"{kind} {number:,}" for kind, number in kinds.items())
    yield Finding("ok", key, f"{count} read as {layout}: {said}")


def _together(study: Study, areas: gpd.GeoDataFrame) -> Iterator[Finding]:
    """Look at all files of places as one: ids that repeat, positions, twins, opening hours."""
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    from pyproj import CRS

    from slgeo.config.sections import OnlineSection
    from slgeo.pipeline.inputs import read_places

    # A check asks nobody and leaves nothing behind.
    offline = replace(study, online=OnlineSection())
    crs = CRS.from_user_input(areas.crs).to_string()
    with tempfile.TemporaryDirectory() as folder:
        places = read_places(offline, crs, cache=Path(folder), areas=areas)
        scenarios = list(_scenarios(offline, places.sites, Path(folder)))
    if places.sites.empty:
        yield Finding("fault", "places", "no place is left to travel to")
        return
    lost = places.sites["precision"].eq("failed")
    nowhere = int((lost & places.sites["reason"].eq("virtual_only")).sum())
    failed = places.sites[lost & ~places.sites["reason"].eq("virtual_only")]
    merged = int(places.merged["verdict"].eq("same").sum())
    yield Finding(
        "ok",
        "places",
        f"{len(places.sites):,} count together; {merged:,} merged with one in another file, "
        f"{nowhere:,} without a place to travel to",
    )
    if len(failed):
        notes = "; ".join(
            f"{row['name']}: {row['position_note']}" for _, row in failed.head(3).iterrows()
        )
        more = f"; and {len(failed) - 3:,} more" if len(failed) > 3 else ""
        yield Finding(
            "advice", "places", f"{len(failed):,} cannot be put on the map: {notes}{more}"
        )
    yield from scenarios
    kinds = list(dict.fromkeys(places.sites["kind"]))
    for kind in study.catchments.kinds:
        if kind not in kinds:
            said = f"no place is of kind {kind!r}; there are {', '.join(kinds)}"
            yield Finding("fault", "catchments.kinds", said)
    words = ("taxonomy:", "opening hours:", "km from every area")
    for note in places.sites.attrs.get("notes", ()):
        if any(word in note for word in words):
            yield Finding("advice", "places", note)


def _scenarios(study: Study, sites: gpd.GeoDataFrame, cache: Path) -> Iterator[Finding]:
    """Open and close what each scenario names; places of a file are read by the run alone."""
    from slgeo.pipeline.what_if import places_to_open
    from slgeo.scenarios import change

    for at, asked in enumerate(study.what_if):
        opened = None
        try:
            if asked.open:
                opened = places_to_open(study, asked, at, cache=cache, crs=str(sites.crs))
                opened.index = "what-if-" + opened.index
            change(sites, asked.name, opened=opened, closed=asked.close)
        except SlgeoError as error:
            yield Finding("fault", f"what_if[{at}]", str(error))
