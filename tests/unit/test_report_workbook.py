"""results.xlsx opens, says what each column is, runs nothing, and has the same bytes every time."""

import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from slgeo.errors import DisclosureError, TableError
from slgeo.report import workbook
from slgeo.report.disclosure import controlled
from slgeo.report.results import BY_AREA, NOT_LOCATED, SUMMARY
from slgeo.report.workbook import heading, write_workbook
from slgeo.tables import Column, Table

HOSTILE = [
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "#REF!",
    "TRUE",
    "2025-09-01",
    "1e5",
    "<script>alert(1)</script>",
    "a\x00b\x0bc",
    "_x0041_",
    "",
    " leading and trailing ",
    "x" * 40_000,
]


def not_located(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": names,
            "kind": "gp",
            "source": "places.xlsx, row 3",
            "postcode": None,
            "reason": "not_geocoded",
            "sentence": "could not be placed on the map",
        },
        index=pd.Index([f"s{at}" for at in range(len(names))], name="site"),
    )


def by_area() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Oakham", "Uppingham"],
            "in_study": [True, False],
            "people": [1673.4, 20.0],
            "minutes": [12.345, np.nan],
            "minutes_median": [11.5, np.nan],
            "people_within_20": [1600.0, 0.0],
            "people_beyond_20": [73.4, 20.0],
            "people_without_time": [0.0, 20.0],
            "reason": [None, "outside_network"],
            "nearest": ["s1", None],
            "nearest_name": ["Oakham Medical Practice", None],
            "people_edge_unsafe": [0.0, 0.0],
            "edge_unsafe": [False, False],
        },
        index=pd.MultiIndex.from_tuples(
            [("X1", "gp", "walk"), ("X2", "gp", "walk")], names=BY_AREA.index
        ),
    )


def test_a_person_finds_every_sheet_with_a_frozen_heading(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "results.xlsx",
        {"by_area": by_area(), "not_located": not_located(["Hall"])},
        title="Who can reach a GP in Rutland?",
        about=["6,100 of 41,400 people (15%) live more than 20 minutes' walk from one."],
    )

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["About", "By area", "Places not located", "Data dictionary"]
    assert book["About"]["A1"].value == "Who can reach a GP in Rutland?"
    assert "6,100 of 41,400" in book["About"]["A3"].value
    sheet = book["By area"]
    assert [cell.value for cell in sheet[1]][:6] == [
        "Area",
        "Kind",
        "Mode",
        "Name",
        "In study",
        "People",
    ]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:P3"
    assert [cell.value for cell in sheet[2]][4:7] == ["yes", 1673.4, 12.35]
    assert sheet["F2"].number_format == "#,##0"
    assert sheet["G2"].number_format == "0.0"
    assert sheet["G3"].value is None
    assert sheet.column_dimensions["D"].width >= len("Uppingham")


def test_every_column_is_in_the_data_dictionary(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "r.xlsx", {"by_area": by_area()}, title="t")

    rows = list(openpyxl.load_workbook(path)["Data dictionary"].values)

    assert rows[0][:2] == ("Table", "Column")
    assert [row[1] for row in rows[1:]] == [*BY_AREA.index, *(c.name for c in BY_AREA.columns)]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "r.xlsx",
        {"not_located": not_located([text])},
        title=text or "t",
        about=[text],
    )

    cell = openpyxl.load_workbook(path)["Places not located"]["B2"]

    assert cell.data_type in {"s", "inlineStr", "n"}
    assert cell.value is None or isinstance(cell.value, str)
    assert (cell.value or "").startswith(text[:1].replace("\x00", "\ufffd")[:1])
    assert bool(cell.quotePrefix) == text.startswith(tuple("=+-@\t"))
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if "worksheets/sheet" in name]
        assert all(b"<f>" not in parts.read(name) for name in sheets), "a formula was written"


def test_nothing_in_the_workbook_reaches_outside_it(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "r.xlsx", {"not_located": not_located(HOSTILE)}, title="http://example.org"
    )

    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        assert not [name for name in names if "externalLink" in name or "vba" in name.lower()]
        relations = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        assert b'TargetMode="External"' not in relations


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    tables = {"by_area": by_area(), "not_located": not_located(["Hall"])}

    first = write_workbook(tmp_path / "a.xlsx", tables, title="t").read_bytes()
    reversed_ = dict(reversed(tables.items()))
    second = write_workbook(tmp_path / "b.xlsx", reversed_, title="t").read_bytes()

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_empty_table_keeps_its_heading(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "r.xlsx", {"not_located": not_located(["a"]).iloc[:0]}, title="t"
    )

    rows = list(openpyxl.load_workbook(path)["Places not located"].values)

    assert rows == [("Site", "Name", "Kind", "Source", "Postcode", "Reason", "Sentence")]


def test_a_table_nobody_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table is called 'surprise'"):
        write_workbook(tmp_path / "r.xlsx", {"surprise": by_area()}, title="t")
    assert list(tmp_path.iterdir()) == []


def test_infinite_numbers_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    frame = by_area().assign(minutes=np.inf)

    with pytest.raises(TableError, match="infinite number"):
        write_workbook(tmp_path / "r.xlsx", {"by_area": frame}, title="t")
    assert list(tmp_path.iterdir()) == []


def test_a_sensitive_table_must_have_passed_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(
        "referrals",
        ("area",),
        (Column("referred", "count", "People referred", unit="people"),),
        "One area.",
        status="sensitive",
    )
    monkeypatch.setattr(workbook, "RESULT_TABLES", (table,))
    monkeypatch.setitem(workbook.SHEETS, "referrals", "Referrals")
    raw = pd.DataFrame({"referred": [3, 41]}, index=pd.Index(["X1", "X2"], name="area"))

    with pytest.raises(DisclosureError, match="holds sensitive counts"):
        write_workbook(tmp_path / "r.xlsx", {"referrals": raw}, title="t")

    path = write_workbook(
        tmp_path / "r.xlsx", {"referrals": controlled(raw, counts=["referred"])}, title="t"
    )
    assert list(openpyxl.load_workbook(path)["Referrals"].values)[1:] == [("X1", "*"), ("X2", 40)]


def test_a_table_too_long_for_a_sheet_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)

    path = write_workbook(tmp_path / "r.xlsx", {"by_area": by_area()}, title="t")

    assert (
        "2 rows are more than a sheet holds" in openpyxl.load_workbook(path)["By area"]["A1"].value
    )


def test_every_result_table_but_the_wide_one_has_a_sheet_of_its_own() -> None:
    titles = list(workbook.SHEETS.values())

    assert [*workbook.SHEETS, "areas"] == sorted(
        (table.name for table in workbook.RESULT_TABLES), key=[*workbook.SHEETS, "areas"].index
    )
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 for title in titles), "a sheet's title has at most 31 characters"


def test_headings_are_words() -> None:
    assert heading("people_beyond_7.5") == "People beyond 7.5"
    assert SUMMARY.index == ("kind", "mode", "by", "group")
    assert NOT_LOCATED.index == ("site",)
