"""run.json says how a run was made, the same way every time; people in = people out + lost."""

import json
from pathlib import Path

import pandas as pd
import pytest

from slgeo.config import Study, read_study
from slgeo.errors import StudyError, TableError
from slgeo.report.ledger import Ledger
from slgeo.report.record import Record, as_json, time_stamp, write_record
from slgeo.report.record_fields import FIELDS, checked_record
from slgeo.tables import empty

SOURCE = {
    "layer": "areas.file",
    "publisher": "Office for National Statistics",
    "licence": "Open Government Licence v3.0",
    "statement": "Source: Office for National Statistics",
    "url": None,
    "date": "2021",
    "fetched": None,
    "sha256": "0" * 64,
    "bytes": 7.0,
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    for name in ("a.geojson", "r.osm.pbf", "p.csv"):
        (tmp_path / name).touch()
    (tmp_path / "study.toml").write_text(
        'title = "Who can reach it?"\nareas.file = "a.geojson"\nroads.file = "r.osm.pbf"\n'
        'places = [{ file = "p.csv" }]\ntravel.max_snap = 300\n'
    )
    return read_study(tmp_path / "study.toml")


@pytest.fixture
def record(study: Study) -> Record:
    page = study.folder / "page.html"
    page.write_text("page")
    return Record(
        study,
        pd.DataFrame([SOURCE], index=pd.Index(["a.geojson"], name="file")),
        ledger=Ledger().stage("areas", people_in=100, people_out=98, lost={"no code": 2}),
        seconds={"areas": 0.123},
        from_cache=("roads",),
        vintages={"areas": "lsoa21"},
        warnings=("Undated postcodes put people on high streets.",),
        outputs=(page,),
    )


def test_the_record_says_what_the_run_was_made_from(record: Record, tmp_path: Path) -> None:
    said = json.loads(write_record(record, tmp_path / "run.json").read_text(encoding="utf-8"))

    assert said["inputs"][0]["file"] == "a.geojson"
    assert said["inputs"][0]["publisher"] == "Office for National Statistics"
    assert said["inputs"][0]["url"] is None
    assert said["people"] == [
        {"stage": "areas", "people_in": 100, "people_out": 98, "lost": {"no code": 2}}
    ]
    assert said["outputs"][0]["file"] == "page.html"
    assert said["vintages"] == {"areas": "lsoa21"}
    own = {one["name"]: one["own"] for one in said["parameters"]}
    assert own["travel.max_snap"] is True
    assert own["travel.limit"] is False


def test_only_the_stated_part_differs_between_two_runs(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    first = as_json(record)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    second = as_json(record)

    assert first["this_run"] != second["this_run"]
    assert {**first, "this_run": 0} == {**second, "this_run": 0}


def test_source_date_epoch_fixes_the_bytes(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    first = write_record(record, tmp_path / "a.json").read_bytes()
    second = write_record(record, tmp_path / "b.json").read_bytes()

    assert first == second
    assert json.loads(first)["this_run"] == {
        "made": "2023-11-14T22:13:20Z",
        "seconds": {},
        "from_cache": [],
    }


@pytest.mark.parametrize("given", ["yesterday", "", "1e400", "99999999999999999999"])
def test_a_source_date_that_is_no_number_of_seconds_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)

    with pytest.raises(StudyError, match="number of seconds since 1970"):
        time_stamp()


def test_the_record_holds_no_path_of_the_machine(record: Record, tmp_path: Path) -> None:
    assert str(tmp_path) not in json.dumps(as_json(record))


def test_every_field_of_the_record_is_declared_and_present(record: Record) -> None:
    said = as_json(record)

    assert checked_record(said) is said
    with pytest.raises(TableError, match="surprise is not declared; slgeo is absent"):
        checked_record(
            {name: value for name, value in said.items() if name != "slgeo"} | {"surprise": 1}
        )
    with pytest.raises(TableError, match=r"study\.invented is 'yes', not flag"):
        checked_record(said | {"study": said["study"] | {"invented": "yes"}})


def test_no_two_fields_share_a_path() -> None:
    assert len({one.path for one in FIELDS}) == len(FIELDS)


def test_a_record_without_sources_is_refused(record: Record) -> None:
    with pytest.raises(TableError, match="no column 'publisher'"):
        as_json(Record(record.study, empty_frame()))


def empty_frame() -> pd.DataFrame:
    return pd.DataFrame({"layer": []}, index=pd.Index([], name="file", dtype=str))


def test_a_run_of_nothing_still_has_a_record(study: Study) -> None:
    from slgeo.report.results import SOURCES

    said = as_json(Record(study, empty(SOURCES)))

    assert said["inputs"] == []
    assert said["people"] == []


def test_people_who_are_lost_are_named_with_their_reason() -> None:
    ledger = (
        Ledger()
        .stage("Read areas", people_in=41_059, people_out=41_059)
        .stage("Origins placed", people_in=41_059, people_out=41_000, lost={"no postcode": 59})
    )

    assert ledger.lines() == [
        f"{'':48}   people in  people out      lost",
        f"  {'Read areas':46}      41,059      41,059         0",
        f"  {'Origins placed':46}      41,059      41,000        59",
        f"    {'no postcode':68}        59",
    ]


@pytest.mark.parametrize(
    ("people_out", "lost", "said"),
    [
        (97, {"no code": 2}, "1.0 unaccounted for"),
        (99, {"no code": 2}, "1.0 too many"),
        (float("nan"), {}, "is no number of people"),
        (-1, {"no code": 101}, "is no number of people"),
        (101, {"no code": -1}, "is no number of people"),
    ],
)
def test_people_who_disappear_stop_the_run(
    people_out: float, lost: dict[str, float], said: str
) -> None:
    with pytest.raises(TableError, match=said):
        Ledger().stage("areas", people_in=100, people_out=people_out, lost=lost)


def test_fractions_of_people_may_be_apart_by_their_rounding() -> None:
    tenths = sum([0.1] * 1000)

    assert Ledger().stage("sum", people_in=100.0, people_out=tenths).entries[0].people_lost == 0


def test_a_ledger_is_not_changed_by_adding_to_it() -> None:
    ledger = Ledger()
    ledger.stage("areas", people_in=1, people_out=1)

    assert ledger.entries == ()
