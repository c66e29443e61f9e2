"""What a study's outcome files count, brought to its areas or practices, and controlled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError, VintageError
from slgeo.pipeline.findings import counted_when

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from slgeo.config.sections import OutcomesSection
    from slgeo.pipeline.parts import Context
    from slgeo.report.disclosure import Controlled, Total

ALL: Final = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """
    One outcome, brought to the study's areas or practices.

    Parameters
    ----------
    asked
        What the study says of it.
    by
        ``area`` or ``practice``.
    raw
        By (by, group): ``count`` and ``of`` of every area or practice, of groups of areas, and of
        all; missing where nothing was returned.
    labels
        Each in words.
    totals
        What adds up to what.
    bands, people
        Events and people by key and age band, where the file has them.
    denominator, date
        Who the people are, and when they were counted.
    notes
        What was left out.
    """

    asked: OutcomesSection
    by: str
    raw: pd.DataFrame
    labels: dict[tuple[str, str], str]
    totals: tuple[Total, ...]
    bands: pd.DataFrame | None
    people: pd.DataFrame | None
    denominator: str
    date: str
    notes: tuple[str, ...]

    @property
    def single(self) -> pd.DataFrame:
        """Areas or practices alone."""
        import pandas as pd

        return pd.DataFrame(self.raw.xs(self.by, level="by"))


def counted_outcome(context: Context, asked: OutcomesSection) -> Counted:
    """
    Read one file and bring it to the study's areas, or to its practices.

    Raises
    ------
    StudyError
        Where there are no people to count events among, or more events than people of a
        proportion.
    VintageError
        Where hardly any code of the file is an area of the table of areas.
    """
    from slgeo.equity.outcome_file import read_outcomes

    areas, sites = context.found.areas, context.found.places.sites
    practices = sites.index[sites["kind"] == "gp"]
    read = read_outcomes(
        asked.file,
        known=areas.index.append(practices),
        key=asked.key,
        count=asked.count,
        of=asked.of,
        age=asked.age,
    )
    by_area = read.count.index.isin(areas.index).sum() >= read.count.index.isin(practices).sum()
    study = areas[areas["in_study"].astype(bool)]
    wanted = study.index if by_area else read.count.index[read.count.index.isin(practices)]
    if by_area and not read.count.index.isin(areas.index).mean() >= 0.5:
        raise VintageError(
            f"outcomes ({asked.file.name}): {int(read.count.index.isin(areas.index).sum())} of "
            f"{len(read.count)} codes are areas of the study's edition; carry the counts over first"
        )
    of, denominator, date = _people(context, asked, read.of, wanted, by_area=by_area)
    count = read.count.reindex(wanted)
    if asked.kind == "proportion" and (count > of).any():
        raise StudyError(
            f"[[outcomes]] {asked.name}: more events than people for {(count > of).idxmax()!r}; a "
            'proportion counts people out of people; give kind = "rate" for events'
        )
    away = read.count[~read.count.index.isin(wanted)]
    notes = []
    if len(away):
        notes.append(
            f"{asked.file.name}: {len(away):,} rows are of areas or practices outside the study "
            "and are left out"
        )
    absent = int(count.isna().sum())
    if absent:
        notes.append(f"{asked.file.name}: nothing was returned for {absent:,} of {len(wanted):,}")
    if not by_area:
        silent = _without_branches(sites).difference(read.count.index)
        if len(silent):
            notes.append(
                f"{asked.file.name}: no row for {len(silent):,} of the study's practices (first: "
                f"{silent[0]}), which are in no share of returns"
            )
    names = study["name"] if by_area else sites.loc[wanted, "name"]
    raw, labels, totals = _with_groups(context, count, of, names, by_area=by_area)
    return Counted(
        asked,
        "area" if by_area else "practice",
        raw,
        labels,
        totals,
        None if read.bands is None else read.bands.reindex(wanted).fillna(0.0),
        None if read.people is None else read.people.reindex(wanted),
        denominator,
        date,
        tuple(notes),
    )


def _without_branches(sites: pd.DataFrame) -> pd.Index[Any]:
    """List practices, those that are branches of another left out."""
    practices = sites[sites["kind"] == "gp"]
    if "branch" not in practices.columns:
        return practices.index
    return practices.index[~practices["branch"].fillna(value=False).astype(bool)]


def _people(
    context: Context,
    asked: OutcomesSection,
    own: pd.Series[Any] | None,
    wanted: pd.Index[Any],
    *,
    by_area: bool,
) -> tuple[pd.Series[Any], str, str]:
    """Take the people of the file, else residents of areas, else patients of practices."""
    if own is not None:
        return own.reindex(wanted), asked.of or "", asked.date or "not stated"
    if by_area:
        areas = context.found.areas
        people = areas.loc[wanted, "population"].astype(float)
        return people, "residents", asked.date or counted_when(areas)
    sites = context.found.places.sites
    if "patients" not in sites or sites.loc[wanted, "patients"].isna().any():
        raise StudyError(
            f"[[outcomes]] {asked.name}: {asked.file.name} is by practice and there are no lists "
            "of patients to set it against; name its column of people as of"
        )
    patients = sites.loc[wanted, "patients"].astype(float)
    return patients, "registered patients", asked.date or "not stated"


def _with_groups(
    context: Context,
    count: pd.Series[Any],
    of: pd.Series[Any],
    names: pd.Series[Any],
    *,
    by_area: bool,
) -> tuple[pd.DataFrame, dict[tuple[str, str], str], tuple[Total, ...]]:
    """Set the sums by fifths, and of all, beside areas or practices."""
    import pandas as pd

    from slgeo.equity.sorted_people import NOT_KNOWN, grouping
    from slgeo.report.disclosure import Total

    by = "area" if by_area else "practice"
    rows = {(by, str(key)): (count[key], of[key]) for key in count.index}
    labels = {(by, str(key)): str(names.get(key, key)) for key in count.index}
    totals = []
    returned = count.notna()
    for name in _fifths(context) if by_area else ():
        groups = grouping(context.found.areas, name)
        parts = []
        label = groups.label.reindex(count.index)
        for group in [*groups.groups, *([NOT_KNOWN] if (label == NOT_KNOWN).any() else [])]:
            inside = (label == group) & returned
            if not (label == group).any():
                continue
            key = (name, group)
            rows[key] = (count[inside].sum(), of[inside].sum())
            labels[key] = groups.words.get(group, group)
            totals.append(Total(key, tuple((by, str(code)) for code in count.index[inside])))
            parts.append(key)
        totals.append(Total((ALL, ALL), tuple(parts)))
    rows[ALL, ALL] = (count[returned].sum(), of[returned].sum())
    labels[ALL, ALL] = "Everyone whose place made a return"
    totals.append(Total((ALL, ALL), tuple((by, str(key)) for key in count.index[returned])))
    index = pd.MultiIndex.from_tuples(list(rows), names=["by", "group"])
    frame = pd.DataFrame(list(rows.values()), index=index, columns=["count", "of"], dtype=float)
    return frame, labels, tuple(totals)


def _fifths(context: Context) -> Sequence[str]:
    """Name the fifths by the overall index and by income, where there are any."""
    from slgeo.equity import contrasts

    return [one.by for one in contrasts(context.found.areas) if one.by.endswith("fifth")]


def controlled_outcome(one: Counted, rule: str) -> Controlled:
    """Hide what must be hidden of an outcome; published counts are shown as they are."""
    from slgeo.report.disclosure import RULES, Controlled, controlled

    frame = one.raw[["count"]]
    if one.asked.status == "published":
        return Controlled(frame.astype(object), RULES[rule], ("count",), 0)
    return controlled(frame, counts=["count"], rule=rule, totals=one.totals)
