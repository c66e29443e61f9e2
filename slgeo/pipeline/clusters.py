"""Where long ways lie side by side beyond chance: Moran's I, for studies of many areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.errors import MissingExtraError
from slgeo.pipeline.findings import headline
from slgeo.pipeline.parts import Part
from slgeo.pipeline.words import TRAVEL
from slgeo.report.access_tables import CLUSTERS
from slgeo.tables import checked

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.pipeline.parts import Context

FEWEST: Final = 50
"""Fewest areas from which a pattern is told from chance; our choice, as for the bootstrap."""

PERMUTATIONS: Final = 999


def clusters(context: Context) -> Part | None:
    """
    Test whether minutes of the headline's kind lie in clusters, by each way of travelling.

    Areas that touch no other are joined to the nearest one.

    Returns
    -------
    Part or None
        The table ``clusters``; None for a study of fewer than 50 areas.
    """
    import pandas as pd

    from slgeo import access

    areas = context.found.areas
    inside = areas[areas["in_study"].astype(bool)]
    if len(inside) < FEWEST:
        return None
    kind, _, _ = headline(context.study, list(context.found.places.sites["kind"]))
    lines, frames = [], []
    for one in context.found.reached:
        if one.kind != kind:
            continue
        minutes = access.nearest(one.times, tolerance=1).reindex(inside.index)
        if minutes.isna().any():
            lines.append(
                f"By {one.mode}: not given, since {int(minutes.isna().sum())} areas have no point "
                "to start from."
            )
            continue
        try:
            frame, said = _patterns(minutes, inside.geometry)
        except MissingExtraError as error:
            return Part(notes=(f"clusters of long ways are not tested: {error}",))
        lines.append(f"{TRAVEL.get(one.mode, one.mode).capitalize()} to {kind}: {said}")
        frames.append(
            frame.assign(kind=one.kind, mode=one.mode, name=inside["name"], minutes=minutes)
        )
    tables = {}
    if frames:
        table = pd.concat(frames).set_index(["kind", "mode"], append=True)
        tables["clusters"] = checked(table, CLUSTERS)
    return Part("Where long ways lie together", tuple(lines), tables, brief=2)


def _patterns(minutes: pd.Series[float], shapes: gpd.GeoSeries) -> tuple[pd.DataFrame, str]:
    """Work out the whole and the local statistic, and say them."""
    from slgeo import equity

    whole = equity.morans_i(minutes, shapes, islands="nearest", permutations=PERMUTATIONS)
    # ten times as many relabellings as of the whole: a rate of false discoveries needs small p
    local = equity.local_moran(minutes, shapes, islands="nearest")
    said = str(whole["sentence"].iloc[0])
    if whole["value"].notna().all():
        far, near = ((local["pattern"] == name).sum() for name in ("high-high", "low-low"))
        said += (
            f" Chance gives as much in {whole.attrs['p']:.2g} of {PERMUTATIONS} relabellings. Taken"
            f" one by one, {far} areas lie far among far ones and {near} near among near ones, at"
            " most one in twenty of these by chance (clusters.csv)."
        )
    return local[["local_i", "p", "pattern"]], said
