"""Networks on disk: an ``.npy`` file an array, mapped into memory when loaded, and a JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import numpy as np

from slgeo.errors import NetworkError, SourceError

if TYPE_CHECKING:
    from slgeo.network.model import Network

FORMAT: Final = 1
"""Version of the layout; a folder of another version is read again from its source."""

_HEADER: Final = "network.json"


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
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.{uuid4().hex}")
    part.mkdir()
    try:
        for name in _array_names():
            np.save(part / f"{name}.npy", getattr(network, name), allow_pickle=False)
        header = {
            "format": FORMAT,
            "mode": network.mode,
            "crs": network.crs,
            "classes": list(network.classes),
            "hull": shapely.to_wkt(network.hull, rounding_precision=3),
            "speeds": network.speeds,
            "walking_kmh": network.walking_kmh,
            "left_out": dict(network.left_out),
            "counts": dict(network.counts),
            "provenance": dict(network.provenance),
        }
        text = json.dumps(header, indent=1, ensure_ascii=False, sort_keys=True)
        (part / _HEADER).write_text(text, "utf-8")
        _move(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
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
        return Network(**header, **arrays, hull=hull)
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
        raise SourceError(
            f"{folder} holds no sound network ({error}): read the roads again"
        ) from None


def _array_names() -> tuple[str, ...]:
    from slgeo.network.model import EDGE_ARRAYS, NODE_ARRAYS

    return (*NODE_ARRAYS, *EDGE_ARRAYS, "exits")


def _occupied(folder: Path) -> bool:
    return not folder.is_dir() or any(folder.iterdir())


def _move(part: Path, folder: Path) -> None:
    """Put a finished folder in place of an older one."""
    if folder.exists():
        old = folder.with_name(f".{folder.name}.{uuid4().hex}")
        folder.replace(old)
        part.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        part.replace(folder)
