"""What happens at the venues, where a study has directories of services or feeds of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.pipeline.parts import Part

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.pipeline.parts import Context

_FLAGS: Final = ("free", "referral_needed", "step_free")
_NUMBERS: Final = ("minimum_age", "maximum_age", "spaces")
_MAY_LACK: Final = ("venue", "venue_name")


def activities(context: Context) -> Part | None:
    """List activities apart from their venues, and say how much is not known of them."""
    from slgeo.places.activities import activities_of, venues_and_activities
    from slgeo.report.places_tables import ACTIVITIES, ACTIVITIES_BY_KIND
    from slgeo.tables import checked

    places = context.found.places
    if "service" not in places.everything.columns and not places.sessions:
        return None
    found = activities_of(places.everything, sessions=places.sessions)
    by_kind = venues_and_activities(found)
    lines = _lines(found, by_kind)
    return Part(
        heading="Activities, as distinct from the venues they happen at",
        lines=tuple(lines),
        brief=len(lines),  # what is not known is told with what is
        tables={
            "activities": checked(_written(found), ACTIVITIES),
            "activities_by_kind": checked(by_kind.astype(float), ACTIVITIES_BY_KIND),
        },
        leaves_out=tuple(_leaves_out(found)),
        about=(
            (
                "Minutes and people are about venues, each counted once for its kind however many "
                "activities happen there; activities are counted apart."
            ),
        ),
    )


def _lines(found: pd.DataFrame, by_kind: pd.DataFrame) -> list[str]:
    """Say how many there are, where, and what is not known of them."""
    from slgeo.places.activities import ASKED

    venues, nowhere = int(by_kind["venues"].sum()), int(found["venue"].isna().sum())
    lines = [
        (
            f"{_count(len(found), 'activity', 'activities')} at "
            f"{_count(venues, 'venue', 'venues')}: minutes and people above are about venues, each "
            "counted once for its kind."
        )
    ]
    if found.attrs["repeated"]:
        lines.append(
            f"{found.attrs['repeated']:,} listed twice (same name, venue, time and organiser) were "
            "taken once."
        )
    if nowhere:
        ways = found.loc[found["venue"].isna(), "delivery"].value_counts()
        said = ", ".join(f"{count:,} {way}" for way, count in ways.items())
        areas = found.loc[found["venue"].isna(), "area"]
        named = "; ".join(dict.fromkeys(areas.dropna().astype(str)))
        lines.append(
            f"Available without travel: {nowhere:,} ({said}), in no count of venues. Area served: "
            + (f"{named[:200]}" if named else "not stated")
            + (
                f" (not stated for {int(areas.isna().sum()):,})."
                if named and areas.isna().any()
                else "."
            )
        )
    if len(found):
        shares = ", ".join(f"{ASKED[n]} {s:.0%}" for n, s in found.attrs["unknown"].items())
        lines.append(f"Not known: {shares}.")
        lines.append(
            f"Known to be held on a weekday evening: {int(by_kind['evenings'].sum()):,}; at a "
            f"weekend: {int(by_kind['weekends'].sum()):,}; on days not known: "
            f"{int(by_kind['times_unknown'].sum()):,}."
        )
    return lines


def _leaves_out(found: pd.DataFrame) -> list[str]:
    """Say on the page what is not on the map."""
    nowhere = int(found["venue"].isna().sum())
    if not nowhere:
        return []
    verb = "is" if nowhere == 1 else "are"
    them = "it" if nowhere == 1 else "them"
    said = f"{_count(nowhere, 'activity', 'activities')} online, by telephone, by post or at home "
    return [said + f"{verb} not on the map: nobody travels to {them}."]


def _written(found: pd.DataFrame) -> pd.DataFrame:
    """Write what is not known as a value of its own."""
    from slgeo.report.places_tables import ACTIVITIES, UNKNOWN

    made = found.copy()
    for name in _FLAGS:
        made[name] = made[name].map(_yes_no)
    for column in ACTIVITIES.columns:
        if column.name in _NUMBERS:
            made[column.name] = made[column.name].astype(float)
        elif column.name in _MAY_LACK:
            made[column.name] = made[column.name].astype("str")
        else:
            told = made[column.name].astype(object)
            made[column.name] = told.where(told.notna(), UNKNOWN).astype("str")
    return made[[column.name for column in ACTIVITIES.columns]]


def _yes_no(value: Any) -> str:  # noqa: ANN401 - a flag or missing
    from slgeo.report.places_tables import UNKNOWN

    return {True: "yes", False: "no"}.get(value, UNKNOWN) if isinstance(value, bool) else UNKNOWN


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
