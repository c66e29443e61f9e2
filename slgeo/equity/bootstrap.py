"""
A bootstrap over neighbourhoods, for those who ask: travel times are a census, not a sample.

It answers "how much does this rest on a few neighbourhoods", not "how far is this from the truth".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

FEWEST: Final = 50
"""Fewest areas for a bootstrap: with fewer, its limits mean little."""

LABEL: Final = (
    "Limits are a bootstrap over neighbourhoods: travel times are a census of areas, not a sample, "
    "so they show how far the result rests on a few neighbourhoods."
)
"""Said with every result of a bootstrap."""


def bootstrapped(
    statistic: Callable[[pd.Series[Any]], pd.DataFrame],
    people: pd.Series[Any],
    blocks: pd.Series[Any],
    *,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Put limits on an inequality result by drawing whole neighbourhoods again.

    Parameters
    ----------
    statistic
        Takes people by area and gives a tidy frame, for example
        ``lambda people: gini(minutes, people)``: an area drawn twice has its people twice.
    people
        People by area.
    blocks
        Neighbourhood of each area, none missing; see :func:`square_blocks`.
    draws
        How many times.
    confidence
        Of the limits.
    seed
        Of the draws: the same seed gives the same limits.

    Returns
    -------
    pd.DataFrame
        The statistic of everybody, with ``low`` and ``high``; they are missing where fewer than
        nine draws in ten gave a value. The notes say what the limits are.

    Raises
    ------
    AccessError
        For fewer than 50 areas, fewer than 10 neighbourhoods, or an area without one.
    """
    label = blocks.reindex(people.index)
    if len(people) < FEWEST:
        raise AccessError(
            f"{len(people)} areas: a bootstrap over fewer than {FEWEST} says little; give a "
            "sensitivity range instead"
        )
    codes, names = pd.factorize(label)
    if (codes < 0).any() or len(names) < 10:
        raise AccessError(
            f"{len(names)} neighbourhoods, {int((codes < 0).sum())} areas without one: at least 10 "
            "neighbourhoods are wanted, and every area in one"
        )
    result = statistic(people)
    generator = np.random.default_rng(seed)
    drawn = np.empty((draws, len(result)))
    for turn in range(draws):
        times = np.bincount(generator.integers(0, len(names), len(names)), minlength=len(names))
        again = statistic(people * times[codes])
        if len(again) != len(result):
            raise AccessError("the statistic must give the same rows for any people")
        drawn[turn] = again["value"].to_numpy(dtype=float)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    enough = np.isfinite(drawn).mean(axis=0) >= 0.9
    limits = np.full((2, len(result)), np.nan)
    if enough.any():
        limits[:, enough] = np.nanquantile(drawn[:, enough], tails, axis=0)
    frame = result.assign(low=limits[0], high=limits[1])
    frame.attrs = {
        **result.attrs,
        "notes": [*result.attrs.get("notes", []), LABEL],
        "draws": draws,
        "seed": seed,
        "confidence": confidence,
        "blocks": len(names),
    }
    return frame


def square_blocks(areas: gpd.GeoDataFrame, *, metres: float = 5000.0) -> pd.Series[Any]:
    """
    Group areas into neighbourhoods by the square of a grid that each one's middle falls in.

    Parameters
    ----------
    areas
        The areas table, in a metric CRS.
    metres
        Side of a square.

    Returns
    -------
    pd.Series
        Square by area, named after its south-west corner in kilometres.
    """
    middle = areas.geometry.representative_point()
    x, y = (np.floor(part / metres).astype(int) for part in (middle.x, middle.y))
    name = x.astype(str) + "_" + y.astype(str)
    return pd.Series(name.to_numpy(), index=areas.index, name="neighbourhood")
