"""
Read a published table of small areas, whatever its layout: the registry says how each one looks.

A file is recognised by its content: the names of its columns choose the layout, its codes choose
the edition. Adding a vintage is an entry in the registry, not code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.areas import columns as column_names
from slgeo.areas.registry import registry
from slgeo.areas.vintage import clean_codes, detect
from slgeo.errors import SourceError, TableError
from slgeo.sources.read import numbers, read_table, sheet_names, top_rows

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator

    import pandas as pd

    from slgeo.areas.registry import Layer, Layout
    from slgeo.areas.vintage import Detected

_TEXT: Final = {"area", "name", "authority", "rurality_code", "deprivation_index"}
"""Our columns that hold text; all others hold numbers."""
_WORKBOOKS: Final = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_BLANKS: Final = ("*", "..", ".", ":", "-", "–", "c", "x", "z", "NA", "N/A", "#N/A")  # noqa: RUF001
"""What publishers write for "suppressed" or "not available" (GSS symbols, spreadsheet errors)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A layout that fits a file: where its header stands and what its columns are."""

    layer: Layer
    layout: Layout
    sheet: str | None
    header: int
    names: dict[str, str]


def read_layer(
    path: str | os.PathLike[str],
    subject: str,
    *,
    layer: str | None = None,
    prefer: Collection[str] = (),
) -> pd.DataFrame:
    """
    Read a table about small areas.

    Parameters
    ----------
    path
        CSV, XLSX, XLS, ODS or Parquet, as published or tidied.
    subject
        ``deprivation``, ``rurality``, ``population``, ``ethnicity`` or ``cars``.
    layer
        Name in the registry, where the content does not settle it.
    prefer
        Geographies to choose where a workbook has a sheet for each of several.

    Returns
    -------
    pd.DataFrame
        Index ``area``; columns under our names. ``attrs``: ``layers`` (names, one a nation and
        edition), ``detected`` (see :func:`slgeo.areas.vintage.detect`), ``notes``, ``source``,
        ``urban`` and ``classes`` are in the registry under the layer.

    Raises
    ------
    SourceError
        If the file has no layout of the subject, naming the columns found and those wanted.
    TableError
        If codes are repeated, or of no geography known, naming rows.
    """
    fits = list(_fits(Path(path), subject, layer))
    if not fits:
        raise SourceError(_no_layout(Path(path), subject, layer))
    best = min(fits, key=lambda fit: _order(fit, prefer))
    raw = read_table(
        path, sheet=best.sheet, header=best.header, columns=lambda name: name in best.names
    )
    raw = raw.rename(columns=best.names)
    notes = list(raw.attrs["notes"])
    raw = _chosen_rows(raw, best.layout, notes)
    if best.layout.bands:
        raw = _side_by_side(raw)
    coded = _coded(raw, {name for fit in fits for name in fit.layer.geographies}, notes)
    header = next(name for name, ours in best.names.items() if ours == "area")
    expected = {fit.layer.geography for fit in fits if not fit.layer.own}
    detected = detect(coded["area"], header=header, expected=expected)
    editions = {(nation, d.geography) for d in detected for nation in d.nations}
    chosen = [
        fit
        for fit in fits
        if {(n, g) for n in fit.layer.nations for g in fit.layer.geographies} & editions
    ]
    if not chosen:
        raise TableError(_other_edition(best, detected, raw.attrs["source"]))
    chosen.sort(key=lambda fit: (fit.sheet != best.sheet, fit.layer.own, -len(fit.names)))
    table = _values(coded, raw.attrs["source"], notes)
    table.attrs = {
        "source": raw.attrs["source"],
        "notes": notes,
        "detected": detected,
        "layers": [chosen[0].layer.name],
    }
    if "authority" in table:
        table.attrs["authority"] = table["authority"].str.upper()
    return table


def _order(fit: Match, prefer: Collection[str]) -> tuple[bool, int, bool]:
    """Put the layout first that is on the areas wanted and explains most columns."""
    wanted = bool(prefer) and not fit.layer.own and not set(prefer) & set(fit.layer.geographies)
    return (wanted, -len(fit.names), fit.layer.own)


def _fits(path: Path, subject: str, only: str | None) -> Iterator[Match]:
    """Find every layout of the subject that the file could have."""
    book = path.suffix.lower() in _WORKBOOKS
    sheets: list[str | None] = list(sheet_names(path)) if book else [None]
    tops: dict[str | None, list[list[str]]] = {}
    for layer in registry().of(subject):
        if only is not None and layer.name != only:
            continue
        for layout in layer.layouts:
            mine = [s for s in sheets if s is None or re.search(layout.sheet, s, re.IGNORECASE)]
            for sheet in _latest(mine, layout) if layout.latest and book else mine:
                if sheet not in tops:
                    tops[sheet] = top_rows(path, sheet=sheet)
                for position, row in enumerate(tops[sheet]):
                    names = column_names.in_layout(row, layout)
                    if names is not None:
                        yield Match(layer, layout, sheet, position + 1, names)
                        break


def _latest(sheets: list[str | None], layout: Layout) -> list[str | None]:
    """Keep the sheet of the newest year."""
    dated = []
    for sheet in sheets:
        hit = re.search(layout.sheet, sheet or "", re.IGNORECASE)
        if hit:
            dated.append((hit["year"], sheet))
    return [max(dated)[1]] if dated else []


def _chosen_rows(raw: pd.DataFrame, layout: Layout, notes: list[str]) -> pd.DataFrame:
    """Keep the rows a layout asks for: one sex of three, the last of several years."""
    attrs = raw.attrs
    for i, wanted in enumerate(layout.rows.values()):
        keep = re.compile(wanted, re.IGNORECASE)
        raw = raw[[bool(keep.search(str(cell))) for cell in raw[f"_row_{i}"]]]
    if layout.newest:
        years = raw[f"_row_{len(layout.rows)}"].astype("str")
        raw = raw[years == years.max()]
        notes.append(f"{Path(attrs['source']).name}: the rows of {years.max()} are used")
    raw = raw.drop(columns=[c for c in raw.columns if str(c).startswith("_row_")])
    raw.attrs = attrs
    return raw


def _side_by_side(raw: pd.DataFrame) -> pd.DataFrame:
    """Lay a row for each age band (``All ages``, ``00-15``, ``65+``) side by side, one an area."""
    import pandas as pd

    attrs = raw.attrs
    ours = raw["_band"].astype("str").map(_band)
    other = raw.index[ours.isna()]
    if len(other):
        raise SourceError(
            f"{attrs['source']}: row {other[0]}: {raw.loc[other[0], '_band']!r} is no age band "
            "(such as 'All ages', '00-15', '65+')"
        )
    rows = raw.assign(_band=ours)
    twice = rows.duplicated(["area", "_band"])
    if twice.any():
        row = rows.index[twice][0]
        raise TableError(
            f"{attrs['source']}: row {row}: {rows.loc[row, 'area']} has its band "
            f"{rows.loc[row, '_band']} a second time"
        )
    first = raw.drop_duplicates("area").drop(columns=["_band", "population"])
    wide = rows.pivot_table(index="area", columns="_band", values="population", aggfunc="first")
    made = first.join(pd.DataFrame(wide), on="area")
    made.attrs = attrs
    return made


def _band(text: str) -> str | None:
    """
    Name an age band as our columns do.

    Examples
    --------
    >>> _band("00-15"), _band("65+"), _band("All ages"), _band("old")
    ('age_0_15', 'age_65_plus', 'population', None)
    """
    if re.fullmatch(r"all ages|total", text.strip(), re.IGNORECASE):
        return "population"
    found = re.fullmatch(r"(\d+)\s*(?:-|to)\s*(\d+)|(\d+)\s*(?:\+|and over)", text.strip())
    if found is None:
        return None
    if found[3] is not None:
        return f"age_{int(found[3])}_plus"
    return f"age_{int(found[1])}_{int(found[2])}"


def _coded(raw: pd.DataFrame, geographies: set[str], notes: list[str]) -> pd.DataFrame:
    """Keep the rows whose code is a code; say which rows are none; refuse repeated codes."""
    codes = raw["area"].where(raw["area"].notna(), "")
    codes = clean_codes(codes)
    book = registry().geographies
    good = codes.str.match("|".join(f"(?:{book[name].code})" for name in sorted(geographies)))
    if not good.any():  # perhaps of another kind of area: say so by its codes, not by its rows
        good = codes.str.match("|".join(f"(?:{g.code})" for g in book.values()))
    if not good.any():
        row = raw.index[0] if len(raw) else 0
        first = codes.iloc[0] if len(raw) else ""
        raise TableError(f"{raw.attrs['source']}: no area codes (row {row}: {first!r})")
    if not good.all():
        row = raw.index[~good][0]
        notes.append(
            f"{Path(raw.attrs['source']).name}: {int((~good).sum())} rows are no small areas, "
            f"left out (first: row {row}, {codes[row]!r})"
        )
    kept = raw[good].assign(area=codes[good])
    repeated = kept["area"].duplicated(keep=False)
    if repeated.any():
        code = kept.loc[repeated, "area"].iloc[0]
        rows = ", ".join(map(str, kept.index[kept["area"] == code][:4]))
        raise TableError(
            f"{raw.attrs['source']}: {kept.loc[repeated, 'area'].nunique()} codes occur twice; "
            f"{code} in rows {rows}"
        )
    return kept


def _values(coded: pd.DataFrame, source: str, notes: list[str]) -> pd.DataFrame:
    """Turn columns into numbers, and the code into the index."""
    import pandas as pd

    coded.attrs["source"] = source
    made: dict[str, pd.Series[Any]] = {}
    for name in coded.columns:
        if name in _TEXT:
            made[name] = coded[name].astype("str") if name == "area" else _as_text(coded[name])
            continue
        made[name] = numbers(coded, name, missing=_BLANKS)
        blank = int(made[name].isna().sum())
        if blank:
            notes.append(f"{Path(source).name}: {name} is missing in {blank} rows")
    for ours in dict.fromkeys(name.split("+")[0] for name in made if "+" in name):
        parts = [made.pop(name) for name in list(made) if name.startswith(f"{ours}+")]
        made[ours] = pd.concat(parts, axis=1).sum(axis=1, min_count=len(parts))
    return pd.DataFrame(made).set_index("area")


def _as_text(values: pd.Series[Any]) -> pd.Series[str]:
    """Show codes as text, where a Parquet file holds them as numbers: 1.0 is class 1."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values):
        shown = [None if pd.isna(value) else f"{float(value):g}" for value in values]
        return pd.Series(shown, index=values.index, dtype="str")
    return values.astype("str").str.strip()


def _no_layout(path: Path, subject: str, only: str | None) -> str:
    rows = top_rows(path)
    widest = max(rows, key=lambda row: sum(1 for cell in row if cell), default=[])
    names = ", ".join(repr(cell) for cell in widest if cell)[:240] or "none"
    known = [layer for layer in registry().of(subject) if only in {None, layer.name}]
    wanted = "; ".join(dict.fromkeys(layer.title for layer in known if "X" not in layer.nations))
    return (
        f"{path}: not a table of {subject} slgeo knows (columns found: {names}). It reads {wanted} "
        "as published, or a CSV with a column of area codes and columns under the names of "
        "docs/tables.md"
    )


def _other_edition(best: Match, detected: tuple[Detected, ...], source: str) -> str:
    book = registry()
    theirs = " and ".join(
        f"{book.geographies[d.geography].short} ({'/'.join(d.nations)})" for d in detected
    )
    return (
        f"{source}: looks like {best.layer.title}, but its codes are {theirs}, not "
        f"{book.geographies[best.layer.geography].short}"
    )
