"""
The sections of ``study.toml`` and every key in them, declared once.

A section is a frozen dataclass; each field carries its shape, meaning and example.
"""
# ruff: noqa: RUF009  (`asked` returns dataclasses.field: it declares, and shares nothing)
# ruff: noqa: TC003  (dataclasses resolve their annotations when asked for them)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slgeo.config.keys import MODES, ByMode, asked

SPEEDS: Final = {
    "walk": "walk",
    "walk_older_adult": "walk",
    "walk_step_free": "walk",
    "walk_buggy": "walk",
    "cycle": "cycle",
    "dft_am": "drive",
    "osm_gb_legal": "drive",
    "osm_gb_congested": "drive",
    "os_free_flow": "drive",
    "os_congested": "drive",
    "ahah": "drive",
}
"""Speed profiles, and who travels by each; `slgeo.network.speeds` has their figures."""

AVERAGES: Final = ("dft_am",)
"""Profiles that are averages of whole journeys, junctions included."""

DISCLOSURE_RULES: Final = ("hes", "lt5", "lt10")
BOUNDARY_KINDS: Final = "GeoJSON, GeoPackage, zipped shapefile or GeoParquet"


@dataclass(frozen=True, slots=True)
class AreasSection:
    """Small areas, and what is known of them."""

    file: Path = asked(
        "file",
        f"Boundaries of the small areas: {BOUNDARY_KINDS}. Take areas around the study too, as far"
        " as people might travel: they stay in every table, marked as context",
        example='"lsoa21.geojson"',
        required=True,
        advice="boundaries are published by the ONS Open Geography Portal, SpatialData.gov.scot"
        " and NISRA",
    )
    layer: str | None = asked(
        "text", "Which layer of a file that holds several", example='"lsoa_2021"'
    )
    source_crs: str | None = asked(
        "text",
        "CRS its coordinates are really in, where the file does not say or says it wrong",
        example='"EPSG:27700"',
    )
    study: str | tuple[str, ...] | None = asked(
        "column or codes",
        "The study's own areas: a column of the file that is true in them, or a list of codes of"
        " areas or local authorities. Absent: all of them",
        example='"in_area"',
    )
    columns: tuple[tuple[str, str], ...] = asked(
        "columns",
        "Our column = the file's column, where slgeo does not recognise one by itself",
        example='{ population = "residents_2021" }',
        default=(),
    )
    deprivation: tuple[Path, ...] = asked(
        "files",
        "Index of deprivation by area code, where the boundary file lacks it; a list where the"
        " study lies in several nations",
        example='"imd2025.csv"',
        default=(),
        advice="England: MHCLG Indices of Deprivation, File 7; Wales: WIMD; Scotland: SIMD;"
        " Northern Ireland: NIMDM",
    )
    rurality: tuple[Path, ...] = asked(
        "files",
        "Rural-urban class by area code, where the boundary file lacks it; or a list, one a nation",
        example='"ruc21.csv"',
        default=(),
        advice="the rural-urban classification is published by the ONS, the Scottish Government"
        " and NISRA",
    )
    population: tuple[Path, ...] = asked(
        "files",
        "Residents by area code, with age bands if it has them, where the boundary file lacks"
        " them; or a list, one a nation",
        example='"population2021.csv"',
        default=(),
        advice="census and mid-year populations of small areas come from Nomis, NRS and NISRA",
    )
    ethnicity: tuple[Path, ...] = asked(
        "files",
        "Residents by ethnic group and area code; or a list, one a nation",
        example='"ethnicity2021.csv"',
        default=(),
        advice="census table TS021 is on Nomis",
    )
    cars: tuple[Path, ...] = asked(
        "files",
        "Households without a car by area code; or a list, one a nation",
        example='"cars2021.csv"',
        default=(),
        advice="census table TS045 is on Nomis",
    )
    census: tuple[Path, ...] = asked(
        "files",
        "More census tables by area code, one a subject: general health (TS037), disability"
        " (TS038), unpaid care (TS039), proficiency in English (TS029), people living alone"
        " (TS003), residents of communal establishments (TS001)",
        example='["census2021-ts037-lsoa.csv", "census2021-ts038-lsoa.csv"]',
        default=(),
        advice="census 2021 tables are on Nomis: https://www.nomisweb.co.uk/sources/census_2021_bulk",
    )
    communal: str = asked(
        "text",
        "Residents of prisons, barracks, halls and care homes, where a census table counts them."
        " with: they count as everybody does, and are told apart in a table of their own; apart:"
        " that table alone has them",
        example='"apart"',
        default="with",
        allowed=("with", "apart"),
    )
    around: float = asked(
        "number",
        "How far around the study `slgeo fetch` takes areas and postcodes, in kilometres",
        example="10",
        default=10.0,
        low=0,
        high=100,
    )
    lookup: Path | None = asked(
        "file",
        "Lookup from an older edition of the areas, so that a table on the older codes can be"
        " carried over: counts are split, ranks are carried and named so. Absent: such a table is"
        " refused",
        example='"lsoa11_to_lsoa21.csv"',
        advice="the LSOA 2011 to 2021 lookup is on the ONS Open Geography Portal",
    )
    older_population: Path | None = asked(
        "file",
        "Residents by the older codes, to weigh areas that were merged",
        example='"population2020_lsoa11.csv"',
        advice="mid-year populations of small areas come from the ONS, NRS and NISRA",
    )
    across_nations: bool = asked(
        "flag",
        "Whether areas of several nations may be compared: deciles stay within each nation, and"
        " every output says so",
        example="true",
        default=False,
    )


