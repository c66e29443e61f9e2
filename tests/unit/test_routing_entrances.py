"""Claims about sites with several ways in: the nearest counts, and the site counts once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, Point

from slgeo.errors import AccessError, TableError
from slgeo.network import Network
from slgeo.routing.entrances import enough, spread
from slgeo.routing.travel import reached_within, travel_times

LAWS = settings(deadline=None, max_examples=30, derandomize=True)


def street():
    """One straight street of 3 km with a node every 100 m, walked at 6 km/h: 100 m a minute."""
    x = np.arange(0, 3001, 100.0)
    edges = np.arange(len(x) - 1)
    return Network.from_edges(x, np.zeros(len(x)), edges, edges + 1, kmh=6)


def homes(*east):
    return gpd.GeoDataFrame(
        {"area": "A", "people": 10.0},
        geometry=[Point(x, 0) for x in east],
        index=pd.Index([f"h{x}" for x in east], name="origin"),
        crs=27700,
    )


def sites(**ways_in):
    """Sites by name: a list of places along the street; the first is the site's own point."""
    return gpd.GeoDataFrame(
        {
            "entrances": [
                MultiPoint([(x, 0) for x in doors]).wkt if len(doors) > 1 else None
                for doors in ways_in.values()
            ]
        },
        geometry=[Point(doors[0], 0) for doors in ways_in.values()],
        index=pd.Index(list(ways_in), name="site"),
        crs=27700,
    )


def test_a_park_is_as_far_as_its_nearest_gate():
    """From 0 m: gates at 2,000 and 700 m make 7 minutes, not 20; from 2,200 m it is 2 minutes."""
    times = travel_times(street(), homes(0, 2200), sites(park=[2000, 700]))
    assert times.to_frame()["minutes"].round(3).tolist() == [7.0, 2.0]
    assert times.sites.tolist() == ["park"]


def test_a_site_beyond_reach_by_one_gate_is_reached_by_another():
    far = sites(park=[0, 700]).set_geometry([Point(0, 90_000)], crs=27700)
    far["entrances"] = "MULTIPOINT (0 90000, 700 0)"
    times = travel_times(street(), homes(0), far)
    assert times.site_reason.tolist() == [None]
    far["entrances"] = "MULTIPOINT (0 90000, 9 90000)"
    assert travel_times(street(), homes(0), far).site_reason.tolist() == ["outside_network"]


@LAWS
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=6), min_size=1, max_size=6),
    st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True),
    st.integers(1, 4),
)
def test_times_are_the_least_over_the_gates_whatever_is_kept(doors, starts, nearest):
    """Beside it the slow way: every gate a site of its own, the least taken by hand."""
    network = street()
    where = {f"s{i}": [100 * d for d in held] for i, held in enumerate(doors)}
    found = travel_times(
        network, homes(*(100 * s for s in starts)), sites(**where), nearest=nearest
    )
    for position, start in enumerate(starts):
        plain = sorted(
            (min(abs(100 * start - d) for d in held) / 100, i)
            for i, held in enumerate(where.values())
        )
        rows = slice(found.start[position], found.start[position + 1])
        got = list(zip(found.minutes[rows].round(3), found.site[rows], strict=True))
        assert got == [(pytest.approx(m), i) for m, i in plain[:nearest]]


def test_the_nearest_sites_are_among_so_many_gates():
    of = np.array([0, 0, 0, 1, 1, 2])
    assert enough(of, 1) == 1
    assert enough(of, 2) == 4
    assert enough(of, 3) == 6
    assert enough(np.zeros(500, int), 2) is None  # all within the limit costs less


def test_points_that_are_none_and_sums_that_would_count_gates_are_refused():
    wrong = sites(a=[0, 1]).assign(entrances="LINESTRING (0 0, 1 1)")
    with pytest.raises(TableError, match="'a' are no points"):
        spread(wrong)
    with pytest.raises(TableError, match="no points as WKT"):
        spread(wrong.assign(entrances="POINT ("))
    with pytest.raises(AccessError, match="counts a site once"):
        reached_within(street(), homes(0), sites(a=[0, 100]), minutes=[5])
