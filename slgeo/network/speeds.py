"""
How fast people travel: sourced speed tables by mode, with names that captions can print.

========================  =====  =================================================================
name                      mode   what it is
========================  =====  =================================================================
``walk``                  walk   4.8 km/h, DfT Journey Time Statistics (the default)
``walk_older_adult``      walk   3.2 km/h, older people and people with limited mobility
``walk_step_free``        walk   4.8 km/h, no steps
``walk_buggy``            walk   4.0 km/h, no steps
``cycle``                 cycle  16 km/h, DfT Journey Time Statistics
``dft_am``                drive  DfT averages from 7 to 10 in the morning, by class (the default)
``osm_gb_legal``          drive  the legal limit, as British tags state it (free flow)
``osm_gb_congested``      drive  0.8 of the legal limit on built-up roads (limits up to 40 mph)
``os_free_flow``          drive  by class of OS Open Roads, free flow
``os_congested``          drive  by class of OS Open Roads, congested
``ahah``                  drive  Access to Healthy Assets and Hazards, version 4
========================  =====  =================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from slgeo.errors import NetworkError
from slgeo.network.limits import KM_PER_MILE, is_dual, legal_limit
from slgeo.network.modes import check_mode

if TYPE_CHECKING:
    from collections.abc import Mapping

FERRY_KMH: Final = 25 * KM_PER_MILE
"""Ferries that state no duration: AHAH version 4's 25 mph (its code slips to 15.5 km/h)."""

