"""
Coordinates as people give them: what can be wrong with a pair, and what it was meant to be.

A pair is judged by itself here; :mod:`slgeo.places.geocode` then holds it against the postcode. A
faulty pair is never put right on its own word: its second reading is used only where the postcode
bears it out.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from pyproj import Transformer

GIVEN_RADIUS: Final = 30.0
"""Metres; assumed: half a large building with its grounds."""
_DEGREE: Final = 111_320.0
"""Metres of one degree of latitude (40,075 km / 360)."""

# The United Kingdom with its islands, Rockall left out. ONS: extreme points of the UK.
_SOUTH, _NORTH, _WEST, _EAST = 49.8, 60.95, -8.7, 1.8
_EASTINGS, _NORTHINGS = 700_000.0, 1_300_000.0
"""The National Grid ends here. Ordnance Survey, A guide to coordinate systems in Great Britain."""


class Judged(NamedTuple):
    """
    One pair of coordinates, judged; all empty where none was given.

    Parameters
    ----------
    point
        Longitude and latitude; None where the pair is faulty.
    radius
        Metres, from the number of decimals given.
    fault
        What is wrong, in words; empty where nothing is.
    meant
        Longitude and latitude of a second reading, where there is one.
    put_right
        What the second reading changes, in words.
    text
        The pair as given.
    """

    point: tuple[float, float] | None = None
    radius: float = GIVEN_RADIUS
    fault: str = ""
    meant: tuple[float, float] | None = None
    put_right: str = ""
    text: str = ""


def judge(places: pd.DataFrame) -> list[Judged]:
    """
    Judge the coordinates of every place.

    Parameters
    ----------
    places
        A places table: ``longitude`` and ``latitude``, or ``easting`` and ``northing``.

    Returns
    -------
    list of Judged
        In the order of the places. Degrees are preferred where a place has both.
    """
    columns = [
        places[name].astype(float).tolist()
        for name in ("longitude", "latitude", "easting", "northing")
    ]
    return [_pair(*row) for row in zip(*columns, strict=True)]


def _pair(lon: float, lat: float, east: float, north: float) -> Judged:
    first = Judged()
    if not (math.isnan(lon) and math.isnan(lat)):
        first = _degrees(lon, lat)._replace(text=f"{lat:.10g}, {lon:.10g}")
        if first.point is not None:
            return first
    if math.isnan(east) and math.isnan(north):
        return first
    second = _metres(east, north)._replace(text=f"{east:.10g}, {north:.10g}")
    return second if second.point is not None or not first.fault else first


def _degrees(lon: float, lat: float) -> Judged:
    shown = f"latitude {lat:.10g}, longitude {lon:.10g}"
    if math.isnan(lon) or math.isnan(lat):
        half = f"latitude {lat:.10g} has no longitude"
        return Judged(fault=half if math.isnan(lon) else f"longitude {lon:.10g} has no latitude")
    if _in_uk(lon, lat):
        turned = (-lon, lat) if lon and _in_uk(-lon, lat) else None
        return Judged(
            (lon, lat),
            max(GIVEN_RADIUS, _degree_radius(lon, lat)),
            meant=turned,
            put_right="longitude, whose sign was the other one" if turned else "",
        )
    if lat == 0 or (99.9 <= abs(lat) < 100 and lon == 0):
        return Judged(fault=f"{shown} stands for no location")
    if _in_uk(lat, lon):
        swapped = "latitude and longitude, which were swapped"
        return Judged(fault=f"{shown} are swapped", meant=(lat, lon), put_right=swapped)
    meant = _from_grid(lon, lat)
    if meant is not None:
        metres = "grid metres, which stood in the columns for degrees"
        return Judged(fault=f"{shown} are grid metres", meant=meant, put_right=metres)
    possible = abs(lon) <= 180 and abs(lat) <= 90
    return Judged(fault=f"{shown} " + ("is not in the UK" if possible else "cannot be"))


def _metres(east: float, north: float) -> Judged:
    shown = f"easting {east:.10g}, northing {north:.10g}"
    if math.isnan(north):
        return Judged(fault=f"easting {east:.10g} has no northing")
    if math.isnan(east):
        return Judged(fault=f"northing {north:.10g} has no easting")
    point, swapped = _from_grid(east, north), _from_grid(north, east)
    turned = "easting and northing, which were swapped" if swapped else ""
    if point is not None:
        radius = max(GIVEN_RADIUS, _grid_radius(east, north))
        return Judged(point, radius, meant=swapped, put_right=turned)
    if east == 0 or north == 0:
        return Judged(fault=f"{shown} stands for no location")
    for meant in ((east, north), (north, east)):
        if _in_uk(*meant):
            degrees = "degrees, which stood in the columns for grid metres"
            return Judged(fault=f"{shown} are degrees", meant=meant, put_right=degrees)
    return Judged(
        fault=f"{shown} is not in Great Britain",
        meant=swapped,
        put_right=turned,
    )


def _in_uk(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


@functools.cache
def _to_degrees() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(27700, 4326, always_xy=True)


def _from_grid(east: float, north: float) -> tuple[float, float] | None:
    """Turn grid metres into degrees; None outside the land the grid covers."""
    # A pair of degrees is a point of the grid too, off Scilly; no land lies in the first 5 km.
    if not (5_000 < east < _EASTINGS and 5_000 < north < _NORTHINGS):
        return None
    lon, lat = _to_degrees().transform(east, north)
    return (lon, lat) if _in_uk(lon, lat) else None


def _degree_radius(lon: float, lat: float) -> float:
    """Half the last decimal given, across the diagonal, in metres."""
    decimals = max(_decimals(lon), _decimals(lat))
    return round(math.sqrt(0.5) * _DEGREE * 10.0**-decimals, 1)


def _decimals(value: float) -> int:
    text = f"{value:.9f}".rstrip("0")
    return len(text.partition(".")[2])


def _grid_radius(east: float, north: float) -> float:
    """Half the square a rounded grid reference names, across the diagonal."""
    for size in (100_000, 10_000, 1_000, 100, 10):
        if east % size == 0 and north % size == 0:
            return round(math.sqrt(0.5) * size, 1)
    return 0.0
