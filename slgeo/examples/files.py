"""Write the made-up district as the files a real study starts from, with its ``study.toml``."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slgeo.errors import SourceError
from slgeo.examples import area_files, place_files
from slgeo.examples.model import district
from slgeo.examples.road_file import write_roads
from slgeo.sources.cache import written

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import pandas as pd

    from slgeo.examples.model import District

_HEAD: Final = """\
# A study of a place that does not exist: every area, person, road and surgery in it is made up.
# The files beside this one are in the layouts real ones come in; put yours in their place.
title = "Who can reach a GP, a pharmacy or a group in {name}?"
place = "{name}"
invented = true                        # the page says that the place is made up

[areas]
file = "{boundaries}"
"""

_TABLES: Final = {
    "X": """\
deprivation = "imd.csv"                # laid out as File 7 of the Indices of Deprivation 2025
rurality = "ruc.csv"
population = "population.csv"
ethnicity = "ethnicity.csv"
cars = "cars.csv"
""",
    "S": """\
deprivation = "simd.csv"               # laid out as Public Health Scotland's open data
rurality = "urban_rural.csv"
population = "population.csv"
""",
    "N": """\
deprivation = "nimdm.csv"              # laid out as NIMDM 2017: ranks only
rurality = "settlement_bands.csv"
population = "population.csv"
""",
}

_MIDDLE: Final = """
[origins]                              # the best is used, the next best shows how much it matters
output_areas = "output_areas.csv"
postcodes = "onspd.csv"

[postcodes]
file = "onspd.csv"

[roads]
file = "roads.osm.pbf"
hull = "hull.geojson"

"""

_PLACES: Final = {
    "X": """\
[[places]]
file = "epraccur.csv"
[[places]]
file = "libraries.csv"
""",
    "S": """\
[[places]]
file = "practices.csv"
kind = "gp"
columns = {{ name = "Practice", capacity = "Patients" }}
""",
}
_PLACES["N"] = _PLACES["S"]

_TAIL: Final = """\
[[places]]
file = "groups.csv"
[[places]]
file = "services.json"
[[places]]
file = "roads.osm.pbf"                 # places mapped in OpenStreetMap
"""

_REGISTERED: Final = """
[practices]
networks = "core_partners.csv"         # which practice is in which primary care network, and when

[registrations]
file = "registrations.csv"

[link_workers]                         # shared to areas by registration, not along roads
file = "workforce.csv"
delivery_model = "delivery_model.csv"  # staff of a voluntary organisation, in no national file
"""

_OUTCOMES: Final = """
[[outcomes]]                           # sensitive: small counts are hidden in all that is written
file = "referrals.csv"
name = "referrals"
count = "REFERRALS"
covariates = ["domain_income_score"]
"""

_TRAVEL: Final = """
[travel]
modes = ["walk", "drive"]
"""


def study_text(made: District) -> str:
    """Text of the ``study.toml`` of a district."""
    letter = made.nation.letter
    registered = _REGISTERED + _OUTCOMES if letter == "X" else ""
    parts = (_HEAD, _TABLES[letter], _MIDDLE, _PLACES[letter], _TAIL, registered, _TRAVEL)
    boundaries = area_files.boundaries_name(made)
    return "".join(parts).format(name=made.name, boundaries=boundaries)


def make(
    folder: str | os.PathLike[str], *, areas: int = 60, seed: int = 1, nation: str = "X"
) -> Path:
    """
    Make up a district and write it.

    Parameters
    ----------
    folder
        Where the files go; made if need be.
    areas, seed, nation
        As for :func:`slgeo.examples.district`.

    Returns
    -------
    Path
        Its ``study.toml``.
    """
    return write(district(areas, seed=seed, nation=nation), folder)


def write(made: District, folder: str | os.PathLike[str]) -> Path:
    """
    Write a district as the files a study starts from.

    The same district always gives the same bytes. ``docs/example.md`` describes every file.

    Parameters
    ----------
    made
        The district.
    folder
        Where the files go; made if need be, files of the same names are replaced.

    Returns
    -------
    Path
        Its ``study.toml``.

    Examples
    --------
    >>> import tempfile
    >>> from slgeo.examples import district, write
    >>> write(district(20), tempfile.mkdtemp()).name
    'study.toml'
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{target}: cannot be written to ({error.strerror})") from error
    boundaries = area_files.boundaries_name(made)
    with written(target / boundaries) as beside:
        area_files.write_boundaries(made, beside)
    with written(target / "hull.geojson") as beside:
        area_files.write_hull(made, beside)
    with written(target / "roads.osm.pbf") as beside:
        write_roads(made, beside)
    for name, table in _tables(made).items():
        _write_csv(table(made), target / name)
    if made.nation.letter == "X":
        _write_csv(place_files.epraccur(made), target / "epraccur.csv", header=False, quoted=True)
    _write_csv(place_files.groups(made), target / "groups.csv", excel=True)
    with written(target / "services.json") as beside:
        words = json.dumps(place_files.services(made), indent=1, ensure_ascii=False)
        beside.write_text(words + "\n", encoding="utf-8", newline="\n")
    with written(target / "study.toml") as beside:
        beside.write_text(study_text(made), encoding="utf-8", newline="\n")
    return target / "study.toml"


def _tables(made: District) -> dict[str, Callable[[District], pd.DataFrame]]:
    """Name the plain tables of a district and what makes each."""
    common: dict[str, Callable[[District], pd.DataFrame]] = {
        "population.csv": area_files.population,
        "output_areas.csv": area_files.output_areas,
        "onspd.csv": area_files.onspd,
    }
    if made.nation.letter == "X":
        return common | {
            "imd.csv": area_files.deprivation,
            "ruc.csv": area_files.rurality,
            "ethnicity.csv": area_files.ethnicity,
            "cars.csv": area_files.cars,
            "core_partners.csv": place_files.core_partners,
            "registrations.csv": place_files.registrations,
            "workforce.csv": place_files.workforce,
            "delivery_model.csv": place_files.delivery_model,
            "referrals.csv": place_files.referrals,
            "libraries.csv": place_files.libraries,
        }
    index, classes = {
        "S": ("simd.csv", "urban_rural.csv"),
        "N": ("nimdm.csv", "settlement_bands.csv"),
    }[made.nation.letter]
    return common | {
        index: area_files.deprivation,
        classes: area_files.rurality,
        "practices.csv": place_files.practices,
    }


def _write_csv(
    frame: pd.DataFrame,
    path: Path,
    *,
    header: bool = True,
    quoted: bool = False,
    excel: bool = False,
) -> None:
    """Write a table; `excel` as Excel saves one, with a byte-order mark and CRLF."""
    with written(path) as beside:
        frame.to_csv(
            beside,
            index=False,
            header=header,
            quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
            encoding="utf-8-sig" if excel else "utf-8",
            lineterminator="\r\n" if excel else "\n",
        )
