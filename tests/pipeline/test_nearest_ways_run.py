"""Ways drawn to the nearest places: what is kept from an earlier run fits what is asked now."""

from __future__ import annotations

import dataclasses

from slgeo.pipeline.nearest_ways import nearest_ways
from slgeo.sources.cache import Cache


class Page:
    def routes(self, frame):
        self.frame = frame


def drawn(context, cache, **travel):
    """The ways as a page gets them, of a study that travels otherwise."""
    changed = dataclasses.replace(context.study.travel, **travel)
    study = dataclasses.replace(context.study, travel=changed)
    page = Page()
    nearest_ways(dataclasses.replace(context, study=study, cache=cache)).draw(page)
    return page.frame


def test_ways_of_the_other_direction_are_not_those_kept(example_context, tmp_path):
    """One-way streets are driven another way back: ways there must not be shown for it."""
    there = drawn(example_context, Cache(tmp_path / "kept"), direction="to")
    back = drawn(example_context, Cache(tmp_path / "fresh"), direction="from")
    assert not there.geometry.geom_equals(back.geometry).all()

    kept = drawn(example_context, Cache(tmp_path / "kept"), direction="from")

    assert kept.geometry.geom_equals(back.geometry).all()
