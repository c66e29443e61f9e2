"""
Inequality: one statistic a file, everyone counted, direction in words.

Every function gives a tidy frame with the columns ``measure, statistic, by, group, value, low,
high, people, n, sentence``; ``attrs["notes"]`` holds what must be said with it. Only the areas of
``people`` (or, where an areas table is given, of the study) count.
"""

from __future__ import annotations

from slgeo.equity.by_group import absent_groups, gap_sentence, summary
from slgeo.equity.grouping import grouping, local_fifths, local_groups

__all__ = [
    "absent_groups",
    "gap_sentence",
    "grouping",
    "local_fifths",
    "local_groups",
    "summary",
]
