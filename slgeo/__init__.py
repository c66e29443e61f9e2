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

__version__: Final = "0.1.0"

_HOMES: Final[dict[str, str]] = {}
"""Public name -> the module it lives in. Filled as rooms are built."""

_SUBPACKAGES: Final = ("access", "equity", "errors", "examples", "reasons", "tables")
"""Modules reached as attributes of slgeo."""

__all__ = sorted([*_HOMES, *_SUBPACKAGES, "__version__"])  # noqa: PLE0605 - made from the one table


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of every type
    """Fetch a public name from its home on first use."""
    if name in _SUBPACKAGES:
        return importlib.import_module(f"slgeo.{name}")
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'slgeo' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
