"""
The shape of the made-up district: its extent, coast, island and rivers, as smooth curves.

It is put on the open sea (:mod:`slgeo.examples.nations`), where no small area, postcode or road of
the United Kingdom is: its coordinates are valid on a national grid, and nobody can take its map for
a real place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from slgeo.examples.nations import Nation

    Floats = NDArray[np.float64]

WIDEST: Final = 170_000.0
"""Metres. Keeps the largest district west of longitude 1.92 E, where EPSG:1314, the transformation
to degrees that every PROJ has, ends."""

CLEARANCE: Final = 60.0
"""Metres between a river's middle and the nearest cell or junction that is not a bridge."""

CORNERS: Final = 4
"""Power of the superellipse the land is bent from: a square with round corners (P. Hein 1959)."""

_FULL: Final = 0.927
"""Area of that shape as a share of the rectangle round it: Gamma(5/4)^2 / Gamma(3/2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """
    The shape of the land, for any number of points at once.

    Parameters
    ----------
    west, south
        Metres on the grid of its nation.
    width, height
        Metres, before the outline is bent.
    rows, columns
        Squares the land is laid out in, south to north and west to east: a river for each row.
    sites
        Row and column of every square with a market town: those that are not at a corner.
    phases
        Random angles that bend the outline, the island's shore and the rivers, one row a curve.
    island
        Easting, northing and mean radius of the island, in metres.
    """

    west: float
    south: float
    width: float
    height: float
    rows: int
    columns: int
    sites: tuple[tuple[int, int], ...]
    phases: Floats
    island: tuple[float, float, float]

    @classmethod
    def for_areas(cls, areas: int, nation: Nation, rng: np.random.Generator) -> Land:
        """Draw the land for a number of areas: 5 km2 each at 60, falling to 1.9 km2 at 40,000."""
        square = areas * 5e6 * (areas / 60) ** -0.15 / _FULL
        width = min(square**0.5, WIDEST)
        height = square / width
        rows, columns = max(1, round(height / 20_000)), max(1, round(width / 20_000))
        phases = rng.uniform(0, 2 * np.pi, (3 + rows, 3))
        nowhere = (0.0, 0.0, 900.0)
        bare = cls(nation.west, nation.south, width, height, rows, columns, (), phases, nowhere)
        every = [(row, column) for row in range(rows) for column in range(columns)]
        inland = [bare.depth(*bare.middle(*site)).item() for site in every]
        enough = min(0.38 * bare.cell, max(inland))
        sites = tuple(s for s, d in zip(every, inland, strict=True) if d >= enough)
        return replace(bare, sites=sites, island=bare.offshore(-0.35, 900.0))

    @property
    def cell(self) -> float:
        """Metres from one market town to the next."""
        return min(self.width / self.columns, self.height / self.rows)

    def middle(self, row: int, column: int) -> tuple[Floats, Floats]:
        """Where a square's river passes its middle, as arrays of one."""
        x = np.array([self.west + (column + 0.5) * self.width / self.columns])
        return x, self.river(row, x)

    def offshore(self, angle: float, radius: float) -> tuple[float, float, float]:
        """Middle and radius of an island 1.5 km off the coast in a direction."""
        x, y = self.centre
        far = float(self._reach(np.array([angle]))[0]) + radius + 1_500
        return x + far * float(np.cos(angle)), y + far * float(np.sin(angle)), radius

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the mainland."""
        return self.west + self.width / 2, self.south + self.height / 2

    def _reach(self, angle: Floats) -> Floats:
        """Metres from the centre to the outline in each direction."""
        across, up = np.abs(np.cos(angle)) * 2 / self.width, np.abs(np.sin(angle)) * 2 / self.height
        plain = (across**CORNERS + up**CORNERS) ** (-1 / CORNERS)
        a, b, c = self.phases[0]
        broad = 0.045 * min(self.width, self.height)
        round_ = np.pi * (self.width + self.height) / 2
        reach: Floats = (
            plain
            + broad * (np.sin(2 * angle + a) + 0.7 * np.sin(3 * angle + b) + np.sin(5 * angle + c))
            + _bend(angle, self.phases[1], [round(round_ / w) for w in (9_000, 4_300, 2_100)], 420)
        )
        return reach

    def depth(self, x: Floats, y: Floats) -> Floats:
        """Metres inside the mainland, negative outside; along the line to its centre."""
        east, north = x - self.centre[0], y - self.centre[1]
        depth: Floats = self._reach(np.arctan2(north, east)) - np.hypot(east, north)
        return depth

    def seaward(self, x: Floats) -> NDArray[np.bool_]:
        """Whether the outline is coast, not land border, where it is nearest: all of the east."""
        east: NDArray[np.bool_] = x - self.centre[0] > 0.31 * self.width
        return east

    def outline(self, step: float) -> Floats:
        """Points along the outline, some `step` metres apart: an (n, 2) array."""
        angle = np.linspace(-np.pi, np.pi, int((self.width + self.height) * 3 / 20), endpoint=False)
        reach = self._reach(angle)
        x, y = self.centre[0] + reach * np.cos(angle), self.centre[1] + reach * np.sin(angle)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        keep = np.searchsorted(along, np.arange(0, along[-1] - step / 2, step))
        return np.column_stack([x, y])[keep]

    def depth_island(self, x: Floats, y: Floats) -> Floats:
        """Metres inside the island, negative outside."""
        cx, cy, radius = self.island
        angle = np.arctan2(y - cy, x - cx)
        a, b, _ = self.phases[2]
        shore = radius * (1 + 0.18 * np.cos(2 * angle + a) + 0.08 * np.cos(3 * angle + b))
        depth: Floats = shore - np.hypot(x - cx, y - cy)
        return depth

    def shore(self, step: float) -> tuple[Floats, Floats]:
        """Points along the island's shore, some `step` metres apart."""
        x, y, radius = self.island
        turn = np.arange(0, 2 * np.pi, step / radius)
        reach = radius + self.depth_island(x + np.cos(turn) * radius, y + np.sin(turn) * radius)
        return x + np.cos(turn) * reach, y + np.sin(turn) * reach

    def inside(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether each point lies on the mainland or the island."""
        dry: NDArray[np.bool_] = (self.depth(x, y) > 0) | (self.depth_island(x, y) > 0)
        return dry

    @property
    def spacing(self) -> float:
        """Metres from one river to the next."""
        return self.height / self.rows

    def river(self, row: int, x: Floats) -> Floats:
        """Northing of a river's middle at each easting."""
        middle = self.south + (row + 0.5) * self.spacing
        waves = [2 * np.pi / length for length in (15_000, 6_100, 2_700)]
        return middle + _bend(x, self.phases[3 + row], waves, min(1_100, self.spacing / 8))

    def bank(self, x: Floats, y: Floats) -> NDArray[np.int64]:
        """How many rivers lie south of each point: points with equal numbers share a bank."""
        row = np.clip(((y - self.south) // self.spacing).astype(np.int64), 0, self.rows - 1)
        bank = row.copy()
        for k in np.unique(row):
            here = row == k
            bank[here] += y[here] > self.river(int(k), x[here])
        return bank

    def river_distance(self, x: Floats, y: Floats) -> Floats:
        """Metres to the middle of the nearest river, to a few per cent near it."""
        row = np.clip(((y - self.south) // self.spacing).astype(np.int64), 0, self.rows - 1)
        distance = np.empty(len(x))
        for k in np.unique(row):
            here = row == k
            fall = (self.river(int(k), x[here] + 5) - self.river(int(k), x[here] - 5)) / 10
            off = y[here] - self.river(int(k), x[here])
            distance[here] = np.abs(off) / np.sqrt(1 + fall**2)
        return distance

    def river_line(self, row: int, step: float = 20.0) -> Floats:
        """Points along the middle of a river, west border to sea: an (n, 2) array in metres."""
        x = np.arange(self.west - 3_000, self.west + self.width + 3_000, step)
        y = self.river(row, x)
        keep = self.depth(x, y) > -300
        return np.column_stack([x, y])[keep]


def _bend(along: Floats, phases: Floats, waves: Sequence[float], size: float) -> Floats:
    """Three waves on top of each other, of which the longest is the largest."""
    (a, b, c), (slow, middle, fast) = phases, waves
    bend: Floats = size * (
        0.55 * np.sin(along * slow + a)
        + 0.33 * np.sin(along * middle + b)
        + 0.12 * np.sin(along * fast + c)
    )
    return bend


def rounded(values: Floats) -> Floats:
    """Round metres to the centimetre, so that last-bit differences between machines vanish."""
    nearest: Floats = np.round(values, 2)
    return nearest
