"""How fast a study travels: the profile of each mode it asks for, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.network.speeds import Speeds

DEFAULT: Final = {
    "walk": "Walking is at {kmh:g} km/h (the convention of the Journey Time Statistics) on roads"
    " and paths open to people on foot; slopes and crossings are not counted.",
    "cycle": "Cycling is at 16 km/h (the convention of the Journey Time Statistics) on roads and"
    " paths open to bicycles.",
    "drive": "Driving is at the average speeds of each class of road on weekday mornings between 7"
    " and 10 (Department for Transport)",
}
"""What is said where the default profile is used."""

CHOSEN: Final = {
    "walk": "Walking is at {kmh:g} km/h ({source}); slopes and crossings are not counted.",
    "cycle": "Cycling speeds: {source}.",
    "drive": "Driving speeds: {source}",
}
"""What is said of any other."""


def profile(study: Study, mode: str) -> Speeds:
    """Find the speed profile a study asks for, with its additions at junctions and for parking."""
    from slgeo.network.speeds import DEFAULTS, SPEEDS

    travel = study.travel
    names = [name for name in travel.speeds if SPEEDS[name].mode == mode]
    speeds = SPEEDS[names[0] if names else DEFAULTS[mode]]
    if mode != "drive" or not (travel.junction_seconds or travel.parking_minutes):
        return speeds
    added = [f"{travel.junction_seconds:g} s a junction"] if travel.junction_seconds else []
    added += [f"{travel.parking_minutes:g} min to park"] if travel.parking_minutes else []
    return replace(
        speeds,
        name=f"{speeds.name}, {', '.join(added)}",
        junction_seconds=travel.junction_seconds,
        parking_seconds=travel.parking_minutes * 60,
    )


def in_wales(areas: gpd.GeoDataFrame) -> Polygon | MultiPolygon | bool:
    """Tell what of a study lies in Wales: all of it, nothing, or the shape of its Welsh areas."""
    welsh = areas["nation"].eq("W").to_numpy()
    if welsh.all() or not welsh.any():
        return bool(welsh.all() and len(welsh))
    shape: Any = areas[welsh].union_all()  # of polygons, which shapely's types cannot say
    return cast("Polygon | MultiPolygon", shape)


def speeds_said(study: Study, mode: str, network: Network) -> str:
    """Say how fast a mode travels; with a terrain model that is on level ground."""
    from slgeo.network.speeds import DEFAULTS, SPEEDS

    travel = study.travel
    name = network.speeds.split(",")[0]  # what follows it are the additions
    said = (DEFAULT if name == DEFAULTS[mode] else CHOSEN)[mode].format(
        kmh=network.walking_kmh, source=SPEEDS[name].source if name in SPEEDS else name
    )
    if mode == "drive":
        more = [f"{travel.junction_seconds:g} seconds are added at each junction"]
        more = more if travel.junction_seconds else []
        more.append(
            f"{travel.parking_minutes:g} minutes for parking are added to each journey"
            if travel.parking_minutes
            else "parking is not counted"
        )
        said = f"{said}; {', and '.join(more)}."
    if study.roads.elevation is not None:
        said = said.replace("slopes and crossings are", "crossings are")
    return said
