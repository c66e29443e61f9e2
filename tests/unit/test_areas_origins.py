"""People start where the best source says, and each area's people are kept to the person."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from slgeo.areas.boundaries import read_areas
from slgeo.areas.origins import origins, origins_choices
from slgeo.errors import StudyError, TableError
from slgeo.tables import ORIGINS, checked


@pytest.fixture
def areas(tmp_path):
    """Three squares of a kilometre in Rutland, side by side; the third is context."""
    codes = ["E01013787", "E01035103", "E01035104"]
    frame = gpd.GeoDataFrame(
        {"LSOA21CD": codes, "population": [1000.0, 500.0, 0.0], "mine": [1, 1, 0]},
        geometry=[box(485_000 + 1000 * i, 310_000, 486_000 + 1000 * i, 311_000) for i in range(3)],
        crs="EPSG:27700",
    )
    frame.to_file(tmp_path / "a.gpkg")
    return read_areas(tmp_path / "a.gpkg", study="mine")


def directory(path, rows, columns="pcds,east1m,north1m,lsoa21cd,doterm,usrtypind,gridind"):
    path.write_text("\n".join([columns, *rows]) + "\n")
    return path


ROWS = [
    "LE15 1AA,485100,310100,E01013787,,0,1",
    "LE151AB,485200,310200,E01013787,,0,1",
    "LE15 1AC,485300,310300,E01013787,202001,0,1",
    "LE15 1AD,485300,310300,E01013787,,1,1",
    "LE15 1AE,,,E01035103,,0,9",
    "LE15  1AF,486500,310500,E01035103,,0,1",
    "PE9 1AA,490000,310500,E01099999,,0,1",
]


def kept(made, areas):
    """Everyone is there: the sum of each area is its population."""
    sums = made.groupby("area")["people"].sum().reindex(areas.index)
    assert sums.to_numpy() == pytest.approx(areas["population"].to_numpy(), abs=1e-6)
    checked(made, ORIGINS)


def test_live_residential_postcodes_share_the_people_of_their_area(tmp_path, areas):
    made = origins(areas, postcodes=directory(tmp_path / "onspd.csv", ROWS))

    kept(made, areas)
    assert made.attrs["kind"] == "live_postcode"
    assert made.loc["LE15 1AA", "people"] == 500
    assert made.loc["LE15 1AB", "people"] == 500
    assert made.loc["LE15 1AF", "people"] == 500
    assert made.loc["E01035104", "kind"] == "area_point"
    assert not {"LE15 1AC", "LE15 1AD", "LE15 1AE", "PE9 1AA"} & set(made.index)
    notes = " ".join(made.attrs["notes"])
    for words in ("1 postcodes left out: terminated", "large users", "1 postcodes without a loc"):
        assert words in notes


def test_undated_postcodes_are_used_with_a_warning(tmp_path, areas):
    rows = [",".join(row.split(",")[:4]) for row in ROWS]
    path = directory(tmp_path / "nspl.csv", rows, "postcode,east1m,north1m,lsoa21_code")

    made = origins(areas, postcodes=path)

    kept(made, areas)
    assert made.attrs["kind"] == "undated_postcode"
    assert "LE15 1AC" in made.index
    assert any("high streets" in note for note in made.attrs["notes"])


def test_output_areas_come_before_postcodes_and_people_weigh_them(tmp_path, areas):
    points = gpd.GeoDataFrame(
        {"OA21CD": ["E00000001", "E00000002", "E00000003"], "usual_residents": [300, 100, 7]},
        geometry=[Point(485_100, 310_100), Point(485_900, 310_900), Point(486_500, 310_500)],
        crs="EPSG:27700",
    )
    points.to_parquet(tmp_path / "oa.parquet")
    given = {
        "output_areas": tmp_path / "oa.parquet",
        "postcodes": directory(tmp_path / "p.csv", ROWS),
    }

    made = origins(areas, **given)

    kept(made, areas)
    assert origins_choices(**given) == ("output_area", "live_postcode", "area_point")
    assert made.loc["E00000001", "people"] == 750
    assert made.loc["E00000002", "people"] == 250
    assert origins(areas, **given, kind="live_postcode").attrs["kind"] == "live_postcode"
    with pytest.raises(StudyError, match="headcount_postcode"):
        origins(areas, **given, kind="headcount_postcode")


def test_headcounts_by_postcode_come_first_and_may_need_a_directory(tmp_path, areas):
    heads = tmp_path / "pcd_p001.csv"
    heads.write_text("Postcode,Sex,Count\nLE151AA,F,10\nLE151AA,M,20\nLE151AC,F,10\nLE159ZZ,F,4\n")
    path = directory(tmp_path / "p.csv", ROWS)

    made = origins(areas, headcounts=heads, postcodes=path)

    kept(made, areas)
    assert made.attrs["kind"] == "headcount_postcode"
    assert made.loc["LE15 1AA", "people"] == 750
    assert made.loc["LE15 1AC", "people"] == 250  # terminated since the census: people lived there
    assert any("1 of 3 postcodes with 4 people" in note for note in made.attrs["notes"])
    with pytest.raises(StudyError, match="give a postcode directory"):
        origins(areas, headcounts=heads)


def test_points_without_area_codes_fall_to_the_area_they_lie_in(tmp_path, areas):
    rows = ["LE15 1AA,485100,310100", "LE15 1AB,486000,310500", "LE15 1AC,0,0", "LE15 1AD,1,1"]
    path = directory(tmp_path / "p.csv", rows, "Postcode,Eastings,Northings")

    made = origins(areas, postcodes=path)

    kept(made, areas)
    assert made.loc["LE15 1AA", "area"] == "E01013787"
    assert made.loc["LE15 1AB", "area"] == "E01013787"  # on the shared edge: the first by code
    assert "LE15 1AD" not in made.index


def test_codes_of_another_vintage_are_not_used_to_place_points(tmp_path, areas):
    """A file with 2011 codes only: the study's 2021 areas are not all known, so place decides."""
    rows = ["LE15 1AA,485100,310100,E01013787", "LE15 1AB,486500,310500,E01013788"]
    path = directory(tmp_path / "p.csv", rows, "Postcode,Eastings,Northings,lsoa11cd")

    made = origins(areas, postcodes=path)

    assert made.loc["LE15 1AB", "area"] == "E01035103"
    assert any("knows 50.0% of the study" in note for note in made.attrs["notes"])


