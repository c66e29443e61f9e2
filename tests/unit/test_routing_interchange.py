"""Times to and from other tools' tables: what goes out comes back."""
# ruff: noqa: PD010 - pivot is a method of TravelTimes, not of a frame

import numpy as np
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import TableError
from slgeo.routing.interchange import LAYOUTS, read_long, read_wide, write_long, write_wide
from slgeo.routing.times import TravelTimes


def homes() -> pd.DataFrame:
    return pd.DataFrame(
        {"area": ["A", "A", "B"], "people": [10.0, 20.0, 30.0]},
        index=pd.Index(["h1", "h2", "h3"], name="origin"),
    )


def times() -> TravelTimes:
    pairs = pd.DataFrame(
        {"origin": ["h1", "h1", "h2"], "site": ["s1", "s2", "s2"], "minutes": [3.5, 0.0, 12.25]}
    )
    return TravelTimes.from_frame(pairs, homes(), ["s1", "s2", "s3"], limit=30, mode="walk")


@pytest.mark.parametrize("layout", list(LAYOUTS))
@pytest.mark.parametrize("unit", ["minutes", "seconds"])
def test_long_tables_come_back_as_they_went(layout: str, unit: str):
    table = write_long(times(), layout=layout, unit=unit)

    back = read_long(table, homes(), ["s1", "s2", "s3"], mode="walk", limit=30, unit=unit)

    assert list(table.columns) == list(LAYOUTS[layout])
    pd.testing.assert_frame_equal(back.pivot(), times().pivot())
    assert back.reason.tolist() == [None, None, reasons.BEYOND_LIMIT]


@pytest.mark.parametrize("unit", ["minutes", "seconds"])
def test_wide_tables_come_back_as_they_went(unit: str):
    table = write_wide(times(), origin="LSOA", unit=unit)

    back = read_wide(table, homes(), origin="LSOA", mode="walk", limit=30, unit=unit)

    assert table.columns.tolist() == ["LSOA", "s1", "s2", "s3"]
    assert table["LSOA"].tolist() == ["h1", "h2", "h3"]
    pd.testing.assert_frame_equal(back.pivot(), times().pivot())


def test_an_r5py_matrix_has_blanks_for_what_is_not_reached():
    matrix = pd.DataFrame(
        {
            "from_id": ["h1", "h1", "h2", "elsewhere"],
            "to_id": ["s1", "s2", "s1", "s1"],
            "travel_time": [11, np.nan, 45, 3],
        }
    )

    with pytest.warns(UserWarning, match="1 of 4 rows .*first: 'elsewhere' to 's1'"):
        made = read_long(matrix, homes(), ["s1", "s2"], mode="transit")
    nearer = read_long(matrix[:3], homes(), ["s1", "s2"], mode="transit", limit=30)

    assert made.limit == 45
    assert made.minutes.tolist() == [11, 45]
    assert nearer.minutes.tolist() == [11]
    assert nearer.reason.tolist() == [None, *[reasons.BEYOND_LIMIT] * 2]


def test_unknown_columns_and_strangers_are_refused():
    with pytest.raises(TableError, match="no known layout"):
        read_long(pd.DataFrame({"a": [1]}), homes(), ["s1"], mode="walk")
    with pytest.raises(TableError, match="no column travel_time_p50"):
        read_long(write_long(times(), layout="r5py"), homes(), ["s1"], mode="walk", layout="r5r")
    with pytest.raises(TableError, match="first is from 'h1' to 's2'"):
        read_long(write_long(times(), layout="r5py"), homes(), ["other"], mode="walk")
    with pytest.raises(TableError, match="'name' is not numbers"):
        read_wide(write_wide(times()).assign(name="x"), homes(), origin="origin", mode="walk")
    with pytest.raises(TableError, match="no column for 1 sites"):
        read_wide(write_wide(times()), homes(), origin="origin", mode="walk", sites=["s9"])


def test_nothing_is_passed_on_as_nothing():
    none = times().within(0).select(["s1"])

    assert write_long(none, layout="access").columns.tolist() == ["origin", "dest", "cost"]
    back = read_long(write_long(none, layout="access"), homes(), ["s1"], mode="walk", limit=0)
    assert len(back) == 0
    assert len(back.origins) == 3
