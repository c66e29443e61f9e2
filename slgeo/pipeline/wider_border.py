"""
What a study's border does to its answers: how far roads, places and people go on beyond it.

Nothing wider than what was supplied can be computed, so the same sensitivity is shown the other way
round: everything is worked out again as if roads, places and people ended sooner. Where they go on
beyond the study, half of that is taken away; where they stop at its border, the border is drawn in,
and the areas that then lie wholly inside are compared. The areas whose answer changes are named,
and set against those that the time to the end of the roads marks as unsafe.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.pipeline.border_reach import Surroundings, border_reach, study_outline
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.travel import CATCHMENT, Search
from slgeo.pipeline.words import TRAVEL, people
from slgeo.report.border_tables import BORDER_CHANGES, BORDER_REACH, BORDER_TEST
from slgeo.sources.cache import hash_file, hash_of
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from slgeo.results import Reach
    from slgeo.routing.times import TravelTimes

ROOM: Final = 1_000.0
"""Metres beyond the study, at half of its border, from which the surroundings are halved rather
than the border drawn in: less than that is the margin of an extract cut at the border itself."""

DRAWN_IN: Final = 0.1
"""How far the border is drawn in, as a part of the side of a square as large as the study (ours:
about as far as a walk of half an hour in a rural county)."""

MOST_NODES: Final = 60_000
"""Nodes of a network beyond which the first kind of place alone is compared: a search for each
kind would take as long again as the run's own."""

CHANGED: Final = 1.0
"""Minutes by which an answer has to differ to be another answer."""

MOST_NAMED: Final = 5
"""Areas named in the printed summary; the table has all."""

PER_HEAD: Final = 0.1
"""Part by which a per-head figure has to differ (ours)."""


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """
    A border nearer than the one of what was supplied.

    Parameters
    ----------
    outline
        Where roads, places and people are still known.
    words
        What it is, to be read after "had".
    drawn_in
        Whether it lies inside the study.
    kilometres
        How far beyond the study it is, or inside.
    """

    outline: Polygon | MultiPolygon
    words: str
    drawn_in: bool
    kilometres: float


def wider_border(context: Context) -> Part | None:
    """
    Say how far beyond the study its data reach, and which answers hang on that.

    Returns
    -------
    Part or None
        Tables ``border_reach``, ``border_test`` and ``border_changes``, and what they say: of every
        kind of place, or on large networks of the first.
    """
    import pandas as pd

    found = context.found
    around = border_reach(context)
    reach = checked(around.table, BORDER_REACH)
    border = narrower(found.areas, around)
    tested, changes = [], []
    if border is not None:
        inside = _Inside(context, border)
        for one in found.reached:
            large = context.networks[one.mode].nodes > MOST_NODES
            if large and one.kind != found.reached[0].kind:
                continue
            table = _compared(context, one, border, inside)
            if len(table):
                tested.append({"kind": one.kind, "mode": one.mode, **_summed(table, border)})
                changes.append(table[table["changed"]].assign(kind=one.kind, mode=one.mode))
    keys = ["kind", "mode"]
    test = pd.DataFrame(tested, columns=[*keys, *_names(BORDER_TEST)]).set_index(keys)
    listed = [one.reset_index() for one in changes] or [pd.DataFrame(columns=["area", *keys])]
    changed = pd.concat(listed).reindex(columns=["area", *keys, *_names(BORDER_CHANGES)])
    changed = changed.set_index(["area", *keys]).astype({"name": "str", "marked": bool})
    first = found.reached[0]
    lines = [
        *_in_short(test, border, first),
        *_how_far(context, reach),
        *_what_changes(test, changed, border, first),
    ]
    return Part(
        heading="The border",
        lines=tuple(lines),
        brief=2,
        tables={
            "border_reach": reach,
            "border_test": checked(test.astype({"border": "str"}), BORDER_TEST),
            "border_changes": checked(_numbers(changed), BORDER_CHANGES),
        },
    )


