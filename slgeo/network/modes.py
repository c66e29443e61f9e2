"""
Who may use which road: OpenStreetMap tags to permissions, on foot, on a bicycle, in a car.

The rules are tables, read from the most particular key to the most general one. For a mode they
answer four things about a way (:class:`Passage`): may it be used along and against its drawing,
only at the ends of a trip, and may a point join it.

**Keys**, most particular first (https://wiki.openstreetmap.org/wiki/Key:access):

========  =====================================================
walk      ``foot``, ``designation``, ``access``
cycle     ``bicycle``, ``designation``, ``vehicle``, ``access``
drive     ``motorcar``, ``motor_vehicle``, ``designation``, ``vehicle``, ``access``
========  =====================================================

``designation`` is the British record of rights of way: a public footpath over private ground is
open on foot whatever ``access`` says, and a bridleway is open to bicycles (Countryside Act 1968,
section 30).

**Values.** ``yes designated permissive official public`` open the way; ``private destination
customers delivery permit residents`` open it at the ends of a trip only; ``no agricultural forestry
military emergency bus psv`` close it. Of several values the strictest counts. An unknown value says
nothing, and the next key is asked.

**Without a word** the class of the road decides: see :data:`OPEN`, :data:`AT_ENDS`. Farm and forest
tracks are open on foot and by bicycle, and for cars only at the ends of a trip unless tagged
otherwise. Motorways, and roads signed like one (``motorroad=yes``), are closed to feet and
bicycles; steps and footways to wheels. A way that is being built, planned or given up is no road.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MODES: Final = ("walk", "cycle", "drive")
"""The ways of travelling that roads are read for."""

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "walk": ("foot", "designation", "access"),
    "cycle": ("bicycle", "designation", "vehicle", "access"),
    "drive": ("motorcar", "motor_vehicle", "designation", "vehicle", "access"),
}
"""Keys asked for permission, most particular first."""

_YES: Final = frozenset(
    {"yes", "designated", "permissive", "official", "public", "use_sidepath", "discouraged"}
)
_ENDS: Final = frozenset(
    {
        "private",
        "destination",
        "customers",
        "delivery",
        "permit",
        "residents",
        "employees",
        "visitors",
        "guests",
        "students",
        "members",
    }
)
_NO: Final = frozenset(
    {
        "no",
        "agricultural",
        "forestry",
        "military",
        "emergency",
        "bus",
        "psv",
        "taxi",
        "hgv",
        "restricted",
        "seasonal",
    }
)

DESIGNATIONS: Final[dict[str, dict[str, str]]] = {
    "public_footpath": {"walk": "yes", "cycle": "no"},
    "permissive_footpath": {"walk": "yes"},
    "public_bridleway": {"walk": "yes", "cycle": "yes"},
    "permissive_bridleway": {"walk": "yes", "cycle": "yes"},
    "restricted_byway": {"walk": "yes", "cycle": "yes", "drive": "no"},
    "byway_open_to_all_traffic": {"walk": "yes", "cycle": "yes", "drive": "yes"},
    "unclassified_highway": {"walk": "yes", "cycle": "yes", "drive": "yes"},
    "unclassified_county_road": {"walk": "yes", "cycle": "yes"},
    "core_path": {"walk": "yes", "cycle": "yes"},
    "public_cycleway": {"walk": "yes", "cycle": "yes", "drive": "no"},
}
"""British rights of way (https://wiki.openstreetmap.org/wiki/Access_provisions_in_the_United_Kingdom).

A footpath or bridleway says nothing about cars: the farm drive it follows stays what it is. A
public footpath gives no right to cycle, but on a road it takes none away either, so its ``no``
counts on paths only."""

_STREETS: Final = frozenset(
    {
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
    }
)
_TRUNK: Final = frozenset({"trunk", "trunk_link"})
_MOTORWAY: Final = frozenset({"motorway", "motorway_link"})
_PATHS: Final = frozenset({"path", "footway", "bridleway", "cycleway", "track"})

OPEN: Final[dict[str, frozenset[str]]] = {
    "walk": _STREETS
    | _TRUNK
    | _PATHS
    | {"pedestrian", "steps", "corridor", "platform", "crossing"},
    "cycle": _STREETS | _TRUNK | {"cycleway", "path", "bridleway", "track"},
    "drive": _STREETS | _TRUNK | _MOTORWAY,
}
"""Classes open to a mode unless tags say otherwise."""

AT_ENDS: Final[dict[str, frozenset[str]]] = {
    "walk": frozenset(),
    "cycle": frozenset(),
    "drive": frozenset({"track"}),
}
"""Classes open at the ends of a trip only, unless tags say otherwise."""

BY_PERMISSION: Final[dict[str, frozenset[str]]] = {
    "walk": frozenset({"busway"}),
    "cycle": frozenset({"footway", "pedestrian", "platform", "busway", "crossing"}),
    "drive": frozenset({"pedestrian", "cycleway", "footway", "bridleway", "path", "busway"}),
}
"""Classes closed to a mode unless tags open them; every class not named is no road for the mode."""

ENDS_SERVICES: Final = frozenset({"driveway", "parking_aisle", "drive-through"})
"""Service roads on which cars start and end, but which are no way through."""

_NOT_BUILT: Final = ("construction", "proposed", "abandoned", "disused", "razed", "demolished")


@dataclass(frozen=True, slots=True)
class Passage:
    """
    What a mode may do on a way.

    Parameters
    ----------
    forward, backward
        Whether it may be used along, and against, the direction it is drawn in.
    ends_only
        Whether it may be used at the first or last leg of a trip only.
    snappable
        Whether a point may join it: no motorway, tunnel or ferry.
    pushed
        Whether a bicycle has to be pushed.
    why_not
        Why it may not be used at all; empty where it may.
    """

    forward: bool = False
    backward: bool = False
    ends_only: bool = False
    snappable: bool = True
    pushed: bool = False
    why_not: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the way can be used in at least one direction."""
        return self.forward or self.backward


def passage(tags: Mapping[str, str], mode: str) -> Passage:
    """
    Say what a mode may do on a way.

    Parameters
    ----------
    tags
        Tags of the way.
    mode
        ``walk``, ``cycle`` or ``drive``.

    Returns
    -------
    Passage
        With ``why_not`` where the way is closed to the mode.

    Examples
    --------
    >>> from slgeo.network.modes import passage
    >>> passage({"highway": "residential", "oneway": "yes"}, "drive").backward
    False
    >>> passage({"highway": "footway", "access": "private"}, "walk").ends_only
    True
    >>> passage({"highway": "motorway"}, "walk").why_not
    'motorway'
    """
    check_mode(mode)
    if tags.get("route") in {"ferry", "shuttle_train"} and "highway" not in tags:
        return _ferry(tags, mode)
    highway = tags.get("highway", "")
    closed = _no_road(tags, highway)
    if closed:
        return Passage(why_not=closed)
    word = _permission(tags, mode, on_path=highway in _PATHS)
    if mode != "drive" and (highway in _MOTORWAY or tags.get("motorroad") == "yes"):
        # a sign outranks a stray tag, but an explicit one for the mode is a sign too
        word = _word(tags.get(KEYS[mode][0], "")) or "no"
        if word == "no":
            return Passage(why_not="motorway" if highway in _MOTORWAY else "motorroad")
    if highway == "steps" and mode != "walk":
        return Passage(why_not="steps")
    word, why_not = _by_class(tags, highway, mode, word)
    if why_not:
        return Passage(why_not=why_not)
    forward, backward = _directions(tags, highway, mode)
    return Passage(
        forward=forward,
        backward=backward,
        ends_only=word == "ends",
        snappable=_snappable(tags, highway),
        pushed=word == "pushed",
    )


def barrier(tags: Mapping[str, str], mode: str, *, highway: str = "") -> str:
    """
    Say what a barrier on a road does to a mode.

    Gates let people and bicycles through, and cars at the ends of a trip only; bollards and
    blocks stop cars; stiles, kissing gates and turnstiles stop cars and bicycles. Tags on the
    barrier outrank its kind, but what stops a mode is opened by a word for that mode only. An
    untagged gate across a country road (unclassified or better) is opened and closed again: such
    gated roads are public.

    Parameters
    ----------
    tags
        Tags of the barrier.
    mode
        ``walk``, ``cycle`` or ``drive``.
    highway
        Class of the road it stands on.

    Returns
    -------
    str
        ``open``, ``ends`` (passed at the first or last leg of a trip only) or ``closed``.

    Examples
    --------
    >>> from slgeo.network.modes import barrier
    >>> barrier({"barrier": "bollard"}, "drive"), barrier({"barrier": "bollard"}, "cycle")
    ('closed', 'open')
    >>> barrier({"barrier": "gate"}, "drive")
    'ends'
    """
    check_mode(mode)
    kind = tags.get("barrier", "")
    asked = tags
    if kind in _STOPS[mode]:
        # access=yes on a bollard speaks of those who fit through
        asked = {key: value for key, value in tags.items() if key not in {"access", "designation"}}
    word = _permission(asked, mode, on_path=True)
    if word is not None:
        return {"yes": "open", "pushed": "open", "ends": "ends", "no": "closed"}[word]
    if mode == "drive" and kind in _GATES:
        return "open" if kind in _FARM_GATES and highway in _PUBLIC else "ends"
    if kind in _STOPS[mode]:
        return "closed"
    return "open"


_FARM_GATES: Final = frozenset({"gate", "hampshire_gate"})
_PUBLIC: Final = (_STREETS | _TRUNK) - {"service", "residential", "living_street"}
_GATES: Final = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "chain", "rope"}
)
_STOPS_WHEELS: Final = frozenset(
    {
        "stile",
        "kissing_gate",
        "turnstile",
        "full-height_turnstile",
        "horse_stile",
        "fence",
        "wall",
        "hedge",
    }
)
_STOPS: Final[dict[str, frozenset[str]]] = {
    "walk": frozenset(),
    "cycle": _STOPS_WHEELS,
    "drive": _STOPS_WHEELS
    | {
        "bollard",
        "block",
        "cycle_barrier",
        "motorcycle_barrier",
        "bus_trap",
        "sump_buster",
        "jersey_barrier",
        "planter",
        "log",
        "debris",
        "wicket_gate",
        "guard_rail",
        "yes",
    },
}


