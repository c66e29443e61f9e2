"""
Where the made-up district lies: its extent, coast, island and rivers, as smooth curves.

The district is put in the open North Sea, east of Northumberland and south of Shetland, where no
small area, postcode or road of Great Britain is: its coordinates are valid on the British National
Grid (EPSG:27700), and nobody can take its map for a real place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEST: Final = 440_000.0
SOUTH: Final = 625_000.0
"""Metres on the British National Grid; the nearest land is the Farne Islands, 16 km to the west."""

WIDEST: Final = 170_000.0
"""Metres. Keeps the largest district west of longitude 1.92 E, where EPSG:1314, the transformation
to degrees that every PROJ has, ends."""

CLEARANCE: Final = 60.0
"""Metres between a river's middle and the nearest cell or junction that is not a bridge."""

TO_DEGREES: Final = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000"
    " +y_0=-100000 +ellps=airy +step +proj=push +v_3 +step +proj=cart +ellps=airy"
    " +step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842"
    " +s=-20.489 +convention=position_vector +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""EPSG:27700 to EPSG:4326 by EPSG:1314 (the seven parameters of Ordnance Survey's "A guide to
coordinate systems in Great Britain", section 6.6), written out so that the bytes do not depend on
whether a machine has the OSTN15 grid, which has no values this far out at sea."""


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """
    The shape of the land, for any number of points at once.

    Parameters
    ----------
    width, height
        Metres.
    rows, columns
        How many market towns the land has, south to north and west to east.
    phases
        Random angles that bend the coast, the border and the rivers, one row a curve.
    island
        Easting, northing and mean radius of the island, in metres.
    """

    width: float
    height: float
    rows: int
    columns: int
    phases: Floats
    island: tuple[float, float, float]

    @classmethod
    def for_areas(cls, areas: int, rng: np.random.Generator) -> Land:
        """Draw the land for a number of areas: 5 km2 each at 60, falling to 1.9 km2 at 40,000."""
        square = areas * 5e6 * (areas / 60) ** -0.15
        width = min(square**0.5, WIDEST)
        height = square / width
        rows, columns = max(1, round(height / 20_000)), max(1, round(width / 20_000))
        phases = rng.uniform(0, 2 * np.pi, (4 + rows + 1, 3))
        radius = 900.0
        north = SOUTH + height * 0.3
        shape = cls(width, height, rows, columns, phases, (0.0, 0.0, radius))
        east = float(shape.coast(np.array([north]))[0]) + radius + 1_500
        return cls(width, height, rows, columns, phases, (east, north, radius))

    def _bend(self, curve: int, along: Floats, size: float) -> Floats:
        a, b, c = self.phases[curve]
        slow, mid, fast = 2 * np.pi / 15_000, 2 * np.pi / 6_100, 2 * np.pi / 2_700
        waves: Floats = size * (
            0.55 * np.sin(along * slow + a)
            + 0.33 * np.sin(along * mid + b)
            + 0.12 * np.sin(along * fast + c)
        )
        return waves

    def coast(self, y: Floats) -> Floats:
        """Easting of the coast at each northing."""
        return WEST + self.width + self._bend(0, y, 900)

    def west(self, y: Floats) -> Floats:
        """Easting of the western land border at each northing."""
        return WEST + self._bend(1, y, 500)

    def south(self, x: Floats) -> Floats:
        """Northing of the southern land border at each easting."""
        return SOUTH + self._bend(2, x, 500)

    def north(self, x: Floats) -> Floats:
        """Northing of the northern land border at each easting."""
        return SOUTH + self.height + self._bend(3, x, 500)

    def depth(self, x: Floats, y: Floats) -> Floats:
        """Metres inside the mainland, negative outside (along an axis, so slightly too much)."""
        sides = (x - self.west(y), self.coast(y) - x, y - self.south(x), self.north(x) - y)
        depth: Floats = np.minimum.reduce(sides)
        return depth

    def depth_border(self, x: Floats, y: Floats) -> Floats:
        """Metres from the land border alone: the coast is not counted."""
        depth: Floats = np.minimum.reduce((x - self.west(y), y - self.south(x), self.north(x) - y))
        return depth

    def depth_island(self, x: Floats, y: Floats) -> Floats:
        """Metres inside the island, negative outside."""
        cx, cy, radius = self.island
        angle = np.arctan2(y - cy, x - cx)
        a, b, _ = self.phases[4]
        shore = radius * (1 + 0.18 * np.cos(2 * angle + a) + 0.08 * np.cos(3 * angle + b))
        depth: Floats = shore - np.hypot(x - cx, y - cy)
        return depth

    def inside(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether each point lies on the mainland or the island."""
        dry: NDArray[np.bool_] = (self.depth(x, y) > 0) | (self.depth_island(x, y) > 0)
        return dry

    @property
    def cell(self) -> float:
        """Metres from one market town to the next."""
        return min(self.width / self.columns, self.height / self.rows)

    @property
    def spacing(self) -> float:
        """Metres from one river to the next."""
        return self.height / self.rows

    def river(self, row: int, x: Floats) -> Floats:
        """Northing of a river's middle at each easting."""
        middle = SOUTH + (row + 0.5) * self.spacing
        return middle + self._bend(5 + row - (row >= self.rows), x, min(1_100, self.spacing / 8))

    def bank(self, x: Floats, y: Floats) -> NDArray[np.int64]:
        """How many rivers lie south of each point: points with equal numbers share a bank."""
        row = np.clip(((y - SOUTH) // self.spacing).astype(np.int64), 0, self.rows - 1)
        bank = row.copy()
        for k in np.unique(row):
            here = row == k
            bank[here] += y[here] > self.river(int(k), x[here])
        return bank

    def river_distance(self, x: Floats, y: Floats) -> Floats:
        """Metres to the middle of the nearest river, to a few per cent near it."""
        row = np.clip(((y - SOUTH) // self.spacing).astype(np.int64), 0, self.rows - 1)
        distance = np.empty(len(x))
        for k in np.unique(row):
            here = row == k
            fall = (self.river(int(k), x[here] + 5) - self.river(int(k), x[here] - 5)) / 10
            off = y[here] - self.river(int(k), x[here])
            distance[here] = np.abs(off) / np.sqrt(1 + fall**2)
        return distance

    def river_line(self, row: int, step: float = 20.0) -> Floats:
        """Points along the middle of a river, west border to sea: an (n, 2) array in metres."""
        x = np.arange(WEST - 1_000, WEST + self.width + 1_500, step)
        y = self.river(row, x)
        keep = self.depth(x, y) > -300
        return np.column_stack([x, y])[keep]


def rounded(values: Floats) -> Floats:
    """Round metres to the centimetre, so that last-bit differences between machines vanish."""
    nearest: Floats = np.round(values, 2)
    return nearest
