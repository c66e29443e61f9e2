"""Claims about reading places: every layout by its content, every row kept, every guess stated."""

from __future__ import annotations

import json
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest

from slgeo import reasons
from slgeo.errors import SourceError, TableError
from slgeo.places.classify import OSM, classify_osm, kind_from_words
from slgeo.places.read import read_places, recognise
from slgeo.places.taxonomy import KINDS, LABELS, kind_of, nearest_kind
from slgeo.places.template import EXAMPLE, SHEET, template_columns
from slgeo.tables import PLACES, checked


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def register(*rows):
    """Rows of epraccur from code, name, postcode, status, role."""
    lines = []
    for code, name, postcode, status, role in rows:
        cells = [""] * 27
        cells[0], cells[1], cells[9], cells[10], cells[12], cells[25] = (
            code, name, postcode, "19740401", status, role,
        )  # fmt: skip
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(lines) + "\n"


def book(path, rows, sheet=SHEET):
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


# --- kinds ----------------------------------------------------------------------------------------


def test_every_kind_has_words_for_every_sentence():
    for kind, label in LABELS.items():
        assert label.one
        assert label.many
        article, _, rest = label.a.partition(" ")
        assert article == ("an" if rest[0] in "aeiou" else "a")
        assert kind_of(kind) == kind_of(label.one) == kind_of(label.many) == kind


def test_every_rule_of_the_crosswalk_names_a_kind_and_says_why_not():
    for tag, rule in OSM.items():
        assert rule.kind in KINDS, tag
        assert rule.counts != "asked" or rule.why_not, tag


@pytest.mark.parametrize(
    ("tags", "kind", "counts"),
    [
        ({"amenity": "library"}, "library", True),
        ({"leisure": "pitch"}, "physical_activity", False),
        ({"leisure": "pitch", "name": "Rec"}, "physical_activity", True),
        ({"leisure": "garden"}, "nature", False),
        ({"amenity": "pub", "name": "Crown"}, "social_connection", False),
        ({"amenity": "school", "name": "Primary"}, "learning_work", False),
        ({"amenity": "place_of_worship", "access": "private"}, "worship", False),
        ({"leisure": "park", "access": "permissive"}, "nature", True),
        ({"amenity": "social_facility"}, "other", False),
        ({"amenity": "social_facility", "social_facility": "food_bank"}, "food", True),
        ({"amenity": "doctors"}, "gp", False),
    ],
)
def test_the_default_list_decides_what_counts(tags, kind, counts):
    _, judged = classify_osm(tags)
    assert (judged.kind, judged.counts) == (kind, counts)
    assert (judged.why_not is None) == counts


def test_asking_for_a_tag_makes_it_count_but_never_a_private_one():
    assert classify_osm({"amenity": "pub"}, include=["pub"])[1].counts
    assert classify_osm({"amenity": "pub"}, include=["amenity=pub"])[1].counts
    assert not classify_osm({"amenity": "pub", "access": "private"}, include=["pub"])[1].counts
    assert classify_osm({"highway": "bus_stop"}) is None


def test_words_tell_a_kind_and_unknown_words_none():
    assert kind_from_words("Men's Shed") == "learning_work"
    assert kind_from_words("Oakham Food Bank") == "food"
    assert kind_from_words("Blue Door") == "other"
    assert nearest_kind("libary") == "library"


# --- practices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gp", "clinic", "open_", "shut"),
    [
        ("RO76", "RO72", "ACTIVE", "INACTIVE"),
        ("4", "9", "A", "C"),
        ("RO80|RO76", "RO80", "ACTIVE", "X"),
    ],
)
def test_both_generations_of_the_register_give_the_open_gp_practices(
    tmp_path, gp, clinic, open_, shut
):
    text = register(
        ("A81001", "THE SURGERY", "ZZ1 1AA", open_, gp),
        ("A81002", "CLOSED SURGERY", "ZZ1 1AB", shut, gp),
        ("A81003", "A CLINIC", "ZZ1 1AC", open_, clinic),
    )
    path = write(tmp_path / "epraccur.csv", text)
    assert recognise(path) == "practices"
    places = read_places(path)
    assert places.index.tolist() == ["A81001"]
    assert places["kind"].tolist() == ["gp"]
    text = " ".join(places.attrs["notes"])
    assert "2 GP practices of 3 organisations" in text
    assert "left out as not open: 1 " in text
    assert "main surgeries only" in text


def test_names_that_tell_of_several_surgeries_are_flagged(tmp_path):
    text = register(
        ("A81001", "VILLAGE & TOWN SURGERIES", "ZZ1 1AA", "A", "4"),
        ("A81002", "THE SURGERY", "ZZ1 1AB", "A", "4"),
    )
    places = read_places(write(tmp_path / "epraccur.csv", text))
    assert places["several_sites"].tolist() == [True, False]


