"""People of a raster are cut by surface: nobody twice, nobody lost, whatever the grid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio import Affine
from shapely.geometry import box

from slgeo.areas.origins import origins, origins_choices
from slgeo.areas.rasters import raster_people
from slgeo.errors import SourceError, TableError
from slgeo.tables import ORIGINS, checked


def areas_of(people, *, width=1000.0):
    codes = [f"X01{i:06d}" for i in range(len(people))]
    return gpd.GeoDataFrame(
        {"population": people, "in_study": True, "nation": "X", "vintage": "example21"},
        geometry=[
            box(485_000 + width * i, 310_000, 485_000 + width * (i + 1), 311_000)
            for i in range(len(people))
        ],
        index=pd.Index(codes, name="area"),
        crs="EPSG:27700",
    )


def raster(path, cells, *, west, north, size, crs="EPSG:27700", nodata=-99999.0, count=1):
    values = np.asarray(cells, dtype="float32")
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": count,
        "dtype": "float32",
        "crs": crs,
        "transform": Affine(size, 0, west, 0, -size, north),
        "nodata": nodata,
    }
    with rasterio.open(path, "w", **profile) as out:
        for band in range(1, count + 1):
            out.write(values, band)
    return path


def test_a_cell_on_a_border_is_shared_by_surface(tmp_path):
    """Cells of 500 m, two areas of 750 m: the middle column is halved."""
    areas = areas_of([90.0, 90.0], width=750.0)
    path = raster(
        tmp_path / "a.tif", [[10, 20, 30], [40, 50, 60]], west=485_000, north=311_000, size=500
    )

    made = raster_people(path, areas)

    assert made.groupby("area")["people"].sum().to_dict() == pytest.approx(
        {"X01000000": 10 + 40 + 35, "X01000001": 30 + 60 + 35}
    )
    assert made.geometry.within(areas.geometry.union_all()).all()
    assert any("210 people in 8 pieces" in note for note in made.attrs["notes"])


def test_nodata_negative_and_outside_cells_hold_nobody(tmp_path):
    areas = areas_of([100.0])
    cells = [[-99999, 25, 7], [-200, np.nan, 7], [50, 25, 7], [900, 900, 900]]
    path = raster(tmp_path / "a.tif", cells, west=485_000, north=311_500, size=500)

    made = raster_people(path, areas)

    assert made["people"].sum() == pytest.approx(0 + 50 + 25)


def test_people_are_scaled_to_the_published_number_and_empty_areas_get_a_point(tmp_path):
    areas = areas_of([100.0, 300.0, 10.0])
    path = raster(tmp_path / "a.tif", [[60, 200, 0]], west=485_000, north=311_000, size=1000)

    made = origins(areas, raster=path)

    assert origins_choices(raster=path) == ("raster", "area_point")
    sums = made.groupby("area")["people"].sum()
    assert sums.to_numpy() == pytest.approx([100, 300, 10])
    assert made["kind"].tolist().count("raster") == 2
    assert made.loc["X01000002", "kind"] == "area_point"
    checked(made, ORIGINS)


def test_degrees_are_brought_together_without_touching_the_counts(tmp_path):
    """WorldPop's grid of 3 arc seconds: everyone who lives in the areas is found."""
    areas = areas_of([5000.0, 5000.0])
    west, south, east, north = areas.to_crs(4326).total_bounds
    step = 3 / 3600
    wide, high = int((east - west) / step) + 4, int((north - south) / step) + 4
    cells = np.ones((high, wide))
    path = raster(
        tmp_path / "w.tif",
        cells,
        west=west - 2 * step,
        north=north + 2 * step,
        size=step,
        crs="EPSG:4326",
    )
    areas["population"] = 150.0

    made = raster_people(path, areas)

    # 2 km2 over the surface of one cell of 3 arc seconds at this latitude (about 92.6 m by 56 m)
    assert made["people"].sum() == pytest.approx(2_000_000 / (92.7 * 56.2), rel=0.01)


def test_a_large_raster_is_read_in_windows_only(tmp_path):
    """A world of cells far larger than memory allows would be if it were read whole."""
    path = tmp_path / "big.tif"
    profile = {
        "driver": "GTiff",
        "height": 70_000,
        "width": 70_000,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:27700",
        "transform": Affine(10, 0, 0, 0, -10, 700_000),
        "nodata": -1,
        "sparse_ok": True,
        "tiled": True,
        "compress": "deflate",
        "blockxsize": 256,
        "blockysize": 256,
    }
    with rasterio.open(path, "w", **profile) as out:
        block = np.full((1, 256, 256), 0.01, dtype="float32")
        out.write(block, window=rasterio.windows.Window(48_500, 38_890, 256, 256))

    made = raster_people(path, areas_of([100.0]))

    assert made["people"].sum() == pytest.approx(100, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"crs": None}, SourceError, "does not say which CRS"),
        ({"count": 2}, SourceError, "has 2 bands"),
        ({"west": 100_000}, SourceError, "no cell with people"),
    ],
)
def test_rasters_that_cannot_be_people_here_are_refused(tmp_path, change, error, says):
    given = {"west": 485_000, "north": 311_000, "size": 1000} | change
    path = raster(tmp_path / "a.tif", [[100.0]], **given)

    with pytest.raises(error, match=says):
        raster_people(path, areas_of([100.0]))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_density_taken_for_people_and_broken_files_are_refused(tmp_path):
    areas = areas_of([100_000.0])
    path = raster(tmp_path / "a.tif", [[0.5]], west=485_000, north=311_000, size=1000)

    with pytest.raises(TableError, match="is it people per cell"):
        raster_people(path, areas)
    with pytest.raises(SourceError, match="no such file"):
        raster_people(tmp_path / "b.tif", areas)
    (tmp_path / "c.tif").write_bytes(b"II*\0" + b"\0" * 40)
    with pytest.raises(SourceError, match="not a raster"):
        raster_people(tmp_path / "c.tif", areas)


def test_population_weighted_centroids_stand_in_for_points_inside(tmp_path):
    areas = areas_of([10.0, 20.0])
    (tmp_path / "c.csv").write_text("area,BNG_E,BNG_N\nX01000000,485900,310100\n")

    made = origins(areas, centroids=tmp_path / "c.csv")

    assert (made.geometry.x.iloc[0], made.geometry.y.iloc[0]) == (485_900, 310_100)
    assert any("1 of 2 areas have none" in note for note in made.attrs["notes"])
