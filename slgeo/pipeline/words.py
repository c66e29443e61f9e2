"""What a study leaves out and how it was made, in plain sentences for the page and the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slgeo.config import Study
    from slgeo.network import Network
    from slgeo.pipeline.findings import Findings
    from slgeo.results import Reach

TRAVEL: Final = {"walk": "walking", "cycle": "cycling", "drive": "driving"}

SPEEDS: Final = {
    "walk": "Walking is at {kmh:g} km/h (the convention of the Journey Time Statistics) on roads"
    " and paths open to people on foot; slopes and crossings are not counted.",
    "cycle": "Cycling is at 16 km/h (the convention of the Journey Time Statistics) on roads and"
    " paths open to bicycles.",
    "drive": "Driving is at the average speeds of each class of road on weekday mornings between 7"
    " and 10 (Department for Transport); parking is not counted.",
}


def left_out(found: Findings) -> list[str]:
    """List what the figures leave out, shortest first screen first."""
    said = ["Buses and trains are not counted; nor are opening hours, or who may come."]
    kinds = set(found.places.sites["kind"])
    if "gp" in kinds:
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
    lost = found.places.sites["reason"].notna()
    outside = int((found.places.sites["reason"] == "outside_network").sum())
    if outside:
        said.append(f"{outside:,} places lie beyond the roads supplied and are not reached.")
    failed = int((lost & (found.places.sites["precision"] == "failed")).sum())
    if failed:
        said.append(f"{failed:,} places could not be put on the map; results.xlsx lists them.")
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
        *(
            SPEEDS[mode].format(kmh=network.walking_kmh)
            for mode, network in networks.items()
            if mode in SPEEDS
        ),
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


def caption(study: Study, one: Reach) -> str:
    """Say by which speeds, how far and which way the times of a measure run."""
    way = "to the place" if study.travel.direction == "to" else "from the place"
    return (
        f"{TRAVEL.get(one.mode, one.mode).capitalize()} {way}, up to {one.times.limit:g} minutes; "
        f"speeds: {one.times.speeds}"
    )


def people(count: float) -> str:
    """Write a number of modelled people: whole, and rounded to ten from a hundred up."""
    return f"{round(count, -1 if count >= 100 else 0):,.0f}"
