"""
Gaps: stretches of neighbouring areas whose people are out of reach, as objects with a name.

In the literature a gap is an asset desert. Here it has a threshold, a way of travelling, a floor of
people and an outline, so that it can be counted, ranked, watched and argued with.
"""

from __future__ import annotations

from slgeo.gaps.borders import contiguous
from slgeo.gaps.provision import find_provision_gaps, practices_without
from slgeo.gaps.stability import gap_stability, with_stability
from slgeo.gaps.stretches import find_gaps

__all__ = [
    "contiguous",
    "find_gaps",
    "find_provision_gaps",
    "gap_stability",
    "practices_without",
    "with_stability",
]
