"""What the registry says is shown in full, and the pages in docs are the ones it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from slgeo.areas.layer_pages import layer_page, layers, write_layer_pages
from slgeo.areas.registry import registry
from slgeo.errors import StudyError

DOCS = Path(__file__).parents[2] / "docs" / "layers"


def test_the_list_has_every_layer_once():
    table = layers()

    assert table.index.tolist() == list(registry().layers)
    assert table.loc["lsoa21", "rows"] == 35_672
    assert layers("rurality")["subject"].unique().tolist() == ["rurality"]
    assert layers("nothing").empty


@pytest.mark.parametrize("name", sorted(registry().layers))
def test_a_page_says_whose_it_is_and_how_it_is_recognised(name):
    layer = registry().layers[name]

    page = layer_page(name)

    assert layer.title in page
    assert layer.publisher in page
    assert all(f"## Layout: {layout.name}" in page for layout in layer.layouts)
    assert page.endswith("\n")


def test_an_unknown_layer_names_the_nearest():
    with pytest.raises(StudyError, match="did you mean lsoa21"):
        layer_page("lsoa21s")


def test_docs_are_what_the_registry_makes(tmp_path):
    """After a change of the registry, write them anew with ``write_layer_pages``."""
    made = write_layer_pages(tmp_path / "layers")

    assert {path.name for path in made} == {path.name for path in DOCS.glob("*.md")}
    for path in made:
        assert path.read_text("utf-8") == (DOCS / path.name).read_text("utf-8"), path.name
