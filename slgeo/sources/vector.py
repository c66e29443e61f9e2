"""
Read shapes: GeoJSON, GeoPackage, shapefile (or a zip of one of them), GeoParquet, FlatGeobuf.

A file is taken for what its first bytes say, so that a renamed file cannot make the reader open
something else, and one that stops short is refused before it is parsed.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.archive import unpack
from slgeo.sources.read import clean_name

if TYPE_CHECKING:
    import os

    import geopandas as gpd

FORMATS: Final = ".geojson, .json, .gpkg, .shp, .zip, .parquet, .geoparquet and .fgb"
_MAGIC: Final[dict[str, bytes]] = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".zip": b"PK",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".fgb": b"fgb",
}


def read_vector(path: str | os.PathLike[str], *, layer: str | None = None) -> gpd.GeoDataFrame:
    """
    Read a file of shapes with their columns.

    Parameters
    ----------
    path
        The file. A zip may hold one shapefile, GeoPackage or GeoJSON.
    layer
        Layer of a GeoPackage; needed where it has several.

    Returns
    -------
    gpd.GeoDataFrame
        As the file has it, column names cleaned, index ``row`` counted from 1. ``crs`` is what the
        file says and may be missing; GeoJSON without a ``crs`` member counts as EPSG:4326, as its
        standard says, whether or not that is true: check the coordinates. ``attrs["source"]`` names
        the file.

    Raises
    ------
    SourceError
        In one line: missing, empty, cut short, of another format than its name says, without
        shapes, or with several layers and none chosen.
    """
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; name the file in it")
    if path.suffix.lower() == ".zip":
        return _read_zip(path, layer)
    _check_whole(path)
    frame = _parquet(path) if "parquet" in path.suffix.lower() else _gdal(path, layer)
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    frame.columns = [clean_name(name) for name in frame.columns]
    frame.index = frame.index.__class__(range(1, len(frame) + 1), name="row")
    frame.attrs["source"] = str(path)
    return frame


def _read_zip(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    parts = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".gpkg", ".geojson", ".json", ".fgb")
    with tempfile.TemporaryDirectory() as folder:
        files = unpack(path, folder, suffixes=parts)
        shapes = [f for f in files if f.suffix.lower() in {".shp", ".gpkg", ".geojson", ".fgb"}]
        shapes = shapes or [f for f in files if f.suffix.lower() == ".json"]
        if len(shapes) != 1:
            found = ", ".join(sorted(f.name for f in shapes)) or "none"
            raise SourceError(f"{path}: holds {len(shapes)} files of shapes ({found}), not one")
        try:
            frame = read_vector(shapes[0], layer=layer)
        except SourceError as error:
            raise SourceError(str(error).replace(folder, str(path))) from error
        frame.attrs["source"] = f"{path} ({shapes[0].name})"
        return frame


def _gdal(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyogrio

    try:
        if layer is None and path.suffix.lower() == ".gpkg":
            layer = _only_layer(path, pyogrio.list_layers(path))
        frame: gpd.GeoDataFrame = gpd.read_file(path, layer=layer, engine="pyogrio")
    except SourceError:
        raise
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({clean_name(error)})") from error
    except Exception as error:
        # GDAL errors come as several classes; whatever it says, the file is not readable
        raise SourceError(f"{path}: cannot be read ({clean_name(error)})") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise SourceError(f"{path}: has rows but no shapes")
    return frame


def _only_layer(path: Path, layers: Any) -> str:  # noqa: ANN401 - pyogrio publishes no types
    names = [str(name) for name, kind in layers if kind is not None]
    if len(names) != 1:
        shown = ", ".join(map(repr, names)) or "none with shapes"
        raise SourceError(f"{path}: has {len(names)} layers ({shown}); name the one to read")
    return names[0]


def _parquet(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyarrow as pa

    try:
        frame: gpd.GeoDataFrame = gpd.read_parquet(path)
    except (ValueError, OSError, KeyError, pa.ArrowException) as error:
        raise SourceError(f"{path}: not a whole GeoParquet file ({clean_name(error)})") from error
    return frame if frame.index.name is None else frame.reset_index()


def _check_whole(path: Path) -> None:
    """Refuse a file that is empty, is not what its name says, or stops short."""
    suffix = path.suffix.lower()
    size = path.stat().st_size
    if size == 0:
        raise SourceError(f"{path}: is empty (0 bytes); download or save it again")
    with path.open("rb") as file:
        start = file.read(128)
        file.seek(max(0, size - 512))
        end = file.read()
    if suffix in {".geojson", ".json"}:
        body = start.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not body.startswith((b"{", b"[")):
            raise SourceError(f"{path}: does not begin like JSON")
        if not end.rstrip().endswith((b"}", b"]")):
            raise SourceError(f"{path}: stops in the middle; it is cut short: download it again")
        return
    if suffix not in _MAGIC:
        raise SourceError(f"{path}: {suffix or 'no'} suffix; shapes are read from {FORMATS}")
    if not start.startswith(_MAGIC[suffix]):
        raise SourceError(f"{path}: is not a {suffix} file, whatever its name says")
    wanted = _size_it_claims(suffix, start)
    if wanted and size < wanted:
        raise SourceError(
            f"{path}: {size:,} of {wanted:,} bytes: it is cut short; download it again"
        )


def _size_it_claims(suffix: str, start: bytes) -> int:
    """Read the length a file states in its own header; 0 where it states none."""
    if len(start) < 100:
        return 100
    if suffix == ".shp":
        return 2 * int(struct.unpack(">i", start[24:28])[0])
    if suffix == ".gpkg" and start[24:28] == start[92:96]:
        page = int(struct.unpack(">H", start[16:18])[0])
        return (65536 if page == 1 else page) * int(struct.unpack(">I", start[28:32])[0])
    return 0
