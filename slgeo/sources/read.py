"""
Read a table of any format as text that can be trusted: codes keep their zeros, faults their place.

CSV, XLSX, XLS and ODS cells come as text, stripped, with blanks missing; Parquet columns keep their
types. The index is named ``row`` and holds the row numbers a person sees in the file, so that
:func:`where` can name the cell at fault.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.sources.workbooks import cell_text, open_workbook, pick_sheet

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import pandas as pd

_LOOK: Final = 60
"""Rows searched for a header: the deepest published preamble we know is 7 rows (our choice)."""
_TAIL: Final = 1 << 16
_BLOCK_ROWS: Final = 50_000
"""Rows parsed at a time: a postcode directory of 53 columns then needs some 150 MB (our choice)."""
_SHEETS: Final = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_TEXTS: Final = {".csv", ".txt", ".tsv", ".tab"}


def read_table(
    path: str | os.PathLike[str],
    *,
    sheet: str | re.Pattern[str] | None = None,
    header: int | re.Pattern[str] | None = 1,
    columns: Callable[[str], bool] | None = None,
) -> pd.DataFrame:
    r"""
    Read a table.

    Parameters
    ----------
    path
        A .csv, .txt, .tsv, .xlsx, .xls, .ods or .parquet file.
    sheet
        Sheet of a workbook, by name or by a pattern its name must contain; the first where absent.
    header
        Row number of the column names, counted from 1; a pattern: the first row with a cell that
        it matches; ``None``: there are no names, and columns are called ``0``, ``1``, ...
    columns
        Keep only columns whose (cleaned) name this accepts; saves memory on wide files.

    Returns
    -------
    pd.DataFrame
        Index ``row``: row numbers as a spreadsheet shows them. Cells of text formats are stripped
        text, blank ones missing; wholly blank rows, and columns with neither name nor values, are
        left out. ``attrs``: ``source`` (file and sheet), ``notes`` (what was guessed).

    Raises
    ------
    SourceError
        In one line: the file is missing, empty, cut short, not in the format its name says, has
        no such sheet, no header, or two columns of one name.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    _present(path)
    _known(path)
    if suffix in _TEXTS:
        frame = _read_text(path, header, columns)
    elif suffix in _SHEETS:
        frame = _read_sheet(path, sheet, header, columns)
    else:
        frame = _read_parquet(path, columns)
    frame.attrs.setdefault("source", str(path))
    frame.attrs.setdefault("notes", [])
    return frame


def sheet_names(path: str | os.PathLike[str]) -> list[str]:
    """
    Name the sheets of a workbook, in order.

    Raises
    ------
    SourceError
        If the file is missing, cut short or not a workbook.
    """
    path = Path(path)
    _present(path)
    return list(open_workbook(path).sheet_names)


def top_rows(path: str | os.PathLike[str], *, sheet: str | None = None) -> list[list[str]]:
    """
    Read the first rows of a table as text, to recognise its layout.

    Parameters
    ----------
    path
        As for :func:`read_table`.
    sheet
        Sheet of a workbook; the first where absent.

    Returns
    -------
    list of list of str
        At most 60 rows; blank cells are empty text. A Parquet file gives one row: its columns.

    Raises
    ------
    SourceError
        As :func:`read_table`.
    """
    path = Path(path)
    _present(path)
    _known(path)
    suffix = path.suffix.lower()
    if suffix in _SHEETS:
        book = open_workbook(path)
        name = pick_sheet(path, list(book.sheet_names), sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=_LOOK)
        return [[clean_name(cell_text(cell) or "") for cell in row] for row in rows]
    if suffix in _TEXTS:
        rows = _top_rows(path, _encoding(path)[0])[0]
        return [[clean_name(cell) for cell in row] for row in rows]
    return [list(_read_parquet(path, None, empty=True).columns)]


def where(frame: pd.DataFrame, row: object, column: str | None = None) -> str:
    """
    Say where a cell stands, for an error.

    Parameters
    ----------
    frame
        A frame from :func:`read_table`, or cut from one.
    row
        A label of its index.
    column
        The column, as the file names it.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": ["x"]}, index=pd.Index([7], name="row"))
    >>> frame.attrs["source"] = "places.xlsx, sheet 'Places'"
    >>> where(frame, 7, "a")
    "places.xlsx, sheet 'Places', row 7, column 'a'"
    """
    text = f"{frame.attrs.get('source', 'table')}, row {row}"
    return f"{text}, column {column!r}" if column is not None else text


