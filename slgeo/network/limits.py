"""
Legal speed limits of British roads, from the tags OpenStreetMap states them in.

The tags are a small language of their own that general readers misread: ``30 mph``; a bare number
is km/h; ``GB:nsl_single``, ``UK:nsl_dual``, ``GB:motorway``, ``GB:nsl_restricted``, ``GB:urban``,
``national``; in ``maxspeed``, ``maxspeed:type`` or ``source:maxspeed``; several values with ``;``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

KM_PER_MILE: Final = 1.609344
"""The international mile, exactly."""

RESTRICTED: Final = 30.0
"""mph on a street-lit road (Road Traffic Regulation Act 1984, sections 81 and 82)."""

WELSH_RESTRICTED: Final = 20.0
"""mph on a street-lit road in Wales since 17 September 2023 (Restricted Roads (20 mph Speed Limit)
(Wales) Order 2022)."""

IN_WALES: Final = "slgeo:wales"
"""Key that marks ways under the Welsh limit (:mod:`slgeo.network.wales`), no key of OSM."""

NATIONAL_SINGLE: Final = 60.0
"""mph on a single carriageway under the national limit."""

NATIONAL_DUAL: Final = 70.0
"""mph on a dual carriageway under the national limit, and on a motorway."""

SINGLE_TRACK: Final = 30.0
"""mph assumed on an unlit country lane that states no limit. Our choice: 60 is legal there, and
nobody drives it; engines that take it halve rural times."""

SERVICE: Final = 10.0
"""mph assumed on service roads and tracks that state no limit. Our choice."""

_BY_WORD: Final[dict[str, float]] = {
    "nsl_single": NATIONAL_SINGLE,
    "nsl_dual": NATIONAL_DUAL,
    "motorway": NATIONAL_DUAL,
}
_RESTRICTED_WORDS: Final = frozenset({"nsl_restricted", "restricted", "urban"})
_LANES: Final = frozenset({"unclassified", "road", "tertiary"})
_SLOW: Final = frozenset({"service", "track", "pedestrian", "path", "footway", "bridleway"})
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?")


@dataclass(frozen=True, slots=True)
class Limit:
    """
    A legal limit.

    Parameters
    ----------
    mph
        Miles an hour.
    assumed
        True where neither a tag nor street lighting says so, and the class decided.
    """

    mph: float
    assumed: bool

    @property
    def kmh(self) -> float:
        """Kilometres an hour."""
        return self.mph * KM_PER_MILE


def legal_limit(tags: Mapping[str, str]) -> Limit:
    """
    Find the legal limit of a way.

    Parameters
    ----------
    tags
        Tags of the way.

    Returns
    -------
    Limit
        The lowest of the limits stated; else what lighting implies; else what the class suggests.

    Examples
    --------
    >>> from slgeo.network.limits import legal_limit
    >>> legal_limit({"highway": "primary", "maxspeed:type": "GB:nsl_single"}).mph
    60.0
    >>> legal_limit({"highway": "residential", "maxspeed": "20 mph;30 mph"}).mph
    20.0
    """
    for key in ("maxspeed", "maxspeed:type", "source:maxspeed"):
        stated = [_stated(part, tags) for part in re.split(r"[;|]", tags.get(key, ""))]
        known = [mph for mph in stated if mph is not None]
        if known:
            return Limit(min(known), assumed=False)
    return _implied(tags)


def _implied(tags: Mapping[str, str]) -> Limit:
    """Take the limit that lighting or the class of road implies."""
    highway = tags.get("highway", "").removesuffix("_link")
    if highway == "motorway":
        return Limit(NATIONAL_DUAL, assumed=False)
    if highway in _SLOW:
        return Limit(SERVICE, assumed=True)
    lit = tags.get("lit") == "yes"
    if lit or highway in {"residential", "living_street"}:
        return Limit(_restricted(tags), assumed=not lit)
    if is_dual(tags):
        return Limit(NATIONAL_DUAL, assumed=True)
    return Limit(SINGLE_TRACK if highway in _LANES else NATIONAL_SINGLE, assumed=True)


def is_dual(tags: Mapping[str, str]) -> bool:
    """Whether a way looks like a side of a dual carriageway: one-way, no slip or roundabout."""
    if tags.get("dual_carriageway") == "yes":
        return True
    if tags.get("highway", "").endswith("_link") or tags.get("junction"):
        return False
    return tags.get("oneway") in {"yes", "true", "1", "-1"}


def _stated(value: str, tags: Mapping[str, str]) -> float | None:
    """Read one value, in mph; None where it states no limit."""
    value = value.strip().lower()
    number = _NUMBER.fullmatch(value)
    if number:
        speed = float(number[1])
        mph = speed if number[2] == "mph" else speed / KM_PER_MILE
        return mph if mph > 0 else None
    word = value.rpartition(":")[2]
    zone = re.fullmatch(r"(?:zone)?(\d+)", word)
    if zone and ":" in value:  # GB:zone20, GB:20: British zones are in mph
        return float(zone[1]) or None
    if word in {"national", "nsl"}:
        return NATIONAL_DUAL if is_dual(tags) else NATIONAL_SINGLE
    if word in _RESTRICTED_WORDS:
        return _restricted(tags)
    return _BY_WORD.get(word)


def _restricted(tags: Mapping[str, str]) -> float:
    return WELSH_RESTRICTED if IN_WALES in tags else RESTRICTED
