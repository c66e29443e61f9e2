"""
The last look at what was written: no file may give away a count that should be hidden.

By cell: no file shows a hidden count beside its key and column. By difference: what all files show
of a table, taken together with its totals, does not let a reader work one out. A run takes this
look before anything is moved to its place (:func:`refuse_leaks`). How each format is read is in
:mod:`slgeo.report.leak_readers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from slgeo.errors import DisclosureError
from slgeo.report.disclosure import HIDDEN, RULES, deducible
from slgeo.report.leak_readers import numbers_of
from slgeo.report.workbook import heading

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from slgeo.report.disclosure import Total


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """
    Sensitive counts that no file may give away.

    Parameters
    ----------
    name
        What they are, for the message.
    raw
        The table before control.
    counts, rule, totals
        As given to :func:`slgeo.report.disclosure.controlled`.
    """

    name: str
    raw: pd.DataFrame
    counts: tuple[str, ...]
    rule: str
    totals: tuple[Total, ...] = ()


def refuse_leaks(paths: Sequence[Path], secrets: Sequence[Secret]) -> None:
    """
    Stop a run whose files would give a hidden count away.

    Parameters
    ----------
    paths
        Every file made, before any is moved to its place.
    secrets
        All that must be kept.

    Raises
    ------
    DisclosureError
        Saying in which files, and of which tables, counts would be given away; it names no count.
    """
    for secret in secrets:
        found = leaks(
            paths, secret.raw, counts=secret.counts, rule=secret.rule, totals=secret.totals
        )
        if found:
            files = sorted({phrase.split(": ")[0] for phrase in found if ": shows" in phrase})
            where = f"shown in {', '.join(files)}" if files else "to be worked out from totals"
            raise DisclosureError(
                f"{secret.name}: {len(found)} small counts would be given away ({where}), so "
                "nothing was written; keep these figures out of the study's other files or, where "
                'they are public, set status = "published"; otherwise this is a fault in slgeo, '
                "please report it"
            )


def leaks(
    paths: Iterable[Path],
    raw: pd.DataFrame,
    *,
    counts: Sequence[str],
    rule: str,
    totals: Sequence[Total] = (),
) -> list[str]:
    """
    Look for hidden counts in files.

    Parameters
    ----------
    paths
        Files written: .csv, .xlsx, .json, .geojson, .gpkg, .parquet, .html (with what is packed in
        it, texts and tooltips too); others are read as lines of words.
    raw
        The sensitive table before control.
    counts, rule, totals
        As given to :func:`slgeo.report.disclosure.controlled`.

    Returns
    -------
    list of str
        A phrase for each count given away; empty where the files keep every secret.
    """
    most = RULES[rule].largest_hidden
    truth = {(key, name): value for name in counts for key, value in raw[name].items()}
    known: dict[tuple[Hashable, str], int] = {}
    found = []
    keys, named = _by_word(raw), {name: {name, heading(name)} for name in counts}
    for path in paths:
        for words, number in numbers_of(path):
            for key, column in _cells(words, keys, named):
                true = truth[key, column]
                if number == true and 1 <= true <= most:
                    found.append(f"{path.name}: {_shown(key)}, {column}: shows {true:g}")
                elif number == int(number):
                    known[key, column] = int(number)
    shown = pd.DataFrame(
        {name: [known.get((key, name), HIDDEN) for key in raw.index] for name in counts},
        index=raw.index,
    )
    for key, column, count in deducible(shown, counts=counts, rule=rule, totals=totals):
        if count == truth[key, column]:
            found.append(f"{_shown(key)}, {column}: {count} can be worked out from the totals")
    return list(dict.fromkeys(found))


def _by_word(raw: pd.DataFrame) -> dict[str, list[Hashable]]:
    """List the keys by their last word, so that few are looked at for a number."""
    found: dict[str, list[Hashable]] = {}
    for key in raw.index:
        found.setdefault(str(key[-1] if isinstance(key, tuple) else key), []).append(key)
    return found


def _cells(
    words: frozenset[str], keys: Mapping[str, list[Hashable]], named: Mapping[str, set[str]]
) -> Iterator[tuple[Hashable, str]]:
    """Tell which cells of the sensitive table a number with these words may be."""
    columns = [name for name, spelt in named.items() if not words.isdisjoint(spelt)]
    if columns:
        for key in (key for word in words for key in keys.get(word, ())):
            parts = key if isinstance(key, tuple) else (key,)
            if all(str(part) in words for part in parts):
                yield from ((key, column) for column in columns)


def _shown(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
