"""Catchments: one row a site and threshold, with people reached, a drawing, and its own error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.catchments.drawn import Compared, People, Rule
from slgeo.catchments.ground import OFF_ROAD
from slgeo.catchments.outlines import outlines, rings_between, simplified
from slgeo.catchments.reach import MS, limits_of, reach_of
from slgeo.catchments.surface import CELL, ground_near, surfaces
from slgeo.errors import AccessError
from slgeo.tables import CATCHMENTS, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from slgeo.catchments.reach import Reach
    from slgeo.network.model import Network
    from slgeo.routing.times import Direction

MINUTES: Final = (5, 10, 15, 20, 30)
"""Thresholds unless asked otherwise."""

_SQUARE_METRES: Final = 1e6  # in a square kilometre


def catchments(  # noqa: PLR0913 - each option is a fact of the drawing, and keyword-only
    network: Network,
    sites: gpd.GeoDataFrame,
    *,
    origins: gpd.GeoDataFrame,
    minutes: Sequence[float] = MINUTES,
    direction: Direction = "to",
    each: str = "site",
    bands: bool = False,
    cell: float = CELL,
    tolerance: float | None = None,
    off_road: float = OFF_ROAD,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    max_snap: float = 500.0,
    threads: int | None = None,
) -> gpd.GeoDataFrame:
    """
    Draw who reaches a place within some minutes, and count them.

    People are counted from travel times; the shape is for showing. How far the two differ is in
    every row. Where they differ by more than a tenth, ``note`` says where those people live.

    Parameters
    ----------
    network
        The roads of one mode.
    sites
        The ``sites`` table.
    origins
        The ``origins`` table: the people who are counted.
    minutes
        Thresholds, each inclusive.
    direction
        ``to`` the sites, or ``from`` them.
    each
        ``site``: a catchment for every site. ``dissolved``: one for all of them, in which nobody
        counts twice. Else a column of `sites`, such as ``kind``: one for each of its values.
    bands
        Draw and count each threshold without the one before it.
    cell
        Side of a cell of the surface the shapes are drawn from, metres.
    tolerance
        Metres by which a simplified outline may leave the exact one; a quarter of a cell where
        None.
    off_road
        Farthest from a road that is drawn, metres. Counts go as far as `max_snap`.
    barriers
        Lines or areas that no walk to a road crosses, as in
        :func:`slgeo.catchments.time_surfaces`.
    max_snap, threads
        As in :func:`slgeo.routing.travel.travel_times`.

    Returns
    -------
    gpd.GeoDataFrame
        The ``catchments`` table, by ``site`` and ``minutes``, in the CRS of the roads. A site that
        reaches nothing keeps its rows, with nobody, no shape and a ``reason``. ``attrs``: how it
        was drawn, and ``notes``.

    Raises
    ------
    TableError
        Where origins or sites lack columns, keys or metric points.
    AccessError
        Where an option makes no sense.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from slgeo.catchments import catchments
    >>> from slgeo.network import Network
    >>> street = Network.from_edges([0, 2000], [0, 0], [0], [1])
    >>> homes = gpd.GeoDataFrame(
    ...     {"area": "A", "people": [30.0, 12.0]},
    ...     index=["near", "far"],
    ...     geometry=gpd.GeoSeries.from_xy([700, 2000], [0, 0], index=["near", "far"], crs=27700),
    ... ).rename_axis("origin")
    >>> gp = gpd.GeoDataFrame(
    ...     {"reason": [None]},
    ...     index=["gp"],
    ...     geometry=gpd.GeoSeries.from_xy([1000], [0], index=["gp"], crs="EPSG:27700"),
    ... ).rename_axis("site")
    >>> drawn = catchments(street, gp, origins=homes, minutes=(10, 15))
    >>> drawn[["people", "people_in_drawing", "drawing_error"]].round(2).to_dict("records")[0]
    {'people': 30.0, 'people_in_drawing': 30.0, 'drawing_error': 0.0}
    """
    thresholds = limits_of(minutes)
    if tolerance is None:
        tolerance = cell / 4
    if not 0 <= tolerance <= 1_000:
        raise AccessError(f"tolerance is {tolerance!r}; give 0 (exact) to 1,000 metres")
    rule = Rule(thresholds, bands, cell, off_road, network.walking_kmh, tolerance)
    reach = reach_of(
        network,
        sites,
        # one cell farther than asked, so that the last outline knows what lies beyond it
        limit=thresholds[-1] + rule.walk / MS,
        direction=direction,
        each=each,
        max_snap=max_snap,
        threads=threads,
    )
    people = People.of(reach, origins)
    ground = ground_near(reach, cell=cell, off_road=off_road, barriers=barriers)
    rows: list[dict[str, Any]] = []
    reached = reach.times(reach.hang(people.homes))
    for surface, (group, *times) in zip(surfaces(reach, ground), reached, strict=True):
        shapes = simplified(outlines(surface, thresholds), tolerance)
        compared = Compared.of(people, shapes, thresholds, (times[0], times[1]))
        drawn = rings_between(shapes) if bands else shapes
        rows += [
            {
                "site": reach.labels[group],
                "minutes": threshold,
                "over": thresholds[at - 1] if bands and at else 0.0,
                **compared.figures(people, at, rule),
                "area_km2": drawn[at].area / _SQUARE_METRES,
                "reason": reach.reason[group],
                "geometry": drawn[at],
            }
            for at, threshold in enumerate(thresholds)
        ]
    return _table(rows, reach, rule)


def drawing_errors(catchments: pd.DataFrame) -> pd.DataFrame:
    """
    Add up people reached and people inside the drawings, over all sites.

    Parameters
    ----------
    catchments
        The ``catchments`` table.

    Returns
    -------
    pd.DataFrame
        By ``minutes``: ``people``, ``people_in_drawing``, ``drawing_error`` of the sums, and
        ``worst`` and ``worst_site``, the largest error of one site either way. Somebody who reaches
        two sites is in both.
    """
    import pandas as pd

    rows = {}
    for minutes, part in catchments.groupby(level="minutes"):
        count, inside = part["people"].sum(), part["people_in_drawing"].sum()
        apart = part["drawing_error"].dropna()
        worst = int(apart.abs().to_numpy().argmax()) if len(apart) else None
        rows[minutes] = {
            "people": count,
            "people_in_drawing": inside,
            "drawing_error": (inside - count) / count if count else np.nan,
            "worst": apart.iloc[worst] if worst is not None else np.nan,
            "worst_site": apart.index[worst][0] if worst is not None else None,
        }
    columns = ["people", "people_in_drawing", "drawing_error", "worst", "worst_site"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("minutes")


def _table(rows: list[dict[str, Any]], reach: Reach, rule: Rule) -> gpd.GeoDataFrame:
    """Lay the rows out as the ``catchments`` table, and say how they were made."""
    import geopandas as gpd
    import pandas as pd

    columns = [column.name for column in CATCHMENTS.columns]
    frame = pd.DataFrame(rows, columns=["site", "minutes", *columns])
    if (frame["minutes"] % 1 == 0).all():
        frame["minutes"] = frame["minutes"].astype(np.int64)
    for name in ("reason", "note"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    made = gpd.GeoDataFrame(
        frame.set_index(["site", "minutes"]), geometry="geometry", crs=reach.network.crs
    )
    checked(made, CATCHMENTS, source="catchments")
    network = reach.network
    made.attrs.update(
        mode=network.mode,
        direction=reach.direction,
        speeds=network.speeds,
        walking_kmh=network.walking_kmh,
        cell=rule.cell,
        off_road=rule.off_road,
        tolerance=rule.tolerance,
        bands=rule.bands,
        notes=_notes(made, reach),
    )
    return made


def _notes(made: gpd.GeoDataFrame, reach: Reach) -> list[str]:
    """Write what a reader must know of the drawings."""
    errors = drawing_errors(made)
    notes = [
        f"Within {minutes:g} minutes: {row.people:,.0f} people reached by travel time, "
        f"{row.people_in_drawing:,.0f} inside the drawing ({row.drawing_error:+.1%})."
        for minutes, row in errors.iterrows()
        if row.people
    ]
    without: NDArray[np.bool_] = np.array([why is not None for why in reach.reason], bool)
    if without.any():
        names = ", ".join(map(str, reach.labels[without][:3]))
        notes.append(
            f"{int(without.sum())} of {len(reach)} catchments are empty, as their sites join no "
            f"road (first: {names})."
        )
    return notes
