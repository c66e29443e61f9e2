"""A table as CSV: safe to open in a spreadsheet, and the same bytes every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from slgeo.errors import DisclosureError
from slgeo.report.cells import decimals, fixed, holds_numbers, inert, is_number
from slgeo.report.disclosure import Controlled
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from slgeo.tables import Table

LINE_END: Final = "\r\n"  # RFC 4180, and what spreadsheets on Windows write themselves
FLAGS: Final = {True: "true", False: "false"}


def write_csv(
    frame: pd.DataFrame | Controlled,
    path: str | os.PathLike[str],
    *,
    table: Table | None = None,
    geometry: Literal["drop", "wkt"] = "drop",
) -> Path:
    """
    Write a table as CSV.

    UTF-8 with a byte-order mark, so that a spreadsheet reads names right; text in quotes, with an
    apostrophe before anything a spreadsheet would run; numbers with fixed decimals; flags as true
    and false; missing values empty. The file appears whole or not at all.

    Parameters
    ----------
    frame
        The table, its index included; a sensitive one as what ``disclosure.controlled`` returns.
    path
        Where it shall stand; its folder is made if need be.
    table
        Its definition: gives the order of the columns and the decimals, and says whether it is
        sensitive.
    geometry
        Whether a geometry column is left out or written as well-known text, to a tenth of a unit.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DisclosureError
        For a sensitive table that has not passed disclosure control.
    TableError
        For infinite numbers.
    """
    from pathlib import Path

    plain = laid_out(frame, table, geometry=geometry)
    columns = [_column(plain[name], table) for name in plain.columns]
    head = ",".join(_text(str(name)) for name in plain.columns)
    lines = [head, *(",".join(row) for row in zip(*columns, strict=True))]
    with written(path) as beside:
        beside.write_bytes(
            b"\xef\xbb\xbf" + "".join(f"{line}{LINE_END}" for line in lines).encode()
        )
    return Path(path)


def laid_out(
    frame: pd.DataFrame | Controlled,
    table: Table | None,
    *,
    geometry: Literal["drop", "wkt"] = "drop",
) -> pd.DataFrame:
    """
    Lay a table out as it is written: keys first, then columns in the order of its definition.

    Parameters
    ----------
    frame, table, geometry
        As for :func:`write_csv`.

    Returns
    -------
    pd.DataFrame
        A plain frame without an index; its inputs are not changed.

    Raises
    ------
    DisclosureError
        For a sensitive table that has not passed disclosure control.
    """
    if isinstance(frame, Controlled):
        frame = frame.frame
    elif table is not None and table.status == "sensitive":
        raise DisclosureError(
            f"{table.name} holds sensitive counts; pass it through"
            " slgeo.report.disclosure.controlled before it is written"
        )
    shapes = getattr(frame, "_geometry_column_name", None)  # a GeoDataFrame's, without geopandas
    plain = pd.DataFrame(frame).copy(deep=False)
    if shapes is not None and shapes in plain.columns:
        if geometry == "wkt":
            plain[shapes] = frame[shapes].to_wkt(rounding_precision=1)
        else:
            plain = plain.drop(columns=shapes)
    keys = plain.index.to_frame(index=False)
    plain = plain.reset_index(drop=True)
    if table is not None:
        plain = plain[sorted(plain.columns, key=_place(table, list(plain.columns)))]
    unnamed = keys.columns.size == 1 and isinstance(frame.index, pd.RangeIndex)
    return plain if unnamed and frame.index.name is None else pd.concat([keys, plain], axis=1)


def _place(table: Table, names: list[Any]) -> Any:  # noqa: ANN401  (a sort key)
    """Order columns as defined; those of one pattern, and unknown ones, as they came."""
    order = {column.name: at for at, column in enumerate(table.columns)}

    def place(name: object) -> tuple[int, int]:
        column = table.column(str(name))
        return (order[column.name] if column else len(order), names.index(name))

    return place


def _column(values: pd.Series[Any], table: Table | None) -> list[str]:
    """Write one column, cell by cell."""
    column = table.column(str(values.name)) if table else None
    places = decimals(values, column) if holds_numbers(values) else 0
    return [_cell(value, places) for value in values.astype(object).tolist()]


def _cell(value: Any, places: int) -> str:  # noqa: ANN401  (whatever a frame holds)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return FLAGS[value]
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124  (NaN)
        return ""
    return fixed(value, places) if is_number(value) else _text(str(value))


def _text(text: str) -> str:
    return '"' + inert(text).replace('"', '""') + '"'
