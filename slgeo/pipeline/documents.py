"""Documents for reports: packs, one page for each area or part of the place, figures for print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slgeo.errors import StudyError
from slgeo.pipeline.parts import Context, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from slgeo.config.sections import OutputSection
    from slgeo.maps.access_map import AccessMap

FOLDER = "documents"
"""Where they go, beside the page."""


def documents(context: Context) -> Part | None:
    """
    Write what ``[output]`` asks for: packs, summaries and figures.

    Raises
    ------
    StudyError
        For summaries of parts where the study has no ``[[reporting]]``.
    MissingExtraError
        Before anything else is done, where what writes a form is not installed.
    """
    from slgeo.pipeline.reporting import reporting_of

    asked = context.study.output
    if not (asked.packs or asked.summaries or asked.figures):
        return None
    parts = reporting_of(context)
    if parts is None and "parts" in asked.summaries:
        raise StudyError(
            'output.summaries = ["parts"]: the study has no [[reporting]] that says which part an '
            "area is in; give one, or ask for areas"
        )
    _refuse_what_is_not_installed(asked)
    found = context.found.areas
    own = list(found.index[found["in_study"]].astype(str))
    by = {} if parts is None else {str(area): str(part) for area, part in parts.items()}

    def write(page: AccessMap, folder: Path) -> list[Path]:
        return list(_written(page, folder / FOLDER, asked, own, by))

    return Part(documents=write)


def _refuse_what_is_not_installed(asked: OutputSection) -> None:
    """Find out before the minutes of drawing, by writing nothing in each form asked for."""
    from slgeo.maps.pack import Heading
    from slgeo.maps.pack_file import WRITERS

    if asked.packs or asked.summaries:
        for form in asked.documents:
            WRITERS[f".{form}"]([Heading("")])


def _written(
    page: AccessMap, folder: Path, asked: OutputSection, areas: Iterable[str], by: Mapping[str, str]
) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for form in asked.documents:
        for name in asked.packs:
            yield page.pack(name, folder / f"{name}.{form}", by=by if name == "jsna" else None)  # type: ignore[arg-type]  # the section admits only the names of packs
        if "areas" in asked.summaries:
            for area, stem in file_names(areas).items():
                yield page.area_summary(area, _within(folder, "areas") / f"{stem}.{form}")
        if "parts" in asked.summaries:
            own = {area: by[area] for area in areas if area in by}
            for part, stem in file_names(sorted(set(own.values()))).items():
                path = _within(folder, "parts") / f"{stem}.{form}"
                yield page.part_summary(part, path, by=own)
    # Every form has the same description beside it, which counts as written once.
    figures = (path for form in asked.figures for path in page.to_static(folder / f"map.{form}"))
    yield from dict.fromkeys(figures)


def _within(folder: Path, name: str) -> Path:
    inner = folder / name
    inner.mkdir(exist_ok=True)
    return inner


def file_names(names: Iterable[str]) -> dict[str, str]:
    """
    Give each name a file name of its own, of letters and digits, whatever the name holds.

    Examples
    --------
    >>> list(file_names(["Oakham North", "Oakham/North", "..", "E01013787"]).values())
    ['oakham-north', 'oakham-north-2', 'part', 'e01013787']
    """
    found: dict[str, str] = {}
    for name in names:
        stem = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")[:60] or "part"
        taken, number = stem, 2
        while taken in found.values():
            taken, number = f"{stem}-{number}", number + 1
        found[name] = taken
    return found
