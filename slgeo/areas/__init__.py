"""
Small areas, what is known of them, and where their people start from.

:func:`read_areas` makes the areas table, ``slgeo.origins`` the points people start from. Which
files are understood is data: ``boundaries/registry.toml``. Every column of codes knows its vintage,
and two vintages never join.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from slgeo.areas.boundaries import read_areas as read_areas
    from slgeo.areas.crosswalk import carry_counts as carry_counts
    from slgeo.areas.crosswalk import read_lookup as read_lookup
    from slgeo.areas.origins import origins_choices as origins_choices
    from slgeo.areas.registry import attribution as attribution

_HOMES: Final = {
    "attribution": "slgeo.areas.registry",
    "carry_counts": "slgeo.areas.crosswalk",
    "origins_choices": "slgeo.areas.origins",
    "read_areas": "slgeo.areas.boundaries",
    "read_lookup": "slgeo.areas.crosswalk",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - made from the one table


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of every type
    """Fetch a public name from its home on first use."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'slgeo.areas' has no attribute {name!r}")
