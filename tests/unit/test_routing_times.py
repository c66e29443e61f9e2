"""TravelTimes: everyone stays in the table, with a time or a reason."""
# ruff: noqa: PD010 - pivot is a method of TravelTimes, not of a frame

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import AccessError, SourceError, TableError
from slgeo.routing.times import TravelTimes


def homes() -> pd.DataFrame:
    return pd.DataFrame(
        {"area": ["A", "A", "B", "C"], "people": [10.0, 20.0, 30.0, 40.0]},
        index=pd.Index(["h1", "h2", "h3", "h4"], name="origin"),
    )


def pairs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "origin": ["h3", "h1", "h1", "h2", "h1"],
            "site": ["s1", "s2", "s1", "s1", "s3"],
            "minutes": [7.0, 2.0, 2.0, 0.0, 1.5],
        }
    )


def times(**options: object) -> TravelTimes:
    return TravelTimes.from_frame(
        pairs(), homes(), ["s1", "s2", "s3", "s4"], limit=60, mode="walk", **options
    )


def test_rows_are_sorted_by_time_then_site_and_nobody_is_lost():
    made = times()

    assert made.start.tolist() == [0, 3, 4, 5, 5]
    assert made.site.tolist() == [2, 0, 1, 0, 0]
    assert made.minutes.tolist() == [1.5, 2.0, 2.0, 0.0, 7.0]
    assert made.reason.tolist() == [None, None, None, reasons.BEYOND_LIMIT]
    assert list(made.areas) == ["A", "B", "C"]
    assert len(made) == 5
    assert "5 times from 4 origins (1 without a time) to 4 sites" in repr(made)


def test_zero_minutes_is_a_real_trip():
    nearest = times().nearest()

    assert nearest.loc["h2", "minutes"] == 0
    assert nearest.loc["h2", "site"] == "s1"
    assert nearest.loc["h2", "reason"] is None


def test_kth_nearest_is_missing_with_a_reason_where_fewer_are_reached():
    third = times().nearest(3)

    assert third["minutes"].iloc[0] == 2.0
    assert third["minutes"].isna().tolist() == [False, True, True, True]
    assert third["reason"].tolist() == [None, *[reasons.BEYOND_LIMIT] * 3]


def test_reason_of_the_origins_table_is_kept():
    table = homes().assign(reason=[None, None, None, reasons.NO_ROAD_WITHIN])

    made = TravelTimes.from_frame(pairs(), table, ["s1", "s2", "s3"], limit=60, mode="walk")

    assert made.reason[3] == reasons.NO_ROAD_WITHIN
    assert made.reasons().loc[reasons.NO_ROAD_WITHIN, ["origins", "people"]].tolist() == [1, 40.0]


def test_reasons_of_sites_are_kept():
    sites = pd.DataFrame(
        {"reason": [None, float("nan"), None, reasons.NOT_GEOCODED]}, index=["s1", "s2", "s3", "s4"]
    )

    made = TravelTimes.from_frame(pairs(), homes(), sites, limit=60, mode="walk")

    assert made.site_reason.tolist() == [None, None, None, reasons.NOT_GEOCODED]


def test_within_gives_people_who_fall_out_a_reason():
    near = times().within(2)

    assert near.limit == 2
    assert near.minutes.max() == 2.0
    assert near.reasons().loc[reasons.BEYOND_LIMIT, "people"] == 70
    assert near.people.sum() == 100


def test_within_more_than_was_searched_is_refused():
    with pytest.raises(AccessError, match="searched up to 60"):
        times().within(61)


def test_select_renumbers_sites_and_keeps_everyone():
    some = times().select(["s3", "s1"])

    assert list(some.sites) == ["s1", "s3"]
    assert some.pivot().fillna(-1).to_numpy().tolist() == [[2, 1.5], [0, -1], [7, -1], [-1, -1]]
    assert len(times().select([])) == 0
    assert len(times().select(np.array([True, False, False, False]))) == 3
    with pytest.raises(TableError, match="unknown"):
        times().select(["s9"])


def test_select_is_refused_where_only_the_nearest_were_kept():
    with pytest.raises(AccessError, match="2 nearest"):
        times(kept=2).select(["s1"])
    with pytest.raises(AccessError, match="nearest=3"):
        times(kept=2).nearest(3)
    with pytest.raises(AccessError, match="k is 0"):
        times().nearest(0)


