"""The written district has the layouts real files have, and slgeo's own readers read it back."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from slgeo.areas import read_areas
from slgeo.areas.origins import origins as people_points
from slgeo.config import read_study
from slgeo.examples import District, district, network, write
from slgeo.network import read_osm
from slgeo.places.networks import read_pcn_members
from slgeo.places.read import read_places
from slgeo.places.registrations import read_registrations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made() -> District:
    return district(60, seed=1)


@pytest.fixture(scope="module")
def folder(made: District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(made, tmp_path_factory.mktemp("example")).parent


def _digest(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_another_process_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    code = f"from slgeo.examples import make; make({str(tmp_path)!r}, areas=60, seed=1)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert _digest(tmp_path) == _digest(folder)


def test_the_study_file_is_sound_short_and_says_that_the_place_is_invented(folder: Path) -> None:
    study = read_study(folder / "study.toml")
    assert study.invented
    assert study.place == "Aldermere"
    assert study.missing() == ()
    told = [ln for ln in (folder / "study.toml").read_text().splitlines() if ln.strip()]
    assert len(told) <= 45


def test_areas_read_back_as_they_were_made(made: District, folder: Path) -> None:
    areas = read_areas(
        folder / "areas.geojson",
        study="in_area",
        deprivation=folder / "imd.csv",
        rurality=folder / "ruc.csv",
        population=folder / "population.csv",
        ethnicity=folder / "ethnicity.csv",
        cars=folder / "cars.csv",
    )
    assert areas.attrs["notes"] == []
    for name in made.areas.columns.drop("geometry"):
        assert (areas[name] == made.areas[name]).all(), name
    shapes = areas.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    apart = shapely.hausdorff_distance(shapes, made.areas.geometry.to_numpy())
    assert apart.max() < 0.02  # metres: degrees are written to the centimetre


def test_origins_read_back_with_everybody(made: District, folder: Path) -> None:
    for kind in ("output_area", "live_postcode"):
        homes = people_points(
            made.areas,
            output_areas=folder / "output_areas.csv",
            postcodes=folder / "onspd.csv",
            kind=kind,
        )
        by_area = homes.groupby("area")["people"].sum()
        assert np.allclose(by_area.reindex(made.areas.index), made.areas["population"])


def test_the_postcode_directory_has_53_columns_and_the_traps_of_the_real_one(folder: Path) -> None:
    with (folder / "onspd.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows[0]) == 53
    assert sum(r["doterm"] != "" for r in rows) >= 20
    lost = [r for r in rows if r["lat"] == "99.999999"]
    assert len(lost) >= 3
    assert all(r["long"] == "0.0" and r["east1m"] == "" for r in lost)
    assert len({r["pcds"] for r in rows}) == len(rows) - 2
    assert sum(r["gridind"] == "6" for r in rows) == 2
    assert {len(r["pcd7"]) for r in rows} == {7}
    assert {len(r["pcd8"]) for r in rows} == {8}


def test_practices_are_read_from_the_register_but_for_the_closed_one_and_the_clinic(
    made: District, folder: Path
) -> None:
    places = read_places(folder / "epraccur.csv")
    assert places.attrs["layout"] == "practices"
    assert len(places) == len(made.care.practices) - 2
    text = (folder / "epraccur.csv").read_text()
    assert all(len(row) == 27 for row in csv.reader(text.splitlines()))
    assert text.startswith('"X90001","')


def test_places_of_every_layout_are_recognised_with_their_kinds(
    made: District, folder: Path
) -> None:
    found = {}
    for name, layout in {
        "epraccur.csv": "practices",
        "groups.csv": "assets",
        "services.json": "open_referral",
        "libraries.csv": "libraries",
        "roads.osm.pbf": "osm",
    }.items():
        places = read_places(folder / name)
        assert places.attrs["layout"] == layout
        for kind, count in places["kind"].value_counts().items():
            found[kind] = found.get(kind, 0) + count
    wanted = made.venues["kind"].value_counts().to_dict()
    wanted |= {
        "gp": len(made.care.practices) - 2,
        "library": wanted["library"] + 1,
    }  # the mobile one
    assert found == wanted


def test_the_directory_of_services_holds_the_difficult_ones(folder: Path) -> None:
    page = json.loads((folder / "services.json").read_text(encoding="utf-8"))
    services = page["contents"]
    assert page["total_items"] == len(services)
    places = [s["service_at_locations"][0]["location"] for s in services]
    assert places[0]["location_type"] == "virtual"
    assert services[1]["status"] == "inactive"
    assert places[2]["latitude"] == 100.0
    assert "<script>" in services[3]["name"]
    assert services[4]["description"].startswith("=HYPERLINK(")
    assert any("latitude" not in p and "addresses" in p for p in places)


def test_registrations_read_back_with_those_without_an_area_apart(
    made: District, folder: Path
) -> None:
    read = read_registrations(folder / "registrations.csv")
    rows = made.care.registrations
    assert read.total == rows["patients"].sum()
    assert read.without_area == rows.loc[rows["area"] == "EMPTY", "patients"].sum() > 0
    assert read.date == "2025-07-01"


def test_networks_read_back_with_the_spell_that_ended(made: District, folder: Path) -> None:
    spells = read_pcn_members(folder / "core_partners.csv")
    now = spells[spells["ends"].isna()].set_index("practice")["pcn"]
    members = made.care.practices["network"]
    assert now.to_dict() == members[members != ""].to_dict()
    assert len(spells) == len(now) + 1


def test_the_extract_holds_water_names_and_turn_restrictions_as_real_ones_do(folder: Path) -> None:
    import osmium

    found: dict[str, list[str]] = {}
    for thing in osmium.FileProcessor(str(folder / "roads.osm.pbf")):
        for tag in thing.tags:
            if tag.k in {"place", "waterway", "natural", "type", "barrier", "junction"}:
                found.setdefault(f"{tag.k}={tag.v}", []).append(thing.tags.get("name", ""))
    assert found["place=town"][0] == "Aldermere"
    assert len(found["place=village"]) > 10
    assert found["waterway=river"] == ["River Alder"]
    assert len(found["natural=coastline"]) == 2
    assert len(found["type=restriction"]) >= 1
    assert len(found["barrier=gate"]) == 1


@pytest.mark.parametrize("mode", ["walk", "cycle", "drive"])
def test_roads_in_the_file_are_the_roads_in_memory(made: District, folder: Path, mode: str) -> None:
    hull = shapely.coverage_union_all(made.areas.geometry.to_numpy())
    read = read_osm(folder / "roads.osm.pbf", modes=[mode], hull=hull)[mode]
    direct = network(made, mode)
    for name in ("node_id", "tail", "head", "forward", "backward", "ends_only", "component"):
        assert np.array_equal(getattr(read, name), getattr(direct, name)), name
    assert np.allclose(read.x, direct.x, atol=1e-6, rtol=0)
    assert set(direct.exits) == set(read.exits)
