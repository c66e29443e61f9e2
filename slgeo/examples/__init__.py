"""
A made-up UK district of any size: the embedded default, every test's town, every benchmark's.

======================  ====================================================================
`district`              make one in memory: :class:`District`
`write`                 write it as the files real data come in, with a ``study.toml``
`make`                  both, in one call
`network`               its roads as a :class:`slgeo.network.model.Network`, without a file
`origins`, `sites`      where people start and go to, in the schema tables
======================  ====================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from slgeo.examples.files import make as make
    from slgeo.examples.files import write as write
    from slgeo.examples.model import District as District
    from slgeo.examples.model import district as district
    from slgeo.examples.model import origins as origins
    from slgeo.examples.model import sites as sites
    from slgeo.examples.tagged import network as network

_HOMES: Final = {
    "District": "slgeo.examples.model",
    "district": "slgeo.examples.model",
    "make": "slgeo.examples.files",
    "network": "slgeo.examples.tagged",
    "origins": "slgeo.examples.model",
    "sites": "slgeo.examples.model",
    "write": "slgeo.examples.files",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - made from the one table


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of every type
    """Fetch a public name from its home on first use."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'slgeo.examples' has no attribute {name!r}")
