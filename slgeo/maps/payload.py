"""
The spec as the browser reads it: one JSON value, small before it is packed.

This module and ``assets/src/model.mjs`` are the only two that know the names in it. Times are whole
tenths of a minute; counts are whole people; missing is -1, never NaN.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo import reasons
from slgeo.maps import palette, text
from slgeo.maps.classify import CHANGE_LABELS, class_labels
from slgeo.maps.hexagons import WORLD

if TYPE_CHECKING:
    from slgeo.maps.spec import (
        AreaFacts,
        Catchment,
        Gap,
        Hexagons,
        MapSpec,
        Measure,
        RegisteredAreas,
        Route,
        Surface,
        Territory,
    )


def payload(spec: MapSpec) -> dict[str, Any]:
    """Write a spec as plain JSON values."""
    modes = [mode for mode in text.MODE_WORDS if any(m.mode == mode for m in spec.measures)]
    return {
        "title": spec.title,
        "place": spec.place,
        "date": spec.date,
        "invented": spec.invented,
        "thresholds": list(spec.thresholds),
        "opening": spec.opening,
        "typical": spec.typical,
        "classes": class_labels(spec.thresholds),
        "colours": list(palette.MINUTES[-len(spec.thresholds) - 1 :]),
        "shares": list(palette.SHARES),
        "changes": list(palette.DIFFERENCE),
        "changeLabels": list(CHANGE_LABELS),
        "scenarios": list(spec.scenarios),
        "modes": [[mode, *text.MODE_WORDS[mode]] for mode in modes],
        "kinds": dict(spec.kinds),
        "reasons": [[reason, reasons.SENTENCES[reason]] for reason in reasons.ALL],
        "areas": _areas(spec.facts),
        "measures": [_measure(measure) for measure in spec.measures],
        "sites": _sites(spec),
        "gaps": [_gap(gap) for gap in spec.gaps],
        "routes": [_route(route) for route in spec.routes],
        "catchments": [_catchment(one) for one in spec.catchments],
        "territories": [_territory(one) for one in spec.territories],
        "registered": [_registered(one) for one in spec.registered],
        "surfaces": [_surface(one) for one in spec.surfaces],
        "hexagons": _hexagons(spec.hexagons),
        "needs": list(palette.NEED) if spec.need else None,
        "online": None if spec.online is None else [spec.online.url, spec.online.host],
        "equity": [dict(row) for row in spec.equity],
        "basemap": _basemap(spec),
        "noCar": text.no_car(spec),
    }


def _areas(facts: AreaFacts) -> dict[str, Any]:
    return {
        "code": list(facts.codes),
        "name": list(facts.names),
        "study": facts.in_study.astype(int).tolist(),
        "people": facts.people.tolist(),
        "decile": facts.decile.tolist(),
        "fifth": facts.fifth.tolist(),
        "third": facts.third.tolist(),
        "rurality": facts.rurality.tolist(),
        "ruralityClasses": list(facts.rurality_classes),
        "groups": [[label, counts.tolist()] for label, counts in facts.groups.items()],
        "nation": facts.nation,
        "index": facts.index,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "kind": measure.kind,
        "mode": measure.mode,
        "label": measure.label,
        "noun": measure.noun,
        "limit": measure.limit,
        "scenario": measure.scenario,
        "residents": None if measure.residents is None else measure.residents.tolist(),
        "whole": measure.whole,
        "caption": measure.caption,
        "tenths": measure.tenths.tolist(),
        "reason": measure.reason.tolist(),
        "bins": sparse_rows(measure.bins),
        "without": [
            [reasons.ALL.index(reason), sparse(counts)]
            for reason, counts in measure.without.items()
        ],
        "withheld": np.flatnonzero(measure.withheld).tolist(),
        "unsafe": sparse(measure.unsafe),
        "nearest": [[value for pair in row for value in pair] for row in measure.nearest],
    }


def sparse(counts: np.ndarray) -> list[int]:
    """
    List the counts that are not zero as position, count, position, count.

    Examples
    --------
    >>> sparse(np.array([0, 5, 0, 7]))
    [1, 5, 3, 7]
    """
    at = np.flatnonzero(counts)
    return [int(value) for pair in zip(at, counts[at], strict=True) for value in pair]


def sparse_rows(bins: np.ndarray) -> list[int]:
    """
    Write a table of mostly zeros as one list: for each row how many entries, then each entry.

    An entry is how many columns it lies past the one before, and its count.

    Examples
    --------
    >>> sparse_rows(np.array([[0, 5, 0, 7], [0, 0, 0, 0]]))
    [2, 1, 5, 2, 7, 0]
    """
    out: list[int] = []
    for row in bins:
        at = np.flatnonzero(row)
        out.append(len(at))
        for skip, count in zip(np.diff(at, prepend=0), row[at], strict=True):
            out += [int(skip), int(count)]
    return out


def _sites(spec: MapSpec) -> dict[str, Any]:
    sources = list(dict.fromkeys(site.source for site in spec.sites))
    return {
        "code": [site.code for site in spec.sites],
        "name": [site.name for site in spec.sites],
        "kind": [site.kind for site in spec.sites],
        "postcode": [site.postcode for site in spec.sites],
        "checked": [text.dated(site.checked) for site in spec.sites],
        "precision": [site.precision for site in spec.sites],
        "reason": [site.reason for site in spec.sites],
        "opened": [site.opened for site in spec.sites],
        "closed": [list(site.closed) for site in spec.sites],
        "sources": sources,
        "source": [sources.index(site.source) for site in spec.sites],
        # hundred-thousandths of a degree, about a metre; null where the place was not placed
        "lon": [None if site.lon is None else round(site.lon * 1e5) for site in spec.sites],
        "lat": [None if site.lat is None else round(site.lat * 1e5) for site in spec.sites],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "code": gap.code,
        "rank": gap.rank,
        "name": gap.name,
        "kind": gap.kind,
        "mode": gap.mode,
        "beyond": gap.beyond,
        "people": gap.people,
        "total": gap.people_total,
        "without": gap.people_without_time,
        "minutes": gap.minutes,
        "nearest": gap.nearest,
        "decile": gap.decile,
        "areas": list(gap.areas),
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "area": route.area,
        "kind": route.kind,
        "mode": route.mode,
        "site": route.site,
        "lines": [list(line) for line in route.lines],
    }


def _catchment(one: Catchment) -> dict[str, Any]:
    return {
        "site": one.site,
        "kind": one.kind,
        "mode": one.mode,
        "minutes": one.minutes,
        "people": one.people,
        "inside": one.people_in_drawing,
        "rings": [list(ring) for ring in one.rings],
    }


def _territory(one: Territory) -> dict[str, Any]:
    return {
        "site": one.site,
        "mode": one.mode,
        "people": one.people,
        "rings": [list(ring) for ring in one.rings],
    }


def _registered(one: RegisteredAreas) -> dict[str, Any]:
    return {
        "site": one.site,
        "areas": list(one.areas),
        "patients": one.patients,
        "inside": one.inside,
    }


def _surface(one: Surface) -> dict[str, Any]:
    west, south, east, north = one.bounds
    return {
        "kind": one.kind,
        "mode": one.mode,
        "scenario": one.scenario,
        "metres": one.metres,
        # where the whole web map is 1 across and y runs south
        "box": [0.5 + west / WORLD, 0.5 - north / WORLD, 0.5 + east / WORLD, 0.5 - south / WORLD],
        "picture": f"data:image/png;base64,{base64.b64encode(one.picture).decode('ascii')}",
    }


def _hexagons(found: Hexagons | None) -> dict[str, Any] | None:
    if found is None:
        return None
    at = [value for pair in found.at for value in pair]
    return {"size": found.size, "left": found.left, "top": found.top, "at": at}


def _basemap(spec: MapSpec) -> dict[str, Any] | None:
    if spec.basemap is None:
        return None
    from slgeo.maps.background import background

    return background(spec.basemap)
