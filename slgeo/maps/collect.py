"""From the tables an :class:`~slgeo.maps.AccessMap` is given to the values of its spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo import reasons as why
from slgeo.errors import PageError
from slgeo.maps.background import in_degrees
from slgeo.maps.classify import local_parts
from slgeo.maps.spec import (
    MODES,
    NATIONS,
    AreaFacts,
    Catchment,
    Gap,
    Measure,
    RegisteredAreas,
    Route,
    Site,
    Territory,
)
from slgeo.maps.text import plain
from slgeo.places.taxonomy import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

SIMPLIFY: Final = 10.0
"""Metres a drawn way or travel-time area may move."""

NEAREST: Final = 3
"""Places listed for an area."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One measure as it was given; see :meth:`AccessMap.measure`."""

    minutes: pd.Series[Any]
    kind: str
    mode: str
    within: pd.DataFrame | None
    without: pd.DataFrame | None
    reasons: pd.Series[Any] | None
    unsafe: pd.Series[Any] | None
    caption: str
    label: str
    noun: str
    scenario: str = ""
    nearest: pd.DataFrame | None = None
    people: pd.Series[Any] | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"measure {self.kind} by {self.mode}"


def area_facts(areas: gpd.GeoDataFrame, groups: Mapping[str, str]) -> AreaFacts:
    """Take what the page says of areas from the areas table."""
    absent = [column for column in groups if column not in areas]
    if absent:
        raise PageError(
            f"no column {', '.join(map(repr, absent))} in the areas table to show as a group "
            f"(columns found: {', '.join(map(str, areas.columns))})"
        )
    inside = areas["in_study"].to_numpy(dtype=bool)
    people = _whole(areas["population"])
    classes, position = _classes(areas, "rurality")
    households = areas.get("households")
    no_car = areas.get("households_no_car")
    cars = households is not None and no_car is not None
    order = _order(areas)
    return AreaFacts(
        codes=tuple(map(str, areas.index)),
        names=tuple(map(plain, areas["name"])),
        in_study=inside,
        people=people,
        decile=_whole(areas["deprivation_decile"]) if "deprivation_decile" in areas else people * 0,
        fifth=local_parts(order, people, inside),
        third=local_parts(order, people, inside, 3),
        rurality=position,
        rurality_classes=classes,
        households=_whole(households) if cars else None,
        households_no_car=_whole(no_car) if cars else None,
        groups={plain(label): _whole(areas[column]) for column, label in groups.items()},
        nation=_only({NATIONS[n] for n in areas.loc[inside, "nation"]}),
        index=_only(set(areas["deprivation_index"].dropna().map(plain)))
        if "deprivation_index" in areas
        else "",
    )


def check(given: Given, areas: gpd.GeoDataFrame) -> None:
    """
    Refuse a measure that would lose areas or people.

    Raises
    ------
    PageError
        Naming every fault at once.
    """
    faults = _shape_faults(given, areas)
    if not faults and given.within is not None:
        faults = _people_faults(given, given.within, areas)
    if faults:
        raise PageError(f"{given.name}: " + "; ".join(faults))


def check_scenario(given: Given, before: list[Given]) -> None:
    """
    Refuse a scenario with nothing to compare it with, and a measure given twice.

    Raises
    ------
    PageError
        Naming the measure.
    """
    same = [g for g in before if (g.kind, g.mode) == (given.kind, given.mode)]
    if any(g.scenario == given.scenario for g in same):
        raise PageError(f"{given.name} was given twice: give each kind, mode and scenario once")
    base = [g for g in same if not g.scenario]
    if given.scenario and not base:
        raise PageError(
            f"{given.name}, {given.scenario!r}: give the measure without a scenario first, so that "
            "there is something to compare with"
        )
    if given.scenario and (given.within is None) != (base[0].within is None):
        raise PageError(
            f"{given.name}, {given.scenario!r}: give `within` to both measures or to neither, so "
            "that their people are counted alike"
        )


def _shape_faults(given: Given, areas: gpd.GeoDataFrame) -> list[str]:
    """Find modes, areas, minutes and reasons that the tables should not or do not have."""
    faults = []
    if given.mode not in MODES:
        faults.append(f"mode {given.mode!r} is not one of {', '.join(MODES)}")
    for name in ("minutes", "within", "without", "reasons", "unsafe", "people"):
        table = getattr(given, name)
        if table is None:
            continue
        lost = areas.index.difference(table.index)
        if len(lost):
            some = ", ".join(map(str, lost[:5]))
            faults.append(f"{name} has no row for {len(lost)} areas (first: {some})")
        if not table.index.is_unique:
            faults.append(f"{name} has areas twice")
    within, without = given.within, given.without
    if within is not None and [*within.columns] != [*range(within.shape[1])]:
        faults.append("the columns of within are not the whole minutes 0, 1, 2, ... limit")
    unknown = [] if without is None else [c for c in without.columns if c not in why.ALL]
    if unknown:
        faults.append(f"without has columns that are no reasons: {', '.join(map(str, unknown))}")
    return faults