def check_mode(mode: str) -> str:
    """Return a mode that roads can be read for, or raise :class:`NetworkError`."""
    if mode not in MODES:
        raise NetworkError(f"no mode {mode!r}: roads are read for {', '.join(MODES)}")
    return mode


def _word(value: str) -> str | None:
    """Reduce an access value to ``yes``, ``ends``, ``no``, ``pushed``, or None for no answer."""
    return _strictest(_meaning(part.strip()) for part in value.split(";"))


def _meaning(value: str) -> str | None:
    if value in _YES:
        return "yes"
    if value in _ENDS:
        return "ends"
    if value in _NO:
        return "no"
    return "pushed" if value == "dismount" else None


def _strictest(words: Iterable[str | None]) -> str | None:
    known = {word for word in words if word}
    return next((word for word in ("no", "ends", "pushed", "yes") if word in known), None)


def _permission(tags: Mapping[str, str], mode: str, *, on_path: bool) -> str | None:
    """Ask a mode's keys in turn; the first that gives an answer counts."""
    for key in KEYS[mode]:
        value = tags.get(key)
        if value is None:
            continue
        right = key == "designation"
        word = _designated(value, mode, on_path=on_path) if right else _word(value)
        if word is not None:
            return word
    return None


def _designated(value: str, mode: str, *, on_path: bool) -> str | None:
    rights = [DESIGNATIONS.get(part.strip(), {}).get(mode) for part in value.split(";")]
    if "yes" in rights:
        return "yes"
    return "no" if "no" in rights and on_path else None


