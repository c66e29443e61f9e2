"""Claims about geocoding a spreadsheet: all of it comes back, with points and reasons beside it."""

from __future__ import annotations

import pandas as pd
import pytest

from slgeo.errors import TableError
from slgeo.places.geocode_table import geocode_table
from slgeo.places.postcodes import PostcodeIndex


@pytest.fixture(scope="module")
def postcodes():
    frame = pd.DataFrame(
        {
            "postcode": ["ZZ1 1AA", "ZZ1 1AB"],
            "easting": [485466, 485600],
            "northing": [308871, 308900],
            "lsoa21_code": ["E01999981", "E01999982"],
        }
    )
    return PostcodeIndex.from_frame(frame)


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_every_row_and_column_comes_back_with_what_was_found(tmp_path, postcodes, name):
    given = pd.DataFrame(
        {
            "Who": ["A", "B", "<b>C</b>", "D"],
            "Post Code": ["zz11aa", "ZZI 1AA", "nowhere", "ZZ1 1AC"],
            "precision": ["mine"] * 4,
        }
    )
    path = tmp_path / name
    given.to_csv(path, index=False) if name.endswith("csv") else given.to_excel(path, index=False)
    rows, failed, notes, precision = geocode_table(path, postcodes=postcodes)
    assert rows["Who"].tolist() == ["A", "B", "<b>C</b>", "D"]
    assert rows["precision"].tolist() == ["mine"] * 4
    grades = ["postcode_unknown_status", "postcode_unknown_status", "failed", "failed"]
    assert rows["precision_found"].tolist() == precision.tolist() == grades
    assert rows["easting"].tolist()[:2] == [485466, 485466]
    assert rows["postcode_lsoa21"].tolist()[:2] == ["E01999981", "E01999981"]
    assert failed.index.tolist() == [4, 5, 3]
    assert failed.loc[5, "candidates"] == "ZZ1 1AA, ZZ1 1AB"
    assert any("'Post Code' was taken for postcode" in note for note in notes)


def test_sectors_are_used_only_when_asked(tmp_path, postcodes):
    path = tmp_path / "list.csv"
    path.write_text("postcode\nZZ1 1AC\n")
    assert geocode_table(path, postcodes=postcodes).rows["precision"].tolist() == ["failed"]
    asked = geocode_table(path, postcodes=postcodes, sectors=True)
    assert asked.rows["precision"].tolist() == ["sector"]


def test_a_spreadsheet_without_positions_is_refused(tmp_path, postcodes):
    path = tmp_path / "list.csv"
    path.write_text("name,town\nHall,Oakham\n")
    with pytest.raises(TableError, match="no column tells where"):
        geocode_table(path, postcodes=postcodes)
