"""
What a study asks for, as one frozen, hashable value.

The check, ``docs/study.md``, the ``study.toml`` that ``slgeo new`` writes and the parameters in
``run.json`` are all made from the declarations gathered by :func:`keys`.
"""
# ruff: noqa: RUF009  (`asked` returns dataclasses.field; a section's defaults are frozen)

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.config.keys import ByMode, Key, asked
from slgeo.config.sections import (
    AreasSection,
    CatchmentsSection,
    EarlierSection,
    GapsSection,
    LinkWorkersSection,
    OnlineSection,
    OriginsSection,
    OutcomesSection,
    OutputSection,
    PlacesSection,
    PostcodesSection,
    PracticesSection,
    RegistrationsSection,
    ReportingSection,
    RoadsSection,
    SourceSection,
    TaxonomySection,
    TravelSection,
    TwinsSection,
    WhatIfSection,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Study:
    """
    Everything a study asks for; frozen and hashable.

    Parameters
    ----------
    path
        The ``study.toml`` it came from; other paths are absolute already.
    given
        Keys the file gives, as ``section.key``: all others have their defaults.

    See Also
    --------
    slgeo.config.read_study : Make one from a file.
    """

    path: Path
    given: frozenset[str]
    title: str = asked(
        "text",
        "Title of the page, best put as a question",
        example='"Who can reach a GP practice in Rutland?"',
        required=True,
    )
    place: str = asked(
        "text",
        "Name of the place, as used in sentences",
        example='"Rutland"',
        default="the study area",
    )
    date: str | None = asked(
        "date", "Date the study describes, shown under its title", example='"2025-09"'
    )
    note: str | None = asked(
        "text",
        "A sentence shown with the sources on the page",
        example='"Made for the neighbourhood team."',
    )
    invented: bool = asked(
        "flag",
        "Whether the place is made up; the page then says so",
        example="true",
        default=False,
    )
    areas: AreasSection = AreasSection()
    origins: OriginsSection = OriginsSection()
    postcodes: PostcodesSection = PostcodesSection()
    roads: RoadsSection = RoadsSection()
    places: tuple[PlacesSection, ...] = ()
    taxonomy: TaxonomySection = TaxonomySection()
    twins: TwinsSection = TwinsSection()
    online: OnlineSection = OnlineSection()
    practices: PracticesSection = PracticesSection()
    registrations: RegistrationsSection = RegistrationsSection()
    link_workers: LinkWorkersSection = LinkWorkersSection()
    reporting: tuple[ReportingSection, ...] = ()
    travel: TravelSection = TravelSection()
    gaps: GapsSection = GapsSection()
    catchments: CatchmentsSection = CatchmentsSection()
    outcomes: tuple[OutcomesSection, ...] = ()
    what_if: tuple[WhatIfSection, ...] = ()
    earlier: EarlierSection = EarlierSection()
    output: OutputSection = OutputSection()
    sources: tuple[SourceSection, ...] = ()

    @property
    def folder(self) -> Path:
        """Folder ``study.toml`` stands in, from which its paths are read."""
        return self.path.parent

    def files(self, *sections: str) -> tuple[tuple[str, Path], ...]:
        """
        List the input files asked for.

        Parameters
        ----------
        sections
            Sections to look in; all of them by default.

        Returns
        -------
        tuple of (str, Path)
            Key (``areas.file``, ``places[0].file``) and absolute path, in the order of the keys.
        """
        return tuple(
            (name, path)
            for name, key, path in self._paths()
            if not sections or key.section in sections
        )

    def missing(self) -> tuple[str, ...]:
        """
        List the files that are asked for and are not there.

        Returns
        -------
        tuple of str
            One phrase a file: key, path, and where such a file is published.
        """
        return tuple(
            f"{name}: {self.shown(value)} is not there" + (f" ({key.advice})" if key.advice else "")
            for name, key, value in self._paths()
            # Directories of services are published as folders too: of pages, or of tables.
            if not (value.is_file() or (value.is_dir() and name.startswith("places[")))
        )

    def named(self, file: str) -> Path | None:
        """Find an input by its path, as study.toml writes it, or by a file name only it has."""
        paths = {path for _, path in self.files()}
        if (whole := self.folder / Path(file).expanduser()) in paths:
            return whole
        found = [path for path in paths if self.shown(path) == Path(file).as_posix()]
        found = found or [path for path in paths if path.name == file]
        return found[0] if len(found) == 1 else None

    def shown(self, path: Path) -> str:
        """Write a path as it is best read: from the study's folder where it lies inside."""
        return (
            path.relative_to(self.folder).as_posix()
            if path.is_relative_to(self.folder)
            else (Path(os.path.relpath(path, self.folder)).as_posix())
        )

    def parameters(self) -> tuple[tuple[str, Any, bool], ...]:
        """
        List every parameter with its value, and whether it is the study's own choice.

        Returns
        -------
        tuple of (str, value, bool)
            Key, value as JSON can hold it (paths from the study's folder), and True where the
            study gives it, False where it is the default.
        """
        return tuple(
            (name, self._plain(value), name in self.given) for name, _, value in self._values()
        )

    def key(self, *sections: str) -> str:
        """
        Hash what some sections ask for: part of a cache key, with the hashes of their files.

        Parameters
        ----------
        sections
            Names of sections, for example ``"roads", "travel"``; all of them by default.

        Returns
        -------
        str
            Sixteen hexadecimal digits, the same wherever the study's folder stands.
        """
        asked = [
            (name, self._plain(value))
            for name, key, value in self._values()
            if not sections or key.section in sections
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]

    def _plain(self, value: object) -> Any:  # noqa: ANN401  (whatever JSON can hold)
        if isinstance(value, Path):
            return self.shown(value)
        if isinstance(value, ByMode):
            return dataclasses.asdict(value)
        if isinstance(value, tuple):
            return [self._plain(item) for item in value]
        return value

    def _paths(self) -> Iterator[tuple[str, Key, Path]]:
        """Yield each file asked for: its key, numbered where the key takes several, and path."""
        for name, key, value in self._values():
            if key.shape == "file" and value is not None:
                yield name, key, value
            elif key.shape == "files":
                several = len(value) > 1
                for at, path in enumerate(value):
                    yield f"{name}[{at}]" if several else name, key, path

    def _values(self) -> Iterator[tuple[str, Key, Any]]:
        """Yield each key's full name, its declaration and its value."""
        for key in keys():
            if not key.section:
                yield key.name, key, getattr(self, key.name)
                continue
            section = getattr(self, key.section)
            if isinstance(section, tuple):
                for position, one in enumerate(section):
                    yield f"{key.section}[{position}].{key.name}", key, getattr(one, key.name)
            else:
                yield f"{key.section}.{key.name}", key, getattr(section, key.name)


SECTIONS: Final[dict[str, Any]] = {
    "": Study,
    "areas": AreasSection,
    "origins": OriginsSection,
    "postcodes": PostcodesSection,
    "roads": RoadsSection,
    "places": PlacesSection,
    "taxonomy": TaxonomySection,
    "twins": TwinsSection,
    "online": OnlineSection,
    "practices": PracticesSection,
    "registrations": RegistrationsSection,
    "link_workers": LinkWorkersSection,
    "reporting": ReportingSection,
    "travel": TravelSection,
    "gaps": GapsSection,
    "catchments": CatchmentsSection,
    "outcomes": OutcomesSection,
    "what_if": WhatIfSection,
    "earlier": EarlierSection,
    "output": OutputSection,
    "sources": SourceSection,
}
"""Sections in the order a file has them; the first is the top of the file."""

REPEATED: Final = ("places", "reporting", "outcomes", "what_if", "sources")
"""Sections a file may have several of, as ``[[places]]``."""


def keys(*sections: str) -> tuple[Key, ...]:
    """
    List the keys of ``study.toml``.

    Parameters
    ----------
    sections
        Names of sections (empty text for the top); all of them by default.

    Examples
    --------
    >>> [key.name for key in keys("roads")]
    ['file', 'hull']
    """
    return tuple(
        Key(section=name, name=one.name, default=one.default, **one.metadata)
        for name in sections or tuple(SECTIONS)
        for one in dataclasses.fields(SECTIONS[name])
        if one.metadata
    )
