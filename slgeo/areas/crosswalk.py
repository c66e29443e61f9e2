"""
Carry a table from one edition of small areas to the next, and account for everyone.

A lookup says which old area became which new one. Counts of an area that was split are shared among
its children by their population; everything that could not be placed is in the ledger, so that
people in = people out + people reported. Ranks and deciles are never averaged: an area takes those
of its largest parent, and they are marked as carried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.areas.columns import in_layout
from slgeo.areas.registry import registry
from slgeo.areas.vintage import clean_codes
from slgeo.errors import SourceError, TableError, VintageError
from slgeo.sources.read import read_table, top_rows

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import pandas as pd

CHANGES: Final = {"U": "unchanged", "S": "split", "M": "merged", "X": "irregular"}
"""ONS change indicators of the 2011 to 2021 lookup."""


def read_lookup(path: str | os.PathLike[str], *, layer: str | None = None) -> pd.DataFrame:
    """
    Read a lookup between two editions of small areas.

    Parameters
    ----------
    path
        The published lookup (CSV, workbook or Parquet) or a tidied copy.
    layer
        Name in the registry, where the content does not settle it.

    Returns
    -------
    pd.DataFrame
        One row an overlap: ``from_area``, ``to_area``, ``change`` (a word of :data:`CHANGES`).
        Slivers the registry lists are left out. ``attrs``: ``older`` and ``newer`` (geographies),
        ``layers``, ``notes``, ``source``.

    Raises
    ------
    SourceError
        If the file is no lookup the registry knows.
    """
    rows = top_rows(path)
    for entry in registry().of("lookup"):
        for layout in entry.layouts if layer in {None, entry.name} else ():
            for position, row in enumerate(rows):
                names = in_layout(row, layout)
                if names is not None:
                    raw = read_table(path, header=position + 1, columns=names.__contains__)
                    return _lookup(raw.rename(columns=names), entry.name)
    raise SourceError(
        f"{path}: no lookup slgeo knows (columns found: {', '.join(rows[0][:12])}); it reads "
        + "; ".join(entry.title for entry in registry().of("lookup"))
    )


def _lookup(raw: pd.DataFrame, name: str) -> pd.DataFrame:
    import pandas as pd

    entry = registry().layer(name)
    blank = raw["area"].isna() | raw["from_area"].isna()
    if blank.any():
        raise TableError(
            f"{raw.attrs['source']}: {int(blank.sum())} rows without a code (first: row "
            f"{raw.index[blank][0]})"
        )
    made = pd.DataFrame(
        {
            "from_area": clean_codes(raw["from_area"]),
            "to_area": clean_codes(raw["area"]),
        }
    )
    if "change" in raw:
        made["change"] = raw["change"].str.strip().str.upper().map(CHANGES)
    else:
        made["change"] = _changes(made)
    slivers = pd.MultiIndex.from_tuples(entry.slivers, names=["from_area", "to_area"])
    pairs = pd.MultiIndex.from_frame(made[["from_area", "to_area"]])
    made = made[~pairs.isin(slivers)].drop_duplicates(["from_area", "to_area"])
    made = made.sort_values(["from_area", "to_area"], ignore_index=True)
    made.attrs = {
        "older": entry.older,
        "newer": entry.geography,
        "layers": [name],
        "notes": list(raw.attrs["notes"]),
        "source": raw.attrs["source"],
    }
    return made


def _changes(pairs: pd.DataFrame) -> pd.Series[str]:
    """Tell what happened to each old area, where the lookup does not say."""
    import pandas as pd

    children = pairs.groupby("from_area")["to_area"].transform("nunique")
    parents = pairs.groupby("to_area")["from_area"].transform("nunique")
    words = pd.Series("irregular", index=pairs.index)
    words[(children == 1) & (parents > 1)] = "merged"
    words[(children > 1) & (parents == 1)] = "split"
    words[(children == 1) & (parents == 1)] = "unchanged"
    return words


def overlaps(lookup: pd.DataFrame, *, people: pd.Series[float] | None = None) -> pd.DataFrame:
    """
    Say which share of each old area goes to each new one.

    Parameters
    ----------
    lookup
        From :func:`read_lookup`.
    people
        Population by new area: children share their parent's counts in its proportion, a child of
        several parents counting for each in equal parts. Equal shares where absent.

    Returns
    -------
    pd.DataFrame
        ``from_area``, ``to_area``, ``change``, ``share``; shares of an old area add up to 1.

    Raises
    ------
    TableError
        If ``people`` lacks new areas of the lookup that need a weight, naming them.
    """
    made = lookup[["from_area", "to_area", "change"]].copy()
    siblings = made.groupby("from_area")["to_area"].transform("size")
    if people is None:
        return made.assign(share=1.0 / siblings)
    parents = made.groupby("to_area")["from_area"].transform("size")
    weight = made["to_area"].map(people) / parents
    lost = made.loc[(siblings > 1) & weight.isna(), "to_area"]
    if len(lost):
        raise TableError(
            f"crosswalk: no population for {lost.nunique()} new areas that share the people of an "
            f"old one: {', '.join(lost.unique()[:3])}; give the people of the whole nation, or ask "
            "for equal shares"
        )
    total = weight.groupby(made["from_area"]).transform("sum")
    share = (weight / total).where(total > 0, 1.0 / siblings)
    return made.assign(share=share.where(siblings > 1, 1.0))


def crosswalk(
    table: pd.DataFrame,
    lookup: pd.DataFrame,
    *,
    counts: Sequence[str],
    rates: Mapping[str, str] | None = None,
    people: pd.Series[float] | None = None,
    equal: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Carry counts and rates of areas to the next edition, conserving totals.

    Parameters
    ----------
    table
        Index ``area`` of old codes.
    lookup
        From :func:`read_lookup`.
    counts
        Columns of counts: split by population, added up where areas merged.
    rates
        Column of a rate -> column of counts it is a rate of: averaged with those counts as weights.
    people
        Population by new area, of the same year or near it.
    equal
        Split equally instead; asked for, not assumed, because the children of a split differ.

    Returns
    -------
    carried : pd.DataFrame
        Index ``area`` of new codes.
    ledger : pd.DataFrame
        Index ``change``, with ``areas`` and the counts: who was unchanged, split, merged, changed
        irregularly, and not placed. Its sums are those of ``table``. ``attrs["not_placed"]`` and
        ``attrs["irregular"]`` list codes.

    Raises
    ------
    TableError
        If neither ``people`` nor ``equal`` is given, or people are missing for new areas.

    Examples
    --------
    >>> import pandas as pd
    >>> lookup = pd.DataFrame({"from_area": ["A", "A"], "to_area": ["B", "C"], "change": "split"})
    >>> table = pd.DataFrame({"people": [10.0]}, index=pd.Index(["A"], name="area"))
    >>> now = pd.Series({"B": 30, "C": 10})
    >>> carried, ledger = crosswalk(table, lookup, counts=["people"], people=now)
    >>> carried["people"].to_dict()
    {'B': 7.5, 'C': 2.5}
    """
    if people is None and not equal:
        raise TableError(
            "crosswalk: give the population of the new areas, or ask for equal=True: the children "
            "of a split area differ in size"
        )
    rates = dict(rates or {})
    pairs = overlaps(lookup, people=None if equal else people)
    moved = pairs.merge(table, left_on="from_area", right_index=True)
    made = {}
    for name in counts:
        made[name] = (moved[name] * moved["share"]).groupby(moved["to_area"]).sum(min_count=1)
    for name, base in rates.items():
        known = moved[moved[name].notna() & moved[base].notna()]
        weight = known[base] * known["share"]
        top = (known[name] * weight).groupby(known["to_area"]).sum()
        made[name] = top / weight.groupby(known["to_area"]).sum()
    carried = _frame(made, pairs, list(counts) + list(rates), table)
    return carried, _ledger(table, lookup, counts)


