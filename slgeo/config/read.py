"""``study.toml`` -> :class:`Study`, or one error that lists every fault."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slgeo.config.keys import MODES
from slgeo.config.sections import AVERAGES, SPEEDS
from slgeo.config.shapes import Unfit, fitted
from slgeo.config.study import REPEATED, SECTIONS, Study, keys
from slgeo.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 1_000_000
"""Bytes; a study file is a page of text."""

MOST_THRESHOLDS: Final = 4
"""One colour more is told apart by eyes of every kind; six are not."""

OUTPUTS: Final = ("page.html", "page.csv", "results.xlsx", "findings.txt", "run.json")
"""What a run writes into its output folder, beside ``tables/``."""

SHAPES: Final = r"catchments\.(gpkg|parquet|geojson|dictionary\.csv)|minutes_\w+\.tif"
"""Names of the further files of travel-time areas, as a pattern."""


def read_study(path: str | Path, *, files_must_exist: bool = True) -> Study:
    """
    Read and check a study file.

    Parameters
    ----------
    path
        The ``study.toml``. Paths in it are read from its folder.
    files_must_exist
        Whether a file that is not there is an error; otherwise :meth:`Study.missing` lists them.

    Returns
    -------
    Study
        Every key with its value or default.

    Raises
    ------
    StudyError
        Naming every fault at once: unknown keys with the nearest known one, values of the wrong
        shape, values that cannot be, files that are not there. A fault of syntax names its line.
    """
    path = Path(path).absolute()
    raw = _parsed(path)
    faults: list[str] = []
    study = _study(path, raw, faults)
    if study is None or faults:
        raise StudyError(f"{path.name}: {'; '.join(faults)}")
    faults.extend(_impossible(study))
    if files_must_exist:
        faults.extend(study.missing())
    if faults:
        raise StudyError(f"{path.name}: {'; '.join(faults)}")
    return study


def _parsed(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise StudyError(f"{path.name} has {len(data):,} bytes: not a study file")
    try:
        text = data.decode("utf-8-sig")  # Windows Notepad puts a mark before the first key
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise StudyError(f"{path.name}, line {line}: not UTF-8 text; save it as UTF-8") from error
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise StudyError(_syntax(path.name, str(error), text)) from error


def _syntax(name: str, message: str, text: str) -> str:
    """Reword a parser's message: place first, then what helps."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    what = message[: found.start()] if found else "nested too deeply to read"
    where = (
        f"line {found[1]}, column {found[2]}"
        if found and found[1]
        else f"line {len(text.splitlines())}"
    )
    hint = "check quotes, brackets and commas"
    if "Unescaped" in what or "hex" in what:
        hint = "write paths with / rather than \\, or in 'single quotes'"
    elif "overwrite" in what or "twice" in what:
        hint = "a key or section stands there twice"
    return f"{name}, {where}: {what}; {hint}"


def _study(path: Path, raw: dict[str, Any], faults: list[str]) -> Study | None:
    given: set[str] = set()
    values: dict[str, Any] = {}
    top = {name: value for name, value in raw.items() if name not in SECTIONS or not name}
    values.update(_section("", top, "", path.parent, faults=faults, given=given))
    for name in SECTIONS:
        if name:
            values[name] = _read_section(name, raw.get(name), path.parent, faults, given)
    if faults:
        return None
    return Study(path=path, given=frozenset(given), **values)


def _read_section(name: str, raw: object, folder: Path, faults: list[str], given: set[str]) -> Any:  # noqa: ANN401  (a section, or a tuple of them)
    kind = SECTIONS[name]
    if name in REPEATED:
        if isinstance(raw, dict):
            faults.append(f"[{name}] needs two brackets, [[{name}]], since there may be several")
            return ()
        if raw is None:
            raw = []
        if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
            faults.append(f"{name} must be sections headed [[{name}]]")
            return ()
        if name == "places" and not raw:
            faults.append('no [[places]]: give at least one, such as file = "places.xlsx"')
        return tuple(
            kind(**_section(name, one, f"{name}[{at}]", folder, faults=faults, given=given))
            for at, one in enumerate(raw)
        )
    if raw is not None and not isinstance(raw, dict):
        first = keys(name)[0]
        faults.append(f"{name} must be a section: [{name}] with {first.name} = {first.example}")
        return kind()
    return kind(**_section(name, raw or {}, name, folder, faults=faults, given=given))


