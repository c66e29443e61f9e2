"""
What if a place opened or closed, and how did it change: who would gain and lose, who has.

>>> from slgeo.scenarios import change, effect
"""

from __future__ import annotations

from slgeo.scenarios.change import Change, change
from slgeo.scenarios.effect import effect, effect_by_group
from slgeo.scenarios.period import between_periods

__all__ = ["Change", "between_periods", "change", "effect", "effect_by_group"]
