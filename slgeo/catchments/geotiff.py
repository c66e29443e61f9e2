"""
Time surfaces as rasters: Cloud Optimized GeoTIFF, which every GIS opens.

One band of minutes, :data:`NO_DATA` where nothing is reached. What the minutes mean is written in
the file's tags, so that a raster passed on still says its mode, speeds, direction and licence.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.catchments.reach import MS
from slgeo.catchments.surface import UNREACHED, Surface
from slgeo.errors import AccessError, SourceError
from slgeo.sources.cache import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_DATA: Final = -1.0
"""Value of a cell without a time: below every time, and every program shows it as a number."""

SINGLE: Final = 120.0
"""Longest limit, minutes, at which 32-bit numbers still tell milliseconds apart."""

_PREFIX: Final = "SLGEO_"
_ROADS: Final = "SLGEO_ROADS_"


def write_geotiff(surface: Surface, path: str | Path) -> Path:
    """
    Write a surface as a Cloud Optimized GeoTIFF.

    Parameters
    ----------
    surface
        What :func:`slgeo.catchments.time_surface` made.
    path
        File to write; one that is there is replaced.

    Returns
    -------
    Path
        The file. Its tags hold ``SLGEO_SITE``, ``_MODE``, ``_SPEEDS``, ``_DIRECTION``,
        ``_LIMIT_MINUTES``, ``_WALKING_KMH``, ``_OFF_ROAD_METRES``, and what is known of the roads
        (``SLGEO_ROADS_LICENCE``, ...).

    Raises
    ------
    AccessError
        Where the surface has no cells.
    """
    import rasterio
    from rasterio.transform import Affine

    if not surface.milliseconds.size:
        raise AccessError(f"{surface.site!r} reaches nothing: there is no raster to write")
    target = Path(path)
    rows, columns = surface.milliseconds.shape
    kind = np.float32 if surface.limit <= SINGLE else np.float64
    values = (surface.milliseconds / MS).astype(kind)
    values[surface.milliseconds == UNREACHED] = NO_DATA
    with (
        written(target) as beside,
        rasterio.open(
            beside,
            "w",
            driver="COG",
            width=columns,
            height=rows,
            count=1,
            dtype=values.dtype.name,
            crs=surface.crs,
            transform=Affine(surface.cell, 0.0, surface.west, 0.0, -surface.cell, surface.north),
            nodata=NO_DATA,
            compress="DEFLATE",
            # a mean of times would be the time of nobody
            overview_resampling="NEAREST",
        ) as file,
    ):
        file.write(values, 1)
        file.set_band_description(1, "travel time")
        file.set_band_unit(1, "minutes")
        file.update_tags(**_tags(surface))
    return target


def read_geotiff(path: str | Path) -> Surface:
    """
    Read a surface back, exactly as it was written.

    Parameters
    ----------
    path
        A file of :func:`write_geotiff`.

    Returns
    -------
    Surface

    Raises
    ------
    SourceError
        Where the file cannot be read, or is not such a raster.
    """
    import rasterio
    from rasterio.errors import RasterioError

    source = Path(path)
    try:
        with rasterio.open(source) as file:
            tags = file.tags()
            values, transform, crs = file.read(1), file.transform, file.crs
    except RasterioError as error:
        raise SourceError(f"{source.name}: not a raster that can be read ({error})") from error
    try:
        facts = {name: tags[_PREFIX + name] for name in _FACTS}
        limit, walking, off_road = (
            float(facts[name]) for name in ("LIMIT_MINUTES", "WALKING_KMH", "OFF_ROAD_METRES")
        )
    except (KeyError, ValueError) as error:
        raise SourceError(
            f"{source.name}: not a time surface of slgeo (tag {error}); "
            "write one with slgeo.catchments.write_geotiff"
        ) from error
    return Surface(
        site=facts["SITE"],
        milliseconds=_milliseconds(values),
        west=transform.c,
        north=transform.f,
        cell=transform.a,
        crs=crs.to_string(),
        mode=facts["MODE"],
        speeds=facts["SPEEDS"],
        direction="from" if facts["DIRECTION"] == "from" else "to",
        limit=limit,
        walking_kmh=walking,
        off_road=off_road,
        provenance={
            name.removeprefix(_ROADS).lower(): value
            for name, value in tags.items()
            if name.startswith(_ROADS)
        },
    )


_FACTS: Final = (
    "SITE",
    "MODE",
    "SPEEDS",
    "DIRECTION",
    "LIMIT_MINUTES",
    "WALKING_KMH",
    "OFF_ROAD_METRES",
)


def _tags(surface: Surface) -> dict[str, str]:
    """Write down what the minutes are; control characters would spoil the file's XML."""
    facts = (
        surface.site,
        surface.mode,
        surface.speeds,
        surface.direction,
        repr(surface.limit),
        repr(surface.walking_kmh),
        repr(surface.off_road),
    )
    tags = {_PREFIX + name: value for name, value in zip(_FACTS, facts, strict=True)}
    tags |= {_ROADS + name.upper(): value for name, value in surface.provenance.items()}
    return {
        name: "".join(c if c.isprintable() else " " for c in str(value))
        for name, value in tags.items()
    }


def _milliseconds(values: NDArray[np.floating]) -> NDArray[np.int32]:
    """Turn minutes into the whole milliseconds they were made of."""
    times = np.rint(values.astype(np.float64) * MS)
    found: NDArray[np.int32] = np.where(values == NO_DATA, UNREACHED, times).astype(np.int32)
    return found