def _no_road(tags: Mapping[str, str], highway: str) -> str:
    """Say why a way is no road for anybody, or nothing."""
    if not highway:
        return "no highway tag"
    if highway in _NOT_BUILT:
        return highway
    for key in ("abandoned", "disused", "proposed"):
        if tags.get(key) == "yes":
            return key
    if tags.get("construction") == "yes":
        return "construction"
    return ""


def _by_class(
    tags: Mapping[str, str], highway: str, mode: str, word: str | None
) -> tuple[str | None, str]:
    """Settle the permission by the road's class: (word, why not)."""
    if highway not in OPEN[mode] | AT_ENDS[mode] | BY_PERMISSION[mode]:
        return word, f"no road for {mode}: {highway}"
    if word == "no":
        return word, "closed by its tags"
    if highway in BY_PERMISSION[mode]:
        # access=yes on a footway speaks of feet: wheels need a word of their own
        own = {key: value for key, value in tags.items() if key != "access"}
        word = _permission(own, mode, on_path=True)
        if word in {None, "no"}:
            return word, f"no road for {mode}: {highway}"
    if word is None and highway in AT_ENDS[mode]:
        word = "ends"
    if mode == "drive" and highway == "service":
        service = tags.get("service", "")
        if service == "emergency_access" and word is None:
            return word, "emergency access"
        if service in ENDS_SERVICES and word in {None, "yes"}:
            word = "ends"
    if mode == "drive" and highway in BY_PERMISSION["drive"] and word == "yes":
        # a pedestrian street with motor_vehicle=yes serves its doors; it is no short cut
        word = "ends"
    return word, ""


