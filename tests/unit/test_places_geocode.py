"""Claims about geocoding: never a wrong point, never a lost row, always a reason."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import TableError
from slgeo.places.geocode import geocode, unmatched
from slgeo.places.postcodes import PostcodeIndex
from slgeo.places.table import places_from
from slgeo.tables import PLACES, SITES, checked, empty

HERE = {"latitude": 52.67082, "longitude": -0.73752}
"""Oakham: 485466, 308871 on the National Grid."""


@pytest.fixture(scope="module")
def postcodes():
    frame = pd.DataFrame(
        {
            "pcds": ["LE15 6NT", "LE15 8PR", "LE15 9EG", "LE15 6XX"],
            "doterm": ["", "", "200903", ""],
            "oseast1m": [485466, 495246, 486550, None],
            "osnrth1m": [308871, 308690, 300450, None],
            "osgrdind": [1, 1, 1, 9],
        }
    )
    return PostcodeIndex.from_frame(frame)


def one(postcodes=None, **fields):
    fields.setdefault("name", "Hall")
    fields.setdefault("kind", "social_connection")
    made = geocode(places_from([fields], source="t.csv"), postcodes=postcodes)
    assert len(made) == 1
    return made.iloc[0]


def apart(site, easting=485466, northing=308871):
    return math.hypot(site.geometry.x - easting, site.geometry.y - northing)


def test_good_coordinates_are_used_as_given(postcodes):
    site = one(postcodes, latitude=52.6715, longitude=-0.7390, postcode="LE15 6NT")
    assert site.precision == "given"
    assert site.error_radius == 30
    assert site.matched == "52.6715, -0.739"
    assert site.reason is None


def test_few_decimals_widen_the_error_radius():
    assert one(latitude=52.67, longitude=-0.74).error_radius == pytest.approx(787, abs=1)
    assert one(latitude=52.6708, longitude=-0.7375).error_radius == 30
    assert one(easting=485000, northing=308000).error_radius == pytest.approx(707, abs=1)
    assert one(easting=485466, northing=308871).error_radius == 30


def test_coordinates_that_are_the_postcodes_own_point_are_graded_as_that(postcodes):
    site = one(postcodes, **HERE, postcode="le156nt")
    assert site.precision == "postcode"
    assert site.error_radius == 220
    assert site.postcode == "LE15 6NT"
    assert apart(site) < 5


def test_a_postcode_alone_places_the_site_with_its_grade(postcodes):
    assert one(postcodes, postcode="LE15 6NT").precision == "postcode"
    ended = one(postcodes, postcode="LE15 9EG")
    assert ended.precision == "postcode_terminated"
    assert "ended in 2009-03" in ended.position_note


BAD = [
    ({"latitude": 0.0, "longitude": 0.0}, "no location"),
    ({"latitude": 99.999999, "longitude": 0.0}, "no location"),
    ({"latitude": 100.0, "longitude": 1.5}, "cannot be"),
    ({"latitude": 48.85, "longitude": 2.35}, "not in the UK"),
    ({"latitude": 52.67, "longitude": None}, "no longitude"),
    ({"latitude": None, "longitude": -0.7}, "no latitude"),
    ({"latitude": 1e300, "longitude": -1e300}, "cannot be"),
    ({"latitude": -52.67, "longitude": 0.73}, "not in the UK"),
    ({"easting": 0.0, "northing": 0.0}, "no location"),
    ({"easting": 485466.0, "northing": None}, "no northing"),
    ({"easting": 9e9, "northing": 9e9}, "not in Great Britain"),
]


@pytest.mark.parametrize(("fields", "says"), BAD)
def test_impossible_coordinates_fall_back_to_the_postcode(postcodes, fields, says):
    site = one(postcodes, **fields, postcode="LE15 6NT")
    assert site.precision == "postcode"
    assert apart(site) < 1
    assert says in site.position_note


@pytest.mark.parametrize(("fields", "says"), BAD)
def test_impossible_coordinates_without_a_postcode_fail_with_a_reason(postcodes, fields, says):
    site = one(postcodes, **fields)
    assert site.precision == "failed"
    assert site.geometry is None
    assert site.reason == reasons.NOT_GEOCODED
    assert says in site.position_note


MIXED = [
    {"latitude": -0.73752, "longitude": 52.67082},
    {"latitude": 308871.0, "longitude": 485466.0},
    {"easting": -0.73752, "northing": 52.67082},
    {"easting": 52.67082, "northing": -0.73752},
]


@pytest.mark.parametrize("fields", MIXED)
def test_swapped_and_mixed_up_columns_are_put_right_where_the_postcode_agrees(postcodes, fields):
    site = one(postcodes, **fields, postcode="LE15 6NT")
    assert site.precision == "given"
    assert apart(site) < 5
    assert "read as" in site.position_note


@pytest.mark.parametrize("fields", MIXED)
def test_swapped_and_mixed_up_columns_are_not_put_right_on_their_own_word(postcodes, fields):
    alone = one(postcodes, **fields)
    assert alone.precision == "failed"
    elsewhere = one(postcodes, **fields, postcode="LE15 8PR")
    assert elsewhere.precision == "postcode"
    assert apart(elsewhere, 495246, 308690) < 1


POSSIBLE = [
    ({"easting": 308871.0, "northing": 485466.0}, "easting and northing, which were swapped"),
    ({"latitude": 52.67082, "longitude": 0.73752}, "longitude, whose sign was the other one"),
]


@pytest.mark.parametrize(("fields", "says"), POSSIBLE)
def test_a_slip_that_gives_a_possible_point_is_seen_by_the_postcode_alone(postcodes, fields, says):
    """Swapped metres may still be in Britain, and a lost sign leads into the North Sea."""
    site = one(postcodes, **fields, postcode="LE15 6NT")
    assert site.precision == "given"
    assert apart(site) < 5
    assert says in site.position_note
    assert "km from its postcode" in site.position_note
    assert one(postcodes, **fields).position_note is None  # by itself nothing tells
    assert one(postcodes, **fields, postcode="LE15 8PR").precision == "postcode"


def test_a_postcode_without_any_file_to_look_it_up_in_says_so():
    sites = geocode(places_from([{"kind": "gp", "postcode": "LE15 6NT"}], source="t"))
    assert "no postcode file is given" in sites["position_note"].iloc[0]


def test_coordinates_far_from_the_postcode_are_not_believed(postcodes):
    site = one(postcodes, latitude=51.5, longitude=-0.12, postcode="LE15 6NT")
    assert site.precision == "postcode"
    assert apart(site) < 1
    assert "km from postcode LE15 6NT" in site.position_note


def test_coordinates_a_little_far_are_kept_and_noted(postcodes):
    site = one(postcodes, latitude=52.69, longitude=-0.7375, postcode="LE15 6NT")
    assert site.precision == "given"
    assert "2.1 km from postcode LE15 6NT" in site.position_note


def test_an_unknown_postcode_fails_with_the_nearest_candidates(postcodes):
    site = one(postcodes, postcode="LE15 6NX")
    assert site.precision == "failed"
    assert "LE15 6NX is not in" in site.position_note
    assert site.candidates.startswith("LE15 6NT")
    assert math.isnan(site.error_radius)


def test_an_unknown_postcode_is_placed_by_sector_only_when_asked(postcodes):
    places = places_from([{"kind": "gp", "name": "A", "postcode": "LE15 6ZZ"}], source="t.csv")
    assert geocode(places, postcodes=postcodes)["precision"].iloc[0] == "failed"
    site = geocode(places, postcodes=postcodes, coarsest="sector").iloc[0]
    assert site.precision == "sector"
    assert "sector" in site.position_note


def test_look_alike_letters_are_repaired_only_into_a_postcode_that_exists(postcodes):
    site = one(postcodes, postcode="LEI5 6NT")
    assert site.precision == "postcode"
    assert "read as postcode LE15 6NT" in site.position_note
    assert one(postcodes, postcode="LEI5 6QQ").precision == "failed"


def test_a_postcode_without_a_point_fails_and_says_so(postcodes):
    site = one(postcodes, postcode="LE15 6XX")
    assert site.precision == "failed"
    assert "no usable point" in site.position_note


def test_a_virtual_place_keeps_its_row_and_its_reason(postcodes):
    site = one(postcodes, reason=reasons.VIRTUAL_ONLY, postcode="LE15 6NT")
    assert site.reason == reasons.VIRTUAL_ONLY
    assert site.geometry is None


def test_nothing_given_fails_in_words():
    site = one()
    assert site.position_note == "it has neither coordinates nor a postcode"


def test_no_row_is_lost_and_none_changes_place(postcodes):
    records = [
        {"site": f"s{i}", "kind": "gp", "name": "x", **fields} for i, (fields, _) in enumerate(BAD)
    ]
    places = places_from(records, source="t.csv")
    before = places.copy(deep=True)
    sites = geocode(places, postcodes=postcodes)
    assert sites.index.tolist() == places.index.tolist()
    pd.testing.assert_frame_equal(places, before)
    checked(sites, SITES)
    table = unmatched(sites)
    assert sorted(table.index) == sorted(places.index)
    assert (table["outcome"] == "failed").all()


def test_unmatched_lists_failures_before_doubts_before_virtual_ones(postcodes):
    places = places_from(
        [
            {"site": "v", "kind": "gp", "name": "v", "reason": reasons.VIRTUAL_ONLY},
            {"site": "d", "kind": "gp", "name": "d", "postcode": "LE15 9EG"},
            {"site": "ok", "kind": "gp", "name": "ok", "postcode": "LE15 6NT"},
            {"site": "f", "kind": "gp", "name": "f", "postcode": "nowhere"},
        ],
        source="t.csv",
    )
    table = unmatched(geocode(places, postcodes=postcodes))
    assert table["outcome"].to_dict() == {"f": "failed", "d": "doubtful", "v": "virtual"}


def test_nothing_in_gives_nothing_out_with_the_same_columns(postcodes):
    full = geocode(places_from([{"kind": "gp", "name": "A"}], source="t.csv"), postcodes=postcodes)
    none = geocode(empty(PLACES), postcodes=postcodes)
    assert len(none) == 0
    optional = {"uprn", "capacity", "checked", "entrances"}
    assert set(none.columns) - optional == set(full.columns) - optional
    assert none.crs == "EPSG:27700"
    assert len(unmatched(none)) == 0


def test_another_metric_crs_moves_the_points_not_the_rows():
    places = places_from([{"kind": "gp", "name": "A", **HERE}], source="t.csv")
    itm = geocode(places, crs="EPSG:2157")
    assert itm.crs == "EPSG:2157"
    back = itm.to_crs(27700).geometry.iloc[0]
    assert math.hypot(back.x - 485466, back.y - 308871) < 5


def test_a_table_that_is_no_places_table_is_refused():
    with pytest.raises(TableError, match="places"):
        geocode(pd.DataFrame({"name": ["x"]}))
