"""
Roads as arrays: reading them, who may use them and how fast, which hang together, joining points.

========================  ==========================================================
`Network`                 the roads of one mode
`read_osm`                roads of several modes from an OpenStreetMap extract, in one pass
`snap`, `Snapped`         points joined to the nearest usable road
`Speeds`, `SPEEDS`        speed profiles, with their sources
========================  ==========================================================
"""

from slgeo.network.model import Network
from slgeo.network.osm import read_osm
from slgeo.network.snap import Snapped, snap
from slgeo.network.speeds import SPEEDS, Speeds, changed, speeds_for

__all__ = ["SPEEDS", "Network", "Snapped", "Speeds", "changed", "read_osm", "snap", "speeds_for"]
