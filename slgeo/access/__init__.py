"""
Measures of access: one a file, one grammar.

``measure(times, ...)`` gives a Series by area in which every area is present, computed where people
start and lifted to areas by people. ``attrs`` carry its unit, its direction in words, its label and
what a caption must say. Files carry other names than the functions in them, so that neither hides
the other.
"""

from __future__ import annotations

from slgeo.access import decay as decay
from slgeo.access.balanced_catchment import balanced
from slgeo.access.car_ownership import by_car_ownership
from slgeo.access.choice import kinds_within
from slgeo.access.enough_supply import balancing_cost
from slgeo.access.matched_flows import doubly_constrained
from slgeo.access.modified_catchment import modified_two_step
from slgeo.access.nearest_site import nearest, nearest_mean, nearest_table
from slgeo.access.opportunities import cumulative, cumulative_interval
from slgeo.access.other_speed import at_other_speed
from slgeo.access.potential import gravity
from slgeo.access.rate import RESIDENTS, Rate, one_each
from slgeo.access.rational_agent import raam
from slgeo.access.remote import available_remotely
from slgeo.access.site_reach import people_by_site
from slgeo.access.spatial_availability import availability, total_constrained
from slgeo.access.three_step_catchment import three_step
from slgeo.access.two_step_catchment import balance, two_step
from slgeo.access.variable_catchment import variable_two_step
from slgeo.access.within import people_beyond, people_within, people_without_time, share_within

__all__ = [
    "RESIDENTS",
    "Rate",
    "at_other_speed",
    "availability",
    "available_remotely",
    "balance",
    "balanced",
    "balancing_cost",
    "by_car_ownership",
    "cumulative",
    "cumulative_interval",
    "decay",
    "doubly_constrained",
    "gravity",
    "kinds_within",
    "modified_two_step",
    "nearest",
    "nearest_mean",
    "nearest_table",
    "one_each",
    "people_beyond",
    "people_by_site",
    "people_within",
    "people_without_time",
    "raam",
    "share_within",
    "three_step",
    "total_constrained",
    "two_step",
    "variable_two_step",
]
