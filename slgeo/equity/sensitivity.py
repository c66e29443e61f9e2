"""The range of a result over the choices that made it: the headline uncertainty of a census."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

KEYS: Final = ["measure", "statistic", "by", "group"]
"""What makes a row of one result the same as a row of another."""


def sensitivity_range(
    result: pd.DataFrame, alternatives: Mapping[str, pd.DataFrame], *, over: str
) -> pd.DataFrame:
    """
    Give a result the least and most that it came to over the choices tried.

    Parameters
    ----------
    result
        A tidy result under the choices that stand.
    alternatives
        The same result under other choices, by what was changed: other origins, speeds, lists of
        sites, edges.
    over
        What was varied, in words, for example ``speeds and origins``.

    Returns
    -------
    pd.DataFrame
        The result with ``low`` and ``high`` over itself and all alternatives, and sentences that
        say so. Where an alternative lacks a value the row has no range, and says which one.

    Raises
    ------
    AccessError
        If there is no alternative, or one lacks a row of the result altogether.
    """
    if not alternatives:
        raise AccessError("a sensitivity range needs at least one alternative")
    keys = [tuple(row) for row in result[KEYS].to_numpy()]
    columns = [result["value"].to_numpy(dtype=float)]
    for name, other in alternatives.items():
        found = {
            tuple(key): value
            for key, value in zip(other[KEYS].to_numpy(), other["value"], strict=True)
        }
        lost = [key for key in keys if key not in found]
        if lost:
            raise AccessError(
                f"alternative {name!r} has no row for {' / '.join(map(str, lost[0]))}; compute it "
                "with the same measure and groups"
            )
        columns.append(np.array([found[key] for key in keys], dtype=float))
    table = np.column_stack(columns)
    known = np.isfinite(table).all(axis=1)
    low = np.where(known, np.where(known[:, None], table, 0.0).min(axis=1), np.nan)
    high = np.where(known, np.where(known[:, None], table, 0.0).max(axis=1), np.nan)
    names = ("the result itself", *alternatives)
    sentences = []
    for at, sentence in enumerate(result["sentence"]):
        if known[at]:
            said = f"From {low[at]:,.3g} to {high[at]:,.3g} over the {over} tried."
        else:
            first = names[int(np.flatnonzero(~np.isfinite(table[at]))[0])]
            said = f"No range: {first} gives no value."
        sentences.append(f"{sentence} {said}".strip())
    frame = result.assign(low=low, high=high, sentence=sentences)
    frame.attrs = {**result.attrs, "tried": list(alternatives), "over": over}
    return frame
