"""Documents for reports in other forms: PDF, summaries of parts of a place, and a workbook."""

from __future__ import annotations

import csv
import io
import re

import pytest

from slgeo.errors import PageError
from slgeo.maps import csv_out, pack, tally, text, workbook_out
from slgeo.maps.pack_pdf import pack_pdf


@pytest.fixture(scope="module")
def parts(town) -> dict[str, str]:
    return {
        code: "West ward" if int(code[3:]) < 4 else "East ward" for code in town.spec.facts.codes
    }


def words_of(data: bytes) -> str:
    """Every word of a PDF, in order, with one space between."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.fixture(scope="module")
def board(town, tmp_path_factory) -> bytes:
    pytest.importorskip("reportlab", reason="reportlab is not installed")
    return town.pack("board", tmp_path_factory.mktemp("pdf") / "board.pdf").read_bytes()


def test_the_pdf_says_all_that_the_html_says(town, board):
    said = words_of(board).replace(" ", "")
    spec = town.spec
    for block in pack.blocks("board", spec, spec.measures[0], 15, {}):
        match block:
            case pack.Heading(words) | pack.Paragraph(words):
                found = (words,)
            case pack.Bullets(lines):
                found = lines
            case pack.Picture(alt=alt):
                found = (alt,)
            case pack.Grid(caption, heads, rows):
                found = (caption, *heads, *(cell for row in rows for cell in row))
            case _:
                found = ()
        for words in found:
            assert "".join(words.split()) in said, words


def test_a_board_pack_has_two_pages_a_title_and_a_language(board):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    document = pypdf.PdfReader(io.BytesIO(board))
    assert len(document.pages) == 2
    assert document.metadata.title.startswith("Who")
    assert document.trailer["/Root"]["/Lang"] == "en-GB"


def test_the_same_findings_give_the_same_pdf(town, board, tmp_path):
    assert town.pack("board", tmp_path / "again.pdf").read_bytes() == board


def test_names_are_text_in_a_pdf_and_welsh_letters_are_there():
    pytest.importorskip("reportlab", reason="reportlab is not installed")
    hostile = "<b>Tŷ Bach</b> & <img src='file:///etc/passwd'/> <a href='x'>ŵ</a>"
    grid = pack.Grid(hostile, ("Area", "People"), ((hostile, "1"),))
    made = pack_pdf(
        [pack.Heading(hostile), pack.Paragraph(hostile), pack.Bullets((hostile,)), grid]
    )
    said = words_of(made)
    # Once a line of title, paragraph, bullet, caption and cell: shown, not obeyed.
    assert said.count("Tŷ") == 5
    assert said.replace(" ", "").count("<imgsrc='file:///etc/passwd'/>") == 5


def test_a_long_table_goes_over_pages_with_its_heads():
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pytest.importorskip("reportlab", reason="reportlab is not installed")
    rows = tuple((f"Area {i}", f"{i:,}") for i in range(150))
    made = pack_pdf([pack.Heading("Long"), pack.Grid("Every area", ("Where", "People"), rows)])
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 2
    assert all("Where" in page.extract_text() for page in pages)


def test_one_page_holds_the_summary_of_an_area(town, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pytest.importorskip("reportlab", reason="reportlab is not installed")
    written = town.area_summary("X0504", tmp_path / "area.pdf")
    pages = pypdf.PdfReader(written).pages
    assert len(pages) == 1
    assert "Sampleton F5" in pages[0].extract_text()


def test_parts_of_a_place_add_up_in_their_summaries(town, parts):
    spec = town.spec
    grids = {}
    for part in ("East ward", "West ward"):
        blocks = pack.part_blocks(spec, part, parts, 15)
        grids[part] = next(b for b in blocks if isinstance(b, pack.Grid)).rows
    for position, measure in enumerate(spec.measures):
        whole = tally.everyone(measure, spec.facts, 15)
        east, west = (grids[part][position] for part in ("East ward", "West ward"))
        for column, total in ((1, whole.people), (2, whole.beyond)):
            counts = [int(row[column].replace(",", "")) for row in (east, west)]
            assert sum(counts) == total
        assert east[4] == west[4] == text.percent(whole.share)


def test_a_part_lists_only_its_own_areas(town, parts, tmp_path):
    spec = town.spec
    blocks = pack.part_blocks(spec, "East ward", parts, 15)
    listed = [b for b in blocks if isinstance(b, pack.Grid)][1].rows
    names = dict(zip(spec.facts.names, spec.facts.codes, strict=True))
    assert listed
    assert {parts[names[row[0]]] for row in listed} == {"East ward"}
    with pytest.raises(PageError, match="in 'North ward': choose from East ward, West ward"):
        town.part_summary("North ward", tmp_path / "part.html", by=parts)


def test_the_workbook_holds_the_values_of_the_csv(town, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(town.to_workbook(tmp_path / "page.xlsx"))
    heads, *rows = csv.reader(io.StringIO(csv_out.values(town.spec).decode("utf-8-sig")))
    sheet = list(book["Values"].iter_rows(values_only=True))

    assert list(sheet[0]) == heads
    assert len(sheet) == len(rows) + 1
    for ours, theirs in zip(sheet[1:], rows, strict=True):
        for name, a, b in zip(heads, ours, theirs, strict=True):
            assert (a in (None, "")) == (b == ""), name
            if b and name not in workbook_out.TEXT:
                assert a == float(b), name


def test_every_column_of_the_workbook_is_explained(town, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(town.to_workbook(tmp_path / "page.xlsx"))
    explained = {row[0]: row[1] for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    assert list(explained) == csv_out.columns(town.spec)
    assert all(explained.values())
    about = [row[0] for row in book["About"].iter_rows(values_only=True)]
    assert "Made up for a test of areas" in " ".join(about)


def test_a_name_that_begins_as_a_formula_is_text(makers, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    areas = makers["areas"]()
    areas["name"] = "=HYPERLINK(1)"
    book = openpyxl.load_workbook(makers["map"](areas).to_workbook(tmp_path / "page.xlsx"))
    kinds = {cell.data_type for row in book["Values"].iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_same_values_give_the_same_workbook(town, tmp_path):
    one = town.to_workbook(tmp_path / "one.xlsx").read_bytes()
    assert town.to_workbook(tmp_path / "two.xlsx").read_bytes() == one
    with pytest.raises(PageError, match=r"written as \.xlsx"):
        town.to_workbook(tmp_path / "page.csv")
