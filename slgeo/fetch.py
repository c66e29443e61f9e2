"""
What a study needs and does not have: which publisher has it, and fetch it from there.

A file that is absent is recognised by its name, else by the key of ``study.toml`` that asks for it
and where the study lies. What a program may fetch is fetched; for the rest there is a sentence that
says which file from which page to put where.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from slgeo.areas.columns import find
from slgeo.areas.download import (
    ONS,
    by_hand,
    fetch_layer,
    file_name,
    layer_of_file,
)
from slgeo.areas.registry import registry
from slgeo.areas.vintage import clean_codes, detect, nation_of
from slgeo.errors import SlgeoError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slgeo.areas.part_of_layer import Around
    from slgeo.areas.registry import Layer
    from slgeo.areas.vintage import Detected
    from slgeo.config import Study
    from slgeo.sources.fetch import Fetched, Manners

    Progress = Callable[["Wanted", int, int], None]
    """Called with what is being fetched, and bytes (or rows) so far and in all."""

_SUBJECTS: Final = {
    "areas.file": "boundaries",
    "areas.deprivation": "deprivation",
    "areas.rurality": "rurality",
    "areas.population": "population",
    "areas.ethnicity": "ethnicity",
    "areas.cars": "cars",
    "areas.lookup": "lookup",
    "registrations.lookup": "lookup",
}
"""What a key wants, as the registry names subjects."""

_LAYERS: Final = {
    "areas.older_population": "population2020",
    "origins.headcounts": "headcounts2021",
    "origins.output_areas": "centroids_oa21",
    "origins.centroids": "centroids_lsoa21",
    "origins.postcodes": "onspd",
    "postcodes.file": "onspd",
    "roads.file": "osm",
    "registrations.file": "registrations",
}
"""The one layer that is meant, where there is one."""

_GEOGRAPHY: Final = {"E": "lsoa21", "W": "lsoa21", "S": "dz11", "N": "soa01"}
"""Small areas that a nation's tables come on, where the study does not say by its boundaries."""

