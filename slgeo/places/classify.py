"""
The crosswalk: from a source's own tags and words to a kind of place, and whether it counts.

What counts as a social-prescribing asset by default is the ``counts`` of each :class:`Rule`, so the
default list is this table and nothing else. A place that does not count keeps its row, with the
reason in ``why_not``; ask for it by name in ``include``.

The list is our choice, made for adults who are referred to something to do or somebody to talk to:
open to the public, likely to host or offer an activity, and more than a shop counter. Pitches,
gardens and pools without a name are mostly private or a strip of a school field; pubs and cafés are
businesses, and schools are for their pupils, whatever groups may also meet there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from slgeo.errors import TableError
from slgeo.places.columns import plain
from slgeo.places.taxonomy import LABELS, OTHER, kind_of, nearest_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Counts = Literal["always", "named", "asked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What one tag value means.

    Parameters
    ----------
    kind
        Kind of place.
    counts
        ``always``; ``named``: only where the source gives a name; ``asked``: only on request.
    why_not
        Why such a place does not count by default.
    one
        What to call a place of this tag that has no name.
    """

    kind: str
    counts: Counts = "always"
    why_not: str = ""
    one: str = ""


class Classified(NamedTuple):
    """A kind, whether the place counts, and why not where it does not."""

    kind: str
    counts: bool
    why_not: str | None


LEAVE_OUT: Final = "leave out"
"""What a study's own line says of places that shall not count."""
LEFT_OUT: Final = "study.toml leaves it out"

PRIVATE: Final = "its access is marked private"
_COUNTER: Final = "a shop or counter service"
_BUSINESS: Final = "a business, whatever groups may meet there"
_UNNAMED: Final = "it has no name in the source, so it may be private or part of something else"
_REGISTER: Final = "GP practices are read from the practice register"
_PUPILS: Final = "for its pupils, whatever groups may meet there"
_HOME: Final = "mostly care homes, for the people who live there"
_CHILDREN: Final = "for children"

OSM: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        # health services
        "amenity=doctors": Rule("gp", "asked", _REGISTER),
        "healthcare=doctor": Rule("gp", "asked", _REGISTER),
        "amenity=pharmacy": Rule("pharmacy"),
        "healthcare=pharmacy": Rule("pharmacy"),
        "amenity=dentist": Rule("dentist"),
        "healthcare=dentist": Rule("dentist"),
        "amenity=hospital": Rule("hospital"),
        "healthcare=hospital": Rule("hospital"),
        "amenity=clinic": Rule(OTHER, "asked", "what the clinic offers is not known"),
        # arts, culture, libraries
        "amenity=library": Rule("library"),
        "amenity=arts_centre": Rule("arts_culture"),
        "amenity=theatre": Rule("arts_culture"),
        "amenity=music_venue": Rule("arts_culture"),
        "amenity=cinema": Rule("arts_culture", "asked", _BUSINESS),
        "tourism=museum": Rule("arts_culture"),
        "tourism=gallery": Rule("arts_culture"),
        # meeting others
        "amenity=community_centre": Rule("social_connection"),
        "amenity=social_centre": Rule("social_connection"),
        "amenity=community_hall": Rule("social_connection"),
        "amenity=public_building": Rule(OTHER, "asked", "what happens there is not known"),
        "amenity=pub": Rule("social_connection", "asked", _BUSINESS),
        "amenity=cafe": Rule("social_connection", "asked", _BUSINESS),
        # advice
        "amenity=townhall": Rule("advice_money"),
        "office=advice": Rule("advice_money"),
        "office=citizens_advice": Rule("advice_money"),
        "amenity=post_office": Rule("advice_money", "asked", _COUNTER),
        # learning, volunteering
        "amenity=college": Rule("learning_work"),
        "amenity=training": Rule("learning_work"),
        "office=employment_agency": Rule("learning_work"),
        "amenity=school": Rule("learning_work", "asked", _PUPILS),
        "shop=charity": Rule("learning_work", "asked", _COUNTER),
        # food and mental health
        "amenity=food_bank": Rule("food"),
        "social_facility=food_bank": Rule("food"),
        "social_facility=soup_kitchen": Rule("food"),
        "amenity=counselling": Rule("mental_health"),
        "healthcare=counselling": Rule("mental_health"),
        "healthcare=psychotherapist": Rule("mental_health", "asked", _BUSINESS),
        # social facilities: only the values that say the public may come count
        "social_facility=outreach": Rule("social_connection"),
        "social_facility=day_care": Rule("social_connection"),
        "social_facility=workshop": Rule("learning_work"),
        "amenity=social_facility": Rule(OTHER, "asked", _HOME),
        # worship
        "amenity=place_of_worship": Rule("worship"),
        # outdoors
        "leisure=park": Rule("nature"),
        "leisure=nature_reserve": Rule("nature"),
        "leisure=garden": Rule("nature", "named"),
        "leisure=common": Rule("nature"),
        "landuse=village_green": Rule("nature"),
        "landuse=allotments": Rule("nature"),
        # being active
        "leisure=sports_centre": Rule("physical_activity"),
        "leisure=sports_hall": Rule("physical_activity"),
        "leisure=fitness_centre": Rule("physical_activity"),
        "leisure=dance": Rule("physical_activity"),
        "leisure=bowling_green": Rule("physical_activity"),
        "leisure=fitness_station": Rule("physical_activity"),
        "leisure=recreation_ground": Rule("physical_activity"),
        "landuse=recreation_ground": Rule("physical_activity"),
        "leisure=swimming_pool": Rule("physical_activity", "named"),
        "leisure=pitch": Rule("physical_activity", "named"),
        "leisure=playground": Rule("physical_activity", "asked", _CHILDREN),
    }
)
"""OpenStreetMap tags (``key=value``) to kinds. https://wiki.openstreetmap.org/wiki/Map_features"""

