"""Where a practice's patients live, beside how far people can travel to it."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.errors import PageError
from slgeo.maps.attribution import used


def patients(**changed):
    rows = pd.DataFrame(
        {
            "site": ["s0", "s0", "s1", "elsewhere"],
            "area": ["X0303", "X0304", "X0303", "X0303"],
            "inside": [700.0, 300.0, 90.0, 5.0],
            "patients": [1200.0, 1200.0, 3000.0, 9.0],
        }
    )
    return rows.assign(**changed)


@pytest.fixture
def shown(makers):
    return makers["map"]().registered(patients()).credit("registrations", "Made up for a test")


def test_areas_of_a_place_are_kept_by_position_and_strangers_left_out(shown):
    spec = shown.spec
    codes = {site.code: i for i, site in enumerate(spec.sites)}
    found = {one.site: one for one in spec.registered}
    assert set(found) == {codes["s0"], codes["s1"]}
    areas = [spec.facts.codes[i] for i in found[codes["s0"]].areas]
    assert areas == ["X0303", "X0304"]
    assert (found[codes["s0"]].inside, found[codes["s0"]].patients) == (1000, 1200)


def test_the_card_says_how_many_live_there_and_the_map_outlines_the_areas(shown, visit, tmp_path):
    path = shown.save(tmp_path / "page.html")[0]
    seen = visit(path).ready()
    before = seen.page.evaluate(INK)
    seen.page.locator("#find").fill("North Surgery")
    seen.page.keyboard.press("Enter")
    seen.settle()
    said = " ".join(seen.page.locator("article.card").inner_text().split())
    assert "Where its patients live" in said
    assert "2 areas where at least a twentieth of registered people are its patients" in said
    assert "1,000 of its 1,200 live there" in said
    assert seen.page.evaluate(INK) > before
    assert seen.trouble == []


INK = """() => [...document.querySelectorAll('.leaflet-outlines-pane canvas')]
  .map((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data)
  .flatMap((data) => [...data].filter((value, i) => i % 4 === 3 && value > 0)).length"""


def test_registrations_shown_need_their_credit(makers):
    assert "registrations" in used(makers["map"]().registered(patients()).spec)
    assert "registrations" not in used(makers["map"]().spec)


def test_what_is_not_on_the_map_is_refused(makers):
    with pytest.raises(PageError, match="no column 'inside'"):
        makers["map"]().registered(patients().drop(columns="inside"))
    with pytest.raises(PageError, match="2 areas of s0 are not in the areas table"):
        makers["map"]().registered(patients(area="X9999")).spec  # noqa: B018 - made when it is read
