"""Where the places of a study are: placed, and held against its areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.places.postcodes import PostcodeIndex

FAR: Final = 100_000.0
"""Metres from every area at which a place of a local list is doubted: about an hour and a half by
motorway, so nobody of the study goes there (our choice)."""
MOST_FAR: Final = 0.5
"""Share of a file's places that far at which the file is a wider list, not a list with slips."""


def placed(
    study: Study, everything: pd.DataFrame, *, crs: str, cache: Path
) -> tuple[gpd.GeoDataFrame, PostcodeIndex | None]:
    """
    Place the places of a study: by property number, coordinates, postcode, or online where asked.

    Returns
    -------
    tuple of GeoDataFrame and PostcodeIndex or None
        The sites table, and the index their postcodes were looked up in.
    """
    from slgeo.places.geocode import geocode
    from slgeo.places.online import Online
    from slgeo.places.postcodes import read_postcodes
    from slgeo.places.uprn import with_uprns
    from slgeo.sources.fetch import fetch_json
    from slgeo.sources.post import post_json

    if study.postcodes.uprns is not None:
        everything = with_uprns(everything, study.postcodes.uprns)
    index = None
    if study.postcodes.file is not None:
        index = read_postcodes(study.postcodes.file, cache=cache)
    online = Online(
        post=post_json,
        get=fetch_json,
        cache=cache,
        postcodes=study.online.postcodes,
        names=study.online.names,
        town=study.online.town or "",
    )
    everything = online.by_name(everything)
    sites = geocode(everything, postcodes=index, crs=crs)
    return online.by_postcode(sites, everything, crs=crs), index


def kept_inside(
    study: Study,
    sites: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    postcodes: PostcodeIndex | None,
) -> gpd.GeoDataFrame:
    """Keep of each section that asks for it the places among the areas, and count the others."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.places.nearby import within_areas

    parts, notes = [], []
    for at, asked in enumerate(study.places):
        part = sites[sites["section"] == at]
        if asked.within_areas:
            part, said = within_areas(part, areas, postcodes=postcodes)
            notes.append(f"{asked.file.name}: {said}")
        parts.append(part)
    made = gpd.GeoDataFrame(pd.concat(parts), crs=sites.crs)
    made.attrs = {**sites.attrs, "notes": [*sites.attrs.get("notes", []), *notes]}
    return made


def far_away(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Doubt places of a local list that lie very far from every area.

    Their coordinates are possible and may still be wrong: a sign left out, two digits swapped.

    Returns
    -------
    gpd.GeoDataFrame
        The same rows; ``position_note`` says how far such a place lies, unless more than half of
        its file does: then a note says that it is a list of a wider country.
    """
    import shapely

    made = sites.copy()
    made.attrs = {**sites.attrs, "notes": list(sites.attrs.get("notes", []))}
    located = made.geometry.notna()
    if not located.any():
        return made
    whole = shapely.box(*areas.total_bounds)
    apart = made.loc[located].distance(whole)
    for source, distances in apart.groupby(made.loc[located, "source"], sort=False):
        far = distances[distances > FAR]
        if far.empty:
            continue
        name = str(source).split(" (", maxsplit=1)[0]
        if len(far) > MOST_FAR * len(distances):
            made.attrs["notes"].append(
                f"{name}: {len(far):,} of {len(distances):,} places lie over {FAR / 1000:g} km "
                "from every area; within_areas = true leaves such places out"
            )
            continue
        made.loc[far.index, "position_note"] = [
            _joined(before, f"it lies {metres / 1000:,.0f} km from every area of the study")
            for before, metres in zip(made.loc[far.index, "position_note"], far, strict=True)
        ]
        first = made.loc[far.index[0], "name"]
        count = "1 place lies" if len(far) == 1 else f"{len(far):,} places lie"
        made.attrs["notes"].append(
            f"{name}: {count} over {FAR / 1000:g} km from every area (first: {first}): check the "
            "coordinates or the postcode"
        )
    return made


def _joined(before: Any, said: str) -> str:  # noqa: ANN401 - a cell: text or missing
    return f"{before}; {said}" if isinstance(before, str) and before else said
