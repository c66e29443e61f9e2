"""
Primary care networks: which practice belonged to which, and when.

Membership comes in spells. A practice may leave and come back, so it is always asked for on a date.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.sources.read import read_table, top_rows

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

_SPELL: Final[Mapping[str, str]] = {
    "practice": r"partner organisation code",
    "practice_name": r"partner name",
    "practice_sub_icb": r"practice parent sub icb( loc)?( code)?",
    "pcn": r"pcn code",
    "pcn_name": r"pcn name",
    "pcn_sub_icb": r"pcn parent sub icb( loc)?( code)?",
    "starts": r"(practice to pcn )?relationship start( date)?",
    "ends": r"(practice to pcn )?relationship end( date)?",
}
"""Column names of epcncorepartnerdetails and of the workbook's sheet, lower case."""
_SHEET: Final = re.compile("core partner", re.IGNORECASE)
_WIDTH: Final = 11


def read_pcn_members(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read the spells of practices in networks.

    Parameters
    ----------
    path
        ``epcncorepartnerdetails`` as CSV, with or without a header, or the workbook ``ePCN.xlsx``.

    Returns
    -------
    pd.DataFrame
        One row a spell: ``practice``, ``practice_name``, ``practice_sub_icb``, ``pcn``,
        ``pcn_name``, ``pcn_sub_icb``, ``starts`` and ``ends`` (ISO dates; missing: it has not
        ended). Repeated rows are left out, and counted in ``attrs["notes"]``.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks the columns.
    """
    source = Path(path).name
    book = Path(path).suffix.lower() in {".xlsx", ".xls", ".xlsm", ".ods"}
    first = [] if book else top_rows(path)[0]
    if len(first) == _WIDTH and re.fullmatch(r"U\d{5}", first[4]):
        frame = read_table(path, header=None)  # the report itself comes without a header
        columns = dict(zip(map(str, _POSITIONS), _ORDER, strict=True))
    else:
        frame = read_table(path, sheet=_SHEET) if book else read_table(path)
        columns = _columns(frame, path)
    frame = frame.rename(columns=columns)
    spells = frame[[name for name in _SPELL if name in frame.columns]].copy()
    for name in ("starts", "ends"):
        spells[name] = [_day(value) for value in spells[name]]
    whole = len(spells)
    spells = spells.drop_duplicates().reset_index(drop=True)
    notes = [f"{source}: {len(spells):,} spells of practices in networks"]
    if whole > len(spells):
        notes.append(f"{source}: {whole - len(spells)} repeated rows left out")
    spells.attrs = {"notes": notes, "source": source}
    return spells


_ORDER: Final = (
    "practice", "practice_name", "practice_sub_icb", "pcn", "pcn_name", "pcn_sub_icb", "starts",
    "ends",
)  # fmt: skip
_POSITIONS: Final = (0, 1, 2, 4, 5, 6, 8, 9)
"""Where these stand in the report without a header."""


def _columns(frame: pd.DataFrame, path: str | os.PathLike[str]) -> dict[str, str]:
    """Find the columns of the report by name: theirs -> ours."""
    bare = {_bare(name): str(name) for name in frame.columns}
    found = {
        ours: next((bare[name] for name in bare if re.fullmatch(pattern, name)), None)
        for ours, pattern in _SPELL.items()
    }
    absent = [name for name in ("practice", "pcn", "starts", "ends") if found[name] is None]
    if absent:
        raise SourceError(
            f"{path}: not the list of PCN core partners: no column for {', '.join(absent)} "
            f"(columns: {', '.join(map(str, frame.columns))})"
        )
    return {theirs: ours for ours, theirs in found.items() if theirs is not None}


def members_on(spells: pd.DataFrame, date: str | None = None) -> pd.DataFrame:
    """
    Tell which network each practice belongs to on a date.

    Parameters
    ----------
    spells
        From :func:`read_pcn_members`.
    date
        ISO date; absent: now, that is, spells that have not ended.

    Returns
    -------
    pd.DataFrame
        Index ``practice``; ``pcn``, ``pcn_name``, ``pcn_sub_icb``, ``practice_sub_icb`` and
        ``starts``. Where a practice is in several networks at once the spell that began last is
        taken, and ``attrs["notes"]`` names the practice.
    """
    valid = spells["ends"].isna()
    if date is not None:
        begun = spells["starts"].fillna("") <= date
        valid = begun & (spells["ends"].isna() | (spells["ends"].fillna("") >= date))
    now = spells[valid].sort_values(["practice", "starts"], kind="stable", na_position="first")
    pairs = now.drop_duplicates(["practice", "pcn"], keep="last")
    several = sorted(set(pairs.loc[pairs["practice"].duplicated(), "practice"]))
    made = pairs.drop_duplicates("practice", keep="last").set_index("practice")
    made = made[[c for c in made.columns if c not in {"ends", "practice_name"}]]
    notes = []
    if several:
        shown = ", ".join(several[:10]) + (", ..." if len(several) > 10 else "")
        notes.append(
            f"{len(several)} practices are in several networks at once, the latest taken: {shown}"
        )
    made.attrs = {"notes": notes, "date": date or "now"}
    return made


def with_networks(places: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """
    Add its network to each practice of a places or sites table.

    Parameters
    ----------
    places
        Practices; the index is their ODS code.
    members
        From :func:`members_on`.

    Returns
    -------
    pd.DataFrame
        The same rows with ``pcn`` and ``pcn_name`` from the membership; a practice that is in none
        keeps what it had, or a missing value, and is named in ``attrs["notes"]``.
    """
    made = places.copy()
    for name in ("pcn", "pcn_name"):
        new = made.index.to_series().map(members[name]) if name in members else None
        if new is not None:
            old = made[name] if name in made.columns else None
            made[name] = (new if old is None else new.fillna(old)).astype(object)
    notes = [*places.attrs.get("notes", []), *members.attrs.get("notes", [])]
    alone = made.index[made["pcn"].isna()].tolist()
    if alone:
        shown = ", ".join(alone[:10]) + (", ..." if len(alone) > 10 else "")
        notes.append(f"{len(alone)} of {len(made)} practices are in no network: {shown}")
    made.attrs = {**places.attrs, "notes": notes}
    return made


def _bare(name: object) -> str:
    return " ".join(str(name).replace("?", "").lower().split())


def _day(value: object) -> str | None:
    text = str(value).strip().split(" ")[0].removesuffix(".0") if isinstance(value, str) else ""
    match = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", text)
    return "-".join(match.groups()) if match else (text or None)
