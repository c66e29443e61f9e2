"""Claims about the other registers: what a point means, what counts, and what happens where."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, box

from slgeo import reasons
from slgeo.errors import SourceError, TableError
from slgeo.places.activities import activities_of, venues_and_activities
from slgeo.places.branches import read_branches, with_branches
from slgeo.places.geocode import geocode
from slgeo.places.opening import open_when
from slgeo.places.practices import MAIN_ONLY
from slgeo.places.read import read_places, recognise
from slgeo.places.registers import HEAD_OFFICE, read_greenspace
from slgeo.places.table import places_from
from slgeo.places.uprn import with_uprns


def write(path, text):
    path.write_text(text)
    return path


def session(key, name, postcode="ZZ1 1AA", **fields):
    place = {"name": "Leisure Centre", "address": {"postalCode": postcode}}
    return {"id": key, "modified": 1, "state": "updated",
            "data": {"name": name, "location": place, **fields}}  # fmt: skip


def test_a_feed_is_replayed_and_brought_down_to_places(tmp_path):
    pages = [
        {"next": "2", "items": [session("1", "Yoga"), session("2", "Swim"), session("3", "Judo")]},
        {"next": "2", "items": [
            {"id": "2", "modified": 2, "state": "deleted"},
            session("4", "Online class", postcode=None),
            session("3", "Choir", postcode="ZZ1 1AB") | {"modified": 3},
        ]},
    ]  # fmt: skip
    path = write(tmp_path / "feed.json", json.dumps(pages))
    assert recognise(path) == "openactive"
    places = read_places(path)
    assert places["sessions"].tolist() == [1, 1, 1]
    assert places["activities"].tolist() == ["Yoga", "Choir", "Online class"]
    assert places["kind"].tolist()[:2] == ["physical_activity", "arts_culture"]
    assert places["reason"].tolist() == [None, None, reasons.VIRTUAL_ONLY]


def test_charities_are_head_offices_and_none_counts(tmp_path):
    head = "registered_charity_number\tlinked_charity_number\tcharity_name\t"
    head += "charity_registration_status\tcharity_contact_postcode\tcharity_activities\n"
    text = head + "1\t0\tAldon Food Bank\tRegistered\tZZ1 1AA\tfood\n"
    text += "1\t1\tIts branch\tRegistered\tZZ1 1AA\tx\n2\t0\tGone\tRemoved\tZZ1 1AB\tx\n"
    path = write(tmp_path / "publicextract.charity.txt", text)
    assert recognise(path) == "charities"
    places = read_places(path)
    assert places.index.tolist() == ["charity-1"]
    assert places["kind"].tolist() == ["food"]
    assert places["why_not"].tolist() == [HEAD_OFFICE]


def test_active_places_are_sites_with_their_facilities(tmp_path):
    text = "siteid,sitename,lat,long,status\n7,Pool,52.6,-0.7,Open\n7,Pool,52.6,-0.7,Open\n"
    text += "8,Old gym,52.6,-0.7,Closed\n"
    path = write(tmp_path / "ap.csv", text)
    assert recognise(path) == "active_places"
    places = read_places(path)
    assert places["facilities"].tolist() == [2, 1]
    assert places["counts"].tolist() == [True, False]


def test_green_spaces_are_reached_by_their_entrances(tmp_path):
    sites = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "function": ["Public Park Or Garden", "Golf Course", "Play Space"],
         "distinctive_name_1": ["Rec", None, None]},
        geometry=[box(485000, 308000, 485200, 308100)] * 3, crs=27700,
    )  # fmt: skip
    doors = gpd.GeoDataFrame(
        {"ref_to_greenspace_site": ["a", "a", "a", "b"]},
        geometry=[Point(485000, 308000), Point(485005, 308000), Point(485200, 308100),
                  Point(485000, 308000)], crs=27700,
    )  # fmt: skip
    sites.to_file(tmp_path / "s.gpkg")
    doors.to_file(tmp_path / "d.gpkg")
    places = read_greenspace(tmp_path / "s.gpkg", tmp_path / "d.gpkg")
    assert places.index.tolist() == ["a", "b", "c"]
    assert places["doors"].tolist() == [2, 1, 0]  # two of the first are 5 m apart
    assert places["counts"].tolist() == [True, False, False]
    assert places["hectares"].tolist()[0] == 2
    doors = shapely.get_coordinates(shapely.from_wkt(geocode(places).loc["a", "entrances"]))
    assert doors.tolist() == [[485000, 308000], [485200, 308100]]
    own = read_greenspace(tmp_path / "s.gpkg", words={"play space": "leave out", "golf course":
                          "physical_activity"})  # fmt: skip
    assert own["counts"].tolist() == [True, True, False]
    assert own["entrances"].isna().all()
    sites.to_file(tmp_path / "both.gpkg", layer="greenspace_site")
    both = tmp_path / "both.gpkg"
    gpd.read_file(tmp_path / "d.gpkg").to_file(both, layer="access_point")
    assert recognise(both) == "greenspace"
    assert read_places(both)["doors"].tolist() == [2, 1, 0]
    with pytest.raises(SourceError, match="not OS Open Greenspace"):
        read_greenspace(tmp_path / "d.gpkg", tmp_path / "d.gpkg")


def test_branches_belong_to_their_practice_and_lift_the_warning(tmp_path):
    def row(code, name, closed, parent):
        cells = [""] * 27
        cells[0], cells[1], cells[9], cells[11], cells[14] = code, name, "ZZ1 1AA", closed, parent
        return ",".join(f'"{cell}"' for cell in cells)

    practices = places_from(
        [{"site": "A81001", "kind": "gp", "name": "MAIN", "pcn": "U1"}],
        source="e", notes=[f"e: {MAIN_ONLY}"],
    )  # fmt: skip
    text = "\n".join(
        [row("A81001001", "VILLAGE", "", "A81001"), row("A81001002", "OLD", "2020", "A81001"),
         row("A81009001", "OTHER", "", "A81009")]
    )  # fmt: skip
    branches = read_branches(write(tmp_path / "ebranchs.csv", text + "\n"), practices)
    both = with_branches(practices, branches)
    assert both["practice"].tolist() == ["A81001", "A81001"]
    assert both["branch"].tolist() == [False, True]
    assert both["pcn"].tolist() == ["U1", "U1"]
    assert not any(MAIN_ONLY in note for note in both.attrs["notes"])
    assert "1 closed, 1 of others" in branches.attrs["notes"][0]


def test_unknown_hours_are_no_closed_doors():
    said = pd.Series(
        ["Mo-Fr 09:00-17:00; Sa 10:00-12:00", "Mo-Su 00:00-24:00", "nonsense 99", None,
         "Mon Closed; Tue PM & Eve (continuous)",
         "Mon AM Only; Tue AM Only; Wed Closed; Thu Closed; Fri Closed; Sat Closed; Sun Closed",
         "Mon [Unknown]; Tue AM Only; Wed AM Only; Thu AM Only; Fri AM Only"]
    )  # fmt: skip
    evening = [False, True, None, None, True, False, None]
    assert open_when(said, "weekday evening").tolist() == evening
    assert open_when(said, "weekend").tolist() == [True, True, None, None, None, False, None]


def test_a_venue_with_several_activities_is_one_venue():
    places = places_from(
        [
            {"site": "a", "kind": "food", "name": "Lunch", "service": "a",
             "schedule": "MO,WE 10:00-12:00; FR 09:00-10:00", "cost": "free"},
            {"site": "b", "kind": "food", "name": "Call", "service": "b",
             "reason": reasons.VIRTUAL_ONLY},
            {"site": "c", "kind": "food", "name": "Old", "service": "c", "counts": False,
             "why_not": "its status is inactive"},
        ],
        source="s",
    )  # fmt: skip
    made = activities_of(places)
    assert made.index.tolist() == ["a#1", "a#2", "b#1"]
    assert made.loc["a#1", ["days", "opens", "closes", "free"]].tolist() == [
        "MO,WE", "10:00", "12:00", True,
    ]  # fmt: skip
    assert made.attrs["unknown"]["cost"] == pytest.approx(1 / 3, abs=1e-4)
    counted = venues_and_activities(made).loc["food"]
    assert counted[["venues", "activities", "without_venue"]].tolist() == [1, 3, 1]
    assert counted[["evenings", "weekends", "times_unknown"]].tolist() == [0, 0, 1]
    with pytest.raises(TableError, match="column service"):
        activities_of(places.drop(columns="service"))


def test_a_property_number_places_a_building_better_than_its_postcode(tmp_path):
    text = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n7,485466.00,308871.00,52.6,-0.7\n"
    places = places_from(
        [
            {"kind": "gp", "name": "A", "uprn": "000000000007"},
            {"kind": "gp", "name": "B", "uprn": "9"},
        ],
        source="s",
    )  # fmt: skip
    made = with_uprns(places, write(tmp_path / "osopenuprn.csv", text))
    sites = geocode(made)
    assert sites["precision"].tolist() == ["uprn", "failed"]
    assert sites["error_radius"].tolist()[0] == 15
    assert "1 numbers are not in it" in made.attrs["notes"][-1]
    with pytest.raises(SourceError, match="not OS Open UPRN"):
        with_uprns(places, write(tmp_path / "x.csv", "a,b\n1,2\n"))


def test_sessions_of_a_feed_are_activities_at_their_venues(tmp_path):
    """A series and its occurrence are one activity; the one without a place is no venue's."""
    series = {
        "name": "Yoga for all", "activity": [{"prefLabel": "Yoga"}],
        "location": {"name": "Hall", "address": {"postalCode": "ZZ1 1AA"}},
        "eventSchedule": {"byDay": ["https://schema.org/Monday", "schema:Wednesday"],
                          "startTime": "18:30", "endTime": "19:30"},
        "offers": [{"price": 0}], "ageRange": {"minValue": 18},
        "genderRestriction": "https://openactive.io/FemaleOnly",
        "organizer": {"name": "Trust"}, "maximumAttendeeCapacity": 12,
    }  # fmt: skip
    items = [
        {"id": "1", "modified": 1, "state": "updated", "data": series},
        {"id": "2", "modified": 1, "state": "updated", "data": {"superEvent": series}},
        session("3", "Walk", startDate="2026-01-10T10:00:00Z", endDate="2026-01-10T11:00:00Z"),
        session("4", "Online class", postcode=None),
    ]
    path = write(tmp_path / "feed.json", json.dumps({"next": "", "items": items}))
    places = read_places(path, crosswalk={"Walk": "nature"})
    made = activities_of(places, sessions=places.attrs["activities"])
    assert made["name"].tolist() == ["Yoga for all", "Walk", "Online class"]
    yoga = made.iloc[0]
    assert yoga[["days", "opens", "closes", "cost", "free"]].tolist() == [
        "MO,WE", "18:30", "19:30", "free", True,
    ]  # fmt: skip
    assert yoga[["minimum_age", "sex", "organiser", "spaces"]].tolist() == [
        18, "female only", "Trust", 12,
    ]  # fmt: skip
    assert made["days"].tolist()[1] == "SA"
    assert made["kind"].tolist()[1] == "nature"
    assert made["venue"].isna().tolist() == [False, False, True]
    counted = venues_and_activities(made)
    assert counted["evenings"].sum() == 1
    assert counted["weekends"].sum() == 1


def test_schedules_tell_of_evenings_and_weekends_without_a_parser():
    said = pd.Series(
        ["MO,WE 18:00-20:00", "SA 09:00-10:00", "TU 09:00-17:00", "TH", "TU 19:00-21:00"]
    )
    assert open_when(said, "weekday evening").tolist() == [True, False, False, None, True]
    assert open_when(said, "weekend").tolist() == [False, True, False, False, False]


def test_the_register_of_charities_is_read_from_its_zip_and_a_studys_words(tmp_path):
    head = "registered_charity_number\tlinked_charity_number\tcharity_name\t"
    head += "charity_registration_status\tcharity_contact_postcode\tcharity_activities\n"
    with zipfile.ZipFile(tmp_path / "publicextract.charity.zip", "w") as held:
        held.writestr(
            "publicextract.charity.txt", f"{head}1\t0\tAldon\tRegistered\tZZ1 1AA\tzorbing\n"
        )
    path = tmp_path / "publicextract.charity.zip"
    assert recognise(path) == "charities"
    assert read_places(path)["kind"].tolist() == ["other"]
    places = read_places(path, crosswalk={"Zorbing": "physical_activity"})
    assert places["kind"].tolist() == ["physical_activity"]
    assert not places["counts"].any()