OSM_KEYS: Final = (
    "social_facility",
    "amenity",
    "healthcare",
    "office",
    "tourism",
    "leisure",
    "landuse",
    "shop",
)
"""Keys in the order they are asked: the more telling first."""

WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "food": ("food ?bank", "community (fridge|kitchen|pantry)", "food pantry", "soup kitchen"),
        "advice_money": (
            "citizens advice|welfare rights|credit union",
            r"\bdebts?\b|(benefits?|money|legal|housing) advice",
        ),
        "mental_health": (
            "counsell|bereave|mental health|samaritans|talking therap|peer support",
            r"depression|anxiety|dementia|memory caf|\bmind\b",
        ),
        "pharmacy": ("pharmac", "chemist"),
        "dentist": (r"\bdent(al|ist)",),
        "library": (r"\blibrar(y|ies)\b",),
        "arts_culture": (
            r"museum|galler(y|ies)|theatre|\barts?\b|craft|choir|singing",
            "music|drama|painting|pottery|heritage",
        ),
        "nature": (
            r"allotment|gardening|community garden|nature|wildlife|woodland|conservation",
            r"\bpark\b|outdoors?\b|growing",
        ),
        "physical_activity": (
            r"sport|leisure centre|fitness|\bgym\b|swim|yoga|pilates|tai chi|\bwalk(s|ing)?\b",
            "running|exercise|football|cricket|bowls|tennis|cycling|danc(e|ing)",
        ),
        "learning_work": (
            r"volunteer|adult learning|training|employment|job ?centre|\bjobs?\b|skills|college",
            "digital inclusion|men.?s shed",
        ),
        "social_connection": (
            "village hall|community (centre|hall|hub|association)|social club|befriend",
            r"coffee morning|women.?s institute|friendship|lunch club|carers|day centre|drop.?in",
            r"\bu3a\b|lonel|isolation",
        ),
        "worship": ("church|chapel|mosque|temple|gurdwara|synagogue|cathedral|worship",),
    }
)
"""Words that name a kind where a source gives none, in the order they are tried. Our choice."""

_WORDS: Final = tuple(
    (re.compile("|".join(patterns), re.IGNORECASE), kind) for kind, patterns in WORDS.items()
)

_CLOSED_TO_PUBLIC: Final = frozenset({"private", "no"})


def classify_osm(
    tags: Mapping[str, str],
    *,
    include: Collection[str] = (),
    rules: Mapping[str, Rule] = OSM,
) -> tuple[str, Classified] | None:
    """
    Give the kind of an OpenStreetMap element, and say whether it counts.

    Parameters
    ----------
    tags
        The element's tags.
    include
        Tag values that count although the default list leaves them out, such as ``pub`` or
        ``leisure=pitch``. What is marked private never counts.
    rules
        The crosswalk; :data:`OSM` unless a study brings its own.

    Returns
    -------
    tuple of str and Classified, or None
        The tag that decided and what it means; None where no tag is in the crosswalk.

    Examples
    --------
    >>> classify_osm({"amenity": "library", "name": "Oakham"})
    ('amenity=library', Classified(kind='library', counts=True, why_not=None))
    >>> classify_osm({"leisure": "pitch"})[1].counts
    False
    >>> classify_osm({"leisure": "pitch"}, include=["pitch"])[1].counts
    True
    """
    for key in keys_of(rules):
        tag = f"{key}={tags.get(key, '')}"
        rule = rules.get(tag)
        if rule is None:
            continue
        asked = tag in include or tags[key] in include
        return tag, _judged(
            rule, named=bool(tags.get("name")), access=tags.get("access"), asked=asked
        )
    return None


