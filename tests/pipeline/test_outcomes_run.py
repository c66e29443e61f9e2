"""Outcomes in a run: rates from what control leaves, everyone kept, nothing given away."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slgeo import access, equity
from slgeo.config import read_study
from slgeo.config.sections import OutcomesSection
from slgeo.equity.outcome_file import read_outcomes
from slgeo.errors import DisclosureError, SourceError, StudyError
from slgeo.gaps import find_gaps, gap_stability
from slgeo.gaps.borders import neighbours
from slgeo.pipeline import run
from slgeo.pipeline.exposures import exposures
from slgeo.pipeline.outcome_counts import controlled_outcome, counted_outcome
from slgeo.pipeline.outcomes import rates_table
from slgeo.pipeline.parts import Context
from slgeo.pipeline.registered import read_registered
from slgeo.pipeline.stability import GRID, needing_areas
from slgeo.report.leak_check import leaks
from slgeo.report.rules import HIDDEN
from slgeo.sources.cache import Cache

MORE = """
[[outcomes]]
file = "referrals.csv"
name = "referrals"
count = "referred"
[[outcomes]]
file = "uptake.csv"
name = "uptake"
kind = "proportion"
count = "seen"
of = "offered"
status = "published"
date = "2025"
"""


@pytest.fixture(scope="module")
def counted(example_run, tmp_path_factory):
    """The example run again from its cache, with two made-up files of counts and a standard."""
    import shutil

    folder = tmp_path_factory.mktemp("outcomes") / "study"
    shutil.copytree(example_run[0], folder)
    areas = example_run[1].found.areas
    study = areas.index[areas["in_study"]]
    rng = np.random.default_rng(5)
    referred = pd.Series(rng.poisson(12, len(study)), study)
    referred.iloc[:3] = [3, 0, 6]
    # one area makes no return, and one code of the file is of nowhere in the study
    table = pd.concat([referred.iloc[:-1], pd.Series({"X01999999": 9})]).rename("referred")
    table.rename_axis("lsoa21cd").reset_index().to_csv(folder / "referrals.csv", index=False)
    offered = pd.Series(rng.integers(20, 60, len(study)), study, name="offered")
    seen = pd.Series(rng.binomial(offered, 0.4), study, name="seen")
    pd.concat([seen, offered], axis=1).rename_axis("area").to_csv(folder / "uptake.csv")
    path = folder / "study.toml"
    before, rest = path.read_text(encoding="utf-8").split("[[outcomes]]")
    text = before + rest[rest.index("[travel]") :] + MORE
    text = text.replace("[travel]\n", "[gaps]\nper_10000 = 3\n\n[travel]\n")
    path.write_text(text, encoding="utf-8")
    return folder, run(read_study(path)), referred


def written(folder, name):
    return pd.read_csv(folder / "tables" / f"{name}.csv", encoding="utf-8-sig", dtype=str)


def test_every_area_of_the_study_keeps_its_row_and_reason(counted):
    folder, result, referred = counted
    table = written(folder, "outcomes")
    rows = table[(table["outcome"] == "referrals") & (table["by"] == "area")].set_index("group")

    assert set(rows.index) == set(referred.index)
    assert rows.loc[referred.index[-1], "reason"] == "nothing was returned"
    assert (rows.loc[rows["count"] == HIDDEN, "reason"].str.startswith("hidden")).all()
    assert "outside the study" in " ".join(result.text.split())


def test_small_counts_are_hidden_and_the_others_rounded(counted):
    folder, _, referred = counted
    table = written(folder, "outcomes")
    rows = table[(table["outcome"] == "referrals") & (table["by"] == "area")].set_index("group")
    for area, true in referred.iloc[:-1].items():
        shown = rows.loc[area, "count"]
        assert shown == (HIDDEN if 1 <= true <= 7 else str(5 * round(true / 5)))


def test_rates_limits_and_funnels_come_from_what_is_shown(counted):
    folder, result, _ = counted
    table = written(folder, "outcomes")
    rows = table[(table["outcome"] == "referrals") & (table["by"] == "area")].set_index("group")
    known = rows[rows["value"].notna()]
    people = result.found.areas.loc[known.index, "population"].astype(float)
    plain = equity.rates(known["count"].astype(float), people, kind="rate")

    for name in ("value", "low", "high"):
        np.testing.assert_allclose(known[name].astype(float), plain[name], atol=1e-3)
    assert set(rows["per"]) == {"10000"}
    assert set(rows["denominator"]) == {"residents"}
    assert rows["denominator_date"].notna().all()
    covered = people_of(result, rows.index[rows["reason"] != "nothing was returned"])
    everyone = people_of(result, rows.index)
    assert float(rows["coverage"].iloc[0]) == pytest.approx(covered / everyone, abs=1e-4)


def people_of(result, codes):
    return result.found.areas.loc[codes, "population"].sum()


def test_a_published_proportion_keeps_its_values_with_wilson_limits(counted):
    folder, _, _ = counted
    table = written(folder, "outcomes")
    rows = table[(table["outcome"] == "uptake") & (table["by"] == "area")]
    low, high = equity.wilson(rows["count"].astype(float), rows["of"].astype(float))

    assert not rows["count"].eq(HIDDEN).any()
    np.testing.assert_allclose(rows["low"].astype(float), low, atol=1e-4)
    np.testing.assert_allclose(rows["high"].astype(float), high, atol=1e-4)
    assert set(rows["denominator"]) == {"offered"}
    assert set(rows["denominator_date"]) == {"2025"}


def test_groups_stand_beside_areas_by_the_whole_index_and_by_income(counted):
    folder, result, _ = counted
    by = set(written(folder, "outcomes")["by"])

    assert len([name for name in by if name.endswith("fifth")]) == 2
    assert any("income" in name for name in by)
    said = " ".join(result.text.split())
    assert "Outcomes and uptake" in said
    assert "do not show that individuals differ" in said


def test_no_file_gives_a_small_count_away(counted):
    folder, result, referred = counted
    names = ["count", "referrals", "referrals_count"]
    raw = pd.DataFrame(dict.fromkeys(names, referred.iloc[:-1].astype(float)))

    assert leaks(result.written, raw, counts=names, rule="hes") == []
    assert leaks(
        [folder / "referrals.csv"],
        raw.rename(columns={"count": "referred"}),
        counts=["referred"],
        rule="hes",
    )


def test_with_control_switched_off_the_last_look_refuses_the_table(counted, monkeypatch, tmp_path):
    """What a part declares secret is what the look before files are moved finds."""
    from slgeo.pipeline import outcomes
    from slgeo.report.csv_file import write_csv
    from slgeo.report.disclosure import RULES, Controlled
    from slgeo.report.leak_check import refuse_leaks

    context = context_of(counted)
    kept = outcomes.outcomes(context)
    refuse_leaks([write_csv(kept.controlled["outcomes"], tmp_path / "a.csv")], kept.secrets)
    monkeypatch.setattr(
        outcomes,
        "controlled_outcome",
        lambda one, rule: Controlled(one.raw[["count"]].astype(object), RULES[rule], ("count",), 0),
    )
    open_ = outcomes.outcomes(context)
    path = write_csv(open_.controlled["outcomes"], tmp_path / "b.csv")
    with pytest.raises(DisclosureError, match=r"outcomes: referrals: .*b\.csv"):
        refuse_leaks([path], open_.secrets)


def context_of(counted):
    folder, result, _ = counted
    return Context(read_study(folder / "study.toml"), result.found, {}, {}, None, Cache(folder))


def test_exposures_have_a_row_an_area_and_a_dictionary_of_every_column(counted):
    _, result, referred = counted
    table = result.tables["exposures"]
    words = result.tables["exposures_columns"].xs("exposures", level="table")

    assert list(table.index) == list(result.found.areas.index[result.found.areas["in_study"]])
    assert set(words.index) == set(table.columns)
    assert {"gp_walk_minutes", "gp_walk_per_10000", "referrals_value", "uptake_smoothed"} <= set(
        table.columns
    )
    assert (
        table.loc[referred.index[0], "referrals_value"]
        != table.loc[referred.index[0], "referrals_value"]
    )
    shown = result.tables["associations"]
    assert set(shown.index.get_level_values("outcome")) == {"referrals", "uptake"}
    assert (shown["low"] < shown["high"]).all()


def test_stability_is_that_of_gaps_found_one_by_one(counted):
    """The quick count of areas in gaps against the gaps themselves, outlined and merged."""
    _, result, _ = counted
    found = result.found
    one = next(o for o in found.reached if (o.kind, o.mode) == ("gp", "walk"))
    thresholds = [20.0 * part for part in GRID]
    quick = gap_stability(one.times, found.areas, thresholds=thresholds)
    plain = pd.Series(0.0, index=found.areas.index)
    for beyond in thresholds:
        for codes in find_gaps(one.times, found.areas, beyond=beyond)["areas"]:
            plain[codes.split()] += 1 / len(thresholds)

    np.testing.assert_allclose(quick, plain, atol=1e-12)
    inside = found.areas[found.areas["in_study"]]
    again = gap_stability(
        one.times, found.areas, thresholds=thresholds, borders=neighbours(inside.geometry)
    )
    np.testing.assert_allclose(again, quick)
    assert result.tables["gaps"]["stability"].between(0, 1).all()
    assert result.tables["stability"]["stability"].between(0, 1).all()


def test_gaps_of_the_most_deprived_alone_are_scored_among_them_alone(counted):
    """``gaps.need``: areas of the better off are in no gap, and their score is 0."""
    _, result, _ = counted
    found = result.found
    study = context_of(counted).study
    study = dataclasses.replace(study, gaps=dataclasses.replace(study.gaps, need=0.4))
    needing = needing_areas(study, found.areas)
    one = next(o for o in found.reached if (o.kind, o.mode) == ("gp", "walk"))
    gaps = find_gaps(one.times, found.areas, beyond=10, kind="gp", needing=needing)
    score = gap_stability(one.times, found.areas, thresholds=[10], needing=needing)
    members = {code for codes in gaps["areas"] for code in codes.split()}

    assert 0 < needing.sum() < len(needing)
    assert set(score.index[score == 1]) == members
    assert not members & set(needing.index[~needing])
    bare = found.areas.drop(columns="deprivation_rank")
    with pytest.raises(StudyError, match=r"\[gaps\] need"):
        needing_areas(study, bare)


def test_choice_counts_kinds_as_the_access_room_does(counted):
    """From times to the nearest of each kind, against all pairs to places of every kind."""
    from slgeo.routing.travel import travel_times

    folder, result, _ = counted
    found = result.found
    sites = found.places.sites
    from slgeo.pipeline.travel import Roads
    from slgeo.sources.cache import Cache

    study = read_study(folder / "study.toml")
    network = Roads(study, str(found.areas.crs), Cache(folder / ".slgeo-cache")).networks()["walk"]
    times = travel_times(network, found.origins, sites, limit=20.0, areas=found.areas.index)
    plain = access.kinds_within(times, sites["kind"], minutes=20)
    table = result.tables["choice"].xs("walk", level="mode")

    np.testing.assert_allclose(table["kinds_within_20"], plain.reindex(table.index), atol=1e-9)


def test_households_without_a_car_walk_and_the_others_drive(counted):
    _, result, _ = counted
    row = result.tables["combined"].xs("gp", level="kind").iloc[0]
    by_hand = (
        row["share_no_car"] * row["minutes_walk"] + (1 - row["share_no_car"]) * row["minutes_drive"]
    )

    assert row["minutes"] == pytest.approx(by_hand)


def test_too_little_per_head_is_listed_where_a_standard_is_set(counted):
    _, result, _ = counted
    table = result.tables["provision_gaps"]
    by_area = result.tables["by_area"]

    assert len(table) > 0
    for _, gap in table.iterrows():
        values = by_area.xs((gap["kind"], gap["mode"]), level=("kind", "mode"))["per_10000"]
        assert (values[gap["areas"].split()] < 3).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,count\nX,1\n", "no column holds codes"),
        ("area,number\nA,1\n", "no column 'count'"),
        ("area,count\nA,1\nA,2\n", "row 3, column 'area': 'A' occurs more than once"),
        ("area,count\nA,-1\n", "row 2, column 'count': -1 is below 0"),
        ("area,count\nA,many\n", "not a number"),
        ("area,count\nA,1\n,2\n", "row 3, column 'area': no code"),
    ],
)
def test_faults_of_a_file_are_named(tmp_path, text, said):
    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        read_outcomes(path, known=pd.Index(["A", "B"]))


def test_more_events_than_people_are_refused(counted, tmp_path):
    context = context_of(counted)
    area = context.found.areas.index[0]
    path = tmp_path / "uptake.csv"
    path.write_text(f"area,seen,offered\n{area},5,4\n", encoding="utf-8")
    asked = dataclasses.replace(context.study.outcomes[1], file=path)
    with pytest.raises(StudyError, match="more events than people"):
        counted_outcome(context, asked)


def test_rates_by_age_are_standardised_where_there_are_bands(counted, tmp_path):
    """19 bands of 5 events among 100 people each: every standardised rate is 5 per cent."""
    context = context_of(counted)
    codes = context.found.areas.index[:2]
    bands = [f"{5 * at}-{5 * at + 4}" for at in range(18)] + ["90+"]
    rows = "".join(f"{code},{band},5,100\n" for code in codes for band in bands)
    path = tmp_path / "ages.csv"
    path.write_text(f"area,age,count,people\n{rows}", encoding="utf-8")
    asked = OutcomesSection(file=path, name="contacts", age="age", of="people", per=1000)
    one = counted_outcome(context, asked)
    table = rates_table(one, controlled_outcome(one, "hes")).loc["contacts"]

    found = table.loc[[("area", str(code)) for code in codes]]
    np.testing.assert_allclose(found["standardised"], 50.0)
    np.testing.assert_allclose(found["value"], 50.0)
    assert (found["standardised_low"] < 50).all()
    assert (found["standardised_high"] > 50).all()


def test_practices_are_set_against_their_lists_and_what_their_patients_reach(counted, tmp_path):
    _, result, _ = counted
    context = context_of(counted)
    registered = read_registered(context.study, result.found.areas, result.found.site_reasons)
    context = dataclasses.replace(context, registered=registered)
    practices = list(registered.patients.index.unique("practice"))[:3]
    path = tmp_path / "practices.csv"
    rows = "".join(f"{code},{40 + 10 * at},1000\n" for at, code in enumerate(practices))
    path.write_text(f"practice,count,listed\n{rows}", encoding="utf-8")
    asked = OutcomesSection(file=path, name="contacts", of="listed", status="published")
    one = counted_outcome(context, asked)
    made = exposures(context, [one], [rates_table(one, controlled_outcome(one, "hes"))])
    table = made.tables["exposures_practices"]

    assert one.by == "practice"
    others = len(context.found.places.sites.query("kind == 'gp'")) - len(practices)
    assert others > 0
    assert any(f"no row for {others} of the study's practices" in note for note in one.notes)
    first = table.loc[practices[0]]
    patients = registered.patients.xs(practices[0], level="practice")
    minutes = made.tables["exposures"]["gp_walk_minutes"].reindex(patients.index)
    assert first["gp_walk_minutes"] == pytest.approx(np.average(minutes, weights=patients))
    assert first["contacts_value"] == pytest.approx(400.0)


def test_the_made_up_district_shows_referrals_and_hides_the_small_ones(example_run):
    folder, result = example_run
    table = written(folder, "outcomes")
    raw = pd.read_csv(folder / "referrals.csv").set_index("LSOA21CD")["REFERRALS"]
    shown = table[table["by"] == "area"].set_index("group")["count"]

    assert (shown.reindex(raw.index[raw.between(1, 7)]) == HIDDEN).all()
    assert raw.between(1, 7).any()
    assert "referrals: " in result.text
    names = ["count", "referrals", "referrals_count"]
    frame = pd.DataFrame(dict.fromkeys(names, raw.astype(float)))
    assert leaks(result.written, frame, counts=names, rule="hes") == []


def test_the_example_of_the_page_on_measures_runs(example_run):
    """docs/measures.md: the notebook's statistics over a run's own times."""
    found = example_run[1].found
    one = found.reached[0]
    minutes = access.nearest(one.times, tolerance=1)
    table = equity.profile(minutes, found.areas)

    assert {"gini", "theil", "slope_index", "palma"} <= set(table["statistic"])
    assert table["sentence"].ne("").any()
