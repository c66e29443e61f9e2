"""
Link workers on practices' own payrolls, put beside those of their networks and never twice.

The practice-level file says neither year nor month, and its identifiers join with no other file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.places.columns import as_numbers
from slgeo.places.workforce import LINK_WORKER, known_columns
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os

    import pandas as pd


def combine_employers(by_network: pd.DataFrame, by_practice: pd.DataFrame) -> pd.DataFrame:
    """
    Add link workers employed by practices to those of their networks, counting nobody twice.

    Parameters
    ----------
    by_network
        From :func:`read_link_workers` on the PCN file.
    by_practice
        Columns ``quarter``, ``network`` (of the practice, on that date), ``fte`` and, where known,
        ``person``: link workers on practices' own payrolls.

    Returns
    -------
    pd.DataFrame
        ``by_network`` with ``fte_network``, ``fte_practice`` and ``fte`` their sum. Identifiers are
        of one release and never join across the two files, so where a network's return and its
        practices' hold the same time in the same quarter, the larger is taken, not the sum:
        ``overlap`` says so.
    """
    made = by_network.rename(columns={"fte": "fte_network"}).copy()
    extra = by_practice.groupby(["quarter", "network"])["fte"].sum()
    keys = list(zip(made["quarter"], made["network"], strict=True))
    made["fte_practice"] = [float(extra.get(key, 0.0)) for key in keys]
    same = (made["fte_practice"] > 0) & (
        (made["fte_practice"] - made["fte_network"]).abs() < _SAME_TIME
    )
    made["overlap"] = same
    both = made["fte_network"] + made["fte_practice"]
    made["fte"] = both.where(~same, made[["fte_network", "fte_practice"]].max(axis=1))
    missing = sorted(set(extra.index) - set(keys))
    notes = [*by_network.attrs.get("notes", [])]
    if same.any():
        notes.append(
            f"{int(same.sum())} networks and quarters have the same time at network and practice: "
            "taken once"
        )
    if missing:
        notes.append(
            f"{len(missing)} practice returns are of networks without a return of their own "
            f"(first: {missing[0][1]} in {missing[0][0]}); they are not in the table"
        )
    alone = by_practice[by_practice["network"].isna()]
    if alone["fte"].sum() > 0:
        notes.append(
            f"{len(alone)} practice returns are of practices in no network: their "
            f"{alone['fte'].sum():.1f} full-time equivalents are not in the table"
        )
    made.attrs = {**by_network.attrs, "notes": notes}
    return made


_SAME_TIME: Final = 0.005
"""Full-time equivalents are published to two or three decimals; equal ones are the same return."""


def read_practice_link_workers(
    path: str | os.PathLike[str], members: pd.DataFrame, *, quarter: str
) -> pd.DataFrame:
    """
    Read link workers on practices' own payrolls.

    Parameters
    ----------
    path
        The practice-level workforce file in its long form (``PRAC_CODE``, ``DETAILED_STAFF_ROLE``,
        ``MEASURE``, ``VALUE``).
    members
        Which network each practice belongs to, from :func:`slgeo.places.networks.members_on`.
    quarter
        Year and month of the file, which its rows do not say: ``2026-06``.

    Returns
    -------
    pd.DataFrame
        ``quarter``, ``practice``, ``network`` and ``fte``; only rows measured in full-time
        equivalents. Practices in no network keep a missing one.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks the columns.
    """
    source = Path(path).name
    rows, notes = known_columns(read_table(path), source)
    absent = [n for n in ("practice", "role", "measure", "value") if n not in rows.columns]
    if absent:
        raise SourceError(f"{path}: not the long practice file: no column for {', '.join(absent)}")
    is_link = rows["role"].astype(str).map(lambda role: LINK_WORKER.search(role) is not None)
    is_fte = rows["measure"].astype(str).str.upper().eq("FTE")
    made: pd.DataFrame = rows.loc[is_link & is_fte, ["practice"]].copy()
    made["fte"] = as_numbers(rows, "value", notes, source).loc[made.index]
    made["network"] = made["practice"].map(members["pcn"])
    made["quarter"] = quarter
    made = made[["quarter", "practice", "network", "fte"]].reset_index(drop=True)
    made.attrs = {"notes": notes, "source": source}
    return made
