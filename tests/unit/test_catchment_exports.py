"""Catchments as files: what is written is read back, in the CRS asked for, documented and inert."""

import csv
import json
import sqlite3
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from slgeo.catchments.exports import (
    DICTIONARY,
    write_flat,
    write_geojson,
    write_geopackage,
    write_geoparquet,
)
from slgeo.errors import DisclosureError, TableError
from slgeo.tables import CATCHMENTS

HOSTILE = '=HYPERLINK("http://x","<script>alert(1)</script>")\x07'


@pytest.fixture
def drawn():
    """A place with a hole and an island in its catchment, and one that reaches nothing."""
    holed = MultiPolygon(
        [
            box(500_000, 300_000, 501_000, 301_000) - box(500_400, 300_400, 500_600, 300_600),
            box(502_000, 300_000, 502_100, 300_100),
        ]
    )
    index = pd.MultiIndex.from_tuples(
        [("gp", 10), ("gp", 20), (HOSTILE, 10)], names=["site", "minutes"]
    )
    return gpd.GeoDataFrame(
        {
            "people": [10.0, 20.5, 0.0],
            "people_in_drawing": [11.0, 20.0, 0.0],
            "drawing_error": [0.1, -0.0244, np.nan],
            "area_km2": [0.97, 0.01, 0.0],
            "reason": [None, None, "not_geocoded"],
        },
        index=index,
        geometry=[holed, box(500_000, 300_000, 500_100, 300_100), None],
        crs="EPSG:27700",
    )


@pytest.fixture
def streets():
    lines = [LineString([(500_000, 300_000), (500_100, 300_000)])]
    return gpd.GeoDataFrame(
        {"km": [0.1]}, index=pd.Index(["gp"], name="site"), geometry=lines, crs="EPSG:27700"
    )


class TestGeoPackage:
    def test_layers_come_back_with_shapes_values_and_rows_without_a_shape(
        self, drawn, streets, tmp_path
    ):
        path = tmp_path / "a" / "catchments.gpkg"
        write_geopackage({"catchments": drawn, "streets": streets}, path)

        read = gpd.read_file(path, layer="catchments")
        assert read.crs == "EPSG:27700"
        assert len(read) == 3
        assert read["people"].tolist() == [10.0, 20.5, 0.0]
        assert read["minutes"].tolist() == [10, 20, 10]
        assert read.geometry[0].equals(drawn.geometry.iloc[0])
        assert len(read.geometry[0].geoms[0].interiors) == 1
        assert read.geometry[2] is None
        assert read["reason"].tolist()[2] == "not_geocoded"
        assert gpd.read_file(path, layer="streets").geometry[0].length == 100

    def test_the_dictionary_inside_says_what_every_column_means(self, drawn, tmp_path):
        path = tmp_path / "catchments.gpkg"
        write_geopackage({"catchments": drawn}, path, tables={"catchments": CATCHMENTS})

        listed = gpd.read_file(path, layer=DICTIONARY).set_index("column")
        assert set(listed.index) == {"site", "minutes", *drawn.columns}
        assert (listed["meaning"] != "").all()
        assert listed.loc["people", "unit"] == "people"
        assert "EPSG:27700" in listed.loc["geometry", "unit"]

    def test_shapes_are_in_the_crs_asked_for(self, drawn, tmp_path):
        path = write_geopackage({"c": drawn}, tmp_path / "c.gpkg", crs="EPSG:2157")

        read = gpd.read_file(path, layer="c")
        assert read.crs == "EPSG:2157"
        back = read.geometry.to_crs("EPSG:27700")[0]
        assert back.symmetric_difference(drawn.geometry.iloc[0]).area < 100

    def test_the_same_layers_make_the_same_bytes(self, drawn, tmp_path):
        one = write_geopackage({"c": drawn}, tmp_path / "one" / "c.gpkg")
        two = write_geopackage({"c": drawn}, tmp_path / "two" / "c.gpkg")

        assert one.read_bytes() == two.read_bytes()

    def test_it_is_a_sound_database_and_text_is_only_text(self, drawn, tmp_path):
        path = write_geopackage({"c": drawn}, tmp_path / "c.gpkg")

        with sqlite3.connect(path) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sites = [row[0] for row in file.execute("SELECT site FROM c")]
        file.close()
        assert sites[2] == HOSTILE.replace("\x07", "\ufffd")

    def test_an_empty_layer_has_its_columns(self, drawn, tmp_path):
        path = write_geopackage({"c": drawn.iloc[:0]}, tmp_path / "c.gpkg")

        read = gpd.read_file(path, layer="c")
        assert len(read) == 0
        assert {"site", "minutes", "people"} <= set(read.columns)

    def test_what_cannot_be_written_is_refused_and_the_file_before_stands(self, drawn, tmp_path):
        path = write_geopackage({"c": drawn}, tmp_path / "c.gpkg")
        before = path.read_bytes()

        with pytest.raises(TableError, match=r"\.gpkg"):
            write_geopackage({"c": drawn}, tmp_path / "c.shp")
        with pytest.raises(TableError, match="at least one layer"):
            write_geopackage({}, path)
        with pytest.raises(TableError, match="need a CRS"):
            write_geopackage({"c": drawn, "d": drawn.set_crs(None, allow_override=True)}, path)
        sensitive = replace(CATCHMENTS, status="sensitive")
        with pytest.raises(DisclosureError, match="sensitive"):
            write_geopackage({"c": drawn}, path, tables={"c": sensitive})
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == ["c.gpkg"]


class TestGeoJson:
    def test_it_is_in_degrees_without_a_crs_and_rings_turn_as_the_rfc_says(self, drawn, tmp_path):
        path = write_geojson(drawn, tmp_path / "c.geojson", table=CATCHMENTS)
        read = json.loads(path.read_text("utf-8"))

        assert "crs" not in read
        shape = read["features"][0]["geometry"]["coordinates"]
        assert Polygon(shape[0][0]).exterior.is_ccw
        assert not Polygon(shape[0][1]).exterior.is_ccw
        lon, lat = shape[0][0][0]
        assert Point(lon, lat).distance(Point(-0.52, 52.59)) < 0.05
        assert read["features"][2]["geometry"] is None
        assert read["features"][2]["properties"]["drawing_error"] is None
        assert read["features"][0]["properties"]["minutes"] == 10

    def test_what_columns_mean_stands_beside(self, drawn, tmp_path):
        write_geojson(drawn, tmp_path / "c.geojson", table=CATCHMENTS)

        with (tmp_path / "c.dictionary.csv").open(encoding="utf-8-sig") as file:
            listed = {row["column"]: row for row in csv.DictReader(file)}
        assert listed["people"]["meaning"].startswith("People reached")
        assert "EPSG:4326" in listed["geometry"]["unit"]


def test_geoparquet_keeps_types_and_crs(drawn, tmp_path):
    path = write_geoparquet(drawn, tmp_path / "c.parquet", crs="EPSG:4326", table=CATCHMENTS)

    read = gpd.read_parquet(path)
    assert read.crs == "EPSG:4326"
    assert read["minutes"].dtype == np.int64
    assert read["people"].tolist() == drawn["people"].tolist()
    assert (tmp_path / "c.dictionary.csv").exists()


def test_a_flat_csv_runs_nothing_and_has_no_shapes(drawn, tmp_path):
    path = write_flat(drawn, tmp_path / "c.csv", table=CATCHMENTS)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "geometry" not in rows[0]
    assert rows[2]["site"].startswith("'=")
    assert [row["people"] for row in rows] == ["10.0", "20.5", "0.0"]
