"""A run whose registrations are sensitive: nothing it writes gives a small count away."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.pipeline import run
from slgeo.pipeline.registered import read_registered
from slgeo.report.disclosure import RULES, Rule
from slgeo.report.leak_check import leaks

pytestmark = pytest.mark.xdist_group("example")
COUNTS = ["registered", "registered_beyond"]


@pytest.fixture(scope="module")
def sensitive_run(example_run, tmp_path_factory):
    """The example run again, from its cache, with registrations that are a user's own."""
    folder = tmp_path_factory.mktemp("sensitive") / "study"
    shutil.copytree(example_run[0], folder)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert "[registrations]\n" in text
    path.write_text(
        text.replace("[registrations]\n", '[registrations]\nstatus = "sensitive"\n'),
        encoding="utf-8",
    )
    return folder, run(read_study(path))


def secrets(folder: Path, sites: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """What must not come out: patients by area, and those of practices out of reach."""
    study = read_study(folder / "study.toml")
    registered = read_registered(study, areas, sites)
    assert registered is not None
    everyone = registered.patients.groupby(level="area").sum()
    raw = pd.DataFrame({"registered": everyone})
    raw["registered_beyond"] = registered.beyond().reindex(raw.index).fillna(0.0)
    return raw


@pytest.fixture
def every(monkeypatch) -> str:
    """A rule by which every count is a secret, so that the leak check finds any that is shown."""
    monkeypatch.setitem(RULES, "every", Rule("every", 10**9, 1, "Nothing is shown."))
    return "every"


def test_no_file_shows_a_figure_by_area(sensitive_run, every) -> None:
    folder, result = sensitive_run
    raw = secrets(folder, result.found.site_reasons, result.found.areas)

    assert leaks(result.written, raw, counts=COUNTS, rule=every) == []
    assert not set(COUNTS) & set(result.tables["edge_unsafe"].columns)


def test_the_leak_check_finds_the_figures_of_a_published_run(example_run, every) -> None:
    """Guards the test above: where registrations are published, the same files show them."""
    folder, result = example_run
    raw = secrets(folder, result.found.site_reasons, result.found.areas)

    found = leaks(result.written, raw, counts=COUNTS, rule=every)

    assert any(phrase.startswith("edge_unsafe.csv") for phrase in found)
    assert any(phrase.startswith("results.xlsx") for phrase in found)


def test_the_sum_is_said_once_with_the_rule(sensitive_run) -> None:
    _, result = sensitive_run
    said = " ".join(result.text.split())

    assert said.count("Registrations are sensitive") == 1
    assert "Counts of 1 to 7 are shown as *" in said
    assert "registered beyond" not in said
