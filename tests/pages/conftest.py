"""A made-up town drawn with straight shared borders, and a browser without a network."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from slgeo.maps.access_map import AccessMap

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


MEASURES = (("gp", "walk", 4.8, 30), ("gp", "drive", 30.0, 40), ("library", "walk", 4.8, 30))
"""Kind, mode, speed in km/h and limit in minutes."""


def make_areas(side: int = 8, *, context: int = 1, seed: int = 1) -> gpd.GeoDataFrame:
    """Quadrilaterals that share moved corners: a valid coverage; the outermost ring is context."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corners += rng.uniform(-0.3, 0.3, corners.shape)
    corners = corners * 600 + [440_000, 310_000]
    rows = []
    for j in range(side):
        for i in range(side):
            ring = [corners[j, i], corners[j, i + 1], corners[j + 1, i + 1], corners[j + 1, i]]
            study = context <= i < side - context and context <= j < side - context
            middle = np.hypot(i - side / 2, j - side / 2)
            rows.append(
                {
                    "area": f"X{j:02d}{i:02d}",
                    "name": f"Sampleton {chr(65 + j)}{i + 1}",
                    "nation": "X",
                    "vintage": "made_up",
                    "in_study": study,
                    "population": float(1000 + 37 * ((i * 7 + j * 5) % 11)),
                    "deprivation_rank": float(1 + i * side + j),
                    "deprivation_decile": float(1 + (i * side + j) * 10 // side**2),
                    "deprivation_index": "A made-up index",
                    "rurality": "Urban" if middle < side / 4 else "Rural",
                    "age_65_plus": float(150 + 10 * i),
                    "households": 450.0,
                    "households_no_car": float(40 + 10 * j),
                    "geometry": Polygon(ring),
                }
            )
    return gpd.GeoDataFrame(pd.DataFrame(rows).set_index("area"), crs="EPSG:27700")


def make_sites(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Five places of two kinds; the last was not placed."""
    centre = areas.geometry.union_all().centroid
    away = [(-900, -500), (700, 800), (0, 0), (300, -1200)]
    points = [Point(centre.x + x, centre.y + y) for x, y in away]
    return gpd.GeoDataFrame(
        {
            "name": ["North Surgery", "South Surgery", "Library", "Little Library", "Lost Surgery"],
            "kind": ["gp", "gp", "library", "library", "gp"],
            "source": "A made-up register, May 2025",
            "precision": ["given"] * 4 + ["failed"],
            "error_radius": [20.0] * 4 + [np.nan],
            "reason": [None] * 4 + ["not_geocoded"],
            "postcode": ["XX1 1AA", "XX1 1AB", None, None, None],
            "checked": ["2025-05-01", None, None, "2025-04-30", None],
        },
        geometry=[*points, None],
        crs=areas.crs,
        index=pd.Index([f"s{i}" for i in range(5)], name="site"),
    )


def make_measure(
    areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, kind: str, speed: float, limit: int
):
    """Minutes along straight lines for 20 points an area; one area has no road, one is cut off."""
    rng = np.random.default_rng(5)
    own = sites[(sites["kind"] == kind) & sites.geometry.notna() & ~sites.geometry.is_empty]
    centres = areas.geometry.centroid
    within = np.zeros((len(areas), limit + 1))
    without = np.zeros((len(areas), 2))
    minutes = np.full(len(areas), np.nan)
    reasons = np.array([None] * len(areas), dtype=object)
    nearest = []
    for i, (code, people) in enumerate(areas["population"].items()):
        metres = own.geometry.distance(centres.iloc[i])
        times = metres.min() / 1000 / speed * 60 * rng.lognormal(0, 0.3, 20)
        if code == "X0202":
            reasons[i], without[i, 1] = "no_road_within", people
            continue
        share = people / len(times)
        within[i] = [(times <= minute).sum() * share for minute in range(limit + 1)]
        without[i, 0] = (times > limit).sum() * share
        if (times <= limit).any():
            minutes[i] = times[times <= limit].mean()
        else:
            reasons[i] = "beyond_limit"
        for rank, (site, far) in enumerate(metres.sort_values().items(), 1):
            nearest.append((code, rank, site, far / 1000 / speed * 60))
    index = areas.index
    return {
        "minutes": pd.Series(minutes, index),
        "reasons": pd.Series(reasons, index, dtype=object),
        "within": pd.DataFrame(within, index),
        "without": pd.DataFrame(without, index, columns=["beyond_limit", "no_road_within"]),
        "unsafe": pd.Series(np.where(areas["in_study"], 5.0, 0.0), index),
    }, pd.DataFrame(nearest, columns=["area", "rank", "site", "minutes"])


def make_map(
    areas: gpd.GeoDataFrame | None = None,
    only=None,
    *,
    compare: bool = False,
    layers: bool = False,
    **options,
) -> AccessMap:
    """Build the whole page of Sampleton: two kinds, two ways of travelling, a gap, every credit."""
    areas = make_areas() if areas is None else areas
    sites = make_sites(areas)
    chosen = {
        "place": "Sampleton",
        "date": "May 2025",
        "invented": True,
        "groups": {"age_65_plus": "Aged 65 and over"},
    }
    shown = AccessMap(options.pop("title", "Who can walk to a GP?"), areas, **(chosen | options))
    if only is not None:
        shown.measure(kind="gp", mode="walk", **only[0])
        found = [only[1]]
    else:
        found = []
        for kind, mode, speed, limit in MEASURES:
            tables, nearest = make_measure(areas, sites, kind, speed, limit)
            shown.measure(kind=kind, mode=mode, caption="Straight lines.", **tables)
            found.append(nearest.assign(kind=kind, mode=mode))
    if layers:
        add_layers(shown, areas, sites)
    if compare:
        sites = add_scenario(shown, areas, sites)
    shown.sites(sites, nearest=pd.concat(found), opened={SCENARIO: ["n1"]})
    shown.gaps(make_gaps(areas))
    for layer in ("areas", "deprivation", "rurality", "places", "roads"):
        shown.credit(
            layer, f"Made up for a test of {layer}", publisher="slgeo", url="https://example.org/"
        )
    shown.leaves_out("Buses are not counted.", "Opening hours are not checked.")
    return shown.about("Minutes are along straight lines.")


SCENARIO = "With a new surgery"
PERIOD = "May 2019"


def add_scenario(shown: AccessMap, areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame):
    """A new surgery in the south east, its travel-time areas, and one way drawn."""
    new = sites.loc[["s0"]].set_axis(["n1"]).assign(name="New Surgery")
    new = new.set_geometry([Point(442_500, 311_500)], crs=areas.crs)
    both = pd.concat([sites, new]).rename_axis("site")
    tables, nearest = make_measure(areas, both, "gp", 4.8, 30)
    nearest = nearest.assign(kind="gp", mode="walk")
    shown.measure(kind="gp", mode="walk", scenario=SCENARIO, nearest=nearest, **tables)
    rows = [
        {
            "site": site,
            "minutes": minutes,
            "people": 100.0 * minutes,
            "people_in_drawing": 104.0 * minutes,
            "drawing_error": 0.04,
            "area_km2": 1.0,
            "geometry": both.geometry[site].buffer(60 * minutes),
        }
        for site in ("s0", "n1")
        for minutes in (10, 20)
    ]
    drawn = pd.DataFrame(rows).set_index(["site", "minutes"])
    shown.catchments(gpd.GeoDataFrame(drawn, crs=areas.crs), mode="walk")
    way = LineString([areas.geometry["X0303"].centroid, both.geometry["s0"]])
    table = {"area": ["X0303"], "kind": ["gp"], "mode": ["walk"], "site": ["s0"]}
    shown.routes(gpd.GeoDataFrame(table, geometry=[way], crs=areas.crs))
    return both


def add_layers(shown: AccessMap, areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> AccessMap:
    """Minutes at every spot, territories, dissolved travel-time areas, another period, tiles."""
    own = sites[(sites["kind"] == "gp") & sites.geometry.notna() & ~sites.geometry.is_empty]
    west, south, east, north = areas.total_bounds
    x, y = np.meshgrid(np.arange(west + 25, east, 50), np.arange(north - 25, south, -50))
    far = np.min([np.hypot(x - p.x, y - p.y) for p in own.geometry], axis=0)
    minutes = np.where(far < 2400, far / 80, np.nan)
    edges = (west, north - 50 * x.shape[0], west + 50 * x.shape[1], north)
    shown.surface(minutes, kind="gp", mode="walk", bounds=edges)
    reached = own.geometry.buffer(1200).union_all()
    row = {"site": ["all"], "minutes": [15], "people": [20_000.0], "people_in_drawing": [20_800.0]}
    row |= {"drawing_error": [0.04], "area_km2": [1.0]}
    drawn = pd.DataFrame(row).set_index(["site", "minutes"])
    drawn = gpd.GeoDataFrame(drawn, geometry=[reached], crs=areas.crs)
    shown.catchments(drawn, mode="walk", kind="gp")
    middle = (own.geometry.iloc[0].y + own.geometry.iloc[1].y) / 2
    halves = [box(west, south, east, middle), box(west, middle, east, north)]
    index = pd.Index(own.index[:2], name="site")
    shown.territories(
        gpd.GeoDataFrame({"people": [16_000.0, 19_000.0]}, index, geometry=halves, crs=areas.crs),
        mode="walk",
    )
    earlier = areas.assign(population=areas["population"] - 40.0)
    tables, nearest = make_measure(earlier, sites[sites.index != "s1"], "gp", 4.8, 30)
    nearest = nearest.assign(kind="gp", mode="walk")
    shown.measure(
        kind="gp",
        mode="walk",
        scenario=PERIOD,
        nearest=nearest,
        people=earlier["population"],
        **tables,
    )
    return shown.online_tiles("https://tiles.example.org/{z}/{x}/{y}.png", statement="Tiles, 2026")


def make_gaps(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One gap of two areas."""
    own = ["X0601", "X0602"]
    return gpd.GeoDataFrame(
        {
            "rank": [1],
            "name": ["Sampleton G2"],
            "kind": ["gp"],
            "mode": ["walk"],
            "beyond": [20.0],
            "people": [1500.0],
            "people_total": [2100.0],
            "people_without_time": [0.0],
            "areas": [" ".join(own)],
            "area_count": [2],
            "minutes": [24.5],
            "nearest": ["North Surgery"],
            "deprivation_decile": [4.0],
        },
        geometry=[areas.loc[own].union_all()],
        crs=areas.crs,
        index=pd.Index(["g1"], name="gap"),
    )


@pytest.fixture(scope="session")
def town() -> AccessMap:
    """Sampleton, built once; tests must not change it."""
    return make_map()


@pytest.fixture(scope="session")
def town_page(town, tmp_path_factory) -> Path:
    """Sampleton's page, written once."""
    return town.save(tmp_path_factory.mktemp("town") / "page.html")[0]


@pytest.fixture(scope="session")
def compared() -> AccessMap:
    """Sampleton with a scenario, built once; tests must not change it."""
    return make_map(compare=True)


@pytest.fixture(scope="session")
def compared_page(compared, tmp_path_factory) -> Path:
    """The page of Sampleton with a scenario."""
    return compared.save(tmp_path_factory.mktemp("compared") / "page.html")[0]


@pytest.fixture(scope="session")
def layered() -> AccessMap:
    """Sampleton with every layer and view, built once; tests must not change it."""
    return make_map(compare=True, layers=True, need=True, hexagons=True)


@pytest.fixture(scope="session")
def layered_page(layered, tmp_path_factory) -> Path:
    """The page of Sampleton with every layer and view."""
    return layered.save(tmp_path_factory.mktemp("layered") / "page.html")[0]


@pytest.fixture(scope="session")
def makers():
    """Functions that make the town and its parts."""
    return {
        "areas": make_areas,
        "sites": make_sites,
        "measure": make_measure,
        "gaps": make_gaps,
        "map": make_map,
    }


@pytest.fixture(scope="session")
def chromium():
    """A browser; its absence is a failure where CI=true and a reason to skip elsewhere."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        reason = (
            f"no browser at {CHROMIUM}: install Debian's chromium package to run the page's tests"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A page being looked at, with everything it asked for and everything that went wrong."""

    def __init__(
        self, browser, path: Path, *, width: int = 1280, height: int = 900, **options
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, locale="en-GB", **options
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.trouble: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.failures: list[str] = []
        self.page.on("requestfailed", lambda r: self.failures.append(f"{r.url} {r.failure}"))
        self.page.on("console", lambda m: self.trouble.append(f"console: {m.text}"))
        self.page.on("pageerror", lambda e: self.trouble.append(f"error: {e}"))
        self.page.on("dialog", lambda d: (self.trouble.append(f"dialog: {d.message}"), d.dismiss()))
        self.page.goto(path.as_uri() if isinstance(path, Path) else path)

    def ready(self) -> Visit:
        """Wait until the page has drawn itself."""
        self.page.wait_for_function(
            "() => document.documentElement.dataset.ready === 'yes'", timeout=20_000
        )
        return self

    def text(self, selector: str) -> str:
        """Text of an element, spaces joined."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def settle(self) -> None:
        """Wait for what follows a change at leisure."""
        self.page.wait_for_timeout(250)

    @property
    def outside(self) -> list[str]:
        """Requests that are not the file itself or data inside it."""
        return [
            url
            for url in self.requests
            if not url.startswith(("file:", "data:", "blob:", "about:"))
        ]


@pytest.fixture
def visit(chromium):
    """Open a page; everything is closed after the test."""
    opened: list[Visit] = []

    def open_page(path: Path, **options) -> Visit:
        opened.append(Visit(chromium, path, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
