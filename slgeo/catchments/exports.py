"""
Catchments, territories and reached streets as files for other tools.

==============  ====================================================================================
GeoPackage      several layers in one file, with a table ``dictionary`` of what each column means
GeoParquet      one layer, for data frames
GeoJSON         one layer in degrees (RFC 7946), for the web
CSV             one layer without its shapes, safe to open in a spreadsheet
==============  ====================================================================================

A file appears whole or not at all. Beside every format but GeoPackage, which holds its own, stands
``NAME.dictionary.csv`` with what each column means.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import DisclosureError, TableError
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

    from slgeo.tables import Table

DICTIONARY: Final = "dictionary"
"""Name of the table in a GeoPackage that says what columns mean."""

DEGREES: Final = "EPSG:4326"
DECIMALS: Final = 6
"""Of a degree in GeoJSON: a tenth of a metre."""

SHAPE: Final = "The shape: for showing, never for counting"

STAMP: Final = "2000-01-01T00:00:00.000Z"
"""Time of last change written into a GeoPackage: the same each time, so that the same catchments
make the same file."""


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: str | os.PathLike[str],
    *,
    crs: Any = None,  # noqa: ANN401 - anything pyproj takes
    tables: Mapping[str, Table] | None = None,
) -> Path:
    """
    Write layers into one GeoPackage, with what their columns mean.

    Parameters
    ----------
    layers
        By name: shapes with a CRS; their index becomes columns. Polygons are written as
        multi-polygons, lines as multi-lines, and rows without a shape stay.
    path
        Ends in ``.gpkg``; a file that is there is replaced.
    crs
        CRS to write shapes in; each layer's own where not given.
    tables
        By the name of the layer: its definition. Columns of layers without one are listed too.

    Returns
    -------
    Path

    Raises
    ------
    TableError
        For no layers, a layer without a CRS or called ``dictionary``, or another file name.
    DisclosureError
        For a table that is sensitive.
    """
    import pyogrio

    target = Path(path)
    if target.suffix.lower() != ".gpkg":
        raise TableError(f"{target.name}: a GeoPackage is called .gpkg")
    if not layers or DICTIONARY in layers:
        found = ", ".join(layers) or "none"
        raise TableError(
            f"give at least one layer, and none called {DICTIONARY!r} (found: {found})"
        )
    defined = tables or {}
    flat = {name: _flat(frame, name, defined.get(name), crs) for name, frame in layers.items()}
    with written(target) as beside:
        for name, frame in flat.items():
            kind = _layer_kind(frame)
            pyogrio.write_dataframe(
                frame,
                beside,
                layer=name,
                driver="GPKG",
                append=beside.exists(),
                promote_to_multi=kind.startswith("Multi"),
                geometry_type=kind,
                layer_options={"SPATIAL_INDEX": "YES"},
            )
        listed = meanings(flat, defined)
        pyogrio.write_dataframe(listed, beside, layer=DICTIONARY, driver="GPKG", append=True)
        _stamp(beside)
    return target


def write_geoparquet(
    frame: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    crs: Any = None,  # noqa: ANN401 - anything pyproj takes
    table: Table | None = None,
) -> Path:
    """
    Write one layer as GeoParquet, and what its columns mean beside it.

    Parameters
    ----------
    frame
        Shapes with a CRS; the index becomes columns.
    path
        Where to write; a file that is there is replaced.
    crs
        CRS to write shapes in; the frame's own where not given.
    table
        Its definition.

    Returns
    -------
    Path

    Raises
    ------
    TableError, DisclosureError
        As :func:`write_geopackage`.
    """
    target = Path(path)
    flat = _flat(frame, target.stem, table, crs)
    with written(target) as beside:
        flat.to_parquet(beside, index=False, compression="zstd")
    _beside(target, flat, table)
    return target


def write_geojson(
    frame: gpd.GeoDataFrame, path: str | os.PathLike[str], *, table: Table | None = None
) -> Path:
    """
    Write one layer as GeoJSON after RFC 7946: degrees, outer rings anticlockwise, no CRS member.

    Parameters
    ----------
    frame
        Shapes with a CRS; the index becomes properties.
    path
        Where to write; a file that is there is replaced.
    table
        Its definition, written beside.

    Returns
    -------
    Path

    Raises
    ------
    TableError, DisclosureError
        As :func:`write_geopackage`.
    """
    import pyogrio

    target = Path(path)
    flat = _flat(frame, target.stem, table, DEGREES)
    with written(target) as beside:
        pyogrio.write_dataframe(
            flat,
            beside,
            driver="GeoJSON",
            layer=target.stem,
            layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": str(DECIMALS)},
        )
    _beside(target, flat, table)
    return target


def write_flat(
    frame: gpd.GeoDataFrame, path: str | os.PathLike[str], *, table: Table | None = None
) -> Path:
    """
    Write one layer as CSV without its shapes: what starts a formula is made inert.

    Parameters
    ----------
    frame
        Any table; the index becomes columns.
    path
        Where to write; a file that is there is replaced.
    table
        Its definition, written beside.

    Returns
    -------
    Path

    Raises
    ------
    DisclosureError
        For a table that is sensitive.
    """
    from slgeo.report.csv_file import write_csv

    made = write_csv(frame, path, table=table)
    _beside(made, _flat(frame, made.stem, table, None), table)
    return made


def meanings(
    layers: Mapping[str, pd.DataFrame], tables: Mapping[str, Table] | None = None
) -> pd.DataFrame:
    """
    Say what each column of some layers means.

    Parameters
    ----------
    layers
        By name, their index among the columns.
    tables
        By the name of the layer: its definition; columns it does not have are listed empty.

    Returns
    -------
    pd.DataFrame
        ``layer, column, meaning, unit, missing``, one row a column.
    """
    import pandas as pd

    from slgeo.report.dictionary import KEYS

    rows = []
    for layer, frame in layers.items():
        table = (tables or {}).get(layer)
        for name in map(str, frame.columns):
            column = table.column(name) if table is not None else None
            meaning = column.meaning if column is not None else KEYS.get(name, "")
            unit = column.unit if column is not None else ""
            missing = column.missing if column is not None else ""
            if name == "geometry":
                meaning, unit = meaning or SHAPE, _units(frame)
            rows.append((layer, name, meaning, unit, missing))
    return pd.DataFrame(rows, columns=["layer", "column", "meaning", "unit", "missing"])


def _units(frame: pd.DataFrame) -> str:
    crs = getattr(frame, "crs", None)
    return "" if crs is None else f"coordinates in {crs.to_string()}"


def _flat(
    frame: gpd.GeoDataFrame,
    name: str,
    table: Table | None,
    crs: Any,  # noqa: ANN401 - anything pyproj takes
) -> gpd.GeoDataFrame:
    """Put the index among the columns, and shapes into the CRS asked for."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    if table is not None and table.status == "sensitive":
        raise DisclosureError(
            f"{name} holds sensitive counts; pass it through slgeo.report.disclosure.controlled, "
            "and write the result as a table"
        )
    if getattr(frame, "crs", None) is None:
        raise TableError(f"{name}: shapes need a CRS before they are written; set it with set_crs")
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name)).copy(deep=False)
    keys = frame.index.to_frame(index=False)
    if frame.index.nlevels == 1 and frame.index.name is None:
        keys = keys.iloc[:, :0]
    flat = pd.concat([keys, plain.reset_index(drop=True)], axis=1)
    for column, values in _texts(flat):
        flat[column] = values
    # An empty shape and none are the same to a reader, and not to every format.
    shapes = frame.geometry.to_numpy()
    kept = shapes.copy()
    kept[shapely.is_empty(shapes)] = None
    made = gpd.GeoDataFrame(flat, geometry=gpd.GeoSeries(kept, index=flat.index, crs=frame.crs))
    return made if crs is None else made.to_crs(crs)


def _texts(flat: pd.DataFrame) -> Iterator[tuple[Any, list[str | None]]]:
    """Give each column of text in characters that every reader can show."""
    import pandas as pd

    from slgeo.report.cells import legible

    for name in flat.columns:
        if flat[name].dtype == object or isinstance(flat[name].dtype, pd.StringDtype):
            yield name, [None if pd.isna(v) else legible(str(v)) for v in flat[name]]


def _layer_kind(frame: gpd.GeoDataFrame) -> str:
    """Choose the one kind of shape a layer has; several kinds together are any."""
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna().unique()}
    if len(kinds) != 1:
        return "Unknown" if kinds else "MultiPolygon"
    (kind,) = kinds
    return kind if kind == "Point" else f"Multi{kind}"


def _stamp(path: Path) -> None:
    """Set the time of last change, which the format has to state, to a constant."""
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))


def _beside(target: Path, flat: pd.DataFrame, table: Table | None) -> None:
    """Write what the columns mean beside a file that cannot hold it."""
    from slgeo.report.csv_file import write_csv

    name = target.stem
    listed = meanings({name: flat}, {name: table} if table is not None else None)
    write_csv(listed.set_index(["layer", "column"]), target.with_suffix(".dictionary.csv"))
