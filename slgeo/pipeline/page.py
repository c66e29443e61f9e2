"""From findings to the page: hands tables to the map, and draws nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.findings import headline
from slgeo.pipeline.words import caption, compared, label, left_out, method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.maps.access_map import AccessMap
    from slgeo.network import Network
    from slgeo.pipeline.credits import CreditLine
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.parts import Part
    from slgeo.results import Reach

ROAD_RANKS: Final = {"motorway": 1, "trunk": 1, "primary": 2, "secondary": 3, "tertiary": 4}
"""Classes of road drawn on the map, by importance."""

LARGEST_EXTRACT: Final = 200_000_000
"""Bytes of an extract read once more for names and water: about a minute."""

GROUPS: Final = {"age_65_plus": "Aged 65 and over", "age_75_plus": "Aged 75 and over"}
"""Groups of people a page shows for an area, where the study has them."""


DEPRIVATION: Final = ("deprivation_rank", "deprivation_score", "deprivation_decile")
"""Columns of areas any of which lets the page show deprivation and distance together."""

FEW_HEXAGONS: Final = 10
"""Areas of a study from which one hexagon an area is offered: of fewer it shows nothing."""


def draw_page(
    study: Study,
    found: Findings,
    networks: Mapping[str, Network],
    credited: Iterable[CreditLine],
    path: Path,
    *,
    parts: Sequence[Part] = (),
) -> list[Path]:
    """
    Draw the page of a study.

    Returns
    -------
    list of Path
        What was written: the page, its CSV, and the documents made from it.
    """
    from slgeo.maps.access_map import AccessMap
    from slgeo.maps.hexagons import MOST_HEXAGONS

    _, _, beyond = headline(study, list(found.places.sites["kind"]))
    inside = found.areas[found.areas["in_study"]]
    page = AccessMap(
        study.title,
        found.areas,
        place=study.place,
        date=study.date or "",
        invented=study.invented,
        thresholds=[int(minutes) for minutes in study.travel.thresholds],
        groups={k: v for k, v in GROUPS.items() if k in found.areas.columns},
        opening=int(beyond),
        typical="median",
        need=any(column in inside and inside[column].notna().any() for column in DEPRIVATION),
        hexagons=FEW_HEXAGONS <= len(inside) <= MOST_HEXAGONS,
    )
    for one in found.reached:
        show_reach(page, study, one, found.places.sites)
    shown, opened, closed = _places_shown(found.places.sites, parts)
    page.sites(shown, nearest=nearest_listed(found), opened=opened, closed=closed)
    page.gaps(found.gaps)
    page.equity(compared(study, found))
    towns, water = landmarks(study, str(found.areas.crs))
    page.basemap(roads=main_roads(networks), water=water, towns=towns)
    for line in credited:
        page.credit(
            line.layer,
            line.statement,
            publisher=line.publisher,
            licence=line.licence,
            url=line.url,
            year=line.year,
        )
    page.leaves_out(*left_out(found))
    page.about(*method(study, found, networks))
    for part in parts:
        if part.draw is not None:
            part.draw(page)
        page.leaves_out(*part.leaves_out)
        page.about(*part.about)
    made = page.save(path)
    for part in parts:
        if part.documents is not None:
            made.extend(part.documents(page, path.parent))
    return made


def show_reach(
    page: AccessMap,
    study: Study,
    one: Reach,
    sites: gpd.GeoDataFrame,
    *,
    scenario: str = "",
    nearest: pd.DataFrame | None = None,
    people: pd.Series[Any] | None = None,
) -> None:
    """Give the page the minutes to a kind of place by a mode, as things are or in a scenario."""
    page.measure(
        one.table["minutes_median"],
        kind=one.kind,
        mode=one.mode,
        within=one.within,
        without=one.without,
        reasons=one.table["reason"],
        unsafe=one.unsafe,
        caption=caption(study, one),
        label=label(one.kind, sites),
        scenario=scenario,
        nearest=nearest,
        people=people,
    )


def _places_shown(
    today: gpd.GeoDataFrame, parts: Sequence[Part]
) -> tuple[gpd.GeoDataFrame, dict[str, list[str]], dict[str, Sequence[str]]]:
    """List the places of today and of every scenario, and which scenario has or lacks which."""
    import geopandas as gpd
    import pandas as pd

    new = {name: sites for part in parts for name, sites in part.opened.items()}
    closed = {name: codes for part in parts for name, codes in part.closed.items()}
    if not new:
        return today, {}, closed
    crs = str(today.crs)
    frames = [today, *(sites.to_crs(crs) for sites in new.values() if len(sites))]
    shown = gpd.GeoDataFrame(pd.concat(frames), crs=crs)
    return shown, {name: list(map(str, sites.index)) for name, sites in new.items()}, closed


def nearest_listed(found: Findings) -> pd.DataFrame:
    """List the places nearest to each area, of every kind and mode, as the page takes them."""
    import pandas as pd

    return pd.concat([one.nearest for one in found.reached], ignore_index=True)


def landmarks(study: Study, crs: str) -> tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
    """
    Read town names and water from the study's own extract, to draw behind the areas.

    Returns
    -------
    tuple of GeoDataFrame or None
        Towns and water; None where the roads are no OpenStreetMap extract, or one so large that
        reading it again would take minutes.
    """
    from slgeo.places.osm_landmarks import read_landmarks

    file = study.roads.file
    if ".osm" not in file.name or file.stat().st_size > LARGEST_EXTRACT:
        return None, None
    return read_landmarks(file, crs=crs)


def main_roads(networks: Mapping[str, Network]) -> gpd.GeoDataFrame:
    """
    Take the main roads from the networks, to draw behind the areas.

    Returns
    -------
    gpd.GeoDataFrame
        One line a way, with ``rank`` 1 (motorway, trunk) to 4 (tertiary); empty where the
        networks have none.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    network = networks.get("drive") or next(iter(networks.values()))
    ranks = np.array([ROAD_RANKS.get(name.removesuffix("_link"), 0) for name in network.classes])
    rank = ranks[network.road_class] if len(ranks) else np.zeros(0, int)
    drawn = np.flatnonzero(rank > 0)
    ends = np.stack([network.tail[drawn], network.head[drawn]], axis=1)
    pieces = shapely.linestrings(np.stack([network.x[ends], network.y[ends]], axis=-1))
    frame = gpd.GeoDataFrame(
        {"way": network.way[drawn], "rank": rank[drawn]}, geometry=pieces, crs=network.crs
    )
    if frame.empty:
        return frame[["rank", "geometry"]]
    merged = (
        pd.DataFrame(frame)
        .groupby("way", sort=True)
        .agg(
            rank=("rank", "min"),
            geometry=("geometry", lambda g: shapely.line_merge(shapely.union_all(g))),
        )
    )
    return gpd.GeoDataFrame(merged, geometry="geometry", crs=network.crs)
