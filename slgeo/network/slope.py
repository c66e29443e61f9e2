"""
Hills: times of a network changed by the slope of the ground, from a terrain model.

On foot speed follows Tobler's hiking function, v = 6 exp(-3.5 |s + 0.05|) km/h, s the rise over
the run in the direction of travel [1]_: gently downhill is fastest, and there and back differ. By
bicycle it falls 1.44 km/h for each per cent uphill and gains 0.86 km/h for each per cent downhill,
from 21.6 km/h on the flat [2]_, and is never below walking pace. Both are used as factors on the
network's own speeds, so that flat ground takes as long as without hills. Cars are left as they
are.

.. [1] Tobler, W. (1993). Three presentations on geographical analysis and modeling. NCGIA 93-1.
.. [2] Parkin, J. and Rotheram, J. (2010). Design speeds and acceleration characteristics of bicycle
   traffic for use in planning, design and appraisal. Transport Policy 17(5), 335-341.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from slgeo.errors import NetworkError, SourceError
from slgeo.sources.cache import hash_file

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from slgeo.network.model import Network

STEEPEST: Final = 0.35
"""Rise over run beyond which a slope is taken for a fault: a terrain model knows no bridges and
no cuttings, and the steepest British street is about 0.37."""

CYCLE_FLAT: Final = 21.6
"""km/h on the flat."""

CYCLE_UP: Final = 1.44
"""km/h lost for each per cent uphill."""

CYCLE_DOWN: Final = 0.86
"""km/h gained for each per cent downhill."""

CYCLE_FASTEST_SLOPE: Final = 0.06
"""Steeper descents are no faster: riders brake. Our choice, near the end of the measured range."""

BAND_ROWS: Final = 1024
"""Rows of the terrain model that are in memory at once."""


class Hilly(NamedTuple):
    """
    A network with hills, and what they did.

    Parameters
    ----------
    network
        The network with new times, under a speed name that says so.
    report
        Columns ``item`` and ``value``: share of length with heights, heights, slopes, effect on
        times.
    """

    network: Network
    report: pd.DataFrame


def tobler(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Give walking speed by slope, km/h.

    Examples
    --------
    >>> import numpy as np
    >>> from slgeo.network.slope import tobler
    >>> tobler(np.array([-0.05, 0.0, 0.1])).round(2).tolist()
    [6.0, 5.04, 3.55]
    """
    speed: NDArray[np.float64] = 6.0 * np.exp(-3.5 * np.abs(slope + 0.05))
    return speed


def cycling(slope: NDArray[np.float64], *, walking_kmh: float = 4.8) -> NDArray[np.float64]:
    """
    Give cycling speed by slope, km/h, from 21.6 on the flat.

    Examples
    --------
    >>> import numpy as np
    >>> from slgeo.network.slope import cycling
    >>> cycling(np.array([-0.05, 0.0, 0.05, 0.2])).round(2).tolist()
    [25.9, 21.6, 14.4, 4.8]
    """
    down = np.clip(-slope, 0.0, CYCLE_FASTEST_SLOPE) * 100
    up = np.clip(slope, 0.0, None) * 100
    return np.maximum(CYCLE_FLAT - CYCLE_UP * up + CYCLE_DOWN * down, walking_kmh)


def with_slope(network: Network, terrain: str | Path) -> Hilly:
    """
    Change the times of a network by the slope of the ground.

    Parameters
    ----------
    network
        On foot or by bicycle.
    terrain
        Terrain model that rasterio reads, heights in metres: OS Terrain 50, LIDAR composites, ...

    Returns
    -------
    Hilly
        Edges without heights keep their times, and the report says how many those are. Ferries
        and what may not be used are left alone.

    Raises
    ------
    SourceError
        The file cannot be read as a terrain model, or has no CRS.
    NetworkError
        The network is for cars, or lies outside the terrain model altogether.

    Notes
    -----
    Heights are interpolated between the four cells around a node, so that slope along an edge
    shorter than a cell is that of the ground around it and not noise.
    """
    if network.mode == "drive":
        raise NetworkError("slope changes walking and cycling; cars are left as they are")
    terrain = Path(terrain)
    height = heights(network, terrain)
    rise = height[network.head].astype(float) - height[network.tail]
    known = np.isfinite(rise) & (network.length > 0)
    if not known.any():
        raise NetworkError(f"{terrain.name} holds no height for any road: does it cover the place?")
    ferry = np.isin(network.road_class, [i for i, c in enumerate(network.classes) if c == "ferry"])
    slope = np.zeros(network.edges)
    slope[known] = rise[known] / network.length[known]
    steep = np.abs(slope) > STEEPEST
    slope = np.where(known & ~ferry, slope.clip(-STEEPEST, STEEPEST), 0.0)
    forward, backward = (
        _slowed(times, _factor(network, along))
        for times, along in ((network.forward, slope), (network.backward, -slope))
    )
    changed = replace(
        network,
        forward=forward,
        backward=backward,
        speeds=f"{network.speeds}, with hills",
        provenance={
            **network.provenance,
            "terrain": f"{terrain.name}, sha256 {hash_file(terrain)}",
        },
    )
    return Hilly(changed, _report(network, changed, height, slope, known, int(steep.sum())))


