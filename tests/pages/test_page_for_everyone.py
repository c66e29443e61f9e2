"""The page by keyboard, screen reader and small screen: WCAG 2.2 AA as far as tests can say."""

from __future__ import annotations

from pathlib import Path

import pytest

axe_playwright_python = pytest.importorskip(
    "axe_playwright_python", reason="axe-core is not installed"
)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(seen) -> list[str]:
    """Run axe-core, and say what it found."""
    seen.settle()
    if not seen.page.evaluate("() => 'axe' in window"):
        seen.page.evaluate(AXE)
    found = seen.page.evaluate(
        "(tags) => axe.run(document, {resultTypes: ['violations'],"
        " runOnly: {type: 'tag', values: tags}})",
        TAGS,
    )
    return [
        f"{one['id']}: {one['help']} ({', '.join(str(n['target']) for n in one['nodes'][:3])})"
        for one in found["violations"]
    ]


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780)])
def test_no_state_of_the_page_breaks_a_rule(visit, town_page, width, height):
    seen = visit(town_page, width=width, height=height).ready()
    page = seen.page
    page.locator("#find").fill("zzz")
    found = {"opening, search without match": violations(seen)}
    page.evaluate("() => (document.querySelector('#controls').open = true)")
    page.locator("#find").fill("")
    page.locator("#areas .link").first.click()
    page.locator("#find").fill("samp")
    found["area chosen, search"] = violations(seen)
    page.locator("#find").press("Escape")
    page.keyboard.press("Escape")
    page.locator("#view").select_option("share")
    page.locator("#minutes").fill("30")
    seen.settle()  # the table is drawn again at leisure
    page.locator("#filter-further").check(force=True)
    page.locator("#csv-text").click()
    found["share, filtered, CSV as text"] = violations(seen)
    page.locator("#minutes").fill("0")
    page.locator("#kind").select_option("library")
    found["everybody further"] = violations(seen)

    assert not any(found.values()), found


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780)])
def test_no_layer_or_view_breaks_a_rule(visit, layered_page, width, height):
    seen = visit(layered_page, width=width, height=height).ready()
    page = seen.page
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.locator("#layer-territories").check()
    page.locator("#layer-gaps").check()
    page.locator("#reach").select_option("15")
    page.locator("#view").select_option("surface")
    page.locator("#find").fill("north surgery")
    page.keyboard.press("Enter")
    found = {"every layer, spots, a place": violations(seen)}
    page.keyboard.press("Escape")
    page.locator("#view").select_option("need")
    page.locator("#layer-hexagons").check()
    page.locator("#areas .link").first.click()
    found["hexagons, need, an area"] = violations(seen)
    page.keyboard.press("Escape")
    page.locator("input[name=scenario]").nth(2).check(force=True)
    page.locator("#view").select_option("change")
    found["change"] = violations(seen)
    if width > 900:
        page.locator("#beside").click()
        assert page.locator("#second").is_visible()
        found["two maps"] = violations(seen)

    assert not any(found.values()), found
    assert seen.trouble == []
    assert seen.outside == []


def test_without_script_no_rule_is_broken_either(visit, town_page):
    """axe needs script to run, so the state is the one shown when unpacking fails."""
    seen = visit(town_page).ready()
    seen.page.evaluate(
        "() => {document.documentElement.classList.remove('js');"
        "document.querySelector('#app').hidden = true;"
        "for (const id of ['areas', 'gaps']) document.getElementById(id).hidden = true}"
    )

    assert violations(seen) == []


def focused(seen) -> str:
    return seen.page.evaluate("() => document.activeElement.id || document.activeElement.tagName")


def test_everything_can_be_done_by_keyboard_and_focus_is_never_lost(visit, town_page):
    seen = visit(town_page).ready()
    keys = seen.page.keyboard
    keys.press("Tab")
    assert seen.page.evaluate("() => document.activeElement.className") == "skip"
    keys.press("Enter")
    assert focused(seen) == "areas"

    seen.page.locator("#find").focus()
    keys.type("sampleton c7")
    keys.press("Enter")
    seen.settle()
    assert focused(seen) == "card-title"
    assert "Sampleton C7" in seen.text(".card")
    keys.press("Escape")
    seen.settle()
    assert seen.page.locator(".card").count() == 0

    seen.page.locator("#slider").focus()
    before = seen.text("#finding .headline")
    keys.press("PageUp")
    seen.settle()
    assert focused(seen) == "slider"
    assert seen.page.locator("#minutes").input_value() == "20"
    assert seen.text("#finding .headline") != before

    seen.page.locator("#sort-people").focus()
    keys.press("Enter")
    seen.settle()
    assert focused(seen) == "sort-people"
    assert seen.page.locator("#areas [aria-sort=descending]").inner_text().startswith("People")

    seen.page.locator("#kind").focus()
    seen.page.locator("#kind").select_option("library")
    seen.settle()
    assert focused(seen) == "kind"
    assert "library" in seen.text("#finding .headline")


