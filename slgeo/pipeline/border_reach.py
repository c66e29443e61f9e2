"""How far beyond a study's border its roads, places and areas go on, against what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.pipeline.travel import CATCHMENT

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.network.roads import Roads
    from slgeo.pipeline.parts import Context

STEPS: Final = 500
"""Points along the border at which the way to the end of what lies around is measured."""

SQUARE: Final = 1_000.0
"""Metres of a square that has a road or none."""

FASTEST: Final = {"walk": 4.8, "cycle": 16.0, "drive": 96.56}
"""km/h at which distances are judged before there is a network: as walked and cycled by default,
and the limit of a single carriageway, 60 mph."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """
    What lies around a study.

    Parameters
    ----------
    table
        The table ``border_reach``.
    room
        Metres to which roads of every mode go on beyond the study, at half of its border.
    """

    table: pd.DataFrame
    room: float


def border_reach(context: Context) -> Surroundings:
    """
    Measure how far roads, places and areas go on beyond a study's border.

    Returns
    -------
    Surroundings
        Roads a row a mode; the places of the first kind; the areas.
    """
    import pandas as pd

    found, study = context.found, context.study
    outline = study_outline(found.areas)
    own = found.origins["area"].isin(found.areas.index[found.areas["in_study"]]).to_numpy()
    weights = np.where(own, found.origins["people"].to_numpy(float), 0.0)
    rows: dict[tuple[str, str], dict[str, float]] = {}
    rooms = []
    for mode, network in context.networks.items():
        minutes = needed_minutes(study, mode)
        needed = minutes / 60 * brisk_kmh(network)
        far = beyond_border(outline, network.hull)
        rooms.append(float(np.median(far)))
        enough = float(weights[found.exits[mode] >= minutes].sum())
        rows["roads", mode] = {
            **_quantiles(far),
            "needed_km": needed,
            "minutes_needed": minutes,
            "people": float(weights.sum()),
            "people_enough": enough,
        }
    sites = found.places.sites
    of_kind = sites[(sites["kind"] == found.reached[0].kind) & ~sites.geometry.isna()]
    away = of_kind.geometry.distance(outline).to_numpy()
    away = away[away > 0]
    farthest = float(away.max()) / 1000 if len(away) else np.nan
    rows["places", "any"] = {"count": float(len(away)), "farthest_km": farthest}
    context_areas = found.areas[~found.areas["in_study"]]
    around = found.areas.geometry.union_all()
    rows["areas", "any"] = {
        **_quantiles(beyond_border(outline, around)),
        "count": float(len(context_areas)),
        "minutes_needed": 2 * CATCHMENT,
    }
    columns = [
        *("least_km", "half_km", "farthest_km", "count", "needed_km", "minutes_needed"),
        *("people", "people_enough"),
    ]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["what", "mode"])
    return Surroundings(table, min(rooms))


def study_outline(areas: gpd.GeoDataFrame) -> Polygon | MultiPolygon:
    """Outline of the study's own areas, without the slivers between boundaries that do not meet."""
    import shapely

    shapes = areas.loc[areas["in_study"]].geometry.make_valid()
    whole: Polygon | MultiPolygon = shapely.union_all(shapes.to_numpy())  # type: ignore[assignment]  # of surfaces
    return whole


def needed_minutes(study: Study, mode: str) -> float:
    """Say how long a journey across the border may be that a figure of the study hangs on."""
    asked = [one for one in study.travel.thresholds if one <= study.travel.limit[mode]]
    return max(*asked, study.gaps.beyond(mode), CATCHMENT)


def brisk_kmh(network: Network) -> float:
    """Speed on the fastest class of road that makes up a hundredth of the roads or more."""
    milliseconds = np.where(network.forward > 0, network.forward, network.backward).astype(float)
    used = (milliseconds > 0) & (network.length > 0)
    metres = np.bincount(network.road_class[used], weights=network.length[used])
    hours = np.bincount(network.road_class[used], weights=milliseconds[used]) / 3.6e6
    many = metres >= 0.01 * metres.sum() if metres.size else np.zeros(0, bool)
    if not many.any():
        return network.walking_kmh
    return float((metres[many] / 1000 / hours[many]).max())


