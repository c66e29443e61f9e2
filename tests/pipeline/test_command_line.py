"""The command line: instant, quiet, and honest about what it can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import slgeo
from slgeo.cli import main

HEAVY = ("folium", "geopandas", "matplotlib", "numba", "osmium", "pandas", "scipy", "shapely")


@pytest.mark.parametrize(
    "statement",
    [
        "import slgeo",
        "import slgeo.cli; slgeo.cli._parser().format_help()",
        "dir(__import__('slgeo'))",
    ],
)
def test_importing_and_help_load_nothing_heavy(statement):
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    loaded = {name.split(".")[0] for name in json.loads(out)}

    assert loaded.isdisjoint(HEAVY)


def test_every_public_name_is_there_twice():
    """The second look-up must not meet a submodule of the same name."""
    for name in slgeo.__all__:
        assert getattr(slgeo, name) is getattr(slgeo, name), name
    assert callable(slgeo.run)
    assert callable(slgeo.origins)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = slgeo.nothing_of_the_kind


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])

    assert stop.value.code == 0
    said = capsys.readouterr().out
    for command in ("example", "new", "check", "run"):
        assert command in said


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["frobnicate"])

    assert stop.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


def test_no_study_there_says_how_to_make_one(tmp_path, capsys):
    assert main(["run", str(tmp_path / "nothing")]) == 2
    assert "slgeo new" in capsys.readouterr().err


def test_new_writes_a_short_study_and_a_sheet_to_fill_in(tmp_path, capsys):
    assert main(["new", str(tmp_path / "town"), "--template"]) == 0
    capsys.readouterr()
    lines = (tmp_path / "town" / "study.toml").read_text(encoding="utf-8").splitlines()
    active = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

    assert (tmp_path / "town" / "places.xlsx").exists()
    assert len(active) <= 10


def test_check_of_a_new_study_says_what_is_missing_and_where_to_get_it(tmp_path, capsys):
    main(["new", str(tmp_path / "town"), "--template"])
    capsys.readouterr()

    assert main(["check", str(tmp_path / "town")]) == 2
    said = capsys.readouterr().out
    assert "missing" in said
    assert "geofabrik" in said.lower()


def test_check_changes_nothing_and_passes_the_example(example_copy, capsys):
    before = {path: path.stat().st_mtime_ns for path in example_copy.rglob("*")}

    assert main(["check", str(example_copy)]) == 0
    assert {path: path.stat().st_mtime_ns for path in example_copy.rglob("*")} == before
    said = capsys.readouterr().out
    assert "fault" not in said
    assert "24 areas" in said


def test_paths_written_are_the_last_thing_printed(example_run, example_again, capsys):
    folder, result = example_run
    parts = [path.relative_to(folder).parts for path in result.written]
    names = list(dict.fromkeys(f"{p[0]}{os.sep}" if len(p) > 1 else p[0] for p in parts))
    assert names[0] == "page.html"
    assert f"tables{os.sep}" in names

    assert main(["run", str(example_again)]) == 0
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[-len(names) :] == [
        f"{example_again / name}" + os.sep * name.endswith(os.sep) for name in names
    ]
    assert max(len(line) for line in lines[: -len(names)]) <= 100


def test_what_is_printed_is_the_first_of_what_is_written(example_run):
    folder, result = example_run
    written = (folder / "findings.txt").read_text(encoding="utf-8")

    assert written == f"{result.text}\n"
    assert len(result.brief) < 0.75 * len(result.text)
    assert [line for line in result.brief.splitlines()[:-3] if line not in written] == []
    assert "Notes" in written


def test_only_files_makes_a_study_and_runs_nothing(tmp_path, capsys):
    assert main(["example", str(tmp_path / "town"), "--areas", "20", "--only-files"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "town" / "study.toml")
    assert not (tmp_path / "town" / "page.html").exists()


@pytest.mark.parametrize("areas", ["0", "19", "40001", "-5"])
def test_a_district_of_an_impossible_size_is_refused(tmp_path, capsys, areas):
    assert main(["example", str(tmp_path / "town"), "--areas", areas]) == 2
    assert "20 to 40" in capsys.readouterr().err.replace(",", "")


def test_geocode_keeps_every_row_and_lists_what_it_could_not_place(example_files, tmp_path, capsys):
    """An analyst's own sheet: own columns first, then the point and how well it is known."""
    rows = (example_files / "groups.csv").read_text(encoding="utf-8-sig").splitlines()
    table = tmp_path / "mine.csv"
    table.write_text("\n".join([*rows, "Nowhere,nothing,XX1 1XX," + "," * rows[0].count(",")]))
    out = tmp_path / "placed.csv"

    status = main(
        ["geocode", str(table), "-o", str(out), "--postcodes", str(example_files / "onspd.csv")]
    )

    assert status == 0
    assert f"{len(rows):,} rows" in capsys.readouterr().out
    head, *written = out.read_text(encoding="utf-8-sig").splitlines()
    assert len(written) == len(rows)
    assert '"precision"' in head
    assert head.startswith('"' + rows[0].split(",")[0] + '"')
    assert "Nowhere" in (tmp_path / "placed-unmatched.csv").read_text(encoding="utf-8-sig")


