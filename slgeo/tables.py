"""
The tables that cross a module border, and the one check at the door.

Each :class:`Table` lists its columns once, as data: the check, the CSV data dictionaries and
``docs/tables.md`` are all made from it. House units are metres, minutes and people, and a column's
unit is named only where it differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from slgeo.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    FrameT = TypeVar("FrameT", bound=pd.DataFrame)

Kind = Literal["text", "number", "count", "flag", "point", "polygon", "date"]
Status = Literal["published", "modelled", "sensitive"]


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a table.

    Parameters
    ----------
    name
        The column's name, or a pattern such as ``age_*`` for a family of columns.
    kind
        ``text``, ``number``, ``count`` (a number that is never negative), ``flag`` (true or
        false), ``date`` (ISO text), ``point`` or ``polygon``.
    meaning
        What a value says, in a sentence for an analyst.
    unit
        Unit of a value, empty for text and flags.
    required
        Whether a table without this column is refused.
    missing
        What a missing value means; empty where a value may not be missing.
    allowed
        The only values admitted, where there are few.
    low, high
        Smallest and largest value admitted, inclusive.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = True
    missing: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """
    The shape of a table.

    Parameters
    ----------
    name
        What the table is called in messages and documents.
    index
        Names of the index levels; together they are unique and never missing.
    columns
        The columns, in the order they are written.
    meaning
        What one row is.
    metric
        Whether geometry must be in a projected CRS measured in metres.
    status
        Whether its counts of people are published figures, modelled, or sensitive; sensitive ones
        pass disclosure control before they are written.
    """

    name: str
    index: tuple[str, ...]
    columns: tuple[Column, ...]
    meaning: str
    metric: bool = True
    status: Status = "modelled"

    @property
    def geometry(self) -> Column | None:
        """The geometry column, if the table has one."""
        return next((c for c in self.columns if c.kind in {"point", "polygon"}), None)

    def column(self, name: str) -> Column | None:
        """Find the definition that covers a column name, patterns included."""
        for column in self.columns:
            if column.name == name:
                return column
        for column in self.columns:
            if "*" in column.name and re.fullmatch(column.name.replace("*", ".+"), name):
                return column
        return None


DECILES: Final = "1 is the most deprived tenth of the nation's areas, 10 the least"
_NOT_PUBLISHED: Final = "not published for the area"
PRECISIONS: Final = (
    "given",
    "uprn",
    "building",
    "postcode",
    "postcode_unknown_status",
    "postcode_terminated",
    "postcode_mean",
    "sector",
    "place",
    "failed",
)
"""How well a point is known, best first."""

ORIGIN_KINDS: Final = (
    "headcount_postcode",
    "output_area",
    "live_postcode",
    "undated_postcode",
    "area_point",
    "raster",
)
"""Where people start, in order of preference."""

AREAS: Final = Table(
    "areas",
    ("area",),
    (
        Column("name", "text", "Name a planner knows; the code where no name was given"),
        Column(
            "nation",
            "text",
            "Nation the code belongs to (X: an invented place)",
            allowed=("E", "W", "S", "N", "X"),
        ),
        Column("vintage", "text", "Census geography of the code, for example lsoa21 or dz11"),
        Column("in_study", "flag", "Whether the area belongs to the study or is context around it"),
        Column("population", "count", "Usual residents", unit="people"),
        Column(
            "deprivation_rank",
            "number",
            "National rank in the index used: 1 is most deprived",
            required=False,
            missing="no index was joined, or the area is not in it",
        ),
        Column(
            "deprivation_decile",
            "number",
            f"National decile in the index used: {DECILES}",
            required=False,
            missing="no index was joined, or the area is not in it",
            low=1,
            high=10,
        ),
        Column(
            "deprivation_score",
            "number",
            "Score in the index used: higher is more deprived",
            required=False,
            missing="the index publishes no score, or the area is not in it",
        ),
        Column(
            "deprivation_index",
            "text",
            "Which index the deprivation columns come from",
            required=False,
            missing="no index was joined, or the area is not in it",
        ),
        Column(
            "deprivation_group",
            "text",
            "Official group of ranks, where the nation publishes groups (Wales)",
            required=False,
            missing="the nation publishes none, or the area is not in the index",
        ),
        Column(
            "domain_*_rank",
            "number",
            "National rank in one domain: 1 is most deprived",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "domain_*_decile",
            "number",
            f"National decile in one domain: {DECILES}",
            required=False,
            missing="not published for the area",
            low=1,
            high=10,
        ),
        Column(
            "domain_*_score",
            "number",
            "Score in one domain, as published",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "rurality",
            "text",
            "Class under its official label",
            required=False,
            missing="no classification was joined, or the area is not in it",
        ),
        Column(
            "rurality_scheme",
            "text",
            "Which classification the class belongs to",
            required=False,
            missing="no classification was joined",
        ),
        Column(
            "urban",
            "flag",
            "Whether the official scheme calls the area urban",
            required=False,
            missing="no classification was joined, or the area is not in it",
        ),
        Column(
            "age_*",
            "count",
            "Residents of an age band, for example age_65_plus",
            unit="people",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "sex_*",
            "count",
            "Residents by sex",
            unit="people",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "ethnic_*",
            "count",
            "Residents of an ethnic group",
            unit="people",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "households",
            "count",
            "Households",
            unit="households",
            required=False,
            missing="not published for the area",
        ),
        Column(
            "households_no_car",
            "count",
            "Households without a car or van",
            unit="households",
            required=False,
            missing="not published for the area",
        ),
        *(
            Column(name, "count", meaning, unit=unit, required=False, missing=_NOT_PUBLISHED)
            for name, meaning, unit in (
                ("bad_health", "Residents in bad or very bad health", "people"),
                ("disabled", "Residents disabled under the Equality Act", "people"),
                (
                    "communal_residents",
                    "Residents of communal establishments: prisons, barracks, halls, care homes",
                    "people",
                ),
                ("unpaid_carers", "Residents aged 5 and over who provide unpaid care", "people"),
                ("little_english", "Residents who speak English not well or not at all", "people"),
                (
                    "households_alone_66_plus",
                    "Households of one person aged 66 or over",
                    "households",
                ),
            )
        ),
        Column("geometry", "polygon", "Boundary"),
    ),
    "One small area: of the study, or of the context around it.",
    status="published",
)

ORIGINS: Final = Table(
    "origins",
    ("origin",),
    (
        Column("area", "text", "Small area the people are counted in"),
        Column(
            "people",
            "count",
            "People who start here, scaled to the area's population",
            unit="people",
        ),
        Column("kind", "text", "What the point is", allowed=ORIGIN_KINDS),
        Column("geometry", "point", "Where they start"),
    ),
    "One point people start from.",
)

PLACES: Final = Table(
    "places",
    ("site",),
    (
        Column(
            "name", "text", "Name as the source gives it; made of kind and place where it has none"
        ),
        Column("kind", "text", "What people find there, from the taxonomy of kinds"),
        Column("source", "text", "Source file or register, with its date"),
        Column("named", "flag", "Whether the source gives a name"),
        Column(
            "counts",
            "flag",
            "Whether it counts as a place of its kind by the default list; others keep their row",
        ),
        Column("why_not", "text", "Why it does not count", missing="it counts"),
        Column(
            "longitude",
            "number",
            "Longitude as the source gives it, not yet checked",
            unit="degrees",
            missing="the source gives none",
        ),
        Column(
            "latitude",
            "number",
            "Latitude as the source gives it, not yet checked",
            unit="degrees",
            missing="the source gives none",
        ),
        Column(
            "easting",
            "number",
            "National Grid easting as the source gives it, not yet checked",
            unit="metres",
            missing="the source gives none",
        ),
        Column(
            "northing",
            "number",
            "National Grid northing as the source gives it, not yet checked",
            unit="metres",
            missing="the source gives none",
        ),
        Column(
            "postcode", "text", "Postcode as the source gives it", missing="the source gives none"
        ),
        Column(
            "uprn",
            "text",
            "Unique property reference number",
            required=False,
            missing="the source gives none",
        ),
        Column(
            "capacity",
            "count",
            "What the site can offer, in the unit its study states",
            required=False,
            missing="not known: per-head measures refuse",
        ),
        Column(
            "reason",
            "text",
            "Why the site can have no travel time wherever it is, for example virtual_only",
            required=False,
            missing="it can have one",
        ),
        Column(
            "checked",
            "date",
            "When the source was last checked",
            required=False,
            missing="not stated",
        ),
        Column(
            "entrances",
            "text",
            "Where people go in, as WKT points in degrees; the nearest of them is what they reach",
            required=False,
            missing="its point is its way in",
        ),
    ),
    "One place people go to, as a file gives it: not yet on the map.",
    status="published",
)

SITES: Final = Table(
    "sites",
    ("site",),
    (
        Column(
            "name", "text", "Name as the source gives it; made of kind and place where it has none"
        ),
        Column("kind", "text", "What people find there, from the taxonomy of kinds"),
        Column("source", "text", "Source file or register, with its date"),
        Column(
            "capacity",
            "count",
            "What the site can offer, in the unit its study states",
            required=False,
            missing="not known: per-head measures refuse",
        ),
        Column("named", "flag", "Whether the source gives a name", required=False),
        Column(
            "counts",
            "flag",
            "Whether it counts as a place of its kind by the default list; others keep their row",
            required=False,
        ),
        Column("why_not", "text", "Why it does not count", required=False, missing="it counts"),
        Column(
            "postcode",
            "text",
            "Postcode, one space before the last three characters",
            required=False,
            missing="the source gives none",
        ),
        Column("precision", "text", "How the point was found", allowed=PRECISIONS),
        Column(
            "error_radius",
            "number",
            "Distance within which the true place is expected",
            unit="metres",
            missing="the site was not placed",
        ),
        Column(
            "error_basis",
            "text",
            "Whether the error radius was measured or is assumed",
            required=False,
            missing="the site was not placed",
            allowed=("measured", "assumed"),
        ),
        Column(
            "matched",
            "text",
            "What was matched: the coordinates or the postcode the point was taken from",
            required=False,
            missing="nothing was",
        ),
        Column(
            "matched_in",
            "text",
            "What it was matched in, with its vintage",
            required=False,
            missing="nothing was matched",
        ),
        Column(
            "position_note",
            "text",
            "What was wrong with the coordinates or postcode given, and what was done about it",
            required=False,
            missing="nothing was",
        ),
        Column(
            "candidates",
            "text",
            "Postcodes the one given may have been meant to be, separated by commas",
            required=False,
            missing="none is near, or none was sought",
        ),
        Column(
            "reason",
            "text",
            "Why the site can have no travel time",
            required=False,
            missing="it can have one",
        ),
        Column(
            "checked",
            "date",
            "When the source was last checked",
            required=False,
            missing="not stated",
        ),
        Column(
            "entrances",
            "text",
            "Where people go in, as WKT points in the CRS of the table; the nearest of them is what"
            " they reach",
            required=False,
            missing="its point is its way in",
        ),
        Column("geometry", "point", "Where it is", missing="the site was not placed"),
    ),
    "One place people go to.",
    status="published",
)

CATCHMENTS: Final = Table(
    "catchments",
    ("site", "minutes"),
    (
        Column(
            "over",
            "number",
            "Where the row is a band: the threshold it begins after; 0 where it is whole",
            unit="minutes",
            required=False,
        ),
        Column("people", "count", "People reached, summed over travel times", unit="people"),
        Column(
            "people_in_drawing",
            "count",
            "People whose point lies inside the drawn shape",
            unit="people",
        ),
        Column(
            "people_difference",
            "number",
            "People in the drawing less people reached",
            unit="people",
            required=False,
        ),
        Column(
            "drawing_error",
            "number",
            "(people in drawing - people reached) / people reached",
            unit="share",
            missing="nobody is reached",
        ),
        Column(
            "people_wrongly_in",
            "count",
            "People inside the drawn shape who are not within the minutes",
            unit="people",
            required=False,
        ),
        Column(
            "people_wrongly_out",
            "count",
            "People within the minutes who are outside the drawn shape",
            unit="people",
            required=False,
        ),
        Column("area_km2", "number", "Size of the drawn shape", unit="square kilometres"),
        Column(
            "reason",
            "text",
            "Why nothing is reached: why the site could not be placed, or joins no road",
            required=False,
            missing="the site joins a road",
        ),
        Column(
            "note",
            "text",
            "Where those live by whom drawing and count differ",
            required=False,
            missing="they differ by no more than a tenth",
        ),
        Column(
            "geometry",
            "polygon",
            "The drawing: for showing, never for counting",
            missing="nothing is reached, or less than one cell",
        ),
    ),
    "One travel-time area: a site, or several together, and a threshold.",
)

TERRITORIES: Final = Table(
    "territories",
    ("site",),
    (
        Column("people", "count", "People whose nearest site it is, by travel time", unit="people"),
        *(
            column
            for column in CATCHMENTS.columns
            if column.name
            in {
                "people_in_drawing",
                "people_difference",
                "drawing_error",
                "people_wrongly_in",
                "people_wrongly_out",
                "area_km2",
                "reason",
            }
        ),
        Column(
            "geometry",
            "polygon",
            "The land nearer to it than to any other: for showing, never for counting",
            missing="it is nowhere the nearest",
        ),
    ),
    "One site, or several together, and those to whom it is the nearest.",
)

GAPS: Final = Table(
    "gaps",
    ("gap",),
    (
        Column("rank", "count", "1 is the gap with the most people in it"),
        Column("name", "text", "Named after its most populous area"),
        Column("kind", "text", "What cannot be reached"),
        Column("mode", "text", "How people travel"),
        Column("beyond", "number", "Threshold that makes it a gap", unit="minutes"),
        Column("people", "count", "People further than the threshold", unit="people"),
        Column("people_total", "count", "Everyone who lives in its areas", unit="people"),
        Column(
            "people_without_time",
            "count",
            "Of the people further: those with no time at all",
            unit="people",
        ),
        Column("areas", "text", "Codes of its areas, separated by spaces"),
        Column("area_count", "count", "Number of areas"),
        Column(
            "minutes",
            "number",
            "Mean minutes to the nearest, over people with a time",
            unit="minutes",
            missing="nobody in it has a time",
        ),
        Column(
            "nearest",
            "text",
            "Name of the site nearest to most of its people",
            missing="nobody in it has a time",
        ),
        Column(
            "why",
            "text",
            "What part of the people further has a longer journey, and why the others have none",
            required=False,
        ),
        Column(
            "deprivation_decile",
            "number",
            "People-weighted mean national decile",
            missing="deprivation was not joined",
        ),
        Column(
            "stability",
            "number",
            "Share of the thresholds tried at which it stays a gap",
            unit="share",
            required=False,
            missing="was not asked for",
        ),
        Column("geometry", "polygon", "Union of its areas"),
    ),
    "One contiguous stretch of areas out of reach.",
)


def checked(frame: FrameT, table: Table, *, source: str = "") -> FrameT:
    """
    Check a frame against its table, and return it as it came.

    Parameters
    ----------
    frame
        The frame to check; never changed.
    table
        What it must look like.
    source
        File or function the frame came from, named in the message.

    Returns
    -------
    pd.DataFrame
        The same object.

    Raises
    ------
    TableError
        Naming every fault at once: absent columns, repeated or missing keys, values of the wrong
        kind or out of range, geometry of the wrong type or CRS.
    """
    faults = list(_faults(frame, table))
    if faults:
        where = f" ({source})" if source else ""
        raise TableError(f"{table.name}{where}: " + "; ".join(faults))
    return frame


def empty(table: Table, *, crs: str = "EPSG:27700") -> pd.DataFrame:
    """
    Make a table with no rows and every required column.

    Returns
    -------
    pd.DataFrame
        A GeoDataFrame where the table has geometry.

    Examples
    --------
    >>> from slgeo.tables import SITES, empty
    >>> len(empty(SITES)), empty(SITES).index.name
    (0, 'site')
    """
    import geopandas as gpd
    import pandas as pd

    dtypes: dict[str, Any] = {"number": float, "count": float, "flag": bool}
    data = {
        c.name: pd.Series([], dtype=dtypes.get(c.kind, str))
        for c in table.columns
        if c.required and c is not table.geometry
    }
    frame = pd.DataFrame(data)
    if len(table.index) == 1:
        frame.index = pd.Index([], name=table.index[0], dtype=str)
    else:
        frame.index = pd.MultiIndex.from_arrays([[] for _ in table.index], names=table.index)
    if table.geometry is None:
        return frame
    made: pd.DataFrame = gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries([], crs=crs, index=frame.index)
    )
    return made


def _faults(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    """Yield every fault of a frame, each as a phrase."""
    absent = [c.name for c in table.columns if c.required and c.name not in frame.columns]
    if absent:
        have = ", ".join(map(str, frame.columns)) or "none"
        yield f"no column {', '.join(map(repr, absent))} (columns found: {have})"
    yield from _key_faults(frame, table)
    for name in frame.columns:
        column = table.column(str(name))
        if column is not None and column is not table.geometry:
            yield from (f"column {name!r}: {fault}" for fault in _value_faults(frame[name], column))
    if table.geometry is not None and table.geometry.name in frame.columns:
        yield from _geometry_faults(frame, table)


def _key_faults(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    names = tuple(frame.index.names)
    if names != table.index:
        yield f"index is {', '.join(map(str, names))}, not {', '.join(table.index)}"
        return
    repeated = int(frame.index.duplicated().sum())
    if repeated:
        first = frame.index[frame.index.duplicated()][0]
        yield f"{repeated} repeated {' and '.join(table.index)} (first: {first!r})"
    if any(frame.index.get_level_values(level).isna().any() for level in range(len(names))):
        yield f"missing {' or '.join(table.index)} in the index"


def _value_faults(values: pd.Series[Any], column: Column) -> Iterator[str]:
    from pandas.api import types

    missing = int(values.isna().sum())
    if missing and not column.missing and column.required:
        yield f"{missing} missing of {len(values)}"
    present = values.dropna()
    if present.empty:
        return
    if column.kind in {"number", "count"}:
        yield from _number_faults(present, column)
    elif column.kind == "flag":
        if not types.is_bool_dtype(present) and not present.isin([True, False]).all():
            yield f"must be true or false, found {present.dtype}"
    elif not present.map(lambda value: isinstance(value, str)).all():
        yield f"must be text, found {present.dtype}"
    elif column.allowed:
        other = sorted(set(present) - set(column.allowed))
        if other:
            yield f"{', '.join(map(repr, other[:3]))} not among {', '.join(column.allowed)}"


def _number_faults(present: pd.Series[Any], column: Column) -> Iterator[str]:
    from pandas.api import types

    if types.is_bool_dtype(present) or not types.is_numeric_dtype(present):
        yield f"must be numbers, found {present.dtype}"
        return
    low = 0 if column.kind == "count" and column.low is None else column.low
    if low is not None and (present < low).any():
        yield f"{int((present < low).sum())} below {low:g}"
    if column.high is not None and (present > column.high).any():
        yield f"{int((present > column.high).sum())} above {column.high:g}"
    if (present.abs() == float("inf")).any():
        yield "infinite values"


def _geometry_faults(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    import geopandas as gpd

    column = table.geometry
    if column is None:
        return
    if not isinstance(frame, gpd.GeoDataFrame):
        yield "must be a GeoDataFrame with an active geometry"
        return
    shapes = frame.geometry
    if table.metric:
        if shapes.crs is None:
            yield "has no CRS; set the one its coordinates are in, then reproject to metres"
        elif not shapes.crs.is_projected or shapes.crs.axis_info[0].unit_name != "metre":
            crs = shapes.crs.to_string()
            yield f"CRS is {crs}, not a projected one in metres such as EPSG:27700"
    blank = int((shapes.isna() | shapes.is_empty).sum())
    if blank and not column.missing:
        yield f"{blank} rows without geometry"
    wanted = {"point": {"Point"}, "polygon": {"Polygon", "MultiPolygon"}}[column.kind]
    present = frame.loc[~(shapes.isna() | shapes.is_empty).to_numpy()].geometry
    other = sorted({shape.geom_type for shape in present} - wanted)
    if other:
        yield f"geometry is {', '.join(other)}, not {' or '.join(sorted(wanted))}"
