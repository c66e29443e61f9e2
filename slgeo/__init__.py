"""
Access and provision mapping for the UK: who can reach what, who cannot, and what would help.

Importing slgeo loads nothing heavy: each public name is fetched from its home on first use.

Examples
--------
>>> import slgeo
>>> slgeo.__version__
'0.1.0'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from slgeo import access as access
    from slgeo import equity as equity
    from slgeo import examples as examples
    from slgeo.access import decay as decay
    from slgeo.areas.boundaries import read_areas as read_areas
    from slgeo.areas.origins import origins as origins
    from slgeo.config import read_study as read_study
    from slgeo.gaps import find_gaps as find_gaps
    from slgeo.maps.access_map import AccessMap as AccessMap
    from slgeo.network.model import Network as Network
    from slgeo.network.osm import read_osm as read_osm
    from slgeo.pipeline.study_run import run as run
    from slgeo.places.geocode import geocode as geocode
    from slgeo.places.postcodes import read_postcodes as read_postcodes
    from slgeo.places.read import read_places as read_places
    from slgeo.routing.times import TravelTimes as TravelTimes
    from slgeo.routing.travel import travel_times as travel_times

__version__: Final = "0.1.0"

_HOMES: Final[dict[str, str]] = {
    "AccessMap": "slgeo.maps.access_map",
    "Network": "slgeo.network.model",
    "TravelTimes": "slgeo.routing.times",
    "find_gaps": "slgeo.gaps",
    "geocode": "slgeo.places.geocode",
    "origins": "slgeo.areas.origins",
    "read_areas": "slgeo.areas.boundaries",
    "read_osm": "slgeo.network.osm",
    "read_places": "slgeo.places.read",
    "read_postcodes": "slgeo.places.postcodes",
    "read_study": "slgeo.config",
    "run": "slgeo.pipeline.study_run",
    "travel_times": "slgeo.routing.travel",
}
"""Public name -> the module it lives in."""

_MODULES: Final = {
    "access": "slgeo.access",
    "decay": "slgeo.access.decay",
    "equity": "slgeo.equity",
    "errors": "slgeo.errors",
    "examples": "slgeo.examples",
    "reasons": "slgeo.reasons",
    "tables": "slgeo.tables",
}
"""Modules reached as attributes of slgeo."""

__all__ = sorted([*_HOMES, *_MODULES, "__version__"])  # noqa: PLE0605 - made from the one table


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of every type
    """Fetch a public name from its home on first use."""
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'slgeo' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
