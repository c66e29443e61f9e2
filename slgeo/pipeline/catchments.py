"""
Travel-time areas of a run: drawn around places, counted from times, with the drawing's error.

By default the places of the first kind, by the first way of travelling; ``[catchments]`` asks for
more. Drawings are kept in the cache, under all that they depend on.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.travel import CATCHMENT
from slgeo.pipeline.words import TRAVEL, people
from slgeo.report.catchment_tables import (
    ALL_SITES,
    BEYOND,
    PATIENTS_BY_PRACTICE,
    PEOPLE_BY_CATCHMENT,
    REGISTERED,
    TRAVEL_TIME_AREAS,
)
from slgeo.sources.cache import hash_of
from slgeo.tables import TERRITORIES, checked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.catchments import Surface
    from slgeo.config import Study
    from slgeo.maps.access_map import AccessMap
    from slgeo.routing.times import TravelTimes

CELLS: Final = {"walk": 50.0, "cycle": 100.0, "drive": 200.0}
"""Metres of a cell unless the study asks otherwise: within 2 per cent of the people reached over
all practices of Rutland at 10 to 30 minutes, by foot and by car."""

MOST_UNASKED: Final = 300
"""Places in reach beyond which nothing is drawn unless ``[catchments]`` is in the study."""

FILE: Final = "catchments"
"""Name of the files of shapes, before the dot."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """
    The travel-time areas of one kind of place by one way of travelling.

    Parameters
    ----------
    kind, mode
        Of what, and how.
    each
        One row a place and threshold; empty where there are more places than are drawn apart.
    together
        All places of the kind, by threshold.
    territories
        Where each place is the nearest.
    streets
        The stretches of road reached; None where not asked for.
    surface
        Minutes to the nearest place on a grid; None where not asked for.
    """

    kind: str
    mode: str
    each: gpd.GeoDataFrame
    together: gpd.GeoDataFrame
    territories: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame | None
    surface: Surface | None


def catchments(context: Context) -> Part | None:
    """
    Draw travel-time areas, and say who is inside.

    Returns
    -------
    Part or None
        Tables ``catchments``, ``catchment_people`` and, with registrations, ``patients_within``;
        files of the shapes; layers of the page. None where the study asks for none, or has so many
        places that it has to ask.
    """
    import pandas as pd

    study, found = context.study, context.found
    asked = study.catchments
    if not asked.draw:
        return None
    _refuse_unknown(study, list(dict.fromkeys(one.kind for one in found.reached)))
    kinds = asked.kinds or (found.reached[0].kind,)
    modes = [mode for mode in asked.modes or study.travel.modes[:1] if mode in context.networks]
    sites = found.places.sites
    drawn, inside, skipped = [], [], []
    for kind in kinds:
        of_kind = sites[sites["kind"] == kind]
        for mode in modes:
            reachable = int(found.site_reasons.loc[of_kind.index, mode].isna().sum())
            unasked = not any(key.startswith("catchments.") for key in study.given)
            if reachable == 0 or (unasked and reachable > MOST_UNASKED):
                skipped.append(_skipped(kind, mode, reachable))
                continue
            one = _drawn(context, kind, mode, of_kind, apart=reachable <= asked.most)
            drawn.append(one)
            inside.append(_inside(context, one, of_kind))
    if not drawn:
        return Part(notes=tuple(skipped)) if skipped else None
    table = checked(_listed(drawn, sites), TRAVEL_TIME_AREAS)
    tables = {
        "catchments": table,
        "catchment_people": checked(pd.concat(inside), PEOPLE_BY_CATCHMENT),
    }
    beside = _patients(context)
    if beside is not None:
        tables["patients_within"] = beside
    return Part(
        heading="Travel-time areas",
        lines=(*_lines(drawn), *_patients_lines(context, beside)),
        tables=tables,
        notes=tuple(skipped),
        about=(_about(drawn),),
        draw=functools.partial(_on_page, drawn),
        files=functools.partial(_files, context, drawn),
    )


def thresholds(study: Study, mode: str) -> tuple[float, ...]:
    """List the minutes drawn: the study's own, or its thresholds, as far as journeys go."""
    asked = study.catchments.minutes or study.travel.thresholds
    return tuple(sorted({one for one in asked if one <= study.travel.limit[mode]}))


