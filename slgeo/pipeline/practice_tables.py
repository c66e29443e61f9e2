"""Tables of a study's GP practices by registration: whom they have, and where those live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.report import provision_tables as tables
from slgeo.tables import checked

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.registered import Registered
    from slgeo.places.registrations import Registrations


HOLDING: Final = 0.8
"""Share of a practice's patients that the areas of its catchment hold (our choice)."""

MOST_DEPRIVED: Final = 2
"""Deciles up to which an area is in the nation's most deprived fifth."""


def names_of(found: Findings, whole: Registrations | None) -> pd.Series[Any]:
    """Name practices after the study's list of places, else after the registrations."""
    import pandas as pd

    sites = found.places.sites
    listed = sites.loc[sites["kind"] == "gp", "name"]
    if whole is None:
        return pd.Series(listed)
    both: pd.Series[Any] = pd.concat([listed, whole.names[~whole.names.index.isin(listed.index)]])
    return both


def practices_table(
    found: Findings, registered: Registered, whole: Registrations, members: pd.DataFrame
) -> pd.DataFrame:
    """List the practices that anybody of the study is registered with, most patients first."""
    import pandas as pd

    from slgeo.places.flows import holding

    here = registered.patients.groupby(level="practice").sum()
    here = here[here > 0].sort_values(ascending=False, kind="stable")
    codes = here.index
    sites = found.places.sites
    flags = sites.get("several_sites", pd.Series(dtype=object)).fillna(value=False)
    frame = pd.DataFrame(
        {
            "name": codes.to_series().map(names_of(found, whole)).fillna(codes.to_series()),
            "network": codes.to_series().map(members["pcn"]),
            "network_name": codes.to_series().map(members["pcn_name"]),
            "located": codes.isin(sites.index),
            "reached": ~codes.isin(list(registered.unreached)),
            "several_sites": codes.isin(flags.index[flags.astype(bool)]),
            "patients": whole.by_practice().reindex(codes),
            "patients_without_area": whole.elsewhere.groupby(level="practice").sum().reindex(codes),
            "patients_study": here,
            "share_of_study": here / registered.total,
            "areas_80": holding(whole, share=HOLDING, practices=codes)
            .groupby(level="practice")
            .size(),
        },
        index=codes,
    )
    frame["patients_without_area"] = frame["patients_without_area"].fillna(0.0)
    frame["areas_80"] = frame["areas_80"].astype(float)
    same = codes.to_series()
    frame = frame.join(_deprivation(found, whole, same))
    if "patients_with_deprivation" in frame.columns:
        frame["patients_with_deprivation"] = frame["patients_with_deprivation"].fillna(0.0)
    return checked(_texts(frame, "name", "network", "network_name"), tables.PRACTICES)


def networks_table(
    found: Findings, registered: Registered, whole: Registrations, members: pd.DataFrame
) -> pd.DataFrame:
    """List the networks that anybody of the study is registered with, most patients first."""
    import pandas as pd

    from slgeo.places.provision import network_patients

    here = registered.patients.groupby(level="practice").sum()
    network = members["pcn"]
    served = network_patients(here, members).sort_values(ascending=False, kind="stable")
    served = served[served > 0]
    inside = members[network.isin(served.index)]
    codes = {
        str(code): " ".join(sorted(map(str, rows.index))) for code, rows in inside.groupby("pcn")
    }
    frame = pd.DataFrame(
        {
            "name": inside.drop_duplicates("pcn").set_index("pcn")["pcn_name"],
            "practices": inside.groupby("pcn").size(),
            "members": pd.Series(codes, dtype=object),
            "patients": network_patients(whole.by_practice(), members),
            "patients_study": served,
        },
        index=served.index,
    )
    frame = frame.join(_deprivation(found, whole, network[network.isin(served.index)]))
    if "patients_with_deprivation" in frame.columns:
        frame["patients_with_deprivation"] = frame["patients_with_deprivation"].fillna(0.0)
    frame["name"] = frame["name"].fillna(frame.index.to_series())
    numbers = dict.fromkeys(("practices", "patients", "patients_study"), float)
    frame = frame.astype(numbers)
    return checked(_texts(frame, "name", "members"), tables.PRACTICE_NETWORKS)


