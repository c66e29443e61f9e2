"""
Carry counts from one edition of small areas to the next, and account for everyone.

A lookup says which old area became which new one. Counts of an area that was split are shared among
its children; everything that could not be placed is in the ledger, so that people in = people out +
people reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.areas.columns import in_layout
from slgeo.areas.registry import registry
from slgeo.areas.vintage import clean_codes
from slgeo.errors import SourceError, TableError
from slgeo.sources.read import read_table, top_rows

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import pandas as pd

CHANGES: Final = {"U": "unchanged", "S": "split", "M": "merged", "X": "irregular"}
"""ONS change indicators of the 2011 to 2021 lookup."""


def read_lookup(path: str | os.PathLike[str], *, layer: str | None = None) -> pd.DataFrame:
    """
    Read a lookup between two editions of small areas.

    Parameters
    ----------
    path
        The published lookup (CSV, workbook or Parquet) or a tidied copy.
    layer
        Name in the registry, where the content does not settle it.

    Returns
    -------
    pd.DataFrame
        One row an overlap: ``from_area``, ``to_area``, ``change`` (a word of :data:`CHANGES`).
        Slivers the registry lists are left out. ``attrs``: ``older`` and ``newer`` (geographies),
        ``layers``, ``notes``, ``source``.

    Raises
    ------
    SourceError
        If the file is no lookup the registry knows.
    """
    rows = top_rows(path)
    for entry in registry().of("lookup"):
        for layout in entry.layouts if layer in {None, entry.name} else ():
            for position, row in enumerate(rows):
                names = in_layout(row, layout)
                if names is not None:
                    raw = read_table(path, header=position + 1, columns=names.__contains__)
                    return _lookup(raw.rename(columns=names), entry.name)
    raise SourceError(
        f"{path}: no lookup slgeo knows (columns found: {', '.join(rows[0][:12])}); it reads "
        + "; ".join(entry.title for entry in registry().of("lookup"))
    )


def _lookup(raw: pd.DataFrame, name: str) -> pd.DataFrame:
    import pandas as pd

    entry = registry().layer(name)
    blank = raw["area"].isna() | raw["from_area"].isna()
    if blank.any():
        raise TableError(
            f"{raw.attrs['source']}: {int(blank.sum())} rows without a code (first: row "
            f"{raw.index[blank][0]})"
        )
    made = pd.DataFrame(
        {
            "from_area": clean_codes(raw["from_area"]),
            "to_area": clean_codes(raw["area"]),
        }
    )
    if "change" in raw:
        made["change"] = raw["change"].str.strip().str.upper().map(CHANGES)
    else:
        made["change"] = _changes(made)
    slivers = pd.MultiIndex.from_tuples(entry.slivers, names=["from_area", "to_area"])
    pairs = pd.MultiIndex.from_frame(made[["from_area", "to_area"]])
    made = made[~pairs.isin(slivers)].drop_duplicates(["from_area", "to_area"])
    made = made.sort_values(["from_area", "to_area"], ignore_index=True)
    made.attrs = {
        "older": entry.older,
        "newer": entry.geography,
        "layers": [name],
        "notes": list(raw.attrs["notes"]),
        "source": raw.attrs["source"],
    }
    return made


def _changes(pairs: pd.DataFrame) -> pd.Series[str]:
    """Tell what happened to each old area, where the lookup does not say."""
    import pandas as pd

    children = pairs.groupby("from_area")["to_area"].transform("nunique")
    parents = pairs.groupby("to_area")["from_area"].transform("nunique")
    words = pd.Series("irregular", index=pairs.index)
    words[(children == 1) & (parents > 1)] = "merged"
    words[(children > 1) & (parents == 1)] = "split"
    words[(children == 1) & (parents == 1)] = "unchanged"
    return words


def carry_counts(
    counts: pd.DataFrame, lookup: pd.DataFrame, *, values: Sequence[str] = ("patients",)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Carry a table of counts to the next edition, equal shares for the children of a split.

    Meant for counts that are small beside an area, such as patients by practice and area of
    residence, where no finer population is known (methods.md section 13).

    Parameters
    ----------
    counts
        A column ``area`` of older codes, the ``values``, and any other columns (a practice), which
        are kept: rows that meet in one new area are added up.
    lookup
        From :func:`read_lookup`.
    values
        Columns of counts.

    Returns
    -------
    carried : pd.DataFrame
        The same columns, ``area`` being new codes.
    ledger : pd.DataFrame
        Index ``change``: ``unchanged``, ``split``, ``merged``, ``irregular`` and ``not placed``;
        columns ``areas`` (different old codes) and the values. Its sums are those of ``counts``;
        ``attrs["not_placed"]`` has the codes that are in no row of the lookup.

    Examples
    --------
    >>> import pandas as pd
    >>> lookup = pd.DataFrame({"from_area": ["A", "A"], "to_area": ["B", "C"], "change": "split"})
    >>> carried, ledger = carry_counts(pd.DataFrame({"area": ["A"], "patients": [5]}), lookup)
    >>> carried.patients.tolist(), float(ledger.patients.sum())
    ([2.5, 2.5], 5.0)
    """
    import pandas as pd

    columns = list(values)
    others = [name for name in counts.columns if name not in {"area", *columns}]
    words = lookup.drop_duplicates("from_area").set_index("from_area")["change"]
    change = counts["area"].map(words)
    placed = change.notna()
    children = lookup.groupby("from_area")["to_area"].size().rename("_children").reset_index()
    moved = counts[placed].merge(
        lookup[["from_area", "to_area"]].merge(children, on="from_area"),
        left_on="area",
        right_on="from_area",
        validate="many_to_many",
    )
    for name in columns:
        moved[name] = moved[name].astype(float) / moved["_children"]
    carried = (
        moved.drop(columns="area")
        .rename(columns={"to_area": "area"})
        .groupby([*others, "area"], dropna=False, sort=True)[columns]
        .sum()
        .reset_index()[list(counts.columns)]
    )
    said = counts.assign(change=change.where(placed, "not placed"))
    ledger = said.groupby("change").agg(
        areas=("area", "nunique"), **{name: (name, "sum") for name in columns}
    )
    ledger = ledger.reindex([*CHANGES.values(), "not placed"], fill_value=0)
    ledger.index.name = "change"
    ledger.attrs["not_placed"] = sorted(pd.unique(counts.loc[~placed, "area"].dropna()))
    return carried, ledger
