"""A study that asks what if: its scenarios in the tables, the summary and on the page."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.errors import StudyError
from slgeo.pipeline import run

pytestmark = pytest.mark.xdist_group("example")


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
        ('kind = "gp"\nopen = ["No postcode here"]\n', "is no place to open; write name @"),
        ('kind = "gp"\nopen = ["X @ 52.1, east"]\n', "neither a postcode nor latitude"),
        ('kind = "gp"\nopen = ["X @ ZZ99 9ZZ"]\n', "cannot be opened: it has no point"),
        ('kind = "gps"\nopen = ["X @ ZZ99 9ZZ"]\n', "no kind of place; did you mean 'gp'"),
        ('close = ["Nobody knows it"]\n', "no place to close has the code or name"),
    ],
)
def test_scenarios_that_cannot_be_are_one_clear_error_and_nothing_is_written(
    example_again, text, said
):
    before = (example_again / "page.html").read_bytes()
    with pytest.raises(StudyError, match=said):
        run(asking(example_again, '\n[[what_if]]\nname = "A"\n' + text))
    assert (example_again / "page.html").read_bytes() == before
