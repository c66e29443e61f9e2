"""The page opens anywhere, asks for nothing, and says the same without script."""

from __future__ import annotations

import html
import re

import pytest


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780), (320, 640)])
def test_it_opens_from_a_file_without_request_or_complaint(visit, town_page, width, height):
    seen = visit(town_page, width=width, height=height).ready()
    seen.settle()

    assert seen.outside == []
    assert seen.trouble == []
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_it_opens_in_a_frame_and_in_a_sandbox(visit, town_page, tmp_path):
    source = html.escape(town_page.read_text(encoding="utf-8"))
    for name, sandbox in (("srcdoc", ""), ("sandbox", 'sandbox="allow-scripts"')):
        outer = tmp_path / f"{name}.html"
        outer.write_text(
            f"<!doctype html><title>t</title>"
            f'<iframe {sandbox} width="1200" height="800" srcdoc="{source}"></iframe>',
            encoding="utf-8",
        )
        seen = visit(outer)
        frame = seen.page.frame_locator("iframe")
        frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)

        assert "Sampleton" in frame.locator("#finding").inner_text()
        assert seen.trouble == []
        assert seen.outside == []


def test_the_notebook_form_is_the_page_in_a_frame(town):
    shown = town._repr_html_()

    assert shown.startswith("<iframe srcdoc=")
    assert "Content-Security-Policy" in shown


def test_without_script_there_are_finding_figure_and_table(visit, town_page):
    seen = visit(town_page, java_script_enabled=False)

    assert "of people in Sampleton live more than" in seen.text("#still h2")
    picture = seen.page.locator("#still img")
    assert picture.is_visible()
    assert "Map of Sampleton" in picture.get_attribute("alt")
    assert seen.page.locator("#still tbody tr").count() == 20
    assert not seen.page.locator("#app").is_visible()
    assert seen.text(".prose").count("Made up for a test of") == 5


def test_a_page_that_cannot_be_unpacked_says_so_and_shows_its_figure(visit, town_page, tmp_path):
    broken = tmp_path / "broken.html"
    source = town_page.read_text(encoding="utf-8")
    broken.write_text(
        re.sub(r'(id="slgeo-values">).{40}', r"\1", source, count=1), encoding="utf-8"
    )
    seen = visit(broken)
    seen.page.wait_for_function("() => document.documentElement.dataset.ready === 'failed'")

    assert "could not unpack" in seen.text("#trouble")
    assert seen.page.locator("#still img").is_visible()


def test_the_policy_blocks_what_is_not_in_the_page(visit, town_page, tmp_path):
    changed = tmp_path / "changed.html"
    source = town_page.read_text(encoding="utf-8")
    changed.write_text(
        source.replace(
            "<main>",
            '<main><script>window.ran = 1</script><img src="https://example.org/x.png" alt="">',
        ),
        encoding="utf-8",
    )
    seen = visit(changed).ready()
    fetched = seen.page.evaluate(
        "() => fetch('https://example.org/').then(() => 'sent', () => 'blocked')"
    )

    assert seen.page.evaluate("() => window.ran") is None
    assert fetched == "blocked"
    assert any("Content Security Policy" in line for line in seen.trouble)
    assert seen.failures == ["https://example.org/x.png csp"]


def test_the_invented_place_says_so_on_the_first_screen(visit, town_page):
    seen = visit(town_page).ready()

    assert "An invented place." in seen.text(".invented")
    assert seen.page.locator(".invented").bounding_box()["y"] < 100


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780)])
def test_what_is_left_out_is_on_the_first_screen(visit, town_page, width, height):
    seen = visit(town_page, width=width, height=height).ready()
    box = seen.page.locator(".leaves-out").bounding_box()

    assert "Buses are not counted." in seen.text(".leaves-out")
    assert box["y"] + box["height"] <= height
