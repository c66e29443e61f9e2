"""Recognise columns by their names, from the registry's patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slgeo.areas.registry import registry
from slgeo.sources.read import clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slgeo.areas.registry import Layout


def find(names: Iterable[str], patterns: Iterable[str]) -> str | None:
    """Find the first name that matches the first pattern that matches any."""
    listed = [str(name) for name in names]
    for pattern in patterns:
        for name in listed:
            if re.search(pattern, clean_name(name), re.IGNORECASE):
                return name
    return None


def family(names: Iterable[str], group: str) -> dict[str, str]:
    """
    Recognise a family of columns: people by age band, sex or ethnic group.

    Returns
    -------
    dict
        Name in the file -> our name.

    Examples
    --------
    >>> family(["Aged 15 years and under", "age65plus", "x"], "age")
    {'Aged 15 years and under': 'age_0_15', 'age65plus': 'age_65_plus'}
    """
    made: dict[str, str] = {}
    for name in names:
        for pattern in registry().families[group]:
            hit = re.search(pattern, clean_name(name), re.IGNORECASE)
            if hit:
                ours = _member(group, hit)
                if ours not in made.values():
                    made[str(name)] = ours
                break
    return made


def _member(group: str, hit: re.Match[str]) -> str:
    parts = hit.groupdict()
    if group == "age":
        low = int(parts.get("low") or 0)
        return f"age_{low}_{int(parts['high'])}" if parts.get("high") else f"age_{low}_plus"
    return f"{group}_{parts['group'].lower()}"


def domain(names: Iterable[str]) -> dict[str, str]:
    """
    Recognise domain ranks, deciles and scores in a tidied file.

    Examples
    --------
    >>> domain(["Housing_and_Services_rank", "IMD_rank"])
    {'Housing_and_Services_rank': 'domain_barriers_rank'}
    """
    made: dict[str, str] = {}
    for name in names:
        hit = re.fullmatch(r"(?P<stem>.+)_(?P<kind>rank|decile|score)", name, re.IGNORECASE)
        if not hit:
            continue
        for ours, pattern in registry().domains.items():
            target = f"domain_{ours}_{hit['kind'].lower()}"
            if re.search(pattern, hit["stem"], re.IGNORECASE) and target not in made.values():
                made[str(name)] = target
                break
    return made


def in_areas_file(names: Iterable[str]) -> dict[str, str]:
    """
    Recognise every column of a file of areas.

    Returns
    -------
    dict
        Name in the file -> our name, the key's being ``area``.
    """
    listed = [str(name) for name in names]
    made: dict[str, str] = {}
    for ours, patterns in registry().columns.items():
        name = find([n for n in listed if n not in made], patterns)
        if name is not None:
            made[name] = "area" if ours == "key" else ours
    rest = [n for n in listed if n not in made]
    for group in registry().families:
        made.update(family([n for n in rest if n not in made], group))
    made.update(domain([n for n in rest if n not in made]))
    return made


def in_layout(names: Iterable[str], layout: Layout) -> dict[str, str] | None:
    """
    Recognise the columns of a published file, if it has this layout.

    Returns
    -------
    dict or None
        Name in the file -> our name, the key's being ``area``; ``None`` where the key or a needed
        column is absent.
    """
    listed = [name for name in names if name]
    key = find(listed, [layout.key] if layout.key else registry().columns["key"])
    if key is None:
        return None
    made = {key: "area"}
    for ours, pattern in layout.columns.items():
        name = find([n for n in listed if n not in made], [pattern])
        if name is not None:
            made[name] = ours
    for ours, name in _domains(listed, layout).items():
        made.setdefault(name, ours)
    made.update(_summed(listed, layout))
    for group in layout.families:
        made.update(family([n for n in listed if n not in made], group))
    if layout.single_years:
        made.update(_single_years(listed, layout))
    made.update(_row_columns([n for n in listed if n not in made], layout))
    band = find([n for n in listed if n not in made], [layout.bands]) if layout.bands else None
    if band is not None:
        made[band] = "_band"
    return made if _complete(made, layout) else None


def _row_columns(names: list[str], layout: Layout) -> dict[str, str]:
    """Find the columns by whose values rows are kept, as ``_row_0``, ``_row_1``."""
    wanted = [*layout.rows, *([layout.newest] if layout.newest else [])]
    found = {f"_row_{i}": find(names, [pattern]) for i, pattern in enumerate(wanted)}
    return {name: ours for ours, name in found.items() if name is not None}


def _complete(made: Mapping[str, str], layout: Layout) -> bool:
    """Tell whether every needed column was found."""
    have = {name.split("+")[0] for name in made.values()}
    asked = [needed.replace("*", ".+") for needed in layout.need]
    asked += [f"_row_{i}" for i in range(len(layout.rows) + bool(layout.newest))]
    asked += ["_band"] if layout.bands else []
    return all(any(re.fullmatch(pattern, name) for name in have) for pattern in asked)


def _summed(names: list[str], layout: Layout) -> dict[str, str]:
    """Find columns that are added up, as ``ours+0``, ``ours+1``; all of them or none."""
    made: dict[str, str] = {}
    for ours, patterns in layout.sums.items():
        parts = [find(names, [pattern]) for pattern in patterns]
        if None not in parts:
            made.update({str(part): f"{ours}+{i}" for i, part in enumerate(parts)})
    return made


def _domains(names: list[str], layout: Layout) -> Mapping[str, str]:
    found = {}
    for domain_, stem in layout.domains.items():
        for kind, template in layout.domain_columns.items():
            name = find(names, [template.replace("{domain}", stem)])
            if name is not None:
                found[f"domain_{domain_}_{kind}"] = name
    return found


def _single_years(names: list[str], layout: Layout) -> dict[str, str]:
    made = {}
    for name in names:
        hit = re.search(layout.single_years, clean_name(name))
        if hit:
            given = (hit.groupdict().get("sex") or "").upper()
            sex = {"F": "female", "M": "male"}.get(given[:1], "all")
            made[name] = f"single_{sex}_{int(hit['age'])}"
    return made
