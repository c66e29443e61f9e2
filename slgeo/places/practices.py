"""
GP practices: the national register in both its generations, and tidied lists of practices.

The register lists main surgeries only. Names that tell of several surgeries are flagged, for a
village may have one that no row shows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.places.columns import as_numbers
from slgeo.places.table import places_from
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

MAIN_ONLY: Final = (
    "the practice register lists main surgeries only; branch surgeries are missing, so some places "
    "look farther from a practice than they are"
)

_WIDTH: Final = 27
_REGISTER: Final = {
    "0": "site", "1": "name", "3": "icb", "9": "postcode", "10": "opened", "11": "closed",
    "12": "status", "14": "sub_icb", "25": "role",
}  # fmt: skip
"""Positions in epraccur that we use; the others are addresses, telephone and history. NHS England,
ODS data search and export: epraccur, 27 columns without a header."""
_ODS_CODE: Final = re.compile(r"[A-Z][0-9A-Z]{4,5}")
_ROLE: Final = "RO76"
_SETTING: Final = "4"
"""GP practice: role RO76 in the present register, prescribing setting 4 in the one before."""
_STATUS: Final = {
    "A": "active", "ACTIVE": "active", "C": "closed", "INACTIVE": "closed", "D": "dormant",
    "P": "proposed",
}  # fmt: skip

_SEVERAL: Final = re.compile(
    r"\b(SURGERIES|PRACTICES|CENTRES|BRANCHES|SITES)\b"
    r"|\bSURGERY\b.*(&|\bAND\b|/).*\b(SURGERY|CENTRE)\b"
    r"|\bCENTRE\b.*(&|\bAND\b|/).*\b(SURGERY|CENTRE)\b",
    re.IGNORECASE,
)
"""Names that tell of more than one surgery (our choice)."""


def is_register(cells: list[str]) -> bool:
    """Tell whether a first row is that of epraccur, in either generation."""
    if len(cells) != _WIDTH or not _ODS_CODE.fullmatch(cells[0].strip()):
        return False
    return bool(re.fullmatch(r"(RO\d+)(\|RO\d+)*|\d{1,2}", cells[25].strip())) or not cells[25]


def several_surgeries(name: str) -> bool:
    """
    Tell whether a practice's name speaks of more than one surgery.

    Examples
    --------
    >>> several_surgeries("MARKET OVERTON & SOMERBY SURGERIES")
    True
    >>> several_surgeries("OAKHAM MEDICAL PRACTICE")
    False
    """
    return _SEVERAL.search(name) is not None


def read_practices(path: str | os.PathLike[str], *, active: bool = True) -> pd.DataFrame:
    """
    Read GP practices.

    Parameters
    ----------
    path
        ``epraccur`` as published (27 columns, no header; the present one with roles such as
        ``RO76`` or the one before with setting ``4`` and status letters), or a tidied list with
        columns ``org_code`` and ``name``, and perhaps ``postcode``, ``lat``, ``lon``,
        ``prescribing_setting``, ``status``, ``pcn_code``, ``pcn_name`` and ``list_size_...``.
    active
        Only those open now; others are counted in ``attrs["notes"]``.

    Returns
    -------
    pd.DataFrame
        A places table of kind ``gp`` with ``status``, ``icb``, ``sub_icb``, ``pcn``, ``pcn_name``,
        ``list_size`` (patients; the latest where there are several), ``opened`` and
        ``several_sites``, where the file says them.

    Raises
    ------
    SourceError
        If the file cannot be read, or is no list of practices.
    """
    source = Path(path).name
    frame = read_table(path, header=None)
    if is_register([_cell(value) for value in frame.iloc[0].tolist()]):
        rows, notes = _register(frame, source)
    else:
        rows, notes = _tidied(read_table(path), source)
    if active and "status" in rows.columns:
        shut = rows["status"].ne("active")
        if shut.any():
            counts = rows.loc[shut, "status"].value_counts()
            listed = ", ".join(f"{count:,} {status}" for status, count in counts.items())
            notes.append(f"{source}: left out as not open: {listed}")
        rows = rows[~shut]
    rows["several_sites"] = [several_surgeries(str(name)) for name in rows["name"]]
    if rows["several_sites"].any():
        names = rows.loc[rows["several_sites"], "name"]
        shown = "; ".join(names.head(5)) + ("; ..." if len(names) > 5 else "")
        tell = "1 name tells" if len(names) == 1 else f"{len(names)} names tell"
        notes.append(f"{source}: {tell} of several surgeries: {shown}")
    notes.append(f"{source}: {MAIN_ONLY}")
    return places_from(rows, source=source, notes=notes)


def _register(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[str]]:
    """Take the GP practices out of epraccur."""
    if frame.shape[1] != _WIDTH:
        raise SourceError(f"{source}: epraccur has {_WIDTH} columns, this has {frame.shape[1]}")
    rows = frame[list(_REGISTER)].rename(columns=_REGISTER)
    role = rows.pop("role").map(_cell)
    parts = role.str.split("|")
    is_gp = parts.map(lambda roles: _ROLE in roles or _SETTING in roles)
    made: pd.DataFrame = rows[is_gp].reset_index(drop=True)
    made["status"] = [_status(value) for value in made["status"]]
    made["kind"] = "gp"
    made["opened"] = [_day(value) for value in made["opened"]]
    made["closed"] = [_day(value) for value in made["closed"]]
    generation = "roles" if role.str.contains("RO").any() else "prescribing settings"
    note = f"{source}: read as the practice register (epraccur, with {generation}): "
    return made, [note + f"{len(made):,} GP practices of {len(rows):,} organisations"]


_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "site": ("org_code", "practice_code", "organisationcode", "code"),
    "name": ("name", "practice_name", "organisationname"),
    "postcode": ("postcode", "practice_postcode"),
    "status": ("status",),
    "sub_icb": ("commissioner", "sub_icb_location_code"),
    "icb": ("hlhg", "icb_code"),
    "pcn": ("pcn_code",),
    "pcn_name": ("pcn_name",),
    "opened": ("open_date",),
    "uprn": ("uprn",),
    "setting": ("prescribing_setting",),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "long", "longitude"),
    "easting": ("easting",),
    "northing": ("northing",),
}
"""Column names of tidied lists of practices and of NHS England's practice mapping file."""


