"""
How large and how quick the page is, beside stock Folium's choropleth in the same browser.

Run with ``python benchmarks/page.py 1500 7000 35000``. Areas are made up: squares whose shared
borders wander over ten points each, so that an area has about forty, as a generalised LSOA has.
Stock Folium's page is given Leaflet from this package and its other libraries (jQuery, Bootstrap,
d3, icons) as nothing at all, and its legend is left out; all of that favours it.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import folium  # noqa: TID251 - what is measured against
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Browser, Page, Route, sync_playwright

from slgeo.maps import page as page_module
from slgeo.maps.access_map import AccessMap

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
POINTS = 10
"""Points a border has between two corners."""
LIMIT = 60
TARGETS = {
    1500: {"MB": 0.6, "ready s": 1.5, "recolour ms": 200, "heap MB": 40, "build s": 3},
    7000: {"MB": 1.6, "ready s": 3, "recolour ms": 350, "heap MB": 120, "build s": 12},
    35000: {"MB": 6, "ready s": 5, "recolour ms": 350, "heap MB": 350, "build s": 60},
}
"""What a page should stay under, by areas; the colours of shares move with the threshold too."""


def make_areas(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Squares of 1 km with wandering shared borders."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    across = borders(rng, side + 1, side, along=0)
    down = borders(rng, side + 1, side, along=1)
    shapes = []
    for j in range(side):
        for i in range(side):
            south, north = across[j, i], across[j + 1, i]
            west, east = down[i, j], down[i + 1, j]
            ring = np.concatenate([south[:-1], east[:-1], north[::-1][:-1], west[::-1]])
            shapes.append(shapely.Polygon(ring))
    order = np.arange(count)
    return gpd.GeoDataFrame(
        {
            "name": [f"Area {i}" for i in order],
            "nation": "X",
            "vintage": "made_up",
            "in_study": True,
            "population": 1000.0 + order % 900,
            "deprivation_decile": 1.0 + order % 10,
            "deprivation_rank": 1.0 + order * 7919 % count,
        },
        geometry=shapes[:count],
        crs="EPSG:27700",
        index=pd.Index([f"X{i:07d}" for i in order], name="area"),
    )


def borders(rng: np.random.Generator, lines: int, pieces: int, *, along: int) -> np.ndarray:
    """Wandering borders: shape (lines, pieces, points, 2)."""
    steps = np.linspace(0, 1, POINTS + 1)
    wander = rng.uniform(-0.06, 0.06, (lines, pieces, POINTS + 1))
    wander[..., [0, -1]] = 0
    place = np.arange(pieces)[None, :, None] + steps
    across = np.arange(lines)[:, None, None] + wander
    pair = [np.broadcast_to(place, wander.shape), across]
    return np.stack(pair if along == 0 else pair[::-1], axis=-1) * 1000 + [300_000, 200_000]


def make_map(areas: gpd.GeoDataFrame) -> AccessMap:
    """One measure: five points an area."""
    rng = np.random.default_rng(2)
    count = len(areas)
    middle = np.array([areas.total_bounds[[0, 2]].mean(), areas.total_bounds[[1, 3]].mean()])
    points = shapely.get_coordinates(areas.geometry.centroid.array)
    far = np.hypot(*(points - middle).T)
    minutes = far / far.max() * 70 * rng.lognormal(0, 0.3, count)
    times = minutes[:, None] * rng.lognormal(0, 0.2, (count, 5))
    share = areas["population"].to_numpy()[:, None] / 5
    bins = np.zeros((count, LIMIT + 1))
    for k in range(5):
        reached = times[:, k] <= LIMIT
        at = np.ceil(times[reached, k]).astype(int)
        np.add.at(bins, (np.flatnonzero(reached), at), share[reached, 0])
    within = pd.DataFrame(bins.cumsum(axis=1), areas.index)
    left = areas["population"] - within[LIMIT]
    return (
        AccessMap("How far is it?", areas, place="Squareshire", invented=True)
        .measure(
            pd.Series(np.where(minutes <= LIMIT, minutes, np.nan), areas.index),
            kind="gp",
            mode="walk",
            within=within,
            without=pd.DataFrame({"beyond_limit": left}),
        )
        .credit("areas", "Made up")
        .credit("deprivation", "Made up")
        .credit("roads", "Made up")
    )


def stock(areas: gpd.GeoDataFrame, path: Path) -> None:
    """Folium's own choropleth of the same areas."""
    shown = folium.Map(tiles=None, prefer_canvas=False)
    degrees = areas[["name", "population", "geometry"]].reset_index().to_crs(4326)
    layer = folium.Choropleth(
        geo_data=json.loads(degrees.to_json()),
        data=degrees,
        columns=["area", "population"],
        key_on="feature.properties.area",
        fill_color="YlGnBu",
    )
    for name in [key for key in layer._children if key.startswith("color_map")]:  # noqa: SLF001
        del layer._children[name]  # noqa: SLF001 - the legend needs d3
    layer.add_to(shown)
    west, south, east, north = degrees.total_bounds
    shown.fit_bounds([[south, west], [north, east]])
    shown.save(str(path))


