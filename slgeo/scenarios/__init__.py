"""
What if a place opened or closed: the places as they would be, and who would gain and lose.

>>> from slgeo.scenarios import change, effect
"""

from __future__ import annotations

from slgeo.scenarios.change import Change, change
from slgeo.scenarios.effect import effect, effect_by_group

__all__ = ["Change", "change", "effect", "effect_by_group"]
