"""
Measures of access: one a file, one grammar.

``measure(times, ...)`` gives a Series by area in which every area is present, computed where people
start and lifted to areas by people. ``attrs`` carry its unit, its direction in words, its label and
what a caption must say. Files carry other names than the functions in them, so that neither hides
the other.
"""

from __future__ import annotations

from slgeo.access import decay as decay
from slgeo.access.choice import kinds_within
from slgeo.access.nearest_site import nearest, nearest_mean, nearest_table
from slgeo.access.rate import RESIDENTS, Rate, one_each
from slgeo.access.site_reach import people_by_site
from slgeo.access.two_step_catchment import balance, two_step
from slgeo.access.within import people_beyond, people_within, people_without_time, share_within

__all__ = [
    "RESIDENTS",
    "Rate",
    "balance",
    "decay",
    "kinds_within",
    "nearest",
    "nearest_mean",
    "nearest_table",
    "one_each",
    "people_beyond",
    "people_by_site",
    "people_within",
    "people_without_time",
    "share_within",
    "two_step",
]