def _section(
    name: str,
    raw: dict[str, Any],
    where: str,
    folder: Path,
    *,
    faults: list[str],
    given: set[str],
) -> dict[str, Any]:
    """Read the keys of one section, noting faults and the keys it gives."""
    known = {key.name: key for key in keys(name)}
    label = f"[{where}] " if where else ""
    values: dict[str, Any] = {}
    faults.extend(_unknown(name, key, label) for key in raw if key not in known)
    for key in known.values():
        if key.name not in raw:
            if key.required:
                faults.append(f"{label}{key.name} is missing, such as {key.name} = {key.example}")
            continue
        try:
            values[key.name] = fitted(key, raw[key.name], folder)
        except Unfit as fault:
            faults.append(f"{label}{key.name} {fault}{_heading(name, key.name, raw[key.name])}")
        given.add(f"{where}.{key.name}" if where else key.name)
    if name == "output" and "folder" not in values:
        values["folder"] = folder
    return values


def _unknown(section: str, name: str, label: str) -> str:
    """Say that a key is unknown, and which known one was probably meant."""
    shown = f"{name[:60]!r}"
    here = [key.name for key in keys(section)]
    if not section:
        here += [other for other in SECTIONS if other]
    near = difflib.get_close_matches(name, here, n=1)
    if near:
        return f"{label}unknown key {shown}: did you mean {_spelt(section, near[0])}?"
    pairs = [(key.name, key.section) for key in keys()]
    for meant in difflib.get_close_matches(name, [pair[0] for pair in pairs], n=1, cutoff=0.8):
        home = next(home for known, home in pairs if known == meant)
        place = f"in [{home}]" if home else "at the top of the file"
        return f"{label}unknown key {shown}: did you mean {meant!r}, which stands {place}?"
    return f"{label}unknown key {shown}: known are {', '.join(here)}"


def _heading(section: str, name: str, value: object) -> str:
    """Suggest the section that was meant where a key of the top is used as a heading."""
    near = difflib.get_close_matches(name, [one for one in SECTIONS if one], n=1)
    if section or not near or not isinstance(value, dict):
        return ""
    return f"; did you mean {_spelt('', near[0])}?"


def _spelt(section: str, name: str) -> str:
    if not section and name in SECTIONS:
        return f"[[{name}]]" if name in REPEATED else f"[{name}]"
    return f"{name!r} in [{section}]" if section else repr(name)


def _impossible(study: Study) -> Iterator[str]:
    """Yield what each key allows alone but the study as a whole cannot mean."""
    travel, gaps = study.travel, study.gaps
    asked = [*travel.thresholds, *(gaps.beyond(mode) for mode in travel.modes)]
    broken = sorted({f"{minutes:g}" for minutes in asked if minutes != int(minutes)})
    if broken:
        yield f"[travel] thresholds and [gaps] are whole minutes, found {', '.join(broken)}"
    if len(set(travel.thresholds)) > MOST_THRESHOLDS:
        yield f"[travel] has {len(set(travel.thresholds))} thresholds; a page shows four at most"
    for mode in travel.modes:
        limit = travel.limit[mode]
        over = [f"{minutes:g}" for minutes in travel.thresholds if minutes > limit]
        if over:
            yield (
                f"[travel] threshold {', '.join(over)} is over the longest {mode} journey searched"
                f" ({limit:g} minutes); raise limit.{mode} or drop the threshold"
            )
        if gaps.beyond(mode) > limit:
            yield (
                f"[gaps] {mode} = {gaps.beyond(mode):g} is over the longest {mode} journey searched"
                f" ({limit:g} minutes); raise limit.{mode} in [travel] or lower it"
            )
    for at, places in enumerate(study.places):
        both = sorted(set(places.only) & set(places.exclude))
        if both:
            yield f"[places[{at}]] includes and excludes {', '.join(map(repr, both))}"
    yield from _speeds(study)
    yield from _catchments(study)
    yield from _scenarios(study)
    yield from _link_workers(study)
    yield from overwritten(study)
    yield from _unused_sources(study)


