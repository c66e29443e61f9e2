"""
Link workers: who is employed where and for how much time, by network and quarter.

Absence is not zero. A network that returned other staff and no link worker has none; a network that
returned nothing is not known. How their time reaches people is in :mod:`slgeo.places.provision`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError, TableError
from slgeo.places.columns import as_numbers
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd


LINK_WORKER: Final = re.compile(r"social\s+prescribing\s+link\s+worker", re.IGNORECASE)
"""The role by contained text: recent releases add "(Non-Mental Health practitioners)" after it."""

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "year": ("census_year", "year"),
    "month": ("census_month", "month"),
    "network": ("pcn_code",),
    "network_name": ("pcn_name",),
    "sub_icb": ("sub_icb_code", "sub_icb_or_ccg_code", "ccg_code"),
    "icb": ("icb_code", "icb_or_stp_code", "stp_code"),
    "practice": ("prac_code", "practice_code"),
    "role": ("detailed_staff_role", "staff_role", "role"),
    "fte": ("fte", "splw_fte"),
    "records": ("splw_records", "records", "headcount"),
    "person": ("unique_identifier",),
    "employer": ("data_source",),
    "measure": ("measure",),
    "value": ("value",),
}


def read_link_workers(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read link workers by network and quarter.

    Parameters
    ----------
    path
        The individual-level PCN workforce file of one or several quarters, or a table already
        summed by network (``pcn_code, year, month, splw_fte, splw_records``).

    Returns
    -------
    pd.DataFrame
        One row a network and quarter: ``quarter`` (``2022-09``), ``network``, ``network_name``,
        ``sub_icb``, ``icb``, ``fte``, ``records`` (rows of the return), ``people`` (distinct
        identifiers; missing in summed tables), ``reported``. Where the file has every member of
        staff, a network with other staff and no link worker has 0; where it is already summed, a
        network that is absent is simply absent. ``attrs["complete"]`` says which.

    Raises
    ------
    SourceError
        If the file cannot be read, or is neither.
    TableError
        If one person's time is counted twice or a figure is none.
    """
    source = Path(path).name
    frame = read_table(path)
    rows, notes = _columns(frame, source)
    absent = [n for n in ("year", "month", "network", "fte") if n not in rows.columns]
    if absent:
        raise SourceError(
            f"{path}: not a table of PCN staff: no column for {', '.join(absent)} "
            f"(columns: {', '.join(map(str, list(frame.columns)[:12]))})"
        )
    rows["fte"] = as_numbers(rows, "fte", notes, source)
    if rows["fte"].isna().any() or (rows["fte"] < 0).any():
        bad = rows.index[rows["fte"].isna() | (rows["fte"] < 0)][0]
        raise TableError(f"{path}, row {bad}: full-time equivalent is missing or below 0")
    rows["quarter"] = [
        f"{int(float(year))}-{int(float(month)):02d}"
        for year, month in zip(rows["year"], rows["month"], strict=True)
    ]
    complete = "role" in rows.columns
    made = _from_people(rows, notes, source) if complete else _from_sums(rows, notes, source)
    made = made.sort_values(["quarter", "network"]).reset_index(drop=True)
    made.attrs = {"notes": notes, "source": source, "complete": complete}
    return made


def _columns(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[str]]:
    lower = {str(name).lower().strip(): str(name) for name in frame.columns}
    found = {
        ours: lower[next(name for name in names if name in lower)]
        for ours, names in _NAMED.items()
        if lower.keys() & set(names)
    }
    rows = frame[list(found.values())].set_axis(list(found), axis=1)
    rows.attrs = frame.attrs
    return rows, [f"{source}: read as {'staff records' if 'role' in found else 'summed table'}"]


def _from_people(rows: pd.DataFrame, notes: list[str], source: str) -> pd.DataFrame:
    """Sum individual records; every network that returned anyone gets a row."""
    import pandas as pd

    is_link = rows["role"].astype(str).map(lambda role: LINK_WORKER.search(role) is not None)
    roles = sorted(set(rows.loc[is_link, "role"]))
    notes.append(f"{source}: link workers are the roles {'; '.join(roles) or 'none'}")
    rows = _once(rows, is_link, notes, source)
    is_link = is_link.loc[rows.index]
    keys = ["quarter", "network"]
    about = [n for n in ("network_name", "sub_icb", "icb") if n in rows.columns]
    every = rows.groupby(keys)[about].first() if about else rows.groupby(keys).size().to_frame()
    mine = rows[is_link].groupby(keys)
    made: pd.DataFrame = every[about].copy()
    made["fte"] = mine["fte"].sum().reindex(made.index).fillna(0.0)
    made["records"] = mine.size().reindex(made.index).fillna(0).astype(float)
    if "person" in rows.columns:
        made["people"] = mine["person"].nunique().reindex(made.index).fillna(0).astype(float)
    else:
        made["people"] = pd.Series(float("nan"), index=made.index)
    made["reported"] = True
    return made.reset_index()


def _once(
    rows: pd.DataFrame, is_link: pd.Series[bool], notes: list[str], source: str
) -> pd.DataFrame:
    """Drop rows that repeat a person, network, role and time: one return sent twice."""
    if "person" not in rows.columns:
        return rows
    keys = [c for c in ("quarter", "network", "person", "role", "fte", "employer") if c in rows]
    repeated = rows.duplicated(keys) & rows["person"].notna()
    if (repeated & is_link).any():
        notes.append(
            f"{source}: {int((repeated & is_link).sum())} link worker rows repeat a person, "
            "network and time, and were left out"
        )
    return rows[~repeated]


def _from_sums(rows: pd.DataFrame, notes: list[str], source: str) -> pd.DataFrame:
    import pandas as pd

    made = rows[[c for c in rows.columns if c not in {"year", "month"}]].copy()
    repeated = made.duplicated(["quarter", "network"])
    if repeated.any():
        first = made.loc[repeated, ["quarter", "network"]].iloc[0].tolist()
        raise TableError(f"{source}: network {first[1]} occurs twice in {first[0]}")
    if "records" in made.columns:
        made["records"] = as_numbers(made, "records", notes, source)
    made["people"] = pd.Series(float("nan"), index=made.index)
    made["reported"] = True
    notes.append(
        f"{source}: already summed to link workers, so a network that is absent has none or did "
        "not report: the file cannot tell which"
    )
    return made


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
    rows, notes = _columns(read_table(path), source)
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
