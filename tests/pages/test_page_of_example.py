"""The page a run writes, opened in a real browser without a network."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("width", [1280, 360])
def test_the_example_page_opens_without_request_or_complaint(visit, example_run, width):
    folder, _ = example_run
    seen = visit(folder / "page.html", width=width).ready()
    seen.settle()

    assert seen.outside == []
    assert seen.trouble == []
    assert "An invented place" in seen.page.inner_text("body")


def test_the_finding_on_the_page_is_the_finding_of_the_run(visit, example_run):
    folder, result = example_run
    row = result.tables["summary"].loc[("gp", "walk", "everyone", "everyone")]
    share = round(100 * row["people_beyond_20"] / row["people"])
    seen = visit(folder / "page.html").ready()

    assert f"{share}%" in seen.text("#finding")
    assert "20 minutes' walk" in seen.text("#finding")
