"""
Catchments: who reaches a place, drawn from a time surface, counted from travel times.

=========================  ====================================================================
`catchments`               the table: people reached, the drawing, and the drawing's own error
`drawing_errors`           that error over all sites, by threshold
`time_surfaces`            minutes on a grid, a :class:`Surface` for each site
`time_surface`             minutes to the nearest of all sites
=========================  ====================================================================

``docs/catchments.md`` has the method and what it avoids.
"""

from __future__ import annotations

from slgeo.catchments.polygons import catchments, drawing_errors
from slgeo.catchments.surface import Surface, time_surface, time_surfaces

__all__ = ["Surface", "catchments", "drawing_errors", "time_surface", "time_surfaces"]
