"""Write what a run found: the page, tables, workbook and record, or nothing at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import StudyError
from slgeo.pipeline.inputs import notes_of
from slgeo.pipeline.left_over import RECORD, left_over, take_away
from slgeo.pipeline.page import draw_page
from slgeo.pipeline.text import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.pipeline.credits import CreditLine
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.inputs import Places
    from slgeo.pipeline.parts import Part
    from slgeo.pipeline.registered import Registered
    from slgeo.pipeline.text import Printed
    from slgeo.report.disclosure import Controlled
    from slgeo.report.leak_check import Secret
    from slgeo.report.ledger import Ledger
    from slgeo.tables import Table


FINDINGS: Final = "findings.txt"
"""All that a run has to say in words; it prints the first of it."""


def write_outputs(  # noqa: PLR0913 - one argument a result
    study: Study,
    found: Findings,
    tables: Mapping[str, pd.DataFrame],
    *,
    networks: Mapping[str, Network],
    registered: Registered | None,
    credited: Sequence[CreditLine],
    parts: Sequence[Part],
    ledger: Ledger,
    notes: Sequence[str],
    secrets: Sequence[Secret],
    seconds: Callable[[], Mapping[str, float]],
) -> tuple[Printed, list[Path]]:
    """
    Write everything beside its place, then move it there.

    Returns
    -------
    tuple of Printed and list of Path
        The summary in words, and the paths written, the page first.

    Raises
    ------
    DisclosureError
        If a file, the summary in words among them, would give one of the `secrets` away; nothing is
        then written.
    """
    from slgeo.report.csv_file import write_csv
    from slgeo.report.leak_check import refuse_leaks
    from slgeo.report.record import Record, write_record
    from slgeo.report.workbook import write_workbook

    folder = study.output.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written to ({error.strerror})") from error
    definitions = _definitions()
    frames: dict[str, pd.DataFrame | Controlled] = {**tables}
    for part in parts:
        frames.update(part.controlled)
    text = printed(
        study, found, tables, registered=registered, parts=parts, ledger=ledger, notes=notes
    )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as name:
        beside = Path(name)
        page = beside / "page.html"
        made = list(draw_page(study, found, networks, credited, page, parts=parts))
        for table, frame in frames.items():
            made.append(
                write_csv(frame, beside / "tables" / f"{table}.csv", table=definitions[table])
            )
        made.append(
            write_workbook(
                beside / "results.xlsx",
                frames,
                title=study.title,
                about=text.full.splitlines(),
            )
        )
        made.extend(path for part in parts if part.files for path in part.files(beside))
        targets = [folder / path.relative_to(beside) for path in made]
        old = left_over(study, [*targets, folder / FINDINGS, folder / RECORD])
        notes = [*notes, *old.said(folder)]
        text = text.noting(old.said(folder))
        said = beside / FINDINGS
        said.write_text(f"{text.full}\n", encoding="utf-8", newline="\n")
        made.append(said)
        record = Record(
            study=study,
            sources=tables["sources"],
            ledger=ledger,
            seconds=seconds(),
            vintages={"areas": str(found.areas["vintage"].iloc[0])},
            notes=notes,
            outputs=made,
            root=beside,
        )
        made.append(write_record(record, beside / RECORD))
        refuse_leaks(made, secrets)
        _refuse_what_is_in_the_way([folder / path.relative_to(beside) for path in made])
        moved = [_moved(path, beside, folder) for path in made]
        take_away(folder, old.untouched)
    return text, moved


def notes_of_run(
    areas: gpd.GeoDataFrame,
    origins: Sequence[gpd.GeoDataFrame],
    places: Places,
    registered: Registered | None,
) -> list[str]:
    """Gather what was repaired, guessed or left out on the way, each once."""
    notes = notes_of(areas, origins[0], places.sites)
    return [*notes, *(registered.notes if registered is not None else ())]


def _definitions() -> dict[str, Table]:
    from slgeo.report.results import RESULT_TABLES

    return {table.name: table for table in RESULT_TABLES}


def _refuse_what_is_in_the_way(targets: Sequence[Path]) -> None:
    """Look before the first file is moved, so that old and new results never stand mixed."""
    for target in targets:
        if target.is_dir():
            raise StudyError(f"{target} is a folder where a run writes a file; move it away")
        if target.parent.exists() and not target.parent.is_dir():
            raise StudyError(f"{target.parent} is a file where a run needs a folder; move it away")


def _moved(path: Path, beside: Path, folder: Path) -> Path:
    """Move a finished file to its place, over the one of an earlier run."""
    target = folder / path.relative_to(beside)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    return target
