"""The result tables of a study, checked against their definitions before they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slgeo import reasons as why

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.registered import Registered


def result_tables(
    found: Findings, registered: Registered | None, sources: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """
    Make every table a run writes, in the order of the workbook's sheets.

    Returns
    -------
    dict of str to pd.DataFrame
        By name, each checked: columns, keys, and that everybody is within or beyond.
    """
    from slgeo.report import access_tables, inequality_tables, results
    from slgeo.tables import GAPS, checked

    return {
        "summary": results.conserved(found.summary, results.SUMMARY),
        "by_area": results.conserved(found.by_area, results.BY_AREA),
        "areas": results.wide(found.by_area, found.areas),
        "gaps": checked(found.gaps, GAPS),
        "equity": checked(typed(found.equity), inequality_tables.EQUITY),
        "ranges": checked(found.ranges, inequality_tables.RANGES),
        "supply": checked(found.supply, access_tables.SUPPLY),
        "stability": checked(found.stability, access_tables.STABILITY),
        "places": checked(by_place(found), results.BY_PLACE),
        "not_located": checked(not_located(found), results.NOT_LOCATED),
        "places_left_out": checked(left_out(found), results.LEFT_OUT),
        "reasons": checked(reasons_table(found), results.REASONS),
        "edge_unsafe": checked(edge_unsafe(found, registered), results.EDGE_UNSAFE),
        "sources": checked(sources, results.SOURCES),
    }


def by_place(found: Findings) -> pd.DataFrame:
    """List every place with its people in reach and why it has none, by mode."""
    import pandas as pd

    from slgeo.report.results import BY_PLACE

    sites = found.places.sites
    points = sites.geometry.to_crs("EPSG:4326")
    frame = pd.DataFrame(
        {name: sites[name] for name in sites.columns if BY_PLACE.column(str(name)) is not None}
    ).drop(columns="geometry", errors="ignore")
    frame["lon"], frame["lat"] = points.x, points.y
    for mode, column in found.site_reasons.items():
        frame[f"{mode}_reason"] = column.astype("str")
        for minutes in found.by_site.index.unique("minutes"):
            counts = found.by_site.xs((mode, minutes), level=("mode", "minutes"))
            frame[f"{mode}_people_within_{minutes:g}"] = counts.reindex(sites.index).where(
                column.isna()
            )
    return frame


def left_out(found: Findings) -> pd.DataFrame:
    """List the places that were read and do not count by default, with the reason."""
    import pandas as pd

    from slgeo.report.results import LEFT_OUT

    table = found.places.left_out
    kept = [name for name in table.columns if LEFT_OUT.column(str(name)) is not None]
    return pd.DataFrame(table[kept])


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give an equity frame the types of its table, where it may be empty or all missing."""
    numbers = dict.fromkeys(("value", "low", "high", "people", "n"), float)
    return frame.astype({**numbers, "sentence": "str"})


def not_located(found: Findings) -> pd.DataFrame:
    """List the places that could not be put on the map, or have no position at all."""
    import pandas as pd

    table = found.places.unmatched
    table = table[table["outcome"] != "doubtful"]
    reason = table["reason"].fillna(why.NOT_GEOCODED).astype("str")
    said = reason.map(why.SENTENCES)
    note = table["position_note"].astype("str")
    return pd.DataFrame(
        {
            "name": table["name"],
            "kind": table["kind"],
            "source": table["source"],
            "postcode": table["postcode"],
            "reason": reason,
            "sentence": said.where(note.isna() | (note == ""), said + ": " + note),
        },
        index=table.index.rename("site"),
    )


def reasons_table(found: Findings) -> pd.DataFrame:
    """Count the people, areas and places without a time, by reason."""
    import pandas as pd

    inside = found.areas["in_study"]
    sites = found.places.sites
    rows = []
    for one in found.reached:
        blank = found.site_reasons.loc[sites["kind"] == one.kind, one.mode]
        for reason in why.ALL:
            people = (
                one.without[reason].reindex(found.areas.index)
                if reason in one.without.columns
                else pd.Series(0.0, index=found.areas.index)
            )
            places = int((blank == reason).sum())
            if people.sum() > 0 or places:
                rows.append(
                    {
                        "kind": one.kind,
                        "mode": one.mode,
                        "reason": reason,
                        "sentence": why.SENTENCES[reason],
                        "people": float(people[inside].sum()),
                        "areas": float((people[inside] > 0).sum()),
                        "areas_context": float((people[~inside] > 0).sum()),
                        "places": float(places),
                    }
                )
    columns = ["kind", "mode", "reason", "sentence", "people", "areas", "areas_context", "places"]
    frame = pd.DataFrame(rows, columns=columns)
    counts = ["people", "areas", "areas_context", "places"]
    texts = ["kind", "mode", "reason", "sentence"]
    return frame.astype(dict.fromkeys(counts, float) | dict.fromkeys(texts, "str")).set_index(
        ["kind", "mode", "reason"]
    )


def edge_unsafe(found: Findings, registered: Registered | None) -> pd.DataFrame:
    """List the study's areas where a place beyond the roads supplied might be nearer."""
    import pandas as pd

    table = found.by_area
    unsafe = table[table["in_study"] & (table["people_edge_unsafe"] > 0)]
    frame = pd.DataFrame(unsafe[["name", "people", "people_edge_unsafe", "minutes"]])
    edges = _minutes_to_edge(found, found.exits)
    where = [(area, mode) for area, _, mode in unsafe.index]
    frame["minutes_to_edge"] = [edges.get(key, float("nan")) for key in where]
    if registered is not None:
        areas = unsafe.index.get_level_values("area")
        everyone = registered.patients.groupby(level="area").sum()
        frame["registered"] = everyone.reindex(areas).fillna(0.0).to_numpy()
        frame["registered_beyond"] = registered.beyond().reindex(areas).fillna(0.0).to_numpy()
    return frame


def _minutes_to_edge(
    found: Findings, exits: Mapping[str, npt.NDArray[np.float64]]
) -> dict[tuple[Any, str], float]:
    """Mean minutes to the end of the roads, over the people of each area who come to one."""
    import numpy as np
    import pandas as pd

    means = {}
    for mode, minutes in exits.items():
        near = np.isfinite(minutes)
        homes = pd.DataFrame(
            {
                "area": found.origins["area"].to_numpy()[near],
                "people": found.origins["people"].to_numpy()[near],
                "weighted": found.origins["people"].to_numpy()[near] * minutes[near],
            }
        )
        sums = homes.groupby("area").sum()
        for area, row in sums[sums["people"] > 0].iterrows():
            means[area, mode] = float(row["weighted"] / row["people"])
    return means