@dataclass(frozen=True, slots=True)
class OriginsSection:
    """Where people start; the best file given is used, the next best shows how much it matters."""

    headcounts: Path | None = asked(
        "file",
        "People by live postcode: the best there is",
        example='"census_postcode_headcounts.csv"',
        advice="census 2021 table P001 is on Nomis",
    )
    output_areas: Path | None = asked(
        "file",
        "Population-weighted centroids of output areas, with their people",
        example='"oa21_centroids.csv"',
        advice="output-area population-weighted centroids are on the ONS Open Geography Portal",
    )
    postcodes: Path | None = asked(
        "file",
        "Postcodes with their area codes; each area's people are shared among them",
        example='"onspd.csv"',
        advice="the ONS Postcode Directory is on the ONS Open Geography Portal",
    )

    centroids: Path | None = asked(
        "file",
        "Population-weighted centroids of the areas themselves, where there are no finer points",
        example='"lsoa21_centroids.csv"',
        advice="population-weighted centroids are on the ONS Open Geography Portal",
    )
    raster: Path | None = asked(
        "file",
        "People on a grid (GeoTIFF), where there are no points",
        example='"ghs_pop.tif"',
        advice="GHS-POP and WorldPop publish grids of people",
    )


@dataclass(frozen=True, slots=True)
class PostcodesSection:
    """Postcodes, and numbers of properties, to place what has no coordinates."""

    file: Path | None = asked(
        "file",
        "Postcode file: ONSPD, NSPL, Code-Point Open, or any CSV with postcode, lat, lon",
        example='"onspd.csv"',
        advice="the ONS Postcode Directory is on the ONS Open Geography Portal",
    )
    uprns: Path | None = asked(
        "file",
        "OS Open UPRN (CSV): places that state their property number stand at its point",
        example='"osopenuprn.csv"',
        advice="OS Open UPRN is on the Ordnance Survey Data Hub",
    )


@dataclass(frozen=True, slots=True)
class RoadsSection:
    """Roads and paths to travel on."""

    file: Path = asked(
        "file",
        "OpenStreetMap extract of the roads; take it as far beyond the study as people might"
        " travel",
        example='"roads.osm.pbf"',
        required=True,
        advice="county extracts (.osm.pbf) are on download.geofabrik.de",
    )
    hull: Path | None = asked(
        "file",
        "Outline of what the extract covers; points outside it get no time rather than a wrong"
        " one. Absent: made from the roads",
        example='"road_hull.geojson"',
        advice="leave the key out and the outline is made from the roads",
    )
    elevation: Path | None = asked(
        "file",
        "Terrain model (GeoTIFF, heights in metres): walking and cycling then go by the slope of"
        " each road. Absent: the ground is taken to be level",
        example='"terrain50.tif"',
        advice="OS Terrain 50 is open data of Ordnance Survey; LIDAR composites are on"
        " environment.data.gov.uk",
    )


