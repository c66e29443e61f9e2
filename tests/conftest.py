"""What every folder of tests shares: the made-up district as files and run, and the real data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SLGEO_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def example_files(tmp_path_factory) -> Path:
    """The example district's files, not run; tests copy them before they change anything."""
    from slgeo import examples

    folder = tmp_path_factory.mktemp("example_files")
    examples.make(folder, areas=24, seed=3)
    return folder


@pytest.fixture
def example_copy(example_files, tmp_path) -> Path:
    """A copy of the example's files, to spoil."""
    folder = tmp_path / "study"
    shutil.copytree(example_files, folder)
    return folder


@pytest.fixture(scope="session")
def example_run(example_files, tmp_path_factory):
    """The example run once from its files: the study's folder, and what the run returned."""
    from slgeo.config import read_study
    from slgeo.pipeline import run

    folder = tmp_path_factory.mktemp("example_run") / "study"
    shutil.copytree(example_files, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        result = run(read_study(folder / "study.toml"))
    return folder, result


@pytest.fixture
def example_again(example_run, tmp_path) -> Path:
    """A copy of the run example, cache and all, to run again."""
    folder = tmp_path / "study"
    shutil.copytree(example_run[0], folder)
    return folder


@pytest.fixture(scope="session")
def rutland() -> Path:
    """The real county's files, where they are."""
    folder = DATA / "rutland"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set SLGEO_DATA to the folder that holds rutland/")
    return folder
