"""Group areas for reporting: wards, MSOAs under their names, PCNs, the user's neighbourhoods."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.areas.vintage import LEAST_MATCH, clean_codes
from slgeo.errors import TableError, VintageError
from slgeo.sources.read import clean_name, read_table

if TYPE_CHECKING:
    import os

    import geopandas as gpd
    import pandas as pd

_CODE: Final = r"^{group}[_ ]?\d*[_ ]?(cd|code)$"
_NAME: Final = r"^{group}[_ ]?\d*[_ ]?(hclnm|nm|name)$"
"""House of Commons Library names (``msoa21hclnm``) come before the official ones."""


def read_groups(path: str | os.PathLike[str], areas: gpd.GeoDataFrame, group: str) -> pd.DataFrame:
    """
    Read which group each area belongs to.

    Parameters
    ----------
    path
        Any lookup with a column of the areas' codes: the published ones (to ward, authority,
        sub-ICB, ICB, MSOA) or the user's own.
    areas
        The ``areas`` table. The column of codes is found by membership, not by its name.
    group
        Kind of group (``ward``, ``wd``, ``icb``, ``msoa``, ``lad``), or the name of a column.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``group`` (code, or name where there is no code) and ``name``.
        ``attrs["notes"]`` names areas without a group.

    Raises
    ------
    TableError
        If there is no such column, or an area is in two groups.
    VintageError
        If no column knows 99 % of the study's areas.
    """
    import pandas as pd

    raw = read_table(path)
    key = _key(raw, areas, str(path))
    code, name = _columns([c for c in raw.columns if c != key], group)
    if code is None and name is None:
        raise TableError(
            f"{path}: no column of groups called {group!r} (columns: "
            f"{', '.join(map(repr, raw.columns[:20]))})"
        )
    made = pd.DataFrame(
        {
            "area": clean_codes(raw[key]),
            "group": raw[code if code is not None else name].astype("str"),
            "name": raw[name if name is not None else code].astype("str"),
        }
    ).drop_duplicates()
    made = made[made["area"].isin(areas.index)]
    twice = made["area"][made["area"].duplicated()]
    if len(twice):
        groups = made.loc[made["area"] == twice.iloc[0], "group"].tolist()
        raise TableError(
            f"{path}: {twice.nunique()} areas are in two groups ({twice.iloc[0]} in "
            f"{' and '.join(groups)}); a report needs one group an area"
        )
    made = made.set_index("area").reindex(areas.index)
    bare = made.index[made["group"].isna()]
    notes = [f"{Path(path).name}: {len(bare)} areas have no {group}"] if len(bare) else []
    made.attrs = {"source": str(path), "notes": notes}
    return made


def network_of_areas(registrations: pd.DataFrame, networks: pd.Series[str]) -> pd.DataFrame:
    """
    Give each area the primary care network most of its residents are registered with.

    Parameters
    ----------
    registrations
        Columns ``practice``, ``area`` and ``patients``.
    networks
        Network by practice.

    Returns
    -------
    pd.DataFrame
        Index ``area``: ``group`` (network), ``share`` of the area's registered patients with it,
        and ``without``: share registered with practices of no known network. Ties go to the first
        by code. The share says how far "this area's network" is a manner of speaking.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"practice": ["A", "B"], "area": "X", "patients": [60, 40]})
    >>> network_of_areas(table, pd.Series({"A": "U1", "B": "U2"})).loc["X", "group"]
    'U1'
    """
    import pandas as pd

    table = registrations.assign(group=registrations["practice"].map(networks))
    total = table.groupby("area")["patients"].sum()
    known = table.groupby(["area", "group"], sort=True)["patients"].sum().reset_index()
    best = known.sort_values(["area", "patients", "group"], ascending=[True, False, True])
    first = best.drop_duplicates("area").set_index("area")
    made = pd.DataFrame(index=total.index.rename("area"))
    made["group"] = first["group"]
    made["share"] = (first["patients"] / total).reindex(total.index)
    placed = known.groupby("area")["patients"].sum().reindex(total.index).fillna(0.0)
    made["without"] = 1.0 - placed / total
    return made


def _key(raw: pd.DataFrame, areas: gpd.GeoDataFrame, source: str) -> str:
    """Find the column that knows the study's areas."""
    mine = set(areas.index[areas["in_study"]])
    shares = {}
    for column in raw.columns:
        values = raw[column].dropna()
        if len(values) and isinstance(values.iloc[0], str):
            shares[column] = len(mine & set(clean_codes(values))) / max(len(mine), 1)
    best = max(shares, key=lambda name: shares[name]) if shares else ""
    if not shares or shares[best] < LEAST_MATCH:
        most = f"{best!r} knows {shares[best]:.1%} of them" if shares else "it has no text"
        raise VintageError(
            f"{source}: no column has the codes of the study's areas ({most}); use a lookup of "
            f"the areas' own edition, {', '.join(sorted(set(areas['vintage'])))}"
        )
    return str(best)


def _columns(names: list[str], group: str) -> tuple[str | None, str | None]:
    """Find the columns of the group's code and name."""
    exact = next((n for n in names if clean_name(n).lower() == group.lower()), None)
    stem = {"ward": "(ward|wd)", "authority": "(lad|[lu]tla)", "sub-icb": "sicbl"}.get(group)
    stem = stem or re.escape(group)
    found = []
    for pattern in (_CODE, _NAME):
        wanted = re.compile(pattern.format(group=stem), re.IGNORECASE)
        hits = [n for n in names if wanted.match(clean_name(n))]
        hits.sort(key=lambda n: "hclnm" not in n.lower())
        found.append(hits[0] if hits else None)
    code, name = found
    return (code, name) if code is not None or name is not None else (None, exact)
