"""Services that need no travel: by telephone, online, by post or at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from slgeo.access.lift import HIGHER
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterable


def available_remotely(
    areas: pd.Index[Any], services: pd.Index[Any], eligible: pd.DataFrame | None = None
) -> pd.Series[Any]:
    """
    Count the services that each area's people may use without travelling.

    They are a separate count, never added to places within reach: to reach by telephone is another
    thing than to go.

    Parameters
    ----------
    areas
        Every area.
    services
        The services: sites whose reason is ``virtual_only``, and home visits.
    eligible
        Columns ``site`` and ``area``: the areas that a service is open to. A service without any
        row is open to everybody.

    Returns
    -------
    pd.Series
        Services by area, every area present, 0 where there is none. Higher is better.

    Raises
    ------
    AccessError
        If ``eligible`` names a service that is not among ``services``, or a service that is open
        only to areas that are not in ``areas`` would silently count for nobody.
    """
    if not areas.is_unique or not services.is_unique:
        raise AccessError("areas and services must each be listed once")
    counts = pd.Series(0.0, index=areas.rename("area"), name="available_remotely")
    rows = eligible if eligible is not None else pd.DataFrame({"site": [], "area": []})
    _check(rows, areas, services)
    limited = rows.drop_duplicates(["site", "area"])
    everywhere = services.difference(pd.Index(limited["site"]))
    here = limited[limited["area"].isin(areas)].groupby("area")["site"].size()
    counts = counts.add(here, fill_value=0.0).reindex(areas.rename("area")) + len(everywhere)
    counts.name = "available_remotely"
    counts.attrs = {
        "unit": "services",
        "direction": HIGHER,
        "label": "Services available without travelling",
        "everywhere": len(everywhere),
        "limited": len(services) - len(everywhere),
    }
    return counts


def _check(rows: pd.DataFrame, areas: pd.Index[Any], services: pd.Index[Any]) -> None:
    unknown = _first(value for value in rows["site"] if value not in services)
    if unknown is not None:
        raise AccessError(f"eligible: {unknown!r} is not among the services")
    elsewhere = set(rows["site"]) - set(rows.loc[rows["area"].isin(areas), "site"])
    if elsewhere:
        raise AccessError(
            f"eligible: {min(map(str, elsewhere))!r} is open only to areas that are not in this "
            "study; leave it out of services, or check the codes and their vintage"
        )


def _first(values: Iterable[object]) -> object:
    return next(iter(values), None)
