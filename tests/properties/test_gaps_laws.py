"""Laws of gaps on a random board: nobody counted twice; thresholds and floors only shrink."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo import access
from slgeo.gaps import find_gaps
from slgeo.routing.times import TravelTimes

few = settings(max_examples=30, deadline=None)
KEYS = [f"{column}{row}" for row in "123" for column in "abcd"]


def board() -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(x, y, x + 1000, y + 1000) for y in (0, 1000, 2000) for x in range(0, 4000, 1000)
    ]
    frame = {"name": KEYS, "nation": "X", "vintage": "made up", "in_study": True, "population": 1.0}
    return gpd.GeoDataFrame(
        frame, index=pd.Index(KEYS, name="area"), geometry=shapes, crs="EPSG:27700"
    )


@st.composite
def boards(draw: st.DrawFn) -> TravelTimes:
    minute = st.one_of(st.none(), st.integers(0, 60))
    minutes = draw(st.lists(minute, min_size=12, max_size=12))
    people = draw(st.lists(st.integers(0, 300), min_size=12, max_size=12))
    pairs = pd.DataFrame(
        [(key, "s", float(at)) for key, at in zip(KEYS, minutes, strict=True) if at is not None],
        columns=["origin", "site", "minutes"],
    )
    origins = pd.DataFrame(
        {"area": KEYS, "people": np.array(people, dtype=float)}, index=pd.Index(KEYS, name="origin")
    )
    return TravelTimes.from_frame(pairs, origins, ["s"], limit=60, mode="walk")


@few
@given(boards(), st.integers(0, 60))
def test_every_area_lies_in_at_most_one_gap_and_the_people_are_those_beyond(
    times: TravelTimes, beyond: int
):
    found = find_gaps(times, board(), beyond=beyond, people=0)
    members = " ".join(found["areas"]).split()

    assert len(members) == len(set(members))
    further = access.people_beyond(times, minutes=beyond)
    # one origin an area: all of its people are further, or none, so every such area is in a gap
    assert found["people"].sum() == further.sum()
    assert set(members) == set(further.index[further > 0])
    assert (found["people"] <= found["people_total"]).all()
    assert (found["people_without_time"] <= found["people"]).all()
    assert found["people"].is_monotonic_decreasing


@few
@given(boards(), st.integers(0, 59), st.integers(0, 500))
def test_a_longer_threshold_or_a_higher_floor_adds_nobody(
    times: TravelTimes, beyond: int, people: int
):
    base = find_gaps(times, board(), beyond=beyond, people=people)

    further = find_gaps(times, board(), beyond=beyond + 1, people=people)
    fewer = find_gaps(times, board(), beyond=beyond, people=people + 50)

    members = set(" ".join(base["areas"]).split())
    assert set(" ".join(further["areas"]).split()) <= members
    assert set(" ".join(fewer["areas"]).split()) <= members


@few
@given(boards(), st.randoms(use_true_random=False))
def test_the_order_of_areas_changes_nothing(times: TravelTimes, chance: object):
    order = list(KEYS)
    chance.shuffle(order)

    one, other = find_gaps(times, board()), find_gaps(times, board().loc[order])

    assert one["areas"].map(lambda codes: tuple(sorted(codes.split()))).tolist() == (
        other["areas"].map(lambda codes: tuple(sorted(codes.split()))).tolist()
    )
    assert one["people"].tolist() == other["people"].tolist()
