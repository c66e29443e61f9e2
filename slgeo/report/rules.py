"""The rules of disclosure control, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HIDDEN: Final = "*"
"""What stands in a table where a count is hidden."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What is hidden and what is rounded.

    Parameters
    ----------
    name
        Its name in ``study.toml``.
    largest_hidden
        Counts from 1 up to this are hidden; 0 is shown.
    base
        What is shown is rounded to a multiple of this; 1 leaves it as it is.
    sentence
        The rule in words, to stand beside a table.
    """

    name: str
    largest_hidden: int
    base: int
    sentence: str


RULES: Final[dict[str, Rule]] = {
    "hes": Rule(
        "hes", 7, 5, "Counts of 1 to 7 are shown as *; the others are rounded to the nearest 5."
    ),
    "lt5": Rule("lt5", 4, 1, "Counts of 1 to 4, and any that would give one away, are shown as *."),
    "lt10": Rule(
        "lt10", 9, 1, "Counts of 1 to 9, and any that would give one away, are shown as *."
    ),
}
"""Rules by name; the first is the default."""
