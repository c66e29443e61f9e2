"""Claims about postcodes: their form, their files, their grades, and what a slip may have meant."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from slgeo.errors import SourceError
from slgeo.places.postcodes import (
    MEAN_RADIUS,
    UNIT_RADIUS,
    PostcodeIndex,
    normalise,
    read_postcodes,
    repaired,
)

HEADER = (
    "pcd7,pcd8,pcds,dointr,doterm,lad25cd,east1m,north1m,gridind,oa01cd,lsoa11cd,lsoa21cd,lat,long"
)
ROWS = """
ZZ1 1AA,,ZZ1 1AA,198001,,E06999999,485466,308871,1,,E01999991,E01999981,52.67082,-0.73752
ZZ1 1AB,,ZZ1 1AB,198001,200903,E06999999,485500,308900,1,,E01999991,E01999981,52.671,-0.737
ZZ1 1AC,,ZZ1 1AC,198001,,E06999999,485510,308910,4,,E01999991,E01999981,52.6711,-0.7369
ZZ1 1AD,,ZZ1 1AD,202509,,E06999999,485520,308920,6,,E01999991,E01999981,52.6712,-0.7368
ZZ1 1AE,,ZZ1 1AE,198001,,E06999999,,,9,,,,99.999999,0.000000
ZZ1 1AF,,ZZ1 1AF,198001,199601,E06999999,485520,308920,8,,,,52.6712,-0.7368
BT1 1AA,,BT1 1AA,198001,,N09000003,334316,374675,1,,,N21000001,54.602,-5.925
"""
NEW = HEADER + ROWS
OLD = (
    "pcd,pcd2,pcds,dointr,doterm,oslaua,parish,oseast1m,osnrth1m,osgrdind,lsoa11,lat,long\n"
    "ZZ11AA,ZZ1  1AA,ZZ1 1AA,198001,,E06999999,,0485466,0308871,1,E01999991,52.67082,-0.73752\n"
)
CODE_POINT = (
    '"ZZ1 1AA",10,485466,308871,"E92000001","","","","E06999999","E05999999"\n'
    '"ZZ1 1AC",40,485510,308910,"E92000001","","","","E06999999","E05999999"\n'
    '"ZZ1 1AE",90,0,0,"E92000001","","","","E06999999","E05999999"\n'
)
REDUCED = "postcode,lat,lon,lsoa21_code\nZZ1 1AA,52.67082,-0.73752,E01999981\n"


def index(tmp_path, text, name="postcodes.csv"):
    path = tmp_path / name
    path.write_text(text)
    return read_postcodes(path)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("le15 6nt", "LE15 6NT"),
        ("LE156NT", "LE15 6NT"),
        ("  L E 1 5 6 N T ", "LE15 6NT"),
        ("LE15\u00a06NT.", "LE15 6NT"),
        ("\uff2c\uff2515 6NT", "LE15 6NT"),  # full-width letters
        ("w1a 1aa", "W1A 1AA"),
        ("M1 1AE", "M1 1AE"),
        ("GIR 0AA", "GIR 0AA"),
        ("LE15", None),
        ("LE15 6N", None),
        ("Oakham", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        (12345, None),
        ("x" * 5000, None),
    ],
)
def test_a_postcode_has_one_normal_form_and_anything_else_none(typed, wanted):
    assert normalise(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("LEI5 6NT", ["LE15 6NT"]), ("LE15 ONT", ["LE15 0NT"]), ("SO14 O1A", []), ("Oakham", [])],
)
def test_letters_that_look_like_digits_are_read_as_what_their_place_demands(typed, wanted):
    assert [code for code in repaired(typed) if code in wanted] == wanted


def test_every_quality_of_the_directory_has_its_grade_and_radius(tmp_path):
    found = index(tmp_path, NEW).find(
        ["ZZ1 1AA", "ZZ1 1AB", "ZZ1 1AC", "ZZ1 1AD", "ZZ1 1AE", "ZZ1 1AF", "QQ1 1QQ", "no"]
    )
    assert found["precision"].fillna("-").tolist() == [
        "postcode",
        "postcode_terminated",
        "postcode_mean",
        "sector",
        "-",
        "-",
        "-",
        "-",
    ]
    assert found["known"].tolist() == [True] * 6 + [False] * 2
    assert found["error_radius"].tolist()[:3] == [UNIT_RADIUS, UNIT_RADIUS, MEAN_RADIUS]
    assert found["ended"].tolist()[1] == "2009-03"
    assert found["lsoa21"].tolist()[0] == "E01999981"
    assert found["lad25"].tolist()[0] == "E06999999"


def test_northern_ireland_is_placed_from_degrees_never_from_its_irish_metres(tmp_path):
    found = index(tmp_path, NEW)["BT1 1AA"]
    # 54.602 N, 5.925 W on the British grid, by hand: east of Stranraer's meridian by 0.9 degrees
    assert abs(found.x - 147_000) < 1000
    assert abs(found.y - 530_000) < 1000


def test_old_and_new_column_names_give_the_same_point(tmp_path):
    new, old = index(tmp_path, NEW, "new.csv"), index(tmp_path, OLD, "old.csv")
    assert new["ZZ1 1AA"][:3] == old["ZZ1 1AA"][:3]
    assert old.areas == ("lad", "lsoa11")


def test_code_point_open_is_known_by_its_shape_and_has_only_live_postcodes(tmp_path):
    found = index(tmp_path, CODE_POINT, "zz.csv")
    assert found["ZZ1 1AA"].precision == "postcode"
    assert found["ZZ1 1AC"].precision == "postcode_mean"
    assert found.get("ZZ1 1AE") is None
    assert "ZZ1 1AE" in found


def test_a_list_that_does_not_say_what_has_ended_says_so(tmp_path):
    reduced = index(tmp_path, REDUCED, "postcodes_nspl_2025-05.csv")
    assert reduced["ZZ1 1AA"].precision == "postcode_unknown_status"
    assert reduced.vintage == "2025-05"
    assert any("unknown status" in note for note in reduced.notes)


def test_the_vintage_is_the_last_month_in_the_file(tmp_path):
    assert index(tmp_path, NEW).vintage == "2025-09"


def test_a_zip_is_read_once_whole_and_not_again_cut_by_area(tmp_path):
    path = tmp_path / "ONSPD_AUG_2025_UK.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/ONSPD_AUG_2025_UK.csv", NEW)
        archive.writestr("Data/multi_csv/ONSPD_AUG_2025_UK_ZZ.csv", NEW[: NEW.index("ZZ1 1AD,")])
        archive.writestr(
            "Documents/LAD names and codes.csv", "LAD25CD,LAD25NM\nE06999999,Nowhere\n"
        )
    made = read_postcodes(path)
    assert len(made) == 7
    assert "ONSPD" in made.source


def test_every_area_of_a_code_point_zip_is_read(tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/CSV/zz.csv", CODE_POINT)
        archive.writestr("Data/CSV/yy.csv", CODE_POINT.replace("ZZ1", "YY1"))
    assert len(read_postcodes(path)) == 6


def test_a_cached_index_answers_as_the_first_one_did(tmp_path):
    path = tmp_path / "postcodes.csv"
    path.write_text(NEW)
    first = read_postcodes(path, cache=tmp_path / "cache")
    again = read_postcodes(path, cache=tmp_path / "cache")
    assert first["ZZ1 1AB"] == again["ZZ1 1AB"]
    assert first.notes == again.notes
    assert len(list((tmp_path / "cache").rglob("*.sqlite"))) == 1
    path.write_text(OLD)
    assert len(read_postcodes(path, cache=tmp_path / "cache")) == 1


def test_a_sector_is_as_wide_as_its_postcodes_lie(tmp_path):
    # 20 postcodes on a line, 100 m apart: 95 % of them lie within 950 m of the middle
    rows = "".join(f"ZZ1 1A{chr(65 + i)},{485_000 + 100 * i},308000\n" for i in range(20))
    made = index(tmp_path, "postcode,easting,northing\n" + rows)
    found = made.sector("ZZ1 1ZZ")
    assert found.precision == "sector"
    assert found.x == pytest.approx(485_950)
    assert 850 <= found.error_radius <= 950
    assert made.sector("YY1 1AA") is None


def test_a_slip_is_answered_with_postcodes_that_exist(tmp_path):
    made = index(tmp_path, REDUCED)
    for slip in ("ZZ1 1A", "ZZ1 1AAA", "ZZ1 1AX", "ZZI 1AA", "Z1Z 1AA", "ZX1 1AA"):
        assert made.suggest(slip) == ["ZZ1 1AA"], slip
    assert made.suggest("QQ9 9QQ") == []
    assert made.suggest("x" * 1000) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("name,town\nHall,Oakham\n", "lacks a postcode column"),
        ("postcode,name\nZZ1 1AA,Hall\n", "lacks coordinates"),
        ("\x00\x01\x02", "not text"),
    ],
)
def test_a_file_in_no_known_layout_is_one_clear_line(tmp_path, text, says):
    with pytest.raises(SourceError, match=says) as caught:
        index(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_zip_of_nothing_known_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        read_postcodes(tmp_path / "none.csv")
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.csv", "a,b\n1,2\n")
    with pytest.raises(SourceError, match="holds no CSV"):
        read_postcodes(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escape.csv", NEW)
    with pytest.raises(SourceError, match="leads out"):
        read_postcodes(path)


def test_rows_that_are_no_postcodes_and_points_that_are_nowhere_are_counted():
    frame = pd.DataFrame(
        {
            "postcode": ["ZZ1 1AA", "zz11aa", "rubbish", "ZZ1 1AB", "ZZ1 1AC"],
            "lat": [52.67, 52.67, 52.67, 0.0, 99.999999],
            "lon": [-0.73, -0.73, -0.73, 0.0, 0.0],
        }
    )
    made = PostcodeIndex.from_frame(frame)
    assert len(made) == 3
    text = " ".join(made.notes)
    assert "1 rows have no cell that is a postcode" in text
    assert "2 rows have no usable point" in text
    assert "1 rows repeat a postcode" in text
