"""Who is registered where: how many are patients of practices the roads do not reach."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slgeo.errors import VintageError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study
    from slgeo.places.registrations import Registrations
    from slgeo.report.leak_check import Secret


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """
    Patients of the study's areas by practice.

    Parameters
    ----------
    patients
        By practice and area of the study, in the study's vintage.
    unreached
        Practices that have no travel time by any mode: outside the roads, or not in the places.
    notes
        What was carried between vintages, and what could not be placed.
    whole
        Every patient of the file, in the study's vintage, wherever they live.
    """

    patients: pd.Series[Any]
    unreached: frozenset[str]
    notes: tuple[str, ...]
    whole: Registrations | None = None

    @property
    def total(self) -> float:
        """Registered patients who live in the study."""
        return float(self.patients.sum())

    def beyond(self) -> pd.Series[Any]:
        """Count, by area, patients registered with practices the roads do not reach."""
        far = self.patients.index.get_level_values("practice").isin(list(self.unreached))
        return self.patients[far].groupby(level="area").sum()

    def beyond_by_practice(self) -> pd.Series[Any]:
        """Count the same by practice, most first."""
        far = self.patients.index.get_level_values("practice").isin(list(self.unreached))
        return self.patients[far].groupby(level="practice").sum().sort_values(ascending=False)

    def secrets(self, rule: str) -> list[Secret]:
        """
        List what no file may give away where registrations are sensitive.

        Parameters
        ----------
        rule
            Disclosure rule.
        """
        import pandas as pd

        from slgeo.report.leak_check import Secret

        beyond = self.beyond()
        by_area = pd.DataFrame({"registered": self.patients.groupby(level="area").sum()})
        by_area["registered_beyond"] = beyond.reindex(by_area.index).fillna(0.0)
        by_practice = pd.DataFrame({"registered": self.patients.groupby(level="practice").sum()})
        counts = ("registered", "registered_beyond")
        pairs = pd.DataFrame({"patients": self.patients})
        return [
            Secret("registrations by area", by_area.round(), counts, rule),
            Secret("registrations by practice", by_practice.round(), ("registered",), rule),
            Secret("registrations by practice and area", pairs.round(), ("patients",), rule),
        ]

    def overall(self, rule: str) -> str:
        """
        Say the one thing that may be said of sensitive registrations: all of them together.

        Parameters
        ----------
        rule
            Disclosure rule: ``hes``, ``lt5`` or ``lt10``.
        """
        import pandas as pd

        from slgeo.report.disclosure import RULES, Total, controlled

        beyond, everyone = round(float(self.beyond().sum())), round(self.total)
        counts = {"all": [everyone], "beyond": [beyond], "within": [everyone - beyond]}
        shown = controlled(
            pd.DataFrame(counts),
            counts=list(counts),
            rule=rule,
            totals=[Total("all", ("beyond", "within"), axis="columns")],
        ).frame.iloc[0]
        return (
            f"Registrations are sensitive, so no figure by area or practice is written. Of "
            f"{_count(shown['all'])} registered patients {_count(shown['beyond'])} are with "
            f"practices the roads do not reach. {RULES[rule].sentence}"
        )


def _count(shown: object) -> str:
    return f"{shown:,}" if isinstance(shown, int) else str(shown)


def read_registered(
    study: Study,
    areas: gpd.GeoDataFrame,
    site_reasons: pd.DataFrame,
    *,
    sites: pd.DataFrame | None = None,
) -> Registered | None:
    """
    Read registrations and keep those of the study's own areas.

    Parameters
    ----------
    study
        What was asked for.
    areas
        The ``areas`` table.
    site_reasons
        By site, one column a mode: why it can have no time.
    sites
        Sites that may be branches, with ``practice`` and ``branch``: a practice is reached where
        any of its surgeries is. Absent: every practice is one site.

    Raises
    ------
    VintageError
        If hardly any area of the study occurs among the registrations, and no lookup is given.
    """
    file = study.registrations.file
    if file is None:
        return None
    from slgeo.places.registrations import read_registrations

    read = read_registrations(file)
    whole = dataclasses.replace(read, date=study.registrations.date or read.date)
    notes = list(read.notes)
    if study.registrations.lookup is not None:
        whole, carried = _carried(whole, study.registrations.lookup)
        notes.append(f"{file.name}: {carried}")
    inside = areas.index[areas["in_study"]]
    found = inside.isin(whole.patients.index.get_level_values("area").unique())
    if found.mean() < 0.99:
        raise VintageError(
            f"registrations ({file.name}): {int(found.sum())} of {len(inside)} "
            f"areas of the study occur in it ({found.mean():.0%}); its areas are of another "
            f"edition than {areas['vintage'].iloc[0]}: give registrations.lookup, a lookup "
            "between the two"
        )
    kept = whole.patients[whole.patients.index.get_level_values("area").isin(inside)]
    practices = set(kept.index.get_level_values("practice"))
    reached = set(site_reasons.index[site_reasons.isna().any(axis=1)])
    if sites is not None and {"practice", "branch"} <= set(sites.columns):
        reached |= set(sites.loc[sites.index.isin(list(reached)), "practice"].dropna())
    return Registered(kept, frozenset(practices - reached), tuple(notes), whole)


def _carried(read: Registrations, lookup: Path) -> tuple[Registrations, str]:
    """Carry registrations to the areas' edition; who cannot be placed is kept without an area."""
    import pandas as pd

    from slgeo.areas import carry_counts, read_lookup

    carried, ledger = carry_counts(
        read.patients.rename("patients").reset_index(), read_lookup(lookup)
    )
    lost = read.patients.index.get_level_values("area").isin(ledger.attrs["not_placed"])
    nowhere = read.patients[lost].groupby(level="practice").sum()
    nowhere.index = pd.MultiIndex.from_product([nowhere.index, ["NOT PLACED"]])
    elsewhere = pd.concat([read.elsewhere, nowhere]) if len(nowhere) else read.elsewhere
    elsewhere.index.names = ["practice", "code"]
    moved = ledger["patients"].drop("unchanged", errors="ignore")
    said = ", ".join(f"{change} {count:,.0f}" for change, count in moved.items() if count)
    made = dataclasses.replace(
        read,
        patients=carried.set_index(["practice", "area"])["patients"],
        elsewhere=elsewhere,
        vintage="",
    )
    return made, f"carried to the areas' edition in equal shares: {said or 'nobody moved'} patients"