BOARDING_MINUTES: Final = 10.0
"""Minutes waited before a ferry leaves. Our choice: no source has one figure for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """
    A speed profile: km/h by class of road, and how the special cases are settled.

    Parameters
    ----------
    name, version, mode, source
        What it is called, which edition, for whom, and where its figures come from.
    classes
        km/h by ``highway`` class; a ``_link`` has the speed of the road it leads to.
    other
        km/h of a class that is not in the table.
    dual
        km/h by class on a dual carriageway, where it differs.
    roundabout
        km/h by class on a roundabout, where it differs.
    limits
        Whether tagged and implied legal limits are read instead of ``classes``.
    built_up_factor
        Factor on roads with a limit up to 40 mph (``limits`` only).
    excluded
        Classes this profile does not use, such as steps.
    ferry_kmh, boarding_minutes
        Speed of a ferry without a stated duration, and the wait before any ferry.
    walking_kmh
        Speed of the off-road legs and of pushing a bicycle.
    delay_factor
        Factor on every time, for junctions (Sport England's Active Places: 1.15 for driving).
    junction_seconds, signal_seconds
        Seconds added on entering a node where roads meet, and one with traffic lights.
    parking_seconds
        Seconds added once a trip, at the site (Active Places: 160 for driving).
    junctions_included
        Whether the speeds are averages of whole journeys, to which no delay may be added.

    Examples
    --------
    >>> from slgeo.network.speeds import SPEEDS
    >>> SPEEDS["dft_am"].kmh({"highway": "motorway_link"})
    77.6
    """

    name: str
    version: str
    mode: str
    source: str
    classes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    other: float
    dual: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    roundabout: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    limits: bool = False
    built_up_factor: float = 1.0
    excluded: frozenset[str] = frozenset()
    ferry_kmh: float = FERRY_KMH
    boarding_minutes: float = BOARDING_MINUTES
    walking_kmh: float = 4.8
    delay_factor: float = 1.0
    junction_seconds: float = 0.0
    signal_seconds: float = 0.0
    parking_seconds: float = 0.0
    junctions_included: bool = False

    def __post_init__(self) -> None:
        check_mode(self.mode)
        speeds = {
            **self.classes,
            "other": self.other,
            "ferry": self.ferry_kmh,
            "walking": self.walking_kmh,
            **{f"dual {name}": kmh for name, kmh in self.dual.items()},
            **{f"roundabout {name}": kmh for name, kmh in self.roundabout.items()},
        }
        wrong = [f"{name} {kmh!r}" for name, kmh in speeds.items() if not 0 < kmh < 1000]
        if wrong:
            raise NetworkError(
                f"speeds {self.name!r}: km/h must be above 0, found {', '.join(wrong)}"
            )
        delays = {
            name: getattr(self, name)
            for name in (
                "boarding_minutes",
                "junction_seconds",
                "signal_seconds",
                "parking_seconds",
            )
        }
        below = [f"{name} {value!r}" for name, value in delays.items() if not 0 <= value < 86_400]
        if below or not 0 < self.delay_factor < 100:
            fault = ", ".join(below) or f"delay_factor {self.delay_factor!r}"
            raise NetworkError(f"speeds {self.name!r}: additions cannot be negative, found {fault}")
        if self.junctions_included and (
            self.delay_factor != 1 or self.junction_seconds or self.signal_seconds
        ):
            raise NetworkError(
                f"speeds {self.name!r} are averages of whole journeys, junctions included: "
                "add no delay to them"
            )
        object.__setattr__(self, "classes", MappingProxyType(dict(self.classes)))
        object.__setattr__(self, "dual", MappingProxyType(dict(self.dual)))
        object.__setattr__(self, "roundabout", MappingProxyType(dict(self.roundabout)))

    def kmh(self, tags: Mapping[str, str]) -> float:
        """Say how fast a way with these tags is travelled, in km/h."""
        return self.settled(tags)[0]

    def record(self) -> dict[str, object]:
        """Write the profile as plain values, for the record of a run and for cache keys."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        tables = {name: dict(plain[name]) for name in ("classes", "dual", "roundabout")}
        return {**plain, **tables, "excluded": sorted(self.excluded)}

    def settled(self, tags: Mapping[str, str]) -> tuple[float, bool]:
        """
        Say how fast a way is travelled, and whether that had to be assumed.

        Returns
        -------
        tuple of float and bool
            km/h, and True where a legal limit was wanted but neither tagged nor implied by
            lighting, so that the class decided.
        """
        highway = tags.get("highway", "")
        base = highway.removesuffix("_link")
        if self.limits:
            limit = legal_limit(tags)
            built_up = limit.mph <= 40
            return limit.kmh * (self.built_up_factor if built_up else 1.0), limit.assumed
        if base in self.roundabout and tags.get("junction") in {"roundabout", "circular"}:
            return self.roundabout[base], False
        if base in self.dual and is_dual(tags):
            return self.dual[base], False
        return self.classes.get(highway, self.classes.get(base, self.other)), False


def _mph(mph: float) -> float:
    return mph * KM_PER_MILE


_JTS: Final = "DfT Journey Time Statistics, methods and notes"
_STEPS: Final = frozenset({"steps"})

SPEEDS: Final[Mapping[str, Speeds]] = MappingProxyType(
    {
        speeds.name: speeds
        for speeds in (
            Speeds(name="walk", version="2019", mode="walk", source=_JTS, other=4.8),
            Speeds(
                name="walk_older_adult",
                version="1",
                mode="walk",
                source="older people and limited mobility: 2 mph (about 0.9 m/s)",
                other=3.2,
                walking_kmh=3.2,
            ),
            Speeds(
                name="walk_step_free",
                version="1",
                mode="walk",
                source=f"{_JTS}; steps left out",
                other=4.8,
                excluded=_STEPS,
            ),
            Speeds(
                name="walk_buggy",
                version="1",
                mode="walk",
                source="our choice: a sixth slower than the default; steps left out",
                other=4.0,
                excluded=_STEPS,
                walking_kmh=4.0,
            ),
            Speeds(name="cycle", version="2019", mode="cycle", source=_JTS, other=16.0),
            Speeds(
                name="dft_am",
                version="1",
                mode="drive",
                source="DfT average speeds 07:00-10:00; whole-journey averages, junctions included",
                classes={
                    "motorway": 77.6,
                    "trunk": 43.2,
                    "primary": 43.2,
                    "secondary": 41.9,
                    "tertiary": 36.3,
                    "unclassified": 18.3,
                    "residential": 18.3,
                    "road": 18.3,
                    "service": 15.3,
                    "living_street": 15.3,
                },
                other=15.3,
                junctions_included=True,
            ),
            Speeds(
                name="osm_gb_legal",
                version="1",
                mode="drive",
                source="GB legal limits: Road Traffic Regulation Act 1984, OSM tags",
                other=_mph(10),
                limits=True,
            ),
            Speeds(
                name="osm_gb_congested",
                version="1",
                mode="drive",
                source="GB legal limits, times 0.8 on built-up roads (limit up to 40 mph)",
                other=_mph(10),
                limits=True,
                built_up_factor=0.8,
            ),
            Speeds(
                name="os_free_flow",
                version="1",
                mode="drive",
                source="speeds by class published for OS Open Roads, free flow",
                classes={
                    "motorway": _mph(70),
                    "trunk": _mph(40),
                    "primary": _mph(40),
                    "secondary": _mph(30),
                },
                other=_mph(20),
            ),
            Speeds(
                name="os_congested",
                version="1",
                mode="drive",
                source="speeds by class published for OS Open Roads, congested",
                classes={
                    "motorway": _mph(60),
                    "trunk": _mph(30),
                    "primary": _mph(30),
                    "secondary": _mph(20),
                },
                other=_mph(20),
            ),
            Speeds(
                name="ahah",
                version="4",
                mode="drive",
                source="Access to Healthy Assets and Hazards v4 speed table, on OSM classes",
                # the table's tests, in its order, on the classes OSM has for them: trunk and
                # primary are A roads, secondary B, unclassified and residential "Unclassified".
                # Slip roads of A and B roads, and C roads, fall to its default of 10 mph
                classes={
                    "trunk_link": _mph(10),
                    "primary_link": _mph(10),
                    "secondary_link": _mph(10),
                    "motorway": _mph(67),
                    "trunk": _mph(25),
                    "primary": _mph(25),
                    "secondary": _mph(25),
                    "unclassified": _mph(24),
                    "residential": _mph(24),
                    "track": _mph(5),
                },
                dual={"trunk": _mph(57), "primary": _mph(57), "secondary": _mph(45)},
                roundabout={"trunk": _mph(10), "primary": _mph(10), "secondary": _mph(10)},
                other=_mph(10),
                boarding_minutes=0.0,
                walking_kmh=5.0,
            ),
        )
    }
)
"""Every speed profile that ships, by name."""

DEFAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {"walk": "walk", "cycle": "cycle", "drive": "dft_am"}
)
"""Profile used for a mode where none is asked for."""


