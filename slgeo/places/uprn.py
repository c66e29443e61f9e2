"""Property numbers: the best way to place a building, where a file gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.tables import PLACES, checked

if TYPE_CHECKING:
    import os

    import pandas as pd

RADIUS: Final = 15.0
"""Metres; assumed: a property number's point lies in or at its building."""


def with_uprns(places: pd.DataFrame, path: str | os.PathLike[str]) -> pd.DataFrame:
    """
    Give places the point of their property number.

    Parameters
    ----------
    places
        A places table with a column ``uprn``.
    path
        OS Open UPRN as CSV: ``UPRN``, ``X_COORDINATE``, ``Y_COORDINATE`` and degrees; read in a
        stream, for it has some 40 million rows.

    Returns
    -------
    pd.DataFrame
        The same rows; those whose number is in the file have its coordinates, and geocoding grades
        them ``uprn``. A note counts those that are not.

    Raises
    ------
    SourceError
        If the file cannot be read or is not OS Open UPRN.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    checked(places, PLACES)
    made = places.copy()
    if "uprn" not in made.columns:
        return made
    bare = made["uprn"].map(lambda text: text.lstrip("0") if isinstance(text, str) else None)
    wanted = pa.array(sorted({text for text in bare if text}), type=pa.string())
    columns = ["UPRN", "X_COORDINATE", "Y_COORDINATE"]
    found: dict[str, tuple[float, float]] = {}
    try:
        reader = csv.open_csv(
            str(path),
            convert_options=csv.ConvertOptions(
                include_columns=columns, column_types={"UPRN": pa.string()}
            ),
        )
        for batch in reader:
            kept = batch.filter(pc.is_in(pc.utf8_ltrim(batch["UPRN"], "0"), value_set=wanted))
            for number, x, y in zip(*(kept[name].to_pylist() for name in columns), strict=True):
                found[str(number).lstrip("0")] = (float(x), float(y))
    except (pa.ArrowException, KeyError, OSError, TypeError, ValueError) as error:
        raise SourceError(f"{path}: not OS Open UPRN as CSV ({str(error)[:120]})") from error
    known = bare.isin(found)
    made.loc[known, "easting"] = [found[text][0] for text in bare[known]]
    made.loc[known, "northing"] = [found[text][1] for text in bare[known]]
    made.loc[known, ["longitude", "latitude"]] = float("nan")
    for name, value in (("given_precision", "uprn"), ("given_source", Path(path).name)):
        made[name] = made[name] if name in made.columns else None
        made.loc[known, name] = value
    made["given_radius"] = made.get("given_radius", float("nan"))
    made.loc[known, "given_radius"] = RADIUS
    unknown = int((bare.notna() & ~known).sum())
    note = f"{Path(path).name}: {int(known.sum()):,} places have the point of their property number"
    made.attrs = {
        **places.attrs,
        "notes": [*places.attrs.get("notes", []), f"{note}, {unknown:,} numbers are not in it"],
    }
    return made