@dataclass(frozen=True, slots=True)
class PlacesSection:
    """Places people go to; repeat [[places]] for each file."""

    file: Path = asked(
        "file",
        "The places: CSV, Excel, GeoJSON, Open Referral UK or OpenActive JSON (or its folder),"
        " or an OpenStreetMap extract, maybe that of the roads; known layouts are recognised",
        example='"places.xlsx"',
        required=True,
        advice="`slgeo new FOLDER --template` makes places.xlsx to fill in; GP practices come from"
        " NHS England's epraccur",
    )
    layout: str | None = asked(
        "text", "Layout of the file, where it is not recognised", example='"epraccur"'
    )
    sheet: str | None = asked("text", "Sheet of a workbook; absent: the first", example='"Places"')
    kind: str | None = asked(
        "text", "Kind of all its places, where the file does not say", example='"gp"'
    )
    only: tuple[str, ...] = asked(
        "texts", "Keep only these kinds", example='["library", "food"]', default=()
    )
    exclude: tuple[str, ...] = asked(
        "texts", "Leave these kinds out", example='["nature"]', default=()
    )
    within_areas: bool = asked(
        "flag",
        "Whether to keep only places that lie in the areas of the boundary file, context included:"
        " for a national list; how many lie elsewhere is said",
        example="true",
        default=False,
    )
    include: tuple[str, ...] = asked(
        "texts",
        "Count these too, although the default list leaves them out: OpenStreetMap values",
        example='["pub", "school"]',
        default=(),
    )
    capacity: str | None = asked(
        "text",
        "Column that says how much a place can offer (doctors, places on a course); without one"
        " no per-head figure is called capacity",
        example='"gp_fte"',
    )
    columns: tuple[tuple[str, str], ...] = asked(
        "columns",
        "Our column = the file's column, where slgeo does not recognise one by itself",
        example='{ name = "Group", postcode = "Post code" }',
        default=(),
    )
    open: str | None = asked(
        "text",
        "Count only places known to be open then, by the file's opening hours; see unknown_hours",
        example='"weekday evening"',
        allowed=("weekday evening", "weekend"),
    )
    unknown_hours: str = asked(
        "text",
        "With open: keep counts places whose hours nobody states, leave out does not; their share"
        " is printed either way",
        example='"leave out"',
        default="keep",
        allowed=("keep", "leave out"),
    )
    entrances: bool = asked(
        "flag",
        "Whether parks, grounds and hospitals of 2 ha or more that OpenStreetMap draws are reached"
        " by where paths enter them; those are found in the file itself, or in the roads",
        example="false",
        default=True,
    )
    access_points: Path | None = asked(
        "file",
        "The ways into OS Open Greenspace, where they are a file of their own",
        example='"access_point.gpkg"',
        advice="OS Open Greenspace is on the Ordnance Survey Data Hub",
    )


@dataclass(frozen=True, slots=True)
class TaxonomySection:
    """What a source's own tags and words mean, where the study sees it otherwise than slgeo."""

    file: Path | None = asked(
        "file",
        "Table with columns source and kind: an OpenStreetMap tag (club=scout) or a word a source"
        " uses (Knit and natter), and the kind of place it is; 'leave out' keeps it out of the"
        " count. docs/kinds.md lists what slgeo takes each for",
        example='"kinds.csv"',
        advice="a table of your own: columns source and kind",
    )
    lines: tuple[tuple[str, str], ...] = asked(
        "columns",
        "The same, written here; these come before those of the file",
        example='{ "club=scout" = "social_connection", "shop=charity" = "leave out" }',
        default=(),
    )


@dataclass(frozen=True, slots=True)
class TwinsSection:
    """One place in two files counts once; merged_places.csv says why, and it can be undone."""

    merge: bool = asked(
        "flag",
        "Whether a place that several files have counts once",
        example="false",
        default=True,
    )
    names_agree: float = asked(
        "number",
        "Least score, of 100, at which two names near each other are one",
        example="92",
        default=88.0,
        low=50,
        high=100,
    )
    keep_apart: tuple[tuple[str, str], ...] = asked(
        "pairs",
        "Pairs of places, by their ids in merged_places.csv, that are two all the same",
        example='[["way/123", "library-uprn-456"]]',
        default=(),
    )
    same: tuple[tuple[str, str], ...] = asked(
        "pairs",
        "Pairs of places that are one, whatever the rules say: those listed as possible",
        example='[["way/123", "library-uprn-456"]]',
        default=(),
    )