def test_geocode_writes_a_workbook_under_the_columns_it_was_given(example_files, tmp_path, capsys):
    import openpyxl

    out = tmp_path / "placed.xlsx"
    table, postcodes = example_files / "groups.csv", example_files / "onspd.csv"

    assert main(["geocode", str(table), "-o", str(out), "--postcodes", str(postcodes)]) == 0
    capsys.readouterr()
    head = [cell.value for cell in openpyxl.load_workbook(out)["Places"][1]]
    assert "Group" in head
    assert "precision" in head


def test_layers_are_listed_and_one_is_told_in_full(capsys):
    assert main(["layers"]) == 0
    assert "imd2025" in capsys.readouterr().out
    assert main(["layers", "imd2025"]) == 0
    assert "33,755" in capsys.readouterr().out
    assert main(["layers", "imd2052"]) == 2
    assert "imd2025" in capsys.readouterr().err


def test_geocode_writes_over_nothing_it_reads(example_files, tmp_path, capsys):
    table = tmp_path / "site-unmatched.csv"
    table.write_bytes((example_files / "groups.csv").read_bytes())
    before = table.read_bytes()
    postcodes = str(example_files / "onspd.csv")

    for out in ("site.csv", "site-unmatched.csv"):
        asked = ["geocode", str(table), "-o", str(tmp_path / out), "--postcodes", postcodes]
        assert main(asked) == 2
    assert "written over" in capsys.readouterr().err
    assert table.read_bytes() == before


def test_geocode_of_its_own_output_counts_what_it_found_itself(example_files, tmp_path, capsys):
    postcodes = str(example_files / "onspd.csv")
    source = example_files / "groups.csv"
    for step in ("one.csv", "two.csv", "three.csv"):
        out = tmp_path / step
        assert main(["geocode", str(source), "-o", str(out), "--postcodes", postcodes]) == 0
        source = out
    capsys.readouterr()
    assert "precision_found_found" in out.read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_folder_is_never_replaced_by_a_file(example_files, tmp_path, capsys):
    full = tmp_path / "full.csv"
    full.mkdir()
    (full / "precious.txt").write_text("mine")
    table, postcodes = str(example_files / "groups.csv"), str(example_files / "onspd.csv")

    assert main(["geocode", table, "-o", str(full), "--postcodes", postcodes]) == 2
    assert "folder" in capsys.readouterr().err
    assert (full / "precious.txt").read_text() == "mine"


def test_the_example_replaces_nobodys_study(tmp_path, capsys):
    (tmp_path / "study.toml").write_text('title = "Mine"\n')

    assert main(["example", str(tmp_path), "--areas", "20", "--only-files"]) == 2
    assert "somebody's study" in capsys.readouterr().err
    assert (tmp_path / "study.toml").read_text() == 'title = "Mine"\n'


def test_an_example_row_that_was_typed_over_is_a_place(tmp_path, capsys):
    import openpyxl

    from slgeo.places.read import read_places

    main(["new", str(tmp_path), "--template"])
    capsys.readouterr()
    book = openpyxl.load_workbook(tmp_path / "places.xlsx")
    sheet = book["Places"]
    row = next(r for r in sheet.iter_rows() if r[0].value == "Town library")
    row[0].value = "My real library"
    book.save(tmp_path / "places.xlsx")

    assert read_places(tmp_path / "places.xlsx")["name"].tolist() == ["My real library"]
