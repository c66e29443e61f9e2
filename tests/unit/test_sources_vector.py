"""Shapes come in from every common format, and a file that lies about itself is refused."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from slgeo.errors import SourceError
from slgeo.sources.vector import read_vector


@pytest.fixture
def shapes():
    return gpd.GeoDataFrame(
        {"LSOA21CD": ["E01000001", "E01000002"], "n": [1, 2]},
        geometry=[box(500000, 300000, 500100, 300100), box(500100, 300000, 500200, 300100)],
        crs="EPSG:27700",
    )


def save(shapes, path):
    if "parquet" in path.suffix:
        shapes.to_parquet(path)
    elif path.suffix in {".geojson", ".json"}:
        shapes.to_crs(4326).to_file(path, driver="GeoJSON")
    else:
        shapes.to_file(path)
    return path


@pytest.mark.parametrize(
    "name", ["a.geojson", "a.json", "a.gpkg", "a.shp", "a.fgb", "a.parquet", "a.geoparquet"]
)
def test_every_format_gives_the_same_areas(tmp_path, shapes, name):
    frame = read_vector(save(shapes, tmp_path / name)).to_crs(27700)

    assert sorted(frame["LSOA21CD"]) == ["E01000001", "E01000002"]  # .fgb sorts by place
    assert frame.index.tolist() == [1, 2]
    assert frame.geometry.area.sum() == pytest.approx(20_000, rel=1e-3)


def test_a_zip_of_a_shapefile_is_read_without_unpacking_by_hand(tmp_path, shapes):
    save(shapes, tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                out.write(part, f"Infuse/{part.name}")

    frame = read_vector(tmp_path / "a.zip")

    assert len(frame) == 2
    assert frame.attrs["source"].endswith("a.zip (a.shp)")


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.fgb", "a.parquet"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_refused(tmp_path, shapes, name, share):
    path = save(shapes, tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(SourceError) as caught:
        read_vector(path)

    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_what_its_name_says_is_not_opened(tmp_path):
    """GDAL would follow such a file to other files or servers."""
    path = tmp_path / "a.geojson"
    path.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(SourceError, match="does not begin like JSON"):
        read_vector(path)
    path.rename(tmp_path / "a.gpkg")
    with pytest.raises(SourceError, match=r"is not a \.gpkg file"):
        read_vector(tmp_path / "a.gpkg")


def test_several_layers_need_a_choice(tmp_path, shapes):
    shapes.to_file(tmp_path / "a.gpkg", layer="one")
    shapes.to_file(tmp_path / "a.gpkg", layer="two")

    with pytest.raises(SourceError, match="2 layers"):
        read_vector(tmp_path / "a.gpkg")
    assert len(read_vector(tmp_path / "a.gpkg", layer="two")) == 2
    with pytest.raises(SourceError, match="cannot be read"):
        read_vector(tmp_path / "a.gpkg", layer="three")


def test_a_table_without_shapes_is_refused(tmp_path, shapes):
    shapes.drop(columns="geometry").to_parquet(tmp_path / "a.parquet")

    with pytest.raises(SourceError, match="not a whole GeoParquet"):
        read_vector(tmp_path / "a.parquet")


def test_other_suffixes_and_missing_files_say_what_is_read(tmp_path):
    (tmp_path / "a.kml").write_text("<kml/>")
    with pytest.raises(SourceError, match=r"\.gpkg"):
        read_vector(tmp_path / "a.kml")
    with pytest.raises(SourceError, match="no such file"):
        read_vector(tmp_path / "b.gpkg")


def test_two_layers_in_a_zip_are_not_guessed_between(tmp_path):
    points = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=4326)
    for name in ("a.geojson", "b.geojson"):
        points.to_file(tmp_path / name, driver="GeoJSON")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for name in ("a.geojson", "b.geojson"):
            out.write(tmp_path / name, name)

    with pytest.raises(SourceError, match="2 files of shapes"):
        read_vector(tmp_path / "a.zip")