def numbers(frame: pd.DataFrame, column: str, *, missing: Sequence[str] = ()) -> pd.Series[float]:
    r"""
    Read a column as numbers, or say which cells are none.

    Parameters
    ----------
    frame
        A frame from :func:`read_table`.
    column
        The column.
    missing
        Words that stand for a missing value in this file, for example ``*`` or ``..``; blanks
        always do.

    Returns
    -------
    pd.Series
        Floats, on the frame's index. Thousands separators are understood.

    Raises
    ------
    SourceError
        Naming file, row and column of the first cells that are no numbers, and how many there are.
    """
    import pandas as pd

    cells = frame[column]
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.astype(float)
    blank = {"", *missing}
    plain = ["" if pd.isna(cell) else str(cell).strip() for cell in cells]
    text = pd.Series(plain, index=cells.index, dtype=object)
    tidy = text.where(~text.isin(blank), "").str.replace(_THOUSANDS, "", regex=True)
    values = pd.to_numeric(tidy, errors="coerce").astype(float)
    wrong = (values.isna() & (tidy != "")) | values.abs().eq(float("inf"))
    if wrong.any():
        shown = ", ".join(f"row {row} {text[row]!r}" for row in values.index[wrong][:3])
        more = f" and {int(wrong.sum()) - 3} more" if wrong.sum() > 3 else ""
        raise SourceError(
            f"{frame.attrs.get('source', 'table')}, column {column!r}: not a number: {shown}{more}"
        )
    return values.rename(column)


_THOUSANDS: Final = re.compile(r",(?=\d{3}(?:\D|$))")


def clean_name(name: object) -> str:
    r"""
    Tidy a column name: white space collapsed, byte-order mark gone.

    Examples
    --------
    >>> clean_name("\ufeffMultiple Deprivation Rank \n(where 1 is most deprived) ")
    'Multiple Deprivation Rank (where 1 is most deprived)'
    """
    return " ".join(str(name).replace("\ufeff", "").replace("\xa0", " ").split())


def _present(path: Path) -> None:
    """Refuse a file that is missing, a folder, or empty."""
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; name the file in it")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: is empty (0 bytes); download or save it again")


def _known(path: Path) -> None:
    """Refuse a format no table comes in."""
    if path.suffix.lower() not in {*_TEXTS, *_SHEETS, ".parquet", ".geoparquet", ".pq"}:
        raise SourceError(
            f"{path}: {path.suffix.lower() or 'no'} suffix; tables are read from .csv, .txt, .tsv, "
            ".xlsx, .xls, .ods and .parquet"
        )


# --- text -----------------------------------------------------------------------------------------


def _read_text(
    path: Path, header: int | re.Pattern[str] | None, columns: Callable[[str], bool] | None
) -> pd.DataFrame:
    import pandas as pd

    encoding, notes = _encoding(path)
    top = _top_rows(path, encoding)
    delimiter = top[1]
    first = _header_row(path, top[0], header)
    names = _names(path, top[0][first] if first is not None else None, top[0])
    keep = [i for i, name in enumerate(names) if columns is None or columns(name)]
    _refuse_cut(path, encoding, delimiter, len(names))
    start = 1 if first is None else first + 2
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            # Whole rows are parsed, a block at a time, so that one cell too many is never unseen.
            blocks = pd.read_csv(
                path,
                header=None,
                names=names,
                skiprows=start - 1,
                dtype=str,
                sep=delimiter,
                encoding=encoding,
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
                index_col=False,
                chunksize=_BLOCK_ROWS,
            )
            parts = [block[[names[i] for i in keep]] for block in blocks]
    except (pd.errors.ParserError, UnicodeError, ValueError) as error:
        said = clean_name(error)
        if "EOF inside string" in said:
            raise SourceError(
                f"{path}: ends inside a quoted cell; it is cut short or a quote is not closed"
            ) from error
        raise SourceError(f"{path}: cannot be read as a table ({said})") from error
    except pd.errors.ParserWarning as error:
        raise SourceError(f"{path}: rows have more cells than the {len(names)} columns") from error
    empty = pd.DataFrame({names[i]: pd.Series([], dtype="str") for i in keep})
    frame = pd.concat(parts, ignore_index=True) if parts else empty
    frame.index = pd.RangeIndex(start, start + len(frame))
    frame = _tidy(frame)
    frame.attrs["notes"] = notes
    return frame


def _encoding(path: Path) -> tuple[str, list[str]]:
    """Find how text is encoded: by its mark, else UTF-8, else Windows Western (and say so)."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16", []
        if start.startswith((b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"SQLi")):
            raise SourceError(
                f"{path}: its name says text, but it holds a zip, workbook or database; "
                "rename it to what it is"
            )
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(1 << 20):
                if b"\x00" in block:
                    raise SourceError(f"{path}: holds binary data, not text")
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", [f"{path.name}: not UTF-8, read as Windows Western (cp1252)"]
    return "utf-8-sig", []


def _top_rows(path: Path, encoding: str) -> tuple[list[list[str]], str]:
    """Read the first rows and tell what separates their cells."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        text = file.read(1 << 18)
    if not text.strip():
        raise SourceError(f"{path}: holds only blanks")
    sample = "\n".join(text.splitlines()[:_LOOK])
    counts = {mark: _outside_quotes(sample, mark) for mark in (",", "\t", ";", "|")}
    delimiter = max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= _LOOK:
                break
    except csv.Error as error:
        raise SourceError(f"{path}: cannot be read as a table ({error})") from error
    return rows, delimiter


