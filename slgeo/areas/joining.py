"""Bring tables given beside the areas file to the areas: of several nations, or carried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.areas.crosswalk import carried_values, crosswalk
from slgeo.areas.deprivation import CARRIED, WITHIN, read_deprivation
from slgeo.areas.population import read_cars, read_census, read_ethnicity, read_population
from slgeo.areas.registry import registry
from slgeo.areas.rurality import read_rurality
from slgeo.areas.vintage import join
from slgeo.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    Given = str | Path | Sequence[str | Path]

_READERS: Final[dict[str, Callable[..., pd.DataFrame]]] = {
    "population": read_population,
    "deprivation": read_deprivation,
    "rurality": read_rurality,
    "ethnicity": read_ethnicity,
    "cars": read_cars,
    "census": read_census,
}
_STEMS: Final[dict[str, tuple[str, ...]]] = {
    "deprivation": ("deprivation_", "domain_"),
    "rurality": ("rurality", "urban"),
    "ethnicity": ("ethnic_",),
    "cars": ("households",),
}
"""Columns of the areas file that a table of a subject replaces as a whole."""


def read_tables(
    given: Mapping[str, Given | None], *, prefer: Collection[str] = ()
) -> dict[str, list[pd.DataFrame]]:
    """
    Read the tables given beside the areas, each with the reader of its subject.

    Parameters
    ----------
    given
        Subject -> a file, or files (one a nation), or nothing.
    prefer
        Geographies of the areas, to choose among the sheets of a workbook.

    Returns
    -------
    dict
        Subject -> tables, in the order given.
    """
    made = {}
    for subject, paths in given.items():
        if paths is None:
            continue
        listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
        if listed:
            made[subject] = [_READERS[subject](path, prefer=prefer) for path in listed]
    return made


def joined(
    frame: gpd.GeoDataFrame,
    tables: Sequence[pd.DataFrame],
    subject: str,
    notes: list[str],
    *,
    lookup: pd.DataFrame | None = None,
    older_people: pd.Series[float] | None = None,
) -> gpd.GeoDataFrame:
    """
    Join the tables of one subject; their columns replace those the file had.

    Parameters
    ----------
    frame
        The areas.
    tables
        From :func:`read_tables`; tables of several nations are put under one another, and census
        tables side by side.
    subject
        What they are about.
    notes
        What was not matched, carried or replaced is added here.
    lookup
        From :func:`slgeo.areas.crosswalk.read_lookup`: a table on its older edition is carried.
    older_people
        Population by older area, to tell the larger parent of merged areas.

    Raises
    ------
    VintageError
        If a table is of another edition and no lookup carries it.
    TableError
        If two tables have the same areas.
    """
    carried = [_carried(table, frame, subject, lookup, older_people) for table in tables]
    for table in carried if subject == "census" else [_stacked(carried, subject)]:
        matched, said = join(frame, table, what=subject)
        notes += [*table.attrs["notes"], *said]
        families = tuple(
            f"{stem}_"
            for stem in ("age", "sex")
            if subject == "population" and any(str(c).startswith(f"{stem}_") for c in table)
        )
        gone = _STEMS.get(subject, families)
        old = [c for c in frame.columns if gone and str(c).startswith(gone)]
        old += [c for c in matched.columns if c in frame.columns and c not in old]
        if old:
            shown = ", ".join(old[:4]) + (f" and {len(old) - 4} more" if len(old) > 4 else "")
            notes.append(f"{subject}: the table given replaces {shown} of the areas file")
        attrs = frame.attrs
        frame = frame.drop(columns=old).join(matched)
        frame.attrs = attrs
    return frame


def within_nations(
    frame: gpd.GeoDataFrame, notes: list[str], *, across_nations: bool
) -> gpd.GeoDataFrame:
    """
    Refuse to pool the ranks of two nations, or keep within-nation deciles where that is asked for.

    Raises
    ------
    TableError
        If areas of the study are under more than one index and ``across_nations`` is not set.
    """
    if "deprivation_index" not in frame:
        return frame
    used = sorted(frame.loc[frame["in_study"], "deprivation_index"].dropna().unique())
    if len(used) < 2:
        return frame
    if not across_nations:
        raise TableError(
            f"the study has areas under {' and '.join(used)}: ranks of different nations are never "
            "pooled. Study one nation, or set across_nations = true to use deciles, each within "
            "its own nation"
        )
    label = f"{WITHIN} ({', '.join(used)})"
    mine = frame["deprivation_index"].isin(used)
    ranks = [c for c in frame.columns if str(c).startswith("domain_")]
    ranks += [c for c in ("deprivation_rank", "deprivation_score") if c in frame]
    made = frame.drop(columns=ranks)
    made["deprivation_index"] = made["deprivation_index"].where(~mine, label)
    made.attrs = frame.attrs
    notes.append(
        f"deprivation: {label}. A decile says how deprived an area is among its own nation's; it "
        "does not say that areas of two nations are alike. Ranks and scores were dropped"
    )
    return made


def _stacked(tables: Sequence[pd.DataFrame], subject: str) -> pd.DataFrame:
    """Put the tables of several nations under one another."""
    import pandas as pd

    if len(tables) == 1:
        return tables[0]
    made = pd.concat(tables)
    repeated = made.index[made.index.duplicated()]
    if len(repeated):
        sources = " and ".join(str(table.attrs["source"]) for table in tables)
        raise TableError(
            f"{subject}: {len(repeated)} areas are in two tables ({sources}): {repeated[0]}; give "
            "one table for each nation"
        )
    made.attrs = {
        "source": " and ".join(str(table.attrs["source"]) for table in tables),
        "notes": [note for table in tables for note in table.attrs["notes"]],
        "layers": [name for table in tables for name in table.attrs["layers"]],
        "detected": tuple(d for table in tables for d in table.attrs["detected"]),
    }
    return made


def _carried(
    table: pd.DataFrame,
    frame: gpd.GeoDataFrame,
    subject: str,
    lookup: pd.DataFrame | None,
    older_people: pd.Series[float] | None,
) -> pd.DataFrame:
    """Carry a table on the lookup's older edition to the newer one, if the areas are on that."""
    from slgeo.areas.vintage import Detected, detect

    found: tuple[Detected, ...] = table.attrs["detected"]
    if lookup is None or lookup.attrs["newer"] not in set(frame["vintage"]):
        return table
    if not any(d.geography == lookup.attrs["older"] for d in found):
        return table
    short = registry().geographies[lookup.attrs["newer"]].short
    if subject in {"deprivation", "rurality"}:
        people = older_people if older_people is not None else table.attrs.get("people")
        made = carried_values(table, lookup, people=people)
        label = "deprivation_index" if subject == "deprivation" else "rurality_scheme"
        made[label] = made[label].map(
            lambda v: v and f"{v} on {short}{CARRIED}", na_action="ignore"
        )
        made = made.drop(columns="carried")
    else:
        made = _carried_counts(table, frame, lookup)
    made.attrs["detected"] = detect(made.index, expected=[lookup.attrs["newer"]])
    made.attrs["layers"] = [*table.attrs["layers"], *lookup.attrs["layers"]]
    return made


def _carried_counts(
    table: pd.DataFrame, frame: gpd.GeoDataFrame, lookup: pd.DataFrame
) -> pd.DataFrame:
    """Carry counts by the people of the new areas where they are known, else in equal shares."""
    counts = [str(name) for name in table.columns]
    near = lookup[
        lookup["from_area"].isin(lookup.loc[lookup["to_area"].isin(frame.index), "from_area"])
    ]
    people = frame.get("population")
    known = people is not None and near["to_area"].isin(frame.index).all()
    made, ledger = crosswalk(
        table[table.index.isin(near["from_area"])],
        near,
        counts=counts,
        people=people if known else None,
        equal=not known,
    )
    how = "by their population" if known else "in equal shares"
    said = ", ".join(f"{int(n)} {word}" for word, n in ledger["areas"].items() if n)
    made.attrs = {
        **table.attrs,
        "notes": [*table.attrs["notes"], f"{table.attrs['source']}: carried {how}: {said}"],
    }
    return made
