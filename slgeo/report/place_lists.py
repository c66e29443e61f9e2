"""
A list of places into ``study.toml``: which column is taken for what, proposed from its header.

The analyst reads the proposal as comments and corrects it; nothing is taken over unseen.
"""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from slgeo.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd


class Proposal(NamedTuple):
    """
    What a new study says of one list of places.

    Parameters
    ----------
    file, columns
        Values of the keys as TOML; ``columns`` is empty where the layout is a published one.
    comments
        What was seen in the file, in lines of at most 98 characters, without their ``#``.
    """

    file: str
    columns: str
    comments: tuple[str, ...]


def propose(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Proposal:
    """
    Propose how a study reads a list of places.

    Parameters
    ----------
    path
        Any file :func:`slgeo.places.read.read_places` reads.
    folder
        The study's folder, from which its paths are read.

    Returns
    -------
    Proposal
        The file, its columns, and what to look at.

    Raises
    ------
    SourceError
        If the file cannot be read.
    StudyError
        If no column tells where its places are.
    """
    from slgeo.places.read import recognise

    path = Path(path)
    layout = recognise(path)
    shown = _toml(_from_folder(path, Path(folder)))
    if layout != "assets":
        return Proposal(shown, "", (f"{path.name} is read as {layout}: its columns are known.",))
    frame = _read(path)
    columns, said = _columns(frame, path.name, shapes=bool(frame.attrs.get("shapes")))
    pairs = ", ".join(f"{ours} = {_toml(theirs)}" for ours, theirs in columns.items())
    lines = [line for sentence in said for line in textwrap.wrap(sentence, 98)]
    return Proposal(shown, f"{{ {pairs} }}" if pairs else "", tuple(lines))


def _read(path: Path) -> pd.DataFrame:
    from slgeo.places.assets import VECTORS, points_of
    from slgeo.sources.read import read_table
    from slgeo.sources.vector import read_vector

    if path.suffix.lower() in VECTORS:
        frame = points_of(read_vector(path))
        frame.attrs["shapes"] = True
        return frame
    return read_table(path)


def _columns(frame: pd.DataFrame, source: str, *, shapes: bool) -> tuple[dict[str, str], list[str]]:
    """Propose the columns, and say what is not used and what is missing."""
    from slgeo.places.columns import plain, propose_columns

    found = propose_columns(frame, source=source)
    where = {"longitude", "latitude", "easting", "northing"}
    if shapes:
        own = {ours: theirs for ours, theirs in found.items() if ours not in where}
    else:
        own = found
        if not ({"postcode"} & own.keys() or len(where & own.keys()) >= 2):
            named = ", ".join(map(str, list(frame.columns)[:12]))
            raise StudyError(
                f"{source}: no column tells where the places are (columns: {named}); it needs a "
                "postcode, latitude and longitude, or easting and northing"
            )
    rows = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
    said = [f"{source} has {rows}. Its columns as slgeo would take them: correct what is wrong."]
    unused = [
        str(name)
        for name in frame.columns
        if name not in found.values() and plain(name) not in where
    ]
    if unused:
        said.append("Not used: " + ", ".join(unused[:20]) + (", ..." if len(unused) > 20 else "."))
    if "name" not in own:
        said.append("No column was taken for name: places would be called after what they are.")
    if {"key", "value"} <= set(frame.columns):
        said.append(
            "Its columns key and value are taken for OpenStreetMap tags, which tell the kind."
        )
    elif "kind" in own:
        said.extend(_unknown_kinds(frame[own["kind"]]))
    else:
        said.append('No column was taken for kind: add kind = "..." where all are of one kind.')
    return {ours: str(theirs) for ours, theirs in own.items()}, said


def _unknown_kinds(words: pd.Series[Any]) -> list[str]:
    """Name the words of the kind column that no kind is known for."""
    from slgeo.places.classify import kind_from_words
    from slgeo.places.taxonomy import OTHER, kind_of

    known = words.dropna().astype(str).str.strip().unique()
    unknown = [word for word in known if kind_of(word) is None and kind_from_words(word) == OTHER]
    if not unknown:
        return []
    shown = ", ".join(word[:40] for word in unknown[:10]) + (", ..." if len(unknown) > 10 else "")
    return [f"No kind is known for: {shown}. Name them in lines of [taxonomy]."]


def _from_folder(path: Path, folder: Path) -> str:
    """Write a path as the study reads it: from its folder."""
    whole, home = path.absolute(), folder.absolute()
    try:
        return Path(os.path.relpath(whole, home)).as_posix()
    except ValueError:  # another drive, on Windows
        return whole.as_posix()


def _toml(text: str) -> str:
    """Write text as a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
