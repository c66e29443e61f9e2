"""
What can go wrong, as one small tree.

::

    SlgeoError                      anything slgeo refuses; the command line exits 2
    ├── TableError (ValueError)     a table with a column, key or value at fault
    │   └── VintageError            codes of two vintages or nations were to be joined
    ├── StudyError (ValueError)     study.toml asks for something unknown, impossible or missing
    ├── SourceError (OSError)       a file is missing, cut short, or in no layout slgeo knows
    ├── NetworkError (ValueError)   roads that cannot be routed on
    ├── AccessError (ValueError)    a measure that cannot be computed honestly from what was given
    ├── DisclosureError (ValueError)  a sensitive count was about to be written
    ├── PageError (ValueError)      a page that would be wrong, unsafe or not self-contained
    └── MissingExtraError (ImportError)  an optional package is not installed

A message says what was found, what was wanted, and what to do next, in words for an analyst. Each
class also inherits the nearest built-in, so ordinary ``except ValueError`` code keeps working.
"""

from __future__ import annotations


class SlgeoError(Exception):
    """Anything slgeo refuses to do."""


class TableError(SlgeoError, ValueError):
    """A table does not have the shape it must have; lists every fault found."""


class VintageError(TableError):
    """Codes of two vintages or nations were about to be joined."""


class StudyError(SlgeoError, ValueError):
    """A study file asks for something unknown, impossible or missing."""


class SourceError(SlgeoError, OSError):
    """A file is missing, cut short, or in no layout slgeo knows."""


class NetworkError(SlgeoError, ValueError):
    """Roads that cannot be routed on."""


class AccessError(SlgeoError, ValueError):
    """A measure that cannot be computed honestly from what was given."""


class DisclosureError(SlgeoError, ValueError):
    """A sensitive count was about to be written."""


class PageError(SlgeoError, ValueError):
    """A page that would be wrong, unsafe or not self-contained."""


class MissingExtraError(SlgeoError, ImportError):
    """An optional package is not installed."""
