"""A run whose registrations are sensitive: nothing it writes gives a small count away."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from slgeo.config import read_study
from slgeo.errors import DisclosureError
from slgeo.pipeline import parts, run
from slgeo.pipeline.findings import Findings
from slgeo.pipeline.parts import Context, Part
from slgeo.pipeline.registered import read_registered
from slgeo.report.disclosure import RULES, Rule
from slgeo.report.leak_check import leaks

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


def patients_of(folder: Path, found: Findings) -> list[tuple[pd.DataFrame, list[str]]]:
    """Patients by practice and area, by practice and by area, as the tables of parts name them."""
    registered = read_registered(read_study(folder / "study.toml"), found.areas, found.site_reasons)
    assert registered is not None
    pairs = registered.patients.rename("patients").to_frame()
    made = [(pairs, ["patients"])]
    for level in ("practice", "area"):
        sums = pairs["patients"].groupby(level=level).sum()
        made.append(({"patients": sums, "patients_study": sums}, ["patients", "patients_study"]))
    return [(pd.DataFrame(raw), names) for raw, names in made]


def test_no_file_shows_patients_by_practice_or_area(sensitive_run, every) -> None:
    folder, result = sensitive_run

    for raw, names in patients_of(folder, result.found):
        assert leaks(result.written, raw, counts=names, rule=every) == []
    assert not {name for name in result.tables if name.startswith("practice")}
    assert not {name for name in result.tables if name.startswith("link_workers_by")}


def test_the_leak_check_finds_patients_of_a_published_run(example_run, every) -> None:
    folder, result = example_run
    found = [
        phrase
        for raw, names in patients_of(folder, result.found)
        for phrase in leaks(result.written, raw, counts=names, rule=every)
    ]

    for table in ("practice_catchments", "practices", "link_workers_by_area"):
        assert any(phrase.startswith(f"{table}.csv") for phrase in found), table


def test_the_sum_is_said_once_with_the_rule(sensitive_run) -> None:
    _, result = sensitive_run
    said = " ".join(result.text.split())

    assert said.count("Registrations are sensitive") == 1
    assert "Counts of 1 to 7 are shown as *" in said
    assert "registered beyond" not in said


def planted(raw: pd.Series) -> Callable[[Context], Part]:
    """A part that writes a small count of patients of one practice in one area into files."""
    (practice, area), count = next((key, n) for key, n in raw.items() if 1 <= n <= 7)
    frame = pd.DataFrame({"practice": [practice], "area": [area], "patients": [int(count)]})
    feature = {"type": "Feature", "geometry": None, "properties": frame.iloc[0].to_dict()}
    said = f"{practice} in {area}: {int(count)} patients"

    def files(folder: Path) -> list[Path]:
        made = [folder / f"extra{suffix}" for suffix in (".csv", ".xlsx", ".html", ".geojson")]
        frame.to_csv(made[0], index=False)
        frame.to_excel(made[1], index=False)
        made[2].write_text(f'<p title="{said}">A practice</p>', encoding="utf-8")
        made[3].write_text(json.dumps({"features": [feature]}, default=int), encoding="utf-8")
        return made

    return lambda _context: Part(files=files)


def test_a_planted_leak_stops_the_run_and_nothing_is_written(
    sensitive_run, tmp_path, monkeypatch
) -> None:
    folder, result = sensitive_run
    study = read_study(folder / "study.toml")
    registered = read_registered(study, result.found.areas, result.found.site_reasons)
    assert registered is not None
    again = tmp_path / "study"
    shutil.copytree(folder, again)
    before = {path: path.read_bytes() for path in again.rglob("*.csv")}
    monkeypatch.setattr(parts, "every_part", lambda: (planted(registered.patients),))

    with pytest.raises(DisclosureError, match="nothing was written") as caught:
        run(read_study(again / "study.toml"))

    said = str(caught.value)
    assert {"extra.csv", "extra.xlsx", "extra.html", "extra.geojson"} <= set(
        re.findall(r"extra\.[a-z]+", said)
    )
    assert "\n" not in said
    assert not list(again.glob("extra*"))
    assert not list(again.glob(".writing*"))
    assert {path: path.read_bytes() for path in again.rglob("*.csv")} == before
