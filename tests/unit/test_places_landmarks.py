"""Names and water from OpenStreetMap, drawn behind maps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slgeo.errors import SourceError
from slgeo.places.osm_landmarks import SMALLEST_WATER, read_landmarks

OSM = """<?xml version="1.0"?><osm version="0.6" generator="by hand">
<node id="1" lat="52.70" lon="-0.70" version="1">
<tag k="place" v="village"/>
<tag k="name" v="Upton"/></node>
<node id="2" lat="52.71" lon="-0.71" version="1">
<tag k="place" v="town"/>
<tag k="name" v="Market &lt;b&gt;"/></node>
<node id="3" lat="52.72" lon="-0.72" version="1">
<tag k="place" v="farm"/>
<tag k="name" v="Lone Farm"/></node>
<node id="4" lat="52.73" lon="-0.73" version="1">
<tag k="place" v="town"/></node>
<node id="10" lat="52.700" lon="-0.700" version="1"/>
<node id="11" lat="52.700" lon="-0.690" version="1"/>
<node id="12" lat="52.710" lon="-0.690" version="1"/>
<node id="13" lat="52.710" lon="-0.700" version="1"/>
<node id="14" lat="52.7001" lon="-0.7001" version="1"/>
<node id="15" lat="52.7002" lon="-0.7001" version="1"/>
<way id="20" version="1"><nd ref="10"/>
<nd ref="11"/>
<nd ref="12"/>
<nd ref="13"/>
<nd ref="10"/>
<tag k="natural" v="water"/></way>
<way id="21" version="1"><nd ref="10"/>
<nd ref="14"/>
<nd ref="15"/>
<nd ref="10"/>
<tag k="natural" v="water"/></way>
<way id="22" version="1"><nd ref="11"/>
<nd ref="13"/>
<tag k="waterway" v="river"/></way>
<way id="23" version="1"><nd ref="11"/>
<nd ref="13"/>
<tag k="waterway" v="ditch"/></way>
<way id="24" version="1"><nd ref="11"/>
<nd ref="999"/>
<tag k="waterway" v="river"/></way>
</osm>"""


def test_towns_are_ranked_and_only_large_water_is_drawn(tmp_path):
    file = tmp_path / "small.osm"
    file.write_text(OSM, encoding="utf-8")
    towns, water = read_landmarks(file)

    assert list(zip(towns["name"], towns["rank"], strict=True)) == [("Upton", 3), ("Market <b>", 2)]
    assert sorted(water["kind"]) == ["lake", "river"]
    assert water.loc[water["kind"] == "lake"].area.min() > SMALLEST_WATER
    assert str(towns.crs) == str(water.crs) == "EPSG:27700"


def test_an_extract_without_landmarks_gives_empty_tables(tmp_path):
    file = tmp_path / "bare.osm"
    file.write_text('<?xml version="1.0"?><osm version="0.6"></osm>', encoding="utf-8")
    towns, water = read_landmarks(file)

    assert (len(towns), len(water)) == (0, 0)
    assert list(towns.columns) == ["name", "rank", "geometry"]


def test_a_file_that_is_absent_or_no_extract_is_named(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        read_landmarks(tmp_path / "absent.osm.pbf")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"not a pbf")
    with pytest.raises(SourceError, match=r"broken\.osm\.pbf: not a whole"):
        read_landmarks(broken)


def test_rutland_has_its_two_towns_and_its_water():
    file = Path(os.environ.get("SLGEO_DATA", Path(__file__).parents[3] / "shared" / "data"))
    file = file / "rutland" / "rutland-2022.osm.pbf"
    if not file.exists():
        pytest.skip(f"no real data at {file}: set SLGEO_DATA to its folder")
    towns, water = read_landmarks(file)

    assert set(towns.loc[towns["rank"] == 2, "name"]) == {"Oakham", "Uppingham"}
    assert water.area.max() / 1e4 == pytest.approx(1132, abs=2)