def test_areas_without_origins_are_kept():
    assert list(times(areas=["Z", "C", "B", "A"]).areas) == ["Z", "C", "B", "A"]
    with pytest.raises(TableError, match="not among the areas"):
        times(areas=["A", "B"])


def test_pivot_and_frame_show_the_same_times():
    wide = times().pivot()
    long = times().to_frame()

    assert list(wide.columns) == ["s1", "s2", "s3", "s4"]
    assert np.nansum(wide) == long["minutes"].sum() == 12.5
    assert list(long.columns) == ["origin", "site", "minutes"]


def test_parquet_brings_everything_back(tmp_path: Path):
    table = homes().assign(reason=[None, None, None, reasons.OUTSIDE_NETWORK])
    made = TravelTimes.from_frame(
        pairs(), table, ["s1", "s2", "s3"], limit=45, mode="drive", kept=3, areas=list("ABCD")
    )

    made.to_parquet(tmp_path / "times.parquet")
    back = TravelTimes.from_parquet(tmp_path / "times.parquet")

    for name in TravelTimes.__slots__:
        ours, theirs = getattr(made, name), getattr(back, name)
        if isinstance(ours, np.ndarray | pd.Index):
            assert ours.tolist() == theirs.tolist(), name
            assert ours.dtype.kind == theirs.dtype.kind, name
        else:
            assert ours == theirs, name


def test_parquet_of_something_else_is_refused(tmp_path: Path):
    pairs().to_parquet(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("not parquet")

    with pytest.raises(SourceError, match="from_frame"):
        TravelTimes.from_parquet(tmp_path / "other.parquet")
    with pytest.raises(SourceError, match="cannot be read"):
        TravelTimes.from_parquet(tmp_path / "text.parquet")


def test_every_fault_of_a_long_table_is_named_at_once():
    bad = pd.DataFrame(
        {
            "origin": ["h1", "h1", "nobody", "h2"],
            "site": ["s1", "s1", "s1", "s2"],
            "minutes": [1.0, 2.0, -3.0, 99.0],
        }
    )

    with pytest.raises(TableError) as caught:
        TravelTimes.from_frame(bad, homes(), ["s1", "s2"], limit=60, mode="walk")

    for part in ("unknown origin ('nobody')", "1 repeated", "1 negative", "over the limit of 60"):
        assert part in str(caught.value)
    with pytest.raises(TableError, match="no column minutes"):
        TravelTimes.from_frame(bad[["origin", "site"]], homes(), ["s1"], limit=60, mode="walk")


def test_pairs_without_minutes_were_not_reached():
    table = pairs()
    table.loc[0, "minutes"] = np.nan

    made = TravelTimes.from_frame(table, homes(), ["s1", "s2", "s3"], limit=60, mode="walk")

    assert made.reason[2] == reasons.BEYOND_LIMIT


def test_nothing_in_gives_the_same_columns_out(tmp_path: Path):
    made = TravelTimes.from_frame(pairs()[:0], homes()[:0], [], limit=60, mode="walk")

    assert made.to_frame().columns.tolist() == ["origin", "site", "minutes"]
    assert made.nearest().columns.tolist() == ["minutes", "site", "reason"]
    assert made.reasons().columns.tolist() == ["origins", "people", "sentence"]
    assert made.pivot().shape == (0, 0)
    made.to_parquet(tmp_path / "empty.parquet")
    assert len(TravelTimes.from_parquet(tmp_path / "empty.parquet").origins) == 0


def test_inputs_are_not_changed():
    table, people = pairs(), homes()

    TravelTimes.from_frame(table, people, ["s1", "s2", "s3"], limit=60, mode="walk").within(1)

    pd.testing.assert_frame_equal(table, pairs())
    pd.testing.assert_frame_equal(people, homes())


def test_arrays_that_do_not_fit_are_refused():
    made = times()
    fields = {name: getattr(made, name) for name in TravelTimes.__slots__}

    with pytest.raises(TableError, match="site positions outside"):
        TravelTimes(**{**fields, "site": made.site + np.int32(9)})
    with pytest.raises(TableError, match="people has 3 elements, not 4"):
        TravelTimes(**{**fields, "people": made.people[:3]})
    with pytest.raises(TableError, match="either a time or a reason"):
        TravelTimes(**{**fields, "reason": made.site_reason[:4]})
    with pytest.raises(TableError, match="unknown reasons: lost"):
        TravelTimes(**{**fields, "site_reason": np.array(["lost"] * 4, object)})
