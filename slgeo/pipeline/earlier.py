"""How it changed: another study of the same areas, such as one of some years ago, beside this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.errors import SlgeoError, StudyError
from slgeo.pipeline.findings import groups_of, headline, thresholds_of
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.text import JOURNEY
from slgeo.pipeline.words import people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.maps.access_map import AccessMap
    from slgeo.results import Reach

ABOUT: Final = (
    "An earlier period has its own people, places and roads, on today's areas and in today's groups"
    " of them. A difference can come of any of these, and of how completely each was recorded."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Then:
    study: Study
    areas: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    reached: tuple[Reach, ...]


def earlier(context: Context) -> Part | None:
    """
    Compare the study with an earlier one of the same areas.

    Raises
    ------
    StudyError
        Where the earlier study cannot be read, or is of other areas.
    """
    asked = context.study.earlier
    if asked.study is None:
        return None
    then = _read(context, asked.study)
    pairs = _pairs(context, then)
    table = _table(context, then, pairs)
    return Part(
        heading=f"Since {asked.name}",
        lines=tuple(_lines(context, then, table)),
        brief=6,
        tables={"earlier": table},
        notes=tuple(_notes(context, then, pairs)),
        about=(ABOUT,),
        draw=lambda page: _draw(page, context, then, pairs),
        opened={asked.name: _only(then.sites, context.found.places.sites)},
        closed={asked.name: list(_only(context.found.places.sites, then.sites).index)},
    )


def _read(context: Context, path: Path) -> _Then:
    """Run the stages of the earlier study as far as its travel times."""
    from slgeo.config import read_study
    from slgeo.pipeline.inputs import read_areas, read_origins, read_places
    from slgeo.pipeline.speeds import in_wales
    from slgeo.pipeline.travel import Roads, Search
    from slgeo.results import KEPT, reach

    now = context.found
    try:
        study = read_study(path)
        areas = read_areas(study)
        _refuse_other_areas(areas, now.areas)
        crs = str(now.areas.crs)
        homes = read_origins(study, areas)[0]
        sites = read_places(study, crs, cache=context.cache.folder, areas=areas).sites
        roads = Roads(study, crs, context.cache, wales=in_wales(areas))
        networks = roads.networks()
    except SlgeoError as error:
        raise StudyError(f"earlier.study ({context.study.shown(path)}): {error}") from error
    shared = [
        one for one in now.reached if one.mode in networks and (sites["kind"] == one.kind).any()
    ]
    reached = []
    for mode in dict.fromkeys(one.mode for one in shared):
        search = Search(study, networks[mode], roads.key(mode), areas.index, context.cache)
        exits = search.exits(homes)
        for kind in [one.kind for one in shared if one.mode == mode]:
            times = search.times(homes, sites[sites["kind"] == kind], nearest=KEPT)
            reached.append(reach(times, kind=kind, exits=exits))
    return _Then(study, areas, sites, tuple(reached))


def _refuse_other_areas(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> None:
    shared = then.index.intersection(now.index)
    if len(shared) == len(then) == len(now):
        return
    vintages = [str(frame["vintage"].iloc[0]) if len(frame) else "none" for frame in (then, now)]
    raise StudyError(
        f"it has {len(then):,} areas ({vintages[0]}) and this study {len(now):,} ({vintages[1]}); "
        f"{len(shared):,} are in both. Give both the same boundaries, and carry the older tables "
        "with areas.lookup"
    )


def _pairs(context: Context, then: _Then) -> list[tuple[Reach, Reach]]:
    """Put the times of both periods side by side, in this study's order."""
    before = {(one.kind, one.mode): one for one in then.reached}
    return [
        (before[one.kind, one.mode], one)
        for one in context.found.reached
        if (one.kind, one.mode) in before
    ]


def _only(sites: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """List the places of one period that are not in the other, by code."""
    return sites[~sites.index.isin(others.index)]


def _table(context: Context, then: _Then, pairs: list[tuple[Reach, Reach]]) -> pd.DataFrame:
    import pandas as pd

    from slgeo.report.results import EARLIER
    from slgeo.scenarios import between_periods
    from slgeo.tables import checked

    study, areas = context.study, context.found.areas
    if not pairs:
        raise StudyError(
            "earlier.study: no kind of place and way of travelling is in both studies, so there is "
            "nothing to compare"
        )
    thresholds = thresholds_of(study)
    groups = groups_of(areas)
    tables = [
        between_periods(before, after, then.areas, areas, groups, thresholds=thresholds)
        for before, after in pairs
    ]
    return checked(pd.concat(tables), EARLIER)


def _lines(context: Context, then: _Then, table: pd.DataFrame) -> Iterator[str]:
    from slgeo.places.taxonomy import LABELS

    study = context.study
    name = study.earlier.name
    first = headline(study, list(context.found.places.sites["kind"]))[0]
    for (kind, mode), rows in table.groupby(level=["kind", "mode"], sort=False):
        beyond = study.gaps.beyond(str(mode))
        if kind != first or (rows.index.get_level_values("minutes") != beyond).all():
            continue
        at = rows.xs(("everyone", beyond), level=("by", "minutes")).iloc[0]
        a = LABELS[str(kind)].a if str(kind) in LABELS else str(kind)
        yield (
            f"Further than {beyond:g} minutes' {JOURNEY.get(str(mode), str(mode))} from {a}: "
            f"{at['share_then']:.0%} of people in {name} ({people(at['beyond_then'])} of "
            f"{people(at['people_then'])}), {at['share_now']:.0%} now ({people(at['beyond_now'])} "
            f"of {people(at['people_now'])})."
        )
    here = context.found.places.sites
    for kind in dict.fromkeys(one.kind for one in then.reached):
        was, is_now = (int((sites["kind"] == kind).sum()) for sites in (then.sites, here))
        if was != is_now:
            yield f"{kind}: {was:,} places in {name}, {is_now:,} now."
    yield "earlier.csv has every kind, way of travelling and group of people."


def _notes(context: Context, then: _Then, pairs: list[tuple[Reach, Reach]]) -> Iterator[str]:
    name = context.study.earlier.name
    compared = {(after.kind, after.mode) for _, after in pairs}
    alone = [
        f"{one.kind} by {one.mode}"
        for one in context.found.reached
        if (one.kind, one.mode) not in compared
    ]
    if alone:
        yield f"{name}: not in both studies, so not compared: {', '.join(alone)}"
    for before, after in pairs:
        if before.times.speeds != after.times.speeds:
            yield (
                f"{name}: {after.mode} at other speeds then ({before.times.speeds}) than now "
                f"({after.times.speeds}); part of any difference is theirs"
            )
            break
    if then.study.travel.direction != context.study.travel.direction:
        yield f"{name}: times run in another direction then than now"


def _draw(page: AccessMap, context: Context, then: _Then, pairs: list[tuple[Reach, Reach]]) -> None:
    from slgeo.pipeline.page import show_reach

    residents = then.areas["population"].reindex(context.found.areas.index)
    for before, _ in pairs:
        show_reach(
            page,
            then.study,
            before,
            context.found.places.sites,
            scenario=context.study.earlier.name,
            nearest=before.nearest,
            people=residents,
        )
