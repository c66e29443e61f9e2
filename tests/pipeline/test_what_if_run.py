"""A study that asks what if: its scenarios in the tables, the summary and on the page."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.config.sections import WhatIfSection
from slgeo.errors import StudyError
from slgeo.pipeline import run
from slgeo.pipeline.what_if import place_to_open, what_if


def asking(folder, text):
    study = folder / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + text, encoding="utf-8")
    return read_study(study)


def far_postcode(example_run):
    """A postcode of an area where most people are without a GP practice within 20 minutes."""
    folder, result = example_run
    table = result.tables["by_area"].xs(("gp", "walk"), level=("kind", "mode"))
    own = table[table["in_study"]]
    area = own["people_beyond_20"].idxmax()
    lines = (folder / "onspd.csv").read_text(encoding="utf-8-sig").splitlines()
    frame = pd.DataFrame([line.replace('"', "").split(",") for line in lines])
    row = frame[frame.eq(area).any(axis=1)].iloc[0]
    return area, next(cell for cell in row if " " in cell and cell[-3].isdigit())


@pytest.fixture(scope="module")
def asked(example_run, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("what_if") / "study"
    shutil.copytree(example_run[0], folder)
    area, postcode = far_postcode(example_run)
    sites = example_run[1].found.places.sites
    practice = sites.index[sites["kind"] == "gp"][0]
    study = asking(
        folder,
        f'\n[[what_if]]\nname = "With <b>one</b> more"\nkind = "gp"\n'
        f'open = ["New <i>practice</i> @ {postcode}"]\n'
        f'[[what_if]]\nname = "With one less"\nclose = ["{practice}"]\n',
    )
    return area, run(study), folder


def test_the_area_a_practice_opens_in_is_nearer_and_nobody_is_farther(asked):
    area, result, _ = asked
    table = result.tables["what_if_by_area"].xs(
        ("With <b>one</b> more", "gp", "walk"), level=("scenario", "kind", "mode")
    )
    assert table.loc[area, "people_sooner"] > 0
    assert table["people_later"].sum() == 0
    assert len(table) == len(result.found.areas), "every area keeps its row"


def test_before_is_what_the_run_says_without_a_scenario(asked):
    _, result, _ = asked
    summary = result.tables["summary"]
    what_if = result.tables["what_if"]
    for scenario in what_if.index.get_level_values("scenario").unique():
        rows = what_if.loc[scenario]
        at = rows.xs(20.0, level="minutes")
        own = summary.loc[at.index, "people_beyond_20"]
        pd.testing.assert_series_equal(at["beyond_before"], own, check_names=False)
    closed = what_if.loc["With one less"]
    assert (closed["beyond_after"] >= closed["beyond_before"] - 1e-9).all()


def test_only_the_kinds_that_change_are_searched_again(asked):
    _, result, _ = asked
    assert set(result.tables["what_if"].index.get_level_values("kind")) == {"gp"}


def test_the_page_offers_the_scenarios_as_text_and_the_summary_says_what_they_change(asked):
    _, result, folder = asked
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "<b>one</b>" not in page
    assert "<i>practice</i>" not in page
    assert "GP practices (main surgeries only)" in page
    assert "; GP practices (walk" not in page, "a scenario's practices are main surgeries too"
    shown = pd.read_csv(folder / "page.csv")
    assert "With one less" in set(shown["scenario"]), f"page.csv has {list(shown.columns)}"
    assert "What if" in result.text
    assert "With one less: " in result.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "A"\n', "opens and closes nothing"),
        ('name = "A"\nopen = ["X @ ZZ1 1ZZ"]\n', "opens places of no kind"),
        ('close = ["X"]\n', "name is missing"),
        (
            'name = "A"\nclose = ["X"]\n[[what_if]]\nname = "A"\nclose = ["X"]\n',
            "'A' is the name of another scenario",
        ),
    ],
)
def test_scenarios_that_say_too_little_are_refused_when_the_study_is_read(example_copy, text, said):
    with pytest.raises(StudyError, match=said):
        asking(example_copy, "\n[[what_if]]\n" + text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No postcode here", "is no place to open; write name @"),
        ("X @ 52.1, east", "neither a postcode nor latitude"),
        ("@ LE15 6NT", "is no place to open"),
    ],
)
def test_a_place_to_open_has_a_name_and_somewhere_to_be(text, said):
    with pytest.raises(StudyError, match=said):
        place_to_open(text, "gp", "what_if[0]")


def test_a_place_to_open_is_at_a_postcode_or_at_degrees():
    assert place_to_open("A @ B @ LE15 6NT", "gp", "")["postcode"] == "LE15 6NT"
    degrees = place_to_open("A @ 52.67, -0.73", "gp", "")
    assert (degrees["latitude"], degrees["longitude"]) == (52.67, -0.73)


def test_scenarios_that_cannot_be_are_one_clear_error(example_context, example_again):
    text = 'name = "A"\nkind = "gp"\nopen = ["X @ ZZ99 9ZZ"]\nclose = ["Nobody"]\n'
    study = asking(example_again, "\n[[what_if]]\n" + text)
    with pytest.raises(StudyError) as raised:
        what_if(dataclasses.replace(example_context, study=study))
    assert "cannot be opened: it has no point" in str(raised.value)
    assert "no place to close has the code or name 'Nobody'" in str(raised.value)


def test_the_command_writes_beside_the_results_and_uses_their_cache(
    example_run, example_again, capsys
):
    from slgeo.cli import main

    _, postcode = far_postcode(example_run)
    before = (example_again / "page.html").read_bytes()
    cached = set((example_again / ".slgeo-cache").iterdir())

    status = main(
        ["what-if", str(example_again), "--open", f"New practice @ {postcode}", "--kind", "gp"]
    )

    said = capsys.readouterr().out
    assert status == 0
    assert "With New practice: " in said
    assert (example_again / "page.html").read_bytes() == before
    assert (example_again / "what-if" / "tables" / "what_if.csv").is_file()
    assert not (example_again / "what-if" / ".slgeo-cache").exists()
    assert cached < set((example_again / ".slgeo-cache").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what opens or closes"),
        (["--open", "A @ LE15 6NT"], "say what kind of place opens"),
    ],
)
def test_the_command_says_in_one_line_what_it_lacks(example_again, capsys, words, said):
    from slgeo.cli import main

    assert main(["what-if", str(example_again), *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (example_again / "what-if" / "page.html").exists()


def test_a_place_opened_where_no_road_goes_is_named_and_not_taken_for_no_effect(example_context):
    """A lost sign puts it in the North Sea, and everybody's time stays as it was."""
    asked = WhatIfSection(name="Farther out", kind="gp", open=("New practice @ 55.595, 1.222",))
    study = dataclasses.replace(example_context.study, what_if=(asked,))

    part = what_if(dataclasses.replace(example_context, study=study))

    said = [line for line in part.lines if "changes nothing" in line]
    assert len(said) == len(example_context.networks)
    assert said == list(part.lines[: len(said)])
    assert all(line.startswith("Farther out: New practice changes nothing by") for line in said)
