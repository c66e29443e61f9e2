"""
Where people start from: points with people, in a stated order of preference.

Census headcounts by postcode, else output-area centroids, else live postcodes, else undated
postcodes (with a warning), else a population raster where one was asked for, else one point an
area. Whatever the points, each area's people add up
to its published population, and groups of people are taken as evenly spread inside an area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.areas.columns import find
from slgeo.areas.points import column_names, read_points
from slgeo.areas.rasters import raster_people
from slgeo.areas.registry import registry
from slgeo.errors import StudyError
from slgeo.tables import ORIGINS, checked

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.areas.points import Source

FAR: Final = 500.0
"""Metres a point may lie outside its area before it is reported: generalised boundaries are cut by
up to 200 m, and postcodes are means of addresses (our choice)."""
LEAST_FOUND: Final = 0.99
"""Least share of the study's areas that must occur among a file's area codes for it to be used."""

SENTENCES: Final = {
    "headcount_postcode": "census headcounts by postcode",
    "output_area": "population-weighted centres of output areas",
    "live_postcode": "live residential postcodes, each weighing the same within its area",
    "undated_postcode": "postcodes of unknown status, each weighing the same within its area",
    "area_point": "one point inside each area",
    "raster": "cells of a population raster",
}
"""What each kind of origin is, in words."""


def origins_choices(
    *,
    headcounts: Source | None = None,
    output_areas: Source | None = None,
    postcodes: Source | None = None,
    raster: str | Path | None = None,
) -> tuple[str, ...]:
    """
    List the kinds of origin that what is given allows, best first.

    Parameters
    ----------
    headcounts, output_areas, postcodes, raster
        As for :func:`origins`. Only column names are read.

    Returns
    -------
    tuple of str
        Values of the ``kind`` column, ending with ``area_point``. A run shows how its headline
        changes under the second.

    Examples
    --------
    >>> origins_choices()
    ('area_point',)
    """
    kinds = []
    if headcounts is not None:
        kinds.append("headcount_postcode")
    if output_areas is not None:
        kinds.append("output_area")
    if postcodes is not None:
        dated = find(column_names(postcodes), registry().points["terminated"]) is not None
        kinds.append("live_postcode" if dated else "undated_postcode")
    if raster is not None:
        kinds.append("raster")
    return (*kinds, "area_point")


def origins(
    areas: gpd.GeoDataFrame,
    *,
    headcounts: Source | None = None,
    output_areas: Source | None = None,
    postcodes: Source | None = None,
    raster: str | Path | None = None,
    centroids: Source | None = None,
    kind: str | None = None,
) -> gpd.GeoDataFrame:
    """
    Make the points people start from.

    Parameters
    ----------
    areas
        The ``areas`` table; context areas get origins too.
    headcounts
        Usual residents by postcode. Where the file has no coordinates, ``postcodes`` places them.
    output_areas
        Population-weighted centroids of output areas, with people where known.
    postcodes
        A postcode directory (ONSPD, NSPL) or a reduced copy: postcode, coordinates, area codes.
        Terminated, large-user and sector-mean postcodes are left out where the file tells them.
    raster
        A GeoTIFF of people per cell (WorldPop, GHS-POP, a census grid).
    centroids
        Population-weighted centroids of the areas themselves: where an area has one point only, it
        is this one instead of a point somewhere inside.
    kind
        One of :func:`origins_choices` to use instead of the best.

    Returns
    -------
    gpd.GeoDataFrame
        The ``origins`` table, in the CRS of the areas; ``people`` of each area add up to its
        population. An area that no point falls into gets a point inside itself. ``attrs``:
        ``kind``, ``notes``.

    Raises
    ------
    StudyError
        If ``kind`` cannot be made from what is given, or headcounts cannot be placed.
    TableError, SourceError
        If a file cannot be used.

    Examples
    --------
    >>> people = origins(areas, postcodes="onspd.csv")              # doctest: +SKIP
    >>> people.groupby("area").people.sum()                         # doctest: +SKIP
    """
    choices = origins_choices(
        headcounts=headcounts, output_areas=output_areas, postcodes=postcodes, raster=raster
    )
    kind = kind or choices[0]
    if kind not in choices:
        raise StudyError(
            f"origins of kind {kind!r} need a file that was not given; there are "
            f"{', '.join(choices)}"
        )
    notes: list[str] = []
    single = areas.assign(_point=_single_points(areas, centroids, notes))
    if kind == "headcount_postcode" and headcounts is not None:
        points = _headcounts(headcounts, postcodes)
    elif kind == "output_area" and output_areas is not None:
        points = read_points(output_areas, "output_area")
    elif kind in {"live_postcode", "undated_postcode"} and postcodes is not None:
        points = read_points(postcodes, "postcode").drop(columns="people", errors="ignore")
    elif kind == "raster" and raster is not None:
        points = raster_people(raster, areas)
        notes += points.attrs["notes"]
        return _finished(points.assign(kind=kind), single, kind, notes)
    else:
        return _finished(_inside(single, areas.index), single, kind, notes)
    notes += points.attrs["notes"]
    points = _usable(points, kind, notes)
    points = _assigned(points, areas, notes)
    _report_far(points, areas, notes)
    if kind == "undated_postcode":
        notes.append(
            "postcodes without a date of termination: dead and business ones weigh high streets "
            "too much; a directory with doterm, or output areas, would be better"
        )
    if "people" not in points:
        points["people"] = 1.0
        notes.append(f"origins: within an area every {_thing(kind)} weighs the same")
    return _finished(points.assign(kind=kind), single, kind, notes)


def _thing(kind: str) -> str:
    return {"output_area": "output area", "raster": "cell of the raster"}.get(kind, "postcode")


def _headcounts(headcounts: Source, postcodes: Source | None) -> gpd.GeoDataFrame:
    """Read people by postcode, placed by their own coordinates or by a directory."""
    from slgeo.areas.points import people_by_postcode

    patterns = registry().points
    names = column_names(headcounts)
    placed = "geometry" in names or any(
        find(names, patterns[a]) and find(names, patterns[b])
        for a, b in (("longitude", "latitude"), ("easting", "northing"))
    )
    if placed:
        return read_points(headcounts, "postcode")
    if postcodes is None:
        raise StudyError(
            "headcounts by postcode have no coordinates: give a postcode directory beside them "
            "(postcodes under [origins] in study.toml)"
        )
    people = people_by_postcode(headcounts)
    directory = read_points(postcodes, "postcode").drop(columns="people", errors="ignore")
    # A census postcode that has since been terminated still says where those people live.
    directory = directory.drop(columns=["terminated", "large_user"], errors="ignore")
    found = people.index.isin(directory.index)
    made: gpd.GeoDataFrame = directory.join(people, how="inner")
    made.attrs = dict(directory.attrs)
    if not found.all():
        made.attrs["notes"] = [
            *directory.attrs["notes"],
            (
                f"headcounts: {int((~found).sum())} of {len(found)} postcodes with "
                f"{people[~found].sum():,.0f} people are not in the directory; their area's other "
                "postcodes carry their people"
            ),
        ]
    return made


def _usable(points: gpd.GeoDataFrame, kind: str, notes: list[str]) -> gpd.GeoDataFrame:
    """Leave out points that are no place people live at, and say how many."""
    gone = {
        "terminated": "terminated",
        "large_user": "large users (not residential)",
        "poor": "located by sector only, or not at all",
    }
    keep = ~(points.geometry.isna() | points.geometry.is_empty).to_numpy()
    if not keep.all():
        notes.append(f"origins: {int((~keep).sum())} {_thing(kind)}s without a location left out")
    for column, words in gone.items():
        if column in points:
            out = points[column].to_numpy(dtype=bool) & keep
            keep &= ~out
            if out.any():
                notes.append(f"origins: {int(out.sum())} postcodes left out: {words}")
    return points[keep]


def _assigned(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, notes: list[str]
) -> gpd.GeoDataFrame:
    """Give each point its area: by a column of codes that knows the areas, else by place."""
    known = set(areas.index[areas["in_study"]])
    best, share = None, 0.0
    for column in points.columns.drop("geometry"):
        if points[column].dtype != object and str(points[column].dtype) != "str":
            continue
        found = len(known & set(points[column].dropna())) / max(len(known), 1)
        if found > share:
            best, share = str(column), found
    coded = best is not None and share >= LEAST_FOUND
    if coded:  # a national directory has millions of points elsewhere: leave them before moving any
        points = points[points[best].isin(areas.index)]
    points = points.to_crs(areas.crs) if areas.crs is not None else points
    if coded:
        made = points.assign(area=points[best])
    else:
        made = _by_place(points, areas)
        reason = (
            f"{best} knows {share:.1%} of the study's" if best else "the file has no area codes"
        )
        notes.append(f"origins: points assigned to the area they lie in ({reason})")
    inside: gpd.GeoDataFrame = made[made["area"].isin(areas.index)]
    return inside[[c for c in ("area", "people", "geometry") if c in inside]]


def _by_place(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Assign points to the polygon they lie in; on a shared edge to the first by code."""
    import numpy as np
    import shapely

    shapes = areas.geometry.sort_index()
    tree = shapely.STRtree(np.asarray(shapes, dtype=object))
    point, polygon = tree.query(points.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((polygon, point))
    first, start = np.unique(point[order], return_index=True)
    area = np.full(len(points), None, dtype=object)
    area[first] = shapes.index.to_numpy()[polygon[order][start]]
    return points.assign(area=area)


def _report_far(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, notes: list[str]) -> None:
    """Report points that lie far outside the area they are counted in."""
    import numpy as np
    import shapely

    if points.empty:
        return
    homes = np.asarray(areas.geometry.reindex(points["area"]), dtype=object)
    metres = shapely.distance(points.geometry.to_numpy(), homes)
    far = metres > FAR
    if far.any():
        worst = int(metres.argmax())
        notes.append(
            f"origins: {int(far.sum())} points lie more than {FAR:g} m outside their area; the "
            f"farthest is {points.index[worst]}, {metres[worst] / 1000:.1f} km from "
            f"{points['area'].iloc[worst]}"
        )


def _single_points(
    areas: gpd.GeoDataFrame, centroids: Source | None, notes: list[str]
) -> npt.NDArray[np.object_]:
    """Choose the one point of each area: its population-weighted centroid, else one inside."""
    import numpy as np
    import shapely

    made: npt.NDArray[np.object_] = shapely.point_on_surface(
        np.asarray(areas.geometry, dtype=object)
    )
    if centroids is not None:
        points = read_points(centroids, "area")
        moved = points.to_crs(areas.crs) if areas.crs is not None else points
        found = np.asarray(moved.geometry.reindex(areas.index), dtype=object)
        known = ~(shapely.is_missing(found) | shapely.is_empty(found))
        made[known] = found[known]
        if not known.all():
            notes.append(
                f"centroids: {int((~known).sum())} of {len(areas)} areas have none and get a point "
                f"inside: {', '.join(areas.index[~known][:5])}"
            )
    return made


def _inside(areas: gpd.GeoDataFrame, codes: pd.Index[str]) -> gpd.GeoDataFrame:
    """Make the one point of each area."""
    import geopandas as gpd

    return gpd.GeoDataFrame(
        {"area": codes.to_numpy(), "people": 1.0, "kind": "area_point"},
        geometry=areas["_point"].loc[codes].to_numpy(),
        index=codes.to_numpy(),
        crs=areas.crs,
    )


def _finished(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, kind: str, notes: list[str]
) -> gpd.GeoDataFrame:
    """Scale to the population, give areas without people on any point one inside, and check."""
    import geopandas as gpd
    import pandas as pd

    weight = points.groupby("area")["people"].sum()
    bare = areas.index[~(weight.reindex(areas.index).fillna(0.0) > 0).to_numpy()]
    if len(bare) and kind != "area_point":
        points = points[~points["area"].isin(list(bare))]
        points = gpd.GeoDataFrame(
            pd.concat([points, _inside(areas, bare)]), geometry="geometry", crs=areas.crs
        )
        people = areas["population"].loc[bare].sum()
        notes.append(
            f"origins: {len(bare)} areas with {people:,.0f} people have no {_thing(kind)} and get "
            f"a point inside: {', '.join(map(str, bare[:5]))}"
        )
    points = points[points["people"] > 0]
    total = points.groupby("area")["people"].transform("sum")
    people = points["people"] / total * areas["population"].reindex(points["area"]).to_numpy()
    made = points.assign(people=people)[["area", "people", "kind", "geometry"]]
    made.index = made.index.astype("str")
    made.index.name = "origin"
    made = made.sort_index(kind="stable")
    made.attrs = {"kind": kind, "notes": notes}
    origins_: gpd.GeoDataFrame = checked(made, ORIGINS, source=f"origins: {SENTENCES[kind]}")
    return origins_
