"""Packs for reports: the same numbers as the page, in HTML and in Word."""

from __future__ import annotations

import io
import re

import pytest

from slgeo.errors import PageError
from slgeo.maps import pack, palette, static, tally, text

KINDS = ("board", "jsna", "equity")


@pytest.fixture(scope="module")
def parts(town) -> dict[str, str]:
    """Two wards of Sampleton, west and east."""
    return {
        code: "West ward" if int(code[3:]) < 4 else "East ward" for code in town.spec.facts.codes
    }


@pytest.fixture(scope="module")
def made(town, parts, tmp_path_factory):
    """Every pack, written once."""
    folder = tmp_path_factory.mktemp("packs")
    return {
        (kind, ending): town.pack(kind, folder / f"{kind}.{ending}", by=parts)
        for kind in KINDS
        for ending in ("html", "docx")
        if ending == "html" or kind == "board"
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_pack_opens_with_the_page_s_own_finding(made, town, kind):
    spec = town.spec
    found = text.finding(spec, spec.measures[0], 15)
    words = made[kind, "html"].read_text(encoding="utf-8")

    assert found.headline.replace("'", "&#39;") in words
    assert "This place is invented" in words
    assert "Made up for a test of areas https://example.org/" in words
    assert "<script" not in words


def grid(spec, kind, caption, parts=None):
    blocks = pack.blocks(kind, spec, spec.measures[0], 15, parts or {})
    return next(b for b in blocks if isinstance(b, pack.Grid) and b.caption == caption)


def whole(value: str) -> int:
    return int(value.replace(",", "")) if value != "nobody here" else 0


def test_parts_add_up_to_the_place(town, parts):
    spec = town.spec
    rows = grid(spec, "jsna", "By part of the place", parts).rows
    total = tally.everyone(spec.measures[0], spec.facts, 15)

    assert [row[0] for row in rows] == ["East ward", "West ward", "Sampleton"]
    for column, expected in ((1, total.people), (2, total.beyond)):
        counts = [whole(row[column]) for row in rows]
        assert counts[0] + counts[1] == counts[2] == expected


def test_fifths_of_the_nation_and_of_the_place_each_add_up(town):
    rows = grid(town.spec, "equity", "By deprivation").rows
    people = [whole(row[1]) for row in rows]

    assert sum(people[:5]) == sum(people[5:10]) == people[10]
    assert rows[0][0] == "The invented country's fifth 1 (most deprived)"


def test_a_group_spread_evenly_is_further_as_often_as_its_areas(town):
    """By hand: in each area the group's people times the share of people further."""
    spec = town.spec
    measure, facts = spec.measures[0], spec.facts
    found = tally.by_group(measure, facts, 15)["Aged 65 and over"]
    counts = facts.groups["Aged 65 and over"]
    beyond, people = tally.beyond(measure, 15), tally.people(measure)
    slow = sum(counts[i] * beyond[i] / people[i] for i in range(len(counts)) if facts.in_study[i])

    assert found.people == counts[facts.in_study].sum()
    assert abs(found.beyond - slow) <= 0.5


def test_nobody_and_none_are_said_in_words(makers):
    areas = makers["areas"]()
    areas["deprivation_decile"] = 7.0
    spec = makers["map"](areas).spec
    said = pack.most_deprived(spec, spec.measures[0], 15)
    assert said == "Nobody here lives in the invented country's most deprived fifth."

    areas = areas.drop(index="X0202")
    areas["deprivation_decile"] = 1.0
    spec = makers["map"](areas).spec
    assert pack.most_deprived(spec, spec.measures[1], 40) == (
        "41,200 people here live in the invented country's most deprived fifth; none of them (0%) "
        "live more than 40 minutes' drive from a GP practice."
    )


def test_the_word_document_holds_the_same_words_and_alt_text(made):
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    document = docx.Document(io.BytesIO(made["board", "docx"].read_bytes()))
    html = made["board", "html"].read_text(encoding="utf-8")
    shapes = re.findall(r'descr="([^"]+)"', document.element.xml)

    for paragraph in document.paragraphs:
        words = paragraph.text.strip().replace("&", "&amp;").replace("'", "&#39;")
        assert not words or words in html
    assert len(shapes) == 1
    assert "Map of Sampleton" in shapes[0]
    assert len(document.tables[0].rows) == 12


def test_packs_are_written_alike_twice(town, made, tmp_path):
    pytest.importorskip("docx", reason="python-docx is not installed")
    again = town.pack("board", tmp_path / "again.docx")

    assert again.read_bytes() == made["board", "docx"].read_bytes()


def test_a_pack_in_a_browser_shows_its_figure_and_asks_for_nothing(made, visit):
    seen = visit(made["jsna", "html"])

    assert seen.page.locator("img").evaluate("(i) => i.naturalWidth") > 500
    assert seen.trouble == []
    assert seen.outside == []


def test_what_cannot_be_made_says_what_can(town, parts, tmp_path):
    with pytest.raises(PageError, match="choose from board, jsna, equity"):
        town.pack("poster", tmp_path / "x.html")
    with pytest.raises(PageError, match=r"written as \.html or \.docx or \.pdf"):
        town.pack("board", tmp_path / "x.odt")
    with pytest.raises(PageError, match="1 areas belong to no part"):
        town.pack("jsna", tmp_path / "x.html", by={c: p for c, p in parts.items() if c != "X0303"})


def test_the_picture_keeps_the_exact_colours_of_the_legend(town):
    """Few colours must not move a class's own, however small its part of the figure."""
    from PIL import Image

    spec = town.spec
    with Image.open(io.BytesIO(static.png(spec, spec.measures[0], 15))) as picture:
        seen = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    for colour in palette.MINUTES:
        assert tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) in seen


def test_the_summary_of_an_area_has_every_kind_and_mode(town, tmp_path):
    spec = town.spec
    i = spec.facts.codes.index("X0504")
    rows = next(b for b in pack.area_blocks(spec, "X0504", 15) if isinstance(b, pack.Grid)).rows
    for measure, row in zip(spec.measures, rows, strict=True):
        beyond = int(tally.beyond(measure, 15)[i])

        assert row[1] == text.minutes_text(measure, i)
        assert row[2] == text.number(beyond)
        assert row[5] == spec.sites[measure.nearest[i][0][0]].name
    written = town.area_summary("X0504", tmp_path / "area.html").read_text(encoding="utf-8")
    assert "Sampleton F5" in written
    with pytest.raises(PageError, match="no area 'X0000' in the study"):
        town.area_summary("X0000", tmp_path / "area.html")


def test_the_fragment_works_in_another_page_and_cannot_reach_it(town, visit, tmp_path):
    outer = tmp_path / "outer.html"
    outer.write_text(
        f"<!doctype html><title>t</title><body>{town.fragment()}</body>", encoding="utf-8"
    )
    seen = visit(outer)
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)

    assert "Sampleton" in frame.locator("#finding").inner_text()
    assert seen.page.evaluate("() => document.querySelector('iframe').contentDocument") is None
    assert seen.trouble == []