def narrower(areas: gpd.GeoDataFrame, around: Surroundings) -> Border | None:
    """
    Choose the border to compare with.

    Returns
    -------
    Border or None
        Half-way between the study and the end of the roads where they go on beyond it, else drawn
        in; None where the study is too small to draw its border in.
    """
    outline = study_outline(areas)
    room = around.room
    if room >= ROOM:
        further = room / 2
        return Border(
            outline.buffer(further),
            f"the roads, places and people around the study ended {further / 1000:.1f} km beyond "
            "it, half as far as they do",
            drawn_in=False,
            kilometres=further / 1000,
        )
    nearer = DRAWN_IN * float(np.sqrt(outline.area))
    inner = outline.buffer(-nearer)
    if inner.is_empty:
        return None
    return Border(
        inner,
        f"roads and places ended {nearer / 1000:.1f} km sooner",
        drawn_in=True,
        kilometres=-nearer / 1000,
    )


def _names(table: Any) -> list[str]:  # noqa: ANN401 - a Table
    return [column.name for column in table.columns]


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns their type where a frame has no rows."""
    numbers = {c.name: float for c in BORDER_CHANGES.columns if c.kind in {"number", "count"}}
    return frame.astype(numbers)


class _Inside:
    """What is left with the nearer border, each worked out once and only if asked for."""

    def __init__(self, context: Context, border: Border) -> None:
        self.context, self.border = context, border
        self._searches: dict[str, Search] = {}
        self._exits: dict[str, NDArray[np.float64]] = {}

    @functools.cached_property
    def homes(self) -> gpd.GeoDataFrame:
        """Where people start, of those inside."""
        homes = self.context.found.origins
        return homes[homes.geometry.within(self.border.outline)]

    @functools.cached_property
    def areas(self) -> pd.Index[Any]:
        """Areas of the study all of whose people start inside."""
        found = self.context.found
        outside = found.origins.index.difference(self.homes.index)
        crossed = set(found.origins.loc[outside, "area"])
        own = found.areas[found.areas["in_study"] & (found.areas["population"] > 0)]
        return own.index[~own.index.isin(crossed)].rename("area")

    def search(self, mode: str) -> Search:
        """Search on the roads that are left."""
        if mode not in self._searches:
            from slgeo.network.narrowed import narrowed

            whole = self.context.searches[mode]
            outline = self.border.outline
            self._searches[mode] = Search(
                self.context.study,
                narrowed(whole.network, outline),
                hash_of("narrowed", whole.network_key, outline.wkb_hex),
                self.context.found.areas.index,
                self.context.cache,
                fresh=whole.fresh,
                prepare=False,
            )
        return self._searches[mode]

    def exits(self, mode: str) -> NDArray[np.float64]:
        """Minutes to the end of the roads that are left."""
        if mode not in self._exits:
            self._exits[mode] = self.search(mode).exits(self.homes)
        return self._exits[mode]


def _compared(context: Context, one: Reach, border: Border, inside: _Inside) -> pd.DataFrame:
    """Work one measure out again with the nearer border, or load what that gave."""
    import pandas as pd

    from slgeo.errors import NetworkError

    found, search = context.found, context.searches[one.mode]
    sites = found.places.sites
    of_kind = sites[sites["kind"] == one.kind]
    beyond = context.study.gaps.beyond(one.mode)
    travel = context.study.travel
    settings = [border.outline.wkb_hex, travel.limit[one.mode], CATCHMENT, beyond]
    asked = [*settings, travel.direction, travel.max_snap, hash_file(__file__)]
    flags = _fingerprint_of(found.areas)
    key = f"{search.key('border', found.origins, of_kind, *asked, flags)}.parquet"
    if not search.fresh and context.cache.has(key):
        with contextlib.suppress(OSError, ValueError):  # a damaged file is made again
            return pd.read_parquet(context.cache.path(key))
    try:
        table = _recomputed(one, of_kind, inside, beyond)
    except NetworkError:
        return pd.DataFrame()  # no road of this mode lies inside
    with context.cache.writing(key) as path:
        table.to_parquet(path)
    return table


def _fingerprint_of(areas: gpd.GeoDataFrame) -> str:
    """Hash which areas are the study's: their people are in the origins already."""
    inside = areas["in_study"].astype(int).map(str)
    return hash_of(list(map(str, areas.index)), list(inside), list(map(str, areas["name"])))


