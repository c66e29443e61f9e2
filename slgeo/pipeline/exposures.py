"""One row an area or practice, access beside outcomes, and what goes with what over areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import AccessError, MissingExtraError, StudyError
from slgeo.pipeline.findings import headline
from slgeo.report.outcome_tables import (
    ASSOCIATIONS,
    EXPOSURES,
    EXPOSURES_COLUMNS,
    EXPOSURES_PRACTICES,
)
from slgeo.tables import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from slgeo.pipeline.outcome_counts import Counted
    from slgeo.pipeline.parts import Context

SHOWN: Final = ("value", "low", "high", "smoothed", "standardised")
"""What stands of an outcome in the exposure tables."""

ECOLOGICAL: Final = (
    "These are associations between areas: they do not show that individuals differ, nor what "
    "causes what."
)


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """
    Exposures, their dictionary and the models.

    Parameters
    ----------
    tables
        By name, checked.
    lines
        The models in words.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def exposures(
    context: Context, counted: Sequence[Counted], shown: Sequence[pd.DataFrame]
) -> Joined:
    """
    Join what areas and practices have within reach with their outcomes, and fit models.

    Parameters
    ----------
    context
        The run.
    counted
        The outcomes before control: models use these, about all areas together.
    shown
        Their ``outcomes`` tables: all that stands beside exposures.
    """
    import pandas as pd

    from slgeo import equity

    areas, measures = _areas(context), _measures(context)
    by_area = [_beside(one, t) for one, t in zip(counted, shown, strict=True) if one.by == "area"]
    columns = pd.concat(by_area, axis=1) if by_area else None
    table = equity.exposure_table(areas, measures, outcomes=columns)
    tables = {"exposures": checked(table, EXPOSURES)}
    words = [equity.dictionary(table).assign(table="exposures")]
    practices = [_beside(one, t) for one, t in zip(counted, shown, strict=True) if one.by != "area"]
    if practices and context.registered is not None:
        known = _practices(context, table)
        made = equity.exposure_table(known, (), outcomes=_known(practices, known))
        tables["exposures_practices"] = checked(made, EXPOSURES_PRACTICES)
        words.append(equity.dictionary(made).assign(table="exposures_practices"))
    tables["exposures_columns"] = checked(
        pd.concat(words).set_index(["table", "column"]), EXPOSURES_COLUMNS
    )
    fitted, lines = [], []
    for one in counted:
        if one.by == "area":
            frame, said = _fit(context, table, one)
            fitted += [frame] if frame is not None else []
            lines += said
    if fitted:
        tables["associations"] = checked(pd.concat(fitted), ASSOCIATIONS)
        lines.append(ECOLOGICAL)
    return Joined(tables, tuple(lines))


def _areas(context: Context) -> pd.DataFrame:
    """Take the study's own areas, as they are known."""
    import pandas as pd

    areas = context.found.areas
    inside = areas[areas["in_study"].astype(bool)]
    return pd.DataFrame(inside.drop(columns=["geometry", "in_study"]))


def _measures(context: Context) -> list[pd.Series[Any]]:
    """Name each measure by kind and mode, its captions kept for the dictionary."""
    from slgeo import access
    from slgeo.access.lift import HIGHER

    made = []
    for one in context.found.reached:
        beyond = context.study.gaps.beyond(one.mode)
        rows = context.found.by_area.xs((one.kind, one.mode), level=("kind", "mode"))
        head = rows["per_10000"].copy()
        head.attrs = {
            "label": f"Places ({one.kind}) per 10,000 residents, two-step",
            "unit": "places per 10,000 residents",
            "direction": HIGHER,
            "mode": one.mode,
        }
        for name, measure in (
            ("minutes", access.nearest(one.times, tolerance=1)),
            (f"share_within_{beyond:g}", access.share_within(one.times, minutes=beyond)),
            ("per_10000", head),
        ):
            about = dict(measure.attrs)
            about["label"] = f"{about.get('label', name)} ({one.kind})"
            series = measure.rename(f"{one.kind}_{one.mode}_{name}")
            series.attrs = about
            made.append(series)
    return made


