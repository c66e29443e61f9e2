"""Moran's I and its local form: known answers, seeds, islands, equal values."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from slgeo import equity
from slgeo.errors import AccessError

pytest.importorskip("esda")


def lattice(size: int = 4) -> gpd.GeoSeries:
    cells = [shapely.box(x, y, x + 1, y + 1) for y in range(size) for x in range(size)]
    index = pd.Index([f"c{at:02}" for at in range(size * size)], name="area")
    return gpd.GeoSeries(cells, index=index, crs="EPSG:27700")


def columbus() -> tuple[pd.Series, gpd.GeoSeries]:
    libpysal = pytest.importorskip("libpysal")
    frame = gpd.read_file(libpysal.examples.get_path("columbus.shp"))
    frame.index = pd.Index(frame["POLYID"].astype(int).astype(str), name="area")
    return frame["CRIME"], frame.geometry


@pytest.mark.filterwarnings("ignore:.*no CRS.*", "ignore:The CRS attribute")
def test_columbus_crime():
    """docs/measures.md: queen, row-standardised, n = 49."""
    found = equity.morans_i(*columbus())

    assert found["value"][0] == pytest.approx(0.50018856, abs=5e-9)
    assert found.attrs["expected"] == pytest.approx(-0.02083333, abs=5e-9)
    assert found.attrs["z_normality"] == pytest.approx(5.630313, abs=5e-7)
    assert found.attrs["z_randomisation"] == pytest.approx(5.589383, abs=5e-7)
    assert "like values lie near like" in found["sentence"][0]


@pytest.mark.parametrize(
    ("standardised", "expected"), [(True, 0.75), (False, 0.66666667)], ids=["rows", "binary"]
)
def test_rook_lattice_row_by_row(standardised: bool, expected: float):  # noqa: FBT001 - a parameter of pytest
    """docs/measures.md: a 4 x 4 rook lattice of 0 to 15; a checkerboard is -1 in either style."""
    options = {"contiguity": "rook", "row_standardised": standardised, "permutations": 99}
    row = pd.Series(np.arange(16.0), index=lattice().index)
    board = pd.Series([(at // 4 + at % 4) % 2 for at in range(16)], index=row.index, dtype=float)

    found = equity.morans_i(row, lattice(), **options)["value"][0]
    assert found == pytest.approx(expected, abs=5e-9)
    assert equity.morans_i(board, lattice(), **options)["value"][0] == pytest.approx(-1)


def queen_lattice_moran(values: np.ndarray, *, standardised: bool) -> float:
    """The formula with loops, over queen neighbours of a square lattice."""
    size = int(np.sqrt(len(values)))
    z = values - values.mean()
    top, weights = 0.0, 0.0
    for i in range(len(values)):
        near = [
            j
            for j in range(len(values))
            if i != j and abs(i // size - j // size) <= 1 and abs(i % size - j % size) <= 1
        ]
        for j in near:
            w = 1 / len(near) if standardised else 1.0
            top += w * z[i] * z[j]
            weights += w
    return float(len(values) / weights * top / (z**2).sum())


@pytest.mark.parametrize("standardised", [True, False])
def test_a_lattice_by_the_plain_formula(standardised: bool):  # noqa: FBT001 - a parameter of pytest
    row = pd.Series(np.arange(16.0), index=lattice().index)

    found = equity.morans_i(row, lattice(), row_standardised=standardised, permutations=99)

    expected = queen_lattice_moran(row.to_numpy(), standardised=standardised)
    assert found["value"][0] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_p_and_leaves_the_shared_generator_alone():
    row = pd.Series(np.arange(16.0), index=lattice().index)
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the shared state is what is tested

    one, two = equity.morans_i(row, lattice(), seed=3), equity.morans_i(row, lattice(), seed=3)

    assert one.attrs["p"] == two.attrs["p"]
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002 - as above


def test_all_equal_or_missing_values_are_not_given():
    flat = equity.morans_i(pd.Series(1.0, index=lattice().index), lattice())
    gone = pd.Series(np.arange(16.0), index=lattice().index)
    gone.iloc[0] = np.nan

    assert "all values are equal" in flat["sentence"][0]
    assert "1 of 16 people" in equity.morans_i(gone, lattice())["sentence"][0]
    local = equity.local_moran(pd.Series(1.0, index=lattice().index), lattice())
    assert set(local["pattern"]) == {"all values are equal"}


def with_island() -> gpd.GeoSeries:
    far = gpd.GeoSeries([shapely.box(9, 0, 10, 1)], index=["far"], crs="EPSG:27700")
    return pd.concat([lattice(), far])


def test_an_island_is_refused_joined_or_left_out_as_asked():
    shapes = with_island()
    row = pd.Series(np.arange(17.0), index=shapes.index)

    with pytest.raises(AccessError, match="1 areas touch no other"):
        equity.morans_i(row, shapes)
    without = equity.morans_i(row, shapes, islands="leave out")
    assert without["value"][0] == pytest.approx(
        queen_lattice_moran(np.arange(16.0), standardised=True)
    )
    joined = equity.morans_i(row, shapes, islands="nearest")
    assert np.isfinite(joined["value"][0])
    assert joined["value"][0] != without["value"][0]


def test_local_patterns_stand_where_high_lies_among_high():
    size = 10
    shapes = lattice(size)
    corner = [(at // size < 4) and (at % size < 4) for at in range(size * size)]
    noise = np.random.default_rng(4).normal(0, 0.3, size * size)
    row = pd.Series(np.where(corner, 5.0, 0.0) + noise, index=shapes.index)

    found = equity.local_moran(row, shapes, seed=1, permutations=999)
    again = equity.local_moran(row, shapes, seed=1, permutations=999)

    pd.testing.assert_frame_equal(found, again)
    assert found.loc["c11", "pattern"] == "high-high"
    assert set(found.loc[np.array(corner), "pattern"]) <= {"high-high", "no pattern"}
    assert (found.loc[found["pattern"] != "no pattern", "p"] <= found.attrs["cut"]).all()
    noise_only = equity.local_moran(pd.Series(noise, index=shapes.index), shapes, permutations=999)
    assert (noise_only["pattern"] == "no pattern").mean() > 0.9


def test_local_p_by_hand():
    """
    A row of four areas with values 0, 0, 0, 9, and the last asked about: whichever of the other
    three is dealt to be its one neighbour is 0, as its neighbour is, so nothing is unusual.
    """
    cells = [shapely.box(x, 0, x + 1, 1) for x in range(4)]
    shapes = gpd.GeoSeries(cells, index=pd.Index(list("abcd"), name="area"), crs="EPSG:27700")
    row = pd.Series([0.0, 0, 0, 9], index=shapes.index)

    found = equity.local_moran(row, shapes, permutations=99)

    assert found.loc["d", "p"] == 1
    # a's neighbour is 0, as are two of the three it might be dealt: about two thirds, doubled
    assert found.loc["a", "p"] == 1
    assert found.loc["d", "local_i"] < 0


def test_local_patterns_keep_islands_and_areas_without_a_value():
    shapes = with_island()
    row = pd.Series(np.arange(17.0), index=shapes.index)
    row["c05"] = np.nan

    found = equity.local_moran(row, shapes, islands="leave out", permutations=99)

    assert list(found.index) == list(shapes.index)
    assert found.loc["far", "pattern"] == "touches no other area"
    assert found.loc["c05", "pattern"] == "no value"
