"""Minutes at every spot: each pixel has the class of the cell it lies on, wherever it lies."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyproj import Transformer

from slgeo.errors import PageError
from slgeo.maps import palette
from slgeo.maps.surface import MOST_PIXELS, Grid, draw_surface, read_grid

THRESHOLDS = (10, 15, 20, 30)
BOUNDS = (486_000.0, 300_000.0, 490_000.0, 303_000.0)


def grid(minutes: np.ndarray, bounds=BOUNDS, crs="EPSG:27700") -> Grid:
    return read_grid(minutes, bounds=bounds, crs=crs)


def drawn(found: Grid):
    return draw_surface(found, kind="gp", mode="walk", scenario="", thresholds=THRESHOLDS)


def colours(surface) -> np.ndarray:
    with Image.open(io.BytesIO(surface.picture)) as picture:
        return np.asarray(picture.convert("RGBA"))


def expected(minutes: float) -> tuple[int, ...]:
    """The colour of the legend, worked out plainly: exactly 15.0 is in "over 10 to 15"."""
    if np.isnan(minutes):
        return (255, 255, 255, 0)
    at = sum(minutes > upper for upper in THRESHOLDS)
    colour = palette.MINUTES[at]
    return (*(int(colour[i : i + 2], 16) for i in (1, 3, 5)), 255)


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:27700", BOUNDS),
        ("EPSG:27700", (450_000.0, 1_140_000.0, 454_000.0, 1_143_000.0)),  # Shetland
        ("EPSG:29903", (300_000.0, 350_000.0, 304_000.0, 353_000.0)),  # Northern Ireland
    ],
)
@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 999))
def test_a_spot_on_the_map_has_the_colour_of_its_own_cell(crs, bounds, seed):
    """Found from the spot's own coordinates, away from the edges of cells."""
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(0, 40, (30, 40))
    minutes[rng.random(minutes.shape) < 0.2] = np.nan
    minutes[3, 3] = 15.0
    surface = drawn(grid(minutes, bounds, crs))
    picture = colours(surface)
    west, south, east, north = surface.bounds
    row, column = rng.integers(0, 30, 60), rng.integers(0, 40, 60)
    row[0] = column[0] = 3
    x = bounds[0] + (column + 0.5) * 100
    y = bounds[3] - (row + 0.5) * 100
    across, up = Transformer.from_crs(crs, 3857, always_xy=True).transform(x, y)
    for i in range(60):
        px = int((across[i] - west) / (east - west) * picture.shape[1])
        py = int((north - up[i]) / (north - south) * picture.shape[0])

        assert tuple(picture[py, px]) == expected(minutes[row[i], column[i]])


def test_what_lies_outside_the_grid_is_clear():
    """On the web map the sides of the national grid lean, so the picture's corners hold no cell."""
    picture = colours(drawn(grid(np.full((300, 400), 5.0))))

    assert 0 < (picture[:, :, 3] == 0).mean() < 0.1


def test_a_geotiff_is_drawn_as_its_array_is(tmp_path):
    rasterio = pytest.importorskip("rasterio")
    minutes = np.random.default_rng(3).uniform(0, 40, (30, 40))
    path = tmp_path / "minutes.tif"
    profile = {
        "driver": "GTiff",
        "width": 40,
        "height": 30,
        "count": 1,
        "dtype": "float64",
        "crs": "EPSG:27700",
        "transform": rasterio.Affine(100, 0, BOUNDS[0], 0, -100, BOUNDS[3]),
        "nodata": -1.0,
    }
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.where(minutes > 30, -1.0, minutes), 1)
    given = np.where(minutes > 30, np.nan, minutes)

    assert drawn(read_grid(path, bounds=None, crs=None)) == drawn(grid(given))


def test_a_fine_grid_is_drawn_coarser():
    surface = drawn(grid(np.full((2500, 2500), 5.0)))
    high, wide, _ = colours(surface).shape

    assert high * wide <= MOST_PIXELS * 1.01


@pytest.mark.parametrize(
    ("minutes", "options", "words"),
    [
        (np.ones((2, 2)), {"bounds": None, "crs": 27700}, "needs bounds="),
        (np.ones(4), {"bounds": BOUNDS, "crs": 27700}, "rows and columns"),
        (np.ones((0, 2)), {"bounds": BOUNDS, "crs": 27700}, "rows and columns"),
        (np.full((2, 2), -1.0), {"bounds": BOUNDS, "crs": 27700}, "below zero"),
        (np.ones((2, 2)), {"bounds": BOUNDS[::-1], "crs": 27700}, "west, south, east, north"),
        (np.ones((2, 2)), {"bounds": (-1, 52, 0, 53), "crs": 4326}, "CRS in metres"),
        (np.ones((2, 2)), {"bounds": BOUNDS, "crs": None}, "CRS in metres"),
        ("no such file.tif", {"bounds": None, "crs": None}, "not a raster"),
    ],
)
def test_a_grid_that_cannot_be_placed_is_refused(minutes, options, words):
    with pytest.raises(PageError, match=words):
        read_grid(minutes, **options)
