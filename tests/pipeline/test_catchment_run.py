"""Travel-time areas in a run: counted from times, drawn with a stated error, written as files."""

import itertools
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio

from slgeo.config import read_study
from slgeo.config.sections import CatchmentsSection
from slgeo.errors import StudyError
from slgeo.maps.access_map import AccessMap
from slgeo.pipeline.catchments import catchments
from slgeo.report.catchment_tables import ALL_SITES, BEYOND

MORE = CatchmentsSection(
    minutes=(5.0, 12.0),
    kinds=("library",),
    modes=("walk", "drive"),
    most=0.0,
    surface=True,
    streets=True,
    formats=("gpkg", "geojson", "parquet"),
    crs="EPSG:3857",
)
"""Other areas than by default, surfaces, streets and every format."""


@pytest.fixture
def context(example_context):
    return example_context


def asking(context, section):
    """Ask the same study for other areas."""
    given = context.study.given | {"catchments.kinds"}
    return replace(context, study=replace(context.study, catchments=section, given=given))


@pytest.fixture(scope="module")
def more(example_context, tmp_path_factory):
    """The example's areas as asked for, and the folder their files are in."""
    part = catchments(asking(example_context, MORE))
    folder = tmp_path_factory.mktemp("more")
    return folder, part, part.files(folder)


class TestByDefault:
    def test_the_people_of_an_area_are_those_the_travel_times_count(self, example_run):
        _, made = example_run
        table = made.tables["catchments"]
        each = table.drop(ALL_SITES, level="site").xs(("gp", "walk"), level=("kind", "mode"))
        counted = made.found.by_site.xs("walk", level="mode")

        assert len(each) > 4
        expected = counted.reindex(pd.MultiIndex.from_tuples(each.index))
        np.testing.assert_allclose(each["people"], expected, atol=1e-6)

    def test_all_together_count_nobody_twice(self, example_run):
        """People with a time to the nearest of at most so many minutes, context included."""
        _, made = example_run
        one = next(r for r in made.found.reached if (r.kind, r.mode) == ("gp", "walk"))
        together = made.tables["catchments"].xs((ALL_SITES, "gp", "walk"))

        for minutes, row in together.iterrows():
            assert row["people"] == pytest.approx(one.within[int(minutes)].sum())

    def test_the_error_of_the_drawing_stands_in_the_table_the_summary_and_the_page(
        self, example_run
    ):
        folder, made = example_run
        table = made.tables["catchments"]
        error = (table["people_in_drawing"] - table["people"]) / table["people"]

        np.testing.assert_allclose(table["drawing_error"], error.where(table["people"] > 0))
        assert "hold more or fewer people than are counted" in " ".join(made.text.split())
        page = (folder / "page.html").read_text("utf-8")
        assert "Over all places the drawings hold as many people as are counted" in page

    def test_everybody_is_inside_or_beyond_in_every_group(self, example_run):
        _, made = example_run
        people = made.tables["catchment_people"]["people"]
        both = people.xs(ALL_SITES, level="site") + people.xs(BEYOND, level="site")
        everyone = both.xs("everyone", level="by").droplevel("group")

        np.testing.assert_allclose(everyone, made.found.origins["people"].sum())
        for by in ("age", "deprivation_decile", "rurality", "ethnic_group", "no_car"):
            sums = both.xs(by, level="by").groupby(level=["kind", "mode", "minutes"]).sum()
            np.testing.assert_allclose(sums, everyone, rtol=1e-9)

    def test_the_same_people_are_inside_as_in_the_table_of_areas(self, example_run):
        _, made = example_run
        inside = made.tables["catchment_people"].xs("everyone", level="by")["people"]
        areas = made.tables["catchments"]["people"]
        shared = inside.droplevel("group").drop(BEYOND, level="site")

        np.testing.assert_allclose(shared.reindex(areas.index), areas, atol=1e-6)

    def test_patients_are_set_beside_their_practices(self, example_run):
        _, made = example_run
        table = made.tables["patients_within"]

        known = table.dropna()
        assert len(known) > 0
        assert (known["patients_within"] <= known["patients"] + 1e-6).all()
        by = known["patients_within"].unstack("minutes")  # noqa: PD010 - a level
        assert (np.diff(by.to_numpy(), axis=1) >= -1e-9).all()

    def test_shapes_are_nested_and_documented_in_the_geopackage(self, example_run):
        folder, made = example_run
        path = folder / "catchments.gpkg"
        assert path in made.written
        drawn = gpd.read_file(path, layer="catchments")
        assert drawn.crs == made.found.areas.crs

        whole = drawn[drawn["site"] == ALL_SITES].sort_values("minutes").geometry.tolist()
        assert len(whole) == 4
        for small, large in itertools.pairwise(whole):
            assert small.difference(large).area < 1
        listed = gpd.read_file(path, layer="dictionary")
        of_layer = listed[listed["layer"] == "catchments"].set_index("column")["meaning"]
        assert (of_layer != "").all()
        territories = gpd.read_file(path, layer="territories")
        shapes = territories.geometry.dropna()
        assert shapes.area.sum() == pytest.approx(shapes.union_all().area, rel=1e-3)
        assert len(gpd.read_file(path, layer="registered")) > 0

    def test_from_the_cache_come_the_same_shapes(self, example_run, context, tmp_path):
        part = catchments(context)
        part.files(tmp_path)

        one, two = (folder / "catchments.gpkg" for folder in (example_run[0], tmp_path))
        assert one.read_bytes() == two.read_bytes()
        for name, table in part.tables.items():
            pd.testing.assert_frame_equal(table, example_run[1].tables[name])


