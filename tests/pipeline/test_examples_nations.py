"""Studies dressed as Scotland and Northern Ireland run end to end on the right grid."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from slgeo import cli
from slgeo.areas import read_areas
from slgeo.areas.origins import origins as people_points
from slgeo.errors import TableError
from slgeo.examples import District, district, network, write

if TYPE_CHECKING:
    from pathlib import Path

INDEX = {"S": ("simd.csv", "urban_rural.csv"), "N": ("nimdm.csv", "settlement_bands.csv")}
GRID = {"S": "EPSG:27700", "N": "EPSG:29903"}


@pytest.fixture(scope="module", params=["S", "N"])
def made(request: pytest.FixtureRequest) -> District:
    return district(20, nation=request.param)


@pytest.fixture(scope="module")
def folder(made: District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(made, tmp_path_factory.mktemp(made.nation.letter)).parent


def test_areas_read_back_on_the_grid_of_their_nation(made: District, folder: Path) -> None:
    index, classes = INDEX[made.nation.letter]
    areas = read_areas(
        folder / "areas.geojson",
        deprivation=folder / index,
        rurality=folder / classes,
        population=folder / "population.csv",
    )
    assert areas.crs.to_string() == GRID[made.nation.letter]
    assert set(areas["nation"]) == {made.nation.letter}
    for name in ("deprivation_rank", "deprivation_decile", "rurality", "urban", "population"):
        assert (areas[name] == made.areas[name]).all(), name
    assert all(layer.startswith("example_") for layer in areas.attrs["layers"])
    homes = people_points(
        areas,
        output_areas=folder / "output_areas.csv",
        postcodes=folder / "onspd.csv",
        kind="output_area",
    )
    assert homes["people"].sum() == areas["population"].sum()
    assert homes.crs == areas.crs
    true = made.output_areas[["x", "y"]].to_numpy()
    assert np.abs(homes.get_coordinates().to_numpy() - true).max() < 0.05


def test_the_study_runs_to_a_page_and_nobody_is_lost(made: District, folder: Path) -> None:
    assert cli.main(["run", str(folder / "study.toml")]) == 0
    assert made.name in (folder / "page.html").read_text(encoding="utf-8")
    by_area = pd.read_csv(folder / "tables" / "by_area.csv")
    assert set(by_area["area"]) == set(made.areas.index)
    gp = by_area[(by_area["kind"] == "gp") & (by_area["mode"] == "walk")].set_index("area")
    assert gp["people"].sum() == made.areas["population"].sum()
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert made.nation.vintage in json.dumps(record["vintages"])
    # Roads and people meet on one grid: nobody is far from a road, nobody outside them.
    walked = {line["reason"] for line in _rows(folder / "tables" / "reasons.csv")}
    assert walked <= {"beyond_limit", "other_component", "outside_network", "virtual_only"}
    assert gp["minutes"].notna().sum() > 10


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_walkers_reach_everything(made: District) -> None:
    walk = network(made, "walk")
    assert walk.crs == GRID[made.nation.letter]
    assert (walk.component == 0).all()


def test_irish_metres_said_to_be_degrees_or_british_are_caught(tmp_path: Path) -> None:
    folder = write(district(20, nation="N"), tmp_path).parent
    text = (folder / "areas.geojson").read_text(encoding="utf-8")
    member = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::29903"}}, '
    assert member in text
    bare = folder / "bare.geojson"
    bare.write_text(text.replace(member, ""), encoding="utf-8")
    with pytest.raises(TableError, match="Irish Grid"):
        read_areas(bare, population=folder / "population.csv")
    wrong = folder / "wrong.geojson"
    wrong.write_text(text.replace("29903", "27700"), encoding="utf-8")
    with pytest.raises(TableError, match="Irish Grid"):
        read_areas(wrong, population=folder / "population.csv")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", "which are no degrees"),
        ("27700", "lie outside the nation of their codes"),
    ],
    ids=["degrees that are metres", "Irish Grid read as British"],
)
def test_a_run_stops_at_coordinates_that_are_not_what_they_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, found: str
) -> None:
    """Northern Ireland in metres: called degrees, or called British. Nothing is written."""
    folder = write(district(20, nation="N"), tmp_path).parent
    file = folder / "areas.geojson"
    text = file.read_text(encoding="utf-8")
    member = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::29903"}}, '
    assert member in text
    other = member.replace("29903", said) if said else ""
    file.write_text(text.replace(member, other), encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())

    status = cli.main(["run", str(folder)])

    told = capsys.readouterr().err
    assert status == 2
    assert found in told
    assert "Irish Grid" in told
    assert told.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == before
    assert cli.main(["check", str(folder)]) == 2
    assert "Irish Grid" in capsys.readouterr().out
    # The way out that the message names leads out.
    study = folder / "study.toml"
    toml = study.read_text(encoding="utf-8").replace(
        "[areas]\n", '[areas]\nsource_crs = "EPSG:29903"\n', 1
    )
    study.write_text(toml, encoding="utf-8")
    assert cli.main(["check", str(folder)]) == 0


def test_a_nation_there_is_not_is_refused() -> None:
    with pytest.raises(TableError, match="of nation X, S, N, not 'W'"):
        district(20, nation="W")
