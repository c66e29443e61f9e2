"""
People reached, people inside the drawing, and why the two differ.

The count is from travel times; the drawing is only a drawing. Its error is measured on the same
people, both ways: a sum of zero may hide as many wrongly inside as wrongly outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.catchments.reach import MS
from slgeo.routing.asking import FROM_ORIGINS, snapped
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from slgeo.catchments.reach import Reach
    from slgeo.network.snapping import Snapped

WORTH_A_NOTE: Final = 0.10
"""Share by which drawing and count differ from which a row says why (issue: 10 %)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class People:
    """
    Where people start, joined to the roads, and in order of their easting.

    Parameters
    ----------
    x, y
        Coordinates, metres.
    people
        People at each.
    homes
        The points as they joined the roads.
    by_x
        Positions in order of `x`.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    people: NDArray[np.float64]
    homes: Snapped
    by_x: NDArray[np.intp]

    @classmethod
    def of(cls, reach: Reach, origins: gpd.GeoDataFrame) -> People:
        """
        Join origins to the roads as travel times do.

        Raises
        ------
        TableError
            Where origins lack columns, keys or metric points.
        """
        checked(origins, FROM_ORIGINS, source="catchments")
        points = origins.geometry.to_crs(reach.network.crs)
        x: NDArray[np.float64] = np.asarray(points.x, np.float64)
        y: NDArray[np.float64] = np.asarray(points.y, np.float64)
        return cls(
            x=x,
            y=y,
            people=origins["people"].to_numpy(np.float64),
            homes=snapped(reach.network, points, reach.max_snap),
            by_x=np.argsort(x, kind="stable"),
        )

    def inside(self, shapes: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """
        Find the origins inside shapes of which each lies within the next.

        Returns
        -------
        tuple
            Positions of the origins inside the largest, and the smallest shape each is in.
        """
        import shapely

        if not len(shapes) or shapes[-1].is_empty:
            return np.empty(0, np.intp), np.empty(0, np.intp)
        west, south, east, north = shapes[-1].bounds
        xs = self.x[self.by_x]
        found = self.by_x[np.searchsorted(xs, west) : np.searchsorted(xs, east, "right")]
        found = found[(self.y[found] >= south) & (self.y[found] <= north)]
        level = np.full(len(found), len(shapes))
        still = np.arange(len(found))
        for at in range(len(shapes) - 1, -1, -1):
            shapely.prepare(shapes[at])
            at_home = found[still]
            still = still[shapely.intersects_xy(shapes[at], self.x[at_home], self.y[at_home])]
            level[still] = at
        kept = level < len(shapes)
        return found[kept], level[kept]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    How catchments are drawn.

    Parameters
    ----------
    minutes
        Thresholds, ascending.
    bands
        Whether each is drawn without the one before it.
    cell, off_road
        Side of a cell, and farthest from a road that is drawn, metres.
    walking_kmh
        Speed of the walk to the road.
    tolerance
        Metres an outline may be moved by.
    """

    minutes: tuple[float, ...]
    bands: bool
    cell: float
    off_road: float
    walking_kmh: float
    tolerance: float

    @property
    def walk(self) -> float:
        """Milliseconds of the walk across one cell."""
        return self.cell * 3600.0 / self.walking_kmh


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compared:
    """
    Origins that are reached or drawn, of one group.

    Parameters
    ----------
    origin
        Positions.
    milliseconds
        Time of each, above every threshold where it is drawn but not reached.
    reached, drawn
        First threshold that each is within, by time and in the drawing; the number of thresholds
        where in none.
    """

    origin: NDArray[np.intp]
    milliseconds: NDArray[np.int64]
    reached: NDArray[np.intp]
    drawn: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        people: People,
        shapes: NDArray[np.object_],
        minutes: Sequence[float],
        times: tuple[NDArray[np.int32], NDArray[np.int32]],
    ) -> Compared:
        """Set the origins reached, with their times, against those inside the shapes."""
        limits = np.floor(np.asarray(minutes) * MS + 1e-6).astype(np.int64)
        in_time = times[1] <= limits[-1]
        times = times[0][in_time], times[1][in_time]
        inside, level = people.inside(shapes)
        origin = np.union1d(times[0], inside).astype(np.intp)
        milliseconds = np.full(len(origin), np.iinfo(np.int64).max)
        milliseconds[np.searchsorted(origin, times[0])] = times[1]
        drawn = np.full(len(origin), len(minutes))
        drawn[np.searchsorted(origin, inside)] = level
        return cls(origin, milliseconds, np.searchsorted(limits, milliseconds), drawn)

    def figures(self, people: People, at: int, rule: Rule) -> dict[str, Any]:
        """Give the figures of one threshold, or of the band that ends at it."""
        reached, drawn = self.reached <= at, self.drawn <= at
        if rule.bands:
            reached, drawn = self.reached == at, self.drawn == at
        each = people.people[self.origin]
        count, inside = float(each[reached].sum()), float(each[drawn].sum())
        wrong = reached != drawn
        apart = abs(inside - count)
        return {
            "people": count,
            "people_in_drawing": inside,
            "people_difference": inside - count,
            "drawing_error": (inside - count) / count if count else np.nan,
            "people_wrongly_in": float(each[drawn & ~reached].sum()),
            "people_wrongly_out": float(each[reached & ~drawn].sum()),
            "note": self._why(people, wrong, at, rule) if apart > WORTH_A_NOTE * count else None,
        }

    def _why(self, people: People, wrong: NDArray[np.bool_], at: int, rule: Rule) -> str:
        """Say where those live who are in one of drawing and count only."""
        origin, times = self.origin[wrong], self.milliseconds[wrong]
        each = people.people[origin]
        far = people.homes.distance[origin] > rule.off_road
        limits = [rule.minutes[at]]
        if rule.bands and at:
            limits.append(rule.minutes[at - 1])
        # the walk from a cell's corner to its middle and back again
        near = np.any([np.abs(times - m * MS) <= rule.walk for m in limits], axis=0) & ~far
        other = ~near & ~far
        parts = [
            f"{people_of(each[which])} {words}"
            for which, words in (
                (near, f"live within {rule.walk / 1000:.0f} seconds of the limit, one cell's walk"),
                (far, f"live farther than {rule.off_road:g} m from a road"),
                (other, "live where the middle of their cell joins another road than they do"),
            )
            if each[which].sum() > 0
        ]
        points = "one point" if len(origin) == 1 else f"{len(origin)} points"
        return f"Drawing and count differ at {points}: " + "; ".join(parts) + "."


def people_of(each: NDArray[np.float64]) -> str:
    """Say how many people."""
    count = round(float(each.sum()))
    return "1 person" if count == 1 else f"{count:,} people"