def _speeds(study: Study) -> Iterator[str]:
    travel = study.travel
    for mode in MODES:
        names = [name for name in travel.speeds if SPEEDS[name] == mode]
        if names and mode not in travel.modes:
            yield f"[travel] speeds {names[0]} are for {mode}, which is not among the modes"
        if len(names) > 1:
            yield f"[travel] speeds {' and '.join(names)} are both for {mode}; give one"
    if "drive" not in travel.modes and (travel.junction_seconds or travel.parking_minutes):
        yield "[travel] junction_seconds and parking_minutes are for drive, which is not travelled"
    elif travel.junction_seconds and not {"drive"} & {
        SPEEDS[name] for name in travel.speeds if name not in AVERAGES
    }:
        yield (
            "[travel] junction_seconds: the usual speeds of cars are averages of whole journeys,"
            ' junctions included; give others too, such as speeds = ["osm_gb_legal"]'
        )


def _catchments(study: Study) -> Iterator[str]:
    asked, travel = study.catchments, study.travel
    for mode in asked.modes:
        if mode not in travel.modes:
            yield f"[catchments] modes: {mode} is not among travel.modes"
    for mode in asked.modes or travel.modes[:1]:
        over = [f"{minutes:g}" for minutes in asked.minutes if minutes > travel.limit[mode]]
        if over:
            yield (
                f"[catchments] minutes {', '.join(over)} are over the longest {mode} journey"
                f" searched ({travel.limit[mode]:g} minutes); raise limit.{mode} in [travel]"
            )


def _scenarios(study: Study) -> Iterator[str]:
    names = [one.name for one in study.what_if]
    for at, one in enumerate(study.what_if):
        label = f"[what_if[{at}]]"
        if names.index(one.name) < at:
            yield f"{label} {one.name!r} is the name of another scenario"
        if not (one.open or one.file or one.close):
            yield f"{label} opens and closes nothing; give open, file or close"
        if one.open and not one.kind:
            yield f'{label} opens places of no kind; give kind = "library", or another kind'


def _link_workers(study: Study) -> Iterator[str]:
    asked = study.link_workers
    if asked.file is not None and study.practices.networks is None:
        yield (
            "[link_workers] file needs networks in [practices]: link workers reach people through"
            " the practices of their network"
        )
    if asked.file is None and (asked.practice_staff or asked.delivery_model):
        yield "[link_workers] has no file; give the PCN workforce the others are set beside"
    if asked.quarter is not None and not re.fullmatch(r"\d{4}-\d{2}", asked.quarter):
        yield (
            f'[link_workers] quarter is a year and month, such as "2022-09", not {asked.quarter!r}'
        )


def overwritten(study: Study) -> Iterator[str]:
    """Yield a phrase for each input that a run would write over."""
    folder = study.output.folder
    if folder.is_file():
        yield f"[output] folder {study.shown(folder)} is a file"
    # However the paths are spelt, or linked: results/../page.csv is page.csv.
    target = folder.resolve()
    for name, path in study.files():
        real = path.resolve()
        lies_in_tables = {target / "tables", target / "documents"} & set(real.parents)
        shapes = real.parent == target and re.fullmatch(SHAPES, real.name)
        if lies_in_tables or shapes or real in {target / output for output in OUTPUTS}:
            yield (
                f"{name}: {study.shown(path)} is where a run writes its results;"
                " move the file, or give [output] folder"
            )


def _unused_sources(study: Study) -> Iterator[str]:
    names = {study.shown(path) for _, path in study.files()}
    for at, source in enumerate(study.sources):
        if study.named(source.file) is None:
            yield (
                f"[sources[{at}]] {source.file!r} is no file of this study;"
                f" its files are {', '.join(sorted(names))}"
            )