@dataclass(frozen=True, slots=True)
class OnlineSection:
    """Looking places up online: only where an address is given; answers are kept and asked once."""

    postcodes: str | None = asked(
        "text",
        "Address of postcodes.io, or of a server of your own like it: asked for the postcodes that"
        " no file has. Only postcodes are sent",
        example='"https://api.postcodes.io"',
    )
    names: str | None = asked(
        "text",
        "Address of a Nominatim search: asked, once a second, for places that have neither"
        " coordinates nor a postcode, 100 at most. Only names and the town are sent",
        example='"https://nominatim.openstreetmap.org/search"',
    )
    town: str | None = asked("text", "Town or county added to each name", example='"Rutland"')


@dataclass(frozen=True, slots=True)
class PracticesSection:
    """What is known of GP practices beyond a list of them."""

    branches: Path | None = asked(
        "file",
        "Branch surgeries, as sites of their practices: ebranchs, or a table with name, postcode"
        " and practice_code. Absent: results are titled main surgeries only",
        example='"ebranchs.csv"',
        advice="report ebranchs of NHS England's ODS data search and export",
    )
    networks: Path | None = asked(
        "file",
        "Which practice belongs to which primary care network, in spells of time",
        example='"epcncorepartnerdetails.csv"',
        advice="report epcncorepartnerdetails of NHS England's ODS data search and export, or"
        " ePCN.xlsx",
    )
    boundaries: Path | None = asked(
        "file",
        "Boundaries practices declare: polygons with practice_code, to set beside where their"
        " patients live",
        example='"practice_boundaries.geojson"',
        advice="integrated care boards hold the boundaries their practices declare",
    )


@dataclass(frozen=True, slots=True)
class RegistrationsSection:
    """Who is registered with which practice."""

    file: Path | None = asked(
        "file",
        "Patients by practice and area of residence",
        example='"registrations.csv"',
        advice="NHS England publishes patients registered at a GP practice by LSOA each quarter",
    )
    lookup: Path | None = asked(
        "file",
        "Lookup from the registrations' area codes to the study's, where their vintages differ",
        example='"lsoa11_to_lsoa21.csv"',
        advice="the LSOA 2011 to 2021 lookup is on the ONS Open Geography Portal",
    )
    date: str | None = asked(
        "date", "Date of the extract, where the file does not say", example='"2022-07"'
    )
    list_sizes: Path | None = asked(
        "file",
        "Patients on each practice's whole list, where the file holds only those who live near",
        example='"gp-reg-pat-prac-all.csv"',
        advice="NHS England publishes patients registered at a GP practice each month",
    )
    status: str = asked(
        "text",
        "published: its figures are public and kept as they are; sensitive: only their sum is"
        " written, after disclosure control, and none by area or practice",
        example='"sensitive"',
        default="published",
        allowed=("published", "sensitive"),
    )


@dataclass(frozen=True, slots=True)
class ReportingSection:
    """Larger areas to report by; repeat [[reporting]] for each kind."""

    file: Path = asked(
        "file",
        "Lookup from the areas' codes to larger areas: a published one (wards, MSOAs under their"
        " House of Commons Library names, sub-ICBs) or your own (neighbourhoods). For primary care"
        " networks: their core partners, beside [registrations]",
        example='"LSOA21_WD24_LAD24_EW_LU.csv"',
        required=True,
        advice="lookups are on the ONS Open Geography Portal, https://geoportal.statistics.gov.uk/;"
        " names of MSOAs: https://houseofcommonslibrary.github.io/msoanames/",
    )
    group: str = asked(
        "text",
        "Which larger area of the lookup: ward, msoa, lad, sicbl, icb, the name of a column, or pcn"
        " (the network that most of an area's patients are registered with)",
        example='"ward"',
        required=True,
    )


