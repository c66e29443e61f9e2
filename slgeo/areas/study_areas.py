"""Which areas are the study's own: a column true in them, or codes of areas or authorities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError, TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

_AUTHORITY: Final = re.compile(r"[EWSN]\d{8}")
"""Codes of local authorities and other larger areas: one letter and eight digits."""


def study_areas(
    raw: gpd.GeoDataFrame,
    frame: gpd.GeoDataFrame,
    study: str | Sequence[str] | None,
    tables: Sequence[pd.DataFrame],
    notes: list[str],
) -> Any:  # noqa: ANN401 - a flag for each area, as an array or a Series
    """Tell which areas are the study's own."""
    import numpy as np

    source = frame.attrs["source"]
    if study is None:
        if "in_study" in frame:
            return _flags(frame["in_study"].set_axis(raw.index), "in_study", source)
        return np.ones(len(frame), dtype=bool)
    if isinstance(study, str) and study in raw.columns:
        chosen = _flags(raw[study], study, source)
    else:
        wanted = [study] if isinstance(study, str) else list(study)
        chosen = _by_code(frame, wanted, tables, raw)
    if not chosen.any():
        raise StudyError(f"{source}: no area belongs to the study ({study!r})")
    if not chosen.all():
        notes.append(
            f"{int(chosen.sum())} areas are the study's own, {int((~chosen).sum())} context"
        )
    return chosen


def _flags(values: pd.Series[Any], name: str, source: str) -> Any:  # noqa: ANN401 - a bool array
    """Read true and false in the spellings files have."""
    words = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
    words |= {"1.0": True, "0.0": False, "y": True, "n": False, "t": True, "f": False}
    text = values.astype("str").str.strip().str.lower()
    other = sorted(set(text[~text.isin(list(words))].fillna("blank")))
    if other:
        raise TableError(
            f"{source}, column {name!r}: {', '.join(map(repr, other[:3]))} is not true or false"
        )
    return text.map(words).to_numpy(dtype=bool)


def _by_code(
    frame: gpd.GeoDataFrame,
    wanted: list[str],
    tables: Sequence[pd.DataFrame],
    raw: gpd.GeoDataFrame,
) -> Any:  # noqa: ANN401 - a bool array
    """Choose areas by their own codes or those of their authorities."""
    import numpy as np

    codes = {code.strip().upper() for code in wanted}
    chosen = np.asarray(frame.index.isin(list(codes)))
    left = codes - set(frame.index[chosen])
    authority = _authority(frame, tables)
    if left and authority is not None:
        chosen |= authority.isin(list(left)).to_numpy()
        left -= set(authority.dropna())
    if left:
        shown = ", ".join(sorted(left)[:4])
        names = raw.columns.drop("geometry")
        columns = ", ".join(map(repr, names[:12])) + (", ..." if len(names) > 12 else "")
        hint = (
            "the file has no column of local authority codes, nor has a table given beside it"
            if authority is None and any(_AUTHORITY.fullmatch(code) for code in left)
            else "they are neither area codes, nor authorities, nor a column of the file"
        )
        raise StudyError(f"study: {shown} not found: {hint} (columns: {columns})")
    return chosen


def _authority(frame: gpd.GeoDataFrame, tables: Sequence[pd.DataFrame]) -> pd.Series[str] | None:
    if "authority" in frame:
        return frame["authority"].astype("str").str.strip().str.upper()
    for table in tables:
        if "authority" in table.attrs:
            found: pd.Series[str] = table.attrs["authority"].reindex(frame.index)
            return found
    return None