def heights(network: Network, terrain: str | Path) -> NDArray[np.float32]:
    """
    Read the height of every node.

    Returns
    -------
    ndarray of float32, shape (n,)
        Metres; NaN outside the terrain model and where it has no data.

    Raises
    ------
    SourceError
        The file cannot be read as a terrain model, or has no CRS.
    """
    import rasterio
    from rasterio.errors import RasterioError

    terrain = Path(terrain)
    if not terrain.is_file():
        raise SourceError(f"{terrain} does not exist")
    try:
        with rasterio.open(terrain) as model:
            if model.crs is None:
                raise SourceError(f"{terrain} names no CRS: say where its heights are")
            column, row = _cells(network, model)
            return _interpolated(model, column, row)
    except RasterioError as error:
        said = " ".join(str(error).split())
        raise SourceError(f"{terrain} cannot be read as a terrain model ({said})") from None


def _cells(network: Network, model: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # noqa: ANN401 - rasterio has no types
    """Find columns and rows of the nodes, whole numbers at the centres of cells."""
    from pyproj import Transformer

    x, y = network.x, network.y
    if model.crs != network.crs:
        turn = Transformer.from_crs(network.crs, model.crs.to_wkt(), always_xy=True)
        x, y = turn.transform(x, y)
    back = ~model.transform
    column = back.a * np.asarray(x) + back.b * np.asarray(y) + back.c - 0.5
    row = back.d * np.asarray(x) + back.e * np.asarray(y) + back.f - 0.5
    return column, row


def _interpolated(
    model: Any,  # noqa: ANN401 - rasterio has no types
    column: NDArray[np.float64],
    row: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Interpolate between four cells, a band of rows at a time."""
    from rasterio.windows import Window

    found = np.full(len(row), np.nan, np.float32)
    inside = (column >= -0.5) & (column <= model.width - 0.5)
    inside &= (row >= -0.5) & (row <= model.height - 0.5)
    if not inside.any():
        return found
    left = max(int(column[inside].min()) - 1, 0)
    width = min(int(column[inside].max()) + 3, model.width) - left
    for top in range(0, model.height, BAND_ROWS):
        here = np.flatnonzero(inside & (row >= top - 0.5) & (row < top + BAND_ROWS - 0.5))
        if len(here) == 0:
            continue
        first = max(top - 1, 0)
        tall = min(top + BAND_ROWS + 1, model.height) - first
        cells = model.read(1, window=Window(left, first, width, tall), masked=True)
        band = cells.astype(np.float64).filled(np.nan)
        found[here] = _bilinear(band, column[here] - left, row[here] - first)
    return found


def _bilinear(
    cells: NDArray[np.float64], column: NDArray[np.float64], row: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolate between the four centres around each place; the nearest at the rim."""
    column, row = column.clip(0, cells.shape[1] - 1), row.clip(0, cells.shape[0] - 1)
    c0, r0 = np.floor(column).astype(int), np.floor(row).astype(int)
    c1, r1 = np.minimum(c0 + 1, cells.shape[1] - 1), np.minimum(r0 + 1, cells.shape[0] - 1)
    across, down = column - c0, row - r0
    # where a neighbour does not count, its missing height shall not count either
    top, low = (
        np.where(across == 0, cells[r, c0], cells[r, c0] * (1 - across) + cells[r, c1] * across)
        for r in (r0, r1)
    )
    height: NDArray[np.float64] = np.where(down == 0, top, top * (1 - down) + low * down)
    return height


def _factor(network: Network, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say what multiple of the time on the flat a slope takes."""
    flat = np.zeros(1)
    if network.mode == "walk":
        factor: NDArray[np.float64] = tobler(flat) / tobler(slope)
        return factor
    pace = network.walking_kmh
    return cycling(flat, walking_kmh=pace) / cycling(slope, walking_kmh=pace)


def _slowed(times: NDArray[np.int32], factor: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.where(times >= 0, np.rint(times * factor), times).astype(np.int32)


def _report(
    before: Network,
    after: Network,
    height: NDArray[np.float32],
    slope: NDArray[np.float64],
    known: NDArray[np.bool_],
    steep: int,
) -> pd.DataFrame:
    import pandas as pd

    metres = before.length.astype(float)

    def ratio(name: str) -> float:
        old, new = getattr(before, name), getattr(after, name)
        used = (old > 0) & known
        return float(new[used].sum(dtype=float) / old[used].sum(dtype=float)) if used.any() else 1.0

    there = (before.forward > 0) & (before.backward > 0) & known
    differ = np.abs(after.forward - after.backward)[there] > 0.05 * before.forward[there]
    items = {
        "share of length with heights": float(metres[known].sum() / metres.sum()),
        "lowest road, metres": float(np.nanmin(height)),
        "highest road, metres": float(np.nanmax(height)),
        "mean slope by length, per cent": float(100 * np.average(np.abs(slope), weights=metres)),
        "edges steeper than can be, taken as 35 per cent": float(steep),
        "time along edges, against flat": ratio("forward"),
        "time against edges, against flat": ratio("backward"),
        "share of edges with 5 per cent between there and back": float(differ.mean())
        if differ.size
        else 0.0,
    }
    return pd.DataFrame({"item": list(items), "value": list(items.values())})
