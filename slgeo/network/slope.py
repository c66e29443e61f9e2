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

PIECE: Final = 50.0
"""Metres of the pieces a longer edge is cut into, so that a road over a hill is not level because
its ends are: the cell of OS Terrain 50, the finest model that covers Great Britain."""

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
    Heights are interpolated between the four cells around a point, so that slope along an edge
    shorter than a cell is that of the ground around it and not noise. An edge longer than
    :data:`PIECE` is cut into equal pieces, each of which has its own slope.
    """
    if network.mode == "drive":
        raise NetworkError("slope changes walking and cycling; cars are left as they are")
    terrain = Path(terrain)
    pieces = _pieces(network, terrain)
    known = pieces.known
    if not known.any():
        raise NetworkError(f"{terrain.name} holds no height for any road: does it cover the place?")
    forward, backward = (
        _slowed(times, pieces.mean(_factor(network, along)))
        for times, along in (
            (network.forward, pieces.slope),
            (network.backward, -pieces.slope),
        )
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
    return Hilly(changed, _report(network, changed, pieces))


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
    return _heights_at(network.x, network.y, network.crs, Path(terrain))


class _Pieces(NamedTuple):
    """Edges cut into pieces short enough to have one slope each, in the order of the edges."""

    height: NDArray[np.float32]
    """Of every node."""
    known: NDArray[np.bool_]
    """Of each edge: whether all of it has heights."""
    edge: NDArray[np.int64]
    """Of each piece; all pieces of an edge are equally long."""
    slope: NDArray[np.float64]
    """Of each piece, from tail to head; 0 where no height is known, and on ferries."""
    steep: int
    """Edges with a piece steeper than can be."""

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Average a number of each piece over its edge."""
        count = np.bincount(self.edge, minlength=len(self.known))
        total = np.bincount(self.edge, weights=values, minlength=len(self.known))
        average: NDArray[np.float64] = total / count
        return average


def _pieces(network: Network, terrain: Path) -> _Pieces:
    """Cut edges into pieces and find the slope of each."""
    height = heights(network, terrain)
    count = np.maximum(np.ceil(network.length / PIECE), 1).astype(np.int64)
    edge = np.repeat(np.arange(network.edges), count)
    first = np.cumsum(count) - count
    nth = np.arange(len(edge)) - first[edge]
    tail, head = network.tail[edge], network.head[edge]
    # Where a piece ends: at the head of its edge, or part of the way along it.
    ends = height[head].astype(float)
    between = np.flatnonzero(nth + 1 < count[edge])
    part = (nth[between] + 1) / count[edge[between]]
    x, y = (
        values[tail[between]] * (1 - part) + values[head[between]] * part
        for values in (network.x, network.y)
    )
    ends[between] = _heights_at(x, y, network.crs, terrain)
    starts = np.where(nth == 0, height[tail], np.roll(ends, 1))
    rise = ends - starts
    run = network.length[edge].astype(float) / count[edge]
    whole = np.bincount(edge, weights=~np.isfinite(rise), minlength=network.edges) == 0
    known = whole & (network.length > 0)
    ferry = np.isin(network.road_class, [i for i, c in enumerate(network.classes) if c == "ferry"])
    slope = np.zeros(len(edge))
    sloping = known[edge] & ~ferry[edge]
    slope[sloping] = rise[sloping] / run[sloping]
    steep = len(np.unique(edge[np.abs(slope) > STEEPEST]))
    return _Pieces(height, known, edge, slope.clip(-STEEPEST, STEEPEST), steep)


def _heights_at(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: str, terrain: Path
) -> NDArray[np.float32]:
    """Read the height of points."""
    import rasterio
    from rasterio.errors import RasterioError

    if not terrain.is_file():
        raise SourceError(f"{terrain} does not exist")
    try:
        with rasterio.open(terrain) as model:
            if model.crs is None:
                raise SourceError(f"{terrain} names no CRS: say where its heights are")
            column, row = _cells(x, y, crs, model)
            return _interpolated(model, column, row)
    except RasterioError as error:
        said = " ".join(str(error).split())
        raise SourceError(f"{terrain} cannot be read as a terrain model ({said})") from None


def _cells(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crs: str,
    model: Any,  # noqa: ANN401 - rasterio has no types
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find columns and rows of points, whole numbers at the centres of cells."""
    from pyproj import Transformer

    if model.crs != crs:
        turn = Transformer.from_crs(crs, model.crs.to_wkt(), always_xy=True)
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
    pieces: _Pieces,
) -> pd.DataFrame:
    import pandas as pd

    metres, known = before.length.astype(float), pieces.known
    slope = pieces.mean(np.abs(pieces.slope))

    def ratio(name: str) -> float:
        old, new = getattr(before, name), getattr(after, name)
        used = (old > 0) & known
        return float(new[used].sum(dtype=float) / old[used].sum(dtype=float)) if used.any() else 1.0

    there = (before.forward > 0) & (before.backward > 0) & known
    differ = np.abs(after.forward - after.backward)[there] > 0.05 * before.forward[there]
    items = {
        "share of length with heights": float(metres[known].sum() / metres.sum()),
        "share of edges with heights": float(known.mean()),
        "lowest road, metres": float(np.nanmin(pieces.height)),
        "highest road, metres": float(np.nanmax(pieces.height)),
        "mean slope by length, per cent": float(100 * np.average(slope, weights=metres)),
        "edges steeper than can be, taken as 35 per cent": float(pieces.steep),
        "time along edges, against flat": ratio("forward"),
        "time against edges, against flat": ratio("backward"),
        "share of edges with 5 per cent between there and back": float(differ.mean())
        if differ.size
        else 0.0,
    }
    return pd.DataFrame({"item": list(items), "value": list(items.values())})
