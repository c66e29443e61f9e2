"""The pages in docs/ are those the code's own definitions make; nothing is left unexplained."""

from pathlib import Path

import pandas as pd
import pytest

from slgeo import tables
from slgeo.config import keys
from slgeo.errors import TableError
from slgeo.report.dictionary import KEYS, dictionary
from slgeo.report.documents import PAGES, SHAPES, write_pages, written_default
from slgeo.report.results import (
    BY_AREA,
    BY_AREA_WIDE,
    RESULT_TABLES,
    conserved,
    thresholds_of,
    wide,
)

DOCS = Path(__file__).parents[2] / "docs"
FLOWING = [table for table in vars(tables).values() if isinstance(table, tables.Table)]
ALL_TABLES = [*RESULT_TABLES, *FLOWING]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_docs_is_the_one_the_code_makes(name: str, tmp_path: Path) -> None:
    write_pages(tmp_path)

    made = (tmp_path / name).read_text(encoding="utf-8")

    assert (DOCS / name).read_text(encoding="utf-8") == made, (
        "run `python -m slgeo.report.documents docs` and commit the result"
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_whole_tables(name: str) -> None:
    """Each line of a Markdown table has as many cells as its heading."""
    width = 0
    for line in PAGES[name]().splitlines():
        cells = line.replace("\\|", "").count("|")
        if not line.startswith("|"):
            width = 0
        elif width == 0:
            width = cells
        else:
            assert cells == width, line


@pytest.mark.parametrize("table", ALL_TABLES, ids=range(len(ALL_TABLES)))
def test_every_key_and_column_is_explained(table: tables.Table) -> None:
    listed = dictionary([table])

    assert set(table.index) <= set(KEYS)
    assert listed.index.is_unique
    assert (listed["meaning"].str.len() > 5).all()
    assert (listed["missing"].str.len() > 0).all()


def test_a_count_of_people_says_its_unit() -> None:
    for table in RESULT_TABLES:
        for column in table.columns:
            if "people" in column.name and column.kind == "count":
                assert column.unit == "people", (table.name, column.name)


def test_every_shape_of_a_key_has_words() -> None:
    assert {key.shape for key in keys()} <= set(SHAPES)


def test_defaults_are_written_as_toml() -> None:
    import tomllib

    for key in keys():
        if text := written_default(key):
            assert tomllib.loads(f"a = {text}")


def by_area(**changed: float) -> pd.DataFrame:
    row = {
        "name": "Oakham",
        "in_study": True,
        "people": 100.0,
        "minutes": 12.0,
        "minutes_median": 11.0,
        "people_within_20": 70.0,
        "people_beyond_20": 30.0,
        "people_without_time": 10.0,
        "reason": "no_road_within",
        "nearest": "s1",
        "nearest_name": "Oakham Medical Practice",
        "people_edge_unsafe": 0.0,
        "edge_unsafe": False,
    }
    return pd.DataFrame(
        [row | changed],
        index=pd.MultiIndex.from_tuples([("X1", "gp", "walk")], names=BY_AREA.index),
    )


def test_people_within_and_beyond_are_everyone() -> None:
    frame = by_area()

    assert conserved(frame, BY_AREA) is frame


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"people_beyond_20": 29.0}, "is not everyone in 1 rows"),
        ({"people_without_time": 31.0}, "more people without a time than people_beyond_20"),
        ({"people_within_30": 80.0}, "no column 'people_beyond_30'"),
        ({"people": -1.0}, "1 below 0"),
        ({"people_beyond_20": float("nan")}, "is not everyone in 1 rows"),
    ],
)
def test_a_table_that_loses_people_is_refused(changed: dict[str, float], said: str) -> None:
    with pytest.raises(TableError, match=said):
        conserved(by_area(**changed), BY_AREA)


def test_a_table_without_a_threshold_is_refused() -> None:
    with pytest.raises(TableError, match="counts people at no threshold"):
        conserved(by_area().drop(columns=["people_within_20", "people_beyond_20"]), BY_AREA)


def test_thresholds_are_read_off_the_columns() -> None:
    assert thresholds_of(["people_within_30", "people_beyond_7.5", "people_without_time"]) == [
        "7.5",
        "30",
    ]


def test_the_wide_table_keeps_every_area_once() -> None:
    areas = pd.DataFrame(
        {
            "name": ["Oakham", "Nowhere"],
            "nation": "X",
            "vintage": "x21",
            "in_study": [True, False],
            "population": [100.0, 5.0],
        },
        index=pd.Index(["X1", "X2"], name="area"),
    )

    made = wide(by_area(), areas)

    assert list(made.index) == ["X1", "X2"]
    assert made.loc["X1", "gp_walk_people_within_20"] == 70
    assert made.loc["X1", "gp_walk_minutes"] == 12
    assert pd.isna(made.loc["X2", "gp_walk_minutes"])
    assert all(BY_AREA_WIDE.column(name) for name in made.columns)
