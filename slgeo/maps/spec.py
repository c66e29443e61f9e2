"""
What a page says, as frozen values: the one source of page, figure, alt text and CSV.

A :class:`MapSpec` holds plain tuples and arrays in one order of areas. Everything a reader sees is
counted from it (:mod:`slgeo.maps.tally`), so that page, figure and file cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np

MODES: Final = ("walk", "cycle", "drive", "transit")
"""Ways of travelling, in the order controls show them."""

CREDIT_LAYERS: Final = (
    "areas",
    "people",
    "deprivation",
    "rurality",
    "places",
    "postcodes",
    "roads",
    "registrations",
    "basemap",
)
"""What a licence statement may be about, in the order the page lists them."""

NATIONS: Final = {
    "E": "England",
    "W": "Wales",
    "S": "Scotland",
    "N": "Northern Ireland",
    "X": "the invented country",
}
"""Names of nations, as sentences use them."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Who a layer comes from and under which licence."""

    layer: str
    statement: str
    publisher: str = ""
    licence: str = ""
    url: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AreaFacts:
    """
    What is known of the areas, one entry an area, in the order of the page.

    Parameters
    ----------
    codes, names
        Key and name.
    in_study
        False for the context around the study, which is drawn grey and never counted.
    people
        Residents, whole people.
    decile
        National deprivation decile (1 most deprived), 0 where there is none.
    fifth, third
        Fifth and third of the study's own people, by deprivation rank (1 most deprived), 0 where
        there is none.
    rurality
        Position in ``rurality_classes``, -1 where there is none.
    rurality_classes
        Labels of the classes that occur.
    households, households_no_car
        Counts, or None where the study has none.
    groups
        Residents by group: label -> counts.
    nation
        Name of the nation whose deciles these are.
    index
        Name of the deprivation index.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    in_study: np.ndarray
    people: np.ndarray
    decile: np.ndarray
    fifth: np.ndarray
    third: np.ndarray
    rurality: np.ndarray
    rurality_classes: tuple[str, ...] = ()
    households: np.ndarray | None = None
    households_no_car: np.ndarray | None = None
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)
    nation: str = ""
    index: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Measure:
    """
    Minutes to the nearest place of one kind by one way of travelling.

    Parameters
    ----------
    kind, mode
        What is reached and how.
    label, noun
        Plural for controls (``GP practices``) and singular for sentences (``a GP practice``).
    limit
        Longest journey searched, in minutes.
    tenths
        Minutes of each area in tenths, -1 where it has no time.
    reason
        Position in ``reasons.ALL`` of why an area has no time, -1 where it has one.
    bins
        People of each area (row) whose time lies over m - 1 and up to m minutes (column m).
    without
        People of each area without a time: reason -> counts.
    withheld
        Areas whose figures were withheld by disclosure control; their bins are zero.
    unsafe
        People of each area whose nearest place may lie beyond the roads supplied.
    whole
        Whether each area counts whole at its own minutes, for want of a distribution.
    caption
        How the minutes were made.
    nearest
        For each area up to three places, nearest first: (position of the site, tenths of minutes).
    scenario
        What was changed, in words a control shows; empty for things as they are.
    residents
        People of each area where they are not those of the areas table (another period).
    """

    kind: str
    mode: str
    label: str
    noun: str
    limit: int
    tenths: np.ndarray
    reason: np.ndarray
    bins: np.ndarray
    without: Mapping[str, np.ndarray]
    withheld: np.ndarray
    unsafe: np.ndarray
    whole: bool = False
    caption: str = ""
    nearest: tuple[tuple[tuple[int, int], ...], ...] = ()
    scenario: str = ""
    residents: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One place people go to; ``opened`` and ``closed`` name the scenarios that do so."""

    code: str
    name: str
    kind: str
    source: str
    checked: str
    postcode: str
    precision: str
    reason: str
    lon: float | None
    lat: float | None
    opened: str = ""
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """One contiguous stretch of areas out of reach."""

    code: str
    rank: int
    name: str
    kind: str
    mode: str
    beyond: int
    people: int
    people_total: int
    people_without_time: int
    minutes: float | None
    nearest: str
    decile: float | None
    areas: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The way from an area to a place: lines as steps of hundred-thousandths of a degree."""

    area: int
    kind: str
    mode: str
    site: int
    lines: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Catchment:
    """
    One travel-time area as drawn: rings as steps of hundred-thousandths of a degree.

    One dissolved over every place of a kind names the ``kind``, and its ``site`` is -1.
    """

    site: int
    kind: str
    mode: str
    minutes: int
    people: int
    people_in_drawing: int
    rings: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Territory:
    """Where one place is the nearest: rings as steps of hundred-thousandths of a degree."""

    site: int
    mode: str
    people: int | None
    rings: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class RegisteredAreas:
    """Areas a place's registered patients come from: whole areas, whatever the roads say."""

    site: int
    areas: tuple[int, ...]
    patients: int
    inside: int


@dataclass(frozen=True, slots=True, repr=False)
class Surface:
    """
    Minutes at every spot: a picture (PNG) in the colours of the legend.

    Parameters
    ----------
    kind, mode, scenario
        The measure it belongs to.
    metres
        Size of a cell of the grid it was made from.
    picture
        PNG; a spot without a time is transparent.
    bounds
        West, south, east, north in metres of the web map (EPSG:3857).
    """

    kind: str
    mode: str
    scenario: str
    metres: int
    picture: bytes
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Hexagons:
    """
    One hexagon an area, all of one size, standing on a corner.

    Parameters
    ----------
    size
        From the middle to a corner, where the whole web map is 1 across.
    left, top
        The corner in the north west, likewise.
    at
        Column and row of each area's hexagon, odd rows half a hexagon to the east; -1 for areas
        outside the study.
    """

    size: float
    left: float
    top: float
    at: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OnlineTiles:
    """A background that is fetched, where the reader asks for it."""

    url: str
    host: str
    statement: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Basemap:
    """Lines and names that say where the map is; geometry in the CRS of the areas."""

    roads: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    towns: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MapSpec:
    """Everything on one page; see the fields' own classes."""

    title: str
    place: str
    date: str
    invented: bool
    thresholds: tuple[int, ...]
    facts: AreaFacts
    shapes: gpd.GeoSeries
    measures: tuple[Measure, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    gaps: tuple[Gap, ...] = ()
    routes: tuple[Route, ...] = ()
    catchments: tuple[Catchment, ...] = ()
    territories: tuple[Territory, ...] = ()
    registered: tuple[RegisteredAreas, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    hexagons: Hexagons | None = None
    online: OnlineTiles | None = None
    equity: tuple[Mapping[str, str], ...] = ()
    basemap: Basemap | None = None
    credits: tuple[Credit, ...] = ()
    leaves_out: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    opening: int | None = None
    typical: str = "mean"
    need: bool = False

    def now(self, measure: Measure) -> Measure:
        """Find the measure of the same kind and mode with things as they are."""
        same = (m for m in self.measures if (m.kind, m.mode) == (measure.kind, measure.mode))
        return next(m for m in same if not m.scenario)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Name what was changed, each once, in the order given."""
        return tuple(dict.fromkeys(m.scenario for m in self.measures if m.scenario))

    def __repr__(self) -> str:
        """Say what the page holds."""
        inside = int(self.facts.in_study.sum())
        return (
            f"<MapSpec {self.title!r}: {inside} areas and {len(self.facts.codes) - inside} around "
            f"them, {len(self.measures)} measures, {len(self.sites)} places, {len(self.gaps)} gaps>"
        )
