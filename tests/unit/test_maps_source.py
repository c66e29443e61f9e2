"""Rules about the browser code and what is vendored, checked on the source itself."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from slgeo.errors import PageError
from slgeo.maps import page

ASSETS = Path(page.__file__).parent / "assets"
SOURCES = sorted((ASSETS / "src").glob("*.mjs"))
EXPORT = r"^export (?:async )?(?:function|const) (\w+)"
IMPORT = r'^import \{([^}]*)\} from "\./(\w+)\.mjs";$'
BANNED = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "createContextualFragment",
    "DOMParser",
    "localStorage",
    "sessionStorage",
    "XMLHttpRequest",
    "fetch(",
    ".setHTML",
    "cssText",
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.name)
def test_our_script_makes_no_markup_from_text_and_asks_for_nothing(source):
    text = source.read_text(encoding="utf-8")

    assert [word for word in BANNED if word in text] == []
    assert not re.search(r"\bon\w+\s*=\s*[\"']", text)


def test_every_module_is_in_the_bundle_after_those_it_uses():
    assert sorted(page.MODULES) == [source.stem for source in SOURCES]
    for position, name in enumerate(page.MODULES):
        source = (ASSETS / "src" / f"{name}.mjs").read_text(encoding="utf-8")
        used = re.findall(r'from "\./(\w+)\.mjs"', source)

        assert set(used) <= set(page.MODULES[:position])


def test_every_import_is_used_and_exported():
    exported = {s.stem: set(re.findall(EXPORT, s.read_text(), re.MULTILINE)) for s in SOURCES}
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        for names, module in re.findall(IMPORT, text, re.MULTILINE):
            for name in map(str.strip, names.split(",")):
                assert name in exported[module], f"{source.name}: {name} is not in {module}"
                assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{source.name}: {name} is unused"


def test_templates_are_fixed_markup_and_only_trusted_parts_are_unescaped():
    template = (ASSETS / "page.html").read_text(encoding="utf-8")

    assert set(re.findall(r"\{\{ (\w+(?:\[\d\])?)\|safe", template)) == {
        "style",
        "scripts[0]",
        "block",
        "script",
    }


def test_no_module_compiles_text_as_a_template():
    for source in Path(page.__file__).parent.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        assert not re.search(r"\bElement\(\s*[^)\s]", text), source.name


def test_vendored_files_are_those_of_the_manifest_and_carry_their_licences():
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))["files"]

    assert set(manifest) == {p.name for p in (ASSETS / "vendor").iterdir()}
    for name, entry in manifest.items():
        found = hashlib.sha256((ASSETS / "vendor" / name).read_bytes()).hexdigest()
        assert found == entry["sha256"]
        assert (ASSETS / entry["licence_text"]).stat().st_size > 500


def test_a_changed_vendored_file_stops_the_page(tmp_path, monkeypatch):
    changed = tmp_path / "assets"
    (changed / "vendor").mkdir(parents=True)
    (changed / "manifest.json").write_text((ASSETS / "manifest.json").read_text())
    (changed / "vendor" / "leaflet.js").write_text("alert(1)")
    monkeypatch.setattr(page, "ASSETS", changed)
    with pytest.raises(PageError, match=r"leaflet 1\.9\.4.*restore the file"):
        page.vendored.__wrapped__("leaflet.js")


def test_a_script_cannot_close_its_own_element():
    assert "</script" not in page.bundle()
    assert "</script" not in page.vendored("leaflet.js")
    assert "sourceMappingURL" not in page.vendored("leaflet.js")
    assert "url(" not in page.vendored("leaflet.css")
