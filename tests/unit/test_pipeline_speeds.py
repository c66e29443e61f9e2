"""A study travels at the speeds it asks for, and says so."""

from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely

from slgeo.config import Study, read_study
from slgeo.config.sections import AVERAGES
from slgeo.config.sections import SPEEDS as NAMES
from slgeo.network.speeds import SPEEDS
from slgeo.pipeline.speeds import in_wales, profile, speeds_said
from slgeo.pipeline.travel import Roads
from slgeo.sources.cache import Cache


def study(folder: Path, travel: str = "") -> Study:
    """A street of 800 m, and a study of it."""
    degrees = 800 / 111_195
    (folder / "roads.osm").write_text(
        "<osm version='0.6'><node id='1' version='1' lon='-2' lat='52'/>"
        f"<node id='2' version='1' lon='-2' lat='{52 + degrees}'/><way id='9' version='1'>"
        "<nd ref='1'/><nd ref='2'/><tag k='highway' v='residential'/></way></osm>"
    )
    (folder / "study.toml").write_text(
        "title = 'A'\n[areas]\nfile = 'a.geojson'\n[roads]\nfile = 'roads.osm'\n"
        f"[[places]]\nfile = 'p.csv'\n[travel]\n{travel}\n"
    )
    return read_study(folder / "study.toml", files_must_exist=False)


def roads(asked: Study) -> Roads:
    return Roads(asked, "EPSG:27700", Cache(asked.folder / "cache"))


def test_the_profiles_a_study_may_name_are_those_there_are():
    assert {name: each.mode for name, each in SPEEDS.items()} == NAMES
    assert {name for name, each in SPEEDS.items() if each.junctions_included} == set(AVERAGES)


def test_without_a_word_the_usual_profiles_are_used(tmp_path: Path):
    asked = study(tmp_path, "modes = ['walk', 'cycle', 'drive']")

    assert [profile(asked, mode).name for mode in asked.travel.modes] == ["walk", "cycle", "dft_am"]
    networks = roads(asked).networks()
    said = [speeds_said(asked, mode, network) for mode, network in networks.items()]
    assert said[0].startswith("Walking is at 4.8 km/h (the convention of the Journey Time")
    assert said[2].endswith("(Department for Transport); parking is not counted.")


def test_a_chosen_walking_speed_changes_every_time_and_the_page_says_so(tmp_path: Path):
    """800 m take 10 minutes at 4.8 km/h and 15 at 3.2."""
    usual, slow = study(tmp_path), study(tmp_path, "speeds = ['walk_older_adult']")

    walk = roads(slow).networks()["walk"]

    assert roads(usual).networks()["walk"].forward.max() == pytest.approx(600_000, rel=0.002)
    assert walk.forward.max() == pytest.approx(900_000, rel=0.002)
    assert walk.walking_kmh == 3.2
    assert "3.2 km/h (older people and limited" in speeds_said(slow, "walk", walk)
    assert roads(usual).key("walk") != roads(slow).key("walk")
    assert roads(usual).key("drive") == roads(slow).key("drive")


def test_parking_and_junctions_are_added_by_car_only_and_named(tmp_path: Path):
    asked = study(
        tmp_path, "speeds = ['osm_gb_legal']\nparking_minutes = 2.5\njunction_seconds = 4"
    )

    walk, drive = (profile(asked, mode) for mode in ("walk", "drive"))

    assert (walk.name, walk.parking_seconds, walk.junction_seconds) == ("walk", 0, 0)
    assert drive.name == "osm_gb_legal, 4 s a junction, 2.5 min to park"
    assert (drive.parking_seconds, drive.junction_seconds) == (150, 4)
    network = roads(asked).networks()["drive"]
    assert network.parking_seconds == 150
    said = speeds_said(asked, "drive", network)
    assert said.startswith("Driving speeds: GB legal limits: Road Traffic Regulation Act 1984")
    assert said.endswith(
        "; 4 seconds are added at each junction, and 2.5 minutes for parking are added to each"
        " journey."
    )


def test_usual_driving_with_parking_is_still_said_to_be_the_usual(tmp_path: Path):
    asked = study(tmp_path, "parking_minutes = 3")

    said = speeds_said(asked, "drive", roads(asked).networks()["drive"])

    assert said.startswith("Driving is at the average speeds of each class of road on weekday")
    assert said.endswith("; 3 minutes for parking are added to each journey.")


def test_a_chosen_walking_speed_is_not_compared_with_the_usual_one():
    """The range of speeds is told from 4.8 km/h only where people walk at it."""
    from slgeo.pipeline.ranges import SPEEDS as STRETCHED
    from slgeo.pipeline.ranges import other_speeds

    def reach(mode: str, speeds: str) -> object:
        return SimpleNamespace(mode=mode, times=SimpleNamespace(speeds=speeds))

    assert other_speeds(reach("walk", "walk, with hills")) is STRETCHED["walk"]
    assert other_speeds(reach("walk", "walk_buggy")) is STRETCHED["cycle"]
    assert other_speeds(reach("drive", "ahah")) is STRETCHED["drive"]


def limits(study_: Study, wales: object) -> float:
    """Mph of the street."""
    drive = Roads(study_, "EPSG:27700", Cache(study_.folder / "cache"), wales=wales)
    network = drive.networks()["drive"]
    return float(network.length[0]) / network.forward[0] * 3600 / 1.609344


def test_legal_limits_in_wales_are_those_of_wales(tmp_path: Path):
    """A lit street without a sign: 30 mph in England, 20 in Wales from 17 September 2023."""
    asked = study(tmp_path, "speeds = ['osm_gb_legal']")
    file = tmp_path / "roads.osm"
    lit = "<way id='9' version='1' timestamp='2024-01-01T00:00:00Z'>"
    text = file.read_text().replace("<way id='9' version='1'>", lit)
    file.write_text(text.replace("<tag", "<tag k='lit' v='yes'/><tag"))

    assert limits(asked, wales=False) == pytest.approx(30, rel=0.01)
    assert limits(asked, wales=True) == pytest.approx(20, rel=0.01)
    assert limits(asked, shapely.box(0, 0, 900_000, 900_000)) == pytest.approx(20, rel=0.01)
    assert limits(asked, shapely.box(0, 0, 1, 1)) == pytest.approx(30, rel=0.01)


def test_a_study_knows_what_of_it_lies_in_wales():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]

    def areas(*nations: str) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame({"nation": list(nations)}, geometry=shapes[: len(nations)])

    assert in_wales(areas("W", "W")) is True
    assert in_wales(areas("E", "X")) is False
    assert in_wales(areas()) is False
    assert in_wales(areas("E", "W")).equals(shapes[1])
