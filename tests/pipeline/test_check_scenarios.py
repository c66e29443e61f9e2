"""`slgeo check` finds what a run would stop at in scenarios and in the kinds to draw around."""

from __future__ import annotations

from slgeo.check import check_study
from slgeo.config import read_study


def faults(folder, added):
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    found = check_study(read_study(path, files_must_exist=False))
    return {one.key: one.text for one in found if one.stops}


def test_places_nobody_can_open_or_close_and_unknown_kinds_are_faults(example_again):
    found = faults(
        example_again,
        '\n[[what_if]]\nname = "A"\nkind = "library"\nopen = ["New @ ZZ99 9ZZ"]\n'
        '[[what_if]]\nname = "B"\nclose = ["RIVERSIDE MEDICAL"]\n'
        '[[what_if]]\nname = "C"\nkind = "shed"\nopen = ["New @ 55.59, -1.22"]\n'
        '[catchments]\nkinds = ["gps"]\n',
    )

    assert set(found) == {"what_if[0]", "what_if[1]", "what_if[2]", "catchments.kinds"}
    assert "postcode ZZ99 9ZZ is not in onspd.csv" in found["what_if[0]"]
    assert "did you mean 'RIVERSIDE MEDICAL CENTRE'?" in found["what_if[1]"]
    assert "'shed' is no kind of place" in found["what_if[2]"]
    assert "no place is of kind 'gps'; there are gp," in found["catchments.kinds"]


def test_scenarios_that_can_be_are_no_fault(example_again):
    text = (
        '\n[[what_if]]\nname = "A"\nkind = "library"\nopen = ["New @ 55.59, -1.22"]\n'
        'close = ["RIVERSIDE MEDICAL CENTRE"]\n'
    )

    assert faults(example_again, text) == {}
