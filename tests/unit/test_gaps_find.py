"""
Gaps on a chessboard of one-kilometre areas, where every gap can be seen.

Four columns by three rows, named by column and row. Ten people live in each area unless it is said
otherwise, and one origin stands for each.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from slgeo.errors import AccessError, TableError
from slgeo.gaps import contiguous, find_gaps
from slgeo.routing.times import TravelTimes
from slgeo.tables import GAPS, checked

KEYS = [f"{column}{row}" for row in "123" for column in "abcd"]


def board(**columns: object) -> gpd.GeoDataFrame:
    corners = [(x * 1000.0, y * 1000.0) for y in range(3) for x in range(4)]
    shapes = [shapely.box(x, y, x + 1000, y + 1000) for x, y in corners]
    frame = {
        "name": [f"Place {key}" for key in KEYS],
        "nation": "X",
        "vintage": "made up",
        "in_study": True,
        "population": 100.0,
        "deprivation_decile": np.arange(1, 13) % 10 + 1.0,
        **columns,
    }
    index = pd.Index(KEYS, name="area")
    return gpd.GeoDataFrame(frame, index=index, geometry=shapes, crs="EPSG:27700")


def board_times(
    far: dict[str, float | None], people: dict[str, float] | None = None
) -> TravelTimes:
    """Everyone is 5 minutes from site s, but for the areas given; None is not reached."""
    minutes = {key: far.get(key, 5.0) for key in KEYS}
    pairs = pd.DataFrame(
        [(key, "s", value) for key, value in minutes.items() if value is not None],
        columns=["origin", "site", "minutes"],
    )
    origins = pd.DataFrame(
        {"area": KEYS, "people": [(people or {}).get(key, 100.0) for key in KEYS]},
        index=pd.Index(KEYS, name="origin"),
    )
    return TravelTimes.from_frame(pairs, origins, ["s", "t"], limit=60, mode="walk")


def sites() -> pd.DataFrame:
    index = pd.Index(["s", "t"], name="site")
    return pd.DataFrame({"name": ["<b>Surgery</b>", "Other"], "kind": "gp"}, index=index)


def test_touching_areas_make_one_gap_and_a_corner_does_not():
    found = find_gaps(board_times({"a1": 30, "b1": 40, "c2": 30, "d3": 21}), board(), beyond=20)

    assert found["areas"].tolist() == ["a1 b1", "c2", "d3"]
    assert found["people"].tolist() == [200, 100, 100]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["minutes"].tolist() == [35, 30, 21]
    assert found.geometry.area.tolist() == [2e6, 1e6, 1e6]
    checked(found, GAPS)


def test_exactly_the_threshold_is_within_reach():
    assert find_gaps(board_times({"a1": 20.0}), board(), beyond=20).empty
    assert len(find_gaps(board_times({"a1": 20.001}), board(), beyond=20)) == 1


def test_people_without_a_time_are_further_and_counted_apart():
    found = find_gaps(board_times({"a1": None, "b1": 30}), board(), sites=sites())

    assert found["people"].tolist() == [200]
    assert found["people_without_time"].tolist() == [100]
    assert found["minutes"].tolist() == [30]
    assert found["nearest"].tolist() == ["<b>Surgery</b>"]
    assert found["kind"].tolist() == ["gp"]


def test_a_gap_nobody_of_which_has_a_time_says_so():
    found = find_gaps(board_times({"a1": None}), board())

    assert found["minutes"].isna().all()
    assert found["nearest"].isna().all()
    checked(found, GAPS)


def test_only_the_study_has_gaps_and_context_does_not_join_them():
    study = [key != "b1" for key in KEYS]

    found = find_gaps(board_times({"a1": 30, "b1": 30, "c1": 30}), board(in_study=study))

    assert found["areas"].tolist() == ["a1", "c1"]


def test_too_few_people_make_no_gap():
    times = board_times({"a1": 30, "d3": 30}, people={"a1": 99, "d3": 100})

    assert find_gaps(times, board(), people=100)["areas"].tolist() == ["d3"]
    assert find_gaps(times, board(), people=101).empty


def test_no_gap_gives_the_gaps_table_without_rows():
    found = find_gaps(board_times({}), board())

    assert len(found) == 0
    assert set(found.columns) == {column.name for column in GAPS.columns if column.required}
    assert found.crs == board().crs


def test_an_area_belongs_where_more_than_the_share_of_its_people_are_further():
    origins = pd.DataFrame(
        {"area": ["a1", "a1", *KEYS[1:]], "people": [400.0, 600.0, *([1.0] * 11)]},
        index=pd.Index(["near", "far", *KEYS[1:]], name="origin"),
    )
    pairs = pd.DataFrame(
        [("near", "s", 5.0), ("far", "s", 30.0), *[(key, "s", 1.0) for key in KEYS[1:]]],
        columns=["origin", "site", "minutes"],
    )
    times = TravelTimes.from_frame(pairs, origins, ["s"], limit=60, mode="walk")

    found = find_gaps(times, board())
    assert found["people"].tolist() == [600]
    assert found["people_total"].tolist() == [1000]
    assert find_gaps(times, board(), share=0.6).empty
    assert len(find_gaps(times, board(), share=0.59)) == 1


def test_the_decile_of_a_gap_is_weighted_by_people():
    times = board_times({"a1": 30, "b1": 30}, people={"a1": 300.0, "b1": 100.0})
    deciles = [1.0, 5.0, *([3.0] * 10)]

    found = find_gaps(times, board(deprivation_decile=deciles))
    assert found["deprivation_decile"].tolist() == [2.0]
    unknown = find_gaps(times, board().drop(columns="deprivation_decile"))
    assert unknown["deprivation_decile"].isna().all()


def test_options_and_tables_at_fault_are_refused():
    with pytest.raises(AccessError, match="searched to 60"):
        find_gaps(board_times({}), board(), beyond=90)
    with pytest.raises(AccessError, match="share is from 0"):
        find_gaps(board_times({}), board(), share=1.0)
    with pytest.raises(TableError, match="population"):
        find_gaps(board_times({}), board().drop(columns="population"))
    more = board().rename(index={"a1": "zz"})
    with pytest.raises(AccessError, match="1 areas of the study are not among the travel times"):
        find_gaps(board_times({}), more)


def test_areas_are_not_changed():
    areas = board()
    before = areas.copy()

    find_gaps(board_times({"a1": 30}), areas)

    pd.testing.assert_frame_equal(areas, before)


def test_groups_agree_with_libpysal_contiguity():
    libpysal = pytest.importorskip("libpysal")
    generator = np.random.default_rng(7)
    shapes = board().geometry[generator.random(12) < 0.6]
    graph = libpysal.graph.Graph.build_contiguity(shapes, rook=True)

    ours = contiguous(shapes)

    labels = graph.component_labels.reindex(shapes.index)
    assert ours.nunique() == labels.nunique()
    assert (pd.crosstab(ours, labels) > 0).sum(axis=1).eq(1).all()