def _beside(one: Counted, table: pd.DataFrame) -> pd.DataFrame:
    """Take what is shown of an outcome by area or practice, named after it."""
    import pandas as pd

    rows = pd.DataFrame(table.droplevel("outcome").xs(one.by, level="by"))
    return rows[list(SHOWN)].add_prefix(f"{one.asked.name}_").dropna(axis=1, how="all")


def _practices(context: Context, table: pd.DataFrame) -> pd.DataFrame:
    """Average what areas have over the patients of each practice, by where they live."""
    import numpy as np
    import pandas as pd

    registered = context.registered
    if registered is None:  # asked before
        raise StudyError("[registrations] are needed to set practices against access")
    patients = registered.patients
    numeric = table.select_dtypes("number")
    values = numeric.reindex(patients.index.get_level_values("area")).to_numpy(dtype=float)
    weight = patients.to_numpy(dtype=float)[:, None] * ~np.isnan(values)
    practice = patients.index.get_level_values("practice")
    total = pd.DataFrame(weight, columns=numeric.columns).groupby(practice.to_numpy()).sum()
    product = pd.DataFrame(np.nan_to_num(values) * weight, columns=numeric.columns)
    means = product.groupby(practice.to_numpy()).sum() / total.where(total > 0)
    rates = [
        name
        for name in means
        if not str(name).startswith(("population", "age_", "sex_", "ethnic_", "households"))
    ]
    made = means[rates].rename_axis("practice")
    made.insert(0, "patients", patients.groupby(level="practice").sum())
    made.insert(1, "name", context.found.places.sites["name"].reindex(made.index))
    return made


def _known(outcomes: Sequence[pd.DataFrame], practices: pd.DataFrame) -> pd.DataFrame:
    """Take the outcomes of practices that somebody of the study is registered with."""
    import pandas as pd

    joined = pd.concat(outcomes, axis=1)
    return joined[joined.index.isin(practices.index)].rename_axis("practice")


def _fit(
    context: Context, table: pd.DataFrame, one: Counted
) -> tuple[pd.DataFrame | None, list[str]]:
    """Fit an outcome on the exposure and covariates the study names."""
    from slgeo import equity

    kind, mode, _ = headline(context.study, list(context.found.places.sites["kind"]))
    exposure = one.asked.exposure or f"{kind}_{mode}_minutes"
    absent = [name for name in (exposure, *one.asked.covariates) if name not in table.columns]
    if absent:
        raise StudyError(
            f"[[outcomes]] {one.asked.name}: no column {', '.join(map(repr, absent))} to set it "
            "against; exposures_columns.csv of a run without it lists those there are"
        )
    family = "poisson" if one.asked.kind == "rate" else "linear"
    counts = one.single
    frame = table.assign(_count=counts["count"], _of=counts["of"])
    frame["_value"] = counts["count"] / counts["of"].where(counts["of"] > 0)
    outcome = "_count" if family == "poisson" else "_value"
    try:
        made = equity.association(
            frame,
            outcome,
            exposure,
            covariates=one.asked.covariates,
            people="_of",
            family=family,  # type: ignore[arg-type]  # one of the two
        )
    except (AccessError, MissingExtraError) as error:
        return None, [f"{one.asked.name} is set against nothing: {error}"]
    made["sentence"] = made["sentence"].str.replace(outcome, one.asked.name, regex=False)
    first = str(made["sentence"].iloc[0])
    shown = made.assign(
        outcome=one.asked.name, term=made["by"], family=made["group"], n=made["n"].astype(float)
    ).set_index(["outcome", "term"])
    return shown[["family", "value", "low", "high", "people", "n", "sentence"]], [first]
