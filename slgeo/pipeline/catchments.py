"""
Travel-time areas of a run: drawn around places, counted from times, with the drawing's error.

By default the places of the first kind, by the first way of travelling; ``[catchments]`` asks for
more. Drawings are kept in the cache, under all that they depend on.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.pipeline.catchment_outputs import (
    Drawn,
    about,
    files,
    listed,
    on_page,
    said_of,
    said_of_patients,
)
from slgeo.pipeline.findings import thresholds_of
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.travel import CATCHMENT
from slgeo.report.catchment_tables import (
    ALL_SITES,
    BEYOND,
    PATIENTS_BY_PRACTICE,
    PEOPLE_BY_CATCHMENT,
    TRAVEL_TIME_AREAS,
)
from slgeo.sources.cache import hash_of
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.routing.times import TravelTimes

CELLS: Final = {"walk": 50.0, "cycle": 100.0, "drive": 200.0}
"""Metres of a cell unless the study asks otherwise: within 2 per cent of the people reached over
all practices of Rutland at 10 to 30 minutes, by foot and by car."""

MOST_UNASKED: Final = 300
"""Places in reach beyond which nothing is drawn unless ``[catchments]`` is in the study."""


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
    table = checked(listed(drawn, sites), TRAVEL_TIME_AREAS)
    tables = {
        "catchments": table,
        "catchment_people": checked(pd.concat(inside), PEOPLE_BY_CATCHMENT),
    }
    beside = _patients(context)
    if beside is not None:
        tables["patients_within"] = beside
    return Part(
        heading="Travel-time areas",
        brief=2,
        lines=(*said_of(drawn), *said_of_patients(context, beside)),
        tables=tables,
        notes=tuple(skipped),
        about=(about(drawn),),
        draw=functools.partial(on_page, drawn),
        files=functools.partial(files, context, drawn),
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
    limit = max(CATCHMENT, *thresholds_of(study), *thresholds(study, mode))
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
            practice=practices["practice"] if "practice" in practices.columns else None,
        )
        for mode in context.searches
    }
    if all(frame.empty for frame in frames.values()):
        return None  # the practices have other codes than the registrations
    made = pd.concat(frames, names=["mode"])
    return checked(made.reorder_levels(["practice", "mode", "minutes"]), PATIENTS_BY_PRACTICE)
