"""What a rate is per, and who is counted in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slgeo import reasons
from slgeo.access.lift import aligned, people_of
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import Floats
    from slgeo.routing.times import TravelTimes


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """
    The denominator of a rate: nothing is "per 10,000" without saying of whom, and when.

    Parameters
    ----------
    per
        People the rate is given for.
    denominator
        Who they are: ``residents``, ``registered patients``, or a subgroup in words.
    date
        When they were counted, for example ``2021``.
    people
        People by origin, for a subgroup; everyone of the travel times by default.
    """

    per: float = 10_000.0
    denominator: str = "residents"
    date: str = ""
    people: pd.Series[Any] | None = None

    def demand(self, times: TravelTimes) -> Floats:
        """Give the people of each origin that compete for supply."""
        if not self.per > 0:
            raise AccessError(f"a rate is per a number of people above 0, found {self.per!r}")
        return people_of(times, self.people)

    def attrs(self, times: TravelTimes) -> dict[str, object]:
        """Say what the rate is per; coverage is the share of people whose times could be known."""
        who = self.demand(times)
        known = np.array([reason in (None, reasons.BEYOND_LIMIT) for reason in times.reason])
        total = float(who.sum())
        return {
            "per": self.per,
            "denominator": self.denominator,
            "denominator_date": self.date or "not stated",
            "coverage": float(who[known].sum()) / total if total else float("nan"),
        }


RESIDENTS: Final = Rate()
"""Per 10,000 residents, the default."""


def one_each(times: TravelTimes) -> pd.Series[Any]:
    """
    Count every site as one: the measure is then places per head, never capacity.

    Returns
    -------
    pd.Series
        1 for each site.
    """
    import pandas as pd

    return pd.Series(1.0, index=times.sites, name="places")


def supply_of(times: TravelTimes, capacity: pd.Series[Any] | None) -> Floats:
    """
    Give what each site offers, refusing to guess.

    Parameters
    ----------
    times
        Gives the sites.
    capacity
        What each site offers, by site, none missing; :func:`one_each` counts places instead.

    Raises
    ------
    AccessError
        If capacity is missing altogether or for some sites, negative, or for unknown sites.
    """
    if capacity is None:
        raise AccessError(
            "capacity: none given, and a per-head measure needs what each site offers; "
            "give slgeo.access.one_each(times) to count places instead"
        )
    return aligned(capacity, times.sites, what="capacity", key="site")


def supply_words(supply: Floats, unit: str, rate: Rate) -> dict[str, object]:
    """Name a per-head result: places where every site counts one, else the unit of capacity."""
    places = bool(supply.size) and bool((supply == 1).all())
    what = "places" if places else unit
    return {"unit": f"{what} per {rate.per:,.0f} {rate.denominator}", "supply_is": what}
