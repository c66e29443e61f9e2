"""How fast: published figures, and British speed limit tags that general readers misread."""

import math

import pytest

from slgeo.errors import NetworkError
from slgeo.network.limits import legal_limit
from slgeo.network.speeds import DEFAULTS, SPEEDS, changed, speeds_for

MILE = 1.609344


@pytest.mark.parametrize(
    ("highway", "kmh"),
    [
        ("motorway", 77.6),
        ("motorway_link", 77.6),
        ("trunk", 43.2),
        ("primary", 43.2),
        ("primary_link", 43.2),
        ("secondary", 41.9),
        ("tertiary", 36.3),
        ("unclassified", 18.3),
        ("residential", 18.3),
        ("service", 15.3),
        ("track", 15.3),
    ],
)
def test_dft_morning_averages_by_class(highway, kmh):
    """Figures of the methods note, section 11.3; a tag of a limit changes nothing."""
    assert SPEEDS["dft_am"].kmh({"highway": highway, "maxspeed": "70 mph"}) == kmh


def test_walking_and_cycling_follow_the_journey_time_statistics():
    assert speeds_for("walk").kmh({"highway": "footway"}) == 4.8
    assert speeds_for("cycle").kmh({"highway": "cycleway"}) == 16.0
    assert speeds_for("drive").name == "dft_am"
    assert SPEEDS["walk_older_adult"].kmh({"highway": "steps"}) == 3.2
    assert "steps" in SPEEDS["walk_step_free"].excluded


@pytest.mark.parametrize(
    ("tags", "mph"),
    [
        ({"maxspeed": "30 mph"}, 30),
        ({"maxspeed": "30mph"}, 30),
        ({"maxspeed": "50"}, 50 / MILE),
        ({"maxspeed": "50 km/h"}, 50 / MILE),
        ({"maxspeed": "GB:nsl_single"}, 60),
        ({"maxspeed": "UK:nsl_single"}, 60),
        ({"maxspeed": "GB:nsl_dual"}, 70),
        ({"maxspeed": "GB:motorway"}, 70),
        ({"maxspeed": "GB:nsl_restricted"}, 30),
        ({"maxspeed": "GB:urban"}, 30),
        ({"maxspeed": "GB:zone20"}, 20),
        ({"maxspeed": "national"}, 60),
        ({"maxspeed": "national", "oneway": "yes"}, 70),
        ({"maxspeed:type": "GB:nsl_single"}, 60),
        ({"source:maxspeed": "UK:nsl_dual"}, 70),
        ({"maxspeed": "40 mph", "maxspeed:type": "GB:nsl_single"}, 40),
        ({"maxspeed": "20 mph;30 mph"}, 20),
        ({"maxspeed": "30 mph|20 mph"}, 20),
        ({"maxspeed": "none", "maxspeed:type": "GB:nsl_single"}, 60),
        ({"maxspeed": "signals", "lit": "yes"}, 30),
        ({"maxspeed": "0", "lit": "yes"}, 30),
        ({"maxspeed:type": "sign", "maxspeed": "40 mph"}, 40),
    ],
)
def test_british_limit_tags_are_read(tags, mph):
    found = legal_limit({"highway": "primary", **tags})

    assert math.isclose(found.mph, mph)
    assert not found.assumed


@pytest.mark.parametrize(
    ("tags", "mph", "assumed"),
    [
        ({"highway": "motorway"}, 70, False),
        ({"highway": "residential"}, 30, True),
        ({"highway": "residential", "lit": "yes"}, 30, False),
        ({"highway": "primary"}, 60, True),
        ({"highway": "primary", "oneway": "yes"}, 70, True),
        ({"highway": "primary_link", "oneway": "yes"}, 60, True),
        ({"highway": "unclassified"}, 30, True),
        ({"highway": "unclassified", "lit": "yes"}, 30, False),
        ({"highway": "service", "lit": "yes"}, 10, True),
        ({"highway": "secondary", "maxspeed": "walk <b>"}, 60, True),
    ],
)
def test_untagged_roads_say_that_their_limit_is_assumed(tags, mph, assumed):
    found = legal_limit(tags)

    assert (found.mph, found.assumed) == (mph, assumed)


def test_congestion_slows_built_up_roads_only():
    speeds = SPEEDS["osm_gb_congested"]

    assert math.isclose(speeds.kmh({"highway": "primary", "maxspeed": "40 mph"}), 0.8 * 40 * MILE)
    assert math.isclose(speeds.kmh({"highway": "primary", "maxspeed": "50 mph"}), 50 * MILE)


@pytest.mark.parametrize(
    ("tags", "mph"),
    [
        ({"highway": "motorway"}, 67),
        ({"highway": "primary", "oneway": "yes"}, 57),
        ({"highway": "secondary", "oneway": "yes"}, 45),
        ({"highway": "primary"}, 25),
        ({"highway": "secondary"}, 25),
        ({"highway": "unclassified"}, 24),
        ({"highway": "residential"}, 24),
        ({"highway": "primary", "junction": "roundabout"}, 10),
        ({"highway": "track"}, 5),
        ({"highway": "service"}, 10),
        ({"highway": "tertiary"}, 10),
    ],
)
def test_ahah_speeds_are_its_published_table(tags, mph):
    assert math.isclose(SPEEDS["ahah"].kmh(tags), mph * MILE)


def test_ten_kilometres_by_ferry_take_fifteen_minutes():
    """At 25 mph, in SI: the published code takes 2.59 times as long."""
    minutes = 10 / SPEEDS["walk"].ferry_kmh * 60

    assert round(minutes, 1) == 14.9


def test_every_profile_names_its_source_version_and_mode():
    for name, speeds in SPEEDS.items():
        assert speeds.name == name
        assert speeds.source
        assert speeds.version
    assert all(SPEEDS[name].mode == mode for mode, name in DEFAULTS.items())


def test_a_wrong_profile_is_refused_in_words():
    with pytest.raises(NetworkError, match="no speeds 'fast'; for drive there are dft_am"):
        speeds_for("drive", "fast")
    with pytest.raises(NetworkError, match="speeds 'dft_am' are for drive, not walk"):
        speeds_for("walk", "dft_am")
    with pytest.raises(NetworkError, match="km/h must be above 0, found other 0"):
        changed("walk", name="still", other=0)


def test_a_changed_profile_leaves_the_first_alone():
    brisk = changed("walk", name="brisk", other=6.0)

    assert brisk.kmh({"highway": "footway"}) == 6.0
    assert SPEEDS["walk"].kmh({"highway": "footway"}) == 4.8
