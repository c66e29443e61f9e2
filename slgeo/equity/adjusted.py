"""How far an outcome goes with an exposure once chosen covariates are held, through statsmodels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from slgeo.equity.tidy import Row, tidy
from slgeo.errors import AccessError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence


def association(
    table: pd.DataFrame,
    outcome: str,
    exposure: str,
    *,
    covariates: Sequence[str] = (),
    people: str = "population",
    family: Literal["linear", "poisson"] = "linear",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """
    Fit an outcome on an exposure and covariates over areas or practices.

    Parameters
    ----------
    table
        One row an area or practice, from :func:`slgeo.equity.exposure_table`.
    outcome
        A rate or mean for ``linear``; a count for ``poisson``, with ``people`` as its exposure to
        risk.
    exposure
        What is thought to go with it.
    covariates
        What is held: numbers as they are, text as groups against the first in order.
    people
        Weights of a linear fit; people at risk of a Poisson one.
    family
        ``linear``: least squares weighted by people, with errors robust to unequal spread (HC3);
        ``poisson``: a log rate, with robust errors (HC1); ratios are in the sentence.
    confidence
        Of the limits.

    Returns
    -------
    pd.DataFrame
        Tidy, one row ``coefficient`` for the exposure and each covariate, per unit of it, with
        limits. Rows of the table with something missing are left out and counted in the sentence.

    Raises
    ------
    AccessError
        If columns are absent, too few rows are complete, or a column does not vary.
    MissingExtraError
        If ``statsmodels`` is not installed.
    """
    names = [outcome, exposure, *covariates, people]
    absent = [name for name in names if name not in table.columns]
    if absent:
        raise AccessError(f"the table has no column {', '.join(map(repr, absent))}")
    complete = table[names].dropna()
    complete = complete[complete[people] > 0]
    design = _design(complete, [exposure, *covariates])
    if len(complete) < design.shape[1] + 10:
        raise AccessError(
            f"{len(complete)} of {len(table)} rows are complete, too few to fit {design.shape[1]} "
            "coefficients; leave out a covariate or a column with gaps"
        )
    made = _fitted(complete, design, outcome, people, family)
    limits = np.asarray(made.conf_int(alpha=1 - confidence))
    left = len(table) - len(complete)
    rows = []
    for at, name in enumerate(design.columns):
        if name == "const":
            continue
        value, (low, high) = float(np.asarray(made.params)[at]), limits[at]
        said = _sentence(outcome, name, value, (float(low), float(high)), family, left)
        counted = float(complete[people].sum())
        rows.append(
            Row(
                outcome,
                "coefficient",
                name,
                family,
                value,
                counted,
                len(complete),
                said,
                float(low),
                float(high),
            )
        )
    held = ", ".join(covariates) or "nothing"
    return tidy(rows, notes=[f"Fitted over {len(complete)} of {len(table)} rows, holding {held}."])


def _design(complete: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Make columns of numbers: text becomes one flag a group but the first."""
    parts = [pd.Series(1.0, index=complete.index, name="const")]
    for name in names:
        column = complete[name]
        if pd.api.types.is_numeric_dtype(column):
            parts.append(column.astype(float))
        else:
            flags = pd.get_dummies(column.astype(str), prefix=name, prefix_sep=": ", dtype=float)
            parts += [flags[flag] for flag in flags.columns[1:]]
    design = pd.concat(parts, axis=1)
    if len(design) and np.linalg.matrix_rank(design.to_numpy()) < design.shape[1]:
        raise AccessError(
            "a column does not vary, or follows from the others, so its part cannot be told; leave "
            "one of them out"
        )
    return design


def _fitted(
    complete: pd.DataFrame, design: pd.DataFrame, outcome: str, people: str, family: str
) -> Any:  # noqa: ANN401 - statsmodels has no types
    try:
        import statsmodels.api as sm
    except ImportError as error:
        raise MissingExtraError(
            "association needs statsmodels; install it with: pip install 'slgeo[statistics]'"
        ) from error
    y, weight = complete[outcome].astype(float), complete[people].astype(float)
    if family == "linear":
        return sm.WLS(y, design, weights=weight).fit(cov_type="HC3")
    if family != "poisson":
        raise AccessError(f"family is 'linear' or 'poisson', not {family!r}")
    if (y < 0).any():
        raise AccessError(f"{outcome} is negative for some rows; a Poisson fit needs counts")
    return sm.GLM(y, design, family=sm.families.Poisson(), exposure=weight).fit(cov_type="HC1")


def _sentence(
    outcome: str, name: str, value: float, limits: tuple[float, float], family: str, left: int
) -> str:
    low, high = limits
    if family == "poisson":
        shown = f"{outcome} is {np.exp(value):.4g} times as frequent"
        span = f"{np.exp(low):.4g} to {np.exp(high):.4g}"
    else:
        shown = f"{outcome} is {abs(value):.3g} {'higher' if value >= 0 else 'lower'}"
        span = f"{low:.3g} to {high:.3g}"
    said = f"For each unit more of {name}, {shown} ({span}), the rest held."
    if not left:
        return said
    return f"{said} {left} {'row' if left == 1 else 'rows'} with something missing left out."
