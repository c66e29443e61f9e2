"""Areas are grouped for reports by any lookup, and counts are moved by surface only when asked."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from slgeo.areas.interpolate import interpolate_counts
from slgeo.areas.reporting import network_of_areas, read_groups
from slgeo.errors import TableError, VintageError

CODES = ["E01000001", "E01000002", "E01035104"]
LOOKUP = (
    "LSOA21CD,LSOA21NM,WD24CD,WD24NM,MSOA21CD,msoa21nm,msoa21hclnm,My patch\n"
    "E01000001,a,E05000001,Abbey,E02000001,Place 001,Old Town,North\n"
    "E01000002,b,E05000001,Abbey,E02000001,Place 001,Old Town,South\n"
    "E01035104,c,E05000002,Bridge,E02000002,Place 002,New Town,South\n"
    "E01099999,d,E05000003,Castle,E02000003,Place 003,Far Off,South\n"
)


@pytest.fixture
def areas():
    return gpd.GeoDataFrame(
        {"population": 1000.0, "in_study": [True, True, False], "vintage": "lsoa21", "nation": "E"},
        geometry=[box(i, 0, i + 1, 1) for i in range(3)],
        index=pd.Index(CODES, name="area"),
        crs="EPSG:27700",
    )


@pytest.mark.parametrize(
    ("group", "codes", "names"),
    [
        ("ward", ["E05000001"] * 2 + ["E05000002"], ["Abbey", "Abbey", "Bridge"]),
        ("msoa", ["E02000001"] * 2 + ["E02000002"], ["Old Town", "Old Town", "New Town"]),
        ("My patch", ["North", "South", "South"], ["North", "South", "South"]),
    ],
)
def test_any_lookup_gives_one_group_an_area(tmp_path, areas, group, codes, names):
    (tmp_path / "l.csv").write_text(LOOKUP)

    made = read_groups(tmp_path / "l.csv", areas, group)

    assert made.index.tolist() == CODES
    assert made["group"].tolist() == codes
    assert made["name"].tolist() == names


def test_lookups_of_another_vintage_or_with_two_groups_an_area_are_refused(tmp_path, areas):
    (tmp_path / "l.csv").write_text(LOOKUP)
    with pytest.raises(TableError, match="no column of groups called 'icb'"):
        read_groups(tmp_path / "l.csv", areas, "icb")
    (tmp_path / "two.csv").write_text(LOOKUP + "E01000001,a,E05000009,Dene,E02000001,P,O,North\n")
    with pytest.raises(TableError, match=r"E01000001 in E05000001 and E05000009"):
        read_groups(tmp_path / "two.csv", areas, "ward")
    (tmp_path / "old.csv").write_text("LSOA11CD,WD11CD\nE01000001,E05000001\nE01000009,E05000002\n")
    with pytest.raises(VintageError, match=r"knows 50\.0% of them"):
        read_groups(tmp_path / "old.csv", areas, "ward")


def test_context_areas_without_a_group_are_said(tmp_path, areas):
    (tmp_path / "l.csv").write_text("\n".join(LOOKUP.splitlines()[:3]) + "\n")

    made = read_groups(tmp_path / "l.csv", areas, "ward")

    assert made["group"].isna().tolist() == [False, False, True]
    assert made.attrs["notes"] == ["l.csv: 1 areas have no ward"]


def test_an_areas_network_is_the_one_most_are_registered_with_and_the_share_says_how_many():
    registrations = pd.DataFrame(
        {
            "practice": ["A", "B", "C", "D", "A", "D"],
            "area": ["X", "X", "X", "X", "Y", "Z"],
            "patients": [30, 30, 50, 10, 5, 7],
        }
    )
    networks = pd.Series({"A": "U1", "B": "U1", "C": "U2"})

    made = network_of_areas(registrations, networks)

    assert made.loc["X", "group"] == "U1"
    assert made.loc["X", "share"] == pytest.approx(60 / 120)
    assert made.loc["X", "without"] == pytest.approx(10 / 120)
    assert made.loc["Y", ["group", "share"]].tolist() == ["U1", 1.0]
    assert pd.isna(made.loc["Z", "group"])
    assert made.loc["Z", "without"] == 1.0


@pytest.mark.filterwarnings("ignore::FutureWarning:tobler", "ignore::DeprecationWarning")
def test_interpolation_by_surface_equals_the_plain_sum_over_pairs(areas):
    pytest.importorskip("tobler", reason="the extra `interpolation` is not installed")
    source = areas.assign(people=[90.0, 60.0, 30.0])
    target = gpd.GeoDataFrame(
        geometry=[box(0, 0, 1.5, 1), box(1.5, 0, 2.5, 1)],
        index=pd.Index(["p", "q"], name="patch"),
        crs="EPSG:27700",
    )

    made = interpolate_counts(source, target, ["people"])

    plain = {
        patch: sum(
            row["people"] * row["geometry"].intersection(shape).area / row["geometry"].area
            for _, row in source.iterrows()
        )
        for patch, shape in target.geometry.items()
    }
    assert made["people"].to_dict() == pytest.approx(plain)
    assert any("15.0 of people lie outside" in note for note in made.attrs["notes"])


@pytest.mark.filterwarnings("ignore::FutureWarning:tobler", "ignore::DeprecationWarning")
def test_interpolation_refuses_what_would_not_add_up(areas):
    pytest.importorskip("tobler", reason="the extra `interpolation` is not installed")
    source = areas.assign(people=[90.0, 60.0, 30.0])
    twice = gpd.GeoDataFrame(geometry=[box(0, 0, 3, 1), box(0, 0, 3, 1)], crs="EPSG:27700")

    with pytest.raises(TableError, match="overlap"):
        interpolate_counts(source, twice, ["people"])
    with pytest.raises(TableError, match="CRS differ"):
        interpolate_counts(source, twice.to_crs(29903), ["people"])
    with pytest.raises(TableError, match="not in a CRS in metres"):
        interpolate_counts(source.to_crs(4326), twice, ["people"])
    source.loc[CODES[1], "people"] = None
    with pytest.raises(TableError, match="1 polygons lack counts"):
        interpolate_counts(source, twice, ["people"])