def fulfil(route: Route) -> None:
    """Answer a stock page's requests from what is here: Leaflet as vendored, the rest empty."""
    url = route.request.url
    if url.startswith("file:"):
        route.continue_()
    elif "/leaflet@" in url and url.endswith((".js", ".css")):
        kind = "js" if url.endswith(".js") else "css"
        body = (page_module.ASSETS / "vendor" / f"leaflet.{kind}").read_text(encoding="utf-8")
        route.fulfill(body=body, content_type="text/javascript" if kind == "js" else "text/css")
    else:
        route.fulfill(body="", content_type="text/javascript" if ".js" in url else "text/css")


FRAMES = """() => new Promise((done) => {
  let last = performance.now(); const gaps = []; let count = 0;
  const step = (now) => {
    gaps.push(now - last); last = now; count += 1;
    if (count < 40) requestAnimationFrame(step); else done(gaps);
  };
  requestAnimationFrame(step);
})"""

SECOND_FRAME = "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"

RECOLOUR = """async (view) => {
  const colours = document.querySelector('#view');
  colours.value = view; colours.dispatchEvent(new Event('change'));
  await new Promise((r) => setTimeout(r, 1500));
  const box = document.querySelector('#minutes'); const times = [];
  for (const value of [21, 12, 33, 8, 27]) {
    const from = performance.now();
    box.value = value; box.dispatchEvent(new Event('input'));
    await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
    times.push(performance.now() - from);
    await new Promise((r) => setTimeout(r, 600));
  }
  return times.sort((a, b) => a - b)[2];
}"""


def heap(shown: Page) -> float:
    """JavaScript heap in MB after a collection."""
    session = shown.context.new_cdp_session(shown)
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Runtime.getHeapUsage")
    return metrics["usedSize"] / 1e6


def pan(shown: Page) -> float:
    """95th percentile of frame times in ms while the map is dragged."""
    shown.mouse.move(900, 400)
    shown.mouse.down()
    promise = shown.evaluate_handle("() => { window.frames_ = (" + FRAMES + ")(); }")
    for step in range(40):
        shown.mouse.move(900 - step * 8, 400 + step * 2)
    gaps = shown.evaluate("() => window.frames_")
    shown.mouse.up()
    promise.dispose()
    return float(np.percentile(gaps, 95))


def measure(browser: Browser, path: Path, *, ours: bool) -> dict[str, float]:
    """Open a page and take its times."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=ours)
    shown = context.new_page()
    if not ours:
        shown.route("**/*", fulfil)
    start = time.perf_counter()
    shown.goto(path.as_uri(), timeout=240_000)
    ready = (
        "() => document.documentElement.dataset.ready === 'yes'"
        if ours
        else "() => document.querySelectorAll('.leaflet-interactive').length > 0"
    )
    shown.wait_for_function(ready, timeout=240_000)
    shown.evaluate(SECOND_FRAME)
    found = {"ready s": time.perf_counter() - start, "MB": path.stat().st_size / 1e6}
    if ours:
        found["recolour ms"] = shown.evaluate(RECOLOUR, "minutes")
        found["shares ms"] = shown.evaluate(RECOLOUR, "share")
    found["pan p95 ms"] = pan(shown)
    found["heap MB"] = heap(shown)
    context.close()
    return found


def main() -> None:
    """Print a table, one row a page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("counts", nargs="*", type=int, default=[1500, 7000, 35000])
    parser.add_argument("--no-stock", action="store_true", help="leave Folium's own page out")
    options = parser.parse_args()
    rows = []
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for count in options.counts:
            areas = make_areas(count)
            start = time.perf_counter()
            path = make_map(areas).save(Path(folder) / f"{count}.html")[0]
            built = time.perf_counter() - start
            rows.append(
                {"page": "slgeo", "areas": count, "build s": built}
                | measure(browser, path, ours=True)
            )
            if not options.no_stock:
                other = Path(folder) / f"{count}-stock.html"
                start = time.perf_counter()
                stock(areas, other)
                built = time.perf_counter() - start
                rows.append(
                    {"page": "stock Folium", "areas": count, "build s": built}
                    | measure(browser, other, ours=False)
                )
            print(pd.DataFrame(rows[-2:]).round(2).to_string(index=False), flush=True)
        browser.close()
    print(pd.DataFrame(rows).round(2).to_string(index=False))
    for row in rows:
        for name, most in TARGETS.get(row["areas"], {}).items() if row["page"] == "slgeo" else ():
            met = "met" if row[name] <= most else "MISSED"
            print(f"{row['areas']:>6} areas, {name}: {row[name]:.2f} of at most {most}: {met}")


if __name__ == "__main__":
    main()
