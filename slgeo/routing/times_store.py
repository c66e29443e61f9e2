"""Travel times as one Parquet file, one row an origin, so that nobody disappears on disk either."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
import pandas as pd

from slgeo.errors import SourceError
from slgeo.routing.times_checks import objects

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from slgeo.routing.times import TravelTimes

    TimesT = TypeVar("TimesT", bound=TravelTimes)

LAYOUT: Final = "slgeo travel times 1"
"""Marks a file that :func:`read_times` can read."""


def write_times(times: TravelTimes, path: Path | str) -> None:
    """Write travel times; keys of sites and areas go to the file's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {
        "origin": pa.array(times.origins.to_numpy(object), pa.string()),
        "area": pa.array(times.area, pa.string()),
        "people": pa.array(times.people, pa.float64()),
        "reason": pa.array(times.reason, pa.string()),
        "site": pa.LargeListArray.from_arrays(times.start, pa.array(times.site)),
        "milliseconds": pa.LargeListArray.from_arrays(times.start, pa.array(times.milliseconds)),
    }
    about = {
        "layout": LAYOUT,
        "mode": times.mode,
        "direction": times.direction,
        "limit": times.limit,
        "speeds": times.speeds,
        "kept": times.kept,
        "sites": list(map(str, times.sites)),
        "site_reason": list(times.site_reason),
        "areas": list(map(str, times.areas)),
    }
    table = pa.table(columns).replace_schema_metadata({"slgeo": json.dumps(about)})
    parquet.write_table(table, path, compression="zstd")


def read_times(cls: type[TimesT], path: Path | str) -> TimesT:
    """Read what :func:`write_times` wrote; SourceError where it is something else or damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path}: cannot be read as Parquet ({error})") from error
    about = json.loads((table.schema.metadata or {}).get(b"slgeo", b"{}"))
    if about.get("layout") != LAYOUT:
        raise SourceError(
            f"{path}: not a file of travel times written by slgeo; for a long table of pairs, "
            "read it with pandas and use TravelTimes.from_frame"
        )
    start, site = _lists(table["site"])
    _, milliseconds = _lists(table["milliseconds"])
    return cls(
        mode=about["mode"],
        direction=about["direction"],
        limit=about["limit"],
        speeds=about["speeds"],
        origins=pd.Index(objects(table["origin"].to_pylist()), name="origin"),
        sites=pd.Index(objects(about["sites"]), name="site"),
        area=objects(table["area"].to_pylist()),
        people=table["people"].to_numpy(),
        start=start,
        site=site,
        milliseconds=milliseconds,
        reason=objects(table["reason"].to_pylist()),
        site_reason=objects(about["site_reason"]),
        kept=about["kept"],
        areas=pd.Index(objects(about["areas"]), name="area"),
    )


def _lists(column: Any) -> tuple[NDArray[np.int64], NDArray[np.int32]]:  # noqa: ANN401  # untyped
    """Take the offsets and values of a column of lists, however many chunks it came in."""
    lengths = [0, *column.combine_chunks().value_lengths().to_pylist()] if len(column) else [0]
    values = [chunk.flatten().to_numpy() for chunk in column.chunks]
    flat = np.concatenate(values) if values else np.empty(0)
    return np.cumsum(lengths, dtype=np.int64), cast("NDArray[np.int32]", flat.astype(np.int32))