def _recomputed(
    one: Reach, of_kind: gpd.GeoDataFrame, inside: _Inside, beyond: float
) -> pd.DataFrame:
    """Make the table of one comparison, a row an area that can be compared."""
    import pandas as pd

    from slgeo.access import decay, one_each, two_step
    from slgeo.results import reach

    found, index = inside.context.found, inside.areas
    if index.empty:
        return pd.DataFrame()
    cut = inside.search(one.mode)
    near = of_kind[of_kind.geometry.within(inside.border.outline)]
    times = cut.times(inside.homes, near, nearest=1)
    again = reach(times, kind=one.kind, exits=inside.exits(one.mode))
    pairs = cut.times(inside.homes, near, limit=max(CATCHMENT, beyond))
    per_head = two_step(pairs, one_each(pairs), decay=decay.truncated_gaussian(CATCHMENT))
    before = found.by_area.xs((one.kind, one.mode), level=("kind", "mode")).reindex(index)
    at = one.times.origins.get_indexer(again.times.origins)
    off_road = _off_road(again.times) & ~_off_road(one.times)[at]
    column = f"people_beyond_{beyond:g}"
    table = pd.DataFrame(
        {
            "name": found.areas.loc[index, "name"].astype("str"),
            "people": before["people"],
            "people_changed": _people_changed(one.times, again.times, index),
            "minutes": before["minutes_median"],
            "minutes_narrower": again.table["minutes_median"].reindex(index),
            "people_beyond": before[column],
            "people_beyond_narrower": before["people"]
            - _within(again.within, beyond).reindex(index),
            "per_10000": before["per_10000"],
            "per_10000_narrower": per_head.reindex(index),
            "people_marked": again.unsafe.reindex(index)
            + _by_area(again.times, again.times.people * off_road).reindex(index),
        }
    )
    old, new = table["minutes"], table["minutes_narrower"]
    table["changed"] = ((old - new).abs() > CHANGED) | (old.isna() != new.isna())
    table["marked"] = table["people_marked"] >= 0.5
    return table


def _within(within: pd.DataFrame, beyond: float) -> pd.Series[Any]:
    column: pd.Series[Any] = within[min(int(beyond), int(within.columns[-1]))]
    return column


def _off_road(times: TravelTimes) -> NDArray[np.bool_]:
    """Tell which origins have no answer at all: the roads they are on lead nowhere."""
    from slgeo.reasons import BEYOND_LIMIT

    return np.array([reason not in (None, BEYOND_LIMIT) for reason in times.reason], bool)


def _by_area(times: TravelTimes, values: NDArray[np.float64]) -> pd.Series[Any]:
    import pandas as pd

    from slgeo.access.lift import total_by_area

    return pd.Series(total_by_area(times, values), index=times.areas.rename("area"))


def _people_changed(before: TravelTimes, after: TravelTimes, index: pd.Index[Any]) -> Any:  # noqa: ANN401 - a Series of people
    """Count people whose own time differs by over a minute, or who have one only once."""
    old = before.nearest()["minutes"].reindex(after.origins).to_numpy(float)
    new = after.nearest()["minutes"].to_numpy(float)
    differs = (np.abs(old - new) > CHANGED) | (np.isnan(old) != np.isnan(new))
    return _by_area(after, after.people * differs).reindex(index)


def _summed(table: pd.DataFrame, border: Border) -> dict[str, Any]:
    """Sum one comparison up."""
    changed = table["changed"]
    old, new = table["per_10000"], table["per_10000_narrower"]
    per_head = (old - new).abs() > PER_HEAD * old.fillna(0.0)
    return {
        "border": "drawn in" if border.drawn_in else "half of what lies around",
        "border_km": border.kilometres,
        "areas": float(len(table)),
        "areas_changed": float(changed.sum()),
        "share_changed": float(changed.mean()),
        "people": float(table["people"].sum()),
        "people_changed": float(table["people_changed"].sum()),
        "changed_and_marked": float((changed & table["marked"]).sum()),
        "areas_marked": float(table["marked"].sum()),
        "people_beyond": float(table["people_beyond"].sum()),
        "people_beyond_narrower": float(table["people_beyond_narrower"].sum()),
        "areas_per_head_changed": float(per_head.sum()),
    }