def test_a_register_with_a_column_too_few_is_no_register(tmp_path):
    text = register(("A81001", "THE SURGERY", "ZZ1 1AA", "A", "4")).replace(',""\n', "\n")
    with pytest.raises((SourceError, TableError)):
        read_places(write(tmp_path / "epraccur.csv", text))


# --- libraries ------------------------------------------------------------------------------------


def test_libraries_that_are_closed_mobile_or_in_prison_keep_their_row_and_do_not_count(tmp_path):
    text = (
        "Reporting service,Reporting service code,Name,Type,Postcode,"
        "Unique property reference number,Year closed\n"
        "A,E1,Town,Static Library,ZZ1 1AA,100,\n"
        "A,E1,Van,Mobile Library,ZZ1 1AA,,\n"
        "A,E1,HMP,Prison Library,ZZ1 1AA,,\n"
        "A,E1,Old,Static Library,ZZ1 1AA,,2019\n"
        "A,E1,Later,Static Library,ZZ1 1AA,,2024\n"
    )
    places = read_places(write(tmp_path / "libraries.csv", text))
    assert places["counts"].tolist() == [True, False, False, False, True]
    assert places["why_not"].tolist()[3] == "closed in 2019"
    assert places.index[0] == "library-uprn-100"


# --- any list -------------------------------------------------------------------------------------


def test_columns_are_found_by_name_and_the_guess_is_stated(tmp_path):
    text = "Group Name,Category,Post Code,Lat,Long\nChoir,Arts,ZZ1 1AA,52.6,-0.7\n"
    places = read_places(write(tmp_path / "groups.csv", text))
    row = places.iloc[0]
    assert (row["name"], row["kind"], row["postcode"]) == ("Choir", "arts_culture", "ZZ1 1AA")
    assert (row["latitude"], row["longitude"]) == (52.6, -0.7)
    text = " ".join(places.attrs["notes"])
    assert "'Group Name' was taken for name" in text
    assert "'Long' was taken for longitude" in text


def test_columns_called_x_and_y_are_told_by_their_range(tmp_path):
    metres = read_places(write(tmp_path / "a.csv", "name,x,y\nHall,485466,308871\n"), kind="food")
    degrees = read_places(write(tmp_path / "b.csv", "name,x,y\nHall,-0.7,52.6\n"), kind="food")
    assert metres["easting"].tolist() == [485466]
    assert degrees["longitude"].tolist() == [-0.7]


def test_a_mapping_overrides_the_guess_and_a_wrong_one_is_refused(tmp_path):
    path = write(tmp_path / "a.csv", "name,venue title,pc\nA,Hall,ZZ1 1AA\n")
    places = read_places(path, kind="food", columns={"name": "venue title", "postcode": "pc"})
    assert places["name"].tolist() == ["Hall"]
    with pytest.raises(TableError, match="did you mean 'postcode'"):
        read_places(path, columns={"postcde": "pc"})
    with pytest.raises(TableError, match="no column 'venue titel'"):
        read_places(path, columns={"name": "venue titel"})


def test_a_column_of_postcodes_is_known_whatever_it_is_called(tmp_path):
    places = read_places(write(tmp_path / "a.csv", "name,where\nHall,zz11aa\n"), kind="food")
    assert places["postcode"].tolist() == ["zz11aa"]


def test_a_list_without_any_position_is_refused_with_what_it_has(tmp_path):
    with pytest.raises(TableError, match=r"no column tells where.*name, town"):
        read_places(write(tmp_path / "a.csv", "name,town\nHall,Oakham\n"))


def test_a_cell_that_is_no_number_is_missing_and_its_row_is_named(tmp_path):
    text = "name,lat,lon,postcode\nA,52.6,-0.7,ZZ1 1AA\nB,TBC,tbc,ZZ1 1AB\n"
    places = read_places(write(tmp_path / "a.csv", text), kind="food")
    assert places["latitude"].isna().tolist() == [False, True]
    assert any("row 3 'TBC'" in note for note in places.attrs["notes"])


def test_repeated_ids_are_kept_apart_and_said(tmp_path):
    text = "id,name,postcode\n7,A,ZZ1 1AA\n7,B,ZZ1 1AB\n8,C,ZZ1 1AC\n"
    places = read_places(write(tmp_path / "a.csv", text), kind="food")
    assert places.index.tolist() == ["7", "7-2", "8"]
    assert any("an id (" in note for note in places.attrs["notes"])


