"""
Travel times as a sparse table that remembers everyone, with or without a time.

:class:`TravelTimes` holds the pairs of origin and site that a search reached, and beside them every
origin and every site it was asked about, with a reason where there is no time. Measures, gaps and
maps all start from it, whether slgeo computed the times or another tool did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from slgeo import reasons
from slgeo.errors import AccessError, TableError
from slgeo.routing.times_checks import (
    check_pairs,
    faults,
    missing,
    objects,
    reasons_of,
    require_columns,
)
from slgeo.routing.times_store import read_times, write_times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Direction = Literal["to", "from"]
"""``to``: from the origin to the site. ``from``: from the site to the origin."""

MS_PER_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TravelTimes:
    """
    Travel times between origins and sites, sparse, with reasons for what has none.

    Parameters
    ----------
    mode
        How people travel: ``walk``, ``cycle``, ``drive``, or whatever another tool was asked for.
    direction
        ``to``: from the origin to the site. ``from``: the way back.
    limit
        Longest time searched, in minutes, inclusive.
    speeds
        Name of the speed profile, for captions.
    origins, sites
        Keys of the origins and sites asked about, unique, reached or not.
    area, people
        Small area and number of people of each origin.
    start, site, milliseconds
        Rows of origin ``i`` are ``start[i]:start[i + 1]``: the position in ``sites`` and the time
        in milliseconds, sorted by time, then by position. 0 ms is a real trip.
    reason
        Why an origin has no row (a word of :mod:`slgeo.reasons`); None where it has one.
    site_reason
        Why a site can have no time; None where it can.
    kept
        k where only the k nearest sites of each origin were kept; None where all within the limit
        were.
    areas
        Every area of the study and its context, those without origins included.

    Raises
    ------
    TableError
        Where the arrays do not fit together; names every fault.

    Examples
    --------
    >>> import pandas as pd
    >>> from slgeo.routing.times import TravelTimes
    >>> homes = pd.DataFrame(
    ...     {"area": ["A", "B"], "people": [30, 70]}, index=pd.Index(["h1", "h2"], name="origin")
    ... )
    >>> table = pd.DataFrame({"origin": ["h1"], "site": ["gp"], "minutes": [4.5]})
    >>> times = TravelTimes.from_frame(table, homes, ["gp"], limit=60, mode="walk")
    >>> times.nearest()[["minutes", "reason"]].values.tolist()
    [[4.5, None], [nan, 'beyond_limit']]
    """

    mode: str
    direction: Direction
    limit: float
    speeds: str
    origins: pd.Index[Any]
    sites: pd.Index[Any]
    area: NDArray[np.object_]
    people: NDArray[np.float64]
    start: NDArray[np.int64]
    site: NDArray[np.int32]
    milliseconds: NDArray[np.int32]
    reason: NDArray[np.object_]
    site_reason: NDArray[np.object_]
    kept: int | None
    areas: pd.Index[Any]

    def __post_init__(self) -> None:
        found = list(faults(self))
        if found:
            raise TableError("travel times: " + "; ".join(found))

    def __repr__(self) -> str:
        kept = f", the {self.kept} nearest of each" if self.kept is not None else ""
        without = int((~missing(self.reason)).sum())
        return (
            f"<TravelTimes {self.mode}, {self.direction} the site, {self.limit:g} min{kept}: "
            f"{len(self.site):,} times from {len(self.origins):,} origins "
            f"({without:,} without a time) to {len(self.sites):,} sites>"
        )

    def __len__(self) -> int:
        """Count the pairs that have a time."""
        return len(self.site)

    # ---------------------------------------------------------------- in and out

    @classmethod
    def from_frame(  # noqa: PLR0913  # each option is a caption's fact and keyword-only
        cls,
        frame: pd.DataFrame,
        origins: pd.DataFrame,
        sites: pd.DataFrame | pd.Index[Any] | Sequence[str],
        *,
        limit: float,
        mode: str,
        direction: Direction = "to",
        speeds: str = "not stated",
        kept: int | None = None,
        areas: pd.Index[Any] | Sequence[str] | None = None,
    ) -> TravelTimes:
        """
        Take times from a long table, one row a pair.

        Parameters
        ----------
        frame
            Columns ``origin``, ``site``, ``minutes``; a pair without minutes was not reached.
        origins
            Indexed by origin, with ``area`` and ``people``; ``reason`` where an origin can have
            no time. Those that have no row stay, with a reason.
        sites
            Every site asked about: their keys, or a table indexed by them with a ``reason`` where
            a site can have no time.
        limit
            Longest time searched, in minutes: a pair that is absent is further than this.
        mode, direction, speeds, kept, areas
            As in :class:`TravelTimes`; ``areas`` defaults to those of the origins.

        Returns
        -------
        TravelTimes
            With times rounded to the millisecond.

        Raises
        ------
        TableError
            For absent columns, unknown or repeated pairs, negative times, or times over the limit.
        """
        require_columns(frame, ("origin", "site", "minutes"), "travel times")
        require_columns(origins, ("area", "people"), "origins")
        origin_keys = pd.Index(origins.index, name="origin")
        site_reason: NDArray[np.object_] | None = None
        if isinstance(sites, pd.DataFrame):
            site_reason = reasons_of(sites)
            site_keys = pd.Index(sites.index, name="site")
        else:
            site_keys = pd.Index(sites, name="site")
            if len(site_keys) == 0:
                site_keys = site_keys.astype(object)
        reached = frame.loc[frame["minutes"].notna()]
        o = origin_keys.get_indexer(pd.Index(reached["origin"]))
        s = site_keys.get_indexer(pd.Index(reached["site"]))
        minutes = reached["minutes"].to_numpy(np.float64)
        check_pairs(reached, o, s, minutes, limit)
        return cls.from_pairs(
            o.astype(np.int64),
            s.astype(np.int32),
            np.rint(minutes * MS_PER_MINUTE).astype(np.int32),
            mode=mode,
            direction=direction,
            limit=float(limit),
            speeds=speeds,
            origins=origin_keys,
            sites=site_keys,
            area=origins["area"].to_numpy(object),
            people=origins["people"].to_numpy(np.float64),
            reason=reasons_of(origins),
            site_reason=site_reason,
            kept=kept,
            areas=areas,
        )

    @classmethod
    def from_pairs(  # noqa: PLR0913  # one argument a field: it is the constructor
        cls,
        origin: NDArray[np.int64],
        site: NDArray[np.int32],
        milliseconds: NDArray[np.int32],
        *,
        mode: str,
        direction: Direction,
        limit: float,
        speeds: str,
        origins: pd.Index[Any],
        sites: pd.Index[Any],
        area: NDArray[np.object_],
        people: NDArray[np.float64],
        reason: NDArray[np.object_] | None = None,
        site_reason: NDArray[np.object_] | None = None,
        kept: int | None = None,
        areas: pd.Index[Any] | Sequence[str] | None = None,
    ) -> TravelTimes:
        """
        Make travel times from positions of origins and sites, in any order.

        Parameters
        ----------
        origin, site, milliseconds
            One element a pair; a pair occurs once.
        reason, site_reason
            Why an origin or site can have no time, None where it can; an origin that can but has no
            pair is beyond the limit.
        mode, direction, limit, speeds, origins, sites, area, people, kept, areas
            As in :class:`TravelTimes`.

        Returns
        -------
        TravelTimes
            Sorted, with every origin and site.
        """
        start = np.zeros(len(origins) + 1, np.int64)
        np.cumsum(np.bincount(origin, minlength=len(origins)), out=start[1:])
        order = _row_order(origin, milliseconds, site)
        why = objects([None] * len(origins)) if reason is None else reason.copy()
        has = np.diff(start) > 0
        why[has] = None
        why[~has & missing(why)] = reasons.BEYOND_LIMIT
        return cls(
            mode=mode,
            direction=direction,
            limit=limit,
            speeds=speeds,
            origins=origins,
            sites=sites,
            area=area,
            people=people,
            start=start,
            site=np.ascontiguousarray(site[order], np.int32),
            milliseconds=np.ascontiguousarray(milliseconds[order], np.int32),
            reason=why,
            site_reason=(objects([None] * len(sites)) if site_reason is None else site_reason),
            kept=kept,
            areas=pd.Index(pd.unique(area) if areas is None else areas, name="area"),
        )

    def to_frame(self) -> pd.DataFrame:
        """
        List the pairs that have a time.

        Returns
        -------
        pd.DataFrame
            Columns ``origin``, ``site``, ``minutes``, in the order of the origins, nearest first.
            Origins without a time are not in it: see :meth:`nearest` and :meth:`reasons`.
        """
        return pd.DataFrame(
            {
                "origin": self.origins.take(self.row_origin),
                "site": self.sites.take(self.site),
                "minutes": self.minutes,
            }
        )

    def to_parquet(self, path: Path | str) -> None:
        """
        Keep the whole table in one file, one row an origin, unreached origins included.

        Parameters
        ----------
        path
            File to write; columns ``origin``, ``area``, ``people``, ``reason``, and the lists
            ``site`` (position in the list of sites in the file's metadata) and ``milliseconds``.
        """
        write_times(self, path)

    @classmethod
    def from_parquet(cls, path: Path | str) -> TravelTimes:
        """
        Read what :meth:`to_parquet` wrote.

        Raises
        ------
        SourceError
            Where the file was not written by :meth:`to_parquet`, or is damaged.
        """
        return read_times(cls, path)

    # ---------------------------------------------------------------- looking at it

    @property
    def minutes(self) -> NDArray[np.float64]:
        """Time of each row, in minutes."""
        return self.milliseconds / MS_PER_MINUTE

    @property
    def row_origin(self) -> NDArray[np.int64]:
        """Position of the origin of each row."""
        return np.repeat(np.arange(len(self.origins), dtype=np.int64), np.diff(self.start))

    def nearest(self, k: int = 1) -> pd.DataFrame:
        """
        Find the k-th nearest site of every origin.

        Parameters
        ----------
        k
            1 for the nearest, 2 for the second nearest, and so on.

        Returns
        -------
        pd.DataFrame
            Indexed by origin, every origin present: ``minutes`` (missing where fewer than k sites
            were reached), ``site``, and ``reason``.

        Raises
        ------
        AccessError
            Where fewer than k sites of each origin were kept.
        """
        self.needs_kept(k)
        row = self.start[:-1] + (k - 1)
        has = row < self.start[1:]
        minutes = np.full(len(self.origins), np.nan)
        minutes[has] = self.minutes[row[has]]
        site = np.full(len(self.origins), None, dtype=object)
        site[has] = self.sites.to_numpy(object)[self.site[row[has]]]
        reason = self.reason.copy()
        reason[~has & missing(reason)] = reasons.BEYOND_LIMIT
        return pd.DataFrame(
            {
                "minutes": minutes,
                "site": pd.Series(site, index=self.origins, dtype=object),
                "reason": pd.Series(reason, index=self.origins, dtype=object),
            },
            index=self.origins,
        )

    def pivot(self) -> pd.DataFrame:
        """
        Spread the times to a wide table of minutes.

        Returns
        -------
        pd.DataFrame
            One row an origin, one column a site, missing where there is no time. Every origin and
            every site is there.
        """
        wide = np.full((len(self.origins), len(self.sites)), np.nan)
        wide[self.row_origin, self.site] = self.minutes
        return pd.DataFrame(wide, index=self.origins, columns=self.sites)

    def reasons(self) -> pd.DataFrame:
        """
        Count the origins and people without a time, by reason.

        Returns
        -------
        pd.DataFrame
            Indexed by ``reason`` in the order of :data:`slgeo.reasons.ALL`, those that occur:
            ``origins``, ``people``, and the ``sentence`` that explains it.
        """
        rows = [
            (word, int(mask.sum()), float(self.people[mask].sum()), reasons.SENTENCES[word])
            for word in reasons.ALL
            if (mask := np.array([r == word for r in self.reason], bool)).any()
        ]
        frame = pd.DataFrame(rows, columns=["reason", "origins", "people", "sentence"])
        return frame.astype({"reason": object, "origins": np.int64, "people": float}).set_index(
            "reason"
        )

    # ---------------------------------------------------------------- cutting it down

    def within(self, minutes: float) -> TravelTimes:
        """
        Keep the times up to a shorter limit.

        Parameters
        ----------
        minutes
            New limit, inclusive; at most the limit that was searched.

        Returns
        -------
        TravelTimes
            The same origins and sites; origins left without a row get ``beyond_limit``.

        Raises
        ------
        AccessError
            Where times were not searched that far.
        """
        if not 0 <= minutes <= self.limit:
            raise AccessError(
                f"times were searched up to {self.limit:g} minutes, so what lies within "
                f"{minutes:g} is not known; compute them with limit={minutes:g}"
            )
        return self._rows(self.milliseconds <= round(minutes * MS_PER_MINUTE), limit=float(minutes))

    def select(self, sites: pd.Index[Any] | Sequence[str] | NDArray[np.bool_]) -> TravelTimes:
        """
        Keep the times to some of the sites.

        Parameters
        ----------
        sites
            Keys of the sites to keep, or a true or false for each; the order of sites is kept.

        Returns
        -------
        TravelTimes
            The same origins; those left without a row get ``beyond_limit``.

        Raises
        ------
        AccessError
            Where only the nearest few were kept: a dropped site may hide the next one.
        TableError
            For a site that is not in the table.
        """
        if self.kept is not None:
            raise AccessError(
                f"only the {self.kept} nearest sites of each origin were kept, so times to some "
                "of the sites are not all known; compute them without nearest="
            )
        chosen = np.asarray(sites)
        if chosen.dtype != bool:
            keys = pd.Index(chosen)
            unknown = keys.difference(self.sites)
            if len(unknown):
                raise TableError(f"{len(unknown)} sites are unknown (first: {unknown[0]!r})")
            chosen = np.asarray(self.sites.isin(keys))
        elif len(chosen) != len(self.sites):
            raise TableError(f"{len(chosen)} true or false for {len(self.sites)} sites")
        kept = self._rows(chosen[self.site])
        position = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
        return replace(
            kept,
            sites=self.sites[chosen],
            site_reason=self.site_reason[chosen],
            site=position[kept.site],
        )

    def needs_kept(self, k: int) -> None:
        """
        Refuse a question about k sites where fewer were kept.

        Raises
        ------
        AccessError
            Where only some nearest sites were kept and k is more, or k is not positive.
        """
        if k < 1:
            raise AccessError(f"k is {k}; 1 is the nearest site")
        if self.kept is not None and k > self.kept:
            raise AccessError(
                f"only the {self.kept} nearest of each origin were kept; "
                f"compute times with nearest={k} or without nearest="
            )

    def _rows(self, mask: NDArray[np.bool_], *, limit: float | None = None) -> TravelTimes:
        """Keep some rows; origins that lose their last one are beyond the limit."""
        count = np.zeros(len(self.site) + 1, np.int64)
        np.cumsum(mask, out=count[1:])
        start = count[self.start]
        reason = self.reason.copy()
        reason[(np.diff(start) == 0) & missing(reason)] = reasons.BEYOND_LIMIT
        return replace(
            self,
            limit=self.limit if limit is None else limit,
            start=start,
            site=self.site[mask],
            milliseconds=self.milliseconds[mask],
            reason=reason,
        )


def _row_order(
    origin: NDArray[np.int64], milliseconds: NDArray[np.int32], site: NDArray[np.int32]
) -> NDArray[np.intp]:
    """Sort rows by origin, time and site: as one integer a row where the three fit in one."""
    if len(origin) == 0:
        return np.zeros(0, np.intp)
    bits = [int(column.max()).bit_length() for column in (milliseconds, site)]
    if int(origin.max()).bit_length() + sum(bits) > 63:
        return np.lexsort((site, milliseconds, origin))
    key = origin.astype(np.int64) << sum(bits)
    key |= milliseconds.astype(np.int64) << bits[1]
    return np.argsort(key | site)
