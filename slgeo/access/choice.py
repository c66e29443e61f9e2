"""How many different kinds of place are within reach: choice, not quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slgeo.access.lift import HIGHER, as_series, mean_by_area
from slgeo.access.pairs import all_pairs, within
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from slgeo.routing.times import TravelTimes


def kinds_within(times: TravelTimes, kinds: pd.Series[Any], *, minutes: float) -> pd.Series[Any]:
    """
    Count the distinct kinds of place within a number of minutes.

    Parameters
    ----------
    times
        Minutes from origins to sites of every kind.
    kinds
        Kind of each site, by site.
    minutes
        Longest trip that counts, inclusive.

    Returns
    -------
    pd.Series
        Kinds by area, averaged over its people, every area present; 0 where nothing is reached.
        Never falls as `minutes` grows, and is at most the number of kinds.

    Raises
    ------
    AccessError
        If a site has no kind, `minutes` is beyond the limit searched, or only the nearest sites
        were kept.
    """
    all_pairs(times, "choice")
    found = kinds.reindex(times.sites) if kinds.index.is_unique else None
    if found is None or found.isna().any():
        what = "repeated sites" if found is None else f"no kind for {int(found.isna().sum())} sites"
        raise AccessError(f"kinds: {what}; every site needs one kind")
    codes, names = pd.factorize(found)
    start, site, _ = within(times, minutes)
    rows = np.repeat(np.arange(len(times.origins)), np.diff(start))
    seen = np.zeros((len(times.origins), len(names)), dtype=bool)
    seen[rows, codes[site]] = True
    values = mean_by_area(times, seen.sum(axis=1).astype(float))
    return as_series(
        times,
        values,
        name=f"kinds_within_{minutes:g}",
        unit="kinds of place",
        direction=HIGHER,
        label=f"Kinds of place within {minutes:g} minutes",
        minutes=float(minutes),
        kinds=sorted(map(str, names)),
    )
