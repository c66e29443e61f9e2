"""Hexagons: one an area, each its own, near where it lies."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from shapely import box

from slgeo.errors import PageError
from slgeo.maps.hexagons import MOST_HEXAGONS, WORLD, hexagons


def squares(across: int, down: int) -> gpd.GeoSeries:
    shapes = [box(i, j, i + 1, j + 1) for j in range(down) for i in range(across)]
    return gpd.GeoSeries(shapes, crs="EPSG:27700").scale(1000, 1000, origin=(0, 0))


def centres(found) -> np.ndarray:
    """The middle of each hexagon on the web map, worked out from what the browser is given."""
    at = np.array(found.at)
    x = found.left + np.sqrt(3) * found.size * (at[:, 0] + 0.5 * (at[:, 1] % 2) + 0.5)
    y = found.top + 1.5 * found.size * (at[:, 1] + 2 / 3)
    return np.column_stack([(x - 0.5) * WORLD, (0.5 - y) * WORLD])


@settings(deadline=None, max_examples=20)
@given(across=st.integers(1, 9), down=st.integers(1, 9), seed=st.integers(0, 99))
def test_every_area_of_the_study_has_a_hexagon_of_its_own(across, down, seed):
    shapes = squares(across, down).translate(450_000, 300_000)
    inside = np.random.default_rng(seed).random(len(shapes)) < 0.8
    found = hexagons(shapes, inside)
    own = [cell for cell, studied in zip(found.at, inside, strict=True) if studied]

    assert len(set(own)) == len(own) == inside.sum()
    assert all(cell == (-1, -1) for cell, s in zip(found.at, inside, strict=True) if not s)
    assert all(column >= 0 and row >= 0 for column, row in own)


def test_hexagons_lie_near_their_areas_and_keep_their_neighbours():
    """On even squares a hexagon is within two of its area, and half the neighbours stay."""
    shapes = squares(12, 12).translate(450_000, 300_000)
    found = hexagons(shapes, np.ones(144, dtype=bool))
    real = np.column_stack([shapes.to_crs(3857).centroid.x, shapes.to_crs(3857).centroid.y])
    drawn = centres(found)
    step = np.sqrt(3) * found.size * WORLD
    off = np.hypot(*(drawn - real).T)

    assert off.max() < 2 * step
    near = cKDTree(drawn).query(drawn, 7)[1][:, 1:]
    sides = [{i - 1, i + 1, i - 12, i + 12} & set(range(144)) for i in range(144)]
    kept = [len(set(near[i]) & sides[i]) / len(sides[i]) for i in range(144)]
    assert np.mean(kept) > 0.5


def test_more_areas_than_can_be_laid_out_are_refused():
    shapes = gpd.GeoSeries([box(0, 0, 1, 1)] * (MOST_HEXAGONS + 1), crs="EPSG:27700")
    with pytest.raises(PageError, match="hexagons are for up to 2,000 areas"):
        hexagons(shapes, np.ones(len(shapes), dtype=bool))


def test_a_study_without_areas_has_no_hexagons():
    shapes = gpd.GeoSeries([box(0, 0, 1000, 1000)], crs="EPSG:27700")

    assert hexagons(shapes, np.zeros(1, dtype=bool)).at == ()
