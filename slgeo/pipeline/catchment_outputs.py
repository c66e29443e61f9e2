"""What a run makes of its travel-time areas: table, sentences, layers of the page, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.pipeline.words import TRAVEL, people
from slgeo.report.catchment_tables import REGISTERED, TRAVEL_TIME_AREAS
from slgeo.tables import TERRITORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.catchments import Surface
    from slgeo.maps.access_map import AccessMap
    from slgeo.pipeline.parts import Context

FILE: Final = "catchments"
"""Name of the files of shapes, before the dot."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """
    The travel-time areas of one kind of place by one way of travelling.

    Parameters
    ----------
    kind, mode
        Of what, and how.
    each
        One row a place and threshold; empty where there are more places than are drawn apart.
    together
        All places of the kind, by threshold.
    territories
        Where each place is the nearest.
    streets
        The stretches of road reached; None where not asked for.
    surface
        Minutes to the nearest place on a grid; None where not asked for.
    """

    kind: str
    mode: str
    each: gpd.GeoDataFrame
    together: gpd.GeoDataFrame
    territories: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame | None
    surface: Surface | None


def listed(drawn: Sequence[Drawn], sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    List every area with its people and its drawing's error, without its shape.

    Parameters
    ----------
    drawn
        The areas of each kind and mode.
    sites
        The ``sites`` table, for names.
    """
    import pandas as pd

    parts = []
    for one in drawn:
        for frame in (one.each, one.together):
            table = pd.DataFrame(frame.drop(columns=["geometry", "over"], errors="ignore"))
            names = table.index.get_level_values("site").map(sites["name"].to_dict())
            table.insert(0, "name", names.where(names.notna(), f"all of kind {one.kind}"))
            texts = {name: "str" for name in ("name", "reason", "note") if name in table}
            parts.append(table.astype(texts).assign(kind=one.kind, mode=one.mode))
    made = pd.concat(parts).set_index(["kind", "mode"], append=True)
    return made.reorder_levels(["site", "kind", "mode", "minutes"])


def said_of(drawn: Sequence[Drawn]) -> list[str]:
    """Say how far drawings and counts differ, and where by much."""
    from slgeo.catchments import drawing_errors

    said = []
    for one in drawn:
        rows = one.together.droplevel("site")
        reached = "; ".join(
            f"{minutes:g} min {people(row['people'])}" for minutes, row in rows.iterrows()
        )
        said.append(
            f"{one.kind} by {one.mode}: people of the study and around it who reach any, each once:"
            f" {reached}."
        )
        errors = drawing_errors(one.each if len(one.each) else one.together)
        differ = ", ".join(
            f"{row['drawing_error']:+.1%} at {minutes:g} min"
            for minutes, row in errors.iterrows()
            if row["people"]
        )
        said.append(
            f"The shapes, added up, hold more or fewer people than are counted: {differ}. Counts "
            "are of travel times; the shapes are for showing."
        )
        out = int(one.each["note"].notna().sum()) if "note" in one.each else 0
        if out:
            said.append(
                f"{out} of {len(one.each)} single drawings {'is' if out == 1 else 'are'} "
                "over a tenth out; "
                "catchments.csv says why."
            )
    return said


def said_of_patients(context: Context, beside: pd.DataFrame | None) -> list[str]:
    """Say how many registered patients live within reach of their practice."""
    if beside is None:
        return []
    said = []
    for mode in context.searches:
        beyond = context.study.gaps.beyond(mode)
        rows = beside[
            (beside.index.get_level_values("mode") == mode)
            & (beside.index.get_level_values("minutes") == beyond)
            & beside["patients_within"].notna()
        ]
        total = float(rows["patients"].sum())
        if total:
            within = float(rows["patients_within"].sum())
            said.append(
                f"Of {people(total)} patients registered with practices reached by {mode}, "
                f"{people(within)} ({within / total:.0%}) live within {beyond:g} minutes "
                f"{TRAVEL[mode]} of their own."
            )
    return said


