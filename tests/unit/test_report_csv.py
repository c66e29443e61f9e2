"""A CSV is safe to open, complete, and the same bytes every time."""

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from slgeo.errors import DisclosureError, TableError
from slgeo.report.cells import fixed, inert
from slgeo.report.csv_file import write_csv
from slgeo.report.disclosure import controlled
from slgeo.report.results import NOT_LOCATED
from slgeo.tables import Column, Table

REFERRALS = Table(
    "referrals",
    ("area",),
    (Column("referred", "count", "People referred", unit="people"),),
    "One area.",
    status="sensitive",
)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def frame_of(**columns: list[object]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index([f"X{at}" for at in range(rows)], name="area"))


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org","x")',
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_made_inert(text: str, tmp_path: Path) -> None:
    path = write_csv(frame_of(name=[text], note=["plain"]), tmp_path / "t.csv")

    assert rows_of(path)[1][1] == "'" + text


def test_headings_and_keys_are_made_inert_too(tmp_path: Path) -> None:
    frame = frame_of(**{"=1+1": ["a"]})
    frame.index = pd.Index(["=2+2"], name="@area")

    assert rows_of(write_csv(frame, tmp_path / "t.csv")) == [["'@area", "'=1+1"], ["'=2+2", "a"]]


def test_negative_numbers_are_left_alone(tmp_path: Path) -> None:
    path = write_csv(frame_of(change=[-1.5, 2.25], text=["-3", "-3 or so"]), tmp_path / "t.csv")

    assert rows_of(path)[1:] == [["X0", "-1.5000", "-3"], ["X1", "2.2500", "'-3 or so"]]


def test_the_file_starts_with_a_byte_order_mark_and_ends_lines_as_the_standard_does(
    tmp_path: Path,
) -> None:
    data = write_csv(frame_of(name=["Cân y Môr"]), tmp_path / "t.csv").read_bytes()

    assert data == b'\xef\xbb\xbf"area","name"\r\n"X0","C\xc3\xa2n y M\xc3\xb4r"\r\n'


def test_quotes_commas_and_line_breaks_survive(tmp_path: Path) -> None:
    text = 'The "Old" Hall,\nOakham'

    assert rows_of(write_csv(frame_of(name=[text]), tmp_path / "t.csv"))[1][1] == text


def test_control_characters_and_lone_surrogates_become_the_replacement_character(
    tmp_path: Path,
) -> None:
    name = pd.Series(["a\x00b\x1bc\ud800d"], index=["X0"], dtype=object)

    path = write_csv(pd.DataFrame({"name": name}), tmp_path / "t.csv")

    assert rows_of(path)[1][1] == "a\ufffdb\ufffdc\ufffdd"


def test_columns_stand_in_the_order_of_the_definition_and_unknown_ones_last(
    tmp_path: Path,
) -> None:
    frame = pd.DataFrame(
        {
            "extra": ["e"],
            "sentence": ["could not be placed on the map"],
            "reason": ["not_geocoded"],
            "name": ["Hall"],
        },
        index=pd.Index(["s1"], name="site"),
    )

    head = rows_of(write_csv(frame, tmp_path / "t.csv", table=NOT_LOCATED))[0]

    assert head == ["site", "name", "reason", "sentence", "extra"]


def test_decimals_are_those_of_the_unit_and_whole_numbers_have_none(tmp_path: Path) -> None:
    table = Table(
        "t",
        ("area",),
        (
            Column("minutes", "number", "m", unit="minutes"),
            Column("people", "count", "p", unit="people"),
            Column("share", "number", "s", unit="share"),
        ),
        "row",
    )
    frame = frame_of(minutes=[12.345678, np.nan], people=[1673.0, 20.0], share=[1 / 3, 0.5])

    assert rows_of(write_csv(frame, tmp_path / "t.csv", table=table))[1:] == [
        ["X0", "12.35", "1673", "0.3333"],
        ["X1", "", "20", "0.5000"],
    ]


def test_flags_missing_values_and_nullable_types_are_plain(tmp_path: Path) -> None:
    frame = frame_of(flag=[True, False], maybe=[None, "b"], count=[1, 2])
    frame["count"] = pd.array([1, pd.NA], dtype="Int64")
    frame["when"] = [pd.NaT, "2025-09-01"]

    assert rows_of(write_csv(frame, tmp_path / "t.csv"))[1:] == [
        ["X0", "true", "", "1", ""],
        ["X1", "false", "b", "", "2025-09-01"],
    ]


def test_infinite_numbers_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="'minutes' holds an infinite number"):
        write_csv(frame_of(minutes=[np.inf]), tmp_path / "t.csv")

    assert list(tmp_path.iterdir()) == []


def test_geometry_is_left_out_or_written_as_text(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        frame_of(name=["a"]),
        geometry=gpd.GeoSeries.from_xy([1.23456], [2.0], index=["X0"], crs="EPSG:27700"),
    )

    dropped = rows_of(write_csv(frame, tmp_path / "a.csv"))
    kept = rows_of(write_csv(frame, tmp_path / "b.csv", geometry="wkt"))

    assert dropped == [["area", "name"], ["X0", "a"]]
    assert kept[1] == ["X0", "a", "POINT (1.2 2)"]


def test_an_empty_table_keeps_its_heading(tmp_path: Path) -> None:
    assert rows_of(write_csv(frame_of(name=["a"]).iloc[:0], tmp_path / "t.csv")) == [
        ["area", "name"]
    ]


def test_two_levels_of_key_come_first(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"people": [3.0]},
        index=pd.MultiIndex.from_tuples([("X0", "gp")], names=["area", "kind"]),
    )

    assert rows_of(write_csv(frame, tmp_path / "t.csv")) == [
        ["area", "kind", "people"],
        ["X0", "gp", "3"],
    ]


def test_the_same_table_gives_the_same_bytes_and_is_unchanged(tmp_path: Path) -> None:
    frame = frame_of(name=["a", None], minutes=[0.1 + 0.2, np.nan])
    before = frame.copy()

    first = write_csv(frame, tmp_path / "a.csv").read_bytes()
    second = write_csv(frame, tmp_path / "b.csv").read_bytes()

    assert first == second
    pd.testing.assert_frame_equal(frame, before)


def test_a_sensitive_table_is_refused_until_it_has_passed_control(tmp_path: Path) -> None:
    raw = frame_of(referred=[3, 40])

    with pytest.raises(DisclosureError, match=r"pass it through slgeo\.report\.disclosure"):
        write_csv(raw, tmp_path / "t.csv", table=REFERRALS)
    assert list(tmp_path.iterdir()) == []

    path = write_csv(controlled(raw, counts=["referred"]), tmp_path / "t.csv", table=REFERRALS)
    assert rows_of(path)[1:] == [["X0", "*"], ["X1", "40"]]


def test_rounding_leaves_no_minus_before_nought() -> None:
    assert fixed(-0.001, 2) == "0.00"
    assert fixed(-0.006, 2) == "-0.01"


def test_a_telephone_number_is_text_that_could_run() -> None:
    assert inert("+44 1572 722577") == "'+44 1572 722577"
