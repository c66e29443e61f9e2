"""Who is registered where: how many are patients of practices the roads do not reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slgeo.errors import VintageError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from slgeo.config import Study


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
    """

    patients: pd.Series[Any]
    unreached: frozenset[str]
    notes: tuple[str, ...]

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

    Raises
    ------
    VintageError
        If hardly any area of the study occurs among the registrations, and no lookup is given.
    """
    if study.registrations.file is None:
        return None
    from slgeo.places.registrations import read_registrations

    read = read_registrations(study.registrations.file)
    patients, notes = read.patients, list(read.notes)
    if study.registrations.lookup is not None:
        from slgeo.areas import carry_counts, read_lookup

        lookup = read_lookup(study.registrations.lookup)
        counts = patients.rename("patients").reset_index()
        carried, ledger = carry_counts(counts, lookup)
        patients = carried.set_index(["practice", "area"])["patients"]
        moved = ledger["patients"].drop("unchanged", errors="ignore")
        notes.append(
            f"{study.registrations.file.name}: carried to the areas' edition in equal shares: "
            + ", ".join(f"{change} {count:,.0f}" for change, count in moved.items() if count)
            + " patients"
        )
    inside = areas.index[areas["in_study"]]
    found = inside.isin(patients.index.get_level_values("area").unique())
    if found.mean() < 0.99:
        raise VintageError(
            f"registrations ({study.registrations.file.name}): {int(found.sum())} of {len(inside)} "
            f"areas of the study occur in it ({found.mean():.0%}); its areas are of another "
            f"edition than {areas['vintage'].iloc[0]}: give registrations.lookup, a lookup "
            "between the two"
        )
    kept = patients[patients.index.get_level_values("area").isin(inside)]
    practices = set(kept.index.get_level_values("practice"))
    reached = set(site_reasons.index[site_reasons.isna().any(axis=1)])
    return Registered(kept, frozenset(practices - reached), tuple(notes))
