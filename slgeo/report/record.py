"""
``run.json``: what a run was made from, by what, and what became of everybody.

Same inputs, same bytes, but for the part called ``this_run``: when it was made and how long it
took. With ``SOURCE_DATE_EPOCH`` set (reproducible-builds.org) that part is fixed too.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.report.ledger import Ledger
from slgeo.report.record_fields import FORMAT, checked_record
from slgeo.report.results import SOURCES
from slgeo.sources.cache import hash_file, written
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from slgeo.config import Study

LIBRARIES: Final = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "scipy", "numba", "osmium")
"""Libraries whose version can change a figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """
    What a run has to say for itself.

    Parameters
    ----------
    study
        What was asked for.
    sources
        ``SOURCES`` table: every input file with its hash and credit.
    ledger
        People in and out of every stage.
    seconds
        Stage -> seconds.
    from_cache
        Stages taken from the cache.
    vintages
        What -> vintage, for example ``{"areas": "lsoa21"}``.
    warnings, notes
        Sentences.
    outputs
        Files written, ``run.json`` itself left out.
    root
        Folder they stand in as they are written; the study's output folder by default.
    """

    study: Study
    sources: pd.DataFrame
    ledger: Ledger = field(default_factory=Ledger)
    seconds: Mapping[str, float] = field(default_factory=dict)
    from_cache: Sequence[str] = ()
    vintages: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    outputs: Sequence[Path] = ()
    root: Path | None = None


def write_record(record: Record, path: str | os.PathLike[str]) -> Path:
    """
    Write ``run.json``; it appears whole or not at all.

    Parameters
    ----------
    record
        What there is to say.
    path
        Where it shall stand.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TableError
        Where the record does not follow the declared fields.
    """
    said = checked_record(as_json(record))
    text = json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False)
    with written(path) as beside:
        beside.write_bytes(f"{text}\n".encode("utf-8", "replace"))
    return Path(path)


def as_json(record: Record) -> dict[str, Any]:
    """
    Lay a record out as JSON holds it.

    Parameters
    ----------
    record
        What there is to say.

    Returns
    -------
    dict
        Every field of the declared fields, in their order.
    """
    study = record.study
    sources = checked(record.sources, SOURCES).reset_index()
    named = [column.name for column in SOURCES.columns]
    return {
        "format": FORMAT,
        "slgeo": metadata.version("slgeo"),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "study": {
            "title": study.title,
            "place": study.place,
            "date": study.date,
            "invented": study.invented,
            "sha256": hash_file(study.path),
        },
        "inputs": [
            {name: _plain(row[name]) for name in ("file", *named)}
            for row in sources.to_dict("records")
        ],
        "vintages": dict(sorted(record.vintages.items())),
        "parameters": [
            {"name": name, "value": value, "own": own} for name, value, own in study.parameters()
        ],
        "people": [
            {
                "stage": entry.stage,
                "people_in": round(entry.people_in, 3),
                "people_out": round(entry.people_out, 3),
                "lost": {reason: round(people, 3) for reason, people in entry.lost},
            }
            for entry in record.ledger.entries
        ],
        "warnings": list(record.warnings),
        "notes": list(record.notes),
        "outputs": [
            {
                "file": Path(os.path.relpath(path, record.root or study.output.folder)).as_posix(),
                "sha256": hash_file(path),
                "bytes": path.stat().st_size,
            }
            for path in sorted(record.outputs)
        ],
        "this_run": _this_run(record),
    }


def time_stamp() -> dt.datetime:
    """
    Tell when a run is made: now, or the second that ``SOURCE_DATE_EPOCH`` gives.

    Returns
    -------
    datetime
        In UTC, without fractions of a second.

    Raises
    ------
    StudyError
        Where ``SOURCE_DATE_EPOCH`` is not a number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        return dt.datetime.fromtimestamp(int(given), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise StudyError(
            f"SOURCE_DATE_EPOCH is {given!r}; it must be a number of seconds since 1970"
        ) from error


def _this_run(record: Record) -> dict[str, Any]:
    fixed = "SOURCE_DATE_EPOCH" in os.environ
    return {
        "made": time_stamp().isoformat().replace("+00:00", "Z"),
        "seconds": {} if fixed else {name: round(took, 2) for name, took in record.seconds.items()},
        "from_cache": [] if fixed else list(record.from_cache),
    }


def _plain(value: object) -> Any:  # noqa: ANN401  (whatever JSON can hold)
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return None
    return int(value) if isinstance(value, float) else value