def beyond_border(outline: Polygon | MultiPolygon, supplied: BaseGeometry) -> NDArray[np.float64]:
    """
    Measure how far something goes on beyond a border, at points along it.

    Parameters
    ----------
    outline
        Of the study.
    supplied
        What roads or areas cover, in the same CRS.

    Returns
    -------
    ndarray of float64
        Metres from each of about :data:`STEPS` points of the outer border to where `supplied` ends;
        0 where it ends before the border.
    """
    import shapely

    rings = [part.exterior for part in shapely.get_parts(outline)]
    length = sum(ring.length for ring in rings)
    points = np.concatenate(
        [
            shapely.line_interpolate_point(
                ring,
                np.linspace(0, 1, max(1, round(STEPS * ring.length / length)), endpoint=False),
                normalized=True,
            )
            for ring in rings
        ]
    )
    shapely.prepare(supplied)
    ends = shapely.distance(shapely.boundary(supplied), points)
    far: NDArray[np.float64] = np.where(shapely.contains(supplied, points), ends, 0.0)
    return far


def _quantiles(far: NDArray[np.float64]) -> dict[str, Any]:
    return {"least_km": float(far.min()) / 1000, "half_km": float(np.median(far)) / 1000}


def border_ahead(
    study: Study, areas: gpd.GeoDataFrame, roads: Roads
) -> tuple[tuple[bool, str], tuple[bool, str]]:
    """
    Say before a run how far roads and areas go on beyond a study's border.

    Parameters
    ----------
    study
        What is asked for.
    areas
        The ``areas`` table.
    roads
        As read from the extract; where the study gives no outline, square kilometres that have a
        road stand for it.

    Returns
    -------
    tuple of tuple
        Of the roads, then of the areas: whether they go as far as is needed at half of the border,
        and a sentence. What is needed is judged at the highest speeds there are, so less may do.
    """
    from slgeo.pipeline.travel import outline_given

    outline = study_outline(areas)
    crs = str(areas.crs)
    supplied = outline_given(study, crs)
    if supplied is None:
        supplied = _squares(roads, crs)
    far = float(np.median(beyond_border(outline, supplied))) / 1000
    needed = {mode: needed_minutes(study, mode) / 60 * FASTEST[mode] for mode in study.travel.modes}
    way = ", ".join(
        f"{kilometres:.1f} km by {mode} in {needed_minutes(study, mode):g} minutes"
        for mode, kilometres in needed.items()
    )
    enough = far >= max(needed.values())
    roads_say = (
        f"roads go on about {far:.1f} km beyond the study's border at half of its length; people "
        f"go up to {way}"
        + ("" if enough else ": take the extract, and places, farther out if they can be had")
    )
    around = areas.geometry.make_valid().union_all()
    out = float(np.median(beyond_border(outline, around))) / 1000
    count = int((~areas["in_study"]).sum())
    areas_say = (
        f"{count:,} areas around the study go on {out:.1f} km beyond its border at half of its "
        "length; their people compete for the same places"
        if count
        else "no areas around the study: people from beyond it, who use the same places, are left "
        "out of what is shared per head"
    )
    return (enough, roads_say), (count > 0, areas_say)


def _squares(roads: Roads, crs: str) -> BaseGeometry:
    """Cover what roads an extract has by square kilometres, gaps of one closed."""
    import shapely
    from pyproj import Transformer

    known = np.isfinite(roads.x)
    turn = Transformer.from_crs(roads.crs, crs, always_xy=True)
    x, y = turn.transform(roads.x[known], roads.y[known])
    cells = np.unique(np.floor(np.column_stack([x, y]) / SQUARE), axis=0) * SQUARE
    squares = shapely.box(cells[:, 0], cells[:, 1], cells[:, 0] + SQUARE, cells[:, 1] + SQUARE)
    return (
        shapely.union_all(squares)
        .buffer(SQUARE, join_style="mitre")
        .buffer(-SQUARE, join_style="mitre")
    )
