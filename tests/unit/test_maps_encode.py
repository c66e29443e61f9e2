"""Geometry on the page: shared borders once, within 25 m of the source, no gaps."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from slgeo.errors import PageError
from slgeo.maps.arcs import cut
from slgeo.maps.encode import cleaned, decode, encode, pack, unpack


def tiles(side: int, seed: int, *, size: float = 900.0) -> gpd.GeoSeries:
    """Quadrilaterals that share moved corners."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    grid = (grid + rng.uniform(-0.3, 0.3, grid.shape)) * size + [400_000, 300_000]
    shapes = [
        Polygon([grid[j, i], grid[j, i + 1], grid[j + 1, i + 1], grid[j + 1, i]])
        for j in range(side)
        for i in range(side)
    ]
    return gpd.GeoSeries(shapes, crs="EPSG:27700")


def drawn(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    return gpd.GeoSeries(decode(encode(shapes).geometry), crs=4326).to_crs(shapes.crs)


def test_two_squares_share_one_border():
    left = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]])
    right = np.array([[1, 0], [1, 1], [2, 1], [2, 0], [1, 0]])
    found = cut([left, right])

    assert len(found.arcs) == 3
    shared = {abs(i) if i >= 0 else ~i for i in found.rings[0]} & {
        i if i >= 0 else ~i for i in found.rings[1]
    }
    assert len(shared) == 1


@settings(deadline=None, max_examples=25)
@given(side=st.integers(1, 6), seed=st.integers(0, 999))
def test_rings_are_rebuilt_from_their_arcs_exactly(side, seed):
    shapes = tiles(side, seed)
    rings = [
        np.rint(shapely.get_coordinates(s) - [300_000, 200_000]).astype(np.int64) for s in shapes
    ]
    found = cut(rings)
    for ring, pieces in zip(rings, found.rings, strict=True):
        parts = [found.arcs[i] if i >= 0 else found.arcs[~i][::-1] for i in pieces]
        rebuilt = np.vstack([parts[0], *(part[1:] for part in parts[1:])])

        assert Polygon(rebuilt).equals(Polygon(ring))


@settings(deadline=None, max_examples=15)
@given(side=st.integers(1, 6), seed=st.integers(0, 999))
def test_the_page_keeps_a_coverage_a_coverage_and_its_borders_close(side, seed):
    shapes = tiles(side, seed)
    encoded = encode(shapes)
    page = gpd.GeoSeries(decode(encoded.geometry), crs=4326).to_crs(shapes.crs)

    assert encoded.error <= 25
    assert shapely.hausdorff_distance(np.array(shapes), np.array(page)).max() <= 25
    flat = np.concatenate([shapely.get_parts(s) for s in page])
    assert shapely.coverage_is_valid(flat, gap_width=1.0)


def test_holes_islands_and_an_enclave_survive():
    hole = Polygon(box(0, 0, 3000, 3000).exterior, [box(1000, 1000, 2000, 2000).exterior.coords])
    enclave = box(1000, 1000, 2000, 2000)
    islands = MultiPolygon([box(5000, 0, 6000, 900), box(5000, 2000, 6000, 2900)])
    shapes = gpd.GeoSeries([hole, enclave, islands], crs="EPSG:27700").translate(400_000, 300_000)
    page = drawn(shapes)

    assert page.area.to_numpy() == pytest.approx(shapes.area.to_numpy(), rel=0.001)
    assert shapely.get_num_geometries(page.iloc[2]) == 2


def test_overlaps_and_slivers_are_mended():
    shapes = gpd.GeoSeries([box(0, 0, 1000, 1000), box(995, 0, 2000, 1000)], crs="EPSG:27700")
    shapes = shapes.translate(400_000, 300_000)
    page = drawn(shapes)
    flat = np.concatenate([shapely.get_parts(s) for s in page])

    assert shapely.coverage_is_valid(flat)


