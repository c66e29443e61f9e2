"""Tables of any format come in as text that can be trusted, or are refused in one line."""

from __future__ import annotations

import re

import openpyxl
import pandas as pd
import pytest

from slgeo.errors import SourceError
from slgeo.sources.read import numbers, read_table, sheet_names, top_rows, where


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_codes_keep_their_zeros_and_rows_their_numbers(tmp_path):
    """A byte-order mark, a header broken over lines, quoted commas, blanks: rows stay countable."""
    path = write(
        tmp_path / "a.csv", '\ufeff"LSOA code\n(2021)","b, c "\r\n00123 , 1\r\n\r\n"x, y",NA\r\n'
    )

    frame = read_table(path)

    assert list(frame.columns) == ["LSOA code (2021)", "b, c"]
    assert frame.index.tolist() == [2, 4]
    assert frame.index.name == "row"
    assert frame.iloc[0].tolist() == ["00123", "1"]
    assert frame.loc[4].tolist() == ["x, y", "NA"]


def test_a_village_called_null_is_no_missing_value(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", "name,n\nNull,nan\nNone,\n"))

    assert frame["name"].tolist() == ["Null", "None"]
    assert frame["n"].isna().tolist() == [False, True]


@pytest.mark.parametrize("mark", ["\t", ";", "|", ","])
def test_the_separator_is_found(tmp_path, mark):
    path = write(tmp_path / "a.txt", mark.join(["a", "b"]) + "\n" + mark.join(["1", "2"]) + "\n")

    assert read_table(path).to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_windows_text_is_read_and_said(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", "name,n\nCaf\xe9,1\n".encode("cp1252")))

    assert frame["name"].tolist() == ["Café"]
    assert "cp1252" in frame.attrs["notes"][0]


def test_utf16_from_a_spreadsheet_is_read(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", "name\tn\nCafé\t1\n".encode("utf-16")))

    assert frame["name"].tolist() == ["Café"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("e.csv", "", "empty"),
        ("b.csv", " \n \n", "blanks"),
        ("q.csv", 'a,b\n1,"2\n3,4\n', "quoted cell"),
        ("c.csv", "a,b,c\n1,2,3\n1,2", "cut short"),
        ("d.csv", "a,a\n1,2\n", "two columns are called 'a'"),
        ("z.csv", b"PK\x03\x04xxxx", "rename it"),
        ("n.csv", b"a,b\n1,\x00\x00\n", "binary"),
        ("p.parquet", b"PAR1xxxx", "not a whole Parquet file"),
        ("x.xlsx", b"PK\x03\x04xxxx", "not a whole zip"),
        ("x.xls", b"\xd0\xcf\x11\xe0 and no more", "not a whole workbook"),
        ("x.doc", b"x", "suffix"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_in_one_line(tmp_path, name, text, says):
    path = write(tmp_path / name, text)

    with pytest.raises(SourceError) as caught:
        read_table(path)

    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        read_table(tmp_path / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        read_table(tmp_path / "b.csv")


def test_a_row_longer_than_the_header_is_refused_not_shifted(tmp_path):
    """Pandas alone would turn the first column into an index, or drop the last."""
    rows = "".join("1,2\n" for _ in range(80))

    with pytest.raises(SourceError, match=r"(?i)cells|fields"):
        read_table(write(tmp_path / "a.csv", f"a,b\n{rows}1,2,3\n"))


def test_a_file_cut_at_any_byte_of_its_last_row_never_loses_a_cell_unseen(tmp_path):
    whole = "code,n\nE01000001,12\nE01000002,34\n"
    for cut in range(len("code,n\nE01000001,12\nE"), len(whole) - 4):
        path = write(tmp_path / "a.csv", whole[:cut])
        with pytest.raises(SourceError, match="cut short"):
            read_table(path)


def test_sheets_are_chosen_by_name_or_pattern_and_headers_found_below_notes(tmp_path):
    """The estimates' layout: notes first, header on row 4, a dead last column."""
    path = workbook(
        tmp_path / "sape.xlsx",
        {
            "Notes": [["About these data"]],
            "Mid-2023 LSOA 2021": [["old"]],
            "Mid-2024 LSOA 2021": [
                ["Table 3"],
                [None],
                ["Contents"],
                ["LSOA 2021 Code ", "Total\n", None],
                ["E01000001", 1474.0, None],
                [None, None, None],
                ["E01000002", 12, None],
            ],
        },
    )

    frame = read_table(path, sheet=re.compile("2024"), header=re.compile("^LSOA 2021 Code$"))

    assert sheet_names(path)[0] == "Notes"
    assert frame.to_dict("list") == {
        "LSOA 2021 Code": ["E01000001", "E01000002"],
        "Total": ["1474", "12"],
    }
    assert frame.index.tolist() == [5, 7]
    assert where(frame, 7, "Total").endswith(
        "sape.xlsx, sheet 'Mid-2024 LSOA 2021', row 7, column 'Total'"
    )
    assert top_rows(path, sheet="notes")[0] == ["About these data"]


def test_a_sheet_that_is_not_there_names_those_that_are(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"One": [["a"], [1]]})

    with pytest.raises(SourceError, match=r"no sheet 'Two'; it has 'One'"):
        read_table(path, sheet="Two")


def test_formulas_are_never_evaluated(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"One": [["a", "b"], ["=1+1", "'=cmd|x"]]})

    frame = read_table(path)

    assert "2" not in frame.to_numpy().ravel().tolist()


def test_dates_and_truths_of_a_workbook_are_plain_text(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", {"One": [["a", "b", "c"], [pd.Timestamp("2026-11-01"), True, 1.5]]}
    )

    assert read_table(path).iloc[0].tolist() == ["2026-11-01", "TRUE", "1.5"]


def test_a_workbook_whose_xml_explodes_is_refused_or_harmless(tmp_path):
    """Entities that would expand a billion-fold are not expanded."""
    import zipfile

    path = workbook(tmp_path / "a.xlsx", {"One": [["a"], ["x"]]})
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
        + "".join(
            f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + ']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + "<si><t>&i;</t></si><si><t>&i;</t></si></sst>"
    )
    changed = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            body = (
                bomb.encode() if entry.filename.endswith("sharedStrings.xml") else old.read(entry)
            )
            new.writestr(entry.filename, body)

    try:
        frame = read_table(changed)
    except SourceError:
        return
    assert frame.to_numpy().astype(str).size < 10
    assert all(len(str(cell)) < 1000 for cell in frame.to_numpy().ravel())


def test_parquet_keeps_its_types_and_counts_rows_from_one(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"code ": ["01"], "n": [3]}).to_parquet(path)

    frame = read_table(path)

    assert frame.loc[1].tolist() == ["01", 3]
    assert list(frame.columns) == ["code", "n"]


def test_only_wanted_columns_are_kept(tmp_path):
    frame = read_table(
        write(tmp_path / "a.csv", "a,b,c\n1,2,3\n"), columns=lambda name: name != "b"
    )

    assert list(frame.columns) == ["a", "c"]


def test_files_without_a_header_number_their_columns(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", "A81001,X\nA81002,Y\n"), header=None)

    assert frame.to_dict("list") == {"0": ["A81001", "A81002"], "1": ["X", "Y"]}
    assert frame.index.tolist() == [1, 2]


def test_numbers_say_where_they_are_none(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", 'n\n"1,234"\n*\n-3\nabout 5\n1e400\n'))

    with pytest.raises(SourceError, match=r"a\.csv, column 'n': not a number: row 5 'about 5'"):
        numbers(frame, "n", missing=["*"])


def test_thousands_are_understood_and_suppression_is_missing(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", 'n\n"1,234"\n*\n-3\n1.5\n'))

    values = numbers(frame, "n", missing=["*"])

    assert values.dropna().tolist() == [1234.0, -3.0, 1.5]
    assert values.isna().sum() == 1


def ods(path, body):
    import zipfile

    spaces = "".join(
        f' xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"'
        for s in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="One">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><m:manifest xmlns:m="x"/>')
        out.writestr("content.xml", content)
    return path


CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def test_two_cells_at_opposite_corners_do_not_take_all_memory(tmp_path):
    """A sheet is held as a rectangle: this one of 5 kB would be of 17 thousand million cells."""
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.active["XFD1048576"] = "b"
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(SourceError, match="out to row 1,048,576, column 16,384"):
        read_table(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    "body",
    [
        "<table:table-row>"
        + CELL.format(' table:number-columns-repeated="16384"') * 3
        + CELL.format(' table:number-columns-repeated="900000000"')
        + "</table:table-row>",
        '<table:table-row table:number-rows-repeated="900000000">'
        + CELL.format("")
        + "</table:table-row>",
    ],
)
def test_a_filled_cell_repeated_without_end_is_refused(tmp_path, body):
    with pytest.raises(SourceError, match="900,000,000 times"):
        read_table(ods(tmp_path / "a.ods", body))


def test_blank_padding_of_an_open_document_is_no_fault(tmp_path):
    """Office programs pad sheets with a million blank rows of sixteen thousand blank cells."""
    pad = '<table:table-cell table:number-columns-repeated="16383"/>'
    row = f"<table:table-row>{CELL.format('')}{pad}</table:table-row>"
    end = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )

    frame = read_table(ods(tmp_path / "a.ods", row + row + end))

    assert frame.to_dict("list") == {"x": ["x"]}