@dataclass(frozen=True, slots=True)
class LinkWorkersSection:
    """Link workers of primary care networks; their time reaches people through registration."""

    file: Path | None = asked(
        "file",
        "PCN workforce, individual level: one quarter, a zip of several, or a table summed by"
        " network (year, month, pcn_code, splw_fte, splw_records)",
        example='"PCNWFIndividualCSV.zip"',
        advice="NHS England publishes the primary care network workforce each quarter",
    )
    quarter: str | None = asked(
        "date", "Quarter to show; absent: the last in the file", example='"2022-09"'
    )
    practice_staff: Path | None = asked(
        "file",
        "Practice workforce, practice level (PRAC_CODE, DETAILED_STAFF_ROLE, MEASURE, VALUE), for"
        " link workers on practices' own payrolls in that quarter",
        example='"GPWPractice.csv"',
        advice="NHS England publishes the general practice workforce each quarter",
    )
    delivery_model: Path | None = asked(
        "file",
        "How link workers are employed, one row a scheme and network: staff hosted by voluntary"
        " organisations are in no national file",
        example='"delivery_model.csv"',
        advice="keep one yourself: scheme_id, pcn_code, employer, fte, start_date, end_date",
    )
    caseload: float = asked(
        "number",
        "People one full-time link worker supports in a year, for a caseload: NHS England's"
        " guidance is 200 to 250",
        example="225",
        default=225.0,
        low=1,
        high=2000,
    )


@dataclass(frozen=True, slots=True)
class TravelSection:
    """How people travel, and how far is too far."""

    modes: tuple[str, ...] = asked(
        "texts",
        "Ways of travelling",
        example='["walk", "drive"]',
        default=("walk", "drive"),
        allowed=MODES,
    )
    thresholds: tuple[float, ...] = asked(
        "numbers",
        "Minutes at which people within reach are counted",
        example="[10, 15, 20, 30]",
        default=(10.0, 15.0, 20.0, 30.0),
        low=1,
        high=240,
    )
    limit: ByMode = asked(
        "by mode",
        "Longest journey searched, in minutes; farther is 'beyond the limit'",
        example="{ walk = 60, cycle = 60, drive = 90 }",
        default=ByMode(walk=60.0, cycle=60.0, drive=90.0),
        low=1,
        high=240,
    )
    max_snap: float = asked(
        "number",
        "Farthest a point may lie from a usable road, in metres",
        example="500",
        default=500.0,
        low=1,
        high=5000,
    )
    direction: str = asked(
        "text",
        "to: people travel to the place; from: the place's staff travel to people",
        example='"from"',
        default="to",
        allowed=("to", "from"),
    )
    speeds: tuple[str, ...] = asked(
        "texts",
        "Speed profiles in place of the usual ones (walk, cycle, dft_am), one for each way of"
        " travelling; docs/roads.md tells them apart",
        example='["walk_older_adult", "osm_gb_legal"]',
        default=(),
        allowed=tuple(SPEEDS),
    )
    parking_minutes: float = asked(
        "number",
        "Minutes added to each journey by car, to park and walk from the car (2.7 in Sport"
        " England's Active Places)",
        example="2.7",
        default=0.0,
        low=0,
        high=60,
    )
    junction_seconds: float = asked(
        "number",
        "Seconds added at each junction driven through; not with dft_am, whose averages hold them",
        example="4",
        default=0.0,
        low=0,
        high=120,
    )


@dataclass(frozen=True, slots=True)
class GapsSection:
    """What counts as a gap: areas side by side where enough people are too far."""

    walk: float = asked(
        "number",
        "Minutes' walk to the nearest place beyond which an area is in a gap",
        example="20",
        default=20.0,
        low=1,
        high=240,
    )
    cycle: float = asked(
        "number", "The same by bicycle", example="15", default=15.0, low=1, high=240
    )
    drive: float = asked("number", "The same by car", example="15", default=15.0, low=1, high=240)
    people: float = asked(
        "number",
        "Fewest people beyond that make a gap",
        example="100",
        default=100.0,
        low=0,
        high=1_000_000,
    )

    need: float | None = asked(
        "number",
        "Share of the study's people, the most deprived first, whose areas alone may be in a gap."
        " Absent: all areas",
        example="0.2",
        low=0.01,
        high=1,
    )
    per_10000: float | None = asked(
        "number",
        "Places, or capacity where every place states its own, that there should be within reach"
        " per 10,000 people: stretches with less are listed. Absent: not looked for",
        example="2",
        low=0.0001,
        high=10_000,
    )

    def beyond(self, mode: str) -> float:
        """Minutes beyond which an area is in a gap, by mode."""
        return ByMode(self.walk, self.cycle, self.drive)[mode]


