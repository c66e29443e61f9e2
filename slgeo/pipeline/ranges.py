"""
How far each finding rests on what was chosen: where people start, speeds, places, edge of roads.

Travel times of all areas are a census, so their uncertainty is not one of sampling. Each choice is
changed alone, the finding worked out again, and the least and the most are its range. Times are
searched anew only for other origins and for places that were left out; slower and faster travel are
the same times stretched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.reasons import BEYOND_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.inputs import Places
    from slgeo.pipeline.travel import Search
    from slgeo.results import Reach
    from slgeo.routing.times import TravelTimes

SPEEDS: Final = {
    "walk": (
        ("slower", 4.8 / 3.2, "as for people who walk at 3.2 km/h in place of 4.8"),
        ("faster", 4.8 / 5.1, "as at the 5.1 km/h of common route planners in place of 4.8"),
    ),
    "cycle": (
        ("slower", 1.25, "every journey a quarter longer"),
        ("faster", 0.8, "every journey a fifth shorter"),
    ),
    "drive": (
        ("slower", 1.25, "every journey a quarter longer, as in worse traffic"),
        ("faster", 0.8, "every journey a fifth shorter, as in lighter traffic"),
    ),
}
"""What times are multiplied by. On foot: the slow pace used for limited mobility, and the default
of the Valhalla router; by bicycle and car a quarter either way is our choice."""


def other_speeds(one: Reach) -> Sequence[tuple[str, float, str]]:
    """Give the speeds of :data:`SPEEDS` for a mode; a chosen walking speed varies by a quarter."""
    usual = one.times.speeds.split(",")[0] == "walk"
    return SPEEDS["cycle"] if one.mode == "walk" and not usual else SPEEDS.get(one.mode, ())


AS_FOUND: Final = "as found"
"""Name of the choice that stands."""

OVER: Final = {
    "origins": "starting points",
    "speed": "speeds",
    "places": "lists of places",
    "edge": "edges of the roads",
}
"""What is varied, in words and in the order they are said."""

UNTIMED: Final = " People with no time count at the"
"""Begins the last part of a comparison's sentence."""

ABOUT_AREAS: Final = "; this describes areas, not individuals"
"""Said in each comparison's sentence; where several follow each other it is said once."""

