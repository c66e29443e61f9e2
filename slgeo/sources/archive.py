"""Zip files from strangers: nothing leaves its folder, and nothing grows beyond its limit."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os

MOST_BYTES: Final = 4 << 30
"""Largest total size of an unpacked archive: OS Open Roads unpacks to about 2 GB (our choice)."""
MOST_ENTRIES: Final = 20_000
"""Most entries of an archive: the largest we know, Code-Point Open, has about 130 (our choice)."""
MOST_RATIO: Final = 400
"""Most a file may grow on unpacking: text tables reach about 30, an empty bitmap 1,000 (ours)."""
_SMALL: Final = 50 << 20
"""Below this many bytes the ratio does not matter: a small file of blanks is harmless (ours)."""
_BLOCK: Final = 1 << 20


def members(path: str | os.PathLike[str], *, most_bytes: int = MOST_BYTES) -> list[zipfile.ZipInfo]:
    """
    List the files of a zip after checking that it is safe to unpack.

    Parameters
    ----------
    path
        The zip file (an .xlsx or .ods workbook is one too).
    most_bytes
        Largest total size of what it holds.

    Returns
    -------
    list of zipfile.ZipInfo
        Files only, in the archive's order; folders and macOS resource forks are left out.

    Raises
    ------
    SourceError
        If it is missing, not a zip, cut short, locked with a password, holds links, names that
        lead out of the folder, or unpacks to more than is allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise SourceError(f"{path}: not a whole zip file ({error}); download it again") from error
    if len(entries) > MOST_ENTRIES:
        raise SourceError(f"{path}: {len(entries)} entries, more than the {MOST_ENTRIES} allowed")
    total = 0
    files = []
    for entry in entries:
        _check_name(path, entry)
        total += entry.file_size
        if total > most_bytes:
            raise SourceError(
                f"{path}: unpacks to more than {most_bytes >> 20:,} MB; "
                "if you trust it, unpack it yourself and give the file inside"
            )
        grown = entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        if grown and entry.file_size > _SMALL:
            raise SourceError(
                f"{path}: {entry.filename!r} grows over {MOST_RATIO}-fold: a zip bomb"
            )
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/"):
            files.append(entry)
    return files


def unpack(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    suffixes: tuple[str, ...] = (),
    most_bytes: int = MOST_BYTES,
) -> list[Path]:
    """
    Unpack a zip into a folder, each file whole or not at all.

    Parameters
    ----------
    path
        The zip file.
    folder
        Where to unpack; made if need be.
    suffixes
        Lower-case endings of the files wanted; none means all.
    most_bytes
        Largest total size; counted while unpacking, whatever the archive claims.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SourceError
        As :func:`members`, and if an entry is corrupt or larger than it says.
    """
    chosen = [
        entry
        for entry in members(path, most_bytes=most_bytes)
        if not suffixes or entry.filename.lower().endswith(suffixes)
    ]
    made = []
    left = most_bytes
    with zipfile.ZipFile(path) as archive:
        for entry in chosen:
            target = Path(folder, *PurePosixPath(entry.filename).parts)
            try:
                with written(target) as beside:
                    left -= _copy(archive, entry, beside, left)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                raise SourceError(f"{path}: {entry.filename!r} is corrupt ({error})") from error
            made.append(target)
    return made


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> int:
    """Copy one entry block by block, stopping where it outgrows its limit."""
    done = 0
    with archive.open(entry) as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            done += len(block)
            if done > min(limit, entry.file_size):
                raise SourceError(f"{archive.filename}: {entry.filename!r} is larger than it says")
            out.write(block)
    return done


def _check_name(path: str | os.PathLike[str], entry: zipfile.ZipInfo) -> None:
    """Refuse an entry that is locked, a link, or leads out of the folder."""
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\x00" in name:
        raise SourceError(
            f"{path}: entry {name!r} leads out of its folder; the archive is not safe"
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SourceError(f"{path}: entry {name!r} is a link; the archive is not safe")
    if entry.flag_bits & 1:
        raise SourceError(f"{path}: entry {name!r} is locked with a password; unlock it first")