def _directions(tags: Mapping[str, str], highway: str, mode: str) -> tuple[bool, bool]:
    """Say in which directions a way may be used: (forward, backward)."""
    if mode == "walk":
        forward, backward = _oneway(tags.get("oneway:foot", "no"))
        return (
            forward and tags.get("foot:forward") != "no",
            backward and tags.get("foot:backward") != "no",
        )
    implied = tags.get("junction") in {"roundabout", "circular"} or highway == "motorway"
    forward, backward = _oneway(tags.get("oneway", "yes" if implied else "no"))
    if mode == "cycle":
        own = tags.get("oneway:bicycle")
        if own is not None:
            return _oneway(own)
        if _contraflow(tags):
            return True, True
    return forward, backward


def _oneway(value: str) -> tuple[bool, bool]:
    if value in {"yes", "true", "1"}:
        return True, False
    if value in {"-1", "reverse"}:
        return False, True
    # "no", and lanes whose direction changes with the hour: open both ways, as nobody says when
    return True, True


def _contraflow(tags: Mapping[str, str]) -> bool:
    """Whether bicycles may ride against a one-way street."""
    lanes = [tags.get(f"cycleway{side}", "") for side in ("", ":left", ":right", ":both")]
    if any(lane.startswith("opposite") for lane in lanes):
        return True
    if tags.get("bicycle:backward") in _YES:
        return True
    return any(tags.get(f"cycleway:{side}:oneway") in {"-1", "no"} for side in ("left", "right"))


def _snappable(tags: Mapping[str, str], highway: str) -> bool:
    if highway in _MOTORWAY or tags.get("motorroad") == "yes":
        return False
    return tags.get("tunnel", "no") in {"no", "building_passage", "avalanche_protector"}


def _ferry(tags: Mapping[str, str], mode: str) -> Passage:
    """Settle a ferry: feet and bicycles unless refused, cars only where it takes them in words."""
    word = _permission(tags, mode, on_path=False)
    if mode == "drive" and word is None:
        return Passage(why_not="ferry without cars")
    if word == "no":
        return Passage(why_not="ferry without cars" if mode == "drive" else "closed by its tags")
    forward, backward = _oneway(tags.get("oneway", "no"))
    return Passage(forward=forward, backward=backward, snappable=False)