def test_hostile_text_is_kept_as_data(tmp_path):
    nasty = "<script>alert(1)</script>"
    frame = pd.DataFrame({"name": [nasty, "=HYPERLINK(1)"], "postcode": ["ZZ1 1AA", "@SUM(1)"]})
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    places = read_places(path, kind="food")
    assert places["name"].tolist() == [nasty, "=HYPERLINK(1)"]
    assert places["postcode"].tolist() == ["ZZ1 1AA", "@SUM(1)"]


def test_a_place_without_a_name_is_named_after_what_it_is(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"osm_type": "way", "osm_id": 5, "key": "leisure", "value": "pitch"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-0.7, 52.6], [-0.7, 52.61], [-0.69, 52.6], [-0.7, 52.6]]],
            },
        },
        {
            "type": "Feature",
            "properties": {"osm_type": "node", "osm_id": 6, "key": "shop", "value": "kiosk"},
            "geometry": {"type": "Point", "coordinates": [-0.7, 52.6]},
        },
    ]
    path = write(
        tmp_path / "osm.geojson", json.dumps({"type": "FeatureCollection", "features": features})
    )
    places = read_places(path)
    assert places.index.tolist() == ["way/5", "node/6"]
    assert places["name"].tolist() == ["Pitch without a name", "Kiosk without a name"]
    assert places["kind"].tolist() == ["physical_activity", "other"]
    assert places["why_not"].tolist()[1] == "the crosswalk has no shop=kiosk"
    assert not places["named"].any()
    assert -0.7 < places["longitude"].iloc[0] < -0.69
    assert any("0 of 2 places count" in note for note in places.attrs["notes"])


