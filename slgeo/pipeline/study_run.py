"""Run a study from its files to its page, tables, workbook and record."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.errors import StudyError
from slgeo.sources.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings
    from slgeo.report.leak_check import Secret
    from slgeo.report.ledger import Ledger

STAGES: Final = ("areas", "places", "roads", "times", "results", "page")
"""The stages in order, as ``slgeo run --from`` names them."""

CACHE: Final = ".slgeo-cache"
"""Folder of what need not be computed twice, beside the results."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """
    What a run found and wrote.

    Parameters
    ----------
    text
        The summary for a person, as ``findings.txt`` has it.
    brief
        The first of it, as printed.
    written
        Paths written, the page first.
    found
        Everything found, for a notebook to go on with.
    tables
        The result tables by name.
    """

    text: str
    brief: str
    written: tuple[Path, ...]
    found: Findings
    tables: Mapping[str, pd.DataFrame]


def run(
    study: Study,
    *,
    from_stage: str | None = None,
    progress: Callable[[str], None] | None = None,
    cache_folder: Path | None = None,
) -> Run:
    """
    Run a study and write its page, tables, workbook and record.

    Parameters
    ----------
    study
        What is asked for, from :func:`slgeo.config.read_study`.
    from_stage
        Do this stage and all later ones again, whatever the cache holds.
    progress
        Called with the name of each stage as it begins, and with empty text at the end.
    cache_folder
        Where networks and times are kept; beside the results by default.

    Returns
    -------
    Run
        What was found and written. Outputs appear only when everything has been computed.

    Raises
    ------
    SlgeoError
        For anything wrong with the study or its files; nothing is written then.
    """
    from pyproj import CRS

    from slgeo.pipeline.credits import credit_lines, sources_table
    from slgeo.pipeline.findings import find
    from slgeo.pipeline.inputs import read_areas, read_origins, read_places
    from slgeo.pipeline.outputs import result_tables
    from slgeo.pipeline.parts import Context, parts_of
    from slgeo.pipeline.registered import read_registered
    from slgeo.pipeline.speeds import in_wales
    from slgeo.pipeline.travel import Roads, Search

    clock = _Clock(progress)
    fresh = set(STAGES[STAGES.index(from_stage) :]) if from_stage else set()
    clock.stage("areas")
    areas = read_areas(study)
    origins = read_origins(study, areas)
    clock.stage("places")
    cache = Cache(cache_folder or study.output.folder / CACHE)
    crs = CRS.from_user_input(areas.crs).to_string()
    places = read_places(study, crs, cache=cache.folder, areas=areas)
    if places.sites.empty:
        read = ", ".join(study.shown(asked.file) for asked in study.places)
        raise StudyError(f"[[places]]: no place is left to travel to in {read}")
    clock.stage("roads")
    roads = Roads(study, crs, cache, fresh="roads" in fresh, wales=in_wales(areas))
    networks = roads.networks()
    clock.stage("times")
    searches = {
        mode: Search(study, network, roads.key(mode), areas.index, cache, fresh="times" in fresh)
        for mode, network in networks.items()
    }
    found = find(study, areas=areas, places=places, origins=origins, searches=searches)
    clock.stage("results")
    registered = read_registered(study, areas, found.site_reasons, sites=places.sites)
    withheld: list[str] = []
    secrets: list[Secret] = []
    if registered is not None and study.registrations.status == "sensitive":
        # No table or sentence sees sensitive counts: one sentence, after control, stands for them.
        withheld = [registered.overall(study.output.disclosure)]
        secrets, registered = registered.secrets(study.output.disclosure), None
    credited = credit_lines(study, areas, places.layouts, networks)
    tables = result_tables(found, registered, sources_table(study, credited, places.layouts))
    parts = parts_of(Context(study, found, networks, searches, registered, cache))
    for part in parts:
        tables |= part.tables
        secrets.extend(part.secrets)
    ledger = account(areas, origins, found)
    clock.stage("page")
    from slgeo.pipeline.write import notes_of_run, write_outputs

    notes = [
        *notes_of_run(areas, origins, places, registered),
        *withheld,
        *(note for part in parts for note in part.notes),
    ]
    text, written = write_outputs(
        study,
        found,
        tables,
        networks=networks,
        registered=registered,
        credited=credited,
        parts=parts,
        ledger=ledger,
        notes=notes,
        secrets=secrets,
        seconds=clock.end,
    )
    if progress is not None:
        progress("")
    return Run(text=text.full, brief=text.brief, written=tuple(written), found=found, tables=tables)


def account(
    areas: gpd.GeoDataFrame, origins: Sequence[gpd.GeoDataFrame], found: Findings
) -> Ledger:
    """
    Account for everybody, stage by stage; nobody may be lost.

    Raises
    ------
    TableError
        Where people in are not people out.
    """
    from slgeo.report.ledger import Ledger

    inside = areas.index[areas["in_study"]]
    everyone = float(areas["population"].sum())
    own = float(areas.loc[inside, "population"].sum())
    start = float(origins[0]["people"].sum())
    ledger = Ledger().stage("areas read, context included", people_in=everyone, people_out=everyone)
    ledger = ledger.stage(
        "shared to the points they start from", people_in=everyone, people_out=start
    )
    ledger = ledger.stage(
        "of the study's own areas",
        people_in=start,
        people_out=own,
        lost={"live in the context around it": everyone - own},
    )
    for one in found.reached:
        if one.kind == found.reached[0].kind:
            within = float(one.within.iloc[:, -1].reindex(inside).sum())
            without = {
                _sentence(reason): float(one.without[reason].reindex(inside).sum())
                for reason in one.without.columns
            }
            ledger = ledger.stage(
                f"given a time to {one.kind} by {one.mode}",
                people_in=own,
                people_out=within,
                lost=without,
            )
    return ledger


def _sentence(reason: str) -> str:
    from slgeo.reasons import SENTENCES

    return f"no time: {SENTENCES[reason]}"


class _Clock:
    """Seconds of each stage, and word of which one is at work."""

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        self._seconds: dict[str, float] = {}
        self._progress = progress
        self._name = ""
        self._since = 0.0

    def stage(self, name: str) -> None:
        """Start a stage; the one before ends."""
        self.end()
        self._name, self._since = name, time.perf_counter()
        if self._progress is not None:
            self._progress(name)

    def end(self) -> dict[str, float]:
        """End the stage at work, and give the seconds of all so far."""
        if self._name:
            self._seconds[self._name] = time.perf_counter() - self._since
            self._name = ""
        return dict(self._seconds)
