"""What must hold of travel times, and of the long tables they are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo import reasons
from slgeo.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from slgeo.routing.times import TravelTimes


def faults(times: TravelTimes) -> Iterator[str]:
    """Yield every way in which the arrays do not fit together, each as a phrase."""
    for name, keys in (("origins", times.origins), ("sites", times.sites), ("areas", times.areas)):
        if not keys.is_unique:
            yield f"{name}: {int(keys.duplicated().sum())} repeated"
    if times.direction not in {"to", "from"}:
        yield f"direction is {times.direction!r}, not 'to' or 'from'"
    lengths = list(_length_faults(times))
    yield from lengths or _value_faults(times)


def _length_faults(times: TravelTimes) -> Iterator[str]:
    n, rows = len(times.origins), len(times.site)
    wanted = {"area": n, "people": n, "reason": n, "start": n + 1}
    wanted |= {"milliseconds": rows, "site_reason": len(times.sites)}
    for name, length in wanted.items():
        found = len(getattr(times, name))
        if found != length:
            yield f"{name} has {found} elements, not {length}"


def _value_faults(times: TravelTimes) -> Iterator[str]:
    rows, counts = len(times.site), np.diff(times.start)
    if times.start[0] != 0 or times.start[-1] != rows or (counts < 0).any():
        yield "start does not divide the rows among the origins"
    if rows and (times.site.min() < 0 or times.site.max() >= len(times.sites)):
        yield "site positions outside the sites"
    # half a millisecond: the limit need not be a whole number of them
    if rows and not 0 <= times.milliseconds.min() <= times.milliseconds.max() <= (
        times.limit * 60_000 + 0.5
    ):
        yield f"times outside 0 to {times.limit:g} minutes"
    if (missing(times.reason) != (counts > 0)).any():
        yield "every origin must have either a time or a reason"
    if not (times.people >= 0).all():
        yield f"people missing or negative for {int((~(times.people >= 0)).sum())} origins"
    unknown = {*times.reason, *times.site_reason} - {None, *reasons.ALL}
    if unknown:
        yield f"unknown reasons: {', '.join(sorted(map(str, unknown)))}"
    outside = set(times.area) - set(times.areas)
    if outside:
        first = min(map(str, outside))
        yield f"{len(outside)} areas of origins are not among the areas (first: {first!r})"


def missing(reason: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell where there is no reason."""
    return np.array([value is None for value in reason], dtype=bool)


def require_columns(frame: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Refuse a frame that lacks columns."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        have = ", ".join(map(str, frame.columns)) or "none"
        raise TableError(f"{what}: no column {', '.join(absent)} (columns found: {have})")


def check_pairs(
    frame: pd.DataFrame,
    origin: NDArray[np.intp],
    site: NDArray[np.intp],
    minutes: NDArray[np.float64],
    limit: float,
) -> None:
    """Refuse pairs that are unknown, repeated or out of range, all faults at once."""
    faults = []
    for name, position in (("origin", origin), ("site", site)):
        if (position < 0).any():
            first = frame[name].to_numpy()[position < 0][0]
            faults.append(f"{int((position < 0).sum())} rows with an unknown {name} ({first!r})")
    repeated = int(frame.duplicated(["origin", "site"]).sum())
    if repeated:
        faults.append(f"{repeated} repeated pairs of origin and site")
    if (minutes < 0).any():
        faults.append(f"{int((minutes < 0).sum())} negative times")
    if (minutes > limit).any():
        faults.append(f"{int((minutes > limit).sum())} times over the limit of {limit:g} minutes")
    if faults:
        raise TableError("travel times: " + "; ".join(faults))


def reasons_of(frame: pd.DataFrame) -> NDArray[np.object_]:
    """Take the reasons of a table; None where it has none."""
    if "reason" not in frame.columns:
        return np.full(len(frame), None, dtype=object)
    return objects([None if pd.isna(value) else value for value in frame["reason"]])


def objects(values: Sequence[Any] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Make a flat array of objects, whatever the values look like."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
