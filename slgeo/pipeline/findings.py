"""Everything a study found, from its travel times: one value that every output is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import AccessError
from slgeo.pipeline.ranges import try_choices
from slgeo.pipeline.stability import needing_areas, scored
from slgeo.pipeline.travel import CATCHMENT
from slgeo.results import KEPT, Reach, by_area, reach, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.access import Rate
    from slgeo.config import Study
    from slgeo.pipeline.inputs import Places
    from slgeo.pipeline.travel import Search
    from slgeo.routing.times import TravelTimes

GROUPINGS: Final = (
    "deprivation_decile",
    "local_fifth",
    "income_local_fifth",
    "rurality",
    "urban",
)
"""How people are grouped in the summary, where the areas have the column it needs."""


BOTH: Final = "deprivation_by_rurality"
"""Name of the grouping by deprivation and rurality at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """
    What a study found.

    Parameters
    ----------
    areas, places, origins
        What went in.
    reached
        One for each kind of place and mode, kinds in the order of the study's places.
    by_area, summary
        The tables of :mod:`slgeo.report.results`.
    gaps
        The ``gaps`` table, of every kind and mode.
    stability
        By area of the study, kind and mode: how often it lies in a gap over what was tried.
    supply
        By kind and mode: places handed out over study and context, the study's share, and what
        figures per head are per.
    ranges
        The share beyond the threshold and each comparison, under every choice tried.
    equity
        Groups of people against each other, in minutes, with their ranges.
    exits
        By mode: minutes from each origin to where the roads supplied end.
    by_site
        By site, mode and minutes: people who reach it.
    site_reasons
        By site, one column a mode: why it can have no time.
    """

    areas: gpd.GeoDataFrame
    places: Places
    origins: gpd.GeoDataFrame
    reached: tuple[Reach, ...]
    by_area: pd.DataFrame
    summary: pd.DataFrame
    gaps: gpd.GeoDataFrame
    stability: pd.DataFrame
    supply: pd.DataFrame
    ranges: pd.DataFrame
    equity: pd.DataFrame
    exits: dict[str, npt.NDArray[np.float64]]
    by_site: pd.Series[Any]
    site_reasons: pd.DataFrame


def find(
    study: Study,
    *,
    areas: gpd.GeoDataFrame,
    places: Places,
    origins: Sequence[gpd.GeoDataFrame],
    searches: Mapping[str, Search],
) -> Findings:
    """
    Work out everything the outputs show.

    Parameters
    ----------
    study
        What was asked for.
    areas, places
        Checked inputs.
    origins
        Where people start: the preferred choice first, then the next best for the sensitivity.
    searches
        Travel times by mode.
    """
    import numpy as np
    import pandas as pd

    from slgeo import access

    sites, homes = places.sites, origins[0]
    thresholds = thresholds_of(study)
    reached, supply, by_site = [], [], []
    per_head, per_capacity = {}, {}
    exits, site_reasons = {}, {}
    rate = access.Rate(date=counted_when(areas))
    for mode, search in searches.items():
        exits[mode] = search.exits(homes)
        reasons = []
        for kind in dict.fromkeys(sites["kind"]):
            of_kind = sites[sites["kind"] == kind]
            times = search.times(homes, of_kind, nearest=KEPT)
            reached.append(reach(times, kind=kind, exits=exits[mode]))
            pairs = search.times(homes, of_kind, limit=max(CATCHMENT, *thresholds))
            per_head[kind, mode], balance = _two_step(pairs, areas, rate)
            per_capacity[kind, mode] = _capacity_per_head(pairs, of_kind, rate)
            supply.append({"kind": kind, "mode": mode, **balance})
            counted = access.people_by_site(pairs, minutes=thresholds)
            by_site.append(pd.concat({mode: counted}, names=["mode"]))
            reasons.append(pd.Series(times.site_reason, index=times.sites, dtype=object))
        site_reasons[mode] = pd.concat(reasons).reindex(sites.index)
    table = by_area(reached, areas, sites, thresholds=thresholds)
    # `by_area` stacks kinds and modes in this very order, areas inside.
    table["per_10000"] = np.concatenate(
        [per_head[one.kind, one.mode].reindex(areas.index).to_numpy() for one in reached]
    )
    capacities = [per_capacity[one.kind, one.mode] for one in reached]
    if any(one is not None for one in capacities):
        table["capacity_per_10000"] = np.concatenate(
            [
                np.full(len(areas), np.nan) if one is None else one.reindex(areas.index).to_numpy()
                for one in capacities
            ]
        )
    gaps, stability = scored(study, reached, areas, _gaps(study, reached, areas, sites))
    tried = try_choices(
        study,
        areas=areas,
        places=places,
        origins=origins,
        searches=searches,
        reached=reached,
        exits=exits,
    )
    return Findings(
        areas=areas,
        places=places,
        origins=homes,
        reached=tuple(reached),
        by_area=table,
        summary=summary(reached, areas, groups_of(areas), thresholds=thresholds),
        gaps=gaps,
        stability=stability,
        supply=pd.DataFrame(supply).set_index(["kind", "mode"]),
        ranges=tried.ranges,
        equity=tried.equity,
        exits=exits,
        by_site=pd.concat(by_site),
        site_reasons=pd.DataFrame(site_reasons),
    )


def counted_when(areas: gpd.GeoDataFrame) -> str:
    """
    Tell when the people of the areas were counted, as far as their layers say.

    Returns
    -------
    str
        A year, or years joined by "and"; "not stated" where no layer of theirs is known.
    """
    from slgeo.areas.registry import registry

    known = registry().layers
    given = [known[name] for name in areas.attrs.get("layers", ()) if name in known]
    years = {str(layer.year) for layer in given if layer.subject == "population"}
    return " and ".join(sorted(years)) or "not stated"


