"""
What preparing a network takes at most, and what it holds afterwards; started by ``routing.py``.

``write FOLDER SIDE`` makes a network and keeps it in a folder, ``prepare FOLDER SIDE`` loads it in
a process of its own and prepares it, and prints bytes as JSON: ``peak`` and ``held`` are what the
system counts for the whole process (interpreter, libraries and mapped files too), ``arrays`` what
the arrays of the network, its graph and its hierarchy add up to.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np


def write(folder: Path, side: int) -> None:
    from routing_network import made_roads

    from slgeo.network import Network

    made = made_roads(side)
    Network.from_edges(
        made.x,
        made.y,
        made.tail,
        made.head,
        mode="drive",
        forward=made.forward,
        backward=made.backward,
    ).save(folder / "network")


def prepare(folder: Path) -> None:
    from slgeo.network import Network
    from slgeo.routing.graph import road_graph
    from slgeo.routing.hierarchy import Hierarchy

    network = Network.load(folder / "network")
    graph = road_graph(network)
    hierarchy = Hierarchy.prepare(graph)
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    held = arrays(network) + arrays(graph) + sum(part.nbytes for part in graph.arcs)
    found = {"peak": status("VmHWM"), "held": status("VmRSS"), "arrays": held + arrays(hierarchy)}
    print(json.dumps(found))


def arrays(thing: object) -> int:
    """Bytes of the arrays a dataclass holds."""
    values = (getattr(thing, field.name) for field in fields(thing))  # type: ignore[arg-type]  # any dataclass
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


def status(name: str) -> int:
    """Bytes, as Linux counts them: VmHWM is the most so far (ru_maxrss would be the parent's)."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {name} in /proc/self/status: this runs on Linux only")


if __name__ == "__main__":
    step, where, junctions = sys.argv[1:4]
    if step == "write":
        write(Path(where), int(junctions))
    else:
        prepare(Path(where))
