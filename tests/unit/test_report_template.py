"""A new study is short, explains every key, and what it starts with reads back."""

import io
import re
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from slgeo.config import keys, read_study
from slgeo.errors import StudyError
from slgeo.places.template import read_template, template_columns
from slgeo.report.template import places_workbook, study_text, write_template

KEY = re.compile(r"# ([a-z_0-9]+(?:\.[a-z_0-9]+)?) = (.+)")


def test_a_new_study_counts_at_most_ten_lines() -> None:
    lines = [line for line in study_text().splitlines() if line and not line.startswith("#")]

    assert len(lines) <= 10
    assert lines[0] == 'title = "Who can reach a group here?"'


def test_a_new_study_is_a_study(tmp_path: Path) -> None:
    write_template(tmp_path)
    study = read_study(tmp_path / "study.toml", files_must_exist=False)

    assert study.places[0].file == tmp_path / "places.xlsx"
    assert {phrase.split(":")[0] for phrase in study.missing()} == {
        "areas.file",
        "origins.postcodes",
        "postcodes.file",
        "roads.file",
    }


def test_every_key_stands_in_a_new_study_once() -> None:
    text = study_text()
    section = ""
    found = []
    for line in text.splitlines():
        if heading := re.fullmatch(r"(?:# )?\[\[([a-z_]+)\]\]", line):
            section = f"{heading[1]}."
        elif match := re.fullmatch(r"(?:# )?([a-z_0-9.]+) = .+", line):
            found.append(match[1] if "." in match[1] else section + match[1])

    assert sorted(found) == sorted(
        f"{key.section}.{key.name}" if key.section else key.name for key in keys()
    )


def test_any_key_can_be_uncommented(tmp_path: Path) -> None:
    lines = study_text().splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("# [["))
    tried = 0
    for at, line in enumerate(lines[:first]):
        if KEY.fullmatch(line):
            changed = [*lines[:at], line.removeprefix("# "), *lines[at + 1 :]]
            (tmp_path / "study.toml").write_text("\n".join(changed), encoding="utf-8")
            try:
                study = read_study(tmp_path / "study.toml", files_must_exist=False)
            except StudyError as error:
                if not re.search(" needs | has no file", str(error)):
                    raise
                continue  # a key that means nothing without another one says so
            assert len(study.given) == 8, line
            tried += 1

    assert tried > 25


def test_the_last_section_can_be_uncommented_whole() -> None:
    lines = study_text().splitlines()
    sources = lines.index("# [[sources]]")
    kept = [
        line.removeprefix("# ") if KEY.fullmatch(line) or "[[" in line else line
        for line in lines[sources:]
    ]

    read = tomllib.loads("\n".join(lines[:sources] + kept))

    assert set(read["sources"][0]) == {key.name for key in keys("sources")}


def test_lines_of_a_new_study_fit_a_screen() -> None:
    assert max(map(len, study_text().splitlines())) <= 100


def test_the_sheet_of_places_reads_back_as_empty_with_its_examples_skipped(
    tmp_path: Path,
) -> None:
    write_template(tmp_path)

    places = read_template(tmp_path / "places.xlsx")

    assert len(places) == 0
    assert "places.xlsx: 3 example rows skipped" in places.attrs["notes"]


def test_a_filled_sheet_reads_back(tmp_path: Path) -> None:
    write_template(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "places.xlsx")
    book["Places"].append(["Chess club", "learning or work place", "LE15 6NT"])
    kinds = [cell.value for cell in book["Kinds"]["A"][1:]]
    book["Places"].cell(5, 2).value = kinds[0]
    book.save(tmp_path / "places.xlsx")

    places = read_template(tmp_path / "places.xlsx")

    assert places["name"].tolist() == ["Chess club"]
    assert places["kind"].tolist() == ["gp"]
    assert places["postcode"].tolist() == ["LE15 6NT"]


def test_each_field_has_a_note_and_kinds_have_a_drop_down(tmp_path: Path) -> None:
    write_template(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "places.xlsx")
    sheet = book["Places"]

    assert [cell.value for cell in sheet[1]] == [column.name for column in template_columns()]
    for cell, column in zip(sheet[1], template_columns(), strict=True):
        assert cell.comment.text == column.note
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    kind_at = next(at for at, column in enumerate(template_columns()) if column.name == "kind")
    rule = rules[chr(ord("A") + kind_at)]
    offered = [cell.value for cell in book["Kinds"]["A"][1:]]
    assert rule.type == "list"
    assert rule.formula1 == f"Kinds!$A$2:$A${len(offered) + 1}"
    assert offered == list(template_columns()[kind_at].allowed)


def test_the_sheet_has_the_same_bytes_every_time() -> None:
    assert places_workbook() == places_workbook()


def test_no_mark_of_the_time_of_writing_is_left_in_the_sheet() -> None:
    with zipfile.ZipFile(io.BytesIO(places_workbook())) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT", parts.read("docProps/core.xml"))) == {
            b"1980-01-01T"
        }


def test_what_is_there_already_is_kept(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("mine")

    written = write_template(tmp_path)

    assert written == [tmp_path / "places.xlsx"]
    assert (tmp_path / "study.toml").read_text() == "mine"
    with pytest.raises(StudyError, match=r"stand in .* already; nothing was changed"):
        write_template(tmp_path)


def test_without_the_sheet_only_the_study_is_written(tmp_path: Path) -> None:
    assert write_template(tmp_path / "new", places=False) == [tmp_path / "new" / "study.toml"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(StudyError, match="cannot be written to"):
        write_template(tmp_path / "taken")
