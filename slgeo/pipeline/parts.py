"""
What a run finds beyond travel times: one function a subject, joined in one way.

A part looks at a :class:`Context`, and returns a :class:`Part` or, where the study does not ask for
it, nothing. Its tables, sentences, layers and files go with the others to where they belong, so
that a further finding is one module, one line in :func:`every_part` and its tables in
:mod:`slgeo.report.results`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.maps.access_map import AccessMap
    from slgeo.network import Network
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.registered import Registered
    from slgeo.pipeline.travel import Search
    from slgeo.report.disclosure import Controlled
    from slgeo.report.leak_check import Secret
    from slgeo.sources.cache import Cache


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """
    All that a part may look at.

    Parameters
    ----------
    study
        What was asked for.
    found
        What the travel times say.
    networks, searches
        Roads and travel times by mode.
    registered
        Who is registered where; None without registrations, or where they are sensitive.
    cache
        Where what is costly may be kept.
    """

    study: Study
    found: Findings
    networks: Mapping[str, Network]
    searches: Mapping[str, Search]
    registered: Registered | None
    cache: Cache


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """
    What one subject adds to a run.

    Parameters
    ----------
    heading, lines
        Its paragraph of the printed summary: a title, and sentences to wrap below it.
    brief
        How many of its lines are printed; ``findings.txt`` has them all.
    tables
        By name, each checked; a name is one of :data:`slgeo.report.results.RESULT_TABLES`.
    notes
        What was guessed or left out: printed, and kept in ``run.json``.
    leaves_out, about
        Sentences for the first screen of the page, and for its method notes.
    draw
        Puts its layers on the page.
    opened, closed
        By scenario: places that are there in it alone, and codes of those that are not there in it.
    files
        Writes further files into the folder it is given, and returns their paths.
    documents
        Writes documents made from the finished page into the folder it is given.
    controlled
        Tables of sensitive counts by name, after disclosure control.
    secrets
        Sensitive counts it was made from: nothing a run writes may give one away.
    """

    heading: str = ""
    lines: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    draw: Callable[[AccessMap], object] | None = None
    opened: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    closed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Callable[[Path], Sequence[Path]] | None = None
    documents: Callable[[AccessMap, Path], Sequence[Path]] | None = None
    controlled: Mapping[str, Controlled] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    brief: int = 1


def every_part() -> tuple[Callable[[Context], Part | None], ...]:
    """List the parts there are, in the order in which they are printed: one line each, here."""
    # Parts know Part, so they are imported late.
    from slgeo.pipeline.activities import activities
    from slgeo.pipeline.catchments import catchments
    from slgeo.pipeline.choice import choice
    from slgeo.pipeline.clusters import clusters
    from slgeo.pipeline.communal import communal
    from slgeo.pipeline.counted import counted
    from slgeo.pipeline.deprivation import deprivation
    from slgeo.pipeline.documents import documents
    from slgeo.pipeline.earlier import earlier
    from slgeo.pipeline.elevation import elevation
    from slgeo.pipeline.link_workers import link_workers
    from slgeo.pipeline.nearest_ways import nearest_ways
    from slgeo.pipeline.outcomes import outcomes
    from slgeo.pipeline.people_groups import people_groups
    from slgeo.pipeline.practices import practices
    from slgeo.pipeline.provision_gaps import provision_gaps
    from slgeo.pipeline.reporting import reporting
    from slgeo.pipeline.twins import twins
    from slgeo.pipeline.what_if import what_if
    from slgeo.pipeline.wider_border import wider_border

    return (
        choice,
        clusters,
        provision_gaps,
        outcomes,
        counted,
        twins,
        activities,
        deprivation,
        communal,
        people_groups,
        reporting,
        practices,
        link_workers,
        catchments,
        nearest_ways,
        elevation,
        wider_border,
        what_if,
        earlier,
        documents,
    )


def parts_of(context: Context) -> tuple[Part, ...]:
    """Make every part the study asks for, in order."""
    made = (part(context) for part in every_part())
    return tuple(part for part in made if part is not None)
