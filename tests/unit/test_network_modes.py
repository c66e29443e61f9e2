"""Who may use which road: every rule as a row, worked by hand."""

import pytest

from slgeo.errors import NetworkError
from slgeo.network.modes import MODES, OPEN, barrier, passage


def both(mode, **tags):
    """Passage of a way whose keys are spelt with underscores for colons."""
    return passage({key.replace("__", ":"): value for key, value in tags.items()}, mode)


def directions(mode, **tags):
    found = both(mode, **tags)
    return found.forward, found.backward


@pytest.mark.parametrize(
    ("highway", "walk", "cycle", "drive"),
    [
        ("motorway", False, False, True),
        ("motorway_link", False, False, True),
        ("trunk", True, True, True),
        ("primary", True, True, True),
        ("residential", True, True, True),
        ("service", True, True, True),
        ("living_street", True, True, True),
        ("track", True, True, True),
        ("path", True, True, False),
        ("bridleway", True, True, False),
        ("cycleway", True, True, False),
        ("footway", True, False, False),
        ("pedestrian", True, False, False),
        ("steps", True, False, False),
        ("corridor", True, False, False),
        ("raceway", False, False, False),
        ("construction", False, False, False),
        ("proposed", False, False, False),
        ("abandoned", False, False, False),
        ("<script>", False, False, False),
        ("", False, False, False),
    ],
)
def test_a_class_without_a_word_is_open_to_its_modes(highway, walk, cycle, drive):
    found = tuple(passage({"highway": highway}, mode).allowed for mode in MODES)

    assert found == (walk, cycle, drive)


def test_whatever_is_closed_says_why():
    for mode in MODES:
        for highway in ("raceway", "construction", "motorway", "steps", "footway", ""):
            found = passage({"highway": highway}, mode)
            assert found.allowed != bool(found.why_not)


@pytest.mark.parametrize(
    ("value", "ends_only"),
    [
        ("yes", False),
        ("designated", False),
        ("permissive", False),
        ("private", True),
        ("destination", True),
        ("customers", True),
        ("delivery", True),
        ("permit", True),
        ("no such word", False),
        ("private;customers", True),
        ("yes;destination", True),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_private_and_customer_roads_are_open_at_the_ends_of_a_trip_only(mode, value, ends_only):
    found = both(mode, highway="service", access=value)

    assert found.allowed
    assert found.ends_only == ends_only


@pytest.mark.parametrize("value", ["no", "agricultural", "military", "agricultural;forestry"])
@pytest.mark.parametrize("mode", MODES)
def test_closed_roads_are_left_out(mode, value):
    assert not both(mode, highway="service", access=value).allowed


def test_the_key_of_the_mode_outranks_the_general_one():
    assert both("walk", highway="service", access="no", foot="yes").allowed
    assert both("cycle", highway="footway", bicycle="designated").allowed
    assert both("drive", highway="service", access="no", motor_vehicle="yes").allowed
    assert not both("drive", highway="service", motor_vehicle="yes", motorcar="no").allowed
    assert not both("walk", highway="residential", foot="no").allowed
    assert both("drive", highway="residential", foot="no").allowed


def test_general_permission_on_a_footway_is_not_for_wheels():
    """``access=yes`` on a footway speaks of feet: it once opened 748 edges of Rutland to cars."""
    assert not both("drive", highway="footway", access="yes").allowed
    assert not both("cycle", highway="footway", access="yes").allowed
    assert both("cycle", highway="footway", bicycle="yes").allowed


def test_british_rights_of_way_outrank_private_ground():
    footpath = {"highway": "service", "access": "private", "designation": "public_footpath"}
    assert not passage(footpath, "walk").ends_only
    assert passage(footpath, "drive").ends_only
    assert not both("cycle", highway="path", designation="public_footpath").allowed
    assert both("cycle", highway="service", designation="public_footpath").allowed
    assert not both(
        "cycle", highway="bridleway", access="private", designation="public_bridleway"
    ).ends_only
    assert not both("drive", highway="track", designation="byway_open_to_all_traffic").ends_only
    assert not both("drive", highway="track", designation="restricted_byway").allowed
    assert both(
        "walk", highway="path", access="no", designation="public_footpath;core_path"
    ).allowed


def test_tracks_are_driven_at_the_ends_of_a_trip_unless_permitted():
    assert both("drive", highway="track").ends_only
    assert not both("drive", highway="track", motor_vehicle="yes").ends_only
    assert not both("drive", highway="track", motor_vehicle="agricultural").allowed
    assert not both("walk", highway="track").ends_only


def test_driveways_and_parking_aisles_are_no_way_through_for_cars():
    for service in ("driveway", "parking_aisle"):
        assert both("drive", highway="service", service=service).ends_only
        assert not both("walk", highway="service", service=service).ends_only
    assert not both("drive", highway="service", service="emergency_access").allowed


def test_roads_signed_like_motorways_are_closed_to_feet_and_bicycles():
    for mode in ("walk", "cycle"):
        assert both(mode, highway="trunk", motorroad="yes").why_not == "motorroad"
    assert both("drive", highway="trunk", motorroad="yes").allowed
    assert both("cycle", highway="trunk", motorroad="yes", bicycle="yes").allowed
    # a general permission does not open a motorway to feet
    assert not both("walk", highway="motorway", access="yes").allowed


def test_steps_stop_wheels_even_with_a_stray_tag():
    assert not both("cycle", highway="steps", bicycle="yes").allowed
    assert both("walk", highway="steps").allowed


@pytest.mark.parametrize(
    ("tags", "drive", "cycle"),
    [
        ({}, (True, True), (True, True)),
        ({"oneway": "yes"}, (True, False), (True, False)),
        ({"oneway": "true"}, (True, False), (True, False)),
        ({"oneway": "1"}, (True, False), (True, False)),
        ({"oneway": "-1"}, (False, True), (False, True)),
        ({"oneway": "reverse"}, (False, True), (False, True)),
        ({"oneway": "no"}, (True, True), (True, True)),
        ({"oneway": "alternating"}, (True, True), (True, True)),
        ({"junction": "roundabout"}, (True, False), (True, False)),
        ({"junction": "circular"}, (True, False), (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True), (True, True)),
        ({"oneway": "yes", "oneway__bicycle": "no"}, (True, False), (True, True)),
        ({"oneway": "-1", "oneway__bicycle": "no"}, (False, True), (True, True)),
        ({"oneway__bicycle": "yes"}, (True, True), (True, False)),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway__left": "opposite_track"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway__right__oneway": "-1"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway": "lane"}, (True, False), (True, False)),
        ({"oneway": "yes", "bicycle__backward": "yes"}, (True, False), (True, True)),
    ],
)
def test_one_way_streets_by_mode(tags, drive, cycle):
    assert directions("drive", highway="residential", **tags) == drive
    assert directions("cycle", highway="residential", **tags) == cycle
    assert directions("walk", highway="residential", **tags) == (True, True)


def test_motorways_are_one_way_without_a_word():
    assert directions("drive", highway="motorway") == (True, False)
    assert directions("drive", highway="motorway", oneway="no") == (True, True)
    assert directions("drive", highway="motorway_link") == (True, True)


def test_feet_obey_only_one_ways_of_their_own():
    assert directions("walk", highway="footway", oneway__foot="yes") == (True, False)
    assert directions("walk", highway="footway", oneway__foot="-1") == (False, True)
    assert directions("walk", highway="footway", foot__backward="no") == (True, False)


@pytest.mark.parametrize(
    ("tags", "snappable"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "residential", "tunnel": "yes"}, False),
        ({"highway": "residential", "tunnel": "building_passage"}, True),
        ({"highway": "residential", "tunnel": "no"}, True),
    ],
)
def test_points_do_not_join_motorways_or_tunnels(tags, snappable):
    assert passage(tags, "drive").snappable == snappable