def _deprivation(found: Findings, whole: Registrations, key: pd.Series[Any]) -> pd.DataFrame:
    """Deprivation of each practice, or network, by where its patients live."""
    import pandas as pd

    frame = whole.patients.rename("patients").reset_index()
    frame["key"] = frame["practice"].map(key)
    frame = frame[frame["key"].notna()]
    made = {}
    areas = found.areas
    one_nation = bool((areas["nation"] == areas["nation"].iloc[0]).all()) if len(areas) else False
    if "deprivation_decile" in areas.columns and one_nation:
        # No patient left gives a column of text: the map of nothing has no type of its own.
        decile = frame["area"].map(areas["deprivation_decile"]).astype(float)
        known = decile.notna()
        base = frame[known].groupby("key")["patients"].sum()
        worst = frame[known & (decile <= MOST_DEPRIVED)].groupby("key")["patients"].sum()
        if "deprivation_score" in areas.columns:
            score = frame["area"].map(areas["deprivation_score"]).astype(float) * frame["patients"]
            made["deprivation_score"] = score[known].groupby(frame["key"]).sum(min_count=1) / base
        made["share_most_deprived"] = worst.reindex(base.index).fillna(0.0) / base
        made["patients_with_deprivation"] = base
    return pd.DataFrame(made)


def catchments_table(found: Findings, whole: Registrations, sites: pd.DataFrame) -> pd.DataFrame:
    """List the areas that hold most of the patients of each practice of the study."""
    import numpy as np

    from slgeo.places.flows import holding

    frame = holding(whole, share=HOLDING, practices=sites.index)
    practice, area = (frame.index.get_level_values(name) for name in ("practice", "area"))
    frame["practice_name"] = sites["name"].reindex(practice).to_numpy()
    named = found.areas["name"].reindex(area).to_numpy(object)
    frame["area_name"] = np.where(area.isin(found.areas.index), named, area.to_numpy(object))
    columns = ["practice_name", "area_name", "patients", "share_of_practice", "cumulative"]
    made = _texts(frame[[*columns, "share_of_area"]], "practice_name", "area_name")
    return checked(made, tables.PRACTICE_CATCHMENTS)


def bypass_table(
    found: Findings, registered: Registered, whole: Registrations, sites: pd.DataFrame
) -> pd.DataFrame | None:
    """Count who is registered elsewhere than with the practice nearest by road."""
    import pandas as pd

    modes = [one.mode for one in found.reached if one.kind == "gp"]
    mode = "drive" if "drive" in modes else modes[0]
    one = next(one for one in found.reached if (one.kind, one.mode) == ("gp", mode))
    practice = pd.Series(sites.index, index=sites.index)
    if "practice" in sites.columns:
        practice = sites["practice"].fillna(practice)
    if not set(practice) & set(whole.practices):
        return None  # the places have ids of their own, not practices' codes
    inside = found.areas.index[found.areas["in_study"]]
    nearest = one.table["site"].reindex(inside).map(practice)
    rows = registered.patients.rename("patients").reset_index()
    rows["nearest"] = rows["area"].map(nearest)
    beyond = rows["practice"].isin(list(registered.unreached))
    own = (rows["practice"] == rows["nearest"]) & ~beyond
    frame = pd.DataFrame(
        {
            "name": found.areas.loc[inside, "name"],
            "nearest": nearest,
            "nearest_name": nearest.map(names_of(found, whole)),
            "mode": mode,
            "patients": rows.groupby("area")["patients"].sum().reindex(inside).fillna(0.0),
        },
        index=inside,
    )
    for name, which in (
        ("with_nearest", own),
        ("bypass", ~own & ~beyond),
        ("beyond_roads", beyond),
    ):
        frame[name] = rows[which].groupby("area")["patients"].sum().reindex(inside).fillna(0.0)
    base = frame["with_nearest"] + frame["bypass"]
    frame["bypass_share"] = (frame["bypass"] / base).where(base > 0)
    frame["people_edge_unsafe"] = one.unsafe.reindex(inside).fillna(0.0).astype(float)
    made = _texts(frame, "name", "nearest", "nearest_name", "mode")
    return checked(made, tables.PRACTICE_BYPASS)


def boundaries_table(
    study: Study, found: Findings, whole: Registrations, sites: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """
    Set who lives inside each practice's declared boundary against who is registered with it.

    Returns
    -------
    tuple of pd.DataFrame and list of str
        The table, and notes on what was joined, repaired or left out.
    """
    from slgeo.places.practice_boundaries import inside_boundaries, read_practice_boundaries

    path = study.practices.boundaries
    assert path is not None  # noqa: S101 - told to the type checker; the caller has looked
    drawn = read_practice_boundaries(path, crs=str(found.areas.crs))
    notes = list(drawn.attrs["notes"])
    known = drawn.index.isin([*sites.index, *whole.practices])
    if not known.all():
        notes.append(
            f"{path.name}: {int((~known).sum())} boundaries are of practices that are neither a "
            "place of the study nor in the registrations; left out"
        )
    frame = inside_boundaries(drawn[known], found.origins, whole)
    names = frame.index.to_series().map(names_of(found, whole)).fillna(frame.index.to_series())
    frame.insert(0, "name", names)
    return checked(_texts(frame, "name"), tables.PRACTICE_BOUNDARIES), notes


def _texts(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Give text columns their type, where they may be empty or all missing."""
    return frame.astype(dict.fromkeys(names, "str"))
