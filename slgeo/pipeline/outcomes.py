"""
Outcomes and uptake: referrals, uptake or engagement counted by area or practice, as rates.

Counts are sensitive unless the study says that they are published. They pass disclosure control
first, and whatever is shown of them is worked out from what control leaves; only the models of
:mod:`slgeo.pipeline.exposures`, which are about all areas together, use the counts themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import StudyError
from slgeo.pipeline.outcome_counts import ALL, controlled_outcome, counted_outcome
from slgeo.pipeline.parts import Part

if TYPE_CHECKING:
    import pandas as pd

    from slgeo.pipeline.outcome_counts import Counted
    from slgeo.pipeline.parts import Context
    from slgeo.report.disclosure import Controlled

HIDDEN_REASON: Final = "hidden, so that no small count is told"
FUNNEL: Final = ("low_2", "high_2", "low_3", "high_3", "class")
STANDARDISED: Final = {
    "standardised": "value",
    "standardised_low": "low",
    "standardised_high": "high",
}


def outcomes(context: Context) -> Part | None:
    """
    Give each outcome of the study as rates with limits, by area or practice and by deprivation.

    Returns
    -------
    Part or None
        The tables ``outcomes``, ``exposures``, ``exposures_columns`` and ``associations``; None
        where the study has no outcomes.
    """
    import pandas as pd

    from slgeo.pipeline.exposures import exposures
    from slgeo.report.disclosure import RULES, Controlled
    from slgeo.report.leak_check import Secret

    if not context.study.outcomes:
        return None
    rule = context.study.output.disclosure
    counted = [counted_outcome(context, asked) for asked in context.study.outcomes]
    shown = [controlled_outcome(one, rule) for one in counted]
    tables = [rates_table(one, each) for one, each in zip(counted, shown, strict=True)]
    joined = exposures(context, counted, tables)
    secrets = []
    for one in counted:
        if one.asked.status == "sensitive":
            names = ("count", one.asked.name, f"{one.asked.name}_count")
            plain = one.raw["count"].droplevel("by").fillna(0.0)
            raw = pd.DataFrame(dict.fromkeys(names, plain))
            secrets.append(Secret(f"outcomes: {one.asked.name}", raw, names, rule))
    hidden = sum(each.hidden for each in shown)
    frame = pd.concat(tables)
    return Part(
        heading="Outcomes and uptake",
        brief=3,  # the first outcome, by the whole index and by income
        lines=(
            *(line for one, t in zip(counted, tables, strict=True) for line in _said(one, t)),
            *joined.lines,
        ),
        tables=joined.tables,
        notes=tuple(note for one in counted for note in one.notes),
        controlled={"outcomes": Controlled(frame, RULES[rule], ("count",), hidden)},
        secrets=tuple(secrets),
    )


def rates_table(one: Counted, shown: Controlled) -> pd.DataFrame:
    """
    Work out everything that is shown of an outcome, from its counts as shown.

    Returns
    -------
    pd.DataFrame
        The ``outcomes`` table of it.
    """
    import numpy as np
    import pandas as pd

    from slgeo.equity import funnel, rates, smoothed
    from slgeo.report.rules import HIDDEN

    asked = one.asked
    cells = shown.frame["count"]
    hidden = cells.astype(object).eq(HIDDEN).fillna(value=False).astype(bool)
    count = pd.to_numeric(cells.mask(hidden), errors="coerce").astype(float)
    of = one.raw["of"]
    if asked.kind == "proportion":  # rounding may lift a count over its people
        count = count.clip(upper=of)
    table = rates(
        count,
        of,
        kind=asked.kind,  # type: ignore[arg-type]  # study.toml admits these two only
        per=asked.per,
        denominator=one.denominator,
        denominator_date=one.date,
    )
    about = table.attrs
    table["count"] = cells
    table.loc[hidden, "reason"] = HIDDEN_REASON
    single = count.index.get_level_values("by") == one.by
    known = pd.Series(single, count.index) & count.notna() & (of > 0)
    table[list(FUNNEL)] = np.nan
    table["class"] = table["class"].astype(object).mask(table["class"].isna(), None)
    table["smoothed"] = np.nan
    whole = (ALL, ALL)
    if known.sum() > 1 and count[known].sum() > 0:
        target = float(count[whole] / of[whole]) if count.notna()[whole] and of[whole] > 0 else None
        limits = funnel(count[known], of[known], kind=asked.kind, target=target, per=about["per"])  # type: ignore[arg-type]
        table.loc[known, list(FUNNEL)] = limits[list(FUNNEL)]
        table.loc[known, "smoothed"] = smoothed(count[known], of[known]) * about["per"]
    _standardise(one, table, hidden, about["per"])
    # Coverage is of areas or practices: the groups are made of those that made a return.
    everyone = float(one.single["of"].sum())
    returned = float(one.single.loc[one.single["count"].notna(), "of"].sum())
    table = table.assign(
        label=[one.labels[key] for key in table.index],
        per=about["per"],
        denominator=one.denominator,
        denominator_date=one.date,
        coverage=returned / everyone if everyone else float("nan"),
    )
    return pd.concat({asked.name: table}, names=["outcome"])


def _standardise(one: Counted, table: pd.DataFrame, hidden: pd.Series[Any], per: float) -> None:
    """Add directly standardised rates of areas or practices whose count is shown, in place."""
    import numpy as np
    import pandas as pd

    from slgeo.equity import EUROPEAN_2013, directly_standardised

    table[list(STANDARDISED)] = np.nan
    if one.bands is None or one.people is None:
        return
    if len(one.bands.columns) != len(EUROPEAN_2013):
        raise StudyError(
            f"[[outcomes]] {one.asked.name}: {len(one.bands.columns)} age bands; the European "
            f"Standard Population 2013 has {len(EUROPEAN_2013)}: 0-4, 5-9 ... 85-89, 90 and over, "
            "in this order"
        )
    made = directly_standardised(one.bands, one.people.fillna(0.0), per=per)
    made.index = pd.MultiIndex.from_product([[one.by], made.index.astype(str)])
    open_ = ~hidden[made.index]
    for name, source in STANDARDISED.items():
        # two figures: with three, 10 and 12 events could be told apart where both are shown as 10
        values = made.loc[open_, source].map(lambda value: float(f"{value:.2g}"))
        table.loc[values.index, name] = values


def _said(one: Counted, table: pd.DataFrame) -> list[str]:
    """Say the overall rate, the ends of deprivation, and how many places stand out."""
    rows = table.droplevel("outcome")
    whole = rows.xs(ALL, level="by").iloc[0]
    name, per = one.asked.name, float(whole["per"])
    unit = f"per {per:,.0f} {one.denominator}" if per != 1 else f"of {one.denominator}"
    overall = (
        f"{name}: {_value(whole, per)} {unit} ({_limits(whole, per)}); a return was made for "
        f"{whole['coverage']:.0%} of them."
    )
    said = [overall]
    for by in dict.fromkeys(rows.index.get_level_values("by")):
        if not by.endswith("fifth"):
            continue
        ends = rows.xs(by, level="by")
        first, last = ends.iloc[0], ends.iloc[-1]
        alone = "By income alone: " if "income" in by else ""
        said.append(
            f"{alone}{_value(first, per)} in {first['label']} ({_limits(first, per)}), "
            f"{_value(last, per)} in {last['label']} ({_limits(last, per)}); this describes areas, "
            "not individuals."
        )
    if one.asked.health:
        said.append("The overall deprivation index itself counts ill health: read it by income.")
    classes = rows.xs(one.by, level="by")["class"].value_counts()
    high = int(classes.get("high, 3 sigma", 0))
    low = int(classes.get("low, 3 sigma", 0))
    said.append(
        f"{high} of {len(one.single)} {one.by}s lie above what chance gives a place of their size "
        f"and {low} below (3 sigma)."
    )
    return said


def _value(row: pd.Series[Any], per: float) -> str:
    if row["value"] != row["value"]:
        return "not shown"
    return f"{row['value']:.1%}" if per == 1 else f"{row['value']:,.1f}"


def _limits(row: pd.Series[Any], per: float) -> str:
    if row["low"] != row["low"]:
        return str(row["reason"])
    ends = [f"{row[name]:.1%}" if per == 1 else f"{row[name]:,.1f}" for name in ("low", "high")]
    return f"{ends[0]} to {ends[1]}"
