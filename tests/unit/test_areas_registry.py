"""Every entry of the registry can be used, and says whose data it is."""

from __future__ import annotations

import re
import tomllib

import pytest

from slgeo.areas import registry as door
from slgeo.areas.registry import attribution, parse, registry
from slgeo.errors import StudyError
from slgeo.tables import AREAS

LAYERS = sorted(registry().layers)
OWN = {"area", "from_area", "change", "authority", "rurality_code", "ethnic_total"}
"""Columns that are used while reading and do not leave the room."""


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_complete_and_credited(name):
    layer = registry().layers[name]

    (credit,) = attribution([name])

    assert layer.title
    assert layer.publisher
    assert set(layer.nations) <= set("EWSNX")
    assert layer.url.startswith("https://") or layer.licence in {"invented", "own"}
    assert credit.statement
    assert "{" not in credit.statement
    if "os" in layer.attribution:
        assert f"database right {layer.year}" in credit.statement
    if layer.subject == "rurality":
        assert set(layer.urban) < set(layer.classes)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layout_makes_columns_the_schema_knows(name):
    for layout in registry().layers[name].layouts:
        for ours in layout.columns:
            assert ours in OWN or AREAS.column(ours) is not None, ours
        for stem in layout.domains:
            for kind in layout.domain_columns:
                assert AREAS.column(f"domain_{stem}_{kind}") is not None
        for need in layout.need:
            assert re.compile(need)


def test_an_unknown_layer_names_the_nearest():
    with pytest.raises(StudyError, match="did you mean imd2025"):
        attribution(["imd2052"])


def test_attribution_counts_a_layer_once_and_keeps_the_registrys_order():
    assert [c.layer for c in attribution(["lsoa21", "imd2025", "lsoa21"])] == ["imd2025", "lsoa21"]


def test_the_checkout_and_the_wheel_carry_the_same_file():
    """The wheel's copy is made by the build; in a checkout the one at the root is read."""
    assert tomllib.loads(door.registry_text())["layers"].keys() == registry().layers.keys()


@pytest.mark.parametrize("key", ["geography", "licence", "attribution"])
def test_a_reference_that_leads_nowhere_is_a_fault_of_the_registry(key):
    data = tomllib.loads(door.registry_text())
    data["layers"]["imd2025"][key] = ["nowhere"] if key == "attribution" else "nowhere"

    with pytest.raises(ValueError, match="imd2025"):
        parse(data)