def _tidied(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[str]]:
    """Read a list of practices with column names."""
    import pandas as pd

    lower = {str(name).lower().replace(" ", "_"): str(name) for name in frame.columns}
    found = {
        ours: lower[next(name for name in names if name in lower)]
        for ours, names in _NAMED.items()
        if lower.keys() & set(names)
    }
    if not {"site", "name"} <= found.keys():
        raise SourceError(
            f"{source}: not a list of GP practices: it has neither the 27 columns of epraccur nor "
            f"org_code and name (columns: {', '.join(map(str, list(frame.columns)[:10]))})"
        )
    notes: list[str] = []
    made = pd.DataFrame({ours: frame[theirs] for ours, theirs in found.items()})
    for ours in {"latitude", "longitude", "easting", "northing"} & found.keys():
        made[ours] = as_numbers(frame, found[ours], notes, source)
    sizes = sorted(name for name in lower if name.startswith("list_size"))
    if sizes:
        made["list_size"] = as_numbers(frame, lower[sizes[-1]], notes, source)
        notes.append(f"{source}: patients registered are taken from column {lower[sizes[-1]]!r}")
    if "setting" in made.columns:
        is_gp = made.pop("setting").astype(str).eq(_SETTING)
        if (~is_gp).any():
            notes.append(f"{source}: {int((~is_gp).sum())} rows are no GP practices, left out")
        made = made[is_gp].copy()
    made["kind"] = "gp"
    for ours, tidy in (("status", _status), ("opened", _day)):
        if ours in made.columns:
            made[ours] = made[ours].map(tidy)
    return made.reset_index(drop=True), notes


def _status(value: object) -> str:
    text = _cell(value)
    return _STATUS.get(text.upper(), text.lower() or "unknown")


def _cell(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: Any) -> str | None:  # noqa: ANN401 - a cell of any type
    """Write ``19740401`` as ``1974-04-01``."""
    text = _cell(value)
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    return "-".join(match.groups()) if match else (text or None)
