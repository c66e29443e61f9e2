"""What a network holds, what was left out of it, and why: one tidy table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from slgeo.network.model import Network

PIECES_SHOWN: Final = 10
"""Pieces that do not join the usable network are listed one by one up to here."""

TURNS: Final = "turn restriction, not applied"
"""Part of the restrictions that are kept, by kind."""

NO_TURN: Final = "turn restriction left out"
"""Part of the restrictions that are not kept, by reason."""

_Row = tuple[str, str, int | None, float | None]


def audit_network(network: Network) -> pd.DataFrame:
    """
    List what a network holds, what was left out of it and why.

    Returns
    -------
    pd.DataFrame
        Columns ``part``, ``item``, ``count`` and ``km`` (missing where not known).
    """
    import pandas as pd

    rows = [
        *_whole(network),
        *_classes(network),
        *_pieces(network),
        *(("left out", reason, None, km) for reason, km in sorted(network.left_out.items())),
        *((TURNS, kind, count, None) for kind, count in network.turns.by_kind.items()),
        *((NO_TURN, reason, count, None) for reason, count in network.turns.left_out.items()),
        *(("read", item, count, None) for item, count in network.counts.items()),
    ]
    frame = pd.DataFrame(rows, columns=["part", "item", "count", "km"])
    return frame.astype({"count": "Int64", "km": float})


def _whole(network: Network) -> Iterator[_Row]:
    usable = network.usable
    one_way = (network.forward < 0) | (network.backward < 0)
    parts = {
        "all": np.ones(network.edges, bool),
        "usable": usable,
        "ends of trips only": usable & network.ends_only,
        "one-way": usable & one_way,
        "not to be joined by points": usable & ~network.snappable,
        "of no length": network.length == 0,
    }
    yield "network", "nodes", network.nodes, None
    for item, mask in parts.items():
        yield "network", item, int(mask.sum()), _km(network, mask)
    yield "network", "exits", len(network.exits), None


def _classes(network: Network) -> Iterator[_Row]:
    metres = np.bincount(network.road_class, network.length, minlength=len(network.classes))
    count = np.bincount(network.road_class, minlength=len(network.classes))
    for position in np.argsort(-metres, kind="stable"):
        if count[position]:
            name = network.classes[position]
            yield "class", name, int(count[position]), float(metres[position]) / 1000


def _pieces(network: Network) -> Iterator[_Row]:
    pieces = int(network.component.max(initial=0))
    if pieces == 0:
        return
    inner = network.component[network.tail] == network.component[network.head]
    metres = np.bincount(
        network.component[network.tail[inner]], network.length[inner], minlength=pieces + 1
    )
    count = np.bincount(network.component, minlength=pieces + 1)
    for piece in range(1, min(pieces, PIECES_SHOWN) + 1):
        yield (
            "piece apart",
            f"{piece}: {_where(network, piece)}",
            int(count[piece]),
            metres[piece] / 1000,
        )
    if pieces > PIECES_SHOWN:
        rest = slice(PIECES_SHOWN + 1, None)
        item = f"{pieces - PIECES_SHOWN} smaller ones"
        yield "piece apart", item, int(count[rest].sum()), float(metres[rest].sum()) / 1000


def _where(network: Network, piece: int) -> str:
    """Say where a piece is, and whether a one-way road ties it to the usable network."""
    nodes = network.component == piece
    x, y = float(network.x[nodes].mean()), float(network.y[nodes].mean())
    tied = nodes[network.tail] != nodes[network.head]
    tie = " (joined one way only)" if tied.any() else ""
    return f"near {x:.0f}, {y:.0f}{tie}"


def _km(network: Network, mask: np.ndarray) -> float:
    return float(network.length[mask].sum(dtype=float)) / 1000
