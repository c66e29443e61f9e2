"""
Colours, each with its source; `tests/unit/test_maps_palette.py` holds them to their floors.

Between neighbouring classes there is a distance of at least 10 in CAM02-UCS in normal sight, under
full red, green and blue deficiency, and in grey. Light is near and dark is far.
"""

from __future__ import annotations

from typing import Final

# ColorBrewer 2.0, YlGnBu, five classes (Apache-2.0).
MINUTES: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
"""Minutes, nearest first."""

# Analysis Function blues (gov.uk guidance on colours in charts), the lightest step ours.
SHARES: Final = ("#f7fafc", "#ccdbe9", "#6bace6", "#2073bc", "#12436d")
"""Share of people further than the threshold: nobody, then quarters."""

# ColorBrewer 2.0, PuOr, five classes.
DIFFERENCE: Final = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")
"""Change in minutes: much shorter, shorter, about the same, longer, much longer."""

# After Joshua Stevens's red-blue (2015), moved apart until all nine are told from one another in
# every sight; in grey a letter and a number in the legend tell them.
NEED: Final = (
    "#fbfaf7",
    "#a8cfdb",
    "#5fadc0",
    "#e4acac",
    "#9c8d99",
    "#51707e",
    "#d0605c",
    "#8a4348",
    "#47303a",
)
"""Need and distance: rows from least to most deprived, in each from near to far."""

# Analysis Function categories, in their order; shape tells kinds apart as well.
CATEGORIES: Final = ("#12436d", "#28a197", "#801650", "#f46a25")
"""Kinds of place, at most four together."""

INK: Final = "#0b0c0c"
SECONDARY: Final = "#505a5f"
RULE: Final = "#b1b4b6"
PANEL: Final = "#f3f2f1"
ACCENT: Final = "#12436d"
OUTSIDE: Final = "#e6e7e8"
"""Areas around the study: plain grey, not counted."""
NO_TIME: Final = "#ffffff"
"""Ground under the hatching of areas without a time."""


def luminance(colour: str) -> float:
    """
    Relative luminance of a colour (WCAG 2.2).

    Examples
    --------
    >>> round(luminance("#ffffff"), 3)
    1.0
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """
    Contrast ratio of two colours (WCAG 2.2), 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)