@dataclass(frozen=True, slots=True)
class OutcomesSection:
    """Referrals, uptake or outcomes counted by area or practice; repeat [[outcomes]] for each."""

    file: Path = asked(
        "file",
        "Counts by code of area or practice: CSV, Excel or Parquet, one row each, or one for each"
        " age band",
        example='"referrals.csv"',
        required=True,
        advice="such counts come from your own records or your commissioner",
    )
    name: str = asked(
        "text",
        "What is counted, in a word that can name a column",
        example='"referrals"',
        required=True,
    )
    key: str | None = asked(
        "text",
        "Column of the codes; absent: the one that holds codes of areas or practices",
        example='"lsoa21cd"',
    )
    count: str = asked("text", "Column of the counts", example='"referrals"', default="count")
    of: str | None = asked(
        "text",
        "Column of the people they are among; absent: residents of areas, patients of practices",
        example='"eligible"',
    )
    age: str | None = asked(
        "text",
        "Column of age bands, where there is a row for each of the 19 from 0-4 to 90 and over:"
        " rates are then standardised too",
        example='"age_band"',
    )
    kind: str = asked(
        "text",
        "rate: events that a person may have more than once; proportion: people out of people",
        example='"proportion"',
        default="rate",
        allowed=("rate", "proportion"),
    )
    per: float | None = asked(
        "number",
        "People a value is given for; absent: 10,000 for a rate, 1 for a proportion",
        example="1000",
        low=1,
        high=1_000_000,
    )
    date: str | None = asked("date", "When the people were counted", example='"2024"')
    status: str = asked(
        "text",
        "sensitive: small counts are hidden before anything is written; published: figures are"
        " public and kept as they are",
        example='"published"',
        default="sensitive",
        allowed=("sensitive", "published"),
    )
    health: bool = asked(
        "flag",
        "Whether it is a health outcome, which the overall deprivation index itself counts",
        example="true",
        default=False,
    )
    exposure: str | None = asked(
        "text",
        "Column of the table exposures it is set against; absent: the headline's minutes",
        example='"gp_walk_minutes"',
    )
    covariates: tuple[str, ...] = asked(
        "texts",
        "Columns of the table exposures that are held while it is",
        example='["domain_income_score", "age_65_plus"]',
        default=(),
    )


@dataclass(frozen=True, slots=True)
class CatchmentsSection:
    """Travel-time areas around places: on the page, counted, and as files of shapes."""

    draw: bool = asked(
        "flag",
        "Whether to draw them; false leaves them out",
        example="false",
        default=True,
    )
    minutes: tuple[float, ...] = asked(
        "numbers",
        "Minutes of the areas; absent: travel.thresholds",
        example="[5, 10, 15, 20, 30]",
        default=(),
        low=1,
        high=240,
    )
    kinds: tuple[str, ...] = asked(
        "texts",
        "Kinds of place to draw around; absent: the first of the study",
        example='["gp", "library"]',
        default=(),
    )
    modes: tuple[str, ...] = asked(
        "texts",
        "Ways of travelling to draw; absent: the first of travel.modes",
        example='["walk", "drive"]',
        default=(),
        allowed=MODES,
    )
    most: float = asked(
        "number",
        "Most places of a kind that each get an area of their own; of more only all together",
        example="200",
        default=60.0,
        low=0,
        high=10_000,
    )
    cell: float | None = asked(
        "number",
        "Metres of a cell of the grid that shapes are drawn from; absent: 50 on foot, 100 by"
        " bicycle, 200 by car",
        example="25",
        low=10,
        high=1000,
    )
    tolerance: float | None = asked(
        "number",
        "Metres by which a simplified outline may leave the exact one; absent: a quarter of a cell",
        example="10",
        low=0,
        high=1000,
    )
    surface: bool = asked(
        "flag",
        "Whether to write minutes to the nearest place on the grid as a GeoTIFF, and to show them"
        " on the page",
        example="true",
        default=False,
    )
    streets: bool = asked(
        "flag",
        "Whether to write the stretches of road reached, as a layer of catchments.gpkg",
        example="true",
        default=False,
    )
    formats: tuple[str, ...] = asked(
        "texts",
        "Files of shapes to write; GeoJSON is always in degrees",
        example='["gpkg", "geojson"]',
        default=("gpkg",),
        allowed=("gpkg", "parquet", "geojson"),
    )
    crs: str | None = asked(
        "text",
        "CRS of the other files; absent: the metric grid of the study",
        example='"EPSG:4326"',
    )
    ways: bool = asked(
        "flag",
        "Whether the page draws the roads from each area to its nearest places of the first kind;"
        " else straight lines stand for them",
        example="false",
        default=True,
    )


