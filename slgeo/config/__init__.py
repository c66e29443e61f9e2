"""
What did the study ask for: ``study.toml`` as frozen, hashable values.

``sections`` declares every key once, ``shapes`` says what each value may look like, ``read`` turns
a file into a :class:`Study` or into one error that lists every fault.
"""

from slgeo.config.keys import Key
from slgeo.config.read import read_study
from slgeo.config.study import Study, keys

__all__ = ["Key", "Study", "keys", "read_study"]
