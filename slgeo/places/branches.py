"""
Branch surgeries: places where a practice sees patients besides its main surgery.

A branch is a site of its practice, with the practice's network and none of its list: patients are
counted once, at the practice.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.places.practices import MAIN_ONLY
from slgeo.places.table import places_from
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os

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
        ``ebranchs`` as published (27 columns, no header).
    practices
        The practices whose branches are wanted, from
        :func:`slgeo.places.practices.read_practices`.

    Returns
    -------
    pd.DataFrame
        A places table of kind ``gp``, ``practice`` naming the parent: open branches of those
        practices. ``attrs["notes"]`` counts what was left out.

    Raises
    ------
    SourceError
        If the file cannot be read or is not in that layout.
    """
    source = Path(path).name
    frame = read_table(path, header=None)
    if frame.shape[1] != _WIDTH:
        raise SourceError(f"{path}: ebranchs has {_WIDTH} columns, this has {frame.shape[1]}")
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