@dataclass(frozen=True, slots=True)
class WhatIfSection:
    """A scenario to compare with things as they are; repeat [[what_if]] for each."""

    name: str = asked(
        "text",
        "The scenario in words, as a control of the page shows it",
        example='"With a library in Upton"',
        required=True,
    )
    open: tuple[str, ...] = asked(
        "texts",
        "Places to open: name @ postcode, or name @ latitude, longitude",
        example='["Upton library @ LE15 6QX"]',
        default=(),
    )
    file: Path | None = asked(
        "file",
        "Places to open, from a file such as [[places]] takes",
        example='"new_libraries.csv"',
        advice="`slgeo new FOLDER --template` makes places.xlsx to fill in",
    )
    kind: str | None = asked(
        "text", "Kind of the places to open, where their file does not say", example='"library"'
    )
    close: tuple[str, ...] = asked(
        "texts",
        "Places to close: codes as in places.csv, or names only one place has",
        example='["Y00123"]',
        default=(),
    )


@dataclass(frozen=True, slots=True)
class EarlierSection:
    """Another study of the same areas, such as one of some years ago, to compare this one with."""

    study: Path | None = asked(
        "file",
        "Its study.toml, with the people, places and roads of its time on today's boundaries",
        example='"2019/study.toml"',
        advice="the study.toml of a study that runs by itself",
    )
    name: str = asked(
        "text",
        "What the page calls it, best a year",
        example='"2019"',
        default="the earlier study",
    )


@dataclass(frozen=True, slots=True)
class OutputSection:
    """Where results go, and how small counts of sensitive tables are hidden."""

    folder: Path = asked(
        "folder",
        "Folder for page.html, results.xlsx, run.json and tables/; absent: beside study.toml",
        example='"results"',
    )
    disclosure: str = asked(
        "text",
        "Rule for sensitive counts. hes: 1 to 7 hidden, the rest rounded to 5; lt5: 1 to 4 hidden;"
        " lt10: 1 to 9 hidden",
        example='"lt10"',
        default="hes",
        allowed=DISCLOSURE_RULES,
    )
    packs: tuple[str, ...] = asked(
        "texts",
        "Documents for reports. board: two pages; jsna: the place, its parts and the areas furthest"
        " away; equity: every group of people there is data for",
        example='["board", "equity"]',
        default=(),
        allowed=("board", "jsna", "equity"),
    )
    summaries: tuple[str, ...] = asked(
        "texts",
        "One page for each of these. areas: every area of the study; parts: every part by the first"
        " [[reporting]], such as a ward or a network",
        example='["parts"]',
        default=(),
        allowed=("areas", "parts"),
    )
    documents: tuple[str, ...] = asked(
        "texts",
        "Forms of packs and summaries; docx and pdf need the extras of these names",
        example='["html", "docx", "pdf"]',
        default=("html",),
        allowed=("html", "docx", "pdf"),
    )
    figures: tuple[str, ...] = asked(
        "texts",
        "Forms in which the map is written as a figure for print, with its alt text",
        example='["png", "svg"]',
        default=(),
        allowed=("png", "svg", "pdf"),
    )


@dataclass(frozen=True, slots=True)
class SourceSection:
    """Credit for a file slgeo does not know; repeat [[sources]] for each."""

    file: str = asked(
        "text",
        "The file, as named elsewhere in study.toml",
        example='"groups.csv"',
        required=True,
    )
    publisher: str = asked(
        "text", "Who publishes it", example='"Rutland County Council"', required=True
    )
    licence: str = asked(
        "text",
        "Licence it is under",
        example='"Open Government Licence v3.0"',
        default="not stated",
    )
    statement: str | None = asked(
        "text",
        "Words the publisher asks to be shown; absent: 'Source: publisher'",
        example='"Contains Rutland County Council data"',
    )
    url: str | None = asked("text", "Where it comes from", example='"https://www.rutland.gov.uk"')
    date: str | None = asked(
        "date", "Date of the data, as precisely as it is known", example='"2025-09"'
    )
