"""What a study leaves out and how it was made, in plain sentences for the page and the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.speeds import speeds_said

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.pipeline.findings import Findings
    from slgeo.results import Reach

TRAVEL: Final = {"walk": "walking", "cycle": "cycling", "drive": "driving"}

ENDS: Final = (
    ("local_fifth", "1", "5", ""),
    ("income_local_fifth", "1", "5", "By income alone, which has no distance in it: "),
    ("urban", "urban", "rural", ""),
)
"""Groups whose ends a page compares: grouping, first, last, words before."""


def places(count: int, one: str, many: str) -> str:
    """
    Count places, with the verb that goes with them.

    Examples
    --------
    >>> places(1, "lies", "lie"), places(1200, "lies", "lie")
    ('1 place lies', '1,200 places lie')
    """
    return f"1 place {one}" if count == 1 else f"{count:,} places {many}"


def counted(count: float, one: str, many: str = "") -> str:
    """
    Count things in words that agree with their number.

    Examples
    --------
    >>> counted(1, "area"), counted(1200, "area"), counted(0, "branch", "branches")
    ('1 area', '1,200 areas', '0 branches')
    """
    return f"1 {one}" if count == 1 else f"{count:,.0f} {many or one + 's'}"


def main_surgeries_only(sites: pd.DataFrame) -> bool:
    """Tell whether there are GP practices and none of their branch surgeries."""
    return "gp" in set(sites["kind"]) and not (
        "branch" in sites.columns and bool(sites["branch"].eq(other=True).any())
    )


def label(kind: str, sites: pd.DataFrame) -> str:
    """Name a kind for titles, where what the files have of it is less than the word says."""
    from slgeo.places.taxonomy import LABELS

    if kind == "gp" and main_surgeries_only(sites):
        return f"{LABELS['gp'].many} (main surgeries only)"
    return ""


def left_out(found: Findings) -> list[str]:
    """List what the figures leave out, shortest first screen first."""
    said = ["Buses and trains are not counted; nor are opening hours, or who may come."]
    if found.places.hours:
        said = ["Buses and trains are not counted; nor is who may come."]
        said += [f"{note[0].upper()}{note[1:]}." for note in found.places.hours]
    if main_surgeries_only(found.places.sites):
        said.append("GP practices are main surgeries only: branch surgeries are not in the file.")
    inside = found.areas.index[found.areas["in_study"]]
    first = found.reached[0]
    unsafe = float(first.unsafe.reindex(inside).sum())
    everyone = float(first.table["people"].reindex(inside).sum())
    if unsafe >= 1:
        said.append(
            f"The roads supplied end near {people(unsafe)} of {people(everyone)} people: "
            "a place beyond them may be nearer than the one shown."
        )
    why = found.places.sites["reason"]
    lost = why.notna() & why.ne("virtual_only")  # to those nobody travels: they are told apart
    outside = int((found.site_reasons == "outside_network").any(axis=1).sum())
    if outside:
        said.append(
            f"{places(outside, 'lies', 'lie')} beyond the roads supplied and cannot be reached."
        )
    failed = int((lost & (found.places.sites["precision"] == "failed")).sum())
    if failed:
        said.append(
            f"{places(failed, 'is', 'are')} not on the map; results.xlsx says which and why."
        )
    return said


def method(study: Study, found: Findings, networks: Mapping[str, Network]) -> list[str]:
    """Explain in a few paragraphs how the figures were made."""
    from slgeo.areas.origins import SENTENCES

    kinds = found.origins.loc[
        found.origins["area"].isin(found.areas.index[found.areas["in_study"]]), "kind"
    ]
    start = SENTENCES[kinds.mode().iloc[0] if len(kinds) else "area_point"]
    to = "to the place" if study.travel.direction == "to" else "from the place"
    paragraphs = [
        (
            f"People start from {start}. Times run {to} along the roads, exact to a tenth of a "
            f"second, with the way from the door to the road walked; a point more than "
            f"{study.travel.max_snap:g} m from a usable road has no time."
        ),
        *(speeds_said(study, mode, network) for mode, network in networks.items()),
        (
            "An area's minutes are those within which half of its people reach the nearest place. "
            "'Further than' counts everyone over the threshold and everyone without any time."
        ),
        "The figures describe areas, not the individuals in them.",
    ]
    limits = " and ".join(
        f"{study.travel.limit[mode]:g} minutes {TRAVEL.get(mode, mode)}" for mode in networks
    )
    paragraphs.insert(1, f"Journeys of up to {limits} were searched.")
    if study.note:
        paragraphs.append(study.note)
    return paragraphs


def compared(study: Study, found: Findings) -> pd.DataFrame:
    """
    Compare who is too far between the ends of deprivation, and between town and country.

    A travel time set against the overall index is followed by the same against its Income domain:
    the overall one has distance in it.

    Returns
    -------
    pd.DataFrame
        ``kind``, ``mode``, ``sentence``.
    """
    import pandas as pd

    rows = []
    for one in found.reached:
        beyond = study.gaps.beyond(one.mode)
        column = f"people_beyond_{beyond:g}"
        table = pd.DataFrame(found.summary.xs((one.kind, one.mode), level=("kind", "mode")))
        if column not in table.columns:
            continue
        rows_of: dict[Any, dict[Hashable, Any]] = table.to_dict(orient="index")
        for by, first, last, before in ENDS:
            ends = [rows_of[key] for key in ((by, first), (by, last)) if key in rows_of]
            if len(ends) == 2 and all(end["people"] > 0 for end in ends):
                shares = [f"{end[column] / end['people']:.0%}" for end in ends]
                sentence = (
                    f"{before}{shares[0]} of people in {ends[0]['label']} are further than "
                    f"{beyond:g} minutes, against {shares[1]} in {ends[1]['label']}."
                )
                rows.append({"kind": one.kind, "mode": one.mode, "sentence": sentence})
        rows.append(
            {
                "kind": one.kind,
                "mode": one.mode,
                "sentence": "This describes areas, not the individuals in them.",
            }
        )
    return pd.DataFrame(rows, columns=["kind", "mode", "sentence"])


def caption(study: Study, one: Reach) -> str:
    """Say by which speeds, how far and which way the times of a measure run."""
    way = "to the place" if study.travel.direction == "to" else "from the place"
    return (
        f"{TRAVEL.get(one.mode, one.mode).capitalize()} {way}, up to {one.times.limit:g} minutes; "
        f"speeds: {one.times.speeds}"
    )


def people(count: float) -> str:
    """Write a number of modelled people, or how many fewer, by the one rule there is for show."""
    from slgeo.report.disclosure import people_shown

    return people_shown(count) if count >= 0 else f"-{people_shown(-count)}"
