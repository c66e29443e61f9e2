"""
How link workers of each scheme are employed and work: ``delivery_model.csv``, kept by its users.

It is the one place to say what national files cannot: staff hosted by voluntary organisations,
where and how people are seen, and how they are referred.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import TableError
from slgeo.places.columns import as_numbers
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os

    import pandas as pd

_MODEL: Final = ("scheme_id", "pcn_code", "employer", "fte")
_EMPLOYERS: Final = (
    "PCN/GP", "GP federation", "VCSE", "local authority", "NHS trust or health board",
    "housing association", "other",
)  # fmt: skip


_ISO: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
_NUMBERS: Final = (
    "fte", "headcount", "caseload_per_fte", "sessions_min", "sessions_max", "age_min", "age_max",
)  # fmt: skip


def read_delivery_model(path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Read ``delivery_model.csv``: how link workers of each scheme are employed and work.

    Parameters
    ----------
    path
        One row a scheme and network: ``scheme_id``, ``pcn_code``, ``employer``, ``fte``, and where
        known ``manager_host``, ``model_type``, ``headcount``, ``caseload_per_fte``,
        ``contact_mode``, ``sessions_min``, ``sessions_max``, ``referral_routes``, ``age_min``,
        ``age_max``, ``start_date``, ``end_date``. Several values in one cell are parted by ``;``.

    Returns
    -------
    pd.DataFrame
        The rows with numbers read and ``network`` for ``pcn_code``; ``in_workforce_files`` is True
        where the employer is one whose staff the national files hold (``PCN/GP``): the others are a
        source of their own, and every rate must say whether they are in it.

    Raises
    ------
    TableError
        Every fault at once: missing columns, full-time equivalents that are none, a least above a
        most, an unknown employer, spells of one scheme in one network that overlap.
    """
    source = Path(path).name
    frame = read_table(path)
    lower = {str(name).lower(): name for name in frame.columns}
    absent = [name for name in _MODEL if name not in lower]
    if absent:
        raise TableError(f"{path}: no column {', '.join(absent)}")
    rows = frame.rename(columns={name: low for low, name in lower.items()})
    notes: list[str] = []
    faults: list[str] = []
    for name in _NUMBERS:
        if name in rows.columns:
            rows[name] = as_numbers(rows, name, notes, source)
    bad = rows.index[rows["fte"].isna() | (rows["fte"] < 0)]
    faults.extend(f"row {row}, column 'fte': must be 0 or more" for row in bad)
    for least, most in (("sessions_min", "sessions_max"), ("age_min", "age_max")):
        if {least, most} <= set(rows.columns):
            above = rows.index[rows[least] > rows[most]]
            faults.extend(f"row {row}: {least} is above {most}" for row in above)
    known = {name.lower(): name for name in _EMPLOYERS}
    faults.extend(
        f"row {row}, column 'employer': {employer!r} is none of {', '.join(_EMPLOYERS)}"
        for row, employer in rows["employer"].items()
        if str(employer).lower() not in known
    )
    for name in {"start_date", "end_date"} & set(rows.columns):
        faults.extend(
            f"row {row}, column {name!r}: {day!r} is no date such as 2024-04-01"
            for row, day in rows[name].dropna().items()
            if not _ISO.fullmatch(str(day))
        )
    faults.extend(_overlaps(rows))
    if faults:
        raise TableError(f"{path}: " + "; ".join(faults[:20]))
    rows["employer"] = [known[str(employer).lower()] for employer in rows["employer"]]
    rows["network"] = rows.pop("pcn_code")
    rows["in_workforce_files"] = rows["employer"].eq("PCN/GP")
    rows.attrs = {"notes": notes, "source": source}
    return rows


def hosted_on(model: pd.DataFrame, date: str) -> pd.DataFrame:
    """
    Sum the link workers of a delivery model that no national file holds, on a date.

    Parameters
    ----------
    model
        From :func:`read_delivery_model`.
    date
        ISO date, or year and month.

    Returns
    -------
    pd.DataFrame
        Index ``network``: ``fte``, ``headcount`` (missing where a scheme does not state it) and
        ``employers`` in words. Rows of ``PCN/GP`` staff are not in it: the workforce files are.
    """
    import pandas as pd

    begun = model["start_date"].fillna("") <= date if "start_date" in model.columns else True
    going = model["end_date"].fillna("9999") >= date if "end_date" in model.columns else True
    rows = model[~model["in_workforce_files"] & begun & going]
    if "headcount" not in rows.columns:
        rows = rows.assign(headcount=float("nan"))
    grouped = rows.groupby("network")
    return pd.DataFrame(
        {
            "fte": grouped["fte"].sum().astype(float),
            "headcount": grouped["headcount"].sum(min_count=1).astype(float),
            "employers": grouped["employer"].agg(lambda names: ", ".join(sorted(set(names)))),
        }
    )


def _overlaps(rows: pd.DataFrame) -> list[str]:
    """Name spells of one scheme in one network that overlap in time."""
    faults = []
    for (scheme, network), spells in rows.groupby(["scheme_id", "pcn_code"]):
        times = sorted(
            (_day(starts, "0000"), _day(ends, "9999"), row)
            for starts, ends, row in zip(
                spells.get("start_date", [None] * len(spells)),
                spells.get("end_date", [None] * len(spells)),
                spells.index,
                strict=True,
            )
        )
        for (_, ends, _), (starts, _, row) in itertools.pairwise(times):
            if starts <= ends:
                faults.append(f"row {row}: scheme {scheme} in {network} overlaps an earlier spell")
    return faults


def _day(value: Any, otherwise: str) -> str:  # noqa: ANN401 - a cell of any type
    return value if isinstance(value, str) and value else otherwise
