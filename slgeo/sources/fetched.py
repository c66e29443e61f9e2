"""Where fetched files came from: a record beside them, proved by their hashes."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.cache import written

if TYPE_CHECKING:
    from slgeo.sources.fetch import Fetched

NAME: Final = "fetched.json"
"""The record, in the folder of the files it is about."""


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a file came from.

    Parameters
    ----------
    layer
        Name in the registry of layers.
    url
        Address it was fetched from; behind a ``#``, which file of a zip it is.
    sha256
        Hash of its bytes as they came.
    fetched
        Day it came, as 2026-11-23.
    """

    layer: str
    url: str
    sha256: str
    fetched: str


def record_fetched(fetched: Fetched, layer: str) -> Path:
    """
    Note where a file came from, beside it.

    Returns
    -------
    Path
        The record, in which other files of the folder keep their lines.
    """
    path = fetched.path.parent / NAME
    known = _read(path)
    known[fetched.path.name] = {
        "layer": layer,
        "url": fetched.url,
        "sha256": fetched.sha256,
        "bytes": fetched.size,
        "fetched": _today(),
    }
    with written(path) as beside:
        beside.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", "utf-8")
    return path


def origin_of(path: str | os.PathLike[str], sha256: str) -> Origin | None:
    """
    Look up where a file came from.

    Parameters
    ----------
    path
        The file.
    sha256
        Its hash now.

    Returns
    -------
    Origin or None
        None where slgeo did not fetch it, or it has been changed since.

    Raises
    ------
    SourceError
        If there is a record that cannot be read.
    """
    file = Path(path)
    entry = _read(file.parent / NAME).get(file.name)
    if not isinstance(entry, dict) or entry.get("sha256") != sha256:
        return None
    names = ("layer", "url", "sha256", "fetched")
    return Origin(*(str(entry.get(name, "")) for name in names))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path}: cannot be read ({error}); delete it, it is only a record"
        ) from None
    if not isinstance(known, dict):
        raise SourceError(f"{path}: is no record of fetched files; move it away")
    return known


def _today() -> str:
    """Say the day, or that of SOURCE_DATE_EPOCH (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = (
        dt.datetime.fromtimestamp(int(epoch), dt.UTC)
        if epoch.isdigit()
        else dt.datetime.now(dt.UTC)
    )
    return now.date().isoformat()