def test_ferries_take_feet_unless_refused_and_cars_where_they_say_so():
    ferry = {"route": "ferry"}
    assert passage(ferry, "walk").allowed
    assert not passage(ferry, "walk").snappable
    assert passage(ferry, "cycle").allowed
    assert passage(ferry, "drive").why_not == "ferry without cars"
    assert passage({**ferry, "motor_vehicle": "yes"}, "drive").allowed
    assert not passage({**ferry, "motor_vehicle": "no"}, "drive").allowed
    assert not passage({**ferry, "foot": "no"}, "walk").allowed


def test_a_bicycle_that_must_be_pushed_is_allowed_and_marked():
    found = both("cycle", highway="footway", bicycle="dismount")

    assert found.allowed
    assert found.pushed


@pytest.mark.parametrize(
    ("kind", "walk", "cycle", "drive"),
    [
        ("bollard", "open", "open", "closed"),
        ("block", "open", "open", "closed"),
        ("gate", "open", "open", "ends"),
        ("lift_gate", "open", "open", "ends"),
        ("stile", "open", "closed", "closed"),
        ("kissing_gate", "open", "closed", "closed"),
        ("cycle_barrier", "open", "open", "closed"),
        ("cattle_grid", "open", "open", "open"),
        ("toll_booth", "open", "open", "open"),
        ("entrance", "open", "open", "open"),
        ("", "open", "open", "open"),
    ],
)
def test_barriers_stop_some_modes(kind, walk, cycle, drive):
    found = tuple(barrier({"barrier": kind}, mode, highway="service") for mode in MODES)

    assert found == (walk, cycle, drive)


def test_tags_on_a_barrier_outrank_its_kind():
    assert barrier({"barrier": "gate", "access": "private"}, "walk") == "ends"
    assert barrier({"barrier": "gate", "access": "no"}, "walk") == "closed"
    assert barrier({"barrier": "gate", "motor_vehicle": "yes"}, "drive") == "open"
    assert barrier({"barrier": "bollard", "motor_vehicle": "private"}, "drive") == "ends"
    assert barrier({"barrier": "stile", "bicycle": "yes"}, "cycle") == "open"


def test_what_stops_wheels_is_not_opened_by_a_general_word():
    assert barrier({"barrier": "bollard", "access": "yes"}, "drive") == "closed"
    assert barrier({"barrier": "stile", "access": "yes"}, "cycle") == "closed"
    assert barrier({"barrier": "stile", "designation": "public_bridleway"}, "cycle") == "closed"
    assert barrier({"barrier": "gate", "access": "yes"}, "drive") == "open"
    assert barrier({"barrier": "block", "vehicle": "yes"}, "drive") == "open"


def test_an_untagged_gate_on_a_country_road_is_opened_and_closed_again():
    gate = {"barrier": "gate"}
    assert barrier(gate, "drive", highway="unclassified") == "open"
    assert barrier(gate, "drive", highway="track") == "ends"
    assert barrier({**gate, "access": "private"}, "drive", highway="unclassified") == "ends"
    assert barrier({"barrier": "lift_gate"}, "drive", highway="unclassified") == "ends"


def test_an_unknown_mode_is_refused_by_name():
    with pytest.raises(NetworkError, match="no mode 'bus': roads are read for walk, cycle, drive"):
        passage({"highway": "service"}, "bus")


def test_tags_are_not_changed():
    tags = {"highway": "footway", "access": "private"}
    for mode in MODES:
        passage(tags, mode)

    assert tags == {"highway": "footway", "access": "private"}
    assert "footway" in OPEN["walk"]