class TestAsked:
    def test_kinds_ways_and_minutes_are_those_asked_for(self, more):
        _, part, _ = more
        table = part.tables["catchments"]

        assert set(table.index) == {
            (ALL_SITES, "library", mode, minutes)
            for mode in ("walk", "drive")
            for minutes in (5, 12)
        }
        assert table["name"].unique().tolist() == ["all of kind library"]
        sites = part.tables["catchment_people"].index.get_level_values("site")
        assert set(sites) == {ALL_SITES, BEYOND}

    def test_files_are_in_the_crs_asked_for_and_geojson_in_degrees(self, more):
        folder, _, files = more

        assert [path.name for path in files] == [
            "catchments.gpkg",
            "catchments.parquet",
            "catchments.geojson",
            "catchments.dictionary.csv",
            "minutes_library_walk.tif",
            "minutes_library_drive.tif",
        ]
        assert {path.name for path in folder.iterdir()} == {path.name for path in files}
        assert gpd.read_file(folder / "catchments.gpkg", layer="streets").crs == "EPSG:3857"
        assert gpd.read_parquet(folder / "catchments.parquet").crs == "EPSG:3857"
        read = json.loads((folder / "catchments.geojson").read_text("utf-8"))
        west, south, east, north = gpd.GeoDataFrame.from_features(read).total_bounds
        assert -10 < west < east < 3
        assert 49 < south < north < 61

    def test_streets_lie_in_the_shapes_drawn_around_them(self, more):
        folder, _, _ = more
        layers = {
            name: gpd.read_file(folder / "catchments.gpkg", layer=name).to_crs("EPSG:27700")
            for name in ("streets", "catchments")
        }
        street, shape = (
            frame[(frame["mode"] == "walk") & (frame["minutes"] == 12)].geometry.iloc[0]
            for frame in layers.values()
        )
        assert street.intersection(shape).length > 0.9 * street.length

    def test_surfaces_are_rasters_of_minutes_up_to_the_longest_journey_searched(
        self, more, context
    ):
        folder, _, _ = more
        with rasterio.open(folder / "minutes_library_walk.tif") as raster:
            minutes = raster.read(1, masked=True)
            assert raster.crs == context.found.areas.crs
        assert 0 <= minutes.min() < 12 < minutes.max() <= 60

    def test_the_page_offers_them_as_layers(self, more, context):
        _, part, _ = more
        page = AccessMap("Who?", context.found.areas)
        for one in context.found.reached:
            if one.kind == "library":
                page.measure(
                    one.table["minutes_median"], kind=one.kind, mode=one.mode, within=one.within,
                    without=one.without,
                )  # fmt: skip
        page.sites(context.found.places.sites)
        part.draw(page)

        drawn = {(one.kind, one.mode, one.minutes) for one in page.spec.catchments}
        assert drawn == {("library", m, t) for m in ("walk", "drive") for t in (5, 12)}
        assert {(one.kind, one.mode) for one in page.spec.surfaces} == {
            ("library", "walk"),
            ("library", "drive"),
        }

    def test_false_leaves_them_out(self, context):
        assert catchments(asking(context, replace(MORE, draw=False))) is None

    def test_more_places_than_are_drawn_unasked_are_said(self, context, monkeypatch):
        monkeypatch.setattr("slgeo.pipeline.catchments.MOST_UNASKED", 3)
        part = catchments(context)

        assert not part.tables
        assert "more than are drawn unasked" in part.notes[0]

    def test_kinds_that_no_place_has_and_crs_unheard_of_are_refused(self, context):
        with pytest.raises(StudyError, match="no place is of kind 'bakery'; there are gp"):
            catchments(asking(context, replace(MORE, kinds=("bakery",))))
        with pytest.raises(StudyError, match="EPSG:0"):
            catchments(asking(context, replace(MORE, crs="EPSG:0")))

    def test_minutes_longer_than_journeys_searched_are_refused_at_once(self, example_copy):
        with (example_copy / "study.toml").open("a", encoding="utf-8") as file:
            file.write('\n[catchments]\nminutes = [90]\nmodes = ["walk", "cycle"]\n')

        with pytest.raises(StudyError, match="longest walk journey searched") as refused:
            read_study(example_copy / "study.toml")
        assert "cycle is not among travel.modes" in str(refused.value)
