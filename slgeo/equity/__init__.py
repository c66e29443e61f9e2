"""
Inequality: one statistic a file, everyone counted, direction in words.

Results are tidy frames with the columns ``measure, statistic, by, group, value, low, high, people,
n, sentence``; ``attrs["notes"]`` holds what must be said with them. Only the areas of ``people``
(or, where an areas table is given, of the study) count.
"""

from __future__ import annotations

from slgeo.equity.adjusted import association
from slgeo.equity.all_statistics import profile
from slgeo.equity.bootstrap import bootstrapped, square_blocks
from slgeo.equity.by_group import absent_groups, gap_sentence, summary
from slgeo.equity.comparisons import Contrast, contrast_sentence, contrasts
from slgeo.equity.concentration_curve import concentration
from slgeo.equity.crossed import cross_table, population_groups
from slgeo.equity.deprivation import by_registration, exponential_score, extent, extent_weight
from slgeo.equity.ends import palma
from slgeo.equity.entropy import theil
from slgeo.equity.exposure import dictionary, exposure_table
from slgeo.equity.funnel_limits import funnel
from slgeo.equity.intervals import byar, count_limits, poisson, rates, wilson
from slgeo.equity.lorenz import gini
from slgeo.equity.neighbours import local_moran, morans_i
from slgeo.equity.quantile import quantile_of
from slgeo.equity.sensitivity import sensitivity_range
from slgeo.equity.shortfall import below_standard
from slgeo.equity.slope import slope_index
from slgeo.equity.slope_interval import slope_of_quantiles
from slgeo.equity.smoothing import smoothed
from slgeo.equity.sorted_people import grouping, local_fifths, local_groups, most_deprived
from slgeo.equity.standardised import EUROPEAN_2013, directly_standardised
from slgeo.equity.two_ends import between_ends

__all__ = [
    "EUROPEAN_2013",
    "Contrast",
    "absent_groups",
    "association",
    "below_standard",
    "between_ends",
    "bootstrapped",
    "by_registration",
    "byar",
    "concentration",
    "contrast_sentence",
    "contrasts",
    "count_limits",
    "cross_table",
    "dictionary",
    "directly_standardised",
    "exponential_score",
    "exposure_table",
    "extent",
    "extent_weight",
    "funnel",
    "gap_sentence",
    "gini",
    "grouping",
    "local_fifths",
    "local_groups",
    "local_moran",
    "morans_i",
    "most_deprived",
    "palma",
    "poisson",
    "population_groups",
    "profile",
    "quantile_of",
    "rates",
    "sensitivity_range",
    "slope_index",
    "slope_of_quantiles",
    "smoothed",
    "square_blocks",
    "summary",
    "theil",
    "wilson",
]