def keys_of(rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """List the keys of a crosswalk in the order they are asked: a study's own keys first."""
    own = dict.fromkeys(tag.partition("=")[0] for tag in rules)
    return (*(key for key in own if key not in OSM_KEYS), *OSM_KEYS)


def crosswalk(own: Mapping[str, str]) -> Mapping[str, Rule]:
    """
    Add a study's own lines to the crosswalk.

    Parameters
    ----------
    own
        Tag (``key=value``) -> kind, or ``leave out``. Such places count, or do not; a tag the
        crosswalk has is replaced.

    Raises
    ------
    TableError
        If a line is no tag, or names an unknown kind.

    Examples
    --------
    >>> classify_osm({"club": "scout"}, rules=crosswalk({"club=scout": "social_connection"}))[0]
    'club=scout'
    """
    made = dict(OSM)
    for tag, said in own.items():
        if not re.fullmatch(r"[^=\s]+=[^=]+", tag):
            raise TableError(f"crosswalk: {tag!r} is no tag; write key=value, such as club=scout")
        kind = _kind_said(tag, said)
        if kind == LEAVE_OUT:
            known = OSM.get(tag)
            made[tag] = Rule(known.kind if known else OTHER, "asked", LEFT_OUT)
        else:
            made[tag] = Rule(kind)
    return MappingProxyType(made)


def own_words(own: Mapping[str, str]) -> Mapping[str, str]:
    """
    Read a study's own lines for words that a source uses for what a place is.

    Parameters
    ----------
    own
        Word or phrase -> kind, or ``leave out``.

    Returns
    -------
    Mapping
        The same, the words bared for comparison (:func:`slgeo.places.columns.plain`).

    Raises
    ------
    TableError
        If a line names an unknown kind.

    Examples
    --------
    >>> dict(own_words({"Men's sheds": "learning_work"}))
    {'men s sheds': 'learning_work'}
    """
    return MappingProxyType({plain(word): _kind_said(word, kind) for word, kind in own.items()})


def split_lines(own: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """
    Part a study's own lines into tags (``key=value``) and words.

    Examples
    --------
    >>> split_lines({"club=scout": "social_connection", "Choir": "arts_culture"})
    ({'club=scout': 'social_connection'}, {'Choir': 'arts_culture'})
    """
    tags = {line: kind for line, kind in own.items() if "=" in line}
    return tags, {line: kind for line, kind in own.items() if "=" not in line}


def _kind_said(line: str, said: str) -> str:
    """Read the kind a line gives: a key, a usual spelling, or ``leave out``."""
    if plain(said) == LEAVE_OUT:
        return LEAVE_OUT
    kind = kind_of(said)
    if kind is None:
        near = nearest_kind(said)
        hint = f"did you mean {near!r}?" if near else f"kinds are {', '.join(LABELS)}"
        raise TableError(
            f"crosswalk: {line!r} is given the unknown kind {said!r}; {hint} "
            f"({LEAVE_OUT!r} keeps such places out of the count)"
        )
    return kind


def _judged(rule: Rule, *, named: bool, access: str | None, asked: bool) -> Classified:
    if access in _CLOSED_TO_PUBLIC:
        return Classified(rule.kind, counts=False, why_not=PRIVATE)
    if asked or rule.counts == "always" or (rule.counts == "named" and named):
        return Classified(rule.kind, counts=True, why_not=None)
    return Classified(rule.kind, counts=False, why_not=rule.why_not or _UNNAMED)


def kind_from_words(text: str) -> str:
    """
    Guess a kind from a name or a description, where a source gives no kind.

    Returns
    -------
    str
        The first kind whose words occur, ``other`` where none does.

    Examples
    --------
    >>> kind_from_words("Oakham Citizens Advice"), kind_from_words("Blue Door")
    ('advice_money', 'other')
    """
    return next((kind for pattern, kind in _WORDS if pattern.search(text)), OTHER)