def _refuse_unknown(study: Study, kinds: Sequence[str]) -> None:
    """Refuse kinds no place is of, and a CRS nobody knows, before anything is drawn."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    asked = study.catchments
    unknown = [kind for kind in asked.kinds if kind not in kinds]
    if unknown:
        raise StudyError(
            f"[catchments] kinds: no place is of kind {', '.join(map(repr, unknown))}; there are "
            f"{', '.join(kinds)}"
        )
    if asked.crs is not None:
        try:
            CRS.from_user_input(asked.crs)
        except CRSError as error:
            raise StudyError(
                f"[catchments] crs = {asked.crs!r} is no CRS; give one such as EPSG:27700"
            ) from error


def _skipped(kind: str, mode: str, reachable: int) -> str:
    if reachable == 0:
        return f"travel-time areas: no place of kind {kind} is reached by {mode}"
    return (
        f"travel-time areas: {reachable:,} places of kind {kind} are reached by {mode}, more than "
        f'are drawn unasked; kinds = ["{kind}"] in [catchments] draws them'
    )


def _drawn(
    context: Context, kind: str, mode: str, sites: gpd.GeoDataFrame, *, apart: bool
) -> Drawn:
    """Draw one kind by one mode, or load what was drawn."""
    from slgeo import catchments as drawing
    from slgeo.catchments.territories import territories

    study, found = context.study, context.found
    asked, network = study.catchments, context.networks[mode]
    minutes = thresholds(study, mode)
    cell = asked.cell or CELLS[mode]
    options: dict[str, Any] = {
        "direction": study.travel.direction,
        "max_snap": study.travel.max_snap,
    }
    grid = {**options, "cell": cell}
    settings = [
        list(minutes),
        study.travel.limit[mode],
        asked.tolerance,
        cell,
        options["direction"],
        options["max_snap"],
    ]

    def kept(what: str, make: Callable[[], gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
        search = context.searches[mode]
        key = search.key(what, found.origins, sites, *settings, _made_by())
        return _kept(context, f"{key}.parquet", make, fresh=search.fresh)

    def shapes(each: str) -> gpd.GeoDataFrame:
        return drawing.catchments(
            network,
            sites,
            origins=found.origins,
            minutes=minutes,
            each=each,
            tolerance=asked.tolerance,
            **grid,
        )

    together = kept("together", lambda: shapes("dissolved"))
    # Beyond the last threshold there are times too: the page shows them as over it.
    longest = study.travel.limit[mode]
    return Drawn(
        kind=kind,
        mode=mode,
        each=kept("each", lambda: shapes("site")) if apart else together.iloc[:0],
        together=together,
        territories=kept(
            "territories",
            lambda: territories(network, sites, origins=found.origins, limit=longest, **grid),
        ),
        streets=kept(
            "streets",
            lambda: drawing.reached_streets(
                network, sites, minutes=minutes, each="dissolved", **options
            ),
        )
        if asked.streets
        else None,
        surface=drawing.time_surface(network, sites, limit=longest, **grid)
        if asked.surface
        else None,
    )


def _kept(
    context: Context, key: str, make: Callable[[], gpd.GeoDataFrame], *, fresh: bool
) -> gpd.GeoDataFrame:
    """Load shapes from the cache, or make and keep them."""
    import geopandas as gpd

    if not fresh and context.cache.has(key):
        with contextlib.suppress(OSError, ValueError):  # a damaged file is made again
            return gpd.read_parquet(context.cache.path(key))
    made = make()
    with context.cache.writing(key) as path:
        made.to_parquet(path)
    return made


@functools.cache
def _made_by() -> str:
    """Hash the code that draws, as whoever runs a checkout would get yesterday's drawings."""
    import slgeo.catchments

    digest = hashlib.sha256()
    for module in sorted(Path(slgeo.catchments.__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return hash_of("catchments", digest.hexdigest())


def _times(context: Context, mode: str, sites: gpd.GeoDataFrame) -> TravelTimes:
    """Take times to every place within reach, as the run's own measures do."""
    study = context.study
    at = (*study.travel.thresholds, *(study.gaps.beyond(one) for one in context.searches))
    limit = max(CATCHMENT, *at, *thresholds(study, mode))
    return context.searches[mode].times(context.found.origins, sites, limit=limit)


def _inside(context: Context, one: Drawn, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count who is inside, in each place's area where they are drawn apart, and in all together."""
    import pandas as pd

    from slgeo.catchments.people_inside import people_inside

    times = _times(context, one.mode, sites)
    minutes = thresholds(context.study, one.mode)
    frame = people_inside(times, context.found.areas, minutes=minutes)
    if one.each.empty:
        frame = frame.loc[[ALL_SITES, BEYOND]]
    made = pd.concat({(one.kind, one.mode): frame}, names=["kind", "mode"])
    return made.reorder_levels(["site", "kind", "mode", "minutes", "by", "group"])


def _patients(context: Context) -> pd.DataFrame | None:
    """Set where patients live beside how near that is, of GP practices; None without either."""
    import pandas as pd

    from slgeo.catchments.registered import patients_within

    sites = context.found.places.sites
    practices = sites[sites["kind"] == "gp"]
    if context.registered is None or practices.empty:
        return None
    patients = context.registered.patients
    frames = {
        mode: patients_within(
            patients,
            _times(context, mode, practices),
            minutes=thresholds(context.study, mode),
        )
        for mode in context.searches
    }
    if all(frame.empty for frame in frames.values()):
        return None  # the practices have other codes than the registrations
    made = pd.concat(frames, names=["mode"])
    return checked(made.reorder_levels(["practice", "mode", "minutes"]), PATIENTS_BY_PRACTICE)


def _listed(drawn: Sequence[Drawn], sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """List every area with its people and its drawing's error, without its shape."""
    import pandas as pd

    parts = []
    for one in drawn:
        for frame in (one.each, one.together):
            table = pd.DataFrame(frame.drop(columns=["geometry", "over"], errors="ignore"))
            names = table.index.get_level_values("site").map(sites["name"].to_dict())
            table.insert(0, "name", names.where(names.notna(), f"all of kind {one.kind}"))
            texts = {name: "str" for name in ("name", "reason", "note") if name in table}
            parts.append(table.astype(texts).assign(kind=one.kind, mode=one.mode))
    made = pd.concat(parts).set_index(["kind", "mode"], append=True)
    return made.reorder_levels(["site", "kind", "mode", "minutes"])


def _lines(drawn: Sequence[Drawn]) -> list[str]:
    """Say how far drawings and counts differ, and where by much."""
    from slgeo.catchments import drawing_errors

    said = []
    for one in drawn:
        rows = one.together.droplevel("site")
        reached = "; ".join(
            f"{minutes:g} min {people(row['people'])}" for minutes, row in rows.iterrows()
        )
        said.append(
            f"{one.kind} by {one.mode}: people of the study and around it who reach any, each once:"
            f" {reached}."
        )
        errors = drawing_errors(one.each if len(one.each) else one.together)
        differ = ", ".join(
            f"{row['drawing_error']:+.1%} at {minutes:g} min"
            for minutes, row in errors.iterrows()
            if row["people"]
        )
        said.append(
            f"The shapes, added up, hold more or fewer people than are counted: {differ}. Counts "
            "are of travel times; the shapes are for showing."
        )
        out = int(one.each["note"].notna().sum()) if "note" in one.each else 0
        if out:
            said.append(
                f"{out} of {len(one.each)} single drawings are over a tenth out; "
                "catchments.csv says why."
            )
    return said


def _patients_lines(context: Context, beside: pd.DataFrame | None) -> list[str]:
    """Say how many registered patients live within reach of their practice."""
    if beside is None:
        return []
    said = []
    for mode in context.searches:
        beyond = context.study.gaps.beyond(mode)
        rows = beside[
            (beside.index.get_level_values("mode") == mode)
            & (beside.index.get_level_values("minutes") == beyond)
            & beside["patients_within"].notna()
        ]
        total = float(rows["patients"].sum())
        if total:
            within = float(rows["patients_within"].sum())
            said.append(
                f"Of {people(total)} patients registered with practices reached by {mode}, "
                f"{people(within)} ({within / total:.0%}) live within {beyond:g} minutes "
                f"{TRAVEL[mode]} of their own."
            )
    return said


def _about(drawn: Sequence[Drawn]) -> str:
    """Explain the drawings, and how far they are out, for the page."""
    from slgeo.catchments import drawing_errors

    worst = 0.0
    for one in drawn:
        errors = drawing_errors(one.each if len(one.each) else one.together)
        worst = max(worst, float(errors["drawing_error"].abs().max()))
    return (
        "Travel-time areas are drawn from minutes on a grid; people are counted from travel "
        "times, never from the drawing. Over all places the drawings hold as many people as are "
        f"counted, to {max(worst, 0.001):.1%}; beside each stands by how many its own differs."
    )


def _on_page(drawn: Sequence[Drawn], page: AccessMap) -> None:
    """Put shapes on the page: of each place with the place, of all together as layers."""
    divided = set()
    for one in drawn:
        for frame, kind in ((one.each, ""), (one.together, one.kind)):
            whole = frame.index.get_level_values("minutes") % 1 == 0
            shown = _with_shapes(frame[whole])
            if len(shown):
                page.catchments(shown, mode=one.mode, kind=kind)
        lands = _with_shapes(one.territories)
        if one.mode not in divided and len(lands) > 1:  # the page has room for one kind a mode
            page.territories(lands, mode=one.mode)
            divided.add(one.mode)
        if one.surface is not None:
            page.surface(
                one.surface.minutes,
                kind=one.kind,
                mode=one.mode,
                bounds=one.surface.bounds,
                crs=one.surface.crs,
            )


def _with_shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out rows that have nothing to draw."""
    import shapely

    shapes = frame.geometry.to_numpy()
    kept: gpd.GeoDataFrame = frame[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return kept


def _files(context: Context, drawn: Sequence[Drawn], folder: Path) -> list[Path]:
    """Write the shapes in the formats asked for, and surfaces as GeoTIFF."""
    from slgeo.catchments.exports import write_geojson, write_geopackage, write_geoparquet
    from slgeo.catchments.geotiff import write_geotiff

    asked = context.study.catchments
    layers = _layers(context, drawn)
    areas = layers["catchments"]
    written: list[Path] = []
    if "gpkg" in asked.formats:
        defined = {
            "catchments": TRAVEL_TIME_AREAS,
            "territories": TERRITORIES,
            "registered": REGISTERED,
        }
        path = folder / f"{FILE}.gpkg"
        written.append(write_geopackage(layers, path, crs=asked.crs, tables=defined))
    if "parquet" in asked.formats:
        path = folder / f"{FILE}.parquet"
        written.append(write_geoparquet(areas, path, crs=asked.crs, table=TRAVEL_TIME_AREAS))
    if "geojson" in asked.formats:
        path = folder / f"{FILE}.geojson"
        written.append(write_geojson(areas, path, table=TRAVEL_TIME_AREAS))
    listed = folder / f"{FILE}.dictionary.csv"
    written.extend([listed] if listed.exists() else [])
    written.extend(
        write_geotiff(one.surface, folder / f"minutes_{one.kind}_{one.mode}.tif")
        for one in drawn
        if one.surface is not None
    )
    return written


def _layers(context: Context, drawn: Sequence[Drawn]) -> dict[str, gpd.GeoDataFrame]:
    """Gather the shapes by layer, kinds and modes below each other."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.catchments.registered import registered_shapes

    names = context.found.places.sites["name"]
    crs = context.found.areas.crs

    def stacked(frames: Sequence[tuple[Drawn, gpd.GeoDataFrame]]) -> gpd.GeoDataFrame:
        parts = []
        for one, frame in frames:
            part = frame.reset_index().drop(columns="over", errors="ignore")
            name = part["site"].map(names)
            part.insert(1, "name", name.where(name.notna(), f"all of kind {one.kind}"))
            part.insert(2, "kind", one.kind)
            part.insert(3, "mode", one.mode)
            parts.append(part)
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=crs)

    layers = {
        "catchments": stacked([(o, frame) for o in drawn for frame in (o.together, o.each)]),
        "territories": stacked([(o, o.territories) for o in drawn]),
    }
    streets = [(o, o.streets) for o in drawn if o.streets is not None]
    if streets:
        layers["streets"] = stacked(streets)
    if context.registered is not None:
        layers["registered"] = registered_shapes(context.registered.patients, context.found.areas)
    return layers