def about(drawn: Sequence[Drawn]) -> str:
    """Explain the drawings, and how far they are out, for the page."""
    from slgeo.catchments import drawing_errors

    worst = 0.0
    for one in drawn:
        errors = drawing_errors(one.each if len(one.each) else one.together)
        worst = max(worst, float(errors["drawing_error"].abs().max()))
    return (
        "Travel-time areas are drawn from minutes on a grid; people are counted from travel "
        "times, never from the drawing. Over all places the drawings hold as many people as are "
        f"counted, to {max(worst, 0.001):.1%}; beside each stands by how many its own differs."
    )


def on_page(drawn: Sequence[Drawn], page: AccessMap) -> None:
    """Put shapes on the page: of each place with the place, of all together as layers."""
    divided = set()
    for one in drawn:
        for frame, kind in ((one.each, ""), (one.together, one.kind)):
            whole = frame.index.get_level_values("minutes") % 1 == 0
            shown = _with_shapes(frame[whole])
            if len(shown):
                page.catchments(shown, mode=one.mode, kind=kind)
        lands = _with_shapes(one.territories)
        if one.mode not in divided and len(lands) > 1:  # the page has room for one kind a mode
            page.territories(lands, mode=one.mode)
            divided.add(one.mode)
        if one.surface is not None:
            page.surface(
                one.surface.minutes,
                kind=one.kind,
                mode=one.mode,
                bounds=one.surface.bounds,
                crs=one.surface.crs,
            )


def _with_shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out rows that have nothing to draw."""
    import shapely

    shapes = frame.geometry.to_numpy()
    kept: gpd.GeoDataFrame = frame[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return kept


def files(context: Context, drawn: Sequence[Drawn], folder: Path) -> list[Path]:
    """Write the shapes in the formats asked for, and surfaces as GeoTIFF."""
    from slgeo.catchments.exports import write_geojson, write_geopackage, write_geoparquet
    from slgeo.catchments.geotiff import write_geotiff

    asked = context.study.catchments
    layers = _layers(context, drawn)
    areas = layers["catchments"]
    written: list[Path] = []
    if "gpkg" in asked.formats:
        defined = {
            "catchments": TRAVEL_TIME_AREAS,
            "territories": TERRITORIES,
            "registered": REGISTERED,
        }
        path = folder / f"{FILE}.gpkg"
        written.append(write_geopackage(layers, path, crs=asked.crs, tables=defined))
    if "parquet" in asked.formats:
        path = folder / f"{FILE}.parquet"
        written.append(write_geoparquet(areas, path, crs=asked.crs, table=TRAVEL_TIME_AREAS))
    if "geojson" in asked.formats:
        path = folder / f"{FILE}.geojson"
        written.append(write_geojson(areas, path, table=TRAVEL_TIME_AREAS))
    listed = folder / f"{FILE}.dictionary.csv"
    written.extend([listed] if listed.exists() else [])
    written.extend(
        write_geotiff(one.surface, folder / f"minutes_{one.kind}_{one.mode}.tif")
        for one in drawn
        if one.surface is not None
    )
    return written


def _layers(context: Context, drawn: Sequence[Drawn]) -> dict[str, gpd.GeoDataFrame]:
    """Gather the shapes by layer, kinds and modes below each other."""
    import geopandas as gpd
    import pandas as pd

    from slgeo.catchments.registered import registered_shapes

    names = context.found.places.sites["name"]
    crs = context.found.areas.crs

    def stacked(frames: Sequence[tuple[Drawn, gpd.GeoDataFrame]]) -> gpd.GeoDataFrame:
        parts = []
        for one, frame in frames:
            part = frame.reset_index().drop(columns="over", errors="ignore")
            name = part["site"].map(names)
            part.insert(1, "name", name.where(name.notna(), f"all of kind {one.kind}"))
            part.insert(2, "kind", one.kind)
            part.insert(3, "mode", one.mode)
            parts.append(part)
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=crs)

    layers = {
        "catchments": stacked([(o, frame) for o in drawn for frame in (o.together, o.each)]),
        "territories": stacked([(o, o.territories) for o in drawn]),
    }
    streets = [(o, o.streets) for o in drawn if o.streets is not None]
    if streets:
        layers["streets"] = stacked(streets)
    if context.registered is not None:
        layers["registered"] = registered_shapes(context.registered.patients, context.found.areas)
    return layers
