"""The promises of docs/design.md, held by a whole run on the made-up district."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from slgeo import access
from slgeo.config import read_study
from slgeo.pipeline import run


def test_every_area_has_a_row_for_every_kind_and_mode(example_run):
    _, result = example_run
    table, areas = result.found.by_area, result.found.areas
    pairs = {(one.kind, one.mode) for one in result.found.reached}

    assert len(table) == len(areas) * len(pairs)
    assert set(table.index.get_level_values("area")) == set(areas.index)


def test_people_within_and_beyond_are_everybody_in_every_table(example_run):
    _, result = example_run
    for name in ("by_area", "summary"):
        table = result.tables[name]
        for minutes in (10, 15, 20, 30):
            both = table[f"people_within_{minutes}"] + table[f"people_beyond_{minutes}"]

            np.testing.assert_allclose(both, table["people"], atol=1e-6, err_msg=name)


def test_people_of_the_areas_are_the_people_of_every_kind_and_mode(example_run):
    _, result = example_run
    sums = result.found.by_area.groupby(level=["kind", "mode"])["people"].sum()

    np.testing.assert_allclose(sums, result.found.areas["population"].sum(), rtol=1e-12)


def test_every_grouping_of_the_summary_adds_up_to_everyone(example_run):
    _, result = example_run
    sums = result.tables["summary"].groupby(level=["kind", "mode", "by"])["people"].sum()
    everyone = result.found.areas.loc[result.found.areas["in_study"], "population"].sum()

    np.testing.assert_allclose(sums, everyone, rtol=1e-12)


def test_an_area_that_nothing_reaches_keeps_its_row_its_people_and_a_reason(example_run):
    _, result = example_run
    table = result.found.by_area
    lost = table[(table["people_without_time"] >= table["people"]) & (table["people"] > 0)]

    assert len(lost) > 0
    assert lost["reason"].notna().all()
    assert lost["minutes_median"].isna().all()


def test_leaving_the_unreached_out_would_change_the_answer(example_run):
    """The headline counts them; a mean over those with a time only would not."""
    _, result = example_run
    one = next(r for r in result.found.reached if (r.kind, r.mode) == ("gp", "walk"))
    beyond = float(access.people_beyond(one.times, minutes=20).sum())
    with_time = one.within.iloc[:, -1].sum()
    only_reached = with_time - one.within[20].sum()

    assert one.without.to_numpy().sum() > 0
    assert beyond / one.times.people.sum() > only_reached / with_time


def test_every_site_that_counts_has_a_time_or_a_reason_in_every_mode(example_run):
    _, result = example_run
    found = result.found
    for one in found.reached:
        reached = set(one.times.sites[np.unique(one.times.site)])
        reasons = found.site_reasons[one.mode].reindex(one.times.sites)
        blank = reasons[reasons.isna()].index

        assert reached <= set(blank)


def test_supply_handed_out_is_the_supply_that_was_reachable(example_run):
    _, result = example_run
    supply = result.found.supply

    np.testing.assert_allclose(supply["handed_out"], supply["places_reachable"], rtol=1e-9)


def test_the_unlocated_are_listed_with_a_reason(example_run):
    """The example holds a practice whose postcode is in no directory."""
    _, result = example_run
    table = result.tables["not_located"]

    assert len(table) > 0
    assert table["reason"].notna().all()


def test_a_run_needs_no_network(example_copy, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a run opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)

    assert run(read_study(example_copy / "study.toml")).written


def test_the_same_files_give_the_same_bytes(example_run, example_files, tmp_path):
    """In another process, with other hashes of text, another locale and another clock."""
    folder, result = example_run
    again = tmp_path / "study"
    shutil.copytree(example_files, again)
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": "1700000000",
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
    }
    subprocess.run(
        [sys.executable, "-m", "slgeo.cli", "run", str(again)],
        check=True,
        env=environment,
        capture_output=True,
    )
    for path in result.written:
        name = path.relative_to(folder)

        assert filecmp.cmp(path, again / name, shallow=False), f"{name} differs"


def test_a_second_run_gives_the_same_answer_from_the_cache(example_run, example_again):
    _, result = example_run
    again = run(read_study(example_again / "study.toml"))

    pd.testing.assert_frame_equal(again.found.by_area, result.found.by_area)
    assert again.text == result.text


def test_the_record_names_every_input_with_its_hash_and_accounts_for_everybody(example_run):
    folder, _ = example_run
    record = json.loads((folder / "run.json").read_text())
    study = read_study(folder / "study.toml")

    assert {one["file"] for one in record["inputs"]} == {study.shown(p) for _, p in study.files()}
    assert all(len(one["sha256"]) == 64 for one in record["inputs"])
    for stage in record["people"]:
        lost = sum(stage["lost"].values())
        assert stage["people_in"] == pytest.approx(stage["people_out"] + lost, abs=0.01)


def test_direction_is_said_in_words(example_run):
    _, result = example_run

    assert "most deprived" in result.text
    assert "further than" in result.text


def test_no_page_or_table_carries_a_working_folder(example_run):
    """Outputs are handed on: they name no path of the machine they were made on."""
    folder, result = example_run
    for path in result.written:
        if path.suffix in {".html", ".csv", ".json"}:
            assert str(folder) not in path.read_text(encoding="utf-8-sig"), path.name


def test_csv_and_findings_agree_value_for_value(example_run):
    folder, result = example_run
    written = pd.read_csv(folder / "tables" / "by_area.csv", encoding="utf-8-sig")
    written = written.set_index(["area", "kind", "mode"])
    table = result.found.by_area

    assert len(written) == len(table)
    aligned = written.reindex(table.index)
    np.testing.assert_allclose(aligned["people_beyond_20"], table["people_beyond_20"], atol=0.05001)
    np.testing.assert_allclose(
        aligned["minutes_median"], table["minutes_median"], atol=0.0501, equal_nan=True
    )


def test_fairness_is_told_by_the_whole_index_and_by_income_alone(example_run):
    """The whole index has distance in it: no travel time is set against it alone."""
    _, result = example_run
    table = result.tables["equity"].xs("nearest", level="measure")
    table = table[table.index.get_level_values("by").str.contains("fifth")]
    by = table.index.get_level_values("by")
    overall = table[~by.str.contains("income")]
    income = table[by.str.contains("income")]

    assert len(overall) == len(income) == len(result.found.reached)
    assert "by income" in result.text
    ranged = table.dropna(subset=["value", "low", "high"])
    assert len(ranged) > 0
    assert (ranged["low"] <= ranged["value"]).all()
    assert (ranged["value"] <= ranged["high"]).all()
