"""Claims about places of OpenStreetMap: a study's own tags, and parks at their entrances."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import shapely

from slgeo.errors import SourceError, TableError
from slgeo.places.classify import classify_osm, crosswalk
from slgeo.places.columns import propose_columns
from slgeo.places.geocode import geocode
from slgeo.places.osm_entrances import with_entrances
from slgeo.places.read import read_places, recognise
from slgeo.places.table import places_from

# A square park of about 7.5 ha with a path through it from west to east, a private drive from the
# south, and a scout hut. Nodes are in an order osmium takes as it is.
NODES = {
    1: (52.600, -0.700), 2: (52.600, -0.696), 3: (52.6025, -0.696), 4: (52.6025, -0.700),
    5: (52.601, -0.702), 6: (52.601, -0.694), 7: (52.599, -0.698), 8: (52.601, -0.698),
}  # fmt: skip
WAYS = {
    11: ((1, 2, 3, 4, 1), {"leisure": "park", "name": "Rec"}),
    12: ((5, 6), {"highway": "footway"}),
    13: ((7, 8), {"highway": "service", "access": "private"}),
}


@pytest.fixture
def extract(tmp_path):
    lines = ['<osm version="0.6">']
    for key, (lat, lon) in NODES.items():
        lines.append(f'<node id="{key}" version="1" lat="{lat}" lon="{lon}"/>')
    lines.append('<node id="9" version="1" lat="52.6" lon="-0.7"><tag k="club" v="scout"/></node>')
    for key, (nodes, tags) in WAYS.items():
        lines.append(f'<way id="{key}" version="1">')
        lines.extend(f'<nd ref="{node}"/>' for node in nodes)
        lines.extend(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append("</way>")
    path = tmp_path / "park.osm"
    path.write_text("\n".join([*lines, "</osm>"]))
    return path


def test_a_park_is_reached_where_a_public_path_crosses_its_edge(extract):
    """West and east, where the path crosses; not in the south, where the drive is private."""
    places = read_places(extract)
    made = with_entrances(places, extract)
    assert made.index.tolist() == ["way/11"]
    doors = shapely.get_coordinates(shapely.from_wkt(made.loc["way/11", "entrances"]))
    assert doors.round(4).tolist() == [[-0.7, 52.601], [-0.696, 52.601]]
    assert made.loc["way/11", "hectares"] == pytest.approx(7.5, abs=0.1)
    assert made.loc["way/11", ["longitude", "latitude"]].tolist() == [
        places.loc["way/11", "longitude"], places.loc["way/11", "latitude"],
    ]  # fmt: skip
    assert "1 of 1 green places and hospitals of 2 ha or more" in made.attrs["notes"][-1]


def test_entrances_go_with_the_place_onto_the_grid(extract):
    sites = geocode(with_entrances(read_places(extract), extract))
    doors = shapely.get_coordinates(shapely.from_wkt(sites.loc["way/11", "entrances"]))
    assert abs(doors[0, 0] - doors[1, 0]) == pytest.approx(270.8, abs=0.5)  # 0.004 degrees here
    broken = with_entrances(read_places(extract), extract).assign(entrances="POINT (")
    with pytest.raises(TableError, match="no points as WKT"):
        geocode(broken)


def test_a_small_ground_and_a_place_no_path_enters_stay_one_point(extract):
    places = read_places(extract)
    small = with_entrances(places, extract, least_hectares=10)
    assert small["entrances"].tolist() == [None]
    assert small["hectares"].tolist() == [pytest.approx(7.5, abs=0.1)]
    broken = extract.with_name("broken.osm")
    broken.write_text("<osm")
    with pytest.raises(SourceError, match="not a whole OpenStreetMap extract"):
        with_entrances(places, broken)


def test_places_of_another_file_find_their_ground_by_its_number(extract):
    listed = places_from([{"site": "way/11", "kind": "nature"}, {"kind": "nature"}], source="list")
    assert with_entrances(listed, extract)["entrances"].notna().tolist() == [True, False]
    assert with_entrances(listed.iloc[:0], extract).empty


def test_a_study_adds_tags_of_its_own(extract):
    places = read_places(extract, crosswalk={"club=scout": "social_connection"})
    assert places.loc["node/9", "kind"] == "social_connection"
    assert places.loc["node/9", "counts"]
    own = crosswalk({"amenity=pub": "food"})
    assert classify_osm({"amenity": "pub"}, rules=own)[1].kind == "food"
    with pytest.raises(TableError, match="did you mean 'library'"):
        crosswalk({"club=books": "libary"})
    with pytest.raises(TableError, match="is no tag"):
        crosswalk({"club": "library"})


def test_columns_are_proposed_from_a_header_alone():
    header = pd.DataFrame(columns=["Venue Name", "Type", "Post Code", "Long", "Lat", "Phone"])
    assert propose_columns(header, source="a.csv") == {
        "name": "Venue Name",
        "kind": "Type",
        "postcode": "Post Code",
        "latitude": "Lat",
        "longitude": "Long",
    }


def test_the_tabular_package_reads_as_the_interface_would(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    tables = {
        "services": "id,organization_id,name,status\ns1,o1,Lunch,active\ns2,o1,Phone line,active\n",
        "organizations": "id,name\no1,Trust\n",
        "locations": "id,location_type,latitude,longitude\nl1,physical,52.6,-0.7\n",
        "service_at_locations": "id,service_id,location_id\nx1,s1,l1\n",
        "addresses": "id,location_id,postal_code\na1,l1,ZZ1 1AA\n",
        "schedules": "id,service_id,byday,opens_at,closes_at\nh1,s1,MO,10:00,12:00\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    assert recognise(folder) == "open_referral"
    places = read_places(folder)
    assert places.index.tolist() == ["s1", "s2"]
    assert places.loc["s1", ["latitude", "postcode", "schedule", "organisation"]].tolist() == [
        52.6, "ZZ1 1AA", "MO 10:00-12:00", "Trust",
    ]  # fmt: skip
    assert places.loc["s2", "reason"] == "virtual_only"
    page = tmp_path / "one.json"
    service = {
        "id": "s1", "name": "Lunch club", "status": "active",
        "service_at_locations": [{"location": {"id": "l1", "latitude": 52.6, "longitude": -0.7}}],
    }  # fmt: skip
    page.write_text(json.dumps([service]))
    assert read_places(page).loc["s1", "latitude"] == places.loc["s1", "latitude"]