def _people_faults(given: Given, within: pd.DataFrame, areas: gpd.GeoDataFrame) -> list[str]:
    """Find areas of the study whose people with and without a time are not everybody."""
    study = areas.index[areas["in_study"].to_numpy(dtype=bool)]
    within = within.loc[study]
    falls = int((within.diff(axis=1).min(axis=1) < -1e-6).sum())
    counted = within.iloc[:, -1]
    if given.without is not None:
        counted = counted + given.without.loc[study].sum(axis=1)
    population = (areas["population"] if given.people is None else given.people).loc[study]
    wrong = study[((counted - population).abs() > 1.0) & counted.notna()]
    faults = []
    if falls:
        faults.append(f"within falls from one minute to the next in {falls} areas")
    if len(wrong):
        first = wrong[0]
        faults.append(
            f"people with and without a time are not the population in {len(wrong)} areas (first: "
            f"{first}, {counted[first]:,.1f} of {population[first]:,.0f}); for another period give "
            "people=, its residents by area"
        )
    return faults


def measure(
    given: Given,
    areas: gpd.GeoDataFrame,
    nearest: pd.DataFrame | None,
    position: Mapping[str, int],
) -> Measure:
    """Make the values of one measure."""
    minutes = given.minutes.reindex(areas.index).to_numpy(dtype=float)
    inside = areas["in_study"].to_numpy(dtype=bool)
    own = None if given.people is None else _whole(given.people.loc[areas.index])
    people = _whole(areas["population"]) if own is None else own
    bins, without, withheld = _people(given, areas, minutes, people)
    shown = inside & ~withheld
    tenths = np.where(shown & ~np.isnan(minutes), np.floor(minutes * 10 + 0.5), -1)
    bins[~shown] = 0
    unsafe = np.zeros(len(areas)) if given.unsafe is None else _numbers(given.unsafe, areas)
    return Measure(
        kind=given.kind,
        mode=given.mode,
        label=given.label or _label(given.kind),
        noun=given.noun
        or (LABELS[given.kind].a if given.kind in LABELS else "a place of this kind"),
        limit=bins.shape[1] - 1,
        tenths=np.nan_to_num(tenths, nan=-1).astype(np.int64),
        reason=_reasons(given, areas, without, shown & np.isnan(minutes)),
        bins=bins,
        without={reason: np.where(shown, counts, 0) for reason, counts in without.items()},
        withheld=withheld & inside,
        unsafe=np.where(shown, np.rint(unsafe), 0).astype(np.int64),
        whole=given.within is None,
        caption=given.caption,
        nearest=_nearest(given, areas, nearest, position, shown),
        scenario=given.scenario,
        residents=own,
    )


