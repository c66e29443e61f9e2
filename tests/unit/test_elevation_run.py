"""A terrain model in a run: what hills change, what they leave alone, and people on a grid."""

import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import Affine
from rasterio.warp import transform_bounds

from slgeo.config import read_study
from slgeo.pipeline import run
from slgeo.pipeline.elevation import effect_of_hills
from slgeo.routing.times import TravelTimes


def times(minutes, limit=60.0):
    """One origin of 10 people in each of the areas A, B, C; None: no time."""
    index = pd.Index(["h0", "h1", "h2"], name="origin")
    homes = pd.DataFrame({"area": ["A", "B", "C"], "people": 10.0}, index=index)
    pairs = [(h, "gp", m) for h, m in zip(index, minutes, strict=True) if m is not None]
    table = pd.DataFrame(pairs, columns=["origin", "site", "minutes"])
    return TravelTimes.from_frame(table, homes, ["gp"], limit=limit, mode="walk")


class TestEffect:
    def test_changes_are_over_people_with_a_time_both_ways(self):
        """A: 10 to 14 minutes; B: no time any more; C: 20 to 19.5."""
        effect = effect_of_hills(
            times([14.0, None, 19.5]),
            times([10.0, 59.0, 20.0]),
            pd.Index(["A", "B", "C"]),
            beyond=12,
        )

        assert effect["people"] == 30
        assert effect["people_with_both"] == 20
        assert effect["mean_minutes_level"] == 15
        assert effect["mean_change"] == pytest.approx((4 - 0.5) / 2)
        assert (effect["people_slower"], effect["people_quicker"]) == (10, 0)
        assert (effect["people_losing_time"], effect["people_gaining_time"]) == (10, 0)
        assert (effect["people_beyond_level"], effect["people_beyond"]) == (20, 30)

    def test_people_of_other_areas_do_not_count(self):
        effect = effect_of_hills(
            times([14.0, 1.0, 1.0]), times([10.0, 9.0, 9.0]), pd.Index(["A"]), beyond=20
        )

        assert (effect["people"], effect["mean_change"]) == (10, 4)

    def test_nobody_has_no_mean(self):
        effect = effect_of_hills(times([None] * 3), times([None] * 3), pd.Index([]), beyond=20)

        assert np.isnan(effect["mean_change"])
        assert effect["people"] == 0


def grid(path, crs, west, north, across, down, values):
    """Write a grid whose cells are so wide and tall, from its north-western corner."""
    rows, columns = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=1,
        dtype="float32",
        crs=crs,
        transform=Affine(across, 0, west, 0, -down, north),
        nodata=-9999.0,
    ) as file:
        file.write(values.astype("float32"), 1)


SMALL_STUDY = """
title = "One kind of place"
invented = true
[areas]
file = "areas.geojson"
population = "population.csv"
[origins]
ORIGINS
[roads]
file = "roads.osm.pbf"
hull = "hull.geojson"
ROADS
[postcodes]
file = "onspd.csv"
[[places]]
file = "epraccur.csv"
[travel]
modes = ["walk", "drive"]
[catchments]
draw = false
"""
"""A study of the example that is quick to run."""


def small_study(folder, origins, roads=""):
    text = SMALL_STUDY.replace("ORIGINS", origins).replace("ROADS", roads)
    (folder / "study.toml").write_text(text, "utf-8")
    return read_study(folder / "study.toml")


@pytest.fixture(scope="module")
def hilly(example_files, example_run, tmp_path_factory):
    """The example on a hillside of one in ten, but for its eastern third, which has no heights."""
    folder = tmp_path_factory.mktemp("hilly") / "study"
    shutil.copytree(example_files, folder)
    areas = example_run[1].found.areas
    west, south, east, north = areas.total_bounds
    cell = 100.0
    columns, rows = int((east - west) * 2 / 3 / cell), int((north - south) / cell) + 1
    height = 50 + 0.1 * cell * np.arange(columns)[None, :] + np.zeros((rows, 1))
    grid(folder / "hill.tif", areas.crs, west, north, cell, cell, height)
    return run(small_study(folder, 'output_areas = "output_areas.csv"', 'elevation = "hill.tif"'))


class TestHillyRun:
    def test_walking_changes_and_driving_does_not(self, hilly, example_run):
        level = example_run[1].tables["by_area"]["minutes"].xs("gp", level="kind")
        minutes = hilly.tables["by_area"]["minutes"].xs("gp", level="kind")

        walk, drive = (
            (minutes - level).xs(mode, level="mode").dropna() for mode in ("walk", "drive")
        )
        assert (drive == 0).all()
        assert (walk.abs() > 0.5).any()

    def test_coverage_and_effect_are_in_the_table_and_the_summary(self, hilly):
        table = hilly.tables["elevation"]

        assert set(table.index.get_level_values("mode")) == {"walk"}
        covered = table["edges_covered"].iloc[0]
        assert 0.3 < covered < 0.95
        paragraph = " ".join(hilly.text.split("\n\nHills\n")[1].split("\n\n")[0].split())
        assert f"gives heights to {covered:.1%} of the edges" in paragraph
        assert "changes by over a minute" in paragraph
        assert (table["people_slower"] > 0).any()

    def test_the_effect_is_that_against_the_run_on_level_ground(self, hilly, example_run):
        row = hilly.tables["elevation"].loc[("gp", "walk")]
        level = example_run[1].tables["summary"].loc[("gp", "walk", "everyone", "everyone")]
        now = hilly.tables["summary"].loc[("gp", "walk", "everyone", "everyone")]

        assert row["people_beyond_level"] == pytest.approx(level["people_beyond_20"])
        assert row["people_beyond"] == pytest.approx(now["people_beyond_20"])

    def test_the_page_no_longer_says_that_slopes_are_not_counted(self, hilly):
        page = next(path for path in hilly.written if path.name == "page.html")
        text = page.read_text("utf-8")

        assert "slopes and crossings are not counted" not in text
        assert "hiking function" in text


def test_a_population_raster_in_degrees_carries_everybody_to_the_tables(example_copy, example_run):
    """People on a coarse grid in another CRS: each area's people still add up, and are reached."""
    areas = example_run[1].found.areas
    west, south, east, north = transform_bounds(areas.crs, "EPSG:4326", *areas.total_bounds)
    across, down = (east - west + 0.02) / 60, (north - south + 0.02) / 60
    people = np.full((60, 60), areas["population"].sum() / 3600 * 1.3)
    file = example_copy / "people.tif"
    grid(file, "EPSG:4326", west - 0.01, north + 0.01, across, down, people)

    found = run(small_study(example_copy, 'raster = "people.tif"')).found

    assert set(found.origins["kind"]) == {"raster"}
    counted = found.origins.groupby("area")["people"].sum().reindex(areas.index)
    np.testing.assert_allclose(counted, areas["population"], rtol=1e-9)
    table = found.by_area.xs(("gp", "walk"), level=("kind", "mode"))
    np.testing.assert_allclose(table["people"], areas["population"], rtol=1e-9)
    assert table["people_within_20"].sum() > 0