CONTROLS = "a[href], button:enabled, select, input:enabled, textarea, summary"
VISIBLE = "(node) => node.checkVisibility() && (node.type !== 'radio' || node.checked)"


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 780)])
def test_every_control_is_reached_by_the_tab_key_and_seen(visit, layered_page, width, height):
    """One radio of a group stands for it: arrow keys move between them."""
    seen = visit(layered_page, width=width, height=height).ready()
    page = seen.page
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.locator("input[name=scenario]").nth(2).check(force=True)
    page.locator("#view").select_option("need")
    seen.settle()
    page.evaluate(
        f"""() => {{window.wanted = [...document.querySelectorAll('{CONTROLS}')].filter({VISIBLE});
          window.met = new Set(); window.unseen = [];
          document.addEventListener('focusin', ({{target}}) => {{
            window.met.add(target);
            const shown = target.type === 'radio' ? target.nextElementSibling : target;
            const {{outlineStyle, outlineWidth}} = getComputedStyle(shown);
            const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
            if (!seen) window.unseen.push(target.outerHTML);
          }}); document.body.focus(); document.activeElement.blur()}}"""
    )
    for _ in range(page.evaluate("() => window.wanted.length") + 12):
        page.keyboard.press("Tab")
    missed = page.evaluate(
        "() => window.wanted.filter((n) => !window.met.has(n)).map((n) => n.outerHTML.slice(0, 90))"
    )

    assert missed == []
    assert page.evaluate("() => window.unseen") == []


def test_arrow_keys_move_between_ways_of_travelling_and_scenarios(visit, compared_page):
    seen = visit(compared_page).ready()
    for name, checked in (("scenario", "With a new surgery"), ("mode", "drive")):
        seen.page.locator(f"input[name={name}]:checked").focus()
        seen.page.keyboard.press("ArrowRight")
        seen.settle()
        assert seen.page.evaluate("() => document.activeElement.value") == checked
        assert seen.page.locator(f"input[name={name}]:checked").input_value() == checked
    assert "minutes' drive" in seen.text("#finding")
    assert seen.trouble == []


def test_paging_stops_at_the_end_and_keeps_the_focus(visit, makers, tmp_path):
    many = makers["map"](makers["areas"](12, context=0))
    seen = visit(many.save(tmp_path / "page.html")[0]).ready()
    seen.page.locator("#next").focus()
    for expected in ("51 to 100 of 144", "101 to 144 of 144"):
        seen.page.keyboard.press("Enter")
        seen.settle()
        assert expected in seen.text("#areas caption")
    assert seen.page.locator("#next").is_disabled()
    assert focused(seen) == "areas"

    seen.page.locator("#kind").select_option("library")
    seen.settle()
    assert "1 to 50 of 144" in seen.text("#areas caption")


def test_the_status_speaks_once_a_change_and_at_rest(visit, town_page):
    seen = visit(town_page).ready()
    seen.page.evaluate(
        "() => {const box = document.querySelector('#status'); window.said = [];"
        "new MutationObserver(() => window.said.push(box.textContent))"
        ".observe(box, {childList: true})}"
    )
    seen.page.locator("#slider").focus()
    for _ in range(5):
        seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_timeout(1500)

    said = seen.page.evaluate("() => window.said")
    assert len(said) == 1
    assert "more than 20 minutes' walk" in said[0]


def test_targets_are_at_least_24_pixels(visit, town_page):
    seen = visit(town_page, width=360, height=780).ready()
    small = seen.page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, summary')]
          .filter((node) => node.offsetParent)
          .map((node) => [node.id || node.className, node.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
          .map(([label, box]) => `${label} ${box.width} x ${box.height}`)"""
    )

    assert small == []


@pytest.mark.parametrize("width", [320, 360, 640, 899, 900, 1440])
def test_nothing_scrolls_sideways(visit, town_page, width):
    seen = visit(town_page, width=width, height=700).ready()
    seen.page.locator("#areas .link").first.click()
    seen.settle()

    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= width
