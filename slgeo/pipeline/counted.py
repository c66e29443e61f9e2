"""How many places of each kind count, and what the default list of what counts changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.pipeline.parts import Part
from slgeo.places.classify import PRIVATE
from slgeo.places.registers import HEAD_OFFICE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.parts import Context

_BY_STUDY: Final = (
    "study.toml leaves", "not open ", "its opening hours are not known",
)  # fmt: skip
"""How ``why_not`` begins where the study's own choice left a place out."""
_NOT_THERE: Final = (
    "its status is", "closed", "a mobile library", "a prison library", HEAD_OFFICE,
)  # fmt: skip
"""The same where nobody can go: what has ended, has no fixed place, or is an office elsewhere."""


def counted(context: Context) -> Part | None:
    """Count places read, left out and counted, and people beyond with and without the list."""
    from slgeo.report.places_tables import COUNTED
    from slgeo.tables import checked

    places = context.found.places
    if places.everything.empty:
        return None
    table = _table(places.everything)
    beyond = _people_beyond(context, places.everything)
    table = table.join(beyond)
    lines = list(_lines(context.study, table, places.everything))
    return Part(
        heading="Which places count",
        lines=tuple(lines),
        brief=2,
        tables={"places_counted": checked(table.astype(float), COUNTED)},
    )


def lifted(everything: gpd.GeoDataFrame) -> pd.Series[bool]:
    """
    Tell which places would count if the default list left nothing out.

    What the study itself left out, what has closed, what is marked private and what is merged with
    another stays out.
    """
    private = everything["why_not"].eq(PRIVATE)
    return everything["counts"].astype(bool) | (_by_default(everything) & ~private)


def _by_default(everything: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Tell which places the default list leaves out."""
    why = everything["why_not"].fillna("").astype(str)
    others = why.str.startswith((*_BY_STUDY, *_NOT_THERE))
    return ~everything["counts"].astype(bool) & ~_merged(everything) & ~others


def _merged(everything: gpd.GeoDataFrame) -> pd.Series[bool]:
    import pandas as pd

    if "same_as" not in everything.columns:
        return pd.Series(data=False, index=everything.index)
    return everything["same_as"].notna()


def _table(everything: gpd.GeoDataFrame) -> pd.DataFrame:
    import pandas as pd

    counts, merged = everything["counts"].astype(bool), _merged(everything)
    default = _by_default(everything)
    nowhere = counts & everything["reason"].eq("virtual_only")
    flags = pd.DataFrame(
        {
            "kind": everything["kind"],
            "read": True,
            "unnamed": ~everything["named"].astype(bool),
            "merged": merged,
            "left_out_default": default,
            "left_out_study": ~counts & ~merged & ~default,
            "nowhere": nowhere,
            "not_located": counts & everything["precision"].eq("failed") & ~nowhere,
            "counted": counts,
            "counted_without_default_list": lifted(everything),
        }
    )
    return flags.groupby("kind", sort=False).sum()


def _people_beyond(context: Context, everything: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count people beyond the study's threshold, with the default list and without."""
    import pandas as pd

    from slgeo import access

    found, study = context.found, context.study
    mode = study.travel.modes[0]
    minutes = study.gaps.beyond(mode)
    inside = found.areas.index[found.areas["in_study"]]
    rows = {}
    for one in found.reached:
        if one.mode != mode:
            continue
        with_list = access.people_beyond(one.times, minutes=minutes).reindex(inside).sum()
        rows[one.kind] = {"people_beyond": float(with_list)}
    for kind in everything["kind"].unique():
        more = everything[lifted(everything) & everything["kind"].eq(kind)]
        if kind == "other" or len(more) == int((found.places.sites["kind"] == kind).sum()):
            continue
        times = context.searches[mode].times(found.origins, more, nearest=1)
        without = access.people_beyond(times, minutes=minutes).reindex(inside).sum()
        rows.setdefault(kind, {})["people_beyond_without_default_list"] = float(without)
    columns = ["people_beyond", "people_beyond_without_default_list"]
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)


def _lines(study: Study, table: pd.DataFrame, everything: gpd.GeoDataFrame) -> list[str]:
    """Say the headline counts with and without the default list."""
    total = table.sum()
    lines = [
        (
            f"{total['read']:,.0f} read ({total['unnamed']:,.0f} without a name), "
            f"{total['counted']:,.0f} count; without the default list of what counts "
            f"{total['counted_without_default_list']:,.0f} would."
        )
    ]
    mode, key = study.travel.modes[0], "people_beyond"
    changed = table[table["counted"] != table["counted_without_default_list"]].drop(
        index="other", errors="ignore"
    )
    if len(changed):
        each = ", ".join(
            f"{kind} {row['counted']:,.0f} and {row['counted_without_default_list']:,.0f}"
            for kind, row in changed.iterrows()
        )
        lines.append(f"By kind, with the list and without: {each}.")
    known = changed[changed[f"{key}_without_default_list"].notna()]
    if len(known):
        each = ", ".join(
            f"{kind} {_further(row[key])} and {_further(row[f'{key}_without_default_list'])}"
            for kind, row in known.iterrows()
        )
        lines.append(
            f"People further than {study.gaps.beyond(mode):g} min by {mode}, with the list and "
            f"without: {each}."
        )
    unknown = everything[everything["kind"].eq("other")]
    if len(unknown):
        whats = unknown["tag"] if "tag" in unknown.columns else unknown["name"]
        named = ", ".join(
            f"{what} {n:,}" for what, n in whats.dropna().value_counts().head(8).items()
        )
        lines.append(
            f"Of no kind slgeo knows: {len(unknown):,} ({named}); [taxonomy] in study.toml gives "
            "them one."
        )
    return lines


def _further(count: float) -> str:
    """Write people beyond a threshold; where no place of the kind counts that is everybody."""
    from slgeo.pipeline.words import people

    return "everybody" if count != count else people(count)  # noqa: PLR0124 - NaN is not itself
