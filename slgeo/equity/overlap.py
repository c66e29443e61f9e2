"""
Where a deprivation index already contains what it is set against.

The overall index counts distance to services and ill health among its domains, so a travel time or
a health outcome set against it is partly set against itself. The same result by the Income domain
then stands beside it, and a domain made of the very thing is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.access.lift import MADE_FROM as TRAVEL_TIMES
from slgeo.errors import AccessError

if TYPE_CHECKING:
    import pandas as pd

HEALTH_OUTCOMES: Final = "health outcomes"
"""Value of ``attrs["made_from"]`` that says a measure is one."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """
    What an index shares with a measure.

    Parameters
    ----------
    shared
        The ingredient, in words that fit after "counts".
    domains
        Pattern of the names of the domains made of it.
    """

    shared: str
    domains: re.Pattern[str]

    @property
    def beside(self) -> str:
        """Said where the Income domain stands beside the overall index."""
        return (
            f"The overall deprivation index itself counts {self.shared}, so the same result by its "
            "Income domain stands beside it."
        )

    @property
    def alone(self) -> str:
        """Said where there is no Income domain to set beside it."""
        return (
            f"The overall deprivation index itself counts {self.shared}, and no Income domain was "
            "joined to set beside it: part of any pattern may come from the index."
        )

    @property
    def crossed(self) -> str:
        """Said where a table by the overall index stands alone."""
        return (
            f"The overall deprivation index itself counts {self.shared}: group by the Income "
            "domain (income_local_fifth) to see what is left without it."
        )


OVERLAPS: Final = {
    # Barriers to Housing and Services in England, Access to Services in Wales and Northern Ireland,
    # Geographic Access in Scotland
    TRAVEL_TIMES: Overlap(
        "distance to services",
        re.compile(r"barriers|housing|services|access|geograph", re.IGNORECASE),
    ),
    HEALTH_OUTCOMES: Overlap("ill health", re.compile(r"health", re.IGNORECASE)),
}
"""What the index shares, by what a measure was made from."""


def overlap_of(values: pd.Series[Any]) -> Overlap | None:
    """Tell what the overall index shares with a measure, if anything."""
    return OVERLAPS.get(str(values.attrs.get("made_from")))


def refuse_shared_domain(overlap: Overlap | None, by: str) -> None:
    """
    Refuse to set a measure against a domain that is made of the same thing.

    Raises
    ------
    AccessError
        Naming the domain and what to use in its place.
    """
    if overlap is not None and "local" not in by and overlap.domains.search(by):
        raise AccessError(
            f"{by!r} is a domain that itself measures {overlap.shared}, so this would be compared "
            "with itself; use the Income domain or the overall index"
        )
