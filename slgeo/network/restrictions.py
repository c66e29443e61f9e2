"""
Reading turn restrictions: whom the tags of a relation bind, and which roads its members name.

Rules of the OpenStreetMap wiki, Relation:restriction. What holds at certain times only is not
kept, as a turn forbidden in the rush hour is not one that is forbidden.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from slgeo.network.turns import KINDS, ROW, Turns, turns_among

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

VEHICLES: Final[dict[str, tuple[str, ...]]] = {
    "walk": (),
    "cycle": ("bicycle", "vehicle"),
    "drive": ("motorcar", "motor_vehicle", "vehicle"),
}
"""Words for those who travel by a mode, the most particular first. Nobody on foot is bound."""

_OTHERS: Final = ("hgv", "goods", "bus", "psv", "motorcycle", "caravan", "trailer", "emergency")
"""Vehicles that some restrictions are for, and no mode of ours is."""

_EVERYONE: Final = sorted({word for words in VEHICLES.values() for word in words} | set(_OTHERS))

KEYS: Final = (
    "restriction",
    "restriction:conditional",
    *(f"restriction:{word}" for word in _EVERYONE),
    *(f"restriction:{word}:conditional" for word in _EVERYONE),
)
"""Keys that make a relation a turn restriction."""

_TIMED: Final = frozenset({"day_on", "day_off", "hour_on", "hour_off"})
"""Older keys for the times at which a restriction holds."""

TAGS: Final = frozenset({*KEYS, *_TIMED, "type", "except"})
"""Keys of restrictions that some rule reads."""

OTHER_TYPE: Final = "relation of another type"
OTHER_VEHICLES: Final = "for other vehicles"
EXEMPT: Final = "exempt"
SOMETIMES: Final = "at certain times only"
UNKNOWN_KIND: Final = "unknown kind"
WRONG_MEMBERS: Final = "members missing or of a wrong role"
SEVERAL_WAYS: Final = "over several ways"
_MEMBERS: Final = frozenset({("from", "w"), ("to", "w"), ("via", "n"), ("via", "w")})
_ROLES: Final = frozenset({role for role, _ in _MEMBERS})


class Restriction(NamedTuple):
    """A restriction as it is read: its id, the tags that matter, members as type, id and role."""

    relation: int
    tags: dict[str, str]
    members: tuple[tuple[str, int, str], ...]


def settle_turns(
    restrictions: Sequence[Restriction],
    mode: str,
    *,
    node_id: NDArray[np.int64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    way: NDArray[np.int64],
) -> Turns:
    """
    Find the restrictions that concern a mode and whose members are in its network.

    Parameters
    ----------
    restrictions
        As read.
    mode
        Who travels.
    node_id, tail, head, way
        As in :class:`~slgeo.network.model.Network`.

    Returns
    -------
    Turns
        A relation with several kinds or, as ``no_entry`` and ``no_exit`` may have, several ways
        is one row each. On foot there are none, and none are counted as left out.
    """
    if not VEHICLES[mode]:
        return Turns()
    left_out: Counter[str] = Counter()
    exceptions = {"": 0}
    rows = []
    for each in restrictions:
        kinds, why_not = _kinds(each.tags, mode)
        members, wrong = _members(each, kinds)
        if why_not or wrong:
            left_out[why_not or wrong] += 1
            continue
        words = ";".join(_words(each.tags.get("except", "")))
        exempt = exceptions.setdefault(words, len(exceptions))
        rows += [
            (each.relation, KINDS.index(kind), start, via, via_way, end, exempt)
            for kind in kinds
            for start, via, via_way, end in members
        ]
    found = Turns(rows=np.array(rows, ROW), exceptions=tuple(exceptions), left_out=left_out)
    return turns_among(found, node_id=node_id, tail=tail, head=head, way=way)


def _kinds(tags: Mapping[str, str], mode: str) -> tuple[tuple[str, ...], str]:
    """Read what is restricted for a mode; or why nothing is."""
    type_, _, only = tags.get("type", "").partition(":")
    if type_ != "restriction":
        return (), OTHER_TYPE
    vehicles = VEHICLES[mode]
    keys = [f"restriction:{word}" for word in vehicles]
    if not only or only in vehicles:
        keys.append("restriction")
    said = [tags[key] for key in keys if key in tags]
    if any(f"{key}:conditional" in tags for key in keys) or (said and _TIMED & tags.keys()):
        return (), SOMETIMES
    kinds = _words(said[0]) if said else ()
    if not said or kinds in {("none",), ("no",)}:
        return (), OTHER_VEHICLES
    if set(vehicles) & set(_words(tags.get("except", ""))):
        return (), EXEMPT
    if not kinds or not set(kinds) <= set(KINDS):
        return (), UNKNOWN_KIND
    return kinds, ""


def _members(
    restriction: Restriction, kinds: tuple[str, ...]
) -> tuple[list[tuple[int, int, bool, int]], str]:
    """Read from, via and to; or why they cannot be read."""
    roles: dict[tuple[str, str], list[int]] = {}
    for type_, ref, role in restriction.members:
        roles.setdefault((role, type_), []).append(ref)
    starts, ends = roles.get(("from", "w"), []), roles.get(("to", "w"), [])
    nodes, ways = roles.get(("via", "n"), []), roles.get(("via", "w"), [])
    sound = (
        _one(starts, several=kinds == ("no_entry",))
        and _one(ends, several=kinds == ("no_exit",))
        and _one(nodes + ways, several=not nodes)
        and not any(role in _ROLES and (role, type_) not in _MEMBERS for role, type_ in roles)
    )
    if not sound:
        return [], WRONG_MEMBERS
    if len(ways) > 1:
        return [], SEVERAL_WAYS
    via = (nodes or ways)[0]
    return [(start, via, bool(ways), end) for start in starts for end in ends], ""


def _one(members: Sequence[int], *, several: bool) -> bool:
    """Whether there is one member, or one at least where there may be several."""
    return len(members) == 1 or (several and len(members) > 1)


def _words(text: str) -> tuple[str, ...]:
    """Split a list of words; of those written twice the first counts."""
    words = (word.strip().lower() for word in text.replace(",", ";").split(";"))
    return tuple(dict.fromkeys(word for word in words if word))