def _in_short(test: pd.DataFrame, border: Border | None, first: Reach) -> Iterator[str]:
    """Say what share of the areas would show another answer for the first kind of place."""
    rows = test[test.index.get_level_values("kind") == first.kind]
    if border is None or rows.empty:
        yield (
            "The study is too small to draw its border in, so how far answers hang on the border "
            "was not tested."
        )
        return
    lie = " that lie wholly inside" if border.drawn_in else ""
    shares = ", ".join(
        f"{row['areas_changed']:.0f} by {mode} ({row['share_changed']:.0%})"
        for mode, row in rows.droplevel("kind").iterrows()
    )
    changed, caught = rows["areas_changed"].sum(), rows["changed_and_marked"].sum()
    marks = "all" if caught == changed else f"{caught:.0f} of these {changed:.0f}"
    yield (
        f"Had {border.words}, {shares} of {rows['areas'].max():.0f} areas{lie} would have had "
        f"another answer for {first.kind}, by over {CHANGED:g} minute"
        + (f"; {marks} would have been marked unsafe." if changed else ".")
    )


def _how_far(context: Context, reach: pd.DataFrame) -> Iterator[str]:
    """Say how far roads, places and areas go on beyond the study."""
    for mode in context.networks:
        row = reach.loc[[("roads", mode)]].iloc[0]
        enough = row["people_enough"] / row["people"] if row["people"] else 0.0
        yield (
            f"Roads open to {mode} go on {row['half_km']:.1f} km beyond the study's border at "
            f"half of its length ({row['least_km']:.1f} km where least); in "
            f"{row['minutes_needed']:g} minutes {TRAVEL[mode]} people go up to "
            f"{row['needed_km']:.1f} km. For {enough:.0%} of people the roads go on for "
            f"{row['minutes_needed']:g} minutes or more."
        )
    places = reach.xs("places", level="what")
    if len(places):
        row = places.iloc[0]
        far = f", the farthest {row['farthest_km']:.0f} km off" if row["count"] else ""
        kind = context.found.reached[0].kind
        lie = "place lies" if row["count"] == 1 else "places lie"
        yield f"{row['count']:,.0f} {kind} {lie} beyond it{far}."
    around = reach.xs("areas", level="what")
    if len(around):
        row = around.iloc[0]
        yield (
            f"{row['count']:,.0f} areas around it count as competing demand, to "
            f"{row['half_km']:.1f} km at half of its length."
            if row["count"]
            else "No areas around it were given, so nobody from beyond competes for its places."
        )


def _what_changes(
    test: pd.DataFrame, changed: pd.DataFrame, border: Border | None, first: Reach
) -> Iterator[str]:
    """Say of every kind which areas would show another answer, and whether they were marked."""
    if border is None or test.empty:
        return
    for mode in dict.fromkeys(map(str, test.index.get_level_values("mode"))):
        rows = test.xs(mode, level="mode")
        said = [
            f"{kind} {row['areas_changed']:.0f} ({row['share_changed']:.0%})"
            for kind, row in rows.iterrows()
            if row["areas_changed"] > 0
        ]
        yield (
            f"Areas with another answer by {mode}, by over {CHANGED:g} minute: "
            f"{', '.join(said) or 'none for any kind of place'}."
        )
        headline = rows[(rows.index == first.kind) & (rows["areas_changed"] > 0)]
        for _, row in headline.iterrows():
            names = changed.xs((first.kind, mode), level=("kind", "mode"))["name"].tolist()
            others = " and others" if len(names) > MOST_NAMED else ""
            yield (
                f"For {first.kind} these are {', '.join(names[:MOST_NAMED])}{others}: "
                f"{people(row['people_changed'])} of {people(row['people'])} people."
            )
    caught, all_ = float(test["changed_and_marked"].sum()), float(test["areas_changed"].sum())
    if all_:
        whole = "all" if caught == all_ else f"{caught:.0f} of {all_:.0f}"
        yield (
            f"Over all compared {whole} of these changes were in areas that the time to the end of "
            "the roads would have marked unsafe."
        )
    if border.drawn_in:
        yield (
            "Nothing was supplied beyond the study to compare with; answers near its own border "
            "hang on what lies beyond as much as these do, and are marked unsafe."
        )
