"""Content-addressed folder of results, and files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_BLOCK: Final = 1 << 20
"""Bytes hashed at a time: memory stays flat however large the file."""


def hash_file(path: str | os.PathLike[str]) -> str:
    """
    Hash a file's bytes.

    Parameters
    ----------
    path
        The file; or a folder of files, such as a package of tables: their names and bytes.

    Returns
    -------
    str
        SHA-256 in lower-case hexadecimal.

    Raises
    ------
    SourceError
        If the file is missing or cannot be read.
    """
    digest = hashlib.sha256()
    if Path(path).is_dir():
        for inside in sorted(one for one in Path(path).rglob("*") if one.is_file()):
            name = inside.relative_to(path).as_posix()
            digest.update(f"{name}\n{hash_file(inside)}\n".encode())
        return digest.hexdigest()
    try:
        with Path(path).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
    return digest.hexdigest()


def hash_of(*parts: object) -> str:
    """
    Hash plain values (text, numbers, lists, mappings) into a cache key.

    Parameters
    ----------
    parts
        Whatever the cached result depends on: file hashes, settings, versions. A mapping's order
        does not matter; a value that is not plain is refused, for its text might change between
        runs.

    Returns
    -------
    str
        SHA-256 in lower-case hexadecimal.

    Examples
    --------
    >>> hash_of("walk", {"limit": 60, "speed": 4.8}) == hash_of("walk", {"speed": 4.8, "limit": 60})
    True
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@contextlib.contextmanager
def written(path: str | os.PathLike[str]) -> Iterator[Path]:
    """
    Write a file or folder beside its place, then move it there in one step.

    Parameters
    ----------
    path
        Where the result shall stand. Its folder is made if need be; an earlier result is replaced.

    Yields
    ------
    Path
        A path that does not exist yet, in the same folder and with the same suffixes. Write a file
        or make a folder there. When the block ends well it is moved into place; when it fails,
        what was written is removed and the earlier result stands untouched.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{target}: cannot be written to ({error.strerror})") from error
    beside = target.with_name(f".{uuid.uuid4().hex[:12]}.{target.name}")
    try:
        yield beside
        if target.is_dir() and not beside.is_dir():
            raise SourceError(f"{target} is a folder, and a file shall be written there")
        if target.is_dir():
            shutil.rmtree(target)
        beside.replace(target)
    except OSError as error:
        if isinstance(error, SourceError | FileNotFoundError):  # the latter: nothing was written
            raise
        raise SourceError(f"{target}: cannot be written ({error.strerror or error})") from error
    finally:
        if beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        else:
            beside.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Cache:
    """
    A folder of results, each under the hash of what it was made from.

    Parameters
    ----------
    folder
        Where results are kept; made when the first one is written.

    Examples
    --------
    >>> import tempfile
    >>> cache = Cache(Path(tempfile.mkdtemp()))
    >>> key = hash_of("greeting", 1)
    >>> cache.has(key)
    False
    >>> with cache.writing(key) as beside:
    ...     _ = beside.write_text("hello")
    >>> cache.path(key).read_text()
    'hello'
    """

    folder: Path

    def path(self, key: str) -> Path:
        """
        Where the result of a key stands, or would stand.

        Parameters
        ----------
        key
            From :func:`hash_of` or :func:`hash_file`, optionally followed by a dot and a suffix.

        Raises
        ------
        ValueError
            If the key is not a hash: a key may never name another folder.
        """
        stem, _, suffix = key.partition(".")
        if len(stem) != 64 or not all(c in "0123456789abcdef" for c in stem):
            raise ValueError(f"cache keys are SHA-256 in hexadecimal, not {key!r}")
        if suffix and not suffix.replace(".", "").isalnum():
            raise ValueError(f"the suffix of cache key {key!r} is not letters and digits")
        return Path(self.folder) / stem[:2] / key

    def has(self, key: str) -> bool:
        """Tell whether a result is there."""
        return self.path(key).exists()

    def writing(self, key: str) -> contextlib.AbstractContextManager[Path]:
        """Write the result of a key, as :func:`written` does."""
        return written(self.path(key))
