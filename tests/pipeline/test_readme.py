"""The README is true: its study reads, its commands and names exist, its links lead somewhere."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import slgeo
from slgeo.cli import main
from slgeo.config import read_study

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def test_the_study_of_the_readme_is_read_without_a_fault(tmp_path):
    (study,) = blocks("toml")
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")

    read = read_study(tmp_path / "study.toml", files_must_exist=False)

    assert read.travel.modes == ("walk", "drive")
    assert len(read.places) == 2
    assert len(study.strip().splitlines()) <= 10


def test_every_name_of_the_python_example_exists():
    (code,) = blocks("python")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "slgeo":
            assert getattr(slgeo, node.attr) is not None


def python_of(page: str) -> str:
    """Give the one example of a page that is Python."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    return str(code)


def test_the_python_of_the_readme_and_of_scenarios_runs(example_files, tmp_path, monkeypatch):
    """On the example's files, under the names that the two pages use."""
    areas = gpd.read_file(example_files / "areas.geojson")
    areas.assign(population=1000).to_file(tmp_path / "lsoa21.geojson", driver="GeoJSON")
    postcodes = pd.read_csv(example_files / "onspd.csv", dtype=str)
    postcodes.to_csv(tmp_path / "postcodes.csv", index=False)
    shutil.copy(example_files / "roads.osm.pbf", tmp_path / "rutland.osm.pbf")
    live = postcodes.loc[postcodes["doterm"].isna() & postcodes["lat"].notna(), "pcds"]
    for file, name, code in (
        ("groups.xlsx", "Oakham Library", live.iloc[0]),
        ("new_places.csv", "Upton library", live.iloc[300]),
    ):
        row = pd.DataFrame({"name": [name], "kind": ["library"], "postcode": [code]})
        row.to_excel(tmp_path / file, index=False) if file.endswith("xlsx") else row.to_csv(
            tmp_path / file, index=False
        )
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    exec(python_of("README.md"), names)  # noqa: S102 - our own page
    *lines, last = ast.parse(python_of("docs/scenarios.md")).body
    exec(compile(ast.Module(lines, []), "scenarios", "exec"), names)  # noqa: S102 - our own page
    changed = eval(ast.unparse(last), names)  # noqa: S307 - our own page

    minutes = names["minutes"]
    assert isinstance(minutes, pd.Series)
    assert minutes.notna().any()
    assert changed["people_sooner"].sum() > 0
    assert changed["people_later"].sum() > 0


def test_every_command_of_the_readme_is_a_command(capsys):
    commands = set(re.findall(r"`?slgeo (\w+)", " ".join(blocks("sh")) + TEXT))
    known = {"example", "new", "check", "run", "geocode", "layers", "fetch"}
    for command in sorted(commands & known):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
    assert {"check", "run", "new"} <= commands
    capsys.readouterr()


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)

    assert len(links) > 5
    for link in links:
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link