def test_too_many_areas_say_what_to_do():
    many = gpd.GeoSeries([box(0, 0, 1, 1)] * 40_001, crs="EPSG:27700")
    with pytest.raises(PageError, match=r"40,001 areas are too many.*dissolve"):
        encode(many)


def test_an_area_without_a_shape_is_named():
    shapes = gpd.GeoSeries({"A1": box(0, 0, 1000, 1000), "A2": Polygon()}, crs="EPSG:27700")
    with pytest.raises(PageError, match=r"no shape to draw.*A2"):
        encode(shapes)


def test_packing_is_undone_and_repeats():
    value = {"name": "St Mary's \u2028 </script>", "n": [1, -1, 0], "none": None}

    assert unpack(pack(value)) == value
    assert pack(value) == pack(json.loads(json.dumps(value)))
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack({"x": float("nan")})


def holes(whole) -> int:
    return sum(len(part.interiors) for part in shapely.get_parts(whole))


def gap_or_overlap(page: np.ndarray, shapes: np.ndarray) -> str:
    """
    Say whether there is a gap or an overlap, however narrow, that the areas given have not.

    A gap inside is a hole in the whole; one that opens to the outside is a notch in its outline,
    further from the outline as it was than any border may move; an overlap counts ground twice.
    """
    whole, given = shapely.union_all(page), shapely.union_all(shapes)
    if holes(whole) != holes(given):
        return "a hole"
    if shapely.hausdorff_distance(whole.boundary, given.boundary) > 25:
        return "a notch"
    if abs(shapely.area(page).sum() - whole.area) > 1e-9 * whole.area:
        return "an overlap"
    return "" if shapely.coverage_is_valid(page) else "borders that do not match"


@settings(deadline=None, max_examples=10)
@given(side=st.integers(2, 7), seed=st.integers(0, 999))
def test_there_is_no_gap_and_no_overlap_between_areas(side, seed):
    shapes = tiles(side, seed)

    assert gap_or_overlap(np.asarray(drawn(shapes).array), np.asarray(shapes.array)) == ""


@pytest.mark.parametrize(("by", "found"), [(0.5, "a hole"), (-0.5, "an overlap")])
def test_half_a_metre_of_gap_or_overlap_is_noticed(by, found):
    """The check above finds what it is meant to: one area's first corner is moved in, or out."""
    shapes = tiles(3, 1)
    corners = shapely.get_coordinates(shapes.iloc[4])
    corners[[0, -1]] += by
    spoilt = shapes.copy()
    spoilt.iloc[4] = Polygon(corners)

    assert gap_or_overlap(np.asarray(spoilt.array), np.asarray(shapes.array)) == found


def test_a_hairline_in_what_was_published_is_closed():
    """Two areas published half a metre apart share one border on the page."""
    shapes = gpd.GeoSeries([box(0, 0, 1000, 1000), box(1000.5, 0, 2000, 1000)], crs="EPSG:27700")
    page = drawn(shapes.translate(400_000, 300_000))

    assert shapely.union_all(np.asarray(page.array)).geom_type == "Polygon"


def test_real_borders_are_within_25_metres_without_gap_or_overlap(rutland):
    """1,500 small areas around Manchester, as published."""
    areas = gpd.read_parquet(rutland.parent / "national" / "boundaries_lsoa21.parquet")
    areas = areas.to_crs(27700)
    centre = shapely.Point(384_000, 398_000)
    nearest = np.argsort(areas.geometry.centroid.distance(centre).to_numpy())[:1500]
    shapes = areas.geometry.iloc[nearest]
    encoded = encode(shapes)
    page = gpd.GeoSeries(decode(encoded.geometry), crs=4326).to_crs(27700)

    far = shapely.hausdorff_distance(np.array(shapes.array), np.array(page.array))
    assert far.max() == encoded.error <= 25
    assert gap_or_overlap(np.asarray(page.array), cleaned(shapes)) == ""
    assert len(pack(encoded.geometry)) < 80_000
