"""Laws of reading places: whatever comes in, a clear line or a kept reason; never a wrong point."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slgeo.errors import SlgeoError
from slgeo.places.activities import activities_of, venues_and_activities
from slgeo.places.geocode import geocode
from slgeo.places.merge import find_twins, merge_twins
from slgeo.places.opening import open_when
from slgeo.places.postcodes import PostcodeIndex, normalise, read_postcodes, repaired
from slgeo.places.read import read_places
from slgeo.places.table import places_from
from slgeo.tables import SITES, checked

LAWS = settings(
    deadline=None,
    max_examples=30,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
INDEX = PostcodeIndex.from_frame(
    pd.DataFrame({"postcode": ["ZZ1 1AA"], "easting": [485466], "northing": [308871]})
)
ANY_NUMBER = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False),
    st.floats(-9, 2),
    st.floats(49, 61),
    st.floats(0, 1_300_000),
)


def one_line(error, name=""):
    """What an analyst reads: one line that names the file."""
    assert "\n" not in str(error)
    assert name in str(error)


@LAWS
@given(st.text(max_size=60))
def test_any_text_is_a_postcode_in_normal_form_or_none(text):
    code = normalise(text)
    assert code is None or (normalise(code) == code and code[-4] == " ")
    for other in repaired(text):
        assert normalise(other) == other
    assert all(found in INDEX for found in INDEX.suggest(text))


@LAWS
@given(
    ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, st.sampled_from(["ZZ1 1AA", "rubbish", None])
)
def test_no_pair_of_numbers_makes_a_point_outside_the_kingdom_or_far_from_its_postcode(
    lat, lon, east, north, postcode
):
    record = {
        "kind": "gp", "name": "x", "latitude": lat, "longitude": lon, "easting": east,
        "northing": north, "postcode": postcode,
    }  # fmt: skip
    sites = checked(geocode(places_from([record], source="t"), postcodes=INDEX), SITES)
    site = sites.iloc[0]
    if site.geometry is None:
        assert site.reason == "not_geocoded"
        assert site.position_note
        return
    x, y = site.geometry.x, site.geometry.y
    lonlat = sites.geometry.to_crs(4326).iloc[0]
    assert 49.7 < lonlat.y < 61
    assert -8.8 < lonlat.x < 1.9
    if postcode == "ZZ1 1AA":
        assert math.hypot(x - 485466, y - 308871) <= 5000.001


@pytest.mark.parametrize(
    "name", ["x.csv", "x.json", "x.geojson", "x.xlsx", "x.osm.pbf", "x.parquet"]
)
@settings(LAWS, max_examples=15)
@given(junk=st.binary(max_size=300))
def test_any_bytes_as_a_file_of_places_are_one_clear_line_or_a_table(tmp_path, name, junk):
    path = tmp_path / name
    path.write_bytes(junk)
    try:
        places = read_places(path, kind="food")
    except SlgeoError as error:
        one_line(error, name)
    else:
        assert len(geocode(places, postcodes=INDEX)) == len(places)


@LAWS
@given(st.binary(max_size=300))
def test_any_bytes_as_a_postcode_file_are_one_clear_line_or_an_index(tmp_path, junk):
    for name in ("x.csv", "x.zip"):
        path = tmp_path / name
        path.write_bytes(junk)
        try:
            read_postcodes(path)
        except SlgeoError as error:
            one_line(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "name", "status", "locations", "service_at_locations", "location", "latitude",
             "longitude", "addresses", "postal_code", "schedules", "cost_options", "attributes",
             "organization", "taxonomy_term", "amount", "minimum_age", "accessibility",
             "service_areas", "capacities", "maximum", "eligibilitys", "eligibility", "byday",
             "opens_at", "closes_at", "freq", "interval", "attending_type", "description",
             "application_process", "location_type", "external_identifiers"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@LAWS
@given(JSON)
def test_any_json_as_a_directory_of_services_keeps_every_service(tmp_path, held):
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"contents": [{"id": "a", "name": "n", "x": held}, held]}))
    places = read_places(path, layout="open_referral")
    assert len(places) >= 1
    sites = geocode(places, postcodes=INDEX)
    assert len(sites) == len(places)
    made = activities_of(merge_twins(sites, find_twins(sites)))
    assert int(venues_and_activities(made)["activities"].sum()) == len(made)


FEED = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["name", "activity", "prefLabel", "location", "geo", "latitude", "longitude", "address",
             "postalCode", "superEvent", "eventSchedule", "byDay", "startTime", "endTime", "offers",
             "price", "ageRange", "minValue", "startDate", "endDate", "organizer",
             "genderRestriction", "maximumAttendeeCapacity", "isAccessibleForFree"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@LAWS
@given(st.lists(FEED, max_size=4))
def test_any_json_as_a_feed_of_sessions_is_places_and_activities(tmp_path, held):
    items = [
        {"id": str(i), "state": "updated", "modified": i, "data": d} for i, d in enumerate(held)
    ]
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"next": "", "items": [*items, None, {"id": 1}]}))
    places = read_places(path, layout="openactive")
    sites = geocode(places, postcodes=INDEX)
    assert len(sites) == len(places)
    made = activities_of(sites, sessions=places.attrs["activities"])
    assert set(made["venue"].dropna()) <= set(sites.index)


@LAWS
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4))
def test_any_lines_of_a_taxonomy_are_used_or_refused_in_one_line(tmp_path, lines):
    path = tmp_path / "x.csv"
    path.write_text("name,kind,lat,lon\nA,Choir,52.6,-0.7\n")
    try:
        places = read_places(path, crosswalk=lines)
    except SlgeoError as error:
        one_line(error)
    else:
        assert len(places) == 1


@LAWS
@given(st.text(max_size=40))
def test_any_text_as_opening_hours_is_open_closed_or_unknown(text):
    for when in ("weekday evening", "weekend"):
        assert open_when(pd.Series([text]), when).iloc[0] in {True, False, None}


@LAWS
@given(st.binary(max_size=200))
def test_any_bytes_in_a_package_of_services_are_one_clear_line_or_a_table(tmp_path, junk):
    folder = tmp_path / "package"
    folder.mkdir(exist_ok=True)
    (folder / "services.csv").write_text("id,name,status\ns,Lunch,active\n")
    for name in ("locations", "service_at_locations", "schedules"):
        (folder / f"{name}.csv").write_bytes(junk)
    try:
        places = read_places(folder)
    except SlgeoError as error:
        one_line(error)
    else:
        assert places.index.tolist() == ["s"]


def test_json_nested_deep_in_any_form_is_one_line(tmp_path):
    deep = "[" * 5000 + "]" * 5000
    for name, text in (
        (
            "s.json",
            f'{{"contents": [{{"id": "a", "name": "n", "status": "active", "x": {deep}}}]}}',
        ),
        ("f.json", f'{{"next": "", "items": [{{"id": "1", "data": {{"location": {deep}}}}}]}}'),
        ("c.json", f'[{{"registered_charity_number": {deep}}}]'),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(SlgeoError, match="nested"):
            read_places(tmp_path / name)


@LAWS
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), min_size=1, max_size=6))
def test_any_text_in_a_spreadsheet_keeps_its_rows(tmp_path, cells):
    frame = pd.DataFrame(cells, columns=["name", "postcode"])
    frame["lat"] = "52.6"
    path = tmp_path / "x.csv"
    # A bare carriage return ends a line unless its cell is quoted.
    frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    try:
        places = read_places(path, kind="food")
    except SlgeoError as error:
        one_line(error)
    else:
        assert len(places) == len(frame)


def test_a_zip_that_climbs_out_and_xml_with_entities_are_refused(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../x.shp", b"x")
    path = tmp_path / "x.zip"
    path.write_bytes(held.getvalue())
    with pytest.raises(SlgeoError, match="leads out"):
        read_places(path)
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
        '<osm version="0.6"><node id="1" lat="52" lon="-1"><tag k="amenity" v="&b;"/></node></osm>'
    )
    osm = tmp_path / "x.osm"
    osm.write_text(bomb)
    with pytest.raises(SlgeoError):
        read_places(osm)
