"""A study whose files are absent: fetched from publishers on this machine, checked, and run."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
import threading
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest
from publishers import Service, Town, send, serving

from slgeo import cli
from slgeo.areas import registry as door
from slgeo.areas.part_of_layer import find_around
from slgeo.check import check_study
from slgeo.config import read_study
from slgeo.errors import SourceError
from slgeo.examples import district, write
from slgeo.fetch import fetch_study, wanted_files

if TYPE_CHECKING:
    from pathlib import Path

    from slgeo.sources.fetch import Manners

STUDY = """
title = "Who can reach a GP in a town of England that is not there?"
place = "Aldermere"
[areas]
file = "lsoa21.geojson"
study = ["E06000001"]
around = 1
deprivation = "imd2025.csv"
rurality = "LSOA21_RUC21_EW_LU.csv"
population = "census2021-ts007a-lsoa.csv"
ethnicity = "census2021-ts021-lsoa.csv"
cars = "census2021-ts045-lsoa.csv"
census = ["ts037.csv", "ts001.csv"]
[origins]
output_areas = "output_areas.csv"
[postcodes]
file = "onspd.csv"
[roads]
file = "aldermere-latest.osm.pbf"
[[places]]
file = "epraccur.csv"
[registrations]
file = "registrations.csv"
[[reporting]]
file = "wards.csv"
group = "ward"
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def numbered(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    return [{"FID": at, **row} for at, row in enumerate(rows, start=1)]


def zipped(name: str, text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(name.replace("lsoa", "msoa"), "not this one\n")
        out.writestr(name, text)
    return made.getvalue()


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up district under codes of the form England's have."""
    folder = write(district(20), tmp_path_factory.mktemp("english")).parent
    for path in folder.iterdir():
        if path.suffix in {".csv", ".geojson", ".json"}:
            text = path.read_bytes().decode("utf-8")
            path.write_bytes(re.sub(r"\bX(0[016]\d{6})\b", r"E\1", text).encode("utf-8"))
    return folder


class Publishers:
    """Everything that the study's publishers have, served from this machine."""

    def __init__(self, town: Town, english: Path, patch: pytest.MonkeyPatch) -> None:
        self.town, self.english = town, english
        data = tomllib.loads(door.registry_text())
        self.layers = data["layers"]
        features = json.loads((english / "areas.geojson").read_text("utf-8"))["features"]
        codes = [one["properties"] for one in features]
        shapes = {at: one["geometry"] for at, one in enumerate(features, start=1)}
        self.areas = self._service(
            "lsoa21",
            [{"LSOA21CD": c["LSOA21CD"], "LSOA21NM": c["LSOA21NM"]} for c in codes],
            shapes,
        )
        self._service(
            "lookup_lsoa21_ward24_lad24",
            [
                {
                    "LSOA21CD": c["LSOA21CD"],
                    "WD24CD": f"E0500000{at % 3}",
                    "WD24NM": "ABC"[at % 3],
                    # The last four areas lie in the authority next door: context.
                    "LAD24CD": "E06000001" if at < len(codes) - 4 else "E06000002",
                }
                for at, c in enumerate(codes)
            ],
        )
        self._service("ruc2021", rows_of(english / "ruc.csv"))
        self.postcodes = self._service(
            "onspd",
            [{k.upper(): v for k, v in row.items()} for row in rows_of(english / "onspd.csv")],
            largest=2000,
        )
        self._file("imd2025", "File_7_IoD2025.csv", (english / "imd.csv").read_bytes())
        self._file("epraccur", "getReport", (english / "epraccur.csv").read_bytes())
        population = (english / "population.csv").read_text("utf-8")
        ages = population.replace("total_residents", "Age: Total").replace("Aged ", "Age: Aged ")
        self._zip("census2021_age", ages)
        self._zip("census2021_ethnicity", (english / "ethnicity.csv").read_text("utf-8"))
        self._zip("census2021_cars", (english / "cars.csv").read_text("utf-8"))
        people = {
            row["geography code"]: row["total_residents"]
            for row in rows_of(english / "population.csv")
        }
        self._census(
            "census2021_health", ["Bad health", "Very bad health"], "General health", people
        )
        self._census(
            "census2021_residence", ["Lives in a communal establishment"], "Residence type", people
        )
        index = {
            "features": [
                {
                    "properties": {
                        "id": "aldermere",
                        "name": "Aldermere",
                        "urls": {"pbf": f"{town.root}/aldermere-latest.osm.pbf"},
                    }
                }
            ]
        }
        town.routes["/index"] = serving(json.dumps(index).encode())
        town.routes["/aldermere-latest.osm.pbf"] = serving((english / "roads.osm.pbf").read_bytes())
        self.layers["osm"]["index"] = f"{town.root}/index"
        made = door.parse(data)
        for module in (
            "download",
            "part_of_layer",
            "layers",
            "deprivation",
            "rurality",
            "registry",
        ):
            patch.setattr(f"slgeo.areas.{module}.registry", lambda: made)
        patch.setattr("slgeo.fetch.registry", lambda: made)

    def _service(self, name, rows, shapes=None, *, largest=7):
        entry = self.layers[name]
        path = f"/{entry['service']}"
        path += "" if "/FeatureServer/" in path else "/FeatureServer/0"
        if entry.get("rows"):
            entry["rows"] = len(rows)
        return Service(self.town, numbered(rows), path, shapes=shapes, largest=largest)

    def _file(self, name: str, file: str, body: bytes) -> None:
        self.town.routes[f"/{file}"] = serving(body)
        self.layers[name]["download"] = f"{self.town.root}/{file}"

    def _zip(self, name: str, text: str) -> None:
        self._file(name, f"{name}.zip", zipped(self.layers[name]["files"][0], text))

    def _census(self, name, columns, subject, people) -> None:
        head = ["date", "geography", "geography code", *(f"{subject}: {c}" for c in columns)]
        lines = [",".join(head)]
        lines += [
            f"2021,P,{code}," + ",".join([str(int(n) // 20)] * len(columns))
            for code, n in people.items()
        ]
        self._zip(name, "\n".join(lines) + "\n")


@pytest.fixture
def town():
    made = Town()
    yield made
    made.close()


@pytest.fixture
def publishers(town, english, monkeypatch) -> Publishers:
    return Publishers(town, english, monkeypatch)


@pytest.fixture
def study(tmp_path, english) -> Path:
    """The study with what no publisher has: output areas' people, registrations, wards."""
    for name in ("output_areas.csv", "registrations.csv"):
        (tmp_path / name).write_bytes((english / name).read_bytes())
    wards = ["LSOA21CD,WD24CD,WD24NM"]
    for at, row in enumerate(rows_of(english / "ruc.csv")):
        wards.append(f"{row['LSOA21CD']},E0500000{at % 3},Ward {at % 3}")
    (tmp_path / "wards.csv").write_text("\n".join(wards) + "\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "study.toml"


def fetched(study: Path, town: Town, *, manners: Manners | None = None):
    return fetch_study(
        read_study(study, files_must_exist=False),
        services=town.root,
        manners=manners or town.manners,
    )


@pytest.mark.usefixtures("publishers")
def test_absent_files_are_fetched_checked_and_run(study, town, capsys) -> None:
    """Eleven files from nothing; every one noted with its hash, and the notes reach run.json."""
    seen = []
    outcomes = fetch_study(
        read_study(study, files_must_exist=False),
        services=town.root,
        manners=town.manners,
        progress=lambda wanted, *_: seen.append(wanted.key),
    )

    assert [(one.wanted.key, one.words) for one in outcomes if one.fetched is None] == []
    assert len(outcomes) == 11
    assert {"roads.file", "areas.deprivation"} <= set(seen)
    folder = study.parent
    noted = json.loads((folder / "fetched.json").read_text("utf-8"))
    for one in outcomes:
        path = one.wanted.path
        assert noted[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]

    findings = check_study(read_study(study))
    assert [str(one) for one in findings if one.stops] == []

    assert cli.main(["run", str(study)]) == 0
    record = json.loads((folder / "run.json").read_text("utf-8"))
    told = {one["file"]: one["fetched"] for one in record["inputs"]}
    assert f"{town.root}/File_7_IoD2025.csv" in told["imd2025.csv"]
    assert "#census2021-ts021-lsoa.csv" in told["census2021-ts021-lsoa.csv"]
    assert told["registrations.csv"] is None
    by_area = rows_of(folder / "tables" / "by_area.csv")
    assert {row["in_study"] for row in by_area} == {"true", "false"}
    areas = rows_of(folder / "tables" / "areas.csv")
    assert {"bad_health", "communal_residents", "age_65_plus", "households_no_car"} <= set(areas[0])
    told = capsys.readouterr().out
    assert "communal establishments" in told
    groups = {row["label"] for row in rows_of(folder / "tables" / "by_people.csv")}
    assert {"In bad or very bad health", "Aged 65 and over"} <= groups
    wards = rows_of(folder / "tables" / "by_reporting_area.csv")
    study_people = sum(float(row["population"]) for row in areas if row["in_study"] == "true")
    of_gp = [row for row in wards if (row["kind"], row["mode"]) == ("gp", "walk")]
    assert sum(float(row["people"]) for row in of_gp) == pytest.approx(study_people)


def test_only_the_part_around_the_study_is_asked_for(study, publishers, town) -> None:
    fetched(study, town)

    boxes = [query["geometry"] for query in publishers.areas.queries if "geometry" in query]
    assert boxes
    assert len(set(boxes)) == 1
    shapes = json.loads((study.parent / "lsoa21.geojson").read_text("utf-8"))["features"]
    authorities = [one["properties"]["LAD24CD"] for one in shapes]
    assert authorities.count("E06000001") == 16
    assert set(authorities) == {"E06000001", None}
    # Postcodes are asked for where the areas that came lie, and never without a box.
    assert all("geometry" in query for query in publishers.postcodes.queries)


@pytest.mark.usefixtures("publishers")
def test_what_is_there_is_left_alone_and_a_second_call_fetches_nothing(study, town, capsys) -> None:
    own = study.parent / "imd2025.csv"
    own.write_text("mine", encoding="utf-8")
    fetched(study, town)
    before = len(town.asked)

    assert cli.main(["fetch", str(study)]) == 0

    assert own.read_text(encoding="utf-8") == "mine"
    assert len(town.asked) == before
    assert "Every file of the study is there" in capsys.readouterr().out


def test_a_fault_of_one_publisher_does_not_stop_the_others_and_the_next_call_goes_on(
    study, publishers, town
) -> None:
    good = town.routes["/File_7_IoD2025.csv"]
    town.routes["/File_7_IoD2025.csv"] = lambda handler, _: send(handler, b"", 403)
    body = (publishers.english / "roads.osm.pbf").read_bytes()
    town.routes["/aldermere-latest.osm.pbf"] = lambda handler, _: send(
        handler, body[:5000], ETag='"v1"', Content_Length=str(len(body))
    )

    outcomes = {one.wanted.key: one for one in fetched(study, town)}

    lost = {key: one.words for key, one in outcomes.items() if one.fetched is None}
    assert set(lost) == {"areas.deprivation", "roads.file"}
    assert "in a browser" in lost["areas.deprivation"]
    assert "broke off after 5,000 of" in lost["roads.file"]
    assert not (study.parent / "aldermere-latest.osm.pbf").exists()
    town.routes["/File_7_IoD2025.csv"] = good
    town.routes["/aldermere-latest.osm.pbf"] = serving(body)
    assert all(one.fetched for one in fetched(study, town))
    assert (study.parent / "aldermere-latest.osm.pbf").read_bytes() == body
    assert not list(study.parent.glob(".*"))


@functools.cache
def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("census2021-ts021-lsoa.csv", b"\0" * (60 << 20))
    return made.getvalue()


def stray() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("../../census2021-ts021-lsoa.csv", "x")
    return made.getvalue()


def looping(handler, _) -> None:
    send(handler, b"", 302, Location=handler.path)


def stalling(handler, _) -> None:
    send(handler, b"PK", Content_Length="1000")
    threading.Event().wait(1.3)


FAULTS = {
    "zip bomb": (lambda handler, _: send(handler, bomb()), "a zip bomb"),
    "stray entry": (lambda handler, _: send(handler, stray()), "leads out of its folder"),
    "no such member": (
        lambda handler, _: send(handler, zipped("other-lsoa.csv", "x")),
        "holds no census",
    ),
    "not a zip": (lambda handler, _: send(handler, b"PK"), "not a whole zip file"),
    "web page": (lambda handler, _: send(handler, b"<!doctype html>no"), "sent a web page"),
    "redirects in circles": (looping, "redirects in circles"),
    "too many requests": (lambda handler, _: send(handler, b"", 429), "answered 429"),
    "come back tomorrow": (
        lambda handler, _: send(handler, b"", 429, Retry_After="86400"),
        "left alone for 86400 seconds",
    ),
    "server error": (lambda handler, _: send(handler, b"", 500), "answered 500"),
    "cut short": (
        lambda handler, _: send(handler, b"PK", Content_Length="1000"),
        "broke off after 2 of 1,000",
    ),
    "stall": (stalling, "broke off|stalled"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_a_publisher_leaves_a_file_or_leads_out(study, publishers, fault) -> None:
    route, says = FAULTS[fault]
    town, folder = publishers.town, study.parent
    for one in wanted_files(read_study(study, files_must_exist=False)):
        if one.key != "areas.ethnicity":
            one.path.write_text("there\n", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    town.routes["/census2021_ethnicity.zip"] = route
    bomb()  # made before it is asked for

    (outcome,) = fetched(study, town, manners=town.hasty if fault == "stall" else None)

    assert outcome.fetched is None
    assert re.search(says, outcome.words)
    left = sorted(path.name for path in folder.iterdir() if path.suffix != ".fetch")
    assert left == before
    assert not (folder.parent / "census2021-ts021-lsoa.csv").exists()
    good = zipped("census2021-ts021-lsoa.csv", "geography code\n")
    town.routes["/census2021_ethnicity.zip"] = serving(good)
    assert fetched(study, town)[0].fetched
    assert not list(folder.glob(".*"))


@pytest.mark.usefixtures("publishers")
def test_a_file_changed_after_it_came_is_no_longer_said_to_be_fetched(study, town) -> None:
    from slgeo.sources.cache import hash_file
    from slgeo.sources.fetched import origin_of

    fetched(study, town)
    path = study.parent / "imd2025.csv"
    origin = origin_of(path, hash_file(path))
    assert origin is not None
    assert (origin.layer, origin.url) == ("imd2025", f"{town.root}/File_7_IoD2025.csv")
    path.write_bytes(path.read_bytes() + b"\n")

    assert origin_of(path, hash_file(path)) is None
    (study.parent / "fetched.json").write_text("{broken", encoding="utf-8")
    with pytest.raises(SourceError, match="it is only a record"):
        origin_of(path, hash_file(path))


@pytest.mark.usefixtures("publishers")
def test_codes_that_nobody_knows_are_refused_by_name(town) -> None:
    def around(*codes):
        return find_around(codes, "lsoa21", services=town.root, manners=town.manners)

    with pytest.raises(SourceError, match="knows no authority E06000099"):
        around("E06000099")
    with pytest.raises(SourceError, match="knows 1 of the study's 2 areas"):
        around("E01000001", "E01009999")
    with pytest.raises(SourceError, match=r"\) OR 1=1 is no code"):
        around("E01000001') OR 1=1")
    assert around("E01000001").authority == {}


@pytest.mark.parametrize(
    ("change", "key", "way", "says"),
    [
        (('"onspd.csv"', '"ONSPD_FEB_2026_UK.zip"'), "postcodes.file", "hand", ".csv or .geojson"),
        (
            ('"imd2025.csv"', '"imd2025.xlsx"'),
            "areas.deprivation",
            "hand",
            "publisher's file is .csv",
        ),
        (('"lsoa21.geojson"', '"lsoa21.gpkg"'), "areas.file", "hand", "writes .geojson"),
        (('["E06000001"]', '"in_area"'), "areas.file", "hand", 'areas.study = ["E06000017"]'),
        (
            ('"registrations.csv"', '"reg.csv"'),
            "registrations.file",
            "hand",
            "Save gp-reg-pat-prac",
        ),
        (
            ('"epraccur.csv"', '"clubs.csv"'),
            "places[0].file",
            "own",
            "put the file there as clubs.csv",
        ),
        (('"wards.csv"', '"msoa_names.csv"'), "reporting[0].file", "hand", "msoanames"),
        (('["E06000001"]', '["S12000033"]'), "areas.rurality", "fetch", "Rural-Urban"),
        (
            (
                'file = "lsoa21.geojson"\nstudy = ["E06000001"]',
                'file = "a.geojson"\nstudy = ["N09000003"]',
            ),
            "areas.file",
            "hand",
            "Super Output Areas",
        ),
        (
            (
                'file = "lsoa21.geojson"\nstudy = ["E06000001"]',
                'file = "a.geojson"\nstudy = ["S12000033"]',
            ),
            "areas.file",
            "hand",
            "SG_DataZoneBdry_2011.zip",
        ),
    ],
)
def test_what_no_program_fetches_says_which_file_from_which_page_to_put_where(
    study, change, key, way, says
) -> None:
    text = study.read_text(encoding="utf-8")
    assert change[0] in text
    study.write_text(text.replace(*change), encoding="utf-8")

    found = {one.key: one for one in wanted_files(read_study(study, files_must_exist=False))}

    assert found[key].way == way
    assert says in found[key].words


def test_a_made_up_study_is_never_filled_with_real_files(example_copy) -> None:
    for name in ("epraccur.csv", "areas.geojson"):
        (example_copy / name).unlink()

    found = wanted_files(read_study(example_copy / "study.toml", files_must_exist=False))

    assert {(one.path.name, one.way) for one in found} == {
        ("epraccur.csv", "own"),
        ("areas.geojson", "own"),
    }
    assert all("slgeo example" in one.words for one in found)


def test_every_key_that_takes_a_file_says_where_it_comes_from(tmp_path) -> None:
    """With nothing there, `slgeo check` names a page or a command for each of them."""
    from slgeo.config.study import REPEATED, SECTIONS, keys

    lines = ['title = "t"']
    expected = {}
    for name in SECTIONS:
        if not name or not any(k.shape in {"file", "files"} for k in keys(name)):
            continue
        lines.append(f"[[{name}]]" if name in REPEATED else f"[{name}]")
        for key in keys(name):
            if key.shape in {"file", "files"}:
                lines.append(f'{key.name} = "absent_{name}_{key.name}.csv"')
                full = f"{name}[0].{key.name}" if name in REPEATED else f"{name}.{key.name}"
                expected[full] = key.advice
            elif key.required:
                lines.append(f"{key.name} = {key.example}")
    (tmp_path / "study.toml").write_text("\n".join(lines), encoding="utf-8")

    findings = check_study(read_study(tmp_path / "study.toml", files_must_exist=False))

    missing = {one.key: one.text for one in findings if one.verdict == "missing"}
    assert set(expected) <= set(missing)
    for key, advice in expected.items():
        assert "is not there" in missing[key]
        assert "https://" in missing[key] or advice in missing[key], missing[key]
