"""
The tabular package of Open Referral: CSV files that refer to one another, put together again.

The result is what the API would have said, so that one reader serves both forms.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.errors import SourceError
from slgeo.sources.archive import members, unpack
from slgeo.sources.read import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "services": ("services", "service"),
    "organizations": ("organizations", "organization"),
    "locations": ("locations", "location"),
    "links": ("service_at_locations", "service_at_location", "services_at_location"),
    "addresses": ("addresses", "address", "physical_addresses"),
    "schedules": ("schedules", "schedule", "regular_schedules"),
    "costs": ("cost_options", "cost_option"),
    "attributes": ("attributes", "attribute"),
    "terms": ("taxonomy_terms", "taxonomy_term"),
    "areas": ("service_areas", "service_area"),
    "access": ("accessibility", "accessibility_for_disabilities"),
    "capacities": ("service_capacities", "service_capacity"),
    "eligibility": ("eligibilitys", "eligibility"),
}
"""Our name -> the file's, plural and singular: packages of both spellings are published."""

Row = dict[str, Any]


def read_package(path: str | os.PathLike[str]) -> list[Row]:
    """
    Read the tabular package.

    Parameters
    ----------
    path
        A folder of CSV files, or a zip of them.

    Returns
    -------
    list of dict
        Services as the API would give them, with their locations, schedules and costs inside.

    Raises
    ------
    SourceError
        If it has no ``services.csv``, or a file cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() != ".zip":
        return _services(path)
    with tempfile.TemporaryDirectory() as folder:
        files = unpack(path, folder, suffixes=(".csv",))
        homes = {file.parent for file in files if file.stem.lower() in _TABLES["services"]}
        if len(homes) != 1:
            raise SourceError(f"{path}: holds {len(homes)} packages of services, not one")
        return _services(homes.pop())


def is_package(path: Path) -> bool:
    """Tell whether a folder is a tabular package."""
    return any((path / f"{name}.csv").exists() for name in _TABLES["services"])


def is_package_zip(path: Path) -> bool:
    """Tell whether a zip holds a tabular package."""
    names = [Path(member.filename) for member in members(path)]
    return any(
        name.suffix.lower() == ".csv" and name.stem.lower() in _TABLES["services"] for name in names
    )


def _services(folder: Path) -> list[Row]:
    tables = {ours: _rows(folder, names) for ours, names in _TABLES.items()}
    if not tables["services"]:
        raise SourceError(f"{folder}: no services.csv with services in it")
    addresses = _by(tables["addresses"], "location_id")
    access = _by(tables["access"], "location_id")
    locations = {
        row.get("id"): {
            **row,
            "addresses": addresses.get(row.get("id"), []),
            "accessibility": access.get(row.get("id"), []),
        }
        for row in tables["locations"]
    }
    terms = {row.get("id"): row for row in tables["terms"]}
    for row in tables["attributes"]:
        row["taxonomy_term"] = terms.get(row.get("taxonomy_term_id"))
        row["service_id"] = row.get("service_id") or row.get("link_id")
    held_there = _by(tables["schedules"], "service_at_location_id")
    for row in tables["links"]:
        row["location"] = locations.get(row.get("location_id"))
        row["schedules"] = held_there.get(row.get("id"), []) if row.get("id") else []
    organisations = {row.get("id"): row for row in tables["organizations"]}
    inside = {
        "service_at_locations": _by(tables["links"], "service_id"),
        "schedules": _by(tables["schedules"], "service_id"),
        "cost_options": _by(tables["costs"], "service_id"),
        "attributes": _by(tables["attributes"], "service_id"),
        "service_areas": _by(tables["areas"], "service_id"),
        "capacities": _by(tables["capacities"], "service_id"),
        "eligibilitys": _by(tables["eligibility"], "service_id"),
    }
    return [
        {
            **service,
            "organization": organisations.get(service.get("organization_id")),
            **{name: rows.get(service.get("id"), []) for name, rows in inside.items()},
        }
        for service in tables["services"]
    ]


def _rows(folder: Path, names: tuple[str, ...]) -> list[Row]:
    """Read one table of the package; none where the package has no such file."""
    for name in names:
        if (folder / f"{name}.csv").exists():
            frame = read_table(folder / f"{name}.csv").astype(object)
            cells = frame.where(frame.notna(), None).to_dict("records")
            return [{str(column): value for column, value in row.items()} for row in cells]
    return []


def _by(rows: list[Row], key: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.get(key), []).append(row)
    return grouped
