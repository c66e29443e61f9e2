"""A folder holds the results of one run: what an earlier one wrote beyond it does not stay."""

from __future__ import annotations

import json

import pandas as pd

from slgeo.config import read_study
from slgeo.pipeline import run
from slgeo.pipeline.left_over import left_over, take_away
from slgeo.sources.cache import hash_file


def less(folder):
    """Ask for fewer outputs than before: no outcomes, no travel-time areas, no networks."""
    study = folder / "study.toml"
    text = study.read_text(encoding="utf-8")
    start = text.index("[[outcomes]]")
    end = text.index("[travel]")
    study.write_text(text[:start] + text[end:] + "\n[catchments]\ndraw = false\n", encoding="utf-8")
    return read_study(study)


def test_tables_of_an_earlier_run_do_not_stand_beside_those_of_this_one(example_again):
    """Counts declared sensitive, or left out, after a first run would otherwise stay in tables/."""
    tables = example_again / "tables"
    edited = tables / "associations.csv"
    edited.write_text(edited.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    own = example_again / "mine.csv"
    own.write_text("a\n1\n", encoding="utf-8")
    assert (tables / "outcomes.csv").exists()
    assert (example_again / "catchments.gpkg").exists()

    made = run(less(example_again))

    assert not (tables / "outcomes.csv").exists()
    assert not (example_again / "catchments.gpkg").exists()
    assert own.exists()
    assert edited.read_text(encoding="utf-8").endswith("by hand\n")
    here = {path.relative_to(example_again).as_posix() for path in tables.iterdir()}
    listed = json.loads((example_again / "run.json").read_text(encoding="utf-8"))
    assert here == {
        *(one["file"] for one in listed["outputs"] if one["file"].startswith("tables/")),
        "tables/associations.csv",
    }
    for text in (made.text, made.brief, "\n".join(listed["notes"])):
        assert "catchments.gpkg" in text
        assert "tables/associations.csv" in text


def test_no_file_outside_nor_an_input_is_ever_taken_away(example_copy):
    """The record is a file anybody can edit."""
    study = read_study(example_copy / "study.toml")
    outside = example_copy.parent / "outside.csv"
    outside.write_text("x", encoding="utf-8")
    old = example_copy / "tables" / "inner" / "old.csv"
    old.parent.mkdir(parents=True)
    old.write_text("y", encoding="utf-8")
    names = ["../outside.csv", str(outside), "study.toml", "areas.geojson", "tables/inner/old.csv"]
    listed = [{"file": n, "sha256": hash_file(example_copy / n)} for n in names]
    record = example_copy / "run.json"
    record.write_text(json.dumps({"outputs": listed}), encoding="utf-8")

    found = left_over(study, [])
    take_away(example_copy, found.untouched)

    assert found.untouched == (old,)
    assert not old.exists()
    assert not (example_copy / "tables").exists()
    assert outside.exists()
    for text in ("{", '{"outputs": 3}', '{"outputs": [{"file": 1}]}', "[" * 100_000):
        record.write_text(text, encoding="utf-8")
        assert left_over(study, []) == ((), ())
    assert len(pd.read_csv(example_copy / "population.csv"))
