"""A hierarchy on disk, beside the network it was prepared for."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo.errors import SourceError
from slgeo.routing.hierarchy import Hierarchy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slgeo.routing.graph import RoadGraph

LAYOUT: Final = "slgeo hierarchy 1"
NAMES: Final = ("rank", "first", "head", "up", "down", "lowest")


def save_hierarchy(hierarchy: Hierarchy, graph: RoadGraph, folder: str | Path) -> Path:
    """
    Write a hierarchy to a folder, one ``.npy`` file an array.

    Parameters
    ----------
    hierarchy
        What to keep.
    graph
        The roads it was prepared for; what they are is noted, so that others are told apart.
    folder
        Made, or replaced, in one step.
    """
    from slgeo.sources.cache import written

    about = {"layout": LAYOUT, "roads": _roads(graph), "times": hierarchy.times}
    with written(folder) as beside:
        beside.mkdir()
        for name in NAMES:
            np.save(beside / f"{name}.npy", getattr(hierarchy, name), allow_pickle=False)
        (beside / "hierarchy.json").write_text(json.dumps(about), encoding="utf-8")
    return Path(folder)


def load_hierarchy(graph: RoadGraph, folder: str | Path) -> Hierarchy | None:
    """
    Take a hierarchy back from its folder.

    Returns
    -------
    Hierarchy or None
        None where the folder holds none for these roads. Where only the speeds have changed, the
        order is kept and the arcs are timed anew.

    Raises
    ------
    SourceError
        Where the folder is damaged.
    """
    folder = Path(folder)
    note = folder / "hierarchy.json"
    if not note.exists():
        return None
    try:
        about: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        if about.get("layout") != LAYOUT or about.get("roads") != _roads(graph):
            return None
        rank, first, head, up, down, lowest = (_array(folder / f"{name}.npy") for name in NAMES)
    except (OSError, ValueError, EOFError) as error:
        raise SourceError(
            f"{folder}: a damaged hierarchy ({error}); delete the folder and it is made anew"
        ) from error
    hierarchy = Hierarchy(rank, first, head, up, down, lowest, int(about["times"]))
    if not _sound(hierarchy, graph.size):
        raise SourceError(f"{folder}: a damaged hierarchy; delete the folder and it is made anew")
    return hierarchy.customised(graph)


def _array(path: Path) -> NDArray[Any]:
    """Read an array; in memory, since the kernels take writable and mapped ones for two types."""
    array: NDArray[Any] = np.load(path, allow_pickle=False)
    return array


def _sound(hierarchy: Hierarchy, nodes: int) -> bool:
    """Check what the kernels rely on, since they check nothing."""
    n, arcs = len(hierarchy.rank), len(hierarchy.head)
    types = {"rank": "i4", "first": "i8", "head": "i4", "up": "i4", "down": "i4", "lowest": "i4"}
    if any(getattr(hierarchy, name).dtype != kind for name, kind in types.items()):
        return False
    shapes = (
        n == nodes
        and len(hierarchy.first) == n + 1
        and len(hierarchy.lowest) == n
        and len(hierarchy.up) == len(hierarchy.down) == arcs
    )
    if not shapes or hierarchy.first[0] != 0 or hierarchy.first[-1] != arcs:
        return False
    if not (np.sort(hierarchy.rank) == np.arange(n)).all() or (np.diff(hierarchy.first) < 0).any():
        return False
    tail = np.repeat(np.arange(n), np.diff(hierarchy.first))
    upward = bool((hierarchy.head > tail).all() and (hierarchy.head < n).all())
    return upward and bool(
        (hierarchy.lowest <= np.arange(n)).all() and (hierarchy.lowest >= 0).all()
    )


def _roads(graph: RoadGraph) -> int:
    return zlib.crc32(graph.arcs.head.data, zlib.crc32(graph.arcs.first.data))
