"""
Which census geography a column of codes belongs to, and the join that refuses to mix two.

The vintage is found from the codes themselves: from the ranges each edition uses, from codes that
exist in no earlier edition, from how many there are, and from lists of known codes where given. A
column's name only breaks a tie, and then the answer is marked as not certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.areas.registry import Geography, registry
from slgeo.errors import TableError, VintageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pandas as pd

LEAST_MATCH: Final = 0.99
"""Least share of the study's areas a joined table must know (sources.md section 1)."""
_ENOUGH: Final = 1500
"""Codes without a single new one that settle for the older edition: even where changes cluster,
1,500 neighbours of which none changed have not been seen between 2011 and 2021 (our choice)."""
_NI_SOA: Final = "95"


@dataclass(frozen=True, slots=True)
class Detected:
    """
    The geography of some codes.

    Parameters
    ----------
    geography
        Name in the registry, for example ``lsoa21``.
    nations
        Nations the codes belong to.
    count
        Number of different codes.
    certain
        Whether the codes alone settle it.
    why
        How it was found, in words.
    """

    geography: str
    nations: tuple[str, ...]
    count: int
    certain: bool
    why: str


def nation_of(code: str) -> str:
    """
    Tell the nation of a code: E, W, S, N, or X for an invented place.

    Examples
    --------
    >>> nation_of("E01000001"), nation_of("95AA01S1"), nation_of("X01000001")
    ('E', 'N', 'X')
    """
    return "N" if code.startswith(_NI_SOA) else code[:1]


def clean_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Tidy codes as every reader does: text, no blanks around, upper case."""
    return codes.astype("str").str.strip().str.upper()


def detect(
    codes: Iterable[str],
    *,
    header: str = "",
    known: Mapping[str, Collection[str]] | None = None,
    expected: Collection[str] = (),
) -> tuple[Detected, ...]:
    """
    Find the geographies of a column of codes.

    Parameters
    ----------
    codes
        Codes, cleaned; repeated ones count once.
    header
        Name of their column: breaks a tie, no more.
    known
        Codes of some editions, by geography, for example from a lookup file: membership settles.
    expected
        Geographies the layout of the file is published on: breaks a tie that neither codes nor
        column name settle.

    Returns
    -------
    tuple of Detected
        One for each kind of area, largest first; empty where there are no codes.

    Raises
    ------
    TableError
        If codes are of no geography in the registry, naming the first ones.

    Examples
    --------
    >>> detect(["E01013787", "E01035104"])[0].geography
    'lsoa21'
    >>> detect(["S01006506"])[0].geography
    'dz11'
    """
    left = sorted({str(code) for code in codes})
    found = []
    families: dict[str, list[Geography]] = {}
    for geography in registry().geographies.values():
        families.setdefault(geography.family, []).append(geography)
    for editions in families.values():
        patterns = [re.compile(edition.code) for edition in editions]
        mine = [code for code in left if any(p.match(code) for p in patterns)]
        if mine:
            found.append(_edition(mine, editions, header, known or {}, expected))
            taken = set(mine)
            left = [code for code in left if code not in taken]
    if left:
        shown = ", ".join(map(repr, left[:3]))
        raise TableError(
            f"{len(left)} codes are of no geography slgeo knows: {shown}; "
            "known ones are " + ", ".join(g.short for g in registry().geographies.values())
        )
    return tuple(sorted(found, key=lambda d: (-d.count, d.geography)))


def _edition(
    codes: list[str],
    editions: list[Geography],
    header: str,
    known: Mapping[str, Collection[str]],
    expected: Collection[str],
) -> Detected:
    """Choose among the editions of one family."""
    nations = tuple(sorted({nation_of(code) for code in codes}))

    def answer(name: str, why: str, *, certain: bool) -> Detected:
        return Detected(name, nations, len(codes), certain, why)

    shares = {e.name: sum(_in_range(code, e) for code in codes) / len(codes) for e in editions}
    best = max(shares.values())
    if best < LEAST_MATCH:
        outside = [c for c in codes if not any(_in_range(c, e) for e in editions)]
        raise TableError(
            f"{len(outside)} codes such as {outside[0]} belong to no edition of "
            f"{editions[0].title} slgeo knows"
        )
    fits = [e for e in editions if shares[e.name] == best]
    if len(fits) == 1:
        return answer(fits[0].name, "from the codes it uses", certain=True)
    members = {
        e.name: sum(code in known[e.name] for code in codes) for e in fits if e.name in known
    }
    if members:
        top = max(members, key=lambda name: members[name])
        if list(members.values()).count(members[top]) == 1:
            return answer(top, "by membership of the known codes", certain=True)
    newest, oldest = fits[-1], fits[0]
    if len(codes) >= _ENOUGH:
        return answer(oldest.name, f"none of {len(codes):,} codes is newer", certain=True)
    for edition in fits:
        digits = re.search(r"\d+$", edition.name)
        if digits and re.search(rf"(?<!\d)(20)?{digits[0]}(?!\d)", header):
            return answer(edition.name, f"from the column name {header!r}", certain=False)
    usual = [edition for edition in fits if edition.name in expected]
    if len(usual) == 1:
        return answer(usual[0].name, "from what the file is", certain=False)
    shorts = " or ".join(e.short for e in fits)
    return answer(newest.name, f"the codes fit {shorts}; the newest was taken", certain=False)


def _in_range(code: str, edition: Geography) -> bool:
    return any(first <= code <= last for first, last in edition.range)


def join(areas: pd.DataFrame, table: pd.DataFrame, *, what: str) -> tuple[pd.DataFrame, list[str]]:
    """
    Bring a table to the areas by code, refusing another vintage.

    Parameters
    ----------
    areas
        Index ``area``, columns ``nation``, ``vintage`` and ``in_study``.
    table
        Index ``area``; ``attrs["detected"]`` from :func:`detect`, ``attrs["source"]``.
    what
        What the table is, for messages: ``deprivation``.

    Returns
    -------
    pd.DataFrame
        The table on the areas' index; areas it does not know are missing.
    list of str
        What was not matched, in words.

    Raises
    ------
    VintageError
        If the table's codes are of another edition, or it knows less than 99 % of the study's
        areas in the nations it covers; names both editions, the share matched, and what would fix
        it.
    """
    detected: tuple[Detected, ...] = table.attrs["detected"]
    source = table.attrs.get("source", what)
    covered = {nation for d in detected for nation in d.nations}
    study = areas[areas["in_study"]]
    mine = study[study["nation"].isin(covered)]
    if mine.empty:
        raise VintageError(
            f"{what} ({source}) covers {_nations(covered)}, and no area of the study lies there "
            f"({_nations(set(study['nation']))})"
        )
    found = mine.index.isin(table.index)
    share = float(found.mean())
    theirs = {nation: d for d in detected for nation in d.nations}
    clash = any(
        theirs[str(nation)].certain and theirs[str(nation)].geography not in set(group["vintage"])
        for nation, group in mine.groupby("nation")
        if share < 1 or _settled(areas)
    )
    if clash or share < LEAST_MATCH:
        raise VintageError(_clash(what, source, mine, found, detected))
    notes = []
    if share < 1:
        lost = ", ".join(mine.index[~found][:5])
        notes.append(f"{what}: {int((~found).sum())} of {len(mine)} study areas not in it: {lost}")
    elsewhere = study[~study["nation"].isin(covered)]
    if len(elsewhere):
        notes.append(
            f"{what}: covers {_nations(covered)} only; {len(elsewhere)} study areas in "
            f"{_nations(set(elsewhere['nation']))} have none"
        )
    context = areas[~areas["in_study"]]
    missing = int((~context.index.isin(table.index)).sum())
    if missing:
        notes.append(f"{what}: {missing} of {len(context)} areas around the study not in it")
    return table.reindex(areas.index), notes


def _settled(areas: pd.DataFrame) -> bool:
    """Tell whether the areas' own vintage was certain."""
    return bool(areas.attrs.get("vintage_certain", True))


