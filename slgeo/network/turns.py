"""
Turn restrictions: which turns a mode may not make, kept beside its roads and not applied to times.

A restriction of OpenStreetMap says that who comes along one way (`from`) must not, or must, go on
along another (`to`) at a node or over a way between them (`via`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

KINDS: Final = (
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "no_entry",
    "no_exit",
    "only_left_turn",
    "only_right_turn",
    "only_straight_on",
    "only_u_turn",
)
"""Kinds of restriction (OpenStreetMap wiki, Relation:restriction)."""

NOT_HERE: Final = "a road or node that is not in the network"
NO_MEETING: Final = "roads that do not meet there"

ROW: Final = np.dtype(
    [
        ("relation", np.int64),
        ("kind", np.uint8),
        ("from_way", np.int64),
        ("via", np.int64),
        ("via_way", np.bool_),
        ("to_way", np.int64),
        ("exceptions", np.int32),
    ]
)
"""Fields of one restriction."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turns:
    """
    The turn restrictions of one mode. They are kept, and not applied to travel times.

    Parameters
    ----------
    rows : structured ndarray of :data:`ROW`, shape (t,)
        ``relation``, ``from_way`` and ``to_way`` are ids of the source, as in ``network.way``;
        ``via`` is an id of ``network.node_id``, or where ``via_way`` is set one of
        ``network.way``; ``kind`` is a position in :data:`KINDS`, ``exceptions`` one in
        `exceptions`.
    exceptions
        Combinations of those who are exempt, as they are written (``bicycle;psv``).
    left_out
        Number of restrictions that are not in `rows`, by reason.

    Raises
    ------
    NetworkError
        Rows of other fields, or that name a kind or an exception there is none of.

    Examples
    --------
    >>> from slgeo.network.turns import Turns
    >>> len(Turns()), Turns().by_kind
    (0, {})
    """

    rows: NDArray[np.void] = field(default_factory=lambda: np.empty(0, ROW))
    exceptions: tuple[str, ...] = ("",)
    left_out: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        rows = np.asarray(self.rows)
        if rows.dtype != ROW or rows.ndim != 1:
            raise NetworkError(f"turn restrictions have the fields {rows.dtype}, not {ROW}")
        for name, known in (("kind", len(KINDS)), ("exceptions", len(self.exceptions))):
            if len(rows) and not (rows[name].min() >= 0 and rows[name].max() < known):
                raise NetworkError(f"turn restrictions: {name} goes beyond the {known} there are")
        view = rows.view(np.ndarray).view()
        view.flags.writeable = False
        object.__setattr__(self, "rows", view)
        object.__setattr__(self, "exceptions", tuple(self.exceptions))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def by_kind(self) -> dict[str, int]:
        """Number of restrictions of each kind that occurs."""
        count = np.bincount(self.rows["kind"], minlength=len(KINDS)).tolist()
        return {kind: number for kind, number in zip(KINDS, count, strict=True) if number}

    def to_frame(self) -> pd.DataFrame:
        """
        Return the restrictions as a table.

        Returns
        -------
        pd.DataFrame
            One row a restriction: ``relation``, ``kind``, ``from_way``, ``via``, ``via_way``
            (whether `via` is a way), ``to_way`` and ``exceptions`` (text, empty where none).
        """
        import pandas as pd

        frame = pd.DataFrame({name: self.rows[name] for name in ROW.names or ()})
        kinds, exceptions = np.array(KINDS, object), np.array(self.exceptions, object)
        return frame.assign(
            kind=kinds[self.rows["kind"]], exceptions=exceptions[self.rows["exceptions"]]
        )


def turns_among(
    turns: Turns,
    *,
    node_id: NDArray[np.int64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    way: NDArray[np.int64],
) -> Turns:
    """
    Keep the restrictions whose members are among the roads given, and count the others.

    Parameters
    ----------
    turns
        Any restrictions.
    node_id, tail, head, way
        Roads, as in :class:`~slgeo.network.model.Network`.
    """
    rows = turns.rows
    if not len(rows):
        return turns
    ways = np.concatenate([rows["from_way"], rows["to_way"], rows["via"][rows["via_way"]]])
    touched: dict[int, set[int]] = {}
    for edge in np.flatnonzero(np.isin(way, ways)):
        ends = {int(node_id[tail[edge]]), int(node_id[head[edge]])}
        touched.setdefault(int(way[edge]), set()).update(ends)
    known = set(node_id[np.isin(node_id, rows["via"])].tolist())
    why_not = [_why_not(row, touched, known) for row in rows.tolist()]
    left_out = Counter(turns.left_out)
    left_out.update(why for why in why_not if why)
    kept = np.array([not why for why in why_not], bool)
    return replace(turns, rows=rows[kept], left_out=dict(sorted(left_out.items())))


def _why_not(
    row: tuple[int, int, int, int, bool, int, int], touched: dict[int, set[int]], known: set[int]
) -> str:
    """Say why a restriction is not to be found on the ground; empty where it is."""
    _, _, start, via, via_way, end, _ = row
    if start not in touched or end not in touched or via not in (touched if via_way else known):
        return NOT_HERE
    between = touched[via] if via_way else {via}
    return "" if between & touched[start] and between & touched[end] else NO_MEETING
