"""Move counts between geographies that share no lookup, by share of surface (extra: tobler)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slgeo.errors import MissingExtraError, TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd


def interpolate_counts(
    source: gpd.GeoDataFrame, target: gpd.GeoDataFrame, counts: Sequence[str]
) -> gpd.GeoDataFrame:
    """
    Spread counts of one set of polygons over another by the surface they share.

    A last resort: people are not spread evenly over land. Where a lookup or points with people
    exist, :func:`slgeo.areas.crosswalk.crosswalk` and :func:`slgeo.areas.origins.origins` are
    better.

    Parameters
    ----------
    source
        Polygons with counts, in a CRS in metres.
    target
        Polygons that should have them, in the same CRS.
    counts
        Columns of counts.

    Returns
    -------
    gpd.GeoDataFrame
        The target's index and shapes with the counts. ``attrs["notes"]`` says how the counts were
        spread, and how many lie outside the target.

    Raises
    ------
    TableError
        If the CRS differ or are not in metres, or totals are not conserved.
    MissingExtraError
        If tobler is not installed.
    """
    import geopandas as gpd

    try:
        from tobler.area_weighted import area_interpolate
    except ImportError as error:
        raise MissingExtraError(
            "areal interpolation needs tobler: install slgeo[interpolation]"
        ) from error
    for name, frame in (("source", source), ("target", target)):
        if frame.crs is None or not frame.crs.is_projected:
            raise TableError(f"interpolation: the {name} polygons are not in a CRS in metres")
    if source.crs != target.crs:
        raise TableError(f"interpolation: CRS differ ({source.crs} and {target.crs})")
    columns = list(counts)
    missing = source[columns].isna().any(axis=1)
    if missing.any():
        raise TableError(
            f"interpolation: {int(missing.sum())} polygons lack counts (first: "
            f"{source.index[missing][0]}); say what they are before spreading them"
        )
    spread = area_interpolate(
        source[[*columns, source.geometry.name]].reset_index(drop=True),
        target[[target.geometry.name]].reset_index(drop=True),
        extensive_variables=columns,
        allocate_total=False,
    )
    made = gpd.GeoDataFrame(
        spread[columns].set_axis(target.index), geometry=target.geometry, crs=target.crs
    )
    covered = source.geometry.intersection(target.geometry.union_all()).area / source.geometry.area
    notes = ["interpolation: counts spread evenly over the surface of their polygons"]
    for column in columns:
        total, placed = float(source[column].sum()), float(made[column].sum())
        should = float((source[column] * covered).sum())
        if abs(placed - should) > 1e-6 * max(abs(total), 1.0):
            raise TableError(
                f"interpolation: {column} adds up to {placed:,.3f}, where {should:,.3f} lie in the "
                "target: do its polygons overlap?"
            )
        if total - placed > 1e-6 * max(abs(total), 1.0):
            notes.append(f"interpolation: {total - placed:,.1f} of {column} lie outside the target")
    made.attrs = {"notes": notes}
    return made
