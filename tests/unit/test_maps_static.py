"""The figure for print: no words lie over others, and every notice the data ask for is on it."""

from __future__ import annotations

import itertools

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from slgeo.maps import static
from slgeo.maps.access_map import AccessMap

NOTICE = "Contains OS data © Crown copyright and database right {}; Source: Office number {}"


def drawn(sentences: int, credits_given: int):
    index = pd.Index([f"A{i}" for i in range(4)], name="area")
    frame = gpd.GeoDataFrame(
        {
            "name": [f"Area {i}" for i in range(4)],
            "nation": "X",
            "vintage": "made_up",
            "in_study": [True, True, True, False],
            "population": 1000.0,
        },
        geometry=[box(i * 1000, 0, i * 1000 + 1000, 3000) for i in range(4)],
        crs="EPSG:27700",
        index=index,
    )
    page = AccessMap("Who can reach a GP?", frame, place="Sampleton").measure(
        pd.Series([5.0, 25.0, 40.0, 10.0], index), kind="gp", mode="walk"
    )
    page.leaves_out(
        *(f"Of {i},000 people it is not known whether they go." for i in range(sentences))
    )
    for number in range(credits_given):
        page.credit("places", NOTICE.format(2000 + number, number))
    spec = page.spec
    return spec, static.draw(spec, spec.measures[0], 20)


@pytest.mark.parametrize("sentences", [0, 4, 9])
def test_the_words_beside_the_map_end_above_the_legend_and_inside_the_figure(sentences):
    _, figure = drawn(sentences, 2)
    beside = [one for one in figure.texts if one.get_position()[0] > 0.5]
    legend = figure.legends[0].get_window_extent()

    boxes = [one.get_window_extent() for one in beside]
    assert len(boxes) >= 2
    assert min(one.y0 for one in boxes) > legend.y1
    assert max(one.x1 for one in boxes) <= figure.bbox.width
    for above, below in itertools.pairwise(boxes):
        assert above.y0 > below.y0
        assert above.y0 > below.y1


@pytest.mark.parametrize("credits_given", [1, 12, 20])
def test_every_notice_is_on_the_figure_and_below_the_map(credits_given):
    spec, figure = drawn(3, credits_given)
    below = [one for one in figure.texts if one.get_position()[1] < 0.05]
    assert len(below) == 1
    words = " ".join(below[0].get_text().split())

    for credit in spec.credits:
        assert credit.statement in words
    assert below[0].get_window_extent().y1 <= figure.bbox.height * 0.1
    assert below[0].get_window_extent().x1 <= figure.bbox.width


def test_a_statement_of_thousands_of_letters_is_cut_and_the_figure_drawn():
    _, figure = drawn(400, 400)

    assert any(one.get_text().endswith("…") for one in figure.texts)
