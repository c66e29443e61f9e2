"""Supply per head in catchments that grow until they hold enough: V2SFCA, Luo and Whippo (2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.decay import Floats, label_of, weigh
from slgeo.access.floating import Floating, share_out
from slgeo.access.lift import MILLISECONDS
from slgeo.access.pairs import Ints, all_pairs, catchment, row_of, summed, within
from slgeo.access.rate import RESIDENTS, Rate, supply_of
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction
    from slgeo.routing.times import TravelTimes


def variable_two_step(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    *,
    base: float,
    target: float,
    decay: DecayFunction | None = None,
    minutes: float | None = None,
    rate: Rate = RESIDENTS,
    unit: str = "capacity",
) -> pd.Series[Any]:
    """
    Supply per head where town catchments are small and country ones large.

    Step 1: each site's catchment grows until it holds ``base`` people, or reaches the longest trip;
    its ratio is its capacity over the (weighted) people inside. Step 2: each origin's catchment
    grows until the ratios in it add up to ``target``, or reaches the longest trip; its score is
    their (weighted) sum. Trips of equal time enter together.

    Parameters
    ----------
    times, capacity, rate, unit
        As in :func:`slgeo.access.two_step`.
    base
        People that a site's catchment should hold.
    target
        Supply that an origin's catchment should hold, in the unit of the result: per ``rate.per``.
    decay
        Weight of a trip inside a catchment; one by default.
    minutes
        Longest trip, by default to the limit of the times.

    Returns
    -------
    pd.Series
        Supply per ``rate.per`` people by area, every area present, 0 where nothing is reached.
        Higher is better. Supply is not conserved: an origin may stop short of a site that counts
        its people.

    Raises
    ------
    AccessError
        As in :func:`slgeo.access.two_step`, or if a target is not above 0.
    """
    from scipy.sparse import csr_array

    if not (base > 0 and target > 0):
        raise AccessError(f"base and target must be above 0, found {base!r} and {target!r}")
    all_pairs(times, "a catchment")
    reach = catchment(times, decay, minutes)
    supply, people = supply_of(times, capacity), rate.demand(times)
    start, site, milliseconds = within(times, reach)
    row = row_of(start)
    weight = None if decay is None else weigh(decay, milliseconds / MILLISECONDS)
    edge = _grown(site, milliseconds, people[row], base, len(times.sites))
    inside = milliseconds <= edge[site]
    counted = people[row] if weight is None else people[row] * weight
    demand = summed(site, counted * inside, len(times.sites))
    ratio = share_out(supply, demand)
    wanted = target / rate.per
    edge = _grown(row, milliseconds, ratio[site], wanted, len(times.origins), ordered=True)
    inside = milliseconds <= edge[row]
    counted = ratio[site] if weight is None else ratio[site] * weight
    score = summed(row, counted * inside, len(times.origins))
    shape = (len(times.origins), len(times.sites))
    name = "all within the catchment" if decay is None else label_of(decay)
    given = Floating(times, csr_array(shape), supply, people, reach, name, rate)
    return given.per_head(score, "variable_two_step", unit, base=float(base), target=float(target))


def _grown(
    key: Ints,
    milliseconds: Ints,
    amount: Floats,
    target: float,
    size: int,
    *,
    ordered: bool = False,
) -> Floats:
    """Find, for each key, the time by which its amounts add up to a target; infinite if never."""
    order = slice(None) if ordered else np.lexsort((milliseconds, key))
    ends = np.cumsum(np.bincount(key, minlength=size))
    total = np.cumsum(amount[order])
    before = np.concatenate(([0.0], total))[np.concatenate(([0], ends[:-1]))]
    # the tolerance keeps a target that is met exactly from being missed by rounding
    first = np.searchsorted(total, before + target * (1 - 1e-9))
    edge = np.full(size, np.inf)
    met = first < ends
    edge[met] = milliseconds[order][first[met]]
    return edge
