"""Places that are open when a study asks: by the hours their sources state, unknown ones apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def open_then(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """
    Count only the places that are open when their section asks.

    Parameters
    ----------
    sites
        With ``asked_open`` (a time of the week, or missing) and ``unknown_hours`` (``keep`` or
        ``leave out``), as :mod:`slgeo.pipeline.place_files` writes them. The hours of a merged
        place are those of whichever of its twins states them.

    Returns
    -------
    tuple of GeoDataFrame and list of str
        The same rows, those that are closed then no longer counted, with ``why_not``; and for each
        time of the week how many are open, closed and unknown.

    Raises
    ------
    MissingExtraError
        If OpenStreetMap's words occur and their parser is not installed.
    """
    from slgeo.places.opening import hours_of, open_when

    if "asked_open" not in sites.columns or sites["asked_open"].isna().all():
        return sites, []
    made = sites.copy()
    asked = _of_group(made, made["asked_open"])
    unknown = _of_group(made, made["unknown_hours"])
    hours = hours_of(made)
    notes = []
    for when in sorted(asked.dropna().unique()):
        here = made["counts"].astype(bool) & asked.eq(when)
        answers = _of_group(made, open_when(hours, when)).where(here)
        is_open = answers.map(lambda answer: answer is True)
        closed = answers.map(lambda answer: answer is False) & here
        silent = here & ~is_open & ~closed
        left = silent & unknown.eq("leave out")
        made.loc[closed, "why_not"] = (
            f"not open at the {when}" if when == "weekend" else (f"not open on a {when}")
        )
        made.loc[left, "why_not"] = "its opening hours are not known"
        made.loc[closed | left, "counts"] = False
        everyone = int(here.sum())
        share = f"{silent.sum() / everyone:.0%}" if everyone else "none"
        choice = "counted" if not left.any() else "left out"
        notes.append(
            f"opening hours: of {everyone:,} places asked to be open at the {when} "
            f"{int(is_open.sum()):,} are, {int(closed.sum()):,} are not, and of "
            f"{int(silent.sum()):,} ({share}) it is not known: these are {choice}"
        )
    return made, notes


def _of_group(sites: gpd.GeoDataFrame, said: pd.Series[Any]) -> pd.Series[Any]:
    """Give each place what it says, else what a place merged with it says."""
    import pandas as pd

    made = said.astype(object).where(said.notna(), None)
    if "same_as" not in sites.columns:
        return made
    twins = sites["same_as"].dropna()
    theirs = pd.Series(made[twins.index].to_numpy(), index=twins.to_numpy()).dropna()
    theirs = theirs[~theirs.index.duplicated()]
    return made.where(made.notna(), theirs.reindex(made.index)).astype(object)
