"""Colours keep their distance for every kind of sight."""

from __future__ import annotations

import numpy as np
import pytest

from slgeo.maps import palette

colorspacious = pytest.importorskip("colorspacious", reason="colorspacious is not installed")

SIGHTS = {
    "normal": None,
    "deutan": {"name": "sRGB1+CVD", "cvd_type": "deuteranomaly", "severity": 100},
    "protan": {"name": "sRGB1+CVD", "cvd_type": "protanomaly", "severity": 100},
    "tritan": {"name": "sRGB1+CVD", "cvd_type": "tritanomaly", "severity": 100},
}


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def seen(colours: tuple[str, ...], sight: str) -> np.ndarray:
    """Colours in CAM02-UCS as somebody sees them; grey keeps lightness only."""
    values = np.array([rgb(c) for c in colours])
    if sight == "grey":
        found = colorspacious.cspace_convert(values, "sRGB1", "CAM02-UCS")
        return found * [1, 0, 0]
    if SIGHTS[sight]:
        values = np.clip(colorspacious.cspace_convert(values, SIGHTS[sight], "sRGB1"), 0, 1)
    return colorspacious.cspace_convert(values, "sRGB1", "CAM02-UCS")


@pytest.mark.parametrize("sight", [*SIGHTS, "grey"])
@pytest.mark.parametrize(
    "colours", [palette.MINUTES, palette.DIFFERENCE], ids=["minutes", "change"]
)
def test_neighbouring_classes_are_ten_apart(colours, sight):
    found = seen(colours, sight)
    steps = np.linalg.norm(np.diff(found, axis=0), axis=1)

    assert steps.min() >= 10


@pytest.mark.parametrize("sight", [*SIGHTS, "grey"])
def test_shares_are_ten_apart(sight):
    steps = np.linalg.norm(np.diff(seen(palette.SHARES, sight), axis=0), axis=1)

    assert steps.min() >= 10


@pytest.mark.parametrize("sight", SIGHTS)
def test_need_and_distance_are_told_from_one_another(sight):
    """Not neighbours only: every one of the nine from every other."""
    found = seen(palette.NEED, sight)
    apart = np.linalg.norm(found[:, None] - found[None], axis=2)

    assert apart[~np.eye(9, dtype=bool)].min() >= 10


def test_more_need_and_more_distance_are_both_darker():
    table = np.array([palette.luminance(colour) for colour in palette.NEED]).reshape(3, 3)

    assert (np.diff(table, axis=0) < 0).all()
    assert (np.diff(table, axis=1) < 0).all()


def test_letters_on_need_and_distance_can_be_read():
    """The same rule as ``legend.mjs``: white letters on dark colours."""
    for colour in palette.NEED:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 115

        assert palette.contrast("#ffffff" if dark else palette.INK, colour) >= 4.5


def test_what_lies_around_the_study_is_not_taken_for_the_lightest_class():
    for colours in (palette.MINUTES, palette.NEED, palette.SHARES):
        found = seen((colours[0], palette.OUTSIDE), "normal")

        assert np.linalg.norm(found[0] - found[1]) >= 5


def test_light_is_near_and_dark_is_far():
    for colours in (palette.MINUTES, palette.SHARES):
        lightness = [palette.luminance(c) for c in colours]
        assert lightness == sorted(lightness, reverse=True)


def test_text_colours_pass_on_their_grounds():
    assert palette.contrast(palette.SECONDARY, "#ffffff") >= 4.5
    assert palette.contrast(palette.SECONDARY, palette.PANEL) >= 4.5
    assert palette.contrast("#ffffff", palette.ACCENT) >= 4.5
    assert palette.contrast(palette.INK, palette.MINUTES[0]) >= 4.5


def test_hatches_stand_out_on_their_grounds():
    assert palette.contrast(palette.SECONDARY, palette.NO_TIME) >= 3
    assert palette.contrast("#ffffff", palette.MINUTES[-1]) >= 3