def _frame(
    made: Mapping[str, pd.Series[float]], pairs: pd.DataFrame, names: list[str], table: pd.DataFrame
) -> pd.DataFrame:
    import pandas as pd

    placed = pairs.loc[pairs["from_area"].isin(table.index), "to_area"]
    index = pd.Index(sorted(set(placed)), name="area", dtype="str")
    return pd.DataFrame({name: made[name] for name in names}, columns=names).reindex(index)


def _ledger(table: pd.DataFrame, lookup: pd.DataFrame, counts: Sequence[str]) -> pd.DataFrame:
    """Account for every old area and its people by what became of it."""
    words = lookup.drop_duplicates("from_area").set_index("from_area")["change"]
    change = table.index.to_series().map(words)
    said = table[list(counts)].assign(change=change.where(change.notna(), "not placed"))
    ledger = said.groupby("change").agg(
        areas=("change", "size"), **{name: (name, "sum") for name in counts}
    )
    ledger = ledger.reindex([*CHANGES.values(), "not placed"], fill_value=0)
    ledger.index.name = "change"
    ledger.attrs["not_placed"] = sorted(table.index[change.isna()])
    ledger.attrs["irregular"] = sorted(table.index[(change == "irregular").to_numpy()])
    return ledger


def carried_values(
    table: pd.DataFrame, lookup: pd.DataFrame, *, people: pd.Series[float] | None = None
) -> pd.DataFrame:
    """
    Carry ranks, deciles and classes to the next edition: each new area takes its largest parent's.

    Nothing is averaged. An unchanged area keeps its values and the children of a split one take
    their parent's; an area merged from several takes those of the parent with the most people.

    Parameters
    ----------
    table
        Index ``area`` of old codes.
    lookup
        From :func:`read_lookup`.
    people
        Population by old area. Where it is absent, merged areas whose parents differ are missing.

    Returns
    -------
    pd.DataFrame
        The same columns on new codes, with ``carried``: ``unchanged``, ``split``, ``merged`` or
        ``irregular``. ``attrs["notes"]`` says what was done to how many; ``attrs["newer"]``.

    Examples
    --------
    >>> import pandas as pd
    >>> lookup = pd.DataFrame({"from_area": ["A", "B"], "to_area": ["C", "C"], "change": "merged"})
    >>> old = pd.DataFrame({"rank": [7, 9]}, index=pd.Index(["A", "B"], name="area"))
    >>> made = carried_values(old, lookup, people=pd.Series({"A": 900, "B": 1600}))
    >>> int(made.loc["C", "rank"])
    9
    """
    pairs = lookup[lookup["from_area"].isin(table.index)].copy()
    size = None if people is None else pairs["from_area"].map(people)
    pairs["size"] = 0.0 if size is None else size
    pairs = pairs.sort_values(["to_area", "size", "from_area"], ascending=[True, False, True])
    parents = pairs.groupby("to_area")["from_area"].transform("size")
    first = pairs.drop_duplicates("to_area").set_index("to_area")
    made = table.reindex(first["from_area"]).set_axis(first.index)
    made.index.name = "area"
    made["carried"] = first["change"]
    several = pairs[parents > 1]
    unknown = set(several["to_area"]) if size is None else set(several.loc[size.isna(), "to_area"])
    notes = [
        f"carried to {_short(lookup)}: "
        + ", ".join(f"{n} {word}" for word, n in made["carried"].value_counts().items())
    ]
    if unknown:
        made.loc[sorted(unknown), table.columns] = None
        notes.append(
            f"{len(unknown)} merged areas have no carried value: which parent is larger is not "
            "known; give the population of the old areas"
        )
    made.attrs = {**table.attrs, "notes": [*table.attrs.get("notes", []), *notes]}
    return made


