"""What if a place opened or closed: every scenario of a study, against things as they are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from slgeo.errors import StudyError
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.text import JOURNEY
from slgeo.pipeline.words import people

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.config.sections import WhatIfSection
    from slgeo.maps.access_map import AccessMap
    from slgeo.results import Reach
    from slgeo.scenarios import Change

ABOUT: Final = (
    "A scenario changes the places and nothing else: the same people, roads and speeds. Somebody "
    "is nearer or farther when the journey changes by a minute or more."
)


class _Scenario(NamedTuple):
    """A change, and the times there would be for each kind it touches and mode."""

    change: Change
    pairs: list[tuple[Reach, Reach]]


def what_if(context: Context) -> Part | None:
    """
    Compare every scenario of the study with things as they are.

    Raises
    ------
    StudyError
        For places that cannot be opened or closed, and kinds the study has none of to compare with.
    """
    if not context.study.what_if:
        return None
    scenarios = [_scenario(context, asked, at) for at, asked in enumerate(context.study.what_if)]
    by_group, by_area = _tables(context, scenarios)
    return Part(
        heading="What if",
        lines=(*_out_of_reach(scenarios), *_lines(context, by_group)),
        brief=6,
        tables={"what_if": by_group, "what_if_by_area": by_area},
        draw=lambda page: _draw(page, context, scenarios),
        opened={one.change.name: one.change.opened for one in scenarios},
        closed={one.change.name: list(one.change.closed.index) for one in scenarios},
        about=(ABOUT,),
    )


def _scenario(context: Context, asked: WhatIfSection, at: int) -> _Scenario:
    from slgeo.results import KEPT, reach
    from slgeo.scenarios import change

    found = context.found
    today = found.places.sites
    new = change(today, asked.name, opened=_opened(context, asked, at), closed=asked.close)
    kinds = [one.kind for one in found.reached]
    absent = [kind for kind in new.kinds if kind not in kinds]
    if absent:
        raise StudyError(
            f"what_if[{at}] {asked.name!r}: the study has no places of kind {', '.join(absent)} to "
            f"compare with; its kinds are {', '.join(dict.fromkeys(kinds))}"
        )
    then = new.sites(today)
    pairs = []
    for before in found.reached:
        if before.kind in new.kinds:
            search = context.searches[before.mode]
            of_kind = then[then["kind"] == before.kind]
            times = search.times(found.origins, of_kind, nearest=KEPT)
            after = reach(times, kind=before.kind, exits=found.exits[before.mode])
            pairs.append((before, after))
    return _Scenario(new, pairs)


def _out_of_reach(scenarios: Sequence[_Scenario]) -> Iterator[str]:
    """Name the places to open that nobody can reach: a slip in a coordinate changes nothing."""
    from slgeo.reasons import SENTENCES

    for changed, pairs in scenarios:
        for _, after in pairs:
            why = dict(zip(after.times.sites, after.times.site_reason, strict=True))
            for site, name in changed.opened["name"].items():
                if why.get(site) is not None:
                    yield (
                        f"{changed.name}: {name} changes nothing by {after.mode}: "
                        f"{SENTENCES[why[site]]}; check its postcode or coordinates"
                    )


def _opened(context: Context, asked: WhatIfSection, at: int) -> gpd.GeoDataFrame | None:
    """Read and place what a scenario opens; its codes say whose they are."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.config.sections import PlacesSection, TwinsSection
    from slgeo.pipeline.inputs import read_places

    study, today = context.study, context.found.places.sites
    frames = []
    if asked.file is not None:
        places = (PlacesSection(file=asked.file, kind=asked.kind),)
        # The study's pairs of twins are of places there are today.
        only = dataclasses.replace(study, places=places, twins=TwinsSection())
        frames.append(read_places(only, str(today.crs), cache=context.cache.folder).sites)
    if asked.open:
        crs, folder = str(today.crs), context.cache.folder
        frames.append(places_to_open(study, asked, at, cache=folder, crs=crs))
    if not frames:
        return None
    sites = gpd.GeoDataFrame(pd.concat(frames), crs=today.crs)
    sites.index = pd.Index([f"what-if-{at + 1}-{code}" for code in sites.index], name="site")
    return sites


