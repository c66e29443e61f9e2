"""Link workers as the files have them, the networks of each quarter, and whole lists."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.pipeline.practices import members_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from slgeo.config import Study
    from slgeo.pipeline.findings import Findings
    from slgeo.pipeline.registered import Registered
    from slgeo.places.registrations import Registrations

SMALLEST_LIST: Final = 1000
"""Patients below which a practice's list is taken to be cut off, where registrations hold no area
beyond the study's own file and no list size is given (our choice: 3 in 100 lists are smaller)."""


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """
    Link workers as the files have them.

    Parameters
    ----------
    quarter
        The one shown, as ``2022-09``.
    quarters
        All of the file, in order.
    workers
        By network and quarter, from :func:`slgeo.places.workforce.read_link_workers`; practices'
        own staff are added in the quarter shown (``fte_practice``).
    model
        The delivery model; None where none was given.
    members
        By quarter: which network each practice was in.
    notes
        What was guessed or left out.
    """

    quarter: str
    quarters: tuple[str, ...]
    workers: pd.DataFrame
    model: pd.DataFrame | None
    members: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]

    def of(self, quarter: str) -> pd.DataFrame:
        """Link workers of one quarter."""
        return self.workers[self.workers["quarter"] == quarter]

    def hosted(self, quarter: str) -> pd.DataFrame | None:
        """Staff of one quarter that no national file holds; None without a delivery model."""
        from slgeo.places.delivery import hosted_on

        return None if self.model is None else hosted_on(self.model, end_of(quarter))


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """
    Patients on whole lists.

    Parameters
    ----------
    patients
        By practice: its list size where that is known and larger, else the registrations.
    cut
        Practices whose list is not known and cannot be whole in the registrations.
    sized
        Whether any list size was given.
    """

    patients: pd.Series[Any]
    cut: frozenset[str]
    sized: bool


def read_staff(study: Study) -> Staff:
    """
    Read link workers, their delivery model and the networks of every quarter.

    Raises
    ------
    StudyError
        If the quarter asked for is not in the file.
    """
    import pandas as pd

    from slgeo.places.delivery import read_delivery_model
    from slgeo.places.networks import read_pcn_members
    from slgeo.places.practice_staff import combine_employers, read_practice_link_workers
    from slgeo.places.workforce import read_link_workers

    asked = study.link_workers
    assert asked.file is not None  # noqa: S101 - told to the type checker; the caller has looked
    workers = read_link_workers(asked.file)
    quarters = tuple(sorted(set(workers["quarter"])))
    if not quarters:
        raise StudyError(f"link_workers.file: no quarter in {study.shown(asked.file)}")
    quarter = asked.quarter or quarters[-1]
    if quarter not in quarters:
        raise StudyError(
            f"link_workers.quarter: {quarter} is not in {study.shown(asked.file)}, which has "
            f"{', '.join(quarters)}"
        )
    notes = list(workers.attrs["notes"])
    assert study.practices.networks is not None  # noqa: S101 - reading the study has seen to it
    spells = read_pcn_members(study.practices.networks)
    members = {one: members_at(spells, end_of(one)) for one in quarters}
    notes.extend(members[quarter].attrs.get("notes", []))
    workers = workers.assign(fte_network=workers["fte"], fte_practice=float("nan"))
    if asked.practice_staff is not None:
        own = read_practice_link_workers(asked.practice_staff, members[quarter], quarter=quarter)
        shown = workers["quarter"] == quarter
        both = combine_employers(workers[shown].drop(columns=["fte_network"]), own)
        notes.extend(note for note in both.attrs["notes"] if note not in notes)
        workers = pd.concat([workers[~shown], both[list(workers.columns)]], ignore_index=True)
    model = None
    if asked.delivery_model is not None:
        model = read_delivery_model(asked.delivery_model)
        notes.extend(model.attrs["notes"])
        stray = sorted(set(model["network"]) - set(members[quarter]["pcn"]))
        if stray:
            notes.append(
                f"{asked.delivery_model.name}: {len(stray)} networks have no practice in {quarter}"
                f" (first: {stray[0]})"
            )
    return Staff(quarter, quarters, workers, model, members, tuple(notes))


def end_of(quarter: str) -> str:
    """
    Last day of a quarter, named after its last month.

    Examples
    --------
    >>> end_of("2022-09")
    '2022-09-30'
    """
    year, month = (int(part) for part in quarter.split("-")[:2])
    return f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]}"


def whole_lists(
    study: Study,
    found: Findings,
    whole: Registrations,
    members: pd.DataFrame,
    registered: Registered,
) -> Lists:
    """
    Say how many patients each practice has in all, and whose list cannot be known.

    A network's time is shared over all of its patients. Registrations that were cut to the areas
    around a study hold only part of them: list sizes fill that in, and a practice without one whose
    part is small makes its network's share unknown rather than too large.
    """
    import pandas as pd

    from slgeo.places.registrations import read_list_sizes

    inside = whole.by_practice()
    sites = found.places.sites
    sizes = pd.Series(dtype=float)
    if study.registrations.list_sizes is not None:
        sizes = read_list_sizes(study.registrations.list_sizes)
    elif "list_size" in sites.columns:
        sizes = sites["list_size"].dropna().astype(float)
    every = inside.index.union(sizes.index)
    patients = pd.concat([inside.reindex(every), sizes.reindex(every)], axis=1).max(axis=1)
    patients.index.name = "practice"
    cut: frozenset[str] = frozenset()
    if whole.patients.index.get_level_values("area").isin(found.areas.index).all():
        serving = members_serving(members, registered)
        unknown = serving.index[~serving.index.isin(sizes.index)]
        small = inside.reindex(unknown).fillna(0.0) < SMALLEST_LIST
        cut = frozenset(small.index[small])
    return Lists(patients.rename("patients"), cut, bool(len(sizes)))


def members_serving(members: pd.DataFrame, registered: Registered) -> pd.DataFrame:
    """Keep the practices of networks that any patient of the study is registered with."""
    here = registered.patients.groupby(level="practice").sum()
    networks = set(members["pcn"].reindex(here.index[here > 0]).dropna())
    return members[members["pcn"].isin(networks)]


def known_networks(workers: pd.DataFrame, members: pd.DataFrame, lists: Lists) -> pd.DataFrame:
    """Drop networks whose whole lists are not known: their time cannot be shared."""
    broken = set(members["pcn"].reindex(list(lists.cut)).dropna())
    return workers[~workers["network"].isin(broken)]