def _short(lookup: pd.DataFrame) -> str:
    """Name the newer edition in words."""
    newer = lookup.attrs.get("newer")
    return registry().geographies[newer].short if newer else "the new areas"


def refuse_change(earlier: str, later: str) -> None:
    """
    Refuse the difference between two editions of an index as a measure of change.

    Parameters
    ----------
    earlier, later
        Values of ``deprivation_index`` or ``rurality_scheme``.

    Raises
    ------
    VintageError
        If they are not the same: indicators, weights, methods and areas differ between editions,
        and ranks only say who is ahead of whom.

    Examples
    --------
    >>> refuse_change("IMD 2025", "IMD 2025")
    """
    if earlier != later:
        raise VintageError(
            f"{earlier} and {later} are different yardsticks: a difference between their ranks or "
            "deciles is no change over time. Compare places within one edition, or use the change "
            "of a single indicator that both publish"
        )


def carry_counts(
    counts: pd.DataFrame, lookup: pd.DataFrame, *, values: Sequence[str] = ("patients",)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Carry a table of counts to the next edition, equal shares for the children of a split.

    Meant for counts that are small beside an area, such as patients by practice and area of
    residence, where no finer population is known (methods.md section 13).

    Parameters
    ----------
    counts
        A column ``area`` of older codes, the ``values``, and any other columns (a practice), which
        are kept: rows that meet in one new area are added up.
    lookup
        From :func:`read_lookup`.
    values
        Columns of counts.

    Returns
    -------
    carried : pd.DataFrame
        The same columns, ``area`` being new codes.
    ledger : pd.DataFrame
        Index ``change``: ``unchanged``, ``split``, ``merged``, ``irregular`` and ``not placed``;
        columns ``areas`` (different old codes) and the values. Its sums are those of ``counts``;
        ``attrs["not_placed"]`` has the codes that are in no row of the lookup.

    Examples
    --------
    >>> import pandas as pd
    >>> lookup = pd.DataFrame({"from_area": ["A", "A"], "to_area": ["B", "C"], "change": "split"})
    >>> carried, ledger = carry_counts(pd.DataFrame({"area": ["A"], "patients": [5]}), lookup)
    >>> carried.patients.tolist(), float(ledger.patients.sum())
    ([2.5, 2.5], 5.0)
    """
    columns = list(values)
    others = [name for name in counts.columns if name not in {"area", *columns}]
    pairs = overlaps(lookup)[["from_area", "to_area", "share"]]
    moved = counts.merge(pairs, left_on="area", right_on="from_area", validate="many_to_many")
    for name in columns:
        moved[name] = moved[name].astype(float) * moved["share"]
    carried = (
        moved.drop(columns="area")
        .rename(columns={"to_area": "area"})
        .groupby([*others, "area"], dropna=False, sort=True)[columns]
        .sum()
        .reset_index()[list(counts.columns)]
    )
    known = counts["area"].isin(pairs["from_area"])
    by_area = counts.groupby("area")[columns].sum()
    ledger = _ledger(by_area, lookup, columns)
    blank = counts.loc[counts["area"].isna(), columns].sum()
    ledger.loc["not placed", columns] += blank
    ledger.attrs["not_placed"] = sorted(set(counts.loc[~known, "area"].dropna()))
    return carried, ledger
