"""What opens, what closes, and who is nearer or farther for it."""

from __future__ import annotations

import functools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.errors import AccessError, StudyError
from slgeo.network import Network
from slgeo.places.geocode import geocode
from slgeo.places.table import places_from
from slgeo.results import reach
from slgeo.routing.travel import travel_times
from slgeo.scenarios import change, effect, effect_by_group

STREET = 3000.0
"""Metres of one straight street, walked at 4.8 km/h: 80 m a minute."""


def sites_at(*eastings, names=None):
    rows = [
        {
            "site": f"S{at}",
            "name": names[at] if names else f"Place {at}",
            "kind": "library",
            "easting": 400_000 + easting,
            "northing": 300_000.0,
        }
        for at, easting in enumerate(eastings)
    ]
    return geocode(places_from(rows, source="test"))


@functools.cache
def street():
    at = 400_000 + np.arange(0, STREET + 1, 100.0)
    nodes = np.arange(len(at) - 1)
    return Network.from_edges(at, np.full(len(at), 300_000.0), nodes, nodes + 1, kmh=4.8)


def homes():
    """Ten people at each end of the street, in an area each, and nobody in a third area."""
    return gpd.GeoDataFrame(
        {"area": ["W", "E"], "people": [10.0, 10.0], "kind": "area_point"},
        geometry=gpd.points_from_xy([400_000, 400_000 + STREET], [300_000, 300_000]),
        crs="EPSG:27700",
        index=pd.Index(["w", "e"], name="origin"),
    )


def areas():
    return gpd.GeoDataFrame(
        {"name": ["West", "East", "Empty"], "in_study": True, "population": [10, 10, 0]},
        geometry=[None, None, None],
        crs="EPSG:27700",
        index=pd.Index(["W", "E", "O"], name="area"),
    )


def reached(sites, *, limit=20.0, people=None):
    times = travel_times(
        street(),
        homes() if people is None else people,
        sites,
        limit=limit,
        areas=pd.Index(["W", "E", "O"]),
    )
    return reach(times, kind="library", exits=np.full(2, np.inf))


EVERYONE = {
    "everyone": pd.DataFrame(
        {"label": ["Everyone"], "areas": [["W", "E", "O"]]}, index=["everyone"]
    )
}


def test_a_place_at_the_far_end_gives_its_people_a_time_and_changes_nobody_elses():
    today = sites_at(0)
    new = change(today, "With one in the east", opened=sites_at(0, STREET).iloc[1:])

    table = effect(reached(today), reached(new.sites(today)), areas())

    assert table["people_sooner"].to_dict() == {"W": 0, "E": 10, "O": 0}
    assert table["people_gaining_a_time"].to_dict() == {"W": 0, "E": 10, "O": 0}
    assert table["people_later"].sum() == 0
    assert np.isnan(table.loc["E", "minutes_before"])
    assert table.loc["E", "minutes_after"] == pytest.approx(0, abs=0.01)


def test_closing_is_opening_turned_about():
    both = sites_at(0, STREET)
    closed = change(both, "Without the east", closed=["S1"]).sites(both)

    opening = effect(reached(closed), reached(both), areas())
    closing = effect(reached(both), reached(closed), areas())

    assert closing["people_later"].tolist() == opening["people_sooner"].tolist() == [0, 10, 0]
    assert closing["people_losing_a_time"].sum() == 10
    pd.testing.assert_series_equal(
        closing["minutes_before"], opening["minutes_after"], check_names=False
    )


def test_less_than_a_minute_is_no_change():
    # 70 m nearer is 52.5 seconds at 80 m a minute; 90 m is 67.5 seconds.
    today = sites_at(1000)
    for metres, people in ((70, 0), (90, 10)):
        then = change(today, "Moved", opened=sites_at(0, 1000 - metres).iloc[1:], closed=["S0"])
        table = effect(reached(today), reached(then.sites(today)), areas())
        assert table.loc["W", "people_sooner"] == people


def test_people_further_than_a_threshold_are_counted_before_and_after():
    today = sites_at(0)
    then = change(today, "Both", opened=sites_at(0, STREET).iloc[1:]).sites(today)

    table = effect_by_group(reached(today), reached(then), areas(), EVERYONE, thresholds=(10, 30))

    row = table.loc[("library", "walk", "everyone", "everyone", 10.0)]
    assert (row["people"], row["beyond_before"], row["beyond_after"]) == (20, 10, 0)
    assert table.index.get_level_values("minutes").unique().tolist() == [10.0], (
        "30 minutes were not searched: no count is claimed for them"
    )


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    st.lists(st.integers(0, 30), min_size=1, max_size=3),
)
def test_opening_makes_nobody_later_and_closing_nobody_sooner(there, new):
    today = sites_at(*(100 * at for at in there))
    every = sites_at(*(100 * at for at in [*there, *new]))
    opened = change(today, "More", opened=every.iloc[len(there) :])

    with_more = effect(reached(today), reached(opened.sites(today)), areas())
    with_less = effect(reached(every), reached(today), areas())

    assert with_more["people_later"].sum() == 0
    assert with_less["people_sooner"].sum() == 0


def test_every_fault_of_a_scenario_is_named_at_once():
    today = sites_at(0, 100, 200, names=["Upton Library", "Hub", "hub"])
    lost = geocode(places_from([{"site": "N1", "name": "Nowhere", "kind": "library"}], source="t"))
    with pytest.raises(StudyError) as raised:
        change(today, "All wrong", opened=lost, closed=["Uptown Library", "HUB"])
    text = str(raised.value)
    assert "did you mean 'Upton Library'" in text
    assert "2 places are called 'HUB'; give the code of one: S1, S2" in text
    assert "Nowhere (N1) cannot be opened" in text


def test_codes_that_are_taken_and_changes_of_nothing_are_refused():
    today = sites_at(0)
    with pytest.raises(StudyError, match="S0 is the code of a place there is"):
        change(today, "Twice", opened=sites_at(500))
    with pytest.raises(StudyError, match="nothing is opened or closed"):
        change(today, "Nothing")


def test_closing_every_place_leaves_everybody_without_a_time_and_in_the_table():
    today = sites_at(0)
    none = change(today, "None left", closed=["S0"]).sites(today)
    table = effect(reached(today), reached(none), areas())
    assert table["people_losing_a_time"].to_dict() == {"W": 10, "E": 0, "O": 0}
    assert table["people"].sum() == 20


def test_times_of_other_searches_are_not_compared():
    today = sites_at(0)
    with pytest.raises(AccessError, match="other limits cannot be compared"):
        effect(reached(today), reached(today, limit=10), areas())
    with pytest.raises(AccessError, match="other origins cannot be compared"):
        effect(reached(today), reached(today, people=homes().iloc[::-1]), areas())