def test_points_far_outside_their_area_are_reported(tmp_path, areas):
    rows = [*ROWS, "LE15 2AA,495000,310500,E01013787,,0,1"]

    made = origins(areas, postcodes=directory(tmp_path / "p.csv", rows))

    kept(made, areas)
    assert any("LE15 2AA, 9.0 km from E01013787" in note for note in made.attrs["notes"])


def test_repeated_postcodes_count_once_and_are_said(tmp_path, areas):
    rows = [*ROWS, "LE15 1AA,485900,310900,E01013787,,0,1"]

    made = origins(areas, postcodes=directory(tmp_path / "p.csv", rows))

    assert made.index.is_unique
    assert any("1 repeated postcodes" in note for note in made.attrs["notes"])


def test_without_any_file_each_area_has_one_point_inside(areas):
    made = origins(areas)

    kept(made, areas)
    assert made.index.tolist() == areas.index.tolist()
    assert made.geometry.within(areas.geometry.reindex(made["area"]).set_axis(made.index)).all()


def test_latitude_sentinels_are_no_places_and_impossible_degrees_are_refused(tmp_path, areas):
    rows = ["LE15 1AA,52.68,-0.74", "LE15 1AB,99.999999,0.000000"]
    path = directory(tmp_path / "p.csv", rows, "pcds,lat,long")

    made = origins(areas, postcodes=path)

    kept(made, areas)
    assert any("1 postcodes without a location" in note for note in made.attrs["notes"])
    bad = directory(tmp_path / "b.csv", ["LE15 1AA,52.68,-540000"], "pcds,lat,long")
    with pytest.raises(TableError, match=r"b\.csv, row 2: longitude -540000"):
        origins(areas, postcodes=bad)


def test_a_frame_of_postcodes_works_as_a_file_does(tmp_path, areas):
    """The places room hands its postcode table over as a frame with an index."""
    path = directory(tmp_path / "p.csv", ROWS[:2] + ROWS[5:6])
    frame = pd.read_csv(path, dtype=str)
    points = gpd.GeoDataFrame(
        frame[["lsoa21cd", "doterm"]].set_index(pd.Index(frame["pcds"], name="postcode")),
        geometry=gpd.points_from_xy(frame["east1m"].astype(float), frame["north1m"].astype(float)),
        crs="EPSG:27700",
    )
    before = points.copy()

    made = origins(areas, postcodes=points)

    pd.testing.assert_frame_equal(
        made.drop(columns="geometry"), origins(areas, postcodes=path).drop(columns="geometry")
    )
    pd.testing.assert_frame_equal(points, before)


def test_a_file_without_postcodes_or_places_is_refused(tmp_path, areas):
    with pytest.raises(TableError, match="no column of postcodes"):
        origins(areas, postcodes=directory(tmp_path / "a.csv", ["1,2"], "lat,long"))
    with pytest.raises(TableError, match="no coordinates"):
        origins(areas, postcodes=directory(tmp_path / "b.csv", ["LE15 1AA"], "pcds"))
