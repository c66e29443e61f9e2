"""The README is true: its study reads, its commands and names exist, its links lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

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
