"""What tests of single parts of a run share: all that a part looks at, without another run."""

import pytest

from slgeo.config import read_study
from slgeo.pipeline.parts import Context
from slgeo.pipeline.registered import read_registered
from slgeo.pipeline.travel import Roads, Search
from slgeo.sources.cache import Cache


@pytest.fixture(scope="session")
def example_context(example_run):
    """All that a part of the example's run looks at, its roads and times from the cache."""
    folder, made = example_run
    study = read_study(folder / "study.toml")
    found, cache = made.found, Cache(folder / ".slgeo-cache")
    roads = Roads(study, found.areas.crs.to_string(), cache)
    networks = roads.networks()
    searches = {
        mode: Search(study, network, roads.key(mode), found.areas.index, cache)
        for mode, network in networks.items()
    }
    registered = read_registered(study, found.areas, found.site_reasons)
    return Context(study, found, networks, searches, registered, cache)