def speeds_for(mode: str, speeds: str | Speeds | None = None) -> Speeds:
    """
    Find the speed profile for a mode.

    Parameters
    ----------
    mode
        ``walk``, ``cycle`` or ``drive``.
    speeds
        A profile, the name of one, or None for the mode's default.

    Raises
    ------
    NetworkError
        For a name that is not in :data:`SPEEDS`, or a profile made for another mode.

    Examples
    --------
    >>> from slgeo.network.speeds import speeds_for
    >>> speeds_for("drive").name
    'dft_am'
    """
    check_mode(mode)
    if speeds is None:
        speeds = DEFAULTS[mode]
    if isinstance(speeds, str):
        if speeds not in SPEEDS:
            known = ", ".join(name for name, each in SPEEDS.items() if each.mode == mode)
            raise NetworkError(f"no speeds {speeds!r}; for {mode} there are {known}")
        speeds = SPEEDS[speeds]
    if speeds.mode != mode:
        raise NetworkError(f"speeds {speeds.name!r} are for {speeds.mode}, not {mode}")
    return speeds


def changed(speeds: str | Speeds, *, name: str, **changes: object) -> Speeds:
    """
    Make a profile from another, under a name of its own.

    Parameters
    ----------
    speeds
        Profile to start from, or its name.
    name
        Name of the new one, printed in captions.
    **changes
        Fields of :class:`Speeds` to replace.

    Examples
    --------
    >>> from slgeo.network.speeds import changed
    >>> changed("walk", name="brisk", other=6.0).kmh({"highway": "footway"})
    6.0
    """
    start = SPEEDS[speeds] if isinstance(speeds, str) else speeds
    return replace(start, name=name, **changes)  # type: ignore[arg-type]  # fields are checked by the class itself
