"""
Read places from any file slgeo knows, by what the file holds rather than what it is called.

==================== ===========================================================================
layout               is recognised by
==================== ===========================================================================
``osm``              an ``.osm.pbf`` or ``.osm`` file
``template``         a workbook with a sheet ``Places``
``practices``        27 columns whose first cell is an ODS code, or ``org_code`` with a
                     prescribing setting, a status or a PCN
``libraries``        a column ``Reporting service``
``open_referral``    JSON with services
``openactive``       JSON pages with ``items`` and ``next``
``charities``        ``registered_charity_number``, as JSON or tab-delimited text
``active_places``    a column ``siteid``
``greenspace``       a layer ``greenspace_site``, or shapes with ``function`` and
                     ``distinctive_name_1``
``assets``           anything else: columns are found by name
==================== ===========================================================================
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from slgeo.errors import SourceError, TableError
from slgeo.places.classify import crosswalk as rules_with
from slgeo.places.classify import own_words, split_lines
from slgeo.places.taxonomy import KINDS, nearest_kind

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    import pandas as pd

Layout = Literal[
    "osm",
    "template",
    "practices",
    "libraries",
    "open_referral",
    "openactive",
    "charities",
    "active_places",
    "greenspace",
    "assets",
]
LAYOUTS: Final[tuple[Layout, ...]] = get_args(Layout)
_READERS: Final[Mapping[str, tuple[str, str]]] = {
    "template": ("slgeo.places.template", "read_template"),
    "practices": ("slgeo.places.practices", "read_practices"),
    "libraries": ("slgeo.places.libraries", "read_libraries"),
    "open_referral": ("slgeo.places.open_referral", "read_open_referral"),
    "openactive": ("slgeo.places.openactive", "read_openactive"),
    "charities": ("slgeo.places.registers", "read_charities"),
    "active_places": ("slgeo.places.registers", "read_active_places"),
}
"""Readers that need nothing but the path, imported only when they are asked for."""
_WITH_WORDS: Final = frozenset({"open_referral", "openactive", "charities"})
"""Those of them that tell the kind from words, which a study may add to."""


def read_places(
    path: str | os.PathLike[str],
    *,
    layout: str | None = None,
    kind: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    include: Collection[str] = (),
    crosswalk: Mapping[str, str] | None = None,
    access_points: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """
    Read places from a file.

    Parameters
    ----------
    path
        The file.
    layout
        One of :data:`LAYOUTS`, where the guess from the content would be wrong.
    kind
        Kind of every place whose own the file does not say.
    sheet
        Sheet of a workbook that is a list of places; the first where absent.
    columns
        Our field -> the file's column, for lists in no published layout.
    include
        What counts although the default list leaves it out: OpenStreetMap tag values, ``pub``.
    crosswalk
        A study's own lines, OpenStreetMap tag or word of the source -> kind:
        ``{"club=scout": "social_connection", "Knit and natter": "social_connection"}``.
    access_points
        The ways into the green spaces of OS Open Greenspace, where they are a file of their own.

    Returns
    -------
    pd.DataFrame
        A places table (:data:`slgeo.tables.PLACES`), for :func:`slgeo.places.geocode.geocode`.
        Every place of the file is in it; ``counts`` says which count as places of their kind,
        ``why_not`` why others do not. ``attrs["notes"]`` says what was guessed and left out,
        ``attrs["layout"]`` as what the file was read.

    Raises
    ------
    SourceError
        If the file is missing, empty, cut short, or not what its name says.
    TableError
        If it has no usable columns, or cells at fault, all named at once.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        near = nearest_kind(kind)
        hint = f"did you mean {near!r}?" if near else f"kinds are {', '.join(KINDS)}"
        raise TableError(f"{path}: kind {kind!r} is unknown; {hint}")
    if layout is not None and layout not in LAYOUTS:
        raise TableError(f"{path}: layout {layout!r} is unknown; it is one of {', '.join(LAYOUTS)}")
    chosen = layout or ("assets" if sheet is not None else recognise(path))
    tags, words = split_lines(crosswalk or {})
    rules, named = rules_with(tags), own_words(words)  # faults of the lines, whatever the layout
    if chosen == "osm":
        from slgeo.places.osm_assets import read_osm_assets

        places = read_osm_assets(path, include=include, rules=rules)
    elif chosen == "greenspace":
        from slgeo.places.registers import read_greenspace

        places = read_greenspace(path, access_points, words=named)
    elif chosen in _READERS:
        home, name = _READERS[chosen]
        reader = getattr(importlib.import_module(home), name)
        places = reader(path, words=named) if chosen in _WITH_WORDS else reader(path)
    else:
        from slgeo.places.assets import read_assets

        places = read_assets(
            path, kind=kind, sheet=sheet, columns=columns, include=include, crosswalk=crosswalk
        )
    places.attrs["layout"] = chosen
    return places


def recognise(path: str | os.PathLike[str]) -> Layout:
    """
    Tell the layout of a file of places from what it holds.

    Raises
    ------
    SourceError
        If the file is missing, a folder without JSON, or empty.
    """
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    if path.is_dir():
        if any(path.glob("*.json")) or any(path.glob("service*.csv")):
            return "open_referral"
        raise SourceError(f"{path}: is a folder; name the file in it")
    name = path.name.lower()
    if name.endswith((".pbf", ".osm", ".osm.bz2")):
        return "osm"
    if name.endswith((".xlsx", ".xlsm", ".ods", ".xls")):
        return _of_workbook(path)
    if name.endswith(".json"):
        return _of_json(path)
    if name.endswith((".csv", ".txt", ".tsv")):
        from slgeo.sources.read import top_rows

        return _of_cells(top_rows(path)[0])
    return _of_shapes(path)


def _of_json(path: Path) -> Layout:
    from slgeo.places.open_referral import is_open_referral, read_json
    from slgeo.places.openactive import is_openactive
    from slgeo.places.registers import is_charities

    held = read_json(path)
    if is_openactive(held):
        return "openactive"
    if is_charities(held):
        return "charities"
    return "open_referral" if is_open_referral(held) else "assets"


def _of_workbook(path: Path) -> Layout:
    from slgeo.places.template import SHEET
    from slgeo.sources.read import read_table, sheet_names

    if SHEET in sheet_names(path):
        return "template"
    return _of_cells([str(name) for name in read_table(path).columns])


def _of_shapes(path: Path) -> Layout:
    """Tell green spaces and sites of Active Places from other shapes, and packages in a zip."""
    from slgeo.places.registers import is_charity_zip, layer_names, shape_fields

    if path.suffix.lower() == ".zip":
        from slgeo.places.open_referral_package import is_package_zip

        if is_package_zip(path):
            return "open_referral"
        return "charities" if is_charity_zip(path) else "assets"
    if "greenspace_site" in layer_names(path):
        return "greenspace"
    lower = {name.lower() for name in shape_fields(path)}
    if {"function", "distinctive_name_1"} <= lower:
        return "greenspace"
    return "active_places" if "siteid" in lower else "assets"


def _of_cells(cells: list[str]) -> Layout:
    from slgeo.places.libraries import MARK
    from slgeo.places.practices import is_register

    lower = {cell.strip().lower() for cell in cells}
    if is_register(cells):
        return "practices"
    if {"org_code", "practice_code"} & lower and {"prescribing_setting", "pcn_code"} & lower:
        return "practices"
    if MARK in lower:
        return "libraries"
    if "registered_charity_number" in lower:
        return "charities"
    if "siteid" in lower:
        return "active_places"
    return "assets"
