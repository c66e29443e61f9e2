"""How a key of ``study.toml`` is declared."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final, Literal

Shape = Literal[
    "text",
    "flag",
    "number",
    "date",
    "file",
    "files",
    "folder",
    "texts",
    "numbers",
    "by mode",
    "columns",
    "column or codes",
    "pairs",
]
"""What a value may look like; :mod:`slgeo.config.shapes` reads and checks each."""

MODES: Final = ("walk", "cycle", "drive")


@dataclass(frozen=True, slots=True)
class ByMode:
    """
    A number for each way of travelling.

    Examples
    --------
    >>> ByMode(walk=20, cycle=15, drive=15)["walk"]
    20
    """

    walk: float
    cycle: float
    drive: float

    def __getitem__(self, mode: str) -> float:
        """Look up the number of a mode."""
        if mode not in MODES:
            raise KeyError(mode)
        value: float = getattr(self, mode)
        return value


@dataclass(frozen=True, slots=True)
class Key:
    """
    One key of ``study.toml``.

    Parameters
    ----------
    section
        Section it stands in; empty for the top of the file.
    name
        The key.
    shape
        What its value may look like.
    meaning
        What it does, in a sentence for an analyst.
    default
        Value when absent; None where absent means "not asked for".
    example
        A value as TOML.
    required
        Whether a study without it is refused.
    allowed
        The only values admitted, where there are few.
    low, high
        Bounds of a number, inclusive.
    advice
        Where to get the file, when it is not there.
    """

    section: str
    name: str
    shape: Shape
    meaning: str
    default: Any
    example: str
    required: bool
    allowed: tuple[str, ...]
    low: float | None
    high: float | None
    advice: str


def asked(  # noqa: PLR0913  (the columns of the table of keys, all by name)
    shape: Shape,
    meaning: str,
    *,
    example: str,
    default: Any = None,  # noqa: ANN401  (a default has the type of its field)
    required: bool = False,
    allowed: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    advice: str = "",
) -> Any:  # noqa: ANN401  (dataclasses.field stands in for a value of the field's own type)
    """Declare a key: a dataclass field whose metadata are the rest of a :class:`Key`."""
    metadata = {
        "shape": shape,
        "meaning": meaning,
        "example": example,
        "required": required,
        "allowed": allowed,
        "low": low,
        "high": high,
        "advice": advice,
    }
    return dataclasses.field(default=default, metadata=metadata)
