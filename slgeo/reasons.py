"""
Why a place has no travel time: reasons instead of blanks.

Every origin and every site that has no time carries one of these words in its ``reason`` column,
and a missing ``reason`` means that it has one. The words are keys for tables; :data:`SENTENCES` has
the plain English that pages and printed summaries use.
"""

from __future__ import annotations

from typing import Final

NOT_GEOCODED: Final = "not_geocoded"
NO_ROAD_WITHIN: Final = "no_road_within"
OTHER_COMPONENT: Final = "other_component"
BEYOND_LIMIT: Final = "beyond_limit"
OUTSIDE_NETWORK: Final = "outside_network"
VIRTUAL_ONLY: Final = "virtual_only"
NO_ACCESS: Final = "no_access"

SENTENCES: Final[dict[str, str]] = {
    NOT_GEOCODED: "could not be placed on the map",
    NO_ROAD_WITHIN: "no usable road close enough",
    OTHER_COMPONENT: "on roads that do not join the main network",
    BEYOND_LIMIT: "further than the longest journey searched",
    OUTSIDE_NETWORK: "outside the roads supplied",
    VIRTUAL_ONLY: "online, by telephone or by post only",
    NO_ACCESS: "only reached by roads closed to this way of travelling",
}
"""What each reason means, to be read after "because it is" or in a legend."""

ALL: Final[tuple[str, ...]] = tuple(SENTENCES)
"""Every reason, in the order tables and legends show them."""
