"""Packs, summaries and figures a study asks for, beside its page."""

from __future__ import annotations

import dataclasses
import sys

import pytest

from slgeo.config import read_study
from slgeo.errors import MissingExtraError, StudyError
from slgeo.pipeline import documents, run


def asking(folder, output, text=""):
    path = folder / "study.toml"
    study = path.read_text(encoding="utf-8")
    assert "[output]" not in study
    path.write_text(f"{study}\n[output]\n{output}\n{text}", encoding="utf-8")
    return read_study(path)


def test_what_is_asked_for_is_written_and_opens_with_the_finding(example_run, example_again):
    areas = example_run[1].found.areas
    own = areas.index[areas["in_study"]]
    half = {area: "East/<b>End" if at % 2 else "West" for at, area in enumerate(own)}
    rows = "".join(f"{area},{part}\n" for area, part in half.items())
    (example_again / "parts.csv").write_text(f"area,neighbourhood\n{rows}", encoding="utf-8")
    study = asking(
        example_again,
        'packs = ["jsna"]\nsummaries = ["parts"]\nfigures = ["svg", "png"]\n'
        'documents = ["html", "docx", "pdf"]',
        '[[reporting]]\nfile = "parts.csv"\ngroup = "neighbourhood"\n',
    )
    for extra in ("docx", "reportlab"):
        pytest.importorskip(extra, reason=f"{extra} is not installed")

    result = run(study)

    folder = example_again / "documents"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    forms = ("html", "docx", "pdf")
    assert found == {
        *(f"{pack}.{form}" for pack in ("jsna",) for form in forms),
        *(f"parts/{part}.{form}" for part in ("east-b-end", "west") for form in forms),
        "map.svg",
        "map.png",
        "map.alt.txt",
    }
    assert set(folder.rglob("*.*")) <= set(result.written)
    jsna = (folder / "jsna.html").read_text(encoding="utf-8")
    assert "East/&lt;b&gt;End" in jsna
    assert "<b>" not in jsna
    finding = result.text.split("\n\n")[1].split("%")[0].split()[-1]
    assert f"{finding}%" in jsna


def test_no_documents_unless_asked(example_run):
    assert not (example_run[0] / "documents").exists()


def test_parts_need_a_lookup_and_it_is_said_before_anything_is_drawn(
    example_context, example_again
):
    study = asking(example_again, 'summaries = ["parts"]')
    with pytest.raises(StudyError, match=r"no \[\[reporting\]\]"):
        documents.documents(dataclasses.replace(example_context, study=study))


def test_a_form_that_cannot_be_written_is_found_out_first(
    example_context, example_again, monkeypatch
):
    """The part itself refuses: nothing is drawn until every part is made."""
    monkeypatch.setitem(sys.modules, "docx", None)
    study = asking(example_again, 'packs = ["board"]\ndocuments = ["docx"]')
    with pytest.raises(MissingExtraError, match=r"slgeo\[docx\]"):
        documents.documents(dataclasses.replace(example_context, study=study))


def test_file_names_are_plain_and_each_its_own():
    names = documents.file_names(["a/b", "a b", "../../etc/passwd", "Tŷ", "", "CON:x"])
    assert len(set(names.values())) == len(names)
    assert not [name for name in names.values() if set(name) & set('/\\.:<>"|?*')]