def places_to_open(
    study: Study, asked: WhatIfSection, at: int, *, cache: Path, crs: str
) -> gpd.GeoDataFrame:
    """Place what is written in study.toml as name @ postcode, or name @ latitude, longitude."""
    from slgeo.places.geocode import geocode
    from slgeo.places.postcodes import read_postcodes
    from slgeo.places.table import places_from
    from slgeo.places.taxonomy import KINDS, nearest_kind

    if asked.kind not in KINDS:
        near = nearest_kind(str(asked.kind))
        hint = f"did you mean {near!r}?" if near else f"kinds are {', '.join(KINDS)}"
        raise StudyError(f"what_if[{at}]: {asked.kind!r} is no kind of place; {hint}")
    rows = [place_to_open(text, str(asked.kind), f"what_if[{at}]") for text in asked.open]
    places = places_from(rows, source=f"study.toml, what_if[{at}]")
    index = None
    if study.postcodes.file is not None:
        index = read_postcodes(study.postcodes.file, cache=cache)
    return geocode(places, postcodes=index, crs=crs)


def place_to_open(text: str, kind: str, where: str) -> dict[str, Any]:
    """Read one place to open: its name, and its postcode or its latitude and longitude."""
    name, at, place = (part.strip() for part in text.rpartition("@"))
    if not (at and name and place):
        raise StudyError(
            f"{where}: {text!r} is no place to open; write name @ postcode, or "
            "name @ latitude, longitude"
        )
    parts = place.split(",")
    if len(parts) == 2:
        try:
            latitude, longitude = map(float, parts)
        except ValueError:
            raise StudyError(
                f"{where}: {place!r} is neither a postcode nor latitude, longitude"
            ) from None
        return {"name": name, "kind": kind, "latitude": latitude, "longitude": longitude}
    return {"name": name, "kind": kind, "postcode": place}


def _tables(context: Context, scenarios: Sequence[_Scenario]) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    from slgeo.pipeline.findings import groups_of, thresholds_of
    from slgeo.report.results import WHAT_IF, WHAT_IF_BY_AREA
    from slgeo.scenarios import effect, effect_by_group
    from slgeo.tables import checked

    study, areas = context.study, context.found.areas
    thresholds = thresholds_of(study)
    groups = groups_of(areas)
    by_group, by_area = {}, {}
    for changed, pairs in scenarios:
        for before, after in pairs:
            key = changed.name, before.kind, before.mode
            by_group[key] = effect_by_group(
                before, after, areas, groups, thresholds=thresholds
            ).droplevel(["kind", "mode"])
            by_area[key] = effect(before, after, areas)
    names = ["scenario", "kind", "mode"]
    grouped = pd.concat(by_group, names=names)
    listed = pd.concat(by_area, names=names).reorder_levels(["scenario", "area", "kind", "mode"])
    return checked(grouped, WHAT_IF), checked(listed, WHAT_IF_BY_AREA)


def _lines(context: Context, table: pd.DataFrame) -> Iterator[str]:
    from slgeo.places.taxonomy import LABELS

    study = context.study
    keys = ["scenario", "kind", "mode"]
    for (scenario, kind, mode), rows in table.groupby(level=keys, sort=False):
        beyond = study.gaps.beyond(str(mode))
        everyone = rows.xs(("everyone", beyond), level=("by", "minutes")).iloc[0]
        a = LABELS[str(kind)].a if str(kind) in LABELS else str(kind)
        yield (
            f"{scenario}: {people(everyone['beyond_after'])} people further than {beyond:g} "
            f"minutes' {JOURNEY.get(str(mode), str(mode))} from {a}, "
            f"{_difference(everyone['beyond_before'], everyone['beyond_after'])}; "
            + ", ".join(_changed(everyone, rows, beyond))
            + "."
        )


def _difference(before: float, after: float) -> str:
    if round(before) == round(after):
        return "as now"
    return f"{people(abs(after - before))} {'fewer' if after < before else 'more'} than now"


def _changed(everyone: pd.Series[Any], rows: pd.DataFrame, beyond: float) -> Iterator[str]:
    """Say how many are nearer and farther, and how many of them live where it is most deprived."""
    at = rows.xs(beyond, level="minutes")
    fifth = (at.index.get_level_values("by") == "local_fifth") & (
        at.index.get_level_values("group") == "1"
    )
    for column, said in (("people_sooner", "nearer"), ("people_later", "farther")):
        count = everyone[column]
        if round(count) == 0:
            yield f"nobody is {said}"
            continue
        phrase = f"{people(count)} are at least a minute {said}"
        if fifth.any():
            row = at[fifth].iloc[0]
            phrase += f" ({people(row[column])} of them in {row['label']})"
        yield phrase


def _draw(page: AccessMap, context: Context, scenarios: Sequence[_Scenario]) -> None:
    """Give the page each scenario, beside things as they are."""
    from slgeo.pipeline.page import show_reach

    for changed, pairs in scenarios:
        for _, after in pairs:
            show_reach(
                page,
                context.study,
                after,
                context.found.places.sites,
                scenario=changed.name,
                nearest=after.nearest,
            )