KEYS: Final = ("kind", "mode", "measure", "by", "group")
"""What a range is of; the choice under which a value was found comes after them."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """
    Minutes from every origin to its nearest place, under one choice.

    Parameters
    ----------
    name, about, words
        The choice, what was varied (a key of :data:`OVER`), and what it means.
    times
        Gives the origins: their areas and their people.
    minutes
        One an origin, infinite where there is none within the limit.
    limit
        Longest journey searched.
    """

    name: str
    about: str
    words: str
    times: TravelTimes
    minutes: npt.NDArray[np.float64]
    limit: float

    def by_area(self) -> npt.NDArray[np.float64]:
        """Average over the people of each area; those without a time count at the limit."""
        import numpy as np

        return self._lifted(np.where(np.isinf(self.minutes), self.limit, self.minutes))

    def beyond(self, minutes: float) -> npt.NDArray[np.float64]:
        """Share of each area's people further than so many minutes, or without a time."""
        return self._lifted((self.minutes > minutes).astype(float))

    def _lifted(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Average over each area; missing where none of its points could be joined to a road."""
        import numpy as np

        from slgeo.access.lift import mean_by_area

        if self.about != "origins":
            return mean_by_area(self.times, values)
        # A rough point that falls far from any road says nothing of how far people have to go.
        joined = np.array([reason in (None, BEYOND_LIMIT) for reason in self.times.reason], float)
        share = mean_by_area(self.times, joined)
        out = np.full(len(share), np.nan)
        np.divide(mean_by_area(self.times, values * joined), share, out=out, where=share > 0)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """
    What was found under every choice.

    Parameters
    ----------
    ranges
        The ``ranges`` table: one row a finding and a choice.
    equity
        The ``equity`` table: one row a comparison, with its range and sentence.
    """

    ranges: pd.DataFrame
    equity: pd.DataFrame


def try_choices(
    study: Study,
    *,
    areas: gpd.GeoDataFrame,
    places: Places,
    origins: Sequence[gpd.GeoDataFrame],
    searches: Mapping[str, Search],
    reached: Sequence[Reach],
    exits: Mapping[str, npt.NDArray[np.float64]],
) -> Tried:
    """
    Work out who is too far, and every comparison between groups, under each choice in turn.

    Parameters
    ----------
    study
        What was asked for.
    areas, places
        Checked inputs.
    origins
        Where people start: the choice that stands, then the next best, where there is one.
    searches
        Travel times by mode.
    reached
        What was found for each kind and mode.
    exits
        By mode: minutes from each origin to where the roads supplied end.
    """
    import numpy as np
    import pandas as pd

    from slgeo.equity import contrasts

    compared = contrasts(areas)
    people = areas["population"].where(areas["in_study"], 0.0).to_numpy(dtype=float)
    everyone = float(people.sum()) or float("nan")
    rows: list[dict[str, Any]] = []
    equity: list[dict[str, Any]] = []
    for one in reached:
        choices = list(_choices(one, places, origins, searches[one.mode], exits[one.mode]))
        beyond = study.gaps.beyond(one.mode)
        names = [choice.name for choice in choices]
        shares = _filled([choice.beyond(beyond) for choice in choices])
        key = (one.kind, one.mode)
        rows += _rows(
            (*key, f"share_beyond_{beyond:g}", "", "everyone"), choices, people @ shares / everyone
        )
        minutes = pd.DataFrame(
            _filled([choice.by_area() for choice in choices]), one.times.areas, names
        )
        over = said({choice.about for choice in choices})
        for pair in compared:
            found = pair.difference(minutes).to_numpy()
            rows += _rows((*key, "nearest", pair.by, pair.group), choices, found)
            low, high = _ends(found)
            equity.append(
                {
                    **dict(zip(KEYS, (*key, "nearest", pair.by, pair.group), strict=True)),
                    "statistic": "difference",
                    "value": float(found[0]),
                    "low": low,
                    "high": high,
                    "people": pair.people,
                    "n": float(pair.n),
                    "sentence": _sentence(pair, float(found[0]), low, high, over, one),
                }
            )
    names = ["value", "low", "high", "people", "n", "sentence"]
    table = pd.DataFrame(
        equity, columns=["kind", "mode", "measure", "statistic", "by", "group", *names]
    )
    ranges = pd.DataFrame(rows, columns=[*KEYS, "choice", "value", "changed", "meaning"])
    ranges["value"] = ranges["value"].astype(np.float64)
    return Tried(
        ranges=ranges.set_index([*KEYS, "choice"]),
        equity=table.set_index(["kind", "mode", "measure", "statistic", "by", "group"])[names],
    )


def range_of(ranges: pd.DataFrame, *key: str) -> tuple[float, float]:
    """
    Find the least and the most that a finding came to over what was tried.

    Parameters
    ----------
    ranges
        The ``ranges`` table.
    key
        Kind, mode, measure, grouping and group.
    """
    found = ranges.xs(key, level=list(KEYS))["value"].to_numpy(dtype=float)
    return _ends(found)


def _choices(
    one: Reach,
    places: Places,
    origins: Sequence[gpd.GeoDataFrame],
    search: Search,
    exits: npt.NDArray[np.float64],
) -> Iterator[Choice]:
    """Yield the choice that stands, then every other that can be tried for a kind and mode."""
    import numpy as np

    from slgeo.results import unsafe_origins

    near, limit = _nearest(one.times), float(one.times.limit)
    yield Choice(AS_FOUND, "", "the choices that stand", one.times, near, limit)
    sites = places.sites[places.sites["kind"] == one.kind]
    for homes in origins[1:]:
        times = search.times(homes, sites, nearest=1)
        kind = _commonest(homes)
        words = f"people start from {kind.replace('_', ' ')}s"
        yield Choice(f"{kind} origins", "origins", words, times, _nearest(times), limit)
    for name, factor, words in other_speeds(one):
        yield Choice(name, "speed", words, one.times, _stretched(near, factor), limit * factor)
    more = _left_out(places, one.kind)
    if len(more):
        added = np.minimum(near, _nearest(search.times(origins[0], more, nearest=1)))
        words = f"with {len(more)} places that the default list leaves out"
        yield Choice("more places", "places", words, one.times, added, limit)
    doubtful = sites["position_note"].notna() if "position_note" in sites else None
    if doubtful is not None and doubtful.any() and not doubtful.all():
        sure = _nearest(search.times(origins[0], sites[~doubtful], nearest=1))
        words = f"without {int(doubtful.sum())} places whose position is doubtful"
        yield Choice("sure places", "places", words, one.times, sure, limit)
    unsafe = unsafe_origins(one.times, exits)
    if (unsafe & (one.times.people > 0)).any():
        served = np.where(unsafe, np.minimum(near, exits), near)
        words = "with a place just beyond each end of the roads supplied"
        yield Choice("places at the edge", "edge", words, one.times, served, limit)


def _left_out(places: Places, kind: str) -> gpd.GeoDataFrame:
    """Take the places of a kind that the default list leaves out and the study does not."""
    from slgeo.pipeline.counted import lifted

    out = places.left_out
    return out[lifted(out) & (out["kind"] == kind) & out["reason"].isna()]


def _nearest(times: TravelTimes) -> npt.NDArray[np.float64]:
    import numpy as np

    from slgeo.access.nearest_site import kth

    return np.nan_to_num(kth(times, 1), nan=np.inf)


def _stretched(minutes: npt.NDArray[np.float64], factor: float) -> npt.NDArray[np.float64]:
    """Stretch times, to whole milliseconds as :func:`slgeo.access.at_other_speed` does."""
    import numpy as np

    stretched: npt.NDArray[np.float64] = np.round(minutes * 60_000 * factor) / 60_000
    return stretched


def _commonest(homes: gpd.GeoDataFrame) -> str:
    return str(homes["kind"].mode().iloc[0]) if len(homes) else "no"


def _filled(columns: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Set choices side by side; an area that one says nothing of keeps what was found."""
    import numpy as np

    return np.column_stack([np.where(np.isnan(one), columns[0], one) for one in columns])


def _rows(
    key: tuple[str, ...], choices: Sequence[Choice], values: Iterable[float]
) -> list[dict[str, Any]]:
    return [
        {
            **dict(zip(KEYS, key, strict=True)),
            "choice": choice.name,
            "value": float(value),
            "changed": OVER.get(choice.about, "nothing"),
            "meaning": choice.words,
        }
        for choice, value in zip(choices, values, strict=True)
    ]


def _ends(found: npt.NDArray[Any]) -> tuple[float, float]:
    """Take the least and the most; missing where there is no other choice, or one has no value."""
    import numpy as np

    values = found.astype(float)
    if len(values) < 2 or np.isnan(values).any():
        return float("nan"), float("nan")
    return float(np.min(values)), float(np.max(values))


def said(about: set[str]) -> str:
    """
    Say what was varied.

    Examples
    --------
    >>> said({"speed", "origins"})
    'starting points and speeds'
    """
    words = [word for key, word in OVER.items() if key in about]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _sentence(
    pair: Any,  # noqa: ANN401 - a Contrast: equity is imported late
    value: float,
    low: float,
    high: float,
    over: str,
    one: Reach,
) -> str:
    from slgeo.equity import contrast_sentence

    words = contrast_sentence(pair, value, low, high, over)
    if value != value:  # noqa: PLR0124 - NaN
        return words
    if "income" in pair.by:
        words = f"By income alone: {words}"
    if one.without.to_numpy().sum() > 0:
        words += f"{UNTIMED} {one.times.limit:g} minutes searched."
    return words