def test_shapes_in_grid_metres_without_a_crs_are_not_taken_for_degrees(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"name": "Hall"},
        "geometry": {"type": "Point", "coordinates": [485466, 308871]},
    }
    path = write(
        tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    places = read_places(path, kind="food")
    assert places["easting"].tolist() == [485466]
    assert any("cannot be degrees" in note for note in places.attrs["notes"])


def test_unknown_kinds_are_listed_and_an_unknown_kind_argument_is_refused(tmp_path):
    path = write(tmp_path / "a.csv", "name,kind,postcode\nBlue Door,zz,ZZ1 1AA\n")
    places = read_places(path)
    assert places["kind"].tolist() == ["other"]
    assert any("of no kind slgeo knows" in note for note in places.attrs["notes"])
    with pytest.raises(TableError, match="did you mean 'library'"):
        read_places(path, kind="libary")
    with pytest.raises(TableError, match="layout 'csv' is unknown"):
        read_places(path, layout="csv")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json", "a.geojson", "a.osm.pbf", "a.doc"])
def test_a_missing_empty_or_broken_file_is_one_line(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(SourceError, match="no such file"):
        read_places(path)
    for junk in (b"", b"\x00\x01\x02\x03" * 50):
        path.write_bytes(junk)
        with pytest.raises((SourceError, TableError)) as caught:
            read_places(path)
        assert "\n" not in str(caught.value)
        assert name in str(caught.value)


# --- the template ---------------------------------------------------------------------------------


def template(path, *rows):
    return book(path, [[column.name for column in template_columns()], *rows])


def test_a_filled_template_reads_back_and_its_examples_are_skipped(tmp_path):
    columns = template_columns()
    examples = [[column.examples[i] for column in columns] for i in range(3)]
    path = template(
        tmp_path / "places.xlsx",
        *examples,
        ["Men's Shed", "place to meet others", "ZZ1 1AA", None, None, 12, "2026-11-02", "Tuesdays"],
        ["Country park", "nature", None, 52.67, -0.73, None, None, None],
    )
    assert recognise(path) == "template"
    places = read_places(path)
    checked(places, PLACES)
    assert places["name"].tolist() == ["Men's Shed", "Country park"]
    assert places["kind"].tolist() == ["social_connection", "nature"]
    assert places["capacity"].tolist()[0] == 12
    assert places["latitude"].tolist()[1] == 52.67
    assert any("3 example rows skipped" in note for note in places.attrs["notes"])


def test_the_examples_of_the_template_would_be_valid_rows(tmp_path):
    columns = template_columns()
    note = [column.name for column in columns].index("note")
    rows = [[column.examples[i] for column in columns] for i in range(3)]
    for row in rows:
        assert str(row[note]).startswith(EXAMPLE)
        row[note] = "real"
    assert len(read_places(template(tmp_path / "places.xlsx", *rows))) == 3


def test_every_fault_of_a_template_is_named_with_sheet_row_and_column(tmp_path):
    path = template(
        tmp_path / "places.xlsx",
        ["Hall", "libary", "ZZ1 1AA", None, None, None, None, None],
        [None, "library", "ZZ1 1AA", None, None, -3, None, None],
        ["Shed", "library", None, 52.6, "west", None, None, None],
    )
    with pytest.raises(TableError) as caught:
        read_places(path)
    text = str(caught.value)
    assert (
        "sheet 'Places', row 2, column 'kind': 'libary' is no kind of place; did you mean 'library'"
        in text
    )
    assert "row 3, column 'name'" in text
    assert "row 3, column 'capacity': -3 is below 0" in text
    assert "row 4, column 'longitude': 'west' is not a number" in text
    assert "row 4, column 'postcode': is empty" in text


def test_an_empty_template_is_no_places_and_says_so(tmp_path):
    places = read_places(template(tmp_path / "places.xlsx"))
    assert len(places) == 0
    assert any("no places filled in" in note for note in places.attrs["notes"])


# --- Open Referral --------------------------------------------------------------------------------


def service(key, **fields):
    return {"id": key, "name": f"Service {key}", "status": "active", **fields}


def at(**location):
    return {
        "service_at_locations": [{"location": {"id": "l", "location_type": "physical", **location}}]
    }


def test_open_referral_keeps_every_service_with_its_reason(tmp_path):
    services = [
        service("a", **at(latitude=100, longitude=1)),
        service("b", **at(location_type="virtual")),
        service("c", **at(latitude=52.6, longitude=-0.7)) | {"status": "inactive"},
        service("d", **at(addresses=[{"postal_code": "ZZ1 1AA", "city": "Town"}])),
        service("d", **at(latitude=52.6, longitude=-0.7)),
        service("e", name="<script>alert(1)</script>", description="=cmd|' /C calc'!A0"),
        service("f", **at(latitude="52.6", longitude="-0.7")) | {"assured_date": "2026-01-02"},
    ]
    page = {"total_items": 7, "page_number": 1, "last_page": True, "contents": services}
    path = write(tmp_path / "services.json", json.dumps(page))
    assert recognise(path) == "open_referral"
    places = read_places(path)
    assert places.index.tolist() == ["a", "b", "c", "d", "e", "f"]
    assert places["reason"].tolist() == [
        None, reasons.VIRTUAL_ONLY, None, None, reasons.VIRTUAL_ONLY, None,
    ]  # fmt: skip
    assert places.loc["c", "why_not"] == "its status is inactive"
    assert places.loc["d", "postcode"] == "ZZ1 1AA"
    assert places.loc["e", "name"] == "<script>alert(1)</script>"
    assert places.loc["f", "latitude"] == 52.6
    assert places.loc["f", "checked"] == "2026-01-02"
    assert any("1 service repeats the id of one before" in note for note in places.attrs["notes"])


def test_a_service_at_two_locations_is_two_places_and_pages_are_joined(tmp_path):
    two = {
        "service_at_locations": [
            {"location": {"id": "x", "latitude": 52.6, "longitude": -0.7}},
            {"location": {"id": "y", "latitude": 52.7, "longitude": -0.8}},
        ]
    }
    pages = [{"contents": [service("a", **two)]}, {"contents": [service("b")]}]
    places = read_places(write(tmp_path / "pages.json", json.dumps(pages)))
    assert places.index.tolist() == ["a@x", "a@y", "b"]


def test_schedules_costs_and_taxonomy_terms_are_read(tmp_path):
    full = service(
        "a",
        schedules=[{"byday": "MO,WE", "opens_at": "10:00:00", "closes_at": "12:00:00"}],
        cost_options=[{"amount": 0}],
        attributes=[{"taxonomy_term": {"name": "Food bank"}}],
        organization={"name": "Trust"},
        **at(latitude=52.6, longitude=-0.7),
    )
    row = read_places(write(tmp_path / "s.json", json.dumps([full]))).iloc[0]
    assert row["schedule"] == "MO,WE 10:00-12:00"
    assert row["cost"] == "free"
    assert row["kind"] == "food"
    assert row["organisation"] == "Trust"


def test_json_nested_deep_or_cut_short_is_one_line(tmp_path):
    for text in ("[" * 100_000, "[" * 500 + "]" * 500, '{"contents": [', "[" + "9" * 5000 + "]"):
        with pytest.raises(SourceError) as caught:
            read_places(write(tmp_path / "s.json", text), layout="open_referral")
        assert "\n" not in str(caught.value)


# --- promises -------------------------------------------------------------------------------------


def test_importing_the_readers_loads_nothing_heavy():
    code = (
        "import sys, slgeo.places.read, slgeo.places.taxonomy, slgeo.places.geocode;"
        "heavy = {'geopandas', 'pandas', 'osmium', 'pyproj', 'shapely'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
