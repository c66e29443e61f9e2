"""
Roads as arrays: reading them, who may use them and how fast, which hang together, joining points.

=============================  =====================================================
`Network`                      the roads of one mode
`read_osm`                     from an OpenStreetMap extract, several modes in one pass
`read_open_roads`              from OS Open Roads
`read_lines`, `node_lines`     from any layer of lines
`from_osmnx`, `read_graphml`   from graphs; `to_networkx` is the way back
`snap`, `Snapped`              points joined to the nearest usable road
`find_entrances`               ways into large grounds
`Speeds`, `SPEEDS`, `changed`  speed profiles, with their sources
`with_slope`                   times changed by hills
`calibrate`                    speeds fitted to observed times
=============================  =====================================================
"""

from slgeo.network.calibration import calibrate
from slgeo.network.entrances import find_entrances
from slgeo.network.graphs import from_osmnx, read_graphml, to_networkx
from slgeo.network.lines import node_lines, read_lines
from slgeo.network.model import Network
from slgeo.network.open_roads import read_open_roads
from slgeo.network.osm import read_osm
from slgeo.network.slope import with_slope
from slgeo.network.snapping import Snapped, snap
from slgeo.network.speeds import SPEEDS, Speeds, changed, speeds_for

__all__ = [
    "SPEEDS",
    "Network",
    "Snapped",
    "Speeds",
    "calibrate",
    "changed",
    "find_entrances",
    "from_osmnx",
    "node_lines",
    "read_graphml",
    "read_lines",
    "read_open_roads",
    "read_osm",
    "snap",
    "speeds_for",
    "to_networkx",
    "with_slope",
]