_NATIONS: Final = {
    "E": "England",
    "W": "Wales",
    "S": "Scotland",
    "N": "Northern Ireland",
    "X": "an invented place",
}


def _nations(letters: Iterable[str]) -> str:
    return " and ".join(_NATIONS.get(letter, letter) for letter in sorted(letters)) or "nowhere"


def _clash(
    what: str,
    source: str,
    mine: pd.DataFrame,
    found: Iterable[bool],
    detected: tuple[Detected, ...],
) -> str:
    """Say which two editions met, how much matched, and what to do."""
    book = registry()
    import numpy as np

    hit = np.asarray(list(found), dtype=bool)
    ours = sorted({book.geographies[v].short for v in set(mine["vintage"])})
    theirs = sorted({book.geographies[d.geography].short for d in detected})
    wanted = set(mine["vintage"])
    others = sorted(
        layer.label
        for layer in book.of(what)
        if layer.geography in wanted and set(layer.nations) & set(mine["nation"])
    )
    lost = ", ".join(mine.index[~hit][:3])
    fix = f"use an edition on {' and '.join(ours)}"
    fix += f" ({', '.join(others)})" if others else ""
    if ours != theirs:
        fix += (
            ", or carry it across with a lookup of the two (areas.lookup in study.toml, or "
            "slgeo.areas.crosswalk)"
        )
    else:
        fix = "use the whole table: this one is of another place or edition, or is cut short"
    missing = f"; not found: {lost}" if lost else ""
    return (
        f"{what} ({source}) has codes of {' and '.join(theirs)}, the study's areas are "
        f"{' and '.join(ours)}: {hit.mean():.1%} of {len(mine)} matched{missing}. To fix it, {fix}."
    )
