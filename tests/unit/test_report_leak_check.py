"""The leak check finds a planted secret in every kind of file, by cell and by difference."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from slgeo.errors import DisclosureError
from slgeo.report.csv_file import write_csv
from slgeo.report.disclosure import HIDDEN, Total, controlled
from slgeo.report.leak_check import Secret, leaks, refuse_leaks

RAW = pd.DataFrame(
    {"referred": [3, 41, 20, 64], "seen": [2, 30, 18, 50]},
    index=pd.Index(["X1", "X2", "X3", "all"], name="area"),
)
TOTALS = [Total("all", ("X1", "X2", "X3"))]
COUNTS = ["referred", "seen"]


def planted_csv(path: Path) -> Path:
    return write_csv(RAW[["referred"]], path.with_suffix(".csv"))


def planted_workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["Area", "Name", "Referred"])
    book.active.append(["X1", "Oakham", 3])
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def json_file(path: Path, value: object) -> Path:
    path.with_suffix(".json").write_text(json.dumps(value))
    return path.with_suffix(".json")


def html_file(path: Path, body: str) -> Path:
    path.with_suffix(".html").write_text(f"<!doctype html><title>t</title>{body}")
    return path.with_suffix(".html")


def packed(value: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


SIDE_BY_SIDE = {"area": ["X1", "X2"], "referred": [3, 41]}


def _geopackage(path: Path) -> Path:
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        RAW[["referred"]].reset_index(),
        geometry=gpd.points_from_xy([0, 1, 2, 3], [0] * 4, crs=3857),
    )
    frame.to_file(path.with_suffix(".gpkg"), layer="areas")
    return path.with_suffix(".gpkg")


def _parquet(path: Path) -> Path:
    RAW[["referred"]].to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


PLANTED: dict[str, Callable[[Path], Path]] = {
    "csv": planted_csv,
    "workbook": planted_workbook,
    "json records": lambda path: json_file(path, [{"area": "X1", "referred": 3}]),
    "json by key": lambda path: json_file(path, {"X1": {"referred": 3}}),
    "json by column": lambda path: json_file(path, {"referred": {"X1": 3.0}}),
    "json columns": lambda path: json_file(path, SIDE_BY_SIDE),
    "page table": lambda path: html_file(
        path,
        "<table><tr><th>area<th>referred</th></tr><tr><td>X1</td><td>3</td></tr></table>".replace(
            "<th>area<th>", "<th>area</th><th>"
        ),
    ),
    "packed block": lambda path: html_file(
        path, f"<script type='text/plain'>{packed(SIDE_BY_SIDE)}</script>"
    ),
    "json block": lambda path: html_file(
        path, f"<script type='application/json'>{json.dumps({'X1': {'referred': 3}})}</script>"
    ),
    "words": lambda path: _text(path, "X1: referred 3."),
    "cell with tags": lambda path: html_file(
        path,
        "<table><tr><th>area</th><th><i>referred</i></th></tr>"
        "<tr><td><a>X1</a></td><td><b>3</b></td></tr></table>",
    ),
    "tooltip": lambda path: html_file(path, '<path title="X1, referred: 3">'),
    "label": lambda path: html_file(path, '<g aria-label="3 referred in X1"></g>'),
    "legend": lambda path: html_file(path, "<ul><li>X1: 3 referred</li></ul>"),
    "sentence in data": lambda path: html_file(
        path,
        f"<script type='text/plain'>{packed({'X1': ['In X1 there were 3 referred']})}</script>",
    ),
    "sentence in a sheet": lambda path: _text(path, "name,note\nX1,3 referred", ".csv"),
    "features": lambda path: _text(
        path, json.dumps({"features": [{"properties": {"area": "X1", "referred": 3}}]}), ".geojson"
    ),
    "geopackage": _geopackage,
    "parquet": _parquet,
}


def _text(path: Path, text: str, suffix: str = ".txt") -> Path:
    path.with_suffix(suffix).write_text(text)
    return path.with_suffix(suffix)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_count_is_found(kind: str, tmp_path: Path) -> None:
    path = PLANTED[kind](tmp_path / "planted")

    found = leaks([path], RAW, counts=COUNTS, rule="lt5", totals=TOTALS)

    assert f"{path.name}: X1, referred: shows 3" in found


def test_what_has_passed_control_gives_nothing_away(tmp_path: Path) -> None:
    shown = controlled(RAW, counts=COUNTS, rule="lt5", totals=TOTALS)
    path = write_csv(shown, tmp_path / "t.csv")

    assert leaks([path], RAW, counts=COUNTS, rule="lt5", totals=TOTALS) == []


def test_two_files_that_give_a_count_away_together_are_found(tmp_path: Path) -> None:
    """One file hides X1, another shows the total: 64 - 41 - 20 = 3."""
    parts = RAW[["referred"]].drop("all").astype(object)
    parts.loc["X1", "referred"] = HIDDEN
    first = write_csv(parts, tmp_path / "parts.csv")
    second = write_csv(RAW.loc[["all"], ["referred"]], tmp_path / "total.csv")

    apart = leaks([first], RAW, counts=COUNTS, rule="lt5", totals=TOTALS)
    together = leaks([first, second], RAW, counts=COUNTS, rule="lt5", totals=TOTALS)

    assert apart == []
    assert together == ["X1, referred: 3 can be worked out from the totals"]


def test_the_same_number_of_another_thing_is_no_leak(tmp_path: Path) -> None:
    path = json_file(tmp_path / "t", [{"area": "X1", "minutes": 3}, {"area": "X2", "referred": 3}])

    assert leaks([path], RAW, counts=COUNTS, rule="lt5") == []


def test_keys_of_two_parts_must_both_be_there(tmp_path: Path) -> None:
    raw = pd.DataFrame(
        {"referred": [3]}, index=pd.MultiIndex.from_tuples([("X1", "gp")], names=["area", "kind"])
    )
    same = json_file(tmp_path / "a", [{"area": "X1", "kind": "gp", "referred": 3}])
    other = json_file(tmp_path / "b", [{"area": "X1", "kind": "food", "referred": 3}])

    assert leaks([same], raw, counts=["referred"], rule="lt5") == [
        "a.json: X1 gp, referred: shows 3"
    ]
    assert leaks([other], raw, counts=["referred"], rule="lt5") == []


def test_code_in_a_page_is_not_taken_for_data(tmp_path: Path) -> None:
    path = html_file(tmp_path / "t", "<script>var X1 = 3; // referred</script>")

    assert leaks([path], RAW, counts=COUNTS, rule="lt5") == []


def test_a_comma_in_a_thousand_does_not_make_a_small_count(tmp_path: Path) -> None:
    path = _text(tmp_path / "t", "In X1 there are 3,120 people; some were referred.")

    assert leaks([path], RAW, counts=COUNTS, rule="lt5") == []


def test_a_leak_is_refused_without_saying_the_count(tmp_path: Path) -> None:
    path = planted_csv(tmp_path / "planted")
    secret = Secret("referrals", RAW, tuple(COUNTS), "lt5", tuple(TOTALS))

    with pytest.raises(
        DisclosureError, match=r"referrals: 2 small counts .*planted\.csv"
    ) as caught:
        refuse_leaks([path], [secret])

    assert " 3" not in str(caught.value)
    refuse_leaks([], [secret])
