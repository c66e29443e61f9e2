"""
Who is registered where: patients by practice and small area of residence.

Patients without a usable area (``EMPTY``, ``CLOSED``, ``NO2011``) are kept apart, so that a share
is always of a stated base, and every patient of the file is in one total or the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError, TableError
from slgeo.sources.read import numbers, read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

CATCHMENT_SHARE: Final = 0.05
"""Least share of an area's registered patients that puts it in a practice's catchment. OHID,
National General Practice Profiles, registered populations: technical guidance."""

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "practice": ("practice_code", "org_code", "organisationcode", "code"),
    "area": (
        "lsoa_code", "lsoa21_code", "lsoa21cd", "lsoa11_code", "lsoa11cd", "dz_code", "area",
        "lsoa",
    ),
    "patients": ("number_of_patients", "patients", "patient", "all_patients", "count"),
    "name": ("practice_name", "name", "organisationname", "oranisationname"),
    "sex": ("sex",),
    "date": ("extract_date",),
}  # fmt: skip
"""Names in NHS Digital's releases and in tidied copies of them (one with its misspelling)."""
_AREA: Final = re.compile(r"[EWSNX]\w{6,9}")
_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()  # noqa: SIM905 - reads as a calendar


@dataclass(frozen=True, eq=False, repr=False)
class Registrations:
    """
    Patients by practice and area.

    Parameters
    ----------
    patients
        Series with the index (``practice``, ``area``): patients of the practice who live there.
    elsewhere
        Series with the index (``practice``, ``code``): patients without a usable area, by the code
        the file gives instead of one.
    names
        Practice -> name, where the file gives names.
    vintage
        Census geography of the areas as the file's column says it (``lsoa11``, ``lsoa21``); empty
        where it does not: tell it by membership.
    date
        Date of the extract, ISO; empty where the file does not say.
    source
        The file.
    notes
        What was left out or guessed.
    """

    patients: pd.Series[float]
    elsewhere: pd.Series[float]
    names: pd.Series[str]
    vintage: str
    date: str
    source: str
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return (
            f"<Registrations: {self.total:,.0f} patients of {len(self.practices):,} practices, "
            f"{self.without_area:,.0f} without an area, {self.source}>"
        )

    @property
    def practices(self) -> list[str]:
        """Every practice with a patient, in order."""
        known = self.patients.index.get_level_values(0).unique()
        return sorted(set(known) | set(self.elsewhere.index.get_level_values(0).unique()))

    @property
    def without_area(self) -> float:
        """Patients without a usable area."""
        return float(self.elsewhere.sum())

    @property
    def total(self) -> float:
        """All patients of the file."""
        return float(self.patients.sum()) + self.without_area

    def by_practice(self) -> pd.Series[float]:
        """Sum the patients of each practice, those without an area among them."""
        import pandas as pd

        both = pd.concat([self.patients.droplevel(1), self.elsewhere.droplevel(1)])
        return both.groupby(level=0).sum().rename_axis("practice").rename("patients")

    def by_area(self) -> pd.Series[float]:
        """Sum the registered patients who live in each area."""
        return self.patients.groupby(level="area").sum().rename("patients")

    def shares(self) -> pd.Series[float]:
        """Give each practice's share of an area's registered patients: by area they sum to 1."""
        living = self.patients.groupby(level="area").transform("sum")
        return (self.patients / living).rename("share")


def read_registrations(path: str | os.PathLike[str]) -> Registrations:
    """
    Read patients registered at practices by area of residence.

    Parameters
    ----------
    path
        ``gp-reg-pat-prac-lsoa-all.csv`` of any year, or a tidied copy (CSV or Parquet) with a
        practice code, an area code and a number of patients.

    Returns
    -------
    Registrations
        Totals that appear among their parts (SEX ``ALL`` beside ``MALE`` and ``FEMALE``) are
        counted once.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks one of the three columns.
    TableError
        If a number of patients is missing or negative.
    """
    source = Path(path).name
    frame = read_table(path)
    lower = {str(name).lower().replace(" ", "_"): str(name) for name in frame.columns}
    found = {
        ours: lower[next(name for name in names if name in lower)]
        for ours, names in _NAMED.items()
        if lower.keys() & set(names)
    }
    absent = [name for name in ("practice", "area", "patients") if name not in found]
    if absent:
        raise SourceError(
            f"{path}: no column of {' or '.join(absent)}; patients by practice and area need a "
            f"practice code, an area code and a number (columns: {', '.join(lower.values())})"
        )
    notes: list[str] = []
    frame = _once(frame, found, notes, source)
    rows = frame[[found["practice"], found["area"]]].astype("string")
    rows.columns = rows.columns.__class__(["practice", "area"])
    for name in ("practice", "area"):
        rows[name] = rows[name].str.strip().str.upper()
    rows["patients"] = numbers(frame, found["patients"])
    if rows["patients"].isna().any() or (rows["patients"] < 0).any():
        bad = rows.index[rows["patients"].isna() | (rows["patients"] < 0)][0]
        raise TableError(
            f"{path}, row {bad}, column {found['patients']!r}: not a count of patients"
        )
    rows["area"] = rows["area"].fillna("EMPTY")
    rows["practice"] = rows["practice"].fillna("UNKNOWN")
    known = rows["area"].str.fullmatch(_AREA.pattern).astype(bool)
    elsewhere = _sum(rows[~known].rename(columns={"area": "code"}), "code")
    if elsewhere.sum():
        codes = ", ".join(
            f"{code} {n:,.0f}" for code, n in elsewhere.groupby(level=1).sum().items()
        )
        notes.append(f"{source}: patients without a usable area: {codes}; kept as their own total")
    return Registrations(
        patients=_sum(rows[known], "area"),
        elsewhere=elsewhere,
        names=_names(frame, found),
        vintage=_vintage(found["area"]),
        date=_date(frame, found, path),
        source=source,
        notes=tuple(notes),
    )


