"""
Branch surgeries: places where a practice sees patients besides its main surgery.

A branch is a site of its practice, with the practice's network and none of its list: patients are
counted once, at the practice.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.places.columns import as_numbers
from slgeo.places.practices import MAIN_ONLY
from slgeo.places.table import places_from
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

_WIDTH: Final = 27
_COLUMNS: Final = {
    "0": "site", "1": "name", "9": "postcode", "10": "opened", "11": "closed",
}  # fmt: skip
"""Positions in ebranchs that we use, the same as in epraccur."""
_PARENT: Final = ("14", "23")
"""Where the parent practice stands: ODS reports keep parents in the 15th or 24th column, so the one
that holds more of the practices given is taken, and a note says which."""


def read_branches(path: str | os.PathLike[str], practices: pd.DataFrame) -> pd.DataFrame:
    """
    Read the branch surgeries of practices.

    Parameters
    ----------
    path
        ``ebranchs`` as published (27 columns, no header), or a table with a ``name``, the
        ``practice_code`` it belongs to, a ``postcode`` or coordinates, and perhaps a ``code``.
    practices
        The practices whose branches are wanted, from
        :func:`slgeo.places.practices.read_practices`.

    Returns
    -------
    pd.DataFrame
        A places table of kind ``gp``, ``practice`` naming the parent: open branches of those
        practices, with what the file says of where they are. ``attrs["notes"]`` counts what was
        left out.

    Raises
    ------
    SourceError
        If the file cannot be read or is in neither layout.
    """
    source = Path(path).name
    frame = read_table(path, header=None)
    if frame.shape[1] != _WIDTH:
        return _tidied(path, practices)
    parent = max(_PARENT, key=lambda name: frame[str(name)].isin(practices.index).to_numpy().sum())
    rows = frame[[*_COLUMNS, parent]].rename(columns={**_COLUMNS, parent: "practice"})
    shut = rows["closed"].notna()
    others = ~rows["practice"].isin(practices.index)
    known, gone, away = (int(n.sum()) for n in (~shut & ~others, shut, others & ~shut))
    note = f"{source}: {known:,} open branch surgeries of {len(practices):,} practices (column "
    note += f"{int(parent) + 1} names the practice); left out: {gone:,} closed, {away:,} of others"
    notes = [note]
    kept = rows[~shut & ~others].drop(columns="closed").copy()
    kept["kind"] = "gp"
    kept["branch"] = True
    if "pcn" in practices.columns:
        kept["pcn"] = kept["practice"].map(practices["pcn"])
    return places_from(kept.reset_index(drop=True), source=source, notes=notes)


_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "practice": ("practice_code", "parent_code", "parent", "practice", "org_code"),
    "name": ("name", "branch_name", "branch"),
    "site": ("code", "branch_code", "site"),
    "postcode": ("postcode", "post_code"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "easting": ("easting",),
    "northing": ("northing",),
}
"""Column names of a list of branches that somebody keeps."""


def _tidied(path: str | os.PathLike[str], practices: pd.DataFrame) -> pd.DataFrame:
    """Read a list of branches with column names."""
    source = Path(path).name
    frame = read_table(path)
    lower = {str(name).strip().lower().replace(" ", "_"): str(name) for name in frame.columns}
    found = {
        ours: lower[next(name for name in names if name in lower)]
        for ours, names in _NAMED.items()
        if lower.keys() & set(names)
    }
    absent = [
        words
        for name, words in (("practice", "practice_code"), ("name", "name"))
        if name not in found
    ]
    if absent or not {"postcode", "latitude", "easting"} & found.keys():
        lacking = [*absent, *([] if {"postcode", "latitude"} & found.keys() else ["postcode"])]
        raise SourceError(
            f"{path}: no list of branch surgeries: neither the {_WIDTH} columns of ebranchs nor "
            f"{', '.join(lacking)} (columns: {', '.join(map(str, list(frame.columns)[:10]))})"
        )
    notes: list[str] = []
    rows = frame[list(found.values())].set_axis(list(found), axis=1)
    for name in {"latitude", "longitude", "easting", "northing"} & found.keys():
        rows[name] = as_numbers(frame, found[name], notes, source)
    others = ~rows["practice"].isin(practices.index)
    notes.append(
        f"{source}: {int((~others).sum()):,} branch surgeries of {len(practices):,} practices; "
        f"left out: {int(others.sum()):,} of others"
    )
    kept = rows[~others].assign(kind="gp", branch=True)
    if "pcn" in practices.columns:
        kept["pcn"] = kept["practice"].map(practices["pcn"])
    return places_from(kept.reset_index(drop=True), source=source, notes=notes)


def with_branches(practices: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    """
    Put branches beside their practices, and drop the warning that they are missing.

    Returns
    -------
    pd.DataFrame
        Practices first, then branches; ``practice`` is the parent's code for both, ``branch`` says
        which is which.
    """
    import pandas as pd

    main = practices.assign(practice=practices.index, branch=False)
    made = pd.concat([main, branches])
    notes = [note for note in practices.attrs.get("notes", []) if MAIN_ONLY not in note]
    made.attrs = {**practices.attrs, "notes": [*notes, *branches.attrs.get("notes", [])]}
    return made
