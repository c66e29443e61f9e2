"""
`AccessMap`: a Folium map that becomes one self-contained page of who can reach what.

The class collects tables and makes a frozen :class:`~slgeo.maps.spec.MapSpec`; everything that is
shown is made from that.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import folium

from slgeo.errors import PageError
from slgeo.maps import (
    collect,
    csv_out,
    hexagons,
    pack,
    pack_file,
    page,
    static,
    surface,
    workbook_out,
)
from slgeo.maps.layers import OPENING
from slgeo.maps.spec import CREDIT_LAYERS, Basemap, Credit, MapSpec, OnlineTiles
from slgeo.maps.text import dated, plain
from slgeo.tables import AREAS, CATCHMENTS, GAPS, SITES, checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from slgeo.maps.pack import Kind
    from slgeo.maps.spec import Surface


class AccessMap(folium.Map):
    """
    A page about who can reach what.

    Every method but the last ones returns the map, so calls chain. Folium layers can be added as to
    any ``folium.Map``, as long as they need nothing from the network.

    Parameters
    ----------
    title
        The question the page answers.
    areas
        The areas table (``slgeo.tables.AREAS``).
    place
        Name of the place, for sentences: "In Rutland ...".
    date
        When the data are of, printed as given.
    invented
        Whether the place is made up; the page then says so.
    thresholds
        Minutes offered as thresholds, and the breaks of the colours: one to four whole numbers.
    groups
        Columns of `areas` that count residents of a group, and the group's name:
        ``{"age_65_plus": "Aged 65 and over"}``. A group is taken to live as evenly in an area as
        everybody else, and the page says so.

    opening
        The threshold the page opens at, in whole minutes; the middle of `thresholds` where absent.
    typical
        What an area's minutes are over its people: their mean or their median.
    need
        Offer a map of deprivation and distance together, in three by three classes: thirds of the
        study's own people by deprivation, and how many of an area's people are further than the
        threshold. Needs a deprivation rank, score or decile.
    hexagons
        Offer the map with one hexagon an area, all of one size (at most 2,000 areas): a cartogram,
        without roads or places.

    Raises
    ------
    TableError
        Where `areas` is not as its table says.
    PageError
        Where thresholds are not one to four rising whole numbers.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"name": ["North", "South"], "nation": "X", "vintage": "made_up", "in_study": True,
    ...      "population": [100, 300]},
    ...     geometry=[box(0, 1000, 1000, 2000), box(0, 0, 1000, 1000)], crs="EPSG:27700",
    ...     index=pd.Index(["A1", "A2"], name="area"))
    >>> minutes = pd.Series({"A1": 21.0, "A2": 5.0})
    >>> shown = AccessMap("Who can walk to a library?", areas, place="Sampleton", invented=True)
    >>> shown.measure(minutes, kind="library", mode="walk").spec
    <MapSpec 'Who can walk to a library?': 2 areas and 0 around them, 1 measures, 0 places, 0 gaps>
    """

    _template = OPENING
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - the type is folium's
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - the type is folium's

    def __init__(  # noqa: PLR0913 - what a page says of itself, all keyword-only
        self,
        title: str,
        areas: gpd.GeoDataFrame,
        *,
        place: str = "",
        date: str = "",
        invented: bool = False,
        thresholds: Sequence[int] = (10, 15, 20, 30),
        groups: Mapping[str, str] | None = None,
        opening: int | None = None,
        typical: Literal["mean", "median"] = "mean",
        need: bool = False,
        hexagons: bool = False,
    ) -> None:
        super().__init__(tiles=None)
        page.Page().add_child(self)
        self._areas = checked(areas, AREAS, source="AccessMap")
        self._facts = collect.area_facts(areas, groups or {})
        self._given: dict[str, Any] = {
            "title": plain(title),
            "place": plain(place),
            "date": dated(plain(date)),
            "invented": invented,
            "thresholds": _thresholds(thresholds),
            "opening": opening,
            "typical": typical,
            "need": need,
        }
        if need and not self._facts.third.any():
            raise PageError(
                "need=True shows deprivation and distance together, and no area of the study has a "
                "deprivation_rank, _score or _decile"
            )
        self._hexagons = hexagons
        self._measures: list[collect.Given] = []
        self._sites: gpd.GeoDataFrame | None = None
        self._nearest: pd.DataFrame | None = None
        self._opened: dict[str, str] = {}
        self._closed: dict[str, tuple[str, ...]] = {}
        self._gaps: gpd.GeoDataFrame | None = None
        self._routes: gpd.GeoDataFrame | None = None
        self._catchments: list[tuple[str, str, gpd.GeoDataFrame]] = []
        self._territories: list[tuple[str, gpd.GeoDataFrame]] = []
        self._registered: pd.DataFrame | None = None
        self._surfaces: list[Surface] = []
        self._online: OnlineTiles | None = None
        self._equity: list[dict[str, str]] = []
        self._basemap: Basemap | None = None
        self._credits: list[Credit] = []
        self._leaves_out: list[str] = []
        self._about: list[str] = []

    def measure(  # noqa: PLR0913 - each is a separate table of the same measure
        self,
        minutes: pd.Series[float],
        *,
        kind: str,
        mode: str,
        within: pd.DataFrame | None = None,
        without: pd.DataFrame | None = None,
        reasons: pd.Series[Any] | None = None,
        unsafe: pd.Series[float] | None = None,
        caption: str = "",
        label: str = "",
        noun: str = "",
        scenario: str = "",
        nearest: pd.DataFrame | None = None,
        people: pd.Series[float] | None = None,
    ) -> Self:
        """
        Show minutes to the nearest place of a kind.

        Parameters
        ----------
        minutes
            By area: mean over the people who have a time; missing where nobody has one.
        kind, mode
            What is reached and how: keys such as ``gp`` and ``walk``.
        within
            Areas by whole minutes 0, 1, ... limit: people with a time of at most that many. A row
            that is all missing is withheld. Without this table each area counts whole, at its
            own minutes.
        without
            Areas by reason: people without a time.
        reasons
            By area: why `minutes` is missing.
        unsafe
            By area: people whose nearest place may lie beyond the roads supplied.
        caption
            How the minutes were made, in a sentence.
        label, noun
            Words for the kind, plural for controls and singular with its article for sentences;
            from the taxonomy where not given.
        scenario
            What was changed, for a measure to compare with things as they are: "With a library in
            Upton". The same kind and mode must have been given without a scenario first.
        nearest
            The places nearest to each area under the scenario, as :meth:`sites` takes them.
        people
            By area: residents, where the scenario is another period whose people are not those of
            the areas table. Shares are then compared, each of its own people, on the same areas.

        Raises
        ------
        PageError
            Where areas are missing, or people with and without a time are not everybody.
        """
        given = collect.Given(
            minutes=minutes,
            kind=kind,
            mode=mode,
            within=within,
            without=without,
            reasons=reasons,
            unsafe=unsafe,
            caption=plain(caption),
            label=plain(label),
            noun=plain(noun),
            scenario=plain(scenario),
            nearest=nearest,
            people=people,
        )
        collect.check(given, self._areas)
        collect.check_scenario(given, self._measures)
        self._measures.append(given)
        return self

    def sites(
        self,
        sites: gpd.GeoDataFrame,
        *,
        nearest: pd.DataFrame | None = None,
        opened: Mapping[str, Sequence[str]] | None = None,
        closed: Mapping[str, Sequence[str]] | None = None,
    ) -> Self:
        """
        Show places.

        Parameters
        ----------
        sites
            The sites table (``slgeo.tables.SITES``); those that were not placed are listed.
        nearest
            Columns ``area, kind, mode, rank, site, minutes``: the places nearest to each area.
        opened, closed
            Scenario -> places that are there in it alone, or in all but it.
        """
        self._opened = {str(s): plain(name) for name, all_ in (opened or {}).items() for s in all_}
        self._closed = {}
        for name, all_ in (closed or {}).items():
            for site in all_:  # a place may close in several
                self._closed[str(site)] = (*self._closed.get(str(site), ()), plain(name))
        self._sites = checked(sites, SITES, source="AccessMap.sites")
        self._nearest = nearest
        return self

    def routes(self, routes: gpd.GeoDataFrame) -> Self:
        """
        Draw the ways from areas to places, shown with the area chosen.

        Parameters
        ----------
        routes
            Lines with columns ``area``, ``kind``, ``mode`` and ``site``; a missing line is left
            out. Without any, a straight dashed line stands for the way, and the page says so.
        """
        lacking = [c for c in ("area", "kind", "mode", "site") if c not in routes]
        if lacking:
            raise PageError(
                f"routes have no column {', '.join(map(repr, lacking))} (columns found: "
                f"{', '.join(map(str, routes.columns))})"
            )
        self._routes = routes
        return self

    def catchments(self, catchments: gpd.GeoDataFrame, *, mode: str, kind: str = "") -> Self:
        """
        Draw travel-time areas (``slgeo.tables.CATCHMENTS``).

        Their people are those counted from travel times; the page shows beside them how many the
        drawing holds.

        Parameters
        ----------
        catchments
            One row a place and threshold, shown with the place chosen.
        mode
            How people travel.
        kind
            Given where each row is dissolved over every place of this kind: the shapes are then
            offered as a layer, and ``site`` may say anything.
        """
        found = checked(catchments, CATCHMENTS, source="AccessMap.catchments")
        self._catchments.append((mode, kind, found))
        return self

    def territories(self, territories: gpd.GeoDataFrame, *, mode: str) -> Self:
        """
        Draw where each place is the nearest, offered as a layer; once for each kind and mode.

        Parameters
        ----------
        territories
            Polygons with an index or column ``site``, and ``people`` where they were counted.
        mode
            How people travel.
        """
        frame = territories if "site" in territories else territories.reset_index()
        if "site" not in frame:
            raise PageError(
                "territories have no index or column 'site' (columns found: "
                f"{', '.join(map(str, frame.columns))})"
            )
        self._territories.append((mode, frame))
        return self

    def registered(self, registered: pd.DataFrame) -> Self:
        """
        Show where a place's registered patients live, beside its travel-time areas.

        Parameters
        ----------
        registered
            One row a place and area that counts as its catchment by registration: ``site``,
            ``area``, ``inside`` (its patients who live there) and ``patients`` (all of its
            patients, the same in each of its rows). Published counts only.
        """
        lacking = [c for c in ("site", "area", "inside", "patients") if c not in registered]
        if lacking:
            raise PageError(
                f"registered has no column {', '.join(map(repr, lacking))} (columns found: "
                f"{', '.join(map(str, registered.columns))})"
            )
        self._registered = registered
        return self

    def surface(
        self,
        minutes: npt.ArrayLike | str | Path,
        *,
        kind: str,
        mode: str,
        bounds: Sequence[float] | None = None,
        crs: Any = None,  # noqa: ANN401 - anything pyproj takes
        scenario: str = "",
    ) -> Self:
        """
        Show minutes at every spot, offered as a layer: for looking, never for counting.

        Parameters
        ----------
        minutes
            Rows from north to south, NaN where a spot has no time; or the path of a GeoTIFF with
            one band of minutes.
        kind, mode, scenario
            The measure it belongs to, as given to :meth:`measure`.
        bounds
            West, south, east and north edge of an array, in `crs`.
        crs
            CRS of an array, in metres; that of the areas where not given.

        Raises
        ------
        PageError
            For a grid without bounds, of several bands, or with minutes below zero, and for one of
            a measure that was not given.
        """
        if not any(
            (g.kind, g.mode, g.scenario) == (kind, mode, plain(scenario)) for g in self._measures
        ):
            raise PageError(
                f"a surface of {kind} by {mode}{f', {scenario!r}' if scenario else ''}: give the "
                "measure it belongs to first"
            )
        grid = surface.read_grid(minutes, bounds=bounds, crs=crs or self._areas.crs)
        drawn = surface.draw_surface(
            grid,
            kind=kind,
            mode=mode,
            scenario=plain(scenario),
            thresholds=self._given["thresholds"],
        )
        self._surfaces.append(drawn)
        return self

    def online_tiles(
        self,
        url: str = "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        *,
        statement: str = "© OpenStreetMap contributors",
    ) -> Self:
        """
        Let the reader ask for a background from a server on the internet.

        Nothing is fetched until they do. The page says beside the control what the server then
        learns, and its policy admits images from that one host.

        Parameters
        ----------
        url
            Address of tiles with ``{z}``, ``{x}`` and ``{y}``, from one host, by https.
        statement
            The attribution the tiles' licence asks for.

        Raises
        ------
        PageError
            For an address that is not of that form.
        """
        found = re.fullmatch(r"https://([a-z0-9.-]+)/[A-Za-z0-9{}/._@-]+", url)
        if not found or any(part not in url for part in ("{z}", "{x}", "{y}")):
            raise PageError(
                f"{plain(url)!r} is no address of tiles: it is like https://tile.example.org/"
                "{z}/{x}/{y}.png, without a question mark, from one host"
            )
        self._online = OnlineTiles(url, found[1], plain(statement))
        return self

    def gaps(self, gaps: gpd.GeoDataFrame) -> Self:
        """Outline and list gaps (``slgeo.tables.GAPS``), of any kinds and modes."""
        self._gaps = checked(gaps, GAPS, source="AccessMap.gaps")
        return self

    def equity(self, frame: pd.DataFrame) -> Self:
        """
        Show sentences about inequality under the chart.

        Parameters
        ----------
        frame
            The tidy equity frame with columns ``kind``, ``mode`` and ``sentence``.
        """
        for row in frame.to_dict("records"):
            if isinstance(row.get("sentence"), str):
                self._equity.append({k: plain(row[k]) for k in ("kind", "mode", "sentence")})
        return self

    def basemap(
        self,
        *,
        roads: gpd.GeoDataFrame | None = None,
        water: gpd.GeoDataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
    ) -> Self:
        """
        Draw roads, water and names, so that a reader can tell where they are.

        Parameters
        ----------
        roads
            Lines with a column ``rank``: 1 for motorways and trunk roads to 4 for minor ones.
        water
            Lines or polygons.
        towns
            Points with columns ``name`` and ``rank``, 1 for the largest.
        """
        self._basemap = Basemap(roads, water, towns)
        return self

    def credit(
        self,
        layer: str,
        statement: str,
        *,
        publisher: str = "",
        licence: str = "",
        url: str = "",
        year: str = "",
    ) -> Self:
        """
        Say whose data a layer is.

        Parameters
        ----------
        layer
            What it is about: one of ``slgeo.maps.spec.CREDIT_LAYERS``.
        statement
            The attribution its licence asks for.
        publisher, licence, url, year
            Who, under what, where, of when.
        """
        if layer not in CREDIT_LAYERS:
            raise PageError(f"no layer {layer!r} to credit: choose from {', '.join(CREDIT_LAYERS)}")
        words = [plain(w) for w in (statement, publisher, licence, url, str(year))]
        self._credits.append(Credit(layer, *words))
        return self

    def leaves_out(self, *statements: str) -> Self:
        """Say, on the first screen, what the figures leave out: one short sentence each."""
        self._leaves_out += [plain(one) for one in statements]
        return self

    def about(self, *paragraphs: str) -> Self:
        """Say how the figures were made, in the part "About this map"."""
        self._about += [plain(one) for one in paragraphs]
        return self

    @property
    def spec(self) -> MapSpec:
        """Everything the page shows, as frozen values."""
        sites = collect.sites(self._sites, self._opened, self._closed)
        position = {site.code: i for i, site in enumerate(sites)}
        areas = {code: i for i, code in enumerate(self._facts.codes)}
        measures = tuple(
            collect.measure(given, self._areas, self._nearest, position) for given in self._measures
        )
        return MapSpec(
            **self._given,
            facts=self._facts,
            shapes=self._areas.geometry,
            measures=measures,
            kinds=collect.kind_labels(measures, sites),
            sites=sites,
            gaps=collect.gaps(self._gaps, areas),
            routes=collect.routes(self._routes, areas, position),
            catchments=tuple(
                one
                for mode, kind, table in self._catchments
                for one in collect.catchments(table, mode, kind, position)
            ),
            territories=tuple(
                one
                for mode, table in self._territories
                for one in collect.territories(table, mode, position)
            ),
            registered=()
            if self._registered is None
            else collect.registered(self._registered, areas, position),
            surfaces=tuple(self._surfaces),
            hexagons=hexagons.hexagons(self._areas.geometry, self._facts.in_study)
            if self._hexagons
            else None,
            online=self._online,
            equity=tuple(self._equity),
            basemap=self._basemap,
            credits=tuple(self._credits),
            leaves_out=tuple(self._leaves_out),
            about=tuple(self._about),
        )

    def save(self, path: str | Path) -> list[Path]:  # type: ignore[override]  # a page has a path
        """
        Write the page, and its values as CSV beside it.

        Parameters
        ----------
        path
            Where to write the page; the CSV has the same name and ends in ``.csv``.

        Returns
        -------
        list of Path
            The files written.

        Raises
        ------
        PageError
            Where a layer has no credit, or a layer needs the network.
        """
        target = Path(path)
        html = self.get_root().render()
        target.write_text(html, encoding="utf-8", newline="\n")
        return [target, self.to_csv(target.with_suffix(".csv"))]

    def to_csv(self, path: str | Path) -> Path:
        """Write the page's values, one row an area, kind and mode."""
        target = Path(path)
        target.write_bytes(csv_out.values(self.spec))
        return target

    def pack(
        self,
        kind: Kind,
        path: str | Path,
        *,
        minutes: int | None = None,
        which: int = 0,
        by: Mapping[str, str] | None = None,
    ) -> Path:
        """
        Write the findings as a short document.

        Parameters
        ----------
        kind
            ``board``: finding, map, one table, five caveats, sources on two pages; ``jsna``: the
            place, its parts and the areas furthest away; ``equity``: every group there is data for.
        path
            Where; ends in ``.html``, ``.docx`` or ``.pdf`` (the last two need the extras ``docx``
            and ``pdf``).
        minutes
            The threshold; the page's opening one where not given.
        which
            Position of the measure.
        by
            Area -> the part of the place it belongs to, such as a ward, for ``jsna``; every area of
            the study must be in it.

        Raises
        ------
        PageError
            For an unknown pack or ending, areas without a part, or data without a credit.
        MissingExtraError
            For a Word document or a PDF where python-docx or reportlab is not installed.
        """
        spec = self.spec
        measure = spec.measures[which]
        chosen = page.opening_threshold(spec, measure) if minutes is None else minutes
        return pack_file.write_pack(pack.blocks(kind, spec, measure, chosen, by or {}), Path(path))

    def area_summary(self, area: str, path: str | Path, *, minutes: int | None = None) -> Path:
        """
        Write one page about one area: every kind of place, every way of travelling.

        Parameters
        ----------
        area
            Its code.
        path
            Where; ends in ``.html``, ``.docx`` or ``.pdf`` (the last two need the extras ``docx``
            and ``pdf``).
        minutes
            The threshold; the page's opening one where not given.

        Raises
        ------
        PageError
            For a code that is no area of the study.
        """
        spec = self.spec
        chosen = page.opening_threshold(spec, spec.measures[0]) if minutes is None else minutes
        return pack_file.write_pack(pack.area_blocks(spec, area, chosen), Path(path))

    def part_summary(
        self, part: str, path: str | Path, *, by: Mapping[str, str], minutes: int | None = None
    ) -> Path:
        """
        Write one page about a part of the place, such as a ward or a primary care network.

        Parameters
        ----------
        part
            Its name, as `by` has it.
        path
            Where; ends in ``.html``, ``.docx`` or ``.pdf`` (the last two need the extras ``docx``
            and ``pdf``).
        by
            Area -> the part it belongs to.
        minutes
            The threshold; the page's opening one where not given.

        Raises
        ------
        PageError
            For a part no area of the study belongs to.
        """
        spec = self.spec
        chosen = page.opening_threshold(spec, spec.measures[0]) if minutes is None else minutes
        return pack_file.write_pack(pack.part_blocks(spec, part, by, chosen), Path(path))

    def to_workbook(self, path: str | Path) -> Path:
        """
        Write the page's values as an Excel workbook, with every column explained.

        Raises
        ------
        PageError
            Where the file name does not end in ``.xlsx``.
        """
        return workbook_out.save(self.spec, Path(path))

    def fragment(self, *, height: int = 800) -> str:
        """
        Give the page as an element to put into another page.

        Returns
        -------
        str
            A frame that holds the whole page, cut off from the page around it: it may run its own
            script, and reach nothing of the other page.
        """
        # On one line: in a Markdown document (Quarto) a blank line would end the element.
        source = escape(self.get_root().render()).replace("\n", "&#10;")
        title = escape(self.spec.title)
        return (
            f'<iframe title="{title}" srcdoc="{source}" sandbox="allow-scripts allow-downloads" '
            f'width="100%" height="{height}" style="border:0"></iframe>'
        )

    def to_static(
        self, path: str | Path, *, minutes: int | None = None, which: int = 0
    ) -> list[Path]:
        """
        Write the map as a figure for print, and its alt text beside it.

        Parameters
        ----------
        path
            Where; ends in ``.png``, ``.svg`` or ``.pdf``.
        minutes
            The threshold; the page's opening one where not given.
        which
            Position of the measure.

        Returns
        -------
        list of Path
            The figure and its ``.alt.txt``.
        """
        spec = self.spec
        measure = spec.measures[which]
        chosen = page.opening_threshold(spec, measure) if minutes is None else minutes
        return static.save(spec, measure, chosen, Path(path))


def _thresholds(given: Sequence[int]) -> tuple[int, ...]:
    """Check that thresholds are one to four rising whole minutes."""
    found = tuple(int(t) for t in given)
    if (
        not 1 <= len(found) <= 4
        or list(found) != sorted(set(found))
        or any(float(t) != int(t) or t < 1 for t in given)
    ):
        raise PageError(
            f"thresholds are {', '.join(map(str, given)) or 'none'}: the page needs one to four "
            "whole numbers of minutes, rising, for example 10, 15, 20, 30"
        )
    return found
