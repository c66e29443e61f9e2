"""Which places open and close under a scenario, and the places there would be then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slgeo.errors import StudyError
from slgeo.tables import SITES, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """
    What is changed.

    Parameters
    ----------
    name
        In words, as a page's control shows it: "With a library in Upton".
    opened
        Sites that are there under the scenario only (:data:`slgeo.tables.SITES`).
    closed
        Sites of today that are not there under it.

    See Also
    --------
    change : Makes one, checked against the sites of today.
    """

    name: str
    opened: gpd.GeoDataFrame
    closed: gpd.GeoDataFrame

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of place that change, in the order opened, closed."""
        return tuple(dict.fromkeys([*self.opened["kind"], *self.closed["kind"]]))

    def sites(self, today: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """
        List the sites there would be.

        Parameters
        ----------
        today
            The sites as they are; they are not changed.
        """
        import geopandas as gpd
        import pandas as pd

        kept = today[~today.index.isin(self.closed.index)]
        crs = str(today.crs)
        if self.opened.empty:
            return kept
        return gpd.GeoDataFrame(pd.concat([kept, self.opened.to_crs(crs)]), crs=crs)

    def __repr__(self) -> str:
        return f"<Change {self.name!r}: {len(self.opened)} opened, {len(self.closed)} closed>"


def change(
    sites: gpd.GeoDataFrame,
    name: str,
    *,
    opened: gpd.GeoDataFrame | None = None,
    closed: Sequence[str] = (),
) -> Change:
    """
    Say what opens and closes, checked against the sites there are.

    Parameters
    ----------
    sites
        The sites as they are (:data:`slgeo.tables.SITES`).
    name
        The scenario in words.
    opened
        Sites to open. One without a point has no people to serve: it is refused, with its reason.
    closed
        Sites to close, by code, or by name where only one place has it.

    Returns
    -------
    Change
        What to compare with things as they are.

    Raises
    ------
    StudyError
        All at once: codes and names nobody has (with the nearest that somebody has), names that
        several have, places that cannot be put on the map, codes that are taken.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from slgeo.places.geocode import geocode
    >>> from slgeo.places.table import places_from
    >>> rows = [{"site": "L1", "name": "Old Library", "kind": "library", "easting": 1e5,
    ...          "northing": 2e5}]
    >>> today = geocode(places_from(rows, source="example"))
    >>> change(today, "Without it", closed=["Old Library"])
    <Change 'Without it': 0 opened, 1 closed>
    """
    checked(sites, SITES, source="the sites")
    new = sites.iloc[:0] if opened is None else checked(opened, SITES, source="the sites to open")
    faults = []
    for site, row in new[new.geometry.isna() | new.geometry.is_empty].iterrows():
        faults.append(
            f"{row['name']} ({site}) cannot be opened: it has no point on the map "
            f"({row['position_note'] or 'not placed'}); give a postcode that the postcode file "
            "has, or coordinates"
        )
    taken = sorted(set(map(str, new.index)) & set(map(str, sites.index)))
    if taken:
        faults.append(f"to open: {', '.join(taken[:3])} is the code of a place there is; rename it")
    codes = []
    for given in closed:
        found, fault = _found(sites, given)
        codes.extend(found)
        faults.extend(fault)
    if not faults and new.empty and not codes:
        faults.append("nothing is opened or closed")
    if faults:
        raise StudyError(f"scenario {name!r}: " + "; ".join(faults))
    return Change(name, new, sites.loc[list(dict.fromkeys(codes))])


def _found(sites: gpd.GeoDataFrame, given: str) -> tuple[list[Any], list[str]]:
    """Find a site by its code, or by a name that only one has."""
    if given in sites.index:
        return [given], []
    names: pd.Series[Any] = sites["name"].astype(str)
    same = sites.index[names.str.casefold() == given.strip().casefold()]
    if len(same) == 1:
        return [same[0]], []
    if len(same) > 1:
        listed = ", ".join(map(str, same[:5]))
        return [], [f"{len(same)} places are called {given!r}; give the code of one: {listed}"]
    from rapidfuzz import process

    near = process.extractOne(given, [*map(str, sites.index), *names], score_cutoff=70)
    hint = f"did you mean {near[0]!r}?" if near else "places.csv lists the codes"
    return [], [f"no place to close has the code or name {given!r}; {hint}"]
