"""
Kinds of place: one taxonomy of what people are referred to, and its words.

A kind is a key for tables (``arts_culture``) and its :class:`Label` the plain words for pages and
sentences. ``other`` is what no rule could name: such places keep their row, are listed, and do not
count as any kind. The rules that turn a source's tags into a kind are in
:mod:`slgeo.places.classify`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Label:
    """
    The words for one kind of place.

    Parameters
    ----------
    one, many
        Singular and plural, to be read inside a sentence.
    a
        The singular with its article: "ten minutes' walk from **a pharmacy**".
    meaning
        What belongs to the kind, in a sentence.
    health
        Whether it is a health service rather than a community asset people are referred to.
    """

    one: str
    many: str
    a: str
    meaning: str
    health: bool = False


LABELS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "gp": Label(
            "GP practice",
            "GP practices",
            "a GP practice",
            "General practices, at their main surgery or at a branch",
            health=True,
        ),
        "pharmacy": Label(
            "pharmacy", "pharmacies", "a pharmacy", "Community pharmacies", health=True
        ),
        "dentist": Label("dentist", "dentists", "a dentist", "Dental surgeries", health=True),
        "hospital": Label("hospital", "hospitals", "a hospital", "Hospitals", health=True),
        "library": Label("library", "libraries", "a library", "Public libraries at a fixed place"),
        "arts_culture": Label(
            "arts or culture venue",
            "arts and culture venues",
            "an arts or culture venue",
            "Arts centres, theatres, museums, galleries, music and craft groups",
        ),
        "nature": Label(
            "green or natural place",
            "green and natural places",
            "a green or natural place",
            "Parks, nature reserves, village greens, allotments and growing projects",
        ),
        "physical_activity": Label(
            "place to be active",
            "places to be active",
            "a place to be active",
            "Sports and leisure centres, pools, gyms, named pitches, walking and exercise groups",
        ),
        "advice_money": Label(
            "advice or money service",
            "advice and money services",
            "an advice or money service",
            "Advice on money, benefits, debt, housing and law; town halls and one-stop shops",
        ),
        "social_connection": Label(
            "place to meet others",
            "places to meet others",
            "a place to meet others",
            "Community centres, village halls, clubs, befriending and lunch clubs",
        ),
        "learning_work": Label(
            "place to learn or find work",
            "places to learn or find work",
            "a place to learn or find work",
            "Adult learning, training, volunteering and help to find work",
        ),
        "food": Label(
            "food bank or community meal",
            "food banks and community meals",
            "a food bank or community meal",
            "Food banks, pantries, community fridges and kitchens",
        ),
        "mental_health": Label(
            "mental health support service",
            "mental health support services",
            "a mental health support service",
            "Counselling, bereavement and peer support open to the community",
        ),
        "worship": Label(
            "place of worship",
            "places of worship",
            "a place of worship",
            "Churches, mosques, temples and other places of worship",
        ),
        "other": Label(
            "other place",
            "other places",
            "a place of another kind",
            "What no rule could name: listed, and counted under no kind",
        ),
    }
)
"""The words for every kind, in the order tables and legends show them."""

KINDS: Final[tuple[str, ...]] = tuple(LABELS)
"""Every kind, ``other`` last."""

OTHER: Final = "other"

_SPELLINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gp surgery": "gp",
        "surgery": "gp",
        "doctor": "gp",
        "doctors": "gp",
        "general practice": "gp",
        "practice": "gp",
        "chemist": "pharmacy",
        "arts": "arts_culture",
        "culture": "arts_culture",
        "green space": "nature",
        "park": "nature",
        "sport": "physical_activity",
        "leisure": "physical_activity",
        "exercise": "physical_activity",
        "advice": "advice_money",
        "money": "advice_money",
        "community centre": "social_connection",
        "village hall": "social_connection",
        "social": "social_connection",
        "learning": "learning_work",
        "work": "learning_work",
        "volunteering": "learning_work",
        "food bank": "food",
        "counselling": "mental_health",
        "church": "worship",
        "faith": "worship",
    }
)
"""Ways people write a kind in a spreadsheet, besides its key and its labels."""


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{_plain(spelling): kind for spelling, kind in _SPELLINGS.items()},
        **{
            _plain(word): kind for kind, label in LABELS.items() for word in (label.one, label.many)
        },
        **{_plain(kind): kind for kind in LABELS},
    }
)


def kind_of(text: str) -> str | None:
    """
    Read a kind as an analyst would write it.

    Parameters
    ----------
    text
        A key, a label or one of the usual spellings, in any case.

    Returns
    -------
    str or None
        The kind's key; None where the text names none.

    Examples
    --------
    >>> kind_of("GP Practices"), kind_of("arts_culture"), kind_of("village hall"), kind_of("boats")
    ('gp', 'arts_culture', 'social_connection', None)
    """
    return _KNOWN.get(_plain(text))


def nearest_kind(text: str) -> str | None:
    """
    Suggest the kind a text may have been meant to name.

    Examples
    --------
    >>> nearest_kind("libary"), nearest_kind("zzz")
    ('library', None)
    """
    close = difflib.get_close_matches(_plain(text), list(_KNOWN), n=1, cutoff=0.7)
    return _KNOWN[close[0]] if close else None
