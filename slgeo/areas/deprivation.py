"""Deprivation: an index of one nation, its ranks checked, decile 1 the most deprived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.areas.layers import read_layer
from slgeo.areas.registry import registry
from slgeo.errors import TableError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    import pandas as pd

    from slgeo.areas.registry import Layer

WITHIN: Final = "deciles, each within its own nation"
"""How a study of several nations, asked to compare them, names its deprivation."""
CARRIED: Final = ", carried"
"""End of the name of an index that was carried to another edition of areas."""


def read_deprivation(
    path: str | os.PathLike[str], *, layer: str | None = None, prefer: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read an index of deprivation.

    Parameters
    ----------
    path
        The published file (IoD 2025 or 2019 File 7 and the other layouts of the registry) or a
        tidied copy.
    layer
        Name in the registry, where the content does not settle it.
    prefer
        Geographies to choose where a file has tables on several.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``deprivation_rank``, ``deprivation_decile``, ``deprivation_score`` and
        ``deprivation_index``, with domains as ``domain_income_rank`` and so on. Rank and decile 1
        are the most deprived; a score is higher where deprivation is worse. ``attrs`` as
        :func:`slgeo.areas.layers.read_layer`.

    Raises
    ------
    TableError
        If ranks do not run within 1 to the nation's number of areas, or deciles go against ranks.
    """
    table = read_layer(path, "deprivation", layer=layer, prefer=prefer)
    chosen = registry().layer(table.attrs["layers"][0])
    _check_ranks(table, chosen.rows)
    if "deprivation_decile" not in table:
        table = _with_deciles(table, chosen)
    if chosen.groups:
        table["deprivation_group"] = group_of(table["deprivation_rank"], chosen)
    if "population" in table:
        table.attrs["people"] = table["population"]
    table["deprivation_index"] = chosen.label
    return table.drop(columns=["name", "authority", "population"], errors="ignore")


def basis(areas: pd.DataFrame) -> str:
    """
    Say what the study's deprivation is, where it is not simply one nation's index on its own areas.

    Parameters
    ----------
    areas
        The ``areas`` table.

    Returns
    -------
    str
        A sentence for every output: carried to another edition of areas, or deciles each within its
        own nation. Empty where there is nothing to say.

    Examples
    --------
    >>> import pandas as pd
    >>> basis(pd.DataFrame({"in_study": [True], "deprivation_index": ["IMD 2025"]}))
    ''
    """
    if "deprivation_index" not in areas.columns:
        return ""
    used = sorted(areas.loc[areas["in_study"].astype(bool), "deprivation_index"].dropna().unique())
    said = []
    for label in used:
        if WITHIN in label:
            said.append(
                f"Deprivation is by {label}: deciles of two nations say nothing about each other."
            )
        elif label.endswith(CARRIED):
            said.append(
                f"Deprivation is {label}: areas that were split have their old area's decile, "
                "areas that were merged that of the larger one; nothing was averaged."
            )
    return " ".join(said)


def _with_deciles(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Count deciles from ranks, where the number of areas ranked nationally is known."""
    rank = table["deprivation_rank"]
    total = layer.rows or (len(rank) if rank.max() == len(rank) else 0)
    if not total:
        table.attrs["notes"].append(
            f"{layer.label}: no deciles given, and ranks up to {rank.max():g} in {len(rank)} rows "
            "do not say how many areas were ranked: deciles are missing"
        )
        return table
    table["deprivation_decile"] = decile_of(rank, total, ends=layer.decile_ends)
    table.attrs["notes"].append(
        f"{layer.label}: deciles counted from ranks, equal numbers of areas each"
    )
    return table


def group_of(rank: pd.Series[float], layer: Layer) -> pd.Series[str]:
    """
    Put ranks into the groups a nation publishes (Wales: 10, 20, 30, 50 %), under their labels.

    Examples
    --------
    >>> import pandas as pd
    >>> group_of(pd.Series([1, 1917]), registry().layer("wimd2025")).tolist()
    ['10% most deprived', '50% least deprived']
    """
    import pandas as pd

    made = pd.Series(None, index=rank.index, dtype=object)
    for percent, label in reversed(layer.groups):
        made[rank <= layer.decile_ends[percent // 10 - 1]] = label
    return made


def decile_of(
    rank: pd.Series[float], total: int, *, ends: tuple[int, ...] = ()
) -> pd.Series[float]:
    """
    Count national deciles from ranks, tenths of equal numbers of areas.

    Parameters
    ----------
    rank
        1 is the most deprived.
    total
        Number of areas ranked nationally: never the number in a study.
    ends
        Last rank of each decile, where the publisher states them; they differ by a rank or two
        between nations.

    Examples
    --------
    >>> import pandas as pd
    >>> decile_of(pd.Series([1, 89, 90, 890]), 890).tolist()
    [1.0, 1.0, 2.0, 10.0]
    """
    import numpy as np
    import pandas as pd

    if ends:
        return pd.Series(np.searchsorted(ends, rank) + 1.0, index=rank.index).where(rank.notna())
    return pd.Series(np.ceil(rank * 10 / total).clip(1, 10), index=rank.index)


def _check_ranks(table: pd.DataFrame, total: int) -> None:
    """Refuse ranks that cannot be, and deciles that run the other way."""
    source = table.attrs["source"]
    rank = table["deprivation_rank"].dropna()
    wrong = (rank < 1) | (rank > (total or float("inf")))
    if wrong.any():
        code = rank.index[wrong][0]
        raise TableError(
            f"{source}: {int(wrong.sum())} deprivation ranks are not within 1 to {total:,} "
            f"(first: {code} has {rank[code]:g})"
        )
    if "deprivation_decile" in table and len(rank) > 1:
        both = table[["deprivation_rank", "deprivation_decile"]].dropna()
        steps = both.sort_values("deprivation_rank", kind="stable")["deprivation_decile"]
        if (steps.diff() < 0).any():
            code = steps.index[(steps.diff() < 0).to_numpy()][0]
            raise TableError(
                f"{source}: deciles do not follow ranks at {code}: 1 must be the most deprived in "
                "both. Are the deciles counted the other way round?"
            )