def _people(
    given: Given, areas: gpd.GeoDataFrame, minutes: np.ndarray, people: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Count whole people by minute and by reason; each area's add up to its people."""
    if given.within is None:
        return _lumps(given, areas, minutes, people)
    within = given.within.loc[areas.index].to_numpy(dtype=float)
    withheld = np.isnan(within).all(axis=1)
    found = [] if given.without is None else [r for r in why.ALL if r in given.without.columns]
    parts = np.diff(np.nan_to_num(within), axis=1, prepend=0.0)
    if found and given.without is not None:
        lost = given.without.loc[areas.index, found].to_numpy(dtype=float)
        parts = np.hstack([parts, np.where(withheld[:, None], 0.0, np.nan_to_num(lost))])
    # Rounding the running total, not the parts, keeps every area's sum.
    running = np.floor(np.cumsum(parts, axis=1) + 0.5 + 1e-9).astype(np.int64)
    exact = np.diff(running, axis=1, prepend=0)
    cut = within.shape[1]
    return exact[:, :cut], {r: exact[:, cut + i] for i, r in enumerate(found)}, withheld


def _lumps(
    given: Given, areas: gpd.GeoDataFrame, minutes: np.ndarray, people: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Count each area whole at its own minutes, where no distribution was given."""
    known = ~np.isnan(minutes)
    minute = np.ceil(np.where(known, np.round(minutes, 6), 0)).astype(int)
    limit = max(60, int(minute.max(initial=0)))
    bins = np.zeros((len(areas), limit + 1), dtype=np.int64)
    bins[np.flatnonzero(known), minute[known]] = people[known]
    why_not = _words(given, areas)
    without = {
        reason: np.where(~known & (why_not == reason), people, 0)
        for reason in why.ALL
        if (~known & (why_not == reason)).any()
    }
    return bins, without, np.zeros(len(areas), dtype=bool)


def _words(given: Given, areas: gpd.GeoDataFrame) -> np.ndarray:
    """Give the reason of each area; beyond the limit where none was given."""
    if given.reasons is None:
        return np.full(len(areas), why.BEYOND_LIMIT, dtype=object)
    found = given.reasons.reindex(areas.index)
    return np.array([r if r in why.ALL else why.BEYOND_LIMIT for r in found], dtype=object)


def _reasons(
    given: Given, areas: gpd.GeoDataFrame, without: Mapping[str, np.ndarray], bare: np.ndarray
) -> np.ndarray:
    """Position of each bare area's reason: the one given, or the one most of its people have."""
    if given.reasons is None and without:
        table = np.stack(list(without.values()))
        words = np.array(list(without), dtype=object)[table.argmax(axis=0)]
    else:
        words = _words(given, areas)
    return np.array(
        [why.ALL.index(word) if gone else -1 for word, gone in zip(words, bare, strict=True)]
    )


def _nearest(
    given: Given,
    areas: gpd.GeoDataFrame,
    nearest: pd.DataFrame | None,
    position: Mapping[str, int],
    shown: np.ndarray,
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """List the places nearest to each area, by this kind and mode only."""
    rows: list[list[tuple[int, int]]] = [[] for _ in range(len(areas))]
    nearest = nearest if given.nearest is None else given.nearest
    if nearest is not None and len(nearest):
        mine = nearest[(nearest["kind"] == given.kind) & (nearest["mode"] == given.mode)]
        at = areas.index.get_indexer(pd.Index(mine["area"]))
        site = mine["site"].astype(str).map(position).fillna(-1).to_numpy(dtype=int)
        tenths = np.floor(mine["minutes"].to_numpy(dtype=float) * 10 + 0.5)
        usable = (at >= 0) & (site >= 0) & ~np.isnan(tenths)
        order = np.lexsort((mine["rank"].to_numpy(), at))
        for i in order[usable[order]]:
            area = at[i]
            if shown[area] and len(rows[area]) < NEAREST:
                rows[area].append((int(site[i]), int(tenths[i])))
    return tuple(map(tuple, rows))


def sites(
    table: gpd.GeoDataFrame | None,
    opened: Mapping[str, str],
    closed: Mapping[str, tuple[str, ...]],
) -> tuple[Site, ...]:
    """Take what the page says of places from the sites table; code -> scenario that changes it."""
    if table is None or table.empty:
        return ()
    points = table.geometry.to_crs(4326)
    columns = {
        name: table[name] if name in table else [None] * len(table)
        for name in ("checked", "postcode", "reason")
    }
    return tuple(
        Site(
            code=str(code),
            name=plain(name),
            kind=plain(kind),
            source=plain(source),
            checked=_text(checked),
            postcode=_text(postcode),
            precision=plain(precision),
            reason=_text(reason),
            lon=float(x) if np.isfinite(x) else None,
            lat=float(y) if np.isfinite(y) else None,
            opened=opened.get(str(code), ""),
            closed=closed.get(str(code), ()),
        )
        for code, name, kind, source, precision, checked, postcode, reason, x, y in zip(
            table.index,
            table["name"],
            table["kind"],
            table["source"],
            table["precision"],
            columns["checked"],
            columns["postcode"],
            columns["reason"],
            points.x,
            points.y,
            strict=True,
        )
    )


def gaps(table: gpd.GeoDataFrame | None, areas: Mapping[str, int]) -> tuple[Gap, ...]:
    """Take what the page says of gaps from the gaps table."""
    if table is None:
        return ()
    rows: list[Any] = list(table.itertuples())
    return tuple(
        Gap(
            code=str(row.Index),
            rank=int(row.rank),
            name=plain(row.name),
            kind=plain(row.kind),
            mode=plain(row.mode),
            beyond=int(row.beyond),
            people=round(row.people),
            people_total=round(row.people_total),
            people_without_time=round(row.people_without_time),
            minutes=_number(row.minutes),
            nearest=_text(row.nearest),
            decile=_number(row.deprivation_decile),
            areas=tuple(areas[code] for code in str(row.areas).split() if code in areas),
        )
        for row in rows
    )


def routes(
    table: gpd.GeoDataFrame | None, areas: Mapping[str, int], position: Mapping[str, int]
) -> tuple[Route, ...]:
    """Take the ways drawn, simplified to ten metres; rows without a way are left out."""
    if table is None:
        return ()
    found = []
    drawn = table[table.geometry.notna()]
    rows: list[Any] = list(drawn.itertuples())
    for row, lines in zip(rows, _lines(drawn.geometry), strict=True):
        if row.area in areas and str(row.site) in position:
            site = position[str(row.site)]
            found.append(Route(areas[row.area], plain(row.kind), row.mode, site, lines))
    return tuple(found)


def catchments(
    table: gpd.GeoDataFrame, mode: str, kind: str, position: Mapping[str, int]
) -> tuple[Catchment, ...]:
    """Take travel-time areas as rings, simplified to ten metres; dissolved ones name a kind."""
    rows: list[Any] = list(table.reset_index().itertuples())
    return tuple(
        Catchment(
            site=-1 if kind else position[str(row.site)],
            kind=kind,
            mode=mode,
            minutes=int(row.minutes),
            people=round(row.people),
            people_in_drawing=round(row.people_in_drawing),
            rings=rings,
        )
        for row, rings in zip(rows, _lines(table.geometry.boundary), strict=True)
        if kind or str(row.site) in position
    )


def registered(
    table: pd.DataFrame, areas: Mapping[str, int], position: Mapping[str, int]
) -> tuple[RegisteredAreas, ...]:
    """Take the areas each place's patients come from, by position; unknown places are left out."""
    found = []
    for site, rows in table.groupby("site", sort=True):
        if str(site) not in position:
            continue
        codes = [str(area) for area in rows["area"]]
        strange = [code for code in codes if code not in areas]
        if strange:
            raise PageError(
                f"registered: {len(strange)} areas of {site} are not in the areas table "
                f"(first: {strange[0]})"
            )
        found.append(
            RegisteredAreas(
                site=position[str(site)],
                areas=tuple(sorted(areas[code] for code in codes)),
                patients=round(float(rows["patients"].iloc[0])),
                inside=round(float(rows["inside"].sum())),
            )
        )
    return tuple(found)


def territories(
    table: gpd.GeoDataFrame, mode: str, position: Mapping[str, int]
) -> tuple[Territory, ...]:
    """Take where each place is the nearest as rings, simplified to ten metres."""
    rows: list[Any] = list(table.reset_index().itertuples())
    return tuple(
        Territory(
            site=position[str(row.site)],
            mode=mode,
            people=round(row.people) if "people" in table and row.people == row.people else None,
            rings=rings,
        )
        for row, rings in zip(rows, _lines(table.geometry.boundary), strict=True)
        if str(row.site) in position
    )


def _lines(shapes: gpd.GeoSeries) -> list[tuple[tuple[int, ...], ...]]:
    """Write each shape's lines as steps of hundred-thousandths of a degree."""
    import shapely

    simple = shapely.simplify(np.asarray(shapes.array), SIMPLIFY)
    return [
        tuple(tuple(line) for line in in_degrees(shapely.get_parts([one]), shapes.crs))
        for one in simple
    ]


def kind_labels(measures: tuple[Measure, ...], places: tuple[Site, ...]) -> dict[str, str]:
    """Name every kind that occurs, those of measures first."""
    found = {m.kind: m.label for m in measures}
    for site in places:
        found.setdefault(site.kind, _label(site.kind))
    return found


def _label(kind: str) -> str:
    words = LABELS[kind].many if kind in LABELS else plain(kind).replace("_", " ")
    return words[:1].upper() + words[1:]


def _order(areas: gpd.GeoDataFrame) -> np.ndarray:
    """Give what orders areas for local fifths: rank, else score turned round, else decile."""
    for column, sign in (
        ("deprivation_rank", 1.0),
        ("deprivation_score", -1.0),
        ("deprivation_decile", 1.0),
    ):
        if column in areas and areas[column].notna().any():
            return np.asarray(areas[column].to_numpy(dtype=float, na_value=np.nan)) * sign
    return np.full(len(areas), np.nan)


def _classes(areas: gpd.GeoDataFrame, column: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Give each class of a column a position, those with most people in the study first."""
    if column not in areas:
        return (), np.full(len(areas), -1)
    values = areas[column]
    inside = areas["in_study"].to_numpy(dtype=bool)
    weight = areas["population"].where(inside, 0).groupby(values).sum()
    names = [
        name
        for name in weight.sort_values(ascending=False, kind="stable").index
        if weight[name] > 0
    ]
    position = {name: i for i, name in enumerate(names)}
    return tuple(map(plain, names)), np.array([position.get(v, -1) for v in values])


def _whole(values: Any) -> np.ndarray:  # noqa: ANN401 - a column of any dtype
    """Whole numbers, 0 for missing."""
    found = np.nan_to_num(values.to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(np.floor(found + 0.5), dtype=np.int64)


def _numbers(values: pd.Series[Any], areas: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(np.nan_to_num(values.reindex(areas.index).to_numpy(dtype=float)))


def _text(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    if isinstance(value, (int, float, np.integer, np.floating)) and not np.isnan(float(value)):
        return round(float(value), 1)
    return None


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""
