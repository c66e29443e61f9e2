"""
Link workers: who is employed where and for how much time, by network and quarter.

Absence is not zero. A network that returned other staff and no link worker has none; a network that
returned nothing is not known. How their time reaches people is in :mod:`slgeo.places.provision`.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError, TableError
from slgeo.places.columns import as_numbers
from slgeo.sources.archive import unpack
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
        The individual-level PCN workforce file of one or several quarters; the zip it is published
        in, or a zip of several quarters' files; or a table already summed by network
        (``pcn_code, year, month, splw_fte, splw_records``).

    Returns
    -------
    pd.DataFrame
        One row a network and quarter: ``quarter`` (``2022-09``), ``network``, ``network_name``,
        ``sub_icb``, ``icb``, ``fte``, ``records`` (rows of the return), ``people`` (distinct
        identifiers; missing in summed tables), ``fte_contracted`` (of the time: that of people
        under contracted services, where the file tells), ``reported``. Where the file has every
        member of staff, a network with other staff and no link worker has 0; where it is already
        summed, a network that is absent is simply absent. ``attrs["complete"]`` says which;
        ``attrs["roles"]`` are the names of the role, each with its first and last quarter.

    Raises
    ------
    SourceError
        If the file cannot be read, or is neither.
    TableError
        If one person's time is counted twice or a figure is none.
    """
    import pandas as pd

    source = Path(path).name
    if Path(path).suffix.lower() != ".zip":
        return _read_one(path)
    with tempfile.TemporaryDirectory() as folder:
        parts, others = [], []
        for one in unpack(path, folder, suffixes=(".csv",)):
            try:
                parts.append(_read_one(one))
            except SourceError:  # a zip holds notes and other tables too
                others.append(Path(one).name)
    if not parts:
        raise SourceError(f"{path}: no file in it is a table of PCN staff")
    made = pd.concat(parts, ignore_index=True)
    repeated = made.duplicated(["quarter", "network"])
    if repeated.any():
        first = made.loc[repeated, ["quarter", "network"]].iloc[0].tolist()
        raise TableError(f"{path}: network {first[1]} occurs in two files for {first[0]}")
    made = made.sort_values(["quarter", "network"]).reset_index(drop=True)
    roles: dict[str, tuple[str, str]] = {}
    for part in parts:
        for role, (first, last) in part.attrs["roles"].items():
            old = roles.get(role, (first, last))
            roles[role] = (min(first, old[0]), max(last, old[1]))
    notes = [note for part in parts for note in part.attrs["notes"] if not _is_of_roles(note)]
    if others:  # one of them may be a quarter whose columns have other names
        notes.append(
            f"{source}: not tables of PCN staff, so left out: {', '.join(sorted(others)[:10])}"
            + (f" and {len(others) - 10} more" if len(others) > 10 else "")
        )
    made.attrs = {
        "notes": [*dict.fromkeys(notes), *_roles_said(roles, source)],
        "source": source,
        "complete": all(part.attrs["complete"] for part in parts),
        "roles": roles,
    }
    return made


def _read_one(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read one file of staff, or of sums."""
    source = Path(path).name
    frame = read_table(path)
    rows, notes = known_columns(frame, source)
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
    rows["quarter"] = _quarters(rows, path)
    rows = _in_networks(rows, notes, source)
    complete = "role" in rows.columns
    roles = _roles(rows) if complete else {}
    made = _from_people(rows, notes, source) if complete else _from_sums(rows, notes, source)
    made = made.sort_values(["quarter", "network"]).reset_index(drop=True)
    notes.extend(_roles_said(roles, source))
    made.attrs = {"notes": notes, "source": source, "complete": complete, "roles": roles}
    return made


def _in_networks(rows: pd.DataFrame, notes: list[str], source: str) -> pd.DataFrame:
    """Leave out rows that name no network, and say whose time that is."""
    named = rows["network"].notna() & rows["network"].astype(str).str.strip().ne("")
    lost = rows[~named]
    if "role" in rows.columns:
        lost = lost[lost["role"].astype(str).str.contains(LINK_WORKER)]
    if len(lost):
        notes.append(
            f"{source}: {len(lost):,} rows of link workers name no network, so their time "
            f"({lost['fte'].sum():.1f} full-time equivalents over all quarters) is left out"
        )
    return rows[named]


def _quarters(rows: pd.DataFrame, path: str | os.PathLike[str]) -> list[str]:
    """Write year and month as ``2022-09``; every row that has none is named at once."""
    import pandas as pd

    year, month = (pd.to_numeric(rows[name], errors="coerce") for name in ("year", "month"))
    bad = rows.index[~(year.between(2000, 2100) & month.between(1, 12))]
    if len(bad):
        shown = ", ".join(str(row) for row in bad[:5]) + (", ..." if len(bad) > 5 else "")
        raise TableError(f"{path}: no year and month in {len(bad)} rows ({shown})")
    return [f"{int(y)}-{int(m):02d}" for y, m in zip(year, month, strict=True)]


def _roles(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Tell under which names the role stands, and in which quarters."""
    is_link = rows["role"].astype(str).map(lambda role: LINK_WORKER.search(role) is not None)
    spells = rows[is_link].groupby("role")["quarter"].agg(["min", "max"])
    return {str(role): (str(row["min"]), str(row["max"])) for role, row in spells.iterrows()}


_OF_ROLES: Final = "link workers are the roles"


def _is_of_roles(note: str) -> bool:
    return _OF_ROLES in note


def _roles_said(roles: Mapping[str, tuple[str, str]], source: str) -> list[str]:
    """Say under which names the role stands, and when a name began or ended."""
    if not roles:
        return []
    spells = set(roles.values())
    listed = "; ".join(
        f"{role!r}" + ("" if len(spells) == 1 else f" ({first} to {last})")
        for role, (first, last) in sorted(roles.items(), key=lambda item: (item[1], item[0]))
    )
    return [f"{source}: {_OF_ROLES} {listed}"]


def known_columns(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[str]]:
    """Find our columns among a workforce file's, by name and never by position."""
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
    if not is_link.any():
        notes.append(f"{source}: no role in it is that of a social prescribing link worker")
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
    made["fte_contracted"] = _contracted(rows[is_link], made.index)
    made["reported"] = True
    return made.reset_index()


def _contracted(links: pd.DataFrame, index: pd.Index[Any]) -> pd.Series[Any]:
    """Sum the time of people whose record comes from contracted services, where that is said."""
    import pandas as pd

    if "employer" not in links.columns:
        return pd.Series(float("nan"), index=index)
    bought = links[links["employer"].astype(str).str.contains("contracted", case=False)]
    fte = bought.groupby(["quarter", "network"])["fte"].sum()
    return fte.reindex(index).fillna(0.0)


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
    made["fte_contracted"] = pd.Series(float("nan"), index=made.index)
    made["reported"] = True
    notes.append(
        f"{source}: already summed to link workers, so a network that is absent has none or did "
        "not report: the file cannot tell which"
    )
    return made
