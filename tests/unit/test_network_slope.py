"""Hills: on a plane with a known slope, and on ground with gaps."""

import math

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from slgeo.errors import NetworkError, SourceError
from slgeo.network import Network, with_slope
from slgeo.network.slope import cycling, heights, tobler


def terrain(path, height, cell=50.0, crs="EPSG:27700", nodata=-9999.0, left=-500.0, top=1500.0):
    """Write heights, a function of metres east and north, 60 cells across and 40 down."""
    columns, rows = np.meshgrid(np.arange(60), np.arange(40))
    x, y = left + (columns + 0.5) * cell, top - (rows + 0.5) * cell
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=60,
        height=40,
        count=1,
        dtype="float32",
        crs=crs,
        transform=Affine(cell, 0, left, 0, -cell, top),
        nodata=nodata,
    ) as file:
        file.write(height(x, y).astype("float32"), 1)
    return path


def plane(x, y):
    """One in ten uphill to the east, 100 m at the origin."""
    return 100 + 0.1 * x + 0 * y


def east(**options):
    """Five pieces of 7 m to 393 m from west to east, and one from south to north."""
    return Network.from_edges(
        [0, 7, 40, 107, 500, 893, 500],
        [0, 0, 0, 0, 0, 0, 300],
        [0, 1, 2, 3, 4, 4],
        [1, 2, 3, 4, 5, 6],
        **options,
    )


def test_toblers_function_at_known_points():
    assert tobler(np.array([-0.05]))[0] == 6.0
    assert tobler(np.array([0.0]))[0] == pytest.approx(6 * math.exp(-0.175))
    assert tobler(np.array([0.1]))[0] == pytest.approx(6 * math.exp(-0.525))


def test_uphill_is_slower_downhill_not_and_level_ground_as_before(tmp_path):
    """One in ten: up 1.42 times as long, down exactly as long as on the flat."""
    file = terrain(tmp_path / "a.tif", plane)
    flat = east()

    hilly, report = with_slope(flat, file)

    up = math.exp(-0.175) / math.exp(-0.525)
    assert hilly.forward[:5] == pytest.approx(flat.forward[:5] * up, abs=1)
    assert hilly.backward[:5] == pytest.approx(flat.backward[:5], abs=1)
    assert hilly.forward[5] == pytest.approx(flat.forward[5], abs=1)
    value = report.set_index("item")["value"]
    assert value["share of length with heights"] == 1.0
    assert value["lowest road, metres"] == pytest.approx(100, abs=0.01)
    assert value["highest road, metres"] == pytest.approx(189.3, abs=0.01)
    assert value["time along edges, against flat"] > 1.25
    assert "with hills" in hilly.speeds
    assert "a.tif" in hilly.provenance["terrain"]
    assert list(flat.forward) == list(east().forward)


def test_heights_are_interpolated_so_that_short_edges_have_the_slope_of_the_ground(tmp_path):
    found = heights(east(), terrain(tmp_path / "a.tif", plane))

    assert found == pytest.approx([100, 100.7, 104, 110.7, 150, 189.3, 150], abs=0.01)


def test_cycling_slows_uphill_to_walking_pace_and_gains_downhill():
    assert cycling(np.array([0.0, 0.05, -0.05])).tolist() == pytest.approx([21.6, 14.4, 25.9])
    assert cycling(np.array([0.3]))[0] == 4.8
    assert cycling(np.array([-0.06]))[0] == cycling(np.array([-0.3]))[0]


def test_a_bicycle_takes_its_factor_from_the_published_line(tmp_path):
    flat = east(mode="cycle")
    hilly = with_slope(flat, terrain(tmp_path / "a.tif", plane)).network

    assert hilly.forward[4] == pytest.approx(flat.forward[4] * 21.6 / (21.6 - 14.4), abs=1)
    assert hilly.backward[4] == pytest.approx(flat.backward[4] * 21.6 / (21.6 + 5.16), abs=1)


def test_what_has_no_height_keeps_its_time_and_is_reported(tmp_path):
    def half(x, y):
        return np.where(x > 300, -9999.0, plane(x, y))

    flat = east()
    hilly, report = with_slope(flat, terrain(tmp_path / "a.tif", half))

    assert hilly.forward[3] == flat.forward[3]
    assert hilly.forward[1] > flat.forward[1]
    share = report.set_index("item")["value"]["share of length with heights"]
    assert share == pytest.approx(107 / 1193, abs=1e-6)


def test_a_long_edge_over_a_hill_is_not_level_because_its_ends_are(tmp_path):
    """A ridge of one in ten up and down: 300 m of each, from a height to the same height."""

    def ridge(x, y):
        return 100 - 0.1 * np.abs(x - 500) + 0 * y

    flat = Network.from_edges([200, 800], [0, 0], [0], [1])
    hilly, report = with_slope(flat, terrain(tmp_path / "a.tif", ridge, left=-525.0))

    up = math.exp(-0.175) / math.exp(-0.525)
    assert hilly.forward[0] == pytest.approx(flat.forward[0] * (up + 1) / 2, rel=1e-4)
    assert hilly.backward[0] == pytest.approx(hilly.forward[0], abs=1)
    slope = report.set_index("item")["value"]["mean slope by length, per cent"]
    assert slope == pytest.approx(10, abs=0.01)


def test_closed_directions_stay_closed_and_cliffs_are_capped(tmp_path):
    def cliff(x, y):
        return np.where(x > 20, 500.0, 0.0) + 0 * y

    flat = east(backward=[-1] * 6)
    hilly, report = with_slope(flat, terrain(tmp_path / "a.tif", cliff))

    assert (hilly.backward == -1).all()
    worst = tobler(np.zeros(1))[0] / tobler(np.array([0.35]))[0]
    assert (hilly.forward <= flat.forward * worst + 1).all()
    steep = report.set_index("item")["value"]["edges steeper than can be, taken as 35 per cent"]
    assert steep >= 1


def test_a_terrain_model_in_another_crs_is_found(tmp_path):
    """Degrees around the same place: a plane rising a metre a thousandth of a degree."""
    file = terrain(
        tmp_path / "a.tif",
        lambda x, y: 1000 * (x + 7) + 0 * y,
        cell=0.001,
        crs="EPSG:4326",
        left=-7.57,
        top=49.78,
    )
    network = Network.from_edges([0, 500], [0, 0], [0], [1])

    found = heights(network, file)

    # British National Grid's origin is near 7.56 W, 49.77 N
    assert found[0] == pytest.approx(1000 * (-7.5571 + 7), abs=2)
    assert found[1] - found[0] == pytest.approx(6.9, abs=0.1)


def test_what_cannot_be_used_is_refused(tmp_path):
    (tmp_path / "bad.tif").write_bytes(b"no raster")
    file = terrain(tmp_path / "a.tif", plane)
    nowhere = Network.from_edges([90_000, 90_100], [0, 0], [0], [1])

    with pytest.raises(SourceError, match="cannot be read as a terrain model"):
        with_slope(east(), tmp_path / "bad.tif")
    with pytest.raises(SourceError, match="does not exist"):
        with_slope(east(), tmp_path / "none.tif")
    with pytest.raises(NetworkError, match="holds no height for any road"):
        with_slope(nowhere, file)
    with pytest.raises(NetworkError, match="cars are left as they are"):
        with_slope(east(mode="drive"), file)