def _outside_quotes(text: str, mark: str) -> int:
    return re.sub(r'"[^"]*"', "", text).count(mark)


def _refuse_cut(path: Path, encoding: str, delimiter: str, width: int) -> None:
    """Refuse a file whose last line stops short: a download that was cut."""
    if encoding == "utf-16":
        return
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL))
        tail = file.read().decode(encoding if encoding != "utf-8-sig" else "utf-8", "replace")
    if tail.endswith(("\n", "\r")) or "\n" not in tail:
        return
    last = tail.rsplit("\n", 1)[1]
    if last.count('"') % 2 == 0 and last.strip():
        cells = next(csv.reader([last], delimiter=delimiter))
        if 1 <= len(cells) < width and width > 1:
            raise SourceError(
                f"{path}: the last row has {len(cells)} of {width} cells and no line end: "
                "the file is cut short; download it again"
            )


# --- workbooks ------------------------------------------------------------------------------------


def _read_sheet(
    path: Path,
    sheet: str | re.Pattern[str] | None,
    header: int | re.Pattern[str] | None,
    columns: Callable[[str], bool] | None,
) -> pd.DataFrame:
    import pandas as pd

    book = open_workbook(path)
    name = pick_sheet(path, list(book.sheet_names), sheet)
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception as error:
        raise SourceError(f"{path}, sheet {name!r}: cannot be read ({error})") from error
    if not any(cell != "" for row in rows for cell in row):
        raise SourceError(f"{path}, sheet {name!r}: is empty")
    top = [[cell_text(cell) or "" for cell in row] for row in rows[:_LOOK]]
    first = _header_row(path, top, header)
    names = _names(path, top[first] if first is not None else None, top)
    body = rows[0 if first is None else first + 1 :]
    keep = [i for i, label in enumerate(names) if columns is None or columns(label)]
    data = {names[i]: [cell_text(row[i]) if i < len(row) else None for row in body] for i in keep}
    start = 1 if first is None else first + 2
    frame = pd.DataFrame(
        data, index=pd.RangeIndex(start, start + len(body)), columns=[names[i] for i in keep]
    ).astype("str")
    frame = _tidy(frame)
    frame.attrs["source"] = f"{path}, sheet {name!r}"
    return frame


# --- parquet --------------------------------------------------------------------------------------


def _read_parquet(
    path: Path, columns: Callable[[str], bool] | None, *, empty: bool = False
) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    try:
        schema = parquet.read_schema(path)
        wanted = [n for n in schema.names if n != "geometry"]
        wanted = [n for n in wanted if columns is None or columns(clean_name(n))]
        if empty:
            return pd.DataFrame(columns=[clean_name(n) for n in wanted])
        frame: pd.DataFrame = parquet.read_table(path, columns=wanted).to_pandas(
            ignore_metadata=True
        )
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{path}: not a whole Parquet file ({clean_name(error)})") from error
    frame.columns = pd.Index([clean_name(name) for name in frame.columns])
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


# --- shared ---------------------------------------------------------------------------------------


def _header_row(
    path: Path, top: list[list[str]], header: int | re.Pattern[str] | None
) -> int | None:
    """Find the position of the row that names the columns."""
    if header is None:
        return None
    if isinstance(header, int):
        if header > len(top):
            raise SourceError(f"{path}: no row {header} to take column names from")
        return header - 1
    for position, row in enumerate(top):
        if any(header.search(clean_name(cell)) for cell in row):
            return position
    raise SourceError(
        f"{path}: no column named like {header.pattern!r} in the first {len(top)} rows "
        f"(first row: {', '.join(clean_name(c) for c in top[0][:8] if c) or 'blank'})"
    )


def _names(path: Path, row: list[str] | None, top: list[list[str]]) -> list[str]:
    """Clean the column names; number those that are blank; refuse a repeated one."""
    width = max(len(cells) for cells in top)
    if row is None:
        return [str(i) for i in range(width)]
    names = [clean_name(cell) for cell in row]
    names += [""] * (width - len(names))
    if not any(names):
        raise SourceError(f"{path}: the row of column names is blank")
    repeated = {name for name in names if name and names.count(name) > 1}
    if repeated:
        raise SourceError(f"{path}: two columns are called {min(repeated)!r}")
    return [name or f"_blank_{i}" for i, name in enumerate(names)]


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Strip cells, make blanks missing, drop blank rows and columns without a name or a value."""
    for column in frame.columns:
        stripped = frame[column].str.strip()
        frame[column] = stripped.where(stripped != "")
    dead = [c for c in frame.columns if c.startswith("_blank_") and frame[c].isna().all()]
    frame = frame.drop(columns=dead).dropna(how="all")
    frame.index.name = "row"
    return frame