_SPATIAL: Final = {"boundaries", "points"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A file that a study asks for and that is not there.

    Parameters
    ----------
    key
        Key of ``study.toml``.
    path
        Where it shall stand.
    layer
        Layer of the registry it is; empty where no layer is known to be it.
    way
        ``fetch``: `slgeo fetch` gets it; ``hand``: somebody has to save it from its page; ``own``:
        it is the study's own, nobody publishes it.
    words
        Which file from which page to put where.
    """

    key: str
    path: Path
    layer: str
    way: Literal["fetch", "hand", "own"]
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: fetched, or why not."""

    wanted: Wanted
    fetched: Fetched | None
    words: str


def wanted_files(study: Study) -> tuple[Wanted, ...]:
    """
    List what a study asks for and does not have.

    Parameters
    ----------
    study
        From :func:`slgeo.config.read_study`, with ``files_must_exist=False``.

    Returns
    -------
    tuple of Wanted
        One a file, in the order of the study's keys.
    """
    made: dict[Path, Wanted] = {}
    for key, path in study.files():
        there = path.is_file() or (path.is_dir() and key.startswith("places["))
        if not there and path not in made:
            made[path] = _wanted(study, key, path)
    return tuple(made.values())


def fetch_study(
    study: Study,
    *,
    services: str = ONS,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """
    Fetch every file that a study asks for, that is not there, and that a program may fetch.

    A file that is there is left as it is. Each one fetched is noted in ``fetched.json`` beside it,
    with its address and SHA-256, and a run copies that into ``run.json``.

    Parameters
    ----------
    study
        From :func:`slgeo.config.read_study`, with ``files_must_exist=False``.
    services
        Root of the feature services.
    manners
        How to ask; see :class:`slgeo.sources.fetch.Manners`.
    progress
        Called now and then.

    Returns
    -------
    list of Outcome
        One a file that was wanted: a fault of one does not stop the others.
    """
    from slgeo.sources.fetched import record_fetched

    fetching = _Fetching(study, services, manners, progress)
    made = []
    for wanted in wanted_files(study):
        if wanted.way != "fetch":
            made.append(Outcome(wanted, None, wanted.words))
            continue
        try:
            got = fetching.fetch(wanted)
        except SlgeoError as error:
            said = " ".join(str(error).split())
            made.append(Outcome(wanted, None, said))
            continue
        record_fetched(got, wanted.layer)
        made.append(Outcome(wanted, got, f"{got.size:,} bytes from {got.url}"))
    return made


class _Fetching:
    """Fetches files of one study, and remembers where the study lies."""

    def __init__(
        self, study: Study, services: str, manners: Manners | None, progress: Progress | None
    ) -> None:
        self._study, self._services, self._manners = study, services, manners
        self._progress = progress
        self._around: Around | None = None

    def fetch(self, wanted: Wanted) -> Fetched:
        """Fetch one file to its place."""
        layer = registry().layer(wanted.layer)
        how: dict[str, Any] = {"manners": self._manners, "progress": self._told(wanted)}
        if layer.service and (layer.in_parts or layer.subject in _SPATIAL):
            from slgeo.areas.part_of_layer import fetch_part

            part = fetch_part(
                layer.name, wanted.path, self.around(), services=self._services, **how
            )
            if layer.subject == "boundaries":
                self._around = None  # what was fetched says better where the study lies
            return part
        return self._whole(wanted, layer, how)

    def around(self) -> Around:
        """Find where the study lies: by its boundaries where they are there, else by its codes."""
        from slgeo.areas.part_of_layer import find_around

        if self._around is None:
            file = self._study.areas.file
            self._around = (
                _around_file(file)
                if file.is_file()
                else find_around(
                    _codes(self._study),
                    _boundaries(self._study).name,
                    km=self._study.areas.around,
                    services=self._services,
                    manners=self._manners,
                )
            )
        return self._around

    def _whole(self, wanted: Wanted, layer: Layer, how: dict[str, Any]) -> Fetched:
        """Fetch a whole file beside its place, then move what was wanted of it there."""
        from slgeo.sources.fetch import Fetched, UnavailableError

        folder = wanted.path.parent / f".{wanted.path.name}.fetch"
        place = _place(self._study, wanted) if layer.index else ""
        try:
            parts = fetch_layer(layer.name, folder, place=place, services=self._services, **how)
            chosen = _member(parts, layer)
            chosen.path.replace(wanted.path)
        except UnavailableError:
            raise  # what came so far stays, and the next attempt goes on
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder)
        return Fetched(chosen.url, wanted.path, chosen.sha256, chosen.size)

    def _told(self, wanted: Wanted) -> Callable[[int, int], None] | None:
        if self._progress is None:
            return None
        tell = self._progress
        return lambda done, total: tell(wanted, done, total)


def _wanted(study: Study, key: str, path: Path) -> Wanted:
    """Recognise one absent file."""
    plain = re.sub(r"\[\d+\]", "", key)
    layer = layer_of_file(path.name) or _by_layout(study, key) or _by_key(study, plain)
    shown = study.shown(path)
    if study.invented:
        words = f"`slgeo example` makes the files of a made-up place; put {shown} there"
        return Wanted(key, path, "", "own", words)
    if layer is None:
        return Wanted(key, path, "", "own", _own_words(plain, shown))
    packed = any(name.endswith(".zip") for name in layer.files[:1]) and path.suffix != ".zip"
    hand = f"{by_hand(layer.name, path.parent)}{', unpacked,' if packed else ''} as {path.name}"
    why_not = _refused(study, layer, path)
    if why_not:
        return Wanted(
            key, path, layer.name, "hand", f"{hand} ({why_not})" if why_not != "-" else hand
        )
    return Wanted(
        key, path, layer.name, "fetch", f"`slgeo fetch` gets {layer.title}; or {_lower(hand)}"
    )


def _refused(study: Study, layer: Layer, path: Path) -> str:
    """Say why a program cannot fetch a layer to this place; a dash where its page says enough."""
    suffix = path.suffix.lower()
    if layer.service:
        wanted = (".geojson",) if layer.subject == "boundaries" else (".csv", ".geojson")
        if suffix not in wanted:
            return f"`slgeo fetch` writes {' or '.join(wanted)}: name it so in study.toml"
        return _no_place(study) if layer.in_parts or layer.subject in _SPATIAL else ""
    if layer.index:
        return "" if path.name.endswith(".osm.pbf") else "extracts are .osm.pbf: name it so"
    if not layer.download:
        return "-"
    theirs = Path(layer.files[0] if file_name(layer).endswith(".zip") else file_name(layer)).suffix
    same = theirs.lower() == suffix
    return "" if same else f"the publisher's file is {theirs}: name it so in study.toml"


def _no_place(study: Study) -> str:
    """Say what a study lacks, for a part of a national layer to be asked for."""
    if study.areas.file.is_file():
        return ""
    if not _codes(study):
        return 'give areas.study = ["E06000017"], the codes of its authorities, and it is fetched'
    return "" if _boundaries(study).service else "its boundaries are not fetched by a program"


def _codes(study: Study) -> list[str]:
    """List the codes by which a study names its areas; a column of a file is none."""
    asked = study.areas.study
    listed = [asked] if isinstance(asked, str) else list(asked or ())
    shapes = [re.compile(one.code) for one in registry().geographies.values()]
    return [code for code in listed if any(shape.match(code.strip().upper()) for shape in shapes)]


def _boundaries(study: Study) -> Layer:
    """Tell which boundaries a study is on: by its file or the file's name, else by nation."""
    file = study.areas.file
    here = _found_in(file, file.stat().st_mtime_ns) if file.is_file() else ()
    for layer in registry().of("boundaries"):
        if layer.geography in {one.geography for one in here}:
            return layer
    named = layer_of_file(file.name)
    if named is not None and named.subject == "boundaries":
        return named
    nations = _nations(study)
    return registry().layer(_GEOGRAPHY[nations[0]] if nations else "lsoa21")


def _nations(study: Study) -> list[str]:
    """List the nations a study lies in, as far as its codes or its boundaries say."""
    found = {nation_of(code.strip().upper()) for code in _codes(study)}
    file = study.areas.file
    if not found and file.is_file():
        here = _found_in(file, file.stat().st_mtime_ns)
        found = {nation for one in here for nation in one.nations}
    return sorted(found & set(_GEOGRAPHY))


@functools.lru_cache(maxsize=8)
def _found_in(path: Path, _changed: int) -> tuple[Detected, ...]:
    """Tell which small areas a file of boundaries is about; nothing where it cannot be told."""
    from slgeo.sources.vector import read_vector

    try:
        shapes = read_vector(path)
        key = find([str(name) for name in shapes.columns], registry().columns["key"])
        return () if key is None else detect(clean_codes(shapes[key]), header=key)
    except SlgeoError:
        return ()  # `slgeo check` says what is wrong with the file itself


def _by_layout(study: Study, key: str) -> Layer | None:
    """Recognise a file of places by the layout the study says it has."""
    found = re.fullmatch(r"places\[(\d+)\]\.file", key)
    name = study.places[int(found[1])].layout if found else None
    return registry().layers.get(name) if name else None


def _by_key(study: Study, key: str) -> Layer | None:
    """Choose the newest layer of what a key wants, on the study's areas."""
    if key in _LAYERS:
        return registry().layer(_LAYERS[key])
    if key == "areas.file":
        return _boundaries(study) if _nations(study) else None
    nations = _nations(study)
    if key not in _SUBJECTS or len(nations) != 1:
        return None
    geography = _boundaries(study).geography
    found = [
        one
        for one in registry().of(_SUBJECTS[key])
        if one.geography == geography
        and nations[0] in one.nations
        and one.licence not in {"own", "invented"}
    ]
    return max(found, key=lambda one: (one.year, bool(one.download or one.service)), default=None)


def _own_words(key: str, shown: str) -> str:
    """Say what to put where, for a file that no layer is known to be."""
    from slgeo.config.study import keys

    declared = next((k for k in keys() if f"{k.section}.{k.name}" == key), None)
    advice = f": {declared.advice}" if declared is not None and declared.advice else ""
    return f"put the file there as {shown}, or correct its name in study.toml{advice}{_pages(key)}"


def _pages(key: str) -> str:
    """List the pages of what a key could mean, one a publisher."""
    subject = "census" if key == "areas.census" else _SUBJECTS.get(key, "")
    found: dict[str, str] = {}
    for layer in registry().of(subject):
        if layer.url:
            found.setdefault(layer.url, layer.title)
    return "".join(f"; {title}: {url}" for url, title in found.items())


def _place(study: Study, wanted: Wanted) -> str:
    """Name the extract: by the file's name where it says, else by the study's place."""
    found = re.fullmatch(r"(.+)-(latest|\d{6})\.osm\.pbf", wanted.path.name)
    return found[1] if found else study.place


def _member(parts: Sequence[Fetched], layer: Layer) -> Fetched:
    """Choose the file wanted from what came out of a zip."""
    if len(parts) == 1:
        return parts[0]
    for pattern in layer.files:
        for part in parts:
            if fnmatch.fnmatch(part.path.name.lower(), pattern.lower()):
                return part
    names = ", ".join(part.path.name for part in parts[1:6])
    raise SourceError(f"{parts[0].url}: holds no {layer.files[0]}; it holds {names}")


def _around_file(path: Path) -> Around:
    """Take where a study lies from its boundaries."""
    from slgeo.areas.part_of_layer import Around
    from slgeo.sources.vector import read_vector

    shapes = read_vector(path)
    if shapes.crs is None:
        raise SourceError(f"{path}: does not say which CRS its coordinates are in")
    west, south, east, north = (float(edge) for edge in shapes.to_crs("EPSG:4326").total_bounds)
    return Around((west, south, east, north), {})


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
