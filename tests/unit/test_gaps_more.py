"""Gaps of the most deprived, why they are far, how stable they are, and gaps in provision."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from slgeo import equity
from slgeo.errors import AccessError
from slgeo.gaps import (
    find_gaps,
    find_provision_gaps,
    gap_stability,
    practices_without,
    with_stability,
)
from slgeo.routing.times import TravelTimes
from slgeo.tables import GAPS, checked

KEYS = list("abcd")


def row_of_four(**columns: object) -> gpd.GeoDataFrame:
    frame = {
        "name": [f"Place {key}" for key in KEYS],
        "nation": "X",
        "vintage": "made up",
        "in_study": True,
        "population": [100.0, 200.0, 300.0, 400.0],
        "deprivation_rank": [4.0, 3.0, 2.0, 1.0],
        **columns,
    }
    shapes = [shapely.box(x, 0, x + 1000, 1000) for x in range(0, 4000, 1000)]
    index = pd.Index(KEYS, name="area")
    return gpd.GeoDataFrame(frame, index=index, geometry=shapes, crs="EPSG:27700")


def times_of(*minutes: float | None, reason: str | None = None) -> TravelTimes:
    people = [100.0, 200.0, 300.0, 400.0]
    pairs = pd.DataFrame(
        [(key, "s", at) for key, at in zip(KEYS, minutes, strict=True) if at is not None],
        columns=["origin", "site", "minutes"],
    )
    why = [reason if at is None else None for at in minutes]
    origins = pd.DataFrame(
        {"area": KEYS, "people": people, "reason": why}, index=pd.Index(KEYS, name="origin")
    )
    return TravelTimes.from_frame(pairs, origins, ["s"], limit=60, mode="walk")


def test_a_gap_may_be_asked_of_the_most_deprived_alone():
    areas, times = row_of_four(), times_of(30, 30, 5, 30)

    worst = equity.most_deprived(areas, share=0.5)
    assert worst.to_dict() == {"a": False, "b": False, "c": False, "d": True}

    found = find_gaps(times, areas, needing=worst)
    assert found["areas"].tolist() == ["d"]
    with pytest.raises(AccessError, match="needing: nothing for 1 areas"):
        find_gaps(times, areas, needing=worst.drop("a"))


def test_a_gap_says_why_its_people_are_far():
    found = find_gaps(times_of(30, None, 5, 5, reason="no_road_within"), row_of_four())

    assert found["why"].tolist() == [
        "100 people have a longer journey; 200 have none: no usable road close enough"
    ]
    checked(found, GAPS)


def test_stability_is_the_share_of_thresholds_and_speeds_at_which_an_area_lies_in_a_gap():
    base, slow = times_of(12, 22, 5, 5), times_of(24, 44, 10, 10)
    areas = row_of_four()

    alone = gap_stability(base, areas, thresholds=(10, 20))
    both = gap_stability({"4.8 km/h": base, "2.4 km/h": slow}, areas, thresholds=(10, 20))

    assert alone.to_dict() == {"a": 0.5, "b": 1, "c": 0, "d": 0}
    assert both.to_dict() == {"a": 0.75, "b": 1, "c": 0, "d": 0}
    assert both.attrs["tried"] == 4
    gaps = with_stability(find_gaps(base, areas, beyond=10), both, base)
    assert gaps["stability"].tolist() == [pytest.approx((100 * 0.75 + 200) / 300)]
    checked(gaps, GAPS)
    with pytest.raises(AccessError, match="at least one"):
        gap_stability({}, areas)


def test_provision_gaps_hold_areas_under_the_standard_and_those_without_a_value():
    values = pd.Series([0.5, np.nan, 2.0, 1.0], index=KEYS, name="fte_per_10000")

    found = find_provision_gaps(values, row_of_four(), standard=1.0)

    # exactly the standard is enough: d is no gap
    assert found["areas"].tolist() == ["a b"]
    assert found["people"].tolist() == [300]
    assert found["people_without_value"].tolist() == [200]
    assert found["value"].tolist() == [0.5]
    assert found["shortfall"].tolist() == [100 * 0.5 + 200 * 1.0]
    assert found["name"].tolist() == ["Place b"]
    assert find_provision_gaps(values, row_of_four(), standard=1.0, people=301).empty


def test_provision_gaps_leave_the_context_out_and_refuse_travel_times():
    values = pd.Series([0.0, 0.0, 0.0, 0.0], index=KEYS, name="two_step")
    found = find_provision_gaps(
        values, row_of_four(in_study=[True, False, True, True]), standard=1.0
    )

    assert found["areas"].tolist() == ["c d", "a"]
    values.attrs["direction"] = "lower is better"
    with pytest.raises(AccessError, match="use find_gaps"):
        find_provision_gaps(values, row_of_four(), standard=1.0)


def test_no_link_worker_is_told_from_no_return():
    patients = pd.Series({"p1": 5000.0, "p2": 6000.0, "p3": 7000.0, "p4": 8000.0})
    fte = pd.Series({"p1": 1.5, "p2": 0.0})

    unknown = practices_without(fte, patients)
    known = practices_without(
        fte, patients, returned=pd.Series({"p1": True, "p2": True, "p3": True, "p4": False})
    )

    assert unknown["why"].to_dict() == {"p2": "none", "p3": "not known", "p4": "not known"}
    assert known["why"].to_dict() == {"p2": "none", "p3": "none", "p4": "not known"}
    assert known.attrs["without"] == 2
    assert known.attrs["patients"] == 26_000
    with pytest.raises(AccessError, match="no patients listed"):
        practices_without(pd.Series({"px": 1.0}), patients)
