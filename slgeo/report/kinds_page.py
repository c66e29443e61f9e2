"""``docs/kinds.md``: what every source's own tags and words are taken for, and what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slgeo.places.classify import OSM, WORDS
from slgeo.places.registers import GREENSPACE
from slgeo.places.taxonomy import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

INTRODUCTION: Final = """\
# Kinds of place, and what counts

{made}

One taxonomy for every source. What a place *is* comes from its source's own tags or words by the tables below; whether it *counts*
as somewhere people are referred to is the default list, which is the last column. Places that do not count keep their row, with the
reason; `include = ["pub"]` in a `[[places]]` section asks for some of them, and a run prints its figures with and without the list.

A study that sees a tag or word otherwise says so, and its own lines come first:

```toml
[taxonomy]
file = "kinds.csv"                          # columns source and kind
lines = {{ "club=scout" = "social_connection", "Knit and natter" = "arts_culture", "shop=charity" = "leave out" }}
```

A line with `=` is an OpenStreetMap tag. Any other is a word or phrase that a source uses for what a place is: the kind column of a
list, a taxonomy term of Open Referral, the name of an activity of OpenActive, a function of OS Open Greenspace, or words among a
charity's activities. The kind is a key, or a label, of the first table; `leave out` keeps such places out of the count.
"""  # noqa: E501  (prose of a page, at the width pages have)

_COUNTS: Final = {"always": "yes", "named": "where it has a name", "asked": "only when asked for"}

_SOURCES: Final = (
    ("GP practices (epraccur)", "`gp`: open GP practices; other prescribing settings are left out"),
    ("Libraries dataset", "`library`: fixed public libraries that are open"),
    (
        "Open Referral UK",
        "taxonomy terms, read as kinds; else words of name, then description. Active ones count",
    ),
    (
        "OpenActive",
        "names of activities, read as kinds; else their words; else `physical_activity`",
    ),
    ("Active Places", "`physical_activity`: sites that are not closed"),
    (
        "Charity register",
        "the words of name and activities; none counts: the address is where it is registered",
    ),
    ("A list of your own", "its kind column, read as a kind or a usual spelling; else words"),
)


def kinds_page(made: str) -> str:
    """
    Write ``docs/kinds.md``.

    Parameters
    ----------
    made
        The line that says how the page is made.
    """
    return INTRODUCTION.format(made=made) + "\n".join(["", *_lines(), ""])


def _lines() -> Iterator[str]:
    yield from ("## The kinds", "", "| key | label | what belongs to it |", "|---|---|---|")
    for kind, label in LABELS.items():
        yield f"| `{kind}` | {label.one} | {label.meaning} |"
    yield from ("", "## Sources", "", "| source | is taken for |", "|---|---|")
    for source, said in _SOURCES:
        yield f"| {source} | {said} |"
    yield from (
        "",
        "## OpenStreetMap",
        "",
        "| tag | kind | counts | why not |",
        "|---|---|---|---|",
    )
    for tag, rule in OSM.items():
        why = rule.why_not or ("it has no name" if rule.counts == "named" else "")
        yield f"| `{tag}` | `{rule.kind}` | {_COUNTS[rule.counts]} | {why} |"
    yield from ("", "What is marked `access=private` or `access=no` never counts.")
    yield from ("", "## OS Open Greenspace", "")
    yield from ("| function | kind | counts | why not |", "|---|---|---|---|")
    for function, (kind, why_not) in GREENSPACE.items():
        yield f"| {function} | `{kind}` | {'no' if why_not else 'yes'} | {why_not or ''} |"
    yield from (
        "",
        "## Words",
        "",
        "Where a source gives no kind, the first whose words occur is taken (regular expressions).",
        "",
        "| kind | words |",
        "|---|---|",
    )
    for kind, patterns in WORDS.items():
        words = "|".join(patterns).replace("|", "&#124;")
        yield f"| `{kind}` | <code>{words}</code> |"
