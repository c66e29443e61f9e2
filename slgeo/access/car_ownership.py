"""One number for two ways of travelling: people without a car walk, the others drive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from slgeo.access.lift import HIGHER
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd


def by_car_ownership(
    walk: pd.Series[Any],
    drive: pd.Series[Any],
    without_car: pd.Series[Any],
    *,
    with_car: Literal["drive", "better"] = "drive",
) -> pd.Series[Any]:
    """
    Combine a measure on foot and by car by the share of each area's households without a car.

    Households without a car are taken as evenly spread within an area and as large as the others.

    Parameters
    ----------
    walk, drive
        The same measure by area for each way of travelling.
    without_car
        Share of households without a car or van, by area, from 0 to 1.
    with_car
        What households with a car do: always ``drive``, or whichever is ``better``.

    Returns
    -------
    pd.Series
        By area; missing where a part that counts is missing. ``attrs`` are those of ``walk``.

    Raises
    ------
    AccessError
        If the areas, units or directions differ, or a share is not from 0 to 1.
    """
    if not walk.index.equals(drive.index):
        raise AccessError("walk and drive must be by the same areas in the same order")
    for key in ("unit", "direction"):
        if walk.attrs.get(key) != drive.attrs.get(key):
            raise AccessError(
                f"walk and drive differ in {key}: {walk.attrs.get(key)!r}, {drive.attrs.get(key)!r}"
            )
    share = without_car.reindex(walk.index).to_numpy(dtype=float)
    if np.isnan(share).any() or (share < 0).any() or (share > 1).any():
        raise AccessError("without_car must be a share from 0 to 1 for every area")
    foot, car = walk.to_numpy(dtype=float), drive.to_numpy(dtype=float)
    if with_car == "better":
        higher = walk.attrs.get("direction") == HIGHER
        car = np.fmax(foot, car) if higher else np.fmin(foot, car)
    elif with_car != "drive":
        raise AccessError(f"with_car is 'drive' or 'better', not {with_car!r}")
    combined = walk.copy()
    # a part that nobody takes may be missing
    combined[:] = np.where(share > 0, share * foot, 0.0) + np.where(
        share < 1, (1 - share) * car, 0.0
    )
    combined.attrs = {**walk.attrs, "mode": "walk without a car, else drive"}
    combined.name = f"{walk.name}_by_car_ownership"
    return combined