def _once(
    frame: pd.DataFrame, found: Mapping[str, str], notes: list[str], source: str
) -> pd.DataFrame:
    """Keep either the totals over both sexes or the parts, never both."""
    if "sex" not in found:
        return frame
    sex = frame[found["sex"]].astype(str).str.upper()
    if sex.eq("ALL").any() and sex.ne("ALL").any():
        notes.append(f"{source}: rows for SEX ALL were used, their parts left out")
        return frame[sex.eq("ALL")]
    return frame


def _sum(rows: pd.DataFrame, level: str) -> pd.Series[float]:
    import pandas as pd

    index = pd.MultiIndex.from_arrays(
        [rows["practice"].astype(object), rows[level].astype(object)], names=["practice", level]
    )
    values = pd.Series(rows["patients"].to_numpy(float), index=index, name="patients")
    return values.groupby(level=[0, 1]).sum()


def _names(frame: pd.DataFrame, found: Mapping[str, str]) -> pd.Series[str]:
    import pandas as pd

    if "name" not in found:
        return pd.Series([], index=pd.Index([], name="practice", dtype=object), dtype=object)
    pairs = frame[[found["practice"], found["name"]]].dropna().drop_duplicates(found["practice"])
    index = pd.Index(pairs[found["practice"]].astype(object), name="practice")
    return pd.Series(pairs[found["name"]].to_numpy(object), index=index, name="name")


def _vintage(column: str) -> str:
    match = re.search(r"(lsoa|dz)(\d\d)", column.lower())
    return f"{match[1]}{match[2]}" if match else ""


def _date(frame: pd.DataFrame, found: Mapping[str, str], path: str | os.PathLike[str]) -> str:
    """
    Read the one date of an extract: ``01JAN2021``, or as a spreadsheet writes it again.

    Raises
    ------
    TableError
        For a date that is none, which would find no network of that day, and for several: the
        patients of two extracts in one file would be counted twice.
    """
    if "date" not in found or frame.empty:
        return ""
    texts = [str(text).strip() for text in frame[found["date"]].dropna().unique()]
    days = {_day(text) for text in texts if text}
    if None in days:
        wrong = next(text for text in texts if text and _day(text) is None)
        raise TableError(
            f"{path}, column {found['date']!r}: {wrong!r} is no date; write it as 01JAN2021 or "
            "2021-01-01"
        )
    if len(days) > 1:
        raise TableError(
            f"{path}, column {found['date']!r}: extracts of {len(days)} dates "
            f"({', '.join(sorted(filter(None, days))[:4])}), whose patients would be counted "
            "several times; keep one"
        )
    return next(iter(days), None) or ""


def _day(text: str) -> str | None:
    """Write a day, month or year as ISO has it; None where it is none. Day before month."""
    import datetime as dt

    words = (
        re.sub(r"(?<=\d)[T ].*", "", text.upper()) if re.match(r"\d{4}-", text) else text.upper()
    )
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", words):
        return words
    match = re.fullmatch(r"(\d{1,2})[- ]?([A-Z]{3})[- ]?(\d\d|\d{4})", words)
    if match and match[2] in _MONTHS:
        day, month, year = match[1], _MONTHS.index(match[2]) + 1, match[3]
    elif match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", words):
        day, month, year = match[1], int(match[2]), match[3]
    elif match := re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", words):
        year, month, day = match[1], int(match[2]), match[3]
    else:
        return None
    try:
        return dt.date(
            int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)
        ).isoformat()
    except ValueError:
        return None


def read_list_sizes(path: str | os.PathLike[str]) -> pd.Series[float]:
    """
    Read how many patients each practice has.

    Parameters
    ----------
    path
        ``gp-reg-pat-prac-all.csv`` of any year.

    Returns
    -------
    pd.Series
        Patients, index ``practice``; ``attrs["date"]`` is the extract's date. Only rows for all
        ages and both sexes are read.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a practice code or a number of patients.
    """
    import pandas as pd

    frame = read_table(path)
    lower = {str(name).lower(): str(name) for name in frame.columns}
    code = next((lower[n] for n in ("practice_code", "org_code", "code") if n in lower), None)
    if code is None or "number_of_patients" not in lower:
        raise SourceError(f"{path}: no list of patients by practice (columns: {', '.join(lower)})")
    for name in ("sex", "age", "age_group_5"):
        if name in lower:
            frame = frame[frame[lower[name]].astype(str).str.upper().eq("ALL")]
    for name in ("org_type", "type"):
        if name in lower:
            frame = frame[frame[lower[name]].astype(str).str.upper().isin(["GP", "GP PRACTICE"])]
    values = numbers(frame, lower["number_of_patients"])
    index = pd.Index(frame[code].astype(object), name="practice")
    sizes = pd.Series(values.to_numpy(float), index=index, name="list_size")
    if sizes.index.has_duplicates:
        first = sizes.index[sizes.index.duplicated()][0]
        raise TableError(f"{path}: practice {first!r} has several rows for all patients")
    found = {"date": lower["extract_date"]} if "extract_date" in lower else {}
    sizes.attrs = {"date": _date(frame, found, path), "source": Path(path).name}
    return sizes