def thresholds_of(study: Study) -> tuple[float, ...]:
    """List every number of minutes at which people are counted: those asked for, and the gaps'."""
    gaps_at = {study.gaps.beyond(mode) for mode in study.travel.modes}
    return tuple(sorted({*study.travel.thresholds, *gaps_at}))


def headline(study: Study, kinds: Sequence[str]) -> tuple[str, str, float]:
    """Name the kind, the mode and the threshold in minutes that a study leads with."""
    mode = study.travel.modes[0]
    return kinds[0], mode, study.gaps.beyond(mode)


def groups_of(areas: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """List the groups of the study's people: everyone first, then each grouping with data."""
    import pandas as pd

    from slgeo.areas.deprivation import CARRIED
    from slgeo.equity.sorted_people import NOT_KNOWN, grouping

    study = areas.index[areas["in_study"]]
    groups = {
        "everyone": pd.DataFrame(
            {"label": ["Everyone"], "areas": [list(study)]}, index=pd.Index(["everyone"])
        )
    }
    index = set(areas.loc[study].get("deprivation_index", pd.Series(dtype=str)).dropna())
    carried = any(label.endswith(CARRIED) for label in index)
    for by in GROUPINGS:
        try:
            found = grouping(areas, by)
        except AccessError:
            continue  # the column it needs was not given, or nations would be pooled
        more = " (carried)" if carried and by == "deprivation_decile" else ""
        names = [*found.groups, *([NOT_KNOWN] if (found.label == NOT_KNOWN).any() else [])]
        groups[by] = pd.DataFrame(
            {
                "label": [found.words.get(name, name) + more for name in names],
                "areas": [list(found.label.index[found.label == name]) for name in names],
            },
            index=pd.Index(names),
        )
    return groups | _both(areas)


def _both(areas: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Cross fifths of deprivation, national or local, with town and country; empty ones too."""
    import pandas as pd

    from slgeo.equity.sorted_people import grouping
    from slgeo.equity.two_ends import fifths_of

    if "deprivation_rank" not in areas.columns or "urban" not in areas.columns:
        return {}
    try:
        fifths = grouping(areas, fifths_of(areas))
    except AccessError:  # nations are never pooled
        return {}
    sides = grouping(areas, "urban")
    rows = {
        f"{fifth} {side}": (
            f"{fifths.words[fifth]}, {sides.words[side]}",
            list(sides.label.index[(fifths.label == fifth) & (sides.label == side)]),
        )
        for fifth in fifths.groups
        for side in sides.groups
    }
    frame = pd.DataFrame(
        {"label": [label for label, _ in rows.values()], "areas": [a for _, a in rows.values()]},
        index=pd.Index(list(rows)),
    )
    return {BOTH: frame}


def _two_step(
    times: TravelTimes, areas: gpd.GeoDataFrame, rate: Rate
) -> tuple[pd.Series[Any], dict[str, Any]]:
    """Places per 10,000 people by two-step floating catchments, and where the supply went."""
    from slgeo import access

    decay = access.decay.truncated_gaussian(CATCHMENT)
    each = access.one_each(times)
    score = access.two_step(times, each, decay=decay, rate=rate)
    balance = access.balance(times, each, areas["in_study"], decay=decay, rate=rate)
    given = balance.attrs["supply_given"]
    handed = balance.attrs["supply_handed_out"]
    reachable = float(balance.loc[balance["demand"] > 0, "supply"].sum())
    if abs(reachable - handed) > 1e-6 * max(1.0, reachable):
        raise AccessError(
            f"{reachable:g} places were reachable and {handed:g} handed out; "
            "this is a fault in slgeo, please report it"
        )
    return score, {
        "places": given,
        "places_reachable": reachable,
        "handed_out": handed,
        "study_share": balance.attrs["study_share"],
        **{key: score.attrs[key] for key in ("per", "denominator", "denominator_date")},
        "coverage": _covered(times, areas, in_study=True),
        "coverage_around": _covered(times, areas, in_study=False),
    }


def _covered(times: TravelTimes, areas: gpd.GeoDataFrame, *, in_study: bool) -> float:
    """Share of people in or around the study who start on the roads supplied."""
    import numpy as np

    from slgeo import reasons
    from slgeo.access.lift import area_positions

    here = (areas["in_study"].to_numpy(dtype=bool) == in_study)[area_positions(times)]
    known = np.array([reason in (None, reasons.BEYOND_LIMIT) for reason in times.reason])
    people = times.people * here
    total = float(people.sum())
    return float(people[known].sum()) / total if total else float("nan")


def _capacity_per_head(
    times: TravelTimes, sites: gpd.GeoDataFrame, rate: Rate
) -> pd.Series[Any] | None:
    """Capacity per 10,000 people; None unless every site of the kind states its own."""
    from slgeo import access

    if "capacity" not in sites.columns or sites["capacity"].isna().any():
        return None
    decay = access.decay.truncated_gaussian(CATCHMENT)
    return access.two_step(times, sites["capacity"].astype(float), decay=decay, rate=rate)


def _gaps(
    study: Study, reached: Sequence[Reach], areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    from slgeo.gaps import find_gaps

    needing = needing_areas(study, areas)
    parts = []
    for one in reached:
        found = find_gaps(
            one.times,
            areas,
            beyond=study.gaps.beyond(one.mode),
            people=study.gaps.people,
            sites=sites,
            kind=one.kind,
            needing=needing,
        )
        parts.append(found)
    return gpd.GeoDataFrame(pd.concat(parts), crs=areas.crs)
