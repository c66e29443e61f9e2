"""What every floating catchment starts from, and how its scores become a rate by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from slgeo.access.decay import label_of
from slgeo.access.lift import HIGHER, as_series, mean_by_area
from slgeo.access.pairs import catchment, weights
from slgeo.access.rate import Rate, supply_of, supply_words

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.access.decay import DecayFunction, Floats
    from slgeo.access.pairs import Weights
    from slgeo.routing.times import TravelTimes


@dataclass(frozen=True, slots=True, eq=False)
class Floating:
    """
    Weights, supply and people of a floating catchment.

    Parameters
    ----------
    times
        Where they come from.
    weight
        Origins by sites.
    supply
        What each site offers.
    people
        Who competes at each origin.
    minutes
        How far the catchment reaches.
    decay
        Its name, for captions.
    rate
        What the result is per.
    """

    times: TravelTimes
    weight: Weights
    supply: Floats
    people: Floats
    minutes: float
    decay: str
    rate: Rate

    def per_head(self, score: Floats, name: str, unit: str, **attrs: object) -> pd.Series[Any]:
        """Lift a score per head from origins to areas, and say how much supply it hands out."""
        lifted = mean_by_area(self.times, score, self.people)
        handed = float(self.people @ score)
        return self.named(lifted, name, unit, supply_handed_out=handed, **attrs)

    def named(self, score: Floats, name: str, unit: str, **attrs: object) -> pd.Series[Any]:
        """Say what a score per head of areas is."""
        words = supply_words(self.supply, unit, self.rate)
        what = f"{str(words['supply_is']).capitalize()} per {self.rate.per:,.0f}"
        return as_series(
            self.times,
            score * self.rate.per,
            name=name,
            direction=HIGHER,
            label=f"{what} {self.rate.denominator}",
            minutes=self.minutes,
            decay=self.decay,
            supply_given=float(self.supply.sum()),
            unit=str(words["unit"]),
            **self.rate.attrs(self.times),
            **attrs,
        )

    def idle(self, demand: Floats) -> list[str]:
        """List the sites whose supply nobody reaches."""
        at = (demand <= 0) & (self.supply > 0)
        return [str(site) for site in self.times.sites[at]]


def floating(
    times: TravelTimes,
    capacity: pd.Series[Any] | None,
    decay: DecayFunction | None,
    minutes: float | None,
    rate: Rate,
) -> Floating:
    """
    Check and gather what a floating catchment starts from.

    Parameters
    ----------
    times, capacity, decay, minutes, rate
        As in :func:`slgeo.access.two_step`.

    Raises
    ------
    AccessError
        If capacity is missing, the catchment lies beyond the limit, or only the nearest sites were
        kept.
    """
    reach = catchment(times, decay, minutes)
    return Floating(
        times,
        weights(times, decay, reach),
        supply_of(times, capacity),
        rate.demand(times),
        reach,
        "all within the catchment" if decay is None else label_of(decay),
        rate,
    )


def ratios(weight: Weights, supply: Floats, people: Floats) -> tuple[Floats, Floats]:
    """
    Work out each site's supply over its weighted demand.

    Returns
    -------
    tuple
        Ratio and demand by site. A site that nobody reaches has ratio 0, not infinity: dividing
        would turn every area that it touches into something missing.
    """
    demand = np.asarray(weight.T @ people, dtype=float)
    return share_out(supply, demand), demand


def share_out(amount: Floats, among: Floats) -> Floats:
    """Divide, with 0 where there is nothing to divide by."""
    out = np.zeros(np.broadcast(amount, among).shape)
    np.divide(amount, among, out=out, where=among > 0)
    return out
