"""
Catchments: who reaches a place, drawn from a time surface, counted from travel times.

=========================  ====================================================================
`catchments`               the table: people reached, the drawing, and the drawing's own error
`drawing_errors`           that error over all sites, by threshold
`time_surfaces`            minutes on a grid, a :class:`Surface` for each site
`time_surface`             minutes to the nearest of all sites
`reached_streets`          the streets themselves, cut exactly where the time is up
`territories`              the country divided among places, each with those it is nearest to
`borders`                  where two places are equally near
`write_geotiff`            a surface as a Cloud Optimized GeoTIFF; `read_geotiff` reads it back
=========================  ====================================================================

``docs/catchments.md`` has the method and what it avoids.
"""

from __future__ import annotations

from slgeo.catchments.geotiff import read_geotiff, write_geotiff
from slgeo.catchments.lines import reached_streets
from slgeo.catchments.polygons import catchments, drawing_errors
from slgeo.catchments.surface import Surface, time_surface, time_surfaces
from slgeo.catchments.territories import borders, territories

__all__ = [
    "Surface",
    "borders",
    "catchments",
    "drawing_errors",
    "reached_streets",
    "read_geotiff",
    "territories",
    "time_surface",
    "time_surfaces",
    "write_geotiff",
]
