"""
Networks on disk: an ``.npy`` file an array, mapped into memory when loaded, and one JSON file.

A network read from an extract is kept under the hash of all it depends on, so that the second run
takes it from the disk.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import NetworkError, SourceError
from slgeo.sources.cache import hash_of, written

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from slgeo.network.model import Network
    from slgeo.network.speeds import Speeds

FORMAT: Final = 5
"""Version of the layout and the rules; what another version wrote is read from its source."""

_HEADER: Final = "network.json"
_TURNS: Final = "turns.npy"


def save_network(network: Network, folder: str | Path) -> Path:
    """
    Write a network to a folder, replacing a network that stands there.

    The folder appears whole or not at all: files are written beside it and moved into place.

    Raises
    ------
    SourceError
        Where the folder holds something that is not a network.
    """
    import shapely

    folder = Path(folder)
    if folder.exists() and not (folder / _HEADER).exists() and _occupied(folder):
        raise SourceError(f"{folder} exists and holds no network: choose another folder")
    header = {
        "format": FORMAT,
        "mode": network.mode,
        "crs": network.crs,
        "classes": list(network.classes),
        "hull": shapely.to_wkt(network.hull, rounding_precision=3),
        "speeds": network.speeds,
        "walking_kmh": network.walking_kmh,
        "parking_seconds": network.parking_seconds,
        "left_out": dict(network.left_out),
        "counts": dict(network.counts),
        "provenance": dict(network.provenance),
        "turns": {
            "exceptions": list(network.turns.exceptions),
            "left_out": dict(network.turns.left_out),
        },
    }
    with written(folder) as beside:
        beside.mkdir()
        for name in _array_names():
            np.save(beside / f"{name}.npy", getattr(network, name), allow_pickle=False)
        np.save(beside / _TURNS, network.turns.rows, allow_pickle=False)
        text = json.dumps(header, indent=1, ensure_ascii=False, sort_keys=True)
        (beside / _HEADER).write_text(text, "utf-8")
    return folder


def load_network(folder: str | Path) -> Network:
    """
    Load a network from its folder; the arrays stay on disk until they are used.

    Raises
    ------
    SourceError
        Where the folder holds no network, an incomplete one, or one of another version.
    """
    import shapely

    from slgeo.network.model import Network
    from slgeo.network.turns import Turns

    folder = Path(folder)
    try:
        header: dict[str, Any] = json.loads((folder / _HEADER).read_text("utf-8"))
        if header.pop("format") != FORMAT:
            raise SourceError(f"{folder} was written by another version: read the roads again")
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in _array_names()
        }
        hull = shapely.from_wkt(header.pop("hull"))
        rows = np.load(folder / _TURNS, allow_pickle=False)
        turns = Turns(rows=rows, **header.pop("turns"))
        return Network(**header, **arrays, hull=hull, turns=turns)
    except FileNotFoundError as error:
        raise SourceError(f"no complete network in {folder}: {error.filename} is missing") from None
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        shapely.GEOSException,
        NetworkError,
    ) as error:
        if isinstance(error, SourceError):
            raise
        fault = f"{folder} holds no sound network ({error}): read the roads again"
        raise SourceError(fault) from None


def network_key(
    source: str,
    *,
    speeds: Speeds,
    crs: str,
    hull: Polygon | MultiPolygon | None = None,
    within: Polygon | MultiPolygon | None = None,
    wales: Polygon | MultiPolygon | bool = False,
) -> str:
    """
    Hash all that a network read from a file depends on.

    Parameters
    ----------
    source
        Hash of the file (:func:`slgeo.sources.cache.hash_file`).
    speeds, crs, hull, within, wales
        As it is read with.

    Returns
    -------
    str
        Key of a :class:`~slgeo.sources.cache.Cache`.
    """
    shapes = [shape if isinstance(shape, bool) else _wkb(shape) for shape in (hull, within, wales)]
    return hash_of("network", FORMAT, source, speeds.record(), crs, shapes)


def _wkb(shape: Polygon | MultiPolygon | None) -> str:
    import shapely

    return "" if shape is None else shapely.to_wkb(shape, hex=True)


def _array_names() -> tuple[str, ...]:
    from slgeo.network.model import EDGE_ARRAYS, NODE_ARRAYS

    return (*NODE_ARRAYS, *EDGE_ARRAYS, "exits")


def _occupied(folder: Path) -> bool:
    return not folder.is_dir() or any(folder.iterdir())
