"""Whatever names a file holds, what is written opens, runs nothing and says the same."""

import csv
import io
import tempfile
import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from slgeo.config import Study, keys, read_study
from slgeo.config.study import SECTIONS
from slgeo.errors import StudyError
from slgeo.report.cells import STARTS_A_FORMULA, inert, legible
from slgeo.report.csv_file import write_csv
from slgeo.report.ledger import Ledger
from slgeo.report.results import NOT_LOCATED
from slgeo.report.workbook import write_workbook

TEXT = st.text(st.characters(), max_size=40)
FORMULAS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", '"', ",", ";", "\uff1d"])
NAMES = st.lists(st.one_of(TEXT, st.builds(str.__add__, FORMULAS, TEXT)), min_size=1, max_size=5)
TOML = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        TEXT,
        st.dates(),
        st.datetimes(),
        st.sampled_from([key.example.strip('"') for key in keys()]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
WORDS = st.one_of(TEXT, st.sampled_from([key.name for key in keys()] + [s for s in SECTIONS if s]))
laws = settings(max_examples=30, deadline=None)


def places_of(names: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "name": pd.Series(names, dtype=object),
            "kind": "gp",
            "source": "places.csv",
            "postcode": None,
            "reason": "not_geocoded",
            "sentence": "could not be placed on the map",
        }
    )
    frame.index = pd.Index([f"s{at}" for at in range(len(names))], name="site")
    return frame


@laws
@given(NAMES)
def test_a_csv_gives_back_every_name_made_inert(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_csv(places_of(names), Path(folder) / "t.csv", table=NOT_LOCATED)
        text = path.read_bytes().decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert [row[1] for row in rows[1:]] == [inert(name) for name in names]
    assert {len(row) for row in rows} == {7}
    for row in rows:
        for cell in row:
            assert not cell.startswith(STARTS_A_FORMULA) or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()


@laws
@given(NAMES, TEXT)
def test_a_workbook_gives_back_every_name_as_text(names: list[str], title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(
            Path(folder) / "t.xlsx",
            {"not_located": places_of(names)},
            title=title,
            about=names,
        )
        book = openpyxl.load_workbook(path)

    cells = [row[1] for row in book["Places not located"].iter_rows(min_row=2)]

    for cell, name in zip(cells, names, strict=True):
        assert cell.data_type != "f"
        assert _lines(cell.value or "") == _lines(legible(name))


def _lines(text: str) -> str:
    """Make line ends alike: XML does so in its own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@laws
@given(st.dictionaries(WORDS, TOML, max_size=6))
def test_a_study_file_of_anything_is_a_study_or_a_study_error(said: dict[str, object]) -> None:
    _study_or_error(_toml(said))


@laws
@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_a_text_of_anything_is_a_study_or_a_study_error(text: str) -> None:
    _study_or_error(text)


@laws
@given(st.data())
def test_a_key_of_the_wrong_shape_is_named(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(keys()))
    value = data.draw(TOML)
    name = f"{key.section}.{key.name}" if key.section else key.name
    if key.section in {"places", "sources"}:
        text = f"[[{key.section}]]\n{key.name} = {_value(value)}"
    else:
        text = f"{name} = {_value(value)}"

    message = _study_or_error(text)

    assert message, "nothing else is given, so something is missing at least"
    assert message.startswith("study.toml")


def _study_or_error(text: str) -> str:
    """Read a study file; return the error's text, empty where it is a study."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_bytes(text.encode())
        try:
            study = read_study(path, files_must_exist=False)
        except StudyError as error:
            return str(error)
    assert isinstance(study, Study)
    assert hash(study) == hash(study)
    return ""


def _toml(said: dict[str, object]) -> str:
    return "\n".join(f"{_quoted(name)} = {_value(value)}" for name, value in said.items())


def _quoted(text: str) -> str:
    escaped = "".join(
        character
        if character.isalnum() and ord(character) < 0x10000
        else f"\\U{ord(character):08x}"
        for character in text
        if not 0xD800 <= ord(character) <= 0xDFFF
    )
    return f'"{escaped}"'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = {_quoted(name): _value(inner) for name, inner in value.items()}
        return f"{{ {', '.join(f'{name} = {inner}' for name, inner in pairs.items())} }}"
    return str(value)


@laws
@given(TOML)
def test_the_toml_these_tests_write_is_toml(value: object) -> None:
    """Guards the tests above: a fault of theirs would pass as a study error."""
    tomllib.loads(f"a = {_value(value)}")


@laws
@given(
    st.floats(0, 1e9),
    st.dictionaries(TEXT, st.floats(0, 1e6), max_size=4),
)
def test_nobody_disappears_from_a_ledger(people_out: float, lost: dict[str, float]) -> None:
    people_in = people_out + sum(lost.values())

    ledger = Ledger().stage("any", people_in=people_in, people_out=people_out, lost=lost)

    entry = ledger.entries[0]
    assert abs(entry.people_in - entry.people_out - entry.people_lost) <= 1e-6 * max(1, people_in)
    assert max(map(len, ledger.lines())) <= 100
