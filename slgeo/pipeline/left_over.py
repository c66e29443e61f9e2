"""
Files of an earlier run that this one does not write: results of two runs must not stand mixed.

An earlier run may have had more tables, scenarios or documents, or counts that have since been
declared sensitive. What it wrote is taken away again, as far as nobody has changed it since.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from slgeo.errors import SourceError, StudyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from slgeo.config import Study

RECORD: Final = "run.json"
"""Where a run says what it wrote."""

SHOWN: Final = 5
"""Files named in the note; more are counted."""


class LeftOver(NamedTuple):
    """
    What an earlier run wrote and this one does not.

    Parameters
    ----------
    untouched
        Files that are as it left them.
    changed
        Files that somebody has changed since: these stay.
    """

    untouched: tuple[Path, ...]
    changed: tuple[Path, ...]

    def said(self, folder: Path) -> list[str]:
        """Name the files that are taken away, and those that stay although they are not new."""
        said = []
        if self.untouched:
            said.append(
                f"taken away, since an earlier run wrote them and this one does not: "
                f"{_named(self.untouched, folder)}"
            )
        if self.changed:
            said.append(
                f"left, since somebody changed them after an earlier run wrote them, although they "
                f"may not agree with this one: {_named(self.changed, folder)}"
            )
        return said


def _named(files: tuple[Path, ...], folder: Path) -> str:
    names = ", ".join(path.relative_to(folder).as_posix() for path in files[:SHOWN])
    return names + (f" and {len(files) - SHOWN} more" if len(files) > SHOWN else "")


def left_over(study: Study, targets: Collection[Path]) -> LeftOver:
    """
    Find what the earlier run in a study's folder wrote and the one now ending does not.

    Parameters
    ----------
    study
        Whose output folder is looked in; its inputs are never among what is found.
    targets
        Paths that the run now ending writes.

    Returns
    -------
    LeftOver
        Empty where there was no run before, or its record cannot be read.
    """
    from slgeo.sources.cache import hash_file

    folder = study.output.folder
    kept = (*targets, *(path for _, path in study.files()), study.path)
    keep = {path.resolve() for path in kept}
    untouched: list[Path] = []
    changed: list[Path] = []
    for name, digest in _written_before(folder / RECORD):
        path = folder / name
        if path.resolve() in keep or path.is_symlink() or not path.is_file():
            continue
        try:
            same = hash_file(path) == digest
        except SourceError:
            same = False
        (untouched if same else changed).append(path)
    return LeftOver(tuple(untouched), tuple(changed))


def take_away(folder: Path, files: Collection[Path]) -> None:
    """
    Remove files, and the folders below `folder` that this leaves empty.

    Raises
    ------
    StudyError
        If a file cannot be removed.
    """
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StudyError(
                f"{path}: is of an earlier run and cannot be removed ({error.strerror}); close it "
                "elsewhere, or remove it yourself: it does not agree with the new results"
            ) from error
        inner = path.parent
        while inner != folder and not any(inner.iterdir()):
            inner.rmdir()
            inner = inner.parent


def _written_before(record: Path) -> Iterator[tuple[str, str]]:
    """Read names and hashes of what a run wrote; only names that lie in its folder."""
    try:
        listed: Any = json.loads(record.read_text("utf-8"))["outputs"]
        pairs = [(str(one["file"]), str(one["sha256"])) for one in listed]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    for name, digest in pairs:
        path = PurePosixPath(name)
        # Whoever edits the record must not have files elsewhere removed.
        if not (path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name):
            yield name, digest
